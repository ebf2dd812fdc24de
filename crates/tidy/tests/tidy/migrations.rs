//! The schema's steps: the same for both engines, and each tried on old data.

use battala_tidy::{Repository, assert_none};

const MIGRATIONS: &str = "crates/store/migrations";
const FIXTURES: &str = "crates/store/tests/suite/fixtures";

#[test]
fn both_engines_have_the_same_steps() {
    let repository = Repository::open();
    let names = |engine: &str| repository.names_in(&format!("{MIGRATIONS}/{engine}"));
    assert!(!names("sqlite").is_empty(), "there are migrations");
    assert_eq!(
        names("sqlite"),
        names("postgres"),
        "A step exists for both engines, by one name"
    );
}

#[test]
fn steps_are_numbered_without_a_gap() {
    let repository = Repository::open();
    for (index, name) in repository
        .names_in(&format!("{MIGRATIONS}/sqlite"))
        .iter()
        .enumerate()
    {
        let number = format!("{:04}_", index + 1);
        assert!(name.starts_with(&number), "{name} is step {number}");
    }
}

#[test]
fn every_step_but_the_newest_has_a_database_from_before_it() {
    let repository = Repository::open();
    let steps = repository.names_in(&format!("{MIGRATIONS}/sqlite"));
    let fixtures = repository.names_in(FIXTURES);
    let newest = steps.iter().next_back();
    let findings: Vec<String> = steps
        .iter()
        .filter(|step| Some(*step) != newest)
        .filter_map(|step| step.split('_').next())
        .filter(|number| !fixtures.iter().any(|fixture| fixture.starts_with(number)))
        .map(|number| format!("{FIXTURES}/{number}…"))
        .collect();
    assert_none(
        &findings,
        "An upgrade is tested on data that the older version wrote:",
    );
}
