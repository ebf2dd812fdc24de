//! Registration, sign-in, and the life of a session.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Options, PASSWORD, Request, TestHub, User, soon};

async fn register(hub: &TestHub, body: Value) -> Answer {
    hub.post("/api/auth/register", &body).await
}

async fn login(hub: &TestHub, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    hub.post("/api/auth/login", &body).await
}

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
        answer.refuses_field("username", "taken");
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

#[tokio::test]
async fn passwords_have_a_length_and_are_not_the_first_to_be_guessed() {
    let hub = TestHub::start().await;
    for (password, code) in [
        ("short".to_owned(), "too_short"),
        ("x1".repeat(513), "too_long"),
        ("password123".to_owned(), "too_common"),
        ("ana1234567".to_owned(), "too_common"),
        ("aaaaaaaaaaaa".to_owned(), "too_common"),
    ] {
        let answer = register(&hub, json!({"username": "ana", "password": password})).await;
        answer.refuses_field("password", code);
    }
}

// T60, T61
#[tokio::test]
async fn every_character_of_a_password_counts_and_normal_forms_are_one() {
    let hub = TestHub::start().await;
    let long = |end: &str| format!("{}{end}", "long words ".repeat(9));
    register(&hub, json!({"username": "ana", "password": long("a")}))
        .await
        .is(201);
    login(&hub, "ana", &long("b"))
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", &long("a")).await.is(200);
    register(
        &hub,
        json!({"username": "ben", "password": "tre ro\u{f8}de \u{e9}l\u{e9}phants"}),
    )
    .await
    .is(201);
    login(&hub, "ben", "tre ro\u{f8}de e\u{301}le\u{301}phants")
        .await
        .is(200);
    register(
        &hub,
        json!({"username": "cem", "password": "zero\u{0}width and more"}),
    )
    .await
    .is(201);
    login(&hub, "cem", "zero\u{0}nothing the same")
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "cem", "zero\u{0}width and more").await.is(200);
}

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
    let answer = crate::harness::until("the wait is over", async || {
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

#[tokio::test]
async fn a_session_is_renewed_by_its_cookie_which_changes() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let renewed = User::signed_in(&hub.http, &ana.refresh().await);
    assert_eq!(renewed.session_id, ana.session_id);
    assert_ne!(renewed.cookie, ana.cookie);
    renewed.get("/users/@me").await.is(200);
    User::signed_in(&hub.http, &renewed.refresh().await)
        .get("/users/@me")
        .await
        .is(200);
}

// T133
#[tokio::test]
async fn the_cookie_works_neither_without_its_header_nor_from_another_origin() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        let bare = Request::new("POST", path).header("Cookie", &ana.cookie);
        hub.http.send(&bare).await.refused(403, "forbidden");
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1",
            &format!("http://{}.evil.example", hub.http.address),
        ] {
            let foreign = ana.cookie_request(path).header("Origin", origin);
            hub.http.send(&foreign).await.refused(403, "forbidden");
        }
    }
    let own = format!("http://{}", hub.http.address);
    let request = ana
        .cookie_request("/api/auth/refresh")
        .header("Origin", &own);
    hub.http.send(&request).await.is(200);
}

// T67
#[tokio::test]
async fn twenty_tabs_that_renew_at_once_all_get_the_same_successor() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let answers = join_all((0..20).map(|_| async {
        crate::harness::until("a renewal", async || {
            let answer = hub
                .http
                .try_send(&ana.cookie_request("/api/auth/refresh"))
                .await;
            // Two that rotate at the very same moment: one is asked to come again.
            answer.ok().filter(|answer| answer.status != 503)
        })
        .await
    }));
    let answers = soon("twenty renewals", answers).await;
    let cookies: HashSet<String> = answers
        .iter()
        .map(|answer| User::signed_in(&hub.http, answer).cookie)
        .collect();
    assert_eq!(cookies.len(), 1);
    let successor = User::signed_in(&hub.http, &answers[0]);
    successor.refresh().await.is(200);
}

