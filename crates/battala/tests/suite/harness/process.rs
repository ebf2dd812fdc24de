//! The binary as a child process that cannot outlive its test.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::watched::{Watched, until};

/// Kills the process it is told of when its input ends: when the tests end in
/// whatever way.
const GUARD: &str = r#"read -r _; kill -9 "$1" 2>/dev/null"#;

/// A running child.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    guard: Child,
    collectors: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts the command and collects what it prints.
    pub(crate) fn start(command: &mut Command, lines: &Arc<Watched<Vec<String>>>) -> Self {
        use std::os::unix::process::CommandExt as _;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // An interrupt at the terminal is for the tests.
            .process_group(0)
            .spawn()
            .expect("the binary starts");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", &child.id().to_string()])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let collectors = vec![
            collect(child.stdout.take().expect("piped"), lines),
            collect(child.stderr.take().expect("piped"), lines),
        ];
        Self {
            child,
            guard,
            collectors,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process without a warning, and waits for its end.
    pub(crate) fn kill(&mut self) {
        // The guard first: afterwards the number may belong to another.
        drop(self.guard.kill());
        drop(self.guard.wait());
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Waits until everything that it printed has been collected, after its end.
    pub(crate) async fn drained(&mut self) {
        until("the last line", async || {
            self.collectors
                .iter()
                .all(JoinHandle::is_finished)
                .then_some(())
        })
        .await;
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is our child")
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        let signal = format!("kill -TERM {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &signal]).status();
        assert!(sent.expect("sh starts").success());
        until("the process stops", async || self.ended()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn collect(pipe: impl Read + Send + 'static, lines: &Arc<Watched<Vec<String>>>) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    // Ends with the pipe, which ends with the process.
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            lines.change(|lines| lines.push(line));
        }
    })
}
