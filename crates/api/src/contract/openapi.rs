//! The OpenAPI document.

use battala_hub::access::Requirement;
use battala_proto::{ErrorCode, Problem};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Content, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, Required, Server,
};

use super::components::{BEARER, COOKIE, components, name_timestamps};
use crate::description::{Description, RequestBody, Success};
use crate::operation::{Described, Verb};
use crate::route_class::Credential;
use crate::router::sections;
use crate::section::Section;

const ABOUT: &str = "\
Ids are decimal strings, times are integer milliseconds since the Unix epoch, permission sets are \
decimal strings. Unknown fields are refused. Every refusal is a problem document (RFC 9457) with a \
stable `code`. Requests are limited per account and per address; the `RateLimit-*` headers say \
what is left, `Retry-After` when to come back.

What happens on the hub is told over Socket.IO: see [events](/api/docs/events). The schemas \
`ServerEvents` and `Commands` list its payloads by name.";

/// The description of the HTTP API, with the schemas of events and commands.
pub fn openapi_json() -> Value {
    // The document consists of maps with text keys and of numbers that JSON has.
    let mut document = serde_json::to_value(document(&sections())).unwrap_or_default();
    name_timestamps(&mut document);
    document
}

fn document(sections: &[Section]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = Vec::new();
    for route in sections.iter().flat_map(|section| &section.routes) {
        let operation = &*route.operation;
        let description = (operation.describe)();
        let item = PathItem::new(
            method(operation.plan.verb),
            describe(operation, &description),
        );
        paths = paths.path(operation.plan.path, item);
        schemas.extend(description.schemas);
    }
    let tags = sections.iter().map(|section| {
        let tag = TagBuilder::new().name(section.tag);
        tag.description(Some(section.about)).build()
    });
    let terms = env!("CARGO_PKG_LICENSE");
    let license = LicenseBuilder::new()
        .name(terms)
        .identifier(Some(terms))
        .build();
    let info = InfoBuilder::new()
        .title("Battala Hub")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(components(schemas)))
        .tags(Some(tags))
        .build()
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Put => HttpMethod::Put,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn describe(operation: &Described, description: &Description) -> OperationBuilder {
    let plan = &operation.plan;
    let mut builder = OperationBuilder::new()
        .tag(operation.tag)
        .operation_id(Some(plan.id))
        .summary(Some(plan.summary))
        .description(Some(who(operation.requirement)))
        .request_body(description.body.as_ref().map(request_body));
    for parameter in &description.parameters {
        builder = builder.parameter(parameter.clone());
    }
    for scheme in schemes(plan.class.terms().credential, operation.requirement) {
        let needed = |scheme| SecurityRequirement::new(scheme, [""; 0]);
        builder = builder.security(scheme.map_or_else(SecurityRequirement::default, needed));
    }
    for success in &description.successes {
        let answer = answer(success, description.sets_cookie);
        builder = builder.response(success.status.to_string(), answer);
    }
    for (status, codes) in operation.refusals(description) {
        builder = builder.response(status.to_string(), refusal(status, &codes));
    }
    builder
}

/// By what a request can say who sends it; `None` where it works without.
fn schemes(credential: Credential, requirement: Requirement) -> &'static [Option<&'static str>] {
    match (credential, requirement) {
        (Credential::Cookie, _) => &[Some(COOKIE)],
        (Credential::TokenOrCookie, _) => &[Some(COOKIE), Some(BEARER), None],
        (Credential::None, _) | (Credential::Token, Requirement::Anyone) => &[None],
        (Credential::Token, _) => &[Some(BEARER)],
    }
}

/// Who may, in words.
fn who(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Anyone => "Needs no account.",
        Requirement::Account => "For accounts.",
        Requirement::HubAdmin => "For administrators of the hub.",
        Requirement::Job => "For nobody: the hub does it.",
        Requirement::Here(bits) if bits.is_empty() => "For members.",
        Requirement::Here(_) | Requirement::Channel(_) => {
            "For members with the permission, and the owner."
        }
        Requirement::Over(_) => {
            "For members with the permission who stand above the other, and the owner."
        }
        Requirement::Owner => "For the owner of the server.",
        Requirement::Author(_) => "For the author, as long as they are a member.",
        Requirement::AuthorOr(_) | Requirement::AuthorOrHere(_) => {
            "For the author, members with the permission, and the owner."
        }
    }
}

fn request_body(body: &RequestBody) -> utoipa::openapi::request_body::RequestBody {
    let required = if body.is_required {
        Required::True
    } else {
        Required::False
    };
    RequestBodyBuilder::new()
        .required(Some(required))
        .content("application/json", Content::new(Some(body.schema.clone())))
        .build()
}

fn answer(success: &Success, sets_cookie: bool) -> Response {
    let text = match success.status {
        201 => "Made",
        204 => "Done",
        _ => "The answer",
    };
    let mut response = ResponseBuilder::new().description(text);
    if let Some(schema) = &success.schema {
        response = response.content("application/json", Content::new(Some(schema.clone())));
    }
    if sets_cookie {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(schema));
        let header = header.description(Some("The refresh cookie of the session"));
        response = response.header("Set-Cookie", header.build());
    }
    response.build()
}

fn refusal(status: u16, codes: &[ErrorCode]) -> Response {
    let texts: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.title()))
        .collect();
    let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
    let mut response = ResponseBuilder::new()
        .description(texts.join("; "))
        .content("application/problem+json", problem);
    if status == ErrorCode::RateLimited.status() || status == ErrorCode::Unavailable.status() {
        let schema = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new().schema(Some(schema));
        let header = header.description(Some("Seconds until a retry can succeed"));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}
