//! Changes of passwords and addresses: what they cost others, and what races they lose.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::login;
use crate::harness::{Answer, Options, PASSWORD, Request, TestHub, User, soon};

const PATH: &str = "/users/@me/password";

fn change(current: &str, new: &str) -> Value {
    json!({"current_password": current, "new_password": new})
}

async fn reset(hub: &TestHub, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    hub.post("/api/auth/password-reset", &body).await
}

/// Asks again while the account's one place among those who hash is taken.
async fn insist(hub: &TestHub, request: &Request) -> Answer {
    loop {
        let answer = hub.http.send(request).await;
        if answer.status != 429 {
            return answer;
        }
    }
}

/// The token of a new one-time link.
async fn link(hub: &TestHub, user_id: &str) -> String {
    let admin = hub.admin().await;
    let path = format!("/hub/users/{user_id}/password-reset");
    let link = admin.post(&path, json!({})).await.is(201);
    let url = link["url"].as_str().expect("a link");
    let (_, token) = url.split_once("#token=").expect("a token");
    token.to_owned()
}

#[tokio::test]
async fn the_password_that_is_in_force_already_is_no_new_one() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let answer = ana.post(PATH, change(PASSWORD, PASSWORD)).await;
    answer.refuses_field("new_password", "unchanged");
}

#[tokio::test]
async fn an_account_changes_its_password_a_few_times_an_hour_by_default() {
    let hub = Options::default().default_limits().start().await;
    let ana = hub.user("ana").await;
    let passwords = [PASSWORD, "mango tree at dusk"];
    let mut changed = 0;
    let answer = loop {
        let (old, new) = (passwords[changed % 2], passwords[(changed + 1) % 2]);
        let answer = ana.post(PATH, change(old, new)).await;
        if answer.status != 204 {
            break answer;
        }
        changed += 1;
        assert!(changed <= 20, "nothing was refused");
    };
    answer.refused(429, "rate_limited");
    assert!(changed >= 10, "{changed}");
    // The change of the address has the same bucket; what needs no password has not.
    let email = json!({"email": "ana@example.org", "current_password": PASSWORD});
    ana.patch("/users/@me", email)
        .await
        .refused(429, "rate_limited");
    ana.patch("/users/@me", json!({"display_name": "Ana"}))
        .await
        .is(200);
}

// T65: one worker, so that a hash of one account would be in the way of every other.
#[tokio::test]
async fn an_account_that_changes_its_password_in_parallel_takes_no_place_from_sign_ins() {
    let options = Options::default()
        .limit("password_cost", 8)
        .limit("password_workers", 1)
        .limit("password_queue", 8);
    let hub = options.start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let changes: Vec<Request> = (0..34)
        .map(|number| {
            let body = change(PASSWORD, &format!("mango tree number {number}"));
            ana.request("POST", PATH, Some(body))
        })
        .collect();
    let changes = join_all(changes.iter().map(|request| hub.http.try_send(request)));
    let sign_ins = async {
        for _ in 0..6 {
            // A refused one would be a 503, which fails the test.
            login(&hub, &ben.name, PASSWORD).await.is(200);
        }
    };
    let (changes, ()) = soon("both", async { tokio::join!(changes, sign_ins) }).await;
    let mut changed = 0;
    for answer in changes {
        let answer = answer.expect("an answer");
        match answer.status {
            204 => changed += 1,
            409 => answer.refuses_field("current_password", "wrong"),
            _ => drop(answer.refused(429, "rate_limited")),
        }
    }
    assert_eq!(changed, 1);
}

