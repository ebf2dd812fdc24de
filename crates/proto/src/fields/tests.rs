//! Tests of reading requests, by the requests that the hub has.

use nested::{Inner, Outer};

use super::object::{FIELD_NAME_SHOWN_CHARS_MAX, UNKNOWN_FIELDS_SHOWN_MAX};
use super::values::LIST_FAULTS_SHOWN_MAX;
use super::*;
use crate::commands::{MembersSubscribe, MessageSend};
use crate::invites::CreateInvite;
use crate::messages::{MessageQuery, SendMessage};
use crate::users::UpdateMe;

#[expect(
    unreachable_pub,
    reason = "requests are public, and these are for the tests alone"
)]
mod nested {
    crate::request! {
        /// A request with others in it.
        pub struct Outer {
            /// Objects in a list.
            pub inners: Vec<Inner> [at_most 20],
            /// An object that can be absent.
            pub inner: Option<Inner>,
        }

        /// What stands in it.
        pub struct Inner {
            /// A text.
            pub name: crate::text::ChannelName,
            /// One of two numbers.
            pub low: Option<u32>,
            /// The other.
            pub high: Option<u32>,
        }
        one_of [low, high]
    }
}

fn read<T: Request>(json: &str) -> Result<T, Vec<FieldError>> {
    T::from_fields(serde_json::from_str(json).expect("the sample is an object"))
}

fn faults<T: Request>(json: &str) -> Vec<(String, FieldCode)> {
    let errors = read::<T>(json).err().unwrap_or_default();
    errors
        .into_iter()
        .map(|error| (error.field, error.code))
        .collect()
}

