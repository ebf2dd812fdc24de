//! The structure of a server, encoded once per epoch for all its readers.

use std::sync::{Mutex, PoisonError};

use battala_hub::access::{Actor, ReadServer};
use battala_hub::{Can, Result, servers};
use battala_proto::Event;
use battala_proto::events::Head;
use battala_proto::id::ServerId;
use battala_socketio::Frame;

use crate::Gateway;
use crate::connection::{Connection, encode};
use crate::dispatch;
use crate::room::Room;

/// The last encoded structure of one server.
#[derive(Default)]
pub(crate) struct StateFrame(Mutex<Option<(i64, Frame)>>);

impl StateFrame {
    fn at_least(&self, epoch: i64) -> Option<Frame> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached
            .as_ref()
            .filter(|(at, _)| *at >= epoch)
            .map(|(_, frame)| frame.clone())
    }

    fn keep(&self, epoch: i64, frame: &Frame) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_none_or(|(at, _)| *at < epoch) {
            *cached = Some((epoch, frame.clone()));
        }
    }
}

/// Sends a connection the structure of its servers, one by one and as fast as it takes them.
pub(crate) async fn send_all(gateway: &Gateway, connection: &Connection, servers: &[ServerId]) {
    for server in servers {
        if !connection.socket.drained().await {
            return;
        }
        if let Err(error) = send(gateway, connection, *server).await {
            error.log_if_internal();
            tracing::debug!(%error, "a server's state was not sent");
        }
    }
}

/// Sends one server's structure and the reading positions in it. Access is evaluated now.
pub(crate) async fn send(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
) -> Result<()> {
    let can = may_read(gateway, connection, server).await?;
    let Some(room) = gateway.directory().room(server) else {
        return Ok(());
    };
    let frame = frame(gateway, &room, can.target().epoch).await?;
    send_with(gateway, connection, &can, Some(frame)).await
}

/// Sends the reading positions in one server alone, likewise.
pub(crate) async fn send_reads(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
) -> Result<()> {
    let can = may_read(gateway, connection, server).await?;
    send_with(gateway, connection, &can, None).await
}

async fn may_read(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
) -> Result<Can<ReadServer>> {
    gateway.hub().authorize(connection.actor(), server).await
}

async fn send_with(
    gateway: &Gateway,
    connection: &Connection,
    can: &Can<ReadServer>,
    structure: Option<Frame>,
) -> Result<()> {
    let server = can.target().id;
    let reads = servers::reads(gateway.hub(), can).await?;
    let heads: Vec<Head> = reads.channels.iter().map(Head::from).collect();
    if let Some(reads) = encode(&Event::ServerReads(reads)) {
        let frames: Vec<&Frame> = structure.iter().chain([&reads]).collect();
        connection.emit_of(server, &frames);
    }
    if let Some(room) = gateway.directory().room(server) {
        dispatch::learn(gateway, &room, heads.into_iter());
    }
    Ok(())
}

async fn frame(gateway: &Gateway, room: &Room, epoch: i64) -> Result<Frame> {
    let needed = epoch.max(room.order().epoch());
    if let Some(frame) = room.state_frame().at_least(needed) {
        return Ok(frame);
    }
    let can = gateway
        .hub()
        .authorize::<ReadServer>(Actor::Operator, room.server_id)
        .await?;
    let state = servers::get(gateway.hub(), can).await?;
    let epoch = state.epoch;
    let frame = encode(&Event::ServerState(state)).ok_or(battala_hub::Error::Unavailable)?;
    room.state_frame().keep(epoch, &frame);
    Ok(frame)
}
