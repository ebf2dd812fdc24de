//! Servers: the communities of a hub, and their roles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::channels::ChannelForMember;
use crate::id::{ChannelId, RoleId, ServerId, UserId};
use crate::limits;
use crate::permissions::Permissions;
use crate::text::ServerName;
use crate::{TimestampMs, request};

/// A community on this hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Server {
    /// The server.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// Key of its picture under `/api/media`, if there is one.
    #[schema(required)]
    pub icon: Option<String>,
    /// The member whom it belongs to.
    pub owner_id: UserId,
    /// Grows with every change of its structure, of its members or of rights in it.
    pub epoch: i64,
    /// How many members it had at this epoch.
    pub member_count: i64,
    /// When it was made.
    pub created_at: TimestampMs,
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// The role; the everyone role has its server's id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it grants.
    pub permissions: Permissions,
    /// Its rank; everyone is 0.
    pub position: i64,
}

/// The structure of a server as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerState {
    /// The server.
    pub server: Server,
    /// Its channels by position, unless some follow.
    pub channels: Vec<ChannelForMember>,
    /// Its roles by position.
    pub roles: Vec<Role>,
    /// What one may do in the server as a whole.
    pub permissions: Permissions,
    /// The epoch at which all of this was read.
    pub epoch: i64,
    /// Grows with every change of the structure, also of channels that its reader does not see. Members who
    /// join or leave do not move it, nor does what changes for its reader alone.
    pub structure_rev: i64,
    /// Channels that do not fit in one event: they exist, and follow in `server_channels`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub following: Vec<ChannelId>,
}

request! {
    /// Makes a server with one channel, `general`.
    pub struct CreateServer {
        /// Its name.
        pub name: ServerName,
    }

    /// Changes a server.
    pub struct UpdateServer {
        /// Its name.
        pub name: ServerName,
    }

    /// Moves own servers to other places, for oneself alone. Those that it does not name keep their
    /// order among each other around them. Of two moves of the same server the last counts, of two to
    /// the same place the first stands before the other.
    pub struct ReorderServers {
        /// The servers to move.
        pub servers: Vec<ServerPlace> [at_most limits::SERVERS_PER_USER_MAX.unsigned_abs()],
    }

    /// Where an own server shall stand.
    pub struct ServerPlace {
        /// The server.
        pub id: ServerId,
        /// Its place in the list afterwards, from 0; beyond the end is the end.
        pub position: u32,
    }
}
