//! A client: it reads what it is sent as the protocol says, and says when it must not have been.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hasher;
use std::sync::Arc;

use battala_proto::Permissions;
use battala_proto::events::{
    ChannelChanged, ChannelDeleted, Heads, MessageChanged, RightsUpdated, ServerReads,
    ServerRemoved, UserUpdated,
};
use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};
use battala_proto::servers::ServerState;
use battala_socketio::testing::Line;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::stored::Stored;
use super::watching::Watching;
use crate::connection::Connection;

/// When what was put on the bus, as the number of those before it.
#[derive(Default)]
pub(super) struct Published {
    pub(super) count: usize,
    pub(super) messages: HashMap<(ChannelId, i64), usize>,
    pub(super) ends: HashMap<SessionId, usize>,
}

/// What somebody may do in a server as a whole, and in its channels.
pub(super) type Known = (Permissions, BTreeMap<ChannelId, Permissions>);

pub(super) struct Client {
    pub(super) connection: Arc<Connection>,
    pub(super) line: Line,
    pub(super) is_accepted: bool,
    pub(super) watching: Watching,
    has_ended: bool,
    /// How often it had entered or left a room when it last heard something.
    moves: u64,
    /// What it hears came in one stay in each room, as far as it knows.
    is_one_stay: bool,
    /// The last change that was heard of each channel.
    heard: HashMap<ChannelId, i64>,
    /// How far each channel is known, by events or because it was asked for.
    pub(super) known: HashMap<ChannelId, i64>,
    of_server: HashMap<ChannelId, ServerId>,
    /// The channels that it knows of each server.
    visible: HashMap<ServerId, BTreeSet<ChannelId>>,
    /// The epoch and structure of the last change that was heard of each server.
    structures: HashMap<ServerId, (i64, i64)>,
    /// What it may do in each server, by what it was told.
    rights: HashMap<ServerId, Known>,
    pub(super) profiles: HashMap<UserId, i64>,
}

/// Epoch, structure, server and, where there is one, channel.
#[derive(Deserialize)]
struct Structural {
    epoch: i64,
    structure_rev: i64,
}

fn payload<T: DeserializeOwned>(value: &Value) -> T {
    T::deserialize(value).expect("a payload")
}

impl Client {
    pub(super) fn new(connection: Arc<Connection>, line: Line, watching: Watching) -> Self {
        Self {
            connection,
            line,
            watching,
            is_accepted: false,
            has_ended: false,
            moves: 0,
            is_one_stay: true,
            heard: HashMap::new(),
            known: HashMap::new(),
            of_server: HashMap::new(),
            visible: HashMap::new(),
            structures: HashMap::new(),
            rights: HashMap::new(),
            profiles: HashMap::new(),
        }
    }

    pub(super) fn structure_rev(&self, server: ServerId) -> i64 {
        self.structure(server).1
    }

    fn structure(&self, server: ServerId) -> (i64, i64) {
        self.structures.get(&server).copied().unwrap_or_default()
    }

    pub(super) fn rights(&self, server: ServerId) -> Known {
        self.rights.get(&server).cloned().unwrap_or_default()
    }

    /// The channels that it takes for those of a server.
    pub(super) fn visible(&self, server: ServerId) -> BTreeSet<ChannelId> {
        self.visible.get(&server).cloned().unwrap_or_default()
    }

    pub(super) fn read(&mut self, known: (&Stored, &Published), heard: &mut impl Hasher) {
        for (server, watched) in self.watching.take_answers() {
            self.may_hear_of(known.0, (server, watched.id), 0);
            if let Some(last_seq) = watched.last_seq {
                self.of_server.insert(watched.id, server);
                self.sync(server, watched.id, last_seq, known.0);
            }
        }
        let packets = self.line.take();
        if packets.is_empty() {
            return;
        }
        let moves = self.connection.moves();
        if self.moves == 0 {
            // Held back until it was accepted; it may have left and entered meanwhile.
            let rooms = self.connection.servers().len();
            self.is_one_stay = u64::try_from(rooms).unwrap() == moves;
        } else if self.moves != moves {
            self.is_one_stay = false;
        }
        self.moves = moves;
        for packet in packets {
            heard.write_i64(self.connection.session_id.raw());
            heard.write(packet.as_bytes());
            let Some(event) = packet.strip_prefix("42") else {
                continue;
            };
            let (name, value): (String, Value) = serde_json::from_str(event).expect("an event");
            assert!(!self.has_ended, "{name} after the end of the session");
            self.hear(&name, &value, known);
        }
        self.is_one_stay = true;
    }

