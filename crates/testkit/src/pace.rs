//! How slow this machine is, and the deadlines of tests that follow from it.
//!
//! A deadline in a test says what nothing takes unless it is broken. On a slow or busy machine
//! everything takes longer, and so each deadline is multiplied by one measured factor. This
//! module does not know what is waited for.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::scratch::Scratch;

/// Says the factor, so that a whole test run measures once. Without it every process that has
/// deadlines measures by itself.
pub const SLOWNESS_VARIABLE: &str = "BATTALA_TEST_SLOWNESS";

/// A hanging test still has to end: 30 seconds become four minutes at most.
const SLOWNESS_MAX: f64 = 8.0;

/// What the calculation takes on two idle cores of a small virtual machine, without optimisation.
const CALCULATION: Duration = Duration::from_millis(150);
const ROUNDS: u32 = 12_000_000;

/// What one write that reaches the disk takes there.
const WRITE: Duration = Duration::from_millis(4);
const WRITES: u32 = 10;

/// The factor by which deadlines are multiplied: from 1 to 8.
pub fn slowness() -> f64 {
    static SLOWNESS: OnceLock<f64> = OnceLock::new();
    *SLOWNESS.get_or_init(|| told().unwrap_or_else(measure))
}

/// A deadline that is `usual` on a machine that is neither slow nor busy.
pub fn patience(usual: Duration) -> Duration {
    usual.mul_f64(slowness())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
fn told() -> Option<f64> {
    let text = std::env::var(SLOWNESS_VARIABLE).ok()?;
    Some(bounded(text.parse().ok()?))
}

fn measure() -> f64 {
    let calculated = ratio(timed(calculate), CALCULATION);
    // Where nothing can be written the tests say so themselves.
    let written = Scratch::new().and_then(|scratch| {
        let mut file = File::create(scratch.path().join("pace"))?;
        let took = timed(|| (0..WRITES).try_for_each(|_| write(&mut file)));
        Ok(ratio(took, WRITE * WRITES))
    });
    bounded(calculated.max(written.unwrap_or(1.0)))
}

fn bounded(factor: f64) -> f64 {
    // What is no number is no measurement.
    if factor.is_nan() {
        return 1.0;
    }
    factor.clamp(1.0, SLOWNESS_MAX)
}

fn ratio(took: Duration, usual: Duration) -> f64 {
    took.as_secs_f64() / usual.as_secs_f64()
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures the machine, which has no paused clock"
)]
fn timed<T>(act: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    black_box(act());
    began.elapsed()
}

fn calculate() -> u32 {
    (0..ROUNDS).fold(0, |sum, round| {
        black_box(sum.wrapping_mul(31).wrapping_add(round))
    })
}

fn write(file: &mut File) -> io::Result<()> {
    file.write_all(&[0x5a; 4096])?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_never_shortens_a_deadline_and_never_makes_it_endless() {
        for (given, expected) in [
            (0.2, 1.0),
            (1.0, 1.0),
            (2.5, 2.5),
            (100.0, SLOWNESS_MAX),
            (f64::INFINITY, SLOWNESS_MAX),
            (f64::NAN, 1.0),
        ] {
            assert!((bounded(given) - expected).abs() < 1e-9, "{given}");
        }
    }

    #[test]
    fn what_takes_thrice_as_long_as_usual_is_three_times_as_slow() {
        let factor = ratio(Duration::from_millis(300), Duration::from_millis(100));
        assert!((factor - 3.0).abs() < 1e-9);
    }

    #[test]
    fn this_machine_has_a_factor() {
        let factor = measure();
        assert!((1.0..=SLOWNESS_MAX).contains(&factor), "{factor}");
        assert!(patience(Duration::from_secs(1)) >= Duration::from_secs(1));
    }
}
