//! Memory for bodies of requests: shares of it, and which bodies are still coming.
//!
//! Where there is no room for one more, one that is still coming gives way: whoever holds most of
//! what is full loses the body that has been coming for longest. So slow bodies turn nobody away,
//! and who sends many of them loses their own. Knows no byte of a body.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::shares::{Caller, Group, Lack, Portion, Shares};
use tokio::sync::oneshot;

use super::receive::Unreceived;

/// The memory, and the bodies that come.
#[derive(Debug)]
pub(super) struct Bodies {
    shares: Arc<Shares>,
    coming: Mutex<Coming>,
}

#[derive(Debug, Default)]
struct Coming {
    next: u64,
    /// Those of each caller, by number: the first has been coming for longest.
    callers: HashMap<Group, BTreeMap<u64, Entry>>,
}

/// What a body holds while it comes; dropping it gives that back, and tells who reads it.
#[derive(Debug)]
struct Entry {
    caller: Caller,
    portion: Portion,
    _cut: oneshot::Sender<()>,
}

/// A body that comes. What it holds is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Arrival {
    bodies: Arc<Bodies>,
    caller: Group,
    number: u64,
    cut: oneshot::Receiver<()>,
}

impl Bodies {
    pub(super) fn new(all: usize) -> Arc<Self> {
        Arc::new(Self {
            shares: Shares::new(all),
            coming: Mutex::default(),
        })
    }

    /// Room for a body that begins to come. `None` when there is none, and nobody gives way.
    pub(super) fn begin(self: &Arc<Self>, caller: Caller, bytes: usize) -> Option<Arrival> {
        loop {
            match self.shares.try_take_or_say(caller, bytes) {
                Ok(portion) => return Some(self.enter(caller, portion)),
                Err(lack) => self.coming().make_room(&self.shares, lack, None)?,
            }
        }
    }

    fn enter(self: &Arc<Self>, caller: Caller, portion: Portion) -> Arrival {
        let (sender, cut) = oneshot::channel();
        let mut coming = self.coming();
        coming.next += 1;
        let number = coming.next;
        let entry = Entry {
            caller,
            portion,
            _cut: sender,
        };
        let own = coming.callers.entry(caller.own()).or_default();
        own.insert(number, entry);
        Arrival {
            bodies: Arc::clone(self),
            caller: caller.own(),
            number,
            cut,
        }
    }

    fn coming(&self) -> MutexGuard<'_, Coming> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Coming {
    /// Takes back what one body holds. `None` when there is none to give way but the one that is
    /// to get the room.
    fn make_room(&mut self, shares: &Shares, lack: Lack, asking: Option<u64>) -> Option<()> {
        let (caller, number) = match lack {
            Lack::Of(own @ Group::Caller(_)) => (own, *self.callers.get(&own)?.keys().next()?),
            Lack::Of(place) => self.of_largest(shares, |caller| caller.place() == place)?,
            Lack::OfAll => self.of_largest(shares, |_| true)?,
        };
        if asking == Some(number) {
            return None;
        }
        self.remove(caller, number).map(drop)
    }

    /// The body that has been coming for longest, of the caller among these that holds most.
    fn of_largest(
        &self,
        shares: &Shares,
        is_among: impl Fn(Caller) -> bool,
    ) -> Option<(Group, u64)> {
        let oldest = self.callers.iter().filter_map(|(caller, bodies)| {
            let mut bodies = bodies.iter();
            let (number, _) = bodies.find(|(_, entry)| is_among(entry.caller))?;
            Some((*caller, *number))
        });
        shares
            .held(|held| oldest.max_by_key(|(caller, number)| (held.by(*caller), Reverse(*number))))
    }

    fn remove(&mut self, caller: Group, number: u64) -> Option<Entry> {
        let bodies = self.callers.get_mut(&caller)?;
        let entry = bodies.remove(&number);
        if bodies.is_empty() {
            self.callers.remove(&caller);
        }
        entry
    }
}

impl Arrival {
    /// Comes back when the body has to give way to another.
    pub(super) async fn has_to_give_way(&mut self) {
        // Nothing is ever sent: the other end is dropped.
        let _ = (&mut self.cut).await;
    }

