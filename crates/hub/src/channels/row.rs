//! A channel as its row has it.

use battala_proto::channels::Channel;
use battala_store::Readable;
use battala_store::tables::channels;

use crate::error::readable;

pub(crate) fn channel_of(row: channels::ChannelRow) -> Channel {
    Channel {
        id: row.id,
        server_id: row.server_id,
        kind: row.r#type,
        name: row.name,
        topic: row.topic,
        position: row.position,
        created_at: row.created_at,
    }
}

/// The channels that can be read.
pub(crate) fn channels_of(rows: Vec<Readable<channels::ChannelRow>>) -> Vec<Channel> {
    let rows = readable(rows, "a channel is shown to nobody that cannot be read");
    rows.map(channel_of).collect()
}
