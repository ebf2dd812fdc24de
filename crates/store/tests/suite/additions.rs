//! A message is added whole, or nothing of it is.

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, MessageId, ServerId};
use battala_proto::messages::MessageKind;
use battala_store::tables::messages::{Added, NewMessage};
use battala_store::tables::{channels, messages};
use battala_store::{Db, DbError, Engine, MIGRATIONS, Tx, args, sql};
use tokio::sync::oneshot;

use crate::newest::{AUTHOR, CHANNEL, fill};
use crate::support::{TestDb, waits_for_a_lock};

const OTHER: ChannelId = ChannelId::from_raw(21);
const MISSING: ChannelId = ChannelId::from_raw(22);

fn message(id: i64, channel: ChannelId, nonce: &str) -> NewMessage {
    NewMessage {
        id: MessageId::from_raw(id),
        channel_id: channel,
        author_id: AUTHOR,
        kind: MessageKind::Default,
        content: "tea".to_owned(),
        nonce: nonce.to_owned(),
        created_at: 0,
    }
}

async fn add(db: &Db, message: NewMessage) -> Added {
    let added = db.write(move |tx| Box::pin(async move { messages::add(tx, message).await }));
    added.await.unwrap()
}

/// Everything that an addition changes, as text.
async fn state(db: &Db) -> String {
    let mut reader = db.read().await.unwrap();
    let statement = sql!(
        "SELECT (SELECT string_agg(CAST(id AS TEXT) || ' to ' || CAST(last_seq AS TEXT) || ' of ' || ",
        "CAST(last_id AS TEXT), '; ' ORDER BY id) FROM channels) || ', messages to ' || ",
        "(SELECT CAST(MAX(id) AS TEXT) FROM messages) || ', account at ' || (SELECT CAST(rev AS TEXT) FROM users) || ",
        "', read to ' || (SELECT CAST(last_read_id AS TEXT) FROM read_states WHERE channel_id = 20)"
    );
    reader.fetch_one(statement, args![]).await.unwrap()
}

/// Two channels, the first with messages 1 to 3.
async fn two_channels(engine: Engine) -> TestDb {
    let db = TestDb::open(engine, &MIGRATIONS).await;
    fill(&db, &[1, 2, 3]).await;
    let row = channels::ChannelRow {
        id: OTHER,
        server_id: ServerId::from_raw(10),
        r#type: ChannelKind::Text,
        name: "more tea".to_owned(),
        topic: String::new(),
        position: 1,
        created_at: 0,
    };
    let made = db.write(move |tx| Box::pin(async move { channels::insert(tx, &row).await }));
    made.await.unwrap();
    db
}

async fn whole_or_not(engine: Engine) {
    let db = two_channels(engine).await;
    let before = state(&db).await;
    for (what, refused) in [
        (
            "an id that is not above the last",
            message(3, CHANNEL, "new"),
        ),
        ("a nonce that was used", message(9, CHANNEL, "nonce 2")),
        ("a nonce of another channel", message(9, OTHER, "nonce 2")),
        ("no such channel", message(9, MISSING, "new")),
    ] {
        assert_eq!(add(&db, refused).await, Added::Not, "{what}");
        assert_eq!(state(&db).await, before, "{what}");
    }
    assert_eq!(
        add(&db, message(9, CHANNEL, "new")).await,
        Added::At { seq: 4, rev: 5 }
    );
    assert_eq!(
        state(&db).await,
        "20 to 4 of 9; 21 to 0 of 0, messages to 9, account at 5, read to 9"
    );
    // In a channel that has none, and below what stands elsewhere.
    assert_eq!(
        add(&db, message(8, OTHER, "newer")).await,
        Added::At { seq: 1, rev: 6 }
    );
    let gone = db.write(|tx| {
        Box::pin(async move { channels::mark_deleted(tx, ServerId::from_raw(10), OTHER, 1).await })
    });
    assert_eq!(gone.await.unwrap(), Some(0));
    assert_eq!(add(&db, message(10, OTHER, "late")).await, Added::Not);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_added_whole_or_not_at_all_on_sqlite() {
    whole_or_not(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_added_whole_or_not_at_all_on_postgres() {
    whole_or_not(Engine::Postgres).await;
}

/// On SQLite one write waits for the other before it begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nonce_that_is_used_beside_it_is_told_from_one_that_was_used() {
    let db = two_channels(Engine::Postgres).await;
    let (has_begun, begun) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let first = db.write_queued(move |tx: &mut Tx| {
        Box::pin(async move {
            let added = messages::add(tx, message(9, CHANNEL, "one")).await?;
            has_begun.send(()).unwrap();
            drop(may_go_on.await);
            Ok::<_, DbError>(added)
        })
    });
    begun.await.unwrap();
    let second = db.write_queued(|tx: &mut Tx| {
        Box::pin(async move { messages::add(tx, message(10, OTHER, "one")).await })
    });
    waits_for_a_lock(&db).await;
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Added::At { seq: 4, rev: 5 });
    assert_eq!(second.await.unwrap(), Added::NonceTaken);
}
