//! Probes for whoever runs the hub: `/healthz` says that the process answers, `/readyz` that it
//! can do its work.

use axum::extract::State;
use battala_hub::Error;

use crate::refusal::Refusal;
use crate::state::ApiState;

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and the hub is not stopping.
pub(crate) async fn readyz(State(state): State<ApiState>) -> Result<&'static str, Refusal> {
    if state.draining.is_cancelled() {
        return Err(Error::Unavailable.into());
    }
    state.hub.probe().await?;
    Ok("ready\n")
}
