//! What a setting takes, and what was given in its place, in words for an operator.
//!
//! Does not know where the setting stands, nor whether it is a secret.

use toml::Value;

use super::bounds::Bounds;

/// What is longer is not repeated.
const GIVEN_CHARS_MAX: usize = 80;

/// What a setting must be that is like `current`, and what was `given`, if that may be said.
pub(super) fn refuse(key: &str, current: &Value, given: Option<&str>) -> String {
    let wanted = wanted(key, current);
    match given {
        Some("") => format!("has no value; it must be {wanted}"),
        Some(given) if given.chars().count() <= GIVEN_CHARS_MAX => {
            format!("must be {wanted}, not {given}")
        }
        Some(_) | None => format!("must be {wanted}"),
    }
}

fn wanted(key: &str, current: &Value) -> String {
    match current {
        Value::String(_) => "a text in quotes".to_owned(),
        Value::Integer(_) => format!("a whole number {}", Bounds::of(key)),
        Value::Float(_) => "a number such as 0.5".to_owned(),
        Value::Boolean(_) => "true or false".to_owned(),
        Value::Datetime(_) => "a time such as 2030-01-31T12:00:00Z".to_owned(),
        Value::Array(_) => "a list of texts in quotes, such as [\"one\", \"two\"]".to_owned(),
        Value::Table(_) => format!("a group of settings, below [{key}]"),
    }
}

/// A value that was read, as it is repeated.
pub(super) fn shown(given: &Value) -> String {
    match given {
        Value::String(text) => format!("\"{text}\""),
        Value::Table(_) => "a group of settings".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Value {
        let table: toml::Table = format!("x = {value}").parse().unwrap();
        table["x"].clone()
    }

    #[test]
    fn each_kind_is_called_by_a_word_that_is_not_the_parsers() {
        for (value, expected) in [
            ("\"a\"", "must be a text in quotes"),
            ("1", "must be a whole number from 1 to 4294967295"),
            ("1.5", "must be a number such as 0.5"),
            ("true", "must be true or false"),
            ("1979-05-27", "must be a time such as 2030-01-31T12:00:00Z"),
            (
                "[]",
                "must be a list of texts in quotes, such as [\"one\", \"two\"]",
            ),
            ("{}", "must be a group of settings, below [limits.x]"),
        ] {
            assert_eq!(refuse("limits.x", &read(value), None), expected);
        }
    }

    #[test]
    fn what_was_given_is_repeated_unless_it_is_long() {
        let wanted = read("\"a\"");
        for (given, expected) in [
            ("3", "must be a text in quotes, not 3"),
            ("[1, true]", "must be a text in quotes, not [1, true]"),
            (
                "{ a = 1 }",
                "must be a text in quotes, not a group of settings",
            ),
        ] {
            let given = shown(&read(given));
            assert_eq!(refuse("x", &wanted, Some(&given)), expected);
        }
        let long = format!("[{}]", "1, ".repeat(100));
        let given = shown(&read(&long));
        assert_eq!(
            refuse("x", &wanted, Some(&given)),
            "must be a text in quotes"
        );
    }
}
