//! Authority: who may do what, and the only key to the data.
//!
//! [`Can<A>`] is proof that the policy allowed action `A` on a loaded target. It has private fields
//! and is built only here; [`crate::Hub::read`] and [`crate::Hub::write`] demand one. A write
//! looks at its session again inside its transaction, and in a server it compares the stamp (the
//! version of the server's rights and the caller's own membership) and asks the policy once more
//! when that has moved since. What an account does to itself or to the hub is decided there on the
//! account as it is then.

mod actions;
mod kept;
mod matrix;
mod policy;
mod reading;
pub mod structure;
mod structures;
mod target;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use battala_proto::id::{SessionId, UserId};
use battala_proto::users::{Me, PublicUser};
use battala_store::tables::{access, sessions};
use battala_store::{Conn, Reader};

pub use actions::*;
pub use kept::Kept;
pub(crate) use kept::KeptRights;
pub use matrix::policy_table;
pub use policy::{Decision, Requirement};
pub use reading::Reading;
pub(crate) use structures::{READ_AT_ONCE, Sees, Structures, read_all as read_structures};
pub use target::{
    ChannelTarget, InviteTarget, Lookup, MemberTarget, MessageTarget, Other, Seen, ServerTarget,
    Stamp, Standing, Target,
};

use crate::error::{Error, Result};
use crate::users::row::me_of;

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody who is signed in.
    Anonymous,
    /// An account, by one of its sessions.
    Account {
        /// The account as it was when the request came, or when the socket was last told.
        me: Arc<Me>,
        /// The session.
        session_id: SessionId,
    },
    /// The operator at the machine itself, or the hub on its own behalf.
    Operator,
    /// The hub, by a job of this kind.
    Job(&'static str),
}

impl Actor {
    /// The account that acts, if one does.
    pub fn me(&self) -> Option<&Arc<Me>> {
        match self {
            Self::Account { me, .. } => Some(me),
            Self::Anonymous | Self::Operator | Self::Job(_) => None,
        }
    }
}

/// Something that someone tries to do.
pub trait Action: Send + Sync + 'static {
    /// The action's name, as the authority table shows it.
    const NAME: &'static str;
    /// What it takes.
    const REQUIRES: Requirement;
    /// Whether it is a [`HashesPassword`].
    const HASHES_PASSWORD: bool;
    /// What it is done to.
    type Target: Target;
}

/// An action that may wait for the hash of a password. No other one is given any: who waits for
/// hashes is known by its action, and has its place apart from everybody else.
pub trait HashesPassword: Action {}

/// What a caller names to say which target is meant.
pub type KeyOf<A> = <<A as Action>::Target as Target>::Key;

/// Proof that the policy allowed an action on a target.
pub struct Can<A: Action> {
    actor: Actor,
    key: KeyOf<A>,
    target: A::Target,
    /// Set by a transaction that found it moved, where somebody keeps this right.
    has_moved: Option<Arc<AtomicBool>>,
    /// The connection of the request, until it is read from.
    reader: Option<Arc<Mutex<Option<Reader>>>>,
}

impl<A: Action> Clone for Can<A> {
    fn clone(&self) -> Self {
        Self {
            actor: self.actor.clone(),
            key: self.key.clone(),
            target: self.target.clone(),
            has_moved: self.has_moved.clone(),
            reader: self.reader.clone(),
        }
    }
}

impl<A: Action> Can<A> {
    /// Loads the target and asks the policy.
    pub(crate) async fn check(
        lookup: &mut Lookup<'_>,
        actor: Actor,
        key: KeyOf<A>,
    ) -> Result<Self> {
        let target = Self::judge(lookup, &actor, &key).await?;
        Ok(Self::new(actor, key, target))
    }

    /// Asks the policy about a target that is at hand.
    fn decide(actor: Actor, key: KeyOf<A>, target: A::Target, now: i64) -> Result<Self> {
        let standing = target.standing(&actor, now);
        policy::decide(A::REQUIRES, &actor, &standing).into_result()?;
        Ok(Self::new(actor, key, target))
    }

    fn new(actor: Actor, key: KeyOf<A>, target: A::Target) -> Self {
        Self {
            actor,
            key,
            target,
            has_moved: None,
            reader: None,
        }
    }

    /// Keeps the connection that it was decided on.
    fn decided_on(&mut self, reader: Reader) {
        self.reader = Some(Arc::new(Mutex::new(Some(reader))));
    }

