//! Recovery: what a gateway reads anew when it may have missed notices.
//!
//! It compares what is held here with the database and tells clients what differs, instead of
//! closing all connections: a lag or a commit in doubt is met at the highest load, and a reconnect
//! costs everyone a handshake, all structure and all presence, while most accounts have missed
//! nothing that an account is told. A connection is closed, so that it reconnects and reads
//! everything, only where the database does not say what to tell it.
//!
//! Everything here merges: whatever a notice brings while the database is read is newer and stays.
//! It knows no order of notices and no statement, and touches nothing that a room holds: it tells the
//! room what it read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use battala_hub::access::{Actor, ListServers, ListSessions, ReadServer};
use battala_hub::recovery::{self, AccountNow, ServerNow, Standing};
use battala_hub::{Error, Result, sessions};
use battala_proto::events::{
    EndReason, HubUpdated, MeUpdated, RemovalReason, ServerRemoved, ServersReordered, SessionEnded,
};
use battala_proto::hints::PresenceUpdated;
use battala_proto::id::{ServerId, SessionId, UserId};
use battala_proto::{Event, Hint};
use battala_socketio::Close;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::connection::Connection;
use crate::dispatch::to_everyone;
use crate::entry::{ENTER_WAIT, enter_as_of};
use crate::flight::Flight;
use crate::patience::Patience;
use crate::room::{Found, Reading, Request, Room};
use crate::state::{self, Haste};
use crate::telling::What;
use crate::{ENDED, Gateway};

/// Sessions that one statement asks for.
const SESSIONS_AT_ONCE: usize = 500;
/// Accounts that are read at once, with up to a hundred servers each.
pub(crate) const ACCOUNTS_AT_ONCE: usize = 100;
/// Readers of the database that recovery takes from the others at most.
const READS_AT_ONCE: usize = 2;
/// Readers that all connections together take which are told what they missed.
const TELLING_READS_AT_ONCE: usize = 4;
/// Before what could not be read is tried again; twice as long before each further try.
const OWED_PAUSE_MIN: Duration = Duration::from_secs(2);
/// Between two such tries at most: so long an ended connection is kept, too.
const OWED_PAUSE_MAX: Duration = Duration::from_mins(1);
/// Looks at an account whose servers change while they are read; more would be somebody joining
/// and leaving faster than that.
const LOOKS_MAX: usize = 3;

/// What recovery keeps for the whole gateway.
pub(crate) struct Recovery {
    comparison: Flight,
    reads: Semaphore,
    telling_reads: Semaphore,
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            comparison: Flight::default(),
            reads: Semaphore::new(READS_AT_ONCE),
            telling_reads: Semaphore::new(TELLING_READS_AT_ONCE),
        }
    }
}

impl Recovery {
    /// Waits for the turn to read. The semaphore is never closed, so there always is one.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.reads.acquire().await.ok()
    }

    /// Waits for the turn to read what one connection is told; likewise. Nobody has it while a
    /// line is waited for, so that a slow line delays itself alone.
    pub(crate) async fn telling_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.telling_reads.acquire().await.ok()
    }
}

/// Notices may have been missed, nobody knows which: everything that is held here is compared with
/// the database. Returns at once; one comparison runs at a time, beside the fan-out.
pub(crate) fn fell_behind(gateway: &Gateway) {
    if !gateway.recovery().comparison.ask() {
        return;
    }
    let task = gateway.clone();
    gateway.run(async move {
        loop {
            compare(&task).await;
            if task.recovery().comparison.is_over() {
                return;
            }
        }
    });
}

async fn compare(gateway: &Gateway) {
    // First, so that nothing else is said to those whose sessions are over.
    recheck_sessions(gateway).await;
    for room in gateway.directory().rooms() {
        room.request(Request::Reload);
    }
    let hub = (*gateway.hub().settings().info()).clone();
    let updated = Event::HubUpdated(HubUpdated { hub });
    to_everyone(gateway, &updated);
    for users in gateway.directory().accounts().chunks(ACCOUNTS_AT_ONCE) {
        recheck_accounts(gateway, users).await;
    }
}

