//! What the hub does by itself: keeping its node number, and removing what was deleted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use battala_store::Engine;
use battala_store::tables::{purge, sessions};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Hub;
use crate::error::{Error, Result};
use crate::settings;
use crate::tombstones::{self, Looked};

/// Rows that one batch of the purge removes at most: a few milliseconds of the writer.
const PURGE_ROWS: u32 = 500;
/// How often rows that ended long ago are looked for.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(10);
/// When the purge looks once more after a commit in doubt, which the server may still work on, and
/// after it could not go on.
const PURGE_AGAIN: Duration = Duration::from_secs(10);
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
    purge: Notify,
    /// Something may be marked as deleted in a moment: the purge looks again soon.
    is_purge_in_doubt: AtomicBool,
}

impl Jobs {
    /// Something was marked as deleted.
    pub(crate) fn purge_soon(&self) {
        self.purge.notify_one();
    }

    /// A commit that marks something as deleted may have happened, or may be about to.
    pub(crate) fn purge_in_doubt(&self) {
        self.is_purge_in_doubt.store(true, Ordering::Relaxed);
        self.purge.notify_one();
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
    jobs.run(purge_when_needed(hub.clone()));
    jobs.run(remove_tombstones(hub.clone()));
}

async fn remove_tombstones(hub: Hub) {
    let mut looked = Looked::default();
    loop {
        if let Err(error) = tombstones::remove_old(&hub, &mut looked).await {
            error.log_if_internal();
            tracing::warn!(%error, "old tombstones were not removed; it goes on later");
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
            error.log_if_internal();
            tracing::warn!(%error, "the node number was not renewed");
            wait = every.min(RENEW_AGAIN);
        }
    }
}

async fn follow_settings(hub: Hub) {
    let mut ticks = tokio::time::interval(SETTINGS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = settings::follow(&hub).await {
            // The next look is soon, and every failed request has said so already.
            tracing::debug!(%error, "the settings were not read again");
        }
    }
}

async fn purge_when_needed(hub: Hub) {
    let jobs = hub.jobs();
    let mut again_at: Option<Instant> = None;
    loop {
        // Taken before the look: a doubt that arises meanwhile has a look of its own.
        let is_in_doubt = jobs.is_purge_in_doubt.swap(false, Ordering::Relaxed);
        let purged = purge_all(&hub).await;
        if let Err(error) = &purged {
            error.log_if_internal();
            tracing::warn!(%error, "the purge stopped; it goes on later");
        }
        if is_in_doubt || purged.is_err() {
            again_at = Some(Instant::now() + PURGE_AGAIN);
        }
        let wait = again_at.map_or(HOUSEKEEPING_EVERY, |at| {
            at.saturating_duration_since(Instant::now())
        });
        if timeout(wait, jobs.purge.notified()).await.is_err() {
            again_at = None;
        }
    }
}

async fn purge_all(hub: &Hub) -> Result<()> {
    let ended_before = hub.now() - ENDED_SESSIONS_KEPT_MS;
    loop {
        let removed = hub
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let rows = purge::run(tx, PURGE_ROWS).await?;
                    let ended = sessions::remove_ended(tx, ended_before, PURGE_ROWS).await?;
                    Ok::<_, Error>(rows + ended)
                })
            })
            .await?;
        if removed == 0 {
            return Ok(());
        }
        // Others write between two batches.
        tokio::task::yield_now().await;
    }
}
