//! What actions are done to, as the policy sees it. One statement loads one target; what decides rights
//! in its server comes from the structures that this process keeps.

use std::future::Future;
use std::sync::Arc;

use battala_proto::Permissions;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};
use battala_proto::text::InviteCode;
use battala_store::Conn;
use battala_store::tables::access::{self, Asked, AskedPlace, NamedRow, WriteScopeRow};

use super::Actor;
use super::structure::{Class, Membership, Structure, class, rights, rights_in_server};
use super::structures::{Sees, Structures};
use crate::bus::Counters;
use crate::error::Result;

/// How a caller stands to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether the caller may know that the target is there: a server is there for its members, a
    /// channel for who has the bit.
    pub is_visible: bool,
    /// The owner of the server.
    pub is_owner: bool,
    /// The author of the message, or the creator of the invite.
    pub is_author: bool,
    /// What the caller may do in the server as a whole.
    pub here: Permissions,
    /// What the caller may do in the channel.
    pub in_channel: Permissions,
    /// How the caller stands to the member that it is about.
    pub other: Other,
}

/// How a caller stands to another member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Other {
    /// There is none.
    #[default]
    Absent,
    /// It is the caller.
    Oneself,
    /// The caller's highest role is above all of theirs, or the server is the caller's.
    Below,
    /// It is not.
    NotBelow,
}

/// What must not have moved between the decision and the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Nothing of a server: the account alone, if one acts.
    None,
    /// What decides everybody's rights in a server, and the caller's own membership. Who joins or
    /// leaves beside, or is given a role, does not move it.
    Server {
        /// The server.
        id: ServerId,
        /// What was decided on; `None` where the policy is asked once more in any case.
        seen: Option<Seen>,
    },
}

/// The numbers of what a right in a server rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The version of the server's rights.
    pub rights_version: i64,
    /// The number of the caller's membership, if there was one.
    pub member_rev: Option<i64>,
}

impl Seen {
    /// Whether this is still so, as things stand in a server.
    pub(super) fn is_current(&self, now: &WriteScopeRow) -> bool {
        now.rights_version == Some(self.rights_version) && self.member_rev == now.member_rev
    }
}

/// Where targets are looked for. Only the hub makes one.
pub struct Lookup<'l> {
    pub(crate) conn: &'l mut Conn,
    pub(crate) structures: &'l Structures,
    pub(crate) sees: Sees,
    pub(crate) now: i64,
}

/// Something that an action is done to.
pub trait Target: Clone + Send + Sync + 'static {
    /// What a caller names to say which one is meant.
    type Key: Clone + PartialEq + Send + Sync + 'static;

    /// Whether it is in a server, where a right can end from one moment to the next.
    const IS_IN_SERVER: bool;

    /// The target, where no look is needed to know it.
    fn at_hand() -> Option<Self> {
        None
    }

    /// Loads the target and how the actor stands to it: in one statement, and one more when rights in
    /// its server are others than those that this process has read.
    fn load(
        lookup: &mut Lookup<'_>,
        actor: &Actor,
        key: &Self::Key,
    ) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// How the actor stands to it at this time.
    fn standing(&self, actor: &Actor, now: i64) -> Standing;

    /// What must not move until the commit.
    fn stamp(&self) -> Stamp;

    /// Takes over the epoch of the moment, where a server's stamp has not moved: what is committed
    /// now follows every change that has been committed there.
    fn set_epoch(&mut self, epoch: i64);
}

/// Actions on the hub as a whole, or on the own account.
impl Target for () {
    type Key = ();

    const IS_IN_SERVER: bool = false;

    fn at_hand() -> Option<Self> {
        Some(())
    }

    async fn load(_: &mut Lookup<'_>, _: &Actor, (): &()) -> Result<Option<Self>> {
        Ok(Self::at_hand())
    }

    fn standing(&self, _: &Actor, _: i64) -> Standing {
        Standing::default()
    }

    fn stamp(&self) -> Stamp {
        Stamp::None
    }

    fn set_epoch(&mut self, _: i64) {}
}

/// A server.
#[derive(Debug, Clone)]
pub struct ServerTarget {
    /// The server.
    pub id: ServerId,
    /// Its owner.
    pub owner_id: UserId,
    /// Its counters at the decision; inside a transaction the epoch is the present one.
    pub counters: Counters,
    /// The caller's membership, if there is one.
    pub(super) member: Option<Membership>,
    pub(super) structure: Arc<Structure>,
}

