//! The handshake: who is there, and which audiences does the connection join.
//!
//! The order matters. A connection is entered first and its rights are read afterwards: whatever
//! is revoked before that read is seen by it, and whatever is revoked later finds the connection
//! where it has to be removed. What was applied between two reads makes them worthless, and they
//! are done again.

use std::collections::HashSet;
use std::sync::Arc;

use battala_hub::access::ListServers;
use battala_hub::limits::{Bucket, Subject};
use battala_hub::servers::OwnServers;
use battala_hub::sessions::Authenticated;
use battala_hub::{Error, Hub, Result, servers, sessions, signed};
use battala_proto::channels::WatchMode;
use battala_proto::events::Ready;
use battala_proto::hints::PresenceUpdated;
use battala_proto::hub::HubInfo;
use battala_proto::id::ServerId;
use battala_proto::members::ChosenStatus;
use battala_proto::{Event, Hint};
use battala_socketio::{Connect, Refusal, Socket};
use serde::Deserialize;
use tokio::time::Instant;

use crate::Gateway;
use crate::connection::{Attached, Connection};
use crate::entry::{ENTER_WAIT, enter_as_of};
use crate::looks::{Looks, Verdict};
use crate::telling::What;
use crate::watching::{self, Watch};
use crate::{recovery, state};

/// The client's `auth` object.
#[derive(Deserialize)]
struct Auth {
    token: String,
    /// The own status as the client last knew it. One that this hub does not know is no reason to
    /// lock an account out.
    #[serde(default)]
    status: Option<serde_json::Value>,
    /// What it is to be told whole.
    #[serde(default)]
    watch: Option<serde_json::Value>,
}

pub(crate) async fn connect(
    gateway: &Gateway,
    socket: Socket,
    request: Connect,
) -> Result<Attached> {
    let hub = gateway.hub();
    let auth = request.auth.as_ref().map(|auth| auth.get());
    let auth: Option<Auth> = auth.and_then(|auth| serde_json::from_str(auth).ok());
    // What nobody has signed uses up nothing of those who are behind the same address, and the
    // token of a session that has ended nothing of its account.
    let token = auth.as_ref().map(|auth| auth.token.as_str());
    let subject = signed::subject_of(hub, token, request.peer.address);
    hub.limits().check(Bucket::Connect, subject)?;
    let auth = auth.ok_or(Error::Unauthenticated)?;
    let known = sessions::authenticate(hub, &auth.token).await?;
    hub.limits()
        .check(Bucket::Connect, Subject::User(known.me.id))?;
    socket.set_owner(known.me.id.raw());
    let me = Arc::clone(&known.me);
    let connection = Connection::new(socket, known.session_id, me, known.expires_passed);
    let connection = Arc::new(connection);
    let watch = Watch::read(auth.watch);
    if watch.mode() == WatchMode::Listed {
        connection.listen_to_a_list();
    }
    let max = hub.config().limits.sockets_per_user;
    if let Some(silent) = gateway.directory().give_way(known.me.id, max as usize) {
        tracing::debug!("a connection that answers no ping gives way to another of its account");
        silent.socket.cut();
    }
    if !gateway.directory().add(&connection, max as usize) {
        return Err(Error::LimitReached {
            what: "connections",
            limit: max.into(),
        });
    }
    // From here on dropping `attached` undoes everything.
    let remembered = auth
        .status
        .and_then(|status| ChosenStatus::deserialize(status).ok());
    let came = hub
        .presence()
        .connected(connection.user_id, remembered, hub.passed());
    let attached = Attached::new(gateway, connection);
    let joined = join(gateway, &attached.connection, &known, watch).await?;
    let Joined {
        mut servers,
        unread,
        late,
    } = joined;
    if came.has_changed {
        gateway.directory().mark_presence(&servers);
        tell_others(gateway, &attached.connection);
    }
    let connection = Arc::clone(&attached.connection);
    servers.retain(|server| !late.contains(server));
    let missing = unread.into_iter().chain(late);
    let (entered, missing): (Vec<_>, Vec<_>) = missing.partition(|it| connection.is_in(*it));
    // What it was told of a room that let it in meanwhile may have come before `ready`, with which all
    // begins: it is told that anew.
    recovery::tell(gateway, &connection, entered, What::Structure);
    for server in missing {
        recovery::owe(gateway, &connection, (server, What::Structure));
    }
    let task = gateway.clone();
    gateway.run(async move { state::send_all(&task, &connection, &servers).await });
    Ok(attached)
}

/// What a connection remembered of the own status holds for the account's others too.
fn tell_others(gateway: &Gateway, connection: &Arc<Connection>) {
    let status = gateway.hub().presence().chosen(connection.user_id);
    let updated = Hint::PresenceUpdated(PresenceUpdated { status });
    for other in gateway.directory().of_account(connection.user_id) {
        if !Arc::ptr_eq(&other, connection) {
            other.hint(&updated);
        }
    }
}

