//! 18,000 connections that watch 20 of 50 channels each, and do nothing.

use std::time::Duration;

use super::Setting;
use super::crowd::{self, Kept};
use crate::Result;
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, World};
use crate::stats::float;
use crate::words::say;

const CONNECTIONS: usize = 18_000;
/// Where it is looked how much they take, so that a bend shows.
const STEPS: [usize; 3] = [2_000, 10_000, CONNECTIONS];
const CHANNELS: usize = 50;
const WATCHED: usize = 20;
const KIB_MAX: f64 = 5.0;
/// Every connection has been pinged by then: that is when buffers are given back.
const REST: Duration = Duration::from_secs(40);

const NOTE: &str = "18,000 WebSockets, each signed in as another user, all members of one server with 50 channels, of which each \
    watches 20: neighbours in the list, beginning at another one for each. After 2,000, 10,000 and 18,000 of them have come, and \
    40 s later, memory per connection is (resident − resident before the first connection) / their number. In a \
    straight line none of those that come later takes more than those before; what is there once, however few have come, falls \
    to the share of the first. Descriptors of one process end at 20,000 here.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("listed", "Listed connections", NOTE);
    let plan = Plan {
        users: setting.scaled(CONNECTIONS),
        servers: 1,
        channels: CHANNELS,
    };
    for run in setting.runs() {
        let (dir, world) = setting.seeded("listed", plan).await?;
        let hub = setting.start(&dir).await?;
        let before = hub.process.memory()?.resident;
        let (kept, mut come, mut last) = (Kept::default(), 0, None);
        for step in STEPS {
            let until = setting.scaled(step);
            let watch = |number| watched(&world, number);
            crowd::sign_on_some(hub.address, &world, come..until, watch, &kept).await?;
            come = until;
            tokio::time::sleep(setting.rest(REST)).await;
            let connected = kept.connected();
            if connected != come {
                return Err(format!("only {connected} of {come} stayed").into());
            }
            let taken = float(hub.process.memory()?.resident) - float(before);
            let each = taken / float(u64::try_from(come)?) / 1024.0;
            let bar = if step == CONNECTIONS {
                Bar::AtMost(KIB_MAX)
            } else {
                Bar::None
            };
            sheet.judge(format!("{step} connections: KiB of each"), bar, each);
            if let Some((earlier, taken_earlier)) = last.replace((come, taken)) {
                let more = float(u64::try_from(come - earlier)?);
                let each = (taken - taken_earlier) / more / 1024.0;
                sheet.add(format!("up to {step}: KiB of each that came since"), each);
            }
        }
        say(&format!("listed: run {run} is done"));
    }
    Ok(sheet)
}

/// The channels that somebody watches, as `auth.watch` takes them.
fn watched(world: &World, number: usize) -> String {
    let ids = (number..number + WATCHED)
        .map(|nth| format!("\"{}\"", world.channels[nth % CHANNELS].raw()));
    format!("[{}]", ids.collect::<Vec<_>>().join(","))
}
