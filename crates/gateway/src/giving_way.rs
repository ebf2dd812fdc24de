//! Who gives way where there is no room for what a connection is to be sent.
//!
//! What one connection alone is sent waits in a memory of which everybody has a share
//! ([`untaken`](crate::untaken)). Who comes is not turned away because others take nothing of theirs:
//! of its own account the connection that leaves most gives way, and elsewhere those of accounts that
//! hold more than it would. Who takes what it is sent stays. Knows no event.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use battala_hub::shares::{Caller, Group, Held, Lack, Portion};
use battala_hub::{Error, Result};
use tokio::time::{Instant, sleep};

use crate::Gateway;
use crate::connection::Connection;
use crate::untaken::Sizes;

/// So long a connection that begins waits for room, within the time that its handshake has.
pub(crate) const BEGINNING_MAX: Duration = Duration::from_secs(3);
/// So long one waits that is there. Who takes nothing for as long is cut in any case.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two looks for room. Thousands may wait for the same room: whatever is given back must
/// not wake them all.
const PAUSE: Duration = Duration::from_millis(100);
/// Who has taken nothing for so long, though something waits for it, may have to give way. Whoever
/// takes what it is sent does not, however many ask at once: they wait for each other. What a line
/// of a few kilobytes in a second takes is seen in time only where the system accepts little beyond
/// what it could send: whoever makes the connections sees to that.
const STALLED: Duration = Duration::from_secs(2);
/// So many make room at once, and not again for a moment: each look at all connections costs
/// something.
const AT_ONCE: usize = 16;

/// When room was made last.
#[derive(Default)]
pub(crate) struct GivingWay(Mutex<Option<Instant>>);

impl GivingWay {
    fn is_due(&self, now: Instant) -> bool {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = made.is_none_or(|made| now - made >= PAUSE);
        if is_due {
            *made = Some(now);
        }
        is_due
    }
}

/// Room for what a connection is to be sent, as soon as others have made it.
///
/// # Errors
/// [`Error::Unavailable`] when there is none for so long, or the connection has ended. One that takes
/// nothing of what it holds itself is cut.
pub(crate) async fn room(
    gateway: &Gateway,
    connection: &Connection,
    sizes: Sizes,
    wait_max: Duration,
) -> Result<Portion> {
    let began = Instant::now();
    loop {
        let lack = match gateway.untaken().try_take(connection.caller(), &sizes) {
            Ok(portion) => return Ok(portion),
            Err(lack) => lack,
        };
        if !connection.socket.is_open() {
            return Err(Error::Unavailable);
        }
        if began.elapsed() >= wait_max {
            if connection.socket.stalled_for() >= STALLED {
                connection.socket.cut();
            }
            return Err(Error::Unavailable);
        }
        make_room(gateway, connection, lack, sizes.least);
        sleep(PAUSE).await;
    }
}

fn make_room(gateway: &Gateway, newcomer: &Connection, lack: Lack, bytes: usize) {
    let directory = gateway.directory();
    let (connections, count) = if let Lack::Of(Group::Caller(_)) = lack {
        (directory.of_account(newcomer.user_id), 1)
    } else if gateway.giving_way().is_due(Instant::now()) {
        (directory.all(), AT_ONCE)
    } else {
        return;
    };
    let others = connections
        .iter()
        .filter(|other| other.socket != newcomer.socket);
    let holders = others.map(|other| Holder {
        caller: other.caller(),
        untaken: other.socket.queued_bytes(),
        is_stalled: other.socket.stalled_for() >= STALLED,
        what: other,
    });
    // Before the shares are looked at: what a connection drops is given back to them.
    let holders: Vec<_> = holders.collect();
    let wanted = Wanted {
        caller: newcomer.caller(),
        lack,
        bytes,
    };
    // Whoever stays is let go of outside of the lock: the last to hold a connection gives back what it
    // held, which takes the lock again.
    let (giving, _staying) = gateway
        .untaken()
        .held(|held| wanted.of(held, holders, count));
    if giving.is_empty() {
        return;
    }
    tracing::debug!(
        connections = giving.len(),
        "connections that do not take what they are sent give way"
    );
    for connection in giving {
        connection.socket.cut();
    }
}

/// Who might give way.
struct Holder<T> {
    caller: Caller,
    /// Bytes that it has not taken.
    untaken: usize,
    /// It takes nothing.
    is_stalled: bool,
    what: T,
}

/// Room that somebody needs.
struct Wanted {
    caller: Caller,
    lack: Lack,
    bytes: usize,
}

