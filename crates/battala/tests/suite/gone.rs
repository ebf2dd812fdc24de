//! A database that is not the one of which the data directory knows: the hub says so and begins
//! nothing in its place.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use battala_testkit::{Scratch, TestDatabase};

use crate::harness::{Engine, TestHub, engine};

/// What would begin a hub, or says that a start would.
const COMMANDS: [&[&str]; 3] = [
    &["serve"],
    &["config", "check"],
    &["admin", "create", "eve"],
];

fn said(output: &Output) -> String {
    let (out, errors) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(errors)
}

/// Every command refuses with these words.
fn all_refuse(hub: &TestHub, url: &str, words: &[&str]) {
    for command in COMMANDS {
        let output = hub.command_at(url, command);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{command:?}, {word:?}: {said}");
        }
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
    assert!(!missing.exists(), "nothing was made");
    if engine() == Engine::Sqlite {
        fs::write(&missing, "").expect("an empty file");
        all_refuse(&hub, url, &words);
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
    for command in [&["serve"][..], &["config", "check"]] {
        let output = hub.command_at(&other.database_url(), command);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert!(said.contains("holds another hub"), "{command:?}: {said}");
        assert!(said.contains("hub.mark"), "{command:?}: {said}");
    }
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
