//! Both engines have the same tables: columns, what may be NULL, keys.

use std::collections::BTreeSet;

use battala_store::{Conn, DbError, Engine, MIGRATIONS, Migration, Migrations, args, row, sql};

use crate::support::TestDb;

row! {
    struct Described {
        kind: String,
        place: String,
        detail: String,
    }
}

/// One line per column, key and index, in words that both engines share.
async fn describe(engine: Engine, schema: &Migrations) -> BTreeSet<String> {
    let db = TestDb::open(engine, schema).await;
    let mut reader = db.read().await.unwrap();
    let lines = match engine {
        Engine::Sqlite => describe_sqlite(&mut reader).await,
        Engine::Postgres => describe_postgres(&mut reader).await,
    };
    let mut found = BTreeSet::new();
    for Described {
        kind,
        place,
        detail,
    } in lines.unwrap()
    {
        found.insert(format!("{kind} {place} {}", normalise(&detail)));
    }
    found
}

/// The names that the engines have for the same type.
fn normalise(detail: &str) -> String {
    let detail = detail.to_lowercase();
    let names = [
        ("integer", "bigint"),
        ("double precision", "real"),
        ("bytea", "blob"),
    ];
    names
        .iter()
        .fold(detail, |text, (from, to)| text.replace(from, to))
}

/// The full-text index is the one part that differs on purpose; SQLite keeps it
/// in tables of its own, PostgreSQL in generated columns.
async fn describe_sqlite(conn: &mut Conn) -> Result<Vec<Described>, DbError> {
    conn.fetch_all(
        sql!(
            "WITH tables AS (SELECT name FROM pragma_table_list WHERE schema = 'main' ",
            "  AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%fts%') ",
            "SELECT 'column' AS kind, t.name || '.' || c.name AS place, ",
            "  c.type || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' null' END AS detail ",
            "FROM tables t, pragma_table_info(t.name) c ",
            "UNION ALL SELECT 'primary key', t.name, group_concat(c.name ORDER BY c.pk) ",
            "  FROM tables t, pragma_table_info(t.name) c WHERE c.pk > 0 GROUP BY t.name ",
            "UNION ALL SELECT 'foreign key', t.name || '.' || group_concat(f.\"from\" ORDER BY f.seq), ",
            "  f.\"table\" || '.' || group_concat(f.\"to\" ORDER BY f.seq) || ' ' || f.on_delete ",
            "  FROM tables t, pragma_foreign_key_list(t.name) f GROUP BY t.name, f.id ",
            "UNION ALL SELECT 'unique', t.name, ",
            "  (SELECT group_concat(x.name ORDER BY x.seqno) FROM pragma_index_info(i.name) x) ",
            "  FROM tables t, pragma_index_list(t.name) i WHERE i.\"unique\" = 1 AND i.origin <> 'pk'"
        ),
        args![],
    )
    .await
}

async fn describe_postgres(conn: &mut Conn) -> Result<Vec<Described>, DbError> {
    conn.fetch_all(
        sql!(
            "WITH tables AS (SELECT c.oid, c.relname AS name FROM pg_class c ",
            "  JOIN pg_namespace n ON n.oid = c.relnamespace ",
            "  WHERE n.nspname = 'public' AND c.relkind = 'r'), ",
            "columns AS (SELECT t.name, a.attname, a.attnum, t.oid, a.attnotnull, a.atttypid ",
            "  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid ",
            "  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') ",
            "SELECT 'column' AS kind, name || '.' || attname AS place, ",
            "  format_type(atttypid, NULL) || CASE WHEN attnotnull THEN '' ELSE ' null' END AS detail ",
            "FROM columns ",
            "UNION ALL SELECT CASE k.contype WHEN 'p' THEN 'primary key' ELSE 'foreign key' END, ",
            "  t.name || CASE k.contype WHEN 'p' THEN '' ELSE '.' || (SELECT string_agg(attname, ',' ORDER BY p) ",
            "    FROM unnest(k.conkey) WITH ORDINALITY AS u (n, p) ",
            "    JOIN columns ON columns.oid = t.oid AND attnum = n) END, ",
            "  CASE k.contype WHEN 'p' THEN (SELECT string_agg(attname, ',' ORDER BY p) ",
            "    FROM unnest(k.conkey) WITH ORDINALITY AS u (n, p) ",
            "    JOIN columns ON columns.oid = t.oid AND attnum = n) ",
            "  ELSE f.name || '.' || (SELECT string_agg(attname, ',' ORDER BY p) ",
            "    FROM unnest(k.confkey) WITH ORDINALITY AS u (n, p) ",
            "    JOIN columns ON columns.oid = f.oid AND attnum = n) || CASE k.confdeltype ",
            "    WHEN 'c' THEN ' cascade' WHEN 'n' THEN ' set null' ELSE ' no action' END END ",
            "FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('p', 'f') ",
            "LEFT JOIN tables f ON f.oid = k.confrelid ",
            "UNION ALL SELECT 'unique', t.name, (SELECT string_agg(attname, ',' ORDER BY p) ",
            "    FROM unnest(i.indkey::int[]) WITH ORDINALITY AS u (n, p) ",
            "    JOIN columns ON columns.oid = t.oid AND attnum = n) ",
            "FROM tables t JOIN pg_index i ON i.indrelid = t.oid ",
            "WHERE i.indisunique AND NOT i.indisprimary"
        ),
        args![],
    )
    .await
}

/// SQLite needs the row id as primary key, PostgreSQL the channel first; see
/// `docs/decisions/`. Everything else is the same.
fn is_known_difference(line: &str) -> bool {
    matches!(
        line,
        "primary key messages id"
            | "primary key messages channel_id,id"
            | "unique messages channel_id,id"
            | "unique messages id"
    )
}

async fn differences(schema: &Migrations) -> Vec<String> {
    let sqlite = describe(Engine::Sqlite, schema).await;
    let postgres = describe(Engine::Postgres, schema).await;
    assert!(
        sqlite.len() > 5,
        "the description found the tables: {sqlite:#?}"
    );
    let mut lines: Vec<String> = sqlite
        .symmetric_difference(&postgres)
        .filter(|line| !is_known_difference(line))
        .cloned()
        .collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_schema() {
    let found = differences(&MIGRATIONS).await;
    assert!(found.is_empty(), "on one engine only: {found:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_between_the_engines_is_found() {
    const DIFFERENT: Migrations = Migrations::new(&[Migration {
        name: "0001_different",
        sqlite: "
            CREATE TABLE a (id INTEGER PRIMARY KEY, same TEXT NOT NULL, n TEXT, t BIGINT, u TEXT UNIQUE);
            CREATE TABLE b (x BIGINT, y BIGINT, a_id BIGINT REFERENCES a (id), PRIMARY KEY (x, y));
        ",
        postgres: "
            CREATE TABLE a (id BIGINT PRIMARY KEY, same TEXT NOT NULL, n TEXT NOT NULL, t TEXT, u TEXT);
            CREATE TABLE b (
                x BIGINT, y BIGINT, a_id BIGINT REFERENCES a (id) ON DELETE CASCADE,
                PRIMARY KEY (y, x)
            );
        ",
    }]);
    let found = differences(&DIFFERENT).await;
    assert_eq!(
        found,
        [
            "column a.n text",
            "column a.n text null",
            "column a.t bigint null",
            "column a.t text null",
            "foreign key b.a_id a.id cascade",
            "foreign key b.a_id a.id no action",
            "primary key b x,y",
            "primary key b y,x",
            "unique a u",
        ]
    );
}
