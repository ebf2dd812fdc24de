//! 10,000 connections that do nothing.

use std::time::Duration;

use super::{Setting, crowd};
use crate::Result;
use crate::report::{Bar, Sheet};
use crate::seed::Plan;
use crate::stats::float;
use crate::words::say;

const CONNECTIONS: usize = 10_000;
const CHANNELS: usize = 50;
/// Every connection has been pinged by then: that is when buffers are given back.
const REST: Duration = Duration::from_secs(40);

const NOTE: &str = "10,000 WebSockets, each signed in as another user, all members of one server with 50 channels. Each has \
    received `ready`, the structure and the reads, and then answers pings only. Memory per connection is (resident − \
    resident before the first connection) / 10,000, 40 s after the last has come. There is no baseline in the run; bare \
    axum WebSockets without any state took 8.5 KiB on such a machine.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("idle", "Idle connections", NOTE);
    let plan = Plan {
        users: setting.scaled(CONNECTIONS),
        servers: 1,
        channels: CHANNELS,
    };
    for run in setting.runs() {
        let (dir, world) = setting.seeded("idle", plan).await?;
        let hub = setting.start(&dir).await?;
        let (before, cpu) = (hub.process.memory()?, hub.process.cpu()?);
        let kept = crowd::sign_on(hub.address, &world).await?;
        let cpu = hub.process.cpu_since(cpu)?;
        tokio::time::sleep(setting.rest(REST)).await;
        let connected = kept.connected();
        if connected != plan.users {
            return Err(format!("only {connected} of {} stayed", plan.users).into());
        }
        let after = hub.process.memory()?;
        let count = float(plan.users as u64);
        let each = (float(after.resident) - float(before.resident)) / count / 1024.0;
        sheet.judge("KiB per connection", Bar::AtMost(10.0), each);
        sheet.add("hub before, MB resident", float(before.resident) / 1e6);
        sheet.add(
            "hub with all of them, MB resident",
            float(after.resident) / 1e6,
        );
        sheet.add("hub, highest, MB resident", float(after.peak) / 1e6);
        sheet.add(
            "processor ms per connection that comes",
            cpu.as_secs_f64() * 1000.0 / count,
        );
        say(&format!("idle: run {run} is done"));
    }
    Ok(sheet)
}
