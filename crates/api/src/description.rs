//! Descriptions: what the parts of a handler say about its operation. Knows neither the parts nor
//! the documents that are made of it.

use axum::extract::State;
use battala_proto::ErrorCode;
use utoipa::ToSchema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{Ref, RefOr, Schema};

/// What is known of an operation by its handler's types.
#[derive(Default)]
pub(crate) struct Description {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) successes: Vec<Success>,
    pub(crate) refusals: Vec<ErrorCode>,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) sets_cookie: bool,
}

/// The body that an operation reads.
pub(crate) struct RequestBody {
    pub(crate) schema: Ref,
    /// Whether it has a field that must be given.
    pub(crate) is_required: bool,
}

/// One way in which an operation succeeds.
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) schema: Option<RefOr<Schema>>,
}

impl Description {
    /// Notes a type and everything it consists of, and refers to it.
    pub(crate) fn schema<T: ToSchema>(&mut self) -> Ref {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        Ref::from_schema_name(T::name())
    }

    pub(crate) fn succeeds(&mut self, status: u16, schema: Option<RefOr<Schema>>) {
        self.successes.push(Success { status, schema });
    }
}

/// An argument of a handler.
pub(crate) trait Part {
    /// Whether the argument reads the query.
    const IS_QUERY: bool = false;

    /// Notes what the argument reads from the request.
    fn describe(description: &mut Description);
}

/// State is no part of the request.
impl<S> Part for State<S> {
    fn describe(_: &mut Description) {}
}