// T66
#[tokio::test]
async fn a_refresh_token_that_comes_again_after_two_rotations_ends_the_session_for_all() {
    let hub = TestHub::start().await;
    let stolen = hub.user("ana").await;
    let second = User::signed_in(&hub.http, &stolen.refresh().await);
    // The one before is within the grace: a lost answer is no theft.
    User::signed_in(&hub.http, &stolen.refresh().await);
    let third = User::signed_in(&hub.http, &second.refresh().await);
    let socket = hub.socket(&third).await;
    stolen.refresh().await.refused(401, "session_ended");
    assert_eq!(socket.ended().await, "revoked");
    let answer = third.refresh().await;
    answer.refused(401, "session_ended");
    // The browser forgets what leads nowhere.
    let (name, _) = third.cookie.split_once('=').expect("a cookie");
    let forgotten = answer.header("set-cookie").expect("a cookie");
    let beginning = format!("{name}=; Path=/api/auth; Max-Age=0;");
    assert!(forgotten.starts_with(&beginning), "{forgotten}");
    third.get("/users/@me").await.refused(401, "session_ended");
    // The other sessions of the account live.
    hub.login("ana").await.get("/users/@me").await.is(200);
}

#[tokio::test]
async fn a_cookie_of_garbage_or_of_another_session_renews_nothing() {
    let hub = TestHub::start().await;
    let (ana, ben) = (hub.user("ana").await, hub.user("ben").await);
    let (name, value) = ana.cookie.split_once('=').expect("a cookie");
    let (_, tag) = value.rsplit_once('.').expect("a tag");
    for value in [
        format!("{}.0.{tag}", ben.session_id),
        format!("{}.1.{tag}", ana.session_id),
        format!("{}.0.", ana.session_id),
        "x".repeat(5000),
        "1.2.3".to_owned(),
        ana.token.clone(),
    ] {
        let request = Request::new("POST", "/api/auth/refresh")
            .header("Cookie", &format!("{name}={value}"))
            .header("X-Battala-Auth", "1");
        let answer = hub.http.send(&request).await;
        answer.refused(401, "session_ended");
    }
    ana.refresh().await.is(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_doing_it_twice_is_no_error() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let socket = hub.socket(&ana).await;
    ana.logout().await;
    assert_eq!(socket.ended().await, "signed_out");
    ana.get("/users/@me").await.refused(401, "session_ended");
    ana.refresh().await.refused(401, "session_ended");
    ana.logout().await;
    hub.login("ana").await.get("/users/@me").await.is(200);
}

#[tokio::test]
async fn the_own_sessions_are_listed_with_what_tells_them_apart() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let body = json!({"login": "ana", "password": PASSWORD});
    let request = Request::new("POST", "/api/auth/login")
        .header("User-Agent", "Lynx/2.9")
        .json(&body);
    let other = User::signed_in(&hub.http, &hub.http.send(&request).await);
    let listed = ana.get("/auth/sessions").await.is(200);
    let sessions = listed["items"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    for session in sessions {
        assert_eq!(
            session["is_current"],
            session["id"] == ana.session_id.as_str()
        );
        assert_eq!(
            session["address"], "127.0.0.0/24",
            "never the whole address"
        );
    }
    let of_lynx = sessions
        .iter()
        .find(|session| session["id"] == other.session_id.as_str());
    assert_eq!(of_lynx.expect("it is listed")["agent"], "Lynx/2.9");
    ana.delete(&format!("/auth/sessions/{}", other.session_id))
        .await
        .is(204);
    other.get("/users/@me").await.refused(401, "session_ended");
    let again = ana
        .delete(&format!("/auth/sessions/{}", other.session_id))
        .await;
    again.refused(404, "not_found");
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_this_one_stays() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let others = [hub.login("ana").await, hub.login("ana").await];
    let sockets = [hub.socket(&others[0]).await, hub.socket(&others[1]).await];
    let mine = hub.socket(&ana).await;
    ana.delete("/auth/sessions").await.is(204);
    for (other, socket) in others.iter().zip(&sockets) {
        assert_eq!(socket.ended().await, "revoked");
        other.get("/users/@me").await.refused(401, "session_ended");
    }
    mine.round_trip().await;
}

#[tokio::test]
async fn the_twenty_first_session_ends_the_one_that_was_unused_for_longest() {
    let hub = TestHub::start().await;
    let mut sessions = vec![hub.user("ana").await];
    for _ in 1..20 {
        sessions.push(hub.login("ana").await);
    }
    // The first is used, so the second is the one that was unused for longest.
    sessions[0] = User::signed_in(&hub.http, &sessions[0].refresh().await);
    let newest = hub.login("ana").await;
    let listed = newest.get("/auth/sessions").await.is(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(20));
    sessions[1]
        .get("/users/@me")
        .await
        .refused(401, "session_ended");
    sessions[0].get("/users/@me").await.is(200);
    sessions[2].get("/users/@me").await.is(200);
}

// T68
#[tokio::test]
async fn a_new_password_ends_every_other_session_and_the_old_one_is_worthless() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    let other = hub.login("ana").await;
    let (mine, theirs) = (hub.socket(&ana).await, hub.socket(&other).await);
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let path = "/users/@me/password";
    let answer = ana
        .post(path, change("not the password", "mango tree at dusk"))
        .await;
    answer.refuses_field("current_password", "wrong");
    let answer = ana.post(path, change(PASSWORD, "short")).await;
    answer.refuses_field("new_password", "too_short");
    ana.post(path, change(PASSWORD, "mango tree at dusk"))
        .await
        .is(204);
    assert_eq!(theirs.ended().await, "password_changed");
    other.get("/users/@me").await.refused(401, "session_ended");
    other.refresh().await.refused(401, "session_ended");
    mine.round_trip().await;
    login(&hub, "ana", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", "mango tree at dusk").await.is(200);
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_and_ends_every_session() {
    let hub = TestHub::start().await;
    let (admin, ana) = (hub.admin().await, hub.user("ana").await);
    let path = format!("/hub/users/{}/password-reset", ana.id);
    let link = async || {
        let link = admin.post(&path, json!({})).await.is(201);
        let url = link["url"].as_str().expect("a link").to_owned();
        let start = format!("http://{}/reset#token=", hub.http.address);
        url.strip_prefix(&start)
            .unwrap_or_else(|| panic!("{url}"))
            .to_owned()
    };
    let (first, second) = (link().await, link().await);
    let reset = async |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        hub.post("/api/auth/password-reset", &body).await
    };
    let new = "mango tree at dusk";
    // A new link takes the place of the one before.
    reset(&first, new).await.refused(404, "not_found");
    reset(&second, "short")
        .await
        .refuses_field("password", "too_short");
    let socket = hub.socket(&ana).await;
    reset(&second, new).await.is(204);
    assert_eq!(socket.ended().await, "password_changed");
    reset(&second, new).await.refused(404, "not_found");
    login(&hub, "ana", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    login(&hub, "ana", new).await.is(200);
}

// T56, T57
#[tokio::test]
async fn tokens_of_another_hub_are_worthless_here() {
    let (hub, other) = (TestHub::start().await, TestHub::start().await);
    let (here, there) = (hub.user("ana").await, other.user("ana").await);
    here.with_token(&there.token)
        .get("/users/@me")
        .await
        .refused(401, "unauthenticated");
    let (name, _) = here.cookie.split_once('=').expect("a cookie");
    let (_, value) = there.cookie.split_once('=').expect("a cookie");
    let request = Request::new("POST", "/api/auth/refresh")
        .header("Cookie", &format!("{name}={value}"))
        .header("X-Battala-Auth", "1");
    hub.http.send(&request).await.refused(401, "session_ended");
}

// T58
#[tokio::test]
async fn an_authorization_header_of_garbage_is_no_credential() {
    let hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    for value in [
        "Bearer",
        "Bearer ",
        "Basic YW5hOnB3",
        &ana.token,
        &format!("Bearer  {}", ana.token),
        &format!("Bearer {} ", ana.token.replace('.', "")),
        &format!("Bearer {}", ".".repeat(8000)),
    ] {
        let request = Request::new("GET", "/api/users/@me").header("Authorization", value);
        hub.http
            .send(&request)
            .await
            .refused(401, "unauthenticated");
    }
    let twice = Request::new("GET", "/api/users/@me")
        .bearer(&ana.token)
        .bearer(&ana.token);
    hub.http.send(&twice).await.refused(401, "unauthenticated");
    let huge = Request::new("GET", "/api/users/@me").bearer(&"x".repeat(100_000));
    let answer = hub.http.send(&huge).await;
    assert_eq!(answer.status, 431, "{answer}");
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
