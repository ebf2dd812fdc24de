//! What a handler's types say about its operation.
//!
//! [`Endpoint`] is implemented for functions whose first argument is [`Auth`] and whose result is
//! an [`Answer`] or a [`Refusal`]. The router takes nothing else, and reads parameters, body,
//! answers and schemas off those types.

use std::future::Future;

use axum::extract::State;
use battala_hub::access::{Action, KeyOf};
use battala_proto::ErrorCode;
use utoipa::ToSchema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::answer::Answer;
use crate::extract::{Auth, PathKey};
use crate::refusal::Refusal;

/// What is known of an operation by its handler's types.
#[derive(Default)]
pub(crate) struct Description {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) successes: Vec<Success>,
    pub(crate) refusals: Vec<ErrorCode>,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) takes_cookie: bool,
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

/// A handler that proves authority before anything else.
#[diagnostic::on_unimplemented(
    message = "a handler takes `Auth<Action>` first, then parts of the request, and returns \
               `Result<impl Answer, Refusal>`"
)]
pub(crate) trait Endpoint<Arguments> {
    /// What it does.
    type Action: Action;

    /// Whether it reads the query; what it does not read is refused.
    const TAKES_QUERY: bool;

    /// Notes what its types say. Made anew for each document: the running hub needs none of it.
    fn describe() -> Description;
}

macro_rules! endpoints {
    ($($part:ident)*) => {
        impl<F, Fut, Ans, A, $($part),*> Endpoint<(Auth<A>, $($part,)*)> for F
        where
            F: Fn(Auth<A>, $($part),*) -> Fut,
            Fut: Future<Output = Result<Ans, Refusal>>,
            Ans: Answer,
            A: Action,
            KeyOf<A>: PathKey,
            $($part: Part,)*
        {
            type Action = A;

            const TAKES_QUERY: bool = false $(|| $part::IS_QUERY)*;

            fn describe() -> Description {
                let mut description = Description::default();
                <KeyOf<A> as PathKey>::describe(&mut description);
                $($part::describe(&mut description);)*
                Ans::describe(&mut description);
                description
            }
        }
    };
}

endpoints!();
endpoints!(P1);
endpoints!(P1 P2);
endpoints!(P1 P2 P3);
endpoints!(P1 P2 P3 P4);
