//! Engine.IO payloads: the bodies of polling requests, and the packets in them.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::config::Config;
use crate::limits::Peer;
use crate::link::Link;
use crate::packet::{Packet, SEPARATOR};
use crate::polling::{self, Inbox};

use super::packets;

/// Reads the body of a POST: its packets are all of it, in order; the request is answered when
/// the last one was taken and not before; and what is sent back in one body comes apart again.
pub fn payloads(data: &[u8]) {
    // Another body is refused before it gets here.
    let Ok(body) = std::str::from_utf8(data) else {
        return;
    };
    let link = link();
    let mut inbox = Inbox::default();
    let mut posting = pin!(polling::write(&link, body.to_owned()));
    let mut taken = Vec::new();
    assert!(poll_once(posting.as_mut()).is_pending());
    while let Poll::Ready(packet) = inbox.poll_packet(&link) {
        assert!(
            poll_once(posting.as_mut()).is_pending(),
            "answered before its end"
        );
        assert!(taken.len() <= body.len(), "more packets than octets");
        check(&packet);
        taken.push(packet);
    }
    assert_eq!(poll_once(posting), Poll::Ready(Ok(())));
    assert_eq!(taken.join(&SEPARATOR.to_string()), body);
    send_back(&link, taken);
}

fn check(text: &str) {
    let is_from_a_client = text.starts_with('4') || ["1", "3", "6"].contains(&text);
    let packet = Packet::parse(text);
    assert_eq!(packet.is_some(), is_from_a_client, "{text}");
    if let Some(Packet::Message(message)) = packet {
        assert_eq!(text.strip_prefix('4'), Some(message));
        packets::check(message);
    }
}

/// What this server sends is never empty, and never more than its queue takes.
fn send_back(link: &Arc<Link>, packets: Vec<String>) {
    let packets: Vec<String> = packets
        .into_iter()
        .filter(|packet| !packet.is_empty())
        .collect();
    let bytes: usize = packets.iter().map(String::len).sum();
    let config = Config::default();
    let fits = packets.len() <= config.queue_packets_max && bytes <= config.queue_bytes_max;
    if packets.is_empty() || !fits {
        return;
    }
    for packet in &packets {
        link.push(packet.clone().into());
    }
    let Poll::Ready(Ok(body)) = poll_once(pin!(polling::read(link, None))) else {
        panic!("there is something to read");
    };
    let separated: Vec<&str> = body.split(SEPARATOR).collect();
    assert_eq!(separated, packets);
}

fn link() -> Arc<Link> {
    let peer = Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let polling = Some(Box::default());
    Arc::new(Link::new(peer, Arc::new(Config::default()), polling))
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
