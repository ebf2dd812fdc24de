//! Removal of deleted servers and channels, batch by batch. What is marked as deleted is gone for
//! everybody already; this module does not know who deleted it.

use battala_proto::id::{ChannelId, ServerId};
use battala_store::tables::purge::{self, Purged};

use super::ROWS_AT_ONCE;
use super::queue::Run;
use crate::Hub;
use crate::error::{Error, Result};

pub(super) async fn server(run: &mut Run, id: ServerId) -> Result<()> {
    loop {
        let batch = run.batch(move |work| {
            Box::pin(async move { go_on(purge::server(work.tx(), id, ROWS_AT_ONCE).await?) })
        });
        if batch.await? {
            return Ok(());
        }
    }
}

pub(super) async fn channel(run: &mut Run, id: ChannelId) -> Result<()> {
    loop {
        let batch = run.batch(move |work| {
            Box::pin(async move { go_on(purge::channel(work.tx(), id, ROWS_AT_ONCE).await?) })
        });
        if batch.await? {
            return Ok(());
        }
    }
}

/// Queues jobs for what was marked as deleted by a process that queued none, as versions did before
/// there was a queue: one that ended last after the schema had been brought up to date.
pub(super) async fn queue_forgotten(hub: &Hub) -> Result<()> {
    loop {
        let queued = hub.db().write(|tx| {
            Box::pin(async move { Ok::<_, Error>(purge::queue_forgotten(tx, ROWS_AT_ONCE).await?) })
        });
        match hub.jobs().batch(queued).await? {
            0 => return Ok(()),
            queued => tracing::info!(queued, "what was deleted before is to be removed"),
        }
    }
}

/// Whether nothing is left. What is stuck is no progress.
fn go_on(purged: Purged) -> Result<bool> {
    match purged {
        Purged::All => Ok(true),
        Purged::Some => Ok(false),
        Purged::Stuck => Err(Error::Conflict("something is left that nothing removes")),
    }
}
