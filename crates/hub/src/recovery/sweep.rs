//! What a gateway compares with what it has told, now and then.
//!
//! This module does not know what a gateway holds; it answers for many servers at once, in a number
//! of statements that does not grow with them.

use std::collections::HashMap;

use battala_proto::id::{ChannelId, ServerId};
use battala_store::Engine;
use battala_store::tables::{channels, servers};

use crate::Hub;
use crate::access::{self, Can};
use crate::error::{Result, readable};

/// How far a server has come.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Its epoch.
    pub epoch: i64,
    /// The last sequence numbers of its channels.
    pub last_seqs: Vec<(ChannelId, i64)>,
}

/// What a look has found of a server. None of its numbers ever goes down.
#[derive(Debug, Clone)]
pub struct Found {
    /// How far it has come; the channels in the order of their ids.
    pub mark: Mark,
    /// The number of its structure.
    pub structure_rev: i64,
    /// The version of its rights.
    pub rights_version: i64,
}

/// Whether something can be committed of which this process is not told: by another, or by a COMMIT
/// whose answer was lost.
pub fn is_needed(hub: &Hub) -> bool {
    hub.db().engine() == Engine::Postgres
}

/// How far those of these servers have come that are there, in two statements. A bounded number of
/// servers at a time is the caller's duty.
///
/// # Errors
/// What the database refuses.
pub async fn marks(
    hub: &Hub,
    can: &Can<access::ListServers>,
    asked: &[ServerId],
) -> Result<HashMap<ServerId, Found>> {
    let mut reader = hub.read(can).await?;
    let counters = servers::counters_among(&mut reader, asked).await?;
    let mut found: HashMap<ServerId, Found> = counters
        .into_iter()
        .map(|row| {
            let (epoch, last_seqs) = (row.counters.epoch, Vec::new());
            let found = Found {
                mark: Mark { epoch, last_seqs },
                structure_rev: row.counters.structure_rev,
                rights_version: row.counters.rights_version,
            };
            (row.id, found)
        })
        .collect();
    let rows = channels::last_seqs(&mut reader, asked).await?;
    for row in readable(rows, "a channel is not looked after that cannot be read") {
        if let Some(found) = found.get_mut(&row.server_id) {
            found.mark.last_seqs.push((row.id, row.last_seq));
        }
    }
    for found in found.values_mut() {
        found.mark.last_seqs.sort_unstable();
    }
    Ok(found)
}