    fn hear(&mut self, name: &str, value: &Value, (stored, published): (&Stored, &Published)) {
        match name {
            "message_created" => {
                let message: MessageChanged = payload(value);
                let (server, channel) = (message.message.server_id, message.message.channel_id);
                self.may_hear(stored, server, message.epoch);
                self.may_hear_of(stored, (server, channel), message.epoch);
                assert!(self.watching.hears(server, channel), "{channel:?}");
                self.hear_message(&message, stored, published);
            }
            "channel_created" => {
                let changed: ChannelChanged = payload(value);
                let (server, channel) = (changed.channel.server_id, changed.channel.id);
                self.restructured(stored, server, value);
                self.may_hear_of(stored, (server, channel), changed.epoch);
                self.of_server.insert(channel, server);
                self.visible.entry(server).or_default().insert(channel);
                self.known.entry(channel).or_insert(0);
            }
            "channel_deleted" => {
                let deleted: ChannelDeleted = payload(value);
                self.restructured(stored, deleted.server_id, value);
                let place = (deleted.server_id, deleted.channel_id);
                self.may_hear_of(stored, place, deleted.epoch - 1);
                self.lose(deleted.server_id, deleted.channel_id);
            }
            "rights_updated" => self.hear_rights(&payload(value), stored),
            "server_updated" => {
                let id = payload(&value["server"]["id"]);
                self.restructured(stored, id, value);
            }
            "server_state" => self.hear_state(&payload(value), stored),
            "heads" => {
                let heads: Heads = payload(value);
                let (epoch, _) = self.structure(heads.server_id);
                let told = heads.channels.iter().map(|head| (head.id, head.last_seq));
                self.hear_heads(stored, (heads.server_id, epoch), told);
            }
            "server_reads" => {
                let reads: ServerReads = payload(value);
                let heads = reads.channels.iter().map(|head| (head.id, head.last_seq));
                // They were read some time before, when the channel was seen.
                self.hear_heads(stored, (reads.server_id, 0), heads);
            }
            "server_removed" => {
                let removed: ServerRemoved = payload(value);
                self.forget(removed.server_id);
            }
            "user_updated" => {
                let updated: UserUpdated = payload(value);
                let version: i64 = updated.user.display_name.parse().expect("a version");
                let known = self.profiles.entry(updated.user.id).or_default();
                *known = version.max(*known);
            }
            "session_ended" => self.has_ended = true,
            other => panic!("{other} was not said"),
        }
    }

    /// How far channels have come that are seen at an epoch, or later.
    fn hear_heads(
        &mut self,
        stored: &Stored,
        (server, epoch): (ServerId, i64),
        heads: impl Iterator<Item = (ChannelId, i64)>,
    ) {
        for (channel, last_seq) in heads {
            self.may_hear_of(stored, (server, channel), epoch);
            self.of_server.insert(channel, server);
            if self.watching.hears(server, channel) {
                self.sync(server, channel, last_seq, stored);
            } else {
                let known = self.known.entry(channel).or_default();
                *known = last_seq.max(*known);
            }
        }
    }

    fn hear_state(&mut self, state: &ServerState, stored: &Stored) {
        let id = state.server.id;
        let (epoch, rev) = self.structure(id);
        let is_newer = state.structure_rev >= rev || !self.is_one_stay;
        assert!(is_newer, "a structure from before {rev}");
        self.structures.insert(id, (epoch, state.structure_rev));
        let channels: BTreeSet<ChannelId> = state.channels.iter().map(|it| it.channel.id).collect();
        for channel in &channels {
            self.may_hear_of(stored, (id, *channel), state.epoch);
        }
        for channel in self.visible(id).difference(&channels) {
            self.lose(id, *channel);
        }
        self.visible.insert(id, channels);
        let bits = state.channels.iter();
        let bits = bits.map(|it| (it.channel.id, it.permissions));
        let rights = (state.permissions, bits.collect());
        self.rights.insert(id, rights);
    }

