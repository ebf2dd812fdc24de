//! Socket.IO packets: messages of a client, without the packet type of Engine.IO.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::frame::Frame;
use crate::parser::{self, Body, Fault, NAMESPACE_BYTES_MAX, RESERVED};

/// So many beginnings of a packet are read, too.
const BEGINNINGS_MAX: usize = 100;

/// Reads a packet and each beginning of it: its parts are what stands there, its JSON is read as
/// `serde_json` reads it, and an event that is sent back arrives as it was.
pub fn packets(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    check(text);
    for (at, _) in text.char_indices().take(BEGINNINGS_MAX) {
        let (begin, _) = text.split_at(at);
        let _ = read(begin);
    }
}

/// All that is done with a packet.
fn read(text: &str) -> Result<(), Fault> {
    match parser::parse(text)?.body {
        Body::Connect { auth } => parser::auth(auth).map(drop),
        Body::Disconnect => Ok(()),
        Body::Event { ack, json } => parser::event(json, ack.is_some()).map(drop),
    }
}

pub(super) fn check(text: &str) {
    let packet = match parser::parse(text) {
        Ok(packet) => packet,
        Err(Fault::Binary) => {
            assert!(
                text.starts_with(['5', '6']),
                "no type with attachments: {text}"
            );
            return;
        }
        Err(Fault::Malformed) => return,
    };
    let namespace = packet.namespace;
    assert!(namespace.starts_with('/') && namespace.len() <= NAMESPACE_BYTES_MAX);
    assert!(!namespace.contains(','), "{namespace}");
    let mut rest = text.get(1..).expect("a type");
    if rest.starts_with('/') {
        rest = rest.strip_prefix(namespace).expect("it stands there");
        rest = rest.strip_prefix(',').unwrap_or(rest);
    } else {
        assert_eq!(namespace, "/");
    }
    match packet.body {
        Body::Connect { auth } => {
            assert_eq!(auth, rest);
            check_auth(auth);
        }
        Body::Disconnect => assert_eq!(rest, ""),
        Body::Event { ack, json } => {
            let digits = rest.strip_suffix(json).expect("the JSON ends it");
            assert_eq!(ack.is_some(), !digits.is_empty());
            assert_eq!(ack, digits.parse().ok());
            assert!(
                ack.is_none_or(|id| id < 1 << 53),
                "beyond JavaScript's integers"
            );
            check_event(namespace, json);
        }
    }
}

fn check_auth(text: &str) {
    let is_object = serde_json::from_str::<serde_json::Map<String, Value>>(text).is_ok();
    match parser::auth(text) {
        Ok(None) => assert_eq!(text, ""),
        Ok(Some(raw)) => assert_eq!(raw.get(), text.trim_matches([' ', '\t', '\r', '\n'])),
        Err(_) => assert!(!is_object, "an object is refused: {text}"),
    }
}

fn check_event(namespace: &str, json: &str) {
    let values: Option<Vec<Value>> = serde_json::from_str(json).ok();
    let Ok(event) = parser::event(json, false) else {
        let name = values.as_ref().and_then(|values| values.first()?.as_str());
        let is_event = name.is_some_and(|name| !RESERVED.contains(&name));
        assert!(!is_event, "an event is refused: {json}");
        return;
    };
    assert!(!RESERVED.contains(&&*event.name), "{}", event.name);
    let raw: Vec<&RawValue> = serde_json::from_str(json).expect("an array");
    let (first, arguments) = raw.split_first().expect("a name");
    let name: String = serde_json::from_str(first.get()).expect("a text");
    assert_eq!(event.name, name);
    let texts = |values: &[&RawValue]| -> Vec<String> {
        values.iter().map(|value| value.get().to_owned()).collect()
    };
    let again = format!("[{}]", event.args);
    let again: Vec<&RawValue> = serde_json::from_str(&again).expect("arguments are JSON");
    assert_eq!(texts(&again), texts(arguments));
    assert_eq!(
        event.data.map(RawValue::get),
        arguments.first().map(|value| value.get())
    );
    let frame = Frame::from_raw_json(namespace, &event.name, event.args);
    let sent = frame.as_str().strip_prefix('4').expect("a message");
    let returned = parser::parse(sent).expect("a packet");
    assert_eq!(returned.namespace, namespace);
    let Body::Event { ack: None, json } = returned.body else {
        panic!("an event came back as {returned:?}");
    };
    let returned = parser::event(json, false).expect("an event");
    assert_eq!((returned.name, returned.args), (event.name, event.args));
}
