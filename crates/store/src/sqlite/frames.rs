//! What stands in a write-ahead log, read without SQLite: it would write the log into the file.
//!
//! The format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>. Of what is not whole SQLite
//! takes what comes before it, and so does this. The module does not know where the log is.

use std::io::{self, Read};

use super::stamp::Stamp;

pub(super) const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// Beyond these SQLite takes nothing from the log.
const PAGE_BYTES: std::ops::RangeInclusive<u32> = 512..=65536;
/// The last bit says in which order the sums take the bytes of a word.
const MAGIC: u32 = 0x377f_0682;
/// Where a page that is the first has its stamp.
pub(super) const STAMP_AT: usize = 60;

/// Whether a log is that of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is, or nothing says that it is not.
    Belongs,
    /// It goes on from another state of the file, or from another file.
    Strange,
}

/// Compares a log with the state that the stamp of its file names; `None` where the file has none, since
/// it is missing, empty or no database that has a log.
///
/// A log begins when the file holds all that the one before it did. What the file holds then is named by
/// the stamp before the first of the log; later the file holds that, or what the log says, as far as the
/// log was written into it.
pub(super) fn judge(mut log: impl Read, state: Option<u16>) -> io::Result<Verdict> {
    let Some(mut frames) = Frames::begin(&mut log)? else {
        return Ok(Verdict::Belongs);
    };
    let (mut is_known, mut has_stamp) = (false, false);
    // What no commit follows was never done.
    let mut is_stamp_committed = false;
    let mut begins_transaction = true;
    while let Some(frame) = frames.next(&mut log)? {
        if let Some(stamp) = frame.stamp {
            // To renew it is all that its transaction does; any other leaves it as it was.
            let is_renewed = begins_transaction && frame.is_commit;
            let found = if is_renewed {
                stamp.before
            } else {
                stamp.state
            };
            is_known |= state == Some(stamp.state) || (!has_stamp && state == Some(found));
            has_stamp = true;
        }
        begins_transaction = frame.is_commit;
        if !frame.is_commit {
            continue;
        }
        match state {
            None => return Ok(Verdict::Strange),
            Some(_) if is_known => return Ok(Verdict::Belongs),
            Some(_) => is_stamp_committed = has_stamp,
        }
    }
    Ok(if is_stamp_committed {
        Verdict::Strange
    } else {
        Verdict::Belongs
    })
}

struct Frames {
    order: Order,
    salts: [u8; 8],
    sums: (u32, u32),
    frame: Vec<u8>,
}

struct Frame {
    is_commit: bool,
    /// Of the first page; no other has one.
    stamp: Option<Stamp>,
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Frames {
    /// `None` where SQLite would take nothing from the log.
    fn begin(log: &mut impl Read) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER_BYTES];
        if !fill(log, &mut header)? {
            return Ok(None);
        }
        let order = match word(&header, 0) {
            MAGIC => Order::Little,
            magic if magic == MAGIC + 1 => Order::Big,
            _ => return Ok(None),
        };
        let page_bytes = word(&header, 8);
        if !page_bytes.is_power_of_two() || !PAGE_BYTES.contains(&page_bytes) {
            return Ok(None);
        }
        let sums = order.sum((0, 0), &header[..24]);
        if sums != (word(&header, 24), word(&header, 28)) {
            return Ok(None);
        }
        let mut salts = [0; 8];
        salts.copy_from_slice(&header[16..24]);
        Ok(Some(Self {
            order,
            salts,
            sums,
            frame: vec![0; FRAME_HEADER_BYTES + page_bytes as usize],
        }))
    }

    /// `None` at the first that is of an earlier log, or not whole.
    fn next(&mut self, log: &mut impl Read) -> io::Result<Option<Frame>> {
        if !fill(log, &mut self.frame)? {
            return Ok(None);
        }
        let (header, page) = self.frame.split_at(FRAME_HEADER_BYTES);
        let number = word(header, 0);
        if header[8..16] != self.salts || number == 0 {
            return Ok(None);
        }
        self.sums = self.order.sum(self.sums, &header[..8]);
        self.sums = self.order.sum(self.sums, page);
        if self.sums != (word(header, 16), word(header, 20)) {
            return Ok(None);
        }
        let stamp = word(page, STAMP_AT).to_be_bytes();
        Ok(Some(Frame {
            is_commit: word(header, 4) != 0,
            stamp: (number == 1).then(|| Stamp::from_bytes(stamp)),
        }))
    }
}

impl Order {
    fn sum(self, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
        for pair in bytes.chunks_exact(8) {
            let (left, right) = match self {
                Self::Little => (word(pair, 0).swap_bytes(), word(pair, 4).swap_bytes()),
                Self::Big => (word(pair, 0), word(pair, 4)),
            };
            one = one.wrapping_add(left).wrapping_add(two);
            two = two.wrapping_add(right).wrapping_add(one);
        }
        (one, two)
    }
}

/// The number that stands there, or 0 beyond the end.
fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.map_or(0, |word| u32::from_be_bytes(*word))
}

