//! One signed-in connection, and its place in the directory.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::access::{Kept, SendMessage};
use battala_hub::limits::Subject;
use battala_hub::shares::Caller;
use battala_hub::{Actor, Can, Error, Hub, Result};
use battala_proto::channels::WatchMode;
use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};
use battala_proto::users::Me;
use battala_proto::{Event, Hint, Told};
use battala_socketio::{Frame, Socket};

use crate::Gateway;
use crate::giving_way;
use crate::telling::Telling;
use crate::untaken::Sizes;

/// A signed-in connection. It knows no wire format: the socket beside it does.
pub(crate) struct Connection {
    pub(crate) socket: Socket,
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    /// A copy of the account, replaced when it changes.
    account: Mutex<Arc<Me>>,
    /// The account's `rev` up to which this connection has been told its private state.
    rev_read: AtomicI64,
    /// When the access token expires, by the time that passes: setting the clock closes no socket
    /// and keeps none open.
    expires_passed: AtomicI64,
    /// The hub's generation that it was told first; 0 until then.
    generation: AtomicI64,
    /// The rooms the connection is in.
    servers: Mutex<Vec<ServerId>>,
    /// How often it has entered or left a room.
    #[cfg(test)]
    moves: std::sync::atomic::AtomicU64,
    is_attached: AtomicBool,
    /// Where it watches channels, if it gets the events of those and of no others. Which these are, the
    /// rooms know.
    listed: Mutex<Option<Box<Listed>>>,
    /// Who holds it sends a structure: one at a time, so that what waits for this connection is
    /// one part however many servers it enters at once.
    structure: tokio::sync::Mutex<()>,
    /// What it may have missed.
    telling: Telling,
}

/// What is known of a connection that listens to a list.
#[derive(Default)]
struct Listed {
    /// Where it may watch something.
    servers: Vec<ServerId>,
    /// Until it names anew what it watches.
    late: Late,
}

/// What a connection asked for when it began, and the servers that had not let it in then, or could not be
/// read.
#[derive(Default)]
pub(crate) struct Late {
    pub(crate) channels: Arc<[ChannelId]>,
    pub(crate) servers: Vec<ServerId>,
}

impl Connection {
    pub(crate) fn new(
        socket: Socket,
        session_id: SessionId,
        me: Arc<Me>,
        expires_passed: i64,
    ) -> Self {
        Self {
            socket,
            user_id: me.id,
            session_id,
            rev_read: AtomicI64::new(me.rev),
            account: Mutex::new(me),
            expires_passed: AtomicI64::new(expires_passed),
            generation: AtomicI64::new(0),
            servers: Mutex::default(),
            #[cfg(test)]
            moves: std::sync::atomic::AtomicU64::default(),
            is_attached: AtomicBool::new(true),
            listed: Mutex::default(),
            structure: tokio::sync::Mutex::const_new(()),
            telling: Telling::default(),
        }
    }

