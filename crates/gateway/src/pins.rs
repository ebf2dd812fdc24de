//! What slow connections keep of that which has been replaced.
//!
//! A part of a structure is encoded once for all its readers and costs nobody anything while it is
//! the newest. Once it has been replaced it is there only for those who have not taken it: they pay
//! for it together. Knows no structure.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::shares::{Caller, Portion};
use battala_socketio::Frame;

use crate::untaken::Untaken;

/// A frame for many, and who has not taken it.
pub(crate) struct Pinned {
    frame: Frame,
    pins: Arc<Mutex<Pins>>,
}

struct Pins {
    bytes: usize,
    next: u64,
    readers: HashMap<u64, Reader>,
    /// Where it counts since it was replaced.
    counted_in: Option<Untaken>,
}

struct Reader {
    caller: Caller,
    portion: Option<Portion>,
}

/// One reader's, until it has taken the frame.
struct Pin {
    pins: Arc<Mutex<Pins>>,
    number: u64,
}

impl Pinned {
    pub(crate) fn new(frame: Frame) -> Self {
        let pins = Pins {
            bytes: frame.size_bytes(),
            next: 0,
            readers: HashMap::new(),
            counted_in: None,
        };
        Self {
            frame,
            pins: Arc::new(Mutex::new(pins)),
        }
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.frame.size_bytes()
    }

    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        self.frame.as_str()
    }

    /// The frame for one reader.
    pub(crate) fn for_reader(&self, caller: Caller) -> Frame {
        let mut pins = lock(&self.pins);
        pins.next += 1;
        let (number, bytes) = (pins.next, pins.bytes);
        // As a rule it is the newest; it may have been replaced just now.
        let portion = pins.counted_in.as_ref().map(|it| it.take(caller, bytes));
        pins.readers.insert(number, Reader { caller, portion });
        drop(pins);
        let pins = Arc::clone(&self.pins);
        self.frame.clone().holding(Pin { pins, number })
    }

    /// Something newer has taken its place: who has not taken it pays from now on.
    pub(crate) fn replaced(&self, untaken: &Untaken) {
        let mut pins = lock(&self.pins);
        let part = pins.bytes.div_ceil(pins.readers.len().max(1));
        for reader in pins.readers.values_mut() {
            reader.portion = Some(untaken.take(reader.caller, part));
        }
        pins.counted_in = Some(untaken.clone());
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = lock(&self.pins);
        let reader = pins.readers.remove(&self.number);
        // Those who are left pay for it all: told each time that they are half as many.
        let left = pins.readers.len();
        if pins.counted_in.is_some() && left.is_power_of_two() {
            let part = pins.bytes.div_ceil(left);
            let portions = pins.readers.values_mut();
            for portion in portions.filter_map(|reader| reader.portion.as_mut()) {
                portion.resize(part);
            }
        }
        drop((pins, reader));
    }
}

fn lock(pins: &Mutex<Pins>) -> MutexGuard<'_, Pins> {
    pins.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_part_costs_its_readers_nothing_until_it_is_replaced_and_those_that_are_left_all_of_it() {
        let untaken = Untaken::default();
        let pinned = Pinned::new(Frame::event("n", &"x".repeat(40_000)).expect("a frame"));
        let bytes = pinned.size_bytes();
        let held = |id| untaken.held(|held| held.by(caller(id).own()));
        let mut readers: Vec<Frame> = (1..=5).map(|id| pinned.for_reader(caller(id))).collect();
        drop(readers.pop());
        assert_eq!((1..=5).map(held).sum::<usize>(), 0, "it is the newest");
        pinned.replaced(&untaken);
        let quarter = bytes.div_ceil(4);
        assert_eq!(
            [1, 2, 3, 4, 5].map(held),
            [quarter, quarter, quarter, quarter, 0]
        );
        let copy = readers[0].clone();
        readers.truncate(2);
        assert_eq!(
            (held(1), held(2), held(3)),
            (bytes.div_ceil(2), bytes.div_ceil(2), 0)
        );
        readers.clear();
        assert_eq!((held(1), held(2)), (bytes, 0));
        let late = pinned.for_reader(caller(3));
        assert_eq!(held(3), bytes);
        drop((copy, late));
        assert_eq!((held(1), held(3)), (0, 0));
    }
}
