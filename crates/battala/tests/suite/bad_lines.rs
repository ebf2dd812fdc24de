//! A way to the database that is slow, or breaks again and again: whatever was acknowledged is there
//! once, in order, and every reader ends with all of it.

use std::time::Duration;

use battala_testkit::patience;
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::harness::{
    Answer, Community, Engine, Options, Reader, Request, TestHub, User, engine, text_of, until,
};
use crate::lost_answers::write;

const NAMES: [&str; 4] = ["ana", "ben", "cal", "dev"];
/// Each answer of the database takes this much longer.
const DELAY: Duration = Duration::from_millis(300);
const SLOW_MESSAGES_EACH: usize = 3;
const MESSAGES_EACH: usize = 60;
const CUTS: u64 = 12;
/// More than have a line each.
const READS: usize = 20;
/// A read waits for a connection for five seconds before it gives up.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Between two cuts: long enough for something to be written, and short enough to hit the repair.
const CALM_MS: std::ops::Range<u64> = 20..700;

async fn hub() -> Option<TestHub> {
    match engine() {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Options::default().proxied().start().await),
    }
}

/// Has everyone write while something happens, and two of them read.
async fn everything_arrives(
    hub: &TestHub,
    (community, owner, writers): (&Community, &User, &[User; NAMES.len()]),
    each: usize,
    fault: impl Future<Output = ()>,
) -> usize {
    let [ana, ..] = writers;
    let mut readers = [
        Reader::start(hub, owner, &community.channel).await,
        Reader::start(hub, ana, &community.channel).await,
    ];
    let writing = join_all(writers.iter().map(|one| write(hub, one, community, each)));
    let (sent, ()) = tokio::join!(writing, fault);
    let mut sent: Vec<(i64, String)> = sent.into_iter().flatten().collect();
    sent.sort_unstable();
    let (seqs, texts): (Vec<i64>, Vec<String>) = sent.into_iter().unzip();
    assert!(seqs.iter().copied().eq((1..).take(seqs.len())), "{seqs:?}");
    let last = i64::try_from(texts.len()).expect("a small number");
    for reader in &mut readers {
        reader.read_to(last).await;
        assert_eq!(reader.texts, texts);
        reader.assert_order();
    }
    until("the hub is whole again", async || {
        let answer = hub
            .http
            .try_send(&Request::new("GET", "/readyz"))
            .await
            .ok()?;
        (answer.status == 200).then_some(())
    })
    .await;
    let kept = owner.history(&community.channel).await;
    assert_eq!(kept.iter().map(text_of).collect::<Vec<_>>(), texts);
    readers.iter().map(|reader| reader.reconnects).sum()
}

#[tokio::test]
async fn a_database_that_is_slow_loses_nothing_and_cuts_nobody() {
    let Some(hub) = hub().await else { return };
    let (community, owner, writers) = hub.community("owner", NAMES).await;
    hub.proxy().delay(DELAY);
    let none = async {};
    let each = SLOW_MESSAGES_EACH;
    let all = everything_arrives(&hub, (&community, &owner, &writers), each, none);
    let reconnects = Box::pin(all).await;
    assert_eq!(reconnects, 0);
    let is_cut = |line: &str| line.contains("claims the database was lost");
    assert!(!hub.log().lines().any(is_cut));
}

