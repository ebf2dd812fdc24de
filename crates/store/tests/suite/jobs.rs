//! The queue of jobs: who gets one, what becomes of it, and what a purge removes.

use battala_proto::id::{ChannelId, JobId, ServerId, UserId};
use battala_store::tables::jobs::{self, ClaimedRow, NewJob, Run, Setback, Terms};
use battala_store::tables::purge::{self, Purged};
use battala_store::{Db, DbError, Engine, MIGRATIONS, args, sql};
use futures_util::future::{BoxFuture, join_all};

use crate::support::TestDb;

const NOW: i64 = 1_000_000;
const HOUR: i64 = 3_600_000;

/// Two tests of a scenario on the product's tables, one per engine.
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn scenario($db: TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario(TestDb::open(Engine::Sqlite, &MIGRATIONS).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                scenario(TestDb::open(Engine::Postgres, &MIGRATIONS).await).await;
            }
        }
    )+};
}

async fn write<T, F>(db: &Db, closure: F) -> T
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut battala_store::Tx) -> BoxFuture<'t, Result<T, DbError>>
        + Send
        + 'static,
{
    db.write(closure).await.unwrap()
}

async fn queue(db: &Db, id: i64, subject: Option<i64>) {
    let job = NewJob {
        id: JobId::from_raw(id),
        kind: "purge_server",
        subject,
        payload: format!("{{\"number\":{id}}}"),
        cause: Some(UserId::from_raw(1)),
        created_at: NOW,
    };
    write(db, |tx| {
        Box::pin(async move { jobs::insert(tx, job).await })
    })
    .await;
}

/// What the run of this number gets, at this time.
async fn claim(db: &Db, claim: i64, now: i64) -> Option<ClaimedRow> {
    let terms = Terms {
        now,
        horizon: now + HOUR,
        until: now + 60_000,
    };
    write(db, move |tx| {
        Box::pin(async move { jobs::claim(tx, claim, terms).await })
    })
    .await
}

async fn renew(db: &Db, run: Run, until: i64) -> bool {
    write(db, move |tx| {
        Box::pin(async move { jobs::renew(tx, run, until).await })
    })
    .await
}

async fn finish(db: &Db, run: Run, asked: i64) -> bool {
    write(db, move |tx| {
        Box::pin(async move { jobs::finish(tx, run, asked).await })
    })
    .await
}

async fn put_off(db: &Db, run: Run, run_after: i64, failed_at: Option<i64>) -> bool {
    let setback = Setback {
        attempts: 3,
        run_after,
        failed_at,
        error: Some("why".to_owned()),
    };
    write(db, move |tx| {
        Box::pin(async move { jobs::put_off(tx, run, setback).await })
    })
    .await
}

async fn counts(db: &Db) -> (i64, i64) {
    let count = jobs::count(&mut db.read().await.unwrap()).await.unwrap();
    (count.waiting, count.failed)
}

fn run_of(row: &ClaimedRow, claim: i64) -> Run {
    Run { id: row.id, claim }
}

