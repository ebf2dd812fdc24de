//! What `deny.toml` says of libraries holds: licences, bans, duplicates, and that what a crate
//! asks for it uses.
//!
//! Asks `cargo metadata`, so that nothing has to be installed. What changes without us, the
//! advisories, is asked for by `make audit`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use battala_tidy::{Repository, assert_none};
use serde_json::Value;
use toml::Table;

use crate::licence::is_allowed;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A library that a crate asks for and does not name: the crate, the library, and why.
const UNNAMED: [(&str, &str, &str); 0] = [];

/// The packages of every platform that we build for, and who uses whom.
struct Packages {
    by_id: BTreeMap<String, Value>,
    /// User and used, by id.
    edges: BTreeSet<(String, String)>,
}

impl Packages {
    fn read(deny: &Table) -> Self {
        let mut packages = Self {
            by_id: BTreeMap::new(),
            edges: BTreeSet::new(),
        };
        for target in texts(&deny["graph"]["targets"]) {
            packages.add(&metadata(target));
        }
        packages
    }

    fn add(&mut self, metadata: &Value) {
        for package in list(&metadata["packages"]) {
            self.by_id
                .insert(text(&package["id"]).to_owned(), package.clone());
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let user = text(&node["id"]);
            let used = list(&node["deps"]).iter().map(|used| text(&used["pkg"]));
            self.edges
                .extend(used.map(|used| (user.to_owned(), used.to_owned())));
        }
    }

    fn foreign(&self) -> impl Iterator<Item = &Value> {
        self.by_id
            .values()
            .filter(|package| package["source"].is_string())
    }

    fn ours(&self) -> impl Iterator<Item = &Value> {
        self.by_id
            .values()
            .filter(|package| package["source"].is_null())
    }

    /// The names of those that use any version of `name` directly.
    fn users_of(&self, name: &str) -> BTreeSet<&str> {
        let is_it = |id: &str| text(&self.by_id[id]["name"]) == name;
        self.edges
            .iter()
            .filter(|(_, used)| is_it(used))
            .map(|(user, _)| text(&self.by_id[user]["name"]))
            .collect()
    }
}

fn metadata(target: &str) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", target])
        .output()
        .expect("cargo is there");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {complaint}");
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn deny() -> Table {
    let text = Repository::open().read("deny.toml");
    text.parse().expect("deny.toml is TOML")
}

