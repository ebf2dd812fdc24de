//! The id generator: snowflakes that never repeat, not even after the clock steps back.
//!
//! A process works under a leased node number, and never makes an id later than the end of its
//! lease. The next holder of the number starts after that end, and a number whose lease seems to
//! lie in the future is left alone. So two ids are equal only if the database lies.
//!
//! The lease is renewed long before it ends, and by whoever needs an id when it is over all the
//! same: after a step of the clock, a pause of the process, a disk that was full. A process whose
//! number was taken meanwhile takes another one, and ends when there is none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use battala_proto::TimestampMs;
use battala_proto::id::{COUNTER_BITS, EPOCH_MS, TIMESTAMP_SHIFT};
use battala_store::tables::{channels, nodes};
use battala_store::{Db, Tx};

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::random::Random;

/// Node numbers that fit into an id.
const NODES_MAX: i64 = 1024;
/// Each start takes another number while the lease of the one before lasts.
const ALL_TAKEN: &str = "all 1,024 node numbers are in use: those of processes that were killed \
                         are free when their leases have ended, within minutes unless a clock was \
                         ahead";
/// How long who needs an id waits for a renewal.
const RENEWAL_WAIT: Duration = Duration::from_secs(5);
/// The last number within a millisecond is kept for ids that must follow one from the future
/// ([`Ids::above`]), so that the generator, when it gets there, makes no such id again.
const COUNTER_ABOVE: i64 = (1 << COUNTER_BITS) - 1;

/// Makes ids.
#[derive(Clone)]
pub struct Ids(Arc<Shared>);

struct Shared {
    db: Db,
    clock: Clock,
    holder: String,
    lease_ms: i64,
    state: Mutex<State>,
    /// One renewal at a time: the others wait for its end and look again.
    renewing: tokio::sync::Mutex<()>,
}

struct State {
    node: i64,
    /// Timestamp of the last id.
    at: TimestampMs,
    counter: i64,
    /// No id is later than this, but those that follow one from the future.
    lease_until: TimestampMs,
    /// Timestamp of the last id that had to follow one from the future.
    above_at: TimestampMs,
}

/// What came of the attempt to go on under a number.
enum Renewal {
    Renewed,
    /// Another process holds the old one.
    Replaced(Taken),
    NoneLeft,
}

/// A number that was just taken.
struct Taken {
    node: i64,
    /// The time of the last id that was made under it.
    from: TimestampMs,
    /// The time of the newest message. Earlier holders of the number may have made ids that follow
    /// one from the future up to there, and no lease tells of those.
    newest: TimestampMs,
}

impl Ids {
    /// Takes a node number for `lease_ms`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when all numbers are taken.
    pub async fn lease(db: &Db, clock: &Clock, random: &Random, lease_ms: i64) -> Result<Self> {
        let holder = random.token();
        let now = clock.now();
        let taker = Taker {
            holder: holder.clone(),
            now,
            until: now + lease_ms,
        };
        let write = db.write(move |tx| Box::pin(async move { take_free_node(tx, &taker).await }));
        let taken = write.await?.ok_or(Error::Conflict(ALL_TAKEN))?;
        Ok(Self(Arc::new(Shared {
            db: db.clone(),
            clock: clock.clone(),
            holder,
            lease_ms,
            state: Mutex::new(State {
                node: taken.node,
                at: now.max(taken.from + 1),
                counter: 0,
                lease_until: now + lease_ms,
                above_at: taken.newest,
            }),
            renewing: tokio::sync::Mutex::default(),
        })))
    }

    /// How often the lease is to be renewed: several times before it ends.
    pub(crate) fn renew_every(&self) -> Duration {
        Duration::from_millis((self.0.lease_ms / 4).unsigned_abs())
    }

