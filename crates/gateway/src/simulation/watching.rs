//! What clients watch: each begins with all or with a list, and watches others now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use battala_proto::channels::WatchMode;
use battala_proto::commands::WatchedChannel;
use battala_proto::id::{ChannelId, ServerId};
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::client::Client;
use super::stored::SERVERS;
use super::world::World;
use crate::connection::Connection;
use crate::host::Host as _;
use crate::room::Watched;
use crate::watching::{Naming, ask};

/// What a client takes for what it watches.
pub(super) struct Watching {
    /// It hears all where nothing else has come of what it has asked for.
    hears_all: bool,
    has_asked: bool,
    of_server: BTreeMap<ServerId, BTreeSet<ChannelId>>,
    /// What it named as it began, until it names others: a room that lets it in late, or could not be read
    /// then, has it watch these later, and says nothing of that.
    first: BTreeSet<ChannelId>,
    /// The same, when all rooms have answered what it has named since.
    next_first: BTreeSet<ChannelId>,
    /// Rooms that have not answered yet.
    asked: Vec<(ServerId, Receiver<Watched>)>,
}

impl Watching {
    pub(super) fn new(hears_all: bool) -> Self {
        Self {
            hears_all,
            has_asked: false,
            of_server: BTreeMap::new(),
            first: BTreeSet::new(),
            next_first: BTreeSet::new(),
            asked: Vec::new(),
        }
    }

    /// Whether it is told whole what is said in a channel, as far as it knows.
    pub(super) fn hears(&self, server: ServerId, channel: ChannelId) -> bool {
        match self.of_server.get(&server) {
            Some(channels) => {
                let mut listed = [channels, &self.first, &self.next_first].into_iter();
                listed.any(|it| it.contains(&channel))
            }
            None => self.hears_all,
        }
    }

    fn ask(
        &mut self,
        first: BTreeSet<ChannelId>,
        (asked, others): (Vec<(ServerId, Receiver<Watched>)>, Vec<ServerId>),
    ) {
        self.next_first = first;
        self.asked = asked;
        self.has_asked = true;
        // A room that it enters meanwhile finds that it listens to a list.
        let none = others.into_iter().map(|server| (server, BTreeSet::new()));
        self.of_server.extend(none);
    }

    /// What rooms have answered since.
    pub(super) fn take_answers(&mut self) -> Vec<(ServerId, WatchedChannel)> {
        let mut answers = Vec::new();
        let of_server = &mut self.of_server;
        self.asked.retain_mut(|(server, answer)| {
            let watched = match answer.try_recv() {
                Err(TryRecvError::Empty) => return true,
                // The server is gone, or it is no member any more: what is under way comes as ever.
                Err(TryRecvError::Closed) => return false,
                Ok(watched) => watched,
            };
            let channels = watched.channels.iter().map(|it| it.id);
            of_server.insert(*server, channels.collect());
            answers.extend(watched.channels.into_iter().map(|it| (*server, it)));
            false
        });
        if self.asked.is_empty() {
            self.first.clone_from(&self.next_first);
        }
        answers
    }

    /// A watch ends with the right.
    pub(super) fn lose(&mut self, server: ServerId, channel: ChannelId) {
        if let Some(channels) = self.of_server.get_mut(&server) {
            channels.remove(&channel);
        }
    }

    /// It is no member any more. Where it is again, it watches nothing.
    pub(super) fn forget(&mut self, server: ServerId) {
        if self.has_asked {
            self.of_server.insert(server, BTreeSet::new());
        }
    }
}

impl World {
    /// How a connection begins.
    pub(super) fn begin_watching(&mut self, connection: &Connection) -> Watching {
        let hears_all = self.chance.one_in(2);
        if !hears_all {
            connection.listen_to_a_list();
        }
        Watching::new(hears_all)
    }

    pub(super) fn some_client_watches(&mut self) {
        if self.clients.is_empty() {
            return;
        }
        let place = self.chance.below(self.clients.len());
        let client = &self.clients[place];
        // One command follows the other.
        if client.is_accepted && client.watching.asked.is_empty() {
            self.watch(place, Naming::Anew);
        }
    }

    /// What a client that listens to a list watches before it is let in; it hears nothing before.
    pub(super) fn watch_at_first(&mut self, connection: &Arc<Connection>, late: Vec<ServerId>) {
        let is_it = |client: &Client| Arc::ptr_eq(&client.connection, connection);
        if let Some(place) = self.clients.iter().position(is_it)
            && connection.watch_mode() == WatchMode::Listed
        {
            self.watch(place, Naming::First(late));
        }
    }

    fn watch(&mut self, place: usize, naming: Naming) {
        let servers = self.stored.servers.values();
        let there: Vec<ChannelId> = servers.flat_map(|it| it.channels.keys().copied()).collect();
        let channels = there.into_iter().filter(|_| self.chance.one_in(3));
        let channels: Arc<[ChannelId]> = channels.collect();
        let client = &mut self.clients[place];
        let first = match &naming {
            Naming::First(_) => channels.iter().copied().collect(),
            Naming::Anew => BTreeSet::new(),
        };
        let named = (&channels, naming);
        let asked = ask(self.host.directory(), &client.connection, named);
        let is_asked = |id: &ServerId| asked.iter().any(|(server, _)| server == id);
        let others = (1..=SERVERS).map(ServerId::from_raw);
        let others = others.filter(|id| !is_asked(id)).collect();
        client.watching.ask(first, (asked, others));
    }
}
