//! The own account and those of others.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::harness::{PASSWORD, TestHub, User};

#[tokio::test]
async fn a_new_display_name_reaches_those_who_share_a_server_and_the_own_sockets() {
    let hub = TestHub::start().await;
    let (_, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let stranger = hub.user("stranger").await;
    let (theirs, mine, others) = (
        hub.socket(&owner).await,
        hub.socket(&ana).await,
        hub.socket(&stranger).await,
    );
    let me = ana
        .patch("/users/@me", json!({"display_name": " Ana ✿ "}))
        .await
        .is(200);
    assert_eq!(me["display_name"], "Ana ✿");
    let updated = theirs
        .wait("user_updated", |event| {
            event["user"]["id"] == ana.id.as_str()
        })
        .await;
    assert_eq!(updated["user"]["display_name"], "Ana ✿");
    let updated = mine.wait("me_updated", |_| true).await;
    assert_eq!(updated["me"], me);
    others.round_trip().await;
    assert!(others.all("user_updated").is_empty());
    let seen = stranger.get(&format!("/users/{}", ana.id)).await.is(200);
    assert_eq!(seen["display_name"], "Ana ✿");
}

#[tokio::test]
async fn a_new_address_needs_the_password() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let patch = async |body| ana.patch("/users/@me", body).await;
    let answer = patch(json!({"email": "ana@example.org"})).await;
    answer.refuses_field("current_password", "required");
    let answer =
        patch(json!({"email": "ana@example.org", "current_password": "not the password"})).await;
    answer.refuses_field("current_password", "wrong");
    let me = patch(json!({"email": "Ana@Example.org", "current_password": PASSWORD}))
        .await
        .is(200);
    assert_eq!(me["email"], "ana@example.org");
    // The same again changes nothing, and needs no password.
    patch(json!({"email": "ana@example.org"})).await.is(200);
    let ben = hub.user("ben").await;
    let body = json!({"email": "ana@example.org", "current_password": PASSWORD});
    ben.patch("/users/@me", body)
        .await
        .refuses_field("email", "taken");
    let me = patch(json!({"email": null, "current_password": PASSWORD}))
        .await
        .is(200);
    assert!(me["email"].is_null());
}

/// Renames over and over, at least once; the last name.
async fn rename_until(user: &User, is_done: &AtomicBool) -> String {
    let mut number = 0;
    loop {
        number += 1;
        let name = format!("Ana {number}");
        let body = json!({"display_name": name});
        user.patch("/users/@me", body).await.is(200);
        if is_done.load(Ordering::Relaxed) {
            return name;
        }
    }
}

// T71
#[tokio::test]
async fn a_new_name_and_a_new_address_at_once_are_both_kept() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for round in 0..8 {
        let email = format!("ana{round}@example.org");
        let body = json!({"email": email, "current_password": PASSWORD});
        let is_done = AtomicBool::new(false);
        let readdress = async {
            ana.patch("/users/@me", body).await.is(200);
            is_done.store(true, Ordering::Relaxed);
        };
        // All the time, since the change of the address begins with a hash.
        let rename = rename_until(&ana, &is_done);
        let (name, ()) = tokio::join!(rename, readdress);
        let me = ana.get("/users/@me").await.is(200);
        assert_eq!(
            (&me["display_name"], &me["email"]),
            (&json!(name), &json!(email))
        );
    }
}

#[tokio::test]
async fn fields_that_are_not_ones_own_to_set_are_refused_by_name() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for field in [
        "id",
        "username",
        "is_admin",
        "password",
        "created_at",
        "rev",
        "kind",
        "avatar",
        "isAdmin",
    ] {
        let answer = ana.patch("/users/@me", json!({field: "1"})).await;
        answer.refuses_field(field, "unknown_field");
    }
    assert_eq!(ana.get("/users/@me").await.is(200)["is_admin"], false);
}

// T81
#[tokio::test]
async fn display_names_that_deceive_are_refused() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for (name, code) in [
        ("an\u{202e}a", "invalid_characters"),
        ("an\na", "invalid_characters"),
        ("an\u{0}a", "invalid_characters"),
        ("\u{200d}\u{3164}", "required"),
        ("   ", "required"),
        (&"x".repeat(33), "too_long"),
    ] {
        let answer = ana.patch("/users/@me", json!({"display_name": name})).await;
        answer.refuses_field("display_name", code);
    }
}

// T2
#[tokio::test]
async fn others_see_the_public_profile_and_nothing_else() {
    let hub = TestHub::start().await;
    let body = json!({"username": "ana", "password": PASSWORD, "email": "ana@example.org"});
    let ana = hub.post("/api/auth/register", &body).await.is(201)["user"].clone();
    let ben = hub.user("ben").await;
    let id = ana["id"].as_str().expect("an id");
    let seen = ben.get(&format!("/users/{id}")).await.is(200);
    let fields: Vec<&String> = seen.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["avatar", "display_name", "id", "kind", "username"]);
    ben.get("/users/1").await.refused(404, "not_found");
}
