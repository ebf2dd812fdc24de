//! The routes, and the only way to add one.
//!
//! [`Section::route`] takes a handler together with what is said about it, and only a handler whose
//! first argument is [`Auth`](crate::extract::Auth). axum's own method functions are used here and
//! nowhere else.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use axum::{Extension, Router, middleware};
use battala_hub::Hub;
use battala_hub::access::Action;
use battala_proto::limits::BODY_BYTES_MAX;

use crate::config::ApiConfig;
use crate::edge;
use crate::endpoint::Endpoint;
use crate::operation::{Described, Operation, Plan, Verb};
use crate::refusal::Refusal;
use crate::state::ApiState;
use crate::{auth, channels, docs, health, hub, invites, members, messages, reads, servers, users};

/// The routes of one resource.
pub(crate) struct Section {
    pub(crate) tag: &'static str,
    pub(crate) about: &'static str,
    pub(crate) routes: Vec<Route>,
}

/// A route: what is known of it, and what answers it.
pub(crate) struct Route {
    pub(crate) operation: Arc<Described>,
    methods: MethodRouter<ApiState>,
}

impl Section {
    pub(crate) const fn new(tag: &'static str, about: &'static str) -> Self {
        Self {
            tag,
            about,
            routes: Vec::new(),
        }
    }

    /// Adds an operation and its handler.
    pub(crate) fn route<H, T, Arguments>(mut self, plan: Plan, handler: H) -> Self
    where
        H: Handler<T, ApiState> + Endpoint<Arguments>,
        T: 'static,
    {
        let operation = Arc::new(Described {
            tag: self.tag,
            action: <H::Action as Action>::NAME,
            requirement: <H::Action as Action>::REQUIRES,
            takes_query: H::TAKES_QUERY,
            describe: H::describe,
            plan,
        });
        // The extractor of authority needs to know what the request is counted as.
        let methods = on(operation.plan.verb, handler).layer(Extension(Arc::clone(&operation)));
        self.routes.push(Route { operation, methods });
        self
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where an operation becomes a route"
)]
fn on<H, T>(verb: Verb, handler: H) -> MethodRouter<ApiState>
where
    H: Handler<T, ApiState>,
    T: 'static,
{
    match verb {
        Verb::Get => routing::get(handler),
        Verb::Post => routing::post(handler),
        Verb::Put => routing::put(handler),
        Verb::Patch => routing::patch(handler),
        Verb::Delete => routing::delete(handler),
    }
}

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
    let state = ApiState::new(hub, config);
    let enter = middleware::from_fn_with_state(state.clone(), edge::enter);
    let charge = middleware::from_fn_with_state(state.clone(), edge::charge);
    let charge_answers = middleware::from_fn_with_state(state.clone(), edge::charge_answers);
    let mut routes = Router::new();
    for route in sections().into_iter().flat_map(|section| section.routes) {
        routes = routes.route(route.operation.plan.path, route.methods);
    }
    let mut guarded = routes
        .route("/api", routing::any(nothing))
        .route("/api/", routing::any(nothing))
        .route("/api/{*rest}", routing::any(nothing))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(enter)
        .merge(documentation().layer(charge));
    if let Some(cors) = cors {
        // It answers a page's question by itself, whoever asks.
        guarded = guarded.layer(cors).layer(charge_answers);
    }
    probes(guarded)
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
/// alive.
fn probes(router: Router<ApiState>) -> Router<ApiState> {
    let [healthz, readyz] = health::PROBES;
    router
        .route(healthz, on(Verb::Get, health::healthz))
        .route(readyz, on(Verb::Get, health::readyz))
}

async fn nothing() -> Refusal {
    battala_hub::Error::NotFound.into()
}
