//! The contract's files: written by `make contract`, compared by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use battala_hub::access;
use battala_proto::{Told, sample};

use super::routes::routes_table;
use super::{asyncapi_json, openapi_json, to_text};

/// Every file of the contract: its path below the folder, and its text.
pub fn files() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::from([
        (PathBuf::from("openapi.json"), to_text(&openapi_json())),
        (PathBuf::from("asyncapi.json"), to_text(&asyncapi_json())),
        (PathBuf::from("policy.md"), access::policy_table()),
        (PathBuf::from("routes.md"), routes_table()),
    ]);
    files.extend(sample::events().iter().map(sample_file));
    files.extend(sample::hints().iter().map(sample_file));
    files
}

fn sample_file(told: &impl Told) -> (PathBuf, String) {
    let path = Path::new("events").join(told.name()).with_extension("json");
    // Payloads are structs with text keys, which always have a JSON form.
    let payload = serde_json::to_value(told).unwrap_or_default();
    (path, to_text(&payload))
}

/// Writes the files and removes samples of events that are gone.
///
/// # Errors
/// What the file system refuses.
pub fn write(folder: &Path) -> io::Result<()> {
    let files = files();
    std::fs::create_dir_all(folder.join("events"))?;
    for path in present(folder)?
        .iter()
        .filter(|path| !files.contains_key(*path))
    {
        std::fs::remove_file(folder.join(path))?;
    }
    for (path, text) in &files {
        std::fs::write(folder.join(path), text)?;
    }
    Ok(())
}

/// How the folder differs from what would be written; one line per file.
///
/// # Errors
/// What the file system refuses.
pub fn compare(folder: &Path) -> io::Result<Vec<String>> {
    let files = files();
    let mut differences = Vec::new();
    for path in present(folder)?
        .iter()
        .filter(|path| !files.contains_key(*path))
    {
        differences.push(format!(
            "{}: is no longer part of the contract",
            path.display()
        ));
    }
    for (path, wanted) in &files {
        let hint = match std::fs::read_to_string(folder.join(path)) {
            Ok(found) => first_difference(&found, wanted),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing".to_owned()),
            Err(error) => return Err(error),
        };
        differences.extend(hint.map(|hint| format!("{}: {hint}", path.display())));
    }
    Ok(differences)
}

/// The samples that are there.
fn present(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let entries = match std::fs::read_dir(folder.join("events")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    entries
        .map(|entry| entry.map(|entry| Path::new("events").join(entry.file_name())))
        .collect()
}

fn first_difference(found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let mut pairs = found.lines().zip(wanted.lines()).zip(1..);
    let differing = pairs.find(|((found, wanted), _)| found != wanted);
    Some(match differing {
        Some(((found, wanted), line)) => {
            format!(
                "line {line} is `{}`, the code says `{}`",
                found.trim(),
                wanted.trim()
            )
        }
        None => "one is the beginning of the other".to_owned(),
    })
}
