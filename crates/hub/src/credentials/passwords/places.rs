//! Places of those who wait for a hash, or whose hash is being computed.
//!
//! An account has one, the changes of all accounts together a quarter, and the sign-ins of one network
//! a quarter. Where all are taken, who comes and holds fewer takes the place of the last one who waits
//! of whoever holds most: a crowd from a few networks keeps nobody out. The changes of one network's
//! accounts count together, and apart from its sign-ins: who makes accounts by the dozen holds up
//! neither other networks' nor who has none. This module knows no hashes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

use crate::error::{Error, Result};
use crate::limits::Subject;
use crate::limits::network::Holder;
use crate::limits::shares;

/// When an account that waits for a hash may ask for another one: most are done by then.
const RETRY_MS: u64 = 1000;

/// Who has how many places.
pub(super) struct Places {
    max: usize,
    workers_max: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    taken: usize,
    /// Those that have a place.
    accounts: HashSet<Subject>,
    next_id: u64,
    callers: HashMap<Whom, Caller>,
}

/// Whose places are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    SignInsOf(Holder),
    AccountsOf(Holder),
}

impl Whom {
    fn of(caller: shares::Caller) -> Self {
        let network = Holder::place(caller.address().first());
        match caller.proven() {
            Some(_) => Self::AccountsOf(network),
            None => Self::SignInsOf(network),
        }
    }

    const fn are_accounts(self) -> bool {
        matches!(self, Self::AccountsOf(_))
    }
}

struct Caller {
    /// In order of arrival.
    places: Vec<Waiting>,
    /// As many as there are workers: who is next among the caller's own.
    turn: Arc<Semaphore>,
}

struct Waiting {
    id: u64,
    account: Option<Subject>,
    /// Tells that the place is lost; `None` for who waits no longer.
    tell: Option<oneshot::Sender<()>>,
}

/// A place, and what is to be done with it.
pub(super) struct Taken {
    pub(super) place: Place,
    /// The turn among the caller's own.
    pub(super) turn: Arc<Semaphore>,
    /// Ready when somebody else has got the place.
    pub(super) lost: oneshot::Receiver<()>,
}

/// One of the places; given back when dropped.
pub(super) struct Place {
    places: Arc<Places>,
    whom: Whom,
    id: u64,
}

