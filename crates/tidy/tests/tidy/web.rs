//! Which folder of the web client may import from which.

use battala_tidy::{Repository, Source, assert_none};

/// A folder of `web/src`, and the folders that it may import from besides itself.
const DIRECTIONS: [(&str, &[&str]); 10] = [
    ("lib", &[]),
    ("i18n", &["lib", "api"]),
    ("api", &["lib"]),
    ("ui", &["lib", "i18n"]),
    ("stores", &["api", "lib"]),
    ("gateway", &["stores", "api", "lib"]),
    ("voice", &["stores", "api", "lib"]),
    ("pwa", &["api", "lib"]),
    ("features", &["stores", "voice", "api", "ui", "lib", "i18n"]),
    (
        "app",
        &[
            "features", "gateway", "stores", "voice", "pwa", "api", "ui", "lib", "i18n", "styles",
        ],
    ),
];

/// Files of `api` that only say what goes over the wire; everyone may know them.
const CONTRACT: [&str; 3] = ["types.ts", "limits.ts", "schema.ts"];

/// An import of one of our modules, as parts of the path below `web/src`.
struct Import {
    from: Vec<String>,
    to: Vec<String>,
}

#[test]
fn folders_import_only_downwards() {
    let mut findings = Vec::new();
    for source in client_sources() {
        for import in imports(&source) {
            if let Some(fault) = fault_of(&import) {
                findings.push(format!("{}: {fault}", source.path));
            }
        }
    }
    assert_none(
        &findings,
        "The client's folders import only downwards; see DIRECTIONS:",
    );
}

#[test]
fn every_folder_of_the_client_has_its_directions() {
    let repository = Repository::open();
    let findings: Vec<String> = repository
        .names_in("web/src")
        .into_iter()
        .filter(|name| !name.contains('.') && *name != "styles")
        .filter(|name| !DIRECTIONS.iter().any(|(folder, _)| folder == name))
        .map(str::to_owned)
        .collect();
    assert_none(&findings, "Add these folders to DIRECTIONS:");
}

#[test]
fn an_import_is_found_in_each_of_its_forms() {
    let source = Source {
        path: "web/src/ui/form/Field.tsx".to_owned(),
        text: "import { a } from \"@/lib/a\";\nexport * from '../b';\nimport \"./c.css\";\n\
               const d = await import(\"@/features/d\");\nimport react from \"react\";\n"
            .to_owned(),
    };
    let to: Vec<String> = imports(&source)
        .iter()
        .map(|import| import.to.join("/"))
        .collect();
    assert_eq!(to, ["lib/a", "ui/b", "ui/form/c.css", "features/d"]);
    let faults = imports(&source).iter().filter_map(fault_of).count();
    assert_eq!(faults, 1, "only the feature is above");
}

fn client_sources() -> Vec<Source> {
    let repository = Repository::open();
    let sources = repository.code(&[".ts", ".tsx"]);
    sources
        .filter(|source| source.path.starts_with("web/src/") && !source.is_test())
        .collect()
}

fn imports(source: &Source) -> Vec<Import> {
    let file = source.path.strip_prefix("web/src/").unwrap_or(&source.path);
    let folder: Vec<&str> = file.split('/').collect();
    let folder = folder.split_last().map_or(&[][..], |(_, folder)| folder);
    source
        .text
        .lines()
        .filter_map(specifier)
        .filter_map(|specifier| resolve(folder, specifier))
        .map(|to| Import {
            from: file.split('/').map(str::to_owned).collect(),
            to,
        })
        .collect()
}

/// What a line imports from: `from "x"`, `import "x"` or `import("x")`.
fn specifier(line: &str) -> Option<&str> {
    let after = ["from ", "import(", "import "]
        .into_iter()
        .find_map(|word| line.split_once(word).map(|(_, rest)| rest.trim_start()))?;
    let quote = after
        .chars()
        .next()
        .filter(|first| ['"', '\''].contains(first))?;
    after[1..].split(quote).next()
}

fn resolve(folder: &[&str], specifier: &str) -> Option<Vec<String>> {
    let mut parts: Vec<&str> = match specifier.strip_prefix("@/") {
        Some(_) => Vec::new(),
        None if specifier.starts_with('.') => folder.to_vec(),
        None => return None,
    };
    for part in specifier.trim_start_matches("@/").split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.into_iter().map(str::to_owned).collect())
}

fn fault_of(import: &Import) -> Option<String> {
    let (from, to) = (import.from.first()?, import.to.first()?);
    let fault = || Some(format!("{from} imports {}", import.to.join("/")));
    if from == to {
        let crosses = from == "features" && import.from.get(1) != import.to.get(1);
        return if crosses { fault() } else { None };
    }
    let is_contract = |name: &String| CONTRACT.contains(&name.as_str());
    if to == "api" && import.to.get(1).is_some_and(is_contract) {
        return None;
    }
    let (_, allowed) = DIRECTIONS.iter().find(|(folder, _)| folder == from)?;
    if allowed.contains(&to.as_str()) {
        None
    } else {
        fault()
    }
}
