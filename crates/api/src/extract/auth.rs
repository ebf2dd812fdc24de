//! Authority: from the access token and the path to a [`Can`].
//!
//! The order is fixed: who is it, how often do they come, what do they mean, may they do it. What
//! is left of the request is read only after that.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use battala_hub::access::{Action, Actor, KeyOf, Reading, Requirement, SendMessage};
use battala_hub::limits::{Bucket, Subject};
use battala_hub::{Can, Error, Hub, sessions, signed};
use battala_proto::id::ChannelId;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::{PathKey, client_address, refuse_query};
use crate::edge::{Context, Recognised, sender};
use crate::operation::{Described, Verb};
use crate::refusal::Refusal;
use crate::route_class::Credential;
use crate::state::ApiState;

/// Proof that the caller may do `A` to what the path names. The first argument of every handler.
pub(crate) struct Auth<A: Action>(pub(crate) Can<A>);

/// What a handler takes first: a proof of authority.
pub(crate) trait Proof {
    /// What it allows.
    type Action: Action;
}

impl<A: Action> Proof for Auth<A> {
    type Action = A;
}

impl<A: Action> FromRequestParts<ApiState> for Auth<A>
where
    KeyOf<A>: PathKey,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let mut reading = state.hub.reading();
        let asked = Asked::<KeyOf<A>>::read(parts, state, &mut reading).await?;
        // What has no body is read as soon as it is allowed.
        let can = match asked.operation.plan.verb {
            Verb::Get => {
                let can = reading.authorize_to_read::<A>(asked.actor, asked.key);
                can.await?
            }
            Verb::Post | Verb::Put | Verb::Patch | Verb::Delete => {
                reading.authorize::<A>(asked.actor, asked.key).await?
            }
        };
        refuse_unread_query(&asked.operation, parts)?;
        Ok(Self(can))
    }
}

/// [`Auth`] for sending, which programs do over and over in the same channels.
pub(crate) struct AuthToSend(pub(crate) Can<SendMessage>);

impl Proof for AuthToSend {
    type Action = SendMessage;
}

impl FromRequestParts<ApiState> for AuthToSend {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let mut reading = state.hub.reading();
        let asked = Asked::<ChannelId>::read(parts, state, &mut reading).await?;
        let can = reading.authorize_to_send(asked.actor, asked.key).await?;
        refuse_unread_query(&asked.operation, parts)?;
        Ok(Self(can))
    }
}

/// Who asks, for what, and what about.
struct Asked<K> {
    operation: Arc<Described>,
    actor: Actor,
    key: K,
}

impl<K: PathKey> Asked<K> {
    async fn read(
        parts: &mut Parts,
        state: &ApiState,
        reading: &mut Reading,
    ) -> Result<Self, Refusal> {
        let missing = || Error::internal("a route was registered without its description");
        let operation = parts.extensions.get::<Arc<Described>>().cloned();
        let operation = operation.ok_or_else(missing)?;
        let actor = identify((state, reading), parts, &operation).await?;
        let params = RawPathParams::from_request_parts(parts, state).await;
        // What does not decode to text names nothing.
        let params = params.map_err(|_| Error::NotFound)?;
        let key = K::read(&params).ok_or(Error::NotFound)?;
        Ok(Self {
            operation,
            actor,
            key,
        })
    }
}

fn refuse_unread_query(operation: &Described, parts: &Parts) -> Result<(), Refusal> {
    if !operation.takes_query {
        refuse_query(&parts.uri)?;
    }
    Ok(())
}

