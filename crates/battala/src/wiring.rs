//! How the parts are put together: the settings in parts, the database, the hub,
//! and what stands in front of it.
//!
//! Knows no rule: it only hands things to each other.

use std::error::Error;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn_with_state, map_request, map_response};
use axum::response::Response;
use battala_api::{AccountOf, ApiConfig, Carrier, Origins, PollRoom, Traffic, carry};
use battala_gateway::Gateway;
use battala_hub::network::Holder;
use battala_hub::{Clock, Hub, Random, signed};
use battala_proto::id::UserId;
use battala_socketio::{Allowance, Network, Server};
use battala_store::{Conn, DatabaseUrl, Db, OpenError, Options, Purpose, tables};
use http::header::{AUTHORIZATION, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Uri};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::config::{self, Config, Origin};
use crate::data_dir::{DataDir, DataDirError, LOST_KEY};
use crate::words::explain;

/// A handshake waits no longer for its turn: its client would have given up.
const ADMISSION_WAIT_MAX: Duration = Duration::from_secs(5);

/// Why the hub did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("database_url: cannot open the database")]
    Database(#[source] OpenError),
    #[error(
        "there is no hub in {database}, and {} remembers one; restore its database, or correct \
         database_url; only to begin anew without it, move {0} away", .mark.display()
    )]
    Gone { database: String, mark: PathBuf },
    #[error(
        "the database holds another hub than the one that {} remembers; correct data_dir or \
         database_url; only where this database shall take its place, move {0} away", .mark.display()
    )]
    Another { mark: PathBuf },
    #[error("stop the running hub first")]
    InUse(#[source] OpenError),
    #[error("cannot start the hub: {0}")]
    Hub(String),
}

impl StartError {
    /// Whether it stays so until somebody changes it.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::DataDir(error) => error.is_lasting(),
            Self::Database(error) => error.is_lasting(),
            Self::Gone { .. } | Self::Another { .. } => true,
            Self::InUse(_) | Self::Hub(_) => false,
        }
    }
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            error @ (OpenError::Locked(_) | OpenError::Served) => Self::InUse(error),
            error => Self::Database(error),
        }
    }
}

/// Opens the data directory and the database, and starts the hub on them. What the operator should know
/// is told by `warn`.
pub(crate) async fn start_hub(
    config: &Config,
    public_url: &Origin,
    purpose: Purpose,
    warn: fn(&str),
) -> Result<(Hub, DataDir), StartError> {
    let data_dir = DataDir::open(&config.data_dir)?;
    let has_key = DataDir::has_key(&config.data_dir)?;
    let remembered = Remembered::read(&config.data_dir)?;
    let options = Options {
        purpose,
        ..remembered.options(&config.database_url)
    };
    let db = Db::open(&options).await;
    let db = db.map_err(|error| remembered.explain(error))?;
    // With a hub in the database it is no first start, be nothing else of it here.
    if !has_key && (remembered.mark.is_some() || begun_in(&db).await) {
        warn(&format!("secret.key is lost and is made anew: {LOST_KEY}"));
    }
    let secret = data_dir.key()?;
    let hub_config = hub_config(config, public_url);
    let hub = Hub::start(db, &secret, hub_config, Clock::system(), Random::system()).await;
    match hub {
        Ok(hub) => Ok((hub, data_dir)),
        Err(error) => Err(match damage(config, &error).await {
            Some(found) => StartError::Database(found),
            None => StartError::Hub(explain(&error)),
        }),
    }
}

/// Why a hub or a command came to nothing on its database, for an operator.
pub(crate) async fn failure(config: &Config, error: &battala_hub::Error) -> Box<dyn Error> {
    match damage(config, error).await {
        Some(found) => found.into(),
        None => explain(error).into(),
    }
}

/// What is wrong with the file, where it is the file that does not answer.
pub(crate) async fn damage(config: &Config, error: &battala_hub::Error) -> Option<OpenError> {
    match error {
        battala_hub::Error::Unreachable => Db::refuse_damaged(&config.database_url).await.err(),
        _ => None,
    }
}

async fn begun_in(db: &Db) -> bool {
    match db.read().await {
        Ok(mut reader) => holds_hub(&mut reader).await,
        Err(_) => false,
    }
}

