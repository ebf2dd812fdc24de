//! The rate of what comes to no operation: pages about the API, what has no route, what is refused
//! before it is looked at. Knows no page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::limits::{Bucket, Subject};
use http::StatusCode;

use super::caller::Recognised;
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
    let caller = Counted::of(&request);
    match caller.count(&state) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts a request that no bucket has counted: one that was answered before it reached an
/// operation, such as an unknown path, a page's question whether it may ask, or what an overload
/// refused. That costs little, but not nothing.
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

/// The same as a layer, around what answers before anything else does.
pub(crate) async fn charge_answers(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    charge_rest(&state, request, async move |request| {
        next.run(request).await
    })
    .await
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
    match caller.count(&state) {
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
    /// Who has an account takes nothing of what others at the address have, nor of what operations
    /// of the account need: the session of its token may have ended. A refresh cookie does not say
    /// so: there may be any number of them.
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let address = || Subject::address(client_address(extensions));
        let token = extensions.get().and_then(|known: &Recognised| known.token);
        let subject = token.map_or_else(address, |token| Subject::User(token.user_id));
        Self {
            subject,
            context: extensions.get().cloned(),
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
        let outcome = limits.check(Bucket::Anonymous, self.subject);
        if let Some(context) = &self.context {
            context.note(&outcome, limits.rate(Bucket::Anonymous));
        }
        Ok(outcome.map(drop)?)
    }
}
