//! The life of a session: opened, renewed, ended; and who an access token speaks for.

mod sign_out;

use std::net::IpAddr;
use std::sync::Arc;

use battala_proto::TimestampMs;
use battala_proto::auth::{AuthResponse, Session};
use battala_proto::events::EndReason;
use battala_proto::id::{ServerId, SessionId, UserId};
use battala_proto::limits::SESSIONS_PER_USER_MAX;
use battala_proto::users::Me;
use battala_store::tables::{credentials, sessions, users};

use crate::Hub;
use crate::access::{self, Action, Actor, Can, Reading};
use crate::bus::Notice;
use crate::credentials::devices::Credential;
use crate::credentials::renewals::Presented;
use crate::credentials::signed::{self, marked};
use crate::credentials::tokens::{AccessToken, RefreshToken, SESSION_LIFETIME_MS};
use crate::error::{Error, Result};
use crate::limits::Subject;
use crate::limits::network::Holder;
use crate::limits::shares::Caller;
use crate::users::row::me_of;
use crate::work::{Entry, Work};

pub use self::sign_out::{SignOut, logout};

/// A session ends when it is not used for this long.
const IDLE_MS: i64 = 30 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The refresh token before the current one still gives the current one for this long, whatever
/// happened meanwhile: two tabs are no theft.
const ROTATION_GRACE_MS: i64 = 30_000;
/// And for this long while nobody has used what the renewal handed out: an answer that got lost
/// before a way without a network is no theft either.
const LOST_ANSWER_MS: i64 = 12 * 60 * 60 * 1000;
/// Characters of a client's name for itself that are kept.
const AGENT_CHARS_MAX: usize = 200;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its network address.
    pub address: Option<IpAddr>,
    /// What the program calls itself.
    pub agent: String,
    /// What the hub gave the device at earlier sign-ins, as it came back.
    pub device: Option<String>,
}

impl Client {
    /// As whom the places for hashes count a caller without an account.
    pub(crate) fn caller(&self) -> Caller {
        Caller::new(self.subject(), self.subject())
    }

    /// The same for an account.
    pub(crate) fn caller_as(&self, user: UserId) -> Caller {
        Caller::new(Subject::User(user), self.subject())
    }

    fn subject(&self) -> Subject {
        Subject::Address(self.address.map_or(Holder::UNKNOWN, Holder::of))
    }

    /// Where it is, as the list of sessions shows it.
    fn place(&self) -> String {
        let place = self.address.map(Holder::place);
        place.map_or_else(String::new, |place| place.to_string())
    }

    fn agent(&self) -> String {
        self.agent
            .chars()
            .filter(|c| !c.is_control())
            .take(AGENT_CHARS_MAX)
            .collect()
    }
}

/// A session that was opened or renewed: the answer, and the refresh token for the cookie.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The answer's body.
    pub response: AuthResponse,
    /// The refresh token.
    pub refresh_token: String,
    /// When the refresh token stops working, unless it is used.
    pub refresh_expires_at: TimestampMs,
    /// What the device keeps to be known at the next sign-in.
    pub device: String,
}

/// A session as its transaction left it.
pub(crate) struct OpenedSession {
    me: Me,
    row: sessions::SessionRow,
    /// What the device keeps.
    device: String,
}

