//! Who is there, who types, and the live list of members.

use serde_json::{Value, json};

use crate::harness::{Community, Options, Socket, TestHub, User};

async fn watch(socket: &Socket, community: &Community, ranges: Value) {
    socket
        .ok(
            "members_subscribe",
            json!({"server_id": community.id, "ranges": ranges}),
        )
        .await;
}

/// The status of a user in a member list; `None` when it is not in it.
fn status_of(list: &Value, user: &User) -> Option<String> {
    let ranges = list["ranges"].as_array().expect("a list").iter();
    let rows = ranges.flat_map(|range| range["items"].as_array().expect("a list"));
    let mut found = rows.filter(|row| row["user"]["id"] == user.id.as_str());
    found
        .next()
        .map(|row| row["status"].as_str().expect("a text").to_owned())
}

async fn until_status(socket: &Socket, user: &User, status: &str) {
    socket
        .wait_after(0, "member_list", |list| {
            status_of(list, user).as_deref() == Some(status)
        })
        .await;
}

/// The last list that was received shows this, now or later.
async fn shows(socket: &Socket, mark: usize, user: &User, status: &str) -> Value {
    socket
        .wait_after(mark, "member_list", |list| {
            status_of(list, user).as_deref() == Some(status)
        })
        .await
}

// T53
#[tokio::test]
async fn someone_is_there_until_the_last_tab_is_closed() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    until_status(&watcher, &ana, "offline").await;
    let (first, second) = (hub.socket(&ana).await, hub.socket(&ana).await);
    let list = shows(&watcher, 0, &ana, "online").await;
    assert_eq!((&list["online"], &list["total"]), (&json!(2), &json!(2)));
    assert_eq!(list["groups"], json!([{ "id": "online", "count": 2 }]));
    let mark = watcher.mark();
    drop(first);
    // A change of status shows that a list was sent after the first tab was closed.
    second.ok("presence_set", json!({"status": "idle"})).await;
    let list = shows(&watcher, mark, &ana, "idle").await;
    assert_eq!(list["online"], 2);
    let mark = watcher.mark();
    drop(second);
    let list = shows(&watcher, mark, &ana, "offline").await;
    assert_eq!((&list["online"], &list["total"]), (&json!(1), &json!(2)));
    let groups = json!([{ "id": "online", "count": 1 }, { "id": "offline", "count": 1 }]);
    assert_eq!(list["groups"], groups);
}

// T17
#[tokio::test]
async fn the_chosen_status_is_for_all_own_sockets_and_invisible_looks_offline() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    let (first, second) = (hub.socket(&ana).await, hub.socket(&ana).await);
    for (chosen, shown) in [("dnd", "dnd"), ("invisible", "offline"), ("idle", "idle")] {
        let mark = watcher.mark();
        first.ok("presence_set", json!({"status": chosen})).await;
        second
            .wait("presence_updated", |event| event["status"] == chosen)
            .await;
        shows(&watcher, mark, &ana, shown).await;
    }
    first
        .ok("presence_set", json!({"status": "invisible"}))
        .await;
    assert_eq!(
        hub.socket(&ana).await.all("ready")[0]["status"],
        "invisible"
    );
    let error = first
        .refused("presence_set", json!({"status": "away"}), "invalid_input")
        .await;
    assert_eq!(error["fields"][0]["field"], "status");
    watcher.round_trip().await;
    let theirs = watcher.all("presence_updated");
    assert!(
        theirs.iter().all(|event| event["status"] == "online"),
        "only one's own: {theirs:?}"
    );
}

/// A list that was made after all of this; `witness` comes now, so that there is one.
async fn list_with(watcher: &Socket, hub: &TestHub, witness: &User) -> (Value, Socket) {
    let mark = watcher.mark();
    let come = hub.socket(witness).await;
    (shows(watcher, mark, witness, "online").await, come)
}

