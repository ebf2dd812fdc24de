//! What keeps a process that lost the database from writing to it.
//!
//! Every session of a process that serves bears the process's own name. Whoever takes the claim
//! ends all sessions of other names before it goes on, and a new session is used only once the
//! claim is seen to be held under its own name. A session that is opened too early to see that it
//! is late is there to be ended; so none is left, and no transaction has to ask.
//!
//! This module does not know how the claim is taken, nor what is written.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::PgConnection;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::place::Place;
use crate::{DbError, migrate::LOCK_KEY};

/// Beside the key of the migrations: commands that visit a database that is served still take turns
/// there, and do not ask for this one.
pub(crate) const CLAIM_KEY: i64 = LOCK_KEY + 1;
/// How long a new session waits for the claim, which is taken anew after a break, too.
const ADMISSION_MAX: Duration = Duration::from_secs(5);
/// How long the sessions of others may take to end.
const END_MAX: Duration = Duration::from_secs(10);
/// A claim that is lost for so long was not broken for a moment: the database is away.
const AWAY_AFTER: Duration = Duration::from_secs(1);
/// Between two looks at either.
const AGAIN: Duration = Duration::from_millis(50);

/// The session that holds the claim: its name, and a way to its end.
const HOLDER: &str = "SELECT a.pid, a.application_name FROM pg_locks l \
    JOIN pg_stat_activity a ON a.pid = l.pid \
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.mode = 'ExclusiveLock' \
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND (l.classid::bigint << 32 | l.objid::bigint) = $1";

/// Names of sessions of processes that serve begin so; a name is shorter than 64 bytes.
const SERVING: &str = "battala serve ";
const NEW_NAME: &str = "SELECT 'battala serve ' || gen_random_uuid()::text";
/// Counts those that are still there while it ends them.
const END_OTHERS: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name LIKE 'battala serve %' \
    AND application_name <> $1";

/// Sessions of versions that serve without a claim, which opens a session anew that is ended. Their
/// commands, which change what these versions keep, are called the same.
const UNCLAIMED: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'battala'";

/// What the sessions of this process know of its claim.
pub(super) struct Fence {
    name: String,
    is_held: AtomicBool,
    went_back: AtomicBool,
    doubt: Notify,
    place: Mutex<Option<Place>>,
    /// Since when the claim is held without a break.
    since: Mutex<Instant>,
    /// Since when it is lost, while it is.
    lost_since: Mutex<Option<Instant>>,
}

/// Who has the claim that this process asked for in vain.
pub(super) enum Holder {
    /// A session of this process, which is as good as gone.
    Own(i32),
    /// Another process that serves.
    Other,
    /// Nobody any more, or a session without a name yet.
    Unknown,
}

