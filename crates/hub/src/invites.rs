//! Invites: the way into a server.

use battala_proto::id::ServerId;
use battala_proto::invites::{CreateInvite, Invite, InvitePreview, InvitedServer};
use battala_proto::limits::INVITES_PER_SERVER_MAX;
use battala_proto::servers::ServerState;
use battala_proto::text::InviteCode;
use battala_proto::users::{PublicUser, UserKind};
use battala_store::tables::{invites, members, servers as server_table};

use crate::Hub;
use crate::access::{self, Can};
use crate::bus::Notice;
use crate::error::{Error, Result};
use crate::members::member_of;
use crate::servers::{load_state, refuse_too_many};
use crate::work::{Entry, Work};

fn invite_of(row: invites::InviteRow) -> Invite {
    let creator = PublicUser {
        id: row.creator_id,
        username: row.username,
        display_name: row.display_name,
        avatar: row.avatar,
        kind: UserKind::from_raw(row.kind),
    };
    Invite {
        code: row.code,
        server_id: row.server_id,
        creator,
        created_at: row.created_at,
        expires_at: row.expires_at,
        uses: row.uses,
        uses_max: row.uses_max,
    }
}

/// Makes an invite.
///
/// # Errors
/// [`Error::LimitReached`] when the server has as many open ones as can be.
pub async fn create(
    hub: &Hub,
    can: Can<access::CreateInvite>,
    request: CreateInvite,
) -> Result<Invite> {
    let (creator, code) = (can.public_user()?, hub.random().invite_code());
    hub.write(can, move |work| {
        Box::pin(async move {
            let (server_id, now) = (work.target().id, work.now());
            if invites::prune_and_count(work.tx(), server_id, now).await? >= INVITES_PER_SERVER_MAX
            {
                return Err(Error::LimitReached {
                    what: "invites",
                    limit: INVITES_PER_SERVER_MAX,
                });
            }
            let invite = Invite {
                code,
                server_id,
                creator,
                created_at: now,
                expires_at: request
                    .lifetime_s()
                    .map(|seconds| now + i64::from(seconds) * 1000),
                uses: 0,
                uses_max: request.uses_max.map(i64::from),
            };
            let row = invites::NewInvite {
                code: invite.code.clone(),
                server_id,
                creator_id: invite.creator.id,
                created_at: now,
                expires_at: invite.expires_at,
                uses_max: invite.uses_max,
            };
            invites::insert(work.tx(), row).await?;
            // The code is a secret: the audit log names only who made one.
            work.audit(Entry::in_server(server_id, invite.creator.id))
                .await?;
            Ok(invite)
        })
    })
    .await
}

/// The invites of a server that still work, newest first.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ListInvites>) -> Result<Vec<Invite>> {
    let mut reader = hub.read(&can).await?;
    let rows = invites::list(&mut reader, can.target().id, hub.now()).await?;
    Ok(rows.into_iter().map(invite_of).collect())
}

/// Revokes an invite.
///
/// # Errors
/// [`Error::NotFound`] when it was revoked meanwhile.
pub async fn revoke(hub: &Hub, can: Can<access::RevokeInvite>) -> Result<()> {
    hub.write(can, |work| {
        Box::pin(async move {
            let target = work.target().clone();
            if !invites::remove(work.tx(), target.server.id, &target.code).await? {
                return Err(Error::NotFound);
            }
            work.audit(Entry::in_server(target.server.id, target.creator_id))
                .await
        })
    })
    .await
}

/// Where an invite leads, for whoever knows its code.
///
/// # Errors
/// [`Error::NotFound`] for a code that does not work, whatever the reason.
pub async fn preview(
    hub: &Hub,
    can: Can<access::PreviewInvite>,
    code: &InviteCode,
) -> Result<InvitePreview> {
    let mut reader = hub.read(&can).await?;
    let row = invites::usable(&mut reader, code.as_str(), hub.now())
        .await?
        .ok_or(Error::NotFound)?;
    let server = server_table::get(&mut reader, row.server_id)
        .await?
        .ok_or(Error::NotFound)?;
    let invite = invite_of(row);
    let server = InvitedServer {
        id: server.id,
        name: server.name,
        icon: server.icon,
        member_count: server.member_count,
    };
    Ok(InvitePreview {
        code: invite.code,
        server,
        inviter: invite.creator,
        expires_at: invite.expires_at,
    })
}

/// Joins by an invite. Who is a member already stays one, and no use is counted.
///
/// # Errors
/// [`Error::NotFound`] for a code that does not work, [`Error::LimitReached`] when the caller is in
/// too many servers.
pub async fn join(
    hub: &Hub,
    can: Can<access::JoinServer>,
    code: InviteCode,
) -> Result<ServerState> {
    hub.write(can, move |work| {
        Box::pin(async move { join_in(work, code.as_str()).await })
    })
    .await
}

async fn join_in(work: &mut Work<'_, access::JoinServer>, code: &str) -> Result<ServerState> {
    let (user_id, now) = (work.can().user_id()?, work.now());
    let invite = invites::usable(work.tx(), code, now)
        .await?
        .ok_or(Error::NotFound)?;
    let server_id: ServerId = invite.server_id;
    work.tx().lock_server_exclusive(server_id).await?;
    if members::get(work.tx(), server_id, user_id).await?.is_none() {
        refuse_too_many(work.tx(), user_id).await?;
        // The use and the membership are one transaction, each in one conditional statement: two
        // hundred parallel joins with five uses make five members.
        invites::take_use(work.tx(), code, now)
            .await?
            .ok_or(Error::NotFound)?;
        let epoch = members::insert(work.tx(), server_id, user_id, now)
            .await?
            .ok_or(Error::NotFound)?;
        work.audit(Entry::in_server(server_id, user_id)).await?;
        let member = member_of(work.tx(), server_id, user_id)
            .await?
            .ok_or(Error::NotFound)?;
        work.notify(Notice::MemberJoined {
            server_id,
            member,
            epoch,
        });
    }
    load_state(work.tx(), server_id)
        .await?
        .ok_or(Error::NotFound)
}
