//! Encodes what the server sends: events, acknowledgements and the packets
//! around a connection. Knows no queue and no transport.
//!
//! A packet is text: Engine.IO type `4` (message), Socket.IO type, namespace
//! unless it is `/`, acknowledgement id, JSON (Socket.IO protocol v5, "Packet
//! encoding").

use std::fmt::Write as _;

use bytes::Bytes;
use serde::Serialize;

use crate::app::Refusal;

/// An event, encoded once and shared by all its receivers. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// An event with one argument for the namespace `/`.
    ///
    /// # Errors
    /// When `data` cannot be represented as JSON.
    pub fn event(name: &str, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::event_in("/", name, data)
    }

    /// An event with one argument for `namespace`.
    ///
    /// # Errors
    /// When `data` cannot be represented as JSON.
    pub fn event_in(
        namespace: &str,
        name: &str,
        data: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self::from_raw_json(
            namespace,
            name,
            &serde_json::to_string(data)?,
        ))
    }

    /// An event for `namespace` from arguments that already are JSON: values
    /// separated by commas, without brackets; empty for an event without data.
    ///
    /// The caller vouches for `args`; nothing is parsed.
    pub fn from_raw_json(namespace: &str, name: &str, args: &str) -> Self {
        let mut text = head('2', namespace, name.len() + args.len() + 8);
        text.push('[');
        push_json_string(&mut text, name);
        if !args.is_empty() {
            text.push(',');
            text.push_str(args);
        }
        text.push(']');
        Self(text.into())
    }

    /// The encoded size in bytes.
    pub fn size_bytes(&self) -> usize {
        self.0.len()
    }

    /// The encoded packet, beginning with the Engine.IO packet type.
    pub fn as_str(&self) -> &str {
        // A frame is only ever made from a `String`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.0
    }
}

/// The arguments of an acknowledgement: a JSON array.
#[derive(Debug, Clone)]
pub struct Payload(String);

impl Payload {
    /// One argument.
    ///
    /// # Errors
    /// When `data` cannot be represented as JSON.
    pub fn new(data: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::from_raw_json(&serde_json::to_string(data)?))
    }

    /// Arguments that already are JSON: values separated by commas, without
    /// brackets. The caller vouches for them; nothing is parsed.
    pub fn from_raw_json(args: &str) -> Self {
        Self(format!("[{args}]"))
    }
}

/// An acknowledgement of the event that carried `id`.
pub(crate) fn ack(namespace: &str, id: u64, payload: &Payload) -> Bytes {
    let mut text = head('3', namespace, payload.0.len() + 20);
    // Writing to a string cannot fail.
    let _ = write!(text, "{id}");
    text.push_str(&payload.0);
    text.into()
}

/// The acknowledgement of a CONNECT.
pub(crate) fn connected(namespace: &str, sid: &str) -> Bytes {
    let mut text = head('0', namespace, sid.len() + 12);
    text.push_str("{\"sid\":");
    push_json_string(&mut text, sid);
    text.push('}');
    text.into()
}

/// The refusal of a CONNECT. `namespace` may be a name that nobody configured.
pub(crate) fn refused(namespace: &str, refusal: &Refusal) -> Bytes {
    let body = serde_json::to_string(refusal).unwrap_or_else(|_| "{\"message\":\"\"}".to_owned());
    let mut text = head('4', namespace, body.len());
    text.push_str(&body);
    text.into()
}

/// The server ends a namespace.
pub(crate) fn disconnected(namespace: &str) -> Bytes {
    head('1', namespace, 0).into()
}

fn head(kind: char, namespace: &str, more: usize) -> String {
    let mut text = String::with_capacity(namespace.len() + more + 3);
    text.push('4');
    text.push(kind);
    if namespace != "/" {
        text.push_str(namespace);
        text.push(',');
    }
    text
}

/// Appends `value` as a JSON string. Names are short and plain, so the common
/// case copies and only the rest goes through the serializer.
fn push_json_string(text: &mut String, value: &str) {
    let is_plain = value
        .bytes()
        .all(|b| b >= 0x20 && b != b'"' && b != b'\\' && b != 0x7f);
    if is_plain {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        let _ = write!(text, "{}", serde_json::Value::from(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_namespace_unless_it_is_the_main_one() {
        let main = Frame::event("hello", &1).unwrap();
        let other = Frame::event_in("/voice", "hello", &1).unwrap();
        assert_eq!(main.as_str(), r#"42["hello",1]"#);
        assert_eq!(other.as_str(), r#"42/voice,["hello",1]"#);
        assert_eq!(Frame::from_raw_json("/", "x", "").as_str(), r#"42["x"]"#);
    }

    #[test]
    fn an_event_name_is_escaped() {
        let frame = Frame::from_raw_json("/", "a\"b\u{1e}", "");
        assert_eq!(frame.as_str(), "42[\"a\\\"b\\u001e\"]");
    }

    #[test]
    fn an_acknowledgement_carries_its_id_before_the_array() {
        let payload = Payload::new(&true).unwrap();
        assert_eq!(ack("/", 7, &payload), "437[true]");
        assert_eq!(ack("/voice", 7, &payload), "43/voice,7[true]");
    }
}
