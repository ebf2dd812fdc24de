//! P1: an acknowledged message is never lost, duplicated or reordered, whenever the
//! process is killed.
//!
//! Writers write without a pause, readers follow, the hub is killed and started on the
//! same data again and again; a ledger says what came of it. `planted` plants the fault
//! that the ledger is there for, and sees it go red.

mod load;
mod planted;
mod reader;
mod scene;
mod writer;

use std::path::Path;
use std::time::Duration;

use battala_store::{Db, args, sql};
use battala_testkit::ledger::{Report, check, read};
use tokio::time::Instant;

use crate::harness::{Engine, TestHub, engine};
use load::Load;
use scene::Scene;

const KILLS: u32 = 20;
/// Acknowledged messages before each kill, at least.
const ACKED_PER_KILL: usize = 500;
/// Writers, of twenty, that wait for an answer at each kill, at least.
const IN_FLIGHT_MIN: usize = 16;

// T157, T158
#[tokio::test]
async fn twenty_kills_under_load_lose_double_and_reorder_nothing() {
    // Of this process: others may run the same test.
    let name = format!("durability-{:?}-{}.jsonl", engine(), std::process::id());
    let ledger = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.to_lowercase());
    let (report, summary) = kill_under_load(&ledger, KILLS).await;
    println!("{summary}");
    assert!(report.is_clean(), "{summary}");
    assert!(report.acked >= ACKED_PER_KILL * KILLS as usize, "{summary}");
    assert_eq!(report.acked, report.stored, "all is answered in the end");
    // Only a ledger with a finding is worth keeping.
    std::fs::remove_file(ledger).expect("it was there");
}

/// Runs the load over this many kills; what the ledger says, and the line to report.
async fn kill_under_load(ledger: &Path, kills: u32) -> (Report, String) {
    let mut hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let load = Load::start(&hub, &scene, ledger);
    let mut slowest_start = Duration::ZERO;
    for kill in 0..kills {
        load.acked(ACKED_PER_KILL + kill as usize * 37 % 100).await;
        // Not a wait for anything: kills are to fall anywhere in the hub's work.
        tokio::time::sleep(Duration::from_micros(u64::from(kill) * 7919 % 13_000)).await;
        load.goes_down_with(IN_FLIGHT_MIN).await;
        hub.kill();
        let killed = Instant::now();
        hub.run().await;
        slowest_start = slowest_start.max(killed.elapsed());
        load.is_up();
    }
    let retried = load.finish(&scene).await;
    assert_eq!(hub.stop().await, Some(0));
    assert_sound(&hub).await;
    let report = check(&read(ledger).expect("the ledger is read"));
    let summary = format!(
        "{:?}: {kills} kills, {report}; {retried} sent again, slowest start {slowest_start:.1?}, \
         ledger in {}",
        engine(),
        ledger.display()
    );
    (report, summary)
}

/// The file itself is whole (P9).
pub(crate) async fn assert_sound(hub: &TestHub) {
    if engine() != Engine::Sqlite {
        return;
    }
    let url = hub.database_url().parse().expect("an address");
    let options = battala_store::Options::new(url);
    let db = Db::open(&options).await.expect("it opens");
    let mut reader = db.read().await.expect("it reads");
    let check = sql!("PRAGMA integrity_check");
    let found: String = reader.fetch_one(check, args![]).await.expect("a verdict");
    assert_eq!(found, "ok");
    drop(reader);
    db.close().await;
}
