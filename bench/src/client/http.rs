//! One HTTP/1.1 connection that is kept, for one request after the other.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;

/// A kept connection.
pub(crate) struct Http {
    stream: TcpStream,
    target: SocketAddr,
    /// A whole line of the head, or nothing.
    authorization: String,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Http {
    /// Connects the `number`th client; without a token it is nobody.
    pub(crate) async fn open(target: SocketAddr, number: usize, token: &str) -> Result<Self> {
        let authorization = if token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {token}\r\n")
        };
        Ok(Self {
            stream: super::connect(target, number).await?,
            target,
            authorization,
            buffer: Vec::new(),
        })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer<'_>> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{}\r\n",
            self.target, self.authorization
        );
        self.exchange(&request).await
    }

    pub(crate) async fn post(&mut self, path: &str, json: &str) -> Result<Answer<'_>> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
            self.target,
            self.authorization,
            json.len()
        );
        self.exchange(&request).await
    }

    async fn exchange(&mut self, request: &str) -> Result<Answer<'_>> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let start = loop {
            if let Some(end) = super::find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.fill().await?;
        };
        let head = std::str::from_utf8(&self.buffer[..start])?;
        let status = head.get(9..12).ok_or("no status")?.parse()?;
        let end = start + content_length(head, status)?;
        while self.buffer.len() < end {
            self.fill().await?;
        }
        let body = &self.buffer[start..end];
        Ok(Answer { status, body })
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(32 * 1024);
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server hung up".into());
        }
        Ok(())
    }
}

impl Answer<'_> {
    /// The text of a field of the answer, which is JSON.
    pub(crate) fn text_at(&self, field: &str) -> Result<String> {
        let body: serde_json::Value = serde_json::from_slice(self.body)?;
        let text = body[field].as_str().ok_or("the answer lacks a field")?;
        Ok(text.to_owned())
    }

    /// An error that shows the answer unless it has this status.
    pub(crate) fn expect(&self, status: u16) -> Result<()> {
        if self.status == status {
            return Ok(());
        }
        let body = String::from_utf8_lossy(self.body);
        Err(format!("answered {} instead of {status}: {body}", self.status).into())
    }
}

fn content_length(head: &str, status: u16) -> Result<usize> {
    if status == 204 {
        return Ok(0);
    }
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    Ok(value.ok_or("the answer has no length")?.trim().parse()?)
}
