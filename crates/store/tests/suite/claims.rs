//! A database of PostgreSQL that a version without a claim serves: nobody serves it beside, or changes
//! its schema under it.

use battala_store::{DatabaseUrl, Db, Engine, MIGRATIONS, Migrations, OpenError, Options, Purpose};
use sqlx::{Connection as _, PgConnection};

use crate::support::TestDb;

/// What that version knows.
const OLDER: Migrations = Migrations::new(MIGRATIONS.steps().split_at(1).0);

/// A session that is called so.
async fn session(db: &TestDb, name: &str) -> PgConnection {
    let DatabaseUrl::Postgres(server) = &db.options.url else {
        panic!("not a server")
    };
    let server = server.as_ref().clone().application_name(name);
    PgConnection::connect_with(&server).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_without_a_claim_is_another_hub() {
    let db = TestDb::open(Engine::Postgres, &OLDER).await;
    db.close().await;
    let old = session(&db, "battala").await;
    let serve = Options {
        purpose: Purpose::Serve,
        ..db.options.clone()
    };
    let refused = Db::open(&serve).await.err();
    assert!(matches!(refused, Some(OpenError::Served)), "{refused:?}");
    let refused = Db::open(&db.options).await.err();
    assert!(
        matches!(refused, Some(OpenError::ServedByOlder)),
        "{refused:?}"
    );
    old.close().await.unwrap();
    // Others are nobody's hub: a command of today's, and whoever else.
    let visit = session(&db, "battala visit").await;
    let other = session(&db, "battalas").await;
    let opened = Db::open(&serve).await.unwrap();
    opened.close().await;
    visit.close().await.unwrap();
    other.close().await.unwrap();
}
