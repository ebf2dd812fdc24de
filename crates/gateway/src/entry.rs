//! Enters a connection into the rooms of its servers. One room that is behind keeps nobody from the others.

use std::sync::Arc;
use std::time::Duration;

use battala_hub::members::MemberPlace;
use battala_proto::id::ServerId;
use tokio::time::{Instant, timeout_at};

use crate::Gateway;
use crate::connection::Connection;
use crate::directory::Welcome;

/// For the slowest of its rooms a connection waits so long to be entered; after it, it goes on without.
pub(crate) const ENTER_WAIT: Duration = Duration::from_secs(1);

/// Where a connection was entered.
pub(crate) struct Entered {
    /// Where it is in.
    pub(crate) servers: Vec<ServerId>,
    /// Where it will be when the room has come so far, which takes long.
    pub(crate) late: Vec<ServerId>,
}

impl Entered {
    pub(crate) fn count(&self) -> usize {
        self.servers.len() + self.late.len()
    }
}

/// Enters a connection by these places, unless its membership may have moved since. Whom a notice has
/// entered meanwhile is there already. One room that is behind keeps nobody from the others for longer
/// than until a moment.
pub(crate) async fn enter_as_of(
    gateway: &Gateway,
    connection: &Arc<Connection>,
    places: &[MemberPlace],
    until: Instant,
) -> Entered {
    let directory = gateway.directory();
    let mut servers = Vec::with_capacity(places.len());
    let mut asked = Vec::new();
    for place in places {
        if connection.is_in(place.server_id) {
            servers.push(place.server_id);
        } else {
            let answer = directory.enter(gateway, place, connection, Welcome::ByCaller);
            asked.push((place.server_id, answer));
        }
    }
    // All rooms are asked before the first answer is waited for.
    let mut late = Vec::new();
    for (server, answer) in asked {
        match timeout_at(until, answer).await {
            Ok(Ok(true)) => servers.push(server),
            // A room that ended without an answer has let nobody in.
            Ok(Ok(false) | Err(_)) => {}
            Err(_) => late.push(server),
        }
    }
    Entered { servers, late }
}
