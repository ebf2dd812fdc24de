//! What a command says on the standard output. A closed output is nobody's fault.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// One or more lines.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A line on the standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A new password: typed twice without echo on a terminal, else a line of the input.
pub(crate) fn ask_new_password() -> io::Result<String> {
    if !io::stdin().is_terminal() {
        return read_line();
    }
    let first = rpassword::prompt_password("Password: ")?;
    let second = rpassword::prompt_password("The same again: ")?;
    if first == second {
        Ok(first)
    } else {
        Err(io::Error::other("the two passwords differ"))
    }
}

/// The first line of the standard input, without its end.
pub(crate) fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
