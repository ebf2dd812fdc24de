//! The queue of jobs and who works it off.
//!
//! A run has a job for the length of a lease and renews it with every batch, in the batch's own
//! transaction: a run that lost its job changes nothing any more. So a batch commits what it has
//! done, and whoever takes the job over goes on there. What fails is tried again after growing
//! pauses, and is kept when it was tried often enough. This module does not know what jobs do, but
//! for [`perform`].

use std::sync::Arc;
use std::time::Duration;

use battala_proto::id::JobId;
use battala_store::tables::jobs::{self, ClaimedRow, Setback, Terms};
use battala_store::{DbError, Reader};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::job::Job;
use super::purge;
use crate::Hub;
use crate::access::{self, Actor, Can, RunJob};
use crate::error::{Error, Result};
use crate::work::{Work, WorkFuture};

/// Jobs that run at the same time: a long one holds up no short one, and together they are no load
/// that anybody feels.
const AT_ONCE: usize = 2;
/// How long a run has its job without a batch: far longer than one takes.
const LEASE_MS: i64 = 60_000;
/// How often the queue is looked at without a call: after a commit in doubt, and for what another
/// process has queued.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// The pause after a first failure; it doubles with each.
const PAUSE_MS: i64 = 1000;
/// The longest pause.
const PAUSE_MAX_MS: i64 = 60 * 60 * 1000;
/// Runs without progress after which a job has failed for good: over more than an hour.
const ATTEMPTS_MAX: i64 = 13;
/// What is kept of an error.
const ERROR_CHARS_MAX: usize = 300;

/// Named by a run that finds its job with another.
const TAKEN_OVER: &str = "the job is another run's by now";

/// Does what a job is there for.
async fn perform(run: &mut Run, job: Job) -> Result<()> {
    match job {
        Job::PurgeServer { server_id } => purge::server(run, server_id).await,
        Job::PurgeChannel { channel_id } => purge::channel(run, channel_id).await,
    }
}

/// A job under way.
pub(super) struct Run {
    hub: Hub,
    can: Can<RunJob>,
    own: jobs::Run,
    /// Runs without progress, this one included.
    attempts: i64,
}

impl Run {
    /// One transaction of the job, which also renews its lease. It waits for its turn.
    pub(super) async fn batch<T, F>(&mut self, step: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t, RunJob>) -> WorkFuture<'w, T> + Send + 'static,
    {
        let (own, until) = (self.own, self.hub.now() + LEASE_MS);
        let written = self.hub.write(self.can.clone(), move |work| {
            Box::pin(async move {
                renew(work, own, until).await?;
                step(work).await
            })
        });
        let answer = self.hub.jobs().batch(written).await?;
        self.attempts = 1;
        tracing::debug!(job = %self.own.id, "a batch of a job is done");
        Ok(answer)
    }
}

/// Goes on with the job, unless it is another run's by now.
async fn renew(work: &mut Work<'_, RunJob>, own: jobs::Run, until: i64) -> Result<()> {
    if jobs::renew(work.tx(), own, until).await? {
        Ok(())
    } else {
        Err(Error::Conflict(TAKEN_OVER))
    }
}

/// Works the queue off for as long as the process lives.
pub(super) async fn run(hub: Hub) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    begin(&hub).await;
    if let Err(error) = purge::queue_forgotten(&hub).await {
        // The next start looks again.
        error.log_put_off("deleted servers and channels without a job were not looked for");
    }
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let wait = match next(&hub).await {
            Ok(Next::Run(claim, row)) => {
                start(&hub, claim, row, place);
                continue;
            }
            Ok(Next::Wait(wait)) => wait,
            Err(error) => {
                error.log_put_off("the queue of jobs was not read; it goes on later");
                LOOK_EVERY
            }
        };
        drop(place);
        // Whether it was called or not, it looks.
        let _ = timeout(wait, hub.jobs().queued.notified()).await;
    }
}

/// What ran when the process before ended runs again, without waiting for the end of its lease; and
/// the operator is reminded of what has failed.
async fn begin(hub: &Hub) {
    let begun = hub.db().write(|tx| {
        Box::pin(async move {
            let released = jobs::release(tx).await?;
            Ok::<_, Error>((released, jobs::count(tx).await?))
        })
    });
    match begun.await {
        Ok((released, count)) => {
            if released > 0 {
                tracing::info!(released, "jobs of the process before go on");
            }
            if count.failed > 0 {
                let failed = count.failed;
                tracing::warn!(
                    failed,
                    "there are failed jobs; `battala admin jobs` shows them"
                );
            }
        }
        // Their leases end.
        Err(error) => error.log_put_off("the jobs of the process before go on later"),
    }
}

