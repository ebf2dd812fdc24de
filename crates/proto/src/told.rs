//! What the hub tells: the form that events and hints have in common. Knows none of them.

use serde::Serialize;

/// What is told to a client: a name on the wire, and a payload, which serialises alone.
pub trait Told: Serialize {
    /// The name on the wire.
    fn name(&self) -> &'static str;
}

/// One event, or hint, of the generated contract.
#[derive(Debug, Clone)]
pub struct ToldSchema {
    /// The name on the wire.
    pub name: &'static str,
    /// By what it is ordered: `structure`, `channel`, `account` or `free`; `hint` if it may get lost.
    pub order: &'static str,
    /// The name of the payload's schema.
    pub schema: String,
    /// What it says.
    pub description: &'static str,
}

/// Everything that the hub can tell a client, for the generated contract.
pub fn catalogue() -> Vec<ToldSchema> {
    let mut told = crate::Event::catalogue();
    told.extend(crate::Hint::catalogue());
    told
}

/// An enum of what is told, each with its name on the wire.
macro_rules! told {
    (
        $(#[doc = $about:literal])+
        $enum:ident {
            $($(#[doc = $doc:literal])+ $variant:ident($payload:ty) = $name:literal, $order:expr;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $enum {
            $($(#[doc = $doc])+ $variant($payload),)+
        }

        impl $enum {
            /// All names.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The name on the wire.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            /// Name, schema name and description of each, for the generated contract.
            pub fn catalogue() -> Vec<crate::told::ToldSchema> {
                vec![$(crate::told::ToldSchema {
                    name: $name,
                    order: $order,
                    schema: <$payload as ToSchema>::name().into_owned(),
                    description: concat!($($doc),+),
                }),+]
            }

            /// Every schema that they need.
            pub fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
                let mut schemas = Vec::new();
                $(
                    schemas.push((<$payload as ToSchema>::name().into_owned(), <$payload as utoipa::PartialSchema>::schema()));
                    <$payload as ToSchema>::schemas(&mut schemas);
                )+
                schemas
            }
        }

        impl crate::told::Told for $enum {
            fn name(&self) -> &'static str {
                $enum::name(self)
            }
        }

        /// Serialises the payload alone; the name travels beside it.
        impl Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(payload) => payload.serialize(serializer)),+ }
            }
        }
    };
}

pub(crate) use told;
