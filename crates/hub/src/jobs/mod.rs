//! What the hub does by itself: the jobs that commits leave behind, and its housekeeping.
//!
//! A job ([`job::Job`]) stands in the database from the commit that makes it due until it is done
//! ([`queue`]). What only has to happen now and then, and is right again at the next time, is a timer
//! of the process and nothing more.

pub(crate) mod job;
mod pace;
mod purge;
mod queue;
mod tombstones;

use std::time::Duration;

use battala_store::Engine;
use battala_store::tables::sessions;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Hub;
use crate::access::{self, Can};
use crate::error::{Error, Result};
use crate::settings;

use pace::Pace;
pub use queue::{Failed, Overview, overview};
use tombstones::Looked;

/// Rows that one batch removes at most: a few milliseconds of the writer.
const ROWS_AT_ONCE: u32 = 500;
/// How often rows that ended long ago are looked for.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(10);
/// How often the settings are read again where another process may change them.
const SETTINGS_EVERY: Duration = Duration::from_secs(2);
/// How long the row of an ended session is kept.
const ENDED_SESSIONS_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How soon a node number is renewed that could not be.
const RENEW_AGAIN: Duration = Duration::from_secs(1);

/// The hub's own tasks.
#[derive(Default)]
pub(crate) struct Jobs {
    tracker: TaskTracker,
    stopping: CancellationToken,
    /// A job may wait.
    queued: Notify,
    pace: Pace,
}

impl Jobs {
    /// Runs a batch that removes rows, when it is its turn.
    pub(crate) async fn batch<F: Future>(&self, batch: F) -> F::Output {
        self.pace.batch(batch).await
    }

    /// A job was queued, or may have been, or will be in a moment.
    pub(crate) fn look_soon(&self) {
        self.queued.notify_one();
    }

    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }

    fn run<F>(&self, job: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stopping = self.stopping.clone();
        self.tracker.spawn(async move {
            stopping.run_until_cancelled(job).await;
        });
    }
}

pub(crate) fn start(hub: &Hub) {
    let jobs = hub.jobs();
    jobs.run(keep_node_number(hub.clone()));
    // Nobody else writes to a file of SQLite while this process has it.
    if hub.db().engine() == Engine::Postgres {
        jobs.run(follow_settings(hub.clone()));
    }
    jobs.run(remove_ended_sessions(hub.clone()));
    jobs.run(remove_tombstones(hub.clone()));
}

async fn remove_tombstones(hub: Hub) {
    let mut looked = Looked::default();
    loop {
        if let Err(error) = tombstones::remove_old(&hub, &mut looked).await {
            error.log_put_off("old tombstones were not removed; it goes on later");
        }
        tokio::time::sleep(HOUSEKEEPING_EVERY).await;
    }
}

async fn keep_node_number(hub: Hub) {
    let every = hub.ids().renew_every();
    let mut wait = every;
    loop {
        tokio::time::sleep(wait).await;
        wait = every;
        if let Err(error) = hub.ids().renew().await {
            // Ids run out with the lease, and writes are refused from then on.
            error.log_put_off("the node number was not renewed");
            wait = every.min(RENEW_AGAIN);
        }
    }
}

async fn follow_settings(hub: Hub) {
    let mut ticks = tokio::time::interval(SETTINGS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = i64::MIN;
    loop {
        ticks.tick().await;
        if let Err(error) = settings::follow(&hub, &mut seen).await {
            // The next look is soon, and every failed request has said so already.
            tracing::debug!(%error, "the settings were not read again");
        }
    }
}

async fn remove_ended_sessions(hub: Hub) {
    loop {
        if let Err(error) = remove_ended(&hub).await {
            error.log_put_off("ended sessions were not removed; it goes on later");
        }
        tokio::time::sleep(HOUSEKEEPING_EVERY).await;
    }
}

async fn remove_ended(hub: &Hub) -> Result<()> {
    let before = hub.now() - ENDED_SESSIONS_KEPT_MS;
    loop {
        let removed = hub.db().write(move |tx| {
            Box::pin(async move {
                Ok::<_, Error>(sessions::remove_ended(tx, before, ROWS_AT_ONCE).await?)
            })
        });
        if hub.jobs().batch(removed).await? == 0 {
            return Ok(());
        }
    }
}

impl Hub {
    /// Runs the jobs of the queue from now on: for the one process that serves the database. Others
    /// only leave jobs there.
    pub fn run_jobs(&self) {
        self.jobs().run(queue::run(self.clone()));
    }
}

/// Asks for all failed jobs once more; how many.
///
/// # Errors
/// What the database refuses.
pub async fn retry_failed(hub: &Hub, can: Can<access::RetryJobs>) -> Result<u64> {
    hub.write(can, |work| Box::pin(queue::retry_failed(work)))
        .await
}
