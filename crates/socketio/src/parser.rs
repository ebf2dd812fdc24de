//! Parses Socket.IO v5 packets from clients. Total: any text yields a packet or
//! a [`Fault`], without a panic and without an allocation sized by the input's
//! claims. Knows no state: whether a packet fits the connection is decided elsewhere.

use std::borrow::Cow;

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::app::Event;

/// Names that Socket.IO keeps for itself; a client that sends one is broken or hostile.
pub(crate) const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// Longest acknowledgement id in digits: 15 nines lie below 2^53, where
/// JavaScript's integers end.
const ACK_DIGITS_MAX: usize = 15;

/// Longest namespace that is looked up at all.
pub(crate) const NAMESPACE_BYTES_MAX: usize = 128;

/// A packet, split but with its JSON unparsed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) body: Body<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body<'a> {
    Connect { auth: &'a str },
    Disconnect,
    Event { ack: Option<u64>, json: &'a str },
}

/// Why a text is no acceptable packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not in the protocol, or not from a client.
    Malformed,
    /// Packet types 5 and 6: attachments are refused before any is buffered.
    Binary,
}

/// Splits a message into its parts.
pub(crate) fn parse(text: &str) -> Result<Packet<'_>, Fault> {
    let kind = *text.as_bytes().first().ok_or(Fault::Malformed)?;
    let rest = text.get(1..).ok_or(Fault::Malformed)?;
    let (namespace, rest) = split_namespace(rest)?;
    let body = match kind {
        b'0' => Body::Connect { auth: rest },
        b'1' if rest.is_empty() => Body::Disconnect,
        b'2' => {
            let (ack, json) = split_ack(rest)?;
            Body::Event { ack, json }
        }
        b'5' | b'6' => return Err(Fault::Binary),
        // 3 (ack) answers a question this server never asks; 4 is the server's.
        _ => return Err(Fault::Malformed),
    };
    Ok(Packet { namespace, body })
}

fn split_namespace(text: &str) -> Result<(&str, &str), Fault> {
    if !text.starts_with('/') {
        return Ok(("/", text));
    }
    let (namespace, rest) = text.split_once(',').unwrap_or((text, ""));
    if namespace.len() > NAMESPACE_BYTES_MAX {
        return Err(Fault::Malformed);
    }
    Ok((namespace, rest))
}

fn split_ack(text: &str) -> Result<(Option<u64>, &str), Fault> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Ok((None, text));
    }
    if digits > ACK_DIGITS_MAX {
        return Err(Fault::Malformed);
    }
    let (id, json) = text.split_at_checked(digits).ok_or(Fault::Malformed)?;
    Ok((Some(id.parse().map_err(|_| Fault::Malformed)?), json))
}

/// The `auth` of a CONNECT: nothing or a JSON object.
pub(crate) fn auth(text: &str) -> Result<Option<Box<RawValue>>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let raw: Box<RawValue> = serde_json::from_str(text).map_err(|_| Fault::Malformed)?;
    if raw.get().starts_with('{') {
        Ok(Some(raw))
    } else {
        Err(Fault::Malformed)
    }
}

/// The name and arguments of an event: a JSON array that begins with a string.
pub(crate) fn event(json: &str, wants_ack: bool) -> Result<Event<'_>, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let (name, data) = deserializer
        .deserialize_seq(ArgsVisitor)
        .map_err(|_| Fault::Malformed)?;
    deserializer.end().map_err(|_| Fault::Malformed)?;
    let args = args_after(json, name).ok_or(Fault::Malformed)?;
    let name: Cow<'_, str> = match serde_json::from_str::<&str>(name.get()) {
        Ok(plain) => Cow::Borrowed(plain),
        Err(_) => Cow::Owned(serde_json::from_str(name.get()).map_err(|_| Fault::Malformed)?),
    };
    if RESERVED.contains(&name.as_ref()) {
        return Err(Fault::Malformed);
    }
    Ok(Event {
        name,
        data,
        args,
        wants_ack,
    })
}

