//! Which seats watch which channels.

use std::collections::BTreeMap;

use battala_proto::id::ChannelId;

/// A seat keeps no list of its own, as a search in each of the lists is short.
#[derive(Default)]
pub(super) struct Watches {
    /// The seats that watch each channel, in order of their numbers.
    seats: BTreeMap<ChannelId, Vec<u32>>,
    counts: Counts,
}

/// How many channels each seat watches, by its number; who comes after the last one watches none.
#[derive(Default)]
struct Counts(Vec<u32>);

/// What was asked of groups, by their numbers.
#[derive(Default)]
struct Answers(Vec<Option<bool>>);

impl Watches {
    /// The seats that watch a channel.
    pub(super) fn of(&self, channel: ChannelId) -> &[u32] {
        self.seats.get(&channel).map_or(&[], Vec::as_slice)
    }

    /// Whether a seat watches something.
    pub(super) fn has_any(&self, seat: u32) -> bool {
        self.counts.has_any(seat)
    }

    /// A seat watches these channels and no others. How many of them it did not watch before.
    pub(super) fn set(&mut self, seat: u32, channels: &[ChannelId]) -> usize {
        self.retain_of(&[seat], |_, channel| channels.contains(&channel));
        let new = channels.iter().filter(|channel| self.add(seat, **channel));
        new.count()
    }

    fn add(&mut self, seat: u32, channel: ChannelId) -> bool {
        let seats = self.seats.entry(channel).or_default();
        let place = seats.binary_search(&seat);
        place.is_err_and(|at| {
            seats.insert(at, seat);
            self.counts.add(seat);
            true
        })
    }

    /// These seats watch of their channels only what this says any more. Who watches nothing costs nothing.
    pub(super) fn retain_of(&mut self, those: &[u32], keeps: impl Fn(u32, ChannelId) -> bool) {
        let those = those.iter().copied().filter(|seat| self.has_any(*seat));
        let those: Vec<u32> = those.collect();
        if those.is_empty() {
            return;
        }
        let counts = &mut self.counts;
        self.seats.retain(|channel, seats| {
            for seat in &those {
                let place = seats.binary_search(seat).ok();
                let lost = place.filter(|_| !keeps(*seat, *channel));
                counts.take(lost.map(|at| seats.remove(at)));
            }
            !seats.is_empty()
        });
    }

    /// All seats watch only what their groups see any more, which is asked once for all of a group.
    pub(super) fn retain_seen(
        &mut self,
        group_of: impl Fn(u32) -> Option<u32>,
        mut sees: impl FnMut(u32, ChannelId) -> bool,
    ) {
        let (counts, mut seen) = (&mut self.counts, Answers::default());
        self.seats.retain(|channel, seats| {
            seen.0.fill(None);
            seats.retain(|seat| {
                let group = group_of(*seat);
                let is_seen = group.is_some_and(|it| seen.of(it, || sees(it, *channel)));
                counts.take((!is_seen).then_some(*seat));
                is_seen
            });
            !seats.is_empty()
        });
    }
}

impl Counts {
    fn has_any(&self, seat: u32) -> bool {
        self.0.get(seat as usize).is_some_and(|it| *it > 0)
    }

    fn add(&mut self, seat: u32) {
        let place = seat as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        if let Some(count) = self.0.get_mut(place) {
            *count += 1;
        }
    }

    /// One channel less, if there is such a seat.
    fn take(&mut self, seat: Option<u32>) {
        let count = seat.and_then(|seat| self.0.get_mut(seat as usize));
        if let Some(count) = count {
            *count = count.saturating_sub(1);
        }
    }
}

impl Answers {
    fn of(&mut self, group: u32, ask: impl FnOnce() -> bool) -> bool {
        let place = group as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        let known = self.0.get_mut(place);
        known.is_some_and(|known| *known.get_or_insert_with(ask))
    }
}
