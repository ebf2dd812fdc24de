//! The neighbours. Each goes on until it is dropped, and knows nothing of whom it disturbs.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{HOSTILE, HOSTILE_ADDRESS};
use crate::Result;
use crate::client::http::Http;
use crate::client::socket::{Socket, Writer};
use crate::client::{connect, connect_slowly, first_of, frames};
use crate::hub::Hub;
use crate::report::Bar;
use crate::scenarios::crowd::Quiet;
use crate::scenarios::{Setting, accounts};
use crate::seed::World;

const BODIES: usize = 480;
const READERS: usize = 1000;
/// Tasks that connect, how often each does, and how many connections each keeps.
const CONNECTORS: usize = 8;
const CONNECTED_EVERY: Duration = Duration::from_millis(25);
const CONNECTIONS_EACH: usize = 250;
/// Every channel at each of these.
const TYPED_EVERY: Duration = Duration::from_millis(100);
const GUESSERS: usize = 8;
const TAKERS: usize = 4;
/// How long each connection takes of the structure.
const TAKEN_FOR: Duration = Duration::from_millis(500);
/// Before the next try of one that was refused.
const PAUSE: Duration = Duration::from_millis(50);
/// It must have begun by then.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

const LARGEST_FILE: &str = "GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n";
const ASK: &str = "GET /api/hub HTTP/1.1\r\nHost: x\r\n\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neighbour {
    SlowBodies,
    SlowReaders,
    Connections,
    Typing,
    Hashes,
    Structure,
}

impl Neighbour {
    pub(super) const ALL: [Self; 6] = [
        Self::SlowBodies,
        Self::SlowReaders,
        Self::Connections,
        Self::Typing,
        Self::Hashes,
        Self::Structure,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SlowBodies => "slow bodies",
            Self::SlowReaders => "slow readers",
            Self::Connections => "connections",
            Self::Typing => "typing",
            Self::Hashes => "hashes",
            Self::Structure => "structure",
        }
    }

    /// Limits that would stop it before it does anything.
    pub(super) fn limits(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Hashes => accounts::CHANGES_RAISED.to_vec(),
            _ => Vec::new(),
        }
    }

    /// What it may cost while it is there.
    pub(super) const fn height_bar(self, more_max_mb: f64) -> Bar {
        match self {
            Self::SlowReaders => Bar::AtMost(more_max_mb),
            _ => Bar::None,
        }
    }
}

/// A neighbour at work.
pub(super) struct Hostile {
    what: &'static str,
    did: Arc<AtomicU64>,
    /// Dropping it ends all of it.
    _tasks: JoinSet<()>,
}

impl Hostile {
    /// Ends it; what it did.
    pub(super) fn end(self) -> String {
        format!("{} {}", self.did.load(Ordering::SeqCst), self.what)
    }
}

/// What each of its tasks knows.
#[derive(Clone)]
struct Scene {
    address: SocketAddr,
    token: String,
    channels: Vec<String>,
    did: Arc<AtomicU64>,
}

impl Scene {
    fn count(&self) {
        self.did.fetch_add(1, Ordering::SeqCst);
    }
}

