//! The structure of a server, encoded once per change of it for all its readers, and on its way to them:
//! in parts, each when the one before was taken.

mod frames;
mod structure;

use std::sync::Arc;
use std::time::Duration;

use battala_hub::access::{Actor, ReadServer};
use battala_hub::bus::Counters;
use battala_hub::limits::{Bucket, Subject};
use battala_hub::servers::{self, Reads};
use battala_hub::shares::Portion;
use battala_hub::{Can, Error, Result};
use battala_proto::Event;
use battala_proto::id::ServerId;
use battala_proto::limits::CHANNELS_PER_SERVER_MAX;
use battala_socketio::{Close, Together};
use tokio::sync::{SemaphorePermit, oneshot};

use crate::connection::{Connection, encode};
use crate::giving_way;
use crate::readings::Brought;
use crate::room::{self, Request, Room, Seen, Told, Viewing};
use crate::telling::What;
use crate::untaken::Sizes;
use crate::{Gateway, recovery};
use frames::Read;
pub(crate) use frames::{StateFrame, View};
pub(crate) use structure::{PART_BYTES, size_of};

/// The reading position of one channel, at most.
const HEAD_BYTES: usize = 160;
/// From one reading of a structure to the next, for each part beyond the first: the largest ones,
/// of some 350 kB, are read some seven times a second at most while they keep changing.
const PAUSE_PER_PART: Duration = Duration::from_millis(20);

/// Whether others come first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Haste {
    /// Somebody has come and waits for it.
    Now,
    /// Recovery tells many what they missed, when the database has time.
    Patient,
}

impl Haste {
    /// Waits for the turn to read. Given back before a line is waited for: whoever takes nothing
    /// must not hold up the others.
    async fn turn(self, gateway: &Gateway) -> Option<SemaphorePermit<'_>> {
        match self {
            Self::Now => None,
            Self::Patient => gateway.recovery().telling_turn().await,
        }
    }
}

/// Sends a connection the structure of those of these servers that it is in, one by one and as fast as
/// it takes them.
pub(crate) async fn send_all(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    servers: &[ServerId],
) {
    for server in servers {
        // Removed meanwhile, of which the room has told; or it could not enter yet, and is owed that.
        if !connection.is_in(*server) {
            continue;
        }
        let due = (*server, What::Structure);
        if !recovery::is_told(gateway, connection, due, Haste::Now).await {
            return;
        }
    }
}

/// Sends one server's structure, and the reading positions in it when it is there. Access is
/// evaluated now.
pub(crate) async fn send(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
    haste: Haste,
) -> Result<()> {
    let _turn = connection.structure_turn().await;
    let Some(can) = may_read(gateway, connection, server, haste).await? else {
        return Ok(());
    };
    let Some(room) = gateway.directory().room(server) else {
        return Ok(());
    };
    let counters = can.target().counters;
    // Who has come gets the last part and the positions in one write. Whoever is told in turn does
    // not keep a part back until the turn comes.
    let together = (haste == Haste::Now).then(|| connection.socket.together());
    let with = together.as_ref();
    if !send_parts(gateway, connection, &room, (counters, haste, with)).await? {
        return Ok(());
    }
    // Read after the channels were sent: of whatever changes from here on an event tells, and the
    // client knows the channel that it is about.
    send_reads_of(gateway, connection, &can, haste).await
}

/// Sends the reading positions in one server alone, likewise.
pub(crate) async fn send_reads(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
    haste: Haste,
) -> Result<()> {
    let _turn = connection.structure_turn().await;
    match may_read(gateway, connection, server, haste).await? {
        Some(can) => send_reads_of(gateway, connection, &can, haste).await,
        None => Ok(()),
    }
}

