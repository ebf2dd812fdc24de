//! Commands: from a packet to a use case to an acknowledgement.
//!
//! A command is started in its turn and may finish later; acknowledgements leave in the order of
//! the commands. Writes take their place in the connection's lane when they are started, so that
//! many messages of one connection can share a commit and still keep their order.

use std::sync::Arc;

use battala_hub::access::{
    ListMembers, ListServers, MarkRead, ReadMessages, RenewConnection, SetPresence, StartTyping,
};
use battala_hub::bus::HintTo;
use battala_hub::limits::{Bucket, Subject};
use battala_hub::{Error, messages, reads, sessions};
use battala_proto::commands::{
    ChannelRead, ChannelSync, ChannelsWatch, ChannelsWatched, Done, MembersSubscribe, MessageSend,
    PresenceSet, SessionRefresh, SessionRefreshed, TypingStart,
};
use battala_proto::error::{CommandError, ErrorCode};
use battala_proto::fields::Fields;
use battala_proto::hints::{PresenceUpdated, TypingStarted};
use battala_proto::{Command, Hint};
use battala_socketio::{Close, Event, Payload, Reply};
use serde::Serialize;

use crate::Gateway;
use crate::connection::Attached;
use crate::giving_way;
use crate::room::Request;
use crate::untaken::Sizes;
use crate::watching::{self, Named};

/// The answer to a command, now or later.
type Answer = Result<Reply, CommandError>;

pub(crate) async fn run(gateway: &Gateway, attached: &Arc<Attached>, event: Event<'_>) -> Reply {
    let answer = match read(&event) {
        Ok(command) => start(gateway, attached, command).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| {
        close_if_flooding(gateway, attached);
        refuse(error)
    })
}

/// A connection that goes on after hundreds of refusals is cut: answering costs too.
fn close_if_flooding(gateway: &Gateway, attached: &Attached) {
    let subject = Subject::User(attached.connection.user_id);
    if gateway
        .hub()
        .limits()
        .check(Bucket::Refused, subject)
        .is_err()
    {
        attached.connection.socket.close(Close::Final);
    }
}

fn read(event: &Event<'_>) -> Result<Command, CommandError> {
    let malformed = || plain(ErrorCode::Malformed, "a command takes one JSON object");
    let data = event.data.ok_or_else(malformed)?;
    let fields: Fields = serde_json::from_str(data.get()).map_err(|_| malformed())?;
    match Command::read(&event.name, fields) {
        None => Err(plain(ErrorCode::UnknownCommand, "there is no such command")),
        Some(Err(fields)) => Err(failure(&Error::InvalidInput(fields))),
        Some(Ok(command)) => Ok(command),
    }
}

async fn start(gateway: &Gateway, attached: &Arc<Attached>, command: Command) -> Answer {
    let started = match command {
        Command::MessageSend(body) => message_send(gateway, attached, body).await,
        Command::TypingStart(body) => typing_start(gateway, attached, body).await,
        Command::ChannelRead(body) => channel_read(gateway, attached, body).await,
        Command::PresenceSet(body) => presence_set(gateway, attached, body).await,
        Command::MembersSubscribe(body) => members_subscribe(gateway, attached, body).await,
        Command::ChannelSync(body) => channel_sync(gateway, attached, &body),
        Command::ChannelsWatch(body) => channels_watch(gateway, attached, body).await,
        Command::SessionRefresh(body) => session_refresh(gateway, attached, body).await,
    };
    started.map_err(|error| failure(&error))
}

fn check(gateway: &Gateway, attached: &Attached, bucket: Bucket) -> battala_hub::Result<()> {
    let subject = Subject::User(attached.connection.user_id);
    gateway.hub().limits().check(bucket, subject).map(drop)
}

async fn message_send(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: MessageSend,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Send)?;
    let hub = gateway.hub();
    let can = attached.may_send(body.channel_id).await?;
    let permit = hub.reserve_in(&attached.lane).await?;
    let sent = messages::send_at(hub, permit, can, body.message);
    Ok(later(async move { sent.await.map(|sent| sent.receipt()) }))
}

async fn typing_start(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: TypingStart,
) -> battala_hub::Result<Reply> {
    let (hub, connection) = (gateway.hub(), &attached.connection);
    check(gateway, attached, Bucket::Typing)?;
    check(gateway, attached, Bucket::Read)?;
    let can = hub
        .authorize::<StartTyping>(connection.actor(), body.channel_id)
        .await?;
    let to = HintTo::Channel(can.target().server.id, can.target().id);
    let typing = TypingStarted {
        channel_id: body.channel_id,
        user: connection.account().public(),
    };
    hub.emit_hint(&can, to, Hint::TypingStarted(typing));
    Ok(now(&Done {}))
}

async fn channel_read(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: ChannelRead,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Write)?;
    let hub = gateway.hub();
    let can = hub
        .authorize::<MarkRead>(attached.connection.actor(), body.channel_id)
        .await?;
    let permit = hub.reserve_in(&attached.lane).await?;
    Ok(later(reads::set_at(hub, permit, can, body.message_id)))
}

