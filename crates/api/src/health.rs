//! Probes for whoever runs the hub: `/healthz` says that the process answers, `/readyz` that it
//! can do its work. They have no rate and no place: an overloaded hub is alive.

use std::time::Duration;

use axum::extract::State;
use battala_hub::{Error, Hub};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::refusal::Refusal;
use crate::route_class::RouteClass;
use crate::section::Outside;
use crate::state::ApiState;

/// The paths of the probes.
pub(crate) const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// The probes. They need no place among the requests: an overloaded hub is alive. What is no probe at
/// these paths has the rate of whatever comes to no operation.
pub(crate) fn probes() -> Vec<Outside> {
    let [healthz_path, readyz_path] = PROBES;
    vec![
        Outside::new(RouteClass::Probe, healthz_path, healthz),
        Outside::new(RouteClass::Probe, readyz_path, readyz),
    ]
}

/// An answer of the database holds so long: whoever asks more often costs no further read.
const FRESH: Duration = Duration::from_secs(1);

/// What the database answered last.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Option<Refusal>)>>);

impl Readiness {
    /// Asks the database, unless somebody has just done so. Who comes meanwhile waits for that
    /// answer.
    async fn check(&self, hub: &Hub) -> Result<(), Refusal> {
        let mut last = self.0.lock().await;
        let known = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH);
        let refusal = if let Some((_, refusal)) = known {
            refusal.clone()
        } else {
            let refusal = hub.probe().await.err().map(Refusal::from);
            *last = Some((Instant::now(), refusal.clone()));
            refusal
        };
        refusal.map_or(Ok(()), Err)
    }
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and the hub is not stopping.
async fn readyz(State(state): State<ApiState>) -> Result<&'static str, Refusal> {
    if state.draining.is_cancelled() {
        return Err(Error::Unavailable.into());
    }
    state.readiness.check(&state.hub).await?;
    Ok("ready\n")
}
