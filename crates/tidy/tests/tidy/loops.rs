//! No loop waits for a statement: what is asked for many is asked for at once.

use battala_tidy::{Repository, Source, assert_none};

/// Where statements are run, and the use cases that run them.
const WHERE: [&str; 2] = ["crates/hub/src/", "crates/store/src/tables/"];

/// A loop over chunks says by itself how much one statement asks for.
const CHUNKS: &str = ".chunks(";

/// What begins a loop.
const LOOPS: [&str; 3] = ["for ", "while ", "loop {"];

/// Loops that wait, and why.
const WAITING: [(&str, &str); 4] = [
    (
        "crates/hub/src/jobs/",
        "batch by batch, beside everything else",
    ),
    ("crates/hub/src/members.rs", "page by page"),
    (
        "crates/hub/src/access/structures.rs",
        "one by one where one of them cannot be read",
    ),
    (
        "crates/store/src/tables/purge.rs",
        "over statements, as far as there is room",
    ),
];

/// The loops of a source that wait in their bodies, by line.
fn waiting_loops(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().collect();
    let begins = |line: &str| {
        let line = line.trim_start();
        let value = line.split_once(" = ").map_or(line, |(_, value)| value);
        LOOPS
            .iter()
            .any(|word| line.starts_with(word) || value.starts_with(word))
    };
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !begins(line) || line.contains(CHUNKS) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", &line[..indent]);
        let rest = &lines[index + 1..];
        let body = rest.iter().take_while(|line| !line.starts_with(&end));
        let is_asked_anew = line.trim_start().starts_with("while ") && line.contains(".await");
        if is_asked_anew || body.into_iter().any(|line| line.contains(".await")) {
            found.push(index + 1);
        }
    }
    found
}

fn code_of(source: &Source) -> String {
    let lines = source.text.lines().take(source.lines_without_tests());
    let lines = lines.map(|line| {
        let is_comment = line.trim_start().starts_with("//");
        if is_comment { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_loop_waits_for_a_statement() {
    let repository = Repository::open();
    let mut findings = Vec::new();
    let mut used = Vec::new();
    let sources = repository.code(&[".rs"]).filter(|source| !source.is_test());
    for source in sources.filter(|it| WHERE.iter().any(|folder| it.path.starts_with(folder))) {
        let lines = waiting_loops(&code_of(&source));
        let known = WAITING
            .iter()
            .find(|(path, _)| source.path.starts_with(path));
        match known {
            Some((path, _)) if !lines.is_empty() => used.push(*path),
            Some(_) => {}
            None => findings.extend(lines.iter().map(|line| format!("{}:{line}", source.path))),
        }
    }
    let unused = WAITING.iter().filter(|(path, _)| !used.contains(path));
    findings.extend(unused.map(|(path, _)| format!("{path} has none: take it out")));
    assert_none(
        &findings,
        "Ask for all at once, by a list (`ids(n)`), or add the file to WAITING with its reason:",
    );
}

#[test]
fn a_loop_that_waits_is_found() {
    let waiting = "
fn one() {
    for row in rows(conn).await? {
        get(conn, row).await?;
    }
    while let Some(row) = next(conn).await? {
        keep(row);
    }
    let found = loop {
        get(conn).await?;
    };
    for rows in all.chunks(8) {
        get(conn, rows).await?;
    }
    for row in rows(conn).await? {
        keep(row);
    }
    last(conn).await
}";
    assert_eq!(waiting_loops(waiting), [3, 6, 9]);
}
