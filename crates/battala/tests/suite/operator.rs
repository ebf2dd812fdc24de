//! What an operator does at the machine, and what it says when something is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use battala_testkit::Scratch;

use crate::harness::{EXIT_LASTING, Engine, Options, TestHub, engine};

/// A directory that does not exist yet, and does not remain.
struct Nowhere(PathBuf);

impl Nowhere {
    fn new(name: &str) -> Self {
        let name = format!("battala-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Nowhere {
    fn drop(&mut self) {
        // It is not there when all is well.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn battala(arguments: &[&str], data_dir: &Path, more: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_battala"))
        .args(arguments)
        .env_clear()
        .env("BATTALA_DATA_DIR", data_dir)
        .env("BATTALA_LISTEN", "127.0.0.1:0")
        .envs(more.iter().copied())
        .current_dir(std::env::temp_dir())
        .output()
        .expect("the binary starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_reset_link_is_looked_for_where_a_hub_is_and_makes_none() {
    let nowhere = Nowhere::new("reset");
    let output = battala(&["admin", "reset-password", "ana"], nowhere.path(), &[]);
    assert!(!output.status.success());
    let place = nowhere.path().display().to_string();
    let said = said(&output);
    assert!(
        said.contains("there is no hub in") && said.contains(&place),
        "{said}"
    );
    assert!(!nowhere.path().exists(), "it made what it looked for");
}

#[tokio::test]
async fn a_password_is_asked_for_when_all_else_is_well() {
    if engine() == Engine::Postgres {
        return;
    }
    let hub = TestHub::start().await;
    // There is nothing on its input.
    let create = |name| hub.command(&["admin", "create", name, "--password-stdin"]);
    let words = said(&create("ana"));
    assert!(words.contains("stop the running hub first"), "{words}");
    let words = said(&create("no name"));
    assert!(words.contains("username"), "{words}");
    let mut hub = hub;
    hub.stop().await;
    let words = said(&hub.command(&["admin", "create", "ana", "--password-stdin"]));
    assert!(words.contains("password"), "{words}");
}

#[test]
fn an_account_that_is_refused_begins_no_hub() {
    let (nowhere, input) = (Nowhere::new("refused"), Scratch::new().expect("a folder"));
    let input = input.path().join("password");
    for (password, told) in [
        ("short\n", "password: "),
        ("password12\n", "anyone would guess"),
        ("", "password"),
    ] {
        std::fs::write(&input, password).expect("written");
        let output = Command::new(env!("CARGO_BIN_EXE_battala"))
            .args(["admin", "create", "ana", "--password-stdin"])
            .env_clear()
            .env("BATTALA_DATA_DIR", nowhere.path())
            .stdin(std::fs::File::open(&input).expect("a file"))
            .output()
            .expect("the binary starts");
        assert!(!output.status.success());
        assert!(said(&output).contains(told), "{}", said(&output));
        assert!(!nowhere.path().exists(), "{password:?} began a hub");
    }
}

#[tokio::test]
async fn a_reset_link_says_for_whom_and_how_long_and_misses_an_account_by_name() {
    let mut hub = TestHub::start().await;
    hub.user("ana").await;
    hub.stop().await;
    let output = hub.command(&["admin", "reset-password", "ana"]);
    let link = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        link.trim().contains("/reset#") && link.lines().count() == 1,
        "{link}"
    );
    let words = said(&output);
    assert!(
        words.contains("ana") && words.contains("24 hours"),
        "{words}"
    );
    let output = hub.command(&["admin", "reset-password", "nobody"]);
    assert!(!output.status.success());
    let words = said(&output);
    assert!(words.contains("there is no account nobody in"), "{words}");
}

#[test]
fn a_preset_password_that_anyone_would_guess_is_a_fault_of_the_settings() {
    let nowhere = Nowhere::new("preset");
    let preset = [
        ("BATTALA_SETUP_ADMIN_NAME", "ana"),
        ("BATTALA_SETUP_ADMIN_PASSWORD", "password123"),
    ];
    for command in [&["config", "check"][..], &["serve"][..]] {
        let output = battala(command, nowhere.path(), &preset);
        assert_eq!(output.status.code(), Some(EXIT_LASTING));
        let said = said(&output);
        let sentence = "setup.admin_password: is among the first that anyone would guess";
        assert!(said.contains(sentence), "{said}");
    }
    assert!(!nowhere.path().exists());
}

/// What is named may be mounted later, or be made by another service.
#[test]
fn a_file_of_settings_that_is_named_and_not_there_may_come_later() {
    const SECRET: (&str, &str) = ("BATTALA_DATABASE_URL_FILE", "/nowhere/url");
    let nowhere = Nowhere::new("settings");
    let serve = ["serve", "--config", "/nowhere/battala.toml"];
    for (arguments, more, named) in [
        (&serve[..], &[][..], "/nowhere/battala.toml"),
        (&["serve"], &[SECRET], SECRET.0),
        (&["admin", "jobs"], &[SECRET], SECRET.0),
    ] {
        let output = battala(arguments, nowhere.path(), more);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains(named) && said.contains("No such file"),
            "{said}"
        );
    }
    // All else that is wrong stays so, and a check says only whether all is well now.
    let misspelt = ("BATTALA_LISTN", "127.0.0.1:0");
    let folder = ("BATTALA_DATABASE_URL_FILE", "/");
    for (arguments, more) in [
        (&["serve"][..], &[SECRET, misspelt][..]),
        (&["serve"], &[folder]),
        (&["config", "check"], &[SECRET]),
        (
            &["config", "check", "--config", "/nowhere/battala.toml"],
            &[],
        ),
    ] {
        let output = battala(arguments, nowhere.path(), more);
        let said = said(&output);
        assert_eq!(
            output.status.code(),
            Some(EXIT_LASTING),
            "{arguments:?}: {said}"
        );
    }
    assert!(!nowhere.path().exists());
}

#[test]
fn a_misspelt_level_of_the_log_is_named_and_does_not_turn_it_off() {
    let nowhere = Nowhere::new("level");
    for (level, sentence) in [
        ("inof", "log.level: \"inof\" is no level"),
        (
            "battala_hbu=debug",
            "log.level: \"battala_hbu\" is no target",
        ),
    ] {
        for command in [&["config", "check"][..], &["serve"][..]] {
            let output = battala(command, nowhere.path(), &[("BATTALA_LOG_LEVEL", level)]);
            assert!(!output.status.success());
            let said = said(&output);
            assert!(said.contains(sentence), "{said}");
        }
    }
    assert!(!nowhere.path().exists());
}

#[tokio::test]
async fn targets_of_the_log_that_an_earlier_version_took_are_named_and_left_out() {
    let mut log = toml::Table::new();
    log.insert(
        "level".to_owned(),
        "info,hyper=warn,tower_http=debug".into(),
    );
    let hub = Options::default().setting("log", log).start().await;
    let is_named = |line: &str| line.contains("hyper, tower_http") && line.contains("left out");
    let line = hub.logged("the line", |line| is_named(line).then(|| line.to_owned()));
    assert!(line.await.contains("WARN"));
    assert_eq!(hub.log().lines().filter(|line| is_named(line)).count(), 1);
    let checked = hub.command(&["config", "check"]).stdout;
    let checked = String::from_utf8_lossy(&checked);
    assert!(checked.lines().any(is_named), "{checked}");
}

#[tokio::test]
async fn a_port_that_another_hub_has_is_told_with_the_name_of_that_hub() {
    let mut hub = TestHub::start().await;
    let name = hub.get("/api/hub").await.is(200)["name"].clone();
    let name = name.as_str().expect("a name").to_owned();
    let nowhere = Nowhere::new("port");
    let address = hub.http.address.to_string();
    let listen = [("BATTALA_LISTEN", address.as_str())];
    // It may end by itself.
    for (command, code) in [(&["config", "check"][..], EXIT_LASTING), (&["serve"], 1)] {
        let output = battala(command, nowhere.path(), &listen);
        let words = said(&output);
        assert_eq!(output.status.code(), Some(code), "{words}");
        let told = format!("{address} is in use by another hub, \"{name}\"; end it, or");
        assert!(words.contains(&told), "{words}");
    }
    // The hub of these settings is no fault of theirs.
    let own = hub.data_dir().display().to_string();
    let url = hub.database_url();
    let more = [listen[0], ("BATTALA_DATABASE_URL", url.as_str())];
    let output = battala(&["config", "check"], Path::new(&own), &more);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", said(&output));
    let words = format!("in use by a hub that is healthy, \"{name}\"");
    assert!(told.contains(&words), "{told}");
    assert_eq!(hub.stop().await, Some(0));
}

#[test]
fn a_data_dir_that_can_never_be_is_told_alike_by_all_and_once() {
    let file = Nowhere::new("file");
    std::fs::write(file.path(), "a file").expect("written");
    let below = file.path().join("data");
    let not_a_folder = format!("{} is not a folder", file.path().display());
    let of_the_system = "nothing can be made in /proc, ";
    for (data_dir, words) in [
        (file.path(), not_a_folder.as_str()),
        (&below, &not_a_folder),
        (Path::new("/proc/battala"), of_the_system),
    ] {
        let refused = |command: &[&str]| {
            let output = battala(command, data_dir, &[]);
            let told = said(&output);
            assert_eq!(output.status.code(), Some(EXIT_LASTING), "{told}");
            let last = told.lines().last().expect("a line").to_owned();
            (told.lines().count(), last)
        };
        let (_, told) = refused(&["serve"]);
        let reason = told.strip_prefix("battala: ").expect("the program says it");
        assert!(reason.starts_with(words), "{told}");
        for command in [
            &["admin", "jobs"][..],
            &["admin", "create", "ana", "--password-stdin"],
        ] {
            assert_eq!(refused(command).1, told, "{command:?}");
        }
        let all = (2, format!("  data_dir: {reason}"));
        assert_eq!(refused(&["config", "check"]), all);
    }
    std::fs::remove_file(file.path()).expect("it is there");
}

#[test]
fn a_data_dir_behind_a_link_that_leads_nowhere_may_come_later() {
    let (link, nowhere) = (Nowhere::new("link"), Nowhere::new("unmounted"));
    std::os::unix::fs::symlink(nowhere.path(), link.path()).expect("a link");
    for (command, code) in [(&["serve"][..], 1), (&["config", "check"], EXIT_LASTING)] {
        let output = battala(command, link.path(), &[]);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains("is a link to what is not there"), "{told}");
    }
    std::fs::remove_file(link.path()).expect("it is there");
}

#[test]
fn a_hub_that_does_not_answer_is_named() {
    let output = battala(
        &["healthcheck"],
        Path::new("/nowhere"),
        &[("BATTALA_LISTEN", "127.0.0.1:9")],
    );
    assert!(!output.status.success());
    let told = said(&output);
    assert!(told.contains("no hub answers at 127.0.0.1:9; "), "{told}");
}

#[test]
fn a_hub_does_not_begin_in_a_folder_that_does_not_exist() {
    let (data, nowhere) = (Nowhere::new("data"), Nowhere::new("nowhere"));
    let url = format!("sqlite:{}/hub.db", nowhere.path().display());
    let output = battala(&["serve"], data.path(), &[("BATTALA_DATABASE_URL", &url)]);
    assert!(!output.status.success());
    let (said, place) = (said(&output), nowhere.path().display().to_string());
    // What it stands on may be mounted later.
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("database_url") && said.contains(&place) && said.contains("does not exist"),
        "{said}"
    );
    assert!(!nowhere.path().exists(), "it made the folder");
}