enum Next {
    Run(i64, ClaimedRow),
    Wait(Duration),
}

async fn next(hub: &Hub) -> Result<Next> {
    let mut reader = hub.db().read().await?;
    let due = jobs::next_run(&mut reader).await?;
    drop(reader);
    let now = hub.now();
    // Nothing is put off for longer than this, unless the clock was set back since.
    let horizon = now + PAUSE_MAX_MS.max(LEASE_MS);
    let Some(due) = due else {
        return Ok(Next::Wait(LOOK_EVERY));
    };
    if due > now && due <= horizon {
        let wait = Duration::from_millis((due - now).unsigned_abs());
        return Ok(Next::Wait(wait.min(LOOK_EVERY)));
    }
    hub.ids_ready().await?;
    let (claim, until) = (hub.ids().next()?, now + LEASE_MS);
    let terms = Terms {
        now,
        horizon,
        until,
    };
    let row = hub.db().write(move |tx| {
        Box::pin(async move { Ok::<_, Error>(jobs::claim(tx, claim, terms).await?) })
    });
    // None: another was faster.
    Ok(row
        .await?
        .map_or(Next::Wait(Duration::ZERO), |row| Next::Run(claim, row)))
}

/// Runs a job in a task of its own. One that the stop of the process interrupts is given back.
fn start(hub: &Hub, claim: i64, row: ClaimedRow, place: OwnedSemaphorePermit) {
    let (hub, own) = (hub.clone(), hub.jobs());
    let stopping = own.stopping.clone();
    own.tracker.spawn(async move {
        let run = jobs::Run { id: row.id, claim };
        let whole = stopping.run_until_cancelled(work_on(&hub, run, row.clone()));
        if whole.await.is_none() {
            let given_back = Setback {
                attempts: row.attempts - 1,
                run_after: 0,
                failed_at: None,
                error: None,
            };
            settle(&hub, run, Outcome::PutOff(given_back)).await;
        }
        drop(place);
        // The pause after a failure may be shorter than the wait that has begun.
        hub.jobs().look_soon();
    });
}

/// What becomes of a job after a run.
enum Outcome {
    Done { asked: i64 },
    PutOff(Setback),
}

async fn work_on(hub: &Hub, run: jobs::Run, row: ClaimedRow) {
    let asked = row.asked;
    match tried(hub, run, &row).await {
        Ok(()) => {
            settle(hub, run, Outcome::Done { asked }).await;
        }
        Err(refused) => {
            let setback = refused.setback(hub.now());
            // A run that lost its job says nothing: the other one does.
            if settle(hub, run, Outcome::PutOff(setback.clone())).await {
                log(run.id, &row.kind, &setback);
            }
        }
    }
}

/// A run that did not do its job.
struct Refused {
    attempts: i64,
    is_final: bool,
    reason: String,
}

impl Refused {
    fn setback(self, now: i64) -> Setback {
        let is_over = self.is_final || self.attempts >= ATTEMPTS_MAX;
        Setback {
            attempts: self.attempts,
            run_after: now + pause_ms(self.attempts),
            failed_at: is_over.then_some(now),
            error: Some(self.reason.chars().take(ERROR_CHARS_MAX).collect()),
        }
    }
}

/// After so many attempts.
fn pause_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0);
    let factor = 1_i64.checked_shl(doublings).unwrap_or(i64::MAX);
    PAUSE_MS.saturating_mul(factor).min(PAUSE_MAX_MS)
}

