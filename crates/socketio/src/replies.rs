//! Acknowledgements in the order of their events, whenever they complete.
//! Allocates nothing until one is outstanding. Knows no connection.
//!
//! What was begun is driven to its end whether or not its answer can leave: a future that nobody
//! polls keeps what it holds, a database's reader for one, from everybody else.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;

use crate::frame::{self, Payload};

/// A handler of the application panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Where an acknowledgement goes.
pub(crate) struct Address {
    pub(crate) namespace: Arc<str>,
    pub(crate) id: u64,
}

#[derive(Default)]
pub(crate) struct Replies {
    outstanding: Option<Box<Outstanding>>,
}

#[derive(Default)]
struct Outstanding {
    pending: FuturesOrdered<Pending>,
    /// Those before all pending ones. `None` for an event that asked for no acknowledgement.
    done: VecDeque<Option<Bytes>>,
    /// Of the answers that are there and cannot leave yet.
    bytes: Arc<AtomicUsize>,
}

/// Yields the packet to send, if any.
struct Pending {
    address: Option<Address>,
    payload: Outcome,
    bytes: Arc<AtomicUsize>,
}

/// What answers an event.
pub(crate) enum Outcome {
    Now(Payload),
    Later(BoxFuture<'static, Payload>),
    /// It has been handed out.
    Gone,
}

impl Replies {
    /// Answers that are still to come, or to leave.
    pub(crate) fn len(&self) -> usize {
        let outstanding = self.outstanding.as_ref();
        outstanding.map_or(0, |it| it.pending.len() + it.done.len())
    }

    /// The size of those of them that are there already.
    pub(crate) fn bytes(&self) -> usize {
        let outstanding = self.outstanding.as_ref();
        outstanding.map_or(0, |it| it.bytes.load(Ordering::Relaxed))
    }

    /// Adds the answer to an event. Returns the packet if it may leave at once.
    pub(crate) fn add(&mut self, address: Option<Address>, payload: Outcome) -> Option<Bytes> {
        let payload = match payload {
            Outcome::Now(payload) if self.len() == 0 => {
                return address.map(|to| frame::ack(&to.namespace, to.id, payload));
            }
            payload => payload,
        };
        let outstanding = self.outstanding.get_or_insert_default();
        if let Outcome::Now(payload) = &payload {
            outstanding
                .bytes
                .fetch_add(payload.size_bytes(), Ordering::Relaxed);
        }
        let bytes = Arc::clone(&outstanding.bytes);
        outstanding.pending.push_back(Pending {
            address,
            payload,
            bytes,
        });
        None
    }

    /// Advances everything that was begun.
    pub(crate) fn advance(&mut self, cx: &mut Context<'_>) -> Result<(), Panicked> {
        let Some(outstanding) = &mut self.outstanding else {
            return Ok(());
        };
        while let Poll::Ready(Some(packet)) = outstanding.pending.poll_next_unpin(cx) {
            outstanding.done.push_back(packet?);
        }
        Ok(())
    }

    /// The next packet that may leave.
    pub(crate) fn next(&mut self) -> Option<Bytes> {
        let outstanding = self.outstanding.as_mut()?;
        let done = &mut outstanding.done;
        let packet = std::iter::from_fn(|| done.pop_front()).flatten().next();
        let left = packet.as_ref().map_or(0, Bytes::len);
        outstanding.bytes.fetch_sub(left, Ordering::Relaxed);
        if done.is_empty() && outstanding.pending.is_empty() {
            self.outstanding = None;
        }
        packet
    }
}

impl Future for Pending {
    type Output = Result<Option<Bytes>, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let payload = match std::mem::replace(&mut this.payload, Outcome::Gone) {
            Outcome::Now(payload) => {
                this.bytes
                    .fetch_sub(payload.size_bytes(), Ordering::Relaxed);
                payload
            }
            Outcome::Later(mut future) => {
                let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
                match polled {
                    Ok(Poll::Pending) => {
                        this.payload = Outcome::Later(future);
                        return Poll::Pending;
                    }
                    Ok(Poll::Ready(payload)) => payload,
                    Err(_) => return Poll::Ready(Err(Panicked)),
                }
            }
            Outcome::Gone => return Poll::Ready(Ok(None)),
        };
        let packet = this
            .address
            .as_ref()
            .map(|to| frame::ack(&to.namespace, to.id, payload));
        let there = packet.as_ref().map_or(0, Bytes::len);
        this.bytes.fetch_add(there, Ordering::Relaxed);
        Poll::Ready(Ok(packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use futures_util::task::noop_waker_ref;

    fn to(id: u64) -> Address {
        let namespace = Arc::from("/");
        Address { namespace, id }
    }

    #[test]
    fn what_was_begun_is_driven_to_its_end_though_no_answer_can_leave() {
        let (mut replies, ended) = (Replies::default(), Arc::new(AtomicUsize::new(0)));
        for id in 0..4 {
            let ended = Arc::clone(&ended);
            let answer = async move {
                // Holds something over a point at which it waits.
                tokio::task::yield_now().await;
                ended.fetch_add(1, Ordering::Relaxed);
                Payload::from_raw_json("1")
            };
            // One of them wants no acknowledgement.
            let address = (id != 2).then(|| to(id));
            assert_eq!(replies.add(address, Outcome::Later(answer.boxed())), None);
        }
        let mut cx = Context::from_waker(noop_waker_ref());
        for _ in 0..3 {
            replies.advance(&mut cx).unwrap();
        }
        assert_eq!((ended.load(Ordering::Relaxed), replies.len()), (4, 4));
        let left: Vec<Bytes> = std::iter::from_fn(|| replies.next()).collect();
        assert_eq!(left, ["430[1]", "431[1]", "433[1]"]);
        assert!(replies.outstanding.is_none(), "nothing is kept");
    }

    #[test]
    fn what_stands_behind_an_answer_that_is_to_come_is_counted_until_it_leaves() {
        let mut replies = Replies::default();
        let (done, later) = tokio::sync::oneshot::channel();
        let later = later.map(|it| it.unwrap_or_else(|_| Payload::from_raw_json("0")));
        replies.add(Some(to(0)), Outcome::Later(later.boxed()));
        let large = format!("\"{}\"", "x".repeat(1000));
        for id in 1..=10 {
            let counted = replies.bytes();
            let outcome = match id % 2 {
                0 => Outcome::Now(Payload::from_raw_json(&large)),
                _ => Outcome::Later(std::future::ready(Payload::from_raw_json(&large)).boxed()),
            };
            replies.add(Some(to(id)), outcome);
            let mut cx = Context::from_waker(noop_waker_ref());
            replies.advance(&mut cx).unwrap();
            assert!(replies.bytes() > counted + 1000, "{id}");
        }
        assert!(done.send(Payload::from_raw_json("1")).is_ok());
        let mut cx = Context::from_waker(noop_waker_ref());
        replies.advance(&mut cx).unwrap();
        let left: usize = std::iter::from_fn(|| replies.next())
            .map(|it| it.len())
            .sum();
        assert!(left > 10_000 && replies.bytes() == 0, "{left}");
    }
}
