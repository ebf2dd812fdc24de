//! No loop waits for a statement: what is asked for many is asked for at once.

use battala_tidy::{Repository, Source, assert_none};

/// Where statements are run, and the use cases that run them.
const WHERE: [&str; 2] = ["crates/hub/src/", "crates/store/src/tables/"];

/// A loop over chunks says by itself how much one statement asks for.
const CHUNKS: &str = ".chunks(";

/// What begins a loop.
const LOOPS: [&str; 3] = ["for ", "while ", "loop {"];

/// What may stand before one on its line.
const BEFORE: [&str; 3] = ["return ", "break ", "match "];

/// What waits for many without a loop.
const MANY: [&str; 8] = [
    "join_all(",
    "FuturesUnordered",
    "FuturesOrdered",
    "JoinSet",
    "StreamExt",
    "stream::",
    "try_for_each(",
    "for_each(async",
];

/// Where that is so, how often, and why.
const WAITING: [(&str, usize, &str); 4] = [
    (
        "crates/hub/src/jobs/",
        12,
        "batch by batch, beside everything else",
    ),
    ("crates/hub/src/members.rs", 1, "page by page"),
    (
        "crates/hub/src/access/structures.rs",
        1,
        "one by one where one of them cannot be read",
    ),
    (
        "crates/store/src/tables/purge.rs",
        2,
        "over statements, as far as there is room",
    ),
];

/// The lines of a source on which something begins that may run a statement for each of many.
fn findings(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().collect();
    let of_many =
        |line: &&str| !line.starts_with("use ") && MANY.iter().any(|it| line.contains(it));
    let found = (0..lines.len()).filter(|index| {
        let rest = &lines[*index..];
        waits(rest)
            || calls_itself(rest)
            || rest.first().is_some_and(|line| of_many(&line.trim_start()))
    });
    found.map(|index| index + 1).collect()
}

/// Whether a loop begins on the first of these lines, and waits in its body.
fn waits(lines: &[&str]) -> bool {
    let Some((begins_with_while, header)) = lines.first().and_then(|first| loop_of(first)) else {
        return false;
    };
    // A long header ends where its block begins.
    let opens = lines.iter().position(|line| line.ends_with('{'));
    let (head, rest) = lines.split_at(opens.map_or(1, |at| at + 1));
    let is_by_chunks = header.contains(CHUNKS) || head.iter().any(|line| line.contains(CHUNKS));
    let is_asked_anew = begins_with_while && head.iter().any(|line| line.contains(".await"));
    !is_by_chunks && (is_asked_anew || body(lines[0], rest).any(|line| line.contains(".await")))
}

/// The loop that begins on a line, and whether it asks something anew each time.
fn loop_of(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    let is_label = |label: &str| label.starts_with('\'') && !label.contains(' ');
    let unlabelled = line.split_once(": ");
    let line = unlabelled.map_or(
        line,
        |(label, rest)| if is_label(label) { rest } else { line },
    );
    let value = line.split_once(" = ").map_or(line, |(_, value)| value);
    let value = BEFORE
        .iter()
        .find_map(|word| value.strip_prefix(word))
        .unwrap_or(value);
    let found = [line, value]
        .into_iter()
        .find(|line| LOOPS.iter().any(|word| line.starts_with(word)));
    found.map(|line| (line.starts_with("while "), line))
}

/// Whether a function that waits begins on the first of these lines, and calls itself.
fn calls_itself(lines: &[&str]) -> bool {
    let Some((first, rest)) = lines.split_first() else {
        return false;
    };
    let Some((_, declared)) = first.split_once("async fn ") else {
        return false;
    };
    let name = declared.split(['(', '<']).next().unwrap_or_default();
    let calls = if first.starts_with(' ') {
        [format!("self.{name}("), format!("Self::{name}(")]
    } else {
        [format!(" {name}("), format!("({name}(")]
    };
    let is_call = |line: &str| calls.iter().any(|call| line.contains(call));
    body(first, rest).any(is_call)
}

/// The lines of a block up to where what begins on this line ends.
fn body<'s>(first: &str, rest: &'s [&'s str]) -> impl Iterator<Item = &'s str> {
    let indent = first.len() - first.trim_start().len();
    let end = format!("{}}}", &first[..indent]);
    rest.iter()
        .copied()
        .take_while(move |line| !line.starts_with(&end))
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
fn nothing_runs_a_statement_for_each_of_many() {
    let repository = Repository::open();
    let mut wrong = Vec::new();
    let mut counts = [0; WAITING.len()];
    let sources = repository.code(&[".rs"]).filter(|source| !source.is_test());
    for source in sources.filter(|it| WHERE.iter().any(|folder| it.path.starts_with(folder))) {
        let lines = findings(&code_of(&source));
        let known = WAITING
            .iter()
            .position(|(path, ..)| source.path.starts_with(path));
        match known {
            Some(at) => counts[at] += lines.len(),
            None => wrong.extend(lines.iter().map(|line| format!("{}:{line}", source.path))),
        }
    }
    let others = WAITING.iter().zip(counts);
    let others = others.filter(|((_, known, _), count)| known != count);
    wrong
        .extend(others.map(|((path, known, _), count)| format!("{path} has {count}, not {known}")));
    assert_none(
        &wrong,
        "Ask for all at once, by a list (`ids(n)`), or say in WAITING where, how often and why:",
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
    assert_eq!(findings(waiting), [3, 6, 9]);
}

#[test]
fn what_waits_as_a_loop_does_is_found_as_well() {
    let waiting = "
use futures_util::StreamExt as _;
async fn one(rows: &[Row]) {
    'next: for row in rows {
        get(conn, row).await?;
    }
    return loop {
        get(conn).await?;
    };
    while let Some(row) =
        next(conn).await?
    {
        keep(row);
    }
    for row in rows
        .iter()
        .rev()
    {
        get(conn, row).await?;
    }
    join_all(rows.iter().map(|row| get(conn, row))).await;
    stream::iter(rows).for_each(async |row| get(row).await).await;
    for rows in rows
        .chunks(8)
    {
        get(conn, rows).await?;
    }
    rows.iter().for_each(|row| keep(row));
    other.one(rows).await
}
impl Each {
    async fn more(&self) {
        more(self).await;
        Box::pin(self.more()).await
    }
}
async fn again(rows: &[Row]) {
    get(conn, rows[0]).await?;
    Box::pin(again(&rows[1..])).await
}";
    assert_eq!(findings(waiting), [4, 7, 10, 15, 21, 22, 32, 37]);
}
