//! The newest message of a channel that stands, whatever is deleted beside what.

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};
use battala_proto::messages::MessageKind;
use battala_store::tables::{channels, messages};
use battala_store::{Db, DbError, Engine, MIGRATIONS, Tx, args, sql};
use tokio::sync::oneshot;

use crate::support::{TestDb, waits_for_a_lock};

pub(crate) const CHANNEL: ChannelId = ChannelId::from_raw(20);
pub(crate) const AUTHOR: UserId = UserId::from_raw(1);

/// A channel with messages of these ids.
pub(crate) async fn fill(db: &Db, ids: &'static [i64]) {
    let filled = db.write(move |tx| {
        Box::pin(async move {
            let statements = [
                sql!(
                    "INSERT INTO users (id, username, display_name, display_name_folded, kind, is_admin, rev, ",
                    "created_at) VALUES (1, 'ana', 'Ana', 'ana', 0, FALSE, 1, 0)"
                ),
                sql!(
                    "INSERT INTO servers (id, name, owner_id, epoch, member_count, created_at) ",
                    "VALUES (10, 'Tea', 1, 1, 1, 0)"
                ),
            ];
            for statement in statements {
                tx.execute(statement, args![]).await?;
            }
            let row = channels::ChannelRow {
                id: CHANNEL,
                server_id: ServerId::from_raw(10),
                r#type: ChannelKind::Text,
                name: "tea".to_owned(),
                topic: String::new(),
                position: 0,
                created_at: 0,
            };
            channels::insert(tx, &row).await?;
            for id in ids {
                write(tx, *id).await?;
            }
            Ok::<_, DbError>(())
        })
    });
    filled.await.unwrap();
}

/// The id that it got.
async fn write(tx: &mut Tx, id: i64) -> Result<i64, DbError> {
    let nonce = format!("nonce {id}");
    let key = (AUTHOR, nonce.as_str());
    let place = channels::advance(tx, CHANNEL, MessageId::from_raw(id), key).await?;
    let place = place.unwrap();
    let message = messages::NewMessage {
        id: place.last_id,
        channel_id: CHANNEL,
        author_id: AUTHOR,
        kind: MessageKind::Default,
        content: "tea".to_owned(),
        nonce,
        created_at: 0,
    };
    assert!(
        messages::insert(tx, message, place.last_seq)
            .await?
            .is_some()
    );
    Ok(place.last_id.raw())
}

async fn delete(tx: &mut Tx, id: i64) -> Result<Option<i64>, DbError> {
    let id = MessageId::from_raw(id);
    let come = channels::advance_without(tx, CHANNEL, id).await?.unwrap();
    assert!(messages::set_deleted(tx, (CHANNEL, id), come.last_seq, 1).await?);
    Ok(come.last_message_id.map(MessageId::raw))
}

async fn newest(db: &Db) -> Option<i64> {
    let mut reader = db.read().await.unwrap();
    let come = channels::come(&mut reader, CHANNEL).await.unwrap();
    come.unwrap().last_message_id.map(MessageId::raw)
}

async fn falls_and_rises(engine: Engine) {
    let db = TestDb::open(engine, &MIGRATIONS).await;
    fill(&db, &[1, 2, 3]).await;
    assert_eq!(newest(&db).await, Some(3));
    // One in the middle, the newest, the one before it, and so the last of all.
    for (deleted, left) in [(2, Some(3)), (3, Some(1)), (1, None)] {
        let told = db.write(move |tx| Box::pin(delete(tx, deleted)));
        assert_eq!(told.await.unwrap(), left);
        assert_eq!(newest(&db).await, left);
    }
    // Ids go on above what was there, whatever the clock says.
    let id = db.write(|tx| Box::pin(write(tx, 0))).await.unwrap();
    assert_eq!((id, newest(&db).await), (4, Some(4)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_message_falls_with_deletions_and_ids_do_not_on_sqlite() {
    falls_and_rises(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_message_falls_with_deletions_and_ids_do_not_on_postgres() {
    falls_and_rises(Engine::Postgres).await;
}

/// On SQLite one write waits for the other before it begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_waited_for_another_knows_what_that_one_deleted() {
    let db = TestDb::open(Engine::Postgres, &MIGRATIONS).await;
    fill(&db, &[1, 2, 3]).await;
    let (has_begun, begun) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let first = db.write_queued(move |tx| {
        Box::pin(async move {
            let left = delete(tx, 2).await?;
            has_begun.send(()).unwrap();
            drop(may_go_on.await);
            Ok::<_, DbError>(left)
        })
    });
    begun.await.unwrap();
    let second = db.write_queued(|tx| Box::pin(delete(tx, 3)));
    waits_for_a_lock(&db).await;
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Some(3));
    assert_eq!(second.await.unwrap(), Some(1), "2 was deleted meanwhile");
    assert_eq!(newest(&db).await, Some(1));
}