#[tokio::test]
async fn a_connection_that_breaks_again_and_again_loses_nothing() {
    let Some(hub) = hub().await else { return };
    let (community, owner, writers) = hub.community("owner", NAMES).await;
    let cutting = async {
        let mut random = u64::from(std::process::id());
        for _ in 0..CUTS {
            // Knuth's multiplier: which moments they are does not matter, but that they differ.
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let calm = CALM_MS.start + (random >> 33) % (CALM_MS.end - CALM_MS.start);
            sleep(Duration::from_millis(calm)).await;
            hub.proxy().cut();
        }
    };
    let each = MESSAGES_EACH;
    let all = everything_arrives(&hub, (&community, &owner, &writers), each, cutting);
    Box::pin(all).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_not_called_busy() {
    if engine() == Engine::Sqlite {
        return;
    }
    let mut log = toml::Table::new();
    log.insert("level".to_owned(), "info,battala_hub::error=debug".into());
    let mut hub = Options::default()
        .setting("log", log)
        .proxied()
        .start()
        .await;
    let ana = hub.user("ana").await;
    hub.lose_database();
    let away = |answer: std::io::Result<Answer>| {
        let answer = answer.ok().filter(|answer| answer.status == 503)?;
        Some(answer.refused(503, "unavailable")["detail"].clone())
    };
    let probe = Request::new("GET", "/readyz");
    let ask = async || away(hub.http.try_send(&probe).await);
    let told = until("the hub is not ready", ask).await;
    assert_eq!(told, "the hub cannot reach its database right now");
    let read = Request::new("GET", "/api/users/@me").bearer(&ana.token);
    assert_eq!(away(hub.http.try_send(&read).await), Some(told));
    // What waited for a connection all the while says so, too.
    hub.logged("the reason", |line| {
        let is_told = line.contains("the database did not answer");
        (is_told && line.contains("no connection to it can be opened")).then_some(())
    })
    .await;
    assert!(!hub.log().contains("is busy"), "{}", hub.log());
}

#[tokio::test]
async fn a_database_that_was_away_is_a_line_at_the_beginning_and_one_at_the_end() {
    let Some(hub) = hub().await else { return };
    let ana = hub.user("ana").await;
    let is_driver = |line: &&str| line.contains("\"target\":\"sqlx");
    let (proxy, before) = (hub.proxy(), hub.log().lines().count());
    let began = Instant::now();
    proxy.refuse(true);
    proxy.cut();
    hub.says("claims the database was lost").await;
    let read = Request::new("GET", "/api/users/@me").bearer(&ana.token);
    let asked = join_all((0..READS).map(|_| hub.http.try_send(&read))).await;
    let refused = asked.iter().flatten().filter(|answer| answer.status == 503);
    assert_eq!(refused.count(), READS);
    proxy.refuse(false);
    hub.logged("the return, and how long it was away", |line| {
        let is_back = line.contains("claimed again") && line.contains("\"away_ms\":");
        is_back.then_some(())
    })
    .await;
    let log = hub.log();
    let warnings = log
        .lines()
        .skip(before)
        .filter(|line| line.contains("WARN"));
    let warnings: Vec<&str> = warnings.collect();
    // The loss, requests and questions to the database that were refused, and a COMMIT of the hub's own
    // that may have been under way, each once in the minute that this takes at most.
    let kinds = [
        "claims the database was lost",
        "requests are not served",
        "not everything that the database is asked is answered",
        "the answer to a COMMIT was lost",
    ];
    let minutes = usize::try_from(began.elapsed().as_secs() / 60).expect("a small number");
    for kind in kinds {
        let count = warnings.iter().filter(|line| line.contains(kind)).count();
        assert!(count <= 1 + minutes, "{kind}: {warnings:#?}");
    }
    let is_known = |line: &&str| kinds.iter().any(|kind| line.contains(kind));
    assert!(warnings.iter().all(is_known), "{warnings:#?}");
    assert_eq!(log.lines().filter(is_driver).count(), 0, "{log}");
}

#[tokio::test]
async fn what_fails_again_and_again_for_one_reason_is_one_line_a_minute() {
    if engine() == Engine::Sqlite {
        return;
    }
    let hub = TestHub::start().await;
    let (community, owner, []) = hub.community("owner", []).await;
    let began = Instant::now();
    // As a right would be that is missing.
    hub.run_sql("ALTER TABLE messages RENAME TO elsewhere");
    let path = format!("/api/channels/{}/messages", community.channel);
    let read = Request::new("GET", &path).bearer(&owner.token);
    for _ in 0..READS {
        let answer = hub.http.try_send(&read).await.expect("an answer");
        answer.refused(500, "internal");
    }
    hub.run_sql("ALTER TABLE elsewhere RENAME TO messages");
    hub.http.send(&read).await.is(200);
    hub.says("request failed").await;
    let minutes = usize::try_from(began.elapsed().as_secs() / 60).expect("a small number");
    let errors = hub.take_errors();
    let failed = errors.iter().filter(|line| line.contains("request failed"));
    let failed: Vec<&String> = failed.collect();
    assert!((1..=1 + minutes).contains(&failed.len()), "{errors:#?}");
    assert!(
        failed.iter().all(|line| line.contains("messages")),
        "{errors:#?}"
    );
}

#[tokio::test]
async fn a_database_that_is_known_to_be_away_is_not_waited_for() {
    let Some(mut hub) = hub().await else { return };
    let ana = hub.user("ana").await;
    let (_, owner, []) = hub.community("owner", []).await;
    hub.lose_database();
    let read = Request::new("GET", "/api/users/@me").bearer(&ana.token);
    let write = owner.request("POST", "/servers", Some(json!({"name": "Haat"})));
    // Who gets a connection that is broken is told so at once; there are none after these.
    join_all((0..READS).map(|_| hub.http.try_send(&read))).await;
    for request in [read, write] {
        until("a refusal at once", async || {
            let began = Instant::now();
            let answer = hub.http.try_send(&request).await.ok()?;
            let is_at_once = began.elapsed() < AT_ONCE;
            (answer.status == 503 && is_at_once).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_hub_whose_database_is_away_says_at_once_that_it_is_not_ready() {
    let Some(mut hub) = hub().await else { return };
    assert_eq!(hub.get("/readyz").await.status, 200);
    hub.lose_database();
    let probe = Request::new("GET", "/readyz");
    until("the hub is not ready", async || {
        let began = Instant::now();
        let answer = hub.http.try_send(&probe).await.ok()?;
        let took = began.elapsed();
        assert!(took < patience(AT_ONCE), "{took:?}");
        (answer.status == 503).then_some(())
    })
    .await;
}
