//! What an account may be called.

use battala_proto::text;

use crate::error::{Error, Result};

/// Refuses names by which someone could pass for the hub or for those who run it.
pub(crate) fn refuse_names_of_the_hub(names: &[(&str, Option<&str>)]) -> Result<()> {
    let faults: Vec<_> = names
        .iter()
        .filter(|(_, name)| name.is_some_and(text::speaks_for_hub))
        .map(|(field, _)| text::reserved().of(field))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::InvalidInput(faults))
}
