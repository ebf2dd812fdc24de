//! Fuzz target: bodies of requests and commands, as a plain function over bytes that panics when
//! a promise is broken.
//!
//! It stands within the crate because what reads a body is private and stays so. The module is
//! built for tests, which run it over its kept corpus and mutations of it, and for `cargo fuzz`,
//! which sets `cfg(fuzzing)`; it is no part of the library otherwise. It does not know which
//! operation a body was meant for: each body is offered to all of them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a target fails by panicking, and is in no build that serves"
)]

use std::collections::BTreeSet;
use std::fmt;

use battala_proto::fields::{FieldValue, Fields, Request};
use battala_proto::text::{
    ChannelName, DisplayName, Email, InviteCode, MessageText, NewPassword, Nonce, SearchText,
    ServerName, Topic, Username,
};
use battala_proto::{Command, ErrorCode, FieldCode, FieldError};
use battala_proto::{
    auth, channels, commands, hub, invites, members, messages, reads, servers, users,
};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::extract::parse_body;
use crate::refusal::Refusal;

/// Longest refusal of a whole body, however large or hostile the body is.
const PROBLEM_BYTES_MAX: usize = 8 * 1024;

type Read = fn(Fields) -> Result<(), Vec<FieldError>>;

/// Every request there is, by name.
const REQUESTS: &[(&str, Read)] = &[
    ("nothing", read::<()>),
    ("MessageSend", read::<commands::MessageSend>),
    ("TypingStart", read::<commands::TypingStart>),
    ("ChannelRead", read::<commands::ChannelRead>),
    ("PresenceSet", read::<commands::PresenceSet>),
    ("MembersSubscribe", read::<commands::MembersSubscribe>),
    ("ChannelSync", read::<commands::ChannelSync>),
    ("SessionRefresh", read::<commands::SessionRefresh>),
    ("SendMessage", read::<messages::SendMessage>),
    ("EditMessage", read::<messages::EditMessage>),
    ("MessageQuery", read::<messages::MessageQuery>),
    ("MarkRead", read::<reads::MarkRead>),
    ("CreateServer", read::<servers::CreateServer>),
    ("UpdateServer", read::<servers::UpdateServer>),
    ("ServerPlace", read::<servers::ServerPlace>),
    ("ReorderServers", read::<servers::ReorderServers>),
    ("Register", read::<auth::Register>),
    ("Login", read::<auth::Login>),
    ("ResetPassword", read::<auth::ResetPassword>),
    ("MemberQuery", read::<members::MemberQuery>),
    ("CreateChannel", read::<channels::CreateChannel>),
    ("UpdateChannel", read::<channels::UpdateChannel>),
    ("ChannelPlace", read::<channels::ChannelPlace>),
    ("ReorderChannels", read::<channels::ReorderChannels>),
    ("UpdateMe", read::<users::UpdateMe>),
    ("ChangePassword", read::<users::ChangePassword>),
    ("UserQuery", read::<users::UserQuery>),
    ("SetupHub", read::<hub::SetupHub>),
    ("UpdateHub", read::<hub::UpdateHub>),
    ("CreateInvite", read::<invites::CreateInvite>),
];

fn read<T: Request>(fields: Fields) -> Result<(), Vec<FieldError>> {
    T::from_fields(fields).map(drop)
}

/// Reads a body as every request and command: it is one JSON object without a key that stands
/// twice in it or below, or it is refused; what is refused is answered shortly; no request takes a field that it
/// does not know; and text that was taken once is taken again as it is.
pub fn bodies(data: &[u8]) {
    let object = serde_json::from_slice::<Value>(data).ok();
    let object = object.filter(Value::is_object);
    let is_single = !matches!(serde_json::from_slice(data), Ok(Keys { has_twice: true }));
    let is_body = object.is_some() && is_single;
    match parse_body(data) {
        Ok(_) => assert!(is_body, "something else than an object was read"),
        Err(refusal) => {
            assert!(!is_body, "an object was refused");
            assert_eq!(refusal.status(), ErrorCode::Malformed.status());
            check_size(refusal);
        }
    }
    if let Some(Value::Object(object)) = object.filter(|_| is_body) {
        for (name, read) in REQUESTS {
            check_request(name, *read, data, object.len());
        }
        for name in Command::NAMES {
            let fields = parse_body(data).expect("it was read before");
            assert!(Command::read(name, fields).is_some(), "{name} is a command");
        }
        object.values().for_each(check_texts);
    }
    check_query(data);
}

