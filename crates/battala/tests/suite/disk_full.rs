//! T159: a disk that is full refuses, and loses nothing.
//!
//! The data directory is a file system of its own, in memory and small. Making one takes
//! root; elsewhere these tests say that they were skipped.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use battala_testkit::patience;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{
    Answer, Engine, Options, Request, Socket, TestHub, User, engine, nonce, until,
};

/// Room for a fresh database, its log and some hundred long messages.
const DISK_BYTES: u64 = 12 * 1024 * 1024;
/// What is left when the disk is nearly full.
const LEFT_BYTES: u64 = 512 * 1024;
/// The shortest that can be set.
const LEASE_MS: u32 = 1000;
/// How soon it is noticed that there is room again.
const HEALED_WITHIN: Duration = Duration::from_secs(5);
/// More messages than ever fit into that.
const MESSAGES_MAX: usize = 2000;

/// A small file system, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where nothing can be mounted.
    fn mount(at: &Path) -> Option<Self> {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES},mode=0700")]);
        let mounted = command.args(["tmpfs".as_ref(), at.as_os_str()]).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        is_mounted.then(|| Self(at.to_owned()))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Takes all room but this.
    fn fill(&self, left_bytes: u64) {
        let mut options = File::options();
        let mut filler = options.create(true).append(true).open(self.filler());
        let filler = filler.as_mut().expect("a file");
        let block = [7; 4096];
        while filler.write_all(&block).is_ok() {}
        let length = filler.metadata().expect("its length").len();
        filler
            .set_len(length - left_bytes)
            .expect("some room again");
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).expect("it was there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        drop(unmounted);
    }
}

/// A hub on a small disk.
async fn hub_on_a_small_disk(options: Options) -> Option<(TestHub, SmallDisk)> {
    if engine() != Engine::Sqlite {
        return None;
    }
    let mut hub = options.start().await;
    assert_eq!(hub.stop().await, Some(0));
    let Some(disk) = SmallDisk::mount(&hub.data_dir()) else {
        skipped();
        hub.run().await;
        return None;
    };
    hub.run().await;
    Some((hub, disk))
}

#[expect(clippy::print_stderr, reason = "the output of a test that was skipped")]
fn skipped() {
    eprintln!("skipped: a small file system can be mounted by root only");
}

fn message(number: usize) -> Value {
    let content = format!("{number:04} {}", "banyan ".repeat(500));
    json!({"content": content, "nonce": nonce()})
}

async fn send(hub: &TestHub, user: &User, channel: &str, body: &Value) -> Answer {
    let request = Request::new("POST", &format!("/api/channels/{channel}/messages"));
    let request = request.bearer(&user.token).json(body);
    hub.http.try_send(&request).await.expect("an answer")
}

async fn ready(hub: &TestHub) -> u16 {
    let request = Request::new("GET", "/readyz");
    hub.http.try_send(&request).await.expect("an answer").status
}

/// Writes until there is no room: what was acknowledged, and the message that was refused.
async fn write_until_full(hub: &TestHub, user: &User, channel: &str) -> (Vec<Value>, Value) {
    let mut acked = Vec::new();
    for number in 0..MESSAGES_MAX {
        let body = message(number);
        let answer = send(hub, user, channel, &body).await;
        if answer.status == 507 {
            answer.refused(507, "storage_full");
            return (acked, body);
        }
        acked.push(answer.is(201));
    }
    panic!("{MESSAGES_MAX} messages fit into {LEFT_BYTES} bytes");
}

