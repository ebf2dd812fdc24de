//! Writes the contract's files, or compares them: `contract [--check] <folder>`.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use battala_api::contract;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--check", folder] | [folder, "--check"] => check(Path::new(folder)),
        [folder] if !folder.starts_with('-') => {
            contract::write(Path::new(folder))?;
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            writeln!(io::stderr(), "usage: contract [--check] <folder>")?;
            Ok(ExitCode::from(2))
        }
    }
}

fn check(folder: &Path) -> io::Result<ExitCode> {
    let differences = contract::compare(folder)?;
    if differences.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stderr();
    writeln!(
        out,
        "the contract differs from the code; run `make contract` and commit the result:"
    )?;
    for difference in differences {
        writeln!(out, "  {difference}")?;
    }
    Ok(ExitCode::FAILURE)
}
