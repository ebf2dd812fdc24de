//! The unit of work: one transaction, the events it leads to, and its entry in the audit log.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use battala_proto::Event;
use battala_proto::events::Position;
use battala_proto::id::{ServerId, SessionId, UserId};
use battala_store::tables::hub::HubRow;
use battala_store::tables::users::UserRow;
use battala_store::tables::{audit, channels, jobs, members, servers};
use battala_store::{Tx, WritePermit};
use futures_util::future::BoxFuture;

mod outcome;

pub use self::outcome::Level;
use self::outcome::Outcome;
use crate::Hub;
use crate::access::structure::Membership;
use crate::access::{
    Action, Can, Lookup, READ_AT_ONCE, Sees, ServerTarget, Stamp, Target as _, read_structures,
};
use crate::bus::{Audience, Change, Counters, NewRights, Notice};
use crate::channels::row::channels_of;
use crate::credentials::renewals::Presented;
use crate::error::{Error, Result};
use crate::jobs::job::Job;
use crate::limits::{Bucket, Subject};
use crate::line::Lines;

/// Jobs that one account has in the queue at most, those that have failed included: deleting is paced
/// by its rate, and jobs are done faster than that unless something is wrong.
const CAUSED_MAX: i64 = 1000;

/// The lines about accounts that have so many: whoever deletes on would fill the log.
static FULL: Mutex<Lines> = Mutex::new(Lines::new());

fn note_full(cause: UserId) {
    let mut lines = FULL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(left_out) = lines.due(&cause.to_string()) {
        tracing::warn!(%cause, limit = CAUSED_MAX, left_out, "too many jobs of one account wait");
    }
}

/// A transaction under way, with the authority that opened it.
pub struct Work<'t, A: Action> {
    hub: Hub,
    tx: &'t mut Tx,
    can: Can<A>,
    outcome: Outcome,
}

/// What the closure of a unit of work returns.
pub type WorkFuture<'w, T> = BoxFuture<'w, Result<T>>;

