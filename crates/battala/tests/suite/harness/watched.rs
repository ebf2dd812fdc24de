//! Waiting for conditions, never for time.

use std::time::Duration;

use tokio::sync::watch;

/// Nothing in these tests takes this long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The result of `future`, which must come within [`PATIENCE`].
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: nothing within {PATIENCE:?}"))
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

impl<T> Watched<T> {
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
    pub(crate) async fn until<R>(&self, what: &str, look: impl FnMut(&T) -> Option<R>) -> R {
        self.within(PATIENCE, look)
            .await
            .unwrap_or_else(|| panic!("{what}: nothing within {PATIENCE:?}"))
    }

    /// The same with another deadline, and `None` when it passes.
    pub(crate) async fn within<R>(
        &self,
        deadline: Duration,
        mut look: impl FnMut(&T) -> Option<R>,
    ) -> Option<R> {
        let mut changes = self.0.subscribe();
        let mut found = None;
        let is_found = |value: &T| {
            found = look(value);
            found.is_some()
        };
        // Late, or never: there is nothing to find.
        drop(tokio::time::timeout(deadline, changes.wait_for(is_found)).await);
        found
    }
}