/// Waits until the connection has taken what came before and its account may be told more: one that
/// comes again and again slows down its own connections and nobody else. `false` when it has ended.
async fn paced(gateway: &Gateway, connection: &Connection, haste: Haste) -> bool {
    let subject = Subject::User(connection.user_id);
    while connection.socket.drained().await {
        let admitted = match haste {
            Haste::Now => gateway.hub().limits().check(Bucket::Structure, subject),
            Haste::Patient => return true,
        };
        let Err(error) = admitted else { return true };
        let wait = error.retry_after_ms().unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    false
}

/// The right to read, asked for when the connection can be told something; `None` when it has ended.
async fn may_read(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
    haste: Haste,
) -> Result<Option<Can<ReadServer>>> {
    if !connection.socket.drained().await {
        return Ok(None);
    }
    let _turn = haste.turn(gateway).await;
    let can = gateway.hub().authorize(connection.actor(), server).await;
    if matches!(can, Err(Error::NotFound)) && connection.is_in(server) {
        // Its removal is under way, or was told before it entered by what was read still earlier.
        let room = gateway.directory().room(server);
        room.inspect(|room| room.request(Request::Reload));
    }
    can.map(Some)
}

/// Read when the connection has taken what came before, and sent at once: what was read for a slow
/// line does not lie here until it is taken.
async fn send_reads_of(
    gateway: &Gateway,
    connection: &Connection,
    can: &Can<ReadServer>,
    haste: Haste,
) -> Result<()> {
    if !paced(gateway, connection, haste).await {
        return Ok(());
    }
    let server = can.target().id;
    let mut room = room_for_reads(gateway, connection, server).await?;
    let turn = haste.turn(gateway).await;
    let Reads { told, heads } = servers::reads(gateway.hub(), can).await?;
    drop(turn);
    if let Some(frame) = encode(&Event::ServerReads(told)) {
        room.resize(frame.size_bytes());
        connection.emit_of(server, &frame.holding(room));
    }
    if let Some(room) = gateway.directory().room(server) {
        room.request(Request::Learn(connection.socket.id(), heads));
    }
    Ok(())
}

/// Room for the reading positions in a server. A connection for which there is none has to begin
/// anew: it would not know what it has read.
async fn room_for_reads(
    gateway: &Gateway,
    connection: &Connection,
    server: ServerId,
) -> Result<Portion> {
    let known = gateway.directory().room(server);
    let channels = known.and_then(|room| room.state_frame().channels());
    let channels = channels.or(usize::try_from(CHANNELS_PER_SERVER_MAX).ok());
    let sizes = Sizes::up_to(channels.unwrap_or_default() * HEAD_BYTES);
    if let Ok(room) = gateway.untaken().try_take(connection.caller(), &sizes) {
        return Ok(room);
    }
    // What was to leave with the positions does not wait for them.
    drop(connection.socket.together());
    let room = giving_way::room(gateway, connection, sizes, giving_way::WAIT_MAX).await;
    room.inspect_err(|_| connection.socket.close(Close::Reconnect))
}

/// Sends all parts of a structure, each when the one before was taken. `false` when the connection
/// has ended, or is in the room no more.
///
/// A change that was delivered meanwhile makes the parts that are left old: they go on from a newer
/// reading, and as the connection sees it then. What was sent before the change has been brought up to
/// date by its event. Between two parts nothing is kept but how far it has come, so that slow lines do
/// not keep old readings.
async fn send_parts(
    gateway: &Gateway,
    connection: &Connection,
    room: &Arc<Room>,
    (counters, haste, together): (Counters, Haste, Option<&Together<'_>>),
) -> Result<bool> {
    let rev = counters.structure_rev.max(room.structure_rev());
    let mut needed = (rev, counters.rights_version);
    let mut sent = None;
    loop {
        if !paced(gateway, connection, haste).await {
            return Ok(false);
        }
        // A part may be replaced before it is taken. Room for that is asked for and not kept: as long
        // as it is the newest it is there for all.
        let sizes = Sizes::whole(PART_BYTES);
        let waited = giving_way::room(gateway, connection, sizes, giving_way::WAIT_MAX).await;
        drop(waited.inspect_err(|_| connection.socket.close(Close::Reconnect))?);
        let read = structure(gateway, room, needed, haste).await?;
        let Some(view) = view(connection, room, (&read, counters.epoch)).await? else {
            return Ok(false);
        };
        if view.rights.rights_version() > read.rights_version() {
            needed.1 = view.rights.rights_version();
            continue;
        }
        let seen = read.seen_by(&view, gateway.untaken());
        let seen = seen.ok_or(Error::Unavailable)?;
        keep(gateway, room);
        let Some(part) = seen.next(sent) else {
            return Ok(true);
        };
        // Queued by the room: no change is delivered between the look and the part.
        let (answer, told) = oneshot::channel();
        room.request(Request::Part(Box::new(room::Part {
            socket: connection.socket.id(),
            frame: part.frame.for_reader(connection.caller()),
            read_at: read.at(),
            class: view.class,
            is_together: together.is_some(),
            answer,
        })));
        match told.await.unwrap_or(Told::Gone) {
            Told::Sent => sent = Some(part.through),
            Told::Late(at) => needed = at,
            Told::Unread => return Err(unread()),
            Told::Gone => return Ok(false),
        }
    }
}

/// By what a connection sees a server of which this was read, and which had come to an epoch when the
/// connection was in the room already; `None` when it is there no more. Where there was no room, nobody
/// was told of what was committed before: the room has to come to it first.
async fn view(
    connection: &Connection,
    room: &Room,
    (read, epoch): (&Read, i64),
) -> Result<Option<View>> {
    let (answer, seen) = oneshot::channel();
    room.request(Request::View(Viewing {
        socket: connection.socket.id(),
        epoch: epoch.max(read.epoch()),
        answer,
    }));
    match seen.await.unwrap_or(Seen::Gone) {
        Seen::By(view) if view.rights.rights_version() < read.rights_version() => Err(unread()),
        Seen::By(view) => Ok(Some(view)),
        Seen::Unread => Err(unread()),
        Seen::Gone => Ok(None),
    }
}

/// It is owed until the room can be read.
fn unread() -> Error {
    Error::internal("a room cannot be read and has not come as far as its server")
}

async fn structure(
    gateway: &Gateway,
    room: &Arc<Room>,
    needed: (i64, i64),
    haste: Haste,
) -> Result<Arc<Read>> {
    let frame = room.state_frame();
    let kept = || {
        let kept = frame.at_least(needed);
        kept.inspect(|_| gateway.structures().used(room.server_id))
    };
    let turn = || haste.turn(gateway);
    let read = || read(gateway, room);
    frame.readings.share(kept, turn, read).await
}

async fn read(gateway: &Gateway, room: &Arc<Room>) -> Result<Brought<Arc<Read>>> {
    let can = gateway
        .hub()
        .authorize::<ReadServer>(Actor::Operator, room.server_id)
        .await?;
    let read = Arc::new(Read::new(servers::whole(gateway.hub(), can).await?));
    room.state_frame().keep(&read, gateway.untaken());
    let further = read.size_bytes() / PART_BYTES;
    let further = u32::try_from(further).unwrap_or(u32::MAX);
    Ok(Brought {
        value: read,
        pause: PAUSE_PER_PART * further,
    })
}

/// Has what is kept of a server counted, and less of others kept if that is too much.
fn keep(gateway: &Gateway, room: &Arc<Room>) {
    let kept = gateway.structures();
    let bytes = room.state_frame().size_bytes();
    for other in kept.keeps(room.server_id, room, bytes) {
        other.state_frame().let_go(gateway.untaken());
    }
}
