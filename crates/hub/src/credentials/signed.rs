//! What tokens say by their signature alone, without a read: whom their requests count for, before
//! anybody has looked whether the session lives. Knows no session.

use std::net::IpAddr;

use battala_proto::id::{SessionId, UserId};

use crate::Hub;
use crate::credentials::tokens::{AccessToken, Reading, RefreshToken};
use crate::error::Result;
use crate::limits::Subject;

/// What an access token says, without a read: its session may have ended.
///
/// # Errors
/// [`Error::Unauthenticated`](crate::Error::Unauthenticated) for a token that is not valid.
pub fn read_token(hub: &Hub, access_token: &str) -> Result<AccessToken> {
    hub.tokens().read_access(access_token, hub.now())
}

/// The same, with what is known of a token that does not work.
pub fn reading_of(hub: &Hub, access_token: &str) -> Reading {
    hub.tokens().read(access_token, hub.now())
}

/// Whom a ticket ([`Tokens::read_ticket`](crate::credentials::tokens::Tokens::read_ticket)) was made for, without
/// a read: its session may have ended.
pub fn vouched_for(hub: &Hub, ticket: &str) -> Option<UserId> {
    let token = hub.tokens().read_ticket(ticket, hub.now()).ok()?;
    Some(token.user_id)
}

/// As whom a connection counts that comes with this token, without a read: the session that it was
/// signed for, which may have ended; the two of session and address if the token has expired; or the
/// address if it was signed for none.
pub fn subject_of(hub: &Hub, access_token: Option<&str>, address: IpAddr) -> Subject {
    match access_token.map(|token| reading_of(hub, token)) {
        Some(Reading::Current(token)) => Subject::Session(token.session_id),
        Some(Reading::Outdated(session_id)) => Subject::outdated(session_id, address),
        Some(Reading::Foreign) | None => Subject::address(address),
    }
}

/// The session that a refresh token was made for by this hub, without a read: it may have ended,
/// and the token may be used up. Once such a token was refused, its session is nobody.
pub fn made_for(hub: &Hub, refresh_token: &str) -> Option<SessionId> {
    let token = RefreshToken::parse(refresh_token)?;
    let is_refused = hub.renewals().is_refused(token.session_id);
    (hub.tokens().is_ours(&token) && !is_refused).then_some(token.session_id)
}

/// The session of a token whose mark the hub has made. What anybody could have written down says
/// nothing about a session.
pub(crate) fn marked(hub: &Hub, token: &RefreshToken) -> Option<SessionId> {
    hub.tokens().is_ours(token).then_some(token.session_id)
}
