//! Messages: writing, reading, changing, and catching up.

use battala_proto::Event;
use battala_proto::commands::{ChannelChanges, MessageSent};
use battala_proto::error::FieldCode;
use battala_proto::events::{MessageChanged, MessageDeleted, ReadUpdated};
use battala_proto::fields::page_rows;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};
use battala_proto::limits::{SYNC_GAP_MAX, SYNC_ROWS_MAX};
use battala_proto::messages::{
    EditMessage, Message, MessageKind, MessagePage, MessageQuery, SendMessage,
};
use battala_proto::text::json_bytes;
use battala_store::tables::messages::Added;
use battala_store::tables::{channels, messages};
use battala_store::{Conn, WritePermit};

use crate::Hub;
use crate::access::{self, Can, ChannelTarget, MessageTarget};
use crate::bus::Audience;
use crate::error::{Error, Result};
use crate::users::row::public_of;
use crate::work::{Entry, Work};

pub(crate) fn message_of(row: messages::MessageRow, server_id: ServerId) -> Message {
    Message {
        id: row.id,
        channel_id: row.channel_id,
        server_id,
        author: public_of(row.author),
        kind: row.r#type,
        flags: row.flags,
        content: row.content,
        nonce: row.nonce,
        seq: row.seq,
        rev: row.rev,
        created_at: row.created_at,
        edited_at: row.edited_at,
        is_deleted: row.deleted_at.is_some(),
    }
}

/// A message that was sent, now or by an earlier try with the same nonce.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message as it is now.
    pub message: Message,
    /// Whether an earlier try had sent it already.
    pub is_replay: bool,
}

impl Sent {
    /// What a command's acknowledgement says of it.
    pub fn receipt(&self) -> MessageSent {
        MessageSent {
            id: self.message.id,
            seq: self.message.seq,
        }
    }
}

/// Writes a message; answered after the commit.
///
/// # Errors
/// [`Error::Conflict`] when the nonce belongs to a message of another channel.
pub async fn send(hub: &Hub, can: Can<access::SendMessage>, request: SendMessage) -> Result<Sent> {
    hub.write(can, move |work| {
        Box::pin(async move { insert(work, request).await })
    })
    .await
}

/// Queues a message at a place taken before. What is queued in order commits in order, so one
/// connection can have many messages under way.
///
/// # Errors
/// As [`send`], from the returned future.
pub fn send_at(
    hub: &Hub,
    permit: WritePermit,
    can: Can<access::SendMessage>,
    request: SendMessage,
) -> impl Future<Output = Result<Sent>> + Send + 'static {
    hub.write_at(permit, can, move |work| {
        Box::pin(async move { insert(work, request).await })
    })
}

async fn insert(work: &mut Work<'_, access::SendMessage>, request: SendMessage) -> Result<Sent> {
    let (channel, author) = (work.target().clone(), work.can().public_user()?);
    let id: MessageId = work.make_id()?;
    let wanted = messages::NewMessage {
        id,
        channel_id: channel.id,
        author_id: author.id,
        kind: MessageKind::Default,
        content: request.content.as_str().to_owned(),
        nonce: request.nonce.as_str().to_owned(),
        created_at: id.created_at_ms(),
    };
    let Some(stored) = store(work, wanted).await? else {
        return replay(work, &channel, &request).await;
    };
    let message = Message {
        id: stored.id,
        channel_id: channel.id,
        server_id: channel.server.id,
        author,
        kind: MessageKind::Default,
        flags: 0,
        content: request.content.into_string(),
        nonce: Some(request.nonce.into_string()),
        seq: stored.seq,
        rev: stored.seq,
        // The time in the id, which like the ids of a channel never steps back with the clock.
        created_at: stored.id.created_at_ms(),
        edited_at: None,
        is_deleted: false,
    };
    // Whoever writes has read what is above. Told before the message is: it is unread at no moment.
    let moved = ReadUpdated {
        channel_id: message.channel_id,
        last_read_id: message.id,
        rev: stored.read_rev,
    };
    work.emit(Audience::User(message.author.id), Event::ReadUpdated(moved));
    let changed = MessageChanged {
        message: message.clone(),
        first_seq: message.seq,
        seq: message.seq,
        epoch: channel.server.counters.epoch,
    };
    work.emit(
        Audience::Channel(channel.server.id, channel.id),
        Event::MessageCreated(changed),
    );
    Ok(Sent {
        message,
        is_replay: false,
    })
}

