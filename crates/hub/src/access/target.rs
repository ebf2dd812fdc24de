//! What actions are done to, as the policy sees it. One statement loads one target.

use std::future::Future;

use battala_proto::Permissions;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};
use battala_store::Conn;
use battala_store::tables::access::{self, ChannelScopeRow, ServerScopeRow, WriteScopeRow};

use super::Actor;
use crate::bus::Counters;
use crate::error::Result;

/// How a caller stands to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// A member of the server.
    pub is_member: bool,
    /// The owner of the server.
    pub is_owner: bool,
    /// The author of the message, or the creator of the invite.
    pub is_author: bool,
    /// What the roles grant.
    pub permissions: Permissions,
}

impl Standing {
    /// Whether the caller may know that the target is there.
    pub fn is_visible(&self) -> bool {
        self.has(Permissions::VIEW_CHANNEL)
    }

    /// Whether the caller has these permissions: owner and administrator have all.
    pub fn has(&self, needed: Permissions) -> bool {
        let has_all = self.is_owner || self.permissions.contains(Permissions::ADMINISTRATOR);
        self.is_member && (has_all || self.permissions.contains(needed))
    }
}

/// What must not have moved between the decision and the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Nothing.
    None,
    /// What decides everybody's rights in a server, and the caller's own membership. Who joins or
    /// leaves beside, or is given a role, does not move it.
    Server {
        /// The server.
        id: ServerId,
        /// The version of its rights at the decision.
        rights_version: i64,
        /// The number of the caller's membership, if there was one.
        member_rev: Option<i64>,
    },
}

impl Stamp {
    /// Whether this is still so, as things stand in a server.
    pub(super) fn is_current(&self, now: &WriteScopeRow) -> bool {
        match self {
            Self::None => true,
            Self::Server {
                rights_version,
                member_rev,
                ..
            } => now.rights_version == Some(*rights_version) && *member_rev == now.member_rev,
        }
    }
}

/// Something that an action is done to.
pub trait Target: Clone + Send + Sync + 'static {
    /// What a caller names to say which one is meant.
    type Key: Clone + Send + Sync + 'static;

    /// Loads the target and how the actor stands to it, in one statement at most.
    fn load(
        conn: &mut Conn,
        actor: &Actor,
        key: &Self::Key,
    ) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// How the actor stands to it.
    fn standing(&self, actor: &Actor) -> Standing;

    /// What must not move until the commit.
    fn stamp(&self) -> Stamp;

    /// Takes over the epoch of the moment, where a server's stamp has not moved: what is committed
    /// now follows every change that has been committed there.
    fn set_epoch(&mut self, epoch: i64);
}

/// Actions on the hub as a whole, or on the own account.
impl Target for () {
    type Key = ();

    async fn load(_: &mut Conn, _: &Actor, (): &()) -> Result<Option<Self>> {
        Ok(Some(()))
    }

    fn standing(&self, _: &Actor) -> Standing {
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
    /// The number of the caller's membership, if there is one.
    member_rev: Option<i64>,
    permissions: Permissions,
}

impl From<ServerScopeRow> for ServerTarget {
    fn from(row: ServerScopeRow) -> Self {
        Self {
            id: row.server_id,
            owner_id: row.owner_id,
            counters: Counters {
                epoch: row.epoch,
                structure_rev: row.structure_rev,
                rights_version: row.rights_version,
            },
            member_rev: row.member_rev,
            permissions: Permissions::from_bits_retain(row.permissions),
        }
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

impl From<ChannelScopeRow> for ChannelTarget {
    fn from(row: ChannelScopeRow) -> Self {
        Self {
            id: row.channel_id,
            server: row.server.into(),
        }
    }
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

/// Nobody has this id: it stands for callers without an account.
const NOBODY: UserId = UserId::from_raw(0);

fn user_id(actor: &Actor) -> UserId {
    actor.me().map_or(NOBODY, |me| me.id)
}

impl Target for ServerTarget {
    type Key = ServerId;

    async fn load(conn: &mut Conn, actor: &Actor, key: &ServerId) -> Result<Option<Self>> {
        let row = access::server_scope(conn, user_id(actor), *key).await?;
        Ok(row.map(Self::from))
    }

    fn standing(&self, actor: &Actor) -> Standing {
        Standing {
            is_member: self.member_rev.is_some(),
            is_owner: self.owner_id == user_id(actor),
            is_author: false,
            permissions: self.permissions,
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp::Server {
            id: self.id,
            rights_version: self.counters.rights_version,
            member_rev: self.member_rev,
        }
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.counters.epoch = epoch;
    }
}

impl Target for ChannelTarget {
    type Key = ChannelId;

    async fn load(conn: &mut Conn, actor: &Actor, key: &ChannelId) -> Result<Option<Self>> {
        let row = access::channel_scope(conn, user_id(actor), *key).await?;
        Ok(row.map(Self::from))
    }

    fn standing(&self, actor: &Actor) -> Standing {
        self.server.standing(actor)
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

    async fn load(conn: &mut Conn, actor: &Actor, key: &Self::Key) -> Result<Option<Self>> {
        let row = access::message_scope(conn, user_id(actor), key.0, key.1).await?;
        Ok(row.map(|row| Self {
            id: row.message_id,
            author_id: row.author_id,
            channel: row.channel.into(),
        }))
    }

    fn standing(&self, actor: &Actor) -> Standing {
        Standing {
            is_author: self.author_id == user_id(actor),
            ..self.channel.standing(actor)
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
    type Key = (ServerId, String);

    async fn load(conn: &mut Conn, actor: &Actor, key: &Self::Key) -> Result<Option<Self>> {
        let row = access::invite_scope(conn, user_id(actor), key.0, &key.1).await?;
        Ok(row.map(|row| Self {
            code: key.1.clone(),
            creator_id: row.creator_id,
            server: row.server.into(),
        }))
    }

    fn standing(&self, actor: &Actor) -> Standing {
        Standing {
            is_author: self.creator_id == user_id(actor),
            ..self.server.standing(actor)
        }
    }

    fn stamp(&self) -> Stamp {
        self.server.stamp()
    }

    fn set_epoch(&mut self, epoch: i64) {
        self.server.set_epoch(epoch);
    }
}
