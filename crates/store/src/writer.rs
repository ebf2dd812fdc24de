//! A write as a job: what was asked, what came of it, and who waits for it.
//!
//! This module does not know engines: [`crate::sqlite`] and [`crate::pg`]
//! run the jobs and say what became of their COMMIT.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use crate::{DbError, Tx, pg};

/// Writes that may wait at once. A slot is a few hundred bytes plus what the
/// closure owns; at the measured rate this is about one second of work.
pub const QUEUE_MAX: usize = 4096;

/// A closure slower than this holds up every other writer and is reported.
const SLOW: Duration = Duration::from_millis(500);

/// A write that has been asked for.
pub(crate) trait Job: Send {
    /// Runs the closure. `true`: keep its work; `false`: undo it.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool>;

    /// Called once, when it is known what can be known: runs a hook, answers.
    fn settle(self: Box<Self>, fate: Fate);
}

/// What became of a transaction.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It is committed, or rolled back at the closure's wish.
    Ended,
    /// Nothing of it remains: it never began, broke before COMMIT, or COMMIT was refused.
    Refused(DbError),
    /// COMMIT was sent, and nobody knows what became of it: its answer was lost.
    InDoubt(DbError),
}

pub(crate) type BoxJob = Box<dyn Job>;

struct Write<T, U, E, F, H, D> {
    closure: Option<F>,
    result: Option<Result<T, E>>,
    on_commit: H,
    on_doubt: D,
    answer: oneshot::Sender<Result<U, E>>,
}

impl<T, U, E, F, H, D> Job for Write<T, U, E, F, H, D>
where
    T: Send,
    U: Send,
    E: From<DbError> + Send,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    H: FnOnce(T) -> U + Send,
    D: FnOnce(T) + Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(closure) = self.closure.take() else {
                return false;
            };
            let started = Instant::now();
            let outcome = AssertUnwindSafe(async { closure(tx).await })
                .catch_unwind()
                .await;
            if started.elapsed() > SLOW {
                tracing::warn!(elapsed = ?started.elapsed(), "a write held up all others");
            }
            let result = match (outcome, tx.failure()) {
                // The closure went on after an error that had ended its transaction.
                (Ok(Ok(_)), Some(failure)) => Err(E::from(failure.error.clone())),
                (Ok(result), _) => result,
                (Err(_), _) => {
                    tracing::error!("a write panicked and was undone");
                    Err(E::from(DbError::other("the write panicked")))
                }
            };
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }

    fn settle(self: Box<Self>, fate: Fate) {
        let Self {
            result,
            on_commit,
            on_doubt,
            answer,
            ..
        } = *self;
        let answered = match (result, fate) {
            (Some(Ok(value)), Fate::Ended) => {
                let answer = guarded(|| on_commit(value));
                answer.ok_or_else(|| E::from(DbError::other("the commit hook panicked")))
            }
            (Some(Ok(value)), Fate::InDoubt(error)) => {
                // Told before the caller, who may try again at once.
                guarded(|| on_doubt(value));
                Err(E::from(error))
            }
            (Some(Err(error)), _) => Err(error),
            (_, Fate::Refused(error) | Fate::InDoubt(error)) => Err(E::from(error)),
            (None, Fate::Ended) => Err(E::from(DbError::other("the write did not run"))),
        };
        // A caller that went away has no use for the answer; the hook has run.
        drop(answer.send(answered));
    }
}

/// Runs a hook; `None` when it panicked.
fn guarded<U>(hook: impl FnOnce() -> U) -> Option<U> {
    let done = std::panic::catch_unwind(AssertUnwindSafe(hook));
    done.inspect_err(|_| tracing::error!("a hook of a write panicked; its write may be committed"))
        .ok()
}

/// A reserved place in the queue of writes.
///
/// On SQLite writes commit in the order in which their permits are *submitted*.
/// Keep a permit only as long as it takes to make the closure: it occupies one
/// of [`QUEUE_MAX`] places, and [`Db::close`](crate::Db::close) waits for it.
#[must_use = "a permit that is not submitted writes nothing"]
pub struct WritePermit(Slot);

pub(crate) enum Slot {
    Sqlite(mpsc::OwnedPermit<BoxJob>),
    Postgres(pg::Slot),
}

impl WritePermit {
    pub(crate) fn new(slot: Slot) -> Self {
        Self(slot)
    }

    /// Queues the write. It will run even if the returned future is dropped.
    pub fn submit<T, E, F>(self, closure: F) -> Written<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.submit_then(closure, |value| value)
    }

    /// Queues the write together with what is to happen once it is committed:
    /// see [`Db::write_then`](crate::Db::write_then).
    pub fn submit_then<T, U, E, F, H>(self, closure: F, on_commit: H) -> Written<U, E>
    where
        T: Send + 'static,
        U: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        H: FnOnce(T) -> U + Send + 'static,
    {
        self.submit_settled(closure, on_commit, |_| ())
    }

    /// The same with a hook for the case that the COMMIT was sent and its answer was lost: the
    /// caller gets an error, but the write may be there, now or in a moment. Like the other hook it
    /// runs before the caller is answered, and must neither block nor panic.
    pub fn submit_settled<T, U, E, F, H, D>(
        self,
        closure: F,
        on_commit: H,
        on_doubt: D,
    ) -> Written<U, E>
    where
        T: Send + 'static,
        U: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        H: FnOnce(T) -> U + Send + 'static,
        D: FnOnce(T) + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job = Box::new(Write {
            closure: Some(closure),
            result: None,
            on_commit,
            on_doubt,
            answer,
        });
        match self.0 {
            Slot::Sqlite(permit) => drop(permit.send(job)),
            Slot::Postgres(slot) => slot.start(job),
        }
        Written(State::Waiting(waiting))
    }
}

/// The result of a queued write, ready after its COMMIT. Dropping it does not
/// cancel the write.
#[must_use = "the write happens anyway, but its failure would go unnoticed"]
pub struct Written<T, E>(State<T, E>);

enum State<T, E> {
    Waiting(oneshot::Receiver<Result<T, E>>),
    Refused(Option<E>),
}

impl<T, E> Written<T, E> {
    pub(crate) fn refused(error: E) -> Self {
        Self(State::Refused(Some(error)))
    }
}

/// Nothing in it is ever pinned in place.
impl<T, E> Unpin for Written<T, E> {}

impl<T, E: From<DbError>> Future for Written<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Waiting(answer) => answer.poll_unpin(context).map(|answer| {
                answer.unwrap_or_else(|_| {
                    Err(E::from(DbError::unavailable("the writer ended early")))
                })
            }),
            State::Refused(error) => Poll::Ready(Err(error
                .take()
                .unwrap_or_else(|| E::from(DbError::other("polled after completion"))))),
        }
    }
}
