//! WebSocket frames as far as this client needs them (RFC 6455 §5.2). Sans I/O.

const OPCODE_BITS: u8 = 0x0f;
const LENGTH_BITS: u8 = 0x7f;
const FIN_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
const MASK_LEN: usize = 4;
/// Lengths that say that the length follows, in 16 and in 64 bits.
const LENGTH_16: u8 = 0x7e;
const LENGTH_64: u8 = 0x7f;

/// What a frame of the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Close,
    /// Pings of the WebSocket layer, which the measured servers do not send.
    Other,
}

/// The first frame in `bytes` and its length with its head; `None` if it is not whole yet.
pub(crate) fn first(bytes: &[u8]) -> Option<(Kind, &[u8], usize)> {
    let (&[head, length], rest) = bytes.split_first_chunk::<2>()?;
    let (start, length) = match length & LENGTH_BITS {
        LENGTH_16 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
        LENGTH_64 => {
            let length = u64::from_be_bytes(*rest.first_chunk()?);
            (10, usize::try_from(length).ok()?)
        }
        short => (2, usize::from(short)),
    };
    let kind = match head & OPCODE_BITS {
        1 => Kind::Text,
        8 => Kind::Close,
        _ => Kind::Other,
    };
    let payload = bytes.get(start..start + length)?;
    Some((kind, payload, start + length))
}

/// Appends a text frame of the client. The mask is zero: masking costs the sender
/// nothing, and the server the same as any other mask.
pub(crate) fn push_text(out: &mut Vec<u8>, payload: &str) {
    out.push(FIN_TEXT);
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..=125), _) => out.push(MASKED | length),
        (_, Ok(length)) => {
            out.push(MASKED | LENGTH_16);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(MASKED | LENGTH_64);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; MASK_LEN]);
    out.extend_from_slice(payload.as_bytes());
}

/// The first frame of a client in `bytes` as a server passes it on, without its mask, and its length
/// with its head and mask; `None` if it is not whole yet.
pub(crate) fn passed_on(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (_, payload, without_mask) = first(bytes)?;
    let head = without_mask - payload.len();
    let end = without_mask + MASK_LEN;
    let (mask, masked) = bytes.get(head..end)?.split_at(MASK_LEN);
    let mut frame = bytes[..head].to_vec();
    frame[1] &= LENGTH_BITS;
    frame.extend(
        masked
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    Some((frame, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_passed_on_without_its_mask() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut bytes = Vec::new();
            push_text(&mut bytes, &"x".repeat(length));
            let head = bytes.len() - length - MASK_LEN;
            let mask = [1, 2, 3, 4];
            bytes[head..head + MASK_LEN].copy_from_slice(&mask);
            let masked = bytes[head + MASK_LEN..].iter_mut();
            masked
                .zip(mask.iter().cycle())
                .for_each(|(byte, key)| *byte ^= key);
            assert_eq!(passed_on(&bytes[..bytes.len() - 1]), None);
            let whole = bytes.len();
            bytes.extend_from_slice(b"next");
            let (frame, size) = passed_on(&bytes).unwrap();
            assert_eq!((frame.len(), size), (whole - MASK_LEN, whole));
            let (kind, payload, _) = first(&frame).unwrap();
            assert_eq!((kind, payload), (Kind::Text, "x".repeat(length).as_bytes()));
        }
    }

    #[test]
    fn a_frame_is_found_when_it_is_whole() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut bytes = Vec::new();
            push_text(&mut bytes, &"x".repeat(length));
            let head = bytes.len() - length - 4;
            // What a server sends is the same without the mask.
            bytes[1] &= LENGTH_BITS;
            bytes.drain(head..head + 4);
            assert_eq!(first(&bytes[..bytes.len() - 1]), None);
            bytes.extend_from_slice(b"next");
            let (kind, payload, size) = first(&bytes).unwrap();
            assert_eq!(
                (kind, payload.len(), size),
                (Kind::Text, length, bytes.len() - 4)
            );
        }
    }
}
