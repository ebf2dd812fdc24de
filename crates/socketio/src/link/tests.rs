//! A link: what it keeps, gives back, and when it wakes its task.

use std::net::{IpAddr, Ipv4Addr};

use super::queue::PLACES_KEPT;
use super::*;

#[test]
fn what_a_burst_needed_is_given_back_when_it_is_over() {
    let peer = Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let config = Config {
        queue_packets_max: 1024,
        ..Config::default()
    };
    let link = Link::new(peer, Arc::new(config), None);
    let mut batch = VecDeque::new();
    for burst in [1000, 1] {
        for _ in 0..burst {
            link.push(Bytes::from_static(b"2"));
        }
        assert!(link.take(&mut batch));
        assert_eq!(batch.len(), burst);
        batch.clear();
    }
    assert!(link.lock().frames.capacity() >= 1000, "ready for the next");
    assert!(!link.take(&mut batch), "there is none");
    assert!(link.lock().frames.capacity() <= PLACES_KEPT);
}

/// A link with an open namespace and a task that sleeps; how often the task was woken.
fn asleep() -> (Link, Arc<Woken>) {
    let peer = Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let config = Config {
        drained_bytes: 8,
        ..Config::default()
    };
    let link = Link::new(peer, Arc::new(config), None);
    link.begin(0, 1);
    link.decide(0, Phase::Open, Bytes::from_static(b"40"));
    let woken = Arc::new(Woken::default());
    link.signals(&Waker::from(Arc::clone(&woken)));
    let mut batch = VecDeque::new();
    while link.take(&mut batch) {
        batch.clear();
    }
    (link, woken)
}

#[derive(Default)]
struct Woken(std::sync::atomic::AtomicUsize);

impl std::task::Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Woken {
    fn times(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn what_leaves_together_leaves_with_what_follows_or_when_it_is_let_go() {
    let frame = Bytes::from_static(b"42[]");
    let (link, woken) = asleep();
    assert!(link.emit_paced_later(0, 1, &frame));
    assert_eq!(woken.times(), 0);
    assert!(link.emit(0, 1, &frame));
    assert_eq!(woken.times(), 1);

    let (link, woken) = asleep();
    link.release();
    assert_eq!(woken.times(), 0, "nothing waits");
    assert!(link.emit_paced_later(0, 1, &frame));
    link.release();
    assert_eq!(woken.times(), 1);
}

#[test]
fn who_waits_for_the_queue_to_drain_does_not_wait_for_what_was_kept_back() {
    let (link, woken) = asleep();
    let frame = Bytes::from_static(b"42[\"large\"]");
    assert!(link.emit_paced_later(0, 1, &frame));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(link.poll_drained(&mut cx).is_pending());
    assert_eq!(woken.times(), 1);
}

#[test]
fn what_does_not_fit_ends_the_connection_at_once_though_it_leaves_later() {
    let (link, woken) = asleep();
    let frame = Bytes::from(vec![b'4'; Config::default().queue_bytes_max + 1]);
    assert!(link.emit_paced_later(0, 1, &frame));
    assert!(!link.emit_paced_later(0, 1, &frame));
    assert_eq!(woken.times(), 1);
}