on_both! {
    async fn each_job_goes_to_one_of_many_who_ask_at_once(db: TestDb) {
        for id in 1..=3 {
            queue(&db, id, Some(id)).await;
        }
        let claims = join_all((1..=8).map(|number| claim(&db, number, NOW))).await;
        let mut got: Vec<i64> = claims.into_iter().flatten().map(|row| row.id.raw()).collect();
        // Who waited for another to take the row gets none, and asks again.
        while let Some(row) = claim(&db, 9, NOW).await {
            got.push(row.id.raw());
        }
        got.sort_unstable();
        assert_eq!(got, [1, 2, 3]);
    }

    async fn a_subject_has_one_job_of_a_kind_which_runs_again_when_asked_for_meanwhile(db: TestDb) {
        queue(&db, 1, Some(7)).await;
        queue(&db, 2, Some(7)).await;
        assert_eq!(counts(&db).await, (1, 0));
        let first = claim(&db, 10, NOW).await.unwrap();
        assert_eq!((first.id.raw(), first.asked), (1, 2));
        assert_eq!(first.payload, "{\"number\":2}");
        queue(&db, 3, Some(7)).await;
        assert!(claim(&db, 11, NOW).await.is_none(), "it runs");
        assert!(finish(&db, run_of(&first, 10), first.asked).await);
        let second = claim(&db, 12, NOW).await.unwrap();
        assert!(finish(&db, run_of(&second, 12), second.asked).await);
        assert_eq!(counts(&db).await, (0, 0));
        // Without a subject each is another.
        queue(&db, 4, None).await;
        queue(&db, 5, None).await;
        assert_eq!(counts(&db).await, (2, 0));
    }

    async fn a_run_whose_lease_is_over_changes_nothing_any_more(db: TestDb) {
        queue(&db, 1, Some(1)).await;
        let slow = claim(&db, 10, NOW).await.unwrap();
        assert!(renew(&db, run_of(&slow, 10), NOW + 60_000).await);
        assert!(claim(&db, 11, NOW + 59_999).await.is_none());
        let taken = claim(&db, 12, NOW + 60_000).await.unwrap();
        assert_eq!(taken.attempts, 2);
        let slow = run_of(&slow, 10);
        assert!(!renew(&db, slow, NOW + HOUR).await);
        assert!(!put_off(&db, slow, NOW + HOUR, Some(NOW)).await);
        assert!(!finish(&db, slow, 1).await);
        assert_eq!(counts(&db).await, (1, 0));
        assert!(finish(&db, run_of(&taken, 12), 1).await);
        assert_eq!(counts(&db).await, (0, 0));
    }

    async fn what_is_put_off_waits_for_its_time_or_for_a_clock_that_was_set_back(db: TestDb) {
        queue(&db, 1, Some(1)).await;
        let row = claim(&db, 10, NOW).await.unwrap();
        assert!(put_off(&db, run_of(&row, 10), NOW + 2000, None).await);
        assert!(claim(&db, 11, NOW + 1999).await.is_none());
        let row = claim(&db, 12, NOW + 2000).await.unwrap();
        assert!(put_off(&db, run_of(&row, 12), NOW + HOUR, None).await);
        assert!(claim(&db, 13, NOW).await.is_none());
        assert!(claim(&db, 14, NOW - 1).await.is_some(), "nothing waits for longer than an hour");
    }

    async fn what_has_failed_stays_until_it_is_asked_for_again(db: TestDb) {
        for id in 1..=2 {
            queue(&db, id, Some(id)).await;
            let row = claim(&db, 10 + id, NOW).await.unwrap();
            assert!(put_off(&db, run_of(&row, 10 + id), NOW, Some(NOW)).await);
        }
        assert_eq!(counts(&db).await, (0, 2));
        assert!(claim(&db, 20, NOW + HOUR).await.is_none());
        assert_eq!(write(&db, |tx| Box::pin(async move { jobs::release(tx).await })).await, 0);
        let failed = jobs::failed(&mut db.read().await.unwrap(), 10).await.unwrap();
        assert_eq!(failed[0].last_error.as_deref(), Some("why"));
        // By whoever causes it once more, or by the operator.
        queue(&db, 3, Some(1)).await;
        assert_eq!(counts(&db).await, (1, 1));
        assert_eq!(write(&db, |tx| Box::pin(async move { jobs::retry_failed(tx).await })).await, 1);
        assert_eq!(counts(&db).await, (2, 0));
        let row = claim(&db, 21, NOW).await.unwrap();
        assert_eq!(row.attempts, 1, "it begins anew");
        let caused = jobs::caused_by(&mut db.read().await.unwrap(), UserId::from_raw(1), 10).await;
        assert_eq!(caused.unwrap(), 2);
    }

    async fn a_purge_removes_what_is_marked_batch_by_batch_and_nothing_else(db: TestDb) {
        fill(&db).await;
        let server = |limit| {
            write(&db, move |tx| {
                Box::pin(async move { purge::server(tx, ServerId::from_raw(1), limit).await })
            })
        };
        let channel = |id| {
            write(&db, move |tx| {
                Box::pin(async move { purge::channel(tx, ChannelId::from_raw(id), 1000).await })
            })
        };
        // What is not marked is left alone, whoever asks.
        assert_eq!(server(10).await, Purged::All);
        assert_eq!(channel(11).await, Purged::All);
        assert_eq!(rows(&db).await, 2 * OF_ONE);
        mark(&db).await;
        // A deleted channel goes with its overwrites, and leaves those of the others.
        let before = rows(&db).await;
        mark_channel(&db).await;
        assert_eq!(channel(11).await, Purged::All);
        assert_eq!(before - rows(&db).await, 1 + 1 + 1 + 20);
        let mut before = rows(&db).await;
        while server(10).await == Purged::Some {
            let after = rows(&db).await;
            assert!((1..=10).contains(&(before - after)), "{before} to {after}");
            before = after;
        }
        assert_eq!(rows(&db).await, OF_ONE, "the other server");
        assert_eq!(server(10).await, Purged::All, "twice is once");
    }
}

