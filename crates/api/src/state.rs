//! What handlers and extractors share. Knows no request.

use std::sync::Arc;

use axum::extract::FromRef;
use battala_hub::Hub;
use tokio_util::sync::CancellationToken;

use crate::config::ApiConfig;
use crate::edge::Origins;
use crate::extract::RefreshCookies;
use crate::health::Readiness;

/// The state of the router.
#[derive(Clone)]
pub(crate) struct ApiState {
    pub(crate) hub: Hub,
    pub(crate) origins: Arc<Origins>,
    pub(crate) cookies: RefreshCookies,
    pub(crate) draining: CancellationToken,
    pub(crate) readiness: Arc<Readiness>,
}

impl ApiState {
    pub(crate) fn new(hub: Hub, config: ApiConfig) -> Self {
        let public_url = &hub.config().public_url;
        Self {
            origins: Arc::new(Origins::new(public_url, &config.cors_origins)),
            cookies: RefreshCookies::new(public_url),
            draining: config.draining,
            readiness: Arc::default(),
            hub,
        }
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
