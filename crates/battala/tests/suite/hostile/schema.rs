//! Fields of bodies, as the committed contract describes them.

use std::sync::LazyLock;

use serde_json::Value;

static OPENAPI: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../../contract/openapi.json");
    serde_json::from_str(text).expect("the contract is JSON")
});

static ASYNCAPI: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../../contract/asyncapi.json");
    serde_json::from_str(text).expect("the contract is JSON")
});

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text; the longest it may be.
    Text(Option<u64>),
    /// An id or one of a few words: a text with a form.
    Form,
    Integer,
    /// Yes or no.
    Truth,
    /// Entries of one kind; how many there can be.
    List(Box<Kind>, u64),
    /// Other fields.
    Object(Vec<Field>),
}

/// A field of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
}

/// The fields of an operation's body; `None` when it takes none.
pub(super) fn of_operation(verb: &str, path: &str) -> Option<Vec<Field>> {
    let operation = &OPENAPI["paths"][path][verb.to_lowercase()];
    assert!(
        operation.is_object(),
        "{verb} {path} is not in the contract"
    );
    let schema = operation["requestBody"]["content"]["application/json"].get("schema")?;
    Some(fields(&OPENAPI, schema))
}

/// The fields of a command.
pub(super) fn of_command(name: &str) -> Vec<Field> {
    let message = &ASYNCAPI["components"]["messages"][name];
    assert!(message.is_object(), "{name} is not in the contract");
    fields(&ASYNCAPI, &message["payload"])
}

fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolve(document, schema);
    assert_eq!(schema["additionalProperties"], false, "{schema}");
    let required = schema["required"].as_array();
    let is_required =
        |name: &String| required.is_some_and(|required| required.iter().any(|other| other == name));
    let properties = schema["properties"].as_object().expect("an object");
    properties
        .iter()
        .map(|(name, schema)| Field {
            name: name.clone(),
            kind: kind(document, resolve(document, schema)),
            is_required: is_required(name),
        })
        .collect()
}

/// Follows references, and takes the one choice that is not `null`.
fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document
            .pointer(&pointer[1..])
            .expect("the reference leads somewhere");
        return resolve(document, target);
    }
    let mut choices = schema["oneOf"].as_array().into_iter().flatten();
    match choices.find(|choice| choice["type"] != "null") {
        Some(choice) => resolve(document, choice),
        None => schema,
    }
}

fn kind(document: &Value, schema: &Value) -> Kind {
    let is = |name: &str| {
        let several = schema["type"].as_array().into_iter().flatten();
        schema["type"] == name || several.into_iter().any(|kind| kind == name)
    };
    if is("array") {
        let entry = kind(document, resolve(document, &schema["items"]));
        let max = schema["maxItems"].as_u64();
        let max = max.unwrap_or_else(|| panic!("a list without a bound: {schema}"));
        Kind::List(Box::new(entry), max)
    } else if is("object") {
        let is_closed = schema["additionalProperties"] == false;
        assert!(is_closed, "an object that takes anything: {schema}");
        Kind::Object(fields(document, schema))
    } else if is("integer") {
        Kind::Integer
    } else if is("boolean") {
        Kind::Truth
    } else if is("string") && schema["maxLength"].is_u64() {
        Kind::Text(schema["maxLength"].as_u64())
    } else if is("string") && (schema["pattern"].is_string() || schema["enum"].is_array()) {
        Kind::Form
    } else if is("string") {
        Kind::Text(None)
    } else {
        panic!("a field of an unknown kind: {schema}")
    }
}
