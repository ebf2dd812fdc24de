//! Removal of what deleted messages leave, when nobody can ask for it any more.
//!
//! A tombstone tells whoever was away that the message is gone. Whoever was away for more changes
//! than [`SYNC_GAP_MAX`] is answered with a reset, and reads pages, which have no tombstones: below
//! that gap a removed row is no hole for anybody. Above it all stay, however old they are.

use std::collections::HashMap;
use std::time::Duration;

use battala_proto::id::ChannelId;
use battala_proto::limits::SYNC_GAP_MAX;
use battala_store::tables::tombstones::{self, ChannelRow};

use crate::Hub;
use crate::error::{Error, Result};

/// Channels that one statement asks for.
const CHANNELS_AT_ONCE: u32 = 500;
/// Changes of one channel that are looked at at once, and rows that one write removes at most: a few
/// milliseconds of the writer.
const CHANGES_AT_ONCE: i64 = 500;
/// Between two looks: after a start all changes are looked at, and others read meanwhile.
const PAUSE: Duration = Duration::from_millis(10);

/// How far channels have been looked at. It is not stored: a start looks at everything once.
#[derive(Default)]
pub(crate) struct Looked(HashMap<ChannelId, Reached>);

#[derive(Default, Clone, Copy)]
struct Reached {
    /// Up to this number there are no tombstones but those that stay.
    rev: i64,
    /// Before this time the next one is too young.
    not_before: i64,
}

/// Removes the tombstones that are old enough.
pub(crate) async fn remove_old(hub: &Hub, looked: &mut Looked) -> Result<()> {
    let mut after = ChannelId::from_raw(0);
    let mut before = std::mem::take(&mut looked.0);
    loop {
        let mut reader = hub.db().read().await?;
        let channels =
            tombstones::channels_after(&mut reader, after, SYNC_GAP_MAX, CHANNELS_AT_ONCE).await?;
        drop(reader);
        let Some(last) = channels.last() else {
            return Ok(());
        };
        after = last.id;
        for channel in channels {
            // What is gone is forgotten by the way.
            let reached = before.remove(&channel.id).unwrap_or_default();
            let reached = remove_in(hub, channel, reached).await?;
            looked.0.insert(channel.id, reached);
        }
    }
}

async fn remove_in(hub: &Hub, channel: ChannelRow, mut reached: Reached) -> Result<Reached> {
    let kept_ms = i64::from(hub.config().tombstones_kept_s) * 1000;
    let horizon = channel.last_seq - SYNC_GAP_MAX;
    while reached.rev < horizon && reached.not_before <= hub.now() {
        let old_before = hub.now() - kept_ms;
        let through = horizon.min(reached.rev + CHANGES_AT_ONCE);
        let mut reader = hub.db().read().await?;
        let found = tombstones::between(&mut reader, channel.id, (reached.rev, through)).await?;
        drop(reader);
        // Their order is that of the deletions.
        let young = found.iter().find(|it| it.deleted_at >= old_before);
        let through = young.map_or(through, |young| young.rev - 1);
        if found.iter().any(|it| it.rev <= through) {
            remove(hub, channel.id, (reached.rev, through)).await?;
        }
        reached.rev = through;
        if let Some(young) = young {
            reached.not_before = young.deleted_at + kept_ms + 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(reached)
}

async fn remove(hub: &Hub, channel: ChannelId, range: (i64, i64)) -> Result<()> {
    let removed = hub.db().write(move |tx| {
        Box::pin(async move { Ok::<_, Error>(tombstones::remove(tx, channel, range).await?) })
    });
    let count = hub.jobs().batch(removed).await?;
    tracing::debug!(%channel, count, "old tombstones were removed");
    Ok(())
}
