//! Durable messages, acknowledged after their commit.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Setting;
use crate::Result;
use crate::bare;
use crate::client::frames;
use crate::client::http::Http;
use crate::client::socket::{Handler, Socket};
use crate::hub::Hub;
use crate::load::{self, CONTENT};
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, World};
use crate::stats::{Histogram, float, micros};
use crate::words::say;

const SENDERS: usize = 64;
const SECONDS: u32 = 4;
/// What is under way when the time is over must be answered within this.
const PATIENCE: Duration = Duration::from_secs(10);

const NOTE: &str = "Closed loop: each sender sends the next message when one is acknowledged. Each sender has a server of its own, \
    so that what is measured is sending; it still receives its own `message_created`. SQLite, `synchronous=FULL`. The \
    baseline is the store's `Db::write` alone, 64 in flight in a process of its own: one select of a right and one insert \
    per write into the same table, no counters, no events, no network, no audience.";

/// Senders and how many messages each has under way.
#[derive(Clone, Copy)]
enum Way {
    Http { senders: usize },
    Socket { senders: usize, each: usize },
}

const WAYS: [(&str, Way); 7] = [
    ("HTTP, 1 in flight", Way::Http { senders: 1 }),
    ("HTTP, 16 in flight", Way::Http { senders: 16 }),
    ("HTTP, 64 in flight", Way::Http { senders: 64 }),
    (
        "1 socket × 1",
        Way::Socket {
            senders: 1,
            each: 1,
        },
    ),
    (
        "16 sockets × 1",
        Way::Socket {
            senders: 16,
            each: 1,
        },
    ),
    (
        "64 sockets × 1",
        Way::Socket {
            senders: 64,
            each: 1,
        },
    ),
    (
        "1 socket × 64",
        Way::Socket {
            senders: 1,
            each: 64,
        },
    ),
];
/// Those with a bar.
const JUDGED: [&str; 2] = ["64 sockets × 1", "1 socket × 64"];

/// What all senders of one way have done.
struct Tally {
    /// Distinguishes the nonces of one way from those of another.
    way: usize,
    until: Instant,
    sent: AtomicU64,
    acknowledged: AtomicU64,
    latency: Histogram,
}

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("send", "Durable sends", NOTE);
    let plan = Plan {
        users: SENDERS,
        servers: SENDERS,
        channels: 1,
    };
    for run in setting.runs() {
        let seconds = setting.seconds(SECONDS);
        let bare = bare::measure(&setting.fresh_dir("bare")?, SENDERS, seconds.into())?;
        sheet.add("bare `Db::write` loop, 64 in flight: writes/s", bare);
        let (dir, world) = setting.seeded("send", plan).await?;
        let hub = setting.start(&dir).await?;
        for (number, (name, way)) in WAYS.into_iter().enumerate() {
            let rate = send(&mut sheet, &hub, &world, (number, name, way, seconds)).await?;
            if JUDGED.contains(&name) {
                sheet.judge(
                    format!("{name}: of the bare loop"),
                    Bar::AtLeast(0.5),
                    rate / bare,
                );
            }
        }
        say(&format!("send: run {run} is done"));
    }
    Ok(sheet)
}

/// Measures one way and enters it; messages per second.
async fn send(
    sheet: &mut Sheet,
    hub: &Hub,
    world: &World,
    (number, name, way, seconds): (usize, &str, Way, u32),
) -> Result<f64> {
    let loops = match way {
        Way::Http { senders } => Loops::Http(open_http(hub, world, senders).await?),
        Way::Socket { senders, each } => {
            Loops::Socket(open_sockets(hub, world, senders).await?, each)
        }
    };
    let (cpu, began) = (hub.process.cpu()?, Instant::now());
    let tally = Arc::new(Tally {
        way: number,
        until: began + Duration::from_secs(seconds.into()),
        sent: AtomicU64::new(0),
        acknowledged: AtomicU64::new(0),
        latency: Histogram::default(),
    });
    match loops {
        Loops::Http(connections) => run_http(connections, world, &tally).await?,
        Loops::Socket(sockets, each) => run_sockets(sockets, each, world, &tally).await?,
    }
    let (cpu, elapsed) = (hub.process.cpu_since(cpu)?, began.elapsed());
    let count = float(tally.acknowledged.load(Ordering::SeqCst));
    let rate = count / elapsed.as_secs_f64();
    sheet.add(format!("{name}: messages/s"), rate);
    sheet.add(format!("{name}: p50 ms"), tally.latency.percentile_ms(0.5));
    sheet.add(format!("{name}: p99 ms"), tally.latency.percentile_ms(0.99));
    sheet.add(
        format!("{name}: µs of processor per message"),
        float(micros(cpu)) / count,
    );
    Ok(rate)
}