/// Opens a session of who knows the password of this secret; the one that was unused for longest
/// ends when there are too many. The transaction has the account for itself, from its beginning, or
/// makes it.
pub(crate) async fn open_session<A: Action>(
    work: &mut Work<'_, A>,
    me: Me,
    secret: &str,
    client: &Client,
) -> Result<OpenedSession> {
    let now = work.now();
    let open = sessions::list(work.tx(), me.id, now).await?;
    let kept = usize::try_from(SESSIONS_PER_USER_MAX - 1).unwrap_or(0);
    let surplus: Vec<SessionId> = open.iter().skip(kept).map(|session| session.id).collect();
    if !surplus.is_empty() {
        sessions::revoke_these(work.tx(), me.id, &surplus, now).await?;
        work.notify(Notice::SessionsEnded {
            user_id: me.id,
            sessions: surplus,
            reason: EndReason::TooMany,
        });
    }
    let row = sessions::SessionRow {
        id: work.make_id()?,
        user_id: me.id,
        counter: 0,
        salt: work.hub().random().bytes::<16>().to_vec(),
        agent: client.agent(),
        address: client.place(),
        created_at: now,
        last_used_at: now,
        idle_expires_at: now + IDLE_MS,
        expires_at: now + SESSION_LIFETIME_MS,
    };
    sessions::insert(work.tx(), &row).await?;
    let user_id = me.id;
    Ok(OpenedSession {
        me,
        row,
        device: device_of(work.hub(), client, Credential { user_id, secret }),
    })
}

/// What the client's device keeps from now on, to be known at the account's next sign-in.
pub(crate) fn device_of(hub: &Hub, client: &Client, holder: Credential<'_>) -> String {
    let held = client.device.as_deref();
    hub.devices().remember(held, holder, hub.random())
}

/// Makes the tokens of a session, after its commit.
pub(crate) fn sign_in(hub: &Hub, session: OpenedSession) -> Result<SignedIn> {
    let OpenedSession { me, row, device } = session;
    let (access_token, expires_at) =
        hub.tokens()
            .issue_access(me.id, row.id, row.counter, hub.now())?;
    Ok(SignedIn {
        device,
        refresh_token: hub.tokens().refresh_token(row.id, row.counter, &row.salt),
        refresh_expires_at: row.idle_expires_at.min(row.expires_at),
        response: AuthResponse {
            access_token,
            expires_at,
            session_id: row.id,
            user: me,
        },
    })
}

/// What presenting a refresh token led to.
enum Refreshed {
    Renewed(Box<OpenedSession>),
    /// A token that was used up long ago: somebody else has it too.
    Stolen,
    Ended,
}

/// Renews a session. A refresh token works once; an old one ends the session for all who hold it.
///
/// # Errors
/// [`Error::SessionEnded`].
pub async fn refresh(
    hub: &Hub,
    can: Can<access::RefreshSession>,
    cookie: &str,
    client: Client,
) -> Result<SignedIn> {
    let token = RefreshToken::parse(cookie).ok_or(Error::SessionEnded)?;
    let marked = marked(hub, &token);
    let outcome = hub
        .write(can, move |work| {
            Box::pin(async move {
                let outcome = rotate(work, &token, &client).await?;
                let presented = match &outcome {
                    Refreshed::Renewed(_) => Presented::Accepted,
                    Refreshed::Stolen | Refreshed::Ended => Presented::Refused,
                };
                marked.inspect(|session| work.remember(*session, presented));
                Ok(outcome)
            })
        })
        .await?;
    match outcome {
        Refreshed::Renewed(session) => sign_in(hub, *session),
        Refreshed::Stolen | Refreshed::Ended => Err(Error::SessionEnded),
    }
}

