//! Which channels were deleted lately.
//!
//! What is told of a channel may overtake its deletion, or be overtaken by it: somebody read how far it
//! had come, or a message of it was committed just before. It must not begin the order of the channel
//! anew, which nothing would end. The id of a channel never comes back. Pure: knows no order.

use std::collections::{HashSet, VecDeque};

use battala_proto::id::ChannelId;

/// Channels that are remembered: those of a few moments, however many are deleted at once.
const KEPT_MAX: usize = 256;

/// The channels whose deletion was applied last.
#[derive(Default)]
pub(super) struct Deleted {
    in_order: VecDeque<ChannelId>,
    known: HashSet<ChannelId>,
}

impl Deleted {
    pub(super) fn add(&mut self, channel: ChannelId) {
        if !self.known.insert(channel) {
            return;
        }
        self.in_order.push_back(channel);
        if self.in_order.len() > KEPT_MAX
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// It is made, and has an order to keep.
    pub(super) fn remove(&mut self, channel: ChannelId) {
        if self.known.remove(&channel) {
            self.in_order.retain(|known| *known != channel);
        }
    }

    pub(super) fn contains(&self, channel: ChannelId) -> bool {
        self.known.contains(&channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_and_no_more() {
        let mut deleted = Deleted::default();
        let ids: Vec<ChannelId> = (1..).take(KEPT_MAX + 1).map(ChannelId::from_raw).collect();
        for id in ids.iter().chain(&ids[KEPT_MAX..]) {
            deleted.add(*id);
        }
        assert!(!deleted.contains(ids[0]));
        assert!(ids[1..].iter().all(|id| deleted.contains(*id)));
        deleted.remove(ids[1]);
        assert!(!deleted.contains(ids[1]) && deleted.contains(ids[2]));
    }
}