enum Loops {
    Http(Vec<Http>),
    Socket(Vec<Socket>, usize),
}

async fn open_http(hub: &Hub, world: &World, senders: usize) -> Result<Vec<Http>> {
    let open = |number: usize| Http::open(hub.address, number, &world.tokens[number]);
    load::open_all(senders, open).await
}

async fn open_sockets(hub: &Hub, world: &World, senders: usize) -> Result<Vec<Socket>> {
    let open = |number: usize| Socket::sign_on(hub.address, number, &world.tokens[number]);
    load::open_all(senders, open).await
}

impl Tally {
    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// The body of the next message.
    fn next(&self) -> (u64, String) {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{}-{number}", self.way);
        (
            number,
            format!("\"content\":\"{CONTENT}\",\"nonce\":\"{nonce}\"}}"),
        )
    }
}

async fn run_http(connections: Vec<Http>, world: &World, tally: &Arc<Tally>) -> Result<()> {
    let mut tasks = JoinSet::new();
    for (mut http, channel) in connections.into_iter().zip(world.channels.clone()) {
        let tally = Arc::clone(tally);
        tasks.spawn(async move {
            let path = format!("/api/channels/{channel}/messages");
            while !tally.is_over() {
                let (_, fields) = tally.next();
                let began = Instant::now();
                http.post(&path, &format!("{{{fields}"))
                    .await?
                    .expect(201)?;
                tally.latency.add(began.elapsed());
                tally.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Result::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

async fn run_sockets(
    sockets: Vec<Socket>,
    each: usize,
    world: &World,
    tally: &Arc<Tally>,
) -> Result<()> {
    let mut tasks = JoinSet::new();
    for (socket, channel) in sockets.into_iter().zip(world.channels.clone()) {
        let mut sender = Sender {
            tally: Arc::clone(tally),
            command: format!("[\"message_send\",{{\"channel_id\":\"{channel}\","),
            under_way: VecDeque::new(),
        };
        let mut first = Vec::new();
        for _ in 0..each {
            sender.push(&mut first);
        }
        socket.writer().send(&first).await?;
        tasks.spawn(async move { socket.run(&mut sender).await });
    }
    while tally.acknowledged.load(Ordering::SeqCst) < tally.sent.load(Ordering::SeqCst)
        || !tally.is_over()
    {
        if Instant::now() > tally.until + PATIENCE {
            return Err("some messages were not acknowledged".into());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// Keeps a number of messages of one socket under way.
struct Sender {
    tally: Arc<Tally>,
    command: String,
    /// When each was sent; they are acknowledged in order.
    under_way: VecDeque<Instant>,
}

impl Sender {
    fn push(&mut self, out: &mut Vec<u8>) {
        let (number, fields) = self.tally.next();
        frames::push_text(out, &format!("42{number}{}{fields}]", self.command));
        self.under_way.push_back(Instant::now());
    }
}

impl Handler for Sender {
    fn text(&mut self, text: &[u8], now: Instant, out: &mut Vec<u8>) {
        if !text.starts_with(b"43") || crate::client::find(text, b"[{\"ok\"").is_none() {
            return;
        }
        let Some(began) = self.under_way.pop_front() else {
            return;
        };
        self.tally.latency.add(now.saturating_duration_since(began));
        // Counted after the next was: who waits for the end must not see all answered too early.
        if !self.tally.is_over() {
            self.push(out);
        }
        self.tally.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}