/// What stands between the name and the closing bracket of a valid array.
fn args_after<'a>(json: &'a str, name: &RawValue) -> Option<&'a str> {
    let rest = json.trim_ascii_start().strip_prefix('[')?;
    let rest = rest.trim_ascii_start().strip_prefix(name.get())?;
    let rest = rest.trim_ascii().strip_suffix(']')?.trim_ascii();
    Some(rest.strip_prefix(',').unwrap_or(rest).trim_ascii())
}

/// Takes the first two elements unparsed and checks the syntax of the others.
struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = (&'de RawValue, Option<&'de RawValue>);

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array that begins with an event name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let name = seq
            .next_element()?
            .ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
        let data = seq.next_element()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok((name, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Result<(), Fault> {
        let packet = parse(text)?;
        match packet.body {
            Body::Connect { auth: text } => auth(text).map(drop),
            Body::Disconnect => Ok(()),
            Body::Event { ack, json } => event(json, ack.is_some()).map(drop),
        }
    }

    #[test]
    fn packets_split_into_namespace_ack_and_json() {
        let packet = parse(r#"2/voice,12["a",1]"#).unwrap();
        assert_eq!(packet.namespace, "/voice");
        let json = r#"["a",1]"#;
        assert_eq!(
            packet.body,
            Body::Event {
                ack: Some(12),
                json
            }
        );
        assert_eq!(parse("1/voice").unwrap().namespace, "/voice");
        assert_eq!(parse("0").unwrap().body, Body::Connect { auth: "" });
    }

    #[test]
    fn an_event_yields_its_name_first_argument_and_all_arguments() {
        let event = event(r#" [ "a\n" , 1 , {"x":[true]} ] "#, false).unwrap();
        assert_eq!(event.name, "a\n");
        assert_eq!(event.data.unwrap().get(), "1");
        assert_eq!(event.args, r#"1 , {"x":[true]}"#);
    }

    #[test]
    fn what_is_not_in_the_protocol_is_refused() {
        let malformed = [
            "",
            "2",
            "2{}",
            "2[]",
            "2[1]",
            "2[null]",
            "2[\"a\"",
            "2[\"a\"]]",
            "2[\"a\",]",
            "abc",
            "7",
            "3",
            "31[]",
            "4{}",
            "1x",
            "0[]",
            "0\"x\"",
            "0{",
            "2abc[\"a\"]",
            "2-1[\"a\"]",
            "2[\"connect\"]",
            "2[\"disconnecting\"]",
            "2[\"\\u0063onnect\"]",
            "2[\"\\ud800\"]",
            "21234567890123456[\"a\"]",
            "é",
            "2é",
        ];
        for text in malformed {
            assert_eq!(whole(text), Err(Fault::Malformed), "{text}");
        }
        for text in ["51-[\"a\"]", "51000000000-[\"x\"]", "61-1[]", "5"] {
            assert_eq!(whole(text), Err(Fault::Binary), "{text}");
        }
    }

    #[test]
    fn fifteen_digits_of_acknowledgement_id_are_the_most() {
        assert!(whole("2999999999999999[\"a\"]").is_ok());
        assert!(whole("21000000000000000[\"a\"]").is_err());
    }

    #[test]
    fn a_deeply_nested_argument_neither_overflows_nor_passes_unclosed() {
        let deep = format!("2[\"a\",{}", "[".repeat(60_000));
        assert_eq!(whole(&deep), Err(Fault::Malformed));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = whole(&text);
        }

        #[test]
        fn no_text_that_looks_like_a_packet_panics(
            text in "[0-9]{1,3}(/[a-z,]{0,5})?[0-9]{0,20}[\\[{\"]?[\\PC]{0,20}[\\]}\"]?"
        ) {
            let _ = whole(&text);
        }

        #[test]
        fn every_prefix_of_a_packet_is_a_packet_or_a_fault(
            name in "[a-z_]{1,12}", text in "\\PC{0,24}", ack in 0u64..1_000_000, cut in 0usize..80
        ) {
            let packet = format!("2/voice,{ack}{}", serde_json::json!([name, {"text": text}]));
            let end = packet.char_indices().map(|(i, _)| i).take(cut + 1).last().unwrap_or(0);
            let _ = whole(&packet[..end]);
            if !RESERVED.contains(&name.as_str()) {
                prop_assert!(whole(&packet).is_ok());
            }
        }
    }
}
