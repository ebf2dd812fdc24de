//! What handlers and extractors share. Knows no request.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use battala_hub::Hub;
use tokio_util::sync::CancellationToken;

use crate::config::ApiConfig;
use crate::edge::{Origins, Traffic};
use crate::extract::RefreshCookies;
use crate::health::Readiness;
use crate::operation::Operations;

/// The state of the router. Each layer copies it several times for every request: it is one pointer.
#[derive(Clone)]
pub(crate) struct ApiState(Arc<Shared>);

/// What the state points to.
pub(crate) struct Shared {
    pub(crate) hub: Hub,
    pub(crate) origins: Origins,
    pub(crate) cookies: RefreshCookies,
    pub(crate) draining: CancellationToken,
    pub(crate) readiness: Readiness,
    pub(crate) traffic: Traffic,
    pub(crate) operations: Operations,
}

impl ApiState {
    pub(crate) fn new(hub: Hub, config: ApiConfig, operations: Operations) -> Self {
        let public_url = &hub.config().public_url;
        Self(Arc::new(Shared {
            origins: Origins::new(public_url, &config.cors_origins),
            cookies: RefreshCookies::new(public_url),
            draining: config.draining,
            readiness: Readiness::default(),
            traffic: config.traffic,
            operations,
            hub,
        }))
    }
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<ApiState> for Hub {
    fn from_ref(state: &ApiState) -> Self {
        state.hub.clone()
    }
}

impl FromRef<ApiState> for RefreshCookies {
    fn from_ref(state: &ApiState) -> Self {
        state.cookies.clone()
    }
}