/// Where a message stands that was stored.
struct Stored {
    id: MessageId,
    seq: i64,
    /// The number of its author's new reading position.
    read_rev: i64,
}

/// Stores a message at the next place in its channel; `None` when its nonce was used before, or the
/// channel is gone. The id is made inside the transaction, so on SQLite it is above all others, and one
/// statement does the rest. Where it is not, a place is taken first.
async fn store(
    work: &mut Work<'_, access::SendMessage>,
    message: messages::NewMessage,
) -> Result<Option<Stored>> {
    match messages::add(work.tx(), message.clone()).await? {
        Added::At { seq, rev } => Ok(Some(Stored {
            id: message.id,
            seq,
            read_rev: rev,
        })),
        // A retry finds the other one.
        Added::NonceTaken => Err(Error::Unavailable),
        Added::Not => store_above(work, message).await,
    }
}

/// The same where the channel's last id may be above the one that was made.
async fn store_above(
    work: &mut Work<'_, access::SendMessage>,
    mut message: messages::NewMessage,
) -> Result<Option<Stored>> {
    let key = (message.author_id, message.nonce.as_str());
    let Some(place) = take_place(work, message.channel_id, (message.id, key)).await? else {
        return Ok(None);
    };
    message.id = place.last_id;
    message.created_at = place.last_id.created_at_ms();
    // Without one, the same nonce is being written by a transaction beside this one; a retry finds it.
    let rev = messages::insert(work.tx(), message, place.last_seq).await?;
    Ok(Some(Stored {
        id: place.last_id,
        seq: place.last_seq,
        read_rev: rev.ok_or(Error::Unavailable)?,
    }))
}

/// The next place in a channel. An id that was made before the channel was ours may be below that of a
/// message that came in between; then it is made anew now that the channel is ours. Messages that were
/// written while a clock was ahead are above even that. The number after the channel's last id would do
/// for the channel, but may be the id of a message in another one.
async fn take_place(
    work: &mut Work<'_, access::SendMessage>,
    channel: ChannelId,
    (candidate, key): (MessageId, (UserId, &str)),
) -> Result<Option<channels::AdvancedRow>> {
    let advanced = channels::advance(work.tx(), channel, candidate, key).await?;
    let Some(mut place) = advanced.filter(|place| place.last_id != candidate) else {
        return Ok(advanced);
    };
    let above = work.make_id()?;
    if channels::raise_last_id(work.tx(), channel, above).await? {
        place.last_id = above;
        return Ok(Some(place));
    }
    let newest = messages::id_to_follow(work.tx(), channel).await?;
    let newest = newest.map_or(place.last_id, |id| id.max(place.last_id));
    let above = MessageId::from_raw(work.hub().ids().above(newest.raw()));
    channels::raise_last_id(work.tx(), channel, above).await?;
    place.last_id = above;
    Ok(Some(place))
}

/// The message that an earlier try has sent, as it is now.
async fn replay(
    work: &mut Work<'_, access::SendMessage>,
    channel: &ChannelTarget,
    request: &SendMessage,
) -> Result<Sent> {
    let author = work.can().user_id()?;
    let row = messages::by_nonce(work.tx(), author, request.nonce.as_str()).await?;
    // Without one, it was the channel that is gone.
    let row = row.ok_or(Error::NotFound)?;
    if row.channel_id != channel.id {
        return Err(Error::Conflict(
            "this nonce was used for a message in another channel",
        ));
    }
    let message = message_of(row, channel.server.id);
    // Of a commit whose answer was lost nobody was told.
    let (seq, epoch) = (message.seq, channel.server.counters.epoch);
    let event = if message.is_deleted {
        let now = channels::come(work.tx(), channel.id).await?;
        Event::MessageDeleted(MessageDeleted {
            message: message.clone(),
            last_message_id: now.ok_or(Error::NotFound)?.last_message_id,
            first_seq: seq,
            seq,
            epoch,
        })
    } else {
        Event::MessageCreated(MessageChanged {
            message: message.clone(),
            first_seq: seq,
            seq,
            epoch,
        })
    };
    work.repeat(Audience::Channel(channel.server.id, channel.id), event);
    Ok(Sent {
        message,
        is_replay: true,
    })
}

