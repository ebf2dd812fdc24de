//! A database that is not the one of which the data directory knows, or is not whole any more: the hub
//! says so and begins nothing in its place.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Output;

use battala_store::{Db, DbError, MIGRATIONS, Migrations, Options as StoreOptions, args, sql};
use battala_testkit::{Scratch, TestDatabase};
use serde_json::json;

use crate::harness::{EXIT_LASTING, Engine, Request, TestHub, engine, put_back};

/// What would begin a hub, or says that a start would.
const COMMANDS: [&[&str]; 3] = [
    &["serve"],
    &["config", "check"],
    &["admin", "create", "eve"],
];

/// What is of use to a hub alone that is there.
const COMMANDS_BESIDE: [&[&str]; 3] = [
    &["admin", "jobs"],
    &["admin", "retry-jobs"],
    &["admin", "reset-password", "ana"],
];

/// What is said of the database of another hub.
const ANOTHER: [&str; 2] = ["the database holds another hub", "hub.mark"];

fn said(output: &Output) -> String {
    let (out, errors) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(errors)
}

/// Every command refuses with these words.
fn all_refuse(hub: &TestHub, url: &str, words: &[&str]) {
    for command in COMMANDS {
        refuses(hub, url, command, words);
    }
}

fn all_refuse_beside(hub: &TestHub, url: &str, words: &[&str]) {
    for command in COMMANDS_BESIDE {
        refuses(hub, url, command, words);
    }
}

pub(crate) fn refuses(hub: &TestHub, url: &str, command: &[&str], words: &[&str]) {
    let output = hub.command_at(url, command);
    let said = said(&output);
    assert_eq!(
        output.status.code(),
        Some(EXIT_LASTING),
        "{command:?}: {said}"
    );
    for word in words {
        assert!(said.contains(word), "{command:?}, {word:?}: {said}");
    }
}

fn mark(hub: &TestHub) -> PathBuf {
    hub.data_dir().join("hub.mark")
}

async fn generation(hub: &TestHub) -> i64 {
    let info = hub.get("/api/hub").await.is(200);
    info["generation"].as_i64().expect("a number")
}

async fn stopped() -> TestHub {
    let mut hub = TestHub::start().await;
    hub.user("ana").await;
    assert_eq!(hub.stop().await, Some(0));
    hub
}

#[tokio::test]
async fn where_a_hub_is_remembered_none_begins_in_silence() {
    let mut hub = stopped().await;
    let words = ["there is no hub in", "hub.mark", "restore", "begin anew"];
    let (folder, database) = (Scratch::new().expect("a folder"), empty());
    let missing = folder.path().join("missing.db");
    let file = format!("sqlite:{}", missing.display());
    let url = database.as_ref().map_or(file.as_str(), TestDatabase::url);
    all_refuse(&hub, url, &words);
    all_refuse_beside(&hub, url, &words);
    assert!(!missing.exists(), "nothing was made");
    if engine() == Engine::Sqlite {
        fs::write(&missing, "").expect("an empty file");
        all_refuse(&hub, url, &words);
        all_refuse_beside(&hub, url, &words);
        assert_eq!(fs::metadata(&missing).expect("it is there").len(), 0);
    }
    // What is not whole says as well that a hub was here.
    let remembered = fs::read(mark(&hub)).expect("it is there");
    fs::write(mark(&hub), "half").expect("it is written");
    all_refuse(&hub, url, &words);
    fs::write(mark(&hub), remembered).expect("it is written");
    // The hub itself goes on, and only who says so begins anew.
    hub.run().await;
    assert_eq!(generation(&hub).await, 1);
    hub.login("ana").await;
    assert_eq!(hub.stop().await, Some(0));
    fs::remove_file(mark(&hub)).expect("it was there");
    let checked = hub.command_at(url, &["config", "check"]);
    assert!(checked.status.success(), "{}", said(&checked));
}

/// An empty database of the engine, where it is no file.
fn empty() -> Option<TestDatabase> {
    match engine() {
        Engine::Sqlite => None,
        Engine::Postgres => Some(TestDatabase::empty().expect("a database")),
    }
}

#[tokio::test]
async fn another_hub_is_not_taken_for_this_one() {
    let (mut hub, mut other) = (stopped().await, stopped().await);
    all_refuse(&hub, &other.database_url(), &ANOTHER);
    all_refuse_beside(&hub, &other.database_url(), &ANOTHER);
    for hub in [&mut hub, &mut other] {
        hub.run().await;
        assert_eq!(generation(hub).await, 1);
        assert_eq!(hub.stop().await, Some(0));
    }
    // An earlier version has not remembered which hub it was.
    let remembered = fs::read_to_string(mark(&hub)).expect("it is there");
    let (earlier, _) = remembered.split_once(" made:").expect("it says so now");
    fs::write(mark(&hub), format!("{earlier}\n")).expect("it is written");
    hub.run().await;
    assert_eq!(generation(&hub).await, 1);
}

