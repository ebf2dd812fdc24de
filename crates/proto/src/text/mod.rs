//! Text that a person typed, validated.
//!
//! Each type is made by one fallible constructor that holds its limit and its rule; beyond the
//! edge of the hub there is no unvalidated text. Nothing here knows where the text is stored.

use std::fmt;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use utoipa::openapi::{self, RefOr};

use crate::error::FieldCode;
use crate::fields::{Fault, Faults, FieldValue};
use crate::limits;

mod json;
mod pattern;

pub use json::json_bytes;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($check:path), $min:expr, $max:expr, $pattern:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks and normalises the text.
            ///
            /// # Errors
            /// The rule that the text breaks.
            pub fn new(text: &str) -> Result<Self, Fault> {
                $check(text).map(Self)
            }

            /// The normalised text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The normalised text, given away.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FieldValue for $name {
            fn from_json(value: Value) -> Result<Self, Faults> {
                Ok(Self::new(&String::from_json(value)?)?)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<openapi::Schema> {
                openapi::ObjectBuilder::new()
                    .schema_type(openapi::schema::Type::String)
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .pattern(Some($pattern()))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

texts! {
    /// A username: ASCII, folded to lower case, unique on the hub.
    Username(username), limits::USERNAME_CHARS_MIN, limits::USERNAME_CHARS_MAX, pattern::username;
    /// The name that others see.
    DisplayName(display_name), 1, limits::DISPLAY_NAME_CHARS_MAX, pattern::one_line;
    /// An e-mail address, folded to lower case, unique on the hub. No mail is sent to it yet.
    Email(email), 3, limits::EMAIL_CHARS_MAX, pattern::email;
    /// A new password.
    NewPassword(new_password), limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_MAX, pattern::new_password;
    /// A password that is compared with the stored one.
    Password(password), 1, limits::PASSWORD_CHARS_MAX, pattern::any;
    /// What someone signs in with: a username or, when it contains an `@`, an e-mail address.
    LoginName(login_name), 1, limits::EMAIL_CHARS_MAX, pattern::login;
    /// The name of a server or of the hub.
    ServerName(server_name), 1, limits::SERVER_NAME_CHARS_MAX, pattern::one_line;
    /// The name of a text channel: lower case, words joined by hyphens.
    ChannelName(channel_name), 1, limits::CHANNEL_NAME_CHARS_MAX, pattern::one_line;
    /// What a channel is about; may be empty.
    Topic(topic), 0, limits::TOPIC_CHARS_MAX, pattern::lines;
    /// The content of a message.
    MessageText(message_text), 1, limits::MESSAGE_CHARS_MAX, pattern::message;
    /// The sender's own name for one message: a retry with the same nonce is the same message.
    Nonce(nonce), 1, limits::NONCE_CHARS_MAX, pattern::graphic;
    /// The code of an invite.
    InviteCode(token), 1, TOKEN_CHARS_MAX, pattern::token;
    /// A one-time secret from a link: for the setup of the hub or for a new password.
    LinkToken(token), 1, TOKEN_CHARS_MAX, pattern::token;
    /// Words to look for.
    SearchText(search_text), 0, limits::QUERY_CHARS_MAX, pattern::plain;
}

/// Codes and tokens are made by the hub and far shorter.
const TOKEN_CHARS_MAX: usize = 128;

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({})", self.0)
    }
}

/// What a person typed stays out of logs: only its length shows.
macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    )+};
}

redacted!(
    DisplayName,
    Email,
    NewPassword,
    Password,
    LoginName,
    ServerName,
    ChannelName,
    Topic,
    MessageText,
    Nonce,
    InviteCode,
    LinkToken,
    SearchText
);

fn too_short(min: usize) -> Fault {
    let message = format!("must have at least {min} characters");
    Fault::limit(FieldCode::TooShort, message, min as u64)
}

fn too_long(max: usize, unit: &str) -> Fault {
    Fault::limit(
        FieldCode::TooLong,
        format!("must have at most {max} {unit}"),
        max as u64,
    )
}

fn invalid_characters(message: &str) -> Fault {
    Fault::new(FieldCode::InvalidCharacters, message)
}

