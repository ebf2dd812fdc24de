//! Refusals: every answer that is not a success, and how it becomes a problem document.
//!
//! Handlers and extractors only say what went wrong. The edge writes the document, because it alone
//! knows the request's id, and because answers that axum makes itself need one as well.

use axum::response::{IntoResponse, Response};
use battala_hub::Error;
use battala_proto::{ErrorCode, FieldError, Problem};
use http::StatusCode;
use http::header::{HeaderValue, SET_COOKIE};

/// Why a request is not done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    code: ErrorCode,
    detail: String,
    fields: Vec<FieldError>,
    retry_after_ms: Option<u64>,
    cookies: Vec<HeaderValue>,
}

impl Refusal {
    /// A refusal in words; for what never came to a use case.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            code,
            detail,
            fields: Vec::new(),
            retry_after_ms: None,
            cookies: Vec::new(),
        }
    }

    /// The same, setting cookies.
    pub(crate) fn with_cookies(self, cookies: Vec<HeaderValue>) -> Self {
        Self { cookies, ..self }
    }

    /// The same, naming what was wrong.
    pub(crate) fn with_field(mut self, field: FieldError) -> Self {
        self.fields.push(field);
        self
    }

    /// The same, asking to come back: what failed may not fail again.
    pub(crate) fn retry_after_a_moment(self) -> Self {
        Self {
            retry_after_ms: Some(1000),
            ..self
        }
    }

    /// What an answer without a refusal of ours means, by its status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => return Error::NotFound.into(),
            StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => return Error::Unavailable.into(),
            status if status.is_client_error() => ErrorCode::Malformed,
            _ => ErrorCode::Internal,
        };
        Self::new(code, code.title())
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) fn retry_after_ms(&self) -> Option<u64> {
        self.retry_after_ms
    }

    /// The document for the caller.
    pub(crate) fn into_problem(self, request_id: &str) -> Problem {
        Problem {
            kind: format!("/api/docs/problems#{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            code: self.code,
            detail: self.detail,
            request_id: request_id.to_owned(),
            fields: self.fields,
            retry_after_ms: self.retry_after_ms,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        error.log_if_internal();
        Self {
            code: error.code(),
            detail: error.to_string(),
            fields: error.fields(),
            retry_after_ms: error.retry_after_ms(),
            cookies: Vec::new(),
        }
    }
}

impl From<Vec<FieldError>> for Refusal {
    fn from(fields: Vec<FieldError>) -> Self {
        Error::InvalidInput(fields).into()
    }
}

/// The status, and the refusal itself for the edge.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        for cookie in self.cookies.clone() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response.extensions_mut().insert(self);
        response
    }
}
