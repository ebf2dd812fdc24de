//! WebSocket frames from a client.

use std::io::{self, Cursor, Read, Write};

use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket};

use crate::websocket::{Code, Decoder, Incoming, encode_text};

/// So small that short inputs get beyond it, and large enough for the longer forms of a length.
const LIMIT: usize = 300;

/// The longest header: two octets, a length of eight and a mask.
const HEAD: usize = 14;

/// Inputs up to this length are cut at each of their octets.
const CUT_EVERYWHERE: usize = 300;

/// What became of all bytes.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    heard: Vec<Incoming>,
    /// Otherwise it waits for more, or has heard a close frame.
    refused: Option<Code>,
}

/// Reads frames as from a client: the result does not depend on how they were cut, is that of
/// another implementation, and never needs more memory than a message may have.
pub fn frames(data: &[u8]) {
    let whole = decode([data]);
    assert_eq!(whole, decode(data.chunks(1)), "octet by octet");
    assert_eq!(whole, decode(data.chunks(7)), "seven at a time");
    if data.len() <= CUT_EVERYWHERE {
        for at in 1..data.len() {
            let (left, right) = data.split_at(at);
            assert_eq!(whole, decode([left, right]), "cut at {at}");
        }
    }
    check_sizes(&whole, data.len());
    compare(&whole, data);
    send_and_return(data);
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = Decoder::new(LIMIT);
    let mut outcome = Outcome::default();
    for piece in pieces {
        decoder.extend(piece);
        loop {
            match decoder.next() {
                Ok(None) => break,
                Ok(Some(Incoming::Close)) => {
                    outcome.heard.push(Incoming::Close);
                    return outcome;
                }
                Ok(Some(incoming)) => outcome.heard.push(incoming),
                Err(code) => {
                    outcome.refused = Some(code);
                    return outcome;
                }
            }
        }
        decoder.release();
        // Twice, since a buffer grows by doubling; once more for the fragments before it.
        let most = 2 * (2 * LIMIT + HEAD + piece.len());
        let kept = decoder.kept_bytes();
        assert!(kept <= most, "{kept} bytes are kept after {}", piece.len());
    }
    outcome
}

fn check_sizes(outcome: &Outcome, input: usize) {
    let mut sum = 0;
    for incoming in &outcome.heard {
        match incoming {
            Incoming::Text(text) => {
                assert!(text.len() <= LIMIT, "a text of {}", text.len());
                sum += text.len();
            }
            Incoming::Ping(payload) => {
                assert!(payload.len() <= 125, "a ping of {}", payload.len());
                sum += payload.len();
            }
            Incoming::Pong | Incoming::Close => {}
        }
    }
    assert!(sum <= input, "{sum} bytes came out of {input}");
    let is_told = outcome.refused.is_none_or(|code| {
        matches!(
            code,
            Code::ProtocolError | Code::Unsupported | Code::InvalidText | Code::TooBig
        )
    });
    assert!(is_told, "refused by {:?}", outcome.refused);
}

/// Tungstenite hears the same, and refuses what is refused here.
fn compare(ours: &Outcome, data: &[u8]) {
    let seen = walk(data);
    // It knows binary messages, does not mind longer forms of a length, and does not know the
    // close code 1014.
    let is_lenient = seen.iter().any(|frame| !frame.is_shortest);
    let is_stricter = seen
        .iter()
        .any(|frame| frame.opcode == 8 && frame.payload.starts_with(&1014_u16.to_be_bytes()));
    match ours.refused {
        Some(Code::Unsupported) => {
            assert!(
                seen.iter().any(|frame| frame.opcode == 2),
                "no binary frame"
            );
            let theirs = listen(data);
            assert!(
                theirs.heard.starts_with(&ours.heard),
                "{theirs:?}, not {ours:?}"
            );
        }
        Some(_) if is_lenient => {}
        Some(_) => {
            // It refuses only when a frame is whole; a header that is refused here may be all there is.
            let theirs = listen(&[data, &[0; LIMIT + HEAD]].concat());
            assert_eq!(theirs.heard, ours.heard);
            assert!(
                theirs.is_refused,
                "what is refused here by {ours:?} is not there"
            );
        }
        None if is_stricter => {}
        None => {
            let theirs = listen(data);
            assert_eq!(theirs.heard, ours.heard);
            assert!(!theirs.is_refused, "what is heard here is refused there");
        }
    }
}

/// A frame as it is written on the wire, whether or not it is allowed to be.
struct Seen {
    opcode: u8,
    is_shortest: bool,
    /// Unmasked, as much of it as there is.
    payload: Vec<u8>,
}

