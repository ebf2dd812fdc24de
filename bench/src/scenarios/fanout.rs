//! One channel, 1,000 receivers: the hub against one bare write per delivery, and against axum.

use std::net::SocketAddr;

use super::Setting;
use crate::Result;
use crate::load::{Crowd, SENDERS, Step, Target};
use crate::process::Process;
use crate::relay;
use crate::report::{Bar, Sheet};
use crate::seed::Plan;
use crate::stats::float;
use crate::words::say;

const RECEIVERS: usize = 1000;
/// Messages per second on the way to saturation, an eighth or so apart.
const CLIMB: [u32; 28] = [
    75, 100, 150, 200, 250, 300, 350, 400, 450, 500, 560, 630, 700, 800, 900, 1000, 1120, 1250,
    1400, 1600, 1800, 2000, 2250, 2500, 2800, 3150, 3550, 4000,
];
const P99_MAX_MS: f64 = 250.0;
const SECONDS: u32 = 10;
const CLIMB_SECONDS: u32 = 3;
const WARM_UP_SECONDS: u32 = 2;

const NOTE: &str = "1,000 receivers and 10 senders (who receive as well) in one server, 100 characters per message. The hub \
    checks rights, stores each message durably (SQLite, `synchronous=FULL`) and acknowledges it; the floor is \
    a server in a process of its own that passes the same bytes on and knows nothing: one thread, which waits by \
    epoll and makes one bare `write` per delivery; axum is the same with axum's WebSocket on all processors. Both \
    are yardsticks and no bounds, since the hub writes many frames at once. Processor time is user and \
    system time of the server's process. Latency counts from the moment a message was due. Saturation is the last step \
    with p99 ≤ 250 ms and nothing lost, twice or out of order.";

/// What one server did in one run.
struct Run {
    slow: Step,
    brisk: Step,
    saturated: Step,
}

/// What the servers did in one run.
struct Runs {
    floor: Run,
    axum: Run,
    hub: Run,
}

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("fanout", "Fan-out to 1,000 receivers", NOTE);
    for run in setting.runs() {
        // Whoever comes last in one run comes first in the next.
        let runs = if run % 2 == 1 {
            let (floor, axum) = measure_yardsticks(setting).await?;
            let hub = measure_hub(setting).await?;
            Runs { floor, axum, hub }
        } else {
            let hub = measure_hub(setting).await?;
            let (floor, axum) = measure_yardsticks(setting).await?;
            Runs { floor, axum, hub }
        };
        enter(&mut sheet, &runs);
        say(&format!("fanout: run {run} is done"));
    }
    Ok(sheet)
}

async fn measure_yardsticks(setting: &Setting) -> Result<(Run, Run)> {
    let (process, address) = relay::floor::start()?;
    let floor = climb(setting, &process, address, Target::Relay).await?;
    drop(process);
    let (process, address) = relay::axum::start()?;
    Ok((
        floor,
        climb(setting, &process, address, Target::Relay).await?,
    ))
}

async fn measure_hub(setting: &Setting) -> Result<Run> {
    let plan = Plan {
        users: setting.scaled(RECEIVERS) + SENDERS,
        servers: 1,
        channels: 1,
    };
    let (dir, world) = setting.seeded("fanout", plan).await?;
    let hub = setting.start(&dir).await?;
    climb(setting, &hub.process, hub.address, Target::Hub(world)).await
}

async fn climb(
    setting: &Setting,
    server: &Process,
    address: SocketAddr,
    target: Target,
) -> Result<Run> {
    let mut crowd = Crowd::connect(address, target, setting.scaled(RECEIVERS)).await?;
    crowd
        .step(server, 50, setting.seconds(WARM_UP_SECONDS))
        .await?;
    let slow = crowd.step(server, 5, setting.seconds(SECONDS)).await?;
    let brisk = crowd.step(server, 50, setting.seconds(SECONDS)).await?;
    let mut saturated = brisk;
    let mut may_retry = true;
    let mut rates = CLIMB.iter().peekable();
    while let Some(rate) = rates.peek() {
        let step = crowd
            .step(server, **rate, setting.seconds(CLIMB_SECONDS))
            .await?;
        say(&format!(
            "  {rate}/s: {:.0} deliveries/s, {:.2} µs, p50 {:.0} ms, p99 {:.0} ms, {} failures",
            step.deliveries_per_s, step.cpu_us, step.p50_ms, step.p99_ms, step.failures
        ));
        if step.failures == 0 && step.p99_ms <= P99_MAX_MS {
            saturated = step;
            may_retry = true;
            rates.next();
        } else if may_retry && step.failures == 0 {
            // Once more: other work on the machine looks the same.
            may_retry = false;
        } else {
            break;
        }
    }
    Ok(Run {
        slow,
        brisk,
        saturated,
    })
}

fn enter(sheet: &mut Sheet, runs: &Runs) {
    let all = [&runs.floor, &runs.axum, &runs.hub];
    for (rate, bar, [floor, axum, hub]) in [
        ("5/s", Bar::None, all.map(|run| &run.slow)),
        ("50/s", Bar::AtMost(1.35), all.map(|run| &run.brisk)),
    ] {
        let servers = [("floor", floor), ("axum", axum), ("hub", hub)];
        for (server, step) in servers {
            let what = format!("{rate}: {server}, µs of processor per delivery");
            sheet.add(what, step.cpu_us);
        }
        let what = format!("{rate}: hub / floor");
        sheet.add(what, hub.cpu_us / floor.cpu_us);
        let what = format!("{rate}: hub / axum");
        sheet.judge(what, bar, hub.cpu_us / axum.cpu_us);
        for (server, step) in servers {
            sheet.add(format!("{rate}: {server}, p50 ms"), step.p50_ms);
            sheet.add(format!("{rate}: {server}, p99 ms"), step.p99_ms);
        }
        let what = format!("{rate}: hub, lost, twice or out of order");
        sheet.judge(what, Bar::AtMost(0.0), float(hub.failures));
    }
    let [floor, axum, hub] = all.map(|run| &run.saturated);
    let servers = [("floor", floor), ("axum", axum), ("hub", hub)];
    for (server, step) in servers {
        let what = format!("saturation: {server}, deliveries/s");
        sheet.add(what, step.deliveries_per_s);
    }
    let ratio = hub.deliveries_per_s / floor.deliveries_per_s;
    sheet.add("saturation: hub / floor", ratio);
    let ratio = hub.deliveries_per_s / axum.deliveries_per_s;
    sheet.judge("saturation: hub / axum", Bar::AtLeast(0.6), ratio);
    for (server, step) in servers {
        let what = format!("saturation: {server}, µs of processor per delivery");
        sheet.add(what, step.cpu_us);
        let what = format!("bytes per delivery: {server}");
        sheet.add(what, step.bytes_per_delivery);
    }
}
