//! Every statement of this crate is valid on both engines, and follows the rules
//! that make it mean the same there.
//!
//! The statements are found in the source, so none can be forgotten.

use std::{fs, path::Path};

use battala_store::tables::{messages, sessions, tombstones};
use battala_store::{Columns, DatabaseUrl, Engine, MIGRATIONS, Part, RowColumn, Sql, Text};
use sqlx::{
    AssertSqlSafe, Column, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
    SqliteConnection, Statement as _,
};

use crate::support::TestDb;

/// More than any statement has.
const BYTES_MAX: usize = 8192;

/// A statement as it stands in a file.
#[derive(Debug)]
struct Found {
    place: String,
    sqlite: String,
    postgres: String,
}

/// All `sql!` invocations in `src/`.
fn statements() -> Vec<Found> {
    let mut sources = Sources::default();
    sources.visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let found: Vec<Found> = sources
        .files
        .iter()
        .flat_map(|file| sources.scan(file))
        .collect();
    assert!(found.len() > 5, "only found {found:#?}");
    found
}

/// The code of the crate, without what documentation and tests show.
#[derive(Default)]
struct Sources {
    files: Vec<File>,
}

struct File {
    path: String,
    code: String,
}

impl Sources {
    fn visit(&mut self, folder: &Path) {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                self.visit(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
                let lines = source.split_inclusive('\n').map(|line| {
                    let line_start = line.trim_start();
                    if line_start.starts_with("//") || line_start.starts_with("#[") {
                        "\n"
                    } else {
                        line
                    }
                });
                self.files.push(File {
                    path: path.display().to_string(),
                    code: lines.collect(),
                });
            }
        }
    }

    fn scan(&self, file: &File) -> Vec<Found> {
        let invocations = file.code.match_indices("sql!(");
        let found = invocations.map(|(start, name)| {
            let line = file.code[..start].lines().count();
            let place = format!("{}:{line}", file.path);
            self.parse(file, &file.code[start + name.len()..], place)
        });
        found.collect()
    }

    /// Reads the arguments of one invocation, up to its closing parenthesis.
    fn parse(&self, file: &File, mut rest: &str, place: String) -> Found {
        let (mut sqlite, mut postgres) = (Vec::new(), Vec::new());
        let mut only = None;
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            if rest.starts_with(')') {
                return Found {
                    place,
                    sqlite: render(&sqlite, Engine::Sqlite),
                    postgres: render(&postgres, Engine::Postgres),
                };
            } else if let Some(after) = rest.strip_prefix("sqlite:") {
                (only, rest) = (Some(Engine::Sqlite), after);
            } else if let Some(after) = rest.strip_prefix("postgres:") {
                (only, rest) = (Some(Engine::Postgres), after);
            } else {
                let part;
                (part, rest) = self.part(file, rest);
                sqlite.extend((only != Some(Engine::Postgres)).then_some(part));
                postgres.extend((only != Some(Engine::Sqlite)).then_some(part));
            }
        }
    }

    /// The part at the start, and what follows it.
    fn part<'s>(&self, file: &File, rest: &'s str) -> (Part, &'s str) {
        if rest.starts_with('"') {
            let (text, rest) = literal(rest);
            return (Part::Text(text.leak()), rest);
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (name, after) = rest.split_at(end.unwrap());
        let Some(inner) = after.strip_prefix('(') else {
            return (Part::Fragment(self.fragment(file, name)), after);
        };
        let (inner, after) = inner.split_once(')').unwrap();
        let part = match name {
            "ids" => Part::Ids(inner.to_owned().leak()),
            "ordered" => Part::Ordered(inner.to_owned().leak()),
            "columns" => Part::Columns(self.columns(file, inner)),
            _ => panic!("{}: cannot read {rest:.40}", file.path),
        };
        (part, after)
    }

    fn columns(&self, file: &File, arguments: &str) -> Columns {
        let names = arguments.split(',').map(|name| {
            let (of, name) = name.trim().split_once('.').unwrap_or(("", name.trim()));
            (leak(of), leak(name))
        });
        let names: Vec<_> = names.filter(|(_, name)| !name.is_empty()).collect();
        let (of, row) = names[0];
        Columns {
            row: self.row(file, row),
            of,
            joined: names[1..].to_vec().leak(),
        }
    }

    /// What a declaration has, by how it begins: that of the same file, or else the only one.
    fn declared(&self, file: &File, beginning: &str) -> (&File, &str) {
        let of = |file: &'_ File| file.code.find(beginning).map(|at| at + beginning.len());
        if let Some(at) = of(file) {
            let own = self.files.iter().find(|own| own.path == file.path);
            return own.map(|own| (own, &own.code[at..])).unwrap();
        }
        let files = self.files.iter();
        let found: Vec<_> = files
            .filter_map(|file| Some((file, &file.code[of(file)?..])))
            .collect();
        let [only] = found[..] else {
            panic!("{}: `{beginning}` stands {} times", file.path, found.len())
        };
        only
    }

    fn fragment(&self, file: &File, name: &str) -> &'static [Part] {
        let (file, rest) = self.declared(file, &format!("const {name}: &[Part] ="));
        let rest = rest.trim_start().strip_prefix("fragment!(");
        let mut rest = rest.expect("a fragment");
        let mut parts = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            if rest.starts_with(')') {
                return parts.leak();
            }
            let part;
            (part, rest) = self.part(file, rest);
            parts.push(part);
        }
    }

    /// The columns of a `row!`.
    fn row(&self, file: &File, name: &str) -> &'static [RowColumn] {
        let (file, rest) = self.declared(file, &format!("struct {name} {{"));
        let mut columns = Vec::new();
        let mut rest = rest;
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            if rest.starts_with('}') {
                return columns.leak();
            }
            let (field, after) = rest.split_once(':').unwrap();
            let field = leak(field.rsplit(' ').next().unwrap());
            let ends = [after.find([',', '=']), after.find(" as ")];
            let end = ends.into_iter().flatten().min().unwrap();
            let (kind, after) = after.split_at(end);
            let kind = kind.trim();
            let kind = kind.strip_prefix("Option<").map_or(kind, |kind| {
                kind.strip_suffix('>').expect("an option of one type")
            });
            let column;
            (column, rest) = if let Some(after) = after.strip_prefix('=') {
                let (text, after) = literal(after.trim_start());
                (RowColumn::Computed(text.leak(), field), after)
            } else if let Some(after) = after.strip_prefix(" as flattened") {
                (RowColumn::Flattened(self.row(file, kind)), after)
            } else if let Some(after) = after.strip_prefix(" as joined") {
                (RowColumn::Joined(field, self.row(file, kind)), after)
            } else if let Some(after) = after.strip_prefix(" as beside") {
                (RowColumn::Flattened(&[]), after)
            } else {
                (RowColumn::Stored(field), after)
            };
            columns.push(column);
        }
    }
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn render(parts: &[Part], engine: Engine) -> String {
    let text = Text::<BYTES_MAX>::of("", parts, engine);
    text.as_str()[..text.needs()].to_owned()
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

/// What is wrong with the columns of a result: a row is read by their names.
fn named_twice<C: Column>(columns: &[C]) -> Option<String> {
    let mut names: Vec<&str> = columns.iter().map(Column::name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    twice.map(|pair| format!("two columns are called {}", pair[0]))
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
        let twice = match conn.prepare(text).await {
            Ok(prepared) => named_twice(prepared.columns()),
            Err(error) => Some(error.to_string()),
        };
        wrong.extend(twice.map(|it| format!("{}: {it}\n{}", found.place, found.sqlite)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A list is a table without an index: looked through once for each row, 500 places cost 30 ms of the only
/// writer.
#[tokio::test]
async fn no_statement_looks_through_a_list_once_for_each_row() {
    let db = TestDb::open(Engine::Sqlite, &MIGRATIONS).await;
    let DatabaseUrl::Sqlite(path) = &db.options.url else {
        panic!("not a file")
    };
    let url = format!("sqlite:{}", path.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let found = statements().into_iter();
    let ordered: Vec<Found> = found
        .filter(|found| found.sqlite.contains("key AS place FROM json_each"))
        .collect();
    assert!(ordered.len() >= 2, "{ordered:?}");
    for found in ordered {
        let text = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", found.sqlite));
        let rows = sqlx::query(text).fetch_all(&mut conn).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let list = plan.iter().position(|step| step.contains("SCAN json_each"));
        let others = plan.iter().position(|step| step.starts_with("SEARCH"));
        assert!(list < others, "{}: {plan:?}", found.place);
    }
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
        let twice = match conn.prepare(text).await {
            Ok(prepared) => named_twice(prepared.columns()),
            Err(error) => Some(error.to_string()),
        };
        wrong.extend(twice.map(|it| format!("{}: {it}\n{}", found.place, found.postgres)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What both engines accept but understand differently, or what breaks rules of this project.
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
        if KNOWN.iter().any(|file| found.place.contains(file)) {
            continue;
        }
        let text = format!(" {} ", found.sqlite.to_lowercase().replace('\n', " "));
        for (word, reason) in FORBIDDEN {
            assert!(!text.contains(word), "{}: {word}: {reason}", found.place);
        }
    }
}

/// What is computed of another table than its own would be read of whatever has that name in a statement.
#[test]
fn what_is_computed_names_no_table_but_its_own_and_those_that_it_asks() {
    let texts = computed();
    assert!(texts.len() > 2, "only found {texts:#?}");
    for text in texts {
        let words = text.split([' ', '\n', '(', ')', ',', '=']);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let is_asked = |table: &str| {
            let mut asked = words.windows(3);
            asked.any(|three| matches!(three[0], "FROM" | "JOIN") && three[2] == table)
        };
        let named = words.iter().filter_map(|word| word.split_once('.'));
        for (table, _) in named {
            assert!(
                table == "@" || is_asked(table),
                "{table} is no table of {text:?}"
            );
        }
    }
}

/// The texts of what is computed in the rows of the crate.
fn computed() -> Vec<String> {
    let mut sources = Sources::default();
    sources.visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables"));
    let code = sources.files.iter().map(|file| file.code.as_str());
    let texts = code.flat_map(|code| {
        let starts = code.match_indices(" = \"").map(|(start, _)| start);
        let is_field = |start: &usize| {
            let before = code[..*start].lines().next_back().unwrap_or_default();
            before.contains(": ") && !before.contains('"')
        };
        let starts = starts.filter(is_field);
        starts.map(|start| literal(&code[start + 3..]).0)
    });
    texts.collect()
}

#[test]
fn the_finder_reads_statements_as_the_compiler_does() {
    let known: [Sql; 8] = [
        messages::PAGE_BEFORE,
        messages::PAGE_AROUND,
        messages::COUNT_UNREAD,
        sessions::LIST,
        sessions::PLACES,
        sessions::REMOVE_ENDED,
        tombstones::BETWEEN,
        tombstones::REMOVE,
    ];
    let found = statements();
    for sql in known {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let is_it = |found: &Found| match engine {
                Engine::Sqlite => found.sqlite == sql.text(engine),
                Engine::Postgres => found.postgres == sql.text(engine),
            };
            assert!(found.iter().any(is_it), "{}", sql.text(engine));
        }
    }
}

#[test]
fn the_finder_reads_all_that_a_statement_can_have() {
    let code = r#"
        row! {
            struct Inner {
                id: i64,
                r#type: Option<String>,
            }
            pub struct Outer {
                pub id: i64,
                pub size: i64 = "(1 + \
                    @.id)",
                pub inner: Inner as flattened,
                pub by: Option<Inner> as joined,
                pub is_last: bool as beside,
            }
        }
        const OPEN: &[Part] = fragment!("WHERE o.id ", ids(2));
        sql!("SELECT ", columns(o.Outer, b.by), " FROM a \
            o ", OPEN, " AND d = '\"'")
        sql!(sqlite: "a", postgres: "b")"#;
    let file = File {
        path: String::new(),
        code: code.to_owned(),
    };
    let sources = Sources { files: vec![file] };
    let [found, apart] = &sources.scan(&sources.files[0])[..] else {
        panic!("there are two")
    };
    let listed = "SELECT o.id, (1 + o.id) AS size, o.id, o.type, b.id AS by_id, b.type AS by_type \
        FROM a o WHERE o.id ";
    let sqlite = format!("{listed}IN (SELECT value FROM json_each($2)) AND d = '\"'");
    assert_eq!(found.sqlite, sqlite);
    assert_eq!(found.postgres, format!("{listed}= ANY($2) AND d = '\"'"));
    let texts = (apart.sqlite.as_str(), apart.postgres.as_str());
    assert_eq!(texts, ("a", "b"));
}
