//! The web client inside the binary: which bytes a path gets, and the headers
//! that keep browsers honest.
//!
//! It does not know the hub: these answers are the same for everyone.

mod assets;
mod negotiate;
mod policy;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::config::Origin;
use assets::Asset;
use negotiate::Encoding;

/// Paths below these belong to others; what they do not know does not exist.
const FOREIGN: [&str; 5] = ["api", "assets", "socket.io", "healthz", "readyz"];

/// A name made from the content can be kept for ever.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Everything else is asked for again, and answered by 304.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// What stands in for a client that was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Battala Hub</title><h1>The hub runs, but without its web client</h1>\
    <p>This binary was compiled before the client was built. In the source folder, run \
    <code>make run</code>, or <code>npm --prefix web ci</code>, \
    <code>npm --prefix web run build</code> and <code>cargo build</code>.</p>";

/// Answers every request that no other route takes.
#[derive(Clone)]
pub(crate) struct Client {
    headers: HeaderMap,
}

impl Client {
    /// A client that talks to the hub at `public_url`.
    pub(crate) fn new(public_url: &Origin) -> Self {
        Self {
            headers: policy::headers(public_url),
        }
    }

    /// The file at the request's path, or the page that draws this path.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        let mut response = respond(request);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }
}

fn respond(request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path();
    match assets::find(path) {
        Some(asset) => deliver(asset, request.headers()),
        None if !is_page(path) => (StatusCode::NOT_FOUND, "Not found\n").into_response(),
        None => match assets::find("/index.html") {
            Some(index) => deliver(index, request.headers()),
            None => not_built(),
        },
    }
}

/// Whether the client draws this path: it is neither somebody else's, nor a
/// file's, whose absence must not look like a page.
fn is_page(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !FOREIGN.contains(&first) && !last.contains('.')
}

fn deliver(asset: &'static Asset, request: &HeaderMap) -> Response {
    let encoding = negotiate::choose(&request.get_all(ACCEPT_ENCODING), asset.is_packed());
    let mut headers = HeaderMap::new();
    let tag = format!("\"{}-{}\"", asset.tag, encoding.as_str());
    let is_known = negotiate::names_tag(&request.get_all(IF_NONE_MATCH), &tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(
        CACHE_CONTROL,
        if asset.is_hashed { KEEP } else { ASK_AGAIN },
    );
    if asset.is_packed() {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    if encoding != Encoding::Identity {
        headers.insert(
            CONTENT_ENCODING,
            HeaderValue::from_static(encoding.as_str()),
        );
    }
    // For HEAD, the server sends the length of the body and not the body.
    (headers, Body::from(asset.bytes(encoding))).into_response()
}

fn not_built() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
}

#[cfg(test)]
mod tests;
