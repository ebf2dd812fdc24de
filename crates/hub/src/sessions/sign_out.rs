//! Signing out, by whichever token is at hand. Knows no cookie but what stands in it.

use battala_proto::events::EndReason;
use battala_proto::id::{SessionId, UserId};
use battala_store::tables::sessions;

use crate::Hub;
use crate::access::{self, Action, Actor, Can};
use crate::bus::Notice;
use crate::credentials::renewals::Presented;
use crate::credentials::signed::marked;
use crate::credentials::tokens::RefreshToken;
use crate::error::Result;
use crate::work::Work;

/// Whom a request signs out.
#[derive(Debug, Clone)]
pub enum SignOut {
    /// The session of a refresh token.
    Cookie(String),
    /// The session of an access token.
    Actor(Actor),
}

/// Signs out. Signing out twice, or with a token of no session, changes nothing and is no error.
///
/// # Errors
/// What the database refuses.
pub async fn logout(hub: &Hub, can: Can<access::Logout>, whom: SignOut) -> Result<()> {
    let marked = match &whom {
        SignOut::Cookie(cookie) => {
            RefreshToken::parse(cookie).and_then(|token| marked(hub, &token))
        }
        SignOut::Actor(_) => None,
    };
    hub.write(can, move |work| {
        Box::pin(async move {
            let ended = match whom {
                SignOut::Actor(Actor::Account { me, session_id }) => Some((me.id, session_id)),
                SignOut::Actor(Actor::Anonymous | Actor::Operator | Actor::Job(_)) => None,
                SignOut::Cookie(cookie) => session_of(work, &cookie).await?,
            };
            let Some((user_id, session_id)) = ended else {
                marked.inspect(|session| work.remember(*session, Presented::Refused));
                return Ok(());
            };
            let now = work.now();
            work.tx().lock_account_exclusive(user_id).await?;
            if sessions::revoke(work.tx(), user_id, session_id, now).await? {
                work.notify(Notice::SessionsEnded {
                    user_id,
                    sessions: vec![session_id],
                    reason: EndReason::SignedOut,
                });
            }
            Ok(())
        })
    })
    .await
}

async fn session_of<A: Action>(
    work: &mut Work<'_, A>,
    cookie: &str,
) -> Result<Option<(UserId, SessionId)>> {
    let Some(token) = RefreshToken::parse(cookie) else {
        return Ok(None);
    };
    let row = sessions::get(work.tx(), token.session_id).await?;
    let row = row.filter(|row| work.hub().tokens().is_genuine(&token, &row.salt));
    Ok(row.map(|row| (row.user_id, row.id)))
}
