//! What a gateway that may have missed notices reads anew.
//!
//! Each answer is of one moment, so that its parts can be compared with each other and with what
//! came by notices. This module does not know what a gateway holds, nor what it lacks.

use std::collections::HashMap;
use std::sync::Arc;

use battala_proto::events::Head;
use battala_proto::id::{ServerId, UserId};
use battala_proto::users::Me;
use battala_store::tables::{channels, members, servers, users};

use crate::Hub;
use crate::access::{self, Can};
use crate::bus::Counters;
use crate::error::{Error, Result};
use crate::servers::head_of;
use crate::users::me_of;

/// Users that one statement asks for.
const USERS_AT_ONCE: usize = 1000;

/// Nobody has read anything as user 0: only the channels' own counters are wanted here.
const NOBODY: UserId = UserId::from_raw(0);

/// Where a server stands at one moment.
#[derive(Debug, Clone)]
pub struct ServerNow {
    /// Its counters.
    pub counters: Counters,
    /// How far its channels have come.
    pub heads: Vec<Head>,
    /// Which of the users that were asked for are members; none where the epoch has not moved.
    pub members: Vec<UserId>,
}

/// Where a server stands, and if its epoch is above `known` which of `asked` are its members.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn server(
    hub: &Hub,
    can: &Can<access::ReadServer>,
    known: i64,
    asked: &[UserId],
) -> Result<ServerNow> {
    let id = can.target().id;
    let mut reader = hub.read_snapshot(can).await?;
    let counters = servers::counters(&mut reader, id)
        .await?
        .ok_or(Error::NotFound)?;
    let heads = channels::heads(&mut reader, id, NOBODY).await?;
    let mut found = Vec::new();
    if counters.epoch > known {
        for asked in asked.chunks(USERS_AT_ONCE) {
            found.extend(members::among(&mut reader, id, asked).await?);
        }
    }
    Ok(ServerNow {
        counters,
        heads: heads.iter().map(head_of).collect(),
        members: found,
    })
}

/// An account and where it belongs, at one moment.
#[derive(Debug, Clone)]
pub struct AccountNow {
    /// The account.
    pub me: Arc<Me>,
    /// Its servers in its own order, with their counters.
    pub servers: Vec<(ServerId, Counters)>,
}

/// Those of these accounts that are there. A bounded number at a time is the caller's duty.
///
/// # Errors
/// What the database refuses.
pub async fn accounts(
    hub: &Hub,
    can: &Can<access::ListServers>,
    asked: &[UserId],
) -> Result<Vec<AccountNow>> {
    let mut reader = hub.read_snapshot(can).await?;
    let rows = users::among(&mut reader, asked).await?;
    let memberships = members::of_users(&mut reader, asked).await?;
    let mut servers: HashMap<UserId, Vec<(ServerId, Counters)>> = HashMap::new();
    for row in memberships {
        let of_user = servers.entry(row.user_id).or_default();
        let counters = Counters {
            epoch: row.epoch,
            structure_rev: row.structure_rev,
            rights_version: row.rights_version,
        };
        of_user.push((row.server_id, counters));
    }
    let account = |row: users::UserRow| AccountNow {
        servers: servers.remove(&row.id).unwrap_or_default(),
        me: Arc::new(me_of(row)),
    };
    Ok(rows.into_iter().map(account).collect())
}