fn texts(value: &toml::Value) -> Vec<&str> {
    let list = value.as_array().expect("a list");
    list.iter().filter_map(toml::Value::as_str).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn title(package: &Value) -> String {
    format!("{}@{}", text(&package["name"]), text(&package["version"]))
}

#[test]
fn libraries_come_from_one_place_under_a_licence_of_the_list() {
    let deny = deny();
    let allowed = texts(&deny["licenses"]["allow"]);
    let mut findings = Vec::new();
    for package in Packages::read(&deny).foreign() {
        let licence = text(&package["license"]);
        if !is_allowed(licence, &allowed) {
            findings.push(format!("{}: {licence:?}", title(package)));
        }
        if package["source"] != CRATES_IO {
            findings.push(format!("{}: {}", title(package), package["source"]));
        }
    }
    assert_none(
        &findings,
        "Only crates.io, and only licences that deny.toml lists:",
    );
}

#[test]
fn what_is_banned_is_used_by_nobody_but_its_wrappers() {
    let deny = deny();
    let packages = Packages::read(&deny);
    let mut findings = Vec::new();
    for ban in deny["bans"]["deny"].as_array().expect("a list") {
        let name = ban["crate"].as_str().expect("a name");
        let reason = ban["reason"].as_str().expect("each ban has a reason");
        let wrappers = ban.get("wrappers").map(texts).unwrap_or_default();
        let users = packages.users_of(name);
        let others = users.iter().filter(|user| !wrappers.contains(user));
        findings.extend(others.map(|user| format!("{user} uses {name}: {reason}")));
        let idle = wrappers.iter().filter(|user| !users.contains(*user));
        findings.extend(idle.map(|user| format!("{user} may use {name} and does not")));
    }
    assert_none(
        &findings,
        "deny.toml bans these, or lists who needs it no more:",
    );
}

#[test]
fn a_library_is_there_once_unless_a_reason_says_why_not() {
    let deny = deny();
    let skips = deny["bans"]["skip"].as_array().expect("a list");
    let mut skipped: BTreeMap<&str, &str> = BTreeMap::new();
    for skip in skips {
        let of = |key: &str| skip.get(key).and_then(toml::Value::as_str);
        let reason = of("reason").unwrap_or_default();
        skipped.insert(of("crate").expect("a name"), reason);
    }
    let packages = Packages::read(&deny);
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in packages.foreign() {
        let all = versions.entry(text(&package["name"])).or_default();
        all.insert(title(package));
    }
    versions.retain(|_, all| all.len() > 1);
    let mut findings = Vec::new();
    for all in versions.values() {
        let counted: Vec<&str> = all
            .iter()
            .map(String::as_str)
            .filter(|title| !skipped.contains_key(title))
            .collect();
        if counted.len() > 1 {
            findings.push(counted.join(" and "));
        }
    }
    for (title, reason) in skipped {
        let is_needed = versions.values().flatten().any(|other| other == title);
        if reason.is_empty() || !is_needed {
            findings.push(format!("{title} is skipped without a reason or a need"));
        }
    }
    assert_none(
        &findings,
        "One version of each library, or an entry in `skip` of deny.toml:",
    );
}

#[test]
fn no_crate_asks_for_a_library_that_it_does_not_name() {
    let repository = Repository::open();
    let packages = Packages::read(&deny());
    let mut findings = Vec::new();
    for package in packages.ours() {
        let manifest = text(&package["manifest_path"]);
        let folder = folder_of(&repository, manifest);
        let code: String = repository
            .code(&[".rs"])
            .filter(|source| source.path.starts_with(&folder))
            .map(|source| source.text)
            .collect();
        let name = text(&package["name"]);
        for dependency in list(&package["dependencies"]) {
            let library = dependency["rename"]
                .as_str()
                .unwrap_or(text(&dependency["name"]));
            let is_excepted = UNNAMED
                .iter()
                .any(|(user, used, _)| *user == name && *used == library);
            if !is_excepted && !names(&code, &library.replace('-', "_")) {
                findings.push(format!("{name} does not use {library}"));
            }
        }
    }
    assert_none(
        &findings,
        "Remove these, or say in UNNAMED what they are for:",
    );
}

/// The folder of a manifest, from the root and with `/` at its end.
fn folder_of(repository: &Repository, manifest: &str) -> String {
    let known = repository
        .below("crates")
        .chain(repository.below("bench"))
        .filter(|path| path.ends_with("Cargo.toml"))
        .find(|path| manifest.ends_with(&format!("/{path}")));
    let known = known.expect("it is a manifest of the repository");
    known.trim_end_matches("Cargo.toml").to_owned()
}

/// Whether code names a library as a path or in a `use`. Words in longer names do not count.
fn names(code: &str, library: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(library).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + library.len()..]);
        let is_whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        let is_path = after.starts_with("::") || before.trim_end().ends_with("use");
        is_whole && is_path && !before.ends_with("::")
    })
}

#[test]
fn a_library_is_named_by_a_path_or_a_use_and_by_nothing_else() {
    for code in ["use http::Uri;", "    http::Uri::default()", "use http;"] {
        assert!(names(code, "http"), "{code}");
    }
    for code in [
        "let http = 1;",
        "use tower_http::cors;",
        "crate::http::serve()",
        "// about http",
        "httpx::get()",
    ] {
        assert!(!names(code, "http"), "{code}");
    }
}
