//! Servers that pass on to all what one client sends, and know nothing: what a fan-out costs at the
//! least, in a process of its own. The hub can go below both by writing many frames at once.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{ChildStdout, Command};
use std::time::Duration;

use crate::Result;
use crate::process::Process;

pub(crate) mod axum;
pub(crate) mod floor;

/// Ends by itself, should whoever started it have been killed.
const LIFETIME: Duration = Duration::from_mins(10);

fn start_as(command: &str) -> Result<(Process, SocketAddr)> {
    let mut program = Command::new(std::env::current_exe()?);
    let (process, output) = Process::start_talking(program.arg(command))?;
    Ok((process, address(output)?))
}

/// The first line of the output of a server in a process of its own.
pub(crate) fn say_address(address: SocketAddr) -> std::io::Result<()> {
    let mut output = std::io::stdout();
    writeln!(output, "{address}")?;
    output.flush()
}

/// What a server has said there.
pub(crate) fn address(output: ChildStdout) -> Result<SocketAddr> {
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line)?;
    Ok(line.trim().parse()?)
}