/// What is stored: all that was acknowledged, in order, once, and nothing else.
async fn assert_stored(user: &User, channel: &str, acked: &[Value]) {
    let stored = user.history(channel).await;
    let key = |message: &Value| (message["seq"].clone(), message["nonce"].clone());
    let keys = |messages: &[Value]| messages.iter().map(key).collect::<Vec<_>>();
    assert_eq!(keys(&stored), keys(acked));
    let seqs: Vec<i64> = stored
        .iter()
        .filter_map(|said| said["seq"].as_i64())
        .collect();
    let count = i64::try_from(acked.len()).expect("a small number");
    assert_eq!(seqs, (1..=count).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_disk_refuses_writes_keeps_what_was_acknowledged_and_heals() {
    let Some((mut hub, disk)) = hub_on_a_small_disk(Options::default()).await else {
        return;
    };
    let (community, owner, []) = hub.community("owner", []).await;
    let channel = &community.channel;
    let socket = hub.socket(&owner).await;
    assert_eq!(ready(&hub).await, 200);

    disk.fill(LEFT_BYTES);
    let (mut acked, refused) = write_until_full(&hub, &owner, channel).await;
    assert!(!acked.is_empty());
    // Not even the smallest write fits from here on.
    disk.fill(0);
    refused_by_socket(&socket, channel).await;
    // The probe's answers may be a second old.
    until("the lack of room is said", async || {
        (ready(&hub).await == 507).then_some(())
    })
    .await;
    // Who is there goes on reading, over the connection that is open, too.
    hub.get("/healthz").await;
    assert_stored(&owner, channel, &acked).await;
    let sync = json!({"channel_id": channel, "after": acked.len() - 1});
    let synced = socket.ok("channel_sync", sync).await;
    assert_eq!(synced["rows"][0]["seq"], json!(acked.len()));

    disk.free();
    until("room is noticed", async || {
        (ready(&hub).await == 200).then_some(())
    })
    .await;
    // The same message again is the first one that fits.
    let healed = send(&hub, &owner, channel, &refused).await.is(201);
    acked.push(healed);
    let mut body = message(0);
    body["channel_id"] = json!(channel);
    socket.ok("message_send", body.clone()).await;
    let event = socket
        .wait("message_created", |event| {
            event["message"]["nonce"] == body["nonce"]
        })
        .await;
    acked.push(event["message"].clone());
    assert_stored(&owner, channel, &acked).await;

    hub.kill();
    hub.run().await;
    assert_stored(&owner, channel, &acked).await;
    hub.kill();
    drop(disk);
}

async fn refused_by_socket(socket: &Socket, channel: &str) {
    let mut body = message(0);
    body["channel_id"] = json!(channel);
    let error = socket.refused("message_send", body, "storage_full").await;
    assert!(error["retry_after_ms"].as_u64() > Some(0), "{error}");
}

#[tokio::test]
async fn a_disk_that_is_full_for_longer_than_a_lease_heals_within_seconds() {
    let options = Options::default().limit("node_lease_ms", LEASE_MS);
    let Some((mut hub, disk)) = hub_on_a_small_disk(options).await else {
        return;
    };
    let (community, owner, []) = hub.community("owner", []).await;
    let channel = &community.channel;
    let socket = hub.socket(&owner).await;
    disk.fill(LEFT_BYTES);
    let (mut acked, refused) = write_until_full(&hub, &owner, channel).await;
    disk.fill(0);
    let over = Instant::now() + Duration::from_millis(u64::from(LEASE_MS) * 3);
    until("the lease is over", async || {
        let answer = send(&hub, &owner, channel, &refused).await;
        assert!(answer.status >= 500, "{answer:?}");
        (Instant::now() >= over).then_some(())
    })
    .await;
    refused_by_socket(&socket, channel).await;

    disk.free();
    let healed = Instant::now() + patience(HEALED_WITHIN);
    let again = until("the first message that fits", async || {
        let answer = send(&hub, &owner, channel, &refused).await;
        (answer.status == 201).then_some(answer)
    })
    .await;
    acked.push(again.is(201));
    let mut body = message(0);
    body["channel_id"] = json!(channel);
    socket.ok("message_send", body).await;
    assert!(Instant::now() < healed);
    let stored = owner.history(channel).await;
    assert_eq!(stored.len(), acked.len() + 1);
    hub.kill();
    drop(disk);
}
