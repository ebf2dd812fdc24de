//! Whether the answer to a poll may leave, as whoever serves the router says. Knows no memory and
//! no caller.

use std::fmt;
use std::sync::Arc;

/// Asked with the size of an answer to a poll, once it is known that there is one and before it
/// leaves its queue. Put as an extension on the request; without one there is room for everything.
///
/// Where the answer is no, the poll is refused with 503 and everything stays queued for the next.
#[derive(Clone)]
pub struct Allowance(Arc<dyn Fn(usize) -> bool + Send + Sync>);

impl Allowance {
    /// What is asked. It runs under the lock of the connection's queue: it must not wait.
    pub fn new(has_room: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(has_room))
    }

    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        (self.0)(bytes)
    }
}

impl fmt::Debug for Allowance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Allowance")
    }
}
