//! A line of the log that can be caused very often: once in a while, with how often it was caused.
//! Knows no line.

use std::time::Duration;

use tokio::time::Instant;

/// Between two lines that say the same.
const PAUSE: Duration = Duration::from_mins(1);

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
        if self.written_at.is_some_and(|at| at.elapsed() < PAUSE) {
            self.left_out += 1;
            return None;
        }
        self.written_at = Some(Instant::now());
        Some(std::mem::take(&mut self.left_out))
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
}
