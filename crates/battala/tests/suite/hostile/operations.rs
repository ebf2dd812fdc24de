//! Every operation of HTTP.

use battala_api::{Operation, operations};
use serde_json::{Map, Value, json};

use super::{cases, schema};
use crate::harness::{Answer, Community, PASSWORD, Request, TestHub, User, nonce};

/// Someone who may do everything, and what it can be done to.
struct Stage {
    hub: TestHub,
    admin: User,
    community: Community,
    message: String,
    code: String,
    other: User,
}

impl Stage {
    async fn set() -> Self {
        let hub = TestHub::start().await;
        let admin = hub.admin().await;
        let community = admin.community("Bazaar").await;
        let said = admin.say(&community.channel, "hello").await;
        let code = admin.invite(&community).await;
        let other = hub.user("other").await;
        other.join(&code).await;
        Self {
            message: said["id"].as_str().expect("an id").to_owned(),
            hub,
            admin,
            community,
            code,
            other,
        }
    }

    fn path(&self, operation: &Operation) -> String {
        self.fill(operation.path)
    }

    /// A request with a right body, if the operation takes one.
    fn request(&self, operation: &Operation, path: &str) -> Request {
        let verb = operation.verb.as_str();
        let request = Request::new(verb, path).header("X-Battala-Auth", "1");
        match schema::of_operation(verb, operation.path) {
            Some(_) => request.json(&Value::Object(self.body(operation))),
            None => request,
        }
    }

    fn fill(&self, template: &str) -> String {
        template
            .replace("{server_id}", &self.community.id)
            .replace("{channel_id}", &self.community.channel)
            .replace("{message_id}", &self.message)
            .replace("{user_id}", &self.other.id)
            .replace("{session_id}", &self.other.session_id)
            .replace("{code}", &self.code)
    }

    /// A body that is right, with every field that is not refused beside the others.
    fn body(&self, operation: &Operation) -> Map<String, Value> {
        let body = match operation.id {
            "update_hub" => json!({"name": "Battala", "registration": "open"}),
            "set_up_hub" => json!({
                "token": "x", "username": "ana", "password": PASSWORD, "email": null,
                "hub_name": "Mine", "registration": "open",
            }),
            "register" => json!({
                "username": format!("u{}", nonce()), "password": PASSWORD, "display_name": "Ana",
                "email": null, "invite": null,
            }),
            "login" => json!({"login": "other", "password": PASSWORD}),
            "reset_password" => json!({"token": "x", "password": PASSWORD}),
            "update_me" => {
                json!({"display_name": "Root", "email": null, "current_password": PASSWORD})
            }
            "create_password_reset" => json!({"current_password": PASSWORD}),
            "change_password" => json!({"current_password": PASSWORD, "new_password": PASSWORD}),
            "create_server" | "update_server" => json!({"name": "Haat"}),
            "create_channel" | "update_channel" => json!({"name": "haat", "topic": "tea"}),
            "reorder_servers" => json!({"servers": [{"id": self.community.id, "position": 0}]}),
            "reorder_channels" => {
                json!({"channels": [{"id": self.community.channel, "position": 0}]})
            }
            "create_invite" => json!({"expires_in_s": 60, "uses_max": 5, "reuse": true}),
            "send_message" => json!({"content": "hi", "nonce": nonce()}),
            "edit_message" => json!({"content": "changed"}),
            "mark_read" => json!({"message_id": self.message}),
            other => panic!("{other} takes a body and has none here"),
        };
        body.as_object().expect("an object").clone()
    }

    async fn ask(&self, request: Request) -> Answer {
        self.hub.http.send(&request.bearer(&self.admin.token)).await
    }
}

fn with_bodies() -> Vec<(Operation, Vec<schema::Field>)> {
    let fields = |operation: Operation| {
        let fields = schema::of_operation(operation.verb.as_str(), operation.path)?;
        Some((operation, fields))
    };
    operations().into_iter().filter_map(fields).collect()
}

