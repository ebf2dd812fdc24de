//! What all callers share while requests come and answers go: places, memory for bodies, memory
//! for answers. Each caller has a part of each, so that none can take it from the others.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::shares::{Caller, Portion, Shares};
use battala_proto::id::UserId;
use battala_proto::limits::BODY_BYTES_MAX;
use http::StatusCode;
use http::header::{RETRY_AFTER, UPGRADE};
use http::response::Parts;

use super::bodies::Bodies;
use super::caller;
use super::places::Places;
use super::receive::{Unreceived, receive};

/// Requests that are answered at the same time, per core; more wait for a moment.
const IN_FLIGHT_PER_CORE: usize = 64;
/// Memory for bodies of requests that are read or worked on. Small ones count 4 kB: eight thousand.
const BODIES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Memory for answers that are on their way. The largest page of history has 1.6 MB.
const ANSWERS_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The resources of the edge. Clones share them.
#[derive(Debug, Clone)]
pub struct Traffic {
    pub(super) places: Arc<Places>,
    /// Those of requests that may wait for the hash of a password.
    pub(super) hashing: Arc<Places>,
    pub(super) bodies: Arc<Bodies>,
    answers: Arc<Shares>,
}

impl Default for Traffic {
    fn default() -> Self {
        Self::new(battala_hub::Config::default().password_queue)
    }
}

impl Traffic {
    /// For a hub that lets so many wait for a hash. All of them have places, and at least as many beside
    /// them: who waits and who is refused is decided in that queue, where the shares are no wider, and
    /// not in a line before it.
    pub fn new(password_queue: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let in_flight = IN_FLIGHT_PER_CORE * cores;
        Self {
            hashing: Places::new(in_flight.max(password_queue).saturating_add(password_queue)),
            ..Self::with_places(in_flight)
        }
    }

    pub(super) fn with_places(places: usize) -> Self {
        Self {
            places: Places::new(places),
            hashing: Places::new(places),
            bodies: Bodies::new(BODIES_BYTES_MAX),
            answers: Shares::new(ANSWERS_BYTES_MAX),
        }
    }

    /// Whether the caller may cause a further answer: it has taken the earlier ones.
    pub(super) fn has_room(&self, caller: Caller) -> bool {
        self.answers.has_room(caller)
    }

    /// Room for an answer that will have to go, because what it tells has happened by then. It is
    /// taken before, and what the answer is beyond it counts for the caller.
    pub(super) fn reserve(&self, caller: Caller, bytes: usize) -> Option<Portion> {
        self.answers.try_take(caller, bytes)
    }

    /// The same for an answer that has to go whether or not there is room.
    pub(super) fn take(&self, caller: Caller) -> Portion {
        self.answers.take(caller, 0)
    }

    /// The answer, counted until its last byte was written. `None` when there is no room for it.
    pub(super) async fn hold(&self, caller: Caller, response: Response) -> Option<Response> {
        let (parts, bytes) = whole(response).await?;
        let room = self.answers.try_take(caller, bytes.len())?;
        Some(counted(parts, bytes, room))
    }
}

/// The answer, counted in the room that was taken for it until its last byte was written.
pub(super) async fn hold(mut room: Portion, response: Response) -> Option<Response> {
    let (parts, bytes) = whole(response).await?;
    room.resize(bytes.len());
    Some(counted(parts, bytes, room))
}

/// Answers are made whole: nothing is waited for, and nothing copied.
async fn whole(response: Response) -> Option<(Parts, Bytes)> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.ok()?;
    Some((parts, bytes))
}

fn counted(parts: Parts, bytes: Bytes, room: Portion) -> Response {
    if bytes.is_empty() {
        return Response::from_parts(parts, Body::empty());
    }
    let held = Bytes::from_owner(Held {
        bytes,
        _portion: room,
    });
    Response::from_parts(parts, Body::from(held))
}

/// Bytes that count until their last owner, the connection, has written them.
struct Held {
    bytes: Bytes,
    _portion: Portion,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Whose request it is, where no token says so.
pub type AccountOf = Arc<dyn Fn(&Request) -> Option<UserId> + Send + Sync>;

/// What [`carry`] needs.
#[derive(Clone)]
pub struct Carrier {
    /// The resources, which are the API's.
    pub traffic: Traffic,
    /// Asked before anything of a body is read.
    pub account_of: AccountOf,
}

/// Room for what a poll is answered with. It is taken when it is known what that is, and before it
/// leaves its queue: who waits for what happens holds nothing, and what there is no room for stays
/// queued.
#[derive(Clone)]
pub struct PollRoom {
    answers: Arc<Shares>,
    caller: Caller,
    taken: Arc<Mutex<Option<Portion>>>,
}

impl PollRoom {
    /// Takes room for so many bytes; whether there was any.
    pub fn take(&self, bytes: usize) -> bool {
        let portion = self.answers.try_take(self.caller, bytes);
        let has_room = portion.is_some();
        *self.lock() = portion;
        has_room
    }

