//! What is stored, and what commits change in it and tell of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use battala_hub::access::structure::{self, Membership};
use battala_hub::bus::{Audience, Change, Counters, NewRights, Notice, StructureChange};
use battala_hub::members::MemberPlace;
use battala_hub::recovery::ServerNow;
use battala_hub::sweep::Mark;
use battala_proto::channels::{Channel, ChannelHead};
use battala_proto::events::{
    ChannelChanged, ChannelDeleted, EndReason, Head, MessageChanged, RemovalReason, ServerUpdated,
    UserUpdated,
};
use battala_proto::id::{ChannelId, MessageId, ServerId, SessionId, UserId};
use battala_proto::members::Member;
use battala_proto::users::Me;
use battala_proto::{Event, sample};

use super::chance::Chance;
use super::client::Known;
use super::errand::Whole;
use super::sight::{Sight, membership};

pub(super) const SERVERS: i64 = 3;
pub(super) const USERS: i64 = 5;

/// The database.
pub(super) struct Stored {
    pub(super) servers: BTreeMap<ServerId, Server>,
    pub(super) sessions: BTreeMap<SessionId, UserId>,
    /// How often each profile was changed.
    pub(super) profiles: BTreeMap<UserId, i64>,
    next_id: i64,
    samples: Samples,
}

pub(super) struct Server {
    pub(super) counters: Counters,
    pub(super) members: BTreeMap<UserId, Membership>,
    pub(super) channels: BTreeMap<ChannelId, i64>,
    pub(super) sight: Sight,
    /// The structure of the last change that all members were told.
    pub(super) shared_rev: i64,
    pub(super) is_deleted: bool,
    /// Who came (`true`) and went, and at which epoch.
    moves: Vec<(i64, UserId, bool)>,
}

struct Samples {
    me: Me,
    message: MessageChanged,
    channel: Channel,
    server: ServerUpdated,
}

impl Samples {
    fn new() -> Self {
        let mut samples = (None, None, None, None);
        for event in sample::events() {
            match event {
                Event::MeUpdated(it) => samples.0 = Some(it.me),
                Event::MessageCreated(it) => samples.1 = Some(it),
                Event::ChannelCreated(it) => samples.2 = Some(it.channel),
                Event::ServerUpdated(it) => samples.3 = Some(it),
                _ => {}
            }
        }
        Self {
            me: samples.0.unwrap(),
            message: samples.1.unwrap(),
            channel: samples.2.unwrap(),
            server: samples.3.unwrap(),
        }
    }
}

impl Server {
    /// Whether an account was a member when the epoch had come, or has become one since: then it
    /// may read of what was before.
    pub(super) fn may_know(&self, user: UserId, epoch: i64) -> bool {
        let of_user = self.moves.iter().filter(|(_, who, _)| *who == user);
        let (before, since): (Vec<_>, Vec<_>) = of_user.partition(|(at, _, _)| *at <= epoch);
        let was_member = before.last().is_some_and(|(_, _, is_member)| *is_member);
        was_member || since.iter().any(|(_, _, is_member)| *is_member)
    }

    pub(super) fn heads(&self) -> Vec<Head> {
        let head = |(id, last_seq): (&ChannelId, &i64)| Head {
            id: *id,
            last_seq: *last_seq,
            last_message_id: None,
        };
        self.channels.iter().map(head).collect()
    }

    pub(super) fn whole(&self) -> Whole {
        Whole {
            epoch: self.counters.epoch,
            structure_rev: self.counters.structure_rev,
            rights_version: self.counters.rights_version,
            channels: self.channels.keys().copied().collect(),
        }
    }

    pub(super) fn heads_seen_by(&self, user: UserId) -> Vec<ChannelHead> {
        let heads = self.heads().into_iter();
        let seen = heads.filter(|head| self.sees(user, head.id));
        let unread = |head: Head| ChannelHead {
            id: head.id,
            last_seq: head.last_seq,
            last_message_id: None,
            last_read_id: None,
            read_rev: 0,
        };
        seen.map(unread).collect()
    }

