//! The rooms between the outermost one and the route, in their order. Knows no operation.
//!
//! They are one layer: for each request the router copies every layer with all that are below it, so
//! that each further one costs more than the one before.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::caller::recognise;
use super::charge::charge_rest;
use super::guard::guard;
use super::origin::refuse_foreign_page;
use crate::route_class::RouteClass;
use crate::state::ApiState;

/// Leads a request to its route, and its answer back.
pub(crate) async fn enter(
    State(state): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Response {
    let state = &state;
    let path = request.extensions().get::<MatchedPath>();
    let operation = path.and_then(|path| state.operations.find(path.as_str(), request.method()));
    // The extractor of authority needs to know what the request is counted as.
    if let Some(operation) = operation {
        request.extensions_mut().insert(Arc::clone(operation));
    }
    let plan = operation.map(|operation| operation.plan);
    let terms = plan.map_or(RouteClass::Plain, |plan| plan.class).terms();
    recognise(state, &mut request, plan.as_ref());
    let route = async move |request| match refuse_foreign_page(&state.origins, &request) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    };
    let guarded = |request| guard(&state.traffic, terms, request, route);
    // Outside of all that may refuse: nothing is refused without being counted.
    charge_rest(state, request, guarded).await
}
