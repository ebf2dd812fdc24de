//! The first start: who holds the setup link makes the administrator, once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Options, PASSWORD, Request, TestHub, User, soon};

fn setup(token: &str, name: &str) -> Value {
    json!({
        "token": token, "username": name, "password": PASSWORD,
        "hub_name": "Battala", "registration": "open",
    })
}

#[tokio::test]
async fn a_fresh_hub_says_so_and_lets_nobody_in() {
    let hub = Options::default().fresh().start().await;
    let info = hub.get("/api/hub").await.is(200);
    assert_eq!(info["setup_needed"], true);
    let account = json!({"username": "ana", "password": PASSWORD});
    let answer = hub.post("/api/auth/register", &account).await;
    answer.refused(403, "setup_required");
    let login = json!({"login": "ana", "password": PASSWORD});
    hub.post("/api/auth/login", &login)
        .await
        .refused(403, "setup_required");
}

#[tokio::test]
async fn the_setup_page_begins_with_what_the_settings_say() {
    let preset = [("hub_name", "Under the tree"), ("registration", "open")];
    let preset: toml::Table = preset
        .map(|(key, value)| (key.to_owned(), value.into()))
        .into_iter()
        .collect();
    let hub = Options::default()
        .fresh()
        .setting("setup", preset)
        .start()
        .await;
    let info = hub.get("/api/hub").await.is(200);
    assert_eq!(info["setup_needed"], true);
    assert_eq!(info["name"], "Under the tree");
    assert_eq!(info["registration"], "open");
    let token = hub.setup_token().await;
    hub.post("/api/setup", &setup(&token, "ana")).await.is(201);
    let info = hub.get("/api/hub").await.is(200);
    assert_eq!(info["name"], "Battala");
}

#[tokio::test]
async fn the_setup_link_makes_the_administrator_and_names_the_hub() {
    let hub = Options::default().fresh().start().await;
    let token = hub.setup_token().await;
    let answer = hub.post("/api/setup", &setup(&token, "Ana")).await;
    assert_eq!(answer.status, 201, "{answer}");
    let ana = User::signed_in(&hub.http, &answer);
    let me = ana.get("/users/@me").await.is(200);
    assert_eq!(
        (&me["username"], &me["is_admin"]),
        (&json!("ana"), &json!(true))
    );
    let info = hub.get("/api/hub").await.is(200);
    assert_eq!(
        (&info["name"], &info["setup_needed"]),
        (&json!("Battala"), &json!(false))
    );
    let ben = hub.user("ben").await;
    assert_eq!(ben.get("/users/@me").await.is(200)["is_admin"], false);
}

#[tokio::test]
async fn another_token_is_forbidden_and_leaves_the_setup_open() {
    let hub = Options::default().fresh().start().await;
    let token = hub.setup_token().await;
    for wrong in ["x", &token[1..], &format!("{token}x")] {
        hub.post("/api/setup", &setup(wrong, "eve"))
            .await
            .refused(403, "forbidden");
    }
    hub.post("/api/setup", &setup(&token, "ana")).await.is(201);
}

#[tokio::test]
async fn the_link_works_once_and_is_gone_afterwards() {
    let mut hub = Options::default().fresh().start().await;
    let token = hub.setup_token().await;
    let link = hub.data_dir().join("setup-link");
    assert!(link.exists());
    hub.post("/api/setup", &setup(&token, "ana")).await.is(201);
    hub.post("/api/setup", &setup(&token, "eve"))
        .await
        .refused(404, "not_found");
    crate::harness::until("the link vanishes", async || (!link.exists()).then_some(())).await;
    hub.kill();
    hub.run().await;
    assert_eq!(hub.get("/api/hub").await.is(200)["setup_needed"], false);
    hub.post("/api/setup", &setup(&token, "eve"))
        .await
        .refused(404, "not_found");
    assert!(!link.exists(), "no link for a hub that is set up");
}

