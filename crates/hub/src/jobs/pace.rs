//! The pace of what removes many rows: one batch at a time in the whole process, and after each of
//! them twice its time for everybody else.
//!
//! A batch holds the writer of SQLite for as long as it takes, and two of them that remove the same
//! rows on PostgreSQL would wait for each other and find nothing left. This module does not know
//! what a batch is.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// The pause is so many times as long as the batch before it: on a slow disk, and under load, which
/// makes batches longer, it grows with them.
const PAUSE_PER_BATCH: u32 = 2;
/// The longest pause, far shorter than a lease.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Whose turn it is: whoever waits for longest.
#[derive(Default)]
pub(super) struct Pace {
    /// When the next batch may begin.
    free_at: Mutex<Option<Instant>>,
}

impl Pace {
    /// Runs a batch when it is its turn. Nobody waits for the pause after the last one.
    pub(super) async fn batch<F: Future>(&self, batch: F) -> F::Output {
        let mut free_at = self.free_at.lock().await;
        if let Some(at) = *free_at {
            sleep_until(at).await;
        }
        let began = Instant::now();
        let done = batch.await;
        *free_at = Some(Instant::now() + pause_after(began.elapsed()));
        done
    }
}

fn pause_after(batch: Duration) -> Duration {
    batch.saturating_mul(PAUSE_PER_BATCH).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::sleep;

    use super::*;

    const BATCH: Duration = Duration::from_millis(30);

    /// When each of five batches began and ended.
    async fn run_five(pace: Arc<Pace>, began: Instant) -> Vec<(Duration, Duration)> {
        let mut ran = Vec::new();
        for _ in 0..5 {
            let batch = async {
                let begun = began.elapsed();
                sleep(BATCH).await;
                (begun, began.elapsed())
            };
            ran.push(pace.batch(batch).await);
        }
        ran
    }

    #[tokio::test(start_paused = true)]
    async fn batches_take_a_third_of_the_time_however_many_want_to_run() {
        let (pace, began) = (Arc::new(Pace::default()), Instant::now());
        let wanting = (0..2).map(|_| run_five(Arc::clone(&pace), began));
        let all: Vec<_> = futures_util::future::join_all(wanting).await;
        // They take turns.
        assert!(all[0][1].0 > all[1][0].1);
        let mut all: Vec<_> = all.into_iter().flatten().collect();
        all.sort();
        for pair in all.windows(2) {
            let pause = pair[1].0.saturating_sub(pair[0].1);
            assert!(pause >= 2 * BATCH, "{pair:?}");
        }
        // The last one is followed by no pause.
        assert!(began.elapsed() < (10 * BATCH + 9 * 2 * BATCH) + BATCH);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_is_given_up_leaves_its_turn() {
        let pace = Pace::default();
        let given_up = tokio::time::timeout(BATCH, pace.batch(std::future::pending::<()>()));
        assert!(given_up.await.is_err());
        pace.batch(std::future::ready(())).await;
    }

    #[test]
    fn a_pause_grows_with_its_batch_and_has_an_end() {
        assert_eq!(pause_after(Duration::ZERO), Duration::ZERO);
        assert_eq!(pause_after(BATCH), 2 * BATCH);
        assert_eq!(pause_after(Duration::MAX), PAUSE_MAX);
    }
}
