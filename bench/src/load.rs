//! A crowd in one channel: thousands of receivers that count and time what they
//! get, and a few senders at a given rate. The same crowd drives the hub and the floor.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use battala_proto::events::MessageChanged;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};
use battala_proto::messages::{Message, MessageKind};
use battala_proto::users::{PublicUser, UserKind};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Result;
use crate::client::socket::{Handler, Socket, Writer};
use crate::client::{find, frames, number_at};
use crate::process::Process;
use crate::seed::World;
use crate::stats::{Histogram, float, micros};

/// The text of every message: 100 characters.
pub(crate) const CONTENT: &str = "One hundred characters are what a person writes before the return key \
     is pressed, more or less, on aver";
/// Those of the connections who also write.
pub(crate) const SENDERS: usize = 10;
/// Handshakes under way at the same time.
pub(crate) const HANDSHAKES: usize = 32;
/// Stands before the number of a message, in its nonce.
const MARK: &str = "bench-";
/// Messages that one crowd can be sent.
const MESSAGES_MAX: usize = 200_000;
/// Without any delivery for so long, what is missing will not come.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(5);

/// What the crowd is connected to.
pub(crate) enum Target {
    /// Sends whole events, which come back as they are.
    Relay,
    /// Sends commands, which come back as events.
    Hub(World),
}

/// What all receivers have seen.
struct Tally {
    began: Instant,
    /// When a message was due to be sent, in microseconds since `began`.
    due: Vec<AtomicU64>,
    delivered: AtomicU64,
    bytes: AtomicU64,
    /// Came twice, or before an earlier one of the same sender.
    wrong: AtomicU64,
    acknowledged: AtomicU64,
    latency: Histogram,
}

/// Connected receivers and senders.
pub(crate) struct Crowd {
    target: Target,
    tally: Arc<Tally>,
    senders: Vec<Writer>,
    connections: u64,
    sent: u64,
    /// Dropping it closes the connections.
    _tasks: JoinSet<()>,
}

/// One rate, kept up for a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) deliveries_per_s: f64,
    pub(crate) cpu_us: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Deliveries that did not come, plus those that came twice or out of order.
    pub(crate) failures: u64,
    pub(crate) bytes_per_delivery: f64,
}

impl Crowd {
    /// Connects `receivers` that only listen, and the senders, who listen as well.
    pub(crate) async fn connect(
        address: SocketAddr,
        target: Target,
        receivers: usize,
    ) -> Result<Self> {
        let tally = Arc::new(Tally {
            began: Instant::now(),
            due: std::iter::repeat_with(AtomicU64::default)
                .take(MESSAGES_MAX)
                .collect(),
            delivered: AtomicU64::default(),
            bytes: AtomicU64::default(),
            wrong: AtomicU64::default(),
            acknowledged: AtomicU64::default(),
            latency: Histogram::default(),
        });
        let connections = receivers + SENDERS;
        let open = |number| open(address, &target, number);
        let sockets = open_all(connections, open).await?;
        let senders = sockets.iter().take(SENDERS).map(Socket::writer).collect();
        let mut tasks = JoinSet::new();
        for socket in sockets {
            let mut receiver = Receiver::new(Arc::clone(&tally));
            tasks.spawn(async move { socket.run(&mut receiver).await });
        }
        Ok(Self {
            target,
            tally,
            senders,
            connections: connections as u64,
            sent: 0,
            _tasks: tasks,
        })
    }

    /// Sends `per_second` messages per second and waits until everybody has all of them.
    pub(crate) async fn step(
        &mut self,
        server: &Process,
        per_second: u32,
        seconds: u32,
    ) -> Result<Step> {
        let tally = Arc::clone(&self.tally);
        let messages = u64::from(per_second * seconds);
        tally.latency.clear();
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let before = [&tally.delivered, &tally.bytes, &tally.wrong].map(read);
        let cpu = server.cpu()?;
        let began = Instant::now();
        for number in 0..messages {
            let due = began + Duration::from_secs(1) * u32::try_from(number)? / per_second;
            self.send(due).await?;
        }
        let expected = messages * self.connections;
        let ended = self.wait_for(before[0] + expected).await;
        let cpu = server.cpu_since(cpu)?;
        let [delivered, bytes, wrong] = [&tally.delivered, &tally.bytes, &tally.wrong].map(read);
        let delivered = delivered - before[0];
        let unacknowledged = match self.target {
            Target::Relay => 0,
            Target::Hub(_) => self.sent - read(&tally.acknowledged),
        };
        Ok(Step {
            deliveries_per_s: float(delivered) / (ended - began).as_secs_f64(),
            cpu_us: float(micros(cpu)) / float(delivered),
            p50_ms: tally.latency.percentile_ms(0.5),
            p99_ms: tally.latency.percentile_ms(0.99),
            failures: expected.saturating_sub(delivered) + (wrong - before[2]) + unacknowledged,
            bytes_per_delivery: float(bytes - before[1]) / float(delivered),
        })
    }

