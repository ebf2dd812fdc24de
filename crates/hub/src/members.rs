//! Members of a server.

use std::sync::Arc;

use battala_proto::events::RemovalReason;
use battala_proto::fields::page_rows;
use battala_proto::id::{ServerId, UserId};
use battala_proto::members::{Member, MemberQuery};
use battala_store::Conn;
use battala_store::tables::{invites, members, servers};

use crate::Hub;
use crate::access::structure::{Membership, Structure};
use crate::access::{self, Action, Can};
use crate::bus::{Change, Counters};
use crate::error::{Error, Result};
use crate::users::row::public_of;
use crate::work::{Entry, Level, Work};

/// Rows that are read at once where all members are needed.
const ALL_MEMBERS_PAGE: u32 = 1000;

/// Where a user stands in a server at one moment.
#[derive(Debug, Clone)]
pub struct MemberPlace {
    /// The server.
    pub server_id: ServerId,
    /// Its counters.
    pub counters: Counters,
    /// What decides everybody's rights there.
    pub structure: Arc<Structure>,
    /// The user's own part of that.
    pub membership: Membership,
}

/// Builds the place of each membership. All of it must come from the snapshot of `conn`. A server whose
/// rights cannot be read is left out.
pub(crate) async fn places(
    hub: &Hub,
    conn: &mut Conn,
    memberships: Vec<(ServerId, Counters, Membership)>,
) -> Result<Vec<MemberPlace>> {
    let asked = memberships.iter();
    let asked = asked.map(|(server, counters, _)| (*server, counters.rights_version));
    let structures = hub.structures().at_all(conn, asked.collect()).await?;
    let place = |(server_id, counters, membership): (ServerId, _, _)| {
        let structure = structures.get(&server_id)?;
        Some(MemberPlace {
            server_id,
            counters,
            structure: Arc::clone(structure),
            membership,
        })
    };
    Ok(memberships.into_iter().filter_map(place).collect())
}

fn member(row: members::MemberRow, owner_id: UserId) -> Member {
    let user = public_of(row.user);
    Member {
        is_owner: user.id == owner_id,
        user,
        joined_at: row.joined_at,
    }
}

/// One member, inside a transaction that may just have made it.
async fn member_of(conn: &mut Conn, server: ServerId, user: UserId) -> Result<Option<Member>> {
    let Some(row) = members::get(conn, server, user).await? else {
        return Ok(None);
    };
    let owner_id = servers::get(conn, server)
        .await?
        .map_or(user, |server| server.owner_id);
    Ok(Some(member(row, owner_id)))
}

/// Makes a user a member who was none, in the transaction of the cause.
pub(crate) async fn enter<A: Action>(
    work: &mut Work<'_, A>,
    server_id: ServerId,
    user_id: UserId,
) -> Result<()> {
    let epoch = work.raise(server_id, Level::Members).await?.epoch;
    let now = work.now();
    if !members::insert(work.tx(), (server_id, user_id), epoch, now).await? {
        return Err(Error::NotFound);
    }
    let member = member_of(work.tx(), server_id, user_id)
        .await?
        .ok_or(Error::NotFound)?;
    let begun = Membership::begun(user_id, epoch);
    work.change(server_id, Change::MemberJoined(member, begun));
    Ok(())
}

/// Members in order of user ids.
///
/// # Errors
/// [`Error::InvalidInput`] for the page size.
pub async fn list(
    hub: &Hub,
    can: Can<access::ListMembers>,
    query: MemberQuery,
) -> Result<Vec<Member>> {
    let limit = page_rows(query.limit).map_err(|fault| vec![fault])?;
    let after = query.after.map_or(0, UserId::raw);
    let mut reader = hub.read(&can).await?;
    let rows = members::list(&mut reader, can.target().id, after, limit).await?;
    Ok(rows
        .into_iter()
        .map(|row| member(row, can.target().owner_id))
        .collect())
}

/// All members, for the live list of a server; read in pages, so that no statement is unbounded.
///
/// # Errors
/// What the database refuses.
pub async fn all(hub: &Hub, can: &Can<access::ListMembers>) -> Result<Vec<Member>> {
    let mut found: Vec<Member> = Vec::new();
    loop {
        let after = found.last().map_or(0, |member| member.user.id.raw());
        let mut reader = hub.read(can).await?;
        let rows = members::list(&mut reader, can.target().id, after, ALL_MEMBERS_PAGE).await?;
        let is_last = rows.len() < ALL_MEMBERS_PAGE as usize;
        found.extend(
            rows.into_iter()
                .map(|row| member(row, can.target().owner_id)),
        );
        if is_last {
            return Ok(found);
        }
    }
}

/// One member.
///
/// # Errors
/// [`Error::NotFound`] when the user is none.
pub async fn get(hub: &Hub, can: Can<access::ListMembers>, user_id: UserId) -> Result<Member> {
    let (id, owner_id) = (can.target().id, can.target().owner_id);
    let mut reader = hub.read(&can).await?;
    let row = members::get(&mut reader, id, user_id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(member(row, owner_id))
}

/// Removes a member who stands below, with the invites that it made there. Those of others, and of
/// who leaves, go on working.
///
/// # Errors
/// [`Error::Conflict`] for oneself.
pub async fn kick(hub: &Hub, can: Can<access::KickMember>) -> Result<()> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let (server_id, user_id) = (work.target().server.id, work.target().user_id);
            if user_id == work.can().user_id()? {
                return Err(Error::Conflict("leave the server instead"));
            }
            remove(work, (server_id, user_id), RemovalReason::Kicked).await?;
            Ok(invites::remove_by(work.tx(), server_id, user_id).await?)
        })
    })
    .await
}

/// Removes a member in the transaction of the cause.
pub(crate) async fn remove<A: Action>(
    work: &mut Work<'_, A>,
    (server_id, user_id): (ServerId, UserId),
    reason: RemovalReason,
) -> Result<()> {
    let removed = members::remove(work.tx(), server_id, user_id).await?;
    let removed = removed.ok_or(Error::NotFound)?;
    work.audit(Entry::in_server(server_id, user_id)).await?;
    let level = match removed.overwrites {
        0 => Level::Members,
        // The overwrites that stand are others than those that rights were computed from.
        _ => Level::Rights,
    };
    work.raise(server_id, level).await?;
    work.change(server_id, Change::MemberRemoved { user_id, reason });
    Ok(())
}
