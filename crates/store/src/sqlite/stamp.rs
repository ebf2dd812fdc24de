//! The stamp of a database: of which time it is.
//!
//! It stands in the head of the first page, where a program may keep a number of its own
//! (`user_version`, <https://www.sqlite.org/fileformat2.html#user_version_number>), and so in the log
//! and in every copy. It is renewed at each start and from time to time, so that a log says what it makes
//! of the file, and what the file held before. This module does not know who compares them.

use std::{
    fs::File,
    hash::{BuildHasher as _, RandomState},
    os::unix::fs::FileExt as _,
    path::Path,
};

use tokio::time::{Duration, Instant};

use super::{LimitedConn, guard::log_of, log::COPY};
use crate::{
    DbError,
    error::{Damage, classify, is_damage},
};

/// Between two stamps: what is copied within this time is not told apart.
const PAUSE: Duration = Duration::from_secs(15);

/// When the next stamp is due: when the time is over, and when the log has begun anew, since what stands
/// in it then has none yet.
pub(super) struct Stamps {
    due: Instant,
    beginning: Beginning,
}

impl Stamps {
    /// The first writes of a process. What comes next begins a log, for there is nothing left in the one
    /// before and nobody reads in it. What the file holds then has a name of its own, which no copy has
    /// that was made before; and the log begins with a stamp.
    pub(super) async fn begin(
        writer: &mut LimitedConn,
        database: &Path,
    ) -> Result<Self, sqlx::Error> {
        Stamp::renew(writer).await?;
        copy(writer).await?;
        Stamp::renew(writer).await?;
        let mut beginning = Beginning::of(database);
        beginning.is_another();
        let due = Instant::now() + PAUSE;
        Ok(Self { due, beginning })
    }

    /// Called after a write. An error is fatal.
    pub(super) async fn look_after(&mut self, writer: &mut LimitedConn) -> Result<(), DbError> {
        let has_begun_anew = self.beginning.is_another();
        if !has_begun_anew && Instant::now() < self.due {
            return Ok(());
        }
        self.due = Instant::now() + PAUSE;
        match Stamp::renew(writer).await.map_err(classify) {
            Err((error, damage)) if damage >= Damage::Fatal => return Err(error),
            Err((error, _)) => tracing::warn!(%error, "the database has no new stamp"),
            Ok(()) => {}
        }
        Ok(())
    }
}

/// Copies the log into the file.
///
/// # Errors
/// What SQLite finds of a log that cannot be this file's. Of all else the log goes on: on a full disk there
/// may be room in it and none in the file.
pub(super) async fn copy(writer: &mut LimitedConn) -> Result<(), sqlx::Error> {
    let Err(error) = writer.control(COPY).await else {
        return Ok(());
    };
    if is_damage(&error) {
        return Err(error);
    }
    tracing::warn!(%error, "the log could not be copied into the database");
    Ok(())
}

/// How the log begins: in another way each time that it begins anew
/// (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>). Nobody locks the log itself, so that it
/// may be opened and closed beside SQLite.
struct Beginning {
    log: Option<File>,
    salts: [u8; 8],
}

impl Beginning {
    const SALTS_AT: u64 = 16;

    fn of(database: &Path) -> Self {
        Self {
            log: File::open(log_of(database)).ok(),
            salts: [0; 8],
        }
    }

    /// Whether it is another one than at the last look. What cannot be read is none.
    fn is_another(&mut self) -> bool {
        let mut salts = [0; 8];
        let log = self.log.as_ref();
        let is_read = log.is_some_and(|log| log.read_exact_at(&mut salts, Self::SALTS_AT).is_ok());
        is_read && std::mem::replace(&mut self.salts, salts) != salts
    }
}

/// Two names, each drawn by lot. None has been given where both are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Of what is written from the stamp on.
    pub(super) state: u16,
    /// Of what was written before.
    pub(super) before: u16,
}

impl Stamp {
    pub(super) fn from_bytes([a, b, c, d]: [u8; 4]) -> Self {
        Self {
            state: u16::from_be_bytes([a, b]),
            before: u16::from_be_bytes([c, d]),
        }
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.state.to_be_bytes(), self.before.to_be_bytes());
        [a, b, c, d]
    }

    /// Gives the database another one, in a transaction that writes the first page and nothing else.
    pub(super) async fn renew(conn: &mut LimitedConn) -> Result<(), sqlx::Error> {
        let last = Self::from_bytes(conn.user_version().await?.to_be_bytes());
        let next = i32::from_be_bytes(last.next().to_bytes());
        conn.set_user_version(next).await
    }

    fn next(self) -> Self {
        let lots = RandomState::new();
        let mut drawn = (0..=u16::MAX).map(|lot| {
            let [a, b, ..] = lots.hash_one(lot).to_be_bytes();
            u16::from_be_bytes([a, b])
        });
        let is_free = |state: &u16| ![0, self.state, self.before].contains(state);
        Self {
            // All lots are the same in no world.
            state: drawn.find(is_free).unwrap_or(1),
            before: self.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stamp_names_a_new_state_and_the_one_before_it() {
        let mut last = Stamp::from_bytes([0; 4]);
        for _ in 0..1000 {
            let next = last.next();
            assert_eq!(next.before, last.state);
            assert!(![0, last.state, last.before].contains(&next.state));
            assert_eq!(Stamp::from_bytes(next.to_bytes()), next);
            last = next;
        }
    }
}
