//! Query strings. Every fault of every parameter is reported, unknown ones among them.

use axum::extract::FromRequestParts;
use battala_proto::ErrorCode;
use battala_proto::fields::{Fields, Request};
use http::Uri;
use http::request::Parts;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Required, Schema};

use crate::description::{Description, Part};
use crate::refusal::Refusal;
use crate::state::ApiState;

/// The parameters of a query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: Request> FromRequestParts<ApiState> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Refusal> {
        Ok(Self(T::from_fields(fields(&parts.uri))?))
    }
}

/// Refuses the parameters of an operation that has none.
pub(crate) fn refuse_query(uri: &Uri) -> Result<(), Refusal> {
    Ok(<()>::from_fields(fields(uri))?)
}

fn fields(uri: &Uri) -> Fields {
    let query = uri.query().unwrap_or_default();
    Fields::from_query(form_urlencoded::parse(query.as_bytes()))
}

/// The parameters are the properties of the request's schema.
impl<T: Request + ToSchema> Part for Query<T> {
    const IS_QUERY: bool = true;

    fn describe(description: &mut Description) {
        description.refusals.push(ErrorCode::InvalidInput);
        T::schemas(&mut description.schemas);
        let RefOr::T(Schema::Object(object)) = T::schema() else {
            return;
        };
        let mut exclusive = ObjectBuilder::new();
        for (name, schema) in object.properties {
            if T::EXCLUSIVE.contains(&name.as_str()) {
                exclusive = exclusive.property(name, without_null(schema).0);
                continue;
            }
            let is_required = object.required.contains(&name);
            let (schema, about) = without_null(schema);
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(about)
                .required(if is_required {
                    Required::True
                } else {
                    Required::False
                })
                .schema(Some(schema));
            description.parameters.push(parameter.build());
        }
        if !T::EXCLUSIVE.is_empty() {
            description.parameters.push(one_of(exclusive));
        }
    }
}

/// Parameters that exclude each other. The contract has one way to say so: an object with at most
/// one property, each of which stands in the query under its own name (`style: form`, `explode`).
fn one_of(properties: ObjectBuilder) -> Parameter {
    let object = properties
        .max_properties(Some(1))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    ParameterBuilder::new()
        .name("at_most_one_of")
        .parameter_in(ParameterIn::Query)
        .description(Some("These exclude each other"))
        .required(Required::False)
        .style(Some(ParameterStyle::Form))
        .explode(Some(true))
        .schema(Some(object))
        .build()
}

/// A query has no `null`: an optional parameter is absent. Gives the property's description, too,
/// which stands beside a parameter's schema and not in it.
fn without_null(schema: RefOr<Schema>) -> (RefOr<Schema>, Option<String>) {
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &mut object.schema_type {
                types.retain(|kind| *kind != Type::Null);
                if let [only] = types.as_slice() {
                    object.schema_type = SchemaType::Type(only.clone());
                }
            }
            let about = object.description.take();
            (RefOr::T(Schema::Object(object)), about)
        }
        RefOr::T(Schema::OneOf(mut choice)) => {
            let about = choice.description.take();
            choice.items.retain(|item| !is_null(item));
            match choice.items.pop() {
                Some(RefOr::Ref(mut only)) if choice.items.is_empty() => {
                    let own = std::mem::take(&mut only.description);
                    let about = about.or_else(|| (!own.is_empty()).then_some(own));
                    (RefOr::Ref(only), about)
                }
                last => {
                    choice.items.extend(last);
                    (RefOr::T(Schema::OneOf(choice)), about)
                }
            }
        }
        schema => (schema, None),
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(
        schema,
        RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null)
    )
}
