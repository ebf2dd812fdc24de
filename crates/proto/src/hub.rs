//! The hub itself: what a client must know before it signs in, and its setup.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::string_values;
use crate::request;
use crate::text::{Email, LinkToken, NewPassword, ServerName, Username};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Everyone who reaches the hub.
    Open,
    /// Who holds a valid invite.
    Invite,
}

impl Registration {
    /// The text that is stored and configured.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
        }
    }

    /// Reads the stored text; anything unknown is the stricter choice.
    pub fn from_stored(text: &str) -> Self {
        if text == "open" {
            Self::Open
        } else {
            Self::Invite
        }
    }
}

string_values! { "\"open\" or \"invite\"": Registration }

/// Whose invites make accounts while registration is by invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inviters {
    /// Those of administrators and of the accounts that they named.
    Named,
    /// Everyone's.
    Everyone,
}

string_values! { "\"named\" or \"everyone\"": Inviters }

impl Inviters {
    /// The text that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Everyone => "everyone",
        }
    }

    /// Reads the stored text; anything unknown is the stricter choice.
    pub fn from_stored(text: &str) -> Self {
        if text == "everyone" {
            Self::Everyone
        } else {
            Self::Named
        }
    }
}

/// The hub as everyone may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HubInfo {
    /// What its administrator calls it.
    pub name: String,
    /// The version of the software.
    pub version: String,
    /// Grows when the hub is restored from a backup: clients drop what they cached.
    pub generation: i64,
    /// Nobody has set the hub up yet: nothing but the setup works.
    pub setup_needed: bool,
    /// Who may make an account.
    pub registration: Registration,
    /// Whose invites make accounts while registration is by invite.
    pub inviters: Inviters,
}

request! {
    /// Sets a fresh hub up.
    pub struct SetupHub {
        /// The secret of the setup link.
        pub token: LinkToken,
        /// The administrator's username.
        pub username: Username,
        /// The administrator's password.
        pub password: NewPassword,
        /// The administrator's address.
        pub email: Option<Email>,
        /// What the hub is called.
        pub hub_name: ServerName,
        /// Who may make an account.
        pub registration: Registration,
    }

    /// Changes the hub's settings.
    pub struct UpdateHub {
        /// What the hub is called.
        pub name: Option<ServerName>,
        /// Who may make an account.
        pub registration: Option<Registration>,
        /// Whose invites make accounts while registration is by invite.
        pub inviters: Option<Inviters>,
    }
}
