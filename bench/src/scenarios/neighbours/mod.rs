//! An ordinary member, alone and beside one who takes all that it can get.

mod hostile;
mod member;

use std::time::Duration;

use tokio::time::Instant;

use super::Setting;
use super::crowd::{Kept, Quiet};
use crate::Result;
use crate::client::first_of;
use crate::client::socket::Socket;
use crate::hub::Hub;
use crate::process::Process;
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, Seed, World};
use crate::stats::float;
use crate::words::say;

use hostile::Neighbour;
use member::{Lived, Member};

/// Others of the same server, who are connected and do nothing.
const LISTENERS: usize = 40;
const CHANNELS: usize = 100;
/// Users of the world: the two ordinary members, the hostile one, and then the listeners.
const SENDER: usize = 1;
const RECEIVER: usize = 2;
const HOSTILE: usize = 3;
const FIRST_LISTENER: usize = 4;
/// Groups of addresses.
const HOSTILE_ADDRESS: usize = 1;
const MEMBER_ADDRESS: usize = 2;
const NEWCOMER_ADDRESS: usize = 3;
const FIRST_LISTENER_ADDRESS: usize = 4;

/// Messages of the channel that is written to and read.
const MESSAGES: i64 = 1000;
/// Servers of the hostile account beside the common one: as many as it can have.
const LARGE_SERVERS: usize = 99;
const SECONDS: u32 = 8;
/// From when the neighbour has begun to when the member is looked at.
const SETTLING: Duration = Duration::from_secs(1);
/// After the neighbour has gone.
const REST_SECONDS: u32 = 5;
/// Between two looks at the hub's memory.
const LOOK: Duration = Duration::from_millis(50);

const RATIO_MAX: f64 = 2.0;
const LONGEST_MAX_MS: f64 = 1000.0;
const MORE_MAX_MB: f64 = 50.0;

/// What the ordinary member does is more than a person does. Everything else is as shipped.
const LIMITS: [(&str, &str); 4] = [
    ("SEND_BURST", "1000000"),
    ("SEND_PER_MINUTE", "60000000"),
    ("READ_BURST", "1000000"),
    ("READ_PER_MINUTE", "60000000"),
];

const NOTE: &str = "An ordinary member of a server with 100 channels and 42 connected members, 40 times a second: sends a message \
    over HTTP, waits until another member's socket has it as an event, and reads the newest page; ten times a second somebody without an \
    account asks something over a new connection. First undisturbed, then in the same hub beside one neighbour, who has one address: \
    *slow bodies* are 480 requests whose bodies do not come, begun again when they are given up; *slow readers* are 1,000 without an account who ask for the \
    largest file and take none of it; *connections* come 320 times a second, and 2,000 are kept; *typing* is said 1,000 times a second in \
    100 channels; *hashes* are 34 parallel changes of one password, round after round, and eight wrong sign-ins under way; the *structure* is that of 100 servers, 99 of them as large as \
    can be, taken by four connections that come again and again. Limits are as shipped but for those of the member's sends and reads and of the changes. \
    Ratios are those of p50. MB are 10⁶ bytes; *afterwards* is five seconds after the neighbour has gone. The load shares the cores with the hub.";

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("neighbours", "Hostile neighbours", NOTE);
    for run in setting.runs() {
        for neighbour in Neighbour::ALL {
            beside(setting, &mut sheet, neighbour).await?;
        }
        say(&format!("neighbours: run {run} is done"));
    }
    Ok(sheet)
}

/// Resident bytes of the hub.
struct Residents {
    before: u64,
    height: u64,
    after: u64,
}