    /// Room for further bytes of it.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Unreceived> {
        let mut coming = self.bodies.coming();
        loop {
            let own = coming.callers.get_mut(&self.caller);
            let entry = own.and_then(|own| own.get_mut(&self.number));
            let entry = entry.ok_or(Unreceived::TooSlow)?;
            let Err(lack) = entry.portion.try_grow(bytes) else {
                return Ok(());
            };
            let room = coming.make_room(&self.bodies.shares, lack, Some(self.number));
            room.ok_or(Unreceived::Full)?;
        }
    }

    /// It has come: what it holds can no longer be taken back.
    pub(super) fn finish(self) -> Option<Portion> {
        let entry = self.bodies.coming().remove(self.caller, self.number);
        entry.map(|entry| entry.portion)
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        drop(self.bodies.coming().remove(self.caller, self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_hub::limits::Subject;
    use battala_proto::id::UserId;
    use futures_util::FutureExt as _;

    fn stranger(last: u8) -> Caller {
        let address = Subject::address([192, 0, 2, last].into());
        Caller::new(address, address)
    }

    fn account(id: i64, last: u8) -> Caller {
        let address = Subject::address([192, 0, 2, last].into());
        Caller::new(Subject::User(UserId::from_raw(id)), address)
    }

    fn begin(bodies: &Arc<Bodies>, caller: Caller, bytes: usize) -> Arrival {
        bodies.begin(caller, bytes).expect("room")
    }

    fn is_cut(arrival: &mut Arrival) -> bool {
        arrival.has_to_give_way().now_or_never().is_some()
    }

    #[test]
    fn who_has_its_share_loses_the_body_that_has_come_for_longest() {
        let bodies = Bodies::new(800);
        let mut first = begin(&bodies, stranger(1), 50);
        let mut second = begin(&bodies, stranger(1), 50);
        let mut other = begin(&bodies, stranger(2), 50);
        let third = begin(&bodies, stranger(1), 50);
        assert!(is_cut(&mut first) && !is_cut(&mut second) && !is_cut(&mut other));
        assert_eq!(first.grow(1), Err(Unreceived::TooSlow));
        assert!(first.finish().is_none(), "it was taken back");
        drop((second, third, other));
        assert!(bodies.coming().callers.is_empty());
        assert!(bodies.shares.held(|held| held.by(stranger(1).own()) == 0));
    }

    #[test]
    fn what_has_come_is_not_taken_back() {
        let bodies = Bodies::new(800);
        let portion = begin(&bodies, stranger(1), 100).finish();
        assert!(bodies.begin(stranger(1), 1).is_none());
        drop(portion);
        assert!(bodies.begin(stranger(1), 1).is_some());
    }

    #[test]
    fn a_body_grows_at_the_cost_of_older_ones_and_never_at_its_own() {
        let bodies = Bodies::new(800);
        let mut older = begin(&bodies, stranger(1), 50);
        let mut newer = begin(&bodies, stranger(1), 50);
        assert_eq!(older.grow(10), Err(Unreceived::Full), "it is the oldest");
        assert!(!is_cut(&mut newer));
        assert_eq!(newer.grow(10), Ok(()));
        assert!(is_cut(&mut older));
    }

    #[test]
    fn when_all_is_full_whoever_holds_most_gives_way() {
        let bodies = Bodies::new(800);
        let mut little = begin(&bodies, stranger(99), 12);
        let mut slow: Vec<(u8, Arrival)> = Vec::new();
        for last in 1..=9 {
            let caller = stranger(last);
            slow.extend((0..2).filter_map(|_| Some((last, bodies.begin(caller, 50)?))));
        }
        let cut = slow
            .iter_mut()
            .filter_map(|(_, body)| is_cut(body).then_some(()));
        assert!(cut.count() >= 2, "nine have no more than all");
        for newcomer in 20..=60 {
            let mut body = begin(&bodies, stranger(newcomer), 5);
            assert_eq!(body.grow(45), Ok(()), "{newcomer} is not turned away");
        }
        assert!(!is_cut(&mut little), "it holds next to nothing");
    }

    #[test]
    fn when_a_place_is_full_nobody_elsewhere_gives_way() {
        let bodies = Bodies::new(800);
        let mut elsewhere = begin(&bodies, stranger(2), 100);
        let mut here: Vec<Arrival> = (1..=4)
            .map(|id| begin(&bodies, account(id, 1), 100))
            .collect();
        let _fifth = begin(&bodies, account(5, 1), 50);
        assert!(is_cut(&mut here[0]) && !is_cut(&mut here[1]));
        assert!(!is_cut(&mut elsewhere));
    }
}
