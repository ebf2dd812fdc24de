//! A kind that this version does not know is found where its row is read.

use battala_proto::id::MessageId;
use battala_store::tables::{channels, messages};
use battala_store::{DbError, Engine, MIGRATIONS, args, sql};

use crate::newest::{CHANNEL, fill};
use crate::support::TestDb;

fn refused<T>(outcome: Result<T, DbError>) -> (String, String) {
    match outcome {
        Err(DbError::Corrupt { column, row, .. }) => (column, row),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("read as a kind"),
    }
}

async fn an_unknown_kind_is_corrupt(engine: Engine) {
    let db = TestDb::open(engine, &MIGRATIONS).await;
    fill(&db, &[1]).await;
    let message = MessageId::from_raw(1);
    for raw in [-1_i64, 1, 7, i64::MAX] {
        let written = db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let channels = sql!("UPDATE channels SET type = $1");
                tx.execute(channels, args![raw]).await?;
                tx.execute(sql!("UPDATE messages SET type = $1"), args![raw])
                    .await
            })
        });
        written.await.unwrap();
        let mut reader = db.read().await.unwrap();
        let channel = refused(channels::get(&mut reader, CHANNEL).await);
        assert_eq!(channel, ("type".to_owned(), "20".to_owned()), "{raw}");
        let message = refused(messages::get(&mut reader, CHANNEL, message).await);
        assert_eq!(message, ("type".to_owned(), "1".to_owned()), "{raw}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_kind_is_a_corrupt_row_on_sqlite() {
    an_unknown_kind_is_corrupt(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_kind_is_a_corrupt_row_on_postgres() {
    an_unknown_kind_is_corrupt(Engine::Postgres).await;
}
