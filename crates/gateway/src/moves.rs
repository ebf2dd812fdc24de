//! Whose membership has ended or changed lately, and at which epoch.
//!
//! Whoever reads how an account is a member enters it some time after: this says whether that is still
//! so. The epoch alone does not, because in a busy server somebody joins or leaves all the time. Pure:
//! knows no room and no connection.

use std::collections::VecDeque;

use battala_proto::id::UserId;

/// Moves that are remembered: those of a few moments, however many leave at once.
const KEPT_MAX: usize = 256;

/// The removals and changes of memberships that were applied, in their order.
pub(crate) struct Moves {
    kept: VecDeque<(i64, UserId)>,
    /// Up to this epoch some may have been applied that are not remembered.
    unknown_through: i64,
}

impl Moves {
    /// Nobody knows whose membership moved up to an epoch.
    pub(crate) fn unknown_through(epoch: i64) -> Self {
        Self {
            kept: VecDeque::new(),
            unknown_through: epoch,
        }
    }

    /// A membership has ended, or is another.
    pub(crate) fn add(&mut self, epoch: i64, user: UserId) {
        if self.kept.len() >= KEPT_MAX
            && let Some((dropped, _)) = self.kept.pop_front()
        {
            self.unknown_through = self.unknown_through.max(dropped);
        }
        self.kept.push_back((epoch, user));
    }

    /// Up to this epoch memberships moved of which nobody was told.
    pub(crate) fn skip_to(&mut self, epoch: i64) {
        self.unknown_through = self.unknown_through.max(epoch);
        self.kept.retain(|(kept, _)| *kept > epoch);
    }

    /// Whether the membership of an account is as it was at this epoch.
    pub(crate) fn is_still_so(&self, user: UserId, at: i64) -> bool {
        let mut later = self.kept.iter().filter(|(epoch, _)| *epoch > at);
        at >= self.unknown_through && !later.any(|(_, moved)| *moved == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: UserId = UserId::from_raw(1);
    const BEN: UserId = UserId::from_raw(2);

    #[test]
    fn who_was_removed_after_it_was_read_is_no_member_and_everybody_else_is() {
        let mut moves = Moves::unknown_through(5);
        assert!(moves.is_still_so(ANA, 5));
        assert!(!moves.is_still_so(ANA, 4), "before the room began");
        moves.add(7, ANA);
        assert!(!moves.is_still_so(ANA, 6));
        assert!(moves.is_still_so(ANA, 7), "read after it, and there again");
        assert!(moves.is_still_so(BEN, 6));
    }

    #[test]
    fn what_was_not_told_or_is_forgotten_may_have_been_anybody() {
        let mut moves = Moves::unknown_through(5);
        moves.add(7, ANA);
        moves.skip_to(9);
        assert!(!moves.is_still_so(BEN, 8));
        assert!(moves.is_still_so(BEN, 9) && moves.is_still_so(ANA, 9));
        for epoch in (10..).take(KEPT_MAX + 1) {
            moves.add(epoch, ANA);
        }
        assert!(!moves.is_still_so(BEN, 9), "10 is forgotten");
        assert!(moves.is_still_so(BEN, 10));
    }
}
