//! Encodes what the server sends: events, acknowledgements and the packets
//! around a connection. Knows no queue and no transport.
//!
//! A packet is text: Engine.IO type `4` (message), Socket.IO type, namespace
//! unless it is `/`, acknowledgement id, JSON (Socket.IO protocol v5, "Packet
//! encoding").

use std::any::Any;
use std::fmt::{self, Write as _};

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

    /// The same frame, with something that is dropped when its last copy has left or was dropped.
    #[must_use]
    pub fn holding(self, held: impl Send + Sync + 'static) -> Self {
        Self(Bytes::from_owner(Holding {
            bytes: self.0,
            _held: held,
        }))
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

/// Bytes, and what lives as long as they do.
struct Holding<T> {
    bytes: Bytes,
    _held: T,
}

impl<T> AsRef<[u8]> for Holding<T> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The arguments of an acknowledgement: a JSON array.
pub struct Payload {
    json: String,
    held: Option<Box<dyn Any + Send + Sync>>,
}

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
        Self {
            json: format!("[{args}]"),
            held: None,
        }
    }

    /// The encoded size in bytes.
    pub fn size_bytes(&self) -> usize {
        self.json.len()
    }

    /// The same arguments, with something that is dropped when they have left or were dropped.
    #[must_use]
    pub fn holding(mut self, held: impl Send + Sync + 'static) -> Self {
        self.held = Some(Box::new(held));
        self
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Payload").field(&self.json).finish()
    }
}

/// An acknowledgement of the event that carried `id`.
pub(crate) fn ack(namespace: &str, id: u64, payload: Payload) -> Bytes {
    let mut text = head('3', namespace, payload.json.len() + 20);
    // Writing to a string cannot fail.
    let _ = write!(text, "{id}");
    text.push_str(&payload.json);
    match payload.held {
        None => text.into(),
        Some(held) => Bytes::from_owner(Holding {
            bytes: text.into(),
            _held: held,
        }),
    }
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
    use std::sync::Arc;

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
        let payload = || Payload::new(&true).unwrap();
        assert_eq!(ack("/", 7, payload()), "437[true]");
        assert_eq!(ack("/voice", 7, payload()), "43/voice,7[true]");
    }

    #[test]
    fn what_is_held_is_dropped_with_the_last_copy_and_not_before() {
        let held = Arc::new(());
        let frame = Frame::event("n", &1).unwrap().holding(Arc::clone(&held));
        let payload = Payload::new(&1).unwrap().holding(Arc::clone(&held));
        let (copy, answer) = (frame.bytes().clone(), ack("/", 7, payload));
        assert_eq!(
            (&copy[..], &answer[..]),
            (&b"42[\"n\",1]"[..], &b"437[1]"[..])
        );
        drop(frame);
        assert_eq!(Arc::strong_count(&held), 3);
        drop((copy, answer));
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
