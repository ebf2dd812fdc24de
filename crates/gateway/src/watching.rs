//! What a connection is told whole of the channels that it sees: all of them, or what it watches.
//!
//! Knows no channel: which are watched, and who sees them, the rooms know.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use battala_proto::channels::WatchMode;
use battala_proto::commands::WatchedChannel;
use battala_proto::id::{ChannelId, ServerId};
use battala_proto::limits::CHANNELS_WATCHED_MAX;
use serde_json::Value;
use tokio::sync::oneshot::{self, Receiver};

use crate::Gateway;
use crate::connection::{Connection, Late};
use crate::directory::Directory;
use crate::room::{self, Request, Watched};

/// What a connection asks for when it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    All,
    Listed(Vec<ChannelId>),
}

impl Watch {
    /// What this hub does not know keeps nothing from anybody.
    pub(crate) fn read(asked: Option<Value>) -> Self {
        match asked {
            Some(Value::String(mode)) if mode == "listed" => Self::Listed(Vec::new()),
            Some(list @ Value::Array(_)) => {
                let channels = serde_json::from_value::<Vec<ChannelId>>(list).ok();
                let channels = channels.filter(|it| it.len() <= CHANNELS_WATCHED_MAX);
                channels.map_or(Self::All, Self::Listed)
            }
            _ => Self::All,
        }
    }

    pub(crate) fn mode(&self) -> WatchMode {
        match self {
            Self::All => WatchMode::All,
            Self::Listed(_) => WatchMode::Listed,
        }
    }
}

/// When a connection names what it watches.
pub(crate) enum Naming {
    /// As it begins. These servers have not let it in yet.
    First(Vec<ServerId>),
    /// By a command.
    Anew,
}

impl Naming {
    fn late(self, channels: &Arc<[ChannelId]>) -> Late {
        match self {
            Self::First(servers) if !servers.is_empty() => Late {
                channels: Arc::clone(channels),
                servers,
            },
            Self::First(_) | Self::Anew => Late::default(),
        }
    }
}

/// What a connection watches, after it has named it.
pub(crate) struct Named {
    pub(crate) channels: Vec<WatchedChannel>,
    /// What that costs beside the command itself: one for each further channel that was not watched, and one
    /// for so many rooms that had to be asked.
    pub(crate) further: usize,
}

/// Rooms that are asked for what one channel costs.
const ROOMS_PER_CHANNEL: usize = 16;

/// Has a connection watch these channels and no others, as far as it sees them; says which these are, as
/// they were named.
pub(crate) async fn watch(
    gateway: &Gateway,
    connection: &Connection,
    channels: Vec<ChannelId>,
) -> Named {
    let channels = channels.into();
    let asked = ask(gateway.directory(), connection, (&channels, Naming::Anew));
    answers(asked, &channels).await
}

/// Has a connection that begins watch these channels, as far as it sees them; in servers that have not let it
/// in yet it does so when they do, and in those that cannot be read when they can. No room is waited for: each takes it before what the connection asks of it
/// next.
pub(crate) fn watch_at_first(
    gateway: &Gateway,
    connection: &Connection,
    channels: Vec<ChannelId>,
    late: Vec<ServerId>,
) {
    let named = (&channels.into(), Naming::First(late));
    drop(ask(gateway.directory(), connection, named));
}

async fn answers(asked: Vec<(ServerId, Receiver<Watched>)>, channels: &[ChannelId]) -> Named {
    let (rooms, mut new) = (asked.len(), 0);
    let mut found = HashMap::new();
    for (_, answer) in asked {
        // In a room that has ended it is no more.
        let watched = answer.await.unwrap_or_default();
        found.extend(watched.channels.into_iter().map(|it| (it.id, it)));
        new += watched.new;
    }
    let channels = channels.iter().filter_map(|id| found.remove(id));
    Named {
        channels: channels.collect(),
        // The first one is paid for.
        further: new.saturating_sub(1) + rooms / ROOMS_PER_CHANNEL,
    }
}

/// Asks those rooms of a connection for that of which it is: where one of the channels is, and where it has
/// watched some. In those that it enters meanwhile it watches nothing, unless they let it in late.
pub(crate) fn ask(
    directory: &Directory,
    connection: &Connection,
    (channels, naming): (&Arc<[ChannelId]>, Naming),
) -> Vec<(ServerId, Receiver<Watched>)> {
    let is_first = matches!(naming, Naming::First(_));
    // First: a room that is not among those asked finds it so.
    let before = connection.list_anew(naming.late(channels));
    let mut servers = connection.servers();
    let has_any = |server: &ServerId| {
        let room = directory.room(*server);
        room.is_some_and(|room| room.has_any(channels))
    };
    let named: HashSet<ServerId> = servers.iter().copied().filter(has_any).collect();
    connection.may_watch_in(&named, &servers);
    // Who has heard all so far hears a list from now on in all of them.
    if let Some(before) = before {
        servers.retain(|server| named.contains(server) || before.contains(server));
    }
    let ask = |server| {
        let (answer, watched) = oneshot::channel();
        let watch = room::Watch {
            socket: connection.socket.id(),
            channels: Arc::clone(channels),
            is_first,
            answer,
        };
        directory.ask(server, Request::Watch(watch));
        (server, watched)
    };
    servers.into_iter().map(ask).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A room has answered; in the first three of them a channel was not watched before.
    fn answered(room: i64) -> (ServerId, Receiver<Watched>) {
        let (answer, watched) = oneshot::channel();
        let new = usize::from(room < 3);
        let channels = Vec::new();
        answer.send(Watched { channels, new }).expect("it waits");
        (ServerId::from_raw(room), watched)
    }

    #[tokio::test]
    async fn a_channel_costs_as_much_as_sixteen_rooms() {
        for (rooms, further) in [(0, 0), (1, 0), (3, 2), (15, 2), (16, 3), (100, 8)] {
            let asked = (0..rooms).map(answered).collect();
            assert_eq!(answers(asked, &[]).await.further, further);
        }
    }

    #[test]
    fn what_is_no_list_and_no_known_mode_is_all() {
        let ids = |count| {
            (1..=count)
                .map(|id: i64| id.to_string())
                .collect::<Vec<_>>()
        };
        let listed = |ids: &[i64]| {
            let ids = ids.iter().map(|id| ChannelId::from_raw(*id));
            Watch::Listed(ids.collect())
        };
        for (asked, wanted) in [
            (json!("all"), Watch::All),
            (json!("some"), Watch::All),
            (json!(null), Watch::All),
            (json!(5), Watch::All),
            (json!({"channels": []}), Watch::All),
            (json!([5]), Watch::All),
            (json!(["x"]), Watch::All),
            (json!(ids(33)), Watch::All),
            (json!("listed"), listed(&[])),
            (json!([]), listed(&[])),
            (json!(["7", "8"]), listed(&[7, 8])),
        ] {
            assert_eq!(Watch::read(Some(asked.clone())), wanted, "{asked}");
        }
        assert_eq!(Watch::read(None), Watch::All);
        let most = Watch::read(Some(json!(ids(32))));
        assert!(matches!(most, Watch::Listed(channels) if channels.len() == 32));
    }
}
