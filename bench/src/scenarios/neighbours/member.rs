//! The ordinary member: what it does, and how long it waits for it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{MEMBER_ADDRESS, NEWCOMER_ADDRESS, RECEIVER, SENDER};
use crate::Result;
use crate::client::http::Http;
use crate::client::socket::{Handler, Socket};
use crate::client::{find, first_of, number_at};
use crate::hub::Hub;
use crate::load::CONTENT;
use crate::seed::World;
use crate::stats::{highest, median};

/// From the beginning of a round to that of the next one, if it ends earlier.
const ROUND: Duration = Duration::from_millis(25);
/// One round in so many has a newcomer: less often than a stranger may ask.
const ROUNDS_PER_NEWCOMER: u64 = 4;
/// What has not come by then does not.
const PATIENCE: Duration = Duration::from_secs(10);
/// Stands before the number of a message, in its nonce.
const MARK: &[u8] = b"ordinary-";

/// Two members, of whom one writes and reads and the other one is told.
pub(super) struct Member {
    address: SocketAddr,
    token: String,
    path: String,
    http: Http,
    told: mpsc::UnboundedReceiver<(u64, Instant)>,
    sent: u64,
    /// Dropping it closes the socket.
    _socket: JoinSet<()>,
}

/// How a member lived for a while: milliseconds of each thing that it waited for.
#[derive(Default)]
pub(super) struct Lived {
    sends: Vec<f64>,
    events: Vec<f64>,
    reads: Vec<f64>,
    newcomers: Vec<f64>,
    /// What was refused, cut, or did not come.
    pub(super) failed: u64,
}

impl Lived {
    pub(super) fn p50s(&self) -> [(&'static str, f64); 4] {
        [
            ("send", median(&self.sends)),
            ("event", median(&self.events)),
            ("read", median(&self.reads)),
            ("new connection", median(&self.newcomers)),
        ]
    }

    pub(super) fn longest_ms(&self) -> f64 {
        let all = [&self.sends, &self.events, &self.reads, &self.newcomers];
        highest(&all.map(|times| highest(times)))
    }
}

impl Member {
    pub(super) async fn open(hub: &Hub, world: &World) -> Result<Self> {
        let client = first_of(MEMBER_ADDRESS);
        let socket = Socket::sign_on(hub.address, client, &world.tokens[RECEIVER]).await?;
        let (tell, told) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { socket.run(&mut Receiver(tell)).await });
        let token = world.tokens[SENDER].clone();
        Ok(Self {
            address: hub.address,
            path: format!("/api/channels/{}/messages", world.channels[0]),
            http: Http::open(hub.address, client, &token).await?,
            token,
            told,
            sent: 0,
            _socket: tasks,
        })
    }

    /// Goes on for a while.
    pub(super) async fn live(&mut self, time: Duration) -> Lived {
        let mut lived = Lived::default();
        let until = Instant::now() + time;
        while Instant::now() < until {
            let next = Instant::now() + ROUND;
            if self.round(&mut lived).await.is_err() {
                lived.failed += 1;
                self.come_again().await;
            }
            tokio::time::sleep_until(next).await;
        }
        lived
    }

    /// Takes another connection; if that fails, the next round does.
    async fn come_again(&mut self) {
        let client = first_of(MEMBER_ADDRESS);
        if let Ok(http) = Http::open(self.address, client, &self.token).await {
            self.http = http;
        }
    }

    async fn round(&mut self, lived: &mut Lived) -> Result<()> {
        self.sent += 1;
        let nonce = format!("ordinary-{}", self.sent);
        let body = format!("{{\"content\":\"{CONTENT}\",\"nonce\":\"{nonce}\"}}");
        let began = Instant::now();
        let posted = tokio::time::timeout(PATIENCE, self.http.post(&self.path, &body)).await;
        posted??.expect(201)?;
        lived.sends.push(since(began, Instant::now()));
        let at = tokio::time::timeout(PATIENCE, self.event()).await??;
        lived.events.push(since(began, at));
        let began = Instant::now();
        let page = format!("{}?limit=50", self.path);
        let read = tokio::time::timeout(PATIENCE, self.http.get(&page)).await;
        read??.expect(200)?;
        lived.reads.push(since(began, Instant::now()));
        if self.sent.is_multiple_of(ROUNDS_PER_NEWCOMER) {
            let began = Instant::now();
            tokio::time::timeout(PATIENCE, newcomer(self.address)).await??;
            lived.newcomers.push(since(began, Instant::now()));
        }
        Ok(())
    }

    /// When the event of the last message came.
    async fn event(&mut self) -> Result<Instant> {
        loop {
            let told = self.told.recv().await;
            let (number, at) = told.ok_or("the receiver was cut")?;
            if number == self.sent {
                return Ok(at);
            }
        }
    }
}

async fn newcomer(address: SocketAddr) -> Result<()> {
    let mut http = Http::open(address, first_of(NEWCOMER_ADDRESS), "").await?;
    http.get("/api/hub").await?.expect(200)
}

fn since(began: Instant, at: Instant) -> f64 {
    at.saturating_duration_since(began).as_secs_f64() * 1000.0
}

/// Tells when which message came.
struct Receiver(mpsc::UnboundedSender<(u64, Instant)>);

impl Handler for Receiver {
    fn text(&mut self, text: &[u8], now: Instant, _out: &mut Vec<u8>) {
        if !text.starts_with(b"42[\"message_created\"") {
            return;
        }
        let number = find(text, MARK).and_then(|at| number_at(&text[at + MARK.len()..]));
        if let Some(number) = number {
            // Whoever waited for it may have gone.
            let _ = self.0.send((number, now));
        }
    }
}
