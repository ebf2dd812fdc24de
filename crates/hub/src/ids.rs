//! The id generator: snowflakes that never repeat, not even after the clock steps back.
//!
//! A process works under a leased node number, and never makes an id later than the end of its
//! lease. The next holder of the number starts after that end, and a number whose lease seems to
//! lie in the future is left alone. So two ids are equal only if the database lies.

use std::sync::{Arc, Mutex, PoisonError};

use battala_proto::TimestampMs;
use battala_proto::id::{COUNTER_BITS, EPOCH_MS, TIMESTAMP_SHIFT};
use battala_store::tables::nodes;
use battala_store::{Db, Tx};

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::random::Random;

/// How long a lease lasts without being renewed.
const LEASE_MS: i64 = 60_000;
/// How often a lease is renewed; several times before it ends.
pub(crate) const RENEW_EVERY_MS: u64 = 15_000;
/// Node numbers that fit into an id.
const NODES_MAX: i64 = 1024;

/// Makes ids.
#[derive(Clone)]
pub struct Ids(Arc<Shared>);

struct Shared {
    db: Db,
    clock: Clock,
    holder: String,
    node: i64,
    state: Mutex<State>,
}

struct State {
    /// Timestamp of the last id.
    at: TimestampMs,
    counter: i64,
    /// No id is later than this.
    lease_until: TimestampMs,
}

impl Ids {
    /// Takes a node number.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when all numbers are taken.
    pub async fn lease(db: &Db, clock: &Clock, random: &Random) -> Result<Self> {
        let holder = random.token();
        let (now, taker) = (clock.now(), holder.clone());
        let write = db.write(move |tx| Box::pin(take_free_node(tx, taker, now)));
        let (node, from) = write.await?;
        let state = State {
            at: from.max(now),
            counter: 0,
            lease_until: now + LEASE_MS,
        };
        let (db, clock) = (db.clone(), clock.clone());
        Ok(Self(Arc::new(Shared {
            db,
            clock,
            holder,
            node,
            state: Mutex::new(state),
        })))
    }

    /// Moves the end of the lease.
    ///
    /// # Errors
    /// [`Error::Internal`] when another process holds the number, which ends this one.
    pub async fn renew(&self) -> Result<()> {
        let (node, holder) = (self.0.node, self.0.holder.clone());
        let at = self.state().at;
        let until = self.0.clock.now().max(at) + LEASE_MS;
        let is_own = self
            .0
            .db
            .write(move |tx| {
                Box::pin(
                    async move { Ok::<_, Error>(nodes::renew(tx, node, &holder, until).await?) },
                )
            })
            .await?;
        if !is_own {
            return Err(Error::internal("another process took this node number"));
        }
        self.state().lease_until = until;
        Ok(())
    }

    /// Gives the number back at the end of the process, at the time of the last id.
    pub async fn release(&self) -> Result<()> {
        let (node, holder) = (self.0.node, self.0.holder.clone());
        let last = {
            let mut state = self.state();
            state.lease_until = state.at;
            state.at
        };
        let write = self.0.db.write(move |tx| {
            Box::pin(
                async move { Ok::<_, Error>(nodes::renew(tx, node, &holder, last + 1).await?) },
            )
        });
        write.await.map(drop)
    }

    /// The next id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the lease could not be renewed in time.
    pub fn next(&self) -> Result<i64> {
        let now = self.0.clock.now();
        let mut state = self.state();
        if now > state.at {
            (state.at, state.counter) = (now, 0);
        } else if state.counter + 1 < 1 << COUNTER_BITS {
            state.counter += 1;
        } else {
            // More than 4,096 ids in a millisecond, or a clock that stepped back: run ahead of it.
            (state.at, state.counter) = (state.at + 1, 0);
        }
        if state.at > state.lease_until {
            return Err(Error::Unavailable);
        }
        Ok((state.at - EPOCH_MS) << TIMESTAMP_SHIFT | self.0.node << COUNTER_BITS | state.counter)
    }

    /// The next id, as the id of something.
    ///
    /// # Errors
    /// As [`Ids::next`].
    pub fn make<T: TryFrom<i64>>(&self) -> Result<T> {
        T::try_from(self.next()?).map_err(|_| Error::internal("an id was not above zero"))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a number whose lease ran out, or one that was never used; with the time of the last id
/// that was made under it.
async fn take_free_node(
    tx: &mut Tx,
    holder: String,
    now: TimestampMs,
) -> Result<(i64, TimestampMs)> {
    let leases = nodes::list(tx).await?;
    let ended = leases.iter().find(|lease| lease.expires_at <= now);
    let (node, from) = match ended {
        Some(lease) => (lease.node, lease.expires_at),
        // Numbers are taken in order, so the first unused one is as many as there are leases.
        None => (i64::try_from(leases.len()).unwrap_or(NODES_MAX), 0),
    };
    let is_taken = node < NODES_MAX && nodes::take(tx, node, &holder, now + LEASE_MS, now).await?;
    if is_taken {
        Ok((node, from))
    } else {
        Err(Error::Unavailable)
    }
}