impl<A: Action> Work<'_, A> {
    /// The transaction.
    pub fn tx(&mut self) -> &mut Tx {
        self.tx
    }

    /// The hub, for its keys and its clock; never for another transaction.
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The authority, as it stands inside the transaction.
    pub fn can(&self) -> &Can<A> {
        &self.can
    }

    /// What the action is done to, as it stands inside the transaction.
    pub fn target(&self) -> &A::Target {
        self.can.target()
    }

    /// A server that the action is not done to, and how the caller stands to it by what the transaction
    /// has done.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is deleted.
    pub(crate) async fn server(&mut self, id: ServerId) -> Result<ServerTarget> {
        let mut lookup = Lookup {
            structures: self.hub.structures(),
            sees: Sees::Uncommitted,
            now: self.hub.now(),
            conn: self.tx,
        };
        let target = ServerTarget::load(&mut lookup, self.can.actor(), &id).await?;
        target.ok_or(Error::NotFound)
    }

    /// The time, from the hub's clock.
    pub fn now(&self) -> i64 {
        self.hub.now()
    }

    /// A new id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] when the process lost its node number.
    pub fn make_id<T: TryFrom<i64>>(&self) -> Result<T> {
        self.hub.ids().make()
    }

    /// Raises the counters of a server that is changed: the only place where that happens. However
    /// often it is called, the epoch is raised once, and the commit tells one notice of it. Nobody
    /// else may write in the server meanwhile.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the server is deleted.
    pub async fn raise(&mut self, server: ServerId, level: Level) -> Result<Counters> {
        let raised = self.outcome.raised(server);
        let counters = servers::raise(self.tx, server, level.above(raised)).await?;
        let counters = counters.ok_or(Error::NotFound)?;
        let level = raised.map_or(level, |raised| raised.max(level));
        self.outcome.set_raised(server, level, counters);
        Ok(counters)
    }

    /// Raises what moves with one membership alone (its roles, its timeout): the epoch, and the number of
    /// the membership, which voids the rights of that member and of nobody else. The notice of the epoch
    /// tells the membership as it is stored in the end.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such member, or no server.
    pub async fn raise_member(&mut self, server: ServerId, user: UserId) -> Result<Counters> {
        let counters = self.raise(server, Level::Members).await?;
        if !members::set_rev(self.tx, (server, user), counters.epoch).await? {
            return Err(Error::NotFound);
        }
        let changed = (server, user);
        if !self.outcome.members.contains(&changed) {
            self.outcome.members.push(changed);
        }
        Ok(counters)
    }

    /// Adds a change to what is told of a server whose counters were raised.
    pub(crate) fn change(&mut self, server: ServerId, change: Change) {
        match (self.outcome.structure(server), &change) {
            (Some(told), _) => told.changes.push(change),
            (None, Change::Event(_, event)) => self.outcome.stray = Some(event.name()),
            (None, _) => self.outcome.stray = Some("a change of members"),
        }
    }

    /// Tells an audience; leaves with the commit. An event of a server's structure stands in the one
    /// notice of its epoch.
    pub fn emit(&mut self, audience: Audience, event: Event) {
        match (event.position(), &audience) {
            (Position::Structure { .. }, Audience::Server(id) | Audience::Channel(id, _)) => {
                self.change(*id, Change::Event(audience, event));
            }
            (
                Position::Structure { .. },
                Audience::Hub | Audience::Servers(_) | Audience::User(_),
            ) => {
                self.outcome.stray = Some(event.name());
            }
            (Position::Channel { .. } | Position::Account { .. } | Position::Free, _) => {
                self.outcome.notices.push(Notice::Event(audience, event));
            }
        }
    }

    /// Tells an audience what an earlier try has committed, unless it was told then.
    pub fn repeat(&mut self, audience: Audience, event: Event) {
        self.outcome.notices.push(Notice::Repeated(audience, event));
    }

    /// Tells the gateway something that is more than an event; leaves with the commit.
    pub fn notify(&mut self, notice: Notice) {
        self.outcome.notices.push(notice);
    }

    /// Replaces the process's copy of the settings, with the commit.
    pub(crate) fn replace_settings(&mut self, row: HubRow) {
        self.outcome.settings = Some(row);
    }

    /// Has a job done once this has committed, and never without it. The account that acts is its
    /// cause, and has a bounded number of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many of the account's jobs are not done yet.
    pub(crate) async fn enqueue(&mut self, job: Job) -> Result<()> {
        let cause = self.can.actor().me().map(|me| me.id);
        if let Some(cause) = cause
            && jobs::caused_by(self.tx, cause, CAUSED_MAX).await? >= CAUSED_MAX
        {
            note_full(cause);
            return Err(Error::Unavailable);
        }
        let row = job.to_row(self.make_id()?, cause, self.now())?;
        jobs::insert(self.tx, row).await?;
        self.look_for_jobs();
        Ok(())
    }

    /// Counts the change of a name, of which many are told.
    ///
    /// # Errors
    /// [`Error::ChangedTooOften`] of the field that holds it.
    pub(crate) fn charge_name(&self, bucket: Bucket, field: &'static str) -> Result<()> {
        let account = Subject::User(self.can.user_id()?);
        let checked = self.hub.limits().check(bucket, account);
        checked.map(drop).map_err(|error| Error::ChangedTooOften {
            field,
            retry_after_ms: error.retry_after_ms().unwrap_or_default(),
        })
    }

    /// Has the queue looked at after the commit.
    pub(crate) fn look_for_jobs(&mut self) {
        self.outcome.has_jobs = true;
    }

    /// Forgets with the commit who has guessed at the account's password: it has another one.
    pub(crate) fn forget_guesses(&mut self, user: &UserRow) {
        let names = user.email.iter().chain([&user.username]).cloned();
        self.outcome.unguessed = Some((user.id, names.collect()));
    }

    /// Remembers with the commit what became of a refresh token.
    pub(crate) fn remember(&mut self, session: SessionId, presented: Presented) {
        self.outcome.presented = Some((session, presented));
    }

    /// Adds an entry to the audit log.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn audit(&mut self, entry: Entry) -> Result<()> {
        let actor = self.can.user_id()?;
        self.audit_as(actor, entry).await
    }

    /// Adds an entry in the name of an account that is only known inside the transaction.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn audit_as(&mut self, actor_id: UserId, entry: Entry) -> Result<()> {
        let row = audit::NewEntry {
            id: self.hub.ids().next()?,
            server_id: entry.server_id,
            actor_id,
            action: A::NAME,
            target_id: entry.target_id,
            detail: entry.detail.to_string(),
            created_at: self.hub.now(),
        };
        Ok(audit::insert(self.tx, row).await?)
    }

    /// Reads what changes of rights and of memberships lead to, when all of them are made. Nobody else
    /// writes in the server meanwhile, so that it is what is committed.
    async fn conclude(&mut self) -> Result<()> {
        let servers = self.outcome.with_other_rights();
        for servers in servers.chunks(READ_AT_ONCE) {
            self.conclude_rights(servers).await?;
        }
        let changed = std::mem::take(&mut self.outcome.members);
        // Read are all of these users in all of these servers.
        for changed in changed.chunks(READ_AT_ONCE) {
            self.conclude_memberships(changed).await?;
        }
        Ok(())
    }

    async fn conclude_rights(&mut self, servers: &[ServerId]) -> Result<()> {
        // A server that ends leaves none.
        let structures = read_structures(self.tx, servers).await?;
        let mut rows = channels_of(channels::of_servers(self.tx, servers).await?);
        for structure in structures {
            let id = structure.server_id();
            if let Some(change) = self.outcome.structure(id) {
                let own = rows.extract_if(.., |row| row.server_id == id);
                change.rights = Some(NewRights {
                    structure,
                    channels: own.collect(),
                });
            }
        }
        Ok(())
    }

    async fn conclude_memberships(&mut self, changed: &[(ServerId, UserId)]) -> Result<()> {
        let (servers, users): (Vec<_>, Vec<_>) = changed.iter().copied().unzip();
        let rows = members::among(self.tx, &servers, &users).await?;
        let rows = rows.into_iter();
        let mut found: HashMap<_, _> = rows
            .map(|row| ((row.server_id, row.user_id), row))
            .collect();
        for at in changed {
            // Whoever has been removed since is told of as removed.
            if let Some(row) = found.remove(at) {
                self.outcome.set_membership(at.0, Membership::stored(row));
            }
        }
        Ok(())
    }
}

