//! How the parts are put together: the settings in parts, the database, the hub.
//!
//! Shared by the commands that work on the hub's data. Knows no rule.

use battala_hub::{Clock, Hub, Random};
use battala_store::{Db, OpenError, Options};

use crate::config::{self, Config, Origin};
use crate::data_dir::{DataDir, DataDirError};

/// Why the hub did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("cannot open the database")]
    Database(#[source] OpenError),
    #[error("stop the running hub first")]
    InUse(#[source] OpenError),
    #[error("cannot start the hub")]
    Hub(#[from] battala_hub::Error),
}

/// Opens the data directory and the database, and starts the hub on them.
pub(crate) async fn start_hub(
    config: &Config,
    public_url: &Origin,
) -> Result<(Hub, DataDir), StartError> {
    let data_dir = DataDir::open(&config.data_dir)?;
    let secret = data_dir.key()?;
    let db = open_database(&config.database_url).await?;
    let hub_config = hub_config(config, public_url);
    let hub = Hub::start(db, &secret, hub_config, Clock::system(), Random::system()).await?;
    Ok((hub, data_dir))
}

async fn open_database(url: &str) -> Result<Db, StartError> {
    let url = url.parse().map_err(StartError::Database)?;
    Db::open(&Options::new(url))
        .await
        .map_err(|error| match error {
            error @ OpenError::Locked(_) => StartError::InUse(error),
            error => StartError::Database(error),
        })
}

/// The hub's part of the settings.
fn hub_config(config: &Config, public_url: &Origin) -> battala_hub::Config {
    let defaults = battala_hub::Config::default();
    let limits = &config.limits;
    battala_hub::Config {
        public_url: public_url.to_string(),
        limits: battala_hub::Limits {
            send: limits.send.into(),
            typing: limits.typing.into(),
            write: limits.write.into(),
            read: limits.read.into(),
            anonymous: limits.anonymous.into(),
            login: limits.login.into(),
            register: limits.register.into(),
            invite: limits.invite.into(),
            connect: limits.connect.into(),
            sockets_per_user: limits.sockets_per_user,
        },
        password_workers: match limits.password_workers {
            0 => defaults.password_workers,
            workers => workers as usize,
        },
        password_queue: limits.password_queue as usize,
        ..defaults
    }
}

impl From<config::Rate> for battala_hub::Rate {
    fn from(rate: config::Rate) -> Self {
        Self::new(rate.burst, rate.per_minute)
    }
}

impl From<battala_hub::Rate> for config::Rate {
    fn from(rate: battala_hub::Rate) -> Self {
        Self {
            burst: rate.burst,
            per_minute: rate.per_minute,
        }
    }
}