impl ServerTarget {
    /// What the caller may do in a channel of the server at this time.
    fn rights_in(&self, channel: ChannelId, now: i64) -> Permissions {
        let member = self.member.as_ref();
        member.map_or(Permissions::NONE, |member| {
            rights(&self.structure, member, channel, now)
        })
    }

    /// Leaves of what is about channels of the server that which is about channels that the caller sees
    /// at this time.
    pub(crate) fn retain_seen<T>(
        &self,
        rows: &mut Vec<T>,
        now: i64,
        channel_of: impl Fn(&T) -> ChannelId,
    ) {
        let Some((structure, class)) = self.class(now) else {
            return rows.clear();
        };
        rows.retain(|row| structure.sees(&class, channel_of(row)));
    }

    /// What the caller may do in the server and in every channel of it at this time; `None` who is no
    /// member.
    pub(crate) fn class(&self, now: i64) -> Option<(&Structure, Class)> {
        let member = self.member.as_ref()?;
        let class = class(&self.structure, member, now);
        Some((&*self.structure, class))
    }
}

/// A channel of a server.
#[derive(Debug, Clone)]
pub struct ChannelTarget {
    /// The channel.
    pub id: ChannelId,
    /// Its server.
    pub server: ServerTarget,
}

/// A message of a channel.
#[derive(Debug, Clone)]
pub struct MessageTarget {
    /// The message.
    pub id: MessageId,
    /// Its author.
    pub author_id: UserId,
    /// Its channel.
    pub channel: ChannelTarget,
}

/// An invite of a server.
#[derive(Debug, Clone)]
pub struct InviteTarget {
    /// Its code.
    pub code: String,
    /// Who made it.
    pub creator_id: UserId,
    /// Where it leads.
    pub server: ServerTarget,
}

/// A member of a server, or who could be one.
#[derive(Debug, Clone)]
pub struct MemberTarget {
    /// The account.
    pub user_id: UserId,
    /// The server.
    pub server: ServerTarget,
    /// The membership, if there is one.
    pub(super) membership: Option<Membership>,
}

/// Nobody has this id: it stands for callers without an account.
const NOBODY: UserId = UserId::from_raw(0);

fn user_id(actor: &Actor) -> UserId {
    actor.me().map_or(NOBODY, |me| me.id)
}

/// The server that was asked for, and what else was named.
async fn find(
    lookup: &mut Lookup<'_>,
    asked: Asked<'_>,
) -> Result<Option<(ServerTarget, NamedRow)>> {
    let Some((row, named)) = access::scope(lookup.conn, asked).await? else {
        return Ok(None);
    };
    let at = (row.server_id, row.counters.rights_version);
    let structures = lookup.structures;
    let structure = structures.at(lookup.conn, at, lookup.sees).await?;
    Ok(structure.map(|structure| {
        let server = ServerTarget {
            id: row.server_id,
            owner_id: structure.owner_id(),
            counters: Counters {
                // A newer one when it has moved since the row was read.
                rights_version: structure.rights_version(),
                ..row.counters
            },
            member: row.member.map(Membership::stored),
            structure,
        };
        (server, named)
    }))
}

impl Target for ServerTarget {
    type Key = ServerId;

    const IS_IN_SERVER: bool = true;

    async fn load(lookup: &mut Lookup<'_>, actor: &Actor, key: &ServerId) -> Result<Option<Self>> {
        let asked = Asked::at(user_id(actor), AskedPlace::Server(*key));
        Ok(find(lookup, asked).await?.map(|(server, _)| server))
    }

    fn standing(&self, actor: &Actor, now: i64) -> Standing {
        let Some(member) = &self.member else {
            return Standing::default();
        };
        Standing {
            is_visible: true,
            is_owner: self.owner_id == user_id(actor),
            here: rights_in_server(&self.structure, member, now),
            ..Standing::default()
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp::Server {
            id: self.id,
            seen: Some(Seen {
                rights_version: self.counters.rights_version,
                member_rev: self.member.as_ref().map(|member| member.rev),
            }),
        }
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.counters.epoch = epoch;
    }
}

impl Target for ChannelTarget {
    type Key = ChannelId;

