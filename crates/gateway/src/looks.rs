//! What the looks of one handshake bring: where it asked to be let in, where it is a member by now, and
//! whether that will do.
//!
//! Pure: knows no room and no database.

use std::collections::BTreeSet;

use battala_proto::id::ServerId;

/// The looks so far.
#[derive(Default)]
pub(crate) struct Looks {
    /// Where it asked to be let in, at this look and before.
    asked: BTreeSet<ServerId>,
}

/// What a look has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is as it was listed.
    Same,
    /// What was listed is true. There is more by now, which a notice lets it in, or another order.
    Further,
    /// It may have been a member again before it was taken out: only another look tells.
    Untrue,
}

impl Looks {
    /// Compares what was listed with what is true after it was let in (everywhere, or not); says where
    /// it has to leave. Also where an earlier look has let it in: it is told only of what is listed at
    /// last.
    pub(crate) fn compare(
        &mut self,
        listed: &[ServerId],
        is_let_in: bool,
        current: &[ServerId],
    ) -> (Vec<ServerId>, Verdict) {
        self.asked.extend(listed);
        let gone = self
            .asked
            .extract_if(.., |server| !current.contains(server));
        let gone: Vec<ServerId> = gone.collect();
        let is_true = is_let_in && gone.is_empty() && self.asked.len() == listed.len();
        let verdict = match is_true {
            true if listed == current => Verdict::Same,
            true => Verdict::Further,
            false => Verdict::Untrue,
        };
        (gone, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>(ids: [i64; N]) -> [ServerId; N] {
        ids.map(ServerId::from_raw)
    }

    #[test]
    fn what_is_listed_and_true_is_the_same_further_or_untrue() {
        let compare = |is_let_in, current: &[ServerId]| {
            Looks::default().compare(&ids([1, 2]), is_let_in, current)
        };
        assert_eq!(compare(true, &ids([1, 2])), (vec![], Verdict::Same));
        assert_eq!(compare(true, &ids([2, 1])), (vec![], Verdict::Further));
        assert_eq!(compare(true, &ids([1, 2, 3])), (vec![], Verdict::Further));
        assert_eq!(compare(false, &ids([1, 2])), (vec![], Verdict::Untrue));
        let gone = ids([1]).to_vec();
        assert_eq!(compare(true, &ids([2, 3])), (gone, Verdict::Untrue));
    }

    #[test]
    fn where_only_an_earlier_look_let_it_in_it_leaves_and_looks_again() {
        let mut looks = Looks::default();
        let (gone, verdict) = looks.compare(&ids([1, 2]), true, &ids([1, 2, 3]));
        assert_eq!((gone, verdict), (vec![], Verdict::Further));
        // Removed from the first one meanwhile.
        let (gone, verdict) = looks.compare(&ids([2, 3]), true, &ids([2, 3]));
        assert_eq!((gone, verdict), (ids([1]).to_vec(), Verdict::Untrue));
        let (gone, verdict) = looks.compare(&ids([2, 3]), true, &ids([2, 3]));
        assert_eq!((gone, verdict), (vec![], Verdict::Same));
    }

    #[test]
    fn what_an_earlier_look_let_in_and_this_one_did_not_list_is_not_left_untold() {
        let mut looks = Looks::default();
        looks.compare(&ids([1]), true, &ids([2, 1]));
        // Removed when it was listed, and a member again.
        let (gone, verdict) = looks.compare(&ids([2]), true, &ids([1, 2]));
        assert_eq!((gone, verdict), (vec![], Verdict::Untrue));
    }
}
