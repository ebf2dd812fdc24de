//! `serve`: starts the hub, runs it until it is told to stop, and drains it.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use battala_hub::access::{SetupHub, UpdateHub};
use battala_hub::mark::History;
use battala_hub::{Actor, Hub, auth, settings};
use battala_store::{DatabaseUrl, Engine, Purpose};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::healthcheck;
use crate::config::{Config, Limits, Origin, Preset};
use crate::data_dir::DataDir;
use crate::listener::{Bounds, Listener};
use crate::signals::Signals;
use crate::terminal::say;
use crate::wiring::Front;
use crate::words::explain;
use crate::{logs, wiring};

/// Requests and sockets have this long to end after a signal.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Of that, peers have this long to take what is queued, to end their requests, and to say goodbye;
/// what is left is for the hub and its database.
const PEERS_MAX: Duration = Duration::from_secs(6);

/// What is written after the last step before a kill, and lost by a restore right after it, is not
/// noticed as lost, but on a server that tells the place in its log.
const REMEMBER_EVERY: Duration = Duration::from_secs(15);

/// What the exit code says after a second signal, as a shell would: 128 + SIGINT.
const EXIT_AT_ONCE: i32 = 130;

/// So many addresses find a place where the limit of open files allows few connections. A site of
/// IPv6 counts as four.
const ADDRESSES_MIN: u32 = 8;

/// Descriptors of the database, the log, the listener and the runtime, with room to spare.
const DESCRIPTORS_RESERVED: u64 = 256;

/// Runs the hub. `Err` when it cannot start, or cannot go on.
pub(crate) fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    logs::start(&config.log_level, config.log_format);
    let config = &within_descriptors(config, raise_descriptor_limit());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(config, started));
    // A hash that is being computed is nobody's any more.
    runtime.shutdown_background();
    result
}

async fn serve(config: &Config, started: Instant) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::catch()?;
    let listener = Listener::bind(config.listen, bounds(config), &config.trusted_proxies)
        .await
        .map_err(|error| not_listening(config.listen, &error))?;
    let bound = listener.address()?;
    let public_url = config.public_url_at(bound);
    let (hub, data_dir) = wiring::start_hub(config, &public_url, Purpose::Serve, warn).await?;
    data_dir.remove_drafts();
    let remembered = DataDir::mark(&config.data_dir)?;
    let (history, mark) = match History::resume(&hub, remembered).await {
        Ok(resumed) => resumed,
        Err(error) => {
            hub.stop().await;
            return Err(wiring::failure(config, &error).await);
        }
    };
    data_dir.write_mark(&mark)?;
    if let Some(preset) = &config.setup
        && let Err(error) = set_up(&hub, preset).await
    {
        hub.stop().await;
        return Err(match wiring::damage(config, &error).await {
            Some(found) => found.into(),
            None => format!("the preset setup: {}", explain(&error)).into(),
        });
    }
    hub.run_jobs();
    let setup_link = leave_setup_link(&hub, &data_dir, &public_url)?;

    let stop = CancellationToken::new();
    let front = Front::start(&hub, config, &public_url, &stop);
    let tasks = TaskTracker::new();
    tasks.spawn(listener.serve(front.router(), stop.clone(), PEERS_MAX));
    tasks.close();
    log_start(config, bound, started);
    say(&format!(
        "Battala Hub {} is ready at {public_url} (listening on {bound}, started in {} ms)",
        env!("CARGO_PKG_VERSION"),
        started.elapsed().as_millis()
    ));
    if let Some(link) = setup_link {
        say(&format!(
            "\n  This hub is not set up yet. Open this link once, and only you:\n\n    {link}\n\n  \
             Its database is {}. If there should be a hub in it, check {}.\n",
            place_of(&config.database_url),
            config.decides_database()
        ));
    }

    let result = tokio::select! {
        () = signals.next() => Ok(()),
        reason = hub.fatal() => {
            tracing::error!(%reason, "the hub cannot go on");
            Err(format!("the hub cannot go on: {reason}").into())
        }
        never = remove_link_when_set_up(&hub, &data_dir) => match never {},
        never = remember(&history, &data_dir) => match never {},
    };
    tracing::info!("stopping");
    tokio::select! {
        () = async {
            drain(&front, &stop, &tasks).await;
            move_on(&history, &data_dir).await;
            hub.stop().await;
        } => tracing::info!("stopped"),
        () = tokio::time::sleep(DRAIN_MAX) => tracing::warn!("something did not end in time"),
        () = signals.next() => std::process::exit(EXIT_AT_ONCE),
    }
    result
}

/// Why not, and who is in the way.
fn not_listening(listen: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => healthcheck::holder_of(listen).to_string(),
        _ => format!("cannot listen on {listen}: {error}"),
    }
}

fn warn(text: &str) {
    tracing::warn!("{text}");
}

/// The line by which a log shows that another process begins, and which one.
fn log_start(config: &Config, bound: SocketAddr, started: Instant) {
    let engine = match config.database_url.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, address = %bound, engine, took_ms, "started");
}

/// Where the database is, from wherever one looks.
fn place_of(url: &DatabaseUrl) -> DatabaseUrl {
    match url {
        DatabaseUrl::Sqlite(path) => {
            DatabaseUrl::Sqlite(path.canonicalize().unwrap_or_else(|_| path.clone()))
        }
        DatabaseUrl::Postgres(_) => url.clone(),
    }
}

