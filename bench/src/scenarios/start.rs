//! Cold start, memory at rest, size.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::{Setting, crowd};
use crate::Result;
use crate::hub::Hub;
use crate::load::{Crowd, SENDERS, Target};
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, Seed};
use crate::stats::float;
use crate::words::say;

const READY_MAX_MS: f64 = 300.0;
const REST_MAX_MB: f64 = 40.0;
const AFTER_LOAD_MAX_MB: f64 = 80.0;
const BINARY_MAX_MB: f64 = 30.0;
/// After the start, and after the load has gone.
const REST: Duration = Duration::from_mins(1);
const MESSAGES: i64 = 100_000;
/// The load that comes and goes.
const SESSIONS: usize = 5000;
const RECEIVERS: usize = 1000;

const NOTE: &str = "From the start of the process to the first `200` of `/readyz`, asked every millisecond; *empty* is the very first \
    start, which makes database and key. The file cache is warm. Memory is what is resident 60 s after the start, and 60 s \
    after this load has gone: 5,000 sessions that signed on and watched the member list, then 1,000 receivers at 50 and at \
    300 messages/s. MB are 10⁶ bytes.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("start", "Start, memory at rest, size", NOTE);
    let mut resting = Vec::new();
    for run in setting.runs() {
        let dir = setting.fresh_dir(&format!("empty-{run}"))?;
        let what = "empty";
        resting.push((
            what,
            start(setting, &mut sheet, what, &dir.join("data")).await?,
        ));
        let dir = setting.fresh_dir(&format!("full-{run}"))?;
        fill(&dir).await?;
        let what = "100,000 messages";
        resting.push((what, start(setting, &mut sheet, what, &dir).await?));
    }
    say("start: measured; the hubs rest for a minute");
    rest(setting, Instant::now()).await;
    for (what, hub) in &resting {
        let resident = float(hub.process.memory()?.resident) / 1e6;
        sheet.judge(
            format!("{what}: MB resident after 60 s"),
            Bar::AtMost(REST_MAX_MB),
            resident,
        );
    }
    drop(resting);
    after_load(setting, &mut sheet).await?;
    let size = float(setting.binary.metadata()?.len()) / 1e6;
    sheet.judge("binary, MB", Bar::AtMost(BINARY_MAX_MB), size);
    Ok(sheet)
}

async fn start(setting: &Setting, sheet: &mut Sheet, what: &str, dir: &Path) -> Result<Hub> {
    let hub = setting.start(dir).await?;
    let ready = hub.started_in.as_secs_f64() * 1000.0;
    sheet.judge(
        format!("{what}: ms from start to ready"),
        Bar::AtMost(READY_MAX_MS),
        ready,
    );
    Ok(hub)
}

async fn fill(dir: &Path) -> Result<()> {
    let plan = Plan {
        users: 100,
        servers: 1,
        channels: 1,
    };
    let seed = Seed::begin(dir).await?;
    let world = seed.populate(plan).await?;
    seed.fill(world.channels[0], MESSAGES).await?;
    seed.end().await;
    Ok(())
}

async fn after_load(setting: &Setting, sheet: &mut Sheet) -> Result<()> {
    let mut resting = Vec::new();
    for run in setting.runs() {
        resting.push((load(setting, run).await?, Instant::now()));
        say(&format!("start: load {run} has gone"));
    }
    for (hub, since) in resting {
        rest(setting, since).await;
        let memory = hub.process.memory()?;
        let resident = float(memory.resident) / 1e6;
        let what = "MB resident 60 s after a load";
        sheet.judge(what, Bar::AtMost(AFTER_LOAD_MAX_MB), resident);
        sheet.add(
            "MB resident at the height of the load",
            float(memory.peak) / 1e6,
        );
    }
    Ok(())
}

/// A hub that many have come to, and left.
async fn load(setting: &Setting, run: usize) -> Result<Hub> {
    let plan = Plan {
        users: setting.scaled(SESSIONS),
        servers: 1,
        channels: 1,
    };
    let (dir, world) = setting.seeded(&format!("load-{run}"), plan).await?;
    let hub = setting.start(&dir).await?;
    drop(crowd::sign_on_and_watch(hub.address, &world).await?);
    let receivers = setting.scaled(RECEIVERS) - SENDERS;
    let mut crowd = Crowd::connect(hub.address, Target::Hub(world), receivers).await?;
    crowd.step(&hub.process, 50, setting.seconds(5)).await?;
    crowd.step(&hub.process, 300, setting.seconds(3)).await?;
    Ok(hub)
}

async fn rest(setting: &Setting, since: Instant) {
    let time = if setting.is_smoke {
        Duration::from_secs(2)
    } else {
        REST
    };
    tokio::time::sleep_until(since + time).await;
}
