//! The time, as an input.
//!
//! Nothing in the hub reads the wall clock but [`Clock::system`], so that tests can move time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use battala_proto::TimestampMs;

/// Tells the time in Unix milliseconds.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> TimestampMs + Send + Sync>);

impl Clock {
    /// The wall clock.
    pub fn system() -> Self {
        Self(Arc::new(wall_clock_ms))
    }

    /// A clock that stands until it is moved.
    pub fn manual(start: TimestampMs) -> (Self, ManualTime) {
        let time = ManualTime(Arc::new(AtomicI64::new(start)));
        let shown = time.clone();
        (Self(Arc::new(move || shown.0.load(Ordering::SeqCst))), time)
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> TimestampMs {
        (self.0)()
    }
}

/// The hand of a manual clock.
#[derive(Clone)]
pub struct ManualTime(Arc<AtomicI64>);

impl ManualTime {
    /// Moves the clock, back when `by_ms` is negative.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that everything else is given"
)]
fn wall_clock_ms() -> TimestampMs {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 reads as 1970; ids are protected by their lease in any case.
    since_epoch.map_or(0, |elapsed| {
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
    })
}