/// From the outside in: no new connections, then those that are open; the hub under them is next.
async fn drain(front: &Front, stop: &CancellationToken, tasks: &TaskTracker) {
    stop.cancel();
    front.stop(PEERS_MAX).await;
    tasks.wait().await;
}

fn bounds(config: &Config) -> Bounds {
    Bounds {
        connections: config.limits.connections as usize,
        connections_per_address: config.limits.connections_per_address as usize,
        header_timeout: Duration::from_millis(config.limits.header_timeout_ms.into()),
    }
}

/// Sets a fresh hub up as the settings say, or as far as they say. Does nothing to one that is set
/// up.
async fn set_up(hub: &Hub, preset: &Preset) -> battala_hub::Result<()> {
    if !hub.settings().info().setup_needed {
        return Ok(());
    }
    let can = hub.authorize::<UpdateHub>(Actor::Operator, ()).await?;
    settings::update(hub, can, preset.hub.clone()).await?;
    if let Some(admin) = &preset.admin {
        let can = hub.authorize::<SetupHub>(Actor::Operator, ()).await?;
        auth::create_admin(hub, can, admin.clone()).await?;
    }
    Ok(())
}

/// The setup link, if one is needed, also left in the data directory.
fn leave_setup_link(
    hub: &Hub,
    data_dir: &DataDir,
    public_url: &Origin,
) -> Result<Option<String>, Box<dyn Error>> {
    let link = hub
        .settings()
        .setup_token()
        .map(|token| format!("{public_url}/setup#token={token}"));
    match &link {
        Some(link) => data_dir.write_setup_link(link)?,
        None => data_dir.remove_setup_link()?,
    }
    Ok(link)
}

/// A link that does not work any more is not left behind. Never comes back.
async fn remove_link_when_set_up(hub: &Hub, data_dir: &DataDir) -> Infallible {
    hub.settings().wait_until_set_up().await;
    if let Err(error) = data_dir.remove_setup_link() {
        tracing::warn!(%error, "the used setup link stays until the next start");
    }
    std::future::pending().await
}

/// Remembers how far the database has come. Never comes back.
async fn remember(history: &History, data_dir: &DataDir) -> Infallible {
    loop {
        tokio::time::sleep(REMEMBER_EVERY).await;
        move_on(history, data_dir).await;
    }
}

/// One step. What is not written now is written later; it is behind the database meanwhile, and
/// that is no sign of a past.
async fn move_on(history: &History, data_dir: &DataDir) {
    let mark = match history.advance().await {
        Ok(mark) => Some(mark),
        Err(error) => {
            error.log_put_off("the place in the history stays where it is");
            history.left().await
        }
    };
    if let Some(Err(error)) = mark.map(|mark| data_dir.write_mark(&mark)) {
        tracing::warn!(%error, "the place in the history is not remembered");
    }
}

/// Every connection takes a descriptor; the usual soft limit of 1024 is for programs
/// that use `select`.
fn raise_descriptor_limit() -> Option<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
        .inspect_err(|error| tracing::warn!(%error, "the limit of open files stays as it is"))
        .ok()
}

/// The settings with no more connections than there are descriptors for: without one, nothing can
/// be accepted, read or written any more.
fn within_descriptors(config: &Config, limit: Option<u64>) -> Config {
    let mut config = config.clone();
    let Some(limit) = limit else {
        return config;
    };
    let room = connections_within(limit);
    if u64::from(config.limits.connections) > room {
        let wanted = config.limits.connections;
        // What nobody has asked for is no reason to worry.
        if wanted == Limits::default().connections {
            tracing::info!(
                connections = room,
                "connections are bounded by the limit of open files"
            );
        } else {
            tracing::warn!(
                wanted,
                connections = room,
                "limits.connections is more than the limit of open files allows, and is lowered"
            );
        }
        config.limits.connections = u32::try_from(room).unwrap_or(u32::MAX);
        let limits = &mut config.limits;
        // Where there is little, one address must not have all of it; who asked for it may.
        if limits.connections_per_address == Limits::default().connections_per_address {
            let share = limits.connections / ADDRESSES_MIN;
            limits.connections_per_address = limits.connections_per_address.min(share.max(1));
        }
    }
    config
}

/// What is left for connections of so many descriptors.
fn connections_within(descriptors: u64) -> u64 {
    let rest = descriptors.saturating_sub(DESCRIPTORS_RESERVED);
    rest.max(descriptors / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;

    #[test]
    fn one_address_never_has_all_places_unless_that_was_asked_for() {
        let mut config = Document::default().check().unwrap();
        assert_eq!(
            within_descriptors(&config, Some(1_048_576))
                .limits
                .connections_per_address,
            1024
        );
        let few = within_descriptors(&config, Some(1024)).limits;
        assert_eq!((few.connections, few.connections_per_address), (768, 96));
        config.limits.connections_per_address = 700;
        assert_eq!(
            within_descriptors(&config, Some(1024))
                .limits
                .connections_per_address,
            700
        );
    }

    #[test]
    fn descriptors_are_kept_back_for_what_is_no_connection() {
        let within = [1_048_576, 65_536, 1024, 256, 1, 0].map(connections_within);
        assert_eq!(within, [1_048_320, 65_280, 768, 128, 1, 1]);
    }
}