/// Rows of one server: its own, two channels of a category and that, two roles, a member who has one of
/// them, an overwrite for each, an invite, a read state, and twenty messages.
const OF_ONE: i64 = 1 + 3 + 2 + 1 + 1 + 2 + 1 + 1 + 20;

/// Two servers with a row of everything, and twenty messages.
async fn fill(db: &Db) {
    write(db, |tx| {
        Box::pin(async move {
            for statement in [
                sql!(
                    "INSERT INTO users (id, username, display_name, display_name_folded, kind, is_admin, rev, created_at) ",
                    "VALUES (1, 'ana', 'Ana', 'ana', 0, FALSE, 1, 0)"
                ),
                sql!(
                    "INSERT INTO servers (id, name, owner_id, epoch, member_count, created_at) ",
                    "VALUES (1, 'Bazaar', 1, 1, 1, 0), (2, 'Quay', 1, 1, 1, 0)"
                ),
                sql!(
                    "INSERT INTO roles (id, server_id, name, permissions, position) ",
                    "VALUES (1, 1, 'everyone', 0, 0), (2, 2, 'everyone', 0, 0), ",
                    "(101, 1, 'keeper', 0, 1), (102, 2, 'keeper', 0, 1)"
                ),
                sql!(
                    "INSERT INTO server_members (server_id, user_id, joined_at, position) ",
                    "VALUES (1, 1, 0, 0), (2, 1, 0, 1)"
                ),
                sql!(
                    "INSERT INTO invites (code, server_id, creator_id, created_at, uses) ",
                    "VALUES ('a', 1, 1, 0, 0), ('b', 2, 1, 0, 0)"
                ),
                sql!(
                    "INSERT INTO channels (id, server_id, type, name, topic, position, last_seq, created_at, parent_id) ",
                    "VALUES (21, 1, 4, 'tea', '', 0, 0, 0, NULL), (22, 2, 4, 'tea', '', 0, 0, 0, NULL), ",
                    "(11, 1, 0, 'general', '', 1, 0, 0, 21), (12, 2, 0, 'general', '', 1, 0, 0, 22), ",
                    "(31, 1, 0, 'quiet', '', 2, 0, 0, 21), (32, 2, 0, 'quiet', '', 2, 0, 0, 22)"
                ),
                sql!(
                    "INSERT INTO member_roles (server_id, user_id, role_id) ",
                    "VALUES (1, 1, 101), (2, 1, 102)"
                ),
                sql!(
                    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, user_id, allow, deny) ",
                    "VALUES (11, 101, 1, 101, NULL, 1024, 0), (12, 102, 2, 102, NULL, 1024, 0), ",
                    "(21, 1, 1, NULL, 1, 0, 2048), (22, 1, 2, NULL, 1, 0, 2048)"
                ),
                sql!(
                    "INSERT INTO read_states (user_id, channel_id, last_read_id, rev) ",
                    "VALUES (1, 11, 1, 1), (1, 12, 1, 1)"
                ),
                sql!(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) ",
                    "INSERT INTO messages (id, channel_id, author_id, type, flags, content, seq, rev, created_at) ",
                    "SELECT i, CASE WHEN i <= 20 THEN 11 ELSE 12 END, 1, 0, 0, 'tea', i, i, 0 FROM n"
                ),
            ] {
                tx.execute(statement, args![]).await?;
            }
            Ok(())
        })
    })
    .await;
}

async fn mark(db: &Db) {
    let statement = sql!("UPDATE servers SET deleted_at = 1 WHERE id = 1");
    write(db, move |tx| {
        Box::pin(async move { tx.execute(statement, args![]).await })
    })
    .await;
}

async fn mark_channel(db: &Db) {
    let statement = sql!("UPDATE channels SET deleted_at = 1 WHERE id = 11");
    write(db, move |tx| {
        Box::pin(async move { tx.execute(statement, args![]).await })
    })
    .await;
}

/// All rows of both servers.
async fn rows(db: &Db) -> i64 {
    let statement = sql!(
        "SELECT (SELECT COUNT(*) FROM servers) + (SELECT COUNT(*) FROM roles) ",
        "+ (SELECT COUNT(*) FROM server_members) + (SELECT COUNT(*) FROM invites) ",
        "+ (SELECT COUNT(*) FROM channels) + (SELECT COUNT(*) FROM read_states) ",
        "+ (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM member_roles) ",
        "+ (SELECT COUNT(*) FROM channel_overwrites)"
    );
    let mut reader = db.read().await.unwrap();
    reader.fetch_one(statement, args![]).await.unwrap()
}
