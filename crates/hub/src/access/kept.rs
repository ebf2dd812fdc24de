//! A right that is used again and again: people write many messages in one channel.
//!
//! What a right rests on is compared inside each transaction anyway, and the policy asked once more there
//! when it has moved. So a right may be kept for writes; here is only decided when asking anew is better.
//!
//! Many are kept, one by every connection that has written something. So what decides rights in the
//! whole server is not kept with them: it is there as long as it is the newest.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use battala_proto::id::{ChannelId, ServerId, UserId};

use super::structure::{Membership, Structure};
use super::{Action, Actor, Can, ChannelTarget, ServerTarget};
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
        let known = self.right().as_deref().and_then(|right| {
            let is_current = right.is_current(hub, &actor, channel);
            is_current.then(|| right.can()).flatten()
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let mut can = hub.authorize::<A>(actor, channel).await?;
        let has_moved = Arc::new(AtomicBool::new(false));
        *self.right() = Some(Box::new(Right::of(&can, Arc::clone(&has_moved))));
        can.has_moved = Some(has_moved);
        Ok(can)
    }

    fn right(&self) -> MutexGuard<'_, Option<Box<Right>>> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept of a right to something in a channel.
struct Right {
    actor: Actor,
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
    fn of<A: Action<Target = ChannelTarget>>(can: &Can<A>, has_moved: Arc<AtomicBool>) -> Self {
        let server = &can.target.server;
        Self {
            actor: can.actor.clone(),
            channel: can.target.id,
            server: server.id,
            owner: server.owner_id,
            counters: server.counters,
            member: server.member.clone(),
            structure: Arc::downgrade(&server.structure),
            has_moved,
        }
    }

    /// The right itself, while what decided it is there.
    fn can<A: Action<Target = ChannelTarget>>(&self) -> Option<Can<A>> {
        let server = ServerTarget {
            id: self.server,
            owner_id: self.owner,
            counters: self.counters,
            member: self.member.clone(),
            structure: self.structure.upgrade()?,
        };
        Some(Can {
            actor: self.actor.clone(),
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
            && is_same(&self.actor, actor)
            && hub.structures().is_newest(self.server, version)
    }
}

/// Whether it is the same account, as it was then, by the same session.
fn is_same(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (
            Actor::Account { me, session_id },
            Actor::Account {
                me: other,
                session_id: by,
            },
        ) => Arc::ptr_eq(me, other) && session_id == by,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::structure::Parts;
    use super::super::{SendMessage, Target as _};
    use super::*;

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
            actor: Actor::Operator,
            key: channel,
            target: ChannelTarget {
                id: channel,
                server,
            },
            has_moved: None,
            reader: None,
        }
    }

    #[test]
    fn a_kept_right_keeps_no_structure() {
        let structure = Arc::new(Structure::from(Parts {
            server_id: ServerId::from_raw(7),
            owner_id: UserId::from_raw(1),
            rights_version: 2,
            roles: Vec::new(),
            channels: Vec::new(),
            overwrites: Vec::new(),
        }));
        let right = Right::of(&can(&structure), Arc::default());
        assert_eq!(Arc::strong_count(&structure), 1);
        let again: Can<SendMessage> = right.can().expect("it is there");
        assert_eq!(again.target.stamp(), can(&structure).target.stamp());
        drop((structure, again));
        assert!(right.can::<SendMessage>().is_none(), "nobody else has it");
    }
}
