//! What an administrator of the hub does.

use serde_json::json;

use crate::harness::TestHub;

#[tokio::test]
async fn the_hub_is_renamed_and_everyone_is_told() {
    let hub = TestHub::start().await;
    let (admin, ana) = (hub.admin().await, hub.user("ana").await);
    let socket = hub.socket(&ana).await;
    let info = admin
        .patch("/hub", json!({"name": " Haat ", "registration": "invite"}))
        .await
        .is(200);
    assert_eq!(
        (&info["name"], &info["registration"]),
        (&json!("Haat"), &json!("invite"))
    );
    let told = socket.wait("hub_updated", |_| true).await;
    assert_eq!(told["hub"], info);
    assert_eq!(hub.get("/api/hub").await.is(200), info);
    let body = json!({"username": "ben", "password": crate::harness::PASSWORD});
    hub.post("/api/auth/register", &body)
        .await
        .refused(403, "registration_closed");
    for (body, field, code) in [
        (json!({"name": ""}), "name", "required"),
        (json!({"name": "x".repeat(101)}), "name", "too_long"),
        (
            json!({"registration": "closed"}),
            "registration",
            "invalid_format",
        ),
        (json!({"generation": 7}), "generation", "unknown_field"),
    ] {
        admin.patch("/hub", body).await.refuses_field(field, code);
    }
}

#[tokio::test]
async fn accounts_are_listed_by_id_in_pages_and_found_by_their_beginning() {
    let hub = TestHub::start().await;
    let admin = hub.admin().await;
    for name in ["ana", "anahita", "ben", "an_other%"] {
        if name.contains('%') {
            continue;
        }
        hub.user(name).await;
    }
    let all = admin.get("/hub/users?limit=2").await.is(200);
    let first: Vec<&str> = all["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|user| user["username"].as_str())
        .collect();
    assert_eq!(first, ["root", "ana"]);
    let last = all["items"][1]["id"].as_str().expect("an id");
    let rest = admin.get(&format!("/hub/users?after={last}")).await.is(200);
    let rest: Vec<&str> = rest["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|user| user["username"].as_str())
        .collect();
    assert_eq!(rest, ["anahita", "ben"]);
    let found = admin.get("/hub/users?query=ANA").await.is(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(2), "{found}");
    // Case is folded beyond ASCII, on every engine.
    let ben = hub.login("ben").await;
    let name = json!({"display_name": "\u{c9}va \u{d8}degaard"});
    ben.patch("/users/@me", name).await.is(200);
    for query in ["%C3%A9VA", "%C3%89va%20%C3%B8", "%C3%A9va%20%C3%98DE"] {
        let found = admin
            .get(&format!("/hub/users?query={query}"))
            .await
            .is(200);
        assert_eq!(found["items"][0]["username"], "ben", "{query}: {found}");
    }
    // T76: wildcards are letters like others.
    for query in ["%25", "_", "%5C", "%27", "a%25"] {
        let found = admin
            .get(&format!("/hub/users?query={query}"))
            .await
            .is(200);
        assert_eq!(
            found["items"].as_array().map(Vec::len),
            Some(0),
            "{query}: {found}"
        );
    }
    for (query, field, code) in [
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_large"),
        ("limit=-1", "limit", "too_small"),
        ("limit=abc", "limit", "wrong_type"),
        ("after=x", "after", "invalid_format"),
        ("page=2", "page", "unknown_field"),
        ("limit=1&limit=2", "limit", "invalid_format"),
    ] {
        admin
            .get(&format!("/hub/users?{query}"))
            .await
            .refuses_field(field, code);
    }
}

#[tokio::test]
async fn an_administrator_has_no_power_in_servers_of_others() {
    let hub = TestHub::start().await;
    let admin = hub.admin().await;
    let (community, owner, []) = hub.community("owner", []).await;
    admin
        .get(&community.path(""))
        .await
        .refused(404, "not_found");
    admin
        .get(&community.messages())
        .await
        .refused(404, "not_found");
    let said = owner.say(&community.channel, "ours").await;
    let path = format!(
        "{}/{}",
        community.messages(),
        said["id"].as_str().expect("an id")
    );
    admin.delete(&path).await.refused(404, "not_found");
}
