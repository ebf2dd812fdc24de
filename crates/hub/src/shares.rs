//! A bounded amount of memory that callers share: each has a part of it at most.
//!
//! Knows neither bodies nor answers, only their sizes, and no transport by which a caller comes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Subject;
use crate::network::Holder;

/// What every caller may hold when others have taken all, or all of their place: a small answer, a
/// sign-in. So a few who hold much close the hub to nobody.
pub const RESERVED_BYTES: usize = 64 * 1024;

/// Who holds something: the account or the session, if a token that the hub has signed came along,
/// and always where it is. People of one school have one address, but an account each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The account, the session of a refresh cookie, or the address of who has neither.
    own: Subject,
    /// The address; of IPv6, all addresses of the site.
    place: Subject,
}

/// What counts together: one caller, or everybody at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// An account, or an address without one.
    Caller(Subject),
    /// An address, or a site.
    Place(Subject),
}

impl Caller {
    /// An account at an address, or the address itself.
    pub const fn new(own: Subject, address: Subject) -> Self {
        let place = match address.site() {
            Some(site) => site,
            None => address,
        };
        Self { own, place }
    }

    /// Where it is: the address, or the site around it.
    pub(crate) const fn address(self) -> Holder {
        match self.place {
            Subject::Address(holder) => holder,
            Subject::User(_) | Subject::Session(_) => Holder::UNKNOWN,
        }
    }

    /// What it counts in by itself.
    pub const fn own(self) -> Group {
        Group::Caller(self.own)
    }

    /// What it counts in with everybody at its place.
    pub const fn place(self) -> Group {
        Group::Place(self.place)
    }

    /// What it counts in, each with its share of `all`: an eighth for a caller, half of all for a
    /// place, so that neither accounts by the dozen help nor networks by the thousand, and a whole
    /// school is served.
    pub fn groups(self, all: usize) -> [(Group, usize); 2] {
        [
            (self.own(), Self::share(all)),
            (self.place(), all.div_ceil(2)),
        ]
    }

    /// The share of a caller.
    pub const fn share(all: usize) -> usize {
        all.div_ceil(8)
    }

    /// The account or the session, when there is one.
    pub const fn proven(self) -> Option<Subject> {
        match self.own {
            Subject::Address(_) => None,
            own => Some(own),
        }
    }
}

/// So much memory, and who holds how much of it.
#[derive(Debug)]
pub struct Shares {
    all: usize,
    held: Mutex<Held>,
}

/// Who holds how much of it.
#[derive(Debug, Default)]
pub struct Held {
    /// What counts in the shares of all places together.
    placed: usize,
    /// What all callers hold within what is kept for each.
    kept: usize,
    groups: HashMap<Group, usize>,
    /// The same by their place.
    reserved: HashMap<Group, usize>,
}

/// Where there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// In the share of a group.
    Of(Group),
    /// In all of the memory.
    OfAll,
}

/// Bytes, and what they count in besides their caller and all.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    bytes: usize,
    /// How many of them count in the share of the place.
    placed: usize,
    /// How many of them come out of what is kept for each caller.
    reserved: usize,
}

/// A part of the memory, given back when dropped.
#[derive(Debug)]
pub struct Portion {
    shares: Arc<Shares>,
    caller: Caller,
    taken: Taken,
}

impl Shares {
    /// So many bytes for all.
    pub fn new(all: usize) -> Arc<Self> {
        Arc::new(Self {
            all,
            held: Mutex::default(),
        })
    }

    /// Whether the caller may hold anything further.
    pub fn has_room(&self, caller: Caller) -> bool {
        self.held(|held| held.fit(caller, self.all, 1).is_ok())
    }

    /// The bytes, if they fit into what is left for the caller. One who holds nothing gets more
    /// than a share, if it is there: no single answer is too large for ever.
    pub fn try_take(self: &Arc<Self>, caller: Caller, bytes: usize) -> Option<Portion> {
        self.try_take_or_say(caller, bytes).ok()
    }

    /// The same, or where the room is lacking.
    pub fn try_take_or_say(
        self: &Arc<Self>,
        caller: Caller,
        bytes: usize,
    ) -> Result<Portion, Lack> {
        let taken = self.held(|held| {
            let taken = held.fit(caller, self.all, bytes)?;
            held.add(caller, taken);
            Ok(taken)
        })?;
        Ok(self.portion(caller, taken))
    }

