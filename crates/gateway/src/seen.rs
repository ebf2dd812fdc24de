//! What the sweep before has found to be stored, and whether the database has lost time since.
//!
//! Looks at one primary server follow each other, and the numbers only grow. One that went down
//! means that an older state was put back under the running hub.
//!
//! Pure: knows no room, no clock and no database.

use std::collections::HashMap;

use battala_hub::sweep::{Found, Mark};
use battala_proto::id::ServerId;

/// What was found, of the servers that had a room then and nothing else.
#[derive(Default)]
pub(crate) struct Seen(HashMap<ServerId, Found>);

impl Seen {
    pub(crate) fn mark(&self, server: ServerId) -> Option<&Mark> {
        self.0.get(&server).map(|found| &found.mark)
    }

    /// A server of which something that is found now is lower than it was.
    pub(crate) fn went_back(&self, now: &HashMap<ServerId, Found>) -> Option<ServerId> {
        let is_lower = |server: &&ServerId| {
            let pair = self.0.get(*server).zip(now.get(*server));
            pair.is_some_and(|(earlier, now)| is_before(now, earlier))
        };
        now.keys().find(is_lower).copied()
    }

    pub(crate) fn replace(&mut self, now: HashMap<ServerId, Found>) {
        self.0 = now;
    }
}

fn is_before(now: &Found, earlier: &Found) -> bool {
    let channels = &earlier.mark.last_seqs;
    let is_lower = |(channel, last_seq): &(_, i64)| {
        let known = channels.binary_search_by_key(channel, |(id, _)| *id);
        let known = known.ok().and_then(|at| channels.get(at));
        known.is_some_and(|(_, earlier)| last_seq < earlier)
    };
    now.mark.epoch < earlier.mark.epoch
        || now.structure_rev < earlier.structure_rev
        || now.rights_version < earlier.rights_version
        || now.mark.last_seqs.iter().any(is_lower)
}

#[cfg(test)]
mod tests {
    use battala_proto::id::ChannelId;

    use super::*;

    const SERVER: ServerId = ServerId::from_raw(1);

    fn found(counters: [i64; 3], last_seqs: &[(i64, i64)]) -> HashMap<ServerId, Found> {
        let [epoch, structure_rev, rights_version] = counters;
        let channels = last_seqs.iter();
        let last_seqs = channels.map(|(id, seq)| (ChannelId::from_raw(*id), *seq));
        let last_seqs = last_seqs.collect();
        let mark = Mark { epoch, last_seqs };
        let found = Found {
            mark,
            structure_rev,
            rights_version,
        };
        HashMap::from([(SERVER, found)])
    }

    fn seen(counters: [i64; 3], last_seqs: &[(i64, i64)]) -> Seen {
        let mut seen = Seen::default();
        seen.replace(found(counters, last_seqs));
        seen
    }

    #[test]
    fn a_number_that_went_down_is_a_past_however_far_the_others_went_on() {
        let seen = seen([5, 4, 3], &[(10, 7), (20, 9)]);
        let went_back = |counters, last_seqs: &[_]| seen.went_back(&found(counters, last_seqs));
        for (counters, last_seqs) in [
            ([4, 9, 9], [(10, 70), (20, 90)]),
            ([9, 3, 9], [(10, 70), (20, 90)]),
            ([9, 9, 2], [(10, 70), (20, 90)]),
            ([9, 9, 9], [(10, 6), (20, 90)]),
            ([9, 9, 9], [(10, 70), (20, 8)]),
        ] {
            assert_eq!(went_back(counters, &last_seqs), Some(SERVER));
        }
    }

    #[test]
    fn what_stays_or_grows_and_what_comes_and_goes_is_no_past() {
        let seen = seen([5, 4, 3], &[(10, 7), (20, 9)]);
        for last_seqs in [
            &[(10, 7), (20, 9)][..],
            &[(10, 8), (20, 90)],
            &[(5, 0), (15, 1), (20, 9), (30, 0)],
            &[],
        ] {
            assert_eq!(seen.went_back(&found([5, 4, 3], last_seqs)), None);
            assert_eq!(seen.went_back(&found([6, 5, 4], last_seqs)), None);
        }
        assert_eq!(seen.went_back(&HashMap::new()), None);
        assert_eq!(Seen::default().went_back(&found([0; 3], &[])), None);
    }

    #[test]
    fn only_the_last_look_counts() {
        let mut seen = seen([5, 4, 3], &[(10, 7)]);
        assert_eq!(seen.mark(SERVER).map(|mark| mark.epoch), Some(5));
        seen.replace(HashMap::new());
        assert!(seen.mark(SERVER).is_none());
        assert_eq!(seen.went_back(&found([1, 1, 1], &[])), None);
    }
}