#[tokio::test]
async fn every_wrong_field_of_every_body_is_named() {
    let stage = Stage::set().await;
    let mut asked = 0;
    for (operation, fields) in with_bodies() {
        let right = stage.body(&operation);
        for case in cases::wrong_fields(&fields, &right) {
            let path = stage.path(&operation);
            let request = Request::new(operation.verb.as_str(), &path).raw_json(case.body.as_str());
            let answer = stage.ask(request).await;
            let problem = answer.refused(400, "invalid_input");
            let named = problem["fields"].as_array().expect("fields");
            assert!(
                named
                    .iter()
                    .any(|field| field["field"] == case.field.as_str()),
                "{} {}: {answer} does not name {}",
                operation.id,
                case.body,
                case.field
            );
            asked += 1;
        }
    }
    assert!(asked > 400, "{asked}");
}

#[tokio::test]
async fn every_body_that_cannot_be_read_is_malformed() {
    let stage = Stage::set().await;
    for (operation, _) in with_bodies() {
        let right = stage.body(&operation);
        let path = stage.path(&operation);
        let request = || Request::new(operation.verb.as_str(), &path);
        for body in cases::unreadable(&right) {
            let answer = stage.ask(request().raw_json(body.as_str())).await;
            let shown: String = body.chars().take(100).collect();
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "malformed"),
                "{} {shown}: {answer}",
                operation.id
            );
        }
        for body in [
            &b"\xff\xfe{\x00}"[..],
            b"{\"content\":\"\xc3\x28\"}",
            b"\xef\xbb\xbf{}",
        ] {
            stage
                .ask(request().raw_json(body))
                .await
                .refused(400, "malformed");
        }
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_413_and_one_that_is_no_json_415() {
    let stage = Stage::set().await;
    for (operation, _) in with_bodies() {
        let path = stage.path(&operation);
        let request = || Request::new(operation.verb.as_str(), &path);
        for length in [64 * 1024 + 1, 1024 * 1024] {
            let answer = stage.ask(request().raw_json(vec![b' '; length])).await;
            answer.refused(413, "payload_too_large");
        }
        let body = Value::Object(stage.body(&operation)).to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "",
        ] {
            let mut request = request().header("Content-Type", kind);
            request.body = Some(body.clone().into_bytes());
            stage
                .ask(request)
                .await
                .refused(415, "unsupported_media_type");
        }
        let mut bare = request();
        bare.body = Some(body.into_bytes());
        stage.ask(bare).await.refused(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn a_parameter_that_an_operation_does_not_know_is_named_and_nothing_is_done() {
    let stage = Stage::set().await;
    for operation in operations() {
        let path = format!("{}?surprise=1", stage.path(&operation));
        let request = stage.request(&operation, &path);
        let answer = stage.ask(request).await;
        answer.refuses_field("surprise", "unknown_field");
    }
    stage.admin.get(&stage.community.path("")).await.is(200);
}

#[tokio::test]
async fn a_path_that_names_nothing_is_404_whatever_stands_in_it() {
    let stage = Stage::set().await;
    let long = "9".repeat(4000);
    let names = [
        "abc",
        "0",
        "-1",
        "1.5",
        "%00",
        "%F0%9F",
        "%2e%2e",
        "..;",
        "99999999999999999999",
        "9223372036854775808",
        "0x10",
        "+5",
        "%201",
        "1%20",
        "null",
        "%7Bserver_id%7D",
        "'%20OR%201=1",
        "4611686018427387904",
        &long,
    ];
    for operation in operations() {
        let placeholders = operation
            .path
            .split('/')
            .filter(|part| part.starts_with('{'));
        let paths = placeholders.flat_map(|placeholder| {
            names.map(|name| stage.fill(&operation.path.replace(placeholder, name)))
        });
        for path in paths {
            let answer = stage.ask(stage.request(&operation, &path)).await;
            answer.refused(404, "not_found");
        }
    }
}

#[tokio::test]
async fn a_method_that_a_resource_does_not_have_is_405_with_those_it_has() {
    let stage = Stage::set().await;
    for (method, path, allowed) in [
        ("PUT", "/api/hub", "PATCH"),
        ("DELETE", "/api/users/@me", "PATCH"),
        ("POST", "/api/servers/1/channels/", ""),
        ("POST", "/api/channels/1", "DELETE"),
        ("TRACE", "/api/hub", "GET"),
        ("BREW", "/api/hub", "GET"),
    ] {
        let answer = stage.ask(Request::new(method, path)).await;
        if allowed.is_empty() {
            answer.refused(404, "not_found");
            continue;
        }
        answer.refused(405, "method_not_allowed");
        let allow = answer.header("allow").unwrap_or_default();
        assert!(allow.contains(allowed), "{answer}: {allow}");
    }
}
