//! What the hub does: access policy, use cases, unit of work, event bus, presence.
//!
//! This crate knows no HTTP and no socket, and no SQL: `api` and `gateway` call its use cases with
//! an authority ([`access::Can`]), `store` holds the statements. Time and randomness are inputs.

pub mod access;
pub mod auth;
pub mod bus;
pub mod channels;
pub mod clock;
pub mod config;
mod credentials;
pub mod error;
pub mod ids;
pub mod invites;
pub mod jobs;
pub mod limits;
pub mod mark;
pub mod members;
pub mod messages;
mod places;
pub mod presence;
pub mod random;
pub mod reads;
pub mod recovery;
pub mod servers;
pub mod sessions;
pub mod settings;
pub mod users;
mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use battala_proto::{Hint, TimestampMs};
use battala_store::tables::hub as hub_table;
use battala_store::{Db, DbError, Reader, WritePermit};

pub use access::{Actor, Can};
pub use battala_store::{Lane, line};
pub use clock::Clock;
pub use config::{Config, Limits, Rate};
pub use credentials::{passwords, signed, tokens};
pub use error::{Error, Result};
pub use invites::inviters;
pub use limits::{network, shares};
pub use random::Random;
pub use recovery::sweep;
pub use work::{Entry, Level, Work, WorkFuture};

use access::{
    Action, HashesPassword, KeptRights, KeyOf, Lookup, Reading, Sees, Structures, Target as _,
};
use bus::{Bus, HintTo};
use credentials::devices::Devices;
use credentials::guesses::Guesses;
use credentials::passwords::Passwords;
use credentials::renewals::Renewals;
use credentials::tokens::Tokens;
use ids::Ids;
use limits::RateLimits;
use presence::Presence;
use settings::Settings;

/// How long the hub is not ready after a write that found no room, whatever fits meanwhile.
const STORAGE_FULL_MS: i64 = 5000;

/// A cloneable set of handles. It holds no rules: those are in [`access`] and the use cases.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    random: Random,
    config: Config,
    ids: Ids,
    bus: Bus,
    limits: RateLimits,
    passwords: Passwords,
    tokens: Tokens,
    guesses: Guesses,
    devices: Devices,
    renewals: Renewals,
    presence: Presence,
    settings: Settings,
    structures: Structures,
    kept_rights: KeptRights,
    jobs: jobs::Jobs,
    /// Until when, by the time that passes, the hub is not ready since a write found no room on the
    /// disk; 0 when there is room again.
    storage_full_until: AtomicI64,
}

