//! The rate of what comes to no operation: pages about the API, what has no route, what is refused
//! before it is looked at. Knows no page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::limits::{Bucket, Subject};
use http::StatusCode;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;

use super::caller::sender;
use super::context::Context;
use crate::refusal::Refusal;
use crate::state::ApiState;

/// Where the questions of pages are counted whether they may ask: apart from all else, since whoever
/// comes from an allowed page needs them for every operation.
const QUESTIONS: Bucket = Bucket::Anonymous("preflight");

/// Counts a request among those that come to no operation.
pub(crate) async fn charge(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let caller = Counted::of(&request);
    match caller.count(&state, Bucket::NoOperation) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts a request that no bucket has counted: one that was answered before it reached an
/// operation, such as an unknown path, or what an overload refused. That costs little, but not
/// nothing. So it is with what turns out to be malformed: it takes nothing of what others at the
/// address need for the operation.
pub(super) async fn charge_rest<F>(
    state: &ApiState,
    request: Request,
    route: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let caller = Counted::of(&request);
    let response = route(request).await;
    let is_taken_back = is_malformed(response.status()) && caller.take_back(state);
    if caller.is_counted() && !is_taken_back {
        return response;
    }
    match caller.count(state, Bucket::NoOperation) {
        Ok(()) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts the questions of pages whether they may ask: what answers them does so before anything
/// else. Those of pages that may not come to no operation.
pub(crate) async fn charge_questions(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let caller = Counted::of(&request);
    let response = next.run(request).await;
    if caller.is_counted() {
        return response;
    }
    let is_allowed = response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    let bucket = if is_allowed {
        QUESTIONS
    } else {
        Bucket::NoOperation
    };
    match caller.count(&state, bucket) {
        Ok(()) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// The same around what has no rate as long as it is asked as it should be.
pub(crate) async fn charge_faults(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let caller = Counted::of(&request);
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    match caller.count(&state, Bucket::NoOperation) {
        Ok(()) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// Whether a request asks for nothing that there is: no work was done for it.
fn is_malformed(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
    )
}

/// Who sends a request, as far as its rate is concerned.
struct Counted {
    subject: Subject,
    context: Option<Context>,
}

impl Counted {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        Self {
            subject: sender(extensions),
            context: extensions.get().cloned(),
        }
    }

    fn is_counted(&self) -> bool {
        self.context.as_ref().is_some_and(Context::is_counted)
    }

    /// Gives its address back what it was counted in there. Whether there was anything.
    fn take_back(&self, state: &ApiState) -> bool {
        let lent = self.context.as_ref().and_then(Context::lent);
        if let Some((bucket, subject)) = lent {
            state.hub.limits().give_back(bucket, subject);
        }
        lent.is_some()
    }

    fn count(&self, state: &ApiState, bucket: Bucket) -> Result<(), Refusal> {
        let limits = state.hub.limits();
        let outcome = limits.check(bucket, self.subject);
        if let Some(context) = &self.context {
            context.note(&outcome, limits.rate(bucket));
        }
        Ok(outcome.map(drop)?)
    }
}
