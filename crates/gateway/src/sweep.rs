//! The sweep: compares what was told with what is stored, so that nothing is missed for long.
//!
//! Where this process is not the only way into the database, something can be committed that the
//! bus does not carry: a COMMIT whose answer was lost, a notice that got lost between two nodes, a
//! row that an operator changes. The cost of a sweep grows with connections and rooms, but one
//! statement looks at hundreds of them. It knows no order and does not repair: `recovery` does.

use std::collections::HashMap;
use std::time::Duration;

use battala_hub::access::{Actor, ListServers};
use battala_hub::recovery::{AccountNow, accounts};
use battala_hub::{Result, mark, sweep};
use battala_proto::Event;
use battala_proto::events::UserUpdated;
use battala_proto::id::{ServerId, UserId};
use tokio::time::{Instant, sleep};

use crate::dispatch::to_servers;
use crate::doubts::Due;
use crate::recovery::ACCOUNTS_AT_ONCE;
use crate::room::Request;
use crate::seen::Seen;
use crate::{Gateway, recovery};

/// Between two sweeps: what is missed without a sign of it is noticed after two of them.
const EVERY: Duration = Duration::from_secs(2);
/// Between two sweeps while something is in doubt.
const EVERY_IN_DOUBT: Duration = Duration::from_millis(500);
/// Rooms or sessions that one statement asks for.
const AT_ONCE: usize = 500;

pub(crate) async fn run(gateway: Gateway) {
    let is_needed = sweep::is_needed(gateway.hub());
    let mut seen = Seen::default();
    loop {
        wait(&gateway, is_needed).await;
        look_at_doubts(&gateway).await;
        if let Err(error) = compare(&gateway, &mut seen).await {
            // A database that is away for a moment; the next sweep finds the same.
            error.log_put_off("what was told could not be compared with the database");
        }
    }
}

/// Waits for the next sweep. Where all is told anyway, that is for a doubt to arise or to end.
async fn wait(gateway: &Gateway, is_needed: bool) {
    let doubts = gateway.doubts();
    if doubts.is_any(Instant::now()) {
        // Doubts that arise together are looked at together, and a flood of them paces itself.
        return sleep(EVERY_IN_DOUBT).await;
    }
    if is_needed {
        // Either way it is time.
        drop(tokio::time::timeout(EVERY, doubts.news()).await);
    } else {
        doubts.news().await;
    }
}

async fn look_at_doubts(gateway: &Gateway) {
    let Due {
        servers,
        accounts,
        profiles,
    } = gateway.doubts().take(Instant::now());
    let rooms = servers
        .into_iter()
        .filter_map(|server| gateway.directory().room(server));
    rooms.for_each(|room| room.request(Request::Reload));
    for accounts in accounts.chunks(ACCOUNTS_AT_ONCE) {
        recovery::recheck_accounts(gateway, accounts).await;
    }
    for profiles in profiles.chunks(ACCOUNTS_AT_ONCE) {
        if let Err(error) = tell_profiles(gateway, profiles).await {
            // They are told once more when the doubt is over.
            error.log_put_off("profiles could not be read anew");
        }
    }
}

/// Tells the profiles of accounts as they are, wherever they are members.
async fn tell_profiles(gateway: &Gateway, users: &[UserId]) -> Result<()> {
    let hub = gateway.hub();
    let can = hub.authorize::<ListServers>(Actor::Operator, ()).await?;
    for AccountNow { me, servers, .. } in accounts(hub, &can, users, |_, _| false).await? {
        let servers: Vec<ServerId> = servers.into_iter().map(|(server, _)| server).collect();
        let updated = Event::UserUpdated(UserUpdated { user: me.public() });
        to_servers(gateway, &servers, &updated);
    }
    Ok(())
}

/// `seen` is what the last sweep has found to be stored.
async fn compare(gateway: &Gateway, seen: &mut Seen) -> Result<()> {
    for connections in gateway.directory().all().chunks(AT_ONCE) {
        recovery::end_revoked(gateway, connections).await?;
    }
    let hub = gateway.hub();
    let can = hub.authorize::<ListServers>(Actor::Operator, ()).await?;
    let rooms = gateway.directory().rooms();
    let mut all = HashMap::new();
    for rooms in rooms.chunks(AT_ONCE) {
        let ids: Vec<ServerId> = rooms.iter().map(|room| room.server_id).collect();
        let found = sweep::marks(hub, &can, &ids).await?;
        if let Some(server) = seen.went_back(&found) {
            // Nothing that is in memory is true any more.
            tracing::error!(%server, "the database has lost what it had when it was looked at before");
            return mark::went_back(hub).await;
        }
        for room in rooms {
            // What was stored a sweep ago was told since, unless it never will be. A server that is
            // gone cannot come back, and whoever is in its room was not told.
            match seen.mark(room.server_id) {
                Some(earlier) if found.contains_key(&room.server_id) => {
                    room.request(Request::Compare(earlier.clone()));
                }
                Some(_) => room.request(Request::Reload),
                None => {}
            }
        }
        all.extend(found);
    }
    seen.replace(all);
    Ok(())
}
