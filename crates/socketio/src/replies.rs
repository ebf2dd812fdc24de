//! Acknowledgements in the order of their events, whenever they complete.
//! Allocates nothing until one is outstanding. Knows no connection.

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
    pending: Option<Box<FuturesOrdered<Pending>>>,
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
    pub(crate) fn len(&self) -> usize {
        self.pending.as_ref().map_or(0, |pending| pending.len())
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
        self.pending
            .get_or_insert_default()
            .push_back(Pending { address, payload });
        None
    }

    /// The next packet that may leave; `None` for an event that asked for none.
    /// Pending also when nothing is outstanding.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Panicked>> {
        let Some(pending) = &mut self.pending else {
            return Poll::Pending;
        };
        match pending.poll_next_unpin(cx) {
            Poll::Ready(Some(packet)) => Poll::Ready(packet),
            Poll::Ready(None) => {
                self.pending = None;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
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
