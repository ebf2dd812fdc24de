//! Which seats watch which channels.

use std::collections::BTreeMap;

use battala_proto::id::ChannelId;

/// The seats that watch each channel, in order of their numbers. A seat keeps no list of its own, as a
/// search in each of the lists is short.
#[derive(Default)]
pub(super) struct Watches(BTreeMap<ChannelId, Vec<u32>>);

impl Watches {
    /// The seats that watch a channel.
    pub(super) fn of(&self, channel: ChannelId) -> &[u32] {
        self.0.get(&channel).map_or(&[], Vec::as_slice)
    }

    /// Which of so many seats watch something, by their numbers.
    pub(super) fn seats(&self, count: usize) -> Vec<bool> {
        let mut watching = vec![false; count];
        for seat in self.0.values().flatten() {
            if let Some(is_watching) = watching.get_mut(*seat as usize) {
                *is_watching = true;
            }
        }
        watching
    }

    /// A seat watches these channels and no others. How many of them it did not watch before.
    pub(super) fn set(&mut self, seat: u32, channels: &[ChannelId]) -> usize {
        self.retain_of(&[seat], |_, channel| channels.contains(&channel));
        let new = channels.iter().filter(|channel| self.add(seat, **channel));
        new.count()
    }

    fn add(&mut self, seat: u32, channel: ChannelId) -> bool {
        let seats = self.0.entry(channel).or_default();
        let place = seats.binary_search(&seat);
        place.is_err_and(|at| {
            seats.insert(at, seat);
            true
        })
    }

    /// These seats watch of their channels only what this says any more.
    pub(super) fn retain_of(&mut self, those: &[u32], keeps: impl Fn(u32, ChannelId) -> bool) {
        if those.is_empty() {
            return;
        }
        self.0.retain(|channel, seats| {
            for seat in those {
                let place = seats.binary_search(seat).ok();
                let lost = place.filter(|_| !keeps(*seat, *channel));
                lost.map(|at| seats.remove(at));
            }
            !seats.is_empty()
        });
    }

    /// All seats watch only what this says any more.
    pub(super) fn retain(&mut self, keeps: impl Fn(u32, ChannelId) -> bool) {
        self.0.retain(|channel, seats| {
            seats.retain(|seat| keeps(*seat, *channel));
            !seats.is_empty()
        });
    }
}
