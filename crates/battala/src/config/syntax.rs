//! What is said of a file that is no TOML: where, and as far as a line shows it, of which setting.
//!
//! Does not know which settings there are.

use std::ops::Range;

use toml::Value;

use super::fault::Fault;
use super::wanted;

/// What is known of a setting: its present value, and whether it is a secret.
pub(super) struct Known<'v> {
    pub(super) value: &'v Value,
    pub(super) is_secret: bool,
}

/// Why the file at `place` is no TOML. Of a line that sets something it says what that takes. Nothing
/// is repeated that may be a secret, such as a line of which no setting is known.
pub(super) fn explain<'v>(
    place: &str,
    text: &str,
    error: &toml::de::Error,
    known: impl FnOnce(&str) -> Option<Known<'v>>,
) -> Fault {
    let span = error.span().unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let Some(setting) = Setting::around(text, &span) else {
        let begun = before.rsplit('\n').next().unwrap_or_default();
        let column = begun.chars().count() + 1;
        let message = error.message().replace('\n', ", ");
        let message = format!("no TOML at line {line}, column {column}: {message}");
        return Fault::new(place, message);
    };
    let Setting { key, value } = setting;
    let Some(known) = known(&key) else {
        let message = format!("no TOML at line {line}: a value that is a text stands in quotes");
        return Fault::new(place, message);
    };
    let message = wanted::refuse(&key, known.value, (!known.is_secret).then_some(value));
    Fault::new(
        format!("{place}: {key}"),
        format!("{message} (line {line})"),
    )
}

/// What a line sets, in the group that it stands in.
struct Setting<'t> {
    key: String,
    value: &'t str,
}

impl<'t> Setting<'t> {
    /// That of the line in whose value there is a fault. `None` where the line sets nothing, or more than
    /// one thing: a list or a group, or a text, which says of its own what is wrong in it.
    fn around(text: &'t str, fault: &Range<usize>) -> Option<Self> {
        let start = text.get(..fault.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..)?.lines().next()?;
        let (key, value) = line.split_once('=')?;
        let is_in_value = fault.start >= start + key.len();
        let key = key.trim();
        if !is_in_value || !key.chars().all(is_of_a_key) {
            return None;
        }
        let value = value.split('#').next().unwrap_or_default().trim();
        if value.starts_with(['"', '\'', '[', '{']) {
            return None;
        }
        let group = text.get(..start)?.lines().rev().find_map(group_of);
        let key = match group {
            Some(group) => format!("{group}.{key}"),
            None => key.to_owned(),
        };
        Some(Self { key, value })
    }
}

fn is_of_a_key(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')
}

/// The group that a line begins.
fn group_of(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or_default().trim();
    Some(line.strip_prefix('[')?.strip_suffix(']')?.trim())
}
