//! Every operation asks for authority.

use battala_api::{Operation, operations};
use battala_hub::access::{ALL_ACTIONS, Requirement};
use http::Method;

use crate::harness::Api;

/// The path of an operation, of things that are not there.
pub(crate) fn path_of(operation: &Operation) -> String {
    let filled = operation.path.split('/').map(|part| {
        if part == "{code}" {
            "nothing"
        } else if part.starts_with('{') {
            "1289467123456789504"
        } else {
            part
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn without_a_token_every_operation_that_needs_an_account_is_refused() {
    let api = Api::start().await;
    let guarded = operations()
        .into_iter()
        .filter(|known| known.requirement != Requirement::Anyone);
    let mut count = 0;
    for operation in guarded {
        let method: Method = operation.verb.as_str().parse().unwrap();
        let answer = api.ask(method, &path_of(&operation)).send().await;
        assert_eq!(answer.problem(), "unauthenticated", "{}", operation.id);
        count += 1;
    }
    assert!(count > 30, "{count} operations need an account");
}

#[tokio::test]
async fn what_a_stranger_cannot_see_is_not_found() {
    let api = Api::start().await;
    let eve = api.user("eve").await;
    for operation in operations() {
        let is_hidden = !matches!(
            operation.requirement,
            Requirement::Anyone | Requirement::Account | Requirement::HubAdmin
        );
        if is_hidden {
            let method: Method = operation.verb.as_str().parse().unwrap();
            let answer = api.ask(method, &path_of(&operation)).by(&eve).send().await;
            assert_eq!(answer.problem(), "not_found", "{}", operation.id);
        }
    }
}

#[test]
fn every_operation_stands_for_an_action_of_the_policy() {
    for operation in operations() {
        let row = (operation.action, operation.requirement);
        assert!(ALL_ACTIONS.contains(&row), "{}: {row:?}", operation.id);
    }
}
