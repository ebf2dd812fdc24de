//! Frames from clients to whole messages (RFC 6455 §5). Sans I/O: bytes go in,
//! messages come out. A frame that will not be accepted is refused by its
//! header, before its payload is buffered. Total: no input panics.

use super::Code;

const CONTROL_BYTES_MAX: usize = 125;

/// A whole message or control frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    Close,
}

/// Reassembles messages. Holds memory only between the parts of one.
#[derive(Debug)]
pub(crate) struct Decoder {
    buffer: Vec<u8>,
    /// Everything before this was consumed.
    position: usize,
    message: Option<Fragments>,
    bytes_max: usize,
}

/// The fragments of an unfinished text message.
#[derive(Debug, Default)]
struct Fragments {
    bytes: Vec<u8>,
    /// Up to here it is text; what follows can be no more than the beginning of a character.
    text: usize,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    is_final: bool,
    opcode: Opcode,
    mask: [u8; 4],
    /// Of the header itself, in bytes.
    head: usize,
    payload: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opcode {
    Continuation,
    Text,
    Close,
    Ping,
    Pong,
}

impl Decoder {
    /// Refuses messages above `bytes_max`, fragmented or not.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            buffer: Vec::new(),
            position: 0,
            message: None,
            bytes_max,
        }
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.position);
        self.position = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Gives back the buffer if nothing is left in it.
    pub(crate) fn release(&mut self) {
        if self.position == self.buffer.len() {
            self.buffer = Vec::new();
            self.position = 0;
        }
    }

    /// What is kept of what has not become a message.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn kept_bytes(&self) -> usize {
        let message = self.message.as_ref().map_or(0, |it| it.bytes.capacity());
        self.buffer.capacity() + message
    }

    /// The next message, or `None` if more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, Code> {
        loop {
            let bytes = self.buffer.get(self.position..).unwrap_or_default();
            let Some(header) = Header::parse(bytes)? else {
                return Ok(None);
            };
            self.check(header)?;
            let end = header.head + header.payload;
            let Some(masked) = bytes.get(header.head..end) else {
                return Ok(None);
            };
            let payload = unmask(masked, header.mask);
            self.position += end;
            if let Some(incoming) = self.assemble(header, payload)? {
                return Ok(Some(incoming));
            }
        }
    }

    /// Whether the header fits what came before and the limit.
    fn check(&self, header: Header) -> Result<(), Code> {
        let before = match (header.opcode, &self.message) {
            (Opcode::Continuation, Some(message)) => message.bytes.len(),
            (Opcode::Text, None) => 0,
            (Opcode::Continuation, None) | (Opcode::Text, Some(_)) => {
                return Err(Code::ProtocolError);
            }
            (Opcode::Close | Opcode::Ping | Opcode::Pong, _) => return Ok(()),
        };
        if before.saturating_add(header.payload) > self.bytes_max {
            return Err(Code::TooBig);
        }
        Ok(())
    }

    fn assemble(&mut self, header: Header, payload: Vec<u8>) -> Result<Option<Incoming>, Code> {
        match header.opcode {
            Opcode::Ping => return Ok(Some(Incoming::Ping(payload))),
            Opcode::Pong => return Ok(Some(Incoming::Pong)),
            Opcode::Close => return goodbye(&payload).map(Some),
            Opcode::Text | Opcode::Continuation => {}
        }
        let mut message = self.message.take().unwrap_or_default();
        message.extend(payload);
        if !header.is_final {
            message.check()?;
            self.message = Some(message);
            return Ok(None);
        }
        let text = String::from_utf8(message.bytes).map_err(|_| Code::InvalidText)?;
        Ok(Some(Incoming::Text(text)))
    }
}

impl Fragments {
    fn extend(&mut self, payload: Vec<u8>) {
        if self.bytes.is_empty() {
            self.bytes = payload;
        } else {
            self.bytes.extend_from_slice(&payload);
        }
    }

    /// What can no longer become text is refused before the rest of it arrives. Each octet is
    /// looked at once, whatever the number of fragments.
    fn check(&mut self) -> Result<(), Code> {
        let new = self.bytes.get(self.text..).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(text) => self.text += text.len(),
            Err(fault) if fault.error_len().is_none() => self.text += fault.valid_up_to(),
            Err(_) => return Err(Code::InvalidText),
        }
        Ok(())
    }
}

/// A close frame says nothing, or a code that may be sent and a reason that is text (RFC 6455
/// §5.5.1 and §7.4; 1012 to 1014 are in the IANA registry).
fn goodbye(payload: &[u8]) -> Result<Incoming, Code> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return match payload {
            [] => Ok(Incoming::Close),
            _ => Err(Code::ProtocolError),
        };
    };
    match u16::from_be_bytes(*code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(Code::ProtocolError),
    }
    std::str::from_utf8(reason).map_err(|_| Code::InvalidText)?;
    Ok(Incoming::Close)
}

impl Header {
    /// `None` if it is not complete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Code> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        // No extension is ever negotiated, so the reserved bits must be zero.
        if first & 0x70 != 0 {
            return Err(Code::ProtocolError);
        }
        let opcode = Opcode::parse(first & 0x0f)?;
        let is_final = first & 0x80 != 0;
        let is_masked = second & 0x80 != 0;
        if !is_masked {
            return Err(Code::ProtocolError);
        }
        let Some((payload, extended)) = length(second & 0x7f, rest)? else {
            return Ok(None);
        };
        if opcode.is_control() && (!is_final || payload > CONTROL_BYTES_MAX) {
            return Err(Code::ProtocolError);
        }
        let Some(mask) = rest.get(extended..).and_then(<[u8]>::first_chunk) else {
            // The size is known before the mask is: `Decoder::check` waits for
            // both, which costs at most four bytes of patience.
            return Ok(None);
        };
        Ok(Some(Self {
            is_final,
            opcode,
            mask: *mask,
            head: 2 + extended + mask.len(),
            payload,
        }))
    }
}

