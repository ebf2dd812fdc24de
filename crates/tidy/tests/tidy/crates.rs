//! Which crate may know which, and who may use a library that shapes its user.

use battala_tidy::{Repository, assert_none};
use toml::Table;

/// A crate, and the crates of ours that it may use. See `docs/architecture.md`.
const EDGES: [(&str, &[&str]); 11] = [
    ("battala-proto", &[]),
    ("battala-store", &["battala-proto"]),
    ("battala-socketio", &[]),
    ("battala-hub", &["battala-proto", "battala-store"]),
    ("battala-api", &["battala-proto", "battala-hub"]),
    (
        "battala-gateway",
        &["battala-proto", "battala-hub", "battala-socketio"],
    ),
    (
        "battala",
        &[
            "battala-proto",
            "battala-store",
            "battala-hub",
            "battala-api",
            "battala-gateway",
            "battala-socketio",
        ],
    ),
    ("battala-testkit", &[]),
    ("battala-tidy", &[]),
    // For `cargo fuzz`, in a workspace of its own.
    ("battala-fuzz", &["battala-api", "battala-socketio"]),
    // Measures all of it; nothing is shipped.
    (
        "battala-bench",
        &[
            "battala-proto",
            "battala-store",
            "battala-hub",
            "battala-gateway",
            "battala-socketio",
            "battala-testkit",
        ],
    ),
];

/// What tests may use besides, to start databases and hubs.
const FOR_TESTS: [&str; 2] = ["battala-testkit", "battala-store"];

/// A library, and the only crates of ours that may use it directly. What others may not use
/// either, through whatever way, stands in deny.toml.
const USERS: [(&str, &[&str]); 5] = [
    (
        "axum",
        &[
            "battala-api",
            "battala-socketio",
            "battala",
            "battala-bench",
        ],
    ),
    ("hyper", &["battala-socketio", "battala"]),
    ("utoipa", &["battala-proto", "battala-api"]),
    ("clap", &["battala", "battala-bench"]),
    ("mimalloc", &["battala"]),
];

/// Libraries that the standard library has replaced.
const OUTDATED: [&str; 3] = ["lazy_static", "once_cell", "async-trait"];

struct Manifest {
    path: String,
    table: Table,
}

impl Manifest {
    fn name(&self) -> &str {
        self.table["package"]["name"]
            .as_str()
            .expect("a package has a name")
    }

    /// The libraries of one section, of every platform.
    fn uses(&self, section: &str) -> Vec<&str> {
        let targets = self
            .table
            .get("target")
            .and_then(|target| target.as_table());
        let tables = targets.into_iter().flat_map(Table::values);
        tables
            .filter_map(|target| target.as_table())
            .chain([&self.table])
            .filter_map(|table| table.get(section)?.as_table())
            .flat_map(Table::keys)
            .map(String::as_str)
            .collect()
    }

    fn uses_of_any_kind(&self) -> Vec<&str> {
        ["dependencies", "build-dependencies", "dev-dependencies"]
            .into_iter()
            .flat_map(|section| self.uses(section))
            .collect()
    }
}

fn manifests() -> Vec<Manifest> {
    let repository = Repository::open();
    let sources = repository.sources();
    sources
        .filter(|source| source.path.ends_with("/Cargo.toml"))
        .map(|source| Manifest {
            table: source.text.parse().expect("a manifest is TOML"),
            path: source.path,
        })
        .collect()
}

#[test]
fn crates_know_each_other_only_in_the_directions_of_the_design() {
    let mut findings = Vec::new();
    for manifest in manifests() {
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == manifest.name()) else {
            findings.push(format!(
                "{}: this crate has no line in EDGES",
                manifest.path
            ));
            continue;
        };
        let is_ours = |name: &&str| name.starts_with("battala");
        let in_tests = manifest.uses("dev-dependencies");
        let in_tests = in_tests
            .into_iter()
            .filter(|name| !FOR_TESTS.contains(name));
        let used = manifest.uses("dependencies").into_iter().chain(in_tests);
        findings.extend(
            used.filter(is_ours)
                .filter(|name| !allowed.contains(name))
                .map(|name| format!("{} uses {name}", manifest.name())),
        );
    }
    assert_none(
        &findings,
        "A new edge between crates needs a decision record and a line in EDGES:",
    );
}

#[test]
fn libraries_that_shape_their_user_stay_where_they_are() {
    let manifests = manifests();
    let mut findings = Vec::new();
    for (library, users) in USERS {
        for manifest in &manifests {
            let uses_it = manifest.uses_of_any_kind().contains(&library);
            match (uses_it, users.contains(&manifest.name())) {
                (true, false) => findings.push(format!("{} uses {library}", manifest.name())),
                (false, true) => findings.push(format!(
                    "{} may use {library}, but does not",
                    manifest.name()
                )),
                _ => {}
            }
        }
    }
    assert_none(&findings, "These libraries have their places; see USERS:");
}

#[test]
fn nobody_uses_what_the_standard_library_has() {
    let mut findings = Vec::new();
    for manifest in manifests() {
        let uses = manifest.uses_of_any_kind();
        let outdated = uses.iter().filter(|name| OUTDATED.contains(name));
        findings.extend(outdated.map(|name| format!("{} uses {name}", manifest.name())));
    }
    assert_none(&findings, "The standard library first:");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let findings: Vec<String> = manifests()
        .iter()
        .filter(|manifest| {
            let lints = manifest
                .table
                .get("lints")
                .and_then(|lints| lints.get("workspace"));
            lints.and_then(toml::Value::as_bool) != Some(true)
        })
        .map(|manifest| manifest.path.clone())
        .collect();
    assert_none(&findings, "Add `[lints] workspace = true`:");
}

/// A module of the contract that has another name in some layer, and why.
const OTHER_NAMES: [(&str, &str, &str); 2] = [
    ("auth", "store", "its tables are sessions and credentials"),
    ("hub", "hub", "the crate is the hub; the module is settings"),
];

/// Modules of the contract that are no feature.
const NO_FEATURE: [&str; 13] = [
    "commands",
    "error",
    "events",
    "fields",
    "hints",
    "id",
    "kinds",
    "lib",
    "limits",
    "permissions",
    "sample",
    "text",
    "told",
];

/// Where a feature has its module in each layer.
const LAYERS: [(&str, &str); 3] = [
    ("store", "crates/store/src/tables"),
    ("hub", "crates/hub/src"),
    ("api", "crates/api/src"),
];

#[test]
fn a_feature_has_the_same_name_in_each_layer() {
    let repository = Repository::open();
    let names = repository.names_in("crates/proto/src");
    let features = names
        .iter()
        .map(|name| name.trim_end_matches(".rs"))
        .filter(|name| !NO_FEATURE.contains(name));
    let mut findings = Vec::new();
    for feature in features {
        for (layer, folder) in LAYERS {
            let is_excepted = OTHER_NAMES
                .iter()
                .any(|(name, where_, _)| *name == feature && *where_ == layer);
            let found = repository.names_in(folder);
            let is_there = found.contains(feature) || found.contains(&*format!("{feature}.rs"));
            if !is_excepted && !is_there {
                findings.push(format!("{folder}/{feature}.rs"));
            }
        }
    }
    assert_none(
        &findings,
        "A search by name shows a feature; these modules are missing:",
    );
}
