//! Invites: the way into a server.

pub mod inviters;

use battala_proto::TimestampMs;
use battala_proto::error::FieldCode;
use battala_proto::hub::{HubInfo, Inviters, Registration};
use battala_proto::id::{ServerId, UserId};
use battala_proto::invites::{CreateInvite, Invite, InvitePreview, InvitedServer};
use battala_proto::limits::{INVITES_PER_MEMBER_MAX, INVITES_PER_SERVER_MAX};
use battala_proto::servers::ServerState;
use battala_proto::text::InviteCode;
use battala_store::Conn;
use battala_store::tables::{hub as hub_table, invites, members, servers as server_table};

use crate::Hub;
use crate::access::{self, Can};
use crate::error::{Error, Result};
use crate::members::enter;
use crate::servers::{load_state_for, refuse_too_many};
use crate::users::row::public_of;
use crate::work::{Entry, Work};

/// Whether an invite lets someone in who has no account.
fn opens_hub(registration: Registration, inviters: Inviters, is_by_inviter: bool) -> bool {
    registration == Registration::Open || inviters == Inviters::Everyone || is_by_inviter
}

fn invite_of(hub: &HubInfo, row: invites::InviteRow) -> Invite {
    Invite {
        code: row.code,
        server_id: row.server_id,
        creator: public_of(row.creator.brief),
        created_at: row.created_at,
        expires_at: row.expires_at,
        uses: row.uses,
        uses_max: row.uses_max,
        opens_hub: opens_hub(hub.registration, hub.inviters, row.creator.is_inviter),
    }
}

/// Whoever is given an invite once more needs some time to pass it on, and others to come by it: so long
/// at least, and half of what it was made for.
const REUSED_FOR_MS_MIN: i64 = 60 * 60 * 1000;

/// An invite that was asked for: one that was made for that, or one that will do.
#[derive(Debug, Clone)]
pub struct Given {
    /// The invite as it is now.
    pub invite: Invite,
    /// Whether it was there already.
    pub is_reused: bool,
}

/// Makes an invite, or finds one that will do where that is wanted.
///
/// # Errors
/// [`Error::LimitReached`] when the server has as many open ones as can be, or a member who does not
/// manage it has made as many of them as one can.
pub async fn create(
    hub: &Hub,
    can: Can<access::CreateInvite>,
    request: CreateInvite,
) -> Result<Given> {
    let (creator_id, code) = (can.user_id()?, hub.random().invite_code());
    let info = hub.settings().info();
    let lives_ms = request
        .lifetime_s()
        .map(|seconds| i64::from(seconds) * 1000);
    let terms = (lives_ms, request.uses_max.map(i64::from));
    let may_reuse = request.reuse == Some(true);
    // Alone in the server, so that of two each counts the other, or finds it.
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let (of, now) = ((work.target().id, creator_id), work.now());
            let known = if may_reuse {
                let left_ms = REUSED_FOR_MS_MIN.max(lives_ms.unwrap_or(0) / 2);
                invites::newest_like(work.tx(), of, terms, now + left_ms).await?
            } else {
                None
            };
            let is_reused = known.is_some();
            let code = match known {
                Some(known) => known,
                None => make(work, of, terms, code.clone()).await?,
            };
            let row = invites::usable(work.tx(), &code, now).await?;
            let invite = invite_of(&info, row.ok_or(Error::NotFound)?);
            Ok(Given { invite, is_reused })
        })
    })
    .await
}

async fn make(
    work: &mut Work<'_, access::CreateInvite>,
    (server_id, creator_id): (ServerId, UserId),
    (lives_ms, uses_max): (Option<i64>, Option<i64>),
    code: String,
) -> Result<String> {
    refuse_full(work, creator_id).await?;
    let created_at = work.now();
    let row = invites::NewInvite {
        code: code.clone(),
        server_id,
        creator_id,
        created_at,
        expires_at: lives_ms.map(|lives_ms| created_at + lives_ms),
        uses_max,
    };
    invites::insert(work.tx(), row).await?;
    // The code is a secret: the audit log names only who made one.
    work.audit(Entry::in_server(server_id, creator_id)).await?;
    Ok(code)
}

/// Refuses a further invite where there are as many as can be. Who sees all of a server's invites can
/// make room for its own, and has no share.
async fn refuse_full(work: &mut Work<'_, access::CreateInvite>, creator_id: UserId) -> Result<()> {
    let (server_id, now) = (work.target().id, work.now());
    let open = invites::prune_and_count(work.tx(), (server_id, creator_id), now).await?;
    let has_share = !work.can().allows::<access::ListInvites>(now);
    if has_share && open.of_creator >= INVITES_PER_MEMBER_MAX {
        return Err(Error::LimitReached {
            what: "invites of one member",
            limit: INVITES_PER_MEMBER_MAX,
        });
    }
    if open.of_server >= INVITES_PER_SERVER_MAX {
        return Err(Error::LimitReached {
            what: "invites",
            limit: INVITES_PER_SERVER_MAX,
        });
    }
    Ok(())
}

