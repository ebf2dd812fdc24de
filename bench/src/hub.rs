//! The measured hub: the real binary on a data directory of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::Result;
use crate::process::Process;

/// More than a start may ever take.
const START_MAX: Duration = Duration::from_secs(20);
/// Between two looks at a hub that is starting.
const LOOK: Duration = Duration::from_millis(1);

/// Limits that a load from one machine would run into. Everything else is as shipped.
pub(crate) const RAISED: [(&str, &str); 15] = [
    ("SEND_BURST", "1000000"),
    ("SEND_PER_MINUTE", "60000000"),
    ("READ_BURST", "1000000"),
    ("READ_PER_MINUTE", "60000000"),
    ("ANONYMOUS_BURST", "1000000"),
    ("ANONYMOUS_PER_MINUTE", "60000000"),
    ("NO_OPERATION_BURST", "1000000"),
    ("NO_OPERATION_PER_MINUTE", "60000000"),
    ("CONNECT_BURST", "1000000"),
    ("CONNECT_PER_MINUTE", "60000000"),
    ("STRUCTURE_BURST", "1000000"),
    ("STRUCTURE_PER_MINUTE", "60000000"),
    ("UNAUTHENTICATED_PER_ADDRESS", "100000"),
    ("CONNECTIONS_PER_ADDRESS", "100000"),
    ("SOCKETS_PER_USER", "1000"),
];

/// A running hub.
pub(crate) struct Hub {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From its start to its first answer that it is ready.
    pub(crate) started_in: Duration,
}

impl Hub {
    /// Starts the binary with these limits and waits until it is ready.
    pub(crate) async fn start(
        binary: &Path,
        data_dir: &Path,
        limits: &[(&str, &str)],
    ) -> Result<Self> {
        let address = free_address().await?;
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .stderr(Stdio::inherit())
            .env("BATTALA_LISTEN", address.to_string())
            .env("BATTALA_DATA_DIR", data_dir)
            .env("BATTALA_LOG_LEVEL", "warn");
        for (name, value) in limits {
            command.env(format!("BATTALA_LIMITS_{name}"), value);
        }
        let began = Instant::now();
        let mut process = Process::start(&mut command)?;
        while !is_ready(address).await {
            process.check_alive()?;
            if began.elapsed() > START_MAX {
                return Err("the hub did not become ready".into());
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(Self {
            process,
            address,
            started_in: began.elapsed(),
        })
    }
}

/// An address that is free now; the hub takes it a moment later.
async fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()?)
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask.await.unwrap_or(false)
}
