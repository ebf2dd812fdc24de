//! Invites: the way into a server.

use battala_store::{Db, args, sql};
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::harness::{Answer, Community, Options, TestHub, User, WallClock, soon, until};

const HOUR_S: i64 = 60 * 60;

async fn invite(user: &User, community: &Community, body: Value) -> Value {
    user.post(&community.path("/invites"), body).await.is(201)
}

/// One that there is already.
async fn reused(user: &User, community: &Community, body: Value) -> Value {
    user.post(&community.path("/invites"), body).await.is(200)
}

async fn join(user: &User, code: &str) -> Answer {
    user.post(&format!("/invites/{code}/join"), json!({})).await
}

fn code_of(invite: &Value) -> &str {
    invite["code"].as_str().expect("a code")
}

#[tokio::test]
async fn an_invite_shows_where_it_leads_and_lets_one_in() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let made = invite(&owner, &community, json!({})).await;
    let week =
        made["expires_at"].as_i64().expect("a time") - made["created_at"].as_i64().expect("a time");
    assert_eq!(week, 7 * 24 * 60 * 60 * 1000);
    assert_eq!(
        (&made["uses"], &made["uses_max"]),
        (&json!(0), &json!(null))
    );
    let preview = hub
        .get(&format!("/api/invites/{}", code_of(&made)))
        .await
        .is(200);
    assert_eq!(
        preview["server"],
        json!({"id": community.id, "name": "Bazaar", "icon": null, "member_count": 1})
    );
    assert_eq!(preview["inviter"]["username"], "owner");
    let ana = hub.user("ana").await;
    let socket = hub.socket(&ana).await;
    let state = join(&ana, code_of(&made)).await.is(200);
    assert_eq!(state["server"]["id"], community.id.as_str());
    assert_eq!(state["server"]["member_count"], 2);
    assert_eq!(socket.wait("server_state", |_| true).await, state);
    socket.wait("server_reads", |_| true).await;
    // T33: a member stays one, and no use is counted.
    assert_eq!(join(&ana, code_of(&made)).await.is(200), state);
    let listed = owner.get(&community.path("/invites")).await.is(200);
    assert_eq!(listed["items"][0]["uses"], 1);
}

// T32
#[tokio::test]
async fn of_two_hundred_parallel_joins_as_many_succeed_as_the_invite_has_uses() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let made = invite(&owner, &community, json!({"uses_max": 5})).await;
    let users = (0..200).map(|number| {
        let hub = &hub;
        async move { hub.user(&format!("user{number}")).await }
    });
    let users: Vec<User> = stream::iter(users).buffer_unordered(8).collect().await;
    let joins = users.iter().map(|user| async {
        // The hub may be too busy for two hundred at once, and says so.
        until("an answer", async || {
            let request = user.request("POST", &format!("/invites/{}/join", code_of(&made)), None);
            let answer = hub.http.try_send(&request).await.expect("an answer");
            (answer.status != 503).then_some(answer)
        })
        .await
    });
    let answers = soon("two hundred joins", join_all(joins)).await;
    let joined = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(joined, 5);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(404, "not_found");
    }
    let members = owner.get(&community.path("/members")).await.is(200);
    assert_eq!(members["items"].as_array().map(Vec::len), Some(6));
    let server = owner.get(&community.path("")).await.is(200);
    assert_eq!(server["server"]["member_count"], 6);
}

// T33
#[tokio::test]
async fn fifty_parallel_joins_of_one_user_make_one_member_and_one_use() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let made = invite(&owner, &community, json!({"uses_max": 10})).await;
    let ana = hub.user("ana").await;
    let answers = soon(
        "fifty joins",
        join_all((0..50).map(|_| join(&ana, code_of(&made)))),
    )
    .await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let listed = owner.get(&community.path("/invites")).await.is(200);
    assert_eq!(listed["items"][0]["uses"], 1);
    let members = owner.get(&community.path("/members")).await.is(200);
    assert_eq!(members["items"].as_array().map(Vec::len), Some(2));
}