/// Whether a hub has begun in a database whose schema is there. What cannot be read is said by whoever needs
/// it.
pub(crate) async fn holds_hub(conn: &mut Conn) -> bool {
    let row = tables::hub::get(conn).await;
    row.is_ok_and(|row| row.is_some())
}

/// What the data directory remembers of its hub.
pub(crate) struct Remembered {
    mark: Option<PathBuf>,
    made_at: Option<i64>,
}

impl Remembered {
    pub(crate) fn read(data_dir: &Path) -> Result<Self, DataDirError> {
        Ok(Self {
            mark: DataDir::mark_file(data_dir)?,
            made_at: DataDir::made_at(data_dir)?,
        })
    }

    /// How the hub's database is opened. Where a hub is remembered, none begins in silence, and none is
    /// taken for it: the address may lead elsewhere, or what was there may be lost.
    pub(crate) fn options(&self, url: &DatabaseUrl) -> Options {
        Options {
            may_begin: self.mark.is_none(),
            made_at: self.made_at,
            ..Options::new(url.clone())
        }
    }

    /// Why it is not opened, with what is remembered.
    pub(crate) fn explain(&self, error: OpenError) -> StartError {
        match (error, self.mark.clone()) {
            (OpenError::NoHub(database), Some(mark)) => StartError::Gone { database, mark },
            (OpenError::AnotherHub, Some(mark)) => StartError::Another { mark },
            (error, _) => error.into(),
        }
    }

    /// The same for a command that starts no hub.
    pub(crate) fn told(&self, error: OpenError) -> Box<dyn Error> {
        match self.explain(error) {
            StartError::Database(error) => error.into(),
            told => told.into(),
        }
    }
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
            display_name: limits.display_name.into(),
            rename: limits.rename.into(),
            write: limits.write.into(),
            read: limits.read.into(),
            anonymous: limits.anonymous.into(),
            no_operation: limits.no_operation.into(),
            login: limits.login.into(),
            register: limits.register.into(),
            password: limits.password.into(),
            invite: limits.invite.into(),
            connect: limits.connect.into(),
            structure: limits.structure.into(),
            refused: limits.refused.into(),
            sockets_per_user: limits.sockets_per_user,
            token_grace_ms: limits.token_grace_ms,
        },
        password_cost: limits.password_cost,
        password_workers: match limits.password_workers {
            0 => defaults.password_workers,
            workers => workers as usize,
        },
        password_queue: limits.password_queue as usize,
        node_lease_ms: limits.node_lease_ms,
        tombstones_kept_s: limits.tombstones_kept_s,
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
            per_minute: rate.count,
        }
    }
}

impl From<config::HourlyRate> for battala_hub::Rate {
    fn from(rate: config::HourlyRate) -> Self {
        Self::hourly(rate.burst, rate.per_hour)
    }
}

impl From<battala_hub::Rate> for config::HourlyRate {
    fn from(rate: battala_hub::Rate) -> Self {
        Self {
            burst: rate.burst,
            per_hour: rate.count,
        }
    }
}

/// What people meet: the API, the sockets, the web client.
pub(crate) struct Front {
    router: Router,
    gateway: Gateway,
    sockets: Server<Gateway>,
}

impl Front {
    /// Starts what delivers. `draining` is cancelled when the hub stops.
    pub(crate) fn start(
        hub: &Hub,
        config: &Config,
        public_url: &Origin,
        draining: &CancellationToken,
    ) -> Self {
        let cors_origins: Vec<String> = config.cors_origins.iter().map(Origin::to_string).collect();
        let origins = Origins::new(&public_url.to_string(), &cors_origins);
        let gateway = Gateway::start(hub.clone());
        let sockets = Server::new(socket_config(hub.clone(), config, origins), gateway.clone());
        let api_config = ApiConfig {
            cors_origins,
            draining: draining.clone(),
            traffic: Traffic::new(hub.config().password_queue),
        };
        let carrier = Carrier {
            traffic: api_config.traffic.clone(),
            account_of: accounts_of(hub.clone(), &sockets),
        };
        let carry = from_fn_with_state(carrier, carry);
        let client = Client::new(public_url);
        let router = battala_api::router(hub.clone(), api_config)
            .merge(
                sockets
                    .router()
                    .layer(map_request(allowed))
                    .layer(carry)
                    .layer(map_response(unsniffed)),
            )
            .fallback(async move |request: Request| client.answer(&request));
        let router = if public_url.is_secure() {
            router.layer(map_response(secured))
        } else {
            router
        };
        Self {
            router,
            gateway,
            sockets,
        }
    }