/// Where a connection belongs that begins.
struct Joined {
    /// The own servers, in the own order.
    servers: Vec<ServerId>,
    /// Those of them that it could not enter, since it cannot be read who may do what there.
    unread: Vec<ServerId>,
    /// Those of them that it has not entered in time.
    late: Vec<ServerId>,
}

impl Joined {
    fn of(own: &OwnServers, late: Vec<ServerId>) -> Self {
        let placed: HashSet<ServerId> = own.places.iter().map(|place| place.server_id).collect();
        let servers: Vec<ServerId> = own.servers.iter().map(|(server, _)| server.id).collect();
        let unread = servers.iter().filter(|server| !placed.contains(server));
        Self {
            unread: unread.copied().collect(),
            late,
            servers,
        }
    }
}

/// Looks at the own servers until nothing changed meanwhile; more would be somebody joining servers
/// faster than they can be read.
const LOOKS_MAX: usize = 3;

/// What was not read in a server is looked for in each of its channels: a look at so many servers
/// costs the account's rate as much as one more connection. Ten devices of somebody in a hundred
/// servers still come at once.
const SERVERS_PER_CONNECT: usize = 16;

/// Enters the rooms of all own servers and says `ready`. The look that follows is at the session and
/// the account, too: they were known before the connection was entered anywhere. Until it is over,
/// nothing that is said in a room has left. What it watches in a room it watches before it is told how far
/// that has come.
async fn join(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    known: &Authenticated,
    watch: Watch,
) -> Result<Joined> {
    let hub = gateway.hub();
    let can = hub.authorize::<ListServers>(connection.actor(), ()).await?;
    let (mut own, mut looks) = (OwnServers::default(), Looks::default());
    let (until, mut late) = (Instant::now() + ENTER_WAIT, Vec::new());
    for look in 1..=LOOKS_MAX {
        own = servers::list_with_unread(hub, &can).await?;
        let further = u32::try_from(own.servers.len() / SERVERS_PER_CONNECT).unwrap_or(u32::MAX);
        let account = Subject::User(connection.user_id);
        hub.limits().charge(Bucket::Connect, account, further);
        let entered = enter_as_of(gateway, connection, &own.places, until).await;
        let (me, current) = sessions::look_again(hub, &can, known).await?;
        connection.set_account(me);
        let ids: Vec<ServerId> = own.servers.iter().map(|(server, _)| server.id).collect();
        let is_let_in = entered.count() == own.places.len();
        late = entered.late;
        let (gone, verdict) = looks.compare(&ids, is_let_in, &current);
        for server in gone {
            // Gone with the room, it is out as well.
            drop(gateway.directory().leave(server, connection).await);
        }
        // A server that was joined meanwhile is entered by its notice, and must stand in `ready`; so
        // must another order.
        if verdict == Verdict::Same {
            break;
        }
        if verdict == Verdict::Untrue && look == LOOKS_MAX {
            return Err(Error::Unavailable);
        }
    }
    let joined = Joined::of(&own, late);
    let mode = watch.mode();
    if let Watch::Listed(channels) = watch
        && !channels.is_empty()
    {
        let late = joined.unread.iter().chain(&joined.late).copied();
        watching::watch_at_first(gateway, connection, channels, late.collect());
    }
    let ready = Ready {
        me: (*connection.account()).clone(),
        session_id: connection.session_id,
        expires_at: known.expires_at,
        hub: begin_in(hub, connection),
        servers: own.servers.into_iter().map(|(server, _)| server).collect(),
        status: hub.presence().chosen(connection.user_id),
        watch: mode,
    };
    connection.emit_first(gateway, &Event::Ready(ready)).await?;
    Ok(joined)
}

/// The hub as the connection is told it first. A later generation finds the connection with this one.
fn begin_in(hub: &Hub, connection: &Connection) -> HubInfo {
    loop {
        let info = hub.settings().info();
        connection.begins_in(info.generation);
        // One that was raised in between may have been told before there was anything to compare.
        if hub.settings().info().generation == info.generation {
            return (*info).clone();
        }
    }
}

/// What a client reads in `connect_error`.
pub(crate) fn refusal(error: &Error) -> Refusal {
    error.log_if_internal();
    let mut data = serde_json::json!({"code": error.code()});
    if let (Some(retry_after_ms), Some(object)) = (error.retry_after_ms(), data.as_object_mut()) {
        object.insert("retry_after_ms".to_owned(), retry_after_ms.into());
    }
    let mut refusal = Refusal::new(error.to_string());
    refusal.data = serde_json::value::to_raw_value(&data).ok();
    refusal
}