async fn tried(hub: &Hub, run: jobs::Run, row: &ClaimedRow) -> Result<(), Refused> {
    let refused = |attempts, is_final, reason| Refused {
        attempts,
        is_final,
        reason,
    };
    if row.attempts > ATTEMPTS_MAX {
        let reason = "the process ended during each of its runs".to_owned();
        return Err(refused(row.attempts, true, reason));
    }
    let job = Job::of_row(&row.kind, &row.payload).map_err(|error| {
        refused(
            row.attempts,
            true,
            format!("unknown to this release: {error}"),
        )
    })?;
    let can = hub
        .authorize::<RunJob>(Actor::Job(job.name()), ())
        .await
        .map_err(|error| refused(row.attempts, false, reason_of(&error)))?;
    let mut run = Run {
        hub: hub.clone(),
        can,
        own: run,
        attempts: row.attempts,
    };
    perform(&mut run, job).await.map_err(|error| {
        // A full disk is no fault of the job, however long it lasts.
        let is_counted = !matches!(error, Error::StorageFull);
        let attempts = run.attempts - i64::from(!is_counted);
        refused(attempts.max(1), false, reason_of(&error))
    })
}

/// For the operator, who is shown what a caller is not.
fn reason_of(error: &Error) -> String {
    match error {
        Error::Internal(source) => source.to_string(),
        other => other.to_string(),
    }
}

fn log(job: JobId, kind: &str, setback: &Setback) {
    let (attempts, reason) = (setback.attempts, setback.error.as_deref());
    if setback.failed_at.is_some() {
        tracing::error!(%job, kind, attempts, reason, "a job has failed and is kept; see `battala admin jobs`");
    } else {
        tracing::info!(%job, kind, attempts, reason, "a job is tried again later");
    }
}

/// Whether the job was still this run's.
async fn settle(hub: &Hub, run: jobs::Run, outcome: Outcome) -> bool {
    let settled = hub.db().write::<_, DbError, _>(move |tx| match outcome {
        Outcome::Done { asked } => Box::pin(async move { jobs::finish(tx, run, asked).await }),
        Outcome::PutOff(setback) => Box::pin(async move { jobs::put_off(tx, run, setback).await }),
    });
    settled.await.unwrap_or_else(|error| {
        // Its lease ends, and it runs again.
        tracing::warn!(%error, job = %run.id, "the end of a job's run was not written");
        false
    })
}

pub(super) async fn retry_failed(work: &mut Work<'_, access::RetryJobs>) -> Result<u64> {
    let count = jobs::retry_failed(work.tx()).await?;
    work.look_for_jobs();
    Ok(count)
}

/// What the operator is shown of the queue.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Jobs that wait or run.
    pub waiting: i64,
    /// Jobs that have failed.
    pub failed: i64,
    /// Of those, the newest, as many as were asked for.
    pub newest: Vec<Failed>,
}

/// A job that has failed.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its id.
    pub id: JobId,
    /// When it was given up.
    pub failed_at: i64,
    /// What was to be done, and to what.
    pub what: String,
    /// Why it was not.
    pub error: String,
}

/// What is in the queue, with at most so many of the failed jobs: for the operator at the machine, who
/// reads beside the hub.
///
/// # Errors
/// What the database refuses.
pub async fn overview(reader: &mut Reader, limit: u32) -> Result<Overview> {
    let count = jobs::count(reader).await?;
    let newest = jobs::failed(reader, limit).await?;
    let newest = newest.into_iter().map(|row| Failed {
        id: row.id,
        failed_at: row.failed_at,
        what: Job::of_row(&row.kind, &row.payload).map_or_else(
            |_| format!("{} {}", row.kind, row.payload),
            |job| job.to_string(),
        ),
        error: row.last_error.unwrap_or_default(),
    });
    Ok(Overview {
        waiting: count.waiting,
        failed: count.failed,
        newest: newest.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_a_job_is_given_up_after_more_than_one() {
        let pauses: Vec<i64> = (1..=ATTEMPTS_MAX).map(pause_ms).collect();
        assert_eq!(pauses[..4], [1000, 2000, 4000, 8000]);
        assert!(pauses.is_sorted());
        assert_eq!(pause_ms(1000), PAUSE_MAX_MS);
        let tried_for: i64 = pauses[..pauses.len() - 1].iter().sum();
        assert!(tried_for > PAUSE_MAX_MS, "{tried_for}");
        let refused = |attempts| Refused {
            attempts,
            is_final: false,
            reason: "x".repeat(1000),
        };
        assert_eq!(refused(ATTEMPTS_MAX - 1).setback(5).failed_at, None);
        let over = refused(ATTEMPTS_MAX).setback(5);
        assert_eq!(over.failed_at, Some(5));
        assert_eq!(over.error.map(|error| error.len()), Some(ERROR_CHARS_MAX));
    }
}
