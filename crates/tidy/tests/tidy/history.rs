//! How the commits say what they do.

use std::path::Path;
use std::process::Command;

/// The last one that was not looked at: what is longer before it stays as it is.
const LAST_UNSEEN: &str = "b7e55c8c150f0804a1d90c2bd97af91a6c39fd18";

/// What is shown of a subject in one line.
const CHARS_MAX: usize = 72;

/// What Git answers, if it does.
fn git(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    let output = command.args(arguments).output().ok()?;
    let is_answered = output.status.success();
    is_answered.then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where the repository was fetched without its history, there is nothing to look at.
#[test]
fn subjects_of_commits_name_their_area_and_fit_into_a_line() {
    let range = format!("{LAST_UNSEEN}..HEAD");
    let Some(log) = git(&["log", "--no-merges", "--format=%h %s", &range]) else {
        return;
    };
    let faults: Vec<&str> = log.lines().filter(|line| !is_fit(line)).collect();
    assert!(
        faults.is_empty(),
        "`area: Imperative summary` up to {CHARS_MAX} characters (git commit --amend): {faults:#?}"
    );
}

fn is_fit(line: &str) -> bool {
    let subject = line.split_once(' ').map_or("", |(_, subject)| subject);
    let is_area = |area: &str| !area.is_empty() && !area.contains(' ');
    let has_area = subject.split_once(": ").is_some_and(|(areas, summary)| {
        areas.split(", ").all(is_area) && summary.starts_with(char::is_uppercase)
    });
    has_area && subject.chars().count() <= CHARS_MAX
}

#[test]
fn a_subject_without_an_area_or_too_long_is_found() {
    let long = format!("0 store: {}", "A".repeat(CHARS_MAX - 7 + 1));
    for unfit in [
        "0 Mend it",
        "0 store: mend it",
        "0 : Mend it",
        "0 a b: Mend it",
        &long,
    ] {
        assert!(!is_fit(unfit), "{unfit}");
    }
    for fit in [
        "0 store: Mend it",
        "0 hub/work, api: Mend it",
        &long[..long.len() - 1],
    ] {
        assert!(is_fit(fit), "{fit}");
    }
}
