//! Route classes: how much of a request is read, how long its answer may take, and by what it says who
//! acts. Knows no route: each declares its class.

use std::time::Duration;

use battala_proto::limits::BODY_BYTES_MAX;

/// Nobody waits longer for an answer. A write that was queued is done all the same.
const DEADLINE: Duration = Duration::from_secs(10);

/// How a route is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteClass {
    /// JSON in and JSON out, each whole in memory: an operation that declares nothing else.
    Plain,
    /// A plain one that ends a session: that of the token, and that of the cookie.
    SignOut,
    /// A plain one that renews the session of the cookie.
    Renewal,
    /// Bytes that are part of the binary, for people and for programs.
    Page,
    /// Asked by whoever runs the hub.
    Probe,
}

/// What a class comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// So much of a body is read.
    pub body_bytes_max: usize,
    /// So long an answer may take. `None` where none is waited for.
    pub deadline: Option<Duration>,
    /// By what a request says who acts.
    pub credential: Credential,
}

/// What says who acts by a request. Whatever else comes along says at most in whose share of the rates
/// and of the memory it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// None: everybody is answered the same.
    None,
    /// The access token.
    Token,
    /// That, or the refresh cookie: without a token the request counts for the cookie's session, if this
    /// hub made it.
    TokenOrCookie,
    /// The refresh cookie; without one there is nothing to look at.
    Cookie,
}

impl RouteClass {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Plain,
        Self::SignOut,
        Self::Renewal,
        Self::Page,
        Self::Probe,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::SignOut => "sign-out",
            Self::Renewal => "renewal",
            Self::Page => "page",
            Self::Probe => "probe",
        }
    }

    /// What it comes to.
    pub const fn terms(self) -> Terms {
        let (body_bytes_max, deadline, credential) = match self {
            Self::Plain => (BODY_BYTES_MAX, Some(DEADLINE), Credential::Token),
            Self::SignOut => (BODY_BYTES_MAX, Some(DEADLINE), Credential::TokenOrCookie),
            Self::Renewal => (BODY_BYTES_MAX, Some(DEADLINE), Credential::Cookie),
            Self::Page | Self::Probe => (0, None, Credential::None),
        };
        Terms {
            body_bytes_max,
            deadline,
            credential,
        }
    }
}
