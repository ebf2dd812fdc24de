//! From where to where each number of the settings may go.
//!
//! Does not know what a number is for. One place for all, so that whoever refuses a number says the
//! same, wherever it was written.

use std::fmt;

/// From where to where a number may go, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    least: u32,
    most: u32,
}

impl Bounds {
    /// Those of the number that `key` names.
    pub(super) fn of(key: &str) -> Self {
        let least = match key.strip_prefix("limits.").unwrap_or(key) {
            // bcrypt knows 4 to 31; above 16 one sign-in takes seconds.
            "password_cost" => return Self { least: 4, most: 16 },
            "password_workers" | "password_queue" | "token_grace_ms" => 0,
            "outbound_packets" => 8,
            "outbound_bytes" => 64 * 1024,
            "ping_interval_ms" | "ping_timeout_ms" | "connect_timeout_ms" | "header_timeout_ms" => {
                100
            }
            "node_lease_ms" => 1000,
            // Shorter, and a message that is sent again might not find that it was there.
            "tombstones_kept_s" => 60,
            // A zero would refuse everybody, or end every connection at once.
            _ => 1,
        };
        Self {
            least,
            most: u32::MAX,
        }
    }

    pub(super) fn contain(self, number: i64) -> bool {
        (i64::from(self.least)..=i64::from(self.most)).contains(&number)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {} to {}", self.least, self.most)
    }
}
