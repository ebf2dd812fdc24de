//! What a path names. An id that is none names nothing: 404, as for an id that does not exist.

use axum::extract::{FromRequestParts, RawPathParams};
use battala_hub::Error;
use battala_proto::ErrorCode;
use battala_proto::id::{ChannelId, MessageId, ServerId, SessionId, UserId};
use battala_proto::text::InviteCode;
use http::request::Parts;
use utoipa::ToSchema;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};

use crate::description::{Description, Part};
use crate::refusal::Refusal;
use crate::state::ApiState;

/// A value that stands in paths, always under the same name.
pub(crate) trait PathValue: ToSchema + Sized {
    /// The placeholder, without braces.
    const NAME: &'static str;

    /// Reads the text of the path.
    fn parse(text: &str) -> Option<Self>;

    /// Finds the value among the path's parameters.
    fn find(params: &RawPathParams) -> Option<Self> {
        let (_, text) = params.iter().find(|(name, _)| *name == Self::NAME)?;
        Self::parse(text)
    }

    /// Notes the parameter.
    fn describe(description: &mut Description) {
        let schema = description.schema::<Self>();
        let parameter = ParameterBuilder::new()
            .name(Self::NAME)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(schema));
        description.parameters.push(parameter.build());
        description.refusals.push(ErrorCode::NotFound);
    }
}

macro_rules! path_ids {
    ($($name:literal: $id:ty,)+) => {$(
        impl PathValue for $id {
            const NAME: &'static str = $name;

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}

path_ids! {
    "server_id": ServerId,
    "channel_id": ChannelId,
    "message_id": MessageId,
    "user_id": UserId,
    "session_id": SessionId,
}

impl PathValue for InviteCode {
    const NAME: &'static str = "code";

    fn parse(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

/// What the policy needs of a path to load an action's target.
pub(crate) trait PathKey: Sized {
    /// Reads the key; `None` when the path names nothing.
    fn read(params: &RawPathParams) -> Option<Self>;

    /// Notes the parameters.
    fn describe(description: &mut Description);
}

/// Actions on the hub or the own account.
impl PathKey for () {
    fn read(_: &RawPathParams) -> Option<Self> {
        Some(())
    }

    fn describe(_: &mut Description) {}
}

/// A thing by itself.
impl<T: PathValue> PathKey for T {
    fn read(params: &RawPathParams) -> Option<Self> {
        Self::find(params)
    }

    fn describe(description: &mut Description) {
        <Self as PathValue>::describe(description);
    }
}

/// A thing within another: both are named.
impl<A: PathValue, B: PathValue> PathKey for (A, B) {
    fn read(params: &RawPathParams) -> Option<Self> {
        const {
            assert!(
                !is_same(A::NAME, B::NAME),
                "one placeholder would be read as both"
            );
        }
        Some((A::find(params)?, B::find(params)?))
    }

    fn describe(description: &mut Description) {
        A::describe(description);
        B::describe(description);
    }
}

const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([first, one_rest @ ..], [second, other_rest @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// A value of the path that the policy does not need.
pub(crate) struct Param<T>(pub(crate) T);

impl<T: PathValue> FromRequestParts<ApiState> for Param<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let value = params.ok().as_ref().and_then(T::find);
        Ok(Self(value.ok_or(Error::NotFound)?))
    }
}

impl<T: PathValue> Part for Param<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_when_all_of_them_is() {
        assert!(is_same("user_id", "user_id") && is_same("", ""));
        for other in ["", "user", "user_ids", "role_id", "user_ie"] {
            assert!(
                !is_same("user_id", other) && !is_same(other, "user_id"),
                "{other}"
            );
        }
    }
}
