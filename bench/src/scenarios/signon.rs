//! Everybody comes at once.

use tokio::time::Instant;

use super::{Setting, crowd};
use crate::Result;
use crate::report::{Bar, Sheet};
use crate::seed::Plan;
use crate::words::say;

const SESSIONS: usize = 5000;

const NOTE: &str = "Sessions of as many users sign on to one server, 32 handshakes at a time; each receives the structure and \
    watches members 0–99. It ends when every one of them has received a member list that counts all of them as online. \
    Twice as many in a fresh hub show whether anything is quadratic.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("signon", "Sign-on of everybody at once", NOTE);
    for run in setting.runs() {
        let (once, seconds) = sign_on(setting, SESSIONS).await?;
        let (twice, seconds_twice) = sign_on(setting, 2 * SESSIONS).await?;
        sheet.judge(
            "5,000 sessions: processor s of the hub",
            Bar::AtMost(8.0),
            once,
        );
        sheet.add("10,000 sessions: processor s of the hub", twice);
        sheet.judge("10,000 / 5,000", Bar::AtMost(2.3), twice / once);
        sheet.add("5,000 sessions: s until all have seen all", seconds);
        sheet.add("10,000 sessions: s until all have seen all", seconds_twice);
        say(&format!("signon: run {run} is done"));
    }
    Ok(sheet)
}

/// Processor seconds of the hub, and seconds by the clock.
async fn sign_on(setting: &Setting, sessions: usize) -> Result<(f64, f64)> {
    let plan = Plan {
        users: setting.scaled(sessions),
        servers: 1,
        channels: 1,
    };
    let (dir, world) = setting.seeded("signon", plan).await?;
    let hub = setting.start(&dir).await?;
    let (cpu, began) = (hub.process.cpu()?, Instant::now());
    let _kept = crowd::sign_on_and_watch(hub.address, &world).await?;
    let cpu = hub.process.cpu_since(cpu)?;
    Ok((cpu.as_secs_f64(), began.elapsed().as_secs_f64()))
}
