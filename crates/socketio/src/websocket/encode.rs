//! Frames from the server: unmasked and never fragmented (RFC 6455 §5.2).

use super::Code;

const FIN_TEXT: u8 = 0x81;
const FIN_CLOSE: u8 = 0x88;
const FIN_PONG: u8 = 0x8a;

pub(crate) fn text(out: &mut Vec<u8>, payload: &[u8]) {
    frame(out, FIN_TEXT, payload);
}

pub(crate) fn pong(out: &mut Vec<u8>, payload: &[u8]) {
    frame(out, FIN_PONG, payload);
}

pub(crate) fn close(out: &mut Vec<u8>, code: Code) {
    frame(out, FIN_CLOSE, &(code as u16).to_be_bytes());
}

/// What comes before a payload that is written from where it lies.
pub(crate) fn text_head(out: &mut Vec<u8>, len: usize) {
    head(out, FIN_TEXT, len);
}

fn frame(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    head(out, kind, payload.len());
    out.extend_from_slice(payload);
}

fn head(out: &mut Vec<u8>, kind: u8, len: usize) {
    out.push(kind);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len @ 0..=125), _) => out.push(len),
        (_, Ok(len)) => {
            out.push(126);
            out.extend_from_slice(&len.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_takes_the_shortest_of_its_three_forms() {
        let head = |len: usize| {
            let mut out = Vec::new();
            text(&mut out, &vec![b'x'; len]);
            out.truncate(out.len() - len);
            out
        };
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 255, 255]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_close_frame_carries_its_code() {
        let mut out = Vec::new();
        close(&mut out, Code::TooBig);
        assert_eq!(out, [0x88, 2, 0x03, 0xf1]);
    }
}