fn check_request(name: &str, read: Read, data: &[u8], fields: usize) {
    let offer = |data: &[u8]| read(parse_body(data).expect("an object without doubles"));
    let taken = offer(data);
    let same = offer(data);
    assert_eq!(taken, same, "{name} is read the same each time");
    // The key is none of any request, and none that mutations make.
    let end = data
        .iter()
        .rposition(|byte| *byte == b'}')
        .expect("an object");
    let comma: &[u8] = if fields == 0 { b"" } else { b"," };
    let (begin, _) = data.split_at(end);
    let more = [begin, comma, b"\"nobody's field\":1}"].concat();
    let Err(faults) = offer(&more) else {
        panic!("{name} takes a field that nobody knows");
    };
    let is_told = faults
        .iter()
        .any(|fault| fault.code == FieldCode::UnknownField);
    assert!(
        is_told,
        "{name} does not tell that a field is unknown: {faults:?}"
    );
    if let Err(faults) = taken {
        assert!(!faults.is_empty(), "{name} is refused for no reason");
        check_size(faults.into());
    }
}

/// A refusal does not repeat at length what was sent.
fn check_size(refusal: Refusal) {
    let problem = refusal.into_problem("0");
    let bytes = serde_json::to_vec(&problem)
        .expect("a problem is JSON")
        .len();
    assert!(bytes <= PROBLEM_BYTES_MAX, "a refusal of {bytes} bytes");
}

/// Whatever text is taken is in the form in which it is kept.
fn check_texts(value: &Value) {
    macro_rules! settled {
        ($($kind:ty),+) => {$(
            if let Ok(text) = <$kind as FieldValue>::from_json(value.clone()) {
                let again = <$kind>::new(text.as_str());
                let again = again.as_ref().map(<$kind>::as_str);
                assert_eq!(again, Ok(text.as_str()), stringify!($kind));
            }
        )+};
    }
    settled! {
        Username, DisplayName, Email, NewPassword, ServerName, ChannelName, Topic, MessageText,
        Nonce, InviteCode, SearchText
    }
}

/// The same octets as a query string.
fn check_query(data: &[u8]) {
    for (_, read) in REQUESTS {
        let pairs = form_urlencoded::parse(data);
        if let Err(faults) = read(Fields::from_query(pairs)) {
            assert!(!faults.is_empty(), "a query is refused for no reason");
            check_size(faults.into());
        }
    }
}

/// Whether some key stands twice in one object, at any depth.
struct Keys {
    has_twice: bool,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let has_twice = deserializer.deserialize_any(KeysVisitor)?;
        Ok(Self { has_twice })
    }
}

struct KeysVisitor;

macro_rules! no_keys {
    ($($visit:ident: $kind:ty),+) => {$(
        fn $visit<E: de::Error>(self, _: $kind) -> Result<bool, E> {
            Ok(false)
        }
    )+};
}

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    no_keys! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        let mut has_twice = false;
        while let Some(item) = access.next_element::<Keys>()? {
            has_twice |= item.has_twice;
        }
        Ok(has_twice)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        let mut seen = BTreeSet::new();
        let mut has_twice = false;
        while let Some((key, value)) = access.next_entry::<String, Keys>()? {
            has_twice |= value.has_twice | !seen.insert(key);
        }
        Ok(has_twice)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn fuzz_bodies() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        battala_testkit::fuzz::run(&corpora.join("bodies"), super::bodies, 60);
    }
}
