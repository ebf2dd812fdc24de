//! Places for requests that are being answered: so many for all, and a part of them for each
//! caller. Knows no request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use battala_hub::shares::{Caller, Group};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// As long a burst of one caller may wait for its own places: a class that comes back at once is
/// served one after the other. Longer is an overload.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// The places.
#[derive(Debug)]
pub(super) struct Places {
    all: usize,
    free: Arc<Semaphore>,
    groups: Mutex<HashMap<Group, Arc<Semaphore>>>,
}

/// A place, free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    // Fields are dropped in this order: a group is forgotten after its permits are back.
    _permits: [OwnedSemaphorePermit; 3],
    _shares: [Share; 2],
}

/// The places of one group, kept in the table while somebody has or waits for one.
#[derive(Debug)]
struct Share {
    places: Arc<Places>,
    group: Group,
    free: Option<Arc<Semaphore>>,
}

impl Places {
    pub(super) fn new(all: usize) -> Arc<Self> {
        Arc::new(Self {
            all,
            free: Arc::new(Semaphore::new(all)),
            groups: Mutex::default(),
        })
    }

    /// A place for the caller. Who has all of its own waits for them, and takes no place from
    /// others meanwhile. `None` when that takes too long.
    pub(super) async fn take(self: &Arc<Self>, caller: Caller) -> Option<Place> {
        let shares = caller
            .groups(self.all)
            .map(|(group, share)| self.share(group, share));
        let permits = async {
            let [own, address] = &shares;
            Some([own.permit().await?, address.permit().await?, {
                let free = Arc::clone(&self.free);
                free.acquire_owned().await.ok()?
            }])
        };
        let permits = tokio::time::timeout(WAIT_MAX, permits).await.ok()??;
        Some(Place {
            _permits: permits,
            _shares: shares,
        })
    }

    fn share(self: &Arc<Self>, group: Group, share: usize) -> Share {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let free = groups
            .entry(group)
            .or_insert_with(|| Arc::new(Semaphore::new(share)));
        Share {
            places: Arc::clone(self),
            group,
            free: Some(Arc::clone(free)),
        }
    }
}

impl Share {
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(self.free.as_ref()?);
        free.acquire_owned().await.ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let groups = &self.places.groups;
        let mut groups = groups.lock().unwrap_or_else(PoisonError::into_inner);
        self.free = None;
        let is_unused = |free: &Arc<Semaphore>| Arc::strong_count(free) == 1;
        if groups.get(&self.group).is_some_and(is_unused) {
            groups.remove(&self.group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_hub::limits::Subject;

    fn caller(last: u8) -> Caller {
        let address = Subject::address([192, 0, 2, last].into());
        Caller::new(address, address)
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_takes_an_eighth_and_waits_for_more() {
        let places = Places::new(16);
        let mut own = vec![places.take(caller(1)).await.unwrap()];
        own.push(places.take(caller(1)).await.unwrap());
        assert!(places.take(caller(1)).await.is_none());
        assert!(places.take(caller(2)).await.is_some());
        let (third, ()) = tokio::join!(places.take(caller(1)), async {
            tokio::task::yield_now().await;
            own.pop();
        });
        assert!(third.is_some(), "it came free while it waited");
        drop((own, third));
        assert!(places.groups.lock().unwrap().is_empty());
        assert_eq!(places.free.available_permits(), 16);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let places = Places::new(1);
        let held = places.take(caller(1)).await.unwrap();
        assert!(places.take(caller(2)).await.is_none());
        assert_eq!(places.groups.lock().unwrap().len(), 2, "of the holder");
        drop(held);
        assert!(places.groups.lock().unwrap().is_empty());
        assert_eq!(places.free.available_permits(), 1);
    }
}
