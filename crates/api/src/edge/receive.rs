//! Bodies of requests: read before anything is held for their request, under a deadline of their
//! own, so that a slow one costs nobody but its sender. Knows no operation.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use battala_hub::shares::{Caller, Portion};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::bodies::{Arrival, Bodies};

/// Nothing of a body comes for so long, at most.
const SILENCE: Duration = Duration::from_secs(5);
/// A body has so long, and more for what has come of it.
const GRACE: Duration = Duration::from_secs(5);
/// The slowest that a body may come in the long run: 1,000 bytes in a second. A telephone at the
/// edge of its network has several times that.
const PACE: Duration = Duration::from_millis(1);
/// What a body takes besides its bytes: its connection, its head, its task.
const OVERHEAD_BYTES: usize = 4 * 1024;

/// Why a body was not received. Said by the operation, after it has judged who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It has more than this.
    TooLarge(usize),
    /// The connection ended, or it was no HTTP.
    EndedEarly,
}

/// Why a request is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreceived {
    /// The body came too slowly, or for so long that it gave way to another.
    TooSlow,
    /// The memory for bodies, or the caller's part of it, is taken by such as have come.
    Full,
}

/// Reads the body of a request, so much of it at most. What it takes is given back with the portion, when the request is
/// done with.
pub(super) async fn receive(
    bodies: &Arc<Bodies>,
    caller: Caller,
    bytes_max: usize,
    request: Request,
) -> Result<(Request, Option<Portion>), Unreceived> {
    let (mut parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok((Request::from_parts(parts, body), None));
    }
    let mut arrival = bodies
        .begin(caller, OVERHEAD_BYTES)
        .ok_or(Unreceived::Full)?;
    // What says itself that it is too large is not read at all.
    let read = if body.size_hint().lower() > bytes_max as u64 {
        Ok(Err(BodyFault::TooLarge(bytes_max)))
    } else {
        read(body.into_data_stream(), bytes_max, &mut arrival).await
    };
    let body = match read? {
        Ok(bytes) => Body::from(bytes),
        Err(fault) => {
            parts.extensions.insert(fault);
            unreadable()
        }
    };
    Ok((Request::from_parts(parts, body), arrival.finish()))
}

async fn read(
    mut stream: BodyDataStream,
    bytes_max: usize,
    arrival: &mut Arrival,
) -> Result<Result<Bytes, BodyFault>, Unreceived> {
    let began = Instant::now();
    let mut heard = began;
    let mut whole = Bytes::new();
    let mut parts = Vec::new();
    let mut received: usize = 0;
    loop {
        let earned = PACE.saturating_mul(u32::try_from(received).unwrap_or(u32::MAX));
        let deadline = (began + GRACE + earned).min(heard + SILENCE);
        let next = tokio::select! {
            next = tokio::time::timeout_at(deadline, stream.next()) => next.ok(),
            () = arrival.has_to_give_way() => None,
        };
        let chunk = match next.ok_or(Unreceived::TooSlow)? {
            None => break,
            Some(Err(_)) => return Ok(Err(BodyFault::EndedEarly)),
            Some(Ok(chunk)) => chunk,
        };
        heard = Instant::now();
        received += chunk.len();
        if received > bytes_max {
            return Ok(Err(BodyFault::TooLarge(bytes_max)));
        }
        arrival.grow(chunk.len())?;
        // As a rule it comes in one piece, which is handed on as it is.
        if received == chunk.len() {
            whole = chunk;
        } else {
            if parts.is_empty() {
                parts.extend_from_slice(&std::mem::take(&mut whole));
            }
            parts.extend_from_slice(&chunk);
        }
    }
    Ok(Ok(if parts.is_empty() {
        whole
    } else {
        parts.into()
    }))
}

/// A body that fails whoever reads it all the same.
fn unreadable() -> Body {
    let error = std::io::Error::from(std::io::ErrorKind::InvalidData);
    Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>(error)]))
}

