//! A right that is used again and again: people write many messages in one channel.
//!
//! What a right rests on is compared inside each transaction anyway, and the policy asked once more there
//! when it has moved. So a right may be kept for writes; here is only decided when asking anew is better.
//!
//! Many are kept, one by every connection that has written something. So what decides rights in the
//! whole server is not kept with them: it is there as long as it is the newest.

use std::hash::{BuildHasher as _, RandomState};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};

use super::structure::{Membership, Structure};
use super::{Action, Actor, Can, ChannelTarget, Reading, SendMessage, ServerTarget};
use crate::Hub;
use crate::bus::Counters;
use crate::error::Result;

/// The last right of its kind that somebody asked for.
pub struct Kept<A: Action<Target = ChannelTarget>> {
    right: Mutex<Option<Box<Right>>>,
    action: PhantomData<A>,
}

impl<A: Action<Target = ChannelTarget>> Default for Kept<A> {
    fn default() -> Self {
        Self {
            right: Mutex::new(None),
            action: PhantomData,
        }
    }
}

impl<A: Action<Target = ChannelTarget>> Kept<A> {
    /// The right that is kept, when it is the same actor's to the same channel and nothing that it
    /// rests on is known to have moved; otherwise a new one. Only for writes.
    ///
    /// # Errors
    /// As [`Hub::authorize`].
    pub async fn authorize(&self, hub: &Hub, actor: Actor, channel: ChannelId) -> Result<Can<A>> {
        self.authorize_by(&mut hub.reading(), actor, channel).await
    }