/// Whether there was as much.
fn fill(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [u32; 3] = [512, 4096, 65536];

    /// A log as SQLite writes it.
    struct Log {
        order: Order,
        sums: (u32, u32),
        page_bytes: u32,
        bytes: Vec<u8>,
    }

    impl Log {
        fn begin(order: Order, page_bytes: u32) -> Self {
            let magic = match order {
                Order::Little => MAGIC,
                Order::Big => MAGIC + 1,
            };
            let mut bytes = Vec::new();
            for word in [magic, 3_007_000, page_bytes, 0, 0xfeed_beef, 0x1234_5678] {
                bytes.extend(word.to_be_bytes());
            }
            let sums = order.sum((0, 0), &bytes);
            bytes.extend([sums.0.to_be_bytes(), sums.1.to_be_bytes()].concat());
            Self {
                order,
                sums,
                page_bytes,
                bytes,
            }
        }

        /// With the size of the file after it where it ends a transaction, else 0.
        fn frame(mut self, number: u32, size: u32, stamp: [u16; 2]) -> Self {
            let mut page = vec![7; self.page_bytes as usize];
            let [state, before] = stamp;
            page[STAMP_AT..STAMP_AT + 4].copy_from_slice(&Stamp { state, before }.to_bytes());
            let head = [number.to_be_bytes(), size.to_be_bytes()].concat();
            self.sums = self.order.sum(self.sums, &head);
            self.sums = self.order.sum(self.sums, &page);
            let salts = self.bytes[16..24].to_vec();
            let sums = [self.sums.0.to_be_bytes(), self.sums.1.to_be_bytes()].concat();
            self.bytes.extend([head, salts, sums, page].concat());
            self
        }

        fn is_strange(&self, state: Option<u16>) -> bool {
            is_strange(&self.bytes, state)
        }
    }

    fn is_strange(bytes: &[u8], state: Option<u16>) -> bool {
        judge(bytes, state).expect("bytes are read") == Verdict::Strange
    }

    fn stamped(order: Order, page_bytes: u32) -> Log {
        Log::begin(order, page_bytes)
            .frame(1, 9, [2, 1])
            .frame(8, 0, [0, 0])
            .frame(9, 9, [0, 0])
            .frame(1, 0, [2, 1])
            .frame(10, 10, [0, 0])
    }

    #[test]
    fn a_log_belongs_to_what_it_found_and_to_what_it_makes_of_it() {
        for (order, page_bytes) in [Order::Little, Order::Big]
            .into_iter()
            .flat_map(|order| PAGES.map(|page_bytes| (order, page_bytes)))
        {
            let log = stamped(order, page_bytes);
            for state in [1, 2] {
                assert!(!log.is_strange(Some(state)), "{state}, {page_bytes}");
            }
            for state in [Some(0), Some(3), Some(258), None] {
                assert!(log.is_strange(state), "{state:?}, {page_bytes}");
            }
        }
    }

    #[test]
    fn a_log_that_began_before_its_stamp_says_what_it_found_with_its_first_page() {
        let log = Log::begin(Order::Little, 512)
            .frame(1, 0, [2, 1])
            .frame(7, 9, [0, 0])
            .frame(1, 9, [3, 2])
            .frame(1, 9, [4, 3]);
        for state in [2, 3, 4] {
            assert!(!log.is_strange(Some(state)), "{state}");
        }
        assert!(log.is_strange(Some(1)));
    }

    #[test]
    fn a_log_without_a_stamp_is_strange_where_there_is_no_database() {
        let nothing = Log::begin(Order::Little, 512);
        assert!(!nothing.is_strange(None));
        let not_committed = nothing.frame(7, 0, [0, 0]).frame(1, 0, [5, 4]);
        for state in [None, Some(0), Some(9)] {
            assert!(!not_committed.is_strange(state), "{state:?}");
        }
        let other_pages = Log::begin(Order::Little, 512).frame(7, 9, [0, 0]);
        assert!(!other_pages.is_strange(Some(9)));
        assert!(other_pages.is_strange(None));
        let never_stamped = other_pages.frame(1, 0, [0, 0]).frame(7, 9, [0, 0]);
        assert!(!never_stamped.is_strange(Some(0)));
        assert!(never_stamped.is_strange(Some(9)));
    }

    #[test]
    fn of_a_log_that_is_not_whole_what_comes_before_counts() {
        let log = stamped(Order::Little, 512);
        let first = HEADER_BYTES + FRAME_HEADER_BYTES + 512;
        for end in 0..log.bytes.len() {
            let whole = &log.bytes[..end];
            assert!(!is_strange(whole, Some(1)), "{end}");
            for state in [None, Some(3)] {
                assert_eq!(is_strange(whole, state), end >= first, "{end}");
            }
        }
        for at in 0..log.bytes.len() {
            let mut bytes = log.bytes.clone();
            bytes[at] ^= 0x11;
            assert!(!is_strange(&bytes, Some(1)), "{at}");
            // SQLite itself says of another version that it cannot read it.
            let is_taken = at >= first;
            assert_eq!(is_strange(&bytes, None), is_taken, "{at}");
        }
    }

    #[test]
    fn what_is_no_log_is_nobodys() {
        for page_bytes in [0, 1, 256, 513, 65535, 131_072, u32::MAX] {
            let header = Log::begin(Order::Big, page_bytes).bytes;
            let bytes = [header, vec![0; 200_000]].concat();
            assert!(!is_strange(&bytes, None), "{page_bytes}");
        }
        for bytes in [vec![], vec![0; 1 << 20], vec![0xff; 1 << 20]] {
            assert!(!is_strange(&bytes, None));
        }
    }

    #[test]
    fn frames_of_the_log_before_do_not_count() {
        let before = stamped(Order::Little, 512).bytes;
        let mut log = Log::begin(Order::Little, 512);
        log.bytes[19] ^= 1;
        log.sums = log.order.sum((0, 0), &log.bytes[..24]);
        let sums = [log.sums.0.to_be_bytes(), log.sums.1.to_be_bytes()].concat();
        log.bytes[24..32].copy_from_slice(&sums);
        log.bytes.extend(&before[32..]);
        assert!(!log.is_strange(None));
    }
}