/// Who asks. Counts the request in the buckets that it belongs to.
async fn identify(
    (state, reading): (&ApiState, &mut Reading),
    parts: &Parts,
    operation: &Described,
) -> Result<Actor, Refusal> {
    let hub = &state.hub;
    let limits = Limits::of(hub, parts);
    let is_public = operation.requirement == Requirement::Anyone;
    let credential = operation.plan.class.terms().credential;
    // Refused before anything is looked at or counted: every page asks so at first, and a device that has
    // no session is to hear it whatever its neighbours send.
    if credential == Credential::Cookie && brings_nothing(state, parts) {
        limits.excuse();
        return Err(Error::Unauthenticated.into());
    }
    let recognised: Option<&Recognised> = parts.extensions.get();
    let bearer = match credential {
        // Whoever else comes along neither acts nor is counted.
        Credential::None | Credential::Cookie => Ok(None),
        Credential::Token | Credential::TokenOrCookie => bearer_token(&parts.headers),
    };
    let actor = match bearer {
        Ok(None) => Ok(Actor::Anonymous),
        // The edge has read it already.
        Ok(Some(_)) => match recognised.and_then(Recognised::token) {
            Some(token) => {
                let known = sessions::known_by(hub, reading, token).await;
                known.map(|it| it.actor)
            }
            None => Err(Error::Unauthenticated),
        },
        Err(error) => Err(error),
    };
    if let Ok(Actor::Account { me, session_id }) = &actor {
        let subject = if operation.plan.is_counted_by_session {
            Subject::Session(*session_id)
        } else {
            Subject::User(me.id)
        };
        limits.charge(operation.plan.account_bucket(), subject)?;
    } else if is_public {
        // Neighbours behind one address cannot keep each other from renewing.
        let is_by_cookie = matches!(credential, Credential::Cookie | Credential::TokenOrCookie);
        let session = is_by_cookie.then(|| session_of(state, &parts.headers));
        if let Some(session) = session.flatten() {
            limits.charge(Bucket::Write, session)?;
        } else if operation.plan.address_bucket.is_none() {
            limits.lend(Bucket::Anonymous(operation.plan.id))?;
        }
    } else {
        limits.charge(Bucket::NoOperation, sender(&parts.extensions))?;
    }
    if let Some(bucket) = operation.plan.address_bucket {
        limits.lend(bucket)?;
    }
    match actor {
        // What everyone may do does not fail because an old token came along.
        Err(Error::Unauthenticated | Error::SessionEnded) if is_public => Ok(Actor::Anonymous),
        // Said before the path is looked at, so that nobody learns what is an id.
        Ok(Actor::Anonymous) if !is_public => Err(Error::Unauthenticated.into()),
        actor => Ok(actor?),
    }
}

/// Whether there is nothing by which a request could be told from any other.
fn brings_nothing(state: &ApiState, parts: &Parts) -> bool {
    let has_token = parts.headers.contains_key(AUTHORIZATION);
    let has_cookie = state.cookies.find(&parts.headers).is_some();
    !has_token && !has_cookie && parts.uri.query().is_none()
}

/// The session of the refresh cookie, as far as its mark tells.
pub(crate) fn session_of(state: &ApiState, headers: &HeaderMap) -> Option<Subject> {
    let cookie = state.cookies.find(headers)?;
    signed::made_for(&state.hub, &cookie).map(Subject::Session)
}

/// The token of the `Authorization` header (RFC 6750 §2.1).
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut headers = headers.get_all(AUTHORIZATION).iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => return Ok(None),
        (Some(header), None) => header,
        // Two tokens would be a choice for whoever reads them next.
        (Some(_), Some(_)) => return Err(Error::Unauthenticated),
    };
    let text = header.to_str().map_err(|_| Error::Unauthenticated)?;
    let (scheme, token) = text.split_once(' ').ok_or(Error::Unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token))
    } else {
        Err(Error::Unauthenticated)
    }
}

/// The rate limits, with a note of what is left for the answer's headers.
struct Limits<'r> {
    hub: &'r Hub,
    context: Option<&'r Context>,
    address: Subject,
}

impl<'r> Limits<'r> {
    fn of(hub: &'r Hub, parts: &'r Parts) -> Self {
        Self {
            hub,
            context: parts.extensions.get(),
            address: Subject::address(client_address(&parts.extensions)),
        }
    }

    /// Counts the request in a bucket of its address, unless it turns out to be none.
    fn lend(&self, bucket: Bucket) -> Result<(), Error> {
        self.charge(bucket, self.address)?;
        if let Some(context) = self.context {
            context.note_lent(bucket, self.address);
        }
        Ok(())
    }

    /// Counts the request nowhere.
    fn excuse(&self) {
        if let Some(context) = self.context {
            context.excuse();
        }
    }

    fn charge(&self, bucket: Bucket, subject: Subject) -> Result<(), Error> {
        let outcome = self.hub.limits().check(bucket, subject);
        if let Some(context) = self.context {
            context.note(&outcome, self.hub.limits().rate(bucket));
        }
        outcome.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(headers: &[&str]) -> Result<Option<String>, Error> {
        let mut request = http::Request::builder();
        for header in headers {
            request = request.header(AUTHORIZATION, *header);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        bearer_token(&parts.headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn one_bearer_token_is_read_and_anything_else_is_no_credential() {
        assert_eq!(token(&[]).unwrap(), None);
        assert_eq!(token(&["Bearer a.b.c"]).unwrap().as_deref(), Some("a.b.c"));
        assert_eq!(token(&["bEARER a.b.c"]).unwrap().as_deref(), Some("a.b.c"));
        for headers in [
            &["Basic YTpi"] as &[_],
            &["a.b.c"],
            &["Bearer"],
            &["Bearer a", "Bearer b"],
        ] {
            assert!(token(headers).is_err(), "{headers:?}");
        }
    }
}
