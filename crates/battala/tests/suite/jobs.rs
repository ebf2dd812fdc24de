//! What commits leave to be done: it survives the end of the process at any moment, is tried again
//! when it fails, and is shown to the operator when that does not help.

use battala_store::{Db, DbError, Options as StoreOptions, Sql, sql};
use serde_json::json;

use crate::harness::{Community, Options, TestHub, User, until};

/// Messages of a server that takes many batches to remove.
const MANY: i64 = 20_000;
/// Jobs that run at the same time.
const AT_ONCE: usize = 2;
/// Runs after which a job is given up.
const ATTEMPTS_MAX: i64 = 13;
/// Jobs that an account may have in the queue.
const CAUSED_MAX: i64 = 1000;

const REST: Sql = sql!("SELECT COUNT(*) FROM messages WHERE channel_id = $1");
const WAITING: Sql = sql!("SELECT COUNT(*) FROM jobs WHERE failed_at IS NULL");

/// The database of a hub that does not run.
async fn open(hub: &TestHub) -> Db {
    let options = StoreOptions::new(hub.database_url().parse().expect("an address"));
    Db::open(&options).await.expect("a database")
}

async fn execute(db: &Db, statement: Sql, values: Vec<i64>) -> u64 {
    let values = values.into_iter().map(battala_store::Arg::from).collect();
    db.write::<_, DbError, _>(move |tx| {
        Box::pin(async move { tx.execute(statement, values).await })
    })
    .await
    .expect("written")
}

async fn number(db: &Db, statement: Sql, values: Vec<i64>) -> i64 {
    let values = values.into_iter().map(battala_store::Arg::from).collect();
    let mut reader = db.read().await.expect("a reader");
    reader.fetch_one(statement, values).await.expect("a number")
}

fn id(text: &str) -> i64 {
    text.parse().expect("an id")
}

/// Puts many messages into the channel, past the hub.
async fn fill(db: &Db, community: &Community, author: &User) {
    let statement = sql!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) ",
        "INSERT INTO messages (id, channel_id, author_id, type, flags, content, seq, rev, created_at) ",
        "SELECT $1 + i, $1, $2, 0, 0, 'tea', i, i, 0 FROM n"
    );
    let values = vec![id(&community.channel), id(&author.id), MANY];
    execute(db, statement, values).await;
}

/// A row that nothing removes, and that refers to the server.
async fn pin(db: &Db, community: &Community) {
    let table = sql!("CREATE TABLE pins (server_id BIGINT NOT NULL REFERENCES servers (id))");
    execute(db, table, vec![]).await;
    let row = sql!("INSERT INTO pins (server_id) VALUES ($1)");
    execute(db, row, vec![id(&community.id)]).await;
}

async fn unpin(hub: &TestHub) {
    let db = open(hub).await;
    execute(&db, sql!("DROP TABLE pins"), vec![]).await;
    db.close().await;
}

