//! What the gateway does by the clock: it ends what has expired, and has rooms look after their gaps,
//! beacons and member lists, all at the same moment.

use battala_proto::Event;
use battala_proto::events::{EndReason, SessionEnded};
use tokio::time::MissedTickBehavior;

use crate::room::Due;
use crate::{ENDED, Gateway, TICK};

/// Looks between two beats of heads for those who listen to a list: a second.
const LOOKS_PER_HEADS: u32 = 2;
/// The same where they watch nothing: 5 seconds.
const LOOKS_PER_SLOW_HEADS: u32 = 10;
/// Looks between two beacons: 15 seconds.
const LOOKS_PER_BEACON: u32 = 30;
/// Looks between two searches for expired access tokens: 2 seconds.
const LOOKS_PER_EXPIRY: u32 = 4;

pub(crate) async fn run(gateway: Gateway) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks: u32 = 0;
    loop {
        ticks.tick().await;
        looks = looks.wrapping_add(1);
        for room in gateway.directory().rooms() {
            room.look(due_at(looks));
        }
        if looks.is_multiple_of(LOOKS_PER_EXPIRY) {
            end_expired(&gateway);
        }
    }
}

/// What is due in all rooms at the same moment, so that a connection is woken once for all of its own.
pub(crate) fn due_at(looks: u32) -> Due {
    if looks.is_multiple_of(LOOKS_PER_BEACON) {
        Due::Beacon
    } else if looks.is_multiple_of(LOOKS_PER_SLOW_HEADS) {
        Due::SlowHeads
    } else if looks.is_multiple_of(LOOKS_PER_HEADS) {
        Due::Heads
    } else {
        Due::Look
    }
}

fn end_expired(gateway: &Gateway) {
    let hub = gateway.hub();
    let grace_ms = i64::from(hub.config().limits.token_grace_ms);
    let expired_before = hub.passed() - grace_ms;
    let ended = Event::SessionEnded(SessionEnded {
        reason: EndReason::Expired,
    });
    for connection in gateway.directory().all() {
        if connection.expires_passed() < expired_before {
            connection.emit(&ended);
            connection.socket.close(ENDED);
        }
    }
}
