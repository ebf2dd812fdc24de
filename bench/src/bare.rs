//! The baseline of durable sends: nothing but [`Db::write`] in a loop.
//!
//! Each write asks once whether its author may write and inserts one row into the
//! hub's own table of messages: what storing a message needs at the very least. No
//! counters, no nonce looked up, no events, no network, nobody to tell.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use battala_proto::id::{ChannelId, UserId};
use battala_store::tables::access::{self, Asked, AskedPlace};
use battala_store::{Db, DbError, Options, Tx, args, sql};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Result;
use crate::cli::BareWrites;
use crate::process::Process;
use crate::seed::{Plan, Seed};
use crate::stats::float;
use crate::words::say;

/// Writes for the given time and prints how many per second.
pub(crate) async fn run(options: &BareWrites) -> Result<()> {
    let seed = Seed::begin(&options.dir).await?;
    let plan = Plan {
        users: 1,
        servers: 1,
        channels: 1,
    };
    let world = seed.populate(plan).await?;
    seed.end().await;
    let (author, channel) = (world.users[0], world.channels[0]);
    let url = format!("sqlite:{}/battala.db", options.dir.display());
    let db = Db::open(&Options::new(url.parse()?)).await?;
    let ids = Arc::new(AtomicI64::new(1));
    let began = Instant::now();
    let until = began + Duration::from_secs(options.seconds);
    let mut writers = JoinSet::new();
    for _ in 0..options.in_flight {
        let (db, ids) = (db.clone(), Arc::clone(&ids));
        writers.spawn(async move {
            while Instant::now() < until {
                let id = ids.fetch_add(1, Ordering::Relaxed);
                db.write::<_, DbError, _>(move |tx| Box::pin(insert(tx, author, channel, id)))
                    .await?;
            }
            Ok::<_, DbError>(())
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    let written = u64::try_from(ids.load(Ordering::Relaxed) - 1)?;
    say(&format!(
        "{:.0}",
        float(written) / began.elapsed().as_secs_f64()
    ));
    db.close().await;
    Ok(())
}

/// Runs the loop in a process of its own; writes per second.
pub(crate) fn measure(dir: &Path, in_flight: usize, seconds: u64) -> Result<f64> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["bare-writes", "--dir"])
        .arg(dir)
        .args(["--in-flight", &in_flight.to_string()])
        .args(["--seconds", &seconds.to_string()]);
    let (process, output) = Process::start_talking(&mut command)?;
    let rate = std::io::read_to_string(output)?;
    process.wait()?;
    Ok(rate.trim().parse()?)
}

async fn insert(
    tx: &mut Tx,
    author: UserId,
    channel: ChannelId,
    id: i64,
) -> std::result::Result<(), DbError> {
    let asked = Asked::at(author, AskedPlace::Channel(channel));
    let scope = access::scope(tx, asked).await?;
    if scope.is_none_or(|(scope, _)| scope.member.is_none()) {
        return Err(DbError::other("the author may not write"));
    }
    let insert = sql!(
        "INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) ",
        "VALUES ($1, $2, $3, 0, 0, $4, $5, $1, $1, $1) RETURNING id"
    );
    let values = args![id, channel, author, crate::load::CONTENT, id.to_string()];
    let _: i64 = tx.fetch_one(insert, values).await?;
    Ok(())
}
