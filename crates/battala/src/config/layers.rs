//! Lays the file over the defaults, and the environment over the file.
//!
//! Which keys exist, and of which kind they are, is read off the defaults. This
//! module does not know what a key means.

use std::io::ErrorKind;
use std::path::Path;

use toml::{Table, Value};

use super::Config;
use super::document::Document;
use super::environment::{self, PREFIX, SUFFIX_FILE, Variable};
use super::fault::{Fault, Faults};
use super::syntax::{self, Known};
use super::wanted;

/// Keys whose value is not shown, and can be given as a file by `*_FILE`.
const SECRETS: [&str; 2] = ["database_url", "setup.admin_password"];

/// What stands in place of a secret.
const REDACTED: &str = "(set, not shown)";

/// The text of a file that must be there.
pub(super) fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path)
        .map_err(|error| Fault::unreadable(path.display().to_string(), path, &error))
}

/// The text of a file that may be missing.
pub(super) fn read_if_present(path: &Path) -> Result<Option<String>, Fault> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => read(path).map(Some),
    }
}

/// The settings after all layers. What cannot be one is left out, and the layer below holds.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    document: Document,
    faults: Vec<Fault>,
    /// The keys of which something was left out.
    left_out: Vec<String>,
}

impl Layers {
    /// The settings, unchecked, as far as they can be read.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Checks every value; whatever is wrong is reported together.
    pub(crate) fn check(self) -> Result<Config, Faults> {
        let (mut faults, left_out) = (self.faults, self.left_out);
        match self.document.check() {
            Ok(config) => Faults::unless_empty(faults, config),
            Err(Faults(more)) => {
                // What holds instead of what was left out is nobody's mistake.
                let is_own = |key: &str| !left_out.iter().any(|left_out| is_in(key, left_out));
                faults.extend(more.into_iter().filter(|fault| is_own(&fault.place)));
                Err(Faults(faults))
            }
        }
    }

    fn leave_out(&mut self, key: &str, fault: Fault) {
        self.left_out.push(key.to_owned());
        self.faults.push(fault);
    }
}

/// Whether a key is this one, or in this group.
fn is_in(key: &str, group: &str) -> bool {
    let rest = key.strip_prefix(group);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Lays them over each other. Of a file that is no TOML nothing more is said: what it means to set is not
/// known.
pub(super) fn merge(
    file: Option<(&Path, &str)>,
    variables: Vec<Variable>,
) -> Result<Layers, Faults> {
    let mut layers = Layers::default();
    let mut table = defaults();
    if let Some((path, text)) = file {
        let place = path.display().to_string();
        let written = text.parse::<Table>();
        let known = |key: &str| known(&table, key);
        let written = written.map_err(|error| syntax::explain(&place, text, &error, known))?;
        overlay(&mut table, written, (&place, ""), &mut layers);
    }
    for key in SECRETS {
        let names = [variable_of(key), file_variable_of(key)];
        let is_set = |name: &String| variables.iter().any(|(set, _)| set == name);
        if names.iter().all(is_set) {
            let [plain, file] = names;
            let fault = Fault::new(file, format!("only one of it and {plain} may be set"));
            layers.leave_out(key, fault);
        }
    }
    for (name, value) in variables {
        if let Err((key, fault)) = set_variable(&mut table, &name, &value) {
            layers.leave_out(&key, fault);
        }
    }
    leave_misfits_out(&mut table, &mut layers);
    let document = table.try_into();
    layers.document =
        document.map_err(|error: toml::de::Error| Fault::new("settings", error.message()))?;
    Ok(layers)
}

/// What is known of a setting, if there is one of this name.
fn known<'t>(table: &'t Table, key: &str) -> Option<Known<'t>> {
    let mut parts = key.split('.');
    let first = table.get(parts.next()?)?;
    let value = parts.try_fold(first, |group, name| group.get(name))?;
    let is_secret = is_secret(key);
    Some(Known { value, is_secret })
}

fn is_secret(key: &str) -> bool {
    SECRETS.contains(&key)
}

/// The keys whose value is of the right kind and still none that there is: each is tried alone.
fn leave_misfits_out(table: &mut Table, layers: &mut Layers) {
    for key in leaves(&defaults()) {
        let mut alone = defaults();
        let (Some(value), Some(place)) = (find(table, &key), find(&mut alone, &key)) else {
            continue;
        };
        let default = std::mem::replace(place, value.clone());
        if let Err(error) = alone.try_into::<Document>() {
            *value = default;
            let place = format!("{key} ({})", variable_of(&key));
            layers.leave_out(&key, Fault::new(place, error.message()));
        }
    }
}

/// The settings as TOML, without secrets.
pub(super) fn show(document: &Document) -> String {
    let mut table = to_table(document);
    for secret in SECRETS {
        if let Some(Value::String(text)) = find(&mut table, secret)
            && !text.is_empty()
        {
            REDACTED.clone_into(text);
        }
    }
    table.to_string()
}