impl Wanted {
    /// Those who give way, so many at most, whoever holds most first; and those who do not.
    fn of<T>(
        &self,
        held: &Held,
        holders: Vec<Holder<T>>,
        count: usize,
    ) -> (Vec<T>, Vec<Holder<T>>) {
        let would_hold = held.by(self.caller.own()) + self.bytes;
        let gives_way = |caller: Caller| match self.lack {
            Lack::Of(own @ Group::Caller(_)) => caller.own() == own,
            Lack::Of(place) => caller.place() == place && held.by(caller.own()) > would_hold,
            Lack::OfAll => held.by(caller.own()) > would_hold,
        };
        let (mut giving, mut staying): (Vec<_>, Vec<_>) = holders
            .into_iter()
            .partition(|holder| holder.is_stalled && gives_way(holder.caller));
        giving.sort_by_key(|holder| (held.by(holder.caller.own()), holder.untaken));
        let from = giving.len().saturating_sub(count);
        staying.extend(giving.drain(..from));
        let most = giving.into_iter().rev().map(|holder| holder.what);
        (most.collect(), staying)
    }
}

#[cfg(test)]
mod tests {
    use battala_hub::limits::Subject;
    use battala_hub::shares::Shares;
    use battala_proto::id::UserId;

    use super::*;

    fn caller(id: i64, last: u8) -> Caller {
        let address = Subject::address([192, 0, 2, last].into());
        Caller::new(Subject::User(UserId::from_raw(id)), address)
    }

    fn holder(id: i64, last: u8, untaken: usize) -> Holder<(i64, usize)> {
        Holder {
            caller: caller(id, last),
            untaken,
            is_stalled: untaken > 0,
            what: (id, untaken),
        }
    }

    /// Who gives way for 100 bytes of an account that holds nothing.
    fn giving(lack: Lack, count: usize) -> Vec<(i64, usize)> {
        let shares = Shares::new(8000);
        let held = [(1, 1, 900), (2, 1, 500), (3, 1, 80), (4, 2, 700)];
        let _held = held.map(|(id, last, bytes)| shares.take(caller(id, last), bytes));
        let all = [
            holder(1, 1, 300),
            holder(1, 1, 600),
            holder(1, 1, 0),
            holder(2, 1, 500),
            holder(3, 1, 80),
            holder(4, 2, 700),
        ];
        let wanted = Wanted {
            caller: caller(9, 1),
            lack,
            bytes: 100,
        };
        let (giving, staying) = shares.held(|held| wanted.of(held, all.into(), count));
        assert_eq!(giving.len() + staying.len(), 6);
        giving
    }

    #[test]
    fn the_last_to_hold_what_stays_or_goes_may_give_its_room_back() {
        let shares = Shares::new(8000);
        let with_room = |id, untaken| Holder {
            caller: caller(id, 1),
            untaken,
            is_stalled: untaken > 0,
            what: shares.take(caller(id, 1), 500),
        };
        let all = vec![with_room(1, 0), with_room(2, 500), with_room(3, 500)];
        let wanted = Wanted {
            caller: caller(9, 1),
            lack: Lack::OfAll,
            bytes: 100,
        };
        let (giving, staying) = shares.held(|held| wanted.of(held, all, 1));
        assert_eq!((giving.len(), staying.len()), (1, 2));
        drop((giving, staying));
        assert_eq!(shares.held(|held| held.by(caller(1, 1).own())), 0);
    }

    #[test]
    fn whoever_holds_most_gives_way_and_nobody_who_holds_less_than_the_newcomer_would() {
        assert_eq!(giving(Lack::OfAll, 3), [(1, 600), (1, 300), (4, 700)]);
        let all = giving(Lack::OfAll, 99);
        assert_eq!(all, [(1, 600), (1, 300), (4, 700), (2, 500)]);
    }

    #[test]
    fn whoever_takes_what_it_is_sent_stays_however_much_it_holds() {
        let shares = Shares::new(8000);
        let _held = shares.take(caller(1, 1), 900);
        let all = vec![Holder {
            is_stalled: false,
            ..holder(1, 1, 900)
        }];
        let wanted = Wanted {
            caller: caller(9, 1),
            lack: Lack::OfAll,
            bytes: 100,
        };
        let (giving, staying) = shares.held(|held| wanted.of(held, all, 99));
        assert_eq!((giving.len(), staying.len()), (0, 1));
    }

    #[test]
    fn where_a_place_is_full_nobody_elsewhere_gives_way() {
        let here = giving(Lack::Of(caller(9, 1).place()), 99);
        assert_eq!(here, [(1, 600), (1, 300), (2, 500)]);
    }

    #[test]
    fn of_an_account_that_has_its_share_its_largest_gives_way() {
        let own = giving(Lack::Of(caller(1, 1).own()), 1);
        assert_eq!(own, [(1, 600)]);
    }
}