    /// The same as part of a request.
    pub(super) async fn authorize_by(
        &self,
        reading: &mut Reading,
        actor: Actor,
        channel: ChannelId,
    ) -> Result<Can<A>> {
        let known = self.right().as_deref().and_then(|right| {
            let is_current = right.is_current(reading.hub(), &actor, channel);
            is_current.then(|| right.can(&actor)).flatten()
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let mut can = reading.authorize::<A>(actor, channel).await?;
        let has_moved = Arc::new(AtomicBool::new(false));
        *self.right() = Right::of(&can, Arc::clone(&has_moved)).map(Box::new);
        can.has_moved = Some(has_moved);
        Ok(can)
    }

    fn right(&self) -> MutexGuard<'_, Option<Box<Right>>> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Places for rights to write of those who come without a connection of their own: programs, as a rule.
/// Some hundred bytes each.
const PLACES: usize = 1024;

/// Rights to write in channels, each in the one place that its account and channel have. Two that have
/// the same place take it from each other, which costs them no more than a look.
pub(crate) struct KeptRights {
    places: Box<[Kept<SendMessage>]>,
    hasher: RandomState,
}

impl Default for KeptRights {
    fn default() -> Self {
        Self {
            places: (0..PLACES).map(|_| Kept::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl KeptRights {
    /// Where the right of this account in this channel is kept.
    pub(crate) fn of(&self, account: Option<UserId>, channel: ChannelId) -> &Kept<SendMessage> {
        let hash = self.hasher.hash_one((account, channel));
        let place = usize::try_from(hash % PLACES as u64).unwrap_or_default();
        &self.places[place]
    }

    /// Something about members or rights of a server has moved: whoever was removed is told at once that
    /// there is nothing here, also where what they send would be refused for another reason.
    pub(crate) fn void(&self, server: ServerId) {
        for place in &self.places {
            place.right().take_if(|right| right.server == server);
        }
    }
}

/// What is kept of a right to something in a channel. Who acts is not: only that it is the same account,
/// by the same session.
struct Right {
    account: UserId,
    session: SessionId,
    channel: ChannelId,
    server: ServerId,
    owner: UserId,
    counters: Counters,
    member: Option<Membership>,
    structure: Weak<Structure>,
    /// Set by a transaction that found it moved.
    has_moved: Arc<AtomicBool>,
}

impl Right {
    /// `None` for who acts without an account.
    fn of<A: Action<Target = ChannelTarget>>(
        can: &Can<A>,
        has_moved: Arc<AtomicBool>,
    ) -> Option<Self> {
        let server = &can.target.server;
        Some(Self {
            account: can.user_id().ok()?,
            session: can.session_id().ok()?,
            channel: can.target.id,
            server: server.id,
            owner: server.owner_id,
            counters: server.counters,
            member: server.member.clone(),
            structure: Arc::downgrade(&server.structure),
            has_moved,
        })
    }

    /// The right itself, while what decided it is there, for the account as it is now.
    fn can<A: Action<Target = ChannelTarget>>(&self, actor: &Actor) -> Option<Can<A>> {
        let server = ServerTarget {
            id: self.server,
            owner_id: self.owner,
            counters: self.counters,
            member: self.member.clone(),
            structure: self.structure.upgrade()?,
        };
        Some(Can {
            actor: actor.clone(),
            key: self.channel,
            target: ChannelTarget {
                id: self.channel,
                server,
            },
            has_moved: Some(Arc::clone(&self.has_moved)),
            reader: None,
        })
    }

    fn is_current(&self, hub: &Hub, actor: &Actor, channel: ChannelId) -> bool {
        let version = self.counters.rights_version;
        !self.has_moved.load(Ordering::Relaxed)
            && self.channel == channel
            && self.is_of(actor)
            && hub.structures().is_newest(self.server, version)
    }

    fn is_of(&self, actor: &Actor) -> bool {
        let Actor::Account { me, session_id } = actor else {
            return false;
        };
        me.id == self.account && *session_id == self.session
    }
}

#[cfg(test)]
mod tests {
    use super::super::structure::Parts;
    use super::super::{Target as _, matrix};
    use super::*;

    fn account(id: i64, session: i64) -> Actor {
        matrix::account(UserId::from_raw(id), SessionId::from_raw(session), false)
    }

    fn can(structure: &Arc<Structure>) -> Can<SendMessage> {
        let channel = ChannelId::from_raw(3);
        let server = ServerTarget {
            id: structure.server_id(),
            owner_id: structure.owner_id(),
            counters: Counters {
                epoch: 5,
                structure_rev: 4,
                rights_version: 2,
            },
            member: None,
            structure: Arc::clone(structure),
        };
        Can {
            actor: account(1, 9),
            key: channel,
            target: ChannelTarget {
                id: channel,
                server,
            },
            has_moved: None,
            reader: None,
        }
    }

    fn structure() -> Arc<Structure> {
        Arc::new(Structure::from(Parts {
            server_id: ServerId::from_raw(7),
            owner_id: UserId::from_raw(1),
            rights_version: 2,
            roles: Vec::new(),
            channels: Vec::new(),
            overwrites: Vec::new(),
        }))
    }

    #[test]
    fn a_kept_right_keeps_no_structure() {
        let structure = structure();
        let right = Right::of(&can(&structure), Arc::default()).expect("of an account");
        assert_eq!(Arc::strong_count(&structure), 1);
        let again: Can<SendMessage> = right.can(&account(1, 9)).expect("it is there");
        assert_eq!(again.target.stamp(), can(&structure).target.stamp());
        drop((structure, again));
        let again = right.can::<SendMessage>(&account(1, 9));
        assert!(again.is_none(), "nobody else has it");
    }

    #[test]
    fn a_kept_right_is_of_one_account_and_session_alone() {
        let structure = structure();
        let right = Right::of(&can(&structure), Arc::default()).expect("of an account");
        assert!(right.is_of(&account(1, 9)));
        for other in [
            account(1, 8),
            account(2, 9),
            Actor::Operator,
            Actor::Anonymous,
        ] {
            assert!(!right.is_of(&other), "{other:?}");
        }
        let mut by_the_hub = can(&structure);
        by_the_hub.actor = Actor::Operator;
        assert!(Right::of(&by_the_hub, Arc::default()).is_none());
    }
}
