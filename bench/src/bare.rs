//! The baseline of durable sends: nothing but [`Db::write`] in a loop.
//!
//! Each write asks once whether its author may write and inserts one row: what a
//! message needs at the very least. No index but the two that a channel's history
//! needs, no counters, no nonce, no network, nobody to tell.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use battala_store::{Db, DbError, Options, args, sql};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Result;
use crate::cli::BareWrites;
use crate::process::Process;
use crate::stats::float;
use crate::words::say;

const AUTHOR: i64 = 11;
const CHANNEL: i64 = 12;
const SERVER: i64 = 13;

/// Writes for the given time and prints how many per second.
pub(crate) async fn run(options: &BareWrites) -> Result<()> {
    let url = format!("sqlite:{}/bare.db", options.dir.display());
    let db = Db::open(&Options::new(url.parse()?)).await?;
    prepare(&db).await?;
    let ids = Arc::new(AtomicI64::new(1));
    let began = Instant::now();
    let until = began + Duration::from_secs(options.seconds);
    let mut writers = JoinSet::new();
    for _ in 0..options.in_flight {
        let (db, ids) = (db.clone(), Arc::clone(&ids));
        writers.spawn(async move {
            while Instant::now() < until {
                let id = ids.fetch_add(1, Ordering::Relaxed);
                db.write::<_, DbError, _>(move |tx| Box::pin(insert(tx, id)))
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

async fn prepare(db: &Db) -> Result<()> {
    db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            for statement in [
                sql!("CREATE TABLE bare_members (server_id BIGINT, user_id BIGINT, permissions BIGINT, PRIMARY KEY (server_id, user_id))"),
                sql!("CREATE TABLE bare_channels (id INTEGER PRIMARY KEY, server_id BIGINT NOT NULL)"),
                sql!("CREATE TABLE bare_messages (id INTEGER PRIMARY KEY, channel_id BIGINT NOT NULL, author_id BIGINT NOT NULL, content TEXT NOT NULL, created_at BIGINT NOT NULL)"),
                sql!("CREATE UNIQUE INDEX bare_messages_channel ON bare_messages (channel_id, id)"),
            ] {
                tx.execute(statement, args![]).await?;
            }
            let member = sql!("INSERT INTO bare_members VALUES ($1, $2, 2048)");
            tx.execute(member, args![SERVER, AUTHOR]).await?;
            let channel = sql!("INSERT INTO bare_channels VALUES ($1, $2)");
            tx.execute(channel, args![CHANNEL, SERVER]).await
        })
    })
    .await?;
    Ok(())
}

async fn insert(tx: &mut battala_store::Tx, id: i64) -> std::result::Result<(), DbError> {
    let may = sql!(
        "SELECT m.permissions FROM bare_channels c JOIN bare_members m ON m.server_id = c.server_id ",
        "WHERE c.id = $1 AND m.user_id = $2"
    );
    let _: i64 = tx.fetch_one(may, args![CHANNEL, AUTHOR]).await?;
    let insert = sql!(
        "INSERT INTO bare_messages (id, channel_id, author_id, content, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id"
    );
    let content = crate::load::CONTENT;
    let _: i64 = tx
        .fetch_one(insert, args![id, CHANNEL, AUTHOR, content, id])
        .await?;
    Ok(())
}
