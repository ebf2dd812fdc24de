//! The outermost room: names the request, writes problem documents and headers, and logs one line.
//!
//! The line never has a body, a token, a query or an address in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use battala_hub::limits::{Allowance, Bucket, Subject};
use battala_hub::line::Line;
use battala_hub::{Error, Rate};
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::health;
use crate::refusal::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Answers of the API are data; nothing in them may run or be framed.
const CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// One request, from its arrival to its answer.
#[derive(Debug, Clone)]
pub(crate) struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    /// What is left of the tightest bucket that the request was counted in.
    allowance: Mutex<Option<Allowance>>,
    /// What the request was counted in of its address for an operation, which it may never come to.
    lent: OnceLock<(Bucket, Subject)>,
    /// It counts nowhere.
    is_excused: AtomicBool,
}

impl Context {
    fn new() -> Self {
        // Without randomness there is no name, and that is no reason to refuse the request.
        let id = getrandom::u64().map_or_else(|_| String::new(), |id| format!("{id:016x}"));
        Self(Arc::new(Inner {
            id,
            allowance: Mutex::default(),
            lent: OnceLock::new(),
            is_excused: AtomicBool::new(false),
        }))
    }

    /// Remembers what a bucket had left; the tightest of a request's buckets is told.
    pub(crate) fn note(&self, outcome: &Result<Allowance, Error>, rate: Rate) {
        let allowance = match outcome {
            Ok(allowance) => *allowance,
            Err(error) => Allowance {
                limit: rate.burst,
                remaining: 0,
                reset_ms: error.retry_after_ms().unwrap_or(0),
            },
        };
        let mut noted = self
            .0
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if noted.is_none_or(|other| allowance.remaining <= other.remaining) {
            *noted = Some(allowance);
        }
    }

    /// Remembers that the request was counted in a bucket of its address.
    pub(crate) fn note_lent(&self, bucket: Bucket, subject: Subject) {
        // An operation has one such bucket.
        let _ = self.0.lent.set((bucket, subject));
    }

    /// What it was counted in of its address.
    pub(crate) fn lent(&self) -> Option<(Bucket, Subject)> {
        self.0.lent.get().copied()
    }

    /// Lets the request count nowhere: its answer takes no more than a refusal would.
    pub(crate) fn excuse(&self) {
        self.0.is_excused.store(true, Ordering::Relaxed);
    }

    /// Whether nothing is left to be counted: some bucket has the request, or none needs to.
    pub(crate) fn is_counted(&self) -> bool {
        self.is_excused() || self.allowance().is_some()
    }

    fn is_excused(&self) -> bool {
        self.0.is_excused.load(Ordering::Relaxed)
    }

    fn allowance(&self) -> Option<Allowance> {
        *self
            .0
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines about requests that are refused: each alone is no news, and whoever sends them would
/// fill the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused(Arc<Lines>);

#[derive(Debug, Default)]
struct Lines {
    rate: Mutex<Line>,
    busy: Mutex<Line>,
}

impl Refused {
    /// Notes a refusal, if the status says that it is one of these.
    fn note(&self, status: StatusCode, route: &str) -> bool {
        let due = |line: &Mutex<Line>| {
            let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
            line.due()
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                if let Some(left_out) = due(&self.0.rate) {
                    tracing::info!(route, left_out, "requests are refused for their rate");
                }
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                if let Some(left_out) = due(&self.0.busy) {
                    tracing::warn!(
                        route,
                        left_out,
                        "requests are not served: the hub is full, or its database does not answer"
                    );
                }
            }
            _ => return false,
        }
        true
    }
}

/// Accompanies a request through all other rooms.
pub(crate) async fn accompany(
    State(refused): State<Refused>,
    mut request: Request,
    next: Next,
) -> Response {
    let (context, began) = (Context::new(), Instant::now());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(context.clone());
    let span = tracing::info_span!("request", id = context.0.id);
    let response = next.run(request).instrument(span).await;
    let response = finish(&context, response);
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                target: "battala_api::requests",
                %method,
                route,
                status = response.status().as_u16(),
                ms = milliseconds(began.elapsed()),
                id = context.0.id,
                "request"
            )
        };
    }
    // A probe that succeeds is no news, and comes every few seconds for years.
    let is_probe = health::PROBES.contains(&route);
    let is_no_news = is_probe && response.status().is_success();
    // So is a page's question whether it may ask something.
    let is_question = method == Method::OPTIONS && response.status().is_success();
    let is_refused = refused.note(response.status(), route);
    // What no rate bounds would fill the log.
    let is_excused = context.is_excused();
    if is_refused || is_no_news || is_question || is_excused {
        log!(debug);
    } else {
        log!(info);
    }
    response
}

fn milliseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

fn finish(context: &Context, response: Response) -> Response {
    let mut response = match refusal_of(&response) {
        Some(refusal) => explain(context, refusal, response),
        None => response,
    };
    let headers = response.headers_mut();
    if let Some(allowance) = context.allowance() {
        headers.insert(LIMIT, allowance.limit.into());
        headers.insert(REMAINING, allowance.remaining.into());
        headers.insert(RESET, allowance.reset_ms.div_ceil(1000).into());
    }
    if let Ok(id) = HeaderValue::try_from(&context.0.id) {
        headers.insert(REQUEST_ID, id);
    }
    protect(headers);
    response
}

/// The refusal that an answer stands for, whether it is ours or axum's.
fn refusal_of(response: &Response) -> Option<Refusal> {
    let status = response.status();
    let own = response.extensions().get::<Refusal>().cloned();
    own.or_else(|| {
        let is_refused = status.is_client_error() || status.is_server_error();
        is_refused.then(|| Refusal::of_status(status))
    })
}

/// Puts a problem document in the place of the body; other headers, such as `Allow`, stay.
fn explain(context: &Context, refusal: Refusal, response: Response) -> Response {
    let (status, retry_after_ms) = (refusal.status(), refusal.retry_after_ms());
    let mut headers = response.into_parts().0.headers;
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(wait_ms) = retry_after_ms {
        headers.insert(RETRY_AFTER, wait_ms.div_ceil(1000).max(1).into());
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        headers.insert(http::header::WWW_AUTHENTICATE, scheme);
    }
    let problem = refusal.into_problem(&context.0.id);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    response.headers_mut().extend(headers);
    response
}

/// Headers that every answer has, unless its own are there already.
fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}
