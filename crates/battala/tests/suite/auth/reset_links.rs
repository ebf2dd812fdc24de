//! Links to a new password: whom an administrator's session alone gives one for.

use serde_json::{Value, json};

use super::login;
use crate::harness::{Answer, NEW_PASSWORD, PASSWORD, TestHub, User};

async fn link(of: &User, user: &User, body: Value) -> Answer {
    let path = format!("/hub/users/{}/password-reset", user.id);
    of.post(&path, body).await
}

fn confirmed_by(password: &str) -> Value {
    json!({"current_password": password})
}

#[tokio::test]
async fn nobody_gets_a_reset_link_for_themselves_but_at_the_machine() {
    let mut hub = TestHub::start().await;
    let admin = hub.admin().await;
    for body in [json!({}), confirmed_by(PASSWORD)] {
        let problem = link(&admin, &admin, body).await.refused(409, "conflict");
        let detail = problem["detail"].as_str().expect("a reason");
        assert!(detail.contains("in your settings"), "{detail}");
        assert!(detail.contains("battala admin reset-password"), "{detail}");
    }
    hub.stop().await;
    let output = hub.command(&["admin", "reset-password", &admin.name]);
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn a_reset_link_for_another_administrator_needs_the_own_password() {
    let mut hub = TestHub::start().await;
    let eve = hub.another_admin("eve").await;
    let admin = hub.admin().await;
    let answer = link(&admin, &eve, json!({})).await;
    answer.refuses_field("current_password", "required");
    let answer = link(&admin, &eve, confirmed_by("not the password")).await;
    answer.refuses_field("current_password", "wrong");
    let made = link(&admin, &eve, confirmed_by(PASSWORD)).await.is(201);
    let url = made["url"].as_str().expect("a link");
    let (_, token) = url.split_once("#token=").expect("a token");
    let body = json!({"token": token, "password": NEW_PASSWORD});
    hub.post("/api/auth/password-reset", &body).await.is(204);
    login(&hub, "eve", NEW_PASSWORD).await.is(200);
}

#[tokio::test]
async fn wrong_passwords_for_a_reset_link_count_for_the_session() {
    let mut hub = TestHub::start().await;
    let eve = hub.another_admin("eve").await;
    let (thief, owner) = (hub.admin().await, hub.admin().await);
    for _ in 0..6 {
        let answer = link(&thief, &eve, confirmed_by("not the password")).await;
        answer.refuses_field("current_password", "wrong");
    }
    let answer = link(&thief, &eve, confirmed_by(PASSWORD)).await;
    answer.refused(429, "rate_limited");
    link(&owner, &eve, confirmed_by(PASSWORD)).await.is(201);
    // For who administers nothing it is asked for no password.
    let ana = hub.user("ana").await;
    link(&thief, &ana, json!({})).await.is(201);
}