impl Fence {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            is_held: AtomicBool::new(true),
            went_back: AtomicBool::new(false),
            doubt: Notify::new(),
            place: Mutex::new(None),
            since: Mutex::new(Instant::now()),
            lost_since: Mutex::new(None),
        }
    }

    /// What the sessions of this process are called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Fails while the claim is known to be lost.
    pub(super) fn pass(&self) -> Result<(), DbError> {
        if self.is_held.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(DbError::unavailable("the claim to the database is lost"))
        }
    }

    /// Whether a session of this age was opened under the claim as it is held now. What broke the
    /// claim has most likely broken the older ones, and each would fail a caller to say so.
    pub(super) fn is_current(&self, age: Duration) -> bool {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        age <= since.elapsed()
    }

    pub(super) fn set_held(&self, is_held: bool) {
        *self.lost_since() = (!is_held).then(Instant::now);
        if is_held {
            *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        self.is_held.store(is_held, Ordering::Release);
    }

    fn lost_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.lost_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn is_away(&self) -> bool {
        let lost_since = *self.lost_since();
        lost_since.is_some_and(|since| since.elapsed() >= AWAY_AFTER)
    }

    /// Ready when the database has been away for some time, so that nobody waits for it in vain.
    pub(super) async fn away(&self) {
        while !self.is_away() {
            sleep(AGAIN).await;
        }
    }

    /// The furthest place that was seen.
    pub(super) fn place(&self) -> Option<Place> {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_place(&self, place: Option<Place>) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// Whether the database was seen to go on from a place that it had left behind.
    pub(super) fn went_back(&self) -> bool {
        self.went_back.load(Ordering::Acquire)
    }

    pub(super) fn set_went_back(&self) {
        self.went_back.store(true, Ordering::Release);
    }

    /// Waits until a session has missed the claim.
    pub(super) async fn doubted(&self) {
        self.doubt.notified().await;
    }

    /// Waits until the claim is known to be lost, and has it looked at meanwhile.
    pub(super) async fn lost(&self) {
        while self.pass().is_ok() {
            sleep(AGAIN).await;
            self.doubt.notify_one();
        }
    }

    /// Waits until the claim is held under the name of this session, which was just opened.
    pub(super) async fn admit(&self, session: &mut PgConnection) -> Result<(), sqlx::Error> {
        let began = Instant::now();
        loop {
            let held_by: Option<(i32, String)> = sqlx::query_as(HOLDER)
                .bind(CLAIM_KEY)
                .fetch_optional(&mut *session)
                .await?;
            if held_by.is_some_and(|(_, name)| name == self.name) {
                return Ok(());
            }
            self.doubt.notify_one();
            if began.elapsed() > ADMISSION_MAX {
                let reason = "this process does not hold the claim to the database";
                return Err(sqlx::Error::Protocol(reason.to_owned()));
            }
            sleep(AGAIN).await;
        }
    }

    /// Who has the claim.
    pub(super) async fn holder(&self, session: &mut PgConnection) -> Result<Holder, sqlx::Error> {
        let held_by: Option<(i32, String)> = sqlx::query_as(HOLDER)
            .bind(CLAIM_KEY)
            .fetch_optional(session)
            .await?;
        Ok(match held_by {
            Some((session, name)) if name == self.name => Holder::Own(session),
            Some((_, name)) if name.starts_with(SERVING) => Holder::Other,
            Some(_) | None => Holder::Unknown,
        })
    }

    /// Ends every session of other processes that serve or did, and then gives the session that has
    /// the claim the name under which those of this process are admitted. `false` when some do not
    /// end.
    pub(super) async fn shut_others_out(
        &self,
        session: &mut PgConnection,
    ) -> Result<bool, sqlx::Error> {
        let began = Instant::now();
        loop {
            let ended = sqlx::query_scalar::<_, i64>(END_OTHERS)
                .bind(&self.name)
                .fetch_one(&mut *session)
                .await;
            match ended {
                Ok(0) => break,
                Ok(_) => {}
                // Sessions of another role that this one may not end: they may end by themselves.
                Err(error) if error.as_database_error().is_some() => {
                    let error = DbError::from(error);
                    tracing::warn!(%error, "sessions of another hub could not be ended");
                }
                Err(error) => return Err(error),
            }
            if began.elapsed() > END_MAX {
                return Ok(false);
            }
            sleep(AGAIN).await;
        }
        sqlx::query("SELECT set_config('application_name', $1, false)")
            .bind(&self.name)
            .execute(session)
            .await?;
        Ok(true)
    }
}

/// A name that no other process has.
pub(super) async fn new_name(session: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(NEW_NAME).fetch_one(session).await
}

/// Ends a session of this role.
pub(super) async fn end(session: &mut PgConnection, other: i32) -> Result<(), sqlx::Error> {
    let ended = sqlx::query("SELECT pg_terminate_backend($1)").bind(other);
    ended.execute(session).await.map(drop)
}

/// Whether a version that knows no claim has the database open.
pub(crate) async fn is_served_unclaimed(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(UNCLAIMED).fetch_one(session).await?;
    Ok(count > 0)
}