async fn rotate<A: Action>(
    work: &mut Work<'_, A>,
    token: &RefreshToken,
    client: &Client,
) -> Result<Refreshed> {
    let now = work.now();
    let Some(mut row) = sessions::get(work.tx(), token.session_id).await? else {
        return Ok(Refreshed::Ended);
    };
    let is_over = row.idle_expires_at <= now || row.expires_at <= now;
    if is_over || !work.hub().tokens().is_genuine(token, &row.salt) {
        return Ok(Refreshed::Ended);
    }
    // A genuine token from above the row was handed out in a time that the database has lost, to a
    // backup or a standby: it is the newest that there is. Two who hold tokens of the lost time
    // pass each other by, and the one behind is noticed as ever.
    let is_of_lost_time = token.counter > row.counter;
    let is_current = token.counter == row.counter || is_of_lost_time;
    let is_excused = token.counter == row.counter - 1 && is_within_grace(work.hub(), &row, now);
    if !is_current && !is_excused {
        work.tx().lock_account_exclusive(row.user_id).await?;
        sessions::revoke(work.tx(), row.user_id, row.id, now).await?;
        work.audit_as(
            row.user_id,
            Entry::on_hub(Some(row.id.raw())).with(serde_json::json!({"reused": true})),
        )
        .await?;
        work.notify(Notice::SessionsEnded {
            user_id: row.user_id,
            sessions: vec![row.id],
            reason: EndReason::TokenReused,
        });
        return Ok(Refreshed::Stolen);
    }
    if is_current {
        if is_of_lost_time && work.hub().renewals().is_first_of_lost_time() {
            tracing::warn!(
                "refresh tokens come that the database does not know of: it has lost time, \
                 as a backup does; they are renewed"
            );
        }
        let renewal = sessions::Renewal {
            counter: token.counter + 1,
            now,
            idle_expires_at: now + IDLE_MS,
            address: client.place(),
        };
        if !sessions::rotate(work.tx(), row.id, row.counter, &renewal).await? {
            // Another request rotated it a moment ago, on an engine that runs writes side by side.
            return Err(Error::Unavailable);
        }
        row.counter = renewal.counter;
        row.idle_expires_at = renewal.idle_expires_at;
    }
    let user = users::get(work.tx(), row.user_id)
        .await?
        .ok_or(Error::SessionEnded)?;
    // Whoever changed the password is known by the new one from the next renewal on.
    let secret = credentials::password(work.tx(), row.user_id).await?;
    let holder = Credential {
        user_id: row.user_id,
        secret: secret.as_deref().unwrap_or_default(),
    };
    Ok(Refreshed::Renewed(Box::new(OpenedSession {
        me: me_of(user),
        device: device_of(work.hub(), client, holder),
        row,
    })))
}

/// Whether the refresh token before the current one still counts.
fn is_within_grace(hub: &Hub, row: &sessions::SessionRow, now: TimestampMs) -> bool {
    let renewed_at = row.last_used_at;
    let is_lost = || !hub.renewals().may_be_used(row.id, row.counter, renewed_at);
    // Either way: the clock may have been set since, and a step back must not make a longer grace.
    let age_ms = (now - renewed_at).abs();
    age_ms <= ROTATION_GRACE_MS || (age_ms <= LOST_ANSWER_MS && is_lost())
}

/// Who an access token speaks for, with one read.
///
/// # Errors
/// [`Error::Unauthenticated`] for a token that is not valid, [`Error::SessionEnded`] for one whose
/// session is over.
pub async fn authenticate(hub: &Hub, access_token: &str) -> Result<Authenticated> {
    let token = signed::read_token(hub, access_token)?;
    known_by(hub, &mut hub.reading(), token).await
}

/// Who a token speaks for that was read a moment ago, with one read.
///
/// # Errors
/// As [`authenticate`].
pub async fn known_by(
    hub: &Hub,
    reading: &mut Reading,
    token: AccessToken,
) -> Result<Authenticated> {
    let now = hub.now();
    if !token.works_at(now) {
        return Err(Error::Unauthenticated);
    }
    let reader = reading.reader().await?;
    let session = sessions::live(reader, token.session_id, token.user_id)
        .await?
        .ok_or(Error::SessionEnded)?;
    if session.idle_expires_at <= now || session.expires_at <= now {
        return Err(Error::SessionEnded);
    }
    hub.renewals().used(token.session_id, token.renewals, now);
    let me = Arc::new(me_of(session.user));
    let actor = Actor::Account {
        me: Arc::clone(&me),
        session_id: token.session_id,
    };
    Ok(Authenticated {
        actor,
        me,
        session_id: token.session_id,
        expires_at: token.expires_at,
        expires_passed: hub.passed() + (token.expires_at - now).max(0),
    })
}

