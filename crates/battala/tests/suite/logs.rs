//! What the log may not tell (T170): secrets, what people wrote, who they are, and
//! where they are.

use battala_store::{Db, MIGRATIONS, Migrations, Options as DbOptions};
use serde_json::{Value, json};

use crate::harness::{Engine, Options, Request, TestHub, User, engine, nonce, until};

const PASSWORD: &str = "canary-password-in-no-log";
const EMAIL: &str = "canary-address@example.org";
const CONTENT: &str = "canary-content-in-no-log";
const ADDRESS: &str = "203.0.113.77";
const AGENT: &str = "canary-agent/1.0";

/// Everything that a scenario uses and a log must not have.
struct Canaries(Vec<String>);

impl Canaries {
    fn add(&mut self, text: &str) {
        assert!(text.len() >= 8, "{text} is found everywhere");
        self.0.push(text.to_owned());
    }

    fn add_session(&mut self, user: &User) {
        self.add(&user.token);
        // A token is recognised by its signature, too.
        self.add(user.token.rsplit('.').next().expect("a signature"));
        self.add(user.cookie.split('=').nth(1).expect("a value"));
    }

    fn assert_absent(&self, log: &str) {
        for line in log.lines() {
            for canary in &self.0 {
                assert!(!line.contains(canary), "{canary} stands in the log: {line}");
            }
        }
    }
}

async fn from_far(hub: &TestHub, request: Request) -> crate::harness::Answer {
    let request = request
        .header("X-Forwarded-For", ADDRESS)
        .header("User-Agent", AGENT);
    hub.http.send(&request).await
}

async fn sign_in_and_out(hub: &TestHub, canaries: &mut Canaries) -> User {
    let body = json!({"username": "ana", "password": PASSWORD, "email": EMAIL, "display_name": "canary-name"});
    let register = Request::new("POST", "/api/auth/register").json(&body);
    let ana = User::signed_in(&hub.http, &from_far(hub, register).await);
    canaries.add_session(&ana);
    for (password, status) in [("wrong-canary-password", 401), (PASSWORD, 200)] {
        let body = json!({"login": EMAIL, "password": password});
        let login = Request::new("POST", "/api/auth/login").json(&body);
        let answer = from_far(hub, login).await;
        assert_eq!(answer.status, status, "{answer}");
    }
    let old = ana.clone();
    let ana = User::signed_in(&hub.http, &ana.refresh().await);
    canaries.add_session(&ana);
    let second = User::signed_in(&hub.http, &ana.refresh().await);
    old.refresh().await.refused(401, "session_ended");
    canaries.add_session(&second);
    let body = json!({"login": "ana", "password": PASSWORD});
    let again = hub.post("/api/auth/login", &body).await;
    User::signed_in(&hub.http, &again)
}

async fn reset_password(hub: &TestHub, user: &User, canaries: &mut Canaries) {
    let admin = hub.admin().await;
    canaries.add_session(&admin);
    let path = format!("/hub/users/{}/password-reset", user.id);
    let link = admin.post(&path, json!({})).await.is(201);
    let token = link["url"]
        .as_str()
        .expect("a link")
        .split("#token=")
        .nth(1)
        .expect("a token")
        .to_owned();
    canaries.add(&token);
    let body = json!({"token": token, "password": PASSWORD});
    hub.post("/api/auth/password-reset", &body).await.is(204);
    hub.post("/api/auth/password-reset", &body)
        .await
        .refused(404, "not_found");
}