impl Places {
    pub(super) fn new(max: usize, workers_max: usize) -> Self {
        Self {
            max,
            workers_max,
            held: Mutex::default(),
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the caller's share is taken, or all are and nobody holds more than
    /// the caller; [`Error::RateLimited`] for an account that has a place.
    pub(super) fn take(this: &Arc<Self>, caller: shares::Caller) -> Result<Taken> {
        let (whom, account) = (Whom::of(caller), caller.proven());
        let mut held = this.held();
        let (own, quarter) = (held.of(whom), this.max.div_ceil(4));
        if let Some(account) = account {
            if held.accounts.contains(&account) {
                return Err(Error::RateLimited {
                    retry_after_ms: RETRY_MS,
                });
            }
            if held.accounts.len() >= quarter {
                held.make_room_for(own, Whom::are_accounts)?;
            }
        } else if own >= quarter {
            return Err(Error::Unavailable);
        }
        if held.taken >= this.max {
            held.make_room_for(own, |_| true)?;
        }
        let id = held.next_id;
        held.next_id += 1;
        held.taken += 1;
        held.accounts.extend(account);
        let caller = held.callers.entry(whom).or_insert_with(|| Caller {
            places: Vec::new(),
            turn: Arc::new(Semaphore::new(this.workers_max)),
        });
        let (tell, lost) = oneshot::channel();
        caller.places.push(Waiting {
            id,
            account,
            tell: Some(tell),
        });
        let turn = Arc::clone(&caller.turn);
        drop(held);
        let place = Place {
            places: Arc::clone(this),
            whom,
            id,
        };
        Ok(Taken { place, turn, lost })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn of(&self, whom: Whom) -> usize {
        self.callers
            .get(&whom)
            .map_or(0, |caller| caller.places.len())
    }

    /// Takes the place of the last one who waits of whoever of these holds most, for one who holds
    /// `own` and will not hold more than whoever gave it up.
    fn make_room_for(&mut self, own: usize, is_among: impl Fn(Whom) -> bool) -> Result<()> {
        let waits = |caller: &Caller| caller.places.iter().any(|place| place.tell.is_some());
        let largest = self
            .callers
            .iter()
            .filter(|(whom, caller)| {
                is_among(**whom) && caller.places.len() > own + 1 && waits(caller)
            })
            .max_by_key(|(_, caller)| caller.places.len());
        let (whom, caller) = largest.ok_or(Error::Unavailable)?;
        let mut waiting = caller.places.iter().rev();
        let last = waiting.find(|place| place.tell.is_some());
        let (whom, id) = (*whom, last.ok_or(Error::Unavailable)?.id);
        if let Some(tell) = self.remove(whom, id) {
            // Who has hung up meanwhile need not be told.
            let _ = tell.send(());
        }
        Ok(())
    }

    /// Gives a place back, unless it was lost before; the way to tell who waited for it.
    fn remove(&mut self, whom: Whom, id: u64) -> Option<oneshot::Sender<()>> {
        let caller = self.callers.get_mut(&whom)?;
        let at = caller.places.iter().position(|place| place.id == id)?;
        let Waiting { account, tell, .. } = caller.places.remove(at);
        if caller.places.is_empty() {
            self.callers.remove(&whom);
        }
        self.taken -= 1;
        if let Some(account) = account {
            self.accounts.remove(&account);
        }
        tell
    }
}

impl Place {
    /// The caller has its worker, and loses its place to nobody from here on.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it has lost it already.
    pub(super) fn begin(&self) -> Result<()> {
        let mut held = self.places.held();
        let caller = held.callers.get_mut(&self.whom);
        let place = caller.and_then(|caller| {
            let mut places = caller.places.iter_mut();
            places.find(|place| place.id == self.id)
        });
        place.ok_or(Error::Unavailable)?.tell = None;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.held().remove(self.whom, self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_proto::id::UserId;

    fn at(address: [u8; 4]) -> shares::Caller {
        let address = Subject::address(address.into());
        shares::Caller::new(address, address)
    }

    fn network(number: u8) -> shares::Caller {
        at([10, 1, number, 7])
    }

    fn account(id: i64, number: u8) -> shares::Caller {
        let address = Subject::address([10, 1, number, 7].into());
        shares::Caller::new(Subject::User(UserId::from_raw(id)), address)
    }

    fn is_busy<T>(outcome: &Result<T>) -> bool {
        matches!(outcome, Err(Error::Unavailable))
    }

    #[test]
    fn an_account_has_one_place_all_accounts_a_quarter_and_a_network_a_quarter() {
        let places = Arc::new(Places::new(8, 1));
        let first = Places::take(&places, account(1, 1)).unwrap();
        let refused = Places::take(&places, account(1, 1)).map(drop);
        assert!(matches!(refused, Err(Error::RateLimited { .. })));
        let _second = Places::take(&places, account(2, 1)).unwrap();
        assert!(is_busy(&Places::take(&places, account(3, 1))));
        let neighbours = [[10, 1, 1, 7], [10, 1, 1, 9]].map(at);
        let crowd = neighbours.map(|whom| Places::take(&places, whom).unwrap());
        assert!(is_busy(&Places::take(&places, network(1))));
        drop(first);
        Places::take(&places, account(1, 1)).unwrap();
        drop(crowd);
        Places::take(&places, network(1)).unwrap();
        assert_eq!(places.held().callers.len(), 1);
    }

    #[test]
    fn whoever_holds_most_makes_room_for_who_holds_fewer_and_for_nobody_else() {
        let places = Arc::new(Places::new(8, 1));
        let take = |whom| Places::take(&places, whom);
        let mut crowd: Vec<Taken> = (0..8)
            .map(|number| take(network(number / 2)).unwrap())
            .collect();
        // All have a worker but one, who is the last of its own.
        for taken in crowd.iter().filter(|taken| taken.place.id != 5) {
            taken.place.begin().unwrap();
        }
        let newcomer = take(network(9)).unwrap();
        assert!(crowd[5].lost.try_recv().is_ok());
        assert!(is_busy(&crowd[5].place.begin()));
        newcomer.place.begin().unwrap();
        // Nobody waits any more, and a place that was lost is not given back twice.
        assert!(is_busy(&take(network(10))));
        drop(crowd.remove(5));
        assert_eq!(places.held().taken, 8);
        assert!(is_busy(&take(network(10))));
        drop((crowd, newcomer));
        assert_eq!(places.held().taken, 0);
        assert!(places.held().callers.is_empty());
    }

    #[test]
    fn one_of_each_is_replaced_by_nobody() {
        let places = Arc::new(Places::new(4, 1));
        let crowd: Vec<Taken> = (0..4)
            .map(|number| Places::take(&places, network(number)).unwrap())
            .collect();
        assert!(is_busy(&Places::take(&places, network(9))));
        drop(crowd);
    }

    #[test]
    fn accounts_by_the_dozen_make_room_for_an_account_elsewhere() {
        let places = Arc::new(Places::new(16, 1));
        let take = |whom| Places::take(&places, whom);
        let mut dozen: Vec<Taken> = (1..=4).map(|id| take(account(id, 1)).unwrap()).collect();
        assert!(is_busy(&take(account(5, 1))), "it holds no fewer");
        dozen[3].place.begin().unwrap();
        let elsewhere = take(account(6, 2)).unwrap();
        assert!(dozen[2].lost.try_recv().is_ok() && dozen[1].lost.try_recv().is_err());
        let again = take(account(3, 3)).unwrap();
        assert!(dozen[1].lost.try_recv().is_ok(), "it has no place any more");
        // Two here, one there, one there: nobody holds more than a newcomer would.
        let _sign_ins = [4, 5].map(|number| take(network(number)).unwrap());
        drop((dozen, elsewhere, again));
        assert!(places.held().accounts.is_empty());
    }
}