fn said(hub: &TestHub, arguments: &[&str]) -> String {
    let output = hub.command(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn what_was_deleted_is_removed_however_often_the_process_is_killed_meanwhile() {
    let options = Options::default().setting("log", log_of_jobs());
    let mut hub = options.start().await;
    let owner = hub.user("owner").await;
    let mut communities = Vec::new();
    for name in ["Bazaar", "Quay", "Mill"] {
        communities.push(owner.community(name).await);
    }
    hub.stop().await;
    let db = open(&hub).await;
    for community in &communities {
        fill(&db, community, &owner).await;
    }
    db.close().await;

    hub.run().await;
    for community in &communities {
        owner.delete(&community.path("")).await.is(204);
    }
    hub.says("a batch of a job").await;
    hub.kill();
    let db = open(&hub).await;
    let mut rests = Vec::new();
    for community in &communities {
        rests.push(number(&db, REST, vec![id(&community.channel)]).await);
    }
    assert_eq!(number(&db, WAITING, vec![]).await, 3, "{rests:?}");
    assert!(
        rests.iter().any(|rest| (1..MANY).contains(rest)),
        "a batch stays done: {rests:?}"
    );
    let begun = sql!("SELECT COUNT(*) FROM jobs WHERE attempts > 0");
    let begun = number(&db, begun, vec![]).await;
    // The second one may not have been taken before the first batch was done.
    let at_once = i64::try_from(AT_ONCE).expect("few");
    assert!((1..=at_once).contains(&begun), "one had not begun: {begun}");
    db.close().await;

    hub.run().await;
    hub.says("jobs of the process before").await;
    hub.kill();
    hub.run().await;
    done(&hub).await;
    hub.stop().await;
    let db = open(&hub).await;
    for community in &communities {
        assert_eq!(number(&db, REST, vec![id(&community.channel)]).await, 0);
        let there = sql!("SELECT COUNT(*) FROM servers WHERE id = $1");
        assert_eq!(number(&db, there, vec![id(&community.id)]).await, 0);
    }
    db.close().await;
}

fn log_of_jobs() -> toml::Table {
    let mut log = toml::Table::new();
    log.insert("level".to_owned(), "info,battala_hub::jobs=debug".into());
    log
}

/// Waits for the end of all jobs, as the operator would.
async fn done(hub: &TestHub) {
    until("no job is left", async || {
        let shown = said(hub, &["admin", "jobs"]);
        shown.starts_with("0 waiting, 0 failed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_deleted_channel_is_removed_while_its_server_goes_on() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let second = owner.channel(&community, "second").await;
    owner.say(&second, "soon gone").await;
    owner.say(&community.channel, "stays").await;
    owner.delete(&format!("/channels/{second}")).await.is(204);
    done(&hub).await;
    assert_eq!(owner.history(&community.channel).await.len(), 1);
    hub.stop().await;
    let db = open(&hub).await;
    assert_eq!(number(&db, REST, vec![id(&second)]).await, 0);
    assert_eq!(number(&db, REST, vec![id(&community.channel)]).await, 1);
    db.close().await;
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_until_it_succeeds() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    hub.stop().await;
    let db = open(&hub).await;
    pin(&db, &community).await;
    db.close().await;
    hub.run().await;
    owner.delete(&community.path("")).await.is(204);
    hub.logged("a second try", |line| {
        let again = line.contains("a job is tried again later");
        (again && line.contains("\"attempts\":2")).then_some(())
    })
    .await;
    hub.kill();
    unpin(&hub).await;
    hub.run().await;
    done(&hub).await;
}

#[tokio::test]
async fn a_job_that_fails_for_good_is_kept_and_shown_and_tried_again_on_request() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    hub.stop().await;
    let db = open(&hub).await;
    pin(&db, &community).await;
    db.close().await;
    hub.run().await;
    owner.delete(&community.path("")).await.is(204);
    hub.says("a job is tried again later").await;
    hub.kill();
    let db = open(&hub).await;
    // As many tries as take an hour.
    let last = sql!("UPDATE jobs SET attempts = $1 - 1, run_after = 0");
    assert_eq!(execute(&db, last, vec![ATTEMPTS_MAX]).await, 1);
    let unknown = sql!(
        "INSERT INTO jobs (id, kind, payload, asked, attempts, run_after, created_at) ",
        "VALUES (1, 'purge_moon', '{}', 1, 0, 0, 0)"
    );
    execute(&db, unknown, vec![]).await;
    db.close().await;

    hub.run().await;
    let failed = until("both have failed", async || {
        let shown = said(&hub, &["admin", "jobs"]);
        shown.starts_with("0 waiting, 2 failed").then_some(shown)
    })
    .await;
    let line = format!("removing the deleted server {}: ", community.id);
    assert!(failed.contains(&line), "{failed}");
    assert!(
        failed.contains("purge_moon {}: unknown to this release"),
        "{failed}"
    );
    hub.stop().await;
    let errors = hub.take_errors();
    assert_eq!(errors.len(), 2, "each is told of once: {errors:#?}");
    assert!(
        errors
            .iter()
            .all(|line| line.contains("a job has failed and is kept"))
    );

    unpin(&hub).await;
    let db = open(&hub).await;
    let forget = sql!("DELETE FROM jobs WHERE kind = 'purge_moon'");
    execute(&db, forget, vec![]).await;
    db.close().await;
    let asked = said(&hub, &["admin", "retry-jobs"]);
    assert!(asked.starts_with("1 will be tried"), "{asked}");
    hub.run().await;
    done(&hub).await;
}

#[tokio::test]
async fn an_account_has_a_bounded_number_of_jobs_and_nobody_else_is_held_up() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let second = owner.channel(&community, "second").await;
    let other = hub.user("other").await;
    let theirs = other.community("Quay").await;
    let third = hub.user("third").await;
    let full = third.community("Full").await;
    hub.stop().await;
    let db = open(&hub).await;
    let far = sql!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) ",
        "INSERT INTO jobs (id, kind, payload, cause, asked, attempts, run_after, failed_at, created_at) ",
        "SELECT i + $3, 'purge_server', '{}', $1, 1, 0, 0, 1, 0 FROM n"
    );
    for (cause, after) in [(&owner.id, 0), (&third.id, CAUSED_MAX)] {
        execute(&db, far, vec![id(cause), CAUSED_MAX, after]).await;
    }
    db.close().await;
    hub.run().await;
    let path = format!("/channels/{second}");
    let delete = owner.request("DELETE", &path, None);
    let another = third.request("DELETE", &full.path(""), None);
    for _ in 0..3 {
        for delete in [&delete, &another] {
            let answer = hub.http.try_send(delete).await.expect("an answer");
            answer.refused(503, "unavailable");
        }
    }
    owner.say(&second, "nothing has happened").await;
    other.delete(&theirs.path("")).await.is(204);
    hub.stop().await;
    let log = hub.log();
    let told = log
        .lines()
        .filter(|line| line.contains("too many jobs of one account"));
    assert_eq!(told.count(), 2, "of each account, in a minute: {log}");
    let db = open(&hub).await;
    let one = sql!("DELETE FROM jobs WHERE id = 1");
    execute(&db, one, vec![]).await;
    db.close().await;
    hub.run().await;
    owner.delete(&path).await.is(204);
    // The rest of the full queue is of no use to anybody.
    hub.stop().await;
    let db = open(&hub).await;
    execute(&db, sql!("DELETE FROM jobs WHERE payload = '{}'"), vec![]).await;
    db.close().await;
    hub.run().await;
}

#[tokio::test]
async fn jobs_are_shown_beside_a_hub_that_runs() {
    let hub = TestHub::start().await;
    let told = said(&hub, &["admin", "jobs"]);
    assert_eq!(told.trim(), "0 waiting, 0 failed: there is nothing to do");
    let body = json!({"name": "still serving"});
    hub.admin().await.post("/servers", body).await.is(201);
}

#[tokio::test]
async fn the_operator_is_told_how_many_failed_jobs_are_not_shown() {
    let mut hub = TestHub::start().await;
    hub.stop().await;
    let told = said(&hub, &["admin", "retry-jobs"]);
    assert!(told.starts_with("no job has failed"), "{told}");
    let db = open(&hub).await;
    let failed = sql!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) ",
        "INSERT INTO jobs (id, kind, payload, asked, attempts, run_after, failed_at, created_at) ",
        "SELECT i, 'purge_channel', '{\"channel_id\":\"7\"}', 1, 1, 0, i * 1000, 0 FROM n"
    );
    execute(&db, failed, vec![120]).await;
    db.close().await;
    let shown = |arguments: &[&str]| {
        let shown = said(&hub, arguments);
        let lines = shown.lines().filter(|line| line.starts_with("failed "));
        (lines.count(), shown)
    };
    let (count, told) = shown(&["admin", "jobs"]);
    assert!(told.starts_with("0 waiting, 120 failed\n"), "{told}");
    assert!(
        told.contains("the newest 100 (--limit 120 shows all)"),
        "{told}"
    );
    assert_eq!(count, 100);
    let (count, told) = shown(&["admin", "jobs", "--limit", "120"]);
    assert!(count == 120 && !told.contains("the newest"), "{told}");
    assert!(
        told.trim_end().ends_with("battala admin retry-jobs"),
        "{told}"
    );
    let (count, told) = shown(&["admin", "jobs", "--limit", "1"]);
    let line = "failed 1970-01-01 00:02:00 UTC: job 120, removing the deleted channel 7: ";
    assert!(count == 1 && told.contains(line), "{told}");
    for refused in ["0", "10001"] {
        let output = hub.command(&["admin", "jobs", "--limit", refused]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("a whole number from 1 to 10000"), "{told}");
    }
}

