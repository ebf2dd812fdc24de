//! The schemas that operations, events and commands refer to.

use battala_proto::error::CommandError;
use battala_proto::{Command, Event, Hint, Problem, told};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, ComponentsBuilder, ObjectBuilder, Ref, RefOr, Schema};

/// An access token in the `Authorization` header.
pub(super) const BEARER: &str = "access_token";
/// The refresh cookie.
pub(super) const COOKIE: &str = "refresh_cookie";

/// What stands behind a name.
pub(super) type Named = (String, RefOr<Schema>);

/// The schemas of the operations, with those of the socket, and how callers say who they are.
pub(super) fn components(mut schemas: Vec<Named>) -> Components {
    note::<Problem>(&mut schemas);
    note::<CommandError>(&mut schemas);
    schemas.extend(Event::schemas());
    schemas.extend(Hint::schemas());
    schemas.extend(Command::schemas());
    schemas.push(("ServerEvents".to_owned(), server_events()));
    schemas.push(("Commands".to_owned(), commands()));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token; it lives ten minutes"));
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        "battala_refresh_<port>",
        "The refresh token of the session; the name has the port of the hub's public address, \
         and begins with `__Secure-` when that is https",
    ));
    ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()))
        .security_scheme(COOKIE, SecurityScheme::ApiKey(cookie))
        .build()
}

fn note<T: ToSchema>(schemas: &mut Vec<Named>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// An object with one property per event: a map from names to payloads for generated types.
fn server_events() -> RefOr<Schema> {
    let events = told::catalogue();
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

/// `TimestampMs` is an alias, and the generator calls it by the type behind it.
pub(super) fn name_timestamps(document: &mut Value) {
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
