//! Accounts that are made by an invite: whose invites do that, and how often.

use battala_store::{Db, DbError, Options as DbOptions, args, sql};
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::register;
use crate::harness::{Answer, Community, Options, PASSWORD, TestHub, User, soon};

async fn invite_only() -> TestHub {
    Options::default().invite_only().start().await
}

async fn by(hub: &TestHub, name: &str, code: &str) -> Answer {
    let body = json!({"username": name, "password": PASSWORD, "invite": code});
    register(hub, body).await
}

async fn invite(user: &User, community: &Community, body: Value) -> Value {
    user.post(&community.path("/invites"), body).await.is(201)
}

fn code_of(invite: &Value) -> &str {
    invite["code"].as_str().expect("a code")
}

/// Refused because the invite is for those who have an account.
#[track_caller]
fn is_insufficient(answer: &Answer) {
    let problem = answer.refused(403, "registration_closed");
    assert_eq!(problem["fields"][0]["field"], "invite", "{answer}");
    assert_eq!(problem["fields"][0]["code"], "insufficient", "{answer}");
}

async fn opens(hub: &TestHub, code: &str) -> Value {
    let preview = hub.get(&format!("/api/invites/{code}")).await.is(200);
    preview["opens_hub"].clone()
}

async fn is_account(hub: &TestHub, name: &str) -> bool {
    let admin = hub.admin().await;
    let listed = admin.get(&format!("/hub/users?query={name}")).await.is(200);
    !listed["items"].as_array().expect("a list").is_empty()
}

#[tokio::test]
async fn registration_by_an_invite_is_the_join() {
    let hub = invite_only().await;
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    let socket = hub.socket(&admin).await;
    let watched = json!({"server_id": community.id, "ranges": [[0, 99]]});
    socket.ok("members_subscribe", watched).await;
    let made = invite(&admin, &community, json!({"uses_max": 2})).await;
    let answer = by(&hub, "ana", code_of(&made)).await;
    assert_eq!(answer.is(201)["joined"], community.id.as_str());
    let ana = User::signed_in(&hub.http, &answer);
    // She is in it without a further step, others see her there, and one use is gone.
    let state = ana.get(&community.path("")).await.is(200);
    assert_eq!(state["server"]["member_count"], 2);
    let shown = |list: &Value| list.to_string().contains(&format!("\"{}\"", ana.id));
    socket.wait("member_list", shown).await;
    let listed = admin.get(&community.path("/invites")).await.is(200);
    assert_eq!(listed["items"][0]["uses"], 1);
    // Joining once more is no use, as for every member.
    ana.join(code_of(&made)).await;
    by(&hub, "ben", code_of(&made)).await.is(201);
    by(&hub, "cem", code_of(&made))
        .await
        .refuses_field("invite", "gone");
    assert!(!is_account(&hub, "cem").await);
    let members = admin.get(&community.path("/members")).await.is(200);
    assert_eq!(members["items"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn an_invite_for_one_makes_exactly_one_account() {
    let hub = invite_only().await;
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    let made = invite(&admin, &community, json!({"uses_max": 1})).await;
    let names: Vec<String> = (0..30).map(|number| format!("user{number}")).collect();
    let attempts = names.iter().map(|name| by(&hub, name, code_of(&made)));
    let answers = soon("thirty registrations", join_all(attempts)).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1);
    for answer in lost {
        answer.refuses_field("invite", "gone");
    }
    let accounts = admin.get("/hub/users").await.is(200);
    // The administrator is the other one.
    assert_eq!(accounts["items"].as_array().map(Vec::len), Some(2));
    let server = admin.get(&community.path("")).await.is(200);
    assert_eq!(server["server"]["member_count"], 2);
}

#[tokio::test]
async fn no_account_is_made_after_its_invite_was_revoked() {
    // Dear enough that revoking comes while the password is hashed.
    let options = Options::default().invite_only().limit("password_cost", 9);
    let hub = options.start().await;
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    for number in 0..5 {
        let name = format!("ana{number}");
        let made = invite(&admin, &community, json!({})).await;
        let path = community.path(&format!("/invites/{}", code_of(&made)));
        let revoke = async { admin.delete(&path).await.is(204) };
        let (answer, _) = tokio::join!(by(&hub, &name, code_of(&made)), revoke);
        let members = admin.get(&community.path("/members")).await.is(200);
        let is_member = members.to_string().contains(&format!("\"{name}\""));
        assert_eq!(answer.status == 201, is_member, "{answer}");
        assert_eq!(is_account(&hub, &name).await, is_member, "{answer}");
        if !is_member {
            answer.refuses_field("invite", "gone");
        }
    }
}

#[tokio::test]
async fn an_invite_that_has_expired_makes_no_account() {
    let mut hub = invite_only().await;
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    let made = invite(&admin, &community, json!({})).await;
    hub.kill();
    let db = Db::open(&DbOptions::new(
        hub.database_url().parse().expect("an address"),
    ))
    .await
    .expect("the database");
    db.write::<_, DbError, _>(|tx| {
        Box::pin(async move {
            let past = sql!("UPDATE invites SET expires_at = created_at");
            tx.execute(past, args![]).await
        })
    })
    .await
    .expect("an invite of yesterday");
    db.close().await;
    hub.run().await;
    by(&hub, "ana", code_of(&made))
        .await
        .refuses_field("invite", "gone");
    assert!(!is_account(&hub, "ana").await);
}

#[tokio::test]
async fn an_invite_opens_the_hub_only_while_its_maker_may_do_so() {
    let hub = invite_only().await;
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    let door = admin.invite(&community).await;
    let ben = User::signed_in(&hub.http, &by(&hub, "ben", &door).await);
    let socket = hub.socket(&ben).await;
    let made = invite(&ben, &community, json!({})).await;
    let code = code_of(&made);
    // A member's invite joins, and makes nothing.
    assert_eq!(
        (&made["opens_hub"], opens(&hub, code).await),
        (&json!(false), json!(false))
    );
    is_insufficient(&by(&hub, "cem", code).await);
    assert!(!is_account(&hub, "cem").await);
    let listed = admin.get(&community.path("/invites")).await.is(200);
    assert_eq!(listed["items"][0]["uses"], 0, "nothing was taken: {listed}");
    // Nor does a server of one's own help.
    let own = ben.community("Cellar").await;
    is_insufficient(&by(&hub, "cem", &ben.invite(&own).await).await);

    let named = format!("/hub/inviters/{}", ben.id);
    admin.call("PUT", &named, None).await.is(204);
    let told = socket.wait("me_updated", |_| true).await;
    assert_eq!(told["me"]["can_invite"], true);
    assert_eq!(opens(&hub, code).await, true);
    // The same invite is now of the other kind, and says so to who asks for one.
    let wanted = json!({"reuse": true});
    let given = ben.post(&community.path("/invites"), wanted.clone()).await;
    let given = given.is(200);
    assert_eq!(
        (&given["code"], &given["opens_hub"]),
        (&made["code"], &json!(true))
    );
    by(&hub, "cem", code).await.is(201);
    // Once more says the same.
    admin.call("PUT", &named, None).await.is(204);
    let listed = admin.get("/hub/inviters").await.is(200);
    assert_eq!(listed["items"][0]["username"], "ben");
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));

    // It stops at once, for codes that were handed out before.
    for _ in 0..2 {
        admin.delete(&named).await.is(204);
    }
    assert_eq!(opens(&hub, code).await, false);
    let given = ben.post(&community.path("/invites"), wanted).await.is(200);
    assert_eq!(given["opens_hub"], false);
    is_insufficient(&by(&hub, "dara", code).await);
    assert!(
        opens(&hub, &door).await == true,
        "an administrator may always"
    );

    let everyone = json!({"inviters": "everyone"});
    assert_eq!(
        admin.patch("/hub", everyone).await.is(200)["inviters"],
        "everyone"
    );
    by(&hub, "dara", code).await.is(201);
    let named_only = json!({"inviters": "named"});
    admin.patch("/hub", named_only).await.is(200);
    is_insufficient(&by(&hub, "esha", code).await);

    // Where everybody may register, every invite joins.
    let open = json!({"registration": "open"});
    admin.patch("/hub", open).await.is(200);
    assert_eq!(opens(&hub, code).await, true);
    assert_eq!(
        by(&hub, "esha", code).await.is(201)["joined"],
        community.id.as_str()
    );
    by(&hub, "fay", "AAAAAAAAAAAA")
        .await
        .refuses_field("invite", "gone");
    let alone = register(&hub, json!({"username": "fay", "password": PASSWORD})).await;
    assert_eq!(alone.is(201)["joined"], json!(null));
}