async fn chat(hub: &TestHub, user: &User, canaries: &mut Canaries) {
    let community = user.community("canary-server-name").await;
    let code = user.invite(&community).await;
    canaries.add(&code);
    hub.get(&format!("/api/invites/{code}")).await.is(200);
    hub.get(&format!("/api/invites/{code}?{CONTENT}=1"))
        .await
        .refuses_field(CONTENT, "unknown_field");
    let socket = hub.socket(user).await;
    let nonce = format!("canary-{}", nonce());
    let body = json!({"channel_id": community.channel, "content": CONTENT, "nonce": nonce});
    let sent = socket.ok("message_send", body).await;
    socket
        .refused("message_send", json!({"content": CONTENT}), "invalid_input")
        .await;
    socket.refused(CONTENT, json!({}), "unknown_command").await;
    let path = format!(
        "{}/{}",
        community.messages(),
        sent["id"].as_str().expect("an id")
    );
    user.patch(&path, json!({"content": format!("{CONTENT} edited")}))
        .await
        .is(200);
    let broken = user
        .request("POST", &community.messages(), None)
        .raw_json(format!("{{\"{CONTENT}"));
    hub.http.send(&broken).await.refused(400, "malformed");
    user.delete(&path).await.is(204);
    socket.send(&format!("42[\"{CONTENT}"));
    socket.closed().await;
}

/// Runs everything at this level of detail and returns the log.
async fn scenario(level: &str) -> String {
    let options = Options::default()
        .setting("trusted_proxies", vec!["127.0.0.1"])
        .setting(
            "log",
            toml::Table::from_iter([("level".to_owned(), level.into())]),
        );
    let mut hub = options.start().await;
    let mut canaries = Canaries(Vec::new());
    for canary in [
        PASSWORD,
        EMAIL,
        CONTENT,
        ADDRESS,
        AGENT,
        crate::harness::PASSWORD,
        "wrong-canary-password",
        "canary-name",
        "canary-server-name",
        "canary-n-",
    ] {
        canaries.add(canary);
    }
    let ana = sign_in_and_out(&hub, &mut canaries).await;
    canaries.add_session(&ana);
    chat(&hub, &ana, &mut canaries).await;
    reset_password(&hub, &ana, &mut canaries).await;
    let key = std::fs::read(hub.data_dir().join("secret.key")).expect("the key");
    canaries.add(&String::from_utf8_lossy(&key[..8.min(key.len())]).repeat(2));
    assert_eq!(hub.stop().await, Some(0));
    let log = hub.log();
    canaries.assert_absent(&log);
    hub.run().await;
    log
}

#[tokio::test]
async fn the_log_of_a_whole_day_has_no_secret_no_message_and_no_address() {
    let log = scenario("info").await;
    assert!(
        log.contains("\"route\":\"/api/channels/{channel_id}/messages\""),
        "requests are logged by their route: {log}"
    );
}

#[tokio::test]
async fn nor_has_the_log_that_an_operator_turns_up() {
    scenario("debug").await;
}

// T88
#[tokio::test]
async fn what_a_client_sends_cannot_make_log_lines() {
    let hub = TestHub::start().await;
    let request = Request::new("GET", "/api/nothing%0A%7B%22level%22%3A%22ERROR%22%7D")
        .header("User-Agent", "x\\n{\"level\":\"ERROR\"}");
    hub.http.send(&request).await.refused(404, "not_found");
    for line in hub.log().lines().filter(|line| line.starts_with('{')) {
        let line: serde_json::Value =
            serde_json::from_str(line).expect("each line is one JSON object");
        assert_ne!(line["level"], "ERROR");
    }
}

#[tokio::test]
async fn strangers_who_are_refused_for_their_rate_do_not_fill_the_log() {
    let hub = Options::default().rate("no_operation", 20, 1).start().await;
    for _ in 0..300 {
        hub.get("/api/no-such-path").await;
        hub.get("/api/docs").await;
    }
    let log = hub.log();
    let requests = log
        .lines()
        .filter(|line| line.contains("battala_api::requests"));
    assert!(requests.count() < 40, "more lines than the rate allows");
    let refused: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("requests are refused for their rate"))
        .collect();
    assert!(!refused.is_empty() && refused.len() < 5, "{refused:?}");
}