#[test]
fn an_address_that_is_plainly_a_mistake_is_found_before_anything_is_made() {
    let data = Nowhere::new("mistake");
    let url = [("BATTALA_DATABASE_URL", "sqlite:hub.db?mode=rwc")];
    for command in [&["serve"][..], &["config", "check"]] {
        let output = battala(command, data.path(), &url);
        assert!(!output.status.success());
        let said = said(&output);
        assert!(
            said.contains("database_url") && said.contains("parameters"),
            "{said}"
        );
    }
    assert!(!data.path().exists());
}

/// Of everything that is secret below.
const SECRET: &str = "hunter2";

#[test]
fn a_secret_in_a_file_that_cannot_be_read_is_not_shown() {
    let data = Nowhere::new("faulty");
    std::fs::create_dir(data.path()).expect("a folder");
    let file = data.path().join("battala.toml");
    for (text, place) in [
        (
            "[setup]\nadmin_password = hunter2secret\n",
            "setup.admin_password: must be a text in quotes (line 2)",
        ),
        ("[setup]\nadmin_pasword = hunter2secret\n", "line 2: "),
        (
            "[setup]\nadmin_password.hunter2 = hunter2secret\n",
            "line 2: ",
        ),
        (
            "[setup]\nadmin_password = \"\"\"\nhunter2=secret\n",
            "line ",
        ),
        (
            "database_url = \"postgres://ana:hunter2@db/hub\n",
            "line 1, column ",
        ),
        (
            "database_url = 'postgres://ana:hunter2@db/hub\n",
            "line 1, column ",
        ),
        ("# ব\nhunter2secret\n", "line 2, column "),
        ("[setup]\nadmin_password = \"\"\"hunter2\n", "line "),
        (
            "[setup]\nadmin_password = \"hunter2\\q\"\n",
            "line 2, column ",
        ),
        (
            "[setup]\nadmin_password = [\"hunter2\"]\n",
            "setup.admin_password",
        ),
        (
            "[setup]\nadmin_password.hunter2 = 1\n",
            "setup.admin_password",
        ),
    ] {
        std::fs::write(&file, text).expect("a file");
        let config = file.display().to_string();
        for command in [
            &["serve"][..],
            &["config", "check"],
            &["config", "show"],
            &["healthcheck"],
        ] {
            let arguments = [command, &["--config", &config]].concat();
            let output = battala(&arguments, data.path(), &[]);
            let said = said(&output);
            let printed = String::from_utf8_lossy(&output.stdout);
            assert!(!output.status.success(), "{command:?} {text}");
            assert!(said.contains(place), "{command:?} {text}: {said}");
            for shown in [&*said, &*printed] {
                assert!(!shown.contains(SECRET), "{command:?}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_first_start_says_where_it_keeps_its_data_and_a_later_one_makes_nothing() {
    if engine() == Engine::Postgres {
        return;
    }
    let options = Options::default().fresh();
    let mut hub = options
        .setting("database_url", "sqlite:other.db")
        .start()
        .await;
    let path = hub.data_dir().with_file_name("other.db");
    let path = path.display().to_string();
    let made = |log: &str| {
        let lines = log
            .lines()
            .filter(|line| line.contains("made a new database"));
        lines.filter(|line| line.contains(&path)).count()
    };
    hub.setup_token().await;
    hub.says(&format!("sqlite:{path}")).await;
    hub.says("check database_url").await;
    assert_eq!(made(&hub.log()), 1, "{}", hub.log());
    hub.stop().await;
    hub.run().await;
    assert_eq!(made(&hub.log()), 1, "{}", hub.log());
}
