//! Whose pages may change something: those of the hub itself and those that are configured.
//!
//! A request without an `Origin` comes from a program and not from a page; it has no credentials
//! that a browser added.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use battala_hub::line::Line;
use battala_proto::{ErrorCode, FieldCode, FieldError};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::extract::GUARD;
use crate::refusal::Refusal;

/// How the page that makes a request stands to where it goes (Fetch Metadata). Pages cannot set it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins whose pages may call the hub.
#[derive(Debug)]
pub struct Origins {
    public: String,
    others: Vec<String>,
    /// A wrong `public_url` refuses every press of every page.
    warning: Mutex<Line>,
}

impl Origins {
    /// The hub itself, and the configured others.
    pub fn new(public_url: &str, others: &[String]) -> Self {
        Self {
            public: public_url.to_ascii_lowercase(),
            others: others
                .iter()
                .map(|origin| origin.to_ascii_lowercase())
                .collect(),
            warning: Mutex::default(),
        }
    }

    /// Why a page may not: its reader learns the address that is meant, and so does the operator,
    /// whose `public_url` may be wrong.
    fn refuse(&self, headers: &HeaderMap) -> Refusal {
        let public = &self.public;
        let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left_out) = warning.due() {
            let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
            let origin = String::from_utf8_lossy(origin.unwrap_or_default());
            tracing::warn!(
                %origin,
                public_url = %public,
                left_out,
                "refused a change by a page of another origin; if people reach the hub there, \
                 `public_url` has to say so"
            );
        }
        let detail = format!(
            "pages of this origin may not change anything; this hub is set up for {public}"
        );
        let origin = FieldError {
            field: "origin".to_owned(),
            code: FieldCode::Wrong,
            message: public.clone(),
            limit: None,
        };
        Refusal::new(ErrorCode::Forbidden, detail).with_field(origin)
    }

    /// Whether the page that made the request may change something; no page at all may.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(ORIGIN).iter();
        let origin = match (given.next(), given.next()) {
            (None, _) => return true,
            (Some(origin), None) => origin.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return false,
        };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        origin == self.public
            || self.others.iter().any(|other| other == origin)
            || host.is_some_and(|host| self.is_own_host(origin, host))
    }

    /// Whether a handshake may begin something: not for a page of another origin that has the
    /// browser fetch it like a picture. Then there is no `Origin`, but browsers say where from, at
    /// least to a hub with TLS.
    pub fn allow_handshake(&self, headers: &HeaderMap) -> bool {
        let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
        let is_own = matches!(site, None | Some(b"same-origin" | b"none"));
        self.allow(headers) && (is_own || headers.contains_key(ORIGIN))
    }

    /// Whether a page was loaded from the very host that the request goes to: an address in the
    /// local network, say. A hub with TLS does not take the word of a page without.
    fn is_own_host(&self, origin: &str, host: &str) -> bool {
        let (authority, own_port) = match origin.split_once("://") {
            Some(("https", authority)) => (authority, ":443"),
            Some(("http", authority)) if !self.public.starts_with("https:") => (authority, ":80"),
            _ => return false,
        };
        let host = host.strip_suffix(own_port).unwrap_or(host);
        !authority.is_empty() && host.eq_ignore_ascii_case(authority)
    }
}

/// Refuses what a page of another origin tries to change.
pub(super) fn refuse_foreign_page(origins: &Origins, request: &Request) -> Option<Refusal> {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let may = is_safe || origins.allow(request.headers());
    (!may).then(|| origins.refuse(request.headers()))
}

/// Tells browsers about the configured origins; `None` when there are none.
pub(crate) fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(&origin.to_ascii_lowercase()).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            ACCEPT,
            AUTHORIZATION,
            CONTENT_TYPE,
            HeaderName::from_static(GUARD),
        ])
        .expose_headers(EXPOSED.map(HeaderName::from_static))
        .max_age(ASKED_ONCE);
    Some(cors)
}

/// A browser asks so long before it asks again whether a page may; none keeps it for longer.
const ASKED_ONCE: Duration = Duration::from_hours(2);

/// What a page of another origin may read beside the body.
const EXPOSED: [&str; 5] = [
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "x-request-id",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(public: &str, host: &str, origins: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        for origin in origins {
            headers.append(ORIGIN, origin.parse().unwrap());
        }
        let others = ["https://app.example.org".to_owned()];
        Origins::new(public, &others).allow(&headers)
    }

    #[test]
    fn own_and_configured_pages_and_programs_may() {
        let public = "https://chat.example.org";
        assert!(allows(public, "internal:3000", &[public]));
        assert!(allows(
            public,
            "internal:3000",
            &["https://app.example.org"]
        ));
        assert!(allows(public, "internal:3000", &[]));
    }

    #[test]
    fn a_page_of_the_host_that_is_asked_may() {
        let public = "http://127.0.0.1:3000";
        assert!(allows(
            public,
            "192.168.0.7:3000",
            &["http://192.168.0.7:3000"]
        ));
        assert!(allows(public, "hub.local", &["http://hub.local"]));
        assert!(allows(public, "hub.local:80", &["http://hub.local"]));
        assert!(allows(public, "[::1]:3000", &["http://[::1]:3000"]));
    }

    #[test]
    fn a_handshake_that_a_foreign_page_fetches_without_its_origin_may_not() {
        let public = "https://chat.example.org";
        let origins = Origins::new(public, &[]);
        let allows = |pairs: &[(HeaderName, &str)]| {
            let pairs = pairs.iter();
            let headers = pairs.map(|(name, value)| (name.clone(), value.parse().unwrap()));
            origins.allow_handshake(&headers.collect())
        };
        assert!(allows(&[]), "a program");
        for own in ["same-origin", "none"] {
            assert!(allows(&[(FETCH_SITE, own)]), "{own}");
        }
        for foreign in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!allows(&[(FETCH_SITE, foreign)]), "{foreign}");
        }
        assert!(allows(&[(FETCH_SITE, "cross-site"), (ORIGIN, public)]));
        let foreign = "https://evil.example";
        assert!(!allows(&[(FETCH_SITE, "same-origin"), (ORIGIN, foreign)]));
    }

    #[test]
    fn foreign_null_and_look_alike_origins_may_not() {
        let public = "https://chat.example.org";
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://chat.example.org",
            "https://chat.example.org.evil.example",
            "https://evilchat.example.org",
            "https://sub.chat.example.org",
            "https://chat.example.org:8443",
            "chat.example.org",
        ] {
            assert!(!allows(public, "chat.example.org", &[origin]), "{origin}");
        }
        assert!(!allows(
            public,
            "chat.example.org",
            &[public, "https://evil.example"]
        ));
    }
}
