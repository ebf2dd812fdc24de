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
