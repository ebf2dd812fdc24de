//! A bounded amount of memory that callers share: each has a part of it at most.
//!
//! Knows neither bodies nor answers, only their sizes, and no transport by which a caller comes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Subject;
use crate::limits::network::Holder;

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
            Subject::User(_) | Subject::Session(_) | Subject::Outdated(..) => Holder::UNKNOWN,
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
mod tests;
