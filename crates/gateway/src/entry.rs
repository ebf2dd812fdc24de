//! Enters a connection into the rooms of its servers. One room that is behind keeps nobody from the others.

use std::sync::Arc;
use std::time::Duration;

use battala_hub::members::MemberPlace;
use battala_proto::id::ServerId;
use tokio::sync::oneshot::Receiver;
use tokio::time::{Instant, timeout_at};

use crate::Gateway;
use crate::connection::Connection;
use crate::directory::Welcome;

/// For the slowest of its rooms a connection waits so long to be entered; after it, it goes on without.
pub(crate) const ENTER_WAIT: Duration = Duration::from_secs(1);
/// Of a time that many share, each of them waits so long at least, whatever those before it have left: a
/// room that is well answers in this. All of them together wait so as long again at most.
const ENTER_WAIT_MIN: Duration = Duration::from_millis(20);

/// Where a connection was entered.
#[derive(Default)]
pub(crate) struct Entered {
    /// Where it is in.
    pub(crate) servers: Vec<ServerId>,
    /// Where it will be when the room has come so far, which takes long. The room has it told the server
    /// then.
    pub(crate) late: Vec<ServerId>,
}

impl Entered {
    pub(crate) fn count(&self) -> usize {
        self.servers.len() + self.late.len()
    }

    /// Waits for the answers of rooms that were asked, all of them before the first is waited for.
    async fn wait_for(&mut self, asked: Vec<(ServerId, Receiver<bool>)>, until: Instant) {
        let floor = Instant::now() + ENTER_WAIT_MIN;
        let until = until.max(floor.min(until + ENTER_WAIT));
        for (server, mut answer) in asked {
            let is_in = if let Ok(answered) = timeout_at(until, &mut answer).await {
                // A room that ended without an answer has let nobody in.
                Some(answered.unwrap_or(false))
            } else {
                // A room that answers from here on knows that nobody waits; before, it did not.
                answer.close();
                answer.try_recv().ok()
            };
            match is_in {
                Some(true) => self.servers.push(server),
                Some(false) => {}
                None => self.late.push(server),
            }
        }
    }
}

/// Enters a connection by these places, unless its membership may have moved since. Whom a notice has
/// entered meanwhile is there already. One room that is behind keeps nobody from the others for much longer
/// than until a moment.
pub(crate) async fn enter_as_of(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    places: &[MemberPlace],
    until: Instant,
) -> Entered {
    let directory = gateway.directory();
    let mut entered = Entered::default();
    let mut asked = Vec::new();
    for place in places {
        if connection.is_in(place.server_id) {
            entered.servers.push(place.server_id);
        } else {
            let answer = directory.enter(gateway, place, connection, Welcome::ByCaller);
            asked.push((place.server_id, answer));
        }
    }
    entered.wait_for(asked, until).await;
    entered
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    const WELL: ServerId = ServerId::from_raw(1);
    const BEHIND: ServerId = ServerId::from_raw(2);

    #[tokio::test(start_paused = true)]
    async fn who_comes_when_others_have_used_up_the_time_still_enters_a_room_that_is_well() {
        let (until, mut entered) = (Instant::now(), Entered::default());
        let (behind, of_behind) = oneshot::channel();
        let (well, of_well) = oneshot::channel();
        let answering = async {
            tokio::time::sleep(ENTER_WAIT_MIN / 2).await;
            well.send(true)
        };
        let asked = vec![(WELL, of_well), (BEHIND, of_behind)];
        let ((), answered) = tokio::join!(entered.wait_for(asked, until), answering);
        assert_eq!((entered.servers, entered.late), (vec![WELL], vec![BEHIND]));
        assert_eq!(answered, Ok(()));
        assert!(behind.is_closed(), "it sees to whom nobody waits for");
        assert!(until.elapsed() < ENTER_WAIT);
    }
}
