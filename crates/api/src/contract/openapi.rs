//! The OpenAPI document.

use battala_hub::access::Requirement;
use battala_proto::error::CommandError;
use battala_proto::{Command, ErrorCode, Event, Problem};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    Ref, RefOr, Required, Schema, Server,
};

use crate::endpoint::{RequestBody, Success};
use crate::operation::{Described, Verb};
use crate::router::{Section, sections};

const BEARER: &str = "access_token";
const COOKIE: &str = "refresh_cookie";

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

/// `TimestampMs` is an alias, and the generator calls it by the type behind it.
fn name_timestamps(document: &mut Value) {
    const GENERATED: &str = "i64";
    const NAME: &str = "TimestampMs";
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    if let Some(Value::Object(mut schema)) = schemas.remove(GENERATED) {
        let about = "Milliseconds since the Unix epoch, by the hub's clock";
        schema.insert("description".to_owned(), about.into());
        schemas.insert(NAME.to_owned(), schema.into());
    }
    rename_references(
        document,
        &format!("#/components/schemas/{GENERATED}"),
        &format!("#/components/schemas/{NAME}"),
    );
}

fn rename_references(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == "$ref" && member == old {
                    *member = new.into();
                } else {
                    rename_references(member, old, new);
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rename_references(item, old, new)),
        _ => {}
    }
}

fn document(sections: &[Section]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in sections.iter().flat_map(|section| &section.routes) {
        let operation = &*route.operation;
        let item = PathItem::new(method(operation.plan.verb), describe(operation));
        paths = paths.path(operation.plan.path, item);
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
        .components(Some(components(sections)))
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

fn describe(operation: &Described) -> OperationBuilder {
    let (plan, description) = (&operation.plan, &operation.description);
    let mut builder = OperationBuilder::new()
        .tag(operation.tag)
        .operation_id(Some(plan.id))
        .summary(Some(plan.summary))
        .description(Some(who(operation.requirement)))
        .request_body(description.body.as_ref().map(request_body));
    for parameter in &description.parameters {
        builder = builder.parameter(parameter.clone());
    }
    builder = match (operation.requirement, description.takes_cookie) {
        (Requirement::Anyone, true) => builder.security(SecurityRequirement::new(COOKIE, [""; 0])),
        // The empty requirement: it works without any.
        (Requirement::Anyone, false) => builder.security(SecurityRequirement::default()),
        (_, _) => builder.security(SecurityRequirement::new(BEARER, [""; 0])),
    };
    for success in &description.successes {
        let answer = answer(success, description.sets_cookie);
        builder = builder.response(success.status.to_string(), answer);
    }
    for (status, codes) in operation.refusals() {
        builder = builder.response(status.to_string(), refusal(status, &codes));
    }
    builder
}

/// Who may, in words.
fn who(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Anyone => "Needs no account.",
        Requirement::Account => "For accounts.",
        Requirement::HubAdmin => "For administrators of the hub.",
        Requirement::Member(_) => "For members with the permission, and the owner.",
        Requirement::Owner => "For the owner of the server.",
        Requirement::Author(_) => "For the author, as long as they are a member.",
        Requirement::AuthorOr(_) => "For the author, members with the permission, and the owner.",
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

fn components(sections: &[Section]) -> Components {
    let routes = sections.iter().flat_map(|section| &section.routes);
    let mut schemas: Vec<(String, RefOr<Schema>)> = routes
        .flat_map(|route| route.operation.description.schemas.iter().cloned())
        .collect();
    note::<Problem>(&mut schemas);
    note::<CommandError>(&mut schemas);
    schemas.extend(Event::schemas());
    schemas.extend(Command::schemas());
    schemas.push(("ServerEvents".to_owned(), server_events()));
    schemas.push(("Commands".to_owned(), commands()));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token; it lives ten minutes"));
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        "battala_refresh_<port>",
        "The refresh token of the session; the name has the port of the hub's public address",
    ));
    ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()))
        .security_scheme(COOKIE, SecurityScheme::ApiKey(cookie))
        .build()
}

fn note<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// An object with one property per event: a map from names to payloads for generated types.
fn server_events() -> RefOr<Schema> {
    let events = Event::catalogue();
    let object = ObjectBuilder::new().description(Some(
        "What the hub tells over the socket: each event's payload by its name",
    ));
    events
        .into_iter()
        .fold(object, |object, event| {
            object
                .property(event.name, Ref::from_schema_name(event.schema))
                .required(event.name)
        })
        .into()
}

/// Likewise for commands, each with its body and its answer.
fn commands() -> RefOr<Schema> {
    let object = ObjectBuilder::new().description(Some(
        "What a client asks over the socket: body and answer by the command's name",
    ));
    Command::catalogue()
        .into_iter()
        .fold(object, |object, command| {
            let pair = ObjectBuilder::new()
                .description(Some(command.description.trim()))
                .property("body", Ref::from_schema_name(command.body))
                .required("body")
                .property("answer", Ref::from_schema_name(command.answer))
                .required("answer");
            object.property(command.name, pair).required(command.name)
        })
        .into()
}
