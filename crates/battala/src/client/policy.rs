//! What the client's pages may do, said to the browser. Decision 0005 has the reasons.

use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Origin;

/// Nothing is allowed but this. The client has no inline script, and text never
/// becomes markup: the one trusted type is the address of the service worker
/// (`web/src/pwa/update.ts`). Libraries of accessible widgets add `<style>` elements, which
/// without foreign images and fonts can send nothing away.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; \
    style-src-elem 'self' 'unsafe-inline'; style-src-attr 'none'; img-src 'self' blob: data:; font-src 'self'; \
    media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
    require-trusted-types-for 'script'; trusted-types battala-worker; connect-src 'self'";

/// The devices that calls use; nothing else.
const PERMISSIONS: &str = "microphone=(self), camera=(self), display-capture=(self), \
    geolocation=(), payment=(), usb=(), serial=(), midi=()";

/// The headers of every answer.
pub(super) fn headers(public_url: &Origin) -> HeaderMap {
    // Older browsers do not count WebSockets as 'self'.
    let content_policy = format!("{CONTENT_POLICY} {}", public_url.to_websocket());
    let content_policy =
        HeaderValue::from_str(&content_policy).unwrap_or(HeaderValue::from_static(CONTENT_POLICY));
    HeaderMap::from_iter([
        (CONTENT_SECURITY_POLICY, content_policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static(PERMISSIONS),
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ])
}