    pub(super) fn sees(&self, user: UserId, channel: ChannelId) -> bool {
        let membership = self.members.get(&user);
        membership.is_some_and(|it| self.sight.sees(it, channel))
    }

    pub(super) fn mark(&self) -> Mark {
        let last_seqs = self.channels.iter().map(|(id, seq)| (*id, *seq));
        Mark {
            epoch: self.counters.epoch,
            last_seqs: last_seqs.collect(),
        }
    }

    fn set_member(&mut self, user: UserId, is_member: bool) {
        self.moves.push((self.counters.epoch, user, is_member));
        if is_member {
            let begun = Membership::begun(user, self.counters.epoch);
            self.members.insert(user, begun);
        } else {
            self.members.remove(&user);
        }
    }
}

impl Stored {
    pub(super) fn new() -> Self {
        let mut stored = Self {
            servers: BTreeMap::new(),
            sessions: BTreeMap::new(),
            profiles: (1..=USERS).map(|id| (UserId::from_raw(id), 0)).collect(),
            next_id: 1000,
            samples: Samples::new(),
        };
        for id in 1..=SERVERS {
            let channel = ChannelId::from_raw(stored.fresh());
            let mut server = Server {
                counters: Counters {
                    epoch: 1,
                    structure_rev: 1,
                    rights_version: 1,
                },
                members: BTreeMap::new(),
                channels: BTreeMap::from([(channel, 0)]),
                sight: Sight::new(ServerId::from_raw(id)),
                shared_rev: 1,
                is_deleted: false,
                moves: Vec::new(),
            };
            for user in (1..=USERS).filter(|user| (user + id) % 2 == 0) {
                server.set_member(UserId::from_raw(user), true);
            }
            server.sight.open(channel);
            server.sight.come_to(server.counters, &server.members);
            stored.servers.insert(ServerId::from_raw(id), server);
        }
        stored
    }

