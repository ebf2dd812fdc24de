//! Waiting for conditions, never for time.

use std::fmt;
use std::time::Duration;

use battala_testkit::patience;
use tokio::sync::watch;

/// Nothing in these tests takes this long unless it is broken, or the machine slow: everything
/// here waits longer there.
const PATIENCE: Duration = Duration::from_secs(30);

/// The result of `future`, which must come within [`PATIENCE`].
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let deadline = patience(PATIENCE);
    tokio::time::timeout(deadline, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: nothing within {deadline:?}"))
}

/// The end of what may take as long as anything here.
pub(crate) fn deadline() -> tokio::time::Instant {
    tokio::time::Instant::now() + patience(PATIENCE)
}

/// Asks again and again until the answer is `Some`.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    soon(what, async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            // Between two questions to another process, which announces nothing.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

/// A value that can be waited for.
#[derive(Debug, Default)]
pub(crate) struct Watched<T>(watch::Sender<T>);

impl<T: fmt::Debug> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(watch::Sender::new(value))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut T)) {
        self.0.send_modify(change);
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.borrow())
    }

    /// What `look` finds, now or after a change.
    pub(crate) async fn until<R>(&self, what: &str, mut look: impl FnMut(&T) -> Option<R>) -> R {
        let mut changes = self.0.subscribe();
        let mut found = None;
        let is_found = |value: &T| {
            found = look(value);
            found.is_some()
        };
        let deadline = patience(PATIENCE);
        let waited = tokio::time::timeout(deadline, changes.wait_for(is_found)).await;
        drop(waited.unwrap_or_else(|_| {
            let value = self.0.borrow();
            panic!("{what}: nothing within {deadline:?}; there is {:?}", *value)
        }));
        found.expect("it was found, since the value lives as long as this")
    }
}
