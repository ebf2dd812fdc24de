//! Places for transports without an accepted namespace: so many for each network,
//! given in the order of arrival, and as many for each owner that is known before.
//!
//! Who stands behind an address cannot be told apart, so a place is nobody's for
//! long: when somebody waits, the transport that has been silent for longest gives
//! way, once it had the time that an honest one needs to say something. One whose
//! CONNECT is being decided is not silent. Knows no transport and no application.

mod table;

use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

use crate::config::Config;
use crate::limits::{Network, NetworksOf, Peer};
use table::{Networks, Table};

/// The places of all networks and owners.
#[derive(Debug)]
pub(crate) struct Undecided {
    table: Arc<Mutex<Table>>,
    networks_of: NetworksOf,
    wait_max: Duration,
}

/// What the holder of a place and the table tell each other.
#[derive(Debug, Default)]
struct Seat {
    entered: Notify,
    /// Its CONNECT is being decided.
    is_deciding: AtomicBool,
    /// It shall make room, unless it has something to say.
    is_asked: AtomicBool,
    task: AtomicWaker,
}

/// A place, or one in the queue for it; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    table: Arc<Mutex<Table>>,
    whose: Whose,
    seat: Arc<Seat>,
}

#[derive(Debug, Clone, Copy)]
enum Whose {
    Owner(i64),
    /// The arrival with this number, in this area.
    Area(Network, u64),
}

impl Undecided {
    pub(crate) fn new(config: &Config) -> Self {
        let table = Table::new(config.unauthenticated_per_address_max, config.silent_grace);
        Self {
            table: Arc::new(Mutex::new(table)),
            networks_of: config.networks_of,
            wait_max: config.admission_wait,
        }
    }

    /// A place of the owner's, or else one of the address's, as soon as there is one.
    /// `None` when too many wait already, or it takes too long.
    pub(crate) async fn admit(&self, peer: Peer, owner: Option<i64>) -> Option<Permit> {
        if let Some(permit) = owner.and_then(|owner| self.admit_owner(owner)) {
            return Some(permit);
        }
        let permit = self.line_up(peer.address)?;
        let entering = permit.enter();
        let has_entered = tokio::time::timeout(self.wait_max, entering).await;
        has_entered.ok()?.then_some(permit)
    }

    fn admit_owner(&self, owner: i64) -> Option<Permit> {
        let has_entered = lock(&self.table).enter_owner(owner);
        has_entered.then(|| self.permit(Whose::Owner(owner), Arc::default()))
    }

    fn line_up(&self, address: IpAddr) -> Option<Permit> {
        let networks: Networks = (self.networks_of)(address).into();
        let (area, _) = *networks.last()?;
        let seat = Arc::default();
        let number = lock(&self.table).wait(area, networks, &seat)?;
        Some(self.permit(Whose::Area(area, number), seat))
    }

    fn permit(&self, whose: Whose, seat: Arc<Seat>) -> Permit {
        Permit {
            table: Arc::clone(&self.table),
            whose,
            seat,
        }
    }

    /// From now on nobody is admitted, and who waits is refused.
    pub(crate) fn close(&self) {
        lock(&self.table).close();
    }
}

impl Permit {
    /// Waits for the place; `false` when there will be none.
    async fn enter(&self) -> bool {
        let Whose::Area(area, number) = self.whose else {
            return true;
        };
        loop {
            let look_at = match lock(&self.table).look(area, number) {
                ControlFlow::Break(has_entered) => return has_entered,
                ControlFlow::Continue(look_at) => look_at,
            };
            let until = async {
                match look_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.seat.entered.notified() => {}
                () = until => {}
            }
        }
    }

    /// Whether the transport has to make room; if not, the task is woken when it has to.
    pub(crate) fn is_asked(&self, cx: &Context<'_>) -> bool {
        self.seat.task.register(cx.waker());
        self.seat.is_asked.load(Ordering::Acquire)
    }

    /// Comes back when the transport has to make room.
    pub(crate) async fn asked(&self) {
        let poll = |cx: &mut Context<'_>| {
            if self.is_asked(cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        };
        std::future::poll_fn(poll).await;
    }

    /// A CONNECT has come and is being decided, or was refused.
    pub(crate) fn set_deciding(&self, is_deciding: bool) {
        let Whose::Area(area, _) = self.whose else {
            return;
        };
        let mut table = lock(&self.table);
        self.seat.is_deciding.store(is_deciding, Ordering::Release);
        self.seat.is_asked.store(false, Ordering::Release);
        table.settle(area);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut table = lock(&self.table);
        match self.whose {
            Whose::Owner(owner) => table.leave_owner(owner),
            Whose::Area(area, number) => table.leave(area, number),
        }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