    pub(super) fn fresh(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    pub(super) fn me(&self, user: UserId) -> Arc<Me> {
        Arc::new(Me {
            id: user,
            display_name: format!("{}", self.profiles[&user]),
            ..self.samples.me.clone()
        })
    }

    /// Where an account stands in its servers.
    pub(super) fn places_of(&self, user: UserId) -> Vec<MemberPlace> {
        let servers = self.servers.iter();
        let places = servers.filter_map(|(id, server)| {
            Some(MemberPlace {
                server_id: *id,
                counters: server.counters,
                structure: Arc::clone(&server.sight.structure),
                membership: server.members.get(&user)?.clone(),
            })
        });
        places.collect()
    }

    pub(super) fn servers_of(&self, user: UserId) -> Vec<ServerId> {
        let places = self.places_of(user).into_iter();
        places.map(|place| place.server_id).collect()
    }

    /// Where a server stands; none if it was deleted.
    pub(super) fn now(&self, id: ServerId, known: i64, asked: &[UserId]) -> Option<ServerNow> {
        let server = &self.servers[&id];
        let has_moved = server.counters.epoch > known;
        let members = asked.iter().filter_map(|it| server.members.get(it));
        (!server.is_deleted).then(|| ServerNow {
            counters: server.counters,
            heads: server.heads(),
            structure: Arc::clone(&server.sight.structure),
            members: members.filter(|_| has_moved).cloned().collect(),
        })
    }

    /// Something is committed, and this is to be told of it.
    pub(super) fn commit(&mut self, chance: &mut Chance, now: i64) -> Option<Notice> {
        let id = ServerId::from_raw(1 + i64::try_from(chance.below(3)).unwrap());
        match chance.below(40) {
            0 => self.sign_out(chance),
            1..3 => self.rename_user(chance),
            _ if self.servers[&id].is_deleted => None,
            3 if chance.one_in(6) => Some(self.delete(id)),
            3..14 => Some(self.restructure(id, chance, now)),
            _ => self.write(id, chance),
        }
    }

    fn sign_out(&mut self, chance: &mut Chance) -> Option<Notice> {
        let sessions: Vec<SessionId> = self.sessions.keys().copied().collect();
        let session = chance.pick(&sessions)?;
        let user_id = self.sessions.remove(&session)?;
        Some(Notice::SessionsEnded {
            user_id,
            sessions: vec![session],
            reason: EndReason::Revoked,
        })
    }

    fn rename_user(&mut self, chance: &mut Chance) -> Option<Notice> {
        let users: Vec<UserId> = self.profiles.keys().copied().collect();
        let user = chance.pick(&users)?;
        *self.profiles.get_mut(&user)? += 1;
        let servers = self.servers_of(user);
        let updated = UserUpdated {
            user: self.me(user).public(),
        };
        Some(Notice::Event(
            Audience::Servers(servers),
            Event::UserUpdated(updated),
        ))
    }

    fn write(&mut self, id: ServerId, chance: &mut Chance) -> Option<Notice> {
        let message_id = MessageId::from_raw(self.fresh());
        let server = self.servers.get_mut(&id)?;
        let channels: Vec<ChannelId> = server.channels.keys().copied().collect();
        let channel = chance.pick(&channels)?;
        let seq = server.channels.get_mut(&channel)?;
        let mut changed = self.samples.message.clone();
        changed.first_seq = *seq + 1;
        *seq += if chance.one_in(4) { 3 } else { 1 };
        (changed.seq, changed.epoch) = (*seq, server.counters.epoch);
        changed.message.id = message_id;
        (changed.message.server_id, changed.message.channel_id) = (id, channel);
        let audience = Audience::Channel(id, channel);
        Some(Notice::Event(audience, Event::MessageCreated(changed)))
    }

    fn delete(&mut self, id: ServerId) -> Notice {
        let server = self.servers.get_mut(&id).unwrap();
        server.counters.epoch += 1;
        for user in server.members.clone().into_keys() {
            server.set_member(user, false);
        }
        server.is_deleted = true;
        Notice::Structure(StructureChange {
            server_id: id,
            counters: server.counters,
            changes: vec![Change::Deleted],
            rights: None,
        })
    }

    /// One to three changes in one commit, each of another user.
    fn restructure(&mut self, id: ServerId, chance: &mut Chance, now: i64) -> Notice {
        let fresh = ChannelId::from_raw(self.fresh());
        let (users, samples) = (self.profiles.keys().copied(), &self.samples);
        let mut users: Vec<UserId> = users.collect();
        let members: HashMap<UserId, Member> = users
            .iter()
            .map(|user| (*user, member(&self.me(*user))))
            .collect();
        let server = self.servers.get_mut(&id).unwrap();
        server.counters.epoch += 1;
        let rights_version = server.counters.rights_version;
        let all_users = users.clone();
        let mut changes = Vec::new();
        for part in 0..=chance.below(3) {
            let user = users.remove(chance.below(users.len()));
            let channels: Vec<ChannelId> = server.channels.keys().copied().collect();
            let change = match chance.below(10) {
                0 if part == 0 => server.update(&samples.server, id),
                1 if part == 0 && channels.len() < 4 => {
                    server.sight.place(fresh, &all_users, chance);
                    server.make_channel(fresh, samples, id)
                }
                3 | 4 if part == 0 => {
                    let channel = chance.pick(&channels).unwrap();
                    server.sight.place(channel, &all_users, chance);
                    server.counters.rights_version += 1;
                    server.update(&samples.server, id)
                }
                5 if server.members.contains_key(&user) => server.turn(user),
                6 if server.members.contains_key(&user) => server.time_out(user, chance, now),
                7 if part == 0 => {
                    server.sight.define_roles(chance);
                    server.counters.rights_version += 1;
                    server.update(&samples.server, id)
                }
                2 if part == 0 && channels.len() > 1 => server.delete_channel(channels[0], id),
                _ if server.members.contains_key(&user) => {
                    server.set_member(user, false);
                    Change::MemberRemoved {
                        user_id: user,
                        reason: RemovalReason::Kicked,
                    }
                }
                _ => {
                    let membership = server.join(user, chance.one_in(3));
                    Change::MemberJoined(members[&user].clone(), membership)
                }
            };
            changes.push(change);
        }
        server.sight.come_to(server.counters, &server.members);
        let has_moved = server.counters.rights_version > rights_version;
        Notice::Structure(StructureChange {
            server_id: id,
            counters: server.counters,
            changes,
            rights: has_moved.then(|| NewRights {
                structure: Arc::clone(&server.sight.structure),
                // Now and then they are more than are told of at once.
                channels: server.rows(samples, id, chance.one_in(4)),
            }),
        })
    }
}

fn member(me: &Me) -> Member {
    Member {
        user: me.public(),
        joined_at: 0,
        is_owner: false,
    }
}

impl Server {
    fn moved(&mut self) -> (i64, i64) {
        self.counters.structure_rev += 1;
        (self.counters.epoch, self.counters.structure_rev)
    }

