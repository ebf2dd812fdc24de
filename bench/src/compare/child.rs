//! A load tool as a child, and all that it starts.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// Longer than any scenario takes.
const TIME_MAX: Duration = Duration::from_mins(15);

/// One run of one scenario. Its processes are a group of their own, which ends with it: a load tool
/// that is killed leaves its hub behind.
pub(super) struct Child {
    process: std::process::Child,
    output: Option<ChildStdout>,
}

impl Child {
    pub(super) fn start(
        bench: &Path,
        scenario: &str,
        hub: &Path,
        (dir, is_short): (&Path, bool),
    ) -> Result<Self> {
        let mut command = Command::new(bench);
        command.args([scenario, "--runs", "1"]);
        command.arg("--binary").arg(hub).arg("--dir").arg(dir);
        if is_short {
            command.arg("--smoke");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let started = command.process_group(0).spawn();
        let mut process =
            started.map_err(|error| format!("cannot start {}: {error}", bench.display()))?;
        let output = process.stdout.take();
        Ok(Self { process, output })
    }

    /// What it prints until it ends.
    pub(super) async fn output(mut self) -> Result<String> {
        let mut output = self.output.take().ok_or("the child has no output")?;
        let read = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).map(|_| text)
        });
        let text = tokio::time::timeout(TIME_MAX, read)
            .await
            .map_err(|_| "a run did not end")???;
        let status = self.process.wait()?;
        if status.success() {
            Ok(text)
        } else {
            Err(format!("a load tool failed: {status}").into())
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        // The standard library ends one process only. There is nothing else to do about a failure.
        let group = self.process.id().to_string();
        let kill = "kill -s KILL -- \"-$0\"";
        let _ = Command::new("sh").args(["-c", kill, &group]).status();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_a_child_started_ends_with_it() {
        let dir = std::env::temp_dir().join(format!("battala-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let (script, pid) = (dir.join("tool"), dir.join("pid"));
        let text = format!(
            "#!/bin/sh\nsleep 600 &\necho $! > {0}.new\nmv {0}.new {0}\nwait\n",
            pid.display()
        );
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
        let child = Child::start(&script, "any", Path::new("hub"), (&dir, false)).unwrap();
        let began = tokio::time::Instant::now();
        let started = loop {
            if let Ok(text) = std::fs::read_to_string(&pid) {
                break text.trim().to_owned();
            }
            assert!(began.elapsed() < TIME_MAX, "the tool did not start");
            std::thread::yield_now();
        };
        drop(child);
        // It may wait for a parent that asks how it ended.
        let is_over = || {
            let stat = std::fs::read_to_string(format!("/proc/{started}/stat"));
            stat.is_ok_and(|stat| stat.contains(") Z ") || stat.contains(") X "))
                || !Path::new("/proc").join(&started).exists()
        };
        while !is_over() {
            assert!(began.elapsed() < TIME_MAX, "it goes on");
            std::thread::yield_now();
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