/// The invites of a server that still work, newest first.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ListInvites>) -> Result<Vec<Invite>> {
    let mut reader = hub.read(&can).await?;
    let rows = invites::list(&mut reader, can.target().id, hub.now()).await?;
    let info = hub.settings().info();
    Ok(rows.into_iter().map(|row| invite_of(&info, row)).collect())
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
    let invite = invite_of(&hub.settings().info(), row);
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
        opens_hub: invite.opens_hub,
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

/// The use of the invite, the membership and whatever else the caller does are one transaction, each
/// in one conditional statement: two hundred parallel joins with five uses make five members.
async fn join_in(work: &mut Work<'_, access::JoinServer>, code: &str) -> Result<ServerState> {
    let (user_id, now) = (work.can().user_id()?, work.now());
    let invite = invites::usable(work.tx(), code, now)
        .await?
        .ok_or(Error::NotFound)?;
    let server_id: ServerId = invite.server_id;
    work.tx().lock_server_exclusive(None, server_id).await?;
    if members::get(work.tx(), server_id, user_id).await?.is_none() {
        refuse_too_many(work.tx(), user_id).await?;
        invites::take_use(work.tx(), code, now)
            .await?
            .ok_or(Error::NotFound)?;
        work.audit(Entry::in_server(server_id, user_id)).await?;
        enter(work, server_id, user_id).await?;
    }
    let target = work.server(server_id).await?;
    load_state_for(work.tx(), &target, now)
        .await?
        .ok_or(Error::NotFound)
}

/// The invite by which an account may be made, as things stand on this connection; `None` where
/// none is needed and none was given.
///
/// # Errors
/// [`Error::RegistrationClosed`] without an invite where one is needed, [`Error::InvalidInput`] for
/// one that does not work (any more), [`Error::InviteInsufficient`] for one of somebody whose
/// invites do not open the hub (any more).
pub(crate) async fn admitting(
    conn: &mut Conn,
    code: Option<&str>,
    now: TimestampMs,
) -> Result<Option<invites::InviteRow>> {
    let hub = hub_table::get(conn).await?.ok_or(Error::NotFound)?;
    let registration = Registration::from_stored(&hub.registration);
    let Some(code) = code else {
        return match registration {
            Registration::Open => Ok(None),
            Registration::Invite => Err(Error::RegistrationClosed),
        };
    };
    let invite = invites::usable(conn, code, now).await?.ok_or_else(gone)?;
    let inviters = Inviters::from_stored(&hub.inviters);
    if opens_hub(registration, inviters, invite.creator.is_inviter) {
        Ok(Some(invite))
    } else {
        Err(Error::InviteInsufficient)
    }
}

fn gone() -> Error {
    Error::Mismatch {
        field: "invite".into(),
        code: FieldCode::Gone,
        message: "does not work, or not any more",
    }
}

/// Takes the use by which an account may be made, in the transaction that makes it: whether it may
/// is decided here, whatever was seen before. With the use comes the place in the server, for
/// [`welcome`].
///
/// # Errors
/// As [`admitting`].
pub(crate) async fn admit(
    work: &mut Work<'_, access::Register>,
    code: Option<&str>,
) -> Result<Option<Admission>> {
    let now = work.now();
    let Some(invite) = admitting(work.tx(), code, now).await? else {
        return Ok(None);
    };
    // In the order of a join: the server first, then the invite.
    work.tx()
        .lock_server_exclusive(None, invite.server_id)
        .await?;
    // The lock may have been waited for, and a right that ended meanwhile has ended.
    admitting(work.tx(), code, now).await?;
    invites::take_use(work.tx(), &invite.code, now)
        .await?
        .ok_or_else(gone)?;
    Ok(Some(Admission {
        server_id: invite.server_id,
        inviter_id: invite.creator.brief.id,
    }))
}

/// A use that was taken for an account that is being made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admission {
    pub(crate) server_id: ServerId,
    inviter_id: UserId,
}

/// Makes the new account a member of the server that its invite leads to.
pub(crate) async fn welcome(
    work: &mut Work<'_, access::Register>,
    admission: Admission,
    user_id: UserId,
) -> Result<()> {
    let Admission {
        server_id,
        inviter_id,
    } = admission;
    let entry =
        Entry::in_server(server_id, user_id).with(serde_json::json!({"inviter_id": inviter_id}));
    work.audit_as(user_id, entry).await?;
    let entered = enter(work, server_id, user_id).await;
    // The server was deleted a moment ago.
    entered.map_err(|error| match error {
        Error::NotFound => gone(),
        other => other,
    })
}