    /// That connection, once.
    pub(crate) fn take_reader(&self) -> Option<Reader> {
        let reader = self.reader.as_ref()?;
        reader.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn judge(lookup: &mut Lookup<'_>, actor: &Actor, key: &KeyOf<A>) -> Result<A::Target> {
        // Not even a look is taken for a caller who lacks an account.
        policy::decide_before_loading(A::REQUIRES, actor).into_result()?;
        let target = A::Target::load(lookup, actor, key)
            .await?
            .ok_or(Error::NotFound)?;
        let standing = target.standing(actor, lookup.now);
        policy::decide(A::REQUIRES, actor, &standing).into_result()?;
        Ok(target)
    }

    /// The account whose sessions must not end until the commit; none where it takes no account to
    /// act.
    pub(crate) fn held_account(&self) -> Option<UserId> {
        let me = self
            .actor
            .me()
            .filter(|_| A::REQUIRES != Requirement::Anyone);
        me.map(|me| me.id)
    }

    /// Asks again when what the right rests on has moved since; for the inside of a transaction, and
    /// for the one state of the database that is read.
    /// Whoever acts by an account must still be signed in, whether or not that has moved.
    pub(crate) async fn recheck(&mut self, lookup: &mut Lookup<'_>) -> Result<()> {
        match self.target.stamp() {
            Stamp::Server { id, seen } => {
                let account = self.held_account();
                let session = account.and_then(|_| self.session_id().ok());
                let caller = (session, account);
                let current = access::write_scope(lookup.conn, id, caller, lookup.now).await?;
                if account.is_some() && !current.has_session {
                    return Err(Error::SessionEnded);
                }
                let is_current = seen.is_some_and(|seen| seen.is_current(&current));
                if let Some(epoch) = current.epoch.filter(|_| is_current) {
                    self.target.set_epoch(epoch);
                } else {
                    self.note_moved();
                    self.target = Self::judge(lookup, &self.actor, &self.key).await?;
                }
            }
            Stamp::None if A::REQUIRES != Requirement::Anyone => {
                self.require_session(lookup.conn, lookup.now).await?;
            }
            Stamp::None => {}
        }
        Ok(())
    }

    fn note_moved(&self) {
        if let Some(has_moved) = &self.has_moved {
            has_moved.store(true, Ordering::Relaxed);
        }
    }

    /// Keeps the session of whoever administers the hub from ending before the commit. The last
    /// lock of its transaction, as a session's is everywhere: two that lock more never wait for
    /// each other.
    pub(crate) async fn hold(&mut self, conn: &mut Conn, now: i64) -> Result<()> {
        let Actor::Account { me, session_id } = &self.actor else {
            return Ok(());
        };
        if A::REQUIRES != Requirement::HubAdmin {
            return Ok(());
        }
        if !sessions::hold(conn, *session_id, me.id, now).await? {
            return Err(Error::SessionEnded);
        }
        self.require_session(conn, now).await
    }

    /// The session has not ended, and its account, as it is now, may still do this. From here on the
    /// account as it is now acts.
    async fn require_session(&mut self, conn: &mut Conn, now: i64) -> Result<()> {
        let Actor::Account { me, session_id } = &self.actor else {
            return Ok(());
        };
        let session = sessions::live(conn, *session_id, me.id).await?;
        let session = session.filter(|at| at.idle_expires_at > now && at.expires_at > now);
        let account = me_of(session.ok_or(Error::SessionEnded)?.user);
        if account.rev != me.rev {
            self.actor = Actor::Account {
                me: Arc::new(account),
                session_id: *session_id,
            };
        }
        let standing = self.target.standing(&self.actor, now);
        policy::decide(A::REQUIRES, &self.actor, &standing).into_result()
    }

    /// Whether the policy allows another action on the same target, for what an action does by it.
    pub(crate) fn allows<B: Action<Target = A::Target>>(&self, now: i64) -> bool {
        let standing = self.target.standing(&self.actor, now);
        policy::decide(B::REQUIRES, &self.actor, &standing) == Decision::Allow
    }

    /// What the action is done to.
    pub fn target(&self) -> &A::Target {
        &self.target
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The account that acts.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for actions that need no account and are done without one.
    pub fn me(&self) -> Result<&Arc<Me>> {
        self.actor.me().ok_or(Error::Unauthenticated)
    }

    /// The id of the account that acts.
    ///
    /// # Errors
    /// As [`Can::me`].
    pub fn user_id(&self) -> Result<UserId> {
        self.me().map(|me| me.id)
    }

    /// What others see of the account that acts.
    ///
    /// # Errors
    /// As [`Can::me`].
    pub fn public_user(&self) -> Result<PublicUser> {
        self.me().map(|me| me.public())
    }

    /// The session that acts.
    ///
    /// # Errors
    /// As [`Can::me`].
    pub fn session_id(&self) -> Result<SessionId> {
        match self.actor {
            Actor::Account { session_id, .. } => Ok(session_id),
            Actor::Anonymous | Actor::Operator | Actor::Job(_) => Err(Error::Unauthenticated),
        }
    }
}
