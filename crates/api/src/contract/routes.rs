//! The table of routes: the class of each, and what the classes come to.

use std::time::Duration;

use crate::route_class::{Credential, RouteClass, Terms};
use crate::router::{Listed, routes};

const ABOUT: &str = "\
# The routes

How the operations, the pages and the probes are served. Generated from the code by `make contract`; a test
compares. At any other path of the API there is nothing, which is served as a plain route is.

No more of a body is read than its limit, and an operation that takes one answers a longer one with 413. An
answer that takes longer is 503. A credential that the class does not take says not who acts, but at most in
whose share of the rates and of the memory the request counts. Who may do what is decided by
[the policy](policy.md), whatever the class.

";

/// The table as Markdown.
pub(super) fn routes_table() -> String {
    let mut table = ABOUT.to_owned();
    table.push_str("| Route class | Body at most | Answer within | Who acts is said by |\n");
    table.push_str("|---|---|---|---|\n");
    table.extend(RouteClass::ALL.map(class_row));
    table.push_str("\n| Route | Operation | Route class |\n|---|---|---|\n");
    table.extend(routes().iter().map(route_row));
    table
}

fn route_row(route: &Listed) -> String {
    let (verb, path, class) = (route.verb.as_str(), route.path, route.class.name());
    let operation = route.operation.unwrap_or_default();
    format!("| `{verb} {path}` | {operation} | {class} |\n")
}

fn class_row(class: RouteClass) -> String {
    let Terms {
        body_bytes_max,
        deadline,
        credential,
    } = class.terms();
    let body = match body_bytes_max {
        0 => "is not read".to_owned(),
        bytes => format!("{} KiB", bytes / 1024),
    };
    let deadline = deadline.as_ref().map(Duration::as_secs);
    let deadline = deadline.map_or_else(|| "no deadline".to_owned(), |it| format!("{it} s"));
    let credential = match credential {
        Credential::None => "nothing",
        Credential::Token => "the access token",
        Credential::TokenOrCookie => "the access token, or the refresh cookie",
        Credential::Cookie => "the refresh cookie",
    };
    let name = class.name();
    format!("| {name} | {body} | {deadline} | {credential} |\n")
}