    /// Who acts when a command comes over this connection.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Account {
            me: self.account(),
            session_id: self.session_id,
        }
    }

    /// Whose memory it is that waits for it.
    pub(crate) fn caller(&self) -> Caller {
        let address = Subject::address(self.socket.peer().address);
        Caller::new(Subject::User(self.user_id), address)
    }

    pub(crate) fn account(&self) -> Arc<Me> {
        Arc::clone(&self.account.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the copy of the account unless it is newer; says whether anything is other than it
    /// was. What moves only `rev` is not kept here.
    pub(crate) fn set_account(&self, me: Arc<Me>) -> bool {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = Arc::ptr_eq(&me, &account)
            || me.rev < account.rev
            || Me {
                rev: account.rev,
                ..(*me).clone()
            } == **account;
        if !is_known {
            *account = me;
        }
        !is_known
    }

    /// Takes note that the account's private state is read whole as of `rev`; says whether it has
    /// moved since it last was.
    pub(crate) fn has_moved_to(&self, rev: i64) -> bool {
        self.rev_read.fetch_max(rev, Ordering::Relaxed) < rev
    }

    /// Takes note of a change of the private state that it was told. One that follows another which
    /// it was not told says nothing: it has missed that.
    pub(crate) fn is_told(&self, rev: i64) {
        let order = Ordering::Relaxed;
        // Otherwise it was told this by a reading, or will be.
        let _ = self.rev_read.compare_exchange(rev - 1, rev, order, order);
    }

    /// It begins with what the hub holds in this generation.
    pub(crate) fn begins_in(&self, generation: i64) {
        self.generation.store(generation, Ordering::SeqCst);
    }

    /// Whether what it was told is of another past than what is told from now on.
    pub(crate) fn is_of_another(&self, generation: i64) -> bool {
        let begun = self.generation.load(Ordering::SeqCst);
        begun != 0 && begun != generation
    }

    pub(crate) fn telling(&self) -> &Telling {
        &self.telling
    }

    pub(crate) fn expires_passed(&self) -> i64 {
        self.expires_passed.load(Ordering::Relaxed)
    }

    pub(crate) fn set_expires_passed(&self, at: i64) {
        self.expires_passed.store(at, Ordering::Relaxed);
    }

    /// It leaves its place. The second time it has.
    pub(crate) fn detach(&self) -> bool {
        self.is_attached.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.is_attached.load(Ordering::SeqCst)
    }

    /// From now on it gets only what it watches: in each room that it enters later nothing, at first.
    pub(crate) fn listen_to_a_list(&self) {
        self.listed().get_or_insert_default();
    }

    /// It names anew what it watches. Says in which servers it may have watched something; `None` if it has
    /// heard all so far.
    pub(crate) fn list_anew(&self, late: Late) -> Option<Vec<ServerId>> {
        let listed = Listed {
            servers: Vec::new(),
            late,
        };
        let before = self.listed().replace(Box::new(listed));
        before.map(|before| before.servers)
    }

    /// Of the servers that it is in it may watch something in some, until it names that anew.
    pub(crate) fn may_watch_in(&self, some: &HashSet<ServerId>, inside: &[ServerId]) {
        if let Some(listed) = &mut *self.listed() {
            listed.servers.extend(some);
            listed.late.servers.retain(|it| !inside.contains(it));
        }
    }

    /// In this server it watches these channels late, though it is in: it is not known yet what it sees.
    pub(crate) fn watches_late(&self, server: ServerId, channels: &Arc<[ChannelId]>) {
        if let Some(listed) = &mut *self.listed() {
            listed.late.channels = Arc::clone(channels);
            listed.late.servers.push(server);
        }
    }

    /// What it watches in a room that lets it in late, as far as it is the room's. Where it enters again, it
    /// watches nothing.
    pub(crate) fn watches_late_in(&self, server: ServerId) -> Option<Arc<[ChannelId]>> {
        let mut listed = self.listed();
        let Listed { servers, late } = &mut **listed.as_mut()?;
        let at = late.servers.iter().position(|it| *it == server)?;
        servers.push(late.servers.swap_remove(at));
        if late.servers.is_empty() {
            return Some(std::mem::take(late).channels);
        }
        Some(Arc::clone(&late.channels))
    }

    pub(crate) fn watch_mode(&self) -> WatchMode {
        match &*self.listed() {
            None => WatchMode::All,
            Some(_) => WatchMode::Listed,
        }
    }

    fn listed(&self) -> MutexGuard<'_, Option<Box<Listed>>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn servers(&self) -> Vec<ServerId> {
        self.servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn is_in(&self, server: ServerId) -> bool {
        self.servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&server)
    }

    pub(crate) fn entered(&self, server: ServerId) {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if !servers.contains(&server) {
            servers.push(server);
            #[cfg(test)]
            self.moves.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn left(&self, server: ServerId) {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        servers.retain(|other| *other != server);
        drop(servers);
        // What it was to watch late ends like what it watches.
        self.watches_late_in(server);
        #[cfg(test)]
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    /// Waits for the turn to send a structure.
    pub(crate) async fn structure_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.structure.lock().await
    }

    /// Sends a part of a server's structure, unless the connection has left it: what is sent here
    /// can never follow the `server_removed` that a departure sends afterwards. The caller has
    /// waited until the connection had drained.
    pub(crate) fn emit_of(&self, server: ServerId, frame: &Frame) {
        self.if_in(server, || self.socket.emit_paced(frame));
    }

    /// Sends an event to this connection alone, unless it is in a server: what is said here about that
    /// can never follow what its room says.
    pub(crate) fn emit_unless_in(&self, server: ServerId, event: &Event) {
        let Some(frame) = encode(event) else { return };
        // Held meanwhile: it enters before or after.
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if !servers.contains(&server) {
            self.socket.emit(&frame);
        }
    }

    /// Held meanwhile: a departure comes before or after.
    fn if_in(&self, server: ServerId, emit: impl FnOnce() -> bool) {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.contains(&server) {
            emit();
        }
    }

    /// Sends the event with which a connection begins, whatever its size, when there is room for it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is none.
    pub(crate) async fn emit_first(&self, gateway: &Gateway, event: &Event) -> Result<()> {
        let frame = encode(event).ok_or(Error::Unavailable)?;
        let sizes = Sizes::whole(frame.size_bytes());
        let room = giving_way::room(gateway, self, sizes, giving_way::BEGINNING_MAX).await?;
        self.socket.emit_paced(&frame.holding(room));
        Ok(())
    }

    /// Sends an event to this connection alone.
    pub(crate) fn emit(&self, event: &Event) {
        if let Some(frame) = encode(event) {
            self.socket.emit(&frame);
        }
    }

    /// Sends a hint to this connection alone, if there is room.
    pub(crate) fn hint(&self, hint: &Hint) {
        if let Some(frame) = encode(hint) {
            self.socket.emit_hint(&frame);
        }
    }
}

/// Encodes an event, or a hint, once for all its readers.
pub(crate) fn encode(told: &impl Told) -> Option<Frame> {
    let frame = Frame::event(told.name(), told);
    frame
        .inspect_err(|error| tracing::error!(%error, event = told.name(), "event was not encoded"))
        .ok()
}

/// A connection's place in the directory, given back when dropped: also when the handshake is cut
/// off half-way.
pub struct Attached {
    gateway: Gateway,
    pub(crate) connection: Arc<Connection>,
    /// Writes of this connection commit in the order in which they came.
    pub(crate) lane: battala_hub::Lane,
    /// The right to write where the last message was written.
    sending: Kept<SendMessage>,
}

impl Attached {
    pub(crate) fn new(gateway: &Gateway, connection: Arc<Connection>) -> Self {
        Self {
            lane: gateway.hub().lane(),
            gateway: gateway.clone(),
            connection,
            sending: Kept::default(),
        }
    }

    /// The right to write in a channel.
    pub(crate) async fn may_send(&self, channel: ChannelId) -> Result<Can<SendMessage>> {
        let (hub, actor) = (self.gateway.hub(), self.connection.actor());
        self.sending.authorize(hub, actor, channel).await
    }

    /// Leaves every audience. The second call does nothing.
    pub(crate) fn detach(&self) {
        if !self.connection.detach() {
            return;
        }
        let servers = self.connection.servers();
        self.gateway.directory().remove(&self.connection);
        let hub: &Hub = self.gateway.hub();
        if hub
            .presence()
            .disconnected(self.connection.user_id, hub.passed())
            .has_changed
        {
            self.gateway.directory().mark_presence(&servers);
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.detach();
    }
}