/// Starts a neighbour and waits until it does what it does.
pub(super) async fn begin(
    neighbour: Neighbour,
    setting: &Setting,
    hub: &Hub,
    world: &World,
) -> Result<Hostile> {
    let scene = Scene {
        address: hub.address,
        token: world.tokens[HOSTILE].clone(),
        channels: world.channels.iter().map(ToString::to_string).collect(),
        did: Arc::default(),
    };
    let mut tasks = JoinSet::new();
    let (what, wanted) = spawn(neighbour, setting, &scene, &mut tasks).await?;
    let began = Instant::now();
    while scene.did.load(Ordering::SeqCst) < wanted as u64 {
        if began.elapsed() > PATIENCE {
            return Err(format!("{} did not begin", neighbour.name()).into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(Hostile {
        what,
        did: scene.did,
        _tasks: tasks,
    })
}

/// Starts its tasks; what counts as one thing done, and how many show that it is under way.
async fn spawn(
    neighbour: Neighbour,
    setting: &Setting,
    scene: &Scene,
    tasks: &mut JoinSet<()>,
) -> Result<(&'static str, usize)> {
    Ok(match neighbour {
        Neighbour::SlowBodies => {
            let count = setting.scaled(BODIES);
            for number in 0..count {
                tasks.spawn(send_slowly(scene.clone(), number));
            }
            ("bodies begun", count)
        }
        Neighbour::SlowReaders => {
            let count = setting.scaled(READERS);
            for _ in 0..count {
                tasks.spawn(read_slowly(scene.clone()));
            }
            ("answers begun", count)
        }
        Neighbour::Connections => {
            for _ in 0..CONNECTORS {
                tasks.spawn(keep_connecting(scene.clone()));
            }
            ("connections", CONNECTORS)
        }
        Neighbour::Typing => {
            tasks.spawn(keep_typing(scene.clone()));
            ("hints in 100 channels", 1)
        }
        Neighbour::Hashes => {
            let client = first_of(HOSTILE_ADDRESS);
            let token = accounts::register(scene.address, client, "changer").await?;
            let did = Arc::clone(&scene.did);
            let changes = accounts::change_in_rounds(scene.address, client, token, did);
            tasks.spawn(async move { drop(changes.await) });
            for _ in 0..GUESSERS {
                tasks.spawn(keep_guessing(scene.clone()));
            }
            ("changes", 1)
        }
        Neighbour::Structure => {
            for _ in 0..TAKERS {
                tasks.spawn(keep_taking(scene.clone()));
            }
            ("structures begun", 1)
        }
    })
}

/// The beginning of a body, and nothing more, again and again: half of them with an account.
async fn send_slowly(scene: Scene, number: usize) {
    let (line, authorization) = if number.is_multiple_of(2) {
        let authorization = format!("Authorization: Bearer {}\r\n", scene.token);
        ("PATCH /api/users/@me", authorization)
    } else {
        ("POST /api/auth/login", String::new())
    };
    let head = format!(
        "{line} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Type: application/json\r\n\
         Content-Length: 40\r\n\r\n{{"
    );
    loop {
        let sent = async {
            let mut stream = connect(scene.address, first_of(HOSTILE_ADDRESS)).await?;
            stream.write_all(head.as_bytes()).await?;
            scene.count();
            // Until it is given up.
            Result::Ok(stream.read(&mut [0; 512]).await?)
        };
        drop(sent.await);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks for the largest file and takes none of it.
async fn read_slowly(scene: Scene) {
    loop {
        let asked = async {
            let mut stream = connect_slowly(scene.address, first_of(HOSTILE_ADDRESS)).await?;
            stream.write_all(LARGEST_FILE.as_bytes()).await?;
            stream.peek(&mut [0]).await?;
            Result::Ok(stream)
        };
        let stream = asked.await;
        if stream.is_ok() {
            scene.count();
            tokio::time::sleep(PATIENCE).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Connects, asks once, and keeps the connection until there are too many.
async fn keep_connecting(scene: Scene) {
    let mut kept = VecDeque::new();
    loop {
        let next = Instant::now() + CONNECTED_EVERY;
        let connected = async {
            let mut stream = connect(scene.address, first_of(HOSTILE_ADDRESS)).await?;
            stream.write_all(ASK.as_bytes()).await?;
            Result::Ok(stream)
        };
        if let Ok(stream) = connected.await {
            scene.count();
            kept.push_back(stream);
        }
        if kept.len() > CONNECTIONS_EACH {
            drop(kept.pop_front());
        }
        tokio::time::sleep_until(next).await;
    }
}

/// Types in every channel at once, and comes again when it is cut.
async fn keep_typing(scene: Scene) {
    loop {
        let client = first_of(HOSTILE_ADDRESS);
        if let Ok(socket) = Socket::sign_on(scene.address, client, &scene.token).await {
            let (writer, mut quiet) = (socket.writer(), Quiet);
            tokio::select! {
                () = socket.run(&mut quiet) => {}
                () = type_everywhere(&scene, &writer) => {}
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until it is cut.
async fn type_everywhere(scene: &Scene, writer: &Writer) {
    let mut hints = Vec::new();
    for (number, channel) in scene.channels.iter().enumerate() {
        let hint = format!("42{number}[\"typing_start\",{{\"channel_id\":\"{channel}\"}}]");
        frames::push_text(&mut hints, &hint);
    }
    while writer.send(&hints).await.is_ok() {
        scene.count();
        tokio::time::sleep(TYPED_EVERY).await;
    }
}

/// Signs in with wrong passwords, each of another account.
async fn keep_guessing(scene: Scene) {
    for number in 0_u64.. {
        let guessed = async {
            let mut http = Http::open(scene.address, first_of(HOSTILE_ADDRESS), "").await?;
            let body = accounts::login(&format!("nobody{number}"), "a guess and no more");
            Result::Ok(http.post("/api/auth/login", &body).await?.status)
        };
        drop(guessed.await);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Comes for the structure of all its servers, again and again.
async fn keep_taking(scene: Scene) {
    loop {
        let client = first_of(HOSTILE_ADDRESS);
        if let Ok(socket) = Socket::sign_on(scene.address, client, &scene.token).await {
            scene.count();
            drop(tokio::time::timeout(TAKEN_FOR, socket.run(&mut Quiet)).await);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