#[tokio::test]
async fn what_is_no_probe_at_the_paths_of_the_probes_does_not_fill_the_log() {
    let hub = Options::default().rate("no_operation", 20, 1).start().await;
    let mut statuses = Vec::new();
    let requests = ["PUT", "OPTIONS", "DELETE"]
        .map(|method| ["/healthz", "/readyz"].map(|path| Request::new(method, path)));
    let requests = requests.as_flattened().iter().cycle();
    for request in requests.take(300) {
        statuses.push(hub.http.send(request).await.status);
    }
    assert_eq!(statuses.first(), Some(&405));
    assert_eq!(statuses.last(), Some(&429));
    let log = hub.log();
    let requests = log
        .lines()
        .filter(|line| line.contains("battala_api::requests"));
    assert!(requests.count() < 40, "more lines than the rate allows");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(hub.get(path).await.status, 200);
    }
}

#[tokio::test]
async fn questions_of_pages_whether_they_may_ask_are_counted_and_no_news() {
    let origins = vec!["https://other.example"];
    let hub = Options::default()
        .rate("anonymous", 20, 1)
        .rate("no_operation", 20, 1)
        .setting("cors_origins", origins)
        .start()
        .await;
    for origin in ["https://other.example", "https://stranger.example"] {
        let mut statuses = Vec::new();
        for _ in 0..60 {
            let question = Request::new("OPTIONS", "/api/servers")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST");
            statuses.push(hub.http.send(&question).await.status);
        }
        assert_eq!(statuses.first(), Some(&200), "{origin}");
        assert_eq!(statuses.last(), Some(&429), "{origin}");
    }
    let log = hub.log();
    let requests = log
        .lines()
        .filter(|line| line.contains("battala_api::requests"));
    assert_eq!(requests.count(), 0, "{log}");
}

/// The lines that say this.
fn lines_of(hub: &TestHub, message: &str) -> Vec<Value> {
    let log = hub.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).expect("each line is one JSON object"))
        .filter(|line: &Value| line["message"] == message)
        .collect()
}

/// Waits for the line of a start; the standard error may come after the output.
async fn started(hub: &TestHub, times: usize) -> Value {
    until("the start is logged", async || {
        let lines = lines_of(hub, "started");
        (lines.len() == times).then(|| lines.last().expect("one").clone())
    })
    .await
}

/// The hub's database is gone, and there is an empty one that an earlier release made.
async fn have_an_older_database(hub: &TestHub, steps: usize) {
    match engine() {
        Engine::Sqlite => {
            for suffix in ["", "-wal", "-shm"] {
                let path = hub.data_dir().join(format!("battala.db{suffix}"));
                drop(std::fs::remove_file(path));
            }
        }
        Engine::Postgres => {
            hub.run_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        }
    }
    let options = DbOptions::new(hub.database_url().parse().expect("an address"));
    let older = Migrations::new(&MIGRATIONS.steps()[..steps]);
    let db = Db::open_with_migrations(&options, &older).await;
    db.expect("an older database").close().await;
}

#[tokio::test]
async fn a_start_has_a_line_and_so_has_what_it_does_to_the_schema() {
    const UPGRADED: &str = "the schema was brought up to date";
    let mut hub = TestHub::start().await;
    let line = started(&hub, 1).await;
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(line["address"], hub.http.address.to_string());
    let name = match engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    assert_eq!(line["engine"], name);
    assert!(line["took_ms"].is_u64(), "{line}");

    hub.stop().await;
    have_an_older_database(&hub, 1).await;
    // It is not the one that served here.
    std::fs::remove_file(hub.data_dir().join("hub.mark")).expect("it was there");
    hub.run().await;
    started(&hub, 2).await;
    let upgrades = lines_of(&hub, UPGRADED);
    let [line] = upgrades.as_slice() else {
        panic!("{upgrades:?}");
    };
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["from"], 1);
    assert_eq!(line["to"], MIGRATIONS.steps().len());
    assert!(line["took_ms"].is_u64(), "{line}");

    hub.stop().await;
    hub.run().await;
    started(&hub, 3).await;
    assert_eq!(lines_of(&hub, UPGRADED).len(), 1, "nothing was to be done");
    let made = lines_of(&hub, "a new schema was made").len();
    assert_eq!(made, usize::from(engine() == Engine::Sqlite));
}