/// A page of history, oldest first.
///
/// # Errors
/// [`Error::InvalidInput`] for the page size.
pub async fn page(
    hub: &Hub,
    can: Can<access::ReadMessages>,
    query: MessageQuery,
) -> Result<MessagePage> {
    let limit = page_rows(query.limit).map_err(|fault| vec![fault])?;
    let (channel, server_id) = (can.target().id, can.target().server.id);
    let mut reader = hub.read(&can).await?;
    let around = around_of(&query, limit);
    // One row more than asked for tells whether there are more.
    let (older, newer) = if around.id == i64::MAX {
        let older = messages::page_before(&mut reader, channel, around.id, limit + 1).await?;
        (older, Vec::new())
    } else {
        let rows = (around.older + 1, around.newer + 1);
        messages::page_around(&mut reader, channel, around.id, rows).await?
    };
    let (older, newer) = (
        Side::new(older, around.older),
        Side::new(newer, around.newer),
    );
    let rows = older.rows.into_iter().rev().chain(newer.rows);
    let items = rows.map(|row| message_of(row, server_id)).collect();
    Ok(MessagePage {
        items,
        has_older: older.has_more,
        has_newer: newer.has_more,
    })
}

/// Where a page stands: so many messages before an id, and so many from it on.
struct Around {
    id: i64,
    older: u32,
    newer: u32,
}

fn around_of(query: &MessageQuery, limit: u32) -> Around {
    let (id, older, newer) = match (query.around, query.after, query.before) {
        (Some(around), _, _) => (around.raw(), limit / 2, limit - limit / 2),
        (None, Some(after), _) => (after.raw().saturating_add(1), 0, limit),
        (None, None, Some(before)) => (before.raw(), limit, 0),
        (None, None, None) => (i64::MAX, limit, 0),
    };
    Around { id, older, newer }
}

/// The rows on one side of a point, nearest first.
struct Side {
    rows: Vec<messages::MessageRow>,
    has_more: bool,
}

impl Side {
    fn new(mut rows: Vec<messages::MessageRow>, limit: u32) -> Self {
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Self { rows, has_more }
    }
}

/// One message.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn get(hub: &Hub, can: Can<access::ReadMessage>) -> Result<Message> {
    let mut reader = hub.read(&can).await?;
    load(&mut reader, can.target()).await
}

async fn load(conn: &mut Conn, target: &MessageTarget) -> Result<Message> {
    let row = messages::get(conn, target.channel.id, target.id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(message_of(row, target.channel.server.id))
}

/// Changes the text of an own message. One that it has already leaves it unchanged, and is told to
/// nobody.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn edit(
    hub: &Hub,
    can: Can<access::EditMessage>,
    request: EditMessage,
) -> Result<Message> {
    hub.write(can, move |work| {
        Box::pin(async move {
            let (target, now) = (work.target().clone(), work.now());
            let message = load(work.tx(), &target).await?;
            if !message.is_deleted && message.content == request.content.as_str() {
                return Ok(message);
            }
            let rev = channels::next_seq(work.tx(), target.channel.id).await?;
            let rev = rev.ok_or(Error::NotFound)?;
            let key = (target.channel.id, target.id);
            if !messages::set_content(work.tx(), key, request.content.as_str(), rev, now).await? {
                return Err(Error::NotFound);
            }
            let message = load(work.tx(), &target).await?;
            let changed = MessageChanged {
                message: message.clone(),
                first_seq: rev,
                seq: rev,
                epoch: target.channel.server.counters.epoch,
            };
            work.emit(audience(&target), Event::MessageUpdated(changed));
            Ok(message)
        })
    })
    .await
}

