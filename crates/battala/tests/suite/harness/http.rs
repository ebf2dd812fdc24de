//! A small HTTP/1.1 client that can also send what a well-behaved one would not.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Mutex;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::answer::Answer;
use super::watched::deadline;

/// A request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw_json(body.to_string())
    }

    /// A body that says it is JSON, whatever it is.
    pub(crate) fn raw_json(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", "application/json")
    }

    fn encode(&self, address: SocketAddr) -> Vec<u8> {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {address}\r\n",
            self.method, self.path
        );
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() || self.method != "GET" {
            text.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}

/// `name=value` of every cookie that an answer sets, as a browser sends them back.
pub(crate) fn cookies_of(answer: &Answer) -> String {
    let set = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let pairs = set.map(|(_, cookie)| cookie.split(';').next().unwrap_or_default());
    pairs.collect::<Vec<_>>().join("; ")
}

/// A client that keeps its connections.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) address: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
}

impl Http {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            idle: Mutex::default(),
        }
    }

    /// The answer. Fails when the hub does not answer in time, or with a 5xx.
    #[track_caller]
    pub(crate) fn send(&self, request: &Request) -> impl Future<Output = Answer> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.try_send(request).await;
            let answer = answer.unwrap_or_else(|error| {
                panic!("{} {}: {error}, at {caller}", request.method, request.path)
            });
            assert!(answer.status < 500, "{answer}, at {caller}");
            answer
        }
    }

    /// The answer, whatever it is. `Err` when there is none.
    pub(crate) async fn try_send(&self, request: &Request) -> Result<Answer> {
        let bytes = request.encode(self.address);
        let exchange = async {
            // A connection that was kept may have been closed meanwhile.
            let kept = self.idle.lock().expect("lock").pop();
            if let Some(stream) = kept
                && let Ok(answer) = self.exchange(stream, &bytes, request).await
            {
                return Ok(answer);
            }
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.exchange(stream, &bytes, request).await
        };
        let late = |_| Error::new(ErrorKind::TimedOut, "no answer in time");
        tokio::time::timeout_at(deadline(), exchange)
            .await
            .map_err(late)?
    }

    /// Forgets the connections that were kept.
    pub(crate) fn hang_up(&self) {
        self.idle.lock().expect("lock").clear();
    }

    async fn exchange(
        &self,
        mut stream: TcpStream,
        bytes: &[u8],
        request: &Request,
    ) -> Result<Answer> {
        let (mut reader, mut writer) = stream.split();
        // The hub may answer, and hang up, before it has read a body that is too large.
        let (_, read) = tokio::join!(writer.write_all(bytes), read(&mut reader));
        let (mut answer, is_kept) = read?;
        answer.question = format!("{} {}", request.method, request.path);
        if is_kept {
            self.idle.lock().expect("lock").push(stream);
        }
        Ok(answer)
    }
}

async fn read(reader: &mut tokio::net::tcp::ReadHalf<'_>) -> Result<(Answer, bool)> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(end) = find(&buffer, b"\r\n\r\n") {
            break end + 4;
        }
        more(reader, &mut buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut rest = buffer.split_off(end);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok());
    let status: u16 = status.ok_or_else(|| Error::other(format!("no status: {head}")))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header = |name: &str| {
        let mut found = headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.clone())
    };
    let mut is_kept = header("connection").as_deref() != Some("close");
    let body = if let Some(length) = header("content-length") {
        let length: usize = length.parse().map_err(Error::other)?;
        while rest.len() < length {
            more(reader, &mut rest).await?;
        }
        rest
    } else if header("transfer-encoding").is_some() {
        chunks(reader, rest).await?
    } else if matches!(status, 204 | 304) {
        rest
    } else {
        is_kept = false;
        reader.read_to_end(&mut rest).await?;
        rest
    };
    let answer = Answer {
        question: String::new(),
        status,
        headers,
        body,
    };
    Ok((answer, is_kept))
}

async fn chunks(reader: &mut tokio::net::tcp::ReadHalf<'_>, mut rest: Vec<u8>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            match find(&rest, b"\r\n") {
                Some(end) => break end,
                None => more(reader, &mut rest).await?,
            }
        };
        let length = std::str::from_utf8(&rest[..end]).map_err(Error::other)?;
        let length = usize::from_str_radix(length, 16).map_err(Error::other)?;
        while rest.len() < end + 2 + length + 2 {
            more(reader, &mut rest).await?;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest.drain(..end + 2 + length + 2);
        if length == 0 {
            return Ok(body);
        }
    }
}

async fn more(reader: &mut tokio::net::tcp::ReadHalf<'_>, buffer: &mut Vec<u8>) -> Result<()> {
    match reader.read_buf(buffer).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
