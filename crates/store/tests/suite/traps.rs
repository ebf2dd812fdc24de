//! The known traps of the engines and of the driver, one test each. Those about
//! cancellation stand in `reads`, those about files in `files`, those that are
//! rules for statements in `statements`.

use battala_store::{Arg, Constraint, DbError, Engine, args, row, sql};

use crate::support::{TEST_SCHEMA, TestDb, both, insert_thing, things};

row! {
    #[derive(Debug, PartialEq)]
    struct KindRow {
        id: i64,
        is_on: bool,
        data: Option<Vec<u8>>,
        ratio: Option<f64>,
    }

    #[derive(Debug)]
    struct NoteRow {
        thing_id: i64,
        position: u8,
    }

    #[derive(Debug)]
    struct ThingBefore {
        id: i64,
        note: Option<NoteRow> as joined,
    }
}

row! {
    #[derive(Debug)]
    struct OfThing {
        id: i64,
    }

    #[derive(Debug)]
    struct Noted {
        thing: OfThing as joined,
        position: u8,
    }

    #[derive(Debug)]
    struct NotedBefore {
        id: i64,
        noted: Noted as joined,
    }
}

both! {
    async fn returning_reports_an_error_at_commit(db: TestDb) {
        let outcome: Result<i64, DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    let sql = sql!("INSERT INTO late (thing_id) VALUES ($1) RETURNING thing_id");
                    tx.fetch_one(sql, args![99]).await
                })
            })
            .await;
        assert!(
            matches!(outcome, Err(DbError::Conflict(Constraint::ForeignKey))),
            "{outcome:?}"
        );
    }

    async fn a_missing_or_extra_argument_is_an_error(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        let sql = sql!("SELECT COUNT(*) FROM things WHERE id = $1 OR name = $2");
        for arguments in [args![], args![1], args![1, "a", 2]] {
            let outcome = reader.fetch_one::<i64>(sql, arguments).await;
            assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        }
        assert_eq!(reader.fetch_one::<i64>(sql, args![1, "a"]).await.unwrap(), 0);
    }

    async fn arguments_are_bound_by_number(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        let sql = sql!("SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)");
        let row: (String, i64, String) = reader.fetch_one(sql, args![1, "two"]).await.unwrap();
        assert_eq!(row, ("two".to_owned(), 1, "two".to_owned()));
    }

    async fn aggregates_are_read_as_the_same_type(db: TestDb) {
        db.write(|tx| Box::pin(insert_thing(tx, 3))).await.unwrap();
        let mut reader = db.read().await.unwrap();
        let sql = sql!(
            "SELECT CAST(MAX(id) AS BIGINT), CAST(SUM(id) AS BIGINT), COUNT(*), ",
            "EXISTS (SELECT 1 FROM things WHERE id = 3) FROM things"
        );
        let row: (i64, i64, i64, bool) = reader.fetch_one(sql, args![]).await.unwrap();
        assert_eq!(row, (3, 3, 1, true));
        let none: Option<i64> = reader
            .fetch_one(sql!("SELECT CAST(MAX(id) AS BIGINT) FROM things WHERE id > 3"), args![])
            .await
            .unwrap();
        assert_eq!(none, None);
    }

    async fn every_type_goes_in_and_comes_out_the_same(db: TestDb) {
        let full = KindRow { id: 1, is_on: true, data: Some(vec![0, 255]), ratio: Some(0.5) };
        let empty = KindRow { id: i64::MAX, is_on: false, data: None, ratio: None };
        db.write::<_, DbError, _>(|tx| {
            Box::pin(async move {
                let sql = sql!("INSERT INTO kinds (id, is_on, data, ratio) VALUES ($1, $2, $3, $4)");
                tx.execute(sql, args![1, true, vec![0_u8, 255], 0.5]).await?;
                tx.execute(sql, args![i64::MAX, false, None::<Vec<u8>>, None::<f64>]).await
            })
        })
        .await
        .unwrap();
        let mut reader = db.read().await.unwrap();
        let sql = sql!("SELECT id, is_on, data, ratio FROM kinds ORDER BY id");
        assert_eq!(reader.fetch_all::<KindRow>(sql, args![]).await.unwrap(), [full, empty]);
    }

    async fn a_list_of_ids_is_one_argument(db: TestDb) {
        for id in 1..=5 {
            db.write(move |tx| Box::pin(insert_thing(tx, id))).await.unwrap();
        }
        let mut reader = db.read().await.unwrap();
        let sql = sql!("SELECT id FROM things WHERE id ", ids(1), " AND id > $2 ORDER BY id");
        let found: Vec<i64> = reader.fetch_all(sql, args![Arg::ids([1, 3, 5, 9]), 1]).await.unwrap();
        assert_eq!(found, [3, 5]);
        let none: Vec<i64> = reader.fetch_all(sql, args![Arg::ids([0_i64; 0]), 1]).await.unwrap();
        assert_eq!(none, [0; 0]);
    }

    async fn nul_in_text_is_refused(db: TestDb) {
        let outcome: Result<u64, DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    let sql = sql!("INSERT INTO things (id, name) VALUES (1, $1)");
                    tx.execute(sql, args!["a\0b"]).await
                })
            })
            .await;
        assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        assert_eq!(things(&db).await, [0; 0]);
    }

    async fn violated_constraints_are_told_apart_by_kind(db: TestDb) {
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        let unique = sql!("INSERT INTO things (id, name) VALUES (1, 'other')");
        let unique_name = sql!("INSERT INTO things (id, name) VALUES (2, 'thing 1')");
        let foreign = sql!("INSERT INTO notes (thing_id, position) VALUES (99, 1)");
        let check = sql!("INSERT INTO things (id) VALUES (3)");
        for (sql, expected) in [
            (unique, Constraint::Unique),
            (unique_name, Constraint::Unique),
            (foreign, Constraint::ForeignKey),
            (check, Constraint::Check),
        ] {
            let outcome: Result<u64, DbError> =
                db.write(move |tx| Box::pin(tx.execute(sql, args![]))).await;
            assert!(
                matches!(&outcome, Err(DbError::Conflict(found)) if *found == expected),
                "{sql:?}: {outcome:?}"
            );
        }
    }

    async fn on_conflict_do_nothing_returns_no_row(db: TestDb) {
        let sql = sql!(
            "INSERT INTO things (id, name) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING RETURNING id"
        );
        for expected in [Some(1), None] {
            let row: Option<i64> = db
                .write::<_, DbError, _>(move |tx| Box::pin(tx.fetch_optional(sql, args![])))
                .await
                .unwrap();
            assert_eq!(row, expected);
        }
    }

    async fn an_extra_semicolon_or_second_statement_is_not_smuggled_in(db: TestDb) {
        let mut reader = db.read().await.unwrap();
        let sql = sql!("SELECT COUNT(*) FROM things WHERE name = $1");
        let found: i64 = reader.fetch_one(sql, args!["'; DROP TABLE things; --"]).await.unwrap();
        assert_eq!(found, 0);
    }

    async fn a_value_that_does_not_fit_names_its_place(db: TestDb) {
        db.write(|tx| Box::pin(insert_thing(tx, 300))).await.unwrap();
        let mut reader = db.read().await.unwrap();
        let outcome = reader.fetch_all::<u8>(sql!("SELECT id FROM things"), args![]).await;
        let Err(DbError::Corrupt { statement, column, row, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(statement.starts_with("suite::traps"), "{statement}");
        assert_eq!((column.as_str(), row.as_str()), ("0", "300"));
    }

    async fn a_value_of_a_row_within_another_is_named_by_the_key_of_its_own_row(db: TestDb) {
        db.write(|tx| Box::pin(insert_thing(tx, 7))).await.unwrap();
        db.write(|tx| Box::pin(insert_thing(tx, 8))).await.unwrap();
        db.write::<_, DbError, _>(|tx| {
            let note = sql!("INSERT INTO notes (thing_id, position) VALUES (8, 300)");
            Box::pin(tx.execute(note, args![]))
        })
        .await
        .unwrap();
        let mut reader = db.read().await.unwrap();
        let statement = sql!(
            "SELECT ",
            columns(t.ThingBefore, n.note),
            " FROM things t LEFT JOIN notes n ON n.thing_id > t.id WHERE t.id = 7"
        );
        let outcome = reader.fetch_one::<ThingBefore>(statement, args![]).await;
        let Err(DbError::Corrupt { column, row, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((column.as_str(), row.as_str()), ("note_position", "8"));
        let statement = sql!(
            "SELECT ",
            columns(t.NotedBefore, n.noted, o.thing),
            " FROM things t JOIN notes n ON n.thing_id > t.id JOIN things o ON o.id = n.thing_id WHERE t.id = 7"
        );
        let outcome = reader.fetch_one::<NotedBefore>(statement, args![]).await;
        let Err(DbError::Corrupt { column, row, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        let of_one_within = "where a row begins with another";
        assert_eq!((column.as_str(), row.as_str()), ("noted_position", "8"), "{of_one_within}");
    }
}

/// What the server says about itself decides what a caller may do next.
#[tokio::test]
async fn server_errors_are_sorted_by_what_can_be_done() {
    let db = TestDb::open(Engine::Postgres, &TEST_SCHEMA).await;
    let raise = [
        (sql!("DO $q$BEGIN RAISE SQLSTATE '40001'; END$q$"), "Busy"),
        (sql!("DO $q$BEGIN RAISE SQLSTATE '40P01'; END$q$"), "Busy"),
        (sql!("DO $q$BEGIN RAISE SQLSTATE '57014'; END$q$"), "Busy"),
        (
            sql!("DO $q$BEGIN RAISE SQLSTATE '53100'; END$q$"),
            "StorageFull",
        ),
        (
            sql!("DO $q$BEGIN RAISE SQLSTATE '53300'; END$q$"),
            "Unavailable",
        ),
        (
            sql!("DO $q$BEGIN RAISE SQLSTATE '57P01'; END$q$"),
            "Unavailable",
        ),
        (sql!("DO $q$BEGIN RAISE SQLSTATE '22012'; END$q$"), "Other"),
    ];
    for (sql, expected) in raise {
        let outcome: Result<u64, DbError> =
            db.write(move |tx| Box::pin(tx.execute(sql, args![]))).await;
        let found = format!("{:?}", outcome.unwrap_err());
        assert!(found.starts_with(expected), "{sql:?}: {found}");
    }
}