    /// Whoever is told of a channel sees it, or has seen it.
    fn hear_rights(&mut self, updated: &RightsUpdated, stored: &Stored) {
        let (server, epoch) = (updated.server_id, updated.epoch);
        self.may_hear(stored, server, epoch);
        let named = updated.shown.iter().map(|it| it.channel.id);
        for id in named.chain(updated.channels.iter().map(|it| it.id)) {
            self.may_hear_of(stored, (server, id), epoch);
        }
        for id in &updated.hidden {
            self.may_hear_of(stored, (server, *id), 0);
        }
        let (last, rev) = self.structure(server);
        let is_next = epoch >= last || !self.is_one_stay;
        assert!(is_next, "rights of {epoch} in {server:?} after {last}");
        if updated.structure_rev < rev {
            return;
        }
        self.structures
            .insert(server, (epoch, updated.structure_rev));
        for id in &updated.hidden {
            self.lose(server, *id);
        }
        let shown = updated.shown.iter();
        let shown: Vec<_> = shown.map(|it| (it.channel.id, it.permissions)).collect();
        for (id, _) in &shown {
            self.of_server.insert(*id, server);
            self.visible.entry(server).or_default().insert(*id);
        }
        let visible = self.visible(server);
        let others = updated.channels.iter().map(|it| (it.id, it.permissions));
        let (here, bits) = self.rights.entry(server).or_default();
        *here = updated.permissions;
        bits.extend(shown);
        bits.extend(others.filter(|(id, _)| visible.contains(id)));
    }

    /// A channel is not there for it any more.
    fn lose(&mut self, server: ServerId, channel: ChannelId) {
        self.visible.entry(server).or_default().remove(&channel);
        let (_, bits) = self.rights.entry(server).or_default();
        bits.remove(&channel);
        self.known.remove(&channel);
        self.watching.lose(server, channel);
    }

    /// Whoever hears of something may read it.
    fn may_hear(&self, stored: &Stored, server: ServerId, epoch: i64) {
        let user = self.connection.user_id;
        let may_know = stored.servers[&server].may_know(user, epoch);
        assert!(may_know, "{user:?} heard of epoch {epoch} of {server:?}");
    }

    /// Whoever hears of a channel sees it.
    fn may_hear_of(&self, stored: &Stored, (server, channel): (ServerId, ChannelId), epoch: i64) {
        let user = self.connection.user_id;
        let sight = &stored.servers[&server].sight;
        let may_see = sight.may_see(user, channel, epoch);
        assert!(may_see, "{user:?} heard at {epoch} of {channel:?}");
    }

    fn hear_message(&mut self, changed: &MessageChanged, stored: &Stored, published: &Published) {
        let (channel, first_seq) = (changed.message.channel_id, changed.first_seq);
        let seq = changed.seq;
        let heard = self.heard.insert(channel, seq).unwrap_or(0);
        let is_next = first_seq > heard || !self.is_one_stay;
        assert!(is_next, "{first_seq} after {heard} in {channel:?}");
        if let Some(end) = published.ends.get(&self.connection.session_id) {
            let said = published.messages[&(channel, seq)];
            assert!(said < *end, "said after the session had ended");
        }
        let server = changed.message.server_id;
        self.of_server.insert(channel, server);
        match self.known.get(&channel) {
            Some(known) if *known + 1 == first_seq => {
                self.known.insert(channel, seq);
            }
            Some(known) if *known < seq => self.sync(server, channel, seq, stored),
            // Before the heads were told it waits for them.
            Some(_) | None => {}
        }
    }

    /// Asks for what there is, unless it is known that far.
    fn sync(&mut self, server: ServerId, channel: ChannelId, seq: i64, stored: &Stored) {
        if self.known.get(&channel).is_none_or(|known| *known < seq) {
            let stored = stored.servers[&server].channels.get(&channel);
            self.known.insert(channel, stored.copied().unwrap_or(seq));
        }
    }

    fn restructured(&mut self, stored: &Stored, server: ServerId, value: &Value) {
        let Structural {
            epoch,
            structure_rev,
        } = payload(value);
        // The parts of one change apply one after the other, and a removal may be the last of them.
        self.may_hear(stored, server, epoch - 1);
        let (last, rev) = self.structure(server);
        let is_next = epoch > last || !self.is_one_stay;
        assert!(is_next, "epoch {epoch} of {server:?} after {last}");
        let heard = (epoch, rev.max(structure_rev));
        self.structures.insert(server, heard);
    }

    /// What is said of a server from here on begins anew.
    fn forget(&mut self, server: ServerId) {
        self.structures.remove(&server);
        self.visible.remove(&server);
        self.rights.remove(&server);
        self.watching.forget(server);
        let of_server = &self.of_server;
        let is_others = |channel: &ChannelId| of_server.get(channel) != Some(&server);
        self.heard.retain(|channel, _| is_others(channel));
        self.known.retain(|channel, _| is_others(channel));
    }
}
