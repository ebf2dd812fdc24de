//! A reading of the database that many need at once: one runs at a time, and whoever comes meanwhile
//! waits for it and takes what it brought.
//!
//! Knows not what is read, and keeps nothing of it. Nobody is left waiting: a reading belongs to
//! whoever began it, and when that one goes away the next one begins another.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use battala_hub::{Error, Result};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// After a reading that failed: whoever comes next would only fail as well.
const PAUSE_FAILED: Duration = Duration::from_millis(100);

/// Readings of one thing.
#[derive(Default)]
pub(crate) struct Readings(Mutex<State>);

#[derive(Default)]
struct State {
    under_way: Option<watch::Receiver<()>>,
    /// How many have failed, and the last of them.
    failures: u64,
    failure: Option<Error>,
    /// The next one begins then, or later.
    rests_until: Option<Instant>,
}

/// What a reading brought, and how long the next one has to wait: what costs more comes less often
/// while it keeps changing.
pub(crate) struct Brought<T> {
    pub(crate) value: T,
    pub(crate) pause: Duration,
}

enum Begun<'r> {
    Mine(Reading<'r>),
    Anothers(watch::Receiver<()>),
    TooSoon(Instant),
    Failed(Error),
}

/// A reading under way; over when it is dropped.
struct Reading<'r> {
    of: &'r Readings,
    /// Those who wait hear of it when it is dropped.
    _end: watch::Sender<()>,
}

impl Readings {
    /// What is kept already, or what one reading brings for all who wait. `turn` is waited for
    /// without keeping anybody from reading, and given back before another's reading is waited for.
    /// A reading that fails fails for all who waited, for it or for their turn.
    pub(crate) async fn share<T, P, Turn, Read>(
        &self,
        kept: impl Fn() -> Option<T>,
        turn: impl Fn() -> Turn,
        read: impl FnOnce() -> Read,
    ) -> Result<T>
    where
        Turn: Future<Output = P>,
        Read: Future<Output = Result<Brought<T>>>,
    {
        let failures = self.state().failures;
        loop {
            if let Some(kept) = kept() {
                return Ok(kept);
            }
            let turn = turn().await;
            match self.begin(failures, Instant::now()) {
                Begun::Mine(reading) => {
                    // Whoever had the turn before may have read it.
                    return match kept() {
                        Some(kept) => Ok(kept),
                        None => reading.end_with(read().await),
                    };
                }
                Begun::Anothers(mut end) => {
                    drop(turn);
                    // Nothing is sent: it is over when nothing can be.
                    drop(end.changed().await);
                }
                Begun::TooSoon(at) => {
                    drop(turn);
                    sleep_until(at).await;
                }
                Begun::Failed(error) => return Err(error),
            }
        }
    }

