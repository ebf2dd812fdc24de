//! Recovery: what a gateway reads anew when it may have missed notices.
//!
//! It knows no order of notices (`order.rs` does) and no statement; it decides what has to be read,
//! when, and whom a failure concerns.

use std::collections::HashSet;
use std::sync::Arc;

use battala_hub::access::{Actor, ListMembers, ListSessions, ReadServer};
use battala_hub::{Error, Result, members, servers, sessions};
use battala_proto::Event;
use battala_proto::events::{EndReason, Heads, RemovalReason, ServerRemoved, SessionEnded};
use battala_proto::id::{SessionId, UserId};

use crate::connection::Connection;
use crate::dispatch::{remove, to_all};
use crate::room::Room;
use crate::{ENDED, Gateway, state};

/// Sessions that one statement asks for.
const SESSIONS_AT_ONCE: usize = 500;

/// Notices may have been missed, nobody knows which: everything that is held here is compared with
/// the database. Returns at once; what it does goes on beside the fan-out.
pub(crate) fn fell_behind(gateway: &Gateway) {
    recheck_sessions(gateway);
    for room in gateway.directory().rooms() {
        reload(gateway, &room);
    }
}

/// Ends the connections of sessions that have ended while nobody told us.
fn recheck_sessions(gateway: &Gateway) {
    let gateway = gateway.clone();
    gateway.clone().run(async move {
        for connections in gateway.directory().all().chunks(SESSIONS_AT_ONCE) {
            if let Err(error) = end_revoked(&gateway, connections).await {
                error.log_if_internal();
                tracing::warn!(%error, "sessions could not be checked; their connections are closed");
                // The handshake checks them when they come back.
                send_back(connections);
            }
        }
    });
}

async fn end_revoked(gateway: &Gateway, connections: &[Arc<Connection>]) -> Result<()> {
    let can = gateway
        .hub()
        .authorize::<ListSessions>(Actor::Operator, ())
        .await?;
    let ids: Vec<SessionId> = connections.iter().map(|it| it.session_id).collect();
    let live = sessions::among(gateway.hub(), &can, &ids).await?;
    let live: HashSet<SessionId> = live.into_iter().collect();
    let ended = Event::SessionEnded(SessionEnded {
        reason: EndReason::Revoked,
    });
    for connection in connections {
        if !live.contains(&connection.session_id) {
            connection.emit(&ended);
            connection.socket.close(ENDED);
        }
    }
    Ok(())
}

/// Reads a room anew after a gap: who is still a member, and how far its channels have come.
pub(crate) fn reload(gateway: &Gateway, room: &Arc<Room>) {
    let (gateway, room) = (gateway.clone(), Arc::clone(room));
    gateway.clone().run(async move {
        if let Err(error) = read_anew(&gateway, &room).await {
            error.log_if_internal();
            tracing::warn!(%error, "a room could not be read anew; its connections are closed");
            // Without knowing the rights nothing may be delivered: clients reconnect and sync.
            send_back(&room.connections());
        }
    });
}

/// Closes connections so that their clients come back at once.
fn send_back(connections: &[Arc<Connection>]) {
    for connection in connections {
        connection.socket.close(battala_socketio::Close::Reconnect);
    }
}

async fn read_anew(gateway: &Gateway, room: &Arc<Room>) -> Result<()> {
    let hub = gateway.hub();
    let server = room.server_id;
    let can = match hub.authorize::<ReadServer>(Actor::Operator, server).await {
        Err(Error::NotFound) => {
            let removed = ServerRemoved {
                server_id: server,
                reason: RemovalReason::Deleted,
            };
            to_all(
                &gateway.directory().close(server),
                &Event::ServerRemoved(removed),
            );
            return Ok(());
        }
        other => other?,
    };
    let (epoch, heads) = servers::heads(hub, &can).await?;
    let can = hub
        .authorize::<ListMembers>(Actor::Operator, server)
        .await?;
    let mut present: Vec<UserId> = room
        .connections()
        .iter()
        .map(|connection| connection.user_id)
        .collect();
    present.sort_unstable();
    present.dedup();
    let still: HashSet<UserId> = members::among(hub, &can, &present)
        .await?
        .into_iter()
        .collect();
    for user in present.into_iter().filter(|user| !still.contains(user)) {
        remove(gateway, room, user, RemovalReason::Kicked);
    }
    room.order().reset(epoch, &heads);
    room.member_list().forget();
    to_all(
        &room.connections(),
        &Event::Heads(Heads {
            server_id: server,
            channels: heads,
        }),
    );
    for connection in room.connections() {
        state::send(gateway, &connection, server).await?;
    }
    Ok(())
}
