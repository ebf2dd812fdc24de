//! What `Db::write` and its variants promise.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures_util::FutureExt as _;

use battala_store::{Constraint, Db, DbError, Engine, QUEUE_MAX, args, sql};

use crate::support::{ENDLESS, TEST_SCHEMA, TestDb, both, eventually, insert_thing, things};

both! {
    async fn what_a_write_did_is_there_when_it_returns(db: TestDb) {
        let id = db.write(|tx| Box::pin(insert_thing(tx, 7))).await.unwrap();
        assert_eq!(id, 7);
        assert_eq!(things(&db).await, [7]);
    }

    async fn a_write_that_fails_leaves_nothing(db: TestDb) {
        let outcome: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    insert_thing(tx, 1).await?;
                    Err(DbError::other("changed my mind"))
                })
            })
            .await;
        assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        assert_eq!(things(&db).await, [0; 0]);
    }

    async fn a_write_that_panics_leaves_nothing_and_later_writes_work(db: TestDb) {
        let outcome: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    insert_thing(tx, 1).await?;
                    panic!("on purpose");
                })
            })
            .await;
        assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        db.write(|tx| Box::pin(insert_thing(tx, 2))).await.unwrap();
        assert_eq!(things(&db).await, [2]);
    }

    async fn an_ignored_error_still_undoes_the_write(db: TestDb) {
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        let hook_ran = Arc::new(AtomicBool::new(false));
        let ran = Arc::clone(&hook_ran);
        let outcome: Result<(), DbError> = db
            .write_with(
                |tx| {
                    Box::pin(async move {
                        insert_thing(tx, 2).await?;
                        drop(insert_thing(tx, 1).await);
                        let later = insert_thing(tx, 3).await;
                        assert!(matches!(later, Err(DbError::Conflict(_))), "{later:?}");
                        Ok(())
                    })
                },
                move |()| ran.store(true, Ordering::SeqCst),
            )
            .await;
        let expected = Err::<(), _>(DbError::Conflict(Constraint::Unique));
        assert_eq!(format!("{outcome:?}"), format!("{expected:?}"));
        assert!(!hook_ran.load(Ordering::SeqCst));
        assert_eq!(things(&db).await, [1]);
    }

    async fn a_statement_that_is_given_up_undoes_the_write(db: TestDb) {
        let outcome: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    insert_thing(tx, 1).await?;
                    assert!(tx.fetch_one::<i64>(ENDLESS, args![]).now_or_never().is_none());
                    drop(insert_thing(tx, 2).await);
                    Ok(())
                })
            })
            .await;
        assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        // The connection is not used again, or waits for the end of the statement.
        db.write(|tx| Box::pin(insert_thing(tx, 3))).await.unwrap();
        assert_eq!(things(&db).await, [3]);
    }

    async fn a_hook_gets_the_result_and_makes_the_answer(db: TestDb) {
        let answer: Result<String, DbError> = db
            .write_then(|tx| Box::pin(insert_thing(tx, 5)), |id| format!("made {id}"))
            .await;
        assert_eq!(answer.unwrap(), "made 5");
    }

    async fn a_hook_that_panics_costs_only_its_own_answer(db: TestDb) {
        let outcome: Result<i64, DbError> = db
            .write_then(|tx| Box::pin(insert_thing(tx, 1)), |_| panic!("on purpose"))
            .await;
        assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
        db.write(|tx| Box::pin(insert_thing(tx, 2))).await.unwrap();
        assert_eq!(things(&db).await, [1, 2]);
    }

    async fn a_caller_that_goes_away_cancels_neither_write_nor_hook(db: TestDb) {
        let ran = Arc::new(AtomicUsize::new(0));
        for id in 0..50 {
            let ran = Arc::clone(&ran);
            let permit = db.reserve().await.unwrap();
            drop(permit.submit_then(
                move |tx| Box::pin(insert_thing(tx, id)),
                move |_| ran.fetch_add(1, Ordering::SeqCst),
            ));
        }
        eventually(async || ran.load(Ordering::SeqCst) == 50).await;
        assert_eq!(things(&db).await.len(), 50);
    }

    async fn writes_of_a_lane_commit_in_the_order_of_submission(db: TestDb) {
        let lane = db.lane();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut answers = Vec::new();
        for id in 0..100 {
            let order = Arc::clone(&order);
            let permit = lane.reserve().await.unwrap();
            answers.push(permit.submit_then::<_, _, DbError, _, _>(move |tx| {
                Box::pin(async move {
                    // Every third one fails, and stops nobody.
                    insert_thing(tx, if id % 3 == 2 { 0 } else { id }).await
                })
            }, move |id| order.lock().unwrap().push(id)));
        }
        for (id, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.await.is_ok(), id % 3 != 2);
        }
        let expected: Vec<i64> = (0..100).filter(|id| id % 3 != 2).collect();
        assert_eq!(*order.lock().unwrap(), expected);
    }

    async fn a_constraint_that_fails_at_commit_fails_the_write(db: TestDb) {
        let hook_ran = Arc::new(AtomicBool::new(false));
        let ran = Arc::clone(&hook_ran);
        let outcome: Result<u64, DbError> = db
            .write_with(
                |tx| {
                    Box::pin(async move {
                        tx.execute(sql!("INSERT INTO late (thing_id) VALUES ($1)"), args![99])
                            .await
                    })
                },
                move |_| ran.store(true, Ordering::SeqCst),
            )
            .await;
        assert!(
            matches!(outcome, Err(DbError::Conflict(Constraint::ForeignKey))),
            "{outcome:?}"
        );
        assert!(!hook_ran.load(Ordering::SeqCst));
        db.write(|tx| Box::pin(insert_thing(tx, 1))).await.unwrap();
        assert_eq!(things(&db).await, [1]);
    }

    async fn close_finishes_what_was_accepted_and_refuses_the_rest(db: TestDb) {
        let mut answers = Vec::new();
        for id in 0..100 {
            answers.push(db.write_queued(move |tx| Box::pin(insert_thing(tx, id))));
        }
        db.close().await;
        for answer in answers {
            answer.await.unwrap();
        }
        let late: Result<i64, DbError> = db.write(|tx| Box::pin(insert_thing(tx, 1000))).await;
        assert!(matches!(late, Err(DbError::Unavailable(_))), "{late:?}");
        assert!(matches!(db.read().await.err(), Some(DbError::Unavailable(_))));
        let again = Db::open_with_migrations(&db.options, &TEST_SCHEMA).await.unwrap();
        assert_eq!(things(&again).await.len(), 100);
        again.close().await;
    }

    async fn a_full_queue_refuses_or_lets_wait(db: TestDb) {
        let mut permits = Vec::new();
        for _ in 0..QUEUE_MAX {
            permits.push(db.try_reserve().unwrap());
        }
        let refused: Result<(), DbError> = db.write_queued(|_| Box::pin(async { Ok(()) })).await;
        assert!(matches!(refused, Err(DbError::Busy(_))), "{refused:?}");

        let waiting = db.write(|tx| Box::pin(insert_thing(tx, 1)));
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(permits.pop());
        assert_eq!(waiting.await.unwrap(), 1);
    }

    async fn locks_of_servers_are_taken_and_released(db: TestDb) {
        for _ in 0..2 {
            let mut answers = Vec::new();
            for id in 0..20 {
                answers.push(db.write_queued(move |tx| Box::pin(async move {
                    if id % 5 == 0 {
                        tx.lock_server_exclusive(None, 3).await
                    } else {
                        tx.lock_server_shared(None, 3).await
                    }
                })));
            }
            for answer in answers {
                answer.await.unwrap();
            }
        }
    }
}

/// Only PostgreSQL runs writes side by side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusive_lock_waits_for_shared_ones() {
    let db = TestDb::open(Engine::Postgres, &TEST_SCHEMA).await;
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let shared = db.write_queued::<_, DbError, _>(|tx| {
        Box::pin(async move {
            tx.lock_server_shared(None, 3).await?;
            begun.send(()).unwrap();
            drop(released.await);
            insert_thing(tx, 1).await
        })
    });
    has_begun.await.unwrap();
    // Shared locks do not exclude each other.
    db.write::<_, DbError, _>(|tx| Box::pin(tx.lock_server_shared(None, 3)))
        .await
        .unwrap();
    let exclusive = db.write_queued::<_, DbError, _>(|tx| {
        Box::pin(async move {
            tx.lock_server_exclusive(None, 3).await?;
            crate::support::all_things(tx).await
        })
    });
    let waits = sql!("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    eventually(async || {
        let mut reader = db.read().await.unwrap();
        reader.fetch_one::<i64>(waits, args![]).await.unwrap() == 1
    })
    .await;
    release.send(()).unwrap();
    shared.await.unwrap();
    assert_eq!(exclusive.await.unwrap(), [1]);
}
