//! Tests of reading requests, by the requests that the hub has.

use super::*;
use crate::invites::CreateInvite;
use crate::messages::{MessageQuery, SendMessage};
use crate::users::UpdateMe;

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
    for json in [r#"{"a": 1, "a": 2}"#, "[]", "1", "null", "\"a\"", ""] {
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