/// What was done to what, for the audit log; who, when and by which action is known already.
#[derive(Debug, Clone)]
pub struct Entry {
    server_id: Option<ServerId>,
    target_id: Option<i64>,
    detail: serde_json::Value,
}

impl Entry {
    /// Something in a server.
    pub fn in_server(server_id: ServerId, target_id: impl Into<i64>) -> Self {
        Self {
            server_id: Some(server_id),
            target_id: Some(target_id.into()),
            detail: serde_json::json!({}),
        }
    }

    /// Something on the hub.
    pub fn on_hub(target_id: Option<i64>) -> Self {
        Self {
            server_id: None,
            target_id,
            detail: serde_json::json!({}),
        }
    }

    /// What changed, and what something is called. Never a secret, an address or what else someone
    /// wrote: it would stay when it is changed or deleted where it was written.
    #[must_use]
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// How a write excludes changes of rights in its server, or else of the sessions of its account, on
/// engines that run writes side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// Others may write as well.
    Shared,
    /// Nobody else writes in the server, or for the account.
    Exclusive,
}

impl Hub {
    /// Runs a unit of work that does not change rights, and returns after its commit.
    ///
    /// # Errors
    /// What the closure returns, or what the database refuses.
    pub async fn write<A, T, F>(&self, can: Can<A>, closure: F) -> Result<T>
    where
        A: Action,
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t, A>) -> WorkFuture<'w, T> + Send + 'static,
    {
        self.ids_ready().await?;
        let permit = self.db().reserve().await?;
        self.submit(permit, can, Lock::Shared, closure).await
    }

    /// Runs a unit of work that changes structure or rights of a server, or ends sessions of the own
    /// account: alone in it.
    ///
    /// # Errors
    /// As [`Hub::write`].
    pub async fn write_rights<A, T, F>(&self, can: Can<A>, closure: F) -> Result<T>
    where
        A: Action,
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t, A>) -> WorkFuture<'w, T> + Send + 'static,
    {
        self.ids_ready().await?;
        let permit = self.db().reserve().await?;
        self.submit(permit, can, Lock::Exclusive, closure).await
    }

    /// Queues a unit of work at a place taken before, and returns a future of its result: the next
    /// one can be queued without waiting for this one's commit.
    pub fn write_at<A, T, F>(
        &self,
        permit: WritePermit,
        can: Can<A>,
        closure: F,
    ) -> impl Future<Output = Result<T>> + Send + 'static
    where
        A: Action,
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t, A>) -> WorkFuture<'w, T> + Send + 'static,
    {
        self.submit(permit, can, Lock::Shared, closure)
    }

    fn submit<A, T, F>(
        &self,
        permit: WritePermit,
        can: Can<A>,
        lock: Lock,
        closure: F,
    ) -> impl Future<Output = Result<T>> + Send + 'static
    where
        A: Action,
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t, A>) -> WorkFuture<'w, T> + Send + 'static,
    {
        let (hub, after, this) = (self.clone(), self.clone(), self.clone());
        let doubtful = self.clone();
        // Queued now, whenever the future is looked at.
        let written = permit.submit_settled(
            move |tx| Box::pin(run(hub, tx, can, lock, closure)),
            move |(answer, outcome): (T, Outcome)| {
                outcome.happen(&after);
                answer
            },
            move |(_, outcome): (T, Outcome)| outcome.doubt(&doubtful),
        );
        async move { this.note_storage(written.await) }
    }
}

