//! What handlers answer with. Each answer knows its status and its schema.

use axum::Json;
use axum::response::{AppendHeaders, IntoResponse, Response};
use battala_proto::List;
use http::StatusCode;
use http::header::{HeaderValue, SET_COOKIE};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr};

use crate::description::Description;

/// An answer of a handler.
pub(crate) trait Answer: IntoResponse {
    /// Notes the status and the schema.
    fn describe(description: &mut Description);
}

impl<T: Serialize + ToSchema> Answer for Json<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<T>();
        description.succeeds(200, Some(RefOr::Ref(schema)));
    }
}

/// A list: `{"items": […]}`.
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<T: Serialize> IntoResponse for Items<T> {
    fn into_response(self) -> Response {
        Json(List { items: self.0 }).into_response()
    }
}

impl<T: Serialize + ToSchema> Answer for Items<T> {
    fn describe(description: &mut Description) {
        let item = description.schema::<T>();
        let list = ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(item))
            .required("items");
        description.succeeds(200, Some(list.into()));
    }
}

/// Nothing to say.
pub(crate) struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Answer for NoContent {
    fn describe(description: &mut Description) {
        description.succeeds(204, None);
    }
}

/// Something was made.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Answer> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, self.0).into_response()
    }
}

impl<T: Answer> Answer for Created<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        for success in &mut description.successes {
            success.status = 201;
        }
    }
}

/// Something was made now, or was found as it had been made before.
pub(crate) enum MadeOnce<T> {
    /// Made now: 201.
    Now(T),
    /// Made before: 200.
    Before(T),
}

impl<T: Answer> IntoResponse for MadeOnce<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Now(answer) => Created(answer).into_response(),
            Self::Before(answer) => answer.into_response(),
        }
    }
}

impl<T: Answer> Answer for MadeOnce<T> {
    fn describe(description: &mut Description) {
        Created::<T>::describe(description);
        T::describe(description);
    }
}

/// An answer that sets cookies.
pub(crate) struct WithCookies<T>(pub(crate) Vec<HeaderValue>, pub(crate) T);

impl<T: IntoResponse> IntoResponse for WithCookies<T> {
    fn into_response(self) -> Response {
        let cookies = self.0.into_iter().map(|cookie| (SET_COOKIE, cookie));
        (AppendHeaders(cookies), self.1).into_response()
    }
}

impl<T: Answer> Answer for WithCookies<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        description.sets_cookie = true;
    }
}