/// Control characters and the marks that reorder or hide text (UAX #9 explicit formatting,
/// zero-width marks, the byte order mark, interlinear annotations, tags): in a name they only serve
/// to deceive.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// What a name must not hold, beside what is deceptive anywhere: what is shown as nothing and belongs
/// to no word (`Default_Ignorable_Code_Point` but for joiners and variation selectors). By it a name
/// would be another one and look the same.
fn is_unseen(c: char) -> bool {
    is_deceptive(c)
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{206A}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0080}'..='\u{E00FF}'
                | '\u{E01F0}'..='\u{E0FFF}'
        )
}

/// Marks on one letter. The tallest honest stacks (Tibetan, pointed Hebrew) have four.
const STACKED_MARKS_MAX: usize = 5;

/// Whether more marks stand on one letter than any script needs, so that they cover what stands
/// around the name. A joiner between two marks does not begin a new letter.
fn stacks_marks(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        if is_combining_mark(c) {
            marks += 1;
        } else if !matches!(c, '\u{200C}' | '\u{200D}') {
            marks = 0;
        }
        marks > STACKED_MARKS_MAX
    })
}

fn refuse_stacked_marks(text: &str) -> Result<(), Fault> {
    if stacks_marks(text) {
        return Err(invalid_characters(
            "must not stack more than five marks on one letter",
        ));
    }
    Ok(())
}

/// What leaves a name looking empty: spaces, the empty Braille cell, and whatever Unicode says to
/// show as nothing (`Default_Ignorable_Code_Point`: joiners, fillers, variation selectors, tags).
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{2800}'
                | '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// A one-line text of `1..=max` visible characters, trimmed.
