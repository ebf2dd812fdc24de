//! An acknowledged write survives the death of its process.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use battala_store::{Db, DbError, Options, args, sql};
use battala_testkit::Scratch;

use crate::support::{TEST_SCHEMA, insert_thing, things};

/// Tells the child where its database is.
const PATH_VARIABLE: &str = "BATTALA_TEST_KILL_PATH";
const WRITERS: usize = 64;

/// Acknowledgements before each kill: early, while things are warming up, and
/// in the middle of full groups.
const KILL_AFTER: [usize; 5] = [1, 100, 777, 1500, 3000];

async fn open(path: &Path) -> Db {
    let url = format!("sqlite:{}", path.display());
    let options = Options::new(url.parse().unwrap());
    Db::open_with_migrations(&options, &TEST_SCHEMA)
        .await
        .unwrap()
}

#[tokio::test]
async fn no_acknowledged_write_is_lost_when_the_process_is_killed() {
    let directory = Scratch::new().unwrap();
    let path = directory.path().join("hub.db");
    let mut acknowledged = Vec::new();
    for count in KILL_AFTER {
        acknowledged.extend(write_until_killed(&path, count));
        let db = open(&path).await;
        let stored = things(&db).await;
        let lost: Vec<&i64> = acknowledged
            .iter()
            .filter(|id| stored.binary_search(id).is_err())
            .collect();
        assert!(lost.is_empty(), "lost {lost:?} of {}", acknowledged.len());
        let mut reader = db.read().await.unwrap();
        let check = sql!("PRAGMA integrity_check");
        assert_eq!(
            reader.fetch_one::<String>(check, args![]).await.unwrap(),
            "ok"
        );
        drop(reader);
        db.close().await;
    }
    assert!(acknowledged.len() >= KILL_AFTER.iter().sum());
}

/// What the child said was committed, up to its death.
fn write_until_killed(path: &Path, count: usize) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::child", "--ignored", "--nocapture"])
        .env(PATH_VARIABLE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    for line in output.lines() {
        // The last line may be cut short; the test harness prints as well.
        let line = line.unwrap_or_default();
        if let Some(id) = line
            .strip_prefix("committed ")
            .and_then(|id| id.strip_suffix('.'))
        {
            acknowledged.push(id.parse().unwrap());
        }
        if acknowledged.len() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

#[expect(clippy::disallowed_methods, reason = "the parent's only way to say it")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test above, to be killed"]
async fn child() {
    let Ok(path) = std::env::var(PATH_VARIABLE) else {
        return;
    };
    let db = open(Path::new(&path)).await;
    let first = things(&db).await.last().map_or(0, |id| id + 1);
    let next = Arc::new(AtomicI64::new(first));
    let writers = (0..WRITERS).map(|_| write_for_ever(&db, Arc::clone(&next)));
    futures_util::future::join_all(writers).await;
}

async fn write_for_ever(db: &Db, next: Arc<AtomicI64>) {
    loop {
        let id = next.fetch_add(1, Ordering::SeqCst);
        db.write::<_, DbError, _>(move |tx| Box::pin(insert_thing(tx, id)))
            .await
            .unwrap();
        let line = format!("committed {id}.\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}
