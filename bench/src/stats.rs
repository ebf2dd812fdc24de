//! Medians, percentiles and a histogram that many receivers fill at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Buckets per power of two: values are kept to 3 %.
const STEPS: u64 = 32;
/// Powers of two above the exact range; microseconds up to about 19 hours.
const POWERS: usize = 32;

/// The highest value; 0 when there is none.
pub(crate) fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// The middle value; of an even number of values the lower of the two.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len().saturating_sub(1) / 2;
    sorted.get(middle).copied().unwrap_or(f64::NAN)
}

/// Durations by logarithmic buckets. Adding takes no lock.
pub(crate) struct Histogram(Vec<AtomicU64>);

impl Default for Histogram {
    fn default() -> Self {
        let buckets = (POWERS + 1) * usize::try_from(STEPS).unwrap_or(1);
        Self(
            std::iter::repeat_with(AtomicU64::default)
                .take(buckets)
                .collect(),
        )
    }
}

impl Histogram {
    pub(crate) fn add(&self, duration: Duration) {
        let index = bucket_of(micros(duration)).min(self.0.len() - 1);
        self.0[index].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn clear(&self) {
        for bucket in &self.0 {
            bucket.store(0, Ordering::Relaxed);
        }
    }

    /// The value that `share` of all values do not exceed, in milliseconds; 0 when there is none.
    pub(crate) fn percentile_ms(&self, share: f64) -> f64 {
        let counts: Vec<u64> = self.0.iter().map(|it| it.load(Ordering::Relaxed)).collect();
        let wanted = float(counts.iter().sum::<u64>()) * share;
        let mut seen = 0;
        for (index, count) in counts.iter().enumerate() {
            seen += count;
            if seen > 0 && float(seen) >= wanted {
                return float(upper_bound(index as u64)) / 1000.0;
            }
        }
        0.0
    }
}

fn bucket_of(value: u64) -> usize {
    let power = (value / STEPS).checked_ilog2().map_or(0, |log| log + 1);
    let step = if power == 0 {
        value
    } else {
        (value >> (power - 1)) - STEPS
    };
    usize::try_from(u64::from(power) * STEPS + step).unwrap_or(usize::MAX)
}

fn upper_bound(bucket: u64) -> u64 {
    let (power, step) = (bucket / STEPS, bucket % STEPS);
    match power.checked_sub(1) {
        None => step,
        Some(shift) => ((STEPS + step + 1) << shift) - 1,
    }
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A count as a number to divide; counts here are far below 2^52.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are far below 2^52"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_value_to_three_percent() {
        for value in (0..100_000).chain([1 << 33, (1 << 34) + 12_345]) {
            let upper = upper_bound(bucket_of(value) as u64);
            assert!(upper >= value, "{value}");
            assert!(float(upper) <= float(value) * 1.04, "{value}: {upper}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let histogram = Histogram::default();
        for ms in 1..=100 {
            histogram.add(Duration::from_millis(ms));
        }
        assert!((histogram.percentile_ms(0.5) - 50.0).abs() < 2.0);
        assert!((histogram.percentile_ms(0.99) - 99.0).abs() < 3.5);
        histogram.clear();
        assert!(histogram.percentile_ms(0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn the_median_of_three_is_the_middle_one() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