    async fn send(&mut self, due: Instant) -> Result<()> {
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
        let number = self.sent;
        let slot = self.tally.due.get(usize::try_from(number)?);
        let slot = slot.ok_or("the crowd was sent all it can take")?;
        slot.store(micros(due - self.tally.began), Ordering::SeqCst);
        let mut frame = Vec::with_capacity(1024);
        frames::push_text(&mut frame, &self.text(number));
        // A sender that was cut goes on losing its messages: the step shows them as failures.
        if let Err(error) = self.senders[sender_of(number)].send(&frame).await
            && !is_cut(&error)
        {
            return Err(error.into());
        }
        self.sent += 1;
        Ok(())
    }

    fn text(&self, number: u64) -> String {
        let nonce = format!("{MARK}{number:08}");
        match &self.target {
            Target::Relay => format!("42[\"message_created\",{}]", event(nonce)),
            Target::Hub(world) => format!(
                "42{number}[\"message_send\",{{\"channel_id\":\"{}\",\"content\":\"{CONTENT}\",\"nonce\":\"{nonce}\"}}]",
                world.channels[0]
            ),
        }
    }

    /// Waits for this many deliveries in all; the time of the last one.
    async fn wait_for(&self, delivered: u64) -> Instant {
        let (mut last, mut at) = (0, Instant::now());
        loop {
            let now = self.tally.delivered.load(Ordering::SeqCst);
            if now > last {
                (last, at) = (now, Instant::now());
            }
            let acknowledged = self.tally.acknowledged.load(Ordering::SeqCst);
            let is_answered = matches!(self.target, Target::Relay) || acknowledged == self.sent;
            if (now >= delivered && is_answered) || at.elapsed() > PATIENCE {
                return at;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn open(address: SocketAddr, target: &Target, number: usize) -> Result<Socket> {
    match target {
        Target::Relay => Socket::open(address, number, "/").await,
        Target::Hub(world) => Socket::sign_on(address, number, &world.tokens[number]).await,
    }
}

/// Opens `count` connections, some at a time, in order.
pub(crate) async fn open_all<T, F>(count: usize, open: impl Fn(usize) -> F) -> Result<Vec<T>>
where
    F: Future<Output = Result<T>>,
{
    stream::iter(0..count)
        .map(open)
        .buffered(HANDSHAKES)
        .try_collect()
        .await
}

fn is_cut(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

fn sender_of(number: u64) -> usize {
    usize::try_from(number % SENDERS as u64).unwrap_or_default()
}

/// One connection's part of the tally.
struct Receiver {
    tally: Arc<Tally>,
    /// Where the number stood in the last message: most often it stands there again.
    place: usize,
    /// The number of the next message of each sender at the earliest.
    next: [u64; SENDERS],
}

impl Receiver {
    fn new(tally: Arc<Tally>) -> Self {
        Self {
            tally,
            place: 0,
            next: [0; SENDERS],
        }
    }

    fn number_in(&mut self, text: &[u8]) -> Option<u64> {
        let mark = MARK.as_bytes();
        if !text.get(self.place..)?.starts_with(mark) {
            self.place = find(text, mark)?;
        }
        number_at(text.get(self.place + mark.len()..)?)
    }
}

impl Handler for Receiver {
    fn text(&mut self, text: &[u8], now: Instant, _out: &mut Vec<u8>) {
        if text.starts_with(b"43") {
            if find(text, b"\"ok\"").is_some() {
                self.tally.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            return;
        }
        if !text.starts_with(b"42[\"message_created\"") {
            return;
        }
        let Some(number) = self.number_in(text) else {
            return;
        };
        let tally = &self.tally;
        let next = &mut self.next[sender_of(number)];
        if number < *next {
            tally.wrong.fetch_add(1, Ordering::Relaxed);
        }
        *next = number + 1;
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let due = tally
            .due
            .get(index)
            .map_or(0, |due| due.load(Ordering::Relaxed));
        let due = tally.began + Duration::from_micros(due);
        tally.latency.add(now.saturating_duration_since(due));
        tally.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        tally.delivered.fetch_add(1, Ordering::Relaxed);
    }
}

/// An event as the hub sends it, for the floor to send: the same bytes but for the digits.
fn event(nonce: String) -> String {
    let id = 1_500_000_000_000_000_000;
    let author = PublicUser {
        id: UserId::from_raw(1_000_000_000_001),
        username: "user000001".to_owned(),
        display_name: "User 000001".to_owned(),
        avatar: None,
        kind: UserKind::Human,
    };
    let message = Message {
        id: MessageId::from_raw(id),
        channel_id: ChannelId::from_raw(4_000_000_000_001),
        server_id: ServerId::from_raw(3_000_000_000_001),
        author,
        kind: MessageKind::Default,
        flags: 0,
        content: CONTENT.to_owned(),
        nonce: Some(nonce),
        seq: 1000,
        rev: 1000,
        created_at: 1_700_000_000_000,
        edited_at: None,
        is_deleted: false,
    };
    let changed = MessageChanged {
        message,
        first_seq: 1000,
        seq: 1000,
        epoch: 1000,
    };
    serde_json::to_string(&changed).unwrap_or_default()
}
