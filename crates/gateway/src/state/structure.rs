//! A server's structure on the wire, in parts of which each leaves room for what else is to be said.
//!
//! Knows no connection.

use battala_proto::Event;
use battala_proto::channels::{Channel, ChannelForMember};
use battala_proto::events::ServerChannels;
use battala_proto::id::ChannelId;
use battala_proto::servers::ServerState;
use battala_proto::text::json_bytes;

use crate::connection::encode;
use crate::pins::Pinned;
use crate::untaken::Untaken;

/// Channels of one part, in bytes. A part is what a connection has to take before it hears anything
/// else, and what its line has to carry between two pings.
pub(crate) const PART_BYTES: usize = 48 * 1024;

/// What those of one class see of a server's structure, ready to be sent.
pub(crate) struct Structure {
    pub(super) parts: Vec<Part>,
}

/// Parts stand in the order of their channels' ids.
pub(super) struct Part {
    pub(super) frame: Pinned,
    /// The greatest id of a channel in it; 0 without one.
    pub(super) through: ChannelId,
}

impl Structure {
    /// The part that follows what was sent up to a channel. With `None` nothing was.
    pub(super) fn next(&self, sent: Option<ChannelId>) -> Option<&Part> {
        let mut parts = self.parts.iter();
        match sent {
            None => parts.next(),
            Some(through) => parts.find(|part| part.through > through),
        }
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.frame.size_bytes()).sum()
    }

    /// It is not kept any more but by slow readers.
    pub(super) fn replaced(&self, untaken: &Untaken) {
        for part in &self.parts {
            part.frame.replaced(untaken);
        }
    }
}

/// Divides a structure into parts. The first one names the channels that are not in it, so that
/// nobody takes them for deleted.
pub(super) fn divide(mut state: ServerState) -> Option<Structure> {
    let (epoch, rev) = (state.epoch, state.structure_rev);
    let sizes = state.channels.iter().map(|seen| size_of(&seen.channel));
    let mut groups = Vec::new();
    if sizes.sum::<usize>() > PART_BYTES {
        state.channels.sort_unstable_by_key(|seen| seen.channel.id);
        groups = group(std::mem::take(&mut state.channels));
        state.channels = groups.remove(0);
        let following = groups.iter().flatten().map(|seen| seen.channel.id);
        state.following = following.collect();
    }
    let server_id = state.server.id;
    let first = part(greatest(&state.channels), &Event::ServerState(state))?;
    let mut parts = vec![first];
    for group in groups {
        let through = greatest(&group);
        let following = ServerChannels {
            server_id,
            channels: group,
            epoch,
            structure_rev: rev,
        };
        parts.push(part(through, &Event::ServerChannels(following))?);
    }
    Some(Structure { parts })
}

fn part(through: ChannelId, event: &Event) -> Option<Part> {
    let frame = Pinned::new(encode(event)?);
    Some(Part { frame, through })
}

fn greatest(channels: &[ChannelForMember]) -> ChannelId {
    let ids = channels.iter().map(|seen| seen.channel.id);
    ids.max().unwrap_or(ChannelId::from_raw(0))
}

/// At least one group; none is above the size unless one channel is.
fn group(channels: Vec<ChannelForMember>) -> Vec<Vec<ChannelForMember>> {
    let mut groups = vec![Vec::new()];
    let mut bytes = 0;
    for seen in channels {
        let size = size_of(&seen.channel);
        if bytes > 0 && bytes + size > PART_BYTES {
            groups.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(last) = groups.last_mut() {
            last.push(seen);
        }
    }
    groups
}

/// Of a channel on the wire, at most: what JSON adds to its fields and to what may be done in it, and its
/// texts.
pub(crate) fn size_of(channel: &Channel) -> usize {
    const FIELDS_BYTES: usize = 220;
    FIELDS_BYTES + json_bytes(&channel.name) + json_bytes(&channel.topic)
}

#[cfg(test)]
mod tests {
    use battala_proto::channels::ChannelKind;
    use battala_proto::{Permissions, sample};

    use super::*;

    /// A server with `count` channels, the last made standing first.
    fn server(count: i64, topic: &str) -> ServerState {
        let state = sample::events().into_iter().find_map(|event| match event {
            Event::ServerState(state) => Some(state),
            _ => None,
        });
        let mut state = state.expect("a sample");
        let channel = |number: i64| ChannelForMember {
            channel: Channel {
                id: ChannelId::from_raw(i64::MAX - count + number),
                server_id: state.server.id,
                kind: ChannelKind::Text,
                name: "\u{1f33f}".repeat(100),
                topic: topic.to_owned(),
                position: count - number,
                created_at: 4_000_000_000_000,
            },
            permissions: Permissions::from_bits_retain(i64::MAX),
        };
        state.channels = (1..=count).map(channel).collect();
        state.channels.reverse();
        state
    }

    #[test]
    fn the_largest_server_leaves_in_parts_of_64_kb_that_name_each_channel_once() {
        for topic in ["\u{1f33f}".repeat(1024), "\"\n".repeat(512), String::new()] {
            let structure = divide(server(500, &topic)).expect("parts");
            assert!(structure.parts.len() > 1);
            let mut sent = None;
            let mut at = 0;
            while let Some(part) = structure.next(sent) {
                assert!(part.frame.size_bytes() <= 64 * 1024, "{at}");
                assert!(sent.is_none_or(|sent| part.through > sent), "in order");
                sent = Some(part.through);
                at += 1;
            }
            assert_eq!(at, structure.parts.len());
            let all: String = structure.parts.iter().map(|it| it.frame.as_str()).collect();
            assert_eq!(all.matches("\"topic\":").count(), 500);
        }
    }

    #[test]
    fn a_server_that_fits_is_one_part_in_the_order_of_its_channels() {
        let state = server(20, "tea");
        let structure = divide(state.clone()).expect("parts");
        assert_eq!(structure.parts.len(), 1);
        let whole = encode(&Event::ServerState(state)).expect("a frame");
        assert_eq!(structure.parts[0].frame.as_str(), whole.as_str());
        assert!(structure.next(Some(structure.parts[0].through)).is_none());
    }

    #[test]
    fn what_was_sent_before_a_change_is_not_sent_again_after_it() {
        let old = divide(server(500, "tea")).expect("parts");
        let first = old.parts[0].through;
        let new = divide(server(500, "some more tea")).expect("parts");
        let next = new.next(Some(first)).expect("another");
        assert!(next.through > first);
        assert!(
            new.next(Some(new.parts.last().expect("one").through))
                .is_none()
        );
    }

    #[test]
    fn a_server_without_channels_is_one_part() {
        let structure = divide(server(0, "")).expect("parts");
        assert_eq!(structure.parts.len(), 1);
        assert!(structure.next(Some(ChannelId::from_raw(0))).is_none());
    }
}