#[tokio::test]
async fn what_is_marked_as_deleted_and_has_no_job_gets_one_at_the_start() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let second = owner.channel(&community, "second").await;
    let gone = owner.community("Quay").await;
    owner.say(&second, "soon gone").await;
    owner.say(&gone.channel, "soon gone").await;
    owner.say(&community.channel, "stays").await;
    hub.stop().await;
    let db = open(&hub).await;
    // As versions did that had no queue.
    let server = sql!("UPDATE servers SET deleted_at = 1 WHERE id = $1");
    assert_eq!(execute(&db, server, vec![id(&gone.id)]).await, 1);
    let channel = sql!("UPDATE channels SET deleted_at = 1 WHERE id = $1");
    assert_eq!(execute(&db, channel, vec![id(&second)]).await, 1);
    db.close().await;
    hub.run().await;
    hub.logged("the jobs", |line| {
        let is_it = line.contains("what was deleted before is to be removed");
        (is_it && line.contains("\"queued\":2")).then_some(())
    })
    .await;
    done(&hub).await;
    hub.stop().await;
    let db = open(&hub).await;
    assert_eq!(number(&db, REST, vec![id(&gone.channel)]).await, 0);
    assert_eq!(number(&db, REST, vec![id(&second)]).await, 0);
    assert_eq!(number(&db, REST, vec![id(&community.channel)]).await, 1);
    let rest = sql!("SELECT COUNT(*) FROM servers");
    assert_eq!(number(&db, rest, vec![]).await, 1);
    db.close().await;
}

#[tokio::test]
async fn two_removals_of_the_same_rows_are_no_failure_of_either() {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    hub.stop().await;
    let db = open(&hub).await;
    fill(&db, &community, &owner).await;
    let second = sql!("UPDATE channels SET deleted_at = 1 WHERE id = $1");
    assert_eq!(execute(&db, second, vec![id(&community.channel)]).await, 1);
    let server = sql!("UPDATE servers SET deleted_at = 1 WHERE id = $1");
    assert_eq!(execute(&db, server, vec![id(&community.id)]).await, 1);
    let both = sql!(
        "INSERT INTO jobs (id, kind, subject, payload, asked, attempts, run_after, created_at) ",
        "SELECT id, 'purge_server', id, '{\"server_id\":\"' || id || '\"}', 1, 0, 0, 1 FROM servers ",
        "UNION ALL SELECT id, 'purge_channel', id, '{\"channel_id\":\"' || id || '\"}', 1, 0, 0, 1 ",
        "FROM channels"
    );
    assert_eq!(execute(&db, both, vec![]).await, 2);
    db.close().await;
    hub.run().await;
    done(&hub).await;
    let log = hub.log();
    assert!(!log.contains("a job is tried again later"), "{log}");
}
