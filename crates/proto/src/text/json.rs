//! How large text is on the wire. Knows nothing of what stands around it.

/// The bytes of a text in JSON, with its quotes: RFC 8259, section 7, as the serializer writes it.
pub fn json_bytes(text: &str) -> usize {
    let further = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
        // `\u001f`.
        0x00..0x20 => 5,
        _ => 0,
    };
    2 + text.len() + text.bytes().map(further).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_what_the_serializer_writes() {
        let ascii: String = (0..=0x7f_u8).map(char::from).collect();
        for text in ["", "tea", "\u{1f33f} ñ", "\"\\\n", &ascii] {
            let written = serde_json::to_string(text).unwrap();
            assert_eq!(json_bytes(text), written.len(), "{text:?}");
        }
    }
}