/// All numbers, with their keys.
pub(super) fn numbers(document: &Document) -> Vec<(String, i64)> {
    let mut table = to_table(document);
    let keys = leaves(&table).into_iter();
    keys.filter_map(|key| {
        let number = find(&mut table, &key)?.as_integer()?;
        Some((key, number))
    })
    .collect()
}

fn defaults() -> Table {
    to_table(&Document::default())
}

fn to_table(document: &Document) -> Table {
    Table::try_from(document).expect("a document has only keys and kinds that TOML has")
}

/// Writes `over` into `under`, key by key; a key that `under` lacks is a fault.
fn overlay(under: &mut Table, over: Table, (place, path): (&str, &str), layers: &mut Layers) {
    let allowed = under.keys().cloned().collect::<Vec<_>>().join(", ");
    for (key, value) in over {
        let full = join(path, &key);
        let at = format!("{place}: {full}");
        match (under.get_mut(&key), value) {
            (None, _) => {
                let message = format!("unknown key; allowed here: {allowed}");
                layers.leave_out(&full, Fault::new(at, message));
            }
            (Some(Value::Table(under)), Value::Table(over)) => {
                overlay(under, over, (place, &full), layers);
            }
            (Some(current), value) => match of_kind(&full, current, value) {
                Ok(value) => *current = value,
                Err(message) => layers.leave_out(&full, Fault::new(at, message)),
            },
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// `value` if it is of the same kind as `current`. That a number is within its bounds is looked at
/// later, when all of them can be shown; here it has to fit.
fn of_kind(key: &str, current: &Value, value: Value) -> Result<Value, String> {
    let is_right = match (current, &value) {
        (Value::Integer(_), Value::Integer(number)) => u32::try_from(*number).is_ok(),
        (Value::Array(_), Value::Array(items)) => items.iter().all(Value::is_str),
        _ => current.same_type(&value),
    };
    if is_right {
        return Ok(value);
    }
    let given = (!is_secret(key)).then(|| wanted::shown(&value));
    Err(wanted::refuse(key, current, given.as_deref()))
}

/// A fault, and the key that keeps its value; of a variable that is none, its own name.
fn set_variable(table: &mut Table, name: &str, value: &str) -> Result<(), (String, Fault)> {
    let leaves = leaves(&defaults());
    let (key, text) = match leaves.iter().find(|key| variable_of(key) == name) {
        Some(key) => (key, value.to_owned()),
        None => match leaves.iter().find(|key| file_variable_of(key) == name) {
            Some(key) if is_secret(key) => {
                let secret = environment::secret_from(name, value);
                (key, secret.map_err(|fault| (key.clone(), fault))?)
            }
            _ => {
                let fault = Fault::new(name, unknown_variable(name));
                return Err((name.to_owned(), fault));
            }
        },
    };
    let current = find(table, key).expect("the leaves are read off the same defaults");
    let parsed = parse(key, current, text).and_then(|value| of_kind(key, current, value));
    *current = parsed.map_err(|message| (key.clone(), Fault::new(name, message)))?;
    Ok(())
}

/// Reads a variable as the kind of value that `current` is; lists are separated by commas.
fn parse(key: &str, current: &Value, text: String) -> Result<Value, String> {
    match current {
        Value::Integer(_) => {
            let number = text.trim().parse().map(Value::Integer);
            number.map_err(|_| wanted::refuse(key, current, Some(&format!("\"{text}\""))))
        }
        Value::Array(_) => Ok(text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| Value::String(item.to_owned()))
            .collect::<Vec<_>>()
            .into()),
        _ => Ok(Value::String(text)),
    }
}

fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn file_variable_of(key: &str) -> String {
    variable_of(key) + SUFFIX_FILE
}

/// Names the variables of the innermost group that `name` seems to belong to.
fn unknown_variable(name: &str) -> String {
    let (mut group, mut path) = (&defaults(), String::new());
    while let Some((key, Value::Table(inner))) = group.iter().find(|(key, value)| {
        value.is_table() && name.starts_with(&format!("{}_", variable_of(&join(&path, key))))
    }) {
        path = join(&path, key);
        group = inner;
    }
    let allowed: Vec<String> = group
        .iter()
        .map(|(key, value)| {
            let full = join(&path, key);
            let rest = match value {
                Value::Table(_) => "_*".to_owned(),
                _ if is_secret(&full) => format!("[{SUFFIX_FILE}]"),
                _ => String::new(),
            };
            variable_of(&full) + &rest
        })
        .collect();
    format!("unknown setting; allowed here: {}", allowed.join(", "))
}

/// The dotted names of everything that is not a table.
pub(super) fn leaves(table: &Table) -> Vec<String> {
    let mut names = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                names.extend(leaves(inner).iter().map(|leaf| join(key, leaf)));
            }
            _ => names.push(key.clone()),
        }
    }
    names
}

fn find<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Value> {
    match key.split_once('.') {
        Some((first, rest)) => find(table.get_mut(first)?.as_table_mut()?, rest),
        None => table.get_mut(key),
    }
}
