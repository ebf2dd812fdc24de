//! Sign-in, and what it tells and costs those who guess.

use futures_util::future::join_all;
use serde_json::json;

use super::{login, register};
use crate::harness::{Answer, Options, PASSWORD, Request, TestHub, soon, until};

#[tokio::test]
async fn one_signs_in_by_name_or_by_address_and_neither_stands_for_the_other() {
    let hub = TestHub::start().await;
    let body = json!({"username": "ana", "password": PASSWORD, "email": "ana@example.org"});
    register(&hub, body).await.is(201);
    login(&hub, " ANA ", PASSWORD).await.is(200);
    login(&hub, "Ana@Example.Org", PASSWORD).await.is(200);
    login(&hub, "ana@example", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
}

// T62
#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_have_the_same_answer() {
    let hub = TestHub::start().await;
    hub.user("ana").await;
    let known = login(&hub, "ana", "not the password").await;
    let unknown = login(&hub, "nobody", "not the password").await;
    let by_address = login(&hub, "nobody@example.org", "not the password").await;
    known.refused(401, "invalid_credentials");
    assert_eq!(known.without_request_id(), unknown.without_request_id());
    assert_eq!(known.without_request_id(), by_address.without_request_id());
    let headers = |answer: &Answer| {
        answer
            .headers
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(headers(&known), headers(&unknown));
}

// T62: as many hashes for a name that nobody has. One at a time and none that waits, so whoever
// hashes while another does is refused; an answer without a hash would pass.
#[tokio::test]
async fn an_unknown_account_costs_a_hash_as_a_known_one_does() {
    let options = Options::default()
        .limit("password_cost", 10)
        .limit("password_workers", 1)
        .limit("password_queue", 1);
    let hub = options.start().await;
    hub.user("ana").await;
    for name in ["ana", "nobody", "nobody@example.org"] {
        let body = json!({"login": name, "password": "not the password"});
        let request = Request::new("POST", "/api/auth/login").json(&body);
        let ask = async || hub.http.try_send(&request).await.expect("an answer");
        let answers = join_all((0..4).map(|_| ask())).await;
        let busy = answers.iter().filter(|answer| answer.status == 503).count();
        let compared = answers.iter().filter(|answer| answer.status == 401).count();
        assert!(busy >= 1 && compared >= 1, "{name}: {answers:?}");
        assert_eq!(busy + compared, answers.len(), "{name}: {answers:?}");
    }
}

// T64
#[tokio::test]
async fn guesses_beyond_five_have_to_wait_longer_and_longer() {
    let hub = TestHub::start().await;
    hub.user("ana").await;
    for _ in 0..6 {
        login(&hub, "ana", "not the password")
            .await
            .refused(401, "invalid_credentials");
    }
    let refused = login(&hub, "ana", PASSWORD)
        .await
        .refused(429, "rate_limited");
    let wait = refused["retry_after_ms"].as_u64().expect("a wait");
    assert!((1..=1000).contains(&wait), "{wait}");
    // Another account is not held up.
    let ben = hub.user("ben").await;
    login(&hub, &ben.name, PASSWORD).await.is(200);
    // After the wait the password counts again, and clears the failures.
    let answer = until("the wait is over", async || {
        let answer = login(&hub, "ana", PASSWORD).await;
        (answer.status != 429).then_some(answer)
    })
    .await;
    answer.is(200);
    login(&hub, "ana", "not the password")
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", PASSWORD).await.is(200);
}

#[tokio::test]
async fn parallel_guesses_all_count() {
    let hub = TestHub::start().await;
    hub.user("ana").await;
    let guesses = (0..40).map(|_| login(&hub, "ana", "not the password"));
    let answers = soon("forty guesses", join_all(guesses)).await;
    let compared = answers.iter().filter(|answer| answer.status == 401).count();
    assert!(
        (1..=6).contains(&compared),
        "{compared} guesses were compared"
    );
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 401 | 429))
    );
}

#[tokio::test]
async fn sign_ins_of_one_address_are_bounded_by_default() {
    let hub = Options::default().default_limits().start().await;
    let mut refused = None;
    for number in 0..40 {
        let answer = login(&hub, &format!("nobody{number}"), PASSWORD).await;
        if answer.status != 401 {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("a refusal within forty sign-ins");
    assert!(number >= 30, "{number}");
    answer.refused(429, "rate_limited");
    assert_eq!(answer.header("ratelimit-remaining"), Some("0"));
    // What needs no sign-in goes on.
    hub.get("/api/hub").await.is(200);
}

// T65
#[tokio::test]
async fn more_sign_ins_than_the_queue_of_hashes_holds_are_asked_to_come_again() {
    let options = Options::default()
        .limit("password_queue", 4)
        .limit("password_workers", 1)
        .limit("password_cost", 9);
    let hub = options.start().await;
    let request = Request::new("POST", "/api/auth/login")
        .json(&json!({"login": "nobody", "password": PASSWORD}));
    let answers = soon(
        "sign-ins",
        join_all((0..40).map(|_| hub.http.try_send(&request))),
    )
    .await;
    let mut refused = 0;
    for answer in answers {
        let answer = answer.expect("an answer");
        if answer.status == 503 {
            answer.refused(503, "unavailable");
            refused += 1;
        } else {
            answer.refused(401, "invalid_credentials");
        }
    }
    assert!(refused > 0, "all forty found a place");
    hub.get("/api/hub").await.is(200);
}
