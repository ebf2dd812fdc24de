//! In which of its servers a user has something to read, of what the user sees there.

use std::collections::{HashMap, HashSet};

use battala_proto::id::{ServerId, UserId};
use battala_store::Conn;
use battala_store::tables::channels;
use battala_store::tables::servers::MemberServerRow;

use crate::Hub;
use crate::access::structure::class;
use crate::error::{Error, Result, readable};
use crate::members::MemberPlace;

/// Servers whose channels are looked at one by one by one statement: some thousand channels.
const SERVERS_AT_ONCE: usize = 10;

/// Those of these servers, in which the user has these places, with a message that was not read and that
/// the user sees. Where it cannot be read who sees what, none is said to be: it is no reason to keep a user
/// from all servers.
pub(super) async fn seen(
    hub: &Hub,
    conn: &mut Conn,
    user: UserId,
    (rows, places): (&[MemberServerRow], &[MemberPlace]),
) -> Result<HashSet<ServerId>> {
    let found = look(hub, conn, user, (rows, places)).await;
    if let Err(error @ Error::Internal(_)) = &found {
        error.log_put_off("servers are shown as read, since it is not known what is seen in them");
        return Ok(HashSet::new());
    }
    found
}

async fn look(
    hub: &Hub,
    conn: &mut Conn,
    user: UserId,
    (rows, places): (&[MemberServerRow], &[MemberPlace]),
) -> Result<HashSet<ServerId>> {
    let unread = rows.iter().filter(|row| row.is_unread);
    let unread: HashSet<ServerId> = unread.map(|row| row.id).collect();
    let (mut seen, mut partly) = (HashSet::new(), HashMap::new());
    for place in places {
        if !unread.contains(&place.server_id) {
            continue;
        }
        let structure = &place.structure;
        let class = class(structure, &place.membership, hub.now());
        if class.sees_all() {
            seen.insert(place.server_id);
        } else {
            partly.insert(place.server_id, (structure, class));
        }
    }
    let servers: Vec<ServerId> = partly.keys().copied().collect();
    for servers in servers.chunks(SERVERS_AT_ONCE) {
        let rows = channels::unread(conn, user, servers).await?;
        for row in readable(rows, "a channel is shown as read that cannot be read") {
            let known = partly.get(&row.server_id);
            if known.is_some_and(|(structure, class)| structure.sees(class, row.id)) {
                seen.insert(row.server_id);
            }
        }
    }
    Ok(seen)
}
