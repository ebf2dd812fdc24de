//! New accounts and their names.

use futures_util::future::join_all;
use serde_json::json;

use super::register;
use crate::harness::{Options, PASSWORD, Request, TestHub, User, soon};

#[tokio::test]
async fn an_account_is_made_and_signed_in_with_a_cookie_that_scripts_cannot_read() {
    let hub = TestHub::start().await;
    let body = json!({
        "username": " Ana ", "password": PASSWORD, "display_name": "Ana ✿", "email": "Ana@Example.org",
    });
    let answer = register(&hub, body).await;
    let user = answer.is(201)["user"].clone();
    for (field, value) in [
        ("username", json!("ana")),
        ("display_name", json!("Ana ✿")),
        ("email", json!("ana@example.org")),
        ("is_admin", json!(false)),
        ("kind", json!("human")),
        ("avatar", json!(null)),
    ] {
        assert_eq!(user[field], value, "{field}");
    }
    let cookie = answer.header("set-cookie").expect("a cookie");
    let port = hub.http.address.port();
    assert!(
        cookie.starts_with(&format!("battala_refresh_{port}=")),
        "{cookie}"
    );
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/auth"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "there is no TLS here: {cookie}");
}

#[tokio::test]
async fn names_and_addresses_are_unique_whatever_their_case() {
    let hub = TestHub::start().await;
    let account =
        |name: &str, email: &str| json!({"username": name, "password": PASSWORD, "email": email});
    register(&hub, account("ana", "ana@example.org"))
        .await
        .is(201);
    let answer = register(&hub, account("ANA", "other@example.org")).await;
    answer.refuses_field("username", "taken");
    // Who may register is told that the name is taken, and never whose the address is.
    for name in ["ana", "other"] {
        let answer = register(&hub, account(name, "ANA@EXAMPLE.ORG")).await;
        let problem = answer.refused(409, "taken");
        assert!(!problem.to_string().contains("email"), "{answer}");
    }
}

#[tokio::test]
async fn names_that_speak_for_the_hub_are_kept_from_everyone_but_its_administrators() {
    let hub = Options::default().fresh().start().await;
    let setup = json!({
        "token": hub.setup_token().await, "username": "Admin", "password": PASSWORD,
        "hub_name": "Battala", "registration": "open",
    });
    let admin = User::signed_in(&hub.http, &hub.post("/api/setup", &setup).await);
    for name in [
        "everyone",
        "Here",
        "SYSTEM",
        "battala",
        "a.d-min",
        "Moderator",
        "support",
    ] {
        let answer = register(&hub, json!({"username": name, "password": PASSWORD})).await;
        answer.refuses_field("username", "reserved");
    }
    let shown = |name: &str| json!({"username": "ana", "password": PASSWORD, "display_name": name});
    for name in ["Admin", "ＡＤＭＩＮ", "Ad min ✓", "@everyone"] {
        register(&hub, shown(name))
            .await
            .refuses_field("display_name", "reserved");
    }
    let ana = User::signed_in(&hub.http, &register(&hub, shown("Ana")).await);
    let rename = |name: &str| json!({"display_name": name});
    ana.patch("/users/@me", rename("Administrator"))
        .await
        .refuses_field("display_name", "reserved");
    ana.patch("/users/@me", rename("Adminah")).await.is(200);
    admin
        .patch("/users/@me", rename("Administrator"))
        .await
        .is(200);
}

#[tokio::test]
async fn accounts_of_one_address_are_bounded_by_default() {
    let hub = Options::default().default_limits().start().await;
    let mut made = 0;
    let refused = loop {
        let body = json!({"username": format!("child{made}"), "password": PASSWORD});
        let answer = register(&hub, body).await;
        if answer.status != 201 {
            break answer.refused(429, "rate_limited");
        }
        made += 1;
        assert!(made <= 60, "nothing was refused");
    };
    // A class behind one address passes at once; then it is five an hour.
    assert!(made >= 50, "{made}");
    let wait = refused["retry_after_ms"].as_u64().expect("a wait");
    assert!((60_000..=720_000).contains(&wait), "{wait}");
}

// T80
#[tokio::test]
async fn usernames_that_look_like_others_are_refused() {
    let hub = TestHub::start().await;
    for name in [
        "аna",
        "ａｎａ",
        "ana\u{200b}",
        "anı",
        "a na",
        "ana/../x",
        "ana\0",
        "<b>",
        "ana\u{202e}",
    ] {
        let answer = register(&hub, json!({"username": name, "password": PASSWORD})).await;
        answer.refuses_field("username", "invalid_characters");
    }
    for (name, code) in [
        ("a", "too_short"),
        ("", "required"),
        (".ana", "invalid_format"),
        ("ana.", "invalid_format"),
        ("a..b", "invalid_format"),
        (&"a".repeat(33), "too_long"),
    ] {
        let answer = register(&hub, json!({"username": name, "password": PASSWORD})).await;
        answer.refuses_field("username", code);
    }
}

// T43
#[tokio::test]
async fn of_fifty_parallel_registrations_of_one_name_one_wins() {
    let hub = TestHub::start().await;
    let requests: Vec<Request> = (0..50)
        .map(|number| {
            let name = if number % 2 == 0 { "Ana" } else { "aNA" };
            let email = format!("{number}@example.org");
            let body = json!({"username": name, "password": PASSWORD, "email": email});
            Request::new("POST", "/api/auth/register").json(&body)
        })
        .collect();
    let answers = join_all(requests.iter().map(|request| hub.http.send(request)));
    let answers = soon("fifty registrations", answers).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((won.len(), lost.len()), (1, 49));
    for answer in lost {
        answer.refuses_field("username", "taken");
    }
}

// T43
#[tokio::test]
async fn of_parallel_registrations_with_one_address_one_wins() {
    let hub = TestHub::start().await;
    for round in 0..10 {
        let requests: Vec<Request> = (0..8)
            .map(|number| {
                let email = format!("all{round}@example.org");
                let name = format!("name{round}.{number}");
                let body = json!({"username": name, "password": PASSWORD, "email": email});
                Request::new("POST", "/api/auth/register").json(&body)
            })
            .collect();
        let answers = join_all(requests.iter().map(|request| hub.http.send(request)));
        let answers = soon("eight registrations", answers).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!((won.len(), lost.len()), (1, 7));
        for answer in lost {
            answer.refused(409, "taken");
        }
    }
}

// T43, for changes: a lost race is told like an address that was taken long ago.
#[tokio::test]
async fn of_parallel_changes_to_one_address_one_wins_and_the_others_are_told_the_field() {
    let hub = TestHub::start().await;
    let names: Vec<String> = (0..8).map(|number| format!("user{number}")).collect();
    let users = join_all(names.iter().map(|name| hub.user(name))).await;
    for round in 0..25 {
        let email = format!("all{round}@example.org");
        let body = json!({"email": email, "current_password": PASSWORD});
        let requests = users
            .iter()
            .map(|user| user.request("PATCH", "/users/@me", Some(body.clone())));
        let requests: Vec<Request> = requests.collect();
        let answers = join_all(requests.iter().map(|request| hub.http.send(request)));
        let answers = soon("eight changes", answers).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 7), "{answers:?}");
        for answer in lost {
            answer.refuses_field("email", "taken");
        }
    }
}
