//! What a browser gets from the client's routes. Where these tests need a file,
//! they make one up: the built client may be missing.

use axum::body::to_bytes;

use super::*;

fn request(method: &str, path: &str) -> Request {
    Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap()
}

fn answer(method: &str, path: &str) -> Response {
    let client = Client::new(&"https://chat.example.org".parse().unwrap());
    client.answer(&request(method, path))
}

fn deliver_with(name: http::HeaderName, value: &str) -> Response {
    deliver(
        &assets::MADE_UP,
        &HeaderMap::from_iter([(name, value.parse().unwrap())]),
    )
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), 1024).await.unwrap().to_vec()
}

#[test]
fn only_what_the_client_draws_is_a_page() {
    for path in ["/", "/setup", "/servers/1/channels/2", "/invite/AbC"] {
        assert!(is_page(path), "{path}");
    }
    for path in [
        "/api/nothing",
        "/api",
        "/assets/gone",
        "/socket.io/x",
        "/gone.js",
        "/a/b.png",
    ] {
        assert!(!is_page(path), "{path}");
        assert_eq!(
            answer("GET", path).status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[test]
fn pages_are_only_read() {
    let response = answer("POST", "/");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "GET, HEAD");
}

#[test]
fn every_answer_carries_the_policy() {
    for (method, path) in [("GET", "/"), ("GET", "/api/x"), ("POST", "/")] {
        let headers = answer(method, path).headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(
            policy.contains("require-trusted-types-for 'script'; trusted-types battala-worker;")
        );
        assert!(policy.ends_with("connect-src 'self' wss://chat.example.org"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    }
}

#[tokio::test]
async fn a_file_comes_in_the_form_that_is_accepted() {
    let response = deliver_with(ACCEPT_ENCODING, "gzip, br");
    assert_eq!(response.headers()[CONTENT_ENCODING], "br");
    assert_eq!(response.headers()[VARY], "accept-encoding");
    assert_eq!(body(response).await, b"packed");

    let response = deliver_with(ACCEPT_ENCODING, "identity");
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(body(response).await, b"hello");
}

#[test]
fn a_file_named_by_its_content_is_kept_for_ever() {
    let response = deliver_with(ACCEPT_ENCODING, "br");
    assert_eq!(response.headers()[CACHE_CONTROL], KEEP);
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let tag = deliver_with(ACCEPT_ENCODING, "identity").headers()[ETAG].clone();
    let response = deliver_with(IF_NONE_MATCH, tag.to_str().unwrap());
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(response.headers()[ETAG], tag);
    assert!(body(response).await.is_empty());
    let response = deliver_with(IF_NONE_MATCH, "\"other\"");
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn the_page_is_asked_for_again_each_time() {
    let response = answer("GET", "/servers/1");
    if assets::find("/index.html").is_some() {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CACHE_CONTROL], ASK_AGAIN);
        assert!(response.headers().contains_key(ETAG));
    } else {
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