    /// Makes sure that an id can be made: when the lease is over or about to be, renews it and
    /// waits for that. To be called before a transaction begins, never inside of one: the renewal
    /// is a transaction, too.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::StorageFull`] when the lease is over and cannot be
    /// renewed in time.
    pub async fn ready(&self) -> Result<()> {
        if self.is_ready() {
            return Ok(());
        }
        let renewed = tokio::time::timeout(RENEWAL_WAIT, async {
            let _turn = self.0.renewing.lock().await;
            if self.is_ready() {
                return Ok(());
            }
            self.renew_in_turn().await
        });
        renewed.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Moves the end of the lease, or takes another number when this one was taken.
    ///
    /// # Errors
    /// What the database refuses. That no number is left is told by [`Db::fatal`].
    pub async fn renew(&self) -> Result<()> {
        let _turn = self.0.renewing.lock().await;
        self.renew_in_turn().await
    }

    async fn renew_in_turn(&self) -> Result<()> {
        let (node, at) = {
            let state = self.state();
            (state.node, state.at)
        };
        let now = self.0.clock.now();
        let taker = Taker {
            holder: self.0.holder.clone(),
            now,
            until: now.max(at) + self.0.lease_ms,
        };
        let until = taker.until;
        let write = self
            .0
            .db
            .write(move |tx| Box::pin(async move { renew_or_replace(tx, node, &taker).await }));
        let renewal = write.await?;
        match renewal {
            Renewal::Renewed => {}
            Renewal::Replaced(taken) => {
                tracing::warn!(
                    node = taken.node,
                    "another process took the node number; this is a new one"
                );
                let mut state = self.state();
                (state.node, state.counter) = (taken.node, 0);
                state.at = state.at.max(taken.from) + 1;
                state.above_at = state.above_at.max(taken.newest);
            }
            Renewal::NoneLeft => {
                let reason = "another process took this one's node number, and no other is free";
                self.0.db.give_up(reason);
                return Err(Error::Unavailable);
            }
        }
        self.state().lease_until = until;
        Ok(())
    }

    /// Gives the number back at the end of the process, at the time of the last id.
    pub async fn release(&self) -> Result<()> {
        let _turn = self.0.renewing.lock().await;
        let (node, holder) = (self.state().node, self.0.holder.clone());
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
    /// [`Error::Unavailable`] when the lease is over; [`Ids::ready`] sees to it that it is not.
    pub fn next(&self) -> Result<i64> {
        let now = self.0.clock.now();
        let mut state = self.state();
        if now > state.at {
            (state.at, state.counter) = (now, 0);
        } else if state.counter + 1 < COUNTER_ABOVE {
            state.counter += 1;
        } else {
            // More than 4,095 ids in a millisecond, or a clock that stepped back: run ahead of it.
            (state.at, state.counter) = (state.at + 1, 0);
        }
        if state.at > state.lease_until {
            return Err(Error::Unavailable);
        }
        Ok(id_of(state.at, state.node, state.counter))
    }

    /// An id above `last`, which lies ahead of the clock: a millisecond later, and like no other.
    pub fn above(&self, last: i64) -> i64 {
        let mut state = self.state();
        let after_last = time_of(last) + 1;
        state.above_at = after_last.max(state.above_at + 1);
        id_of(state.above_at, state.node, COUNTER_ABOVE)
    }

    /// The next id, as the id of something.
    ///
    /// # Errors
    /// As [`Ids::next`].
    pub fn make<T: TryFrom<i64>>(&self) -> Result<T> {
        T::try_from(self.next()?).map_err(|_| Error::internal("an id was not above zero"))
    }

    /// Whether the lease lasts for a while: longer than a write waits for its turn.
    fn is_ready(&self) -> bool {
        let now = self.0.clock.now();
        let state = self.state();
        now.max(state.at) + self.0.lease_ms / 4 <= state.lease_until
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id_of(at: TimestampMs, node: i64, counter: i64) -> i64 {
    (at - EPOCH_MS) << TIMESTAMP_SHIFT | node << COUNTER_BITS | counter
}

fn time_of(id: i64) -> TimestampMs {
    (id >> TIMESTAMP_SHIFT) + EPOCH_MS
}

/// Who wants a number, and until when.
struct Taker {
    holder: String,
    now: TimestampMs,
    until: TimestampMs,
}

async fn renew_or_replace(tx: &mut Tx, node: i64, taker: &Taker) -> Result<Renewal> {
    if nodes::renew(tx, node, &taker.holder, taker.until).await? {
        return Ok(Renewal::Renewed);
    }
    let replaced = take_free_node(tx, taker).await?;
    Ok(replaced.map_or(Renewal::NoneLeft, Renewal::Replaced))
}

/// Takes a number whose lease ran out, or one that was never used. `None` when all are in use.
async fn take_free_node(tx: &mut Tx, taker: &Taker) -> Result<Option<Taken>> {
    let Taker { holder, now, until } = taker;
    let leases = nodes::list(tx).await?;
    let ended = leases.iter().find(|lease| lease.expires_at <= *now);
    let (node, from) = match ended {
        Some(lease) => (lease.node, lease.expires_at),
        // Numbers are taken in order, so the first unused one is as many as there are leases.
        None => (i64::try_from(leases.len()).unwrap_or(NODES_MAX), 0),
    };
    if node >= NODES_MAX {
        return Ok(None);
    }
    if nodes::take(tx, node, holder, *until, *now).await? {
        let newest = time_of(channels::newest_message(tx).await?);
        Ok(Some(Taken { node, from, newest }))
    } else {
        // Another was faster; a retry finds the next one.
        Err(Error::Unavailable)
    }
}
