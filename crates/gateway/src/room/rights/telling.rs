//! What connections of a room are told whose rights are others than before.
//!
//! It is the difference of two classes, and one frame for all who went from the one to the other. Whoever
//! holds what the class of before saw holds then what that of now sees.

use std::collections::HashMap;
use std::sync::Arc;

use battala_hub::bus::Counters;
use battala_proto::Event;
use battala_proto::Permissions;
use battala_proto::channels::{Channel, ChannelForMember, ChannelRights};
use battala_proto::events::RightsUpdated;
use battala_proto::id::ChannelId;
use battala_socketio::Frame;

use super::{Changed, Difference};
use crate::connection::{Connection, encode};
use crate::host::{Effect, Host};
use crate::room::Owner;
use crate::state::{PART_BYTES, size_of};
use crate::telling::What;

/// Bytes that are encoded within one step: some milliseconds of a processor. Whoever is left is told the
/// server anew, beside the room.
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// What a difference takes at least, however few bytes it has.
const DIFFERENCE_BYTES_MIN: usize = 512;

/// Nobody is cut by rights that change often: with this waiting for a connection it is told the server
/// anew, at the pace at which it takes that.
const QUEUED_BYTES: usize = 256 * 1024;

/// A channel that is hidden, and bits in one, as JSON: at most.
const HIDDEN_BYTES: usize = 24;
const BITS_BYTES: usize = 72;

/// Channels that are at hand, and their sizes.
type Rows<'c> = HashMap<ChannelId, (&'c Channel, usize)>;

/// Who is to be told something beside the room.
#[derive(Default)]
struct Left {
    /// The server anew, because rows are not at hand, or are too many.
    rows: Vec<Arc<Connection>>,
    /// Likewise, because so much is told in this step already, or waits on the line.
    bounds: Vec<Arc<Connection>>,
    /// How far the channels have come.
    reads: Vec<Arc<Connection>>,
}

impl Owner {
    /// Tells those whose rights are others what is. What they lose they are told at once, whatever it
    /// takes to tell them what they gain. Whoever is shown a channel is told after it how far the channels
    /// have come.
    pub(in crate::room) fn tell_rights(
        &self,
        host: &dyn Host,
        (counters, channels): (Counters, Option<&[Channel]>),
        changed: Vec<Changed>,
    ) {
        let rows = channels.unwrap_or_default().iter();
        let rows: Rows<'_> = rows
            .map(|channel| (channel.id, (channel, size_of(channel))))
            .collect();
        let mut left = Left::default();
        for Changed {
            difference,
            after,
            mut connections,
        } in changed
        {
            if self.rights_bytes.get() > BYTES_MAX {
                left.bounds.extend(connections);
                continue;
            }
            self.spend(DIFFERENCE_BYTES_MIN);
            let shown = shown(&difference, &rows);
            let (is_whole, shows) = (shown.is_some(), !difference.shown.is_empty());
            if !is_whole && only_shows(&difference) {
                left.rows.extend(connections);
                continue;
            }
            let shown = shown.unwrap_or_default();
            let updated = self.updated(counters, (difference, shown), after.here);
            let Some(frame) = encode(&Event::RightsUpdated(updated)) else {
                left.bounds.extend(connections);
                continue;
            };
            self.spend(frame.size_bytes());
            let behind;
            (connections, behind) = part(connections, &frame);
            self.seats.hand_out(&connections, &frame);
            left.bounds.extend(behind);
            if !is_whole {
                left.rows.extend(connections);
            } else if shows {
                left.reads.extend(connections);
            }
        }
        self.tell_left(host, counters, left);
    }

    /// Of what may be told in this step.
    fn spend(&self, bytes: usize) {
        self.rights_bytes.set(self.rights_bytes.get() + bytes);
    }

    fn tell_left(&self, host: &dyn Host, counters: Counters, left: Left) {
        let (server, epoch) = (self.room.server_id, counters.epoch);
        let (rows, bounds) = (left.rows.len(), left.bounds.len());
        if rows + bounds > 0 {
            tracing::debug!(%server, epoch, rows, bounds, "rights are told with the whole server");
        }
        let mut anew = left.rows;
        anew.extend(left.bounds);
        for (connections, what) in [(anew, What::Structure), (left.reads, What::Reads)] {
            if !connections.is_empty() {
                host.start(Effect::Tell(connections, server, what));
            }
        }
    }

    fn updated(
        &self,
        counters: Counters,
        (difference, shown): (Difference, Vec<ChannelForMember>),
        permissions: Permissions,
    ) -> RightsUpdated {
        let changed = difference.changed.into_iter();
        RightsUpdated {
            server_id: self.room.server_id,
            permissions,
            channels: changed
                .map(|(id, permissions)| ChannelRights { id, permissions })
                .collect(),
            hidden: difference.hidden,
            shown,
            epoch: counters.epoch,
            structure_rev: counters.structure_rev,
        }
    }
}

type Connections = Vec<Arc<Connection>>;

/// For whom a frame may be queued at once, and for whom too much waits already.
fn part(connections: Connections, frame: &Frame) -> (Connections, Connections) {
    let all = connections.into_iter();
    all.partition(|it| it.socket.queued_bytes() + frame.size_bytes() <= QUEUED_BYTES)
}

fn only_shows(difference: &Difference) -> bool {
    let is_other = difference.is_other_here || !difference.changed.is_empty();
    difference.hidden.is_empty() && !is_other
}

/// The channels that are shown; `None` where they are not at hand, or are too many to be told of at once
/// beside what else there is to tell.
fn shown(difference: &Difference, rows: &Rows<'_>) -> Option<Vec<ChannelForMember>> {
    let others = difference.hidden.len() * HIDDEN_BYTES + difference.changed.len() * BITS_BYTES;
    let rows = difference
        .shown
        .iter()
        .map(|(id, bits)| Some((*bits, rows.get(id)?)));
    let rows: Vec<_> = rows.collect::<Option<_>>()?;
    let sizes = rows.iter().map(|(_, (_, size))| size);
    if others + sizes.sum::<usize>() > PART_BYTES {
        return None;
    }
    let seen = rows
        .into_iter()
        .map(|(permissions, (channel, _))| ChannelForMember {
            channel: Channel::clone(channel),
            permissions,
        });
    Some(seen.collect())
}
