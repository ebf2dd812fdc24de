//! What is fetched from outside while building is named exactly: packages by hash, images by tag
//! or digest; and nothing of ours gets into an image by accident.

use battala_tidy::{Repository, assert_none};
use serde_json::Value;

#[test]
fn every_package_of_the_registry_has_a_hash_and_no_host() {
    let repository = Repository::open();
    let locks: Vec<_> = repository
        .sources()
        .filter(|source| source.path.ends_with("package-lock.json"))
        .collect();
    assert!(
        locks.len() >= 4,
        "the client, its tools and its tests have one"
    );
    let mut findings = Vec::new();
    for lock in locks {
        let content: Value = serde_json::from_str(&lock.text).expect("a lock file is JSON");
        let packages = content["packages"].as_object().expect("version 3");
        for (place, entry) in packages {
            if let Some(fault) = fault_of(place, entry) {
                findings.push(format!("{}: {place} {fault}", lock.path));
            }
        }
    }
    assert_none(
        &findings,
        "Run `node scripts/complete-lock.mjs <package-lock.json>`:",
    );
}

fn fault_of(place: &str, entry: &Value) -> Option<&'static str> {
    if entry["resolved"].is_string() {
        return Some("names a host");
    }
    // The project itself, a folder of it, or what lies in the archive of another package.
    let is_ours = place.is_empty() || entry["link"] == true || entry["inBundle"] == true;
    let hash = entry["integrity"].as_str().unwrap_or_default();
    (!is_ours && !hash.starts_with("sha512-")).then_some("has no SHA-512")
}

#[test]
fn a_package_without_a_hash_or_with_a_host_is_found() {
    let entry = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let fault = |text: &str| fault_of("node_modules/x", &entry(text));
    assert!(fault(r#"{"version": "1.0.0"}"#).is_some());
    assert!(fault(r#"{"integrity": "sha1-abc"}"#).is_some());
    assert!(fault(r#"{"integrity": "sha512-abc", "resolved": "https://x/x.tgz"}"#).is_some());
    assert!(fault(r#"{"integrity": "sha512-abc"}"#).is_none());
    assert!(fault(r#"{"inBundle": true}"#).is_none());
}

/// Files that name images, and the image whose publisher has no tags of versions.
const IMAGES: [&str; 2] = ["deploy/Containerfile", "deploy/compose.yaml"];
const UNVERSIONED: &str = "gcr.io/distroless/cc-debian12:nonroot";

#[test]
fn base_images_are_arguments_with_an_exact_version() {
    let repository = Repository::open();
    let mut findings = Vec::new();
    let mut seen = 0;
    for path in IMAGES {
        for line in repository.read(path).lines() {
            let line = line.trim();
            let named = if let Some(image) = line.strip_prefix("FROM ") {
                (!image.starts_with("${")).then_some(image)
            } else if let Some((name, image)) = line.strip_prefix("ARG ").and_then(split_image) {
                seen += 1;
                (!name.ends_with("_IMAGE") || !is_exact(image)).then_some(image)
            } else if let Some(image) = line.strip_prefix("image: ") {
                seen += 1;
                let default = image.strip_suffix('}').and_then(|i| i.split_once(":-"));
                default
                    .is_none_or(|(_, image)| !is_exact(image))
                    .then_some(image)
            } else {
                None
            };
            findings.extend(named.map(|image| format!("{path}: {image}")));
        }
    }
    assert_eq!(seen, 4, "three images to build with, one beside the hub");
    assert_none(
        &findings,
        "An image is an argument, with three numbers or a digest in its tag:",
    );
}

fn split_image(argument: &str) -> Option<(&str, &str)> {
    argument
        .split_once('=')
        .filter(|(_, value)| value.contains('/'))
}

fn is_exact(image: &str) -> bool {
    let tag = image
        .rsplit_once('/')
        .and_then(|(_, name)| name.split_once(':'));
    let version = tag.map_or("", |(_, tag)| {
        tag.split(['-', '@']).next().unwrap_or_default()
    });
    let numbers = version
        .split('.')
        .filter(|part| part.parse::<u32>().is_ok());
    image.contains("@sha256:") || image == UNVERSIONED || numbers.count() == 3
}

#[test]
fn a_tag_that_moves_is_not_exact() {
    for image in [
        "x/caddy:2",
        "x/caddy",
        "x/caddy:latest",
        "x/node:20-slim",
        "x/rust:1.95",
    ] {
        assert!(!is_exact(image), "{image}");
    }
    let digest = format!("x/caddy:2@sha256:{}", "a".repeat(64));
    for image in ["x/node:20.1.2-slim", "x/rust:1.95.0", &digest] {
        assert!(is_exact(image), "{image}");
    }
}

#[test]
fn neither_secrets_nor_build_output_get_into_an_image() {
    let ignored = Repository::open().read(".dockerignore");
    let lines: Vec<&str> = ignored.lines().collect();
    let missing: Vec<String> = [".git", "data", "target", "**/node_modules", "web/dist"]
        .iter()
        .filter(|path| !lines.contains(path))
        .map(|path| (*path).to_owned())
        .collect();
    assert_none(&missing, "Add these to .dockerignore:");
}
