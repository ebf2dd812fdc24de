//! Why a use case did not happen.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use battala_proto::error::{ErrorCode, FieldCode, FieldError};
use battala_proto::fields::Fault;
use battala_store::{Constraint, DbError, Readable};
use tracing::Level;

use crate::line::{Line, Lines};

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not happen. Every variant has a stable code of the contract.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No credentials, or none that are valid.
    #[error("a valid access token is needed")]
    Unauthenticated,
    /// The session has ended.
    #[error("the session has ended; sign in again")]
    SessionEnded,
    /// Name and password do not belong together.
    #[error("the name or the password is wrong")]
    InvalidCredentials,
    /// Visible, but not allowed.
    #[error("you do not have the permission for this")]
    Forbidden,
    /// Accounts are made by invitation only.
    #[error("an invite is needed to make an account here")]
    RegistrationClosed,
    /// Accounts are made by invitation, and this invite only lets those in who have one.
    #[error("this invite is for those who have an account here; it cannot make one")]
    InviteInsufficient,
    /// Nobody has set the hub up.
    #[error("open the setup link that the hub printed when it started")]
    SetupRequired,
    /// It does not exist, or the caller may not know that it does.
    #[error("there is nothing here that you can see")]
    NotFound,
    /// The state of the thing does not allow it.
    #[error("{0}")]
    Conflict(&'static str),
    /// A field that is well formed, and does not fit what is there now.
    #[error("{field} {message}")]
    Mismatch {
        /// The field.
        field: Cow<'static, str>,
        /// How it does not fit.
        code: FieldCode,
        /// What it has to be.
        message: &'static str,
    },
    /// A unique field already belongs to another.
    #[error("{0} is already taken")]
    Taken(&'static str),
    /// The name is free, but no account can be made with this name and address.
    #[error("no account can be made with this name and address; sign in if you have one already")]
    TakenTogether,
    /// A collection is full.
    #[error("the limit of {limit} {what} is reached")]
    LimitReached {
        /// What there are too many of.
        what: &'static str,
        /// How many there can be.
        limit: i64,
    },
    /// Fields that were refused.
    #[error("some fields need attention")]
    InvalidInput(Vec<FieldError>),
    /// Too fast.
    #[error("too many requests; wait {retry_after_ms} ms")]
    RateLimited {
        /// When a retry can succeed.
        retry_after_ms: u64,
    },
    /// A name, of which many are told, is changed too fast.
    #[error("{field} was changed too often; wait {retry_after_ms} ms")]
    ChangedTooOften {
        /// The field that holds the name.
        field: &'static str,
        /// When a retry can succeed.
        retry_after_ms: u64,
    },
    /// Overloaded or stopping.
    #[error("the hub cannot do this right now")]
    Unavailable,
    /// The database does not answer, or not to this process.
    #[error("the hub cannot reach its database right now")]
    Unreachable,
    /// No room on the disk.
    #[error("the hub's storage is full")]
    StorageFull,
    /// A fault of the hub; the source is logged and never sent.
    #[error("something went wrong here")]
    Internal(Arc<dyn StdError + Send + Sync>),
}

impl Error {
    /// A fault of the hub.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(source.into()))
    }

    /// One field that was refused.
    pub fn field(field: &str, code: FieldCode, message: &str) -> Self {
        let fault = Fault::new(code, message);
        Self::InvalidInput(vec![fault.of(field)])
    }

    /// The code of the contract.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::SessionEnded => ErrorCode::SessionEnded,
            Self::InvalidCredentials => ErrorCode::InvalidCredentials,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::RegistrationClosed | Self::InviteInsufficient => ErrorCode::RegistrationClosed,
            Self::SetupRequired => ErrorCode::SetupRequired,
            Self::NotFound => ErrorCode::NotFound,
            Self::Conflict(_) | Self::Mismatch { .. } => ErrorCode::Conflict,
            Self::Taken(_) | Self::TakenTogether => ErrorCode::Taken,
            Self::LimitReached { .. } => ErrorCode::LimitReached,
            Self::InvalidInput(_) => ErrorCode::InvalidInput,
            Self::RateLimited { .. } | Self::ChangedTooOften { .. } => ErrorCode::RateLimited,
            Self::Unavailable | Self::Unreachable => ErrorCode::Unavailable,
            Self::StorageFull => ErrorCode::StorageFull,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The refused fields, for the caller.
    pub fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::InvalidInput(fields) => fields.clone(),
            Self::Taken(field) => {
                vec![Fault::new(FieldCode::Taken, "is already taken").of(field)]
            }
            Self::RegistrationClosed => {
                let message = "is needed to make an account here";
                vec![Fault::new(FieldCode::Required, message).of("invite")]
            }
            Self::InviteInsufficient => {
                let message = "is for those who have an account here";
                vec![Fault::new(FieldCode::Insufficient, message).of("invite")]
            }
            Self::Mismatch {
                field,
                code,
                message,
            } => vec![Fault::new(*code, *message).of(field)],
            Self::ChangedTooOften { field, .. } => {
                vec![Fault::new(FieldCode::TooOften, "was changed too often").of(field)]
            }
            _ => Vec::new(),
        }
    }

    /// When a retry can succeed, if waiting helps.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after_ms } | Self::ChangedTooOften { retry_after_ms, .. } => {
                Some(*retry_after_ms)
            }
            Self::Unavailable | Self::Unreachable | Self::StorageFull => Some(1000),
            _ => None,
        }
    }

    /// Logs what follows from it for something that goes on later and that nobody waits for, with the
    /// source where it is a fault of the hub. That the database does not answer is no news there: it
    /// has lines of its own.
    pub fn log_put_off(&self, consequence: &'static str) {
        match self {
            Self::Internal(source) => log_fault(&**source, consequence),
            Self::Unavailable | Self::Unreachable => {
                tracing::debug!(error = %self, "{consequence}");
            }
            _ => tracing::warn!(error = %self, "{consequence}"),
        }
    }

    /// Logs a fault of the hub, once, where it is handed to the caller.
    pub fn log_if_internal(&self) {
        if let Self::Internal(source) = self {
            log_fault(&**source, "request failed");
        }
    }

    /// Logs what is tried again at once, which is no news unless that fails for too long: then
    /// [`Error::log_put_off`] says so.
    pub fn log_tried_again(&self) {
        if let Self::Internal(source) = self {
            tracing::debug!(error = %source, "it is tried again");
        } else {
            tracing::debug!(error = %self, "it is tried again");
        }
    }
}

