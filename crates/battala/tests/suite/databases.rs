//! What every command says of a database that is away, another's, old, new, locked or not to be read:
//! within seconds, in a sentence that says what is the matter.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Output};
use std::time::Duration;

use battala_store::{Db, DbError, Options as StoreOptions, Sql, args, sql};
use battala_testkit::{Scratch, patience};
use tokio::time::Instant;

use crate::harness::{EXIT_LASTING, Engine, Options, TestHub, engine};

/// Everything that opens the database.
pub(crate) const COMMANDS: [&[&str]; 5] = [
    &["admin", "jobs"],
    &["admin", "retry-jobs"],
    &["admin", "reset-password", "ana"],
    &["config", "check"],
    &["serve"],
];

/// Nobody sits before a terminal for longer than this without a word.
const WORDS_MAX: Duration = Duration::from_secs(15);

pub(crate) fn said(output: &Output) -> String {
    let (out, errors) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(errors)
}

/// What the exit code says of it.
const LASTS: i32 = EXIT_LASTING;
pub(crate) const MAY_PASS: i32 = 1;

/// What it says when it fails, in time.
pub(crate) fn refused(code: i32, run: impl FnOnce() -> Output) -> String {
    let began = Instant::now();
    let output = run();
    let said = said(&output);
    assert!(began.elapsed() < patience(WORDS_MAX), "so late: {said}");
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(
        !said.contains("went wrong") && !said.contains("busy"),
        "{said}"
    );
    said
}

/// A check says of the settings that they are not usable now.
pub(crate) fn code_of(command: &[&str], code: i32) -> i32 {
    if command == ["config", "check"] {
        LASTS
    } else {
        code
    }
}

/// Every command refuses with these words.
fn all_refuse(code: i32, hub: &TestHub, url: &str, words: &[&str]) {
    for command in COMMANDS {
        let said = refused(code_of(command, code), || hub.command_at(url, command));
        for word in words {
            assert!(said.contains(word), "{command:?}, {word:?}: {said}");
        }
    }
}

pub(crate) async fn stopped() -> TestHub {
    let mut hub = TestHub::start().await;
    hub.user("ana").await;
    hub.stop().await;
    hub
}

pub(crate) async fn change(hub: &TestHub, statements: Vec<Sql>) {
    let options = StoreOptions::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("a database");
    let changed = db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            for statement in statements {
                tx.execute(statement, args![]).await?;
            }
            Ok(())
        })
    });
    changed.await.expect("changed");
    db.close().await;
}

#[tokio::test]
async fn a_newer_schema_is_named_by_its_last_step() {
    let hub = stopped().await;
    let newer = sql!(
        "INSERT INTO schema_migrations (number, name, checksum) ",
        "VALUES (98, '0098_soon', ''), (99, '0099_later', '')"
    );
    change(&hub, vec![newer]).await;
    let words = ["its schema is at 0099_later", "install the newer version"];
    all_refuse(LASTS, &hub, &hub.database_url(), &words);
}

#[tokio::test]
async fn an_older_schema_is_named_and_only_looked_at() {
    let hub = stopped().await;
    let last = sql!(
        "DELETE FROM schema_migrations WHERE number = (SELECT MAX(number) FROM schema_migrations)"
    );
    change(&hub, vec![last]).await;
    let said = refused(LASTS, || hub.command(&["admin", "jobs"]));
    assert!(
        said.contains("of an older version") && said.contains("start the hub"),
        "{said}"
    );
    let output = hub.command(&["config", "check"]);
    let told = self::said(&output);
    assert!(
        output.status.success() && told.contains("of an earlier version"),
        "{told}"
    );
}

#[tokio::test]
async fn what_the_database_refuses_the_hub_itself_is_one_line_with_the_cause() {
    let mut hub = stopped().await;
    let away = sql!("ALTER TABLE jobs RENAME TO jobs_away");
    change(&hub, vec![away]).await;
    hub.run().await;
    let says = |words: &'static str| {
        let is_said = move |line: &str| line.contains(words).then(|| line.to_owned());
        hub.logged(words, is_said)
    };
    for words in [
        "the jobs of the process before go on later",
        "deleted servers and channels without a job were not looked for",
        "the queue of jobs was not read; it goes on later",
    ] {
        let line = says(words).await;
        assert!(
            line.contains("ERROR") && line.contains("database error: "),
            "{line}"
        );
    }
    assert_eq!(hub.stop().await, Some(0));
    let log = hub.log();
    assert!(
        !log.contains("went wrong here") && !log.contains("request failed"),
        "{log}"
    );
    assert_eq!(hub.take_errors().len(), 3);
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    let hub = stopped().await;
    change(&hub, vec![sql!("DROP TABLE schema_migrations")]).await;
    let words = ["holds tables of another program", "a database of its own"];
    all_refuse(LASTS, &hub, &hub.database_url(), &words);
}

#[tokio::test]
async fn a_file_that_is_no_database_or_not_to_be_read_is_called_so() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = stopped().await;
    let folder = Scratch::new().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let address = |name: &str| format!("sqlite:{}", at(name).display());
    std::fs::write(at("text"), "no database ".repeat(1000)).expect("written");
    all_refuse(
        LASTS,
        &hub,
        &address("text"),
        &["text is not a database of SQLite"],
    );
    let url = hub.database_url();
    let whole = url.strip_prefix("sqlite:").expect("a file");
    let mut bytes = std::fs::read(whole).expect("a database");
    // Of the first page all but the head.
    bytes[100..4000].fill(0xff);
    std::fs::write(at("damaged"), bytes).expect("written");
    all_refuse(
        LASTS,
        &hub,
        &address("damaged"),
        &["damaged is damaged", "backup"],
    );
    symlink(at("loop"), at("loop")).expect("a link");
    all_refuse(
        MAY_PASS,
        &hub,
        &address("loop"),
        &["cannot open", "loop: ", "symbolic links"],
    );
    all_refuse(
        LASTS,
        &hub,
        "sqlite:/dev/null",
        &["/dev/null is not a file"],
    );
    std::fs::create_dir(at("folder")).expect("a folder");
    all_refuse(LASTS, &hub, &address("folder"), &["folder is not a file"]);
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["damaged", "folder", "loop", "text"],
        "something was made beside them"
    );
}

