//! The rules of the repository, as tests: `cargo test -p battala-tidy`.
//!
//! This crate reads files, and asks Git and Cargo what belongs to the repository. It does
//! not know what the code does, and builds none of it, so that it answers at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the repository that Git knows, or would know after `git add`.
pub struct Repository {
    root: PathBuf,
    paths: Vec<String>,
}

/// A text file of the repository.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl Repository {
    /// This repository.
    ///
    /// # Panics
    /// Outside of a Git work tree.
    pub fn open() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let output = Command::new("git")
            .current_dir(&root)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .expect("git is installed");
        assert!(output.status.success(), "this is a Git work tree");
        let listed: BTreeSet<String> = String::from_utf8_lossy(&output.stdout)
            .split_terminator('\0')
            .filter(|path| root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        Self {
            root,
            paths: listed.into_iter().collect(),
        }
    }

    /// The paths below `folder`, in order.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{folder}/");
        self.paths
            .iter()
            .map(String::as_str)
            .filter(move |path| path.starts_with(&prefix))
    }

    /// The names of what lies directly in `folder`.
    pub fn names_in(&self, folder: &str) -> BTreeSet<&str> {
        let start = folder.len() + 1;
        self.below(folder)
            .filter_map(|path| path.get(start..)?.split('/').next())
            .collect()
    }

    /// Whether the file is there.
    pub fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// The text of one file.
    ///
    /// # Panics
    /// When it is missing or no text.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// All text files.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.paths.iter().filter_map(|path| {
            let text = std::fs::read_to_string(self.root.join(path)).ok()?;
            Some(Source {
                path: path.clone(),
                text,
            })
        })
    }

    /// The text files that are code and end in one of `endings`.
    pub fn code(&self, endings: &[&str]) -> impl Iterator<Item = Source> {
        self.sources()
            .filter(move |source| endings.iter().any(|ending| source.path.ends_with(ending)))
            .filter(|source| !source.is_generated())
    }
}

impl Source {
    /// Whether a person wrote it: a generated file says so in its first lines.
    pub fn is_generated(&self) -> bool {
        self.text
            .lines()
            .take(3)
            .any(|line| line.to_lowercase().contains("generated"))
    }

    /// Whether its name ends in a dot and this.
    pub fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|own| own == ending)
    }

    /// Whether it is nothing but tests.
    pub fn is_test(&self) -> bool {
        let path = &self.path;
        path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.contains(".test.")
            || path.starts_with("e2e/")
    }

    /// Its lines before the tests that stand below the code.
    pub fn lines_without_tests(&self) -> usize {
        let lines = || self.text.lines();
        lines()
            .position(|line| line == "#[cfg(test)]")
            .unwrap_or(lines().count())
    }
}

/// Fails with one line per finding and the rule that they break.
///
/// # Panics
/// When there is a finding.
pub fn assert_none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}\n  {}", findings.join("\n  "));
}
