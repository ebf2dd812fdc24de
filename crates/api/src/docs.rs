//! Pages about the API: the explorer, the events, the problems. No page has a script of ours.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use battala_hub::Error;
use battala_proto::{Command, ErrorCode, told};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use utoipa_swagger_ui::Config;

use crate::contract;
use crate::refusal::Refusal;
use crate::route_class::RouteClass;
use crate::section::Outside;

/// The explorer's own files, the styles it makes at run time, and requests to this hub.
const EXPLORER_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Pages of text with a few styles.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// The explorer's files change with the hub's version only; a browser asks before it uses them.
const REVALIDATE: &str = "no-cache";

/// Pages for people, and the description for programs. They need no place: nothing is waited for,
/// and their bytes are part of the binary.
pub(crate) fn pages() -> Vec<Outside> {
    vec![
        Outside::new(RouteClass::Page, "/api/openapi.json", openapi),
        Outside::new(RouteClass::Page, "/api/docs", explorer),
        Outside::new(RouteClass::Page, "/api/docs/{*file}", explorer_file),
        Outside::new(RouteClass::Page, "/api/docs/", explorer_index),
        Outside::new(RouteClass::Page, "/api/docs/events", events),
        Outside::new(RouteClass::Page, "/api/docs/problems", problems),
    ]
}

/// The description of the API, written once per process.
async fn openapi() -> Response {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| contract::to_text(&contract::openapi_json()));
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The explorer refers to its files by relative paths, so its own path ends with a slash.
async fn explorer() -> Redirect {
    Redirect::permanent("/api/docs/")
}

async fn explorer_index() -> Result<Response, Refusal> {
    explorer_response("index.html")
}

async fn explorer_file(Path(file): Path<String>) -> Result<Response, Refusal> {
    explorer_response(&file)
}

fn explorer_response(file: &str) -> Result<Response, Refusal> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
        // A validator on another host would be told the hub's address.
        Arc::new(Config::from("/api/openapi.json").validator_url("none"))
    });
    let found = utoipa_swagger_ui::serve(file, Arc::clone(&CONFIG));
    let found = found.map_err(|error| Error::internal(error.to_string()))?;
    let file = found.ok_or(Error::NotFound)?;
    let mut response = (
        [
            (CONTENT_TYPE, file.content_type.as_str()),
            (CONTENT_SECURITY_POLICY, EXPLORER_POLICY),
            (CACHE_CONTROL, REVALIDATE),
        ],
        // Nearly all are part of the binary; a copy for each reader would be the readers' memory.
        match file.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        },
    )
        .into_response();
    if file.gzpipped {
        let gzip = http::HeaderValue::from_static("gzip");
        response.headers_mut().insert(CONTENT_ENCODING, gzip);
    }
    Ok(response)
}

/// The events and commands of the socket.
async fn events() -> Response {
    static PAGE: LazyLock<String> = LazyLock::new(events_page);
    page(&PAGE)
}

/// The error codes; the `type` of a problem points here.
async fn problems() -> Response {
    static PAGE: LazyLock<String> = LazyLock::new(problems_page);
    page(&PAGE)
}

fn page(html: &'static str) -> Response {
    let headers = [(CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    (StatusCode::OK, headers, Html(html)).into_response()
}

fn events_page() -> String {
    let events = told::catalogue()
        .into_iter()
        .map(|event| row(event.name, &[&event.schema, event.description]));
    let commands = Command::catalogue().into_iter().map(|command| {
        row(
            command.name,
            &[&command.body, &command.answer, command.description],
        )
    });
    let body = format!(
        "<p>Over Socket.IO on <code>/socket.io</code>, namespace <code>/</code>, with \
         <code>auth: {{token}}</code>. The schemas stand in \
         <a href=\"/api/openapi.json\">openapi.json</a> under <code>components.schemas</code>.</p>\
         <h2>Events, from the hub</h2>{}<h2>Commands, to the hub</h2>\
         <p>Each takes one object and is acknowledged with <code>{{\"ok\": …}}</code> or \
         <code>{{\"error\": …}}</code>.</p>{}",
        table(&["Event", "Payload", "Says"], events),
        table(&["Command", "Body", "Answer", "Does"], commands),
    );
    document("Events and commands", &body)
}

fn problems_page() -> String {
    let rows = ErrorCode::ALL
        .iter()
        .map(|code| row(code.as_str(), &[&code.status().to_string(), code.title()]));
    document("Problems", &table(&["Code", "Status", "Means"], rows))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Battala Hub</title>\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;\
         max-width:60rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;width:100%}}\
         th,td{{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8886}}\
         tr:target{{background:#fc03}}</style><h1>{title}</h1>{body}</html>\n"
    )
}

fn table(heads: &[&str], rows: impl Iterator<Item = String>) -> String {
    let heads = heads.join("</th><th>");
    let rows: String = rows.collect();
    format!("<table><tr><th>{heads}</th></tr>{rows}</table>")
}

/// A row with an anchor. All texts are our own constants, and none has markup in it.
fn row(name: &str, cells: &[&str]) -> String {
    let cells = cells.join("</td><td>");
    format!("<tr id=\"{name}\"><td><code>{name}</code></td><td>{cells}</td></tr>")
}
