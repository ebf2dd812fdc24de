//! Errors of the contract: problem documents (RFC 9457) and the faults of single fields.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// What went wrong, stable for programs. The text of a problem may change, its code does not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the statuses.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as it stands in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The HTTP status that carries the code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// A short sentence for people; the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }

        /// Written by hand: the derive does not see names that a macro hands it.
        impl utoipa::PartialSchema for ErrorCode {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some("What went wrong, stable for programs"))
                    .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
                    .into()
            }
        }

        impl ToSchema for ErrorCode {}
    };
}

error_codes! {
    /// The body, query or frame is not what the protocol can read.
    Malformed = "malformed", 400, "The request cannot be read";
    /// One or more fields are wrong; `fields` says which and why.
    InvalidInput = "invalid_input", 400, "Some fields need attention";
    /// The hub knows no command of this name.
    UnknownCommand = "unknown_command", 400, "There is no such command";
    /// No access token, or one that is not valid.
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    /// The session behind the token has ended.
    SessionEnded = "session_ended", 401, "This session has ended";
    /// Name and password do not belong together.
    InvalidCredentials = "invalid_credentials", 401, "Name or password is wrong";
    /// The caller sees the thing but may not do this to it.
    Forbidden = "forbidden", 403, "You may not do this";
    /// Accounts are made by invitation only.
    RegistrationClosed = "registration_closed", 403, "This hub is invite-only";
    /// Nobody has set the hub up yet.
    SetupRequired = "setup_required", 403, "This hub is not set up yet";
    /// The thing does not exist, or the caller may not know that it does.
    NotFound = "not_found", 404, "Not found";
    /// The resource has no such method.
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed";
    /// The state of the thing does not allow it.
    Conflict = "conflict", 409, "This conflicts with the current state";
    /// The name or address already belongs to another.
    Taken = "taken", 409, "Already taken";
    /// A collection has reached its limit.
    LimitReached = "limit_reached", 409, "A limit is reached";
    /// The body or frame is longer than the hub accepts.
    PayloadTooLarge = "payload_too_large", 413, "Too large";
    /// The body is not of a type that the operation reads.
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type";
    /// Too many requests; `retry_after_ms` says when to come back.
    RateLimited = "rate_limited", 429, "Slow down";
    /// A fault of the hub. It is logged under the request id.
    Internal = "internal", 500, "Something went wrong here";
    /// The hub is overloaded, starting or stopping; try again.
    Unavailable = "unavailable", 503, "Try again in a moment";
    /// The hub's disk is full; reading still works.
    StorageFull = "storage_full", 507, "The hub's storage is full";
}

/// Why a field was refused, stable for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// The field is missing or empty.
    Required,
    /// The text is shorter than `limit`.
    TooShort,
    /// The text is longer than `limit`.
    TooLong,
    /// The number is below `limit`.
    TooSmall,
    /// The number is above `limit`.
    TooLarge,
    /// The list has more than `limit` entries.
    TooMany,
    /// The text is more than the `limit` bytes that all texts of its kind may have together.
    NoRoom,
    /// The text contains characters that are not allowed here.
    InvalidCharacters,
    /// The text does not have the form that the field needs.
    InvalidFormat,
    /// The operation has no such field.
    UnknownField,
    /// The value is of another JSON type.
    WrongType,
    /// The value already belongs to another.
    Taken,
    /// The name could speak for the hub; nobody registers it.
    Reserved,
    /// The value is the one that is in force already.
    Unchanged,
    /// The password is among the first that anyone would guess.
    TooCommon,
    /// The name was changed too often; `retry_after_ms` of the refusal says when it can be again.
    TooOften,
    /// The value does not match what the hub knows.
    Wrong,
    /// What the value names is not there, or not any more.
    Gone,
    /// What the value names is there, but is not enough for this.
    Insufficient,
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field's name in the request; what stands in others is named by its
    /// path: `attachments[2].name`.
    pub field: String,
    /// Why it was refused.
    pub code: FieldCode,
    /// The reason in words.
    pub message: String,
    /// The limit that was passed, in the unit that `message` names.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
}

/// A problem document, `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A URI reference that names the kind of problem: `/api/docs/problems#<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence, the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong this time, for people.
    pub detail: String,
    /// Names the request in the hub's log.
    pub request_id: String,
    /// The refused fields of `invalid_input`, `taken` and `registration_closed`, and of `rate_limited`
    /// the one that was changed too often.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<FieldError>,
    /// When a retry can succeed, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
}

/// The `error` of a command's acknowledgement: a problem without the parts that belong to HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommandError {
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong this time, for people.
    pub message: String,
    /// The refused fields of `invalid_input`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<FieldError>,
    /// When a retry can succeed, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
}