async fn beside(setting: &Setting, sheet: &mut Sheet, neighbour: Neighbour) -> Result<()> {
    let (hub, world) = start(setting, neighbour).await?;
    let seconds = Duration::from_secs(setting.seconds(SECONDS).into());
    let listeners = listen(&hub, &world).await?;
    let mut member = Member::open(&hub, &world).await?;
    // What is loaded once is there before.
    member.live(seconds / 4).await;
    let undisturbed = member.live(seconds).await;
    let before = hub.process.memory()?.resident;
    let hostile = hostile::begin(neighbour, setting, &hub, &world).await?;
    let mut height = 0;
    let disturbed = tokio::select! {
        disturbed = async {
            tokio::time::sleep(SETTLING).await;
            member.live(seconds).await
        } => disturbed,
        failed = watch(&hub.process, &mut height) => return Err(failed),
    };
    let did = hostile.end();
    let rest = Duration::from_secs(setting.seconds(REST_SECONDS).into());
    tokio::time::sleep_until(Instant::now() + rest).await;
    let after = hub.process.memory()?.resident;
    let residents = Residents {
        before,
        height,
        after,
    };
    if listeners.connected() != LISTENERS {
        return Err("a listener was cut".into());
    }
    say(&format!("neighbours: {}: {did}", neighbour.name()));
    enter(sheet, neighbour, (&undisturbed, &disturbed), &residents);
    Ok(())
}

async fn start(setting: &Setting, neighbour: Neighbour) -> Result<(Hub, World)> {
    let plan = Plan {
        users: FIRST_LISTENER + LISTENERS,
        servers: 1,
        channels: CHANNELS,
    };
    let dir = setting.fresh_dir("neighbours")?;
    let seed = Seed::begin(&dir).await?;
    let world = seed.populate(plan).await?;
    seed.fill(world.channels[0], MESSAGES).await?;
    if neighbour == Neighbour::Structure {
        let servers = setting.scaled(LARGE_SERVERS);
        seed.enlarge(world.users[HOSTILE], servers).await?;
    }
    seed.end().await;
    let limits: Vec<_> = LIMITS.into_iter().chain(neighbour.limits()).collect();
    Ok((setting.start_with(&dir, &limits).await?, world))
}

/// Connects the listeners, one after the other and each from an address of its own.
async fn listen(hub: &Hub, world: &World) -> Result<Kept> {
    let kept = Kept::default();
    for number in 0..LISTENERS {
        let client = first_of(FIRST_LISTENER_ADDRESS + number);
        let token = &world.tokens[FIRST_LISTENER + number];
        kept.keep(Socket::sign_on(hub.address, client, token).await?, Quiet);
    }
    Ok(kept)
}

/// Keeps the highest that the process has resident; ends only with an error.
async fn watch(process: &Process, height: &mut u64) -> Box<dyn std::error::Error + Send + Sync> {
    loop {
        match process.memory() {
            Ok(memory) => *height = memory.resident.max(*height),
            Err(error) => return error,
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn enter(
    sheet: &mut Sheet,
    neighbour: Neighbour,
    (undisturbed, disturbed): (&Lived, &Lived),
    residents: &Residents,
) {
    let name = neighbour.name();
    for ((what, alone), (_, beside)) in undisturbed.p50s().into_iter().zip(disturbed.p50s()) {
        sheet.add(format!("undisturbed: {what}, p50 ms"), alone);
        sheet.add(format!("{name}: {what}, p50 ms"), beside);
        let bar = Bar::AtMost(RATIO_MAX);
        sheet.judge(format!("{name}: {what} / undisturbed"), bar, beside / alone);
    }
    let longest = disturbed.longest_ms();
    let bar = Bar::AtMost(LONGEST_MAX_MS);
    sheet.judge(format!("{name}: longest of all, ms"), bar, longest);
    let failed = float(disturbed.failed);
    let bar = Bar::AtMost(0.0);
    sheet.judge(format!("{name}: refused or lost"), bar, failed);
    let megabytes = |bytes: u64| float(bytes) / 1e6;
    let before = megabytes(residents.before);
    sheet.add(format!("{name}: before, MB resident"), before);
    let height = format!("{name}: at the height, MB more");
    sheet.judge(
        height,
        neighbour.height_bar(MORE_MAX_MB),
        megabytes(residents.height) - before,
    );
    sheet.judge(
        format!("{name}: afterwards, MB more"),
        Bar::AtMost(MORE_MAX_MB),
        megabytes(residents.after) - before,
    );
}