/// Reads frames one after the other without judging them.
fn walk(mut data: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    while let Some((frame, rest)) = step(data) {
        seen.push(frame);
        data = rest;
    }
    seen
}

fn step(data: &[u8]) -> Option<(Seen, &[u8])> {
    let (first, rest) = data.split_first()?;
    let (second, rest) = rest.split_first().unwrap_or((&0, &[]));
    let (len, is_shortest, rest) = match second & 0x7f {
        126 => match rest.split_first_chunk::<2>() {
            Some((len, rest)) => (
                u64::from(u16::from_be_bytes(*len)),
                len[0] != 0 || len[1] > 125,
                rest,
            ),
            None => (0, true, &[][..]),
        },
        127 => match rest.split_first_chunk::<8>() {
            Some((len, rest)) => (u64::from_be_bytes(*len), len[..6] != [0; 6], rest),
            None => (0, true, &[][..]),
        },
        len => (u64::from(len), true, rest),
    };
    let mask = second & 0x80 != 0;
    let (mask, rest) = match rest.split_first_chunk::<4>() {
        Some((bytes, rest)) if mask => (*bytes, rest),
        _ if mask => ([0; 4], &[][..]),
        _ => ([0; 4], rest),
    };
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(rest.len());
    let (payload, rest) = rest.split_at(len);
    let payload = payload.iter().zip(mask.iter().cycle());
    let frame = Seen {
        opcode: first & 0x0f,
        is_shortest,
        payload: payload.map(|(byte, key)| byte ^ key).collect(),
    };
    Some((frame, rest))
}

#[derive(Debug)]
struct Theirs {
    heard: Vec<Incoming>,
    is_refused: bool,
}

/// What tungstenite hears as a server.
fn listen(data: &[u8]) -> Theirs {
    let mut theirs = Theirs {
        heard: Vec::new(),
        is_refused: false,
    };
    let mut socket = socket(data, Role::Server);
    loop {
        let incoming = match socket.read() {
            Ok(Message::Text(text)) => Incoming::Text(text.as_str().to_owned()),
            Ok(Message::Ping(payload)) => Incoming::Ping(payload.to_vec()),
            Ok(Message::Pong(_)) => Incoming::Pong,
            // This is how it tells of a close code that may not be sent.
            Ok(Message::Close(Some(frame))) if frame.reason == "Protocol violation" => {
                theirs.is_refused = true;
                return theirs;
            }
            Ok(Message::Close(_)) => {
                theirs.heard.push(Incoming::Close);
                return theirs;
            }
            Ok(Message::Binary(_) | Message::Frame(_)) => continue,
            Err(Error::Io(_)) => return theirs,
            Err(_) => {
                theirs.is_refused = true;
                return theirs;
            }
        };
        theirs.heard.push(incoming);
    }
}

/// The data as a text: it arrives whole from a client, in fragments and masked, and at one.
fn send_and_return(data: &[u8]) {
    let (mask, data) = data.split_first_chunk().unwrap_or((&[0; 4], data));
    let text: String = String::from_utf8_lossy(data)
        .chars()
        .take(LIMIT / 3)
        .collect();
    let (left, right) = text.as_bytes().split_at(text.len() / 2);
    let sent = [masked(0x01, left, *mask), masked(0x80, right, *mask)].concat();
    let arrived = decode([sent.as_slice()]);
    assert_eq!(arrived.heard, [Incoming::Text(text.clone())]);
    let mut sent = Vec::new();
    encode_text(&mut sent, text.as_bytes());
    let arrived = socket(&sent, Role::Client).read().expect("a message");
    assert_eq!(arrived, Message::text(text));
}

fn masked(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![first];
    if let Ok(len @ 0..=125) = u8::try_from(payload.len()) {
        frame.push(0x80 | len);
    } else {
        let len = u16::try_from(payload.len()).expect("it is short");
        frame.push(0xfe);
        frame.extend(len.to_be_bytes());
    }
    frame.extend(mask);
    frame.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

/// Reads the data and then has to wait; takes whatever is written.
struct Line<'a>(Cursor<&'a [u8]>);

impl Read for Line<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            len => Ok(len),
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn socket(data: &[u8], role: Role) -> WebSocket<Line<'_>> {
    let config = WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_message_size(Some(LIMIT))
        .max_frame_size(Some(LIMIT));
    WebSocket::from_raw_socket(Line(Cursor::new(data)), role, Some(config))
}
