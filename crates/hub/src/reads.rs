//! How far the caller has read.

use battala_proto::Event;
use battala_proto::commands::ReadMoved;
use battala_proto::events::ReadUpdated;
use battala_proto::id::MessageId;
use battala_proto::limits::{UNREAD_AMONG_MAX, UNREAD_COUNT_MAX};
use battala_proto::reads::ReadState;
use battala_store::WritePermit;
use battala_store::tables::{messages, reads, users};

use crate::Hub;
use crate::access::{self, Can};
use crate::bus::Audience;
use crate::error::{Error, Result};
use crate::work::Work;

/// The own reading position in a channel, and what comes after it.
///
/// # Errors
/// [`Error::NotFound`] when the channel was deleted meanwhile.
pub async fn get(hub: &Hub, can: Can<access::MarkRead>) -> Result<ReadState> {
    let (channel_id, user_id) = (can.target().id, can.user_id()?);
    let mut reader = hub.read(&can).await?;
    let reached = reads::reached(&mut reader, user_id, channel_id).await?;
    let reached = reached.ok_or(Error::NotFound)?;
    let last_read_id = reached.read_to.0;
    let after = last_read_id.map_or(0, MessageId::raw);
    let bounds = (UNREAD_COUNT_MAX, UNREAD_AMONG_MAX);
    let unread = messages::count_unread(&mut reader, channel_id, user_id, after, bounds).await?;
    Ok(ReadState {
        channel_id,
        last_read_id,
        unread,
        rev: reached.read.map_or(0, |read| read.rev),
    })
}

/// Moves the own reading position, forwards or back, to a message of the channel.
///
/// # Errors
/// [`Error::NotFound`] when the message does not stand in the channel.
pub async fn set(
    hub: &Hub,
    can: Can<access::MarkRead>,
    message_id: MessageId,
) -> Result<ReadMoved> {
    let permit = hub.db().reserve().await?;
    set_at(hub, permit, can, message_id).await
}

/// The same at a place taken before, so that one connection's changes commit in their order.
///
/// # Errors
/// As [`set`], from the returned future.
pub fn set_at(
    hub: &Hub,
    permit: WritePermit,
    can: Can<access::MarkRead>,
    message_id: MessageId,
) -> impl Future<Output = Result<ReadMoved>> + Send + 'static {
    hub.write_at(permit, can, move |work| {
        Box::pin(async move { move_to(work, message_id).await })
    })
}

async fn move_to(
    work: &mut Work<'_, access::MarkRead>,
    message_id: MessageId,
) -> Result<ReadMoved> {
    let (channel_id, user_id) = (work.target().id, work.can().user_id()?);
    messages::get(work.tx(), channel_id, message_id)
        .await?
        .ok_or(Error::NotFound)?;
    let current = reads::get(work.tx(), user_id, channel_id).await?;
    if let Some(row) = current.filter(|row| row.last_read_id == message_id) {
        return Ok(ReadMoved {
            last_read_id: message_id,
            rev: row.rev,
        });
    }
    let rev = users::raise_rev(work.tx(), user_id).await?;
    reads::set(work.tx(), user_id, channel_id, message_id, rev).await?;
    let moved = ReadUpdated {
        channel_id,
        last_read_id: message_id,
        rev,
    };
    work.emit(Audience::User(user_id), Event::ReadUpdated(moved));
    Ok(ReadMoved {
        last_read_id: message_id,
        rev,
    })
}
