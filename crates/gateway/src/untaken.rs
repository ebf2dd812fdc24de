//! Memory for what one connection alone is sent and has not taken: answers, reading positions,
//! member lists. It has one bound for all, of which each account and each address has a share.
//!
//! Knows no event and no command. What many are sent is encoded once for all of them, and bounded
//! by the queue of each.

use std::sync::Arc;
use std::time::Duration;

use battala_hub::shares::{Caller, Portion, RESERVED_BYTES, Shares};
use battala_socketio::Frame;
use tokio::time::sleep;

/// For all connections. A hundred answers to who was away for long, per address half of that.
const UNTAKEN_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Between two looks for room. Thousands may wait for the same room: whatever is given back must
/// not wake them all.
const PAUSE: Duration = Duration::from_millis(100);

/// The memory, and who has how much of it.
pub(crate) struct Untaken(Arc<Shares>);

impl Default for Untaken {
    fn default() -> Self {
        Self(Shares::new(UNTAKEN_BYTES_MAX))
    }
}

impl Untaken {
    /// Waits for room for what may be as large as `most`; gives less when that is not there, but
    /// never less than what is kept for each. Taken before anything is read.
    pub(crate) async fn room(&self, caller: Caller, most: usize) -> Portion {
        let less = most.min(RESERVED_BYTES);
        let taken = || {
            let all = self.0.try_take(caller, most);
            all.or_else(|| self.0.try_take(caller, less))
        };
        loop {
            if let Some(portion) = taken() {
                return portion;
            }
            sleep(PAUSE).await;
        }
    }

    /// Whether a further frame may be made for the caller.
    pub(crate) fn has_room(&self, caller: Caller) -> bool {
        self.0.has_room(caller)
    }

    /// Waits until it may.
    pub(crate) async fn has_room_again(&self, caller: Caller) {
        while !self.has_room(caller) {
            sleep(PAUSE).await;
        }
    }

    /// The frame, counted until all its readers have taken it, to each of them a part: who takes it
    /// pays little for who does not, and nobody keeps what nobody pays for.
    pub(crate) fn hold(&self, frame: Frame, readers: &[Caller]) -> Frame {
        let part = frame.size_bytes().div_ceil(readers.len().max(1));
        let parts = readers.iter().map(|caller| self.0.take(*caller, part));
        let parts: Vec<Portion> = parts.collect();
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

    #[tokio::test(start_paused = true)]
    async fn who_has_its_share_waits_until_something_was_taken() {
        let untaken = Untaken::default();
        let mut first = untaken.room(caller(1), SHARE).await;
        let waits = tokio::time::timeout(PAUSE * 10, untaken.room(caller(1), 1000));
        assert!(waits.await.is_err());
        assert_eq!(untaken.room(caller(2), 1000).await.bytes(), 1000);
        // It was not as large as it might have been.
        first.resize(SHARE - RESERVED_BYTES);
        let less = untaken.room(caller(1), 2 * RESERVED_BYTES).await;
        assert_eq!(less.bytes(), RESERVED_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn readers_of_one_frame_pay_for_it_together_until_the_last_has_taken_it() {
        let untaken = Untaken::default();
        let held = untaken.hold(frame(2 * SHARE), &[caller(1), caller(2)]);
        let copy = held.clone();
        drop(held);
        assert!(!untaken.has_room(caller(1)) && !untaken.has_room(caller(2)));
        assert!(untaken.has_room(caller(3)));
        drop(copy);
        assert!(untaken.has_room(caller(1)) && untaken.has_room(caller(2)));
        untaken.has_room_again(caller(1)).await;
    }
}
