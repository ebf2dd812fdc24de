//! What a gateway that may have missed notices reads anew.
//!
//! Each answer is of one moment, so that its parts can be compared with each other and with what
//! came by notices. This module does not know what a gateway holds, nor what it lacks.

pub mod sweep;

use std::collections::HashMap;
use std::sync::Arc;

use battala_proto::events::Head;
use battala_proto::id::{ServerId, UserId};
use battala_proto::users::Me;
use battala_store::tables::{channels, members, servers, users};

use crate::Hub;
use crate::access::structure::{Membership, Structure};
use crate::access::{self, Can, Sees};
use crate::bus::Counters;
use crate::error::{Error, Result, readable};
use crate::members::{MemberPlace, places};
use crate::servers::head_of;
use crate::users::row::me_of;

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
    /// What decides everybody's rights there.
    pub structure: Arc<Structure>,
    /// The memberships of the users that were asked for; none where the epoch has not moved.
    pub members: Vec<Membership>,
}

/// Where a server stands, and if its epoch is above `known` the memberships of `asked`.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile, [`Error::Internal`] when it cannot be read.
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
    let heads = readable(
        heads,
        "a channel stays without its head that cannot be read",
    );
    let heads = heads.map(|row| head_of(&row)).collect();
    let structures = hub.structures();
    let at = (id, counters.rights_version);
    let structure = structures.at(&mut reader, at, Sees::Snapshot).await?;
    let mut found = Vec::new();
    if counters.epoch > known {
        for asked in asked.chunks(USERS_AT_ONCE) {
            found.extend(members::among(&mut reader, &[id], asked).await?);
        }
    }
    Ok(ServerNow {
        counters,
        heads,
        structure: structure.ok_or(Error::NotFound)?,
        members: found.into_iter().map(Membership::stored).collect(),
    })
}

/// An account and where it belongs, at one moment.
#[derive(Debug, Clone)]
pub struct AccountNow {
    /// The account.
    pub me: Arc<Me>,
    /// Its servers in its own order, and where it stands in each.
    pub servers: Vec<(ServerId, Standing)>,
}

/// Where an account stands in a server of which it is a member.
#[derive(Debug, Clone)]
pub enum Standing {
    /// That was not asked for.
    NotAsked,
    /// It cannot be read what decides rights there.
    Unreadable,
    /// Here.
    At(MemberPlace),
}

/// Those of these accounts that are there, each with its places where `is_asked` for: they are not read
/// for nothing, because all servers of many accounts are more than what is kept. A bounded number of
/// accounts at a time is the caller's duty.
///
/// # Errors
/// What the database refuses.
pub async fn accounts(
    hub: &Hub,
    can: &Can<access::ListServers>,
    users: &[UserId],
    is_asked: impl Fn(UserId, ServerId) -> bool,
) -> Result<Vec<AccountNow>> {
    let mut reader = hub.read_snapshot(can).await?;
    let rows = users::among(&mut reader, users).await?;
    let memberships = members::of_users(&mut reader, users).await?;
    let of = |row: &members::MemberPlaceRow| (row.membership.user_id, row.server_id);
    let (asked, others): (Vec<&members::MemberPlaceRow>, Vec<_>) = memberships
        .iter()
        .partition(|row| is_asked(row.membership.user_id, row.server_id));
    let mut standings: HashMap<(UserId, ServerId), Standing> = HashMap::new();
    for row in others {
        standings.insert(of(row), Standing::NotAsked);
    }
    let asked = asked.into_iter().map(asked_of).collect();
    for place in places(hub, &mut reader, asked).await? {
        let at = (place.membership.user_id, place.server_id);
        standings.insert(at, Standing::At(place));
    }
    let mut servers: HashMap<UserId, Vec<(ServerId, Standing)>> = HashMap::new();
    for row in memberships {
        let standing = standings.remove(&of(&row));
        // Asked for, and left out.
        let standing = standing.unwrap_or(Standing::Unreadable);
        let of_user = servers.entry(row.membership.user_id).or_default();
        of_user.push((row.server_id, standing));
    }
    let account = |row: users::UserRow| AccountNow {
        servers: servers.remove(&row.id).unwrap_or_default(),
        me: Arc::new(me_of(row)),
    };
    Ok(rows.into_iter().map(account).collect())
}

/// What the place of a membership is built of.
fn asked_of(row: &members::MemberPlaceRow) -> (ServerId, Counters, Membership) {
    let membership = Membership::stored(row.membership.clone());
    (row.server_id, row.counters, membership)
}