/// Whether the session and the account are still what they were when they became known, and the
/// account's servers in its own order: the account as it is now. One read, as a rule.
///
/// # Errors
/// [`Error::SessionEnded`] when the session is over.
pub async fn look_again(
    hub: &Hub,
    can: &Can<access::ListServers>,
    known: &Authenticated,
) -> Result<(Arc<Me>, Vec<ServerId>)> {
    let now = hub.now();
    let mut reader = hub.read(can).await?;
    let rows = sessions::places(&mut reader, known.session_id, known.me.id).await?;
    let first = rows.first().ok_or(Error::SessionEnded)?;
    if first.idle_expires_at <= now || first.expires_at <= now {
        return Err(Error::SessionEnded);
    }
    // Every change of an account moves its number.
    let me = if first.rev == known.me.rev {
        Arc::clone(&known.me)
    } else {
        let user = users::get(&mut reader, known.me.id).await?;
        Arc::new(me_of(user.ok_or(Error::SessionEnded)?))
    };
    let servers = rows.iter().filter_map(|row| row.server_id).collect();
    Ok((me, servers))
}

/// An access token that was believed.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Who acts.
    pub actor: Actor,
    /// The account.
    pub me: Arc<Me>,
    /// The session.
    pub session_id: SessionId,
    /// When the token expires.
    pub expires_at: TimestampMs,
    /// The same by the time that passes ([`Hub::passed`]), for those who wait for it.
    pub expires_passed: i64,
}

/// Which of these sessions nobody has ended, for a gateway that missed something.
///
/// # Errors
/// What the database refuses.
pub async fn among(
    hub: &Hub,
    can: &Can<access::ListSessions>,
    ids: &[SessionId],
) -> Result<Vec<SessionId>> {
    let mut reader = hub.read(can).await?;
    Ok(sessions::among(&mut reader, ids).await?)
}

/// The own sessions, newest use first.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ListSessions>) -> Result<Vec<Session>> {
    let mut reader = hub.read(&can).await?;
    let (user_id, current) = (can.user_id()?, can.session_id()?);
    let rows = sessions::list(&mut reader, user_id, hub.now()).await?;
    let show = |row: sessions::SessionRow| Session {
        id: row.id,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        agent: row.agent,
        address: row.address,
        is_current: row.id == current,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Ends one of the own sessions.
///
/// # Errors
/// [`Error::NotFound`] when there is no such session.
pub async fn end(hub: &Hub, can: Can<access::EndSession>, session_id: SessionId) -> Result<()> {
    let user_id = can.user_id()?;
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let now = work.now();
            if !sessions::revoke(work.tx(), user_id, session_id, now).await? {
                return Err(Error::NotFound);
            }
            work.notify(Notice::SessionsEnded {
                user_id,
                sessions: vec![session_id],
                reason: EndReason::Revoked,
            });
            Ok(())
        })
    })
    .await
}

/// Ends all own sessions but this one.
///
/// # Errors
/// What the database refuses.
pub async fn end_others(hub: &Hub, can: Can<access::EndSession>) -> Result<()> {
    let (user_id, current) = (can.user_id()?, can.session_id()?);
    hub.write_rights(can, move |work| {
        Box::pin(
            async move { revoke_sessions(work, user_id, Some(current), EndReason::Revoked).await },
        )
    })
    .await
}

/// Ends the sessions of an account in the transaction of the cause: the one way by which every
/// security action does it. The transaction has the account for itself, from its beginning.
pub(crate) async fn revoke_sessions<A: Action>(
    work: &mut Work<'_, A>,
    user_id: UserId,
    except: Option<SessionId>,
    reason: EndReason,
) -> Result<()> {
    let now = work.now();
    let sessions = sessions::revoke_others(work.tx(), user_id, except, now).await?;
    if !sessions.is_empty() {
        work.notify(Notice::SessionsEnded {
            user_id,
            sessions,
            reason,
        });
    }
    Ok(())
}
