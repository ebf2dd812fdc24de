//! Memory for what one connection alone is sent and has not taken: answers, reading positions,
//! member lists. It has one bound for all, of which each account and each address has a share.
//!
//! Knows no event and no command. What many are sent is encoded once for all of them, and bounded
//! by the queue of each.

use std::sync::Arc;

use battala_hub::shares::{Caller, Held, Lack, Portion, RESERVED_BYTES, Shares};
use battala_socketio::Frame;

/// For all connections. A hundred answers to who was away for long, per address half of that.
const UNTAKEN_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How much room is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) most: usize,
    pub(crate) least: usize,
}

impl Sizes {
    /// What is known: nothing smaller will do.
    pub(crate) const fn whole(bytes: usize) -> Self {
        Self {
            most: bytes,
            least: bytes,
        }
    }

    /// What is not made yet, and can be smaller: as small as what is kept for each.
    pub(crate) fn up_to(most: usize) -> Self {
        Self {
            most,
            least: most.min(RESERVED_BYTES),
        }
    }
}

/// The memory, and who has how much of it.
#[derive(Clone)]
pub(crate) struct Untaken(Arc<Shares>);

impl Default for Untaken {
    fn default() -> Self {
        Self(Shares::new(UNTAKEN_BYTES_MAX))
    }
}

impl Untaken {
    /// Room for what may be as large as the most; less when that is not there, but not less than the
    /// least.
    ///
    /// # Errors
    /// Where the room is lacking for that.
    pub(crate) fn try_take(&self, caller: Caller, sizes: &Sizes) -> Result<Portion, Lack> {
        let most = self.0.try_take(caller, sizes.most);
        most.map_or_else(|| self.0.try_take_or_say(caller, sizes.least), Ok)
    }

    /// Room for what is there already, and only for its caller's account where it does not fit.
    pub(crate) fn take(&self, caller: Caller, bytes: usize) -> Portion {
        self.0.take(caller, bytes)
    }

    /// Whether a further frame may be made for the caller.
    pub(crate) fn has_room(&self, caller: Caller) -> bool {
        self.0.has_room(caller)
    }

    /// Looks at who holds how much.
    pub(crate) fn held<R>(&self, look: impl FnOnce(&Held) -> R) -> R {
        self.0.held(|held| look(held))
    }

    /// The frame, counted until all its readers have taken it, to each of them a part: who takes it
    /// pays little for who does not, and nobody keeps what nobody pays for. Readers without room for
    /// their part stay without it.
    pub(crate) fn hold<T>(
        &self,
        frame: Frame,
        readers: &mut Vec<T>,
        caller: impl Fn(&T) -> Caller,
    ) -> Frame {
        let part_of = |readers: &[T]| frame.size_bytes().div_ceil(readers.len().max(1));
        let part = part_of(readers);
        let mut parts: Vec<Portion> = Vec::with_capacity(readers.len());
        readers.retain(|reader| {
            let portion = self.0.try_take(caller(reader), part);
            let has_room = portion.is_some();
            parts.extend(portion);
            has_room
        });
        let part = part_of(readers);
        for portion in &mut parts {
            portion.resize(part);
        }
        frame.holding(parts)
    }
}

#[cfg(test)]
mod tests {
    use battala_hub::limits::Subject;
    use battala_proto::id::UserId;

    use super::*;

    fn caller(id: i64) -> Caller {
        let address = Subject::address([192, 0, 2, 1].into());
        Caller::new(Subject::User(UserId::from_raw(id)), address)
    }

    fn frame(size: usize) -> Frame {
        Frame::event("n", &"x".repeat(size)).expect("a frame")
    }

    /// A share of it, of which a caller has an eighth.
    const SHARE: usize = UNTAKEN_BYTES_MAX / 8;

    #[test]
    fn who_has_its_share_gets_no_more_until_something_was_taken() {
        let untaken = Untaken::default();
        let take = |id, most| untaken.try_take(caller(id), &Sizes::up_to(most));
        let mut first = take(1, SHARE).expect("a share");
        let lack = take(1, 1000).map(drop);
        assert_eq!(lack, Err(Lack::Of(caller(1).own())));
        assert_eq!(take(2, 1000).expect("a neighbour").bytes(), 1000);
        // It was not as large as it might have been.
        first.resize(SHARE - RESERVED_BYTES);
        let less = take(1, 2 * RESERVED_BYTES).expect("less");
        assert_eq!(less.bytes(), RESERVED_BYTES);
        drop(less);
        let whole = Sizes::whole(2 * RESERVED_BYTES);
        assert!(untaken.try_take(caller(1), &whole).is_err());
    }

    /// A frame for the accounts with these ids, of which those stay that get it.
    fn held_for(untaken: &Untaken, size: usize, ids: &mut Vec<i64>) -> Frame {
        untaken.hold(frame(size), ids, |id| caller(*id))
    }

    #[test]
    fn who_has_no_room_for_its_part_of_a_frame_stays_without_it() {
        let untaken = Untaken::default();
        let all_but_one = Sizes::whole(SHARE - 1);
        let _held = untaken.try_take(caller(1), &all_but_one).expect("room");
        assert!(untaken.has_room(caller(1)), "for a byte");
        // As often as it has connections.
        let mut readers = vec![1, 1, 2, 1];
        let held = held_for(&untaken, 4 * RESERVED_BYTES, &mut readers);
        assert_eq!(readers, [2]);
        let by = |id| untaken.held(|held| held.by(caller(id).own()));
        assert_eq!((by(1), by(2)), (SHARE - 1, held.size_bytes()));
    }

    #[test]
    fn readers_of_one_frame_pay_for_it_together_until_the_last_has_taken_it() {
        let untaken = Untaken::default();
        let held = held_for(&untaken, 2 * SHARE, &mut vec![1, 2]);
        let copy = held.clone();
        drop(held);
        assert!(!untaken.has_room(caller(1)) && !untaken.has_room(caller(2)));
        assert!(untaken.has_room(caller(3)));
        drop(copy);
        assert!(untaken.has_room(caller(1)) && untaken.has_room(caller(2)));
    }
}
