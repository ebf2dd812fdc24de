//! Sections: the routes of one resource, and the only way to add one.
//!
//! [`Section::route`] takes a handler together with what is said about it, and only a handler whose
//! first argument is a [`Proof`](crate::extract::Proof). What is no operation is an [`Outside`]. axum's
//! own method functions are used here and nowhere else. It does not know which sections there are.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use battala_hub::access::Action;

use crate::endpoint::Endpoint;
use crate::operation::{Described, Plan, Verb};
use crate::route_class::RouteClass;
use crate::state::ApiState;

/// The routes of one resource.
pub(crate) struct Section {
    pub(crate) tag: &'static str,
    pub(crate) about: &'static str,
    pub(crate) routes: Vec<Route>,
}

/// A route: what is known of it, and what answers it.
pub(crate) struct Route {
    pub(crate) operation: Arc<Described>,
    pub(crate) methods: MethodRouter<ApiState>,
}

/// A route that is no operation: everybody gets the same from it. It stands outside of all that guards
/// operations.
pub(crate) struct Outside {
    pub(crate) path: &'static str,
    pub(crate) class: RouteClass,
    pub(crate) methods: MethodRouter<ApiState>,
}

impl Outside {
    pub(crate) fn new<H, T>(class: RouteClass, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        Self {
            path,
            class,
            methods: on(Verb::Get, handler),
        }
    }
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
            hashes_password: <H::Action as Action>::HASHES_PASSWORD,
            describe: H::describe,
            plan,
        });
        let methods = on(operation.plan.verb, handler);
        self.routes.push(Route { operation, methods });
        self
    }
}

/// What answers a method of a path.
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
