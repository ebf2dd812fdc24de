//! The body of a request on its way: says to the census when it begins and when it is over. Knows
//! nothing of what is in it, and bounds nothing.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::census::Desk;

/// A body that is being watched.
pub(super) struct Coming {
    body: Incoming,
    desk: Desk,
    is_over: bool,
}

/// Watches the body of a request, if it has one.
pub(super) fn watch(request: Request<Incoming>, desk: &Desk) -> Request<Coming> {
    request.map(|body| {
        let is_over = body.is_end_stream();
        if !is_over {
            desk.body_comes();
        }
        Coming {
            body,
            desk: desk.clone(),
            is_over,
        }
    })
}

impl Coming {
    fn end(&mut self) {
        if !self.is_over {
            self.is_over = true;
            self.desk.body_is_over();
        }
    }
}

impl Body for Coming {
    type Data = <Incoming as Body>::Data;
    type Error = <Incoming as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let is_last = matches!(polled, Poll::Ready(None | Some(Err(_))));
        if is_last || self.body.is_end_stream() {
            self.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.end();
    }
}