#[test]
fn all_faults_of_a_request_are_reported_at_once() {
    let found =
        faults::<SendMessage>(r#"{"content": 5, "nonce": "", "authorId": "1", "__proto__": {}}"#);
    let expected = [
        ("content", FieldCode::WrongType),
        ("nonce", FieldCode::Required),
        ("__proto__", FieldCode::UnknownField),
        ("authorId", FieldCode::UnknownField),
    ];
    assert_eq!(
        found,
        expected.map(|(field, code)| (field.to_owned(), code))
    );
}

#[test]
fn a_missing_field_is_required_and_null_is_no_value() {
    assert_eq!(faults::<SendMessage>("{}").len(), 2);
    let found = faults::<SendMessage>(r#"{"content": null, "nonce": "n"}"#);
    assert_eq!(found, [("content".to_owned(), FieldCode::WrongType)]);
}

#[test]
fn a_patch_tells_absent_from_null() {
    assert_eq!(read::<UpdateMe>("{}").unwrap().email, Patch::Keep);
    assert_eq!(
        read::<UpdateMe>(r#"{"email": null}"#).unwrap().email,
        Patch::Clear
    );
    assert_eq!(
        read::<CreateInvite>("{}").unwrap().lifetime_s(),
        Some(604_800)
    );
    assert_eq!(
        read::<CreateInvite>(r#"{"expires_in_s": null}"#)
            .unwrap()
            .lifetime_s(),
        None
    );
}

#[test]
fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
    for json in [r#"{"uses_max": 10.0}"#, r#"{"uses_max": 1e1}"#] {
        assert_eq!(
            read::<CreateInvite>(json).unwrap().uses_max,
            Some(10),
            "{json}"
        );
    }
}

#[test]
fn fields_that_exclude_each_other_are_refused_by_name() {
    assert_eq!(
        faults::<MessageQuery>(r#"{"before": "1", "after": "2", "around": "3"}"#),
        [
            ("after".to_owned(), FieldCode::InvalidFormat),
            ("around".to_owned(), FieldCode::InvalidFormat),
        ]
    );
    assert_eq!(MessageQuery::EXCLUSIVE, ["before", "after", "around"]);
}

#[test]
fn numbers_have_a_range_and_name_it() {
    for (json, code) in [
        (r#"{"uses_max": 0}"#, FieldCode::TooSmall),
        (r#"{"uses_max": -1}"#, FieldCode::TooSmall),
        (r#"{"uses_max": 1001}"#, FieldCode::TooLarge),
        (r#"{"uses_max": 18446744073709551615}"#, FieldCode::TooLarge),
        (r#"{"uses_max": 1001.0}"#, FieldCode::TooLarge),
        (r#"{"uses_max": 1e300}"#, FieldCode::TooLarge),
        (r#"{"uses_max": -1e300}"#, FieldCode::TooSmall),
        (r#"{"uses_max": 1.5}"#, FieldCode::WrongType),
        (r#"{"uses_max": "1"}"#, FieldCode::WrongType),
    ] {
        assert_eq!(
            faults::<CreateInvite>(json),
            [("uses_max".to_owned(), code)],
            "{json}"
        );
    }
}

#[test]
fn duplicate_keys_and_other_values_than_objects_are_malformed() {
    for json in [
        r#"{"a": 1, "a": 2}"#,
        r#"{"a": {"b": 1, "b": 2}}"#,
        r#"{"a": [1, {"b": 1, "\u0062": 2}]}"#,
        "[]",
        "1",
        "null",
        "\"a\"",
        "",
    ] {
        assert!(
            serde_json::from_str::<Fields>(json).is_err(),
            "{json} was read"
        );
    }
    let nested = format!("{{\"a\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(
        serde_json::from_str::<Fields>(&nested).is_err(),
        "deep nesting was read"
    );
}

#[test]
fn a_query_reads_numbers_from_text() {
    let query = |pairs: &[(&'static str, &'static str)]| {
        let pairs = pairs.iter().map(|&(name, text)| (name.into(), text.into()));
        MessageQuery::from_fields(Fields::from_query(pairs))
    };
    assert_eq!(
        query(&[("limit", "10"), ("before", "77")]).unwrap().limit,
        Some(10)
    );
    for pairs in [
        &[("limit", "abc")] as &[_],
        &[("limit", "-1")],
        &[("limit", "1"), ("limit", "2")],
        &[("before", "x")],
        &[("before", "1"), ("after", "2")],
    ] {
        assert!(query(pairs).is_err(), "{pairs:?} was read");
    }
}

#[test]
fn names_that_are_repeated_in_a_query_do_not_fill_the_answer() {
    let read = |names: &[String]| {
        let pairs = names.iter().map(|name| (name.into(), "1".into()));
        MessageQuery::from_fields(Fields::from_query(pairs))
    };
    let same = vec!["limit".to_owned(); 1000];
    let faults = read(&same).expect_err("it stands more than once");
    assert_eq!(faults.len(), 1, "{faults:?}");
    let long = "x".repeat(1000);
    let names: Vec<String> = (0..2000).map(|i| format!("{}{long}", i % 1000)).collect();
    let faults = read(&names).expect_err("nobody knows these");
    assert!(
        faults.len() <= 2 * UNKNOWN_FIELDS_SHOWN_MAX,
        "{}",
        faults.len()
    );
    assert!(
        faults
            .iter()
            .all(|fault| fault.field.len() <= FIELD_NAME_SHOWN_CHARS_MAX)
    );
}

#[test]
fn faults_within_objects_and_lists_name_the_way_to_them() {
    let outer = read::<Outer>(r#"{"inners": [{"name": "a"}, {"name": "b", "low": 1}]}"#).unwrap();
    assert_eq!(outer.inners[1].name.as_str(), "b");
    assert!(outer.inner.is_none());
    let json = r#"{
        "inners": [{"name": "a"}, {"low": "x", "more": 1}, 5, {"name": "b", "low": 1, "high": 2}],
        "inner": {"name": "", "__proto__": 1},
        "outer": []
    }"#;
    let expected = [
        ("inners[1].name", FieldCode::Required),
        ("inners[1].low", FieldCode::WrongType),
        ("inners[1].more", FieldCode::UnknownField),
        ("inners[2]", FieldCode::WrongType),
        ("inners[3].high", FieldCode::InvalidFormat),
        ("inner.name", FieldCode::Required),
        ("inner.__proto__", FieldCode::UnknownField),
        ("outer", FieldCode::UnknownField),
    ];
    assert_eq!(
        faults::<Outer>(json),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    let pair = r#"{"server_id": "1", "ranges": [[0, 9], [5], [7, "8"]]}"#;
    assert_eq!(
        faults::<MembersSubscribe>(pair),
        [
            ("ranges[1]".to_owned(), FieldCode::InvalidFormat),
            ("ranges[2][1]".to_owned(), FieldCode::WrongType),
        ]
    );
}

#[test]
fn a_fault_of_fields_together_is_told_beside_the_others() {
    let json = r#"{"before": "1", "after": "2", "unknown": 1}"#;
    assert_eq!(
        faults::<MessageQuery>(json),
        [
            ("after".to_owned(), FieldCode::InvalidFormat),
            ("unknown".to_owned(), FieldCode::UnknownField),
        ]
    );
}

#[test]
fn a_list_has_a_bound_and_does_not_fill_the_answer() {
    let list =
        |entry: &str, len: usize| format!("{{\"inners\": [{}]}}", vec![entry; len].join(","));
    let full = r#"{"name": "a"}"#;
    assert_eq!(read::<Outer>(&list(full, 20)).unwrap().inners.len(), 20);
    let found = faults::<Outer>(&list(full, 21));
    assert_eq!(found, [("inners".to_owned(), FieldCode::TooMany)]);
    assert_eq!(faults::<Outer>(&list("5", 20)).len(), LIST_FAULTS_SHOWN_MAX);
    let unknown = format!("{{\"name\": \"a\", \"{}\": 1}}", "x".repeat(1000));
    let found = faults::<Outer>(&list(&unknown, 20));
    assert_eq!(found.len(), LIST_FAULTS_SHOWN_MAX);
    assert!(
        found.iter().all(|(field, _)| field.len() < 100),
        "{found:?}"
    );
}

#[test]
fn a_request_that_shares_the_fields_of_another_is_one_object_with_it() {
    let sent =
        read::<MessageSend>(r#"{"channel_id": "1", "content": "hi", "nonce": "n"}"#).unwrap();
    assert_eq!(sent.message.content.as_str(), "hi");
    let found = faults::<MessageSend>(r#"{"content": 5, "message": {}}"#);
    let expected = [
        ("channel_id", FieldCode::Required),
        ("content", FieldCode::WrongType),
        ("nonce", FieldCode::Required),
        ("message", FieldCode::UnknownField),
    ];
    assert_eq!(
        found,
        expected.map(|(field, code)| (field.to_owned(), code))
    );
}

#[test]
fn the_schema_of_a_request_takes_what_the_reader_takes() {
    use utoipa::PartialSchema as _;
    let schema = |schema: utoipa::openapi::RefOr<utoipa::openapi::Schema>| {
        serde_json::to_value(schema).expect("a schema is JSON")
    };
    let (whole, outer) = (schema(MessageSend::schema()), schema(Outer::schema()));
    let names: Vec<&String> = whole["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["channel_id", "content", "nonce"]);
    let required = serde_json::json!(["channel_id", "content", "nonce"]);
    assert_eq!(whole["required"], required);
    assert_eq!(outer["properties"]["inners"]["maxItems"], 20);
    for schema in [whole, outer, schema(Inner::schema())] {
        assert_eq!(schema["additionalProperties"], false, "{schema}");
    }
}
