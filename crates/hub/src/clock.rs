//! The time, as an input: what it is by the calendar, and how much of it has passed.
//!
//! Nothing in the hub reads a clock but [`Clock::system`], so that tests can move time. The wall
//! clock may be set while the hub runs, so rates and delays within one process are measured by the
//! time that has passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use battala_proto::TimestampMs;
use tokio::time::Instant;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Read + Send + Sync>);

/// The two readings of a clock.
trait Read {
    fn wall_ms(&self) -> TimestampMs;
    fn passed_ms(&self) -> i64;
}

impl Clock {
    /// The clocks of the system.
    pub fn system() -> Self {
        Self(Arc::new(System {
            started: Instant::now(),
        }))
    }

    /// A clock that stands until it is moved.
    pub fn manual(start: TimestampMs) -> (Self, ManualTime) {
        let time = ManualTime(Arc::new(Hands {
            wall_ms: AtomicI64::new(start),
            passed_ms: AtomicI64::new(0),
        }));
        (Self(Arc::clone(&time.0) as _), time)
    }

    /// Milliseconds since the Unix epoch. It may be set, forward and back: use it for what is
    /// stored or told, and [`Clock::passed`] for everything that is measured within the process.
    pub fn now(&self) -> TimestampMs {
        self.0.wall_ms()
    }

    /// Milliseconds since the clock was made. Never goes back, whoever sets the wall clock.
    pub fn passed(&self) -> i64 {
        self.0.passed_ms()
    }
}

/// The hands of a manual clock.
#[derive(Clone)]
pub struct ManualTime(Arc<Hands>);

struct Hands {
    wall_ms: AtomicI64,
    passed_ms: AtomicI64,
}

impl ManualTime {
    /// Lets time pass.
    pub fn advance(&self, by_ms: u32) {
        self.0.passed_ms.fetch_add(by_ms.into(), Ordering::SeqCst);
        self.set_by(by_ms.into());
    }

    /// Sets the wall clock, back when `by_ms` is negative, while no time passes.
    pub fn set_by(&self, by_ms: i64) {
        self.0.wall_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Read for Hands {
    fn wall_ms(&self) -> TimestampMs {
        self.wall_ms.load(Ordering::SeqCst)
    }

    fn passed_ms(&self) -> i64 {
        self.passed_ms.load(Ordering::SeqCst)
    }
}

struct System {
    started: Instant,
}

impl Read for System {
    fn wall_ms(&self) -> TimestampMs {
        wall_clock_ms()
    }

    fn passed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
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