#[tokio::test]
async fn without_an_invite_the_answer_says_that_one_is_needed() {
    let hub = invite_only().await;
    let answer = register(&hub, json!({"username": "ana", "password": PASSWORD})).await;
    let problem = answer.refused(403, "registration_closed");
    assert_eq!(problem["fields"][0]["field"], "invite");
    assert_eq!(problem["fields"][0]["code"], "required");
}

#[tokio::test]
async fn two_hundred_accounts_can_be_named_at_most() {
    let hub = TestHub::start().await;
    let admin = hub.admin().await;
    let users = (0..202).map(|number| {
        let hub = &hub;
        async move { hub.user(&format!("user{number}")).await }
    });
    let users: Vec<User> = stream::iter(users).buffer_unordered(8).collect().await;
    let name = async |user: &User| {
        let path = format!("/hub/inviters/{}", user.id);
        admin.call("PUT", &path, None).await
    };
    let (some, rest) = users.split_at(190);
    let named = stream::iter(some).map(&name).buffer_unordered(8);
    for answer in named.collect::<Vec<_>>().await {
        answer.is(204);
    }
    // Twelve at once for the ten places that are left.
    let answers = join_all(rest.iter().map(&name)).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 204)
        .collect();
    assert_eq!(refused.len(), 2);
    for answer in refused {
        answer.refused(409, "limit_reached");
    }
    let listed = admin.get("/hub/inviters").await.is(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(200));
    // A place is free again when one is taken back.
    admin
        .delete(&format!("/hub/inviters/{}", users[0].id))
        .await
        .is(204);
    let path = format!("/hub/inviters/{}", users[0].id);
    admin.call("PUT", &path, None).await.is(204);
}

#[tokio::test]
async fn only_accounts_that_exist_can_be_named() {
    let hub = TestHub::start().await;
    let admin = hub.admin().await;
    for id in ["4611686018427387904", "x", "0", "@me"] {
        let path = format!("/hub/inviters/{id}");
        admin
            .call("PUT", &path, None)
            .await
            .refused(404, "not_found");
        admin.delete(&path).await.refused(404, "not_found");
    }
    for (body, code) in [
        (json!({"inviters": "nobody"}), "invalid_format"),
        (json!({"inviters": 1}), "wrong_type"),
    ] {
        admin
            .patch("/hub", body)
            .await
            .refuses_field("inviters", code);
    }
}