#[tokio::test]
async fn the_link_survives_a_restart_before_it_is_used() {
    let mut hub = Options::default().fresh().start().await;
    let token = hub.setup_token().await;
    hub.kill();
    hub.run().await;
    hub.post("/api/setup", &setup(&token, "ana")).await.is(201);
}

// T70
#[tokio::test]
async fn of_fifty_parallel_setups_one_makes_an_administrator() {
    let hub = Options::default().fresh().start().await;
    let token = hub.setup_token().await;
    let attempts = (0..50).map(|number| {
        let body = setup(&token, &format!("admin{number}"));
        let request = Request::new("POST", "/api/setup").json(&body);
        async move { (number, request) }
    });
    let attempts = join_all(attempts).await;
    let answers = attempts.iter().map(|(_, request)| hub.http.send(request));
    let answers = soon("fifty setups", join_all(answers)).await;
    let winners: Vec<usize> = (0..50).filter(|at| answers[*at].status == 201).collect();
    assert_eq!(winners.len(), 1);
    for (number, answer) in answers.iter().enumerate() {
        if number != winners[0] {
            answer.refused(404, "not_found");
        }
    }
    let admin = User::signed_in(&hub.http, &answers[winners[0]]);
    let accounts = admin.get("/hub/users").await.is(200);
    assert_eq!(
        accounts["items"].as_array().map(Vec::len),
        Some(1),
        "{accounts}"
    );
}

#[tokio::test]
async fn every_wrong_answer_of_the_setup_page_is_named_at_once() {
    let hub = Options::default().fresh().start().await;
    let body = json!({"token": "x", "username": "-", "password": "short", "hub_name": " ", "registration": "all"});
    let answer = hub.post("/api/setup", &body).await;
    for (field, code) in [
        ("username", "too_short"),
        ("password", "too_short"),
        ("hub_name", "required"),
        ("registration", "invalid_format"),
    ] {
        answer.refuses_field(field, code);
    }
    let token = hub.setup_token().await;
    let mut body = setup(&token, "ana");
    body["password"] = json!("ana1234567");
    hub.post("/api/setup", &body)
        .await
        .refuses_field("password", "too_common");
}

#[tokio::test]
async fn a_hub_that_its_settings_set_up_is_open_at_the_first_start_and_stays_as_it_is() {
    let mut hub = TestHub::start().await;
    for _ in 0..2 {
        let info = hub.get("/api/hub").await.is(200);
        assert_eq!(
            (&info["setup_needed"], &info["registration"]),
            (&json!(false), &json!("open"))
        );
        assert_eq!(
            hub.admin().await.get("/users/@me").await.is(200)["is_admin"],
            true
        );
        assert!(!hub.log().contains("/setup#token="));
        hub.kill();
        hub.run().await;
    }
}

#[tokio::test]
async fn whose_invites_open_the_hub_can_be_preset() {
    for (preset, expected) in [(None, "named"), (Some("everyone"), "everyone")] {
        let mut options = Options::default().invite_only();
        options.inviters = preset;
        let hub = options.start().await;
        let info = hub.get("/api/hub").await.is(200);
        assert_eq!(info["inviters"], expected, "{preset:?}");
    }
}

#[tokio::test]
async fn with_tls_in_front_every_answer_says_so() {
    let secure = Options::default().setting("public_url", "https://chat.example.org");
    let (secure, plain) = tokio::join!(secure.start(), TestHub::start());
    for path in [
        "/",
        "/api/hub",
        "/socket.io/?EIO=4&transport=polling",
        "/healthz",
    ] {
        let header = "strict-transport-security";
        let request = Request::new("GET", path);
        // The page may not have been built: then it is refused, and says so all the same.
        let answer = secure.http.try_send(&request).await.expect("an answer");
        assert_eq!(answer.header(header), Some("max-age=31536000"), "{path}");
        let answer = plain.http.try_send(&request).await.expect("an answer");
        assert_eq!(answer.header(header), None, "{path}");
    }
}

