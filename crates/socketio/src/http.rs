//! The HTTP surface: handshakes, polling requests, upgrades, and the refusals
//! with the bodies that Engine.IO clients know. Knows no Socket.IO.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use ::http::request::Parts;
use ::http::{Extensions, Method, StatusCode, Uri};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Deserialize;

use crate::allowance::Allowance;
use crate::app::App;
use crate::driver::{Driver, Transport};
use crate::limits::{ConnectionPermit, Peer};
use crate::link::Link;
use crate::packet;
use crate::polling::{self, Claim, Inbox, Polling, Rejected, Unread};
use crate::registry::Sid;
use crate::server::Shared;
use crate::undecided::Permit;
use crate::websocket::{self, Upgrade, WebSocket};

/// The query of every request; anything else in it (`t`, a cache buster) is ignored.
#[derive(Deserialize)]
struct Params {
    #[serde(rename = "EIO")]
    protocol: Option<String>,
    transport: Option<String>,
    sid: Option<String>,
}

/// Refusals, with the codes of the reference server.
#[derive(Debug, Clone, Copy)]
enum Refused {
    UnknownTransport,
    UnknownSession,
    BadMethod,
    BadRequest,
    Forbidden,
    UnsupportedProtocol,
    TooLarge,
    TooSlow,
    TooMany,
    Full,
    Busy,
}

/// Both spellings of the path lead to one handler: Engine.IO tells requests
/// apart by query and method.
pub(crate) fn router<A: App>(server: Arc<Shared<A>>) -> Router {
    Router::new()
        .route("/socket.io", any(handle::<A>))
        .route("/socket.io/", any(handle::<A>))
        .with_state(server)
}

async fn handle<A: App>(
    State(server): State<Arc<Shared<A>>>,
    request: Request,
) -> Result<Response, Refused> {
    let (mut parts, body) = request.into_parts();
    let Query(params) =
        Query::<Params>::try_from_uri(&parts.uri).map_err(|_| Refused::BadRequest)?;
    if params.protocol.as_deref() != Some("4") {
        return Err(Refused::UnsupportedProtocol);
    }
    let is_allowed = server
        .config
        .origin
        .as_ref()
        .is_none_or(|check| check(&parts.headers));
    if !is_allowed {
        return Err(Refused::Forbidden);
    }
    match (params.transport.as_deref(), params.sid.as_deref()) {
        (Some("polling"), None) if parts.method == Method::GET => {
            open_polling(&server, &parts).await
        }
        (Some("polling"), Some(sid)) => poll(&server, sid, &parts, body).await,
        (Some("websocket"), None) => open_websocket(&server, &mut parts).await,
        (Some("websocket"), Some(sid)) => upgrade(&server, sid, &mut parts).await,
        (Some("polling"), None) => Err(Refused::BadMethod),
        _ => Err(Refused::UnknownTransport),
    }
}

/// The session that a request names.
pub(crate) fn session_of(uri: &Uri) -> Option<Sid> {
    let Query(params) = Query::<Params>::try_from_uri(uri).ok()?;
    Sid::parse(params.sid.as_deref()?)
}

/// What a connection takes.
type Places = (ConnectionPermit, Permit);

/// Places for one more connection; one that is `owner`'s takes none of its address.
async fn admit<A: App>(
    server: &Shared<A>,
    peer: Peer,
    owner: Option<i64>,
) -> Result<Places, Refused> {
    if server.is_stopping() {
        return Err(Refused::Full);
    }
    let admitted = server.undecided.admit(peer, owner).await;
    let undecided = admitted.ok_or(Refused::TooMany)?;
    let place = server.connections.admit().ok_or(Refused::Full)?;
    Ok((place, undecided))
}

/// Whose a handshake is, as far as it says so itself.
fn owner_of<A: App>(server: &Shared<A>, parts: &Parts) -> Option<i64> {
    let owner_of = server.config.owner_of.as_ref()?;
    owner_of(&parts.headers, &parts.uri)
}

fn peer_of(extensions: &Extensions) -> Peer {
    extensions.get::<Peer>().copied().unwrap_or_else(|| {
        let info = extensions.get::<ConnectInfo<SocketAddr>>();
        // Without either, all share one address and its limit.
        let address = info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0.ip());
        Peer { address }
    })
}

async fn open_polling<A: App>(server: &Arc<Shared<A>>, parts: &Parts) -> Result<Response, Refused> {
    let peer = peer_of(&parts.extensions);
    let places = admit(server, peer, owner_of(server, parts)).await?;
    let sid = Sid::random().map_err(|_| Refused::Full)?;
    let polling = Some(Box::<Polling>::default());
    let link = Arc::new(Link::new(peer, Arc::clone(&server.config), polling));
    server.registry.insert(sid, Arc::clone(&link));
    server.spawn(Driver::new(
        Arc::clone(server),
        link,
        (Transport::Polling(Inbox::default()), Some(sid)),
        places,
    ));
    Ok(text(packet::open(
        &sid.encode(),
        &["websocket"],
        &server.config,
    )))
}