    const IS_IN_SERVER: bool = true;

    async fn load(lookup: &mut Lookup<'_>, actor: &Actor, key: &ChannelId) -> Result<Option<Self>> {
        let asked = Asked::at(user_id(actor), AskedPlace::Channel(*key));
        let found = find(lookup, asked).await?;
        Ok(found.map(|(server, _)| Self { id: *key, server }))
    }

    fn standing(&self, actor: &Actor, now: i64) -> Standing {
        let in_channel = self.server.rights_in(self.id, now);
        Standing {
            is_visible: in_channel.contains(Permissions::VIEW_CHANNEL),
            in_channel,
            ..self.server.standing(actor, now)
        }
    }

    fn stamp(&self) -> Stamp {
        self.server.stamp()
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.server.set_epoch(epoch);
    }
}

impl Target for MessageTarget {
    type Key = (ChannelId, MessageId);

    const IS_IN_SERVER: bool = true;

    async fn load(lookup: &mut Lookup<'_>, actor: &Actor, key: &Self::Key) -> Result<Option<Self>> {
        let (channel, message) = *key;
        let asked = Asked {
            message: Some(message),
            ..Asked::at(user_id(actor), AskedPlace::Channel(channel))
        };
        let found = find(lookup, asked).await?;
        Ok(found.and_then(|(server, named)| {
            Some(Self {
                id: message,
                author_id: named.message?.author_id,
                channel: ChannelTarget {
                    id: channel,
                    server,
                },
            })
        }))
    }

    fn standing(&self, actor: &Actor, now: i64) -> Standing {
        Standing {
            is_author: self.author_id == user_id(actor),
            ..self.channel.standing(actor, now)
        }
    }

    fn stamp(&self) -> Stamp {
        self.channel.stamp()
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.channel.set_epoch(epoch);
    }
}

impl Target for InviteTarget {
    type Key = (ServerId, InviteCode);

    const IS_IN_SERVER: bool = true;

    async fn load(lookup: &mut Lookup<'_>, actor: &Actor, key: &Self::Key) -> Result<Option<Self>> {
        let (server, code) = key;
        let asked = Asked {
            invite: Some(code.as_str()),
            ..Asked::at(user_id(actor), AskedPlace::Server(*server))
        };
        let found = find(lookup, asked).await?;
        Ok(found.and_then(|(server, named)| {
            Some(Self {
                code: code.as_str().to_owned(),
                creator_id: named.invite?.creator_id,
                server,
            })
        }))
    }

    fn standing(&self, actor: &Actor, now: i64) -> Standing {
        Standing {
            is_author: self.creator_id == user_id(actor),
            ..self.server.standing(actor, now)
        }
    }

    fn stamp(&self) -> Stamp {
        self.server.stamp()
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.server.set_epoch(epoch);
    }
}

impl Target for MemberTarget {
    type Key = (ServerId, UserId);

    const IS_IN_SERVER: bool = true;

    async fn load(lookup: &mut Lookup<'_>, actor: &Actor, key: &Self::Key) -> Result<Option<Self>> {
        let (server, other) = *key;
        let asked = Asked {
            member: Some(other),
            ..Asked::at(user_id(actor), AskedPlace::Server(server))
        };
        let found = find(lookup, asked).await?;
        Ok(found.map(|(server, named)| Self {
            user_id: other,
            membership: named.other.map(Membership::stored),
            server,
        }))
    }

    fn standing(&self, actor: &Actor, now: i64) -> Standing {
        let structure = &self.server.structure;
        let other = match (&self.server.member, &self.membership) {
            (_, None) => Other::Absent,
            (Some(member), Some(other)) if member.user_id == other.user_id => Other::Oneself,
            (Some(member), Some(other)) if structure.rank(member) > structure.rank(other) => {
                Other::Below
            }
            (_, Some(_)) => Other::NotBelow,
        };
        Standing {
            other,
            ..self.server.standing(actor, now)
        }
    }

    /// The other's roles move with the other's membership, so that the policy is asked once more.
    fn stamp(&self) -> Stamp {
        Stamp::Server {
            id: self.server.id,
            seen: None,
        }
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.server.set_epoch(epoch);
    }
}
