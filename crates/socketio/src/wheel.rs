//! One coarse timer for all connections. An entry says only when to look at a
//! link again; what is due then is the connection's knowledge. Deadlines round
//! down to a tick, so nothing lives longer than promised.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::link::Link;

/// Slots of the wheel; entries further away than a turn wait for another one.
const SLOTS: usize = 512;

pub(crate) struct Wheel {
    started: Instant,
    tick: Duration,
    turn: Mutex<Turn>,
    /// While stopping, every entry is fired on every tick.
    hurry: AtomicBool,
}

struct Turn {
    /// The last tick whose entries were fired; new ones stand behind it.
    done: u64,
    slots: Vec<Vec<Entry>>,
}

struct Entry {
    tick: u64,
    link: Weak<Link>,
}

impl Turn {
    fn insert(&mut self, entry: Entry) {
        let index = usize::try_from(entry.tick % SLOTS as u64).unwrap_or_default();
        if let Some(slot) = self.slots.get_mut(index) {
            slot.push(entry);
        }
    }

    fn take(&mut self, tick: u64) -> Vec<Entry> {
        let index = usize::try_from(tick % SLOTS as u64).unwrap_or_default();
        self.slots
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

impl Wheel {
    pub(crate) fn new(tick: Duration) -> Self {
        let slots = std::iter::repeat_with(Vec::new).take(SLOTS).collect();
        Self {
            started: Instant::now(),
            tick,
            turn: Mutex::new(Turn { done: 0, slots }),
            hurry: AtomicBool::new(false),
        }
    }

    /// Milliseconds since the server started.
    pub(crate) fn now_ms(&self) -> u64 {
        millis(self.started.elapsed())
    }

    /// The moment `after` from now, rounded down to a tick.
    pub(crate) fn deadline_ms(&self, after: Duration) -> u64 {
        let tick = millis(self.tick).max(1);
        self.now_ms().saturating_add(millis(after)) / tick * tick
    }

    /// Wakes `link`'s task at `at_ms`, a [deadline](Self::deadline_ms), but not
    /// before the next tick.
    pub(crate) fn schedule(&self, link: &Arc<Link>, at_ms: u64) {
        let mut turn = self.lock();
        let tick = (at_ms / millis(self.tick).max(1)).max(turn.done + 1);
        turn.insert(Entry {
            tick,
            link: Arc::downgrade(link),
        });
    }

    /// From now on every link is woken on every tick.
    pub(crate) fn hurry(&self) {
        self.hurry.store(true, Ordering::SeqCst);
    }

    /// Turns the wheel until `stop`.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(self.tick);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = interval.tick() => {}
            }
            for link in self.advance() {
                link.fall_due();
            }
        }
    }

    /// Moves to the present and returns who is due.
    fn advance(&self) -> Vec<Arc<Link>> {
        let now = self.now_ms() / millis(self.tick).max(1);
        let is_hurried = self.hurry.load(Ordering::SeqCst);
        let mut turn = self.lock();
        // After a stall one turn covers everything that is due.
        let first = (turn.done + 1).max(now.saturating_sub(SLOTS as u64));
        let last = if is_hurried {
            first + SLOTS as u64
        } else {
            now
        };
        let mut due = Vec::new();
        turn.done = now.max(turn.done);
        for tick in first..=last {
            let (later, ripe): (Vec<_>, Vec<_>) = turn
                .take(tick)
                .into_iter()
                .partition(|entry| entry.tick > now && !is_hurried);
            due.extend(ripe.iter().filter_map(|entry| entry.link.upgrade()));
            for entry in later {
                turn.insert(entry);
            }
        }
        due
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