    /// For somebody who came when so many had failed.
    fn begin(&self, failures: u64, now: Instant) -> Begun<'_> {
        let mut state = self.state();
        if let Some(error) = state.failure.as_ref().filter(|_| state.failures > failures) {
            return Begun::Failed(error.clone());
        }
        if let Some(end) = &state.under_way {
            return Begun::Anothers(end.clone());
        }
        if let Some(at) = state.rests_until.filter(|at| *at > now) {
            return Begun::TooSoon(at);
        }
        let (end, under_way) = watch::channel(());
        state.under_way = Some(under_way);
        Begun::Mine(Reading {
            of: self,
            _end: end,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading<'_> {
    fn end_with<T>(self, read: Result<Brought<T>>) -> Result<T> {
        let mut state = self.of.state();
        let pause = read.as_ref().map_or(PAUSE_FAILED, |it| it.pause);
        state.rests_until = Some(Instant::now() + pause);
        if let Err(error) = &read {
            state.failures += 1;
            state.failure = Some(error.clone());
        }
        drop(state);
        read.map(|it| it.value)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.of.state().under_way = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use tokio::sync::Semaphore;
    use tokio::task::JoinSet;

    use super::*;

    const HERD: usize = 100;

    /// Something that moves on, and what was last read of it.
    struct Scene {
        readings: Readings,
        stored: AtomicI64,
        kept: AtomicI64,
        begun: AtomicI64,
        /// Each reading takes one.
        answers: Semaphore,
        turns: Semaphore,
    }

    impl Scene {
        fn new() -> Arc<Self> {
            Arc::new(Self {
                readings: Readings::default(),
                stored: AtomicI64::new(1),
                kept: AtomicI64::new(0),
                begun: AtomicI64::new(0),
                answers: Semaphore::new(0),
                turns: Semaphore::new(1),
            })
        }

        fn begun(&self) -> i64 {
            self.begun.load(Ordering::SeqCst)
        }

        async fn get(&self, needed: i64) -> Result<i64> {
            let kept = || Some(self.kept.load(Ordering::SeqCst)).filter(|it| *it >= needed);
            let turn = || self.turns.acquire();
            let read = || async {
                let value = self.stored.load(Ordering::SeqCst);
                self.begun.fetch_add(1, Ordering::SeqCst);
                let answer = self.answers.acquire().await;
                answer.map_err(|_| Error::Unavailable)?.forget();
                self.kept.store(value, Ordering::SeqCst);
                let pause = Duration::from_millis(20);
                Ok(Brought { value, pause })
            };
            self.readings.share(kept, turn, read).await
        }

        /// As many as come at once, all of whom have come as far as they can.
        async fn herd(self: &Arc<Self>, needed: i64) -> JoinSet<Result<i64>> {
            let mut herd = JoinSet::new();
            for scene in std::iter::repeat_n(self, HERD).map(Arc::clone) {
                herd.spawn(get(scene, needed));
            }
            settle().await;
            herd
        }
    }

    async fn get(scene: Arc<Scene>, needed: i64) -> Result<i64> {
        scene.get(needed).await
    }

    /// On one thread everybody else has had a turn, more than once.
    async fn settle() {
        for _ in 0..4 * HERD {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_herd_reads_once_and_whoever_needs_more_once_more() {
        let scene = Scene::new();
        let early = scene.herd(1).await;
        assert_eq!(scene.begun(), 1);
        scene.stored.store(2, Ordering::SeqCst);
        let late = scene.herd(2).await;
        assert_eq!(scene.begun(), 1, "one at a time");
        scene.answers.add_permits(2);
        let early: Result<Vec<i64>> = early.join_all().await.into_iter().collect();
        assert_eq!(early.expect("read"), [1; HERD]);
        let late: Result<Vec<i64>> = late.join_all().await.into_iter().collect();
        assert_eq!(late.expect("read"), [2; HERD]);
        assert_eq!(scene.begun(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_away_while_reading_leaves_nobody_waiting() {
        let scene = Scene::new();
        let mut first = JoinSet::new();
        let aborted = first.spawn(get(Arc::clone(&scene), 1));
        settle().await;
        let herd = scene.herd(1).await;
        aborted.abort();
        settle().await;
        assert_eq!(scene.begun(), 2, "another one reads");
        scene.answers.add_permits(1);
        let herd: Result<Vec<i64>> = herd.join_all().await.into_iter().collect();
        assert_eq!(herd.expect("read"), [1; HERD]);
        assert_eq!(scene.begun(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reading_that_fails_is_not_repeated_by_all_who_waited_for_it() {
        let scene = Scene::new();
        let herd = scene.herd(1).await;
        let closed = Instant::now();
        scene.answers.close();
        assert!(herd.join_all().await.iter().all(Result::is_err));
        assert_eq!(scene.begun(), 1);
        // Who comes right afterwards has to wait before the next try.
        let late = scene.herd(1).await;
        assert!(late.join_all().await.iter().all(Result::is_err));
        assert!(closed.elapsed() >= PAUSE_FAILED);
        assert_eq!(scene.begun(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn readings_of_what_keeps_changing_have_a_pace() {
        let scene = Scene::new();
        scene.answers.add_permits(100);
        let began = Instant::now();
        for needed in 1..=10 {
            scene.stored.store(needed, Ordering::SeqCst);
            assert_eq!(scene.get(needed).await.expect("read"), needed);
        }
        assert!(began.elapsed() >= Duration::from_millis(9 * 20));
    }
}
