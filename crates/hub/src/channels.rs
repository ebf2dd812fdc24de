//! Channels of a server.

pub(crate) mod row;

use battala_proto::Event;
use battala_proto::channels::{
    Channel, ChannelKind, CreateChannel, PlacedChannel, ReorderChannels, UpdateChannel,
};
use battala_proto::error::FieldCode;
use battala_proto::events::{ChannelChanged, ChannelDeleted, ChannelsReordered};
use battala_proto::fields::Fault;
use battala_proto::id::{ChannelId, ServerId};
use battala_proto::limits::{CHANNELS_PER_SERVER_MAX, TOPICS_PER_SERVER_BYTES_MAX};
use battala_proto::text::{ChannelName, Topic};
use battala_store::Conn;
use battala_store::tables::channels;

use self::row::{channel_of, channels_of};
use crate::Hub;
use crate::access::{self, Can};
use crate::bus::Audience;
use crate::error::{Error, Result, readable};
use crate::jobs::job::Job;
use crate::limits::Bucket;
use crate::places::arrange_known;
use crate::work::{Entry, Level};

/// Refuses a topic with which the topics of a server grow beyond what all of them may have. A
/// server that is beyond already, from before there was this bound, can still shorten its topics.
async fn refuse_large_topics(conn: &mut Conn, server: ServerId, before: i64) -> Result<()> {
    let now = channels::topics_bytes(conn, server).await?;
    if now <= before || now <= TOPICS_PER_SERVER_BYTES_MAX {
        return Ok(());
    }
    let message = format!(
        "must leave the topics of this server at {TOPICS_PER_SERVER_BYTES_MAX} bytes together; they would have {now}"
    );
    let limit = TOPICS_PER_SERVER_BYTES_MAX.unsigned_abs();
    let fault = Fault::limit(FieldCode::NoRoom, message, limit);
    Err(Error::InvalidInput(vec![fault.of("topic")]))
}

/// Makes a text channel at the end of the list.
///
/// # Errors
/// [`Error::LimitReached`] when the server has as many as can be, [`Error::InvalidInput`] on
/// `topic` when its topics are too long together.
pub async fn create(
    hub: &Hub,
    can: Can<access::CreateChannel>,
    request: CreateChannel,
) -> Result<Channel> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let server_id = work.target().id;
            let count = channels::count(work.tx(), server_id).await?;
            if count >= CHANNELS_PER_SERVER_MAX {
                return Err(Error::LimitReached {
                    what: "channels",
                    limit: CHANNELS_PER_SERVER_MAX,
                });
            }
            let row = channels::ChannelRow {
                id: work.make_id()?,
                server_id,
                r#type: ChannelKind::Text,
                name: request.name.into_string(),
                topic: request.topic.map(Topic::into_string).unwrap_or_default(),
                position: count,
                created_at: work.now(),
            };
            channels::insert(work.tx(), &row).await?;
            if !row.topic.is_empty() {
                refuse_large_topics(work.tx(), server_id, 0).await?;
            }
            let at = work.raise(server_id, Level::Rights).await?;
            let channel = channel_of(row);
            let changed = ChannelChanged {
                channel: channel.clone(),
                epoch: at.epoch,
                structure_rev: at.structure_rev,
            };
            work.emit(
                Audience::Channel(server_id, channel.id),
                Event::ChannelCreated(changed),
            );
            work.audit(
                Entry::in_server(server_id, channel.id)
                    .with(serde_json::json!({"name": channel.name})),
            )
            .await?;
            Ok(channel)
        })
    })
    .await
}

/// The channels of a server that the caller sees, by position.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ReadServer>) -> Result<Vec<Channel>> {
    let (mut reader, can) = hub.read_as(can).await?;
    let rows = channels::list(&mut reader, can.target().id).await?;
    let mut channels = channels_of(rows);
    can.target()
        .retain_seen(&mut channels, hub.now(), |channel| channel.id);
    Ok(channels)
}

/// One channel.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn get(hub: &Hub, can: Can<access::ReadChannel>) -> Result<Channel> {
    let mut reader = hub.read(&can).await?;
    let row = channels::get(&mut reader, can.target().id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(channel_of(row))
}

