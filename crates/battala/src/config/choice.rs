//! A setting that is one of a few words, and what is said of another.
//!
//! Does not know the words: they are those of the type.

use std::fmt::{self, Display};

use serde::de::value::StringDeserializer;
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer as _};

/// Reads it, or says which words there are.
pub(super) fn read<'d, D: Deserializer<'d>, T: Deserialize<'d>>(from: D) -> Result<T, D::Error> {
    let word = String::deserialize(from)?;
    let from: StringDeserializer<Refusal> = word.into_deserializer();
    T::deserialize(from).map_err(de::Error::custom)
}

/// Why a word is none of them.
#[derive(Debug)]
struct Refusal(String);

impl de::Error for Refusal {
    fn custom<M: Display>(message: M) -> Self {
        Self(message.to_string())
    }

    fn unknown_variant(word: &str, words: &'static [&'static str]) -> Self {
        let words = words.join(" or ");
        Self(format!("must be {words}, not \"{word}\""))
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}
