//! Work that runs one at a time: whoever asks for it meanwhile gets one more run after it, however
//! often it is asked for.
//!
//! Knows no task and not what the work is.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of one kind of work.
#[derive(Default)]
pub(crate) struct Flight(Mutex<Phase>);

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Running,
    /// Running, and asked for since.
    AskedAgain,
}

impl Flight {
    /// Asks for a run. `true`: nobody runs, so the caller has to, until [`Flight::is_over`].
    pub(crate) fn ask(&self) -> bool {
        let mut phase = self.phase();
        let is_idle = *phase == Phase::Idle;
        *phase = if is_idle {
            Phase::Running
        } else {
            Phase::AskedAgain
        };
        is_idle
    }

    /// After each run: whether nobody asked since it began. Otherwise one more is due.
    pub(crate) fn is_over(&self) -> bool {
        let mut phase = self.phase();
        *phase = match *phase {
            Phase::AskedAgain => Phase::Running,
            Phase::Idle | Phase::Running => Phase::Idle,
        };
        *phase == Phase::Idle
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_runs_at_a_time_and_however_many_ask_meanwhile_one_run_follows() {
        let flight = Flight::default();
        assert!(flight.ask());
        for _ in 0..100 {
            assert!(!flight.ask());
        }
        assert!(!flight.is_over(), "one more run");
        assert!(flight.is_over(), "and no more");
        assert!(flight.ask());
        assert!(flight.is_over());
    }
}
