//! Keeps one request from hurting the others: its body comes first, then it gets a place and a
//! deadline, with a net below, and its answer counts until it was taken.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use battala_hub::Error;
use battala_hub::shares::RESERVED_BYTES;
use battala_proto::ErrorCode;
use futures_util::FutureExt as _;

use super::caller;
use super::places::Places;
use super::receive::{Unreceived, receive};
use super::traffic::{Traffic, hold};
use crate::operation::Described;
use crate::refusal::Refusal;
use crate::route_class::Terms;

/// Runs a request if its caller leaves room for others.
pub(super) async fn guard<F>(
    traffic: &Traffic,
    terms: Terms,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let caller = caller::of(request.extensions());
    if !traffic.has_room(caller) {
        return untaken();
    }
    let received = receive(&traffic.bodies, caller, terms.body_bytes_max, request).await;
    let (request, _portion) = match received {
        Ok(received) => received,
        Err(Unreceived::TooSlow) => {
            let detail = "the body came too slowly";
            return Refusal::new(ErrorCode::Unavailable, detail)
                .retry_after_a_moment()
                .into_response();
        }
        Err(Unreceived::Full) => return Refusal::from(Error::Unavailable).into_response(),
    };
    let Some(place) = places_for(&request, traffic).take(caller).await else {
        return Refusal::from(Error::Unavailable).into_response();
    };
    // Who waited for a place may have left other answers untaken meanwhile: this one would be made
    // for nothing. What changes something cannot be refused afterwards, so its room is taken before.
    let is_read = request.method().is_safe();
    let room = if is_read {
        None
    } else {
        traffic.reserve(caller, reserved_bytes(&request))
    };
    if room.is_none() && !(is_read && traffic.has_room(caller)) {
        return untaken();
    }
    let response = run(terms.deadline, next(request)).await;
    drop(place);
    let held = match room {
        Some(room) => hold(room, response).await,
        None => traffic.hold(caller, response).await,
    };
    held.unwrap_or_else(untaken)
}

/// Who waits for a hash, for seconds where many want one, waits in a place that nobody else needs.
fn places_for<'t>(request: &Request, traffic: &'t Traffic) -> &'t Arc<Places> {
    if operation_of(request).is_some_and(|operation| operation.hashes_password) {
        &traffic.hashing
    } else {
        &traffic.places
    }
}

fn operation_of(request: &Request) -> Option<&Described> {
    let operation: Option<&Arc<Described>> = request.extensions().get();
    operation.map(Arc::as_ref)
}

/// Room that is taken before a change happens, for its answer: a message with what escapes it.
const SHORT_ANSWER_BYTES: usize = 4 * 1024;

/// What is taken for the answer to a request that changes something. Whatever an answer has beyond
/// it counts for the caller alone.
fn reserved_bytes(request: &Request) -> usize {
    if operation_of(request).is_some_and(|operation| operation.plan.has_long_answer) {
        RESERVED_BYTES
    } else {
        SHORT_ANSWER_BYTES
    }
}

async fn run(deadline: Option<Duration>, answer: impl Future<Output = Response>) -> Response {
    let run = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(deadline.unwrap_or(Duration::MAX), run).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            tracing::error!(reason = reason(&*panic), "a handler panicked");
            Refusal::of_status(http::StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        Err(_) => {
            tracing::warn!("a request took longer than its deadline");
            Refusal::from(Error::Unavailable).into_response()
        }
    }
}

/// Answers that wait to be read have taken the memory that there is for them.
fn untaken() -> Response {
    Refusal::from(Error::Unavailable).into_response()
}

fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::extract::client_address;
    use crate::route_class::RouteClass;
    use axum::Router;
    use axum::body::Body;
    use axum::extract::State;
    use axum::middleware::{self, Next};
    use battala_hub::limits::Subject;
    use battala_hub::shares::Caller;
    use battala_proto::id::UserId;
    use http::StatusCode;
    use tower::ServiceExt as _;

    async fn guarded(State(traffic): State<Traffic>, request: Request, next: Next) -> Response {
        let terms = RouteClass::Plain.terms();
        guard(&traffic, terms, request, |request| next.run(request)).await
    }

    /// A router whose every route is `handler`, behind the guard with so many places.
    async fn ask<F, Fut>(places: usize, handler: F) -> Response
    where
        F: FnOnce() -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = &'static str> + Send,
    {
        let traffic = Traffic::with_places(places);
        let router = Router::new()
            .fallback(handler)
            .layer(middleware::from_fn_with_state(traffic, guarded))
            .layer(middleware::from_fn_with_state(
                super::super::Refused::default(),
                super::super::accompany,
            ));
        let request = Request::new(Body::empty());
        router.oneshot(request).await.unwrap()
    }

    async fn code(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 4096)
            .await
            .unwrap();
        let problem: battala_proto::Problem = serde_json::from_slice(&bytes).unwrap();
        problem.code.as_str().to_owned()
    }

    #[tokio::test]
    async fn a_request_with_a_place_passes() {
        assert_eq!(ask(1, async || "done").await.status(), StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_a_place_is_asked_to_come_back() {
        let response = ask(0, async || "done").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(code(response).await, "unavailable");
    }

    #[tokio::test(start_paused = true)]
    async fn who_left_answers_untaken_while_it_waited_for_a_place_gets_no_further_one() {
        let traffic = Traffic::with_places(1);
        let caller = caller::of(&http::Extensions::new());
        let place = traffic.places.take(caller).await.unwrap();
        let is_made = Arc::new(AtomicBool::new(false));
        let made = Arc::clone(&is_made);
        let router = Router::new()
            .fallback(async move || made.store(true, Ordering::Relaxed))
            .layer(middleware::from_fn_with_state(traffic.clone(), guarded))
            .layer(middleware::from_fn_with_state(
                super::super::Refused::default(),
                super::super::accompany,
            ));
        let asked = router.oneshot(Request::new(Body::empty()));
        let (response, untaken) = tokio::join!(asked, async {
            tokio::task::yield_now().await;
            let answer = Response::new(Body::from(vec![0; 8 * 1024 * 1024]));
            let untaken = hold(traffic.take(caller), answer).await;
            drop(place);
            untaken
        });
        assert_eq!(response.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(untaken.is_some());
        assert!(!is_made.load(Ordering::Relaxed), "it is made for nothing");
    }

    #[tokio::test]
    async fn where_a_place_is_full_a_caller_may_still_change_more_than_one_thing_at_once() {
        let traffic = Traffic::with_places(64);
        let address = Subject::address(client_address(&http::Extensions::new()));
        let mut untaken = Vec::new();
        for id in 1..=4 {
            let other = Caller::new(Subject::User(UserId::from_raw(id)), address);
            let answer = Response::new(Body::from(vec![0; 8 * 1024 * 1024]));
            untaken.push(hold(traffic.take(other), answer).await);
        }
        let go_on = Arc::new(tokio::sync::Barrier::new(4));
        let together = Arc::clone(&go_on);
        let router = Router::new()
            .fallback(async move || {
                together.wait().await;
                "done"
            })
            .layer(middleware::from_fn_with_state(traffic.clone(), guarded))
            .layer(middleware::from_fn_with_state(
                super::super::Refused::default(),
                super::super::accompany,
            ));
        let changes = (0..4).map(|_| {
            let change = Request::post("/").body(Body::empty()).unwrap();
            router.clone().oneshot(change)
        });
        for answer in futures_util::future::join_all(changes).await {
            assert_eq!(answer.unwrap().status(), StatusCode::OK);
        }
        assert!(untaken.iter().all(Option::is_some));
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem_document() {
        let response = ask(1, async || panic!("a secret of the process")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(code(response).await, "internal");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_the_deadline() {
        let response = ask(1, async || std::future::pending().await).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(code(response).await, "unavailable");
    }
}