/// Closes connections so that their clients come back at once and read everything.
pub(crate) fn send_back(connections: &[Arc<Connection>]) {
    for connection in connections {
        connection.socket.close(Close::Reconnect);
    }
}

/// Ends the connections of sessions that have ended while nobody told us.
async fn recheck_sessions(gateway: &Gateway) {
    // For all of them: what keeps one part from being read keeps the others.
    let mut patience = Patience::default();
    for connections in gateway.directory().all().chunks(SESSIONS_AT_ONCE) {
        while let Err(error) = end_revoked_in_turn(gateway, connections).await {
            if !patience.is_left(&error).await {
                error.log_put_off("sessions could not be checked; their connections are closed");
                // The handshake checks them when they come back.
                send_back(connections);
                break;
            }
        }
    }
}

async fn end_revoked_in_turn(gateway: &Gateway, connections: &[Arc<Connection>]) -> Result<()> {
    let _turn = gateway.recovery().turn().await;
    end_revoked(gateway, connections).await
}

/// Ends those of these connections whose sessions have ended.
pub(crate) async fn end_revoked(gateway: &Gateway, connections: &[Arc<Connection>]) -> Result<()> {
    let can = gateway
        .hub()
        .authorize::<ListSessions>(Actor::Operator, ())
        .await?;
    let ids: Vec<SessionId> = connections.iter().map(|it| it.session_id).collect();
    let live = sessions::among(gateway.hub(), &can, &ids).await?;
    let live: HashSet<SessionId> = live.into_iter().collect();
    let ended = Event::SessionEnded(SessionEnded {
        reason: EndReason::Unknown,
    });
    for connection in connections {
        if !live.contains(&connection.session_id) {
            connection.emit(&ended);
            connection.socket.close(ENDED);
        }
    }
    Ok(())
}

/// Compares accounts with what their connections know; at most [`ACCOUNTS_AT_ONCE`].
pub(crate) async fn recheck_accounts(gateway: &Gateway, users: &[UserId]) {
    let mut users = users.to_vec();
    let mut patience = Patience::default();
    let mut looks = 0;
    while looks < LOOKS_MAX {
        match compare_accounts(gateway, &users).await {
            Ok(again) if again.is_empty() => return,
            Ok(again) => {
                users = again;
                looks += 1;
            }
            Err(error) => {
                if !patience.is_left(&error).await {
                    error.log_put_off("accounts could not be read anew");
                    break;
                }
            }
        }
    }
    for user in users {
        send_back(&gateway.directory().of_account(user));
    }
}

/// Compares accounts with what their connections know; returns those to look at once more.
async fn compare_accounts(gateway: &Gateway, users: &[UserId]) -> Result<Vec<UserId>> {
    let hub = gateway.hub();
    let can = hub.authorize::<ListServers>(Actor::Operator, ()).await?;
    let directory = gateway.directory();
    // First: whoever comes while the turn is waited for is among those for whom places are read.
    let turn = gateway.recovery().turn().await;
    let connections = users
        .iter()
        .map(|user| (*user, directory.of_account(*user)));
    let connections: HashMap<UserId, Vec<Arc<Connection>>> = connections.collect();
    let is_to_enter = |user: UserId, server: ServerId| {
        let of_user = connections.get(&user);
        of_user.is_some_and(|of_user| of_user.iter().any(|it| !it.is_in(server)))
    };
    let accounts = recovery::accounts(hub, &can, users, is_to_enter).await?;
    // The rooms that are waited for from here on may have to be read first.
    drop(turn);
    let (until, mut again) = (Instant::now() + ENTER_WAIT, Vec::new());
    for account in accounts {
        // Those that have come since are among them: nothing was asked for them.
        for connection in directory.of_account(account.me.id) {
            if !catch_up(gateway, &connection, &account, until).await {
                again.push(account.me.id);
            }
        }
    }
    again.dedup();
    Ok(again)
}

