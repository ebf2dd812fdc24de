//! Group commit, which only SQLite has: one transaction for all that queued up
//! behind the gate.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::FutureExt as _;

use battala_store::{Db, DbError, Engine, args, sql};

use crate::support::{TEST_SCHEMA, TestDb, gate, insert_thing, things};

async fn open() -> TestDb {
    TestDb::open(Engine::Sqlite, &TEST_SCHEMA).await
}

#[tokio::test]
async fn hooks_run_after_all_closures_and_in_the_order_of_the_calls() {
    let db = open().await;
    let gate = gate(&db).await;
    let closures = Arc::new(AtomicUsize::new(0));
    let hooks = Arc::new(Mutex::new(Vec::new()));
    let mut answers = Vec::new();
    for id in 0..100 {
        let (closures, hooks) = (Arc::clone(&closures), Arc::clone(&hooks));
        let seen = Arc::clone(&closures);
        let permit = db.try_reserve().unwrap();
        answers.push(permit.submit_then::<_, _, DbError, _, _>(
            move |tx| {
                Box::pin(async move {
                    closures.fetch_add(1, Ordering::SeqCst);
                    insert_thing(tx, id).await
                })
            },
            move |id| {
                hooks
                    .lock()
                    .unwrap()
                    .push((id, seen.load(Ordering::SeqCst)));
            },
        ));
    }
    drop(gate.open);
    gate.done.await.unwrap();
    for answer in answers {
        answer.await.unwrap();
    }
    let expected: Vec<(i64, usize)> = (0..100).map(|id| (id, 100)).collect();
    assert_eq!(*hooks.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_failed_or_panicking_closure_does_not_touch_its_neighbours() {
    let db = open().await;
    let gate = gate(&db).await;
    let mut answers = Vec::new();
    for id in 0..60 {
        answers.push(db.write_queued(move |tx| {
            Box::pin(async move {
                insert_thing(tx, id).await?;
                match id % 6 {
                    0 => Err(DbError::other("refused")),
                    1 => insert_thing(tx, id).await,
                    2 => panic!("on purpose"),
                    _ => Ok(id),
                }
            })
        }));
    }
    drop(gate.open);
    gate.done.await.unwrap();
    for (id, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.await.is_ok(), id % 6 > 2, "{id}");
    }
    let expected: Vec<i64> = (0..60).filter(|id| id % 6 > 2).collect();
    assert_eq!(things(&db).await, expected);
}

#[tokio::test]
async fn a_closure_sees_what_its_predecessor_did_but_not_what_was_undone() {
    let db = open().await;
    let gate = gate(&db).await;
    let undone = db.write_queued::<i64, _, _>(|tx| {
        Box::pin(async move {
            insert_thing(tx, 1).await?;
            Err(DbError::other("refused"))
        })
    });
    let kept = db.write_queued::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 2)));
    let looks = db.write_queued::<_, DbError, _>(|tx| Box::pin(crate::support::all_things(tx)));
    drop(gate.open);
    gate.done.await.unwrap();
    assert!(undone.await.is_err());
    assert_eq!(kept.await.unwrap(), 2);
    assert_eq!(looks.await.unwrap(), [2]);
}

#[tokio::test]
async fn a_failed_commit_fails_all_of_its_group_and_the_writer_lives() {
    let db = open().await;
    let gate = gate(&db).await;
    let neighbour = db.write_queued::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)));
    let late = db.write_queued::<_, DbError, _>(|tx| {
        Box::pin(tx.execute(sql!("INSERT INTO late (thing_id) VALUES (99)"), args![]))
    });
    drop(gate.open);
    gate.done.await.unwrap();
    assert!(matches!(neighbour.await, Err(DbError::Conflict(_))));
    assert!(matches!(late.await, Err(DbError::Conflict(_))));
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 2)))
        .await
        .unwrap();
    assert_eq!(things(&db).await, [2]);
}

#[tokio::test]
async fn a_full_disk_fails_writes_but_not_the_writer() {
    let db = open().await;
    let big = "x".repeat(1 << 20);
    set_page_count_max(&db, 64).await;
    let gate = gate(&db).await;
    let before = db.write_queued::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 1)));
    let full = db.write_queued::<_, DbError, _>(move |tx| {
        Box::pin(async move {
            let sql = sql!("INSERT INTO things (id, name) VALUES (2, $1)");
            tx.execute(sql, args![big]).await
        })
    });
    let after = db.write_queued::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 3)));
    drop(gate.open);
    gate.done.await.unwrap();
    // SQLite may undo the whole transaction; what had not begun runs in the next.
    assert!(matches!(before.await, Err(DbError::StorageFull(_))));
    assert!(matches!(full.await, Err(DbError::StorageFull(_))));
    assert_eq!(after.await.unwrap(), 3);
    set_page_count_max(&db, 1 << 20).await;
    db.write::<_, DbError, _>(|tx| Box::pin(insert_thing(tx, 4)))
        .await
        .unwrap();
    assert_eq!(things(&db).await, [3, 4]);
    assert!(db.fatal().now_or_never().is_none());
}

/// Stands in for the size of the disk: SQLite reports both alike.
async fn set_page_count_max(db: &Db, pages: i64) {
    let sql = match pages {
        64 => sql!("PRAGMA max_page_count = 64"),
        _ => sql!("PRAGMA max_page_count = 1048576"),
    };
    let set: Option<i64> = db
        .write::<_, DbError, _>(move |tx| Box::pin(tx.fetch_optional(sql, args![])))
        .await
        .unwrap();
    assert_eq!(set, Some(pages));
}