    /// Every route.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Closes the sockets so that their clients come back, and ends the delivery.
    pub(crate) async fn stop(&self, sockets_within: Duration) {
        self.sockets.shutdown(sockets_within).await;
        self.gateway.stop().await;
    }
}

/// Browsers that came with TLS once do not come without any more (RFC 6797). Other names below
/// this one may be other people's, so it says nothing of them.
async fn secured(mut response: Response) -> Response {
    let only = HeaderValue::from_static("max-age=31536000");
    response
        .headers_mut()
        .insert(STRICT_TRANSPORT_SECURITY, only);
    response
}

/// Polling answers hold what people wrote: no browser may take them for a page.
/// Long polling asks for room as the API does; neither knows of the other.
async fn allowed(mut request: Request) -> Request {
    if let Some(room) = request.extensions_mut().remove::<PollRoom>() {
        let allowance = Allowance::new(move |bytes| room.take(bytes));
        request.extensions_mut().insert(allowance);
    }
    request
}

async fn unsniffed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The part of the settings that is the sockets'.
fn socket_config(hub: Hub, config: &Config, origins: Origins) -> battala_socketio::Config {
    let limits = &config.limits;
    let millis = |ms: u32| Duration::from_millis(ms.into());
    let connect_timeout = millis(limits.connect_timeout_ms);
    battala_socketio::Config {
        ping_interval: millis(limits.ping_interval_ms),
        ping_timeout: millis(limits.ping_timeout_ms),
        connect_timeout,
        payload_bytes_max: battala_proto::limits::BODY_BYTES_MAX,
        queue_packets_max: limits.outbound_packets as usize,
        queue_bytes_max: limits.outbound_bytes as usize,
        inbound_max: limits.inbound_queue as usize,
        connections_max: limits.connections as usize,
        unauthenticated_per_address_max: limits.unauthenticated_per_address,
        // Five seconds leave two for who says nothing.
        silent_grace: connect_timeout * 2 / 5,
        admission_wait: connect_timeout.min(ADMISSION_WAIT_MAX),
        networks_of,
        owner_of: Some(Arc::new(move |headers, uri| owner_of(&hub, headers, uri))),
        origin: Some(Arc::new(move |headers| origins.allow_handshake(headers))),
        ..battala_socketio::Config::default()
    }
}

/// Whose a handshake is: a program sends its access token in the header, a browser, which can add
/// no header to a WebSocket's, half of it in the address, since addresses are logged.
fn owner_of(hub: &Hub, headers: &HeaderMap, uri: &Uri) -> Option<i64> {
    let token = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = token.and_then(|it| it.strip_prefix("Bearer "));
    let account = token.and_then(|token| signed::read_token(hub, token).ok());
    let account = account.map(|token| token.user_id);
    let by_ticket = || {
        let mut pairs = uri.query()?.split('&');
        let ticket = pairs.find_map(|pair| pair.strip_prefix("ticket="))?;
        signed::vouched_for(hub, ticket)
    };
    Some(account.or_else(by_ticket)?.raw())
}

/// Whose the requests of the sockets are: of a session that is signed in, or with a proof.
fn accounts_of(hub: Hub, sockets: &Server<Gateway>) -> AccountOf {
    let sockets = sockets.clone();
    Arc::new(move |request| {
        let owner = sockets.owner(request.uri());
        let owner = owner.or_else(|| owner_of(&hub, request.headers(), request.uri()));
        owner.map(UserId::from_raw)
    })
}

/// What an address counts in, as the sockets take it.
fn networks_of(address: IpAddr) -> Vec<(Network, u32)> {
    let levels = Holder::of(address).levels().map(|(holder, shares)| {
        let (first, prefix) = (holder.first(), holder.prefix());
        (Network { first, prefix }, shares)
    });
    levels.collect()
}
