//! Requests: declared once, with their reader and their schema.

use utoipa::openapi::{RefOr, Schema};

use super::{Fault, Fields};
use crate::error::{FieldCode, FieldError};

/// A body, query or command that can be read from [`Fields`].
pub trait Request: Sized {
    /// Fields of which at most one can be given.
    const EXCLUSIVE: &'static [&'static str] = &[];

    /// Takes the fields of the request out of an object that may have more; faults stay there.
    fn take(fields: &mut Fields) -> Option<Self>;

    /// Reads the request from an object that has nothing else.
    ///
    /// # Errors
    /// Every fault of every field.
    fn from_fields(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let request = Self::take(&mut fields);
        fields.finish()?;
        // `finish` has returned the fault of every field that could not be taken.
        request.ok_or_else(Vec::new)
    }
}

/// The empty request.
impl Request for () {
    fn take(_: &mut Fields) -> Option<Self> {
        Some(())
    }
}

/// Declares request types: a plain struct, its schema, and its reader.
///
/// A field of type `Option<T>` is optional, one of type `Patch<T>` can also be cleared by `null`;
/// every other field is required. The wire name is the field's name. A list says how long it may
/// be: `pub ids: Vec<ChannelId> [at_most 10]`. A request can be a field of another one, or an entry of
/// a list there: every request type is a [`FieldValue`](crate::fields::FieldValue).
/// `..message: SendMessage` as the last field takes up the fields of another request beside the own
/// ones; on the wire they are one object.
///
/// An optional `one_of [a, b]` after the fields names those that exclude each other; an optional
/// `check |this| { … }` block after the fields returns further faults as `Vec<FieldError>`.
#[macro_export]
macro_rules! request {
    ($(
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $(#[schema($($schema:tt)+)])?
                pub $field:ident: $kind:ty $([at_most $max:expr])?,
            )+
            $(..$shared:ident: $body:ty)?
        }
        $(one_of [$($one:ident),+])?
        $(check |$this:ident| $check:block)?
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $kind,)+
            $(
                #[doc = concat!("The fields of [`", stringify!($body), "`].")]
                pub $shared: $body,
            )?
        }

        impl $crate::fields::Request for $name {
            $(const EXCLUSIVE: &'static [&'static str] = &[$(stringify!($one)),+];)?

            fn take(fields: &mut $crate::fields::Fields) -> Option<Self> {
                $(let $field = $crate::__take!(fields, $field: $kind $([at_most $max])?);)+
                $(let $shared = <$body as $crate::fields::Request>::take(fields);)?
                let request = Self { $($field: $field?,)+ $($shared: $shared?)? };
                $(
                    let given = [$(request.$one.is_some()),+];
                    fields.refuse_all($crate::fields::at_most_one(Self::EXCLUSIVE, &given));
                )?
                $(
                    let $this = &request;
                    fields.refuse_all($check);
                )?
                Some(request)
            }
        }

        impl $crate::fields::FieldValue for $name {
            fn from_json(value: serde_json::Value) -> Result<Self, $crate::fields::Faults> {
                let fields = $crate::fields::Fields::nested(value)?;
                let read = <Self as $crate::fields::Request>::from_fields(fields);
                read.map_err($crate::fields::Faults::of_fields)
            }
        }

        const _: () = {
            use utoipa::openapi::{RefOr, Schema};

            $(#[doc = $about])+
            #[derive(utoipa::ToSchema)]
            #[serde(deny_unknown_fields)]
            #[expect(dead_code, reason = "it stands for the own fields in the schema, and is never made")]
            struct Own {
                $(
                    $(#[doc = $doc])+
                    $(#[schema($($schema)+)])?
                    $field: $kind,
                )+
            }

            impl utoipa::PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let lists: &[(&str, u64)] = &[$($((stringify!($field), $max),)?)+];
                    let shared: Option<RefOr<Schema>> =
                        None$(.or(Some(<$body as utoipa::PartialSchema>::schema())))?;
                    $crate::fields::shape(<Own as utoipa::PartialSchema>::schema(), lists, shared)
                }
            }

            impl utoipa::ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    <Own as utoipa::ToSchema>::schemas(schemas);
                    $(<$body as utoipa::ToSchema>::schemas(schemas);)?
                }
            }
        };
    )+};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __take {
    ($fields:ident, $field:ident: $kind:ty) => {
        $fields.take::<$kind>(stringify!($field))
    };
    ($fields:ident, $field:ident: $kind:ty [at_most $max:expr]) => {{
        let list: Option<$kind> = $fields.take_list(stringify!($field), $max);
        list
    }};
}

/// The schema of a request: that of its own fields with the bounds of its lists, and the fields that
/// it shares with another one.
#[must_use]
pub fn shape(
    own: RefOr<Schema>,
    lists: &[(&str, u64)],
    shared: Option<RefOr<Schema>>,
) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = own else {
        return own;
    };
    for (name, max) in lists {
        if let Some(RefOr::T(Schema::Array(list))) = object.properties.get_mut(*name) {
            list.max_items = usize::try_from(*max).ok();
        }
    }
    if let Some(RefOr::T(Schema::Object(shared))) = shared {
        object.properties.extend(shared.properties);
        object.required.extend(shared.required);
    }
    RefOr::T(Schema::Object(object))
}

/// The faults of fields that exclude each other when more than one of them is given: one of each
/// that is one too many.
pub fn at_most_one(names: &[&str], given: &[bool]) -> Vec<FieldError> {
    let message = format!("{} exclude each other", names.join(", "));
    let named = names.iter().zip(given).filter(|(_, is_given)| **is_given);
    named
        .skip(1)
        .map(|(name, _)| Fault::new(FieldCode::InvalidFormat, message.clone()).of(name))
        .collect()
}

/// The number of rows to give: the default when absent, at least 1 and at most the page limit.
///
/// # Errors
/// The fault of the field `limit`.
pub fn page_rows(limit: Option<u32>) -> Result<u32, FieldError> {
    let max = crate::limits::PAGE_ROWS_MAX;
    match limit {
        None => Ok(crate::limits::PAGE_ROWS_DEFAULT),
        Some(0) => Err(Fault::limit(FieldCode::TooSmall, "must be at least 1", 1).of("limit")),
        Some(rows) if rows > max => Err(Fault::limit(
            FieldCode::TooLarge,
            format!("must be at most {max}"),
            max.into(),
        )
        .of("limit")),
        Some(rows) => Ok(rows),
    }
}
