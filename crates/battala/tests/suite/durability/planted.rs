//! The fault that the ledger is there for: acknowledged before the COMMIT.
//!
//! A child process (this test binary again) writes messages through the same
//! database layer and tables as the hub, and prints its acknowledgements. Honest, it
//! prints them after the COMMIT; with the fault planted, from inside of the
//! transaction. It is killed in the middle either way, and the same ledger decides.

use std::io::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use battala_proto::id::{ChannelId, MessageId, UserId};
use battala_proto::messages::MessageKind;
use battala_store::tables::{channels, messages};
use battala_store::{Db, DbError, Options, Tx};
use battala_testkit::ledger::{Entry, Op, Report, check};

use crate::harness::{Process, TestHub, Watched, soon};

/// Names the database, the channel and the author to the child.
const CHILD: &str = "BATTALA_TEST_PLANTED";
const WRITERS: usize = 16;
const ACKED_MIN: usize = 500;
/// Kills within which the planted fault must show.
const KILLS_MAX: usize = 20;
/// What a COMMIT takes on a slow disk: a kill then falls between answer and commit.
const COMMIT_TAKES: Duration = Duration::from_millis(2);
/// Messages of one read.
const PAGE: u32 = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acknowledges {
    AfterCommit,
    BeforeCommit,
}

/// Not a test of its own: what the child process runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::disallowed_methods,
    reason = "what its parent wants stands in the environment"
)]
async fn the_child_that_writes_until_it_is_killed() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let words: Vec<&str> = wanted.split(' ').collect();
    let &[url, channel, author, when] = words.as_slice() else {
        panic!("four words: {wanted}");
    };
    let options = Options::new(url.parse().expect("an address"));
    let author = Author {
        db: Db::open(&options).await.expect("a database"),
        channel: channel.parse().expect("an id"),
        id: author.parse().expect("an id"),
        is_early: when == "before",
    };
    let writers = (0..WRITERS).map(|writer| author.write_for_ever(writer));
    futures_util::future::join_all(writers).await;
}

/// Who writes in the child.
struct Author {
    db: Db,
    channel: ChannelId,
    id: UserId,
    is_early: bool,
}

impl Author {
    async fn write_for_ever(&self, writer: usize) {
        let writer = format!("{}-{writer}", std::process::id());
        for number in 0.. {
            self.write(&writer, format!("{writer}-{number}")).await;
        }
    }

    /// Writes a message and prints its acknowledgement, at the right time or too early.
    async fn write(&self, writer: &str, nonce: String) {
        let (channel, author) = (self.channel, self.id);
        let early = self.is_early.then(|| writer.to_owned());
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                let message = insert(tx, channel, author, nonce).await?;
                acknowledge_early(early, &message).await;
                Ok::<_, DbError>(message)
            })
        });
        let message = written.await.expect("written");
        if !self.is_early {
            acknowledge(writer, &message);
        }
    }
}

/// What the hub does for a message, without its rules.
async fn insert(
    tx: &mut Tx,
    channel: ChannelId,
    author: UserId,
    nonce: String,
) -> Result<Numbered, DbError> {
    let key = (author, nonce.as_str());
    let place = channels::advance(tx, channel, MessageId::from_raw(1), key).await?;
    let place = place.expect("the channel");
    let message = messages::NewMessage {
        id: place.last_id,
        channel_id: channel,
        author_id: author,
        kind: MessageKind::Default,
        content: nonce.clone(),
        nonce,
        created_at: 0,
    };
    let added = messages::insert(tx, message.clone(), place.last_seq).await?;
    assert!(added.is_some(), "a new nonce");
    Ok(Numbered {
        message,
        seq: place.last_seq,
    })
}

struct Numbered {
    message: messages::NewMessage,
    seq: i64,
}

/// The fault, if it is planted: the answer leaves, the commit is still to come.
async fn acknowledge_early(client: Option<String>, written: &Numbered) {
    let Some(client) = client else { return };
    acknowledge(&client, written);
    tokio::time::sleep(COMMIT_TAKES).await;
}