/// Brings one connection up to date with its account. `false`: it has been removed from a server, or may
/// have been, since it was read that it is a member.
async fn catch_up(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    account: &AccountNow,
    until: Instant,
) -> bool {
    let AccountNow { me, servers } = account;
    if connection.set_account(Arc::clone(me)) {
        let me = (**me).clone();
        connection.emit(&Event::MeUpdated(MeUpdated { me }));
    }
    let status = gateway.hub().presence().chosen(me.id);
    connection.hint(&Hint::PresenceUpdated(PresenceUpdated { status }));
    let (known, missing): (Vec<&(ServerId, Standing)>, Vec<_>) = servers
        .iter()
        .partition(|(server, _)| connection.is_in(*server));
    let is_whole = enter_missing(gateway, connection, &missing, until).await;
    if connection.has_moved_to(me.rev) {
        connection.emit(&Event::ServersReordered(ServersReordered {
            server_ids: servers.iter().map(|(server, _)| *server).collect(),
            rev: me.rev,
        }));
        let known = known.into_iter().map(|(server, _)| *server).collect();
        tell(gateway, connection, known, What::Reads);
    }
    is_whole
}

/// Enters a connection where its account is a member and it is not in, and tells it of that. `false`
/// where it may not be so any more.
async fn enter_missing(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    missing: &[&(ServerId, Standing)],
    until: Instant,
) -> bool {
    let (mut places, mut is_whole) = (Vec::new(), true);
    for (server, standing) in missing {
        match standing {
            Standing::At(place) => places.push(place.clone()),
            Standing::Unreadable => owe(gateway, connection, (*server, What::Structure)),
            // It was in when it was asked where it is not, or was not there yet.
            Standing::NotAsked => is_whole = false,
        }
    }
    let entered = enter_as_of(gateway, connection, &places, until).await;
    is_whole &= entered.count() == places.len();
    for server in entered.late {
        // Where it has entered meanwhile, its room has it told.
        if !connection.is_in(server) {
            owe(gateway, connection, (server, What::Structure));
        }
    }
    tell(gateway, connection, entered.servers, What::Structure);
    is_whole
}

/// Sends a connection what it may have missed, server by server, as fast as it takes them and when
/// the database has time. A failure concerns this connection alone.
pub(crate) fn tell(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    servers: Vec<ServerId>,
    what: What,
) {
    if !connection.telling().ask(servers, what) {
        return;
    }
    let (gateway, connection) = (gateway.clone(), Arc::clone(connection));
    gateway.clone().run(async move {
        while let Some(due) = connection.telling().next() {
            if !is_told(&gateway, &connection, due, Haste::Patient).await {
                return;
            }
        }
    });
}

/// Tells a connection what is due. `false`: that failed for too long, and the connection is closed, since
/// it would not know what it lacks. It goes on without a server that cannot be read at all, and is told
/// of it when that can be: coming again would change nothing, and the others are there.
pub(crate) async fn is_told(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    (server, what): (ServerId, What),
    haste: Haste,
) -> bool {
    if what == What::Structure && connection.is_in(server) {
        connection.telling().settle(server);
    }
    match tell_of(gateway, connection, (server, what), haste).await {
        Ok(()) => true,
        // No longer a member: the removal says so, or has said it.
        Err(Error::NotFound | Error::Internal(_)) if !connection.is_in(server) => true,
        Err(error @ Error::Internal(_)) => {
            error.log_put_off("a connection goes on without a server that cannot be read");
            owe(gateway, connection, (server, what));
            true
        }
        Err(error) => {
            error.log_put_off("a connection could not be told of a server");
            connection.socket.close(Close::Reconnect);
            false
        }
    }
}

