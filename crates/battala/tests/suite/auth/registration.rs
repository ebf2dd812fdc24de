//! New accounts and their names.

use futures_util::future::join_all;
use serde_json::json;

use super::register;
use crate::harness::{PASSWORD, Request, TestHub, soon};

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
    let answer = register(&hub, account("other", "ANA@EXAMPLE.ORG")).await;
    answer.refuses_field("email", "taken");
    for reserved in ["everyone", "Here", "SYSTEM", "battala"] {
        let answer = register(&hub, account(reserved, "x@example.org")).await;
        answer.refuses_field("username", "reserved");
    }
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
