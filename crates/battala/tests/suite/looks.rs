//! Who looks at the data of a hub changes no byte of it, and says whose it is where he may not look.

use std::fs;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use battala_store::sql;
use battala_testkit::Scratch;

use crate::databases::{COMMANDS, MAY_PASS, change, code_of, refused, said, stopped};
use crate::harness::{Engine, TestHub, engine, files_of};

/// Where the head of the file says with what it is written and read, and that it is without a log.
const MODE_AT: u64 = 18;
const WITHOUT_LOG: [u8; 2] = [1, 1];

/// What looks, and succeeds where a hub is.
const LOOKS: [&[&str]; 2] = [&["config", "check"], &["admin", "jobs"]];

/// A hub's own looks at its data find it, and change no file.
fn looks_change_nothing(hub: &TestHub) {
    let left = files_of(&hub.data_dir());
    for command in LOOKS {
        let output = hub.command(command);
        assert!(output.status.success(), "{command:?}: {}", said(&output));
        let is_unchanged = files_of(&hub.data_dir()) == left;
        assert!(is_unchanged, "{command:?} changed a file");
    }
}

#[tokio::test]
async fn a_look_at_what_a_killed_hub_left_changes_no_byte_of_it() {
    if engine() == Engine::Postgres {
        return;
    }
    let other = stopped().await;
    let mut hub = TestHub::start().await;
    hub.user("ana").await;
    hub.kill();
    let log = fs::metadata(hub.data_dir().join("battala.db-wal"));
    assert!(log.expect("it is there").len() > 0);
    looks_change_nothing(&hub);
    let left = files_of(&hub.data_dir());
    let url = hub.database_url();
    for command in LOOKS.iter().chain([&["serve"][..]].iter()) {
        let told = said(&other.command_at(&url, command));
        assert!(told.contains("the database holds another hub"), "{told}");
        let is_unchanged = files_of(&hub.data_dir()) == left;
        assert!(is_unchanged, "{command:?} of another hub");
    }
    // What stands only in the log is there.
    hub.run().await;
    hub.login("ana").await;
}

#[tokio::test]
async fn a_look_at_what_a_stopped_hub_left_or_a_tool_made_of_it_changes_no_byte_of_it() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    looks_change_nothing(&hub);
    let file = fs::File::options();
    let file = file
        .clone()
        .write(true)
        .open(hub.data_dir().join("battala.db"));
    let made = file
        .expect("it is there")
        .write_all_at(&WITHOUT_LOG, MODE_AT);
    made.expect("it is written");
    looks_change_nothing(&hub);
}

/// What a process may read of a large file that only looks whether a hub could begin on it: the program
/// itself, and a few pages of each table.
const LOOK_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[tokio::test]
async fn a_look_reads_a_few_pages_of_a_file_however_large_it_is() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    let much = sql!("CREATE TABLE much AS SELECT zeroblob(48000000) AS bytes");
    change(&hub, vec![much]).await;
    let file = fs::metadata(hub.data_dir().join("battala.db"));
    assert!(file.expect("it is there").len() > 10 * LOOK_BYTES_MAX);
    let create: &[&str] = &["admin", "create", "eve", "--password-stdin"];
    let looks = [LOOKS[0], LOOKS[1], create];
    for command in looks {
        let (output, bytes) = hub.command_and_bytes_read(command).await;
        let said = said(&output);
        assert!(bytes < LOOK_BYTES_MAX, "{command:?}: {bytes} bytes: {said}");
        assert!(!said.contains("damaged"), "{command:?}: {said}");
    }
}

/// A user who owns nothing.
const SOMEBODY: u32 = 65_534;

/// Runs the command as somebody who may read nothing of what belongs to root, where the tests run as
/// root.
fn as_somebody(hub: &TestHub, arguments: &[&str]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_battala"));
    let place = Scratch::new().expect("a folder");
    let mut command = if is_root() {
        // The folders around the binary may be closed to others.
        let copy = place.path().join("battala");
        fs::copy(binary, &copy).expect("room for a copy");
        let mut command = Command::new(copy);
        command.uid(SOMEBODY).gid(SOMEBODY);
        command
    } else {
        Command::new(binary)
    };
    command
        .env_clear()
        .env("BATTALA_DATA_DIR", hub.data_dir())
        .env("BATTALA_DATABASE_URL", hub.database_url())
        .env("BATTALA_LISTEN", "127.0.0.1:0")
        .current_dir("/")
        .args(arguments)
        .output()
        .expect("the binary starts")
}

fn set_mode(path: &Path, mode: u32) {
    let mode = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, mode).expect("a mode");
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[tokio::test]
async fn data_that_this_user_may_not_read_is_not_called_missing() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    let folder = hub.data_dir();
    set_mode(&folder, 0o000);
    for command in COMMANDS {
        let said = refused(code_of(command, MAY_PASS), || as_somebody(&hub, command));
        assert!(said.contains("Permission denied"), "{command:?}: {said}");
        assert!(!said.contains("there is no hub"), "{command:?}: {said}");
        assert!(said.contains(&whose(&folder)), "{command:?}: {said}");
    }
    set_mode(&folder, 0o700);
}

/// What is said of a path to somebody who may not use it.
fn whose(path: &Path) -> String {
    let found = fs::metadata(path).expect("it is there");
    let (path, owner, mode) = (path.display(), found.uid(), found.mode() & 0o777);
    let other = if is_root() { SOMEBODY } else { owner };
    format!("{path} is user {owner}'s with mode {mode:03o}, and this is user {other}")
}

#[tokio::test]
async fn a_file_of_another_user_is_named_with_whose_it_is() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    let folder = hub.data_dir();
    let give = |path: &Path, user, mode| {
        if is_root() {
            std::os::unix::fs::chown(path, Some(user), None).expect("it may");
        }
        set_mode(path, mode);
    };
    let open = |path: &Path| give(path, SOMEBODY, 0o700);
    let around = folder.parent().expect("a folder");
    set_mode(around, 0o755);
    open(&folder);
    let entries = fs::read_dir(&folder).expect("a folder");
    entries.for_each(|entry| open(&entry.expect("an entry").path()));
    for (name, commands) in [
        ("battala.db", &COMMANDS[..]),
        ("battala.db-wal", &COMMANDS[..]),
        ("battala.db.lock", &[&["serve"]]),
        ("hub.mark", &COMMANDS[..]),
        ("secret.key", &[&["config", "check"], &["serve"]]),
    ] {
        let file = folder.join(name);
        let is_there = file.exists();
        let touched = fs::File::options().append(true).create(true).open(&file);
        drop(touched.expect("a file"));
        give(&file, 0, if is_root() { 0o600 } else { 0o000 });
        for command in commands {
            let said = refused(code_of(command, MAY_PASS), || as_somebody(&hub, command));
            assert!(said.contains(&whose(&file)), "{command:?}: {said}");
        }
        open(&file);
        if !is_there {
            fs::remove_file(&file).expect("it was there");
        }
    }
}
