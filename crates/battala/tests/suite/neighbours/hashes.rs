//! A crowd that wants its passwords compared, more than can be in a long while.

use std::cell::Cell;

use futures_util::future::join_all;
use serde_json::json;

use super::raise_descriptors;
use crate::harness::{Options, Request, TestHub, User};

/// Requests that a hub answers at the same time, for each core.
const PLACES_PER_CORE: usize = 64;
const NETWORKS: usize = 16;

/// Sign-ins from many networks, twice as many as there are places for requests. None is answered
/// before the hash of its password was compared, or for eight seconds.
async fn crowd(hub: &TestHub) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = (0..2 * PLACES_PER_CORE * cores).map(async |number| {
        let body = json!({"login": format!("nobody{number}"), "password": "not the password"});
        let address = format!("10.{}.0.7", number % NETWORKS);
        let request = Request::new("POST", "/api/auth/login")
            .header("X-Forwarded-For", &address)
            .json(&body);
        hub.http.try_send(&request).await.expect("an answer").status
    });
    let answers = join_all(asked).await;
    let is_told = |status: &u16| matches!(status, 401 | 503);
    assert!(answers.iter().all(is_told), "{answers:?}");
    let busy = answers.iter().filter(|status| **status == 503).count();
    assert!(busy > PLACES_PER_CORE * cores, "they are too few: {busy}");
}

#[tokio::test]
async fn who_waits_for_hashes_keeps_nobody_from_anything_else() {
    raise_descriptors();
    let hub = Options::default()
        .limit("password_workers", 1)
        .limit("password_cost", 12)
        .setting("trusted_proxies", vec!["127.0.0.1"])
        .start()
        .await;
    let (community, owner, []) = hub.community("owner", []).await;
    let is_over = Cell::new(false);
    let flood = async {
        crowd(&hub).await;
        is_over.set(true);
    };
    let others = async {
        let mut renewing = owner.clone();
        while !is_over.get() {
            hub.get("/api/hub").await.is(200);
            owner.say(&community.channel, "hello").await;
            renewing = User::signed_in(&hub.http, &renewing.refresh().await);
        }
    };
    tokio::join!(flood, others);
}
