//! `testkit postgres -- <command…>`: runs a command beside a throw-away cluster,
//! whose address it finds in `BATTALA_TEST_POSTGRES_URL`. Ends as it ends. Where that is set already, the
//! command runs beside that cluster, and none is started.
//!
//! `testkit slowness`: says by what deadlines of tests are multiplied on this machine now. The
//! command above finds the same in `BATTALA_TEST_SLOWNESS`.
//!
//! `testkit ledger <file>`: judges a ledger and says what it comes to.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, ExitCode},
};

use battala_testkit::{
    Cluster, SLOWNESS_VARIABLE, URL_VARIABLE, ledger, remove_leftovers, running_url, slowness,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["postgres", "--", program, arguments @ ..] => beside_postgres(program, arguments),
        ["slowness"] => writeln!(std::io::stdout(), "{:.2}", slowness())
            .map(|()| ExitCode::SUCCESS)
            .map_err(Into::into),
        ["ledger", file] => judge(Path::new(file)),
        _ => Err(
            "usage: testkit postgres -- <command…> | testkit slowness | testkit ledger <file>"
                .into(),
        ),
    };
    outcome.unwrap_or_else(|error| {
        // There is nobody left to tell if this fails.
        drop(writeln!(std::io::stderr(), "testkit: {error}"));
        ExitCode::FAILURE
    })
}

fn beside_postgres(
    program: &str,
    arguments: &[&str],
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let cluster = match running_url() {
        Some(url) => {
            if let Err(error) = remove_leftovers(&url) {
                writeln!(std::io::stderr(), "testkit: leftovers stay: {error}")?;
            }
            None
        }
        None => Some(Cluster::start()?),
    };
    let own_url = cluster.as_ref().map(|own| own.url("postgres"));
    let url = own_url.or_else(running_url).unwrap_or_default();
    let status = Command::new(program)
        .args(arguments)
        .env(URL_VARIABLE, url)
        .env(SLOWNESS_VARIABLE, format!("{:.2}", slowness()))
        .status()?;
    drop(cluster);
    // A command that a signal ended has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn judge(file: &Path) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let report = ledger::check(&ledger::read(file)?);
    writeln!(std::io::stdout(), "{report}")?;
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