/// Deletes a message; a tombstone without content stays, so that whoever was away learns of it.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete(hub: &Hub, can: Can<access::DeleteMessage>) -> Result<()> {
    let actor = can.user_id()?;
    hub.write(can, move |work| {
        Box::pin(async move {
            let (target, now) = (work.target().clone(), work.now());
            let key = (target.channel.id, target.id);
            let come = channels::advance_without(work.tx(), key.0, key.1).await?;
            let come = come.ok_or(Error::NotFound)?;
            if !messages::set_deleted(work.tx(), key, come.last_seq, now).await? {
                return Err(Error::NotFound);
            }
            let deleted = MessageDeleted {
                message: load(work.tx(), &target).await?,
                last_message_id: come.last_message_id,
                first_seq: come.last_seq,
                seq: come.last_seq,
                epoch: target.channel.server.counters.epoch,
            };
            work.emit(audience(&target), Event::MessageDeleted(deleted));
            if actor != target.author_id {
                let server_id = target.channel.server.id;
                let detail = serde_json::json!({"author_id": target.author_id, "channel_id": target.channel.id});
                work.audit(Entry::in_server(server_id, target.id).with(detail)).await?;
            }
            Ok(())
        })
    })
    .await
}

fn audience(target: &MessageTarget) -> Audience {
    Audience::Channel(target.channel.server.id, target.channel.id)
}

/// One answer to a sync, several times the longest message. Who was away for longer asks again, and
/// who takes nothing makes the hub keep no more than this.
pub const SYNC_BYTES_MAX: usize = 128 * 1024;

/// Of a message as JSON, at most: names, ids and numbers, and each text with its escapes.
fn size_of(message: &Message) -> usize {
    const FIELDS_BYTES: usize = 512;
    let Message {
        author, content, ..
    } = message;
    let texts = [content, &author.username, &author.display_name];
    let optional = [&message.nonce, &author.avatar].into_iter().flatten();
    let texts = texts.into_iter().chain(optional);
    FIELDS_BYTES + texts.map(|text| json_bytes(text)).sum::<usize>()
}

/// Everything that changed after a sequence number: the current rows in the order of their last
/// change, tombstones included. A superseded change leaves a hole. The answer has about `bytes_max`
/// at most, but at least one row when there is any.
///
/// # Errors
/// [`Error::InvalidInput`] for a negative sequence number.
pub async fn sync(
    hub: &Hub,
    can: Can<access::ReadMessages>,
    after: i64,
    bytes_max: usize,
) -> Result<ChannelChanges> {
    if after < 0 {
        return Err(Error::field(
            "after",
            FieldCode::TooSmall,
            "must not be negative",
        ));
    }
    let (channel, server_id) = (can.target().id, can.target().server.id);
    let mut reader = hub.read(&can).await?;
    let rows = messages::changed_after(&mut reader, channel, after, SYNC_ROWS_MAX).await?;
    // Read after the rows: a change that commits between the two is above every row here, and what
    // lies between the last row and the head is asked for again unless the page was full.
    let now = channels::come(&mut reader, channel).await?;
    let channels::ComeRow {
        last_seq: head,
        last_message_id,
        ..
    } = now.ok_or(Error::NotFound)?;
    if after > head || head - after > SYNC_GAP_MAX {
        return Ok(ChannelChanges {
            rows: Vec::new(),
            last_message_id,
            through: head,
            more: false,
            reset: true,
        });
    }
    let mut bytes = 0;
    let fits = |message: &Message| {
        let is_first = bytes == 0;
        bytes += size_of(message);
        is_first || bytes <= bytes_max
    };
    let rows: Vec<Message> = rows
        .into_iter()
        .map(|row| message_of(row, server_id))
        .take_while(fits)
        .collect();
    let through = rows.last().map_or(after, |message| message.rev);
    Ok(ChannelChanges {
        rows,
        last_message_id,
        through,
        more: through < head,
        reset: false,
    })
}
