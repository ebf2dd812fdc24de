//! A bucket for each of many keys: so many at once, then one per interval.

use std::collections::HashMap;

/// The buckets, by keyed hashes.
pub(super) struct Meter {
    interval_ms: i64,
    /// How far ahead of now a bucket may be.
    capacity_ms: i64,
    /// For each key the time at which its bucket is full again.
    full_at: HashMap<u64, i64>,
}

impl Meter {
    pub(super) fn new(burst: i64, interval_ms: i64) -> Self {
        Self {
            interval_ms,
            capacity_ms: burst * interval_ms,
            full_at: HashMap::new(),
        }
    }

    /// The time until one fits; 0 when it does.
    pub(super) fn wait(&self, key: u64, now: i64) -> i64 {
        let full_at = self.full_at.get(&key).copied().unwrap_or(0).max(now);
        (full_at + self.interval_ms - self.capacity_ms - now).max(0)
    }

    /// Takes one, or what is left of it where none fits; says how much, to be given back.
    pub(super) fn take(&mut self, key: u64, now: i64) -> i64 {
        let full_at = self.full_at.entry(key).or_insert(0);
        let before = (*full_at).max(now);
        *full_at = (before + self.interval_ms).min(now + self.capacity_ms);
        *full_at - before
    }

    /// What was taken was not used.
    pub(super) fn give_back(&mut self, key: u64, taken_ms: i64) {
        if let Some(full_at) = self.full_at.get_mut(&key) {
            *full_at -= taken_ms;
        }
    }

    /// The bucket of this key is full.
    pub(super) fn forget(&mut self, key: u64) {
        self.full_at.remove(&key);
    }

    /// Before a key is added: what is full goes, and if that does not help the older half.
    pub(super) fn make_room(&mut self, keys_max: usize, now: i64) {
        if self.full_at.len() >= keys_max {
            self.full_at.retain(|_, at| *at > now);
            keep_newer_half(&mut self.full_at, keys_max, |at| *at);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.full_at.len()
    }
}

/// Leaves at most half of what may be kept.
pub(super) fn keep_newer_half<T>(
    map: &mut HashMap<u64, T>,
    keys_max: usize,
    time: impl Fn(&T) -> i64,
) {
    if map.len() > keys_max / 2 {
        let mut times: Vec<i64> = map.values().map(&time).collect();
        let at = times.len() - keys_max / 2;
        let (_, median, _) = times.select_nth_unstable(at);
        let median = *median;
        map.retain(|_, value| time(value) > median);
    }
}
