//! Ids when the wall clock is set.

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Api, STARTED_AT, User};

async fn say(api: &Api, user: &User, channel: &str, nonce: &str) -> Value {
    let body = json!({"content": "hi", "nonce": nonce});
    let path = format!("/api/channels/{channel}/messages");
    let answer = api.post(&path, &body).by(user).send().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json()
}

async fn signed_in_again(api: &Api, name: &str) -> User {
    let body = json!({"login": name, "password": "under the banyan"});
    api.post("/api/auth/login", &body).send().await.signed_in()
}

fn id_of(message: &Value) -> i64 {
    message["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_write_succeeds_at_once_when_the_clock_has_left_the_lease_behind() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (_, channel) = api.server(&ana).await;
    for (step, nonce) in [(120_000, "a"), (-240_000, "b"), (240_000, "c")] {
        api.time.set_by(step);
        say(&api, &ana, &channel, nonce).await;
        let ready = api.get("/readyz").send().await;
        assert_eq!(ready.status, StatusCode::OK, "{ready:?}");
    }
}

#[tokio::test]
async fn after_a_clock_that_was_ahead_no_channel_takes_the_ids_of_another() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let (server, first) = api.server(&ana).await;
    let path = format!("/api/servers/{server}/channels");
    let answer = api
        .post(&path, &json!({"name": "two"}))
        .by(&ana)
        .send()
        .await;
    let second = answer.json()["id"].as_str().unwrap().to_owned();
    // The clock stands still, so the second id is the number after the first.
    let mut ids = vec![
        id_of(&say(&api, &ana, &first, "a").await),
        id_of(&say(&api, &ana, &second, "b").await),
    ];
    assert_eq!(ids[0] + 1, ids[1]);
    let hour = 60 * 60 * 1000;
    let api = api.started_again(STARTED_AT - hour).await;
    let ana = signed_in_again(&api, "ana").await;
    for round in 0..3 {
        for channel in [&first, &second] {
            let said = say(&api, &ana, channel, &format!("{round}-{channel}")).await;
            ids.push(id_of(&said));
        }
    }
    // The clock gets to where it was, and passes it.
    for (round, step) in [hour, 1, 1, 1000].into_iter().enumerate() {
        api.time.set_by(step);
        // An hour is longer than a token works.
        let ana = signed_in_again(&api, "ana").await;
        for channel in [&first, &second] {
            let said = say(&api, &ana, channel, &format!("later-{round}-{channel}")).await;
            ids.push(id_of(&said));
        }
    }
    let of = |at: usize| ids.iter().copied().skip(at).step_by(2);
    assert!(of(0).is_sorted_by(|one, next| one < next), "{ids:?}");
    assert!(of(1).is_sorted_by(|one, next| one < next), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2 + 6 + 8);
}
