//! Every operation is served as its route class says.

use battala_api::{Credential, RouteClass, contract, operations};
use battala_hub::access::Requirement;
use http::Method;

use crate::authority::path_of;
use crate::harness::{Api, Asking, User};

#[test]
fn every_class_is_that_of_a_route() {
    let table = contract::files();
    let table = &table[std::path::Path::new("routes.md")];
    for class in RouteClass::ALL {
        let ending = format!("| {} |", class.name());
        let is_of_route = |line: &&str| line.starts_with("| `") && line.ends_with(&ending);
        assert!(table.lines().any(|line| is_of_route(&line)), "{class:?}");
    }
}

#[tokio::test]
async fn so_much_of_a_body_is_read_as_the_class_lets() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    let document = contract::openapi_json();
    let mut count = 0;
    for operation in operations() {
        let verb = operation.verb.as_str().to_lowercase();
        let described = &document["paths"][operation.path][verb];
        let is_for_all = matches!(
            operation.requirement,
            Requirement::Anyone | Requirement::Account
        );
        if !described["requestBody"].is_object() || !is_for_all {
            continue;
        }
        let bytes_max = operation.class.terms().body_bytes_max;
        let method: Method = operation.verb.as_str().parse().unwrap();
        let asked = api.ask(method, &path_of(&operation)).by(&ana);
        let asked = asked.header("content-type", "application/json");
        let answer = asked.raw(vec![b' '; bytes_max + 1]).send().await;
        assert_eq!(answer.problem(), "payload_too_large", "{}", operation.id);
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(&bytes_max.to_string()), "{detail}");
        count += 1;
    }
    assert!(count > 5, "{count} operations read a body of everybody");
}

#[tokio::test]
async fn nothing_says_who_asks_but_what_the_class_takes() {
    let api = Api::start().await;
    let ana = api.user("ana").await;
    for operation in operations() {
        let method: Method = operation.verb.as_str().parse().unwrap();
        let path = path_of(&operation);
        let ask = || api.ask(method.clone(), &path).header("x-battala-auth", "1");
        let is_for_all = operation.requirement == Requirement::Anyone;
        match operation.class.terms().credential {
            Credential::Token if !is_for_all => {
                let by_cookie = ask().header("cookie", &ana.cookie).send().await;
                assert_eq!(by_cookie.problem(), "unauthenticated", "{}", operation.id);
            }
            Credential::Token | Credential::None => {}
            Credential::TokenOrCookie => {
                let user = api.user(&format!("of_{}", operation.id)).await;
                succeeds_by_cookie(ask(), &user).await;
            }
            Credential::Cookie => {
                let user = api.user(&format!("of_{}", operation.id)).await;
                let by_token = ask().by(&user).send().await;
                assert_eq!(by_token.problem(), "unauthenticated", "{}", operation.id);
                succeeds_by_cookie(ask(), &user).await;
            }
        }
    }
}

async fn succeeds_by_cookie(asking: Asking<'_>, user: &User) {
    let answer = asking.header("cookie", &user.cookie).send().await;
    assert!(answer.status.is_success(), "{answer:?}");
}
