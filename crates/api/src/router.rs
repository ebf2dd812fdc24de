//! The whole API as one router: every section, the documentation and the probes behind the edge.

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware, routing};
use battala_hub::Hub;

use crate::config::ApiConfig;
use crate::edge;
use crate::operation::{Operation, Operations, Verb};
use crate::refusal::Refusal;
use crate::route_class::RouteClass;
use crate::section::{Outside, Section};
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

/// A route, whatever answers it.
pub(crate) struct Listed {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) class: RouteClass,
    /// The operation, where it is one.
    pub(crate) operation: Option<&'static str>,
}

/// Every route of this crate.
pub(crate) fn routes() -> Vec<Listed> {
    let operations = operations().into_iter().map(|operation| Listed {
        verb: operation.verb,
        path: operation.path,
        class: operation.class,
        operation: Some(operation.id),
    });
    let outside = docs::pages().into_iter().chain(health::probes());
    let outside = outside.map(|route| Listed {
        verb: Verb::Get,
        path: route.path,
        class: route.class,
        operation: None,
    });
    operations.chain(outside).collect()
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
        // The edge has read it, as much as its class lets.
        .layer(DefaultBodyLimit::disable())
        .layer(enter)
        .merge(outside(docs::pages()).layer(charge));
    if let Some(cors) = cors {
        // It answers a page's question by itself, whoever asks.
        guarded = guarded.layer(cors).layer(charge_questions);
    }
    guarded
        .merge(outside(health::probes()).layer(charge_faults))
        .layer(middleware::from_fn_with_state(
            edge::Refused::default(),
            edge::accompany,
        ))
        .with_state(state)
}

fn outside(routes: Vec<Outside>) -> Router<ApiState> {
    let mut router = Router::new();
    for route in routes {
        router = router.route(route.path, route.methods);
    }
    router
}

async fn nothing() -> Refusal {
    battala_hub::Error::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::GUARD;
    use crate::route_class::Credential;

    #[test]
    fn who_reads_the_refresh_cookie_is_of_a_class_that_takes_it() {
        for route in sections().into_iter().flat_map(|section| section.routes) {
            let plan = route.operation.plan;
            let reads = (route.operation.describe)().parameters;
            let reads_cookie = reads.iter().any(|it| it.name.eq_ignore_ascii_case(GUARD));
            let takes_cookie = match plan.class.terms().credential {
                Credential::None | Credential::Token => false,
                Credential::TokenOrCookie | Credential::Cookie => true,
            };
            assert_eq!(reads_cookie, takes_cookie, "{}", plan.id);
        }
    }

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
