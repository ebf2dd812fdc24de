//! Where the log of a PostgreSQL server stands, for telling that another server went on from an
//! earlier place: a standby that had not everything.
//!
//! This module does not know who remembers the place, nor what follows.

use sqlx::PgConnection;

/// A place in the log of a server. A standby that takes over begins a timeline of its own, whether
/// or not it had everything; the server alone does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which way the log went.
    pub timeline: i64,
    /// How far it had come there.
    pub position: i64,
}

/// The log up to here is on the disk: not even a power cut takes it back.
const READ: &str = "SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8), \
    (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint";

impl Place {
    /// Whether this is a later place of the same log.
    #[must_use]
    pub fn follows(&self, earlier: &Self) -> bool {
        self.timeline == earlier.timeline && self.position >= earlier.position
    }

    /// `None` where a server does not say: some that are not PostgreSQL's own keep it to themselves.
    pub(super) async fn read(session: &mut PgConnection) -> Result<Option<Self>, sqlx::Error> {
        let read = sqlx::query_as::<_, (String, i64)>(READ).fetch_one(session);
        match read.await {
            Ok((timeline, position)) => Ok(i64::from_str_radix(&timeline, 16)
                .ok()
                .map(|timeline| Self { timeline, position })),
            Err(sqlx::Error::Database(error)) => {
                tracing::debug!(%error, "the server does not tell its place");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_follows_an_earlier_one_of_its_own_timeline() {
        let at = |timeline, position| Place { timeline, position };
        assert!(at(1, 5).follows(&at(1, 5)));
        assert!(at(1, 6).follows(&at(1, 5)));
        assert!(!at(1, 4).follows(&at(1, 5)));
        assert!(!at(2, 6).follows(&at(1, 5)));
        assert!(!at(1, 6).follows(&at(2, 5)));
    }
}
