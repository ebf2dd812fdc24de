//! Sign-ins of others while one account keeps changing its password.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Setting, accounts};
use crate::Result;
use crate::client::first_of;
use crate::hub::RAISED;
use crate::report::{Bar, Sheet};
use crate::seed::Plan;
use crate::stats::{float, highest, median};
use crate::words::say;

/// Those who sign in, each from an address of its own.
const OTHERS: usize = 8;
const SIGN_INS: usize = 24;
/// Between two sign-ins, at most: about what one takes alone. Who comes at the moment at which the one
/// before went would always meet a hash that has just begun, and wait for the whole of it.
const PAUSE_MAX: Duration = Duration::from_millis(300);
/// The part of it that each pause is longer than the one before, so that they are spread evenly: the
/// golden ratio's.
const PAUSE_STEP: f64 = 0.618_034;
/// The groups of addresses of the one who changes, and of the first of the others.
const CHANGER: usize = 1;
const FIRST_OTHER: usize = 2;
/// The first change must have been made by then.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(10);

const RATIO_MAX: f64 = 2.0;
const LONGEST_MAX_MS: f64 = 1500.0;

const NOTE: &str = "Eight accounts sign in one after the other, each from an address of its own over a new connection and up to 300 ms \
    after the one before, first undisturbed, then while another account changes its password 34 times in parallel, round after round, each change with \
    the password that is in force. The account's bound of ten changes is raised, so that what holds it back is its place among those who \
    hash. Hashes are as strong as shipped. *One worker* hashes one password at a time; as shipped, two cores have two workers.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("passwords", "Sign-ins beside changes of a password", NOTE);
    let one: &[_] = &[("PASSWORD_WORKERS", "1")];
    for run in setting.runs() {
        for (what, workers) in [("one worker", one), ("as shipped", &[])] {
            let limits: Vec<_> = RAISED
                .iter()
                .chain(&accounts::CHANGES_RAISED)
                .chain(workers)
                .copied()
                .collect();
            let (alone, beside) = sign_ins(setting, &limits).await?;
            let bars = match workers {
                [] => [Bar::None, Bar::None],
                _ => [Bar::AtMost(RATIO_MAX), Bar::AtMost(LONGEST_MAX_MS)],
            };
            let (p50_alone, p50_beside) = (median(&alone), median(&beside));
            sheet.add(format!("{what}: undisturbed, p50 ms"), p50_alone);
            sheet.add(format!("{what}: undisturbed, longest ms"), highest(&alone));
            sheet.add(format!("{what}: beside changes, p50 ms"), p50_beside);
            let what_ratio = format!("{what}: beside changes / undisturbed, p50");
            sheet.judge(what_ratio, bars[0], p50_beside / p50_alone);
            let what_longest = format!("{what}: beside changes, longest ms");
            sheet.judge(what_longest, bars[1], highest(&beside));
        }
        say(&format!("passwords: run {run} is done"));
    }
    Ok(sheet)
}

/// Milliseconds of sign-ins, undisturbed and beside the changes.
async fn sign_ins(setting: &Setting, limits: &[(&str, &str)]) -> Result<(Vec<f64>, Vec<f64>)> {
    let plan = Plan {
        users: 1,
        servers: 1,
        channels: 1,
    };
    let (dir, _) = setting.seeded("passwords", plan).await?;
    let hub = setting.start_with(&dir, limits).await?;
    for other in 0..OTHERS {
        accounts::register(hub.address, first_of(FIRST_OTHER + other), &name(other)).await?;
    }
    let token = accounts::register(hub.address, first_of(CHANGER), "changer").await?;
    let count = setting.scaled(SIGN_INS);
    let alone = times(hub.address, count).await?;
    let changed = Arc::new(AtomicU64::new(0));
    let mut changes = JoinSet::new();
    changes.spawn(accounts::change_in_rounds(
        hub.address,
        first_of(CHANGER),
        token,
        Arc::clone(&changed),
    ));
    wait_for_a_change(&changed).await?;
    let beside = times(hub.address, count).await?;
    match changes.try_join_next() {
        None => Ok((alone, beside)),
        Some(ended) => Err(format!("the changes ended: {ended:?}").into()),
    }
}

async fn times(address: SocketAddr, count: usize) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for number in 0..count {
        let part = (float(u64::try_from(number)?) * PAUSE_STEP).fract();
        tokio::time::sleep(PAUSE_MAX.mul_f64(part)).await;
        let other = number % OTHERS;
        let client = first_of(FIRST_OTHER + other);
        let took = accounts::sign_in(address, client, &name(other)).await?;
        times.push(took.as_secs_f64() * 1000.0);
    }
    Ok(times)
}

async fn wait_for_a_change(changed: &AtomicU64) -> Result<()> {
    let began = Instant::now();
    while changed.load(Ordering::SeqCst) == 0 {
        if began.elapsed() > PATIENCE {
            return Err("no password was changed".into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

fn name(other: usize) -> String {
    format!("other{other}")
}
