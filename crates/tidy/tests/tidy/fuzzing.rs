//! Every fuzz target runs in both ways: in the tests, over its kept corpus, and by `cargo fuzz`.

use std::collections::BTreeSet;

use battala_tidy::{Repository, assert_none};

/// The text between `before` and `after`, wherever both stand in a line of `text`.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .filter_map(move |line| line.trim().strip_prefix(before)?.strip_suffix(after))
}

fn ours(repository: &Repository) -> BTreeSet<String> {
    repository
        .code(&[".rs"])
        .filter(|source| source.path.contains("/src/fuzzing"))
        .flat_map(|source| {
            let names = between(&source.text, "pub fn ", "(data: &[u8]) {");
            names.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_fuzz_target_is_run_by_the_tests_and_by_cargo_fuzz() {
    let repository = Repository::open();
    let targets = ours(&repository);
    assert!(targets.len() >= 4, "found {targets:?}");
    let manifest = repository.read("fuzz/Cargo.toml");
    let names = |folder: &str| -> BTreeSet<String> {
        let names = repository.names_in(folder).into_iter();
        names
            .map(|name| name.trim_end_matches(".rs").to_owned())
            .collect()
    };
    let tests: BTreeSet<String> = repository
        .code(&[".rs"])
        .filter(|source| source.path.contains("/src/fuzzing"))
        .flat_map(|source| {
            let names = between(&source.text, "fn fuzz_", "() {");
            names.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let bins = between(&manifest, "name = \"", "\"").map(str::to_owned);
    let bins: BTreeSet<String> = bins.filter(|name| name != "battala-fuzz").collect();
    let places = [
        ("fuzz/fuzz_targets", names("fuzz/fuzz_targets")),
        ("fuzz/corpus", names("fuzz/corpus")),
        ("fuzz/Cargo.toml", bins),
        ("the tests of a `fuzzing` module", tests),
    ];
    let mut findings = Vec::new();
    for (place, found) in &places {
        let missing = targets.difference(found);
        findings.extend(missing.map(|name| format!("{name} is missing in {place}")));
        let unknown = found.difference(&targets);
        findings.extend(unknown.map(|name| format!("{name} in {place} is no target")));
    }
    for target in &targets {
        let path = format!("fuzz/fuzz_targets/{target}.rs");
        let call = format!("::fuzzing::{target}(data)");
        if repository.has(&path) && !repository.read(&path).contains(&call) {
            findings.push(format!("{path} does not call {call}"));
        }
    }
    assert_none(&findings, "A fuzz target stands in all of these places:");
}

#[test]
fn the_files_of_a_corpus_are_named_for_what_they_show() {
    let repository = Repository::open();
    let is_hash =
        |name: &str| name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let findings: Vec<String> = repository
        .below("fuzz/corpus")
        .filter(|path| path.rsplit('/').next().is_some_and(is_hash))
        .map(str::to_owned)
        .collect();
    assert_none(
        &findings,
        "Name these after what they show, or leave them out:",
    );
}
