//! T160: a write that fails in the middle of a file is refused and ends the hub, and nothing that
//! was acknowledged is lost.
//!
//! No file may grow beyond a bound, which cuts the log of the database at another place each
//! time: between two frames, inside of one, in the first commit or in a later one. A full disk
//! heals by itself ([`crate::disk_full`]); after any other error nobody knows what the file holds,
//! so the hub must not go on.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use crate::durability::assert_sound;
use crate::harness::{Community, Engine, Socket, TestHub, User, engine, nonce};

/// Places at which the log is cut.
const CUTS: u64 = 12;
/// Room for what the hub writes before it is ready.
const ROOM_BYTES: u64 = 96 * 1024;
/// From one cut to the next: no multiple of a frame, which is a page and its head.
const STEP_BYTES: u64 = 7 * 512;
/// Messages at most that are sent before the first of them is answered, and often share a commit.
const BURST_MAX: u64 = 8;
/// More bursts than fit below any of the cuts.
const BURSTS_MAX: usize = 500;

#[tokio::test]
async fn t160_after_an_io_error_nothing_is_acknowledged_and_nothing_acknowledged_is_lost() {
    if engine() != Engine::Sqlite {
        return;
    }
    let mut hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let mut ledger = Ledger::default();
    for cut in 0..CUTS {
        assert_eq!(hub.stop().await, Some(0));
        let bytes_max = database_bytes(&hub) + ROOM_BYTES + cut * STEP_BYTES;
        hub.run_with_files_of(bytes_max).await;
        let socket = hub.socket(&owner).await;
        let burst = 1 + cut % BURST_MAX;
        let refused = write_until_refused(&socket, &community, &mut ledger, burst).await;
        let (code, errors) = hub.ended().await;
        assert_eq!(code, Some(1), "{errors:?}");
        let says_why = |line: &String| line.contains("can no longer be trusted");
        assert!(errors.iter().any(says_why), "{errors:?}");
        assert_sound(&hub).await;
        hub.run().await;
        ledger.check(&owner, &community).await;
        // What was refused is sent again, and then it is there.
        let socket = hub.socket(&owner).await;
        for body in refused {
            let sent = socket.ok("message_send", body.clone()).await;
            ledger.acknowledged(&sent, &body);
        }
        ledger.check(&owner, &community).await;
    }
    assert_eq!(hub.stop().await, Some(0));
    assert_sound(&hub).await;
}

fn database_bytes(hub: &TestHub) -> u64 {
    let file = hub.data_dir().join("battala.db");
    std::fs::metadata(file).expect("it is there").len()
}

/// Writes in bursts until a write fails; what was not acknowledged.
async fn write_until_refused(
    socket: &Socket,
    community: &Community,
    ledger: &mut Ledger,
    burst: u64,
) -> Vec<Value> {
    for _ in 0..BURSTS_MAX {
        let bodies: Vec<Value> = (0..burst).map(|_| ledger.message(community)).collect();
        let send = |body: &Value| socket.send_command("message_send", body);
        let ids: Vec<u64> = bodies.iter().map(send).collect();
        let mut refused = Vec::new();
        let mut is_said = false;
        for (id, body) in ids.into_iter().zip(bodies) {
            let ack = socket.acknowledgement(id).await.unwrap_or_default();
            if ack["ok"].is_object() {
                assert!(!is_said, "acknowledged after a write had failed: {ack}");
                ledger.acknowledged(&ack["ok"], &body);
                continue;
            }
            if ack["error"].is_object() {
                assert_eq!(ack["error"]["code"], "unavailable", "{ack}");
                is_said = true;
            }
            refused.push(body);
        }
        if !refused.is_empty() {
            assert!(is_said, "closed without a word");
            return refused;
        }
    }
    panic!("{BURSTS_MAX} bursts fit below the bound");
}

/// What was sent, and what was acknowledged.
#[derive(Default)]
struct Ledger {
    sent: HashSet<String>,
    /// Nonce and id, by the place in the channel.
    acked: BTreeMap<i64, (String, String)>,
}

impl Ledger {
    fn message(&mut self, community: &Community) -> Value {
        let nonce = nonce();
        self.sent.insert(nonce.clone());
        json!({"channel_id": community.channel, "content": "banyan ".repeat(100), "nonce": nonce})
    }

    fn acknowledged(&mut self, ack: &Value, body: &Value) {
        let seq = ack["seq"].as_i64().expect("a number");
        let earlier = self
            .acked
            .insert(seq, (text(&body["nonce"]), text(&ack["id"])));
        assert_eq!(earlier, None, "two messages at one place");
    }

    /// All that was acknowledged is there, at its place; each message once; and nothing else.
    async fn check(&self, reader: &User, community: &Community) {
        let stored = reader.history(&community.channel).await;
        let count = i64::try_from(stored.len()).expect("a small number");
        let mut nonces = HashSet::new();
        let mut places = BTreeMap::new();
        for message in &stored {
            let (nonce, id) = (text(&message["nonce"]), text(&message["id"]));
            assert!(self.sent.contains(&nonce), "nobody sent {message}");
            assert!(nonces.insert(nonce.clone()), "twice: {message}");
            places.insert(message["seq"].as_i64().expect("a number"), (nonce, id));
        }
        assert!(places.keys().copied().eq(1..=count), "{:?}", places.keys());
        for (seq, said) in &self.acked {
            assert_eq!(places.get(seq), Some(said), "acknowledged as {seq}");
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
