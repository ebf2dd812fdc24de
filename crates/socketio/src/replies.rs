//! Acknowledgements in the order of their events, whenever they complete.
//! Allocates nothing until one is outstanding. Knows no connection.
//!
//! What was begun is driven to its end whether or not its answer can leave: a future that nobody
//! polls keeps what it holds, a database's reader for one, from everybody else.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;

use crate::app::Reply;
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
}

/// Yields the packet to send, if any.
struct Pending {
    address: Option<Address>,
    payload: Outcome,
}

enum Outcome {
    Now(Payload),
    Later(BoxFuture<'static, Payload>),
}

impl Replies {
    /// Answers that are still to come, or to leave.
    pub(crate) fn len(&self) -> usize {
        let outstanding = self.outstanding.as_ref();
        outstanding.map_or(0, |it| it.pending.len() + it.done.len())
    }

    /// Adds the reply to an event. Returns the packet if it may leave at once.
    pub(crate) fn add(&mut self, address: Option<Address>, reply: Reply) -> Option<Bytes> {
        let payload = match reply {
            Reply::None => return None,
            Reply::Now(payload) if self.len() == 0 => {
                return address.map(|to| frame::ack(&to.namespace, to.id, &payload));
            }
            Reply::Now(payload) => Outcome::Now(payload),
            Reply::Later(future) => Outcome::Later(future),
        };
        self.outstanding
            .get_or_insert_default()
            .pending
            .push_back(Pending { address, payload });
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
        let later;
        let payload = match &mut this.payload {
            Outcome::Now(payload) => &*payload,
            Outcome::Later(future) => {
                let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
                match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(payload)) => later = payload,
                    Err(_) => return Poll::Ready(Err(Panicked)),
                }
                &later
            }
        };
        let packet = this
            .address
            .as_ref()
            .map(|to| frame::ack(&to.namespace, to.id, payload));
        Poll::Ready(Ok(packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use futures_util::task::noop_waker_ref;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
            assert_eq!(replies.add(address, Reply::Later(answer.boxed())), None);
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
}