    fn taken(&self) -> Option<Portion> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Portion>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same care for routes that are not the API's: long polling. They have no places, since they
/// wait for what happens; what they send and what they are sent is bounded together with the
/// API's. What leaves a queue asks for room by the [`PollRoom`] on its request; what does not, such
/// as the answer to a handshake, is small.
pub async fn carry(State(carrier): State<Carrier>, request: Request, next: Next) -> Response {
    let Carrier {
        traffic,
        account_of,
    } = carrier;
    let caller = match account_of(&request) {
        Some(account) => caller::account(account, request.extensions()),
        None => caller::of(request.extensions()),
    };
    // What becomes a WebSocket has no answer that is held.
    let has_room = traffic.has_room(caller);
    if !has_room && !request.headers().contains_key(UPGRADE) {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "Server is busy");
    }
    let received = receive(&traffic.bodies, caller, BODY_BYTES_MAX, request).await;
    let (mut request, _portion) = match received {
        Ok(received) => received,
        Err(Unreceived::TooSlow) => return refused(StatusCode::REQUEST_TIMEOUT, "Request timeout"),
        Err(Unreceived::Full) => return refused(StatusCode::SERVICE_UNAVAILABLE, "Server is busy"),
    };
    let room = PollRoom {
        answers: Arc::clone(&traffic.answers),
        caller,
        taken: Arc::default(),
    };
    request.extensions_mut().insert(room.clone());
    let response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    if !has_room {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "Server is busy");
    }
    let portion = room.taken().unwrap_or_else(|| traffic.take(caller));
    let held = hold(portion, response).await;
    held.unwrap_or_else(|| refused(StatusCode::SERVICE_UNAVAILABLE, "Server is busy"))
}

/// A refusal in the form that Engine.IO clients know.
fn refused(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "code": 3, "message": message });
    (status, [(RETRY_AFTER, "1")], Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::middleware;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn an_answer_counts_until_its_bytes_are_gone() {
        let traffic = Traffic::default();
        let caller = caller::of(&http::Extensions::new());
        let answer = || Response::new(Body::from(vec![0; ANSWERS_BYTES_MAX / 8]));
        let held = traffic.hold(caller, answer()).await.unwrap();
        let bytes = axum::body::to_bytes(held.into_body(), usize::MAX).await;
        // The body is gone, as it is once the connection has it; the bytes are not.
        assert!(!traffic.has_room(caller));
        assert!(traffic.hold(caller, answer()).await.is_none());
        assert!(hold(traffic.take(caller), answer()).await.is_some());
        drop(bytes);
        assert!(traffic.has_room(caller));
    }

    #[tokio::test]
    async fn who_is_signed_in_is_not_held_up_by_strangers_at_the_same_address() {
        let traffic = Traffic::default();
        let stranger = caller::of(&http::Extensions::new());
        let answer = Response::new(Body::from(vec![0; ANSWERS_BYTES_MAX / 8]));
        let _untaken = hold(traffic.take(stranger), answer).await.unwrap();
        let ask = async |account: Option<UserId>| {
            let carrier = Carrier {
                traffic: traffic.clone(),
                account_of: Arc::new(move |_| account),
            };
            let router = axum::Router::new()
                .fallback(async || "packets")
                .layer(middleware::from_fn_with_state(carrier, carry));
            let asked = router.oneshot(Request::new(Body::from("packets")));
            asked.await.unwrap().status()
        };
        assert_eq!(ask(None).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(Some(UserId::from_raw(7))).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn what_becomes_a_websocket_holds_no_answer_and_needs_no_room() {
        let traffic = Traffic::default();
        let stranger = caller::of(&http::Extensions::new());
        let answer = Response::new(Body::from(vec![0; ANSWERS_BYTES_MAX / 8]));
        let _untaken = hold(traffic.take(stranger), answer).await.unwrap();
        let ask = async |status: StatusCode| {
            let carrier = Carrier {
                traffic: traffic.clone(),
                account_of: Arc::new(|_| None),
            };
            let router = axum::Router::new()
                .fallback(async move || (status, "packets"))
                .layer(middleware::from_fn_with_state(carrier, carry));
            let asked = Request::get("/").header(UPGRADE, "websocket");
            let asked = router.oneshot(asked.body(Body::empty()).unwrap());
            asked.await.unwrap().status()
        };
        let switched = StatusCode::SWITCHING_PROTOCOLS;
        assert_eq!(ask(switched).await, switched);
        let only_said_so = ask(StatusCode::OK).await;
        assert_eq!(only_said_so, StatusCode::SERVICE_UNAVAILABLE);
    }
}
