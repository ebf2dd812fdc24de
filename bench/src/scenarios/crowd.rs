//! Connections that sign on and stay, shared by several scenarios.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Result;
use crate::client::find;
use crate::client::socket::{Handler, Socket};
use crate::load;
use crate::seed::World;

/// All must be there by then.
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_millis(20);
/// Where a member list says how many are online: at its beginning.
const HEAD_BYTES: usize = 120;

/// Connections that are kept until this is dropped.
#[derive(Default)]
pub(super) struct Kept(Mutex<JoinSet<()>>);

impl Kept {
    pub(super) fn keep(&self, socket: Socket, mut handler: impl Handler + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.spawn(async move { socket.run(&mut handler).await });
    }

    /// How many are still connected.
    pub(super) fn connected(&self) -> usize {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.len()
    }
}

/// Signs everybody on; each waits for the server's structure and then only answers pings.
pub(super) async fn sign_on(address: SocketAddr, world: &World) -> Result<Kept> {
    let kept = Kept::default();
    let everything = |_| "\"all\"".to_owned();
    sign_on_some(address, world, 0..world.tokens.len(), everything, &kept).await?;
    Ok(kept)
}

/// Signs these on, to hear what `watch` says for each: a JSON text of what `auth.watch` takes.
pub(super) async fn sign_on_some(
    address: SocketAddr,
    world: &World,
    numbers: Range<usize>,
    watch: impl Fn(usize) -> String,
    kept: &Kept,
) -> Result<()> {
    let open = |nth: usize| {
        let number = numbers.start + nth;
        let watch = watch(number);
        async move {
            let token = &world.tokens[number];
            let socket = Socket::sign_on_to_hear(address, number, token, &watch).await?;
            kept.keep(socket, Quiet);
            Ok(())
        }
    };
    load::open_all(numbers.len(), open).await?;
    Ok(())
}

/// Signs everybody on; each watches the first hundred members. Returns when everybody has
/// seen that everybody is online.
pub(super) async fn sign_on_and_watch(address: SocketAddr, world: &World) -> Result<Kept> {
    let kept = Kept::default();
    let count = world.tokens.len();
    let satisfied = Arc::new(AtomicUsize::new(0));
    let subscribe = format!(
        "420[\"members_subscribe\",{{\"server_id\":\"{}\",\"ranges\":[[0,99]]}}]",
        world.servers[0]
    );
    let open = |number: usize| {
        let (kept, subscribe) = (&kept, &subscribe);
        let watcher = Watcher {
            wanted: format!("\"online\":{count},"),
            satisfied: Some(Arc::clone(&satisfied)),
        };
        async move {
            let socket = Socket::sign_on(address, number, &world.tokens[number]).await?;
            socket.send(subscribe).await?;
            kept.keep(socket, watcher);
            Ok(())
        }
    };
    load::open_all(count, open).await?;
    let began = Instant::now();
    while satisfied.load(Ordering::SeqCst) < count {
        if began.elapsed() > PATIENCE {
            let seen = satisfied.load(Ordering::SeqCst);
            return Err(format!("only {seen} of {count} saw everybody online").into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(kept)
}

/// Looks at nothing.
pub(super) struct Quiet;

impl Handler for Quiet {
    fn text(&mut self, _text: &[u8], _now: Instant, _out: &mut Vec<u8>) {}
}

/// Waits for a member list that counts everybody.
struct Watcher {
    wanted: String,
    /// Present until it was seen.
    satisfied: Option<Arc<AtomicUsize>>,
}

impl Handler for Watcher {
    fn text(&mut self, text: &[u8], _now: Instant, _out: &mut Vec<u8>) {
        if self.satisfied.is_none() || !text.starts_with(b"42[\"member_list\"") {
            return;
        }
        let head = text.get(..HEAD_BYTES).unwrap_or(text);
        if find(head, self.wanted.as_bytes()).is_some()
            && let Some(satisfied) = self.satisfied.take()
        {
            satisfied.fetch_add(1, Ordering::SeqCst);
        }
    }
}
