//! What follows when the file can no longer be trusted: the process ends, and the next one looks at the
//! whole file before it serves it.
//!
//! A page that is damaged is found by whoever reads it, perhaps a year later. To go on would answer some
//! with an error for ever and others with what is left, and to write would spread it; a start that does
//! not look would do the same again. This module does not know who finds the damage, nor how.

use std::sync::Arc;

use super::{FatalSender, file::Suspicion};
use crate::{DbError, error::Damage};

/// Tells that the file cannot be trusted.
pub(crate) struct Alarm {
    fatal: FatalSender,
    suspicion: Suspicion,
}

impl Alarm {
    pub(super) fn new(fatal: FatalSender, suspicion: Suspicion) -> Self {
        Self { fatal, suspicion }
    }

    /// A read has failed. Only what concerns the file ends the process.
    pub(crate) fn note_read(&self, error: &DbError, damage: Damage) {
        // Whatever others find afterwards is the same.
        if damage == Damage::File && self.fatal.borrow().is_none() {
            self.raise(error);
        }
    }

    /// The file cannot be trusted. Returns the reason that is told.
    pub(super) fn raise(&self, error: &DbError) -> Arc<str> {
        if let Err(error) = self.suspicion.leave() {
            tracing::warn!(%error, "the next start will not look at the whole database");
        }
        let reason: Arc<str> = format!("the database can no longer be trusted: {error}").into();
        self.give_up(Arc::clone(&reason));
        reason
    }

    /// The process must end, whatever the file holds.
    pub(super) fn give_up(&self, reason: Arc<str>) {
        self.fatal.send_replace(Some(reason));
    }
}
