//! Whose request it is, before anybody has looked for a session: what one caller may hold is
//! bounded by it. Knows no resource that is held.

use axum::extract::Request;
use battala_hub::limits::Subject;
use battala_hub::signed;
use battala_hub::tokens::AccessToken;
use battala_proto::id::UserId;
use http::Extensions;

use crate::extract::{bearer_token, client_address, session_of};
use crate::state::ApiState;

/// Who holds something: the account or the session, if a token that the hub has signed came along,
/// and always where it is. People of one school have one address, but an account each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The account, the session of a refresh cookie, or the address of who has neither.
    own: Subject,
    /// The address; of IPv6, all addresses of the site.
    place: Subject,
}

/// What counts together: one caller, or everybody at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Group {
    Caller(Subject),
    Place(Subject),
}

impl Caller {
    /// An account at an address, or the address itself.
    pub(crate) fn new(own: Subject, address: Subject) -> Self {
        let place = address.site().unwrap_or(address);
        Self { own, place }
    }

    /// An account, wherever the request comes from.
    pub(crate) fn account(account: UserId, extensions: &Extensions) -> Self {
        let address = Subject::address(client_address(extensions));
        Self::new(Subject::User(account), address)
    }

    /// As it was recognised; without that, the address alone.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        if let Some(known) = extensions.get::<Recognised>() {
            return known.caller;
        }
        let address = Subject::address(client_address(extensions));
        Self::new(address, address)
    }

    /// What it counts in by itself.
    pub(crate) const fn own(self) -> Group {
        Group::Caller(self.own)
    }

    /// What it counts in with everybody at its place.
    pub(crate) const fn place(self) -> Group {
        Group::Place(self.place)
    }

    /// What it counts in, each with its share of `all`: an eighth for a caller, half of all for a
    /// place, so that neither accounts by the dozen help nor networks by the thousand, and a whole
    /// school is served.
    pub(crate) fn groups(self, all: usize) -> [(Group, usize); 2] {
        [
            (self.own(), Self::share(all)),
            (self.place(), all.div_ceil(2)),
        ]
    }

    /// The share of a caller.
    pub(crate) const fn share(all: usize) -> usize {
        all.div_ceil(8)
    }

    /// The account or the session, when there is one.
    pub(crate) const fn proven(self) -> Option<Subject> {
        match self.own {
            Subject::Address(_) => None,
            own => Some(own),
        }
    }
}

/// What is known of a request before anybody has looked for a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recognised {
    caller: Caller,
    /// What its token says, if the hub has signed one that came along.
    pub(crate) token: Option<AccessToken>,
}

/// Recognises the caller by the signature of the token. Whether its session lives is asked later.
pub(super) fn recognise(state: &ApiState, request: &mut Request) {
    let address = Subject::address(client_address(request.extensions()));
    let token = bearer_token(request.headers()).ok().flatten();
    let token = token.and_then(|token| signed::read_token(&state.hub, token).ok());
    let account = token.map(|token| Subject::User(token.user_id));
    let session = || session_of(state, request.headers());
    let own = account.or_else(session).unwrap_or(address);
    let caller = Caller::new(own, address);
    request
        .extensions_mut()
        .insert(Recognised { caller, token });
}
