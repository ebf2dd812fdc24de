//! Someone with an account, seen from outside.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::Answer;
use super::http::{Http, Request};
use super::watched::deadline;

/// What every account of the tests has as its password.
pub(crate) const PASSWORD: &str = "banyan tree at noon";
/// What it can be changed to.
pub(crate) const NEW_PASSWORD: &str = "banyan tree at dusk";

/// One session of an account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    http: Arc<Http>,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) session_id: String,
    pub(crate) token: String,
    /// `name=value` of the refresh cookie.
    pub(crate) cookie: String,
}

impl User {
    /// From the answer that opened the session.
    #[track_caller]
    pub(crate) fn signed_in(http: &Arc<Http>, answer: &Answer) -> Self {
        let body = answer.ok();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            http: Arc::clone(http),
            id: text(&body["user"]["id"]),
            name: text(&body["user"]["username"]),
            session_id: text(&body["session_id"]),
            token: text(&body["access_token"]),
            cookie: cookie_of(answer),
        }
    }

    /// The same user with another access token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    /// A request in the name of the user; `path` is below `/api`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.http.send(&self.request(method, path, body)).await
    }

    /// The same again and again while the hub is full, as a client does: when it is told to come
    /// back. For what may be done twice.
    pub(crate) async fn insists(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path, body);
        let deadline = deadline();
        loop {
            let answer = self.http.try_send(&request).await.expect("an answer");
            if answer.status != 503 || Instant::now() >= deadline {
                assert!(answer.status < 500, "{answer}");
                return answer;
            }
            answer.refused(503, "unavailable");
            let wait = answer.json()["retry_after_ms"].as_u64().expect("a time");
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: Option<Value>) -> Request {
        let request = Request::new(method, &format!("/api{path}")).bearer(&self.token);
        match body {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    /// Changes the password, which ends the other sessions.
    pub(crate) async fn changes_password(&self, from: &str, to: &str) {
        let body = json!({"current_password": from, "new_password": to});
        self.post("/users/@me/password", body).await.is(204);
    }

    /// Renews the session with the refresh cookie.
    pub(crate) async fn refresh(&self) -> Answer {
        self.http
            .send(&self.cookie_request("/api/auth/refresh"))
            .await
    }

    /// Signs out with the refresh cookie.
    pub(crate) async fn logout(&self) {
        let answer = self
            .http
            .send(&self.cookie_request("/api/auth/logout"))
            .await;
        answer.is(204);
    }

    pub(crate) fn cookie_request(&self, path: &str) -> Request {
        Request::new("POST", path)
            .header("Cookie", &self.cookie)
            .header("X-Battala-Auth", "1")
    }
}

/// `name=value` of the refresh cookie that an answer sets; empty when it sets none.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap_or_default();
    cookie.split(';').next().unwrap_or_default().to_owned()
}
