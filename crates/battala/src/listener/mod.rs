//! The HTTP/1 listener: accepts, bounds the head of a request in size and time,
//! hands requests to the router, and drains at the end.
//!
//! It does not know any route. Bodies are bounded by those who read them. The
//! client's address reaches routes as `ConnectInfo`, judged by the trusted proxies.

mod census;
mod coming;
mod forwarded;
mod paced;

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Network;
use battala_hub::line::Line;
use census::Census;
use paced::Paced;

/// The head of a request: more is 431. Cookies, a token and a long link fit
/// several times.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Bytes of one connection that are read ahead; a whole body of the API fits.
const BUFFER_BYTES_MAX: usize = 80 * 1024;

/// Until descriptors or memory come back, when accepting fails.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The bounds of the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Open connections; more are closed as they come.
    pub(crate) connections: usize,
    /// Of those, connections of one address that is not a trusted proxy's.
    pub(crate) connections_per_address: usize,
    /// Time to send the head of a request.
    pub(crate) header_timeout: Duration,
}

/// Accepts connections until it is told to stop.
pub(crate) struct Listener {
    tcp: TcpListener,
    http: http1::Builder,
    places: Arc<Semaphore>,
    census: Arc<Census>,
    proxies: Arc<[Network]>,
    warning: Mutex<Line>,
}

impl Listener {
    /// Takes the address.
    pub(crate) async fn bind(
        address: SocketAddr,
        bounds: Bounds,
        proxies: &[Network],
    ) -> io::Result<Self> {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(bounds.header_timeout)
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(BUFFER_BYTES_MAX);
        Ok(Self {
            tcp: TcpListener::bind(address).await?,
            http,
            places: Arc::new(Semaphore::new(bounds.connections)),
            census: Census::new(bounds.connections_per_address),
            proxies: proxies.into(),
            warning: Mutex::default(),
        })
    }

    /// The address that was taken; its port is real even when 0 was asked for.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Serves until `stop`; then takes no further connection, finishes the
    /// requests that are being answered, and returns. Who has not sent the whole of
    /// its request, or does not take its answer, is left alone after `drain_max`.
    pub(crate) async fn serve(self, router: Router, stop: CancellationToken, drain_max: Duration) {
        let tasks = TaskTracker::new();
        loop {
            let (stream, peer) = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.tcp.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        self.pause_after(&error).await;
                        continue;
                    }
                },
            };
            let Some(stream) = self.admit(stream, peer.ip()) else {
                continue;
            };
            let connection = Connection {
                http: self.http.clone(),
                peer: peer.ip(),
                router: router.clone(),
                proxies: Arc::clone(&self.proxies),
            };
            tasks.spawn(connection.run(stream, stop.clone()));
        }
        drop(self.tcp);
        tasks.close();
        if timeout(drain_max, tasks.wait()).await.is_err() {
            let left = tasks.len();
            tracing::info!(left, "connections whose peers are slow are not waited for");
        }
    }

    /// The connection with its place, if there is one for it.
    fn admit(&self, stream: TcpStream, peer: IpAddr) -> Option<Paced> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.census.make_room();
            let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(left_out) = warning.due() {
                tracing::warn!(
                    left_out,
                    "a connection is refused: the hub has all it may have (limits.connections)"
                );
            }
            return None;
        };
        let is_proxy = self.proxies.iter().any(|proxy| proxy.contains(peer));
        let seat = self.census.enter(peer, is_proxy)?;
        let paced = Paced::new(stream, seat, place);
        paced
            .inspect_err(|error| {
                tracing::debug!(%error, "a connection is gone before its first request");
            })
            .ok()
    }

    async fn pause_after(&self, error: &io::Error) {
        let is_one_connection = matches!(
            error.kind(),
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
        );
        if !is_one_connection {
            tracing::warn!(%error, "no connection can be accepted");
            // As a rule there is no descriptor left.
            self.census.make_room();
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }
}

/// What one connection needs until it ends or becomes a WebSocket.
struct Connection {
    http: http1::Builder,
    peer: IpAddr,
    router: Router,
    proxies: Arc<[Network]>,
}

impl Connection {
    async fn run(self, stream: Paced, stop: CancellationToken) {
        let Self {
            http,
            peer,
            router,
            proxies,
        } = self;
        let router = TowerToHyperService::new(router);
        let desk = stream.desk();
        let activity = Arc::clone(&desk.activity);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let address = forwarded::client_address(peer, request.headers(), &proxies);
            request
                .extensions_mut()
                .insert(ConnectInfo(SocketAddr::new(address, 0)));
            desk.begin();
            let request = coming::watch(request, &desk);
            let (answer, desk) = (router.call(request), desk.clone());
            async move {
                let answer = answer.await?;
                desk.end(answer.status());
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection.with_upgrades());
        // What goes wrong on a connection is its peer's affair: there is nothing to do about it.
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            () = activity.has_to_leave() => {
                connection.as_mut().graceful_shutdown();
                // A request may have come in the very moment; one that never came is not waited for,
                // nor a peer that does not take its answer.
                if activity.leaves_at_once() {
                    return;
                }
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::trace!(%error, "a connection ended early");
        }
    }
}
