//! Registration, sign-in, and the life of a session.

mod changes;
mod guesses;
mod invited;
mod passwords;
mod registration;
mod renewal;
mod reset_links;
mod sessions;
mod sign_in;

use serde_json::{Value, json};

use crate::harness::{Answer, TestHub};

async fn register(hub: &TestHub, body: Value) -> Answer {
    hub.post("/api/auth/register", &body).await
}

async fn login(hub: &TestHub, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    hub.post("/api/auth/login", &body).await
}