#[cfg(test)]
mod tests {
    use super::super::caller;
    use super::*;
    use battala_proto::limits::BODY_BYTES_MAX;
    use futures_util::stream;

    /// A body of so many chunks of this size, one each `pause`.
    fn body(chunks: usize, size: usize, pause: Duration) -> Body {
        let chunks = stream::iter(0..chunks).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; size]))
        });
        Body::from_stream(chunks)
    }

    async fn receive(body: Body) -> Result<(Request, Option<Portion>), Unreceived> {
        let request = Request::new(body);
        let caller = caller::of(request.extensions());
        let bodies = Bodies::new(16 * BODY_BYTES_MAX);
        super::receive(&bodies, caller, BODY_BYTES_MAX, request).await
    }

    async fn length(received: Result<(Request, Option<Portion>), Unreceived>) -> usize {
        let (request, _portion) = received.unwrap();
        assert_eq!(request.extensions().get::<BodyFault>(), None);
        let bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await;
        bytes.unwrap().len()
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_handed_on_in_one_piece() {
        let (request, portion) = receive(Body::empty()).await.unwrap();
        assert!(request.body().is_end_stream() && portion.is_none());
        assert_eq!(length(receive(Body::from("{}")).await).await, 2);
        let chunks = body(64, 1024, Duration::ZERO);
        assert_eq!(length(receive(chunks).await).await, 64 * 1024);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_waited_for_as_long_as_it_keeps_pace() {
        let honest = body(60, 1024, Duration::from_secs(1));
        assert_eq!(length(receive(honest).await).await, 60 * 1024);
        for stalled in [
            body(1, 1, Duration::from_secs(6)),
            body(60, 500, Duration::from_secs(1)),
        ] {
            let refused = receive(stalled).await.map(|_| ());
            assert_eq!(refused, Err(Unreceived::TooSlow));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_fast_does_not_buy_time_to_say_nothing() {
        let much = stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 60 * 1024]))]);
        let began = Instant::now();
        let stalled = Body::from_stream(much.chain(stream::pending()));
        let refused = receive(stalled).await.map(|_| ());
        assert_eq!(refused, Err(Unreceived::TooSlow));
        assert_eq!(began.elapsed(), SILENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_gives_way_to_another_of_its_sender() {
        let bodies = Bodies::new(8 * BODY_BYTES_MAX);
        let ask = async |body| {
            let request = Request::new(body);
            let caller = caller::of(request.extensions());
            let received = super::receive(&bodies, caller, BODY_BYTES_MAX, request).await;
            received.map(|_| ())
        };
        let slow = ask(body(50, 1024, Duration::from_secs(1)));
        let next = async {
            tokio::time::sleep(Duration::from_secs(40)).await;
            ask(Body::from(vec![0; 32 * 1024])).await
        };
        assert_eq!(tokio::join!(slow, next), (Err(Unreceived::TooSlow), Ok(())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_large_is_not_read_to_its_end() {
        let endless =
            stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 4096])));
        for body in [
            Body::from_stream(endless),
            Body::from(vec![0; BODY_BYTES_MAX + 1]),
        ] {
            let (request, _) = receive(body).await.unwrap();
            let fault = request.extensions().get::<BodyFault>().copied();
            assert_eq!(fault, Some(BodyFault::TooLarge(BODY_BYTES_MAX)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_beyond_the_share_of_their_sender_are_refused() {
        let bodies = Bodies::new(8 * (OVERHEAD_BYTES + 100));
        let ask = async |size| {
            let request = Request::new(Body::from(vec![0; size]));
            let caller = caller::of(request.extensions());
            super::receive(&bodies, caller, BODY_BYTES_MAX, request).await
        };
        let first = ask(100).await.unwrap();
        assert_eq!(ask(1).await.map(|_| ()), Err(Unreceived::Full));
        drop(first);
        assert!(ask(1).await.is_ok());
    }
}
