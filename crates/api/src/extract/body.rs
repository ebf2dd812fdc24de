//! Bodies: one JSON object of a bounded size, read field by field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use battala_proto::ErrorCode;
use battala_proto::fields::{self, Fields};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::description::{Description, Part, RequestBody};
use crate::edge::BodyFault;
use crate::refusal::Refusal;
use crate::state::ApiState;

/// The body of a request. No body at all is an empty object.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: fields::Request> FromRequest<ApiState> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Refusal> {
        let has_type = has_json_type(request.headers())?;
        if let Some(fault) = request.extensions().get::<BodyFault>() {
            return Err(unreadable(*fault));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| unreadable(BodyFault::EndedEarly))?;
        let fields = match (bytes.is_empty(), has_type) {
            (true, _) => Fields::default(),
            (false, false) => return Err(wrong_type()),
            (false, true) => parse(&bytes)?,
        };
        Ok(Self(T::from_fields(fields)?))
    }
}

/// Whether the body says that it is JSON; another type is refused unread.
fn has_json_type(headers: &HeaderMap) -> Result<bool, Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(false);
    };
    let essence = value.to_str().unwrap_or_default().split(';').next();
    if essence.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        Ok(true)
    } else {
        Err(wrong_type())
    }
}

fn wrong_type() -> Refusal {
    Refusal::new(
        ErrorCode::UnsupportedMediaType,
        "send the body as application/json",
    )
}

fn unreadable(fault: BodyFault) -> Refusal {
    match fault {
        BodyFault::TooLarge(bytes_max) => {
            let detail = format!("a body has at most {bytes_max} bytes");
            Refusal::new(ErrorCode::PayloadTooLarge, detail)
        }
        BodyFault::EndedEarly => Refusal::new(ErrorCode::Malformed, "the body ended early"),
    }
}

/// The parser's own words are not passed on: they repeat what was sent.
pub(crate) fn parse(bytes: &[u8]) -> Result<Fields, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!(
            "the body must be one JSON object without duplicate keys (line {}, column {})",
            error.line(),
            error.column()
        );
        Refusal::new(ErrorCode::Malformed, detail)
    })
}

impl<T: fields::Request + ToSchema> Part for Body<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<T>();
        let is_required = match T::schema() {
            RefOr::T(Schema::Object(object)) => !object.required.is_empty(),
            _ => true,
        };
        description.body = Some(RequestBody {
            schema,
            is_required,
        });
        description.refusals.extend([
            ErrorCode::Malformed,
            ErrorCode::InvalidInput,
            ErrorCode::PayloadTooLarge,
            ErrorCode::UnsupportedMediaType,
        ]);
    }
}