// T34, T35
#[tokio::test]
async fn an_invite_that_is_revoked_or_used_up_looks_like_one_that_never_was() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let revoked = invite(&ben, &community, json!({"expires_in_s": null})).await;
    assert!(revoked["expires_at"].is_null());
    let path = community.path(&format!("/invites/{}", code_of(&revoked)));
    ben.delete(&path).await.is(204);
    owner.delete(&path).await.refused(404, "not_found");
    let used = invite(&owner, &community, json!({"uses_max": 1})).await;
    join(&hub.user("ana").await, code_of(&used)).await.is(200);
    let cem = hub.user("cem").await;
    let expected = join(&cem, "AAAAAAAAAAAA").await.without_request_id();
    for code in [code_of(&revoked), code_of(&used)] {
        assert_eq!(join(&cem, code).await.without_request_id(), expected);
        let preview = hub.get(&format!("/api/invites/{code}")).await;
        assert_eq!(preview.without_request_id(), expected);
    }
    let listed = owner.get(&community.path("/invites")).await.is(200);
    let listed = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(code_of)
        .collect::<Vec<_>>();
    assert!(
        !listed.contains(&code_of(&revoked)) && !listed.contains(&code_of(&used)),
        "{listed:?}"
    );
}

// T34
#[tokio::test]
async fn no_join_commits_after_its_invite_was_revoked() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    for number in 0..15 {
        let made = invite(&owner, &community, json!({})).await;
        let ana = hub.user(&format!("ana{number}")).await;
        let path = community.path(&format!("/invites/{}", code_of(&made)));
        let revoke = async { owner.delete(&path).await.is(204) };
        let (joined, _) = tokio::join!(join(&ana, code_of(&made)), revoke);
        let is_member = owner
            .get(&community.path(&format!("/members/{}", ana.id)))
            .await
            .status
            == 200;
        assert_eq!(joined.status == 200, is_member, "{joined}");
        join(&hub.user(&format!("late{number}")).await, code_of(&made))
            .await
            .refused(404, "not_found");
    }
}

#[tokio::test]
async fn lifetimes_and_uses_have_bounds_and_the_answer_names_them() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let path = community.path("/invites");
    for (body, field, code) in [
        (json!({"expires_in_s": 59}), "expires_in_s", "too_small"),
        (
            json!({"expires_in_s": 2_592_001}),
            "expires_in_s",
            "too_large",
        ),
        (json!({"expires_in_s": "60"}), "expires_in_s", "wrong_type"),
        (json!({"expires_in_s": 60.5}), "expires_in_s", "wrong_type"),
        (json!({"reuse": "yes"}), "reuse", "wrong_type"),
        (json!({"uses_max": 0}), "uses_max", "too_small"),
        (json!({"uses_max": -1}), "uses_max", "too_small"),
        (json!({"uses_max": 1001}), "uses_max", "too_large"),
        // T73
        (json!({"uses": 0}), "uses", "unknown_field"),
        (json!({"code": "mine"}), "code", "unknown_field"),
    ] {
        owner.post(&path, body).await.refuses_field(field, code);
    }
    for body in [
        json!({"expires_in_s": 60}),
        json!({"expires_in_s": 2_592_000, "uses_max": 1000}),
    ] {
        owner.post(&path, body).await.is(201);
    }
}

#[tokio::test]
async fn an_own_invite_of_the_same_terms_does_where_that_is_wanted() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let terms = json!({"expires_in_s": 7200, "uses_max": 2, "reuse": true});
    let first = invite(&ben, &community, terms.clone()).await;
    assert_eq!(reused(&ben, &community, terms.clone()).await, first);
    let for_ever = json!({"expires_in_s": null, "reuse": true});
    let unlimited = invite(&ben, &community, for_ever.clone()).await;
    assert_eq!(reused(&ben, &community, for_ever).await, unlimited);
    // Nor does it for another one, or elsewhere.
    invite(&owner, &community, terms.clone()).await;
    invite(&ben, &ben.community("Own").await, terms.clone()).await;
    for unlike in [
        json!({"reuse": true}),
        json!({"expires_in_s": 7200, "reuse": true}),
        json!({"expires_in_s": 7201, "uses_max": 2, "reuse": true}),
        json!({"expires_in_s": 7200, "uses_max": 3, "reuse": true}),
        json!({"expires_in_s": null, "uses_max": 2, "reuse": true}),
    ] {
        invite(&ben, &community, unlike).await;
    }
    join(&hub.user("cem").await, code_of(&first)).await.is(200);
    let used = reused(&ben, &community, terms.clone()).await;
    assert_eq!(
        (code_of(&used), &used["uses"]),
        (code_of(&first), &json!(1))
    );
    // One that is used up has ended, and so has one that was revoked.
    join(&hub.user("dev").await, code_of(&first)).await.is(200);
    let second = invite(&ben, &community, terms.clone()).await;
    let path = community.path(&format!("/invites/{}", code_of(&second)));
    ben.delete(&path).await.is(204);
    invite(&ben, &community, terms).await;
}

