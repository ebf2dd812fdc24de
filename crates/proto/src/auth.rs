//! Registration, sign-in and sessions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ServerId, SessionId};
use crate::text::{
    DisplayName, Email, InviteCode, LinkToken, LoginName, NewPassword, Password, Username,
};
use crate::users::Me;
use crate::{TimestampMs, request};

/// A signed-in session. The refresh token travels in a cookie that scripts cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthResponse {
    /// The access token: `Authorization: Bearer …`, and `auth.token` of the socket.
    pub access_token: String,
    /// When the access token expires.
    pub expires_at: TimestampMs,
    /// The session that the token belongs to.
    pub session_id: SessionId,
    /// The account.
    pub user: Me,
}

/// A new account, signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    /// Its first session.
    #[serde(flatten)]
    pub session: AuthResponse,
    /// The server that it joined by its invite; `null` without one.
    #[schema(required)]
    pub joined: Option<ServerId>,
}

/// One login of the own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// When it began.
    pub created_at: TimestampMs,
    /// When it was last renewed.
    pub last_used_at: TimestampMs,
    /// The program that signed in, as it names itself, shortened.
    pub agent: String,
    /// The network that it was last used from; never the full address.
    pub address: String,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

request! {
    /// Makes an account. With an invite it is a member of the invite's server from the start.
    pub struct Register {
        /// A unique name.
        pub username: Username,
        /// A password.
        pub password: NewPassword,
        /// The name to show; the username when absent.
        pub display_name: Option<DisplayName>,
        /// An address to sign in with.
        pub email: Option<Email>,
        /// The code of an invite, of which one use is taken. Where registration is by invitation, it
        /// must be one that opens the hub.
        pub invite: Option<InviteCode>,
    }

    /// Signs in.
    pub struct Login {
        /// A username, or an e-mail address when it contains an `@`.
        pub login: LoginName,
        /// The password.
        pub password: Password,
    }

    /// Sets a new password with the secret of a one-time link. Every session of the account ends.
    pub struct ResetPassword {
        /// The secret of the link.
        pub token: LinkToken,
        /// The password from now on.
        pub password: NewPassword,
    }
}
