//! What handlers take: authority, path, query, body, the refresh cookie and the caller.

mod auth;
mod body;
mod caller;
mod cookie;
mod path;
mod query;

pub(crate) use auth::{Auth, AuthToSend, Proof, bearer_token, session_of};
pub(crate) use body::Body;
#[cfg(any(test, fuzzing))]
pub(crate) use body::parse as parse_body;
pub(crate) use caller::{Caller, client_address};
pub(crate) use cookie::{GUARD, RefreshCookie, RefreshCookies};
pub(crate) use path::{Param, PathKey};
pub(crate) use query::{Query, refuse_query};