#[tokio::test]
async fn a_server_that_is_away_or_knows_nothing_of_us_is_named() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = stopped().await;
    let (listener, silent) = (
        TcpListener::bind("127.0.0.1:0"),
        TcpListener::bind("127.0.0.1:0"),
    );
    let free = listener.expect("a port").local_addr().expect("bound");
    let silent = silent.expect("a port");
    let at = |place: &str| format!("postgres://battala@{place}/hub?sslmode=disable");
    let away = format!("no PostgreSQL answers at postgres://{free}/hub");
    all_refuse(
        MAY_PASS,
        &hub,
        &at(&free.to_string()),
        &[&away, "refused", "start it"],
    );
    let place = silent.local_addr().expect("bound").to_string();
    all_refuse(
        MAY_PASS,
        &hub,
        &at(&place),
        &[&place, "does not answer in time"],
    );
    all_refuse(
        MAY_PASS,
        &hub,
        "postgres:///hub?host=/nowhere",
        &["host=/nowhere", "start it"],
    );
    let url = hub.database_url();
    let (before, after) = url.split_once('?').expect("a parameter");
    let (server, _) = before.rsplit_once('/').expect("a name");
    let other = format!("{server}/nowhere?{after}");
    all_refuse(
        MAY_PASS,
        &hub,
        &other,
        &["has no such database", "nowhere", "correct the name"],
    );
    let stranger = format!("{url}&user=stranger");
    all_refuse(
        MAY_PASS,
        &hub,
        &stranger,
        &["does not let this user in", "stranger"],
    );
    let missing = format!("{url}&sslrootcert=/nowhere/root.pem");
    all_refuse(MAY_PASS, &hub, &missing, &["cannot open /nowhere/root.pem"]);
}

#[tokio::test]
async fn settings_that_are_usable_are_told_with_what_was_looked_at_and_nothing_is_made() {
    let mut hub = Options::default().start().await;
    let told = said(&hub.command(&["config", "check"]));
    for word in [
        "battala.toml",
        "data_dir: ",
        "can be written",
        "secret.key: ",
        "database_url: ",
        "listen: ",
        "links begin with",
        "the settings are usable",
    ] {
        assert!(told.contains(word), "{word:?}: {told}");
    }
    let content = match engine() {
        Engine::Sqlite => "holds a hub of this version",
        Engine::Postgres => "is served by a hub at this moment",
    };
    assert!(told.contains(content), "{told}");
    hub.stop().await;
    let names = |hub: &TestHub| {
        let entries = std::fs::read_dir(hub.data_dir()).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|it| it.expect("an entry").file_name())
            .collect();
        names.sort();
        names
    };
    let before = names(&hub);
    let told = said(&hub.command(&["config", "check"]));
    assert!(told.contains("holds a hub of this version"), "{told}");
    let told = said(&hub.command(&["admin", "jobs"]));
    assert!(told.starts_with("0 waiting"), "{told}");
    assert_eq!(names(&hub), before);
}

#[test]
fn settings_that_cannot_work_here_are_not_called_usable() {
    let folder = Scratch::new().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").to_string();
    let data = folder.path().join("data");
    let check = |more: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_battala"));
        command
            .env_clear()
            .env("BATTALA_DATA_DIR", &data)
            .env("BATTALA_LISTEN", "127.0.0.1:0")
            .envs(more.iter().copied())
            .current_dir(folder.path())
            .args(["config", "check"]);
        command.output().expect("the binary starts")
    };
    let told = said(&check(&[]));
    assert!(
        told.contains("data is not there; the first start makes it"),
        "{told}"
    );
    assert!(!data.exists());
    let told = refused(LASTS, || check(&[("BATTALA_LISTEN", &port)]));
    assert!(told.contains("is in use by another program"), "{told}");
    let told = refused(LASTS, || check(&[("BATTALA_LISTEN", "192.0.2.1:3000")]));
    assert!(told.contains("cannot listen on 192.0.2.1:3000"), "{told}");
    let told = refused(LASTS, || {
        check(&[("BATTALA_DATABASE_URL", "sqlite:nowhere/hub.db")])
    });
    assert!(told.contains("the folder nowhere does not exist"), "{told}");
    std::fs::create_dir(&data).expect("a folder");
    let key = data.join("secret.key");
    std::fs::write(&key, [7; 32]).expect("written");
    let mode = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&key, mode).expect("a mode");
    };
    mode(0o644);
    let told = refused(LASTS, || check(&[]));
    assert!(told.contains("secret.key can be read by others"), "{told}");
    mode(0o600);
    let told = said(&check(&[]));
    assert!(told.contains("the settings are usable"), "{told}");
    std::fs::write(&key, "short").expect("written");
    let told = refused(LASTS, || check(&[]));
    assert!(told.contains("is not a key of 32 bytes"), "{told}");
    assert!(told.contains("everybody has to sign in again"), "{told}");
    std::fs::remove_dir_all(&data).expect("removed");
    std::fs::write(&data, "a file").expect("written");
    let told = refused(LASTS, || check(&[]));
    assert!(told.contains("data is not a folder"), "{told}");
}
