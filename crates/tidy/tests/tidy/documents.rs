//! What a newcomer reads is there and true.

use battala_tidy::{Repository, assert_none};

/// The documents that others point at.
const DOCUMENTS: [&str; 13] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs/architecture.md",
    "docs/installing.md",
    "docs/operating.md",
    "docs/threat-model.md",
    "docs/review.md",
    "docs/api.md",
    "docs/logging.md",
    "deny.toml",
];

#[test]
fn the_documents_are_there() {
    let repository = Repository::open();
    let missing: Vec<String> = DOCUMENTS
        .iter()
        .filter(|path| !repository.has(path))
        .map(|path| (*path).to_owned())
        .collect();
    assert_none(&missing, "These documents are missing:");
}

#[test]
fn the_readme_shows_the_two_commands_first() {
    let readme = Repository::open().read("README.md");
    let screen: Vec<&str> = readme.lines().take(40).collect();
    for command in ["make run", "make test"] {
        assert!(
            screen.contains(&command),
            "The first screen of README.md shows `{command}`"
        );
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let repository = Repository::open();
    let mut findings = Vec::new();
    for source in repository
        .sources()
        .filter(|source| source.has_ending("md"))
    {
        let folder = source
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        for target in links(&source.text) {
            let path = resolve(folder, target);
            if !repository.has(&path) && repository.below(&path).next().is_none() {
                findings.push(format!("{}: {target}", source.path));
            }
        }
    }
    assert_none(&findings, "These links lead nowhere:");
}

/// The targets of `[text](target)` that are files of the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':') && !target.contains(' '))
}

fn resolve<'a>(folder: &'a str, target: &'a str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn decisions_are_numbered_without_a_gap() {
    let repository = Repository::open();
    for (index, name) in repository.names_in("docs/decisions").iter().enumerate() {
        let number = format!("{:04}-", index + 1);
        assert!(
            name.starts_with(&number),
            "docs/decisions/{name} is decision {number}"
        );
    }
}
