//! What an error of the hub means, for the operator at the machine, who is told what a caller is not.

use battala_hub::Error;
use battala_proto::error::FieldError;

/// What is the matter, and what to do where that is known.
pub(crate) fn explain(error: &Error) -> String {
    let fields: Vec<String> = error.fields().iter().map(of_field).collect();
    if !fields.is_empty() {
        return fields.join("; ");
    }
    match error {
        Error::Internal(source) => format!("{error}: {source}"),
        Error::Unavailable => {
            "the database is busy, or another program holds a lock in it; try again".to_owned()
        }
        Error::Unreachable => {
            "the database went away meanwhile; try again when it is there".to_owned()
        }
        other => other.to_string(),
    }
}

/// A field and what is wrong with it.
pub(crate) fn of_field(field: &FieldError) -> String {
    format!("{}: {}", field.field, field.message)
}
