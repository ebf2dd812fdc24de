//! The rate of what needs no authority and is no operation: pages about the API. Knows no page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::limits::{Bucket, Subject};

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
    let limits = state.hub.limits();
    let address = Subject::address(client_address(request.extensions()));
    let outcome = limits.check(Bucket::Anonymous, address);
    if let Some(context) = request.extensions().get::<Context>() {
        context.note(&outcome, limits.rate(Bucket::Anonymous));
    }
    match outcome {
        Ok(_) => next.run(request).await,
        Err(error) => Refusal::from(error).into_response(),
    }
}
