//! Every notice of the bus goes through here, in order, on the way to its audience.
//!
//! What concerns accounts and sessions is applied at once, before anything that was published after
//! it is passed on: a session that has ended hears nothing of what was committed later. The rest is
//! put into the inboxes of the rooms that it concerns, which fan it out side by side. Nothing here
//! waits for a room.

use std::sync::Arc;

use battala_hub::access::structure::Membership;
use battala_hub::bus::{Audience, Carried, Change, HintTo, Notice, StructureChange};
use battala_hub::members::MemberPlace;
use battala_proto::events::{Position, SessionEnded};
use battala_proto::id::ServerId;
use battala_proto::{Event, Hint};
use battala_socketio::Close;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::connection::{Connection, encode};
use crate::directory::Welcome;
use crate::host::{Effect, Host};
use crate::room::{Passage, Passed, Request, Shared};
use crate::{ENDED, Gateway};

pub(crate) async fn run(gateway: Gateway, mut carried: Receiver<Carried>) {
    loop {
        match carried.recv().await {
            Ok(Carried::Notice { notice, .. }) => dispatch(&gateway, &notice),
            Ok(Carried::Hint { to, hint, .. }) => tell_hint(&gateway, to, &hint),
            Err(RecvError::Lagged(missed)) => lagged(&gateway, missed),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Notices were missed, and nobody knows which.
pub(crate) fn lagged(host: &dyn Host, missed: u64) {
    tracing::warn!(missed, "the gateway fell behind and reads its rooms anew");
    host.start(Effect::CompareAll);
    host.doubts().suspect(host.now());
}

pub(crate) fn dispatch(host: &dyn Host, notice: &Arc<Notice>) {
    match &**notice {
        Notice::Event(Audience::Server(server) | Audience::Channel(server, _), _)
        | Notice::Repeated(Audience::Server(server) | Audience::Channel(server, _), _) => {
            pass(host, *server, notice);
        }
        Notice::Structure(change) => structure(host, change, notice),
        Notice::Event(Audience::Hub, event) => to_everyone(host, event),
        Notice::Event(Audience::User(user), event) => {
            let connections = host.directory().of_account(*user);
            to_all(&connections, event);
            if let Position::Account { rev } = event.position() {
                for one in &connections {
                    one.is_told(rev);
                }
            }
        }
        Notice::Event(Audience::Servers(servers), event) => to_servers(host, servers, event),
        // What has no order cannot be told apart from what was told before.
        Notice::Repeated(..) => {}
        Notice::InDoubt(notices) => in_doubt(host, notices),
        Notice::UserChanged(me) => {
            let connections = host.directory().of_account(me.id);
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
            let connections = host.directory().of_account(*user_id);
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

fn pass(host: &dyn Host, server: ServerId, notice: &Arc<Notice>) -> Passage {
    let passed = Passed::Notice(Arc::clone(notice));
    host.directory().pass(server, passed)
}

/// Tells what may get lost: it waits for nothing, and asks no order.
pub(crate) fn tell_hint(host: &dyn Host, to: HintTo, hint: &Arc<Hint>) {
    match to {
        HintTo::Channel(server, channel) => {
            let passed = Passed::Hint(channel, Arc::clone(hint));
            host.directory().pass(server, passed);
        }
        HintTo::User(user) => {
            let Some(frame) = encode(&**hint) else { return };
            for connection in host.directory().of_account(user) {
                connection.socket.emit_hint(&frame);
            }
        }
    }
}

/// All that one commit changed in a server's structure, rights and members.
fn structure(host: &dyn Host, change: &StructureChange, notice: &Arc<Notice>) {
    let server = change.server_id;
    let mut changes = change.changes.iter();
    if changes.any(|part| matches!(part, Change::Deleted)) {
        return host.directory().close(server);
    }
    let mut joined = change.changes.iter().filter_map(Change::joined).peekable();
    match pass(host, server, notice) {
        Passage::Taken => {}
        // Nobody here was in the server: its room begins with the new members.
        Passage::NoRoom => joined.for_each(|membership| enter(host, change, membership)),
        Passage::Full if joined.peek().is_none() => {}
        // It is behind, and so has not ended: who came is in it when it has read what it missed.
        Passage::Full => {
            let joined = joined.map(|it| (change.counters.epoch, it.user_id));
            let missed = Request::JoinsMissed(joined.collect());
            host.directory().ask(server, missed);
        }
    }
}

/// A room begins with a new member, if the account is connected. What decides the rights there came with
/// the change only where it moved that.
fn enter(host: &dyn Host, change: &StructureChange, membership: &Membership) {
    let connections = host.directory().of_account(membership.user_id);
    let Some(rights) = &change.rights else {
        if !connections.is_empty() {
            let began_in = Some(change.server_id);
            host.start(Effect::RecheckAccount(membership.user_id, began_in));
        }
        return;
    };
    let place = MemberPlace {
        server_id: change.server_id,
        counters: change.counters,
        structure: Arc::clone(&rights.structure),
        membership: membership.clone(),
    };
    for connection in connections {
        // Nobody waits for the answer: the room welcomes whom it lets in.
        let directory = host.directory();
        drop(directory.enter(host, &place, &connection, Welcome::ByRoom));
    }
}

/// Has looked at what a commit concerned that may have happened. Sessions that may have ended show at
/// once, by a new handshake, that they have not: nothing that follows reaches them otherwise.
fn in_doubt(host: &dyn Host, notices: &[Notice]) {
    for notice in notices {
        let Notice::SessionsEnded {
            user_id, sessions, ..
        } = notice
        else {
            continue;
        };
        for connection in host.directory().of_account(*user_id) {
            if sessions.contains(&connection.session_id) {
                connection.socket.close(Close::Reconnect);
            }
        }
    }
    host.doubts().add(notices, host.now());
}

/// Tells everybody who is connected. Those who began in another generation come back: only a new
/// connection says where all stands that their clients forget by it.
pub(crate) fn to_everyone(host: &dyn Host, event: &Event) {
    let connections = host.directory().all();
    to_all(&connections, event);
    if let Event::HubUpdated(updated) = event {
        let generation = updated.hub.generation;
        for connection in connections {
            if connection.is_of_another(generation) {
                connection.socket.close(Close::Reconnect);
            }
        }
    }
}

fn to_all(connections: &[Arc<Connection>], event: &Event) {
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
pub(crate) fn to_servers(host: &dyn Host, servers: &[ServerId], event: &Event) {
    let Some(frame) = encode(event) else { return };
    let profile = match event {
        Event::UserUpdated(changed) => Some(changed.user.clone()),
        _ => None,
    };
    let user = profile.as_ref().map(|profile| profile.id);
    let shared = Arc::new(Shared::new(frame, profile, servers.len() > 1));
    let mut is_missed = false;
    for server in servers {
        let passed = Passed::Shared(Arc::clone(&shared));
        is_missed |= host.directory().pass(*server, passed) == Passage::Full;
    }
    if let (true, Some(user)) = (is_missed, user) {
        // It has no order in which it could be missing: it is told once more as it is then.
        host.doubts().add_profile(user, host.now());
    }
}
