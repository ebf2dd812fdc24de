//! Pages of history, in a short and in a long channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use battala_proto::id::ChannelId;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Setting;
use crate::Result;
use crate::client::http::Http;
use crate::hub::Hub;
use crate::load;
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, Seed, World};
use crate::stats::{Histogram, float, micros};
use crate::words::say;

const SHORT: i64 = 1000;
const LONG: i64 = 100_000;
const PAGE: i64 = 50;
const SECONDS: u32 = 3;

const NOTE: &str = "`GET /api/channels/{id}/messages?limit=50` over kept connections, one request at a time on each, each connection \
    another member. *Newest* asks for the end of the channel, *back* for the page before a message chosen at random. The \
    same hub holds a channel of 1,000 and one of 100,000 messages. Processor time includes HTTP, the check of the session \
    and of the rights.";

/// Which page is asked for.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// The end of the channel.
    Newest,
    /// The one before a random one of so many messages, the first of which has this id.
    Random { first: i64, messages: i64 },
    /// The one before this message.
    Before(i64),
}

/// Who asks for what.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) channel: ChannelId,
    pub(super) place: Place,
}

/// What it cost.
pub(super) struct Cost {
    pub(super) cpu_us: f64,
    pub(super) pages_per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("history", "History", NOTE);
    let plan = Plan {
        users: 16,
        servers: 1,
        channels: 2,
    };
    for run in setting.runs() {
        let dir = setting.fresh_dir("history")?;
        let seed = Seed::begin(&dir).await?;
        let world = seed.populate(plan).await?;
        let firsts = [
            seed.fill(world.channels[0], SHORT).await?,
            seed.fill(world.channels[1], LONG).await?,
        ];
        seed.end().await;
        let hub = setting.start(&dir).await?;
        for (is_back, kind) in [(false, "newest"), (true, "back")] {
            let reading = |number: usize, messages: i64| Reading {
                channel: world.channels[number],
                place: match firsts[number] {
                    first if is_back => Place::Random { first, messages },
                    _ => Place::Newest,
                },
            };
            let (short, long) = (reading(0, SHORT), reading(1, LONG));
            for readers in [1, 16] {
                let seconds = setting.seconds(SECONDS);
                let short = read(&hub, &world, short, (readers, seconds)).await?;
                let long = read(&hub, &world, long, (readers, seconds)).await?;
                enter(
                    &mut sheet,
                    &format!("{kind}, {readers} in flight"),
                    &short,
                    &long,
                );
            }
        }
        say(&format!("history: run {run} is done"));
    }
    Ok(sheet)
}

/// Reads pages on so many connections for so many seconds.
pub(super) async fn read(
    hub: &Hub,
    world: &World,
    reading: Reading,
    (readers, seconds): (usize, u32),
) -> Result<Cost> {
    let latency = Arc::new(Histogram::default());
    let pages = Arc::new(AtomicU64::new(0));
    let connections = load::open_all(readers, |number| {
        Http::open(hub.address, number, &world.tokens[number])
    })
    .await?;
    let (cpu, began) = (hub.process.cpu()?, Instant::now());
    let until = began + Duration::from_secs(seconds.into());
    let mut tasks = JoinSet::new();
    for (number, mut http) in connections.into_iter().enumerate() {
        let (latency, pages) = (Arc::clone(&latency), Arc::clone(&pages));
        tasks.spawn(async move {
            let mut random = number as u64 + 1;
            while Instant::now() < until {
                let began = Instant::now();
                let answer = http.get(&reading.path(&mut random)).await?;
                answer.expect(200)?;
                latency.add(began.elapsed());
                pages.fetch_add(1, Ordering::Relaxed);
            }
            Result::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let (cpu, elapsed) = (hub.process.cpu_since(cpu)?, began.elapsed());
    let pages = float(pages.load(Ordering::Relaxed));
    Ok(Cost {
        cpu_us: float(micros(cpu)) / pages,
        pages_per_s: pages / elapsed.as_secs_f64(),
        p50_ms: latency.percentile_ms(0.5),
        p99_ms: latency.percentile_ms(0.99),
    })
}

impl Reading {
    fn path(&self, random: &mut u64) -> String {
        let path = format!("/api/channels/{}/messages?limit={PAGE}", self.channel);
        let (first, messages) = match self.place {
            Place::Newest => return path,
            Place::Before(id) => return format!("{path}&before={id}"),
            Place::Random { first, messages } => (first, messages),
        };
        // Knuth's MMIX generator; its high bits are the good ones.
        *random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let choice = i64::try_from(*random >> 33).unwrap_or_default();
        let before = first + PAGE + choice % (messages - PAGE);
        format!("{path}&before={before}")
    }
}

fn enter(sheet: &mut Sheet, what: &str, short: &Cost, long: &Cost) {
    sheet.add(
        format!("{what}, 1,000 messages: µs of processor per page"),
        short.cpu_us,
    );
    sheet.judge(
        format!("{what}, 100,000 messages: µs of processor per page"),
        Bar::AtMost(600.0),
        long.cpu_us,
    );
    let ratio = long.cpu_us / short.cpu_us;
    sheet.judge(format!("{what}: 100,000 / 1,000"), Bar::AtMost(1.2), ratio);
    sheet.add(
        format!("{what}, 100,000 messages: pages/s"),
        long.pages_per_s,
    );
    sheet.add(format!("{what}, 100,000 messages: p50 ms"), long.p50_ms);
    sheet.add(format!("{what}, 100,000 messages: p99 ms"), long.p99_ms);
}
