//! The rate of what is no operation: pages about the API, and what has no route. Knows no page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::limits::{Bucket, Subject};
use http::StatusCode;

use super::context::Context;
use crate::extract::client_address;
use crate::refusal::Refusal;
use crate::state::ApiState;

/// Counts a request among those of its address that need no account.
pub(crate) async fn charge(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let caller = Caller::of(&request);
    match caller.count(&state) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts a request in the same way that no bucket has counted: one that was answered before it
/// reached an operation, such as an unknown path or method. That costs little, but not nothing.
pub(super) async fn charge_rest<F>(
    state: &ApiState,
    request: Request,
    route: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let caller = Caller::of(&request);
    let response = route(request).await;
    if is_malformed(response.status()) {
        caller.take_back(state);
    }
    if caller.is_counted() {
        return response;
    }
    match caller.count(state) {
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
struct Caller {
    address: Subject,
    context: Option<Context>,
}

impl Caller {
    fn of(request: &Request) -> Self {
        Self {
            address: Subject::address(client_address(request.extensions())),
            context: request.extensions().get().cloned(),
        }
    }

    fn is_counted(&self) -> bool {
        self.context.as_ref().is_some_and(Context::is_counted)
    }

    /// Who sends what is none takes nothing of what others at the address need: it stays counted
    /// among the requests that need no account.
    fn take_back(&self, state: &ApiState) {
        let costly = self.context.as_ref().and_then(Context::costly);
        if let Some((bucket, subject)) = costly {
            state.hub.limits().give_back(bucket, subject);
        }
    }

    fn count(&self, state: &ApiState) -> Result<(), Refusal> {
        let limits = state.hub.limits();
        let outcome = limits.check(Bucket::Anonymous, self.address);
        if let Some(context) = &self.context {
            context.note(&outcome, limits.rate(Bucket::Anonymous));
        }
        Ok(outcome.map(drop)?)
    }
}