#[tokio::test]
async fn drafts_that_a_kill_left_are_removed_and_nothing_else_is() {
    let mut hub = TestHub::start().await;
    assert_eq!(hub.stop().await, Some(0));
    let at = |name: &str| hub.data_dir().join(name);
    let drafts = ["secret.new-1", "hub.new-4711", "setup-link.new-23"];
    let others = [
        "secret.new-",
        "secret.new-1x",
        "notes.new-1",
        "secret.old-1",
    ];
    for name in drafts.iter().chain(&others) {
        std::fs::write(at(name), "left").expect("written");
    }
    // What only looks like one is not the hub's.
    std::fs::create_dir(at("secret.new-7")).expect("a folder");
    std::os::unix::fs::symlink(at("notes.new-1"), at("hub.new-8")).expect("a link");
    // A visitor may be there while another process makes one.
    assert!(hub.command(&["config", "check"]).status.success());
    assert!(drafts.iter().all(|name| at(name).exists()));
    let data_dir = hub.data_dir();
    let at = |name: &str| data_dir.join(name);
    hub.run().await;
    assert!(drafts.iter().all(|name| !at(name).exists()));
    assert!(others.iter().all(|name| at(name).exists()));
    assert!(at("secret.new-7").is_dir() && at("hub.new-8").is_symlink());
}

/// What a new key means.
const NEW_KEY: &str = "everybody has to sign in again";

async fn warns_of_a_new_key(hub: &TestHub) {
    let line = hub.logged("the new key", |line| {
        line.contains("secret.key").then(|| line.to_owned())
    });
    let line = line.await;
    assert!(line.contains("WARN") && line.contains(NEW_KEY), "{line}");
}

#[tokio::test]
async fn a_key_that_was_lost_is_made_anew_with_a_word() {
    let mut hub = TestHub::start().await;
    let ana = hub.user("ana").await;
    assert!(!hub.log().contains("secret.key"), "{}", hub.log());
    assert_eq!(hub.stop().await, Some(0));
    std::fs::remove_file(hub.data_dir().join("secret.key")).expect("it was there");
    let told = hub.command(&["config", "check"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("secret.key: ") && told.contains(NEW_KEY),
        "{told}"
    );
    // Who only looks needs none.
    let told = hub.command(&["admin", "jobs"]);
    assert!(told.status.success(), "{told:?}");
    hub.run().await;
    warns_of_a_new_key(&hub).await;
    ana.get("/users/@me").await.refused(401, "unauthenticated");
    hub.login("ana").await;
    // Once there is one, it is no news.
    assert_eq!(hub.stop().await, Some(0));
    hub.run().await;
    let said = hub
        .log()
        .lines()
        .filter(|line| line.contains(NEW_KEY))
        .count();
    assert_eq!(said, 1);
}

#[tokio::test]
async fn a_database_that_comes_without_its_key_gets_a_new_one_with_a_word() {
    let mut hub = TestHub::start().await;
    // Nothing but the database is brought to another machine.
    let leave_behind = |hub: &TestHub| {
        for name in ["secret.key", "hub.mark"] {
            std::fs::remove_file(hub.data_dir().join(name)).expect("it was there");
        }
    };
    assert_eq!(hub.stop().await, Some(0));
    leave_behind(&hub);
    let told = hub.command(&["config", "check"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains(&format!("secret.key: is lost; with a new one {NEW_KEY}")),
        "{told}"
    );
    hub.run().await;
    warns_of_a_new_key(&hub).await;
    assert_eq!(hub.stop().await, Some(0));
    leave_behind(&hub);
    // Of what fails later the key is made already.
    let told = hub.command(&["admin", "create", "root", "--password-stdin"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        told.contains("secret.key is lost") && told.contains(NEW_KEY),
        "{told}"
    );
}

#[tokio::test]
async fn a_first_start_makes_a_key_without_a_word() {
    let mut hub = Options::default().fresh().start().await;
    assert_eq!(hub.stop().await, Some(0));
    assert!(!hub.log().contains("secret.key"), "{}", hub.log());
}
