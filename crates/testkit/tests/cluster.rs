//! The cluster lives exactly as long as the process that wanted it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use battala_testkit::{Cluster, URL_VARIABLE, patience};

/// Says where the cluster is, then waits for a line and ends with code 7.
const REPORT: &str = "echo $BATTALA_TEST_POSTGRES_URL; read line; exit 7";

/// `None` where no server can be started beside the one that runs already.
fn start() -> Option<(Child, PathBuf)> {
    if !Cluster::can_start() {
        return None;
    }
    let mut testkit = Command::new(env!("CARGO_BIN_EXE_testkit"))
        .args(["postgres", "--", "sh", "-c", REPORT])
        .env_remove(URL_VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(testkit.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    let (_, directory) = url.trim().split_once("host=").unwrap();
    Some((testkit, PathBuf::from(directory)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "waits for another process, with a deadline"
)]
fn wait_until_gone(directory: &Path) {
    let deadline = Instant::now() + patience(Duration::from_secs(20));
    while directory.exists() {
        assert!(
            Instant::now() < deadline,
            "{} is still there",
            directory.display()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_command_sees_the_cluster_and_its_exit_code_is_passed_on() {
    let Some((mut testkit, directory)) = start() else {
        return;
    };
    assert!(directory.join("data").exists());
    testkit.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert_eq!(testkit.wait().unwrap().code(), Some(7));
    assert!(!directory.exists());
}

#[test]
fn beside_a_cluster_that_runs_already_none_is_started() {
    let address = "postgres://somebody@somewhere/postgres";
    let output = Command::new(env!("CARGO_BIN_EXE_testkit"))
        .args(["postgres", "--", "sh", "-c", REPORT])
        .env(URL_VARIABLE, address)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), address);
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_killed_process_leaves_no_cluster_behind() {
    let Some((mut testkit, directory)) = start() else {
        return;
    };
    testkit.kill().unwrap();
    testkit.wait().unwrap();
    wait_until_gone(&directory);
}
