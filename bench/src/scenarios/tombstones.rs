//! Pages of history beside very many deleted messages.

use super::Setting;
use super::history::{self, Cost, Place, Reading};
use crate::Result;
use crate::hub::Hub;
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, Seed, World};
use crate::stats::median;
use crate::words::say;

const DELETED: usize = 200_000;
/// Messages of each channel that stand.
const STANDING: i64 = 1000;
/// Those of them that were written after the deleted ones, where there are any: half a page.
const NEWER: i64 = 25;
/// Of one second for each kind of page, by turns: whatever else the machine does falls on all.
const ROUNDS: u32 = 5;
const READERS: usize = 1;
const RATIO_MAX: f64 = 1.5;

const NOTE: &str = "`GET /api/channels/{id}/messages?limit=50`, one request at a time, in channels of 1,000 messages: one *without* \
    anything deleted, one with 200,000 deleted messages *after* them, one with 200,000 *between* the 25 newest and the \
    rest, so that the newest page reaches over all of them; *back over them* is the page before the 25 newest. What was \
    deleted was deleted one by one through the store, as the hub does it.";

/// The channels, in the order in which they stand in the world.
const WITHOUT: usize = 0;
const AFTER: usize = 1;
const BETWEEN: usize = 2;

/// One of the figures of a cost.
type Figure = fn(&Cost) -> f64;

/// What is read: a channel, whether the page before the newest messages, and what it is compared
/// with.
const READINGS: [(&str, usize, bool, Option<usize>); 5] = [
    ("newest, without", WITHOUT, false, None),
    ("newest, after", AFTER, false, Some(0)),
    ("newest, between", BETWEEN, false, Some(0)),
    ("back, without", WITHOUT, true, None),
    ("back over them", BETWEEN, true, Some(3)),
];

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("tombstones", "History beside deleted messages", NOTE);
    let deleted = i64::try_from(setting.scaled(DELETED))?;
    for run in setting.runs() {
        let dir = setting.fresh_dir("tombstones")?;
        let seed = Seed::begin(&dir).await?;
        let (world, lasts) = populate(&seed, deleted).await?;
        seed.end().await;
        let hub = setting.start(&dir).await?;
        // In the first round the database loads what it keeps.
        round(&hub, &world, lasts).await?;
        let mut rounds = Vec::new();
        for _ in 0..setting.seconds(ROUNDS) {
            rounds.push(round(&hub, &world, lasts).await?);
        }
        enter(&mut sheet, &rounds);
        say(&format!("tombstones: run {run} is done"));
    }
    Ok(sheet)
}

/// A second of each kind of page.
async fn round(hub: &Hub, world: &World, lasts: [i64; 3]) -> Result<Vec<Cost>> {
    let mut costs = Vec::new();
    for (_, channel, is_back, _) in READINGS {
        let place = if is_back {
            Place::Before(lasts[channel] - NEWER + 1)
        } else {
            Place::Newest
        };
        let channel = world.channels[channel];
        let reading = Reading { channel, place };
        costs.push(history::read(hub, world, reading, (READERS, 1)).await?);
    }
    Ok(costs)
}

/// The channels, and the id of the last message of each.
async fn populate(seed: &Seed, deleted: i64) -> Result<(World, [i64; 3])> {
    let plan = Plan {
        users: 10,
        servers: 1,
        channels: 3,
    };
    let world = seed.populate(plan).await?;
    let mut lasts = [0; 3];
    for (channel, newer) in [(WITHOUT, None), (AFTER, Some(0)), (BETWEEN, Some(NEWER))] {
        let id = world.channels[channel];
        let all = STANDING + newer.map_or(0, |_| deleted);
        let first = seed.fill(id, all).await?;
        lasts[channel] = first + all - 1;
        if let Some(newer) = newer {
            let begin = first + STANDING - newer;
            seed.delete(id, begin..begin + deleted).await?;
        }
    }
    Ok((world, lasts))
}

fn enter(sheet: &mut Sheet, rounds: &[Vec<Cost>]) {
    let middle = |reading: usize, figure: Figure| {
        let values: Vec<f64> = rounds.iter().map(|costs| figure(&costs[reading])).collect();
        median(&values)
    };
    let figures: [(&str, Figure); 2] = [
        ("µs of processor per page", |cost| cost.cpu_us),
        ("p50 ms", |cost| cost.p50_ms),
    ];
    for (reading, (what, _, _, plain)) in READINGS.into_iter().enumerate() {
        for (name, figure) in figures {
            let value = middle(reading, figure);
            sheet.add(format!("{what}: {name}"), value);
            if let Some(plain) = plain {
                let ratio = value / middle(plain, figure);
                let name = format!("{what}: {name} / without");
                sheet.judge(name, Bar::AtMost(RATIO_MAX), ratio);
            }
        }
    }
}
