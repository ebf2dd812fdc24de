//! The whole API as one router: every section, the documentation and the probes behind the edge.

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware, routing};
use battala_hub::Hub;
use battala_proto::limits::BODY_BYTES_MAX;

use crate::config::ApiConfig;
use crate::edge;
use crate::operation::{Operation, Operations, Verb};
use crate::refusal::Refusal;
use crate::section::{Section, on};
use crate::state::ApiState;
use crate::{auth, channels, docs, health, hub, invites, members, messages, reads, servers, users};

/// Every section of the API, in the order of the documentation.
pub(crate) fn sections() -> Vec<Section> {
    vec![
        hub::section(),
        auth::section(),
        users::section(),
        servers::section(),
        channels::section(),
        members::section(),
        invites::section(),
        messages::section(),
        reads::section(),
    ]
}

/// Every operation of the API, for tests that must not forget one.
pub fn operations() -> Vec<Operation> {
    let routes = sections().into_iter().flat_map(|section| section.routes);
    routes.map(|route| route.operation.operation()).collect()
}

/// The whole API: its operations, its documentation, and the probes.
///
/// Takes every path below `/api`, `/healthz` and `/readyz`; the binary has the rest.
pub fn router(hub: Hub, config: ApiConfig) -> Router {
    let cors = edge::cors(&config.cors_origins);
    let mut operations = Operations::default();
    let mut routes = Router::new();
    for route in sections().into_iter().flat_map(|section| section.routes) {
        routes = routes.route(route.operation.plan.path, route.methods);
        operations.add(route.operation);
    }
    let state = ApiState::new(hub, config, operations);
    let enter = middleware::from_fn_with_state(state.clone(), edge::enter);
    let charge = middleware::from_fn_with_state(state.clone(), edge::charge);
    let charge_questions = middleware::from_fn_with_state(state.clone(), edge::charge_questions);
    let charge_faults = middleware::from_fn_with_state(state.clone(), edge::charge_faults);
    let mut guarded = routes
        .route("/api", routing::any(nothing))
        .route("/api/", routing::any(nothing))
        .route("/api/{*rest}", routing::any(nothing))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(enter)
        .merge(documentation().layer(charge));
    if let Some(cors) = cors {
        // It answers a page's question by itself, whoever asks.
        guarded = guarded.layer(cors).layer(charge_questions);
    }
    guarded
        .merge(probes().layer(charge_faults))
        .layer(middleware::from_fn_with_state(
            edge::Refused::default(),
            edge::accompany,
        ))
        .with_state(state)
}

/// Pages for people, and the description for programs. They need no place: nothing is waited for,
/// and their bytes are part of the binary.
fn documentation() -> Router<ApiState> {
    Router::new()
        .route("/api/openapi.json", on(Verb::Get, docs::openapi))
        .route("/api/docs", on(Verb::Get, docs::explorer))
        .route("/api/docs/{*file}", on(Verb::Get, docs::explorer_file))
        .route("/api/docs/", on(Verb::Get, docs::explorer_index))
        .route("/api/docs/events", on(Verb::Get, docs::events))
        .route("/api/docs/problems", on(Verb::Get, docs::problems))
}

/// Asked by whoever runs the hub. They need no place among the requests: an overloaded hub is
/// alive. What is no probe at these paths has the rate of whatever comes to no operation.
fn probes() -> Router<ApiState> {
    let [healthz, readyz] = health::PROBES;
    Router::new()
        .route(healthz, on(Verb::Get, health::healthz))
        .route(readyz, on(Verb::Get, health::readyz))
}

async fn nothing() -> Refusal {
    battala_hub::Error::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Which they are is said by the actions whose use cases are given hashes at all.
    #[test]
    fn these_operations_have_places_apart_since_they_may_wait_for_a_hash() {
        let routes = sections().into_iter().flat_map(|section| section.routes);
        let ids: Vec<&str> = routes
            .filter(|route| route.operation.hashes_password)
            .map(|route| route.operation.plan.id)
            .collect();
        let expected = [
            "set_up_hub",
            "create_password_reset",
            "register",
            "login",
            "reset_password",
            "update_me",
            "change_password",
        ];
        assert_eq!(ids, expected);
    }
}
