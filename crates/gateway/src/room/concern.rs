//! What an event is about, so that it reaches those whom it concerns. Every event is decided on here.

use battala_proto::Event;
use battala_proto::events::{ChannelsReordered, Heads};
use battala_proto::id::ChannelId;

/// What an event is about.
pub(super) enum Concern<'a> {
    /// It names no channel.
    Everyone,
    /// One channel.
    Channel(ChannelId),
    /// What is said in a channel.
    Said(ChannelId),
    /// The end of a channel, which concerns those who saw it before.
    EndOf(ChannelId),
    /// Several channels: each reader is told of those that it sees.
    Order(&'a ChannelsReordered),
    /// Likewise.
    Heads(&'a Heads),
    /// One connection, one account, or those of one class: a room is never handed it.
    NoRoom,
}

pub(super) fn concern(event: &Event) -> Concern<'_> {
    match event {
        Event::ChannelCreated(it) | Event::ChannelUpdated(it) => Concern::Channel(it.channel.id),
        Event::MessageCreated(it) | Event::MessageUpdated(it) => {
            Concern::Said(it.message.channel_id)
        }
        Event::MessageDeleted(it) => Concern::Said(it.message.channel_id),
        Event::ChannelDeleted(it) => Concern::EndOf(it.channel_id),
        Event::ChannelsReordered(it) => Concern::Order(it),
        Event::Heads(it) => Concern::Heads(it),
        Event::ServerUpdated(_)
        | Event::ServerRemoved(_)
        | Event::UserUpdated(_)
        | Event::HubUpdated(_) => Concern::Everyone,
        Event::RightsUpdated(_)
        | Event::Ready(_)
        | Event::ServerState(_)
        | Event::ServerChannels(_)
        | Event::ServerReads(_)
        | Event::ServersReordered(_)
        | Event::ReadUpdated(_)
        | Event::MeUpdated(_)
        | Event::SessionEnded(_) => Concern::NoRoom,
    }
}