/// Directly: the harness of the tests would keep what is printed until the end.
fn acknowledge(client: &str, Numbered { message, seq }: &Numbered) {
    let entry = Entry {
        client: client.to_owned(),
        op: Op::Acked,
        channel: message.channel_id.to_string(),
        author: message.author_id.to_string(),
        nonce: message.nonce.clone(),
        id: message.id.raw(),
        seq: *seq,
    };
    let line = format!("acked {}\n", entry.to_line());
    let mut out = std::io::stdout().lock();
    let printed = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    printed.expect("the parent listens");
}

fn acked(line: &str) -> Option<Entry> {
    Entry::from_line(line.split_once("acked ")?.1).ok()
}

/// A database with a channel and an author, and no hub running on it.
struct Place {
    _hub: TestHub,
    url: String,
    channel: String,
    author: String,
}

impl Place {
    async fn prepare() -> Self {
        let mut hub = TestHub::start().await;
        let (community, owner, []) = hub.community("owner", []).await;
        assert_eq!(hub.stop().await, Some(0));
        Self {
            url: hub.database_url(),
            channel: community.channel,
            author: owner.id,
            _hub: hub,
        }
    }

    /// Runs the child, kills it after five hundred acknowledgements, and notes them.
    async fn kill_a_writer(&self, when: Acknowledges, ledger: &mut Vec<Entry>) {
        let word = match when {
            Acknowledges::BeforeCommit => "before",
            Acknowledges::AfterCommit => "after",
        };
        let wanted = format!("{} {} {} {word}", self.url, self.channel, self.author);
        let lines: Arc<Watched<Vec<String>>> = Arc::default();
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args([
                "--exact",
                "durability::planted::the_child_that_writes_until_it_is_killed",
            ])
            .args(["--nocapture", "--test-threads=1"])
            .env(CHILD, wanted);
        let mut process = Process::start(&mut command, &lines);
        let enough = |lines: &Vec<String>| {
            let acked = lines.iter().filter(|line| line.contains("acked "));
            (acked.count() >= ACKED_MIN).then_some(())
        };
        lines.until("five hundred acknowledgements", enough).await;
        process.kill();
        process.drained().await;
        lines.read(|lines| ledger.extend(lines.iter().filter_map(|line| acked(line))));
    }

    /// What the ledger comes to, with what is stored now.
    async fn report(&self, ledger: &[Entry]) -> Report {
        let mut entries = ledger.to_vec();
        entries.extend(self.stored().await);
        check(&entries)
    }

    async fn stored(&self) -> Vec<Entry> {
        let options = Options::new(self.url.parse().expect("an address"));
        let db = soon("the database", Db::open(&options)).await;
        let db = db.expect("a database");
        let channel = self.channel.parse().expect("an id");
        let mut reader = db.read().await.expect("a connection");
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.id);
            let rows = messages::page_after(&mut reader, channel, after, PAGE).await;
            let rows = rows.expect("rows");
            let is_last = rows.len() < PAGE as usize;
            entries.extend(rows.into_iter().map(|row| Entry {
                client: "database".to_owned(),
                op: Op::Stored,
                channel: self.channel.clone(),
                author: row.author.id.to_string(),
                nonce: row.nonce.expect("a nonce"),
                id: row.id.raw(),
                seq: row.seq,
            }));
            if is_last {
                drop(reader);
                db.close().await;
                return entries;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_before_the_commit_turns_the_ledger_red() {
    let place = Place::prepare().await;
    let mut ledger = Vec::new();
    for kill in 1..=KILLS_MAX {
        place
            .kill_a_writer(Acknowledges::BeforeCommit, &mut ledger)
            .await;
        let report = place.report(&ledger).await;
        let mut lost = report.lost.iter();
        if lost.any(|finding| finding.starts_with("acked, not stored")) {
            println!("planted fault: red after {kill} kills: {report}");
            assert!(!report.is_clean());
            return;
        }
    }
    panic!(
        "{KILLS_MAX} kills lost nothing of {}: the ledger proves nothing",
        ledger.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_writer_without_the_fault_stays_green() {
    let place = Place::prepare().await;
    let mut ledger = Vec::new();
    for _ in 0..5 {
        place
            .kill_a_writer(Acknowledges::AfterCommit, &mut ledger)
            .await;
        let report = place.report(&ledger).await;
        assert!(report.is_clean(), "{report}");
    }
    assert!(ledger.len() >= 5 * ACKED_MIN);
}
