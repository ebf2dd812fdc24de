//! What connections of a room are told that may do or see something else than before.
//!
//! It is the difference of two classes, and one frame for all who went from the one to the other. Whoever
//! holds what the class of before saw holds then what that of now sees.

use std::collections::HashMap;

use battala_hub::access::structure::{Difference, Structure, difference};
use battala_hub::bus::Counters;
use battala_proto::Event;
use battala_proto::channels::{Channel, ChannelRights, SeenChannel};
use battala_proto::events::RightsUpdated;
use battala_proto::id::ChannelId;

use crate::connection::encode;
use crate::host::{Effect, Host};
use crate::room::Owner;
use crate::room::seats::Moved;
use crate::state::{PART_BYTES, size_of};
use crate::telling::What;

/// Differences that are told within one step. What they take is some milliseconds of a processor; whoever
/// is left is told the server anew, beside the room.
const DIFFERENCES_MAX: usize = 256;

/// By what somebody may do something else.
pub(in crate::room) struct Cause<'c> {
    /// What decided rights before.
    pub(in crate::room) before: &'c Structure,
    /// Those of the change.
    pub(in crate::room) counters: Counters,
    /// All channels, where they are known.
    pub(in crate::room) channels: Option<&'c [Channel]>,
}

impl Owner {
    /// Tells those who went from one class to another what is other for them. Whoever is shown a channel is
    /// told after it how far the channels have come.
    pub(in crate::room) fn tell_moved(
        &self,
        host: &dyn Host,
        cause: &Cause<'_>,
        moved: Vec<Moved>,
    ) {
        let (mut anew, mut reading) = (Vec::new(), Vec::new());
        let channels = cause.channels.unwrap_or_default();
        let rows = channels.iter().map(|channel| (channel.id, channel));
        let rows: HashMap<ChannelId, &Channel> = rows.collect();
        let mut told = 0;
        for moved in moved {
            let now = (&*self.rights, &*moved.after);
            let difference = difference((cause.before, &moved.before), now);
            if difference.is_none() {
                continue;
            }
            told += 1;
            let shown = shown(&difference, &rows);
            let Some(shown) = shown.filter(|_| told <= DIFFERENCES_MAX) else {
                anew.extend(moved.connections);
                continue;
            };
            let is_shown = !shown.is_empty();
            let updated = self.updated(cause, &moved, (difference, shown));
            if let Some(frame) = encode(&Event::RightsUpdated(updated)) {
                self.seats.hand_out(&moved.connections, &frame);
            }
            if is_shown {
                reading.extend(moved.connections);
            }
        }
        for (connections, what) in [(anew, What::Structure), (reading, What::Reads)] {
            if !connections.is_empty() {
                host.start(Effect::Tell(connections, self.room.server_id, what));
            }
        }
    }

    fn updated(
        &self,
        cause: &Cause<'_>,
        moved: &Moved,
        (difference, shown): (Difference, Vec<SeenChannel>),
    ) -> RightsUpdated {
        // In the order of ids, as the shown ones are.
        let is_shown = |id| shown.binary_search_by_key(id, |it| it.channel.id).is_ok();
        let others = difference.bits.iter().filter(|(id, _)| !is_shown(id));
        let channels = others.map(|(id, permissions)| ChannelRights {
            id: *id,
            permissions: *permissions,
        });
        RightsUpdated {
            server_id: self.room.server_id,
            permissions: moved.after.here,
            channels: channels.collect(),
            hidden: difference.hidden,
            shown,
            epoch: cause.counters.epoch,
            structure_rev: cause.counters.structure_rev,
        }
    }
}

/// The channels that are shown; `None` where they are not known, or are too many to be told of at once.
fn shown(difference: &Difference, rows: &HashMap<ChannelId, &Channel>) -> Option<Vec<SeenChannel>> {
    let mut bytes = 0;
    let seen = difference.shown.iter().map(|id| {
        let channel = *rows.get(id)?;
        bytes += size_of(channel);
        let at = difference.bits.binary_search_by_key(id, |(id, _)| *id);
        let (_, permissions) = difference.bits.get(at.ok()?)?;
        (bytes <= PART_BYTES).then(|| SeenChannel {
            channel: channel.clone(),
            permissions: *permissions,
        })
    });
    seen.collect()
}
