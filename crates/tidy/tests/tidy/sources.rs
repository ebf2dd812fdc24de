//! Sizes, words and heads of source files.

use battala_tidy::{Repository, Source, assert_none};

/// Lines of a file without its tests at most.
const LINES_MAX: usize = 500;

/// Files that may be longer, and why. The list may only shrink.
const LONGER: [(&str, &str); 0] = [];

/// Attributes and comments that silence a tool without saying why.
const SILENCERS: [&str; 5] = [
    concat!("#[", "allow("),
    concat!("#![", "allow("),
    concat!("@ts-", "ignore"),
    concat!("@ts-", "nocheck"),
    concat!("eslint-", "disable"),
];

/// Words of unfinished work: an issue holds what is still to be done.
const UNFINISHED: [&str; 7] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("HA", "CK:"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("not implemented", " yet"),
];

/// Folders of one machine.
const MACHINE_PATHS: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

const CODE: [&str; 4] = [".rs", ".ts", ".tsx", ".css"];

fn lines_with(words: &[&str], sources: impl Iterator<Item = Source>) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                findings.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    findings
}

#[test]
fn files_fit_into_a_head() {
    let repository = Repository::open();
    let findings: Vec<String> = repository
        .code(&CODE)
        .filter(|source| !source.is_test())
        .map(|source| (source.lines_without_tests(), source.path))
        .filter(|(lines, path)| *lines > LINES_MAX && !is_listed(path))
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(
        &findings,
        "Split these files by what they are about (at most 500 lines):",
    );
}

fn is_listed(path: &str) -> bool {
    LONGER.iter().any(|(listed, _)| *listed == path)
}

#[test]
fn the_list_of_longer_files_names_only_longer_files() {
    let repository = Repository::open();
    let findings: Vec<String> = LONGER
        .iter()
        .filter(|(path, _)| {
            !repository
                .code(&CODE)
                .any(|source| source.path == *path && source.lines_without_tests() > LINES_MAX)
        })
        .map(|(path, _)| (*path).to_owned())
        .collect();
    assert_none(&findings, "Take these out of LONGER:");
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    let findings = lines_with(&SILENCERS, Repository::open().code(&CODE));
    assert_none(&findings, "Use #[expect(lint, reason = \"…\")]:");
}

#[test]
fn nothing_is_left_unfinished() {
    let findings = lines_with(&UNFINISHED, Repository::open().code(&CODE));
    assert_none(&findings, "Finish it, or write an issue:");
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    let sources = Repository::open();
    let sources = sources
        .sources()
        .filter(|source| source.path != "Cargo.lock");
    // A container has such folders of its own.
    let sources = sources.filter(|source| !source.path.starts_with("deploy/"));
    let findings = lines_with(&MACHINE_PATHS, sources);
    assert_none(&findings, "Paths are relative to the repository:");
}

#[test]
fn lock_files_name_no_registry_but_the_public_one() {
    let repository = Repository::open();
    let cargo = repository.read("Cargo.lock");
    let mut findings: Vec<String> = cargo
        .lines()
        .filter(|line| line.starts_with("source = "))
        .filter(|line| !line.contains("registry+https://github.com/rust-lang/crates.io-index"))
        .map(|line| format!("Cargo.lock: {line}"))
        .collect();
    for source in repository.sources() {
        if source.path.ends_with("package-lock.json") && source.text.contains("\"resolved\"") {
            findings.push(format!("{}: has \"resolved\"", source.path));
        }
    }
    assert_none(
        &findings,
        "Lock files hold versions and hashes (.npmrc: omit-lockfile-registry-resolved):",
    );
}

#[test]
fn every_module_says_what_it_is() {
    let repository = Repository::open();
    let findings: Vec<String> = repository
        .code(&[".rs"])
        .filter(|source| source.path.contains("/src/"))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert_none(
        &findings,
        "Begin with `//!`: what the module is, and what it does not know:",
    );
}
