//! The cookies: the only things that a browser sends by itself.
//!
//! They go to `/api/auth` only, scripts cannot read them, and pages of other sites cannot make the
//! browser send them. What reads the refresh cookie demands a header that no form can set; the other
//! one only says that the device is known, and opens nothing.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use battala_hub::sessions::SignedIn;
use battala_proto::{ErrorCode, TimestampMs};
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Required};

use crate::description::{Description, Part};
use crate::refusal::Refusal;
use crate::state::ApiState;

/// The header that what reads the cookie demands.
pub(crate) const GUARD: &str = "x-battala-auth";

/// As long as browsers keep a cookie; every sign-in and renewal begins it anew.
const DEVICE_LIFETIME_S: i64 = 400 * 24 * 60 * 60;

/// How the cookies are written.
#[derive(Debug, Clone)]
pub(crate) struct RefreshCookies(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    name: String,
    device: String,
    is_secure: bool,
}

impl RefreshCookies {
    /// Cookies do not tell ports apart, so the name does: two hubs may run on one machine. With
    /// TLS the name says `__Secure-`: no page without TLS can plant a cookie that browsers take
    /// for it (RFC 6265bis §4.1.3.1). `__Host-` would need a path of `/`.
    pub(crate) fn new(public_url: &str) -> Self {
        let url: Uri = public_url.parse().unwrap_or_default();
        let is_secure = url.scheme_str() == Some("https");
        let port = url.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let prefix = if is_secure { "__Secure-" } else { "" };
        Self(Arc::new(Settings {
            name: format!("{prefix}battala_refresh_{port}"),
            device: format!("{prefix}battala_device_{port}"),
            is_secure,
        }))
    }

    /// The cookies of a session that was opened or renewed: its own, and that of the device.
    pub(crate) fn issue(&self, signed_in: &SignedIn, now: TimestampMs) -> Vec<HeaderValue> {
        let lifetime_s = (signed_in.refresh_expires_at - now).max(0) / 1000;
        vec![
            self.write(&self.0.name, &signed_in.refresh_token, lifetime_s),
            self.device(&signed_in.device),
        ]
    }

    /// The cookie of the device.
    pub(crate) fn device(&self, device: &str) -> HeaderValue {
        self.write(&self.0.device, device, DEVICE_LIFETIME_S)
    }

    /// Makes the browser forget the cookie.
    pub(crate) fn clear(&self) -> Vec<HeaderValue> {
        vec![self.write(&self.0.name, "", 0)]
    }

    fn write(&self, name: &str, value: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self.0.is_secure { "; Secure" } else { "" };
        let cookie = format!(
            "{name}={value}; Path=/api/auth; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
        );
        // Tokens are base64: there is nothing in them that a header cannot hold.
        HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
    }

    /// The cookie among those of a request. A name that stands twice is none: which of them the
    /// hub set cannot be told.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<String> {
        only(headers, &self.0.name)
    }

    /// What the device was given at earlier sign-ins.
    pub(crate) fn find_device(&self, headers: &HeaderMap) -> Option<String> {
        only(headers, &self.0.device)
    }
}

fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut values = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, value)| *found == name && !value.is_empty())
        .map(|(_, value)| value);
    let first = values.next();
    first.filter(|_| values.next().is_none()).map(str::to_owned)
}

/// The refresh token of the request, if it has one.
pub(crate) struct RefreshCookie(pub(crate) Option<String>);

impl FromRequestParts<ApiState> for RefreshCookie {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        if parts.headers.get(GUARD).is_none_or(|value| value != "1") {
            return Err(Refusal::new(
                ErrorCode::Forbidden,
                "the header X-Battala-Auth: 1 is missing",
            ));
        }
        Ok(Self(state.cookies.find(&parts.headers)))
    }
}

impl Part for RefreshCookie {
    fn describe(description: &mut Description) {
        let one = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["1"]));
        let header = ParameterBuilder::new()
            .name("X-Battala-Auth")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "Says that a script of the client asks, and not a form of another page.",
            ))
            .required(Required::True)
            .schema(Some(one));
        description.parameters.push(header.build());
        description.refusals.push(ErrorCode::Forbidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<String> {
        found_at("http://127.0.0.1:3000", lines)
    }

    fn found_at(public_url: &str, lines: &[&str]) -> Option<String> {
        let cookies = RefreshCookies::new(public_url);
        let headers: HeaderMap = lines
            .iter()
            .map(|line| (COOKIE, HeaderValue::from_str(line).unwrap()))
            .collect();
        cookies.find(&headers)
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(
            found(&["a=b; battala_refresh_3000=x.y; c=d"]).as_deref(),
            Some("x.y")
        );
        assert_eq!(
            found(&["a=b", "battala_refresh_3000=x"]).as_deref(),
            Some("x")
        );
    }

    #[test]
    fn what_is_absent_empty_doubled_or_of_another_hub_is_none() {
        for lines in [
            &[] as &[_],
            &["battala_refresh_3000="],
            &["battala_refresh_3001=x"],
            &["xbattala_refresh_3000=x"],
            &["battala_refresh_3000=x; battala_refresh_3000=y"],
            &["battala_refresh_3000=x", "battala_refresh_3000=x"],
        ] {
            assert_eq!(found(lines), None, "{lines:?}");
        }
    }

    fn written(public_url: &str) -> HeaderValue {
        let cookies = RefreshCookies::new(public_url);
        cookies.write(&cookies.0.name, "x", 60)
    }

    #[test]
    fn the_device_is_found_by_its_own_name() {
        let cookies = RefreshCookies::new("http://127.0.0.1:3000");
        let mut headers = HeaderMap::new();
        let line = "battala_refresh_3000=x; battala_device_3000=y; battala_device_3001=z";
        headers.insert(COOKIE, HeaderValue::from_static(line));
        assert_eq!(cookies.find_device(&headers).as_deref(), Some("y"));
    }

    // A page without TLS can set a cookie whose name has no prefix.
    #[test]
    fn with_tls_a_name_without_the_prefix_is_another_cookie() {
        let found = |lines: &[&str]| found_at("https://chat.example.org", lines);
        assert_eq!(found(&["battala_refresh_443=planted"]), None);
        let both = "battala_refresh_443=planted; __Secure-battala_refresh_443=own";
        assert_eq!(found(&[both]).as_deref(), Some("own"));
        let doubled = "__Secure-battala_refresh_443=a; __Secure-battala_refresh_443=b";
        assert_eq!(found(&[doubled]), None);
    }

    #[test]
    fn the_cookie_is_for_this_hub_scripts_and_other_sites_excluded() {
        let cookie = written("http://127.0.0.1:3000");
        assert_eq!(
            cookie,
            "battala_refresh_3000=x; Path=/api/auth; Max-Age=60; HttpOnly; SameSite=Strict"
        );
        let cookie = written("https://chat.example.org");
        assert_eq!(
            cookie,
            "__Secure-battala_refresh_443=x; Path=/api/auth; Max-Age=60; HttpOnly; \
             SameSite=Strict; Secure"
        );
        let cleared = RefreshCookies::new("http://hub.local").clear();
        assert_eq!(
            cleared,
            ["battala_refresh_80=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Strict"]
        );
    }
}