    /// Somebody comes, perhaps as an insider.
    fn join(&mut self, user: UserId, is_insider: bool) -> Membership {
        self.set_member(user, true);
        if is_insider {
            self.turn(user);
        }
        self.members[&user].clone()
    }

    fn rows(&self, samples: &Samples, id: ServerId, are_large: bool) -> Arc<[Channel]> {
        let topic_bytes = if are_large {
            crate::state::PART_BYTES
        } else {
            0
        };
        let row = |channel: &ChannelId| Channel {
            id: *channel,
            server_id: id,
            topic: "x".repeat(topic_bytes),
            ..samples.channel.clone()
        };
        self.channels.keys().map(row).collect()
    }

    /// What an account may do in the server, and in the channels that it sees.
    pub(super) fn rights_of(&self, user: UserId, now: i64) -> Known {
        let structure = &self.sight.structure;
        let class = structure::class(structure, &self.members[&user], now);
        let ids = structure.channel_ids();
        let seen = ids.filter(|id| structure.sees(&class, *id));
        let bits = seen.map(|id| (id, structure.bits_of(&class, id)));
        (class.here, bits.collect())
    }

    /// Somebody may only look on for a while, or again do more.
    fn time_out(&mut self, user: UserId, chance: &mut Chance, now: i64) -> Change {
        let mut changed = self.members[&user].clone();
        let lasts_ms = i64::try_from(chance.below(20)).unwrap() * 700;
        changed.rev = self.counters.epoch;
        changed.timeout_until = (!chance.one_in(4)).then_some(now + lasts_ms);
        self.members.insert(user, changed.clone());
        Change::MemberChanged(changed)
    }

    /// Somebody becomes an insider, or is none any more.
    fn turn(&mut self, user: UserId) -> Change {
        let was = &self.members[&user];
        let mut turned = membership(user, self.counters.epoch, was.roles.is_empty());
        turned.timeout_until = was.timeout_until;
        self.members.insert(user, turned.clone());
        Change::MemberChanged(turned)
    }

    fn update(&mut self, sample: &ServerUpdated, id: ServerId) -> Change {
        let (epoch, structure_rev) = self.moved();
        self.shared_rev = structure_rev;
        let mut updated = sample.clone();
        (updated.epoch, updated.structure_rev) = (epoch, structure_rev);
        updated.server.id = id;
        Change::Event(Audience::Server(id), Event::ServerUpdated(updated))
    }

    fn make_channel(&mut self, channel_id: ChannelId, samples: &Samples, id: ServerId) -> Change {
        let (epoch, structure_rev) = self.moved();
        self.counters.rights_version += 1;
        self.channels.insert(channel_id, 0);
        let mut channel = samples.channel.clone();
        (channel.id, channel.server_id) = (channel_id, id);
        let changed = ChannelChanged {
            channel,
            epoch,
            structure_rev,
        };
        Change::Event(
            Audience::Channel(id, channel_id),
            Event::ChannelCreated(changed),
        )
    }

    fn delete_channel(&mut self, channel_id: ChannelId, server_id: ServerId) -> Change {
        let (epoch, structure_rev) = self.moved();
        self.counters.rights_version += 1;
        self.sight.remove(channel_id);
        self.channels.remove(&channel_id);
        let deleted = ChannelDeleted {
            server_id,
            channel_id,
            epoch,
            structure_rev,
        };
        let audience = Audience::Channel(server_id, channel_id);
        Change::Event(audience, Event::ChannelDeleted(deleted))
    }
}
