//! How often and how long what failed is tried again before connections are told of it.
//!
//! Knows not what is tried: the same for a room, for accounts and for sessions.

use std::time::Duration;

use battala_hub::Error;
use tokio::time::{Instant, sleep};

/// Before the second try; twice as long before each one after it.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Between two tries at most.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// A database that is away for longer is not away for a moment.
const LASTING: Duration = Duration::from_secs(15);

/// What is left of the patience with one thing.
pub(crate) struct Patience {
    /// When it failed for the first time.
    began: Option<Instant>,
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            began: None,
            pause: PAUSE_MIN,
        }
    }
}

impl Patience {
    /// It has failed: waits until it is time to try again. `false` when it has failed for too long; then
    /// the caller says what follows from that, and why.
    pub(crate) async fn is_left(&mut self, error: &Error) -> bool {
        let Some(pause) = self.pause_at(Instant::now()) else {
            return false;
        };
        error.log_tried_again();
        sleep(pause).await;
        true
    }

    fn pause_at(&mut self, now: Instant) -> Option<Duration> {
        let began = *self.began.get_or_insert(now);
        if now - began >= LASTING {
            return None;
        }
        let pause = self.pause;
        self.pause = PAUSE_MAX.min(pause * 2);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_less_and_less_often_and_end() {
        let began = Instant::now();
        let (mut now, mut patience) = (began, Patience::default());
        let mut pauses = Vec::new();
        while let Some(pause) = patience.pause_at(now) {
            pauses.push(pause);
            now += pause;
        }
        assert!(pauses.is_sorted());
        assert!((8..=15).contains(&pauses.len()), "{pauses:?}");
        assert!((LASTING..=LASTING + PAUSE_MAX).contains(&(now - began)));
    }
}
