//! What the gateway does by the clock: beacons, member lists, gaps, expired tokens.

use battala_proto::Event;
use battala_proto::events::{EndReason, SessionEnded};
use tokio::time::{Instant, MissedTickBehavior};

use crate::dispatch::encode_heads;
use crate::room::Room;
use crate::{ENDED, Gateway, TICK, recovery};

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
        let is_beacon = looks.is_multiple_of(LOOKS_PER_BEACON);
        for room in gateway.directory().rooms() {
            // Whoever reads it anew already will have closed the gap, or it shows again.
            if room.order().has_gap() && room.reload().is_idle() {
                recovery::reload(&gateway, &room);
            }
            room.member_list().publish(&gateway, &room, Instant::now());
            if is_beacon {
                send_heads(&room);
            }
        }
        if looks.is_multiple_of(LOOKS_PER_EXPIRY) {
            end_expired(&gateway);
        }
    }
}

/// Catches a lost last event: nothing else would follow that shows the gap.
fn send_heads(room: &Room) {
    let channels = room.order().take_heads();
    if let Some(frame) = encode_heads(room, channels) {
        room.broadcast(&frame);
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
