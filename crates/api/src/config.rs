//! What the API is told from outside. Parsed by the binary, handed down once.

use tokio_util::sync::CancellationToken;

use crate::edge::Traffic;

/// Settings of the HTTP API. The public URL is the hub's own setting.
#[derive(Debug, Clone, Default)]
pub struct ApiConfig {
    /// Other origins whose pages may call the API, as browsers write them:
    /// `https://app.example.org`. Empty: none.
    pub cors_origins: Vec<String>,
    /// Cancelled when the hub stops: from then on `/readyz` says so.
    pub draining: CancellationToken,
    /// What requests of all kinds share; routes of others may count in it, too.
    pub traffic: Traffic,
}