#[tokio::test]
async fn an_invite_does_again_if_it_is_the_newest_and_works_for_another_hour() {
    let clock = WallClock::new();
    let hub = Options::default().clock(&clock).start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let hour = json!({"expires_in_s": 3600, "reuse": true});
    for terms in [json!({}), json!({"reuse": false}), hour] {
        invite(&owner, &community, terms.clone()).await;
        invite(&owner, &community, terms).await;
    }
    let made = json!({"expires_in_s": 3720});
    let wanted = json!({"expires_in_s": 3720, "reuse": true});
    invite(&owner, &community, made.clone()).await;
    clock.set(60);
    let newest = invite(&owner, &community, made).await;
    assert_eq!(reused(&owner, &community, wanted.clone()).await, newest);
    clock.set(240);
    invite(&owner, &community, wanted).await;
}

#[tokio::test]
async fn an_invite_does_again_for_the_first_half_of_its_lifetime() {
    let clock = WallClock::new();
    let hub = Options::default().clock(&clock).start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let wanted = json!({"expires_in_s": 8 * HOUR_S, "reuse": true});
    let first = invite(&owner, &community, wanted.clone()).await;
    clock.set(3 * HOUR_S);
    let owner = hub.login("owner").await;
    assert_eq!(reused(&owner, &community, wanted.clone()).await, first);
    clock.set(5 * HOUR_S);
    let owner = hub.login("owner").await;
    invite(&owner, &community, wanted).await;
}

#[tokio::test]
async fn of_presses_at_once_one_makes_the_invite_and_the_others_are_given_it() {
    let mut hub = TestHub::start().await;
    let (community, _, [ben]) = hub.community("owner", ["ben"]).await;
    let path = community.path("/invites");
    let wanted = json!({"reuse": true});
    let presses = (0..8).map(|_| ben.post(&path, wanted.clone()));
    let answers = soon("eight answers", join_all(presses)).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    let given: Vec<Value> = answers.iter().map(Answer::json).collect();
    assert!(given.iter().all(|other| *other == given[0]), "{given:?}");

    // What was not made has no entry; the first one is of the scene.
    hub.stop().await;
    let options = battala_store::Options::new(hub.database_url().parse().expect("an address"));
    let db = Db::open(&options).await.expect("it opens");
    let statement = sql!("SELECT COUNT(*) FROM audit_log WHERE action = $1");
    let mut reader = db.read().await.expect("a reader");
    let entries = reader.fetch_one(statement, args!["CreateInvite"]).await;
    let entries: i64 = entries.expect("a number");
    assert_eq!(entries, 2);
    drop(reader);
    db.close().await;
}

#[tokio::test]
async fn an_invite_is_given_again_only_to_who_may_make_one() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let wanted = json!({"reuse": true});
    let path = community.path("/invites");
    let of_ana = invite(&ana, &community, wanted.clone()).await;
    invite(&ben, &community, wanted.clone()).await;
    // What somebody has made goes with them, and is not there when they come back.
    let member = community.path(&format!("/members/{}", ana.id));
    owner.delete(&member).await.is(204);
    ana.post(&path, wanted.clone())
        .await
        .refused(404, "not_found");
    ana.join(&owner.invite(&community).await).await;
    let made = invite(&ana, &community, wanted.clone()).await;
    assert_ne!(code_of(&made), code_of(&of_ana));
    hub.time_out(&ben, i64::MAX).await;
    ben.post(&path, wanted).await.refused(403, "forbidden");
}