fn one_line(text: &str, max: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().all(is_blank) {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    if text.chars().count() > max {
        return Err(too_long(max, "characters"));
    }
    if text.chars().any(is_unseen) {
        return Err(invalid_characters(
            "must not contain control, direction or invisible characters",
        ));
    }
    refuse_stacked_marks(text)?;
    Ok(text.to_owned())
}

fn username(text: &str) -> Result<String, Fault> {
    let folded = text.trim().to_ascii_lowercase();
    if folded.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if folded.chars().count() > limits::USERNAME_CHARS_MAX {
        return Err(too_long(limits::USERNAME_CHARS_MAX, "characters"));
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !folded.bytes().all(is_allowed) {
        return Err(invalid_characters(
            "may contain the letters a to z, digits, dot, hyphen and underscore",
        ));
    }
    if folded.len() < limits::USERNAME_CHARS_MIN {
        return Err(too_short(limits::USERNAME_CHARS_MIN));
    }
    let has_outer_mark = folded.starts_with(['.', '-']) || folded.ends_with(['.', '-']);
    if has_outer_mark || folded.contains("..") {
        return Err(Fault::new(
            FieldCode::InvalidFormat,
            "must not start or end with a dot or hyphen, or repeat dots",
        ));
    }
    if RESERVED_USERNAMES.contains(&folded.as_str()) {
        return Err(reserved());
    }
    Ok(folded)
}

/// The refusal of a name that is kept from everyone.
pub fn reserved() -> Fault {
    Fault::new(FieldCode::Reserved, "is reserved")
}

/// Whether a name, as a reader sees it, speaks for the hub: whatever its case, width, spaces,
/// punctuation and what is shown as nothing. Only who administers the hub may be called so.
pub fn speaks_for_hub(name: &str) -> bool {
    let folded: String = name
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric() && !is_blank(*c))
        .collect();
    NAMES_OF_THE_HUB.contains(&folded.as_str())
}

/// What the people who run a hub are called, and what addresses everyone.
const NAMES_OF_THE_HUB: &[&str] = &[
    "admin",
    "administrator",
    "moderator",
    "support",
    "system",
    "battala",
    "everyone",
    "here",
];

/// Names that could speak for the hub or that mean something in a message: not even its
/// administrator has one.
const RESERVED_USERNAMES: &[&str] = &["everyone", "here", "me", "system", "battala", "deleted"];

fn display_name(text: &str) -> Result<String, Fault> {
    one_line(text, limits::DISPLAY_NAME_CHARS_MAX)
}

fn server_name(text: &str) -> Result<String, Fault> {
    one_line(text, limits::SERVER_NAME_CHARS_MAX)
}

fn email(text: &str) -> Result<String, Fault> {
    let folded = text.trim().to_lowercase();
    if folded.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if folded.chars().count() > limits::EMAIL_CHARS_MAX {
        return Err(too_long(limits::EMAIL_CHARS_MAX, "characters"));
    }
    if folded.chars().any(|c| c.is_whitespace() || is_deceptive(c)) {
        return Err(invalid_characters(
            "must not contain spaces or control characters",
        ));
    }
    match folded.split_once('@') {
        Some((local, domain)) if !local.is_empty() && is_domain(domain) => Ok(folded),
        _ => Err(Fault::new(
            FieldCode::InvalidFormat,
            "must look like name@example.org",
        )),
    }
}

/// Labels joined by single dots, no second `@`; whether mail arrives there only mail can tell.
fn is_domain(domain: &str) -> bool {
    !domain.contains('@') && domain.split('.').all(|label| !label.is_empty())
}

fn password(text: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if text.chars().count() > limits::PASSWORD_CHARS_MAX {
        return Err(too_long(limits::PASSWORD_CHARS_MAX, "characters"));
    }
    Ok(text.to_owned())
}

fn new_password(text: &str) -> Result<String, Fault> {
    let text = password(text)?;
    if text.chars().count() < limits::PASSWORD_CHARS_MIN {
        return Err(too_short(limits::PASSWORD_CHARS_MIN));
    }
    Ok(text)
}

fn login_name(text: &str) -> Result<String, Fault> {
    let folded = text.trim().to_lowercase();
    if folded.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if folded.chars().count() > limits::EMAIL_CHARS_MAX {
        return Err(too_long(limits::EMAIL_CHARS_MAX, "characters"));
    }
    if folded.chars().any(is_deceptive) {
        return Err(invalid_characters("must not contain control characters"));
    }
    Ok(folded)
}

fn channel_name(text: &str) -> Result<String, Fault> {
    let name = one_line(text, limits::CHANNEL_NAME_CHARS_MAX)?;
    let words: Vec<&str> = name.split_whitespace().collect();
    let name = words.join("-").to_lowercase();
    if name.chars().count() > limits::CHANNEL_NAME_CHARS_MAX {
        return Err(too_long(limits::CHANNEL_NAME_CHARS_MAX, "characters"));
    }
    Ok(name)
}

fn topic(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > limits::TOPIC_CHARS_MAX {
        return Err(too_long(limits::TOPIC_CHARS_MAX, "characters"));
    }
    if text.chars().any(|c| c != '\n' && is_deceptive(c)) {
        return Err(invalid_characters(
            "must not contain control or direction characters",
        ));
    }
    refuse_stacked_marks(text)?;
    Ok(text.to_owned())
}

fn message_text(text: &str) -> Result<String, Fault> {
    // The client may count differently only in line ends; they are unified before anything counts.
    let text = text.replace("\r\n", "\n");
    let text = text.trim_end().trim_start_matches('\n');
    if text.chars().all(is_blank) {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    if text.chars().count() > limits::MESSAGE_CHARS_MAX {
        return Err(too_long(limits::MESSAGE_CHARS_MAX, "characters"));
    }
    if text.len() > limits::MESSAGE_BYTES_MAX {
        return Err(too_long(limits::MESSAGE_BYTES_MAX, "bytes"));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(invalid_characters("must not contain control characters"));
    }
    Ok(text.to_owned())
}

fn nonce(text: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if text.chars().count() > limits::NONCE_CHARS_MAX {
        return Err(too_long(limits::NONCE_CHARS_MAX, "characters"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid_characters("may contain printable ASCII only"));
    }
    Ok(text.to_owned())
}

/// Any short text: a token that is none is refused where it is looked up, as "not found".
fn token(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::new(FieldCode::Required, "is required"));
    }
    if text.chars().count() > TOKEN_CHARS_MAX {
        return Err(too_long(TOKEN_CHARS_MAX, "characters"));
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return Err(invalid_characters(
            "may contain letters, digits, hyphen and underscore",
        ));
    }
    Ok(text.to_owned())
}

fn search_text(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > limits::QUERY_CHARS_MAX {
        return Err(too_long(limits::QUERY_CHARS_MAX, "characters"));
    }
    if text.chars().any(is_deceptive) {
        return Err(invalid_characters("must not contain control characters"));
    }
    Ok(fold(text))
}

/// A text as it is compared where case does not matter: the same on every engine.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests;
