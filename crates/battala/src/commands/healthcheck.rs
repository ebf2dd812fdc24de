//! `healthcheck`: asks the hub of the same settings whether it is healthy, so
//! that a container needs no other program for it.

use std::fmt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use tokio::time::Instant;

/// A healthy hub answers in milliseconds.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// What is read of an answer.
const ANSWER_BYTES_MAX: usize = 4096;

/// `Ok` when the hub that listens on `listen` answers 200.
pub(crate) fn run(listen: SocketAddr) -> io::Result<()> {
    let address = reachable(listen);
    ask(address).map_err(|error| {
        let told = match error.kind() {
            ErrorKind::ConnectionRefused => {
                format!("no hub answers at {address}; start it, or correct listen ({error})")
            }
            _ => format!("{address}: {error}"),
        };
        io::Error::new(error.kind(), told)
    })
}

/// Who has a port that is in use.
pub(crate) struct Holder {
    listen: SocketAddr,
    name: Option<String>,
    /// Whether it is a hub that answers so.
    pub(crate) is_healthy: bool,
}

pub(crate) fn holder_of(listen: SocketAddr) -> Holder {
    Holder {
        listen,
        name: name_of(listen),
        is_healthy: run(listen).is_ok(),
    }
}

impl Holder {
    /// What stands behind the kind of program that it is.
    pub(crate) fn name(&self) -> String {
        let name = self.name.as_ref();
        name.map_or_else(String::new, |name| format!(", {name:?}"))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (listen, name) = (self.listen, self.name());
        let other = if self.is_healthy { "hub" } else { "program" };
        write!(
            f,
            "{listen} is in use by another {other}{name}; end it, or choose another port"
        )
    }
}

/// What the hub is called that listens on `listen`, where one does.
fn name_of(listen: SocketAddr) -> Option<String> {
    let answer = get(reachable(listen), "/api/hub").ok()?;
    let (_, body) = str::from_utf8(&answer).ok()?.split_once("\r\n\r\n")?;
    let info: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(info.get("name")?.as_str()?.to_owned())
}

fn ask(address: SocketAddr) -> io::Result<()> {
    if get(address, "/healthz")?.starts_with(b"HTTP/1.1 200 ") {
        Ok(())
    } else {
        Err(io::Error::other("the hub does not say that it is healthy"))
    }
}

/// The beginning of the answer, which has to come in time as a whole.
fn get(address: SocketAddr, path: &str) -> io::Result<Vec<u8>> {
    let end = Instant::now() + WAIT_MAX;
    let mut stream = TcpStream::connect_timeout(&address, WAIT_MAX)?;
    stream.set_write_timeout(Some(WAIT_MAX))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let (mut answer, mut part) = (Vec::new(), [0; 1024]);
    while answer.len() < ANSWER_BYTES_MAX {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => break,
            length => answer.extend_from_slice(&part[..length]),
        }
    }
    Ok(answer)
}

/// A hub on every address is reached by loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let host = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    #[test]
    fn an_answer_that_drips_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let other = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // As long as somebody is there, and never all of it.
            while stream.write_all(b"H").is_ok() {
                thread::park_timeout(WAIT_MAX / 30);
            }
        });
        let error = run(address).unwrap_err();
        let is_late = matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
        assert!(is_late, "{error}");
        other.join().unwrap();
    }

    fn answered_with(answer: &'static str) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let hub = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Whole: what is left unread at the end breaks the connection before the answer is read.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut part = [0; 1024];
                let length = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..length]);
            }
            assert!(request.starts_with(b"GET /healthz HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let result = run(address);
        hub.join().unwrap();
        result
    }

    #[test]
    fn only_a_200_is_healthy() {
        assert!(answered_with("HTTP/1.1 200 OK\r\n\r\nok").is_ok());
        assert!(answered_with("HTTP/1.1 503 Service Unavailable\r\n\r\n").is_err());
        assert!(answered_with("SSH-2.0-200 \r\n").is_err());
    }

    #[test]
    fn nobody_there_is_not_healthy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert!(run(address).is_err());
    }

    #[test]
    fn a_hub_on_every_address_is_asked_by_loopback() {
        assert_eq!(
            reachable("0.0.0.0:1".parse().unwrap()).to_string(),
            "127.0.0.1:1"
        );
        assert_eq!(reachable("[::]:1".parse().unwrap()).to_string(), "[::1]:1");
    }
}