// T37
#[tokio::test]
async fn a_server_has_a_thousand_invites_at_most() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let path = community.path("/invites");
    let make = async || owner.post(&path, json!({})).await;
    // The scene has made one.
    let others = stream::iter(1..1000).map(|_| make()).buffer_unordered(32);
    for answer in others.collect::<Vec<_>>().await {
        answer.is(201);
    }
    make().await.refused(409, "limit_reached");
    // A place is free again when one is revoked, and when one is used up.
    let listed = owner.get(&path).await.is(200);
    let code = listed["items"][0]["code"].as_str().expect("a code");
    owner.delete(&format!("{path}/{code}")).await.is(204);
    let once = owner.post(&path, json!({"uses_max": 1})).await.is(201);
    make().await.refused(409, "limit_reached");
    let ben = hub.user("ben").await;
    ben.join(once["code"].as_str().expect("a code")).await;
    make().await.is(201);
    make().await.refused(409, "limit_reached");
}

#[tokio::test]
async fn one_member_uses_up_no_more_than_fifty_of_a_servers_invites() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let path = community.path("/invites");
    let make = async || ben.post(&path, json!({})).await;
    let all = stream::iter(0..60).map(|_| make()).buffer_unordered(8);
    let (made, refused): (Vec<_>, Vec<_>) = all
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (50, 10));
    for answer in &refused {
        let problem = answer.refused(409, "limit_reached");
        let detail = "the limit of 50 invites of one member is reached";
        assert_eq!(problem["detail"], detail);
    }
    // Nobody else feels it, and the limit is that of one server.
    invite(&owner, &community, json!({})).await;
    let own = ben.community("Own").await;
    invite(&ben, &own, json!({})).await;
    let revoked = format!("{path}/{}", code_of(&made[0].json()));
    owner.delete(&revoked).await.is(204);
    make().await.is(201);
    make().await.refused(409, "limit_reached");
    // One of them will do.
    reused(&ben, &community, json!({"reuse": true})).await;
}

#[tokio::test]
async fn who_is_removed_leaves_no_way_back_and_who_leaves_closes_none() {
    let hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let elsewhere = ana.community("Elsewhere").await;
    let of_ana = invite(&ana, &community, json!({"expires_in_s": null})).await;
    let others = [
        invite(&ben, &community, json!({})).await,
        invite(&owner, &community, json!({})).await,
        invite(&ana, &elsewhere, json!({})).await,
    ];
    ben.delete(&community.path("/members/@me")).await.is(204);
    let path = community.path(&format!("/members/{}", ana.id));
    owner.delete(&path).await.is(204);
    join(&ana, code_of(&of_ana)).await.refused(404, "not_found");
    let cem = hub.user("cem").await;
    join(&cem, code_of(&of_ana)).await.refused(404, "not_found");
    hub.get(&format!("/api/invites/{}", code_of(&of_ana)))
        .await
        .refused(404, "not_found");
    for made in &others {
        join(&cem, code_of(made)).await.is(200);
    }
}

#[tokio::test]
async fn codes_reach_nobody_who_may_not_list_them() {
    let hub = TestHub::start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let socket = hub.socket(&ben).await;
    let made = invite(&owner, &community, json!({})).await;
    hub.user("ana").await.join(code_of(&made)).await;
    owner.say(&community.channel, "welcome").await;
    socket.wait("message_created", |_| true).await;
    let events = socket
        .events()
        .iter()
        .map(|event| event.data.to_string())
        .collect::<String>();
    assert!(!events.contains(code_of(&made)));
    let state = ben.get(&community.path("")).await.is(200);
    assert!(!state.to_string().contains(code_of(&made)));
    assert!(!hub.log().contains(code_of(&made)));
}

// T35
#[tokio::test]
async fn guessing_codes_is_bounded_by_default() {
    let hub = Options::default().default_limits().start().await;
    let mut looked_up = 0;
    loop {
        let answer = hub.get(&format!("/api/invites/guess{looked_up}")).await;
        if answer.status == 429 {
            answer.refused(429, "rate_limited");
            break;
        }
        answer.refused(404, "not_found");
        looked_up += 1;
        assert!(looked_up < 1000, "a thousand guesses passed");
    }
    // A class behind one address opens its invite.
    assert!(looked_up >= 150, "{looked_up}");
}