/// Changes a channel. What is so already is told to nobody.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile, [`Error::InvalidInput`] on `topic` when the
/// topics of the server are too long together, [`Error::ChangedTooOften`] for the name.
pub async fn update(
    hub: &Hub,
    can: Can<access::UpdateChannel>,
    request: UpdateChannel,
) -> Result<Channel> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let (id, server_id) = (work.target().id, work.target().server.id);
            let name = request.name.as_ref().map(ChannelName::as_str);
            let topic = request.topic.as_ref().map(Topic::as_str);
            let row = channels::get(work.tx(), id).await?.ok_or(Error::NotFound)?;
            if is_so(name, &row.name) && is_so(topic, &row.topic) {
                return Ok(channel_of(row));
            }
            let is_renamed = !is_so(name, &row.name);
            let has_new_topic = !is_so(topic, &row.topic);
            let before = channels::topics_bytes(work.tx(), server_id).await?;
            let row = channels::update(work.tx(), id, name, topic)
                .await?
                .ok_or(Error::NotFound)?;
            refuse_large_topics(work.tx(), server_id, before).await?;
            if is_renamed {
                work.charge_name(Bucket::Rename, "name")?;
            }
            let at = work.raise(server_id, Level::Structure).await?;
            let channel = channel_of(row);
            let changed = ChannelChanged {
                channel: channel.clone(),
                epoch: at.epoch,
                structure_rev: at.structure_rev,
            };
            work.emit(
                Audience::Channel(server_id, id),
                Event::ChannelUpdated(changed),
            );
            let detail = serde_json::json!({"name": name, "has_new_topic": has_new_topic});
            work.audit(Entry::in_server(server_id, id).with(detail))
                .await?;
            Ok(channel)
        })
    })
    .await
}

/// Whether nothing else is wanted than what is there.
fn is_so(wanted: Option<&str>, present: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == present)
}

/// Moves channels of a server to other places among those that the caller sees. A move that changes nothing is told to nobody; one
/// that does is told as an event, to who moved them as well.
///
/// # Errors
/// [`Error::Mismatch`] on the `id` of a channel that the caller does not see.
pub async fn reorder(
    hub: &Hub,
    can: Can<access::ReorderChannels>,
    request: ReorderChannels,
) -> Result<()> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let server_id = work.target().id;
            let present = order_of(work.tx(), server_id).await?;
            let moves = request.channels.iter();
            let moves: Vec<_> = moves.map(|place| (place.id, place.position)).collect();
            let (mut seen, now) = (present.clone(), work.now());
            work.target().retain_seen(&mut seen, now, |id| *id);
            let order = arrange_known("channels", (&present, &seen), &moves)?;
            if order == present {
                return Ok(());
            }
            channels::set_order(work.tx(), server_id, &order).await?;
            let at = work.raise(server_id, Level::Structure).await?;
            let reordered = ChannelsReordered {
                server_id,
                channels: placed(&order),
                epoch: at.epoch,
                structure_rev: at.structure_rev,
            };
            work.emit(
                Audience::Server(server_id),
                Event::ChannelsReordered(reordered),
            );
            work.audit(Entry::in_server(server_id, server_id)).await
        })
    })
    .await
}

/// The channels that can be read, by position.
async fn order_of(conn: &mut Conn, server: ServerId) -> Result<Vec<ChannelId>> {
    let ids = channels::ids(conn, server).await?;
    let ids = readable(ids, "a channel stays where it is that cannot be read");
    Ok(ids.collect())
}

/// Where each channel of a whole list stands. Whoever sees a part of it is told the places of that part.
fn placed(order: &[ChannelId]) -> Vec<PlacedChannel> {
    let places = (0..).zip(order);
    let places = places.map(|(position, id)| PlacedChannel { id: *id, position });
    places.collect()
}

/// Deletes a channel: at once for everyone, and from the disk in the background.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete(hub: &Hub, can: Can<access::DeleteChannel>) -> Result<()> {
    hub.write_rights(can, |work| {
        Box::pin(async move {
            let (id, server_id, now) = (work.target().id, work.target().server.id, work.now());
            let moved = channels::mark_deleted(work.tx(), server_id, id, now)
                .await?
                .ok_or(Error::NotFound)?;
            let at = work.raise(server_id, Level::Rights).await?;
            let deleted = ChannelDeleted {
                server_id,
                channel_id: id,
                epoch: at.epoch,
                structure_rev: at.structure_rev,
            };
            work.emit(
                Audience::Channel(server_id, id),
                Event::ChannelDeleted(deleted),
            );
            if moved > 0 {
                // Whoever has the others holds their positions of before.
                let reordered = ChannelsReordered {
                    server_id,
                    channels: placed(&order_of(work.tx(), server_id).await?),
                    epoch: at.epoch,
                    structure_rev: at.structure_rev,
                };
                work.emit(
                    Audience::Server(server_id),
                    Event::ChannelsReordered(reordered),
                );
            }
            work.enqueue(Job::PurgeChannel { channel_id: id }).await?;
            work.audit(Entry::in_server(server_id, id)).await
        })
    })
    .await
}
