//! Accounts with passwords, made and used over the API, shared by several scenarios.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::Instant;

use crate::Result;
use crate::client::http::Http;

/// Changes of one account under way at the same time.
pub(super) const IN_PARALLEL: usize = 34;
/// What a round of changes waits after one in which none was made.
const PAUSE: Duration = Duration::from_millis(20);

/// So many changes of one account that its own bound is not what keeps it from hashing.
pub(super) const CHANGES_RAISED: [(&str, &str); 2] = [
    ("PASSWORD_BURST", "1000000"),
    ("PASSWORD_PER_HOUR", "60000000"),
];

const PASSWORD: &str = "a mango tree at dusk";

/// Registers an account as the `number`th client; its access token.
pub(super) async fn register(address: SocketAddr, number: usize, name: &str) -> Result<String> {
    let mut http = Http::open(address, number, "").await?;
    let body = format!("{{\"username\":\"{name}\",\"password\":\"{PASSWORD}\"}}");
    let answer = http.post("/api/auth/register", &body).await?;
    answer.expect(201)?;
    answer.text_at("access_token")
}

/// Signs in as the `number`th client, by a connection of its own; how long it took.
pub(super) async fn sign_in(address: SocketAddr, number: usize, name: &str) -> Result<Duration> {
    let mut http = Http::open(address, number, "").await?;
    let began = Instant::now();
    http.post("/api/auth/login", &login(name, PASSWORD))
        .await?
        .expect(200)?;
    Ok(began.elapsed())
}

/// The body of a sign-in.
pub(super) fn login(name: &str, password: &str) -> String {
    format!("{{\"login\":\"{name}\",\"password\":\"{password}\"}}")
}

/// Changes the password of one account [`IN_PARALLEL`] times at once, round after round, without
/// end; `changed` counts those that succeed.
pub(super) async fn change_in_rounds(
    address: SocketAddr,
    number: usize,
    token: String,
    changed: Arc<AtomicU64>,
) -> Result<()> {
    let open = (0..IN_PARALLEL).map(|nth| Http::open(address, number + nth, &token));
    let mut connections = try_join_all(open).await?;
    let mut current = PASSWORD.to_owned();
    for round in 0_u64.. {
        let asked = connections.iter_mut().enumerate().map(|(nth, http)| {
            let new = format!("mango tree {nth} of round {round}");
            let body = format!("{{\"current_password\":\"{current}\",\"new_password\":\"{new}\"}}");
            async move {
                let answer = http.post("/api/users/@me/password", &body).await?;
                Result::Ok((answer.status == 204).then_some(new))
            }
        });
        let made: Vec<Option<String>> = try_join_all(asked).await?;
        if let Some(new) = made.into_iter().flatten().next() {
            current = new;
            changed.fetch_add(1, Ordering::SeqCst);
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}
