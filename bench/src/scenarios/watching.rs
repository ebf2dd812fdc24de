//! Messages in many channels: what they cost where everybody hears all, and where everybody watches one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use battala_proto::id::ChannelId;
use tokio::time::Instant;

use super::Setting;
use super::crowd::Kept;
use crate::Result;
use crate::client::socket::{Handler, Socket, Writer};
use crate::load;
use crate::report::{Bar, Sheet};
use crate::seed::{Plan, World};
use crate::stats::{float, micros};
use crate::words::say;

const RECEIVERS: usize = 1000;
const CHANNELS: usize = 50;
/// Of those who receive, these write, each in all channels in turn.
const WRITERS: usize = 10;
const PER_SECOND: u32 = 50;
const SECONDS: u32 = 20;
/// All has arrived when nothing more has for so long: two beats of heads.
const REST: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(20);

const NOTE: &str = "1,000 receivers in one server with 50 channels; 50 messages of some characters per second, in one channel after the \
    other, for 20 s. *All*: everybody hears all channels. *Listed*: everybody watches one of them, so that 20 hear each message whole, \
    and the others are told by `heads`, once a second, how far the channels have come. *Alone*: only the ten who write are there, and they watch nothing. \
    Processor time is that of the hub, and counts what it takes to check, store and acknowledge the messages, which is nearly all \
    of it for those who are alone.";

/// What has arrived everywhere.
#[derive(Default)]
struct Tally {
    messages: AtomicU64,
    heads: AtomicU64,
}

struct Counter(Arc<Tally>);

impl Handler for Counter {
    fn text(&mut self, text: &[u8], _now: Instant, _out: &mut Vec<u8>) {
        let counted = if text.starts_with(b"42[\"message_created\"") {
            &self.0.messages
        } else if text.starts_with(b"42[\"heads\"") {
            &self.0.heads
        } else {
            return;
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// Per message.
struct Cost {
    cpu_us: f64,
    frames: f64,
    heads: f64,
}

pub(super) async fn measure(setting: &Setting) -> Result<Sheet> {
    let mut sheet = Sheet::new("watching", "Watching one of many channels", NOTE);
    for run in setting.runs() {
        let receivers = setting.scaled(RECEIVERS);
        let all = load_with(setting, receivers, |_| "\"all\"".to_owned()).await?;
        let one = |channel: ChannelId| format!("[\"{}\"]", channel.raw());
        let listed = load_with(setting, receivers, one).await?;
        let alone = load_with(setting, WRITERS, |_| "[]".to_owned()).await?;
        for (who, cost) in [("all", &all), ("listed", &listed), ("alone", &alone)] {
            sheet.add(format!("{who}: µs of processor per message"), cost.cpu_us);
            sheet.add(format!("{who}: frames per message"), cost.frames);
            sheet.add(format!("{who}: heads per message"), cost.heads);
        }
        let ratio = listed.cpu_us / all.cpu_us;
        sheet.judge("listed / all", Bar::AtMost(0.1), ratio);
        let told = (listed.cpu_us - alone.cpu_us) / (all.cpu_us - alone.cpu_us);
        sheet.add("the same, without what alone costs", told);
        say(&format!("watching: run {run} is done"));
    }
    Ok(sheet)
}

/// `watch`: what somebody asks for to whom this channel is given.
async fn load_with(
    setting: &Setting,
    receivers: usize,
    watch: impl Fn(ChannelId) -> String,
) -> Result<Cost> {
    let plan = Plan {
        users: receivers,
        servers: 1,
        channels: CHANNELS,
    };
    let (dir, world) = setting.seeded("watching", plan).await?;
    let hub = setting.start(&dir).await?;
    let (kept, tally) = (Kept::default(), Arc::new(Tally::default()));
    let open = |number: usize| {
        let watch = watch(world.channels[number % CHANNELS]);
        let token = &world.tokens[number];
        async move { Socket::sign_on_to_hear(hub.address, number, token, &watch).await }
    };
    let sockets = load::open_all(world.tokens.len(), open).await?;
    let writers: Vec<Writer> = sockets.iter().take(WRITERS).map(Socket::writer).collect();
    for socket in sockets {
        kept.keep(socket, Counter(Arc::clone(&tally)));
    }
    let cpu = hub.process.cpu()?;
    let sent = write(&writers, &world, setting.seconds(SECONDS)).await?;
    rest(&tally).await;
    let cpu = hub.process.cpu_since(cpu)?;
    if kept.connected() != plan.users {
        return Err("somebody was cut off".into());
    }
    let each = |count: &AtomicU64| float(count.load(Ordering::SeqCst)) / float(sent);
    Ok(Cost {
        cpu_us: float(micros(cpu)) / float(sent),
        frames: each(&tally.messages),
        heads: each(&tally.heads),
    })
}

/// Writes at its rate; how many messages that were.
async fn write(writers: &[Writer], world: &World, seconds: u32) -> Result<u64> {
    let messages = PER_SECOND * seconds;
    let began = Instant::now();
    for number in 0..messages {
        tokio::time::sleep_until(began + Duration::from_secs(1) * number / PER_SECOND).await;
        let at = usize::try_from(number)?;
        let channel = world.channels[at % CHANNELS].raw();
        let text = format!(
            "42{number}[\"message_send\",{{\"channel_id\":\"{channel}\",\"content\":\"said at {number}\",\"nonce\":\"w-{number}\"}}]"
        );
        let mut frame = Vec::new();
        crate::client::frames::push_text(&mut frame, &text);
        writers[at % WRITERS].send(&frame).await?;
    }
    Ok(messages.into())
}

/// Until nothing more comes.
async fn rest(tally: &Tally) {
    let read = || {
        let both = [&tally.messages, &tally.heads];
        both.map(|count| count.load(Ordering::SeqCst))
    };
    let (mut last, mut since) = (read(), Instant::now());
    while since.elapsed() < REST {
        tokio::time::sleep(LOOK).await;
        let now = read();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
}
