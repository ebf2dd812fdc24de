//! A right that is used again and again: people write many messages in one channel.
//!
//! What a right rests on is compared inside each transaction anyway, and the policy asked once more there
//! when it has moved. So a right may be kept for writes; here is only decided when asking anew is better.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Action, Actor, Can, KeyOf, Stamp, Target as _};
use crate::Hub;
use crate::error::Result;

/// The last right of its kind that somebody asked for.
pub struct Kept<A: Action>(Mutex<Option<Box<Can<A>>>>);

impl<A: Action> Default for Kept<A> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<A: Action> Kept<A> {
    /// The right that is kept, when it is the same actor's to the same target and nothing that it rests
    /// on is known to have moved; otherwise a new one. Only for writes.
    ///
    /// # Errors
    /// As [`Hub::authorize`].
    pub async fn authorize(&self, hub: &Hub, actor: Actor, key: KeyOf<A>) -> Result<Can<A>> {
        let known = self.kept().as_deref().cloned();
        if let Some(known) = known.filter(|known| is_current(hub, known, (&actor, &key))) {
            return Ok(known);
        }
        let mut can = hub.authorize::<A>(actor, key).await?;
        can.has_moved = Some(Arc::new(AtomicBool::new(false)));
        *self.kept() = Some(Box::new(can.clone()));
        Ok(can)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Box<Can<A>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current<A: Action>(hub: &Hub, can: &Can<A>, (actor, key): (&Actor, &KeyOf<A>)) -> bool {
    let has_moved = can.has_moved.as_ref();
    let has_moved = has_moved.is_none_or(|moved| moved.load(Ordering::Relaxed));
    let is_newest = match can.target.stamp() {
        Stamp::Server { id, seen } => {
            seen.is_some_and(|seen| hub.structures().is_newest(id, seen.rights_version))
        }
        Stamp::None => false,
    };
    !has_moved && is_newest && can.key == *key && is_same(&can.actor, actor)
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