    /// The bytes, whether they fit or not: they are there already. What follows has to wait, but
    /// only for their caller: what is above its share, or that of its place, takes nothing from
    /// others.
    pub fn take(self: &Arc<Self>, caller: Caller, bytes: usize) -> Portion {
        let taken = self.held(|held| {
            let taken = match held.fit(caller, self.all, bytes) {
                // What is kept for each is bounded for all: what fits there counts there.
                Ok(taken) if taken.reserved > 0 => taken,
                Ok(_) | Err(_) => held.as_is(caller, self.all, (bytes, 0)),
            };
            held.add(caller, taken);
            taken
        });
        self.portion(caller, taken)
    }

    fn portion(self: &Arc<Self>, caller: Caller, taken: Taken) -> Portion {
        Portion {
            shares: Arc::clone(self),
            caller,
            taken,
        }
    }

    /// Looks at who holds how much.
    pub fn held<R>(&self, look: impl FnOnce(&mut Held) -> R) -> R {
        look(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held {
    /// What the group holds.
    pub fn by(&self, group: Group) -> usize {
        self.groups.get(&group).copied().unwrap_or(0)
    }

    /// What the bytes count in when they fit, or where there is no room for them.
    fn fit(&self, caller: Caller, all: usize, bytes: usize) -> Result<Taken, Lack> {
        let full = caller.groups(all).into_iter().find(|(group, share)| {
            let held = self.by(*group);
            held > 0 && held + bytes > *share
        });
        let lack = match full {
            Some((group, _)) => Lack::Of(group),
            None if self.placed + bytes > all => Lack::OfAll,
            None => {
                return Ok(Taken {
                    bytes,
                    placed: bytes,
                    reserved: 0,
                });
            }
        };
        if self.is_small(caller, all, bytes) {
            return Ok(Taken {
                bytes,
                placed: 0,
                reserved: bytes,
            });
        }
        Err(lack)
    }

    /// What bytes count in that are there already, of which so many came out of what is kept.
    fn as_is(&self, caller: Caller, all: usize, (bytes, reserved): (usize, usize)) -> Taken {
        let left = caller.groups(all).map(|(group, share)| {
            let held = self.by(group);
            share.saturating_sub(held)
        });
        let left = left.into_iter().min().unwrap_or(0);
        let reserved = reserved.min(bytes);
        Taken {
            bytes,
            placed: (bytes - reserved).min(left),
            reserved,
        }
    }

    /// Whether the caller stays within what is kept for each: half of the memory more is there for
    /// that, an eighth for a place, so that thousands of callers do not make it endless. Whatever
    /// others hold beyond their shares is nothing to it.
    fn is_small(&self, caller: Caller, all: usize, bytes: usize) -> bool {
        let held = self.by(caller.own());
        let of_place = self.reserved.get(&caller.place()).copied().unwrap_or(0);
        held + bytes <= RESERVED_BYTES.min(all / 64)
            && of_place + bytes <= all / 8
            && self.kept + bytes <= all / 2
    }

    fn add(&mut self, caller: Caller, taken: Taken) {
        self.placed += taken.placed;
        self.kept += taken.reserved;
        add(&mut self.groups, caller.own(), taken.bytes);
        add(&mut self.groups, caller.place(), taken.placed);
        add(&mut self.reserved, caller.place(), taken.reserved);
    }

    fn subtract(&mut self, caller: Caller, taken: Taken) {
        self.placed = self.placed.saturating_sub(taken.placed);
        self.kept = self.kept.saturating_sub(taken.reserved);
        subtract(&mut self.groups, caller.own(), taken.bytes);
        subtract(&mut self.groups, caller.place(), taken.placed);
        subtract(&mut self.reserved, caller.place(), taken.reserved);
    }
}

fn add(held: &mut HashMap<Group, usize>, group: Group, bytes: usize) {
    if bytes > 0 {
        *held.entry(group).or_default() += bytes;
    }
}

fn subtract(held: &mut HashMap<Group, usize>, group: Group, bytes: usize) {
    if let Some(of_group) = held.get_mut(&group) {
        *of_group = of_group.saturating_sub(bytes);
        if *of_group == 0 {
            held.remove(&group);
        }
    }
}

impl Portion {
    /// How many bytes it is.
    pub const fn bytes(&self) -> usize {
        self.taken.bytes
    }

    /// Makes it as large as what it was taken for has turned out to be. What is beyond is there
    /// already and is counted for the caller; what follows has to wait.
    pub fn resize(&mut self, bytes: usize) {
        let (caller, all, before) = (self.caller, self.shares.all, self.taken);
        self.taken = self.shares.held(|held| {
            held.subtract(caller, before);
            let taken = held.as_is(caller, all, (bytes, before.reserved));
            held.add(caller, taken);
            taken
        });
    }

    /// Takes further bytes, or says where the room is lacking.
    pub fn try_grow(&mut self, bytes: usize) -> Result<(), Lack> {
        let mut further = self.shares.try_take_or_say(self.caller, bytes)?;
        // It is given back with this portion.
        let further = std::mem::take(&mut further.taken);
        self.taken.bytes += further.bytes;
        self.taken.placed += further.placed;
        self.taken.reserved += further.reserved;
        Ok(())
    }
}

impl Drop for Portion {
    fn drop(&mut self) {
        let (caller, taken) = (self.caller, self.taken);
        self.shares.held(|held| held.subtract(caller, taken));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_proto::id::UserId;

    fn address(last: u8) -> Subject {
        Subject::address([192, 0, 2, last].into())
    }

    fn stranger(last: u8) -> Caller {
        Caller::new(address(last), address(last))
    }

    fn account(id: i64, last: u8) -> Caller {
        Caller::new(Subject::User(UserId::from_raw(id)), address(last))
    }

    #[test]
    fn one_caller_has_an_eighth_and_others_are_not_held_up() {
        let shares = Shares::new(800);
        let first = shares.try_take(stranger(1), 60).unwrap();
        assert!(shares.try_take(stranger(1), 41).is_none());
        let second = shares.try_take(stranger(1), 40).unwrap();
        assert!(!shares.has_room(stranger(1)) && shares.has_room(stranger(2)));
        drop(first);
        assert!(shares.try_take(stranger(1), 60).is_some());
        drop(second);
        assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
    }

    #[test]
    fn accounts_of_one_address_have_half_of_all_together() {
        let shares = Shares::new(800);
        let taken: Vec<Portion> = (1..=100)
            .map_while(|id| shares.try_take(account(id, 1), 100))
            .collect();
        assert_eq!(taken.len(), 4);
        assert!(shares.try_take(account(1, 2), 100).is_none(), "its share");
        assert!(shares.try_take(account(9, 2), 100).is_some());
    }

    #[test]
    fn when_a_place_is_full_each_other_account_there_still_has_a_little() {
        let shares = Shares::new(6400);
        let taken: Vec<Portion> = (1..=4)
            .filter_map(|id| shares.try_take(account(id, 1), 800))
            .collect();
        assert_eq!(taken.len(), 4);
        assert!(!shares.has_room(account(1, 1)), "it has its share");
        assert!(shares.has_room(account(9, 1)));
        assert!(
            shares.try_take(account(9, 1), 101).is_none(),
            "not a little"
        );
        let many: Vec<Portion> = (10..=200)
            .filter_map(|id| shares.try_take(account(id, 1), 100))
            .collect();
        assert_eq!(many.len(), 8, "an eighth of all");
        assert!(shares.try_take(account(9, 2), 800).is_some(), "elsewhere");
        drop((taken, many));
        assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
        assert!(shares.held(|held| held.reserved.is_empty()));
    }

    #[test]
    fn what_has_to_go_beyond_a_share_holds_up_its_caller_and_not_the_place() {
        let shares = Shares::new(6400);
        let there = [
            shares.take(account(1, 1), 700),
            shares.take(account(1, 1), 5000),
        ];
        assert!(!shares.has_room(account(1, 1)));
        assert!(shares.try_take(account(2, 1), 600).is_some());
        drop(there);
        assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
    }

    #[test]
    fn answers_that_had_to_go_at_a_full_place_close_nothing_to_anybody_elsewhere() {
        let shares = Shares::new(6400);
        let mut there: Vec<Portion> = (1..=4)
            .filter_map(|id| shares.try_take(account(id, 1), 800))
            .collect();
        for id in 5..40 {
            // All of them look before the first has its answer.
            let asked = (0..16).filter(|_| shares.has_room(account(id, 1))).count();
            there.extend((0..asked).map(|_| shares.take(account(id, 1), 300)));
        }
        assert!(shares.has_room(stranger(2)));
        assert!(shares.try_take(account(99, 2), 800).is_some());
        assert!(shares.has_room(account(50, 1)), "a little, here too");
    }

    #[test]
    fn what_was_kept_for_an_answer_grows_at_the_cost_of_its_caller_alone() {
        let shares = Shares::new(6400);
        let taken: Vec<Portion> = (1..=4)
            .filter_map(|id| shares.try_take(account(id, 1), 800))
            .collect();
        let mut kept = shares.try_take(account(5, 1), 100).unwrap();
        assert!(shares.try_take(account(5, 1), 1).is_none(), "one at a time");
        kept.resize(300);
        assert!(!shares.has_room(account(5, 1)));
        assert_eq!(shares.held(|held| (held.placed, held.kept)), (3200, 100));
        kept.resize(20);
        assert_eq!(shares.held(|held| (held.placed, held.kept)), (3200, 20));
        drop(taken);
        // Where there is room, what it grows by counts for its place, too.
        kept.resize(300);
        assert_eq!(shares.held(|held| (held.placed, held.kept)), (280, 20));
        drop(kept);
        assert!(shares.held(|held| held.kept == 0 && held.groups.is_empty()));
    }

    #[test]
    fn networks_of_one_site_have_half_of_all_together() {
        let shares = Shares::new(800);
        let stranger = |site: u32, network: u32| {
            let address = format!("2001:db8:{site:x}:{network:x}::1").parse().unwrap();
            Caller::new(Subject::address(address), Subject::address(address))
        };
        let taken: Vec<Portion> = (1..=100)
            .filter_map(|network| shares.try_take(stranger(1, network), 100))
            .collect();
        assert_eq!(taken.len(), 4);
        assert!(shares.try_take(stranger(2, 1), 100).is_some());
    }

    #[test]
    fn when_all_is_taken_each_other_caller_still_has_a_little() {
        let shares = Shares::new(6400);
        let taken: Vec<Portion> = (1..=8)
            .filter_map(|last| shares.try_take(stranger(last), 800))
            .collect();
        assert_eq!(taken.len(), 8);
        let beyond = shares.take(stranger(1), 500_000);
        assert!(!shares.has_room(stranger(2)), "it has its share");
        assert!(shares.has_room(stranger(9)));
        assert!(shares.try_take(stranger(9), 101).is_none(), "not a little");
        let little = shares.try_take(stranger(9), 100).unwrap();
        assert!(!shares.has_room(stranger(9)));
        let many: Vec<Portion> = (10..=200)
            .filter_map(|last| shares.try_take(stranger(last), 100))
            .collect();
        assert_eq!(many.len(), 31, "up to half as much again");
        drop((taken, beyond, little, many));
        assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
    }

    #[test]
    fn what_is_larger_than_a_share_passes_alone_and_never_beyond_all() {
        let shares = Shares::new(800);
        let large = shares.try_take(stranger(1), 700).unwrap();
        assert!(shares.try_take(stranger(1), 1).is_none());
        assert!(shares.try_take(stranger(2), 101).is_none());
        drop(large);
        assert!(shares.try_take(stranger(1), 801).is_none());
    }

    #[test]
    fn a_portion_grows_within_the_share_and_is_given_back_whole() {
        let shares = Shares::new(800);
        let mut portion = shares.try_take(stranger(1), 10).unwrap();
        assert_eq!(portion.try_grow(90), Ok(()));
        let full = Lack::Of(stranger(1).own());
        assert_eq!(portion.try_grow(1), Err(full));
        portion.resize(99);
        assert!(shares.has_room(stranger(1)));
        portion.resize(300);
        assert!(!shares.has_room(stranger(1)));
        drop(portion);
        assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
    }

    #[test]
    fn what_is_there_already_is_counted_beyond_the_bound() {
        let shares = Shares::new(800);
        let there = shares.take(stranger(1), 1300);
        assert!(!shares.has_room(stranger(1)));
        assert!(shares.has_room(stranger(2)));
        drop(there);
        assert!(shares.has_room(stranger(1)));
    }

    #[test]
    fn what_is_there_already_counts_in_what_is_kept_where_it_fits_there() {
        let shares = Shares::new(6400);
        let taken: Vec<Portion> = (1..=4)
            .filter_map(|id| shares.try_take(account(id, 1), 800))
            .collect();
        let many: Vec<Portion> = (10..100)
            .take_while(|id| shares.has_room(account(*id, 1)))
            .map(|id| shares.take(account(id, 1), 100))
            .collect();
        assert_eq!(many.len(), 8, "an eighth of all, for a place");
        drop((taken, many));
        assert!(shares.held(|held| held.kept == 0 && held.reserved.is_empty()));
    }
}
