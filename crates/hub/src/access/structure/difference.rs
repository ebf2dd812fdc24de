//! What a change of rights means for those of one class.

use battala_proto::Permissions;
use battala_proto::id::ChannelId;

use super::{Rights, Structure};

/// What is other for a member after a change of rights. A channel that is deleted by it is in none of
/// the lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The rights in the server as a whole moved.
    pub is_other_here: bool,
    /// Channels that were there before and are seen from now on, and the bits there.
    pub shown: Vec<(ChannelId, Permissions)>,
    /// Channels that are there still and not seen any more.
    pub hidden: Vec<ChannelId>,
    /// The bits in the other channels that are seen now, where they are not those of before; in those
    /// that are made, too.
    pub changed: Vec<(ChannelId, Permissions)>,
}

impl Difference {
    /// Whether nothing is other.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What is other for who had these rights in the structure of before, and has those in the one of now.
pub fn difference(before: (&Structure, &Rights), after: (&Structure, &Rights)) -> Difference {
    let mut found = Difference {
        is_other_here: before.1.here != after.1.here,
        ..Difference::default()
    };
    // Both are in the order of ids. What is in the first alone is deleted.
    let mut known = bits_by_channel(before).peekable();
    for (channel, bits) in bits_by_channel(after) {
        while known.next_if(|(id, _)| *id < channel).is_some() {}
        let was = known.next_if(|(id, _)| *id == channel);
        let was = was.map(|(_, bits)| bits);
        match (was.map(is_seen), is_seen(bits)) {
            (Some(false), true) => found.shown.push((channel, bits)),
            (Some(true), false) => found.hidden.push(channel),
            (_, true) if was != Some(bits) => found.changed.push((channel, bits)),
            _ => {}
        }
    }
    found
}

fn is_seen(bits: Permissions) -> bool {
    bits.contains(Permissions::VIEW_CHANNEL)
}

fn bits_by_channel(
    (structure, class): (&Structure, &Rights),
) -> impl Iterator<Item = (ChannelId, Permissions)> {
    structure.channel_ids().zip(class.channels.iter().copied())
}
