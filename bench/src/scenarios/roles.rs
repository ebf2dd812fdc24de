//! A role that everybody has, changed in a server with 10,000 connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::Setting;
use super::crowd::Kept;
use crate::Result;
use crate::client::socket::{Handler, Socket};
use crate::load;
use crate::report::{Bar, Sheet};
use crate::roles_hub::RolesHub;
use crate::seed::Plan;
use crate::stats::float;
use crate::words::say;

const CONNECTIONS: usize = 10_000;
const CHANNELS: usize = 50;
/// All must have been told by then.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(20);
/// What comes of it later counts, too.
const REST: Duration = Duration::from_secs(5);

const NOTE: &str = "10,000 WebSockets, each signed in as another user, all members of one server with 50 channels, all of which all \
    of them hear. The role that everybody has loses the right to send messages, so that everybody's rights change in every \
    channel. No operation changes roles yet: the rooms, sockets and database of the hub run within the load tool, in a process \
    of their own, with the system's allocator, and the change is committed there as an operation would. Processor time is that of this process, from the \
    change until 5 s after the last has been told; for the same time without a change it is shown beside it.";

/// Counts who has been told of other rights.
struct Told {
    count: Arc<AtomicUsize>,
    is_told: bool,
}

impl Handler for Told {
    fn text(&mut self, text: &[u8], _now: Instant, _out: &mut Vec<u8>) {
        if !self.is_told && text.starts_with(b"42[\"rights_updated\"") {
            self.is_told = true;
            self.count.fetch_add(1, Ordering::SeqCst);
        }
    }
}

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("roles", "A role changed under everybody", NOTE);
    let plan = Plan {
        users: setting.scaled(CONNECTIONS),
        servers: 1,
        channels: CHANNELS,
    };
    for run in setting.runs() {
        let (dir, world) = setting.seeded("roles", plan).await?;
        let mut hub = RolesHub::start(&dir)?;
        let address = hub.address;
        let (kept, count) = (Kept::default(), Arc::<AtomicUsize>::default());
        let open = |number: usize| {
            let (kept, count, world) = (&kept, Arc::clone(&count), &world);
            async move {
                let socket = Socket::sign_on(address, number, &world.tokens[number]).await?;
                let is_told = false;
                kept.keep(socket, Told { count, is_told });
                Ok(())
            }
        };
        load::open_all(plan.users, open).await?;
        let began = (Instant::now(), hub.process.cpu()?);
        hub.change(&world.tokens[0], world.servers[0])?;
        while count.load(Ordering::SeqCst) < plan.users {
            if began.0.elapsed() > PATIENCE {
                let told = count.load(Ordering::SeqCst);
                return Err(format!("only {told} of {} were told", plan.users).into());
            }
            tokio::time::sleep(LOOK).await;
        }
        let told_after = began.0.elapsed();
        tokio::time::sleep(setting.rest(REST)).await;
        let (lasted, cpu) = (began.0.elapsed(), hub.process.cpu_since(began.1)?);
        let idle = hub.process.cpu()?;
        tokio::time::sleep(lasted).await;
        let idle = hub.process.cpu_since(idle)?;
        sheet.judge(
            "processor s of the hub",
            Bar::AtMost(1.0),
            cpu.as_secs_f64(),
        );
        sheet.add(
            "the same time without a change: processor s",
            idle.as_secs_f64(),
        );
        sheet.add("s until all were told", told_after.as_secs_f64());
        let gone = plan.users - kept.connected();
        sheet.judge("cut off", Bar::AtMost(0.0), float(u64::try_from(gone)?));
        say(&format!("roles: run {run} is done"));
    }
    Ok(sheet)
}