/// The lines about what is broken, of the whole process as the log is. A right that is missing in the
/// database, say, fails every request alike, and whoever sends them would fill the log.
static BROKEN: Mutex<Lines> = Mutex::new(Lines::new());

/// How often the same was left out, where it has to be written now.
fn due_of_broken(consequence: &str, cause: &dyn Display) -> Option<u64> {
    let mut lines = BROKEN.lock().unwrap_or_else(PoisonError::into_inner);
    lines.due(&format!("{consequence}: {cause}"))
}

fn log_fault(source: &(dyn StdError + Send + Sync), consequence: &'static str) {
    log_broken(Level::ERROR, &source, consequence);
}

/// Where it was written a moment ago, the same is for those who look closely.
fn log_broken(level: Level, error: &dyn Display, consequence: &'static str) {
    match due_of_broken(consequence, error) {
        None => tracing::debug!(%error, "{consequence}"),
        Some(left_out) if level == Level::ERROR => {
            tracing::error!(%error, left_out, "{consequence}");
        }
        Some(left_out) => tracing::warn!(%error, left_out, "{consequence}"),
    }
}

/// The line about what the database did not answer. An error is made in many places and of nothing
/// but its cause, so the line is the whole process's, as the log is.
static UNANSWERED: Mutex<Line> = Mutex::new(Line::new());

/// Each alone is no news, and whatever asks while the database is away would fill the log.
fn note_unanswered(error: &DbError) {
    tracing::debug!(%error, "the database did not answer");
    let mut line = UNANSWERED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(left_out) = line.due() {
        tracing::warn!(%error, left_out, "not everything that the database is asked is answered");
    }
}

/// Those of these rows that can be read. Of the others the log says what follows from it.
pub(crate) fn readable<R>(
    rows: Vec<Readable<R>>,
    consequence: &'static str,
) -> impl Iterator<Item = R> {
    let rows = rows.into_iter();
    rows.filter_map(move |Readable(row)| match row {
        Ok(row) => Some(row),
        Err(damaged) => {
            Error::from(damaged).log_put_off(consequence);
            None
        }
    })
}

impl From<Vec<FieldError>> for Error {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::InvalidInput(fields)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy(_) => {
                note_unanswered(&error);
                Self::Unavailable
            }
            DbError::Unavailable(_) => {
                note_unanswered(&error);
                Self::Unreachable
            }
            DbError::StorageFull(_) => Self::StorageFull,
            // Another change got there first: a retry sees it, and is told what is in its way.
            DbError::Conflict(Constraint::Unique | Constraint::ForeignKey) => {
                log_broken(Level::WARN, &error, "a change lost a race against another");
                Self::Unavailable
            }
            // Nothing that others do leads here: the hub wrote what its own tables refuse.
            DbError::Conflict(Constraint::Check) => {
                log_fault(&error, "a change breaks a rule of its table");
                Self::Unavailable
            }
            other => Self::internal(other),
        }
    }
}