/// What could not be read is told when it can be, for as long as the connection is there.
pub(crate) fn owe(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    (server, what): (ServerId, What),
) {
    if !connection.telling().owe(server, what) {
        return;
    }
    let (gateway, connection) = (gateway.clone(), Arc::clone(connection));
    gateway.clone().run(async move {
        let mut pause = OWED_PAUSE_MIN;
        loop {
            let inside = connection.servers();
            sleep(pause).await;
            pause = OWED_PAUSE_MAX.min(pause * 2);
            let owed = connection.telling().take_owed();
            if owed.is_empty() || !connection.is_attached() {
                return;
            }
            let (known, missing): (Vec<_>, Vec<_>) = owed
                .into_iter()
                .partition(|(server, _)| connection.is_in(*server));
            for (server, what) in known {
                tell(&gateway, &connection, vec![server], what);
            }
            if !missing.is_empty() {
                // Entered first, or owed again.
                recheck_accounts(&gateway, &[connection.user_id]).await;
                let missing = missing.into_iter().map(|(server, _)| server);
                // Where it was in before, the room has told it.
                tell_removed(&connection, missing.filter(|it| !inside.contains(it)));
            }
        }
    });
}

/// Tells a connection that it is no longer a member of a server whose room it never entered. No room has
/// told it.
pub(crate) fn tell_removed(connection: &Connection, servers: impl IntoIterator<Item = ServerId>) {
    for server_id in servers {
        if connection.telling().is_owed(server_id) {
            continue;
        }
        let removed = Event::ServerRemoved(ServerRemoved {
            server_id,
            reason: RemovalReason::Kicked,
        });
        connection.emit_unless_in(server_id, &removed);
    }
}

/// Again and again while the database is away for a moment, and then patiently. What was sent before is
/// sent anew.
async fn tell_of(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    (server, what): (ServerId, What),
    haste: Haste,
) -> Result<()> {
    let (mut patience, mut now) = (Patience::default(), haste);
    loop {
        let told = match what {
            What::Structure => state::send(gateway, connection, server, now).await,
            What::Reads => state::send_reads(gateway, connection, server, now).await,
        };
        let is_over = match &told {
            // What cannot be read at all is owed.
            Ok(()) | Err(Error::Internal(_)) => true,
            // No member when it was asked, and in the room: it was removed, perhaps to come back.
            Err(Error::NotFound) if !connection.is_in(server) => true,
            Err(error) => !patience.is_left(error).await,
        };
        if is_over {
            return told;
        }
        now = Haste::Patient;
    }
}

/// Reads where the server of a room stands: who is a member, and how far its channels have come.
/// Tells the room what it found, or that there is no patience left. Whatever follows what was
/// missed waits meanwhile, up to a bound.
pub(crate) async fn read_until_known(gateway: &Gateway, room: &Room, known: i64) {
    let mut patience = Patience::default();
    loop {
        let turn = gateway.recovery().turn().await;
        let asked = gateway.directory().accounts();
        let found = look(gateway, room, known, &asked).await;
        drop(turn);
        let found = match found {
            Ok(now) => Found::Now(now),
            Err(Error::NotFound) => Found::Gone,
            Err(error) => {
                if patience.is_left(&error).await {
                    continue;
                }
                unread(&error)
            }
        };
        return room.request(Request::Read(Box::new(Reading { asked, found })));
    }
}

/// What a room does that could not be read. To whoever comes again it would be as unreadable where the
/// fault lies in what is stored; a database that was away may be back at another node by then.
fn unread(error: &Error) -> Found {
    if let Error::Internal(_) = error {
        error.log_put_off("a room cannot be read anew; nothing is delivered in it until it can");
        return Found::Broken;
    }
    error.log_put_off("a room could not be read anew; its connections are closed");
    Found::Unreadable
}

async fn look(gateway: &Gateway, room: &Room, known: i64, asked: &[UserId]) -> Result<ServerNow> {
    let hub = gateway.hub();
    let can = hub
        .authorize::<ReadServer>(Actor::Operator, room.server_id)
        .await?;
    recovery::server(hub, &can, known, asked).await
}
