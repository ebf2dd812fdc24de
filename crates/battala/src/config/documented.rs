//! The table of all settings in `docs/operating.md`: their names, defaults and bounds as they are in
//! force, and what their comments say.
//!
//! Compiled for tests only. Knows the form of `document.rs`, and no setting.

use toml::{Table, Value};

use super::Document;
use super::bounds::Bounds;

const SOURCE: &str = include_str!("document.rs");
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md");
const BEGIN: &str = "<!-- settings: begin -->\n";
const END: &str = "<!-- settings: end -->\n";

/// Set, the test writes the table instead of comparing it.
const WRITE_VARIABLE: &str = "BATTALA_TEST_WRITE";

/// One line of a structure in the source.
struct Field {
    structure: String,
    name: String,
    kind: String,
    comment: String,
}

/// The fields of all structures, in the order of the source.
fn fields() -> Vec<Field> {
    let (mut structure, mut comment, mut fields) = (String::new(), Vec::new(), Vec::new());
    for line in SOURCE.lines().map(str::trim) {
        let declared = line.strip_prefix("pub(crate) ").unwrap_or_default();
        if let Some(text) = line.strip_prefix("///") {
            comment.push(text.trim());
        } else if let Some(name) = declared.strip_prefix("struct ") {
            structure = name.trim_end_matches(" {").to_owned();
            comment.clear();
        } else if let Some((name, kind)) = declared.trim_end_matches(',').split_once(": ") {
            fields.push(Field {
                structure: structure.clone(),
                name: name.to_owned(),
                kind: kind.to_owned(),
                comment: comment.join(" "),
            });
            comment.clear();
        } else {
            comment.clear();
        }
    }
    fields
}

/// The rows of a structure, whose values are in `table`. A rate is one row, with two values.
fn rows(structure: &str, path: &str, table: &Table, rows_so_far: &mut Vec<String>) {
    let all = fields();
    for field in all.iter().filter(|field| field.structure == structure) {
        let key = format!("{path}{}", field.name);
        let default = match &table[&field.name] {
            Value::Table(inner) if inner.contains_key("burst") => {
                let parts = inner
                    .iter()
                    .map(|(unit, count)| format!("`{unit}` {count}"));
                parts.collect::<Vec<_>>().join(", ")
            }
            Value::Table(inner) => {
                rows(&field.kind, &format!("{key}."), inner, rows_so_far);
                continue;
            }
            Value::Integer(number) => {
                let (bounds, any) = (Bounds::of(&key).to_string(), format!(" to {}", u32::MAX));
                format!("`{number}`, {}", bounds.trim_end_matches(&any))
            }
            Value::String(text) if !text.is_empty() => format!("`{text}`"),
            _ => String::new(),
        };
        let comment = &field.comment;
        assert!(!comment.is_empty(), "{key} has no comment");
        rows_so_far.push(format!("| `{key}` | {default} | {comment} |\n").replace("|  |", "| |"));
    }
}

fn table() -> String {
    let defaults = Table::try_from(Document::default()).unwrap();
    let mut lines = vec!["| Key | Default | |\n| --- | --- | --- |\n".to_owned()];
    rows("Document", "", &defaults, &mut lines);
    let leaves = super::layers::leaves(&defaults).into_iter();
    for leaf in leaves {
        let rate = leaf.rsplit_once('.').map_or("", |(rate, _)| rate);
        let is_there = |key: &str| lines.iter().any(|line| line.contains(&format!("`{key}`")));
        assert!(is_there(&leaf) || is_there(rate), "{leaf} has no row");
    }
    lines.concat()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
fn all_settings_are_documented_as_they_are() {
    let document = std::fs::read_to_string(PATH).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect(BEGIN);
    let (found, after) = rest.split_once(END).expect(END);
    let expected = table();
    if std::env::var(WRITE_VARIABLE).is_ok() {
        let written = [before, BEGIN, &expected, END, after].concat();
        std::fs::write(PATH, written).unwrap();
    } else {
        assert!(
            found == expected,
            "docs/operating.md has another table of settings; \
             `{WRITE_VARIABLE}=1 cargo test -p battala settings_are_documented` writes it:\n{expected}"
        );
    }
}
