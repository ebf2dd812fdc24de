//! Whose request it is, before anybody has looked for a session: what one caller may hold is
//! bounded by it. Knows no resource that is held.

use axum::extract::Request;
use battala_hub::limits::Subject;
use battala_hub::shares::Caller;
use battala_hub::signed;
use battala_hub::tokens::{AccessToken, Reading};
use battala_proto::id::UserId;
use http::Extensions;

use crate::extract::{bearer_token, client_address, session_of};
use crate::operation::Plan;
use crate::state::ApiState;

/// An account, wherever the request comes from.
pub(crate) fn account(account: UserId, extensions: &Extensions) -> Caller {
    let address = Subject::address(client_address(extensions));
    Caller::new(Subject::User(account), address)
}

/// As it was recognised; without that, the address alone.
pub(crate) fn of(extensions: &Extensions) -> Caller {
    if let Some(known) = extensions.get::<Recognised>() {
        return known.caller;
    }
    let address = Subject::address(client_address(extensions));
    Caller::new(address, address)
}

/// Who sends what is no operation of an account. Who has an account takes nothing of what others at
/// the address have, nor of what operations of the account need: the session of its token may have
/// ended. Whose token has expired is told so, whatever others send from the address, and takes nothing
/// of what other sessions of the account have: old tokens lie about. A refresh cookie does not say
/// whose a request is: there may be any number of them.
pub(crate) fn sender(extensions: &Extensions) -> Subject {
    let known: Option<&Recognised> = extensions.get();
    match known.and_then(|known| known.token) {
        Some(Reading::Current(token)) => Subject::User(token.user_id),
        Some(Reading::Outdated(session_id)) => {
            Subject::outdated(session_id, client_address(extensions))
        }
        Some(Reading::Foreign) | None => Subject::address(client_address(extensions)),
    }
}

/// What is known of a request before anybody has looked for a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recognised {
    caller: Caller,
    /// What the token turned out to be that came along.
    token: Option<Reading>,
}

impl Recognised {
    /// What its token says, if it works.
    pub(crate) fn token(&self) -> Option<AccessToken> {
        match self.token {
            Some(Reading::Current(token)) => Some(token),
            Some(Reading::Outdated(_) | Reading::Foreign) | None => None,
        }
    }
}

/// Recognises the caller by the signature of the token. Whether its session lives is asked later.
pub(super) fn recognise(state: &ApiState, request: &mut Request, plan: Option<&Plan>) {
    let address = Subject::address(client_address(request.extensions()));
    let token = bearer_token(request.headers()).ok().flatten();
    let mut known = Recognised {
        caller: Caller::new(address, address),
        token: token.map(|token| signed::reading_of(&state.hub, token)),
    };
    let is_by_session = plan.is_some_and(|plan| plan.is_counted_by_session);
    let account = known.token().map(|token| {
        if is_by_session {
            Subject::Session(token.session_id)
        } else {
            Subject::User(token.user_id)
        }
    });
    let session = || session_of(state, request.headers());
    if let Some(own) = account.or_else(session) {
        known.caller = Caller::new(own, address);
    }
    request.extensions_mut().insert(known);
}
