//! Every statement of this crate is valid on both engines, and follows the rules
//! that make it mean the same there.
//!
//! The statements are found in the source, so none can be forgotten.

use std::{fs, path::Path};

use battala_store::{DatabaseUrl, Engine, MIGRATIONS};
use sqlx::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _};

use crate::support::TestDb;

/// A statement as it stands in a file.
#[derive(Debug)]
struct Found {
    place: String,
    sqlite: String,
    postgres: String,
}

/// All `sql!` invocations in `src/`.
fn statements() -> Vec<Found> {
    let mut found = Vec::new();
    visit(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 5, "only found {found:#?}");
    found
}

fn visit(folder: &Path, found: &mut Vec<Found>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            visit(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            scan(&path, found);
        }
    }
}

fn scan(path: &Path, found: &mut Vec<Found>) {
    let source = fs::read_to_string(path).unwrap();
    // Documentation shows invocations as well.
    let code: String = source
        .split_inclusive('\n')
        .map(|line| {
            if line.trim_start().starts_with("//") {
                "\n"
            } else {
                line
            }
        })
        .collect();
    for (start, name) in code.match_indices("sql!(") {
        let line = code[..start].lines().count();
        let place = format!("{}:{line}", path.display());
        found.push(parse(&code[start + name.len()..], place));
    }
}

/// Reads the arguments of one invocation, up to its closing parenthesis.
fn parse(mut rest: &str, place: String) -> Found {
    let (mut sqlite, mut postgres) = (String::new(), String::new());
    let mut only = None;
    loop {
        rest = rest.trim_start_matches([' ', '\n', ',']);
        if let Some(after) = rest.strip_prefix("sqlite:") {
            (only, rest) = (Some(Engine::Sqlite), after);
        } else if let Some(after) = rest.strip_prefix("postgres:") {
            (only, rest) = (Some(Engine::Postgres), after);
        } else if let Some(after) = rest.strip_prefix("ids(") {
            let (number, after) = after.split_once(')').unwrap();
            sqlite.extend(["IN (SELECT value FROM json_each($", number, "))"]);
            postgres.extend(["= ANY($", number, ")"]);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("ordered(") {
            let (number, after) = after.split_once(')').unwrap();
            let table = "(SELECT value AS id, key AS place FROM json_each($";
            sqlite.extend([table, number, "))"]);
            let listed = "::BIGINT[]) WITH ORDINALITY AS listed (id, place))";
            let table = "(SELECT id, place - 1 AS place FROM unnest($";
            postgres.extend([table, number, listed]);
            rest = after;
        } else if rest.starts_with('"') {
            let text;
            (text, rest) = literal(rest);
            if only != Some(Engine::Postgres) {
                sqlite.push_str(&text);
            }
            if only != Some(Engine::Sqlite) {
                postgres.push_str(&text);
            }
        } else {
            assert!(rest.starts_with(')'), "{place}: cannot read {rest:.40}");
            return Found {
                place,
                sqlite,
                postgres,
            };
        }
    }
}

/// The value of the string literal at the start, and what follows it.
fn literal(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = source.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return (text, &source[position + 1..]),
            '\\' => match characters.next().unwrap().1 {
                '\n' => {
                    while characters
                        .next_if(|(_, next)| next.is_whitespace())
                        .is_some()
                    {}
                }
                'n' => text.push('\n'),
                other => text.push(other),
            },
            _ => text.push(character),
        }
    }
    panic!("unterminated: {source:.40}");
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file")
    };
    let url = format!("sqlite:{}", path.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let mut wrong = Vec::new();
    for found in statements() {
        let text = AssertSqlSafe(found.sqlite.clone()).into_sql_str();
        if let Err(error) = conn.prepare(text).await {
            wrong.push(format!("{}: {error}\n{}", found.place, found.sqlite));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    let db = TestDb::open(Engine::Postgres, &MIGRATIONS).await;
    let DatabaseUrl::Postgres(options) = &db.options.url else {
        panic!("not a server")
    };
    let mut conn = PgConnection::connect_with(options).await.unwrap();
    let mut wrong = Vec::new();
    for found in statements() {
        let text = AssertSqlSafe(found.postgres.clone()).into_sql_str();
        if let Err(error) = conn.prepare(text).await {
            wrong.push(format!("{}: {error}\n{}", found.place, found.postgres));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What both engines accept but understand differently, or what breaks rules of
/// this project. Only `dialect/` may differ, and says why.
#[test]
fn no_statement_means_something_else_on_the_other_engine() {
    const FORBIDDEN: [(&str, &str); 7] = [
        (
            " like ",
            "SQLite ignores the case of ASCII letters: compare normalised columns",
        ),
        (
            "lower(",
            "SQLite knows ASCII only: normalise before storing",
        ),
        (
            "upper(",
            "SQLite knows ASCII only: normalise before storing",
        ),
        (" offset ", "lists go by key"),
        ("now()", "time is an argument"),
        ("current_timestamp", "time is an argument"),
        ("insert or ", "write ON CONFLICT"),
    ];
    // An administrator's search for accounts: on SQLite it does not fold the case
    // of accented letters in display names, which costs a hit and nothing else.
    const KNOWN: [&str; 1] = ["/tables/users.rs"];
    for found in statements() {
        if found.place.contains("/dialect/") || KNOWN.iter().any(|file| found.place.contains(file))
        {
            continue;
        }
        let text = format!(" {} ", found.sqlite.to_lowercase().replace('\n', " "));
        for (word, reason) in FORBIDDEN {
            assert!(!text.contains(word), "{}: {word}: {reason}", found.place);
        }
    }
}

#[test]
fn the_finder_reads_statements_as_the_compiler_does() {
    let source = r#"
        "SELECT a \
         FROM b WHERE c ", ids(2),
        " AND d = '\"'"
    ) rest"#;
    let found = parse(source, String::new());
    assert_eq!(
        found.sqlite,
        "SELECT a FROM b WHERE c IN (SELECT value FROM json_each($2)) AND d = '\"'"
    );
    assert_eq!(
        found.postgres,
        "SELECT a FROM b WHERE c = ANY($2) AND d = '\"'"
    );
    let found = parse(r#"sqlite: "a", postgres: "b")"#, String::new());
    assert_eq!((found.sqlite.as_str(), found.postgres.as_str()), ("a", "b"));
}
