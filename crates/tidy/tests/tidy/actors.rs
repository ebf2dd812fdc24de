//! Who acts without an account: the operator and the hub's jobs, and nobody else by their right.

use battala_tidy::{Repository, assert_none};

/// The policy itself, which has to know them.
const POLICY: &str = "crates/hub/src/access/";

/// Where a right is named, and the files that may do so: a further one is a decision.
const CALLERS: [(&str, &[&str]); 2] = [
    (
        concat!("Actor::", "Operator"),
        &[
            "crates/battala/src/commands/admin.rs",
            "crates/battala/src/commands/serve.rs",
            // On behalf of all its connections at once.
            "crates/gateway/src/host.rs",
            "crates/gateway/src/recovery.rs",
            "crates/gateway/src/state.rs",
            "crates/gateway/src/sweep.rs",
            // Names it to refuse it a session.
            "crates/hub/src/sessions/sign_out.rs",
        ],
    ),
    (
        concat!("Actor::", "Job("),
        &[
            "crates/hub/src/jobs/queue.rs",
            "crates/hub/src/sessions/sign_out.rs",
        ],
    ),
];

#[test]
fn nobody_else_acts_by_the_right_of_the_operator_or_of_a_job() {
    let repository = Repository::open();
    let mut findings = Vec::new();
    for (right, callers) in CALLERS {
        let users: Vec<String> = repository
            .code(&[".rs"])
            .filter(|source| source.path.contains("/src/") && !source.is_test())
            .filter(|source| !source.path.starts_with(POLICY))
            .filter(|source| source.text.contains(right))
            .map(|source| source.path)
            .collect();
        let known = |path: &String| callers.contains(&path.as_str());
        let others = users.iter().filter(|path| !known(path));
        findings.extend(others.map(|path| format!("{path} uses {right}")));
        let gone = callers
            .iter()
            .filter(|path| !users.iter().any(|it| it == *path));
        findings.extend(gone.map(|path| format!("{path} does not use {right}: take it out")));
    }
    assert_none(
        &findings,
        "Act by the right of an account, or add the caller to CALLERS with its reason:",
    );
}

/// What is told to a server's members is told to all of them, so none may be unlike the others.
#[test]
fn nothing_makes_roles_or_overwrites_before_rooms_are_parted_by_what_members_see() {
    const MAKES: [&str; 3] = [
        concat!("INSERT INTO ", "channel_overwrites"),
        concat!("INSERT INTO ", "member_roles"),
        concat!("UPDATE ", "channel_overwrites"),
    ];
    let repository = Repository::open();
    let sources = repository
        .code(&[".rs"])
        .filter(|source| source.path.contains("/src/") && !source.is_test());
    let findings: Vec<String> = sources
        .filter(|source| MAKES.iter().any(|makes| source.text.contains(makes)))
        .map(|source| source.path)
        .collect();
    assert_none(
        &findings,
        "Let rooms ask `class` for each connection first (docs/decisions/0011):",
    );
}
