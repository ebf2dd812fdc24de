//! What the dispatcher and the rooms see of a world: nothing of it takes time by itself.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use battala_hub::presence::Presence;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::doubts::Doubts;
use crate::host::{Effect, Host};
use crate::room::Bounds;
use crate::untaken::Untaken;

pub(crate) struct Surroundings {
    directory: Directory,
    doubts: Doubts,
    presence: Presence,
    untaken: Untaken,
    begun: Instant,
    passed: Cell<Duration>,
    /// By how much the clock on the wall has been set.
    stepped_ms: Cell<i64>,
    effects: RefCell<Vec<Effect>>,
}

impl Surroundings {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            directory: Directory::new(bounds),
            doubts: Doubts::default(),
            presence: Presence::default(),
            untaken: Untaken::default(),
            begun: Instant::now(),
            passed: Cell::default(),
            stepped_ms: Cell::default(),
            effects: RefCell::default(),
        }
    }

    /// Time passes.
    pub(crate) fn pass(&self, time: Duration) {
        self.passed.set(self.passed.get() + time);
    }

    /// The clock on the wall is set by this much.
    pub(crate) fn set_wall(&self, by_ms: i64) {
        self.stepped_ms.set(self.stepped_ms.get() + by_ms);
    }

    /// What was begun since it was last asked for.
    pub(crate) fn take_effects(&self) -> Vec<Effect> {
        self.effects.take()
    }
}

impl Host for Surroundings {
    fn directory(&self) -> &Directory {
        &self.directory
    }

    fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    fn presence(&self) -> &Presence {
        &self.presence
    }

    fn untaken(&self) -> &Untaken {
        &self.untaken
    }

    fn now(&self) -> Instant {
        self.begun + self.passed.get()
    }

    fn wall(&self) -> i64 {
        i64::try_from(self.passed.get().as_millis()).unwrap() + self.stepped_ms.get()
    }

    fn start(&self, effect: Effect) {
        self.effects.borrow_mut().push(effect);
    }
}
