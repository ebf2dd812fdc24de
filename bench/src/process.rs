//! A measured child process: its start and end, its processor time, its memory.
//!
//! Knows Linux's `/proc` and nothing of what the process does.

use std::fs;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// Ticks per second in `/proc`: a constant of Linux's interface (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A child that is killed when dropped.
pub(crate) struct Process(Child);

/// What a process holds in memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    /// Everything resident, in bytes.
    pub(crate) resident: u64,
    /// The highest it has ever been, in bytes.
    pub(crate) peak: u64,
}

impl Process {
    /// Starts it without input, its output discarded.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Self(command.spawn().map_err(|error| {
            format!("cannot start {}: {error}", command.get_program().display())
        })?))
    }

    /// Starts it with its output readable.
    pub(crate) fn start_talking(command: &mut Command) -> Result<(Self, ChildStdout)> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the child has no output")?;
        Ok((Self(child), output))
    }

    /// The same, and with its input to be written to.
    pub(crate) fn start_obeying(command: &mut Command) -> Result<(Self, ChildStdin, ChildStdout)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let input = input.ok_or("the child has no input")?;
        let output = output.ok_or("the child has no output")?;
        Ok((Self(child), input, output))
    }

    /// User and system time of all its threads so far, ended ones included.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        // The name in parentheses may hold anything; fields are counted after it, from field 3.
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let fields: Vec<&str> = after_name.split(' ').collect();
        let ticks = |field: usize| -> Result<u32> {
            Ok(fields.get(field - 3).ok_or("a short stat line")?.parse()?)
        };
        Ok(TICK * (ticks(14)? + ticks(15)?))
    }

    /// What it has used since an earlier reading.
    pub(crate) fn cpu_since(&self, earlier: Duration) -> Result<Duration> {
        Ok(self.cpu()?.saturating_sub(earlier))
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = self.read("status")?;
        let kib = |key: &str| -> Result<u64> {
            let line = status.lines().find(|line| line.starts_with(key));
            let value = line.and_then(|line| line.split_whitespace().nth(1));
            Ok(value.ok_or("the process has ended")?.parse::<u64>()? * 1024)
        };
        Ok(Memory {
            resident: kib("VmRSS:")?,
            peak: kib("VmHWM:")?,
        })
    }

    /// An error when it has ended by itself.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        match self.0.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the measured process ended: {status}").into()),
        }
    }

    /// Waits for its own end.
    pub(crate) fn wait(mut self) -> Result<()> {
        let status = self.0.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the measured process failed: {status}").into())
        }
    }

    fn read(&self, file: &str) -> Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.0.id()))?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; there is nothing else to do about a failure.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
