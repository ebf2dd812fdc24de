//! A channel as its row has it.

use battala_proto::channels::Channel;
use battala_store::tables::channels;

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