impl Hub {
    /// Takes a node number, makes the installation's row if it is missing, and loads its settings.
    ///
    /// `secret` is the installation's key; every other key is derived from it.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn start(
        db: Db,
        secret: &[u8; 32],
        config: Config,
        clock: Clock,
        random: Random,
    ) -> Result<Self> {
        let ids = Ids::lease(&db, &clock, &random, config.node_lease_ms.into()).await?;
        let settings = Settings::load(&db, &clock, &random).await?;
        let hub = Self(Arc::new(Inner {
            limits: RateLimits::new(config.limits, clock.clone()),
            passwords: Passwords::new(&config, random.clone()),
            tokens: Tokens::new(secret),
            guesses: Guesses::default(),
            devices: Devices::new(secret),
            renewals: Renewals::new(clock.now()),
            presence: Presence::default(),
            bus: Bus::new(),
            structures: Structures::default(),
            kept_rights: KeptRights::default(),
            jobs: jobs::Jobs::default(),
            storage_full_until: AtomicI64::new(0),
            db,
            clock,
            random,
            config,
            ids,
            settings,
        }));
        jobs::start(&hub);
        Ok(hub)
    }

    /// Ends the hub's own tasks, gives the node number back and closes the database.
    pub async fn stop(&self) {
        self.0.jobs.stop().await;
        if let Err(error) = self.0.ids.release().await {
            tracing::warn!(%error, "the node number was not given back; its lease will run out");
        }
        self.0.db.close().await;
    }

    /// What a request reads with, who asks and whether they may included.
    pub fn reading(&self) -> Reading {
        Reading::new(self.clone())
    }

    /// Loads the target of an action and asks the policy. The only source of authority.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::NotFound`] or [`Error::Forbidden`], as the policy says.
    pub async fn authorize<A: Action>(&self, actor: Actor, key: KeyOf<A>) -> Result<Can<A>> {
        self.reading().authorize(actor, key).await
    }

    /// The same for what is read at once, see [`Reading::authorize_to_read`].
    ///
    /// # Errors
    /// As [`Hub::authorize`].
    pub async fn authorize_to_read<A: Action>(
        &self,
        actor: Actor,
        key: KeyOf<A>,
    ) -> Result<Can<A>> {
        self.reading().authorize_to_read(actor, key).await
    }

    /// A connection for the reads of an action that was allowed: that of its request, where it has one. In
    /// a server it sees one state of the database, in which the action is allowed: that which was decided
    /// on, or else a newer one, in which the stamp is compared as in a write.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none becomes free in time, and what the policy says when it is asked
    /// once more.
    pub async fn read<A: Action>(&self, authority: &Can<A>) -> Result<Reader> {
        let (reader, _) = self.read_as(authority.clone()).await?;
        Ok(reader)
    }

    /// The same with the right as of that state, by which what is read there is filtered.
    ///
    /// # Errors
    /// As [`Hub::read`].
    pub(crate) async fn read_as<A: Action>(
        &self,
        mut authority: Can<A>,
    ) -> Result<(Reader, Can<A>)> {
        if let Some(reader) = authority.take_reader() {
            return Ok((reader, authority));
        }
        if !A::Target::IS_IN_SERVER {
            return Ok((self.0.db.read().await?, authority));
        }
        let mut reader = self.0.db.read_snapshot().await?;
        let mut lookup = Lookup {
            conn: &mut reader,
            structures: self.structures(),
            sees: Sees::Snapshot,
            now: self.now(),
        };
        authority.recheck(&mut lookup).await?;
        Ok((reader, authority))
    }

    /// Like [`Hub::read`], but all reads see one state of the database: that which was decided on, where
    /// the request has it.
    pub(crate) async fn read_snapshot<A: Action>(&self, authority: &Can<A>) -> Result<Reader> {
        let Some(mut reader) = authority.take_reader() else {
            return Ok(self.0.db.read_snapshot().await?);
        };
        // In a server it was decided on in such a state.
        if !A::Target::IS_IN_SERVER {
            reader.begin_snapshot().await?;
        }
        Ok(reader)
    }

    /// Tells clients something that is never stored and may get lost.
    pub fn emit_hint<A: Action>(&self, _authority: &Can<A>, to: HintTo, hint: Hint) {
        self.0.bus.hint(to, hint);
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> TimestampMs {
        self.0.clock.now()
    }

    /// Milliseconds since the start, which no step of the wall clock changes.
    pub fn passed(&self) -> i64 {
        self.0.clock.passed()
    }

    /// The hub's configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The rate limits.
    pub fn limits(&self) -> &RateLimits {
        &self.0.limits
    }

    /// Who is there.
    pub fn presence(&self) -> &Presence {
        &self.0.presence
    }

    /// The bus that commits speak on.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// The installation's settings, as they were last committed.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Whether the database answers and has room, and ids can be made; for the readiness probe. That
    /// it is away is told as soon as it is known. After
    /// a write that found none, a small one may still fit: for some seconds there is no room whatever
    /// fits, and then until a write succeeds.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Unreachable`] or [`Error::StorageFull`] when it does not.
    pub async fn probe(&self) -> Result<()> {
        tokio::select! {
            looked = self.look() => looked,
            () = self.0.db.lost() => Err(Error::Unreachable),
        }
    }

    async fn look(&self) -> Result<()> {
        let full_until = self.0.storage_full_until.load(Ordering::Relaxed);
        if full_until > self.passed() {
            return Err(Error::StorageFull);
        }
        if full_until > 0 {
            let db = &self.0.db;
            let touched = db.write(|tx| Box::pin(async move { hub_table::touch(tx).await }));
            self.note_storage(touched.await.map_err(|error: DbError| error.into()))?;
            self.0.storage_full_until.store(0, Ordering::Relaxed);
        }
        self.ids_ready().await?;
        let mut reader = self.0.db.read().await?;
        hub_table::get(&mut reader).await?;
        Ok(())
    }

    /// Resolves when the hub cannot go on, with the reason: its database can no longer be trusted,
    /// or is another's. The process must end then.
    pub async fn fatal(&self) -> Arc<str> {
        self.0.db.fatal().await
    }

    /// Waits until ids can be made, before a write that needs some.
    pub(crate) async fn ids_ready(&self) -> Result<()> {
        let ready = self.0.ids.ready().await;
        self.note_storage(ready)
    }

    /// Remembers that a write found no room.
    fn note_storage<T>(&self, written: Result<T>) -> Result<T> {
        if let Err(Error::StorageFull) = written {
            let until = self.passed() + STORAGE_FULL_MS;
            self.0.storage_full_until.store(until, Ordering::Relaxed);
        }
        written
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// A sequence of writes that commit in the order in which they are queued: one per connection.
    pub fn lane(&self) -> battala_store::Lane {
        self.0.db.lane()
    }

    /// A place in a lane, for a write that is queued by `…_at`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::StorageFull`] when nothing can be written.
    pub async fn reserve_in(&self, lane: &Lane) -> Result<WritePermit> {
        self.ids_ready().await?;
        Ok(lane.reserve().await?)
    }

    pub(crate) fn ids(&self) -> &Ids {
        &self.0.ids
    }

    pub(crate) fn random(&self) -> &Random {
        &self.0.random
    }

    /// Hashes, for an action that says that it may wait for one.
    pub(crate) fn passwords<A: HashesPassword>(&self, _authority: &Can<A>) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.0.guesses
    }

    pub(crate) fn devices(&self) -> &Devices {
        &self.0.devices
    }

    pub(crate) fn renewals(&self) -> &Renewals {
        &self.0.renewals
    }

    pub(crate) fn kept_rights(&self) -> &KeptRights {
        &self.0.kept_rights
    }

    pub(crate) fn structures(&self) -> &Structures {
        &self.0.structures
    }

    pub(crate) fn jobs(&self) -> &jobs::Jobs {
        &self.0.jobs
    }
}