#[tokio::test]
async fn a_line_that_breaks_does_not_show_who_is_hidden_nor_disturb_who_is_busy() {
    let hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    for (chosen, shown) in [("invisible", "offline"), ("dnd", "dnd")] {
        let before = hub.socket(&ana).await;
        before.ok("presence_set", json!({"status": chosen})).await;
        until_status(&watcher, &ana, shown).await;
        drop(before);
        let mark = watcher.mark();
        let (list, there) = list_with(&watcher, &hub, &ben).await;
        assert_eq!(status_of(&list, &ana).as_deref(), Some("offline"));
        let again = hub.socket(&ana).await;
        assert_eq!(again.all("ready")[0]["status"], chosen);
        drop(there);
        shows(&watcher, mark, &ben, "offline").await;
        let (list, there) = list_with(&watcher, &hub, &ben).await;
        assert_eq!(status_of(&list, &ana).as_deref(), Some(shown));
        let mark = watcher.mark();
        drop((again, there));
        shows(&watcher, mark, &ben, "offline").await;
    }
    let lists = watcher.all("member_list");
    let seen = lists.iter().filter_map(|list| status_of(list, &ana));
    assert!(seen.clone().all(|status| status != "online"));
    assert!(seen.count() > 4);
}

#[tokio::test]
async fn what_a_client_remembers_of_its_status_holds_over_a_restart_from_the_first_moment() {
    let mut hub = TestHub::start().await;
    let (community, owner, [ana, ben]) = hub.community("owner", ["ana", "ben"]).await;
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    let other = Socket::open(hub.http.address).await;
    // What no hub knows locks nobody out.
    for unknown in [json!("away"), json!(7), json!({"status": []}), json!(null)] {
        let socket = Socket::open(hub.http.address).await;
        let auth = json!({"token": ben.token, "status": unknown});
        socket.connect(&auth).await.expect("it is let in");
        assert_eq!(socket.settled().await["status"], "online");
    }
    shows(&watcher, 0, &ben, "offline").await;
    let auth = json!({"token": ana.token, "status": "invisible"});
    other.connect(&auth).await.expect("it is let in");
    assert_eq!(other.settled().await["status"], "invisible");
    let (list, _there) = list_with(&watcher, &hub, &ben).await;
    assert_eq!(status_of(&list, &ana).as_deref(), Some("offline"));
    let lists = watcher.all("member_list");
    let mut seen = lists.iter().filter_map(|list| status_of(list, &ana));
    assert!(seen.all(|status| status == "offline"));
    // A client that remembers something else, or nothing, learns what holds.
    for status in ["dnd", "online"] {
        let late = Socket::open(hub.http.address).await;
        let auth = json!({"token": ana.token, "status": status});
        late.connect(&auth).await.expect("it is let in");
        assert_eq!(late.settled().await["status"], "invisible");
    }
}

#[tokio::test]
async fn a_client_that_remembers_to_be_hidden_hides_the_own_others() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    let first = hub.socket(&ana).await;
    shows(&watcher, 0, &ana, "online").await;
    let mark = watcher.mark();
    let second = Socket::open(hub.http.address).await;
    let auth = json!({"token": ana.token, "status": "invisible"});
    second.connect(&auth).await.expect("it is let in");
    first
        .wait("presence_updated", |event| event["status"] == "invisible")
        .await;
    shows(&watcher, mark, &ana, "offline").await;
}

#[tokio::test]
async fn a_member_list_names_who_is_there_first_and_each_by_name() {
    let hub = TestHub::start().await;
    let (community, owner, [zoe, ana, ben]) = hub.community("owner", ["zoe", "ana", "ben"]).await;
    let (watcher, _there) = (hub.socket(&owner).await, hub.socket(&zoe).await);
    watch(&watcher, &community, json!([[0, 99]])).await;
    let list = shows(&watcher, 0, &zoe, "online").await;
    let names: Vec<&str> = list["ranges"][0]["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|row| row["user"]["username"].as_str())
        .collect();
    assert_eq!(names, ["owner", "zoe", "ana", "ben"]);
    // Ranges in the middle and beyond the end.
    let mark = watcher.mark();
    watch(&watcher, &community, json!([[1, 2], [3, 50], [90, 99]])).await;
    let list = watcher
        .wait_after(mark, "member_list", |list| {
            list["ranges"].as_array().map(Vec::len) == Some(3)
        })
        .await;
    let lengths: Vec<usize> = list["ranges"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|range| range["items"].as_array().expect("a list").len())
        .collect();
    assert_eq!(lengths, [2, 1, 0]);
    assert_eq!(status_of(&list, &ana).as_deref(), Some("offline"));
    // A new name moves its row.
    let mark = watcher.mark();
    watch(&watcher, &community, json!([[0, 99]])).await;
    ben.patch("/users/@me", json!({"display_name": "aaron"}))
        .await
        .is(200);
    let list = watcher
        .wait_after(mark, "member_list", |list| {
            list["ranges"][0]["items"][2]["user"]["display_name"] == "aaron"
        })
        .await;
    assert_eq!(list["ranges"][0]["items"][3]["user"]["username"], "ana");
}

#[tokio::test]
async fn a_member_list_follows_joins_and_departures_and_stops_when_nobody_asks() {
    let hub = TestHub::start().await;
    let (community, owner, [ana]) = hub.community("owner", ["ana"]).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 9]])).await;
    watcher.wait("member_list", |list| list["total"] == 2).await;
    let code = owner.invite(&community).await;
    let ben = hub.user("ben").await;
    ben.join(&code).await;
    watcher.wait("member_list", |list| list["total"] == 3).await;
    ana.delete(&community.path("/members/@me")).await.is(204);
    let list = watcher
        .wait("member_list", |list| {
            list["total"] == 2 && status_of(list, &ben).is_some()
        })
        .await;
    assert_eq!(status_of(&list, &ana), None);
    watch(&watcher, &community, json!([])).await;
    let mark = watcher.mark();
    // Another watcher shows that lists are still sent.
    let other = hub.socket(&ben).await;
    watch(&other, &community, json!([[0, 9]])).await;
    shows(&other, 0, &ben, "online").await;
    watcher.round_trip().await;
    let later = watcher.events()[mark..]
        .iter()
        .any(|event| event.name == "member_list");
    assert!(!later);
}

