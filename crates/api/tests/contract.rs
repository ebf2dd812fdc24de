//! The committed contract is what the code says.

use std::collections::BTreeSet;
use std::path::Path;

use battala_api::{contract, operations};
use serde_json::Value;

#[test]
fn the_committed_contract_is_what_the_code_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract");
    let differences = contract::compare(&folder).unwrap();
    assert!(
        differences.is_empty(),
        "run `make contract` and commit the result:\n{}",
        differences.join("\n")
    );
}

#[test]
fn every_reference_leads_to_a_schema() {
    for (name, document) in [
        ("openapi", contract::openapi_json()),
        ("asyncapi", contract::asyncapi_json()),
    ] {
        let mut targets = BTreeSet::new();
        references(&document, &mut targets);
        assert!(targets.len() > 10, "{name} refers to nothing");
        for target in targets {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{name}: {target}");
        }
    }
}

#[test]
fn every_operation_is_described_once_with_its_parameters() {
    let document = contract::openapi_json();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        assert!(ids.insert(operation.id), "{} stands twice", operation.id);
        let verb = operation.verb.as_str().to_lowercase();
        let described = &document["paths"][operation.path][verb];
        assert_eq!(described["operationId"], operation.id);
        let parameters = described["parameters"].as_array();
        let named: BTreeSet<&str> = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(named, placeholders(operation.path), "{}", operation.id);
    }
}

fn placeholders(path: &str) -> BTreeSet<&str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

fn references(value: &Value, targets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                targets.insert(target.clone());
            }
            members
                .values()
                .for_each(|member| references(member, targets));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, targets)),
        _ => {}
    }
}