// One at a time and none that waits, so that whoever hashes while another does is refused.
#[tokio::test]
async fn a_reset_link_of_nobody_costs_no_hash() {
    let options = Options::default()
        .limit("password_cost", 10)
        .limit("password_workers", 1)
        .limit("password_queue", 1);
    let hub = options.start().await;
    let body = json!({"token": "nobodys", "password": "mango tree at dusk"});
    let request = Request::new("POST", "/api/auth/password-reset").json(&body);
    let answers = join_all((0..8).map(|_| hub.http.send(&request))).await;
    for answer in answers {
        answer.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_reset_link_dies_with_the_password_that_it_was_made_for() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let token = link(&hub, &ana.id).await;
    ana.post(PATH, change(PASSWORD, "mango tree at dusk"))
        .await
        .is(204);
    reset(&hub, &token, "somebody elses words")
        .await
        .refused(404, "not_found");
    login(&hub, "ana", "mango tree at dusk").await.is(200);
    // A sign-in is no change: the link of who forgot the password on one device still works.
    let token = link(&hub, &ana.id).await;
    login(&hub, "ana", "mango tree at dusk").await.is(200);
    reset(&hub, &token, "somebody elses words").await.is(204);
}

#[tokio::test]
async fn a_reset_link_dies_with_the_address_but_not_with_the_name() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for address in [
        json!("ana@example.org"),
        json!("a@example.net"),
        json!(null),
    ] {
        let token = link(&hub, &ana.id).await;
        let body = json!({"email": address, "current_password": PASSWORD});
        ana.patch("/users/@me", body).await.is(200);
        reset(&hub, &token, "somebody elses words")
            .await
            .refused(404, "not_found");
    }
    let token = link(&hub, &ana.id).await;
    ana.patch("/users/@me", json!({"display_name": "Ana"}))
        .await
        .is(200);
    reset(&hub, &token, "mango tree at dusk").await.is(204);
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins_and_the_session_of_the_other_is_over() {
    let hub = TestHub::start().await;
    let mut password = PASSWORD.to_owned();
    hub.user("ana").await;
    for round in 0..15 {
        let sessions = [
            login(&hub, "ana", &password).await,
            login(&hub, "ana", &password).await,
        ];
        let news = [
            format!("mango tree {round}"),
            format!("lychee tree {round}"),
        ];
        let requests: Vec<Request> = (0..2)
            .map(|at| {
                let user = User::signed_in(&hub.http, &sessions[at]);
                user.request("POST", PATH, Some(change(&password, &news[at])))
            })
            .collect();
        let answers = join_all(requests.iter().map(|request| insist(&hub, request)));
        let answers = soon("two changes", answers).await;
        let won: Vec<usize> = (0..2).filter(|at| answers[*at].status == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        let lost = &answers[1 - won[0]];
        assert!(matches!(lost.status, 401 | 409), "{lost}");
        login(&hub, "ana", &news[1 - won[0]])
            .await
            .refused(401, "invalid_credentials");
        password.clone_from(&news[won[0]]);
        login(&hub, "ana", &password).await.is(200);
    }
}

#[tokio::test]
async fn of_a_change_and_a_reset_at_once_one_wins() {
    let hub = TestHub::start().await;
    let mut password = PASSWORD.to_owned();
    let id = hub.user("ana").await.id;
    for round in 0..15 {
        let session = login(&hub, "ana", &password).await;
        let user = User::signed_in(&hub.http, &session);
        let token = link(&hub, &id).await;
        let news = [
            format!("mango tree {round}"),
            format!("lychee tree {round}"),
        ];
        let (changed, was_reset) = soon("both", async {
            tokio::join!(
                user.post(PATH, change(&password, &news[0])),
                reset(&hub, &token, &news[1]),
            )
        })
        .await;
        let won = [changed.status == 204, was_reset.status == 204];
        assert!(won[0] != won[1], "{changed}, {was_reset}");
        password.clone_from(&news[usize::from(won[1])]);
        login(&hub, "ana", &password).await.is(200);
    }
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_does_not_outlive_its_change() {
    let hub = TestHub::start().await;
    let mut password = PASSWORD.to_owned();
    let mut ana = hub.user("ana").await;
    for round in 0..15 {
        let new = format!("mango tree {round}");
        let (changed, old) = soon("both", async {
            tokio::join!(
                ana.post(PATH, change(&password, &new)),
                login(&hub, "ana", &password),
            )
        })
        .await;
        changed.is(204);
        if old.status == 200 {
            let old = User::signed_in(&hub.http, &old);
            old.get("/users/@me").await.refused(401, "session_ended");
        } else {
            old.refused(401, "invalid_credentials");
        }
        password = new;
        let answer = login(&hub, "ana", &password).await;
        ana = User::signed_in(&hub.http, &answer);
    }
}
