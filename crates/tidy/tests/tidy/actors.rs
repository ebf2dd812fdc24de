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

/// Rooms know who sees what, and tell by that. Nobody is told yet what else a member may do, nor is
/// anybody moved back when a timeout ends.
#[test]
fn nothing_changes_rights_of_some_members_before_they_are_told_of_it() {
    const CHANGES: [&str; 7] = [
        concat!("INSERT INTO ", "channel_overwrites"),
        concat!("UPDATE ", "channel_overwrites"),
        concat!("INSERT INTO ", "member_roles"),
        concat!("UPDATE ", "member_roles"),
        concat!("UPDATE ", "roles SET permissions"),
        concat!("UPDATE ", "server_members SET timeout_until"),
        concat!("UPDATE ", "channels SET parent_id = $1"),
    ];
    let repository = Repository::open();
    let sources = repository
        .code(&[".rs"])
        .filter(|source| source.path.contains("/src/") && !source.is_test());
    let findings: Vec<String> = sources
        .filter(|source| CHANGES.iter().any(|it| source.text.contains(it)))
        .map(|source| source.path)
        .collect();
    assert_none(
        &findings,
        "Not until rights that change are told to whom they concern (docs/decisions/0011, Not yet):",
    );
}
