//! The settings: one TOML file, the environment over it, checked once at start.
//!
//! This module does not know what the settings do. Every fault is found before
//! anything starts, and all of them are reported together.

mod bounds;
mod check;
mod choice;
mod document;
#[cfg(test)]
mod documented;
mod environment;
mod fault;
mod layers;
mod log_level;
mod network;
mod syntax;
mod url;
mod wanted;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use battala_proto::auth::Register;
use battala_proto::hub::UpdateHub;
use battala_store::DatabaseUrl;

#[cfg(test)]
pub(crate) use document::Document;
pub(crate) use document::{HourlyRate, Limits, LogFormat, Rate};
pub(crate) use fault::{Fault, Faults};
pub(crate) use layers::Layers;
pub(crate) use log_level::LogLevel;
pub(crate) use network::Network;
pub(crate) use url::Origin;

/// Where the settings are looked for when `--config` is not given.
const FILE_DEFAULT: &str = "battala.toml";

/// The settings, checked. Parts of it are handed down; nobody reads it twice.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Where the hub keeps everything that is its own.
    pub(crate) data_dir: PathBuf,
    /// Where the database is.
    pub(crate) database_url: DatabaseUrl,
    /// How people reach the hub; `None`: by the address it listens on.
    pub(crate) public_url: Option<Origin>,
    /// Peers whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<Network>,
    /// Other origins whose pages may call the hub.
    pub(crate) cors_origins: Vec<Origin>,
    /// What is logged.
    pub(crate) log_level: LogLevel,
    /// How it is written.
    pub(crate) log_format: LogFormat,
    /// Rates, queues and waits.
    pub(crate) limits: Limits,
    /// The answers to the setup page, given beforehand.
    pub(crate) setup: Option<Preset>,
}

/// What the first start sets of a hub by itself.
#[derive(Debug, Clone)]
pub(crate) struct Preset {
    /// The administrator's account; without it the setup page asks.
    pub(crate) admin: Option<Register>,
    /// The hub's name, and who may make an account.
    pub(crate) hub: UpdateHub,
}

impl Config {
    /// How people reach the hub that listens on `bound`.
    pub(crate) fn public_url_at(&self, bound: SocketAddr) -> Origin {
        self.public_url
            .clone()
            .unwrap_or_else(|| Origin::of_listener(bound))
    }

    /// The setting by which the database is where it is.
    pub(crate) fn decides_database(&self) -> &'static str {
        let path = file_in(&self.data_dir);
        if matches!(&self.database_url, DatabaseUrl::Sqlite(decided) if *decided == path) {
            "data_dir"
        } else {
            "database_url"
        }
    }
}

/// Where the database is when no setting says so.
fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("battala.db")
}

/// Reads and checks the settings. Without a path, `battala.toml` in the working
/// directory is read if it is there.
pub(crate) fn load(path: Option<&Path>) -> Result<Config, Faults> {
    load_layers(path)?.check()
}

/// The file that [`load`] reads, if there is one.
pub(crate) fn file(path: Option<&Path>) -> Option<&Path> {
    let default = Path::new(FILE_DEFAULT);
    path.or_else(|| default.exists().then_some(default))
}

/// The settings as they stand after all layers, unchecked, for `config show`.
pub(crate) fn load_layers(path: Option<&Path>) -> Result<Layers, Faults> {
    let text = match path {
        Some(path) => Some((path, layers::read(path)?)),
        None => layers::read_if_present(Path::new(FILE_DEFAULT))?
            .map(|text| (Path::new(FILE_DEFAULT), text)),
    };
    let file = text.as_ref().map(|(path, text)| (*path, text.as_str()));
    layers::merge(file, environment::variables()?)
}

#[cfg(test)]
mod tests;
