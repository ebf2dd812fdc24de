//! The one fan-out: every notice of the bus goes through here, in order, to its audience.

use std::collections::HashSet;
use std::sync::Arc;

use battala_hub::access::{Actor, ListMembers};
use battala_hub::bus::{Audience, Carried, Change, Counters, HintTo, Notice, StructureChange};
use battala_hub::{Result, members};
use battala_proto::events::{Head, Heads, Position, RemovalReason, ServerRemoved, SessionEnded};
use battala_proto::id::{ServerId, UserId};
use battala_proto::members::Member;
use battala_proto::{Event, Hint};
use battala_socketio::{Close, Frame};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::connection::{Connection, encode};
use crate::order::{Learned, Order};
use crate::room::Room;
use crate::{ENDED, Gateway, recovery, state};

pub(crate) async fn run(gateway: Gateway, mut carried: Receiver<Carried>) {
    loop {
        match carried.recv().await {
            Ok(Carried::Notice { notice, .. }) => dispatch(&gateway, notice),
            Ok(Carried::Hint { to, hint, .. }) => tell_hint(&gateway, to, &hint),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "the gateway fell behind and reads its rooms anew");
                recovery::fell_behind(&gateway);
                gateway.doubts().suspect(Instant::now());
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn dispatch(gateway: &Gateway, notice: Arc<Notice>) {
    match &*notice {
        Notice::Event(Audience::Server(server) | Audience::Channel(server, _), _)
        | Notice::Repeated(Audience::Server(server) | Audience::Channel(server, _), _) => {
            in_order(gateway, *server, notice);
        }
        Notice::Structure(change) => structure(gateway, change, &notice),
        Notice::Event(Audience::Hub, event) => to_all(&gateway.directory().all(), event),
        Notice::Event(Audience::User(user), event) => {
            let connections = gateway.directory().of_account(*user);
            to_all(&connections, event);
            if let Position::Account { rev } = event.position() {
                for one in &connections {
                    one.is_told(rev);
                }
            }
        }
        Notice::Event(Audience::Servers(servers), event) => to_servers(gateway, servers, event),
        // What has no order cannot be told apart from what was told before.
        Notice::Repeated(..) => {}
        Notice::InDoubt(notices) => in_doubt(gateway, notices),
        Notice::UserChanged(me) => {
            let connections = gateway.directory().of_account(me.id);
            for connection in connections {
                connection.set_account(Arc::clone(me));
            }
        }
        Notice::SessionsEnded {
            user_id,
            sessions,
            reason,
        } => {
            let ended = Event::SessionEnded(SessionEnded { reason: *reason });
            let connections = gateway.directory().of_account(*user_id);
            for connection in connections
                .iter()
                .filter(|connection| sessions.contains(&connection.session_id))
            {
                connection.emit(&ended);
                connection.socket.close(ENDED);
            }
        }
    }
}

/// Tells what may get lost: it waits for nothing, and asks no order.
fn tell_hint(gateway: &Gateway, to: HintTo, hint: &Hint) {
    let Some(frame) = encode(hint) else { return };
    match to {
        HintTo::Channel(server, _) => {
            if let Some(room) = gateway.directory().room(server) {
                room.hint(&frame);
            }
        }
        HintTo::User(user) => {
            for connection in gateway.directory().of_account(user) {
                connection.socket.emit_hint(&frame);
            }
        }
    }
}

/// All that one commit changed in a server's structure, rights and members.
fn structure(gateway: &Gateway, change: &StructureChange, notice: &Arc<Notice>) {
    let server = change.server_id;
    if change
        .changes
        .iter()
        .any(|part| matches!(part, Change::Deleted))
    {
        // At once, whatever is still to come of what was before.
        let removed = ServerRemoved {
            server_id: server,
            reason: RemovalReason::Deleted,
        };
        let connections = gateway.directory().close(server);
        return to_all(&connections, &Event::ServerRemoved(removed));
    }
    let joined = change.changes.iter().filter_map(Change::joined);
    match gateway.directory().room(server) {
        Some(room) => {
            // The room began after the change, with others than the new members.
            let is_late = change.counters.epoch <= room.order().epoch();
            in_order(gateway, server, Arc::clone(notice));
            if is_late {
                joined.for_each(|user| recovery::recheck_joins(gateway, user, server));
            }
        }
        // Nobody here was in the server: its room begins with the new members.
        None => joined.for_each(|user| enter(gateway, server, change.counters, user)),
    }
}

/// Has looked at what a commit concerned that may have happened. Sessions that may have ended show at
/// once, by a new handshake, that they have not: nothing that follows reaches them otherwise.
fn in_doubt(gateway: &Gateway, notices: &[Notice]) {
    for notice in notices {
        let Notice::SessionsEnded {
            user_id, sessions, ..
        } = notice
        else {
            continue;
        };
        for connection in gateway.directory().of_account(*user_id) {
            if sessions.contains(&connection.session_id) {
                connection.socket.close(Close::Reconnect);
            }
        }
    }
    gateway.doubts().add(notices, Instant::now());
}

/// Applies what waits for nothing any more.
fn in_order(gateway: &Gateway, server: ServerId, notice: Arc<Notice>) {
    if let Some(room) = gateway.directory().room(server) {
        advance(gateway, &room, |order| order.accept(notice));
    }
}

/// A connection was told how far the channels have come. Applies what waited for nothing but to know,
/// and tells the connection what it will not hear of.
pub(crate) fn learn(
    gateway: &Gateway,
    room: &Arc<Room>,
    connection: &Connection,
    heads: impl Iterator<Item = Head>,
) {
    advance(gateway, room, |order| {
        let Learned { ready, missed } = order.learn(heads);
        if let Some(heads) = encode_heads(room, missed) {
            connection.emit_of(room.server_id, &heads);
        }
        ready
    });
}

/// How far channels have come, for those who may have missed something; nothing without a channel.
pub(crate) fn encode_heads(room: &Room, channels: Vec<Head>) -> Option<Frame> {
    if channels.is_empty() {
        return None;
    }
    let server_id = room.server_id;
    encode(&Event::Heads(Heads {
        server_id,
        channels,
    }))
}

/// Applies what a step of the order hands out before anyone else takes a step.
pub(crate) fn advance(
    gateway: &Gateway,
    room: &Arc<Room>,
    step: impl FnOnce(&mut Order) -> Vec<Arc<Notice>>,
) {
    let mut order = room.order();
    for notice in step(&mut order) {
        apply(gateway, room, &notice);
    }
    if let Some(heads) = encode_heads(room, order.take_missed()) {
        room.broadcast(&heads);
    }
}

/// Waits for nothing and asks the order nothing: it is held meanwhile.
fn apply(gateway: &Gateway, room: &Arc<Room>, notice: &Notice) {
    match notice {
        Notice::Event(_, event) | Notice::Repeated(_, event) => {
            if let Some(frame) = encode(event) {
                room.broadcast(&frame);
            }
        }
        Notice::Structure(change) => {
            for part in &change.changes {
                apply_part(gateway, room, change.counters, part);
            }
        }
        Notice::InDoubt(_) | Notice::UserChanged(_) | Notice::SessionsEnded { .. } => {}
    }
}

fn apply_part(gateway: &Gateway, room: &Arc<Room>, counters: Counters, part: &Change) {
    match part {
        Change::Event(_, event) => {
            if let Some(frame) = encode(event) {
                room.broadcast(&frame);
            }
        }
        Change::MemberJoined(member) => {
            room.member_list().insert(member.clone());
            enter(gateway, room.server_id, counters, member.user.id);
        }
        Change::MemberRemoved { user_id, reason } => remove(gateway, room, *user_id, *reason),
        // It closes the room before it comes here.
        Change::Deleted => {}
    }
}

/// Lets a new member's connections in and sends them the server.
pub(crate) fn enter(gateway: &Gateway, server: ServerId, counters: Counters, user: UserId) {
    for connection in gateway.directory().of_account(user) {
        gateway.directory().enter(server, counters, &connection);
        let task = gateway.clone();
        gateway.run(async move { state::send_all(&task, &connection, &[server]).await });
    }
}

/// Takes a former member's connections out, at once.
pub(crate) fn remove(gateway: &Gateway, room: &Arc<Room>, user: UserId, reason: RemovalReason) {
    room.member_list().remove(user);
    let removed = Event::ServerRemoved(ServerRemoved {
        server_id: room.server_id,
        reason,
    });
    for connection in gateway.directory().of_account(user) {
        gateway.directory().leave(room.server_id, &connection);
        connection.emit(&removed);
    }
}

pub(crate) fn to_all(connections: &[Arc<Connection>], event: &Event) {
    if connections.is_empty() {
        return;
    }
    if let Some(frame) = encode(event) {
        for connection in connections {
            connection.socket.emit(&frame);
        }
    }
}

/// Tells the members of several servers, each connection once.
pub(crate) fn to_servers(gateway: &Gateway, servers: &[ServerId], event: &Event) {
    let Some(frame) = encode(event) else { return };
    let mut told = HashSet::new();
    for room in servers
        .iter()
        .filter_map(|server| gateway.directory().room(*server))
    {
        if let Event::UserUpdated(changed) = event {
            room.member_list().update(&changed.user);
        }
        for connection in room.connections() {
            if told.insert(connection.socket.id()) {
                connection.socket.emit(&frame);
            }
        }
    }
}

/// Loads the members of a room for its live list.
pub(crate) async fn load_members(gateway: &Gateway, server: ServerId) -> Result<Vec<Member>> {
    let can = gateway
        .hub()
        .authorize::<ListMembers>(Actor::Operator, server)
        .await?;
    members::all(gateway.hub(), &can).await
}
