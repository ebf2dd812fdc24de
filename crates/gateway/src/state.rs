//! The structure of a server, encoded once per change of it for all its readers, and on its way to them:
//! in parts, each when the one before was taken.

mod structure;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use battala_hub::access::{Actor, ReadServer};
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
use crate::readings::{Brought, Readings};
use crate::room::{self, Request, Room, Told};
use crate::telling::What;
use crate::untaken::{Sizes, Untaken};
use crate::{Gateway, recovery};
use structure::{PART_BYTES, Structure, divide};

/// The reading position of one channel, at most.
const HEAD_BYTES: usize = 160;
/// From one reading of a structure to the next, for each part beyond the first: the largest ones,
/// of some 350 kB, are read some seven times a second at most while they keep changing.
const PAUSE_PER_PART: Duration = Duration::from_millis(20);

/// The last encoded structure of one server, unless it had to give way to those of others.
#[derive(Default)]
pub(crate) struct StateFrame {
    last: Mutex<Option<Arc<Structure>>>,
    readings: Readings,
}

impl StateFrame {
    fn at_least(&self, rev: i64) -> Option<Arc<Structure>> {
        let cached = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        cached
            .as_ref()
            .filter(|structure| structure.rev >= rev)
            .map(Arc::clone)
    }

    /// How many channels the server had when it was last read.
    fn channels(&self) -> Option<usize> {
        self.at_least(0).map(|structure| structure.channels)
    }

    /// Keeps what is newer. Of what it replaces nothing is here any more but for slow readers, who
    /// have it counted.
    fn keep(&self, structure: &Arc<Structure>, untaken: &Untaken) {
        let mut cached = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_some_and(|it| it.rev >= structure.rev) {
            return;
        }
        let replaced = cached.replace(Arc::clone(structure));
        drop(cached);
        replaced.inspect(|replaced| replaced.replaced(untaken));
    }

    /// Keeps nothing for who comes next, who has it encoded anew.
    fn let_go(&self, untaken: &Untaken) {
        let mut cached = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = cached.take();
        drop(cached);
        replaced.inspect(|replaced| replaced.replaced(untaken));
    }
}

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

/// Sends a connection the structure of its servers, one by one and as fast as it takes them.
pub(crate) async fn send_all(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    servers: &[ServerId],
) {
    for server in servers {
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
    let rev = can.target().counters.structure_rev;
    // Who has come gets the last part and the positions in one write. Whoever is told in turn does
    // not keep a part back until the turn comes.
    let together = (haste == Haste::Now).then(|| connection.socket.together());
    let with = together.as_ref();
    if !send_parts(gateway, connection, &room, (rev, haste, with)).await? {
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
/// reading. What was sent before the change has been brought up to date by its event; where that is
/// still to be delivered, all begins anew. Between two parts nothing is kept but how far it has
/// come, so that slow lines do not keep old readings.
async fn send_parts(
    gateway: &Gateway,
    connection: &Connection,
    room: &Arc<Room>,
    (rev, haste, together): (i64, Haste, Option<&Together<'_>>),
) -> Result<bool> {
    let mut needed = rev.max(room.structure_rev());
    let (mut sent, mut sent_rev) = (None, None);
    loop {
        if !paced(gateway, connection, haste).await {
            return Ok(false);
        }
        // A part may be replaced before it is taken. Room for that is asked for and not kept: as long
        // as it is the newest it is there for all.
        let sizes = Sizes::whole(PART_BYTES);
        let waited = giving_way::room(gateway, connection, sizes, giving_way::WAIT_MAX).await;
        drop(waited.inspect_err(|_| connection.socket.close(Close::Reconnect))?);
        let structure = structure(gateway, room, needed, haste).await?;
        let Some(part) = structure.next(sent) else {
            return Ok(true);
        };
        // Queued by the room: no change is delivered between the look and the part.
        let (answer, told) = oneshot::channel();
        room.request(Request::Part(Box::new(room::Part {
            socket: connection.socket.id(),
            frame: part.frame.for_reader(connection.caller()),
            rev: structure.rev,
            needed,
            sent_rev,
            is_together: together.is_some(),
            answer,
        })));
        match told.await.unwrap_or(Told::Gone) {
            Told::Sent => (sent, sent_rev) = (Some(part.through), Some(structure.rev)),
            Told::Late(rev) => needed = rev,
            Told::Anew(rev) => (needed, sent, sent_rev) = (rev, None, None),
            Told::Gone => return Ok(false),
        }
    }
}

async fn structure(
    gateway: &Gateway,
    room: &Arc<Room>,
    needed: i64,
    haste: Haste,
) -> Result<Arc<Structure>> {
    let frame = room.state_frame();
    let kept = || {
        let kept = frame.at_least(needed);
        kept.inspect(|_| gateway.structures().used(room.server_id))
    };
    let turn = || haste.turn(gateway);
    let read = || read(gateway, room);
    frame.readings.share(kept, turn, read).await
}

async fn read(gateway: &Gateway, room: &Arc<Room>) -> Result<Brought<Arc<Structure>>> {
    let can = gateway
        .hub()
        .authorize::<ReadServer>(Actor::Operator, room.server_id)
        .await?;
    let state = servers::whole(gateway.hub(), can).await?;
    let structure = Arc::new(divide(state).ok_or(Error::Unavailable)?);
    keep(gateway, room, &structure);
    let further = u32::try_from(structure.parts.len().saturating_sub(1)).unwrap_or(u32::MAX);
    Ok(Brought {
        value: structure,
        pause: PAUSE_PER_PART * further,
    })
}

/// Keeps a structure for who comes next, and fewer of other servers if that is too much.
fn keep(gateway: &Gateway, room: &Arc<Room>, structure: &Arc<Structure>) {
    let untaken = gateway.untaken();
    room.state_frame().keep(structure, untaken);
    let kept = gateway.structures();
    for other in kept.keeps(room.server_id, room, structure.size_bytes()) {
        other.state_frame().let_go(untaken);
    }
}

#[cfg(test)]
mod tests {
    use battala_hub::shares::Caller;
    use battala_proto::id::UserId;
    use battala_proto::sample;

    use super::*;

    #[test]
    fn of_what_is_kept_no_more_slow_readers_pay_for_what_they_have_not_taken() {
        let untaken = Untaken::default();
        let address = Subject::address([192, 0, 2, 1].into());
        let caller = Caller::new(Subject::User(UserId::from_raw(1)), address);
        let frame = StateFrame::default();
        let state = sample::events().into_iter().find_map(|event| match event {
            Event::ServerState(state) => Some(state),
            _ => None,
        });
        let structure = divide(state.expect("a sample")).expect("parts");
        let structure = Arc::new(structure);
        frame.keep(&structure, &untaken);
        let slow = structure.parts[0].frame.for_reader(caller);
        let held = || untaken.held(|held| held.by(caller.own()));
        assert_eq!(held(), 0);
        frame.let_go(&untaken);
        assert!(frame.at_least(0).is_none());
        assert_eq!(held(), structure.size_bytes());
        drop(slow);
        assert_eq!(held(), 0);
    }
}
