//! Wrong values and wrong bodies, as they stand on the wire.

use serde_json::{Map, Value};

use super::schema::{Field, Kind};

/// A body that must be refused.
#[derive(Debug)]
pub(super) struct Case {
    /// The text of the body.
    pub(super) body: String,
    /// The path of the field that the refusal must name; empty when the body cannot be read at all.
    pub(super) field: String,
}

/// A value that must be refused, and the path from it to what is wrong in it.
type Wrong = (String, String);

/// What no field of this kind holds; `right` is what it does hold.
fn wrong_values(kind: &Kind, right: &Value) -> Vec<Wrong> {
    match kind {
        Kind::List(entry, max) => wrong_lists(entry, *max, right),
        Kind::Object(fields) => {
            let right = right.as_object().cloned().unwrap_or_default();
            let within = wrong_fields(fields, &right).into_iter();
            let within = within.map(|case| (case.body, format!(".{}", case.field)));
            here(&["true", "5", "\"x\"", "-1.5", "[]", "[{}]"])
                .chain(within)
                .collect()
        }
        _ => {
            let nested = ["{}", "{\"a\":1}", "[null]", "[{}]", "[[[]]]", "-1.5"];
            let scalars = wrong_scalars(kind).into_iter();
            here(&nested)
                .chain(scalars.map(|value| (value, String::new())))
                .collect()
        }
    }
}

/// Values that are wrong themselves.
fn here(values: &[&str]) -> impl Iterator<Item = Wrong> {
    values
        .iter()
        .map(|value| ((*value).to_owned(), String::new()))
}

fn wrong_lists(entry: &Kind, max: u64, right: &Value) -> Vec<Wrong> {
    let mut within = wrong_values(entry, &right[0]);
    within.push(("null".to_owned(), String::new()));
    let within = within
        .into_iter()
        .map(|(value, path)| (format!("[{value}]"), format!("[0]{path}")));
    let too_many = vec!["null"; usize::try_from(max + 1).expect("short")].join(",");
    let too_many = (format!("[{too_many}]"), String::new());
    here(&["true", "{}", "{\"a\":1}", "5", "\"x\"", "-1.5"])
        .chain(within)
        .chain([too_many])
        .collect()
}

fn wrong_scalars(kind: &Kind) -> Vec<String> {
    let mut values = Vec::new();
    if *kind != Kind::Truth {
        values.push("true".to_owned());
    }
    let form = [
        "\"\"",
        "\"abc\"",
        "\"-1\"",
        "\"0\"",
        "\"1e5\"",
        "\"99999999999999999999\"",
        "\"\\u0000\"",
        "\"1 \"",
        "\"' OR 1=1\"",
    ];
    match kind {
        Kind::Text(longest) => {
            values.extend(["5", "[]", "[\"x\"]", "1e5"].map(str::to_owned));
            if let Some(longest) = longest {
                let length = usize::try_from(longest + 1).expect("short");
                values.push(Value::from("x".repeat(length)).to_string());
                values.push(Value::from("x".repeat(5 * 1024)).to_string());
            }
        }
        Kind::Form => {
            values.extend(["5", "1574206769213734913", "[]", "[\"1\"]"].map(str::to_owned));
            values.extend(form.map(str::to_owned));
        }
        Kind::Integer => {
            values.extend(
                [
                    "\"5\"",
                    "\"\"",
                    "[]",
                    "5.5",
                    "99999999999999999999999",
                    "-99999999999999999999",
                ]
                .map(str::to_owned),
            );
        }
        Kind::Truth => {
            values.extend(["5", "0", "\"true\"", "\"\"", "[]", "[true]"].map(str::to_owned));
        }
        Kind::List(..) | Kind::Object(_) => {}
    }
    values
}

/// Every body with one wrong field, made from one that is right.
pub(super) fn wrong_fields(fields: &[Field], right: &Map<String, Value>) -> Vec<Case> {
    let mut cases = Vec::new();
    for field in fields {
        let present = right.get(&field.name).unwrap_or(&Value::Null);
        let mut values = wrong_values(&field.kind, present);
        if field.is_required {
            values.push(("null".to_owned(), String::new()));
        }
        for (value, path) in values {
            cases.push(Case {
                body: with(right, &field.name, Some(&value)),
                field: format!("{}{path}", field.name),
            });
        }
        if field.is_required {
            cases.push(Case {
                body: with(right, &field.name, None),
                field: field.name.clone(),
            });
        }
    }
    for unknown in ["id", "is_admin", "__proto__", "constructor", "ΩΩ", ""] {
        if !fields.iter().any(|field| field.name == unknown) {
            cases.push(Case {
                body: with(right, unknown, Some("1")),
                field: unknown.to_owned(),
            });
        }
    }
    cases
}

/// The right body with one field replaced, or left out.
fn with(right: &Map<String, Value>, name: &str, value: Option<&str>) -> String {
    let others = right.iter().filter(|(other, _)| other.as_str() != name);
    let mut members: Vec<String> = others
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect();
    members.extend(value.map(|value| format!("{}:{value}", Value::from(name))));
    format!("{{{}}}", members.join(","))
}

/// Texts that are no JSON object, or that parsers read differently.
pub(super) fn unreadable(right: &Map<String, Value>) -> Vec<String> {
    let whole = Value::Object(right.clone()).to_string();
    let (name, value) = right.iter().next().expect("a field");
    let name = Value::from(name.as_str());
    let depth = 10_000;
    vec![
        format!("{{{name}:{value},{name}:{value}}}"),
        format!("{{{name}:{{\"a\":1,\"a\":1}}}}"),
        format!("{{{name}:[{{\"a\":1,\"a\":1}}]}}"),
        format!("{{{name}:\"\\ud800\"}}"),
        format!("{{{name}:\"\\udc00\\ud800\"}}"),
        format!("{{{name}:1e999}}"),
        format!("{{{name}:-1e999}}"),
        format!("{{{name}:NaN}}"),
        format!("{{{name}:01}}"),
        format!("{{{name}:\"a\u{0}b\"}}"),
        format!("{{{name}:\"a\nb\"}}"),
        format!("{{{name}:{}{}}}", "[".repeat(depth), "]".repeat(depth)),
        format!(
            "{{{name}:{}1{}}}",
            "{\"a\":".repeat(depth),
            "}".repeat(depth)
        ),
        "[".repeat(depth),
        format!("[{whole}]"),
        "null".to_owned(),
        "5".to_owned(),
        "\"x\"".to_owned(),
        "{".to_owned(),
        whole[..whole.len() - 1].to_owned(),
        whole.replace('"', "'"),
        format!("/* */{whole}"),
    ]
}
