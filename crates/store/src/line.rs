//! A line of the log that can be caused very often: once in a while, with how often it was caused.
//! Knows no line.

use std::time::Duration;

use tokio::time::Instant;

/// Between two lines that say the same.
const PAUSE: Duration = Duration::from_mins(1);
/// Causes that are told apart.
const CAUSES_MAX: usize = 64;

/// When a line was last written, and how often it was not.
#[derive(Debug, Default)]
pub struct Line {
    written_at: Option<Instant>,
    left_out: u64,
}

impl Line {
    /// One that was not written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            written_at: None,
            left_out: 0,
        }
    }

    /// Whether to write it now: then how often it was left out since it was last written.
    pub fn due(&mut self) -> Option<u64> {
        if self.is_fresh() {
            self.left_out += 1;
            return None;
        }
        self.written_at = Some(Instant::now());
        Some(std::mem::take(&mut self.left_out))
    }

    fn is_fresh(&self) -> bool {
        self.written_at.is_some_and(|at| at.elapsed() < PAUSE)
    }
}

/// A line for each of its causes.
#[derive(Debug, Default)]
pub struct Lines {
    of: Vec<(String, Line)>,
    /// Where there are more causes in a minute than are told apart, all others have one line.
    others: Line,
}

impl Lines {
    /// Of which none was written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            of: Vec::new(),
            others: Line::new(),
        }
    }

    /// Whether to write the line of this cause now, as [`Line::due`].
    pub fn due(&mut self, cause: &str) -> Option<u64> {
        if let Some((_, line)) = self.of.iter_mut().find(|(known, _)| known == cause) {
            return line.due();
        }
        if self.of.len() >= CAUSES_MAX {
            let Some(old) = self.of.iter().position(|(_, line)| !line.is_fresh()) else {
                return self.others.due();
            };
            self.of.swap_remove(old);
        }
        let mut line = Line::new();
        let due = line.due();
        self.of.push((cause.to_owned(), line));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_one_line_a_minute_that_tells_what_was_left_out() {
        let mut line = Line::default();
        assert_eq!(line.due(), Some(0));
        assert_eq!((line.due(), line.due()), (None, None));
        tokio::time::advance(PAUSE).await;
        assert_eq!((line.due(), line.due()), (Some(2), None));
        tokio::time::advance(PAUSE).await;
        assert_eq!(line.due(), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn each_cause_has_its_line_and_very_many_share_one() {
        let mut lines = Lines::new();
        for cause in 0..CAUSES_MAX {
            let cause = cause.to_string();
            assert_eq!(lines.due(&cause), Some(0));
            assert_eq!(lines.due(&cause), None);
        }
        assert_eq!(lines.due("one more"), Some(0));
        assert_eq!((lines.due("one more"), lines.due("another")), (None, None));
        tokio::time::advance(PAUSE).await;
        assert_eq!(lines.due("0"), Some(1));
        assert_eq!(lines.due("another"), Some(0), "in the place of an old one");
        assert_eq!((lines.due("another"), lines.due("0")), (None, None));
        assert_eq!(lines.of.len(), CAUSES_MAX);
    }
}