async fn poll<A: App>(
    server: &Shared<A>,
    sid: &str,
    parts: &Parts,
    body: Body,
) -> Result<Response, Refused> {
    let link = find(server, sid)?;
    match parts.method {
        Method::GET => {
            let allowance = parts.extensions.get::<Allowance>();
            Ok(text(polling::read(&link, allowance).await?))
        }
        Method::POST => {
            let is_binary = parts
                .headers
                .get(CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/octet-stream"));
            if is_binary {
                return Err(Refused::BadRequest);
            }
            let reading = axum::body::to_bytes(body, server.config.payload_bytes_max);
            let bytes = tokio::time::timeout(server.config.flush_timeout, reading)
                .await
                .map_err(|_| Refused::TooSlow)?
                .map_err(|_| Refused::TooLarge)?;
            let packets = String::from_utf8(bytes.into()).map_err(|_| Refused::BadRequest)?;
            polling::write(&link, packets).await?;
            Ok(text("ok".to_owned()))
        }
        _ => Err(Refused::BadMethod),
    }
}

async fn open_websocket<A: App>(
    server: &Arc<Shared<A>>,
    parts: &mut Parts,
) -> Result<Response, Refused> {
    let upgrade = Upgrade::from_request(parts).ok_or(Refused::BadRequest)?;
    let peer = peer_of(&parts.extensions);
    let places = admit(server, peer, owner_of(server, parts)).await?;
    let sid = Sid::random().map_err(|_| Refused::Full)?;
    let response = websocket::accept(&upgrade);
    let shared = Arc::clone(server);
    server.spawn(async move {
        let Some(mut socket) = upgraded(&shared, upgrade, &places.1).await else {
            return;
        };
        socket.send_now(&packet::open(&sid.encode(), &[], &shared.config));
        let link = Arc::new(Link::new(peer, Arc::clone(&shared.config), None));
        let transport = (Transport::WebSocket(socket), None);
        Driver::new(shared, link, transport, places).await;
    });
    Ok(response)
}

/// Waits for the TCP connection behind an accepted handshake, as long as nobody needs its place.
async fn upgraded<A: App>(
    server: &Shared<A>,
    upgrade: Upgrade,
    place: &Permit,
) -> Option<Box<WebSocket>> {
    let waiting = tokio::time::timeout(server.config.connect_timeout, upgrade.connection);
    let upgraded = tokio::select! {
        upgraded = waiting => upgraded.ok()?.ok()?,
        () = place.asked() => return None,
    };
    Some(Box::new(WebSocket::new(
        upgraded,
        server.config.payload_bytes_max,
    )))
}

/// Leads a WebSocket to an existing session. One that comes too late, or beside
/// another, is closed (Engine.IO protocol v4, "WebSocket").
async fn upgrade<A: App>(
    server: &Arc<Shared<A>>,
    sid: &str,
    parts: &mut Parts,
) -> Result<Response, Refused> {
    let link = find(server, sid)?;
    let upgrade = Upgrade::from_request(parts).ok_or(Refused::BadRequest)?;
    // Several may come for one session, so each needs places of its own. Who names a session that
    // is signed in is known by that.
    let owner = link.lock().polling.as_ref().and_then(|it| it.owner);
    let owner = owner.or_else(|| owner_of(server, parts));
    let places = admit(server, peer_of(&parts.extensions), owner).await?;
    let response = websocket::accept(&upgrade);
    let claim = polling::claim(&link);
    let shared = Arc::clone(server);
    server.spawn(async move {
        tokio::select! {
            () = lead(&shared, claim, upgrade, &places.1) => {}
            () = places.1.asked() => {}
        }
    });
    Ok(response)
}

/// Leads the WebSocket through the probe. One that takes too long gives its claim back.
async fn lead<A: App>(
    server: &Shared<A>,
    claim: Result<Claim, Rejected>,
    upgrade: Upgrade,
    place: &Permit,
) {
    let socket = upgraded(server, upgrade, place).await;
    let deadline = server.config.connect_timeout;
    match (claim, socket) {
        (Ok(claim), Some(socket)) => {
            let probing = polling::probe(claim, socket);
            let _ = tokio::time::timeout(deadline, probing).await;
        }
        (Err(_), Some(socket)) => {
            let _ = tokio::time::timeout(deadline, socket.refuse()).await;
        }
        (_, None) => {}
    }
}

fn find<A: App>(server: &Shared<A>, sid: &str) -> Result<Arc<Link>, Refused> {
    Sid::parse(sid)
        .and_then(|sid| server.registry.find(sid))
        .ok_or(Refused::UnknownSession)
}

fn text(body: String) -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=UTF-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

impl From<Rejected> for Refused {
    fn from(_: Rejected) -> Self {
        Self::BadRequest
    }
}

impl From<Unread> for Refused {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Rejected => Self::BadRequest,
            Unread::NoRoom => Self::Busy,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::UnknownTransport => (StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Self::UnknownSession => (StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Self::BadMethod => (StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, 3, "Bad request"),
            Self::Forbidden => (StatusCode::FORBIDDEN, 4, "Forbidden"),
            Self::UnsupportedProtocol => {
                (StatusCode::BAD_REQUEST, 5, "Unsupported protocol version")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3, "Payload too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, 3, "Request timeout"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, 4, "Too many connections"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, 4, "Server is full"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, 3, "Server is busy"),
        };
        let body = serde_json::json!({ "code": code, "message": message });
        (status, axum::Json(body)).into_response()
    }
}