async fn presence_set(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: PresenceSet,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Write)?;
    let (hub, connection) = (gateway.hub(), &attached.connection);
    let can = hub.authorize::<SetPresence>(connection.actor(), ()).await?;
    if hub
        .presence()
        .choose(connection.user_id, body.status)
        .has_changed
    {
        gateway.directory().mark_presence(&connection.servers());
    }
    let updated = Hint::PresenceUpdated(PresenceUpdated {
        status: body.status,
    });
    hub.emit_hint(&can, HintTo::User(connection.user_id), updated);
    Ok(now(&Done {}))
}

async fn members_subscribe(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: MembersSubscribe,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Read)?;
    let connection = &attached.connection;
    gateway
        .hub()
        .authorize::<ListMembers>(connection.actor(), body.server_id)
        .await?;
    let room = gateway
        .directory()
        .room(body.server_id)
        .ok_or(Error::NotFound)?;
    // Removed from the server since the policy was asked.
    if !connection.is_in(body.server_id) {
        return Err(Error::NotFound);
    }
    room.request(Request::Subscribe(Arc::clone(connection), body.ranges));
    Ok(now(&Done {}))
}

/// One at a time, and none before the peer has taken what came before and there is room for it: an
/// answer may be large.
fn channel_sync(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: &ChannelSync,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Read)?;
    let ChannelSync { channel_id, after } = *body;
    let (gateway, attached) = (gateway.clone(), Arc::clone(attached));
    Ok(Reply::InTurn(Box::pin(async move {
        let (hub, connection) = (gateway.hub(), &attached.connection);
        let sizes = Sizes::up_to(messages::SYNC_BYTES_MAX);
        let room = giving_way::room(&gateway, connection, sizes, giving_way::WAIT_MAX);
        let mut room = match room.await {
            Ok(room) => room,
            Err(error) => return refused(failure(&error)),
        };
        let synced = async {
            let can = hub
                .authorize_to_read::<ReadMessages>(connection.actor(), channel_id)
                .await?;
            messages::sync(hub, can, after, room.bytes()).await
        };
        let answer = match synced.await {
            Ok(changes) => accepted(&changes),
            Err(error) => {
                close_if_flooding(&gateway, &attached);
                refused(failure(&error))
            }
        };
        room.resize(answer.size_bytes());
        answer.holding(room)
    })))
}

/// It stands before the next command is begun: what is synced after it leaves no gap.
async fn channels_watch(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: ChannelsWatch,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Read)?;
    let (hub, connection) = (gateway.hub(), &attached.connection);
    // The rooms of the own servers are asked, and each says what is seen there.
    hub.authorize::<ListServers>(connection.actor(), ()).await?;
    let Named { channels, further } = watching::watch(gateway, connection, body.channels).await;
    let further = u32::try_from(further).unwrap_or(u32::MAX);
    let account = Subject::User(connection.user_id);
    hub.limits().charge(Bucket::Read, account, further);
    Ok(now(&ChannelsWatched { channels }))
}

async fn session_refresh(
    gateway: &Gateway,
    attached: &Arc<Attached>,
    body: SessionRefresh,
) -> battala_hub::Result<Reply> {
    check(gateway, attached, Bucket::Write)?;
    let (hub, connection) = (gateway.hub(), &attached.connection);
    let known = sessions::authenticate(hub, &body.token).await?;
    hub.authorize::<RenewConnection>(known.actor, ()).await?;
    if known.session_id != connection.session_id {
        return Err(Error::Unauthenticated);
    }
    connection.set_expires_passed(known.expires_passed);
    Ok(now(&SessionRefreshed {
        expires_at: known.expires_at,
    }))
}

/// `{"ok": …}`.
#[derive(Serialize)]
struct Accepted<T> {
    ok: T,
}

/// `{"error": …}`.
#[derive(Serialize)]
struct Refused {
    error: CommandError,
}

fn now<T: Serialize>(answer: &T) -> Reply {
    Reply::Now(accepted(answer))
}

fn later<T, F>(answer: F) -> Reply
where
    T: Serialize,
    F: Future<Output = battala_hub::Result<T>> + Send + 'static,
{
    Reply::Later(Box::pin(async move {
        match answer.await {
            Ok(answer) => accepted(&answer),
            Err(error) => refused(failure(&error)),
        }
    }))
}

fn refuse(error: CommandError) -> Reply {
    Reply::Now(refused(error))
}

fn accepted<T: Serialize>(answer: &T) -> Payload {
    Payload::new(&Accepted { ok: answer }).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer was not encoded");
        refused(plain(ErrorCode::Internal, "something went wrong here"))
    })
}

fn refused(error: CommandError) -> Payload {
    // A refusal holds only text and numbers, which always encode.
    Payload::new(&Refused { error }).unwrap_or_else(|_| Payload::from_raw_json("{\"error\":{}}"))
}

fn plain(code: ErrorCode, message: &str) -> CommandError {
    CommandError {
        code,
        message: message.to_owned(),
        fields: Vec::new(),
        retry_after_ms: None,
    }
}

fn failure(error: &Error) -> CommandError {
    error.log_if_internal();
    CommandError {
        code: error.code(),
        message: error.to_string(),
        fields: error.fields(),
        retry_after_ms: error.retry_after_ms(),
    }
}