#[tokio::test]
async fn many_who_come_at_once_make_few_lists() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let code = owner.invite(&community).await;
    let watcher = hub.socket(&owner).await;
    watch(&watcher, &community, json!([[0, 99]])).await;
    let began = tokio::time::Instant::now();
    let mut sockets = Vec::new();
    for number in 0..40 {
        let user = hub.user(&format!("user{number}")).await;
        user.join(&code).await;
        sockets.push(hub.socket(&user).await);
    }
    watcher
        .wait("member_list", |list| list["online"] == 41)
        .await;
    let lists = u64::try_from(watcher.all("member_list").len()).expect("few");
    let bound = began.elapsed().as_secs() + 3;
    assert!(lists <= bound, "{lists} lists in {bound} s");
    // No join and no presence is told one by one.
    assert!(
        watcher
            .events()
            .iter()
            .all(|event| !event.name.contains("joined") && event.name != "presence_updated")
    );
}

#[tokio::test]
async fn ranges_have_bounds() {
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let socket = hub.socket(&owner).await;
    for (ranges, field, code) in [
        (json!([[0, 100]]), "ranges[0]", "too_large"),
        (json!([[5, 4]]), "ranges[0]", "invalid_format"),
        (json!([[0]]), "ranges[0]", "invalid_format"),
        (json!([[0, -1]]), "ranges[0][1]", "too_small"),
        (
            json!([[0, 1], [2, 3], [4, 5], [6, 7]]),
            "ranges",
            "too_many",
        ),
        (json!("all"), "ranges", "wrong_type"),
        (json!([["0", "1"]]), "ranges[0][0]", "wrong_type"),
    ] {
        let body = json!({"server_id": community.id, "ranges": ranges});
        let error = socket
            .refused("members_subscribe", body, "invalid_input")
            .await;
        assert_eq!(
            (&error["fields"][0]["field"], &error["fields"][0]["code"]),
            (&json!(field), &json!(code)),
            "{error}"
        );
    }
    watch(&socket, &community, json!([[u32::MAX - 5, u32::MAX]])).await;
    let list = socket.wait("member_list", |_| true).await;
    assert_eq!(list["ranges"][0]["items"], json!([]));
}

#[tokio::test]
async fn typing_reaches_those_in_the_server_and_is_bounded() {
    let hub = Options::default().rate("typing", 2, 1).start().await;
    let (community, owner, [ben]) = hub.community("owner", ["ben"]).await;
    let stranger = hub.user("stranger").await;
    let (theirs, mine, others) = (
        hub.socket(&owner).await,
        hub.socket(&ben).await,
        hub.socket(&stranger).await,
    );
    let body = json!({"channel_id": community.channel});
    mine.ok("typing_start", body.clone()).await;
    let told = theirs.wait("typing_started", |_| true).await;
    assert_eq!(
        (&told["channel_id"], &told["user"]["id"]),
        (&json!(community.channel), &json!(ben.id))
    );
    mine.ok("typing_start", body.clone()).await;
    let error = mine.refused("typing_start", body, "rate_limited").await;
    assert!(error["retry_after_ms"].is_u64(), "{error}");
    others.round_trip().await;
    assert!(others.all("typing_started").is_empty());
}