#[tokio::test]
async fn another_hub_of_an_earlier_version_stays_as_it_is() {
    let hub = stopped().await;
    let (folder, database) = (Scratch::new().expect("a folder"), empty());
    let file = format!("sqlite:{}", folder.path().join("earlier.db").display());
    let url = database.as_ref().map_or(file.as_str(), TestDatabase::url);
    let earlier = open_as_first(url).await;
    let row = sql!(
        "INSERT INTO hub (id, name, registration, setup_token, generation, created_at) ",
        "VALUES (1, 'Earlier', 'invite', NULL, 1, 1760000000000)"
    );
    let begun = earlier
        .write::<_, DbError, _>(move |tx| Box::pin(async move { tx.execute(row, args![]).await }));
    begun.await.expect("written");
    earlier.close().await;
    all_refuse(&hub, url, &ANOTHER);
    // It does not open a schema with more steps.
    let earlier = open_as_first(url).await;
    let mut reader = earlier.read().await.expect("a reader");
    let traces = sql!("SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM node_leases)");
    let traces: i64 = reader.fetch_one(traces, args![]).await.expect("a number");
    assert_eq!(traces, 0);
    reader.close().await;
    earlier.close().await;
}

#[tokio::test]
async fn a_first_start_that_has_not_finished_is_no_hub_where_one_is_remembered() {
    let hub = stopped().await;
    let (folder, database) = (Scratch::new().expect("a folder"), empty());
    let file = format!("sqlite:{}", folder.path().join("begun.db").display());
    let url = database.as_ref().map_or(file.as_str(), TestDatabase::url);
    open_as_first(url).await.close().await;
    let words = ["there is no hub in", "hub.mark", "restore", "begin anew"];
    let all_refuse_it = || {
        all_refuse_beside(&hub, url, &words);
        all_refuse(&hub, url, &words);
    };
    all_refuse_it();
    // An earlier version has not remembered which hub it was.
    let remembered = fs::read_to_string(mark(&hub)).expect("it is there");
    let (earlier, _) = remembered.split_once(" made:").expect("it says so now");
    fs::write(mark(&hub), format!("{earlier}\n")).expect("it is written");
    all_refuse_it();
    // It does not open a schema with more steps.
    let begun = open_as_first(url).await;
    let mut reader = begun.read().await.expect("a reader");
    let rows = sql!("SELECT (SELECT COUNT(*) FROM hub) + (SELECT COUNT(*) FROM users)");
    let rows: i64 = reader.fetch_one(rows, args![]).await.expect("a number");
    assert_eq!(rows, 0);
    reader.close().await;
    begun.close().await;
}

/// The database as the first version opened it.
async fn open_as_first(url: &str) -> Db {
    const FIRST: Migrations = Migrations::new(MIGRATIONS.steps().split_at(1).0);
    let options = StoreOptions::new(url.parse().expect("an address"));
    let db = Db::open_with_migrations(&options, &FIRST).await;
    db.expect("a database")
}

#[tokio::test]
async fn what_is_remembered_and_not_whole_is_as_if_it_were_lost() {
    let mut hub = stopped().await;
    let mut last = 1;
    for junk in [&b""[..], b"a 1", &[0xff; 4096]] {
        fs::write(mark(&hub), junk).expect("it is written");
        hub.run().await;
        let raised = generation(&hub).await;
        assert!(raised > last, "{raised} after {last}");
        last = raised;
        assert_eq!(hub.stop().await, Some(0));
        hub.run().await;
        assert_eq!(generation(&hub).await, last, "it was made anew");
        assert_eq!(hub.stop().await, Some(0));
    }
    fs::remove_file(mark(&hub)).expect("it was there");
    fs::create_dir(mark(&hub)).expect("a folder");
    all_refuse(&hub, &hub.database_url(), &["hub.mark is not a file"]);
}

/// More than a page of history, so that some of it lies where nothing else is.
const MESSAGES: usize = 60;

