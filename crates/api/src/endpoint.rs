//! What a handler's types say about its operation.
//!
//! [`Endpoint`] is implemented for functions whose first argument is a [`Proof`] and whose result is
//! an [`Answer`] or a [`Refusal`]. A section takes nothing else, and reads parameters, body,
//! answers and schemas off those types.

use std::future::Future;

use battala_hub::access::{Action, KeyOf};

use crate::answer::Answer;
use crate::description::{Description, Part};
use crate::extract::{PathKey, Proof};
use crate::refusal::Refusal;

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
        impl<F, Fut, Ans, A, $($part),*> Endpoint<(A, $($part,)*)> for F
        where
            F: Fn(A, $($part),*) -> Fut,
            Fut: Future<Output = Result<Ans, Refusal>>,
            Ans: Answer,
            A: Proof,
            KeyOf<A::Action>: PathKey,
            $($part: Part,)*
        {
            type Action = A::Action;

            const TAKES_QUERY: bool = false $(|| $part::IS_QUERY)*;

            fn describe() -> Description {
                let mut description = Description::default();
                <KeyOf<A::Action> as PathKey>::describe(&mut description);
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