/// Excludes what must not happen between the look at the authority and the commit.
async fn take_locks<A: Action>(tx: &mut Tx, can: &Can<A>, lock: Lock) -> Result<()> {
    let account = can.held_account();
    match (can.target().stamp(), lock) {
        (Stamp::Server { id, .. }, Lock::Shared) => {
            tx.lock_server_shared(account.map(UserId::raw), id).await?;
        }
        (Stamp::Server { id, .. }, Lock::Exclusive) => {
            tx.lock_server_exclusive(account.map(UserId::raw), id)
                .await?;
        }
        (Stamp::None, lock) => match (account, lock) {
            (Some(account), Lock::Shared) => tx.lock_account_shared(account).await?,
            (Some(account), Lock::Exclusive) => tx.lock_account_exclusive(account).await?,
            (None, _) => {}
        },
    }
    Ok(())
}

async fn run<A, T, F>(
    hub: Hub,
    tx: &mut Tx,
    mut can: Can<A>,
    lock: Lock,
    closure: F,
) -> Result<(T, Outcome)>
where
    A: Action,
    F: for<'w, 't> FnOnce(&'w mut Work<'t, A>) -> WorkFuture<'w, T> + Send + 'static,
{
    take_locks(tx, &can, lock).await?;
    let mut lookup = Lookup {
        structures: hub.structures(),
        // What a group of writes has changed may not be committed yet, nor ever be.
        sees: Sees::Uncommitted,
        now: hub.now(),
        conn: tx,
    };
    can.recheck(&mut lookup).await?;
    let mut work = Work {
        hub,
        tx,
        can,
        outcome: Outcome::default(),
    };
    let answer = closure(&mut work).await?;
    work.conclude().await?;
    if let Some(name) = work.outcome.stray {
        let message = format!("{name} was told of a server whose epoch was not raised");
        return Err(Error::internal(message));
    }
    let now = work.now();
    work.can.hold(work.tx, now).await?;
    let statements = work.tx.statements();
    tracing::trace!(action = A::NAME, statements, "a unit of work");
    Ok((answer, work.outcome))
}