impl Opcode {
    fn parse(code: u8) -> Result<Self, Code> {
        match code {
            0x0 => Ok(Self::Continuation),
            0x1 => Ok(Self::Text),
            0x2 => Err(Code::Unsupported),
            0x8 => Ok(Self::Close),
            0x9 => Ok(Self::Ping),
            0xa => Ok(Self::Pong),
            _ => Err(Code::ProtocolError),
        }
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// The payload's length and the bytes it took after the first two.
fn length(short: u8, rest: &[u8]) -> Result<Option<(usize, usize)>, Code> {
    let (length, extended, least) = match short {
        126 => match rest.first_chunk::<2>() {
            Some(bytes) => (u64::from(u16::from_be_bytes(*bytes)), 2, 126),
            None => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(bytes) => (u64::from_be_bytes(*bytes), 8, 1 << 16),
            None => return Ok(None),
        },
        short => (u64::from(short), 0, 0),
    };
    // "The minimal number of bytes MUST be used" (RFC 6455 §5.2).
    if length < least {
        return Err(Code::ProtocolError);
    }
    let length = usize::try_from(length).map_err(|_| Code::TooBig)?;
    // What cannot even be added to a header is beyond every limit.
    if length > usize::MAX >> 1 {
        return Err(Code::TooBig);
    }
    Ok(Some((length, extended)))
}

fn unmask(masked: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut payload = masked.to_vec();
    for group in payload.chunks_mut(mask.len()) {
        for (byte, key) in group.iter_mut().zip(mask) {
            *byte ^= key;
        }
    }
    payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MASK: [u8; 4] = [1, 2, 3, 4];

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![first];
        match payload.len() {
            len @ 0..=125 => out.push(0x80 | u8::try_from(len).unwrap()),
            len => {
                out.push(0xfe);
                out.extend_from_slice(&u16::try_from(len).unwrap().to_be_bytes());
            }
        }
        out.extend_from_slice(&MASK);
        out.extend(unmask(payload, MASK));
        out
    }

    fn decode(bytes: &[u8]) -> Result<Vec<Incoming>, Code> {
        let mut decoder = Decoder::new(1000);
        decoder.extend(bytes);
        let mut all = Vec::new();
        while let Some(incoming) = decoder.next()? {
            all.push(incoming);
        }
        Ok(all)
    }

    #[test]
    fn fragments_join_and_control_frames_pass_between_them() {
        let mut bytes = frame(0x01, b"hel");
        bytes.extend(frame(0x89, b"now"));
        bytes.extend(frame(0x80, b"lo"));
        let all = decode(&bytes).unwrap();
        let hello = Incoming::Text("hello".to_owned());
        assert_eq!(all, [Incoming::Ping(b"now".to_vec()), hello]);
    }

    #[test]
    fn a_frame_is_refused_by_its_header() {
        let refused = [
            (&[0x82, 0xff][..], Code::Unsupported),
            (&[0xc1, 0x80], Code::ProtocolError),
            (&[0x81, 0x00], Code::ProtocolError),
            (&[0x83, 0x80], Code::ProtocolError),
            (&[0x09, 0x80], Code::ProtocolError),
            (&[0x89, 0xfe, 0, 126], Code::ProtocolError),
            (&[0x81, 0xfe, 0, 125], Code::ProtocolError),
            (&[0x80, 0x80, 0, 0, 0, 0], Code::ProtocolError),
            (&[0x81, 0xfe, 3, 233, 0, 0, 0, 0], Code::TooBig),
            (
                &[0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255],
                Code::TooBig,
            ),
        ];
        for (bytes, code) in refused {
            assert_eq!(decode(bytes), Err(code), "{bytes:x?}");
        }
    }

    #[test]
    fn fragments_together_keep_the_limit() {
        let mut bytes = frame(0x01, &[b'a'; 600]);
        bytes.extend(frame(0x80, &[b'a'; 401]));
        assert_eq!(decode(&bytes), Err(Code::TooBig));
    }

    #[test]
    fn text_must_be_utf8_as_a_whole() {
        assert_eq!(decode(&frame(0x81, b"\xff")), Err(Code::InvalidText));
        let mut split = frame(0x01, b"\xc3");
        split.extend(frame(0x80, b"\xa9"));
        assert_eq!(decode(&split).unwrap(), [Incoming::Text("é".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn messages_survive_any_cut(texts in proptest::collection::vec("\\PC{0,200}", 1..5), step in 1usize..40) {
            let bytes: Vec<u8> = texts.iter().flat_map(|t| frame(0x81, t.as_bytes())).collect();
            let mut decoder = Decoder::new(1000);
            let mut all = Vec::new();
            for part in bytes.chunks(step) {
                decoder.extend(part);
                while let Some(incoming) = decoder.next().unwrap() {
                    all.push(incoming);
                }
            }
            decoder.release();
            prop_assert_eq!(decoder.buffer.capacity(), 0);
            prop_assert_eq!(all, texts.into_iter().map(Incoming::Text).collect::<Vec<_>>());
        }
    }
}
