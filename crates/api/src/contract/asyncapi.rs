//! The AsyncAPI document: the socket's events and commands.

use std::collections::BTreeSet;

use battala_proto::{Command, told};
use serde_json::{Map, Value, json};

use super::openapi_json;

const CHANNEL: &str = "#/channels/socket";

/// The description of the socket.
pub fn asyncapi_json() -> Value {
    let (mut messages, mut operations) = (Map::new(), Map::new());
    let mut told = Vec::new();
    for event in told::catalogue() {
        let payload = json!({"$ref": schema_ref(&event.schema)});
        let about = event.description.trim();
        let about = json!({"name": event.name, "summary": about, "x-order": event.order, "payload": payload});
        messages.insert(event.name.to_owned(), about);
        told.push(json!({"$ref": message_ref(event.name)}));
    }
    let about = "What the hub tells; at most once per connection, in order per channel.";
    let send =
        json!({"action": "send", "channel": {"$ref": CHANNEL}, "summary": about, "messages": told});
    operations.insert("tell".to_owned(), send);
    for command in Command::catalogue() {
        let answer = format!("{}_ack", command.name);
        let body = json!({"$ref": schema_ref(&command.body)});
        messages.insert(
            command.name.to_owned(),
            message(command.name, command.description, &body),
        );
        messages.insert(
            answer.clone(),
            message(&answer, "The acknowledgement.", &ack(&command.answer)),
        );
        let receive = json!({
            "action": "receive",
            "channel": {"$ref": CHANNEL},
            "summary": command.description.trim(),
            "messages": [{"$ref": message_ref(command.name)}],
            "reply": {"channel": {"$ref": CHANNEL}, "messages": [{"$ref": message_ref(&answer)}]},
        });
        operations.insert(command.name.to_owned(), receive);
    }
    document(&messages, &operations)
}

fn document(messages: &Map<String, Value>, operations: &Map<String, Value>) -> Value {
    let listed: Map<String, Value> = messages
        .keys()
        .map(|name| {
            (
                name.clone(),
                json!({"$ref": format!("#/components/messages/{name}")}),
            )
        })
        .collect();
    let about = "Socket.IO protocol v5 over Engine.IO v4: namespace `/`, `auth: {token}` with an \
        access token. `auth` may have a `status`, the own one as the client last knew it: it holds \
        where the hub has forgotten it; and a `watch`: `\"all\"`, `\"listed\"` or the ids of the channels \
        whose events it shall get. A refused connection gets `connect_error` with `data: {code, retry_after_ms?}`.";
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Battala Hub",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about,
            "license": {"name": env!("CARGO_PKG_LICENSE")},
        },
        "defaultContentType": "application/json",
        "channels": {"socket": {"address": "/socket.io", "messages": listed}},
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas(messages)},
    })
}

fn message(name: &str, about: &str, payload: &Value) -> Value {
    json!({"name": name, "summary": about.trim(), "payload": payload})
}

/// `{"ok": …}` or `{"error": …}`.
fn ack(answer: &str) -> Value {
    let one = |name: &str, schema: &str| {
        json!({
            "type": "object",
            "properties": {name: {"$ref": schema_ref(schema)}},
            "required": [name],
        })
    };
    json!({"oneOf": [one("ok", answer), one("error", "CommandError")]})
}

fn schema_ref(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

fn message_ref(name: &str) -> String {
    format!("{CHANNEL}/messages/{name}")
}

/// The schemas that the messages reach, as the HTTP API has them.
fn schemas(messages: &Map<String, Value>) -> Map<String, Value> {
    let openapi = openapi_json();
    let known = openapi.pointer("/components/schemas");
    let mut waiting: Vec<String> = Vec::new();
    messages
        .values()
        .for_each(|message| references(message, &mut waiting));
    let mut seen = BTreeSet::new();
    let mut found = Map::new();
    while let Some(name) = waiting.pop() {
        let schema = known.and_then(|known| known.get(&name));
        if let (true, Some(schema)) = (seen.insert(name.clone()), schema) {
            references(schema, &mut waiting);
            found.insert(name, schema.clone());
        }
    }
    found
}

/// The names of all schemas that a value refers to.
fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            names.extend(name.map(str::to_owned));
            members
                .values()
                .for_each(|member| references(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
