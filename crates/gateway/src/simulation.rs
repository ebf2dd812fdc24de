//! The dispatcher, the directory and the rooms as they are, in a world that a seed decides.
//!
//! Nothing here takes time or runs by itself: one thing happens after the other, in an order that
//! the seed draws, and time passes when the world says so. Commits are told late, in another order,
//! never or by a COMMIT whose answer was lost; the bus overflows and inboxes are full; servers are
//! read at one moment and what was read arrives at another; connections come, are removed, signed
//! out and cut off at any point of their handshake.
//!
//! Whatever happens, no connection may hear what it must not, in no other order and not twice. When
//! the faults stop, all must come to what is stored.
//!
//! What reads the database (handshakes, recovery, the sweep) is told here after the code that does
//! so; what is stored is a model. Everything that they ask of rooms is real.

mod chance;
mod client;
mod convergence;
mod entering;
mod errand;
mod sight;
mod stored;
pub(crate) mod surroundings;
mod watching;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::room::Bounds;
use chance::Chance;
use world::{Faults, World};

/// Seeds of each kind of world in a run of all tests.
const SEEDS: u64 = 40;
/// Tries this seed alone.
const SEED_VARIABLE: &str = "BATTALA_ROOMS_SEED";
/// Tries so many seeds instead.
const SEEDS_VARIABLE: &str = "BATTALA_ROOMS_SEEDS";
/// What happens in one world before the faults stop, at most; then all of it again.
const HAPPENINGS_MAX: usize = 200;
const EPISODES: usize = 6;

#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

/// Runs a world for each seed.
fn over_seeds(faults: Faults) {
    let seeds = match variable(SEED_VARIABLE) {
        Some(seed) => seed..seed + 1,
        None => 0..variable(SEEDS_VARIABLE).unwrap_or(SEEDS),
    };
    for seed in seeds {
        let lived = catch_unwind(AssertUnwindSafe(|| live(seed, faults)));
        assert!(
            lived.is_ok(),
            "it failed: look at it by {SEED_VARIABLE}={seed}"
        );
    }
}

/// Lives through a world; what was heard in it, and in which order, as a number.
fn live(seed: u64, faults: Faults) -> u64 {
    let mut world = World::new(Chance::new(seed), faults);
    for _ in 0..EPISODES {
        world.live(HAPPENINGS_MAX);
        world.settle();
        world.check_that_all_converged();
    }
    world.end()
}

const ALL: Faults = Faults {
    is_wild: true,
    bus_max: 20,
    bounds: Bounds { inbox: 4, held: 4 },
};

/// Otherwise a seed that failed would tell nothing.
#[test]
fn whoever_lives_by_the_same_seed_hears_the_same_in_the_same_order() {
    for seed in 0..SEEDS / 2 {
        assert_eq!(live(seed, ALL), live(seed, ALL), "{seed}");
    }
    assert_ne!(live(0, ALL), live(1, ALL));
}

#[test]
fn what_commits_in_one_order_reaches_whom_it_concerns_and_nobody_else() {
    over_seeds(Faults::default());
}

#[test]
fn rooms_that_cannot_take_all_that_is_said_lose_nothing_for_good() {
    over_seeds(Faults {
        bounds: Bounds {
            inbox: 3,
            ..Bounds::default()
        },
        ..Faults::default()
    });
}

#[test]
fn a_bus_that_overflows_loses_nothing_for_good() {
    over_seeds(Faults {
        bus_max: 6,
        ..Faults::default()
    });
}

#[test]
fn a_bus_that_loses_delays_and_reorders_loses_nothing_for_good() {
    over_seeds(Faults {
        is_wild: true,
        ..Faults::default()
    });
}

#[test]
fn all_faults_together_lose_nothing_for_good() {
    over_seeds(ALL);
}
