//! A copy that is put back while what a killed hub wrote last still stands beside it: SQLite would write
//! that into the copy, and the hub would serve what comes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::gone::refuses;
use crate::harness::{Community, Engine, TestHub, User, engine, files_of};

/// Each of what opens the database, first what ends by itself.
const COMMANDS: [&[&str]; 6] = [
    &["config", "check"],
    &["admin", "jobs"],
    &["admin", "retry-jobs"],
    &["admin", "reset-password", "owner"],
    &["admin", "create", "eve"],
    &["serve"],
];

const WORDS: [&str; 4] = [
    "battala.db-wal is the log of another state",
    "nothing was changed",
    "remove the log",
    "put back the file",
];

/// What is said where no database stands beside the log.
const WORDS_ALONE: [&str; 4] = [
    "battala.db-wal is the log of a database, and battala.db beside it",
    "nothing was changed",
    "put back the file",
    "remove the log",
];

/// How people put back a file.
const WAYS: [fn(&Path, &Path); 3] = [
    |copy, file| {
        let bytes = fs::read(copy).expect("a copy");
        fs::write(file, bytes).expect("it is written over");
    },
    |copy, file| {
        fs::remove_file(file).expect("it was there");
        fs::copy(copy, file).expect("a copy");
    },
    |copy, file| {
        let beside = file.with_file_name("restored");
        fs::copy(copy, &beside).expect("a copy");
        fs::rename(beside, file).expect("it takes its place");
    },
];

fn file(hub: &TestHub) -> PathBuf {
    hub.data_dir().join("battala.db")
}

fn log(hub: &TestHub) -> PathBuf {
    hub.data_dir().join("battala.db-wal")
}

/// All of these commands refuse, and every file stays as it is.
fn all_refuse(hub: &TestHub, commands: &[&[&str]], words: &[&str]) {
    let before = files_of(&hub.data_dir());
    for command in commands {
        refuses(hub, &hub.database_url(), command, words);
        let is_unchanged = files_of(&hub.data_dir()) == before;
        assert!(is_unchanged, "{command:?} changed a file");
    }
}

/// A hub that was killed after its second start since a copy was made, and the copy.
async fn killed() -> (TestHub, Community, User, PathBuf) {
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    owner.say(&community.channel, "kept").await;
    assert_eq!(hub.stop().await, Some(0));
    let copy = hub.data_dir().with_file_name("copy");
    fs::copy(file(&hub), &copy).expect("a copy");
    hub.run().await;
    owner.say(&community.channel, "before a stop").await;
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    owner.say(&community.channel, "before the kill").await;
    hub.kill();
    (hub, community, owner, copy)
}

#[tokio::test]
async fn a_copy_beside_the_log_of_a_killed_hub_is_refused_and_both_ways_out_lead_on() {
    if engine() == Engine::Postgres {
        return;
    }
    let (mut hub, community, owner, copy) = killed().await;
    let own = fs::read(file(&hub)).expect("a database");
    for put_back in WAYS {
        put_back(&copy, &file(&hub));
        all_refuse(&hub, &COMMANDS, &WORDS);
    }
    fs::write(file(&hub), own).expect("it is put back");
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), 3);
    owner.say(&community.channel, "before another kill").await;
    hub.kill();

    WAYS[2](&copy, &file(&hub));
    all_refuse(&hub, &COMMANDS[..1], &WORDS);
    fs::remove_file(log(&hub)).expect("it was there");
    hub.run().await;
    let kept = owner.history(&community.channel).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["content"], json!("kept"));
    // The hub goes on from there, also over a kill.
    owner.say(&community.channel, "after it").await;
    hub.kill();
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), 2);
}

#[tokio::test]
async fn a_log_whose_database_is_gone_is_not_removed() {
    if engine() == Engine::Postgres {
        return;
    }
    let (mut hub, community, owner, _) = killed().await;
    let aside = hub.data_dir().with_file_name("aside");
    let (mark, mark_aside) = (
        hub.data_dir().join("hub.mark"),
        aside.with_extension("mark"),
    );
    fs::rename(file(&hub), &aside).expect("it was there");
    for is_remembered in [true, false] {
        if !is_remembered {
            fs::rename(&mark, &mark_aside).expect("it was there");
        }
        all_refuse(&hub, &COMMANDS, &WORDS_ALONE);
        fs::write(file(&hub), "").expect("an empty file");
        all_refuse(&hub, &COMMANDS, &WORDS_ALONE);
        fs::remove_file(file(&hub)).expect("it was there");
    }
    fs::rename(aside, file(&hub)).expect("it was there");
    fs::rename(mark_aside, mark).expect("it was there");
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), 3);
}

#[tokio::test]
async fn a_killed_hub_starts_from_a_copy_of_its_folder_and_from_a_log_that_is_cut_off() {
    if engine() == Engine::Postgres {
        return;
    }
    let (mut hub, community, owner, copy) = killed().await;
    let copied = copy.with_file_name("folder");
    let command = Command::new("cp")
        .arg("-a")
        .args([&hub.data_dir(), &copied])
        .status();
    assert!(command.expect("cp starts").success());
    fs::remove_dir_all(hub.data_dir()).expect("it was there");
    fs::rename(copied, hub.data_dir()).expect("it takes its place");
    hub.run().await;
    assert_eq!(owner.history(&community.channel).await.len(), 3);
    owner.say(&community.channel, "cut off, perhaps").await;
    hub.kill();
    let cut = fs::OpenOptions::new().write(true).open(log(&hub));
    let cut = cut.expect("a log");
    let bytes = cut.metadata().expect("its size").len();
    cut.set_len(bytes - 1000).expect("it is cut off");
    hub.run().await;
    assert!(owner.history(&community.channel).await.len() >= 3);
}

#[tokio::test]
async fn a_hub_that_writes_is_no_reason_to_refuse_who_looks_beside_it() {
    const LOOKS: usize = 10;
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    for number in 0..LOOKS {
        owner.say(&community.channel, &"long ".repeat(500)).await;
        let looked = hub.command(&["admin", "jobs"]);
        assert!(looked.status.success(), "{number}: {looked:?}");
    }
    assert_eq!(owner.history(&community.channel).await.len(), LOOKS);
}