#[tokio::test]
async fn damage_that_shows_while_the_hub_runs_ends_it_and_keeps_it_from_starting() {
    if engine() == Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let long = "x".repeat(4000);
    for _ in 0..MESSAGES {
        owner.say(&community.channel, &long).await;
    }
    assert_eq!(hub.stop().await, Some(0));
    let file = hub.data_dir().join("battala.db");
    let whole = fs::read(&file).expect("a database");
    let damage = vec![0xa5; MESSAGES * long.len() * 3 / 4];
    let long_pages = u64::try_from(whole.len() - damage.len()).expect("small");

    hub.run().await;
    // Not the head, which would say that the log is another file's.
    let damaged = fs::File::options().write(true).open(&file);
    let damaged = damaged.expect("it is there");
    let written = damaged.write_all_at(&damage, long_pages);
    written.expect("it is damaged");
    let path = format!("/api/channels/{}/messages", community.channel);
    let read = Request::new("GET", &path).bearer(&owner.token);
    // Whether the answer still comes is the end's to say.
    if let Ok(answer) = hub.http.try_send(&read).await {
        answer.refused(503, "unavailable");
    }
    let (code, errors) = hub.ended().await;
    assert_eq!(code, Some(1), "{errors:?}");
    let is_said =
        |line: &String| line.contains("can no longer be trusted") && line.contains("malformed");
    assert!(errors.iter().any(is_said), "{errors:?}");

    let url = hub.database_url();
    all_refuse(&hub, &url, &["is damaged; restore a backup"]);
    // What the hub wrote before it ended is of another state.
    put_back(&whole, &hub.data_dir());
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), MESSAGES);
}

/// The first byte of a page that holds the last entries of an index, and of no table.
const INDEX_LEAF: u8 = 10;

#[tokio::test]
async fn an_index_that_is_not_that_of_its_table_keeps_the_hub_from_starting() {
    if engine() == Engine::Postgres {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let path = format!("/channels/{}/messages", community.channel);
    let body = json!({"content": "tea", "nonce": "one-of-a-kind"});
    owner.post(&path, body).await.is(201);
    assert_eq!(hub.stop().await, Some(0));
    let file = hub.data_dir().join("battala.db");
    let whole = fs::read(&file).expect("a database");
    let mut damaged = whole.clone();
    let mut changed = 0;
    for page in damaged
        .chunks_exact_mut(4096)
        .filter(|page| page[0] == INDEX_LEAF)
    {
        let nonce = b"one-of-a-kind";
        if let Some(at) = page.windows(nonce.len()).position(|part| part == nonce) {
            page[at + nonce.len() - 1] = b'Z';
            changed += 1;
        }
    }
    assert_eq!(changed, 1, "one index has it");
    fs::write(&file, damaged).expect("it is damaged");

    hub.run().await;
    // The server's messages are removed from the table and from its indexes.
    owner.delete(&community.path("")).await.is(204);
    let (code, errors) = hub.ended().await;
    assert_eq!(code, Some(1), "{errors:?}");
    let url = hub.database_url();
    all_refuse(&hub, &url, &["is damaged; restore a backup"]);
    // What the hub wrote before it ended is of another state.
    put_back(&whole, &hub.data_dir());
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), 1);
}

#[tokio::test]
async fn damage_that_a_start_or_a_look_meets_is_called_so_at_once() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    let whole = fs::read(hub.data_dir().join("battala.db")).expect("a database");
    let words = ["is damaged; restore a backup"];
    // What every start reads.
    let first_tables = 3 * PAGE_BYTES..7 * PAGE_BYTES;
    for command in [&COMMANDS[..], &COMMANDS_BESIDE[1..]].concat() {
        damage(&hub, &whole, first_tables.clone());
        refuses(&hub, &hub.database_url(), command, &words);
    }
    damage(&hub, &whole, first_tables);
    refuses(&hub, &hub.database_url(), &["serve"], &words);
    // A hub has said so of the file: to whoever reads nothing of what is damaged, too.
    all_refuse_beside(&hub, &hub.database_url(), &words);
    for command in [["admin", "jobs"], ["admin", "retry-jobs"]] {
        damage(&hub, &whole, page_of_jobs(&hub, &whole).await);
        refuses(&hub, &hub.database_url(), &command, &words);
    }
}

/// Of a file of SQLite.
const PAGE_BYTES: usize = 4096;

/// The file as it was, but for this, and of which nobody has said that it is damaged.
fn damage(hub: &TestHub, whole: &[u8], part: Range<usize>) {
    let mut damaged = whole.to_owned();
    damaged[part].fill(0xa5);
    put_back(&damaged, &hub.data_dir());
    fs::write(hub.data_dir().join("battala.db.lock"), "").expect("it is written");
}

/// Where the jobs are, in a file that is whole.
async fn page_of_jobs(hub: &TestHub, whole: &[u8]) -> Range<usize> {
    put_back(whole, &hub.data_dir());
    let options = StoreOptions::new(hub.database_url().parse().expect("an address"));
    let mut reader = Db::read_beside(&options).await.expect("a reader");
    let page = sql!("SELECT rootpage FROM sqlite_master WHERE name = 'jobs'");
    let page: i64 = reader.fetch_one(page, args![]).await.expect("a number");
    reader.close().await;
    let end = usize::try_from(page).expect("small") * PAGE_BYTES;
    end - PAGE_BYTES..end
}
