//! A pooler before a PostgreSQL server that gives every transaction another session, as some do.
//!
//! It has one session, which all its clients share, one transaction at a time. It does not know
//! what they ask.
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::proxy::{database_and_socket, read_message};

/// Types of messages: the end of what a client asks, of an answer, and of a connection.
const QUERY: u8 = b'Q';
const SYNC: u8 = b'S';
const TERMINATE: u8 = b'X';
const READY: u8 = b'Z';
/// In the last message of an answer: outside of any transaction.
const IDLE: u8 = b'I';

/// Ends with the process that started it.
#[derive(Debug)]
pub struct Pooler {
    address: SocketAddr,
    database: String,
}

/// The one session of the server, and how it greeted.
struct Session {
    greeting: Vec<u8>,
    server: Mutex<UnixStream>,
}

impl Pooler {
    /// Listens in front of the database at `url`, which names a socket directory as its host.
    pub fn start(url: &str) -> io::Result<Self> {
        let (database, socket) = database_and_socket(url)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let session = Arc::new(Session::open(UnixStream::connect(socket)?, &database)?);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let session = Arc::clone(&session);
                // A client that goes away ends its own connection only.
                thread::spawn(move || drop(session.serve(&client)));
            }
        });
        Ok(Self { address, database })
    }

    /// The address of the database behind it.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { address, database } = self;
        format!("postgres://battala@{address}/{database}?sslmode=disable")
    }
}

impl Session {
    fn open(mut server: UnixStream, database: &str) -> io::Result<Self> {
        let mut start = 0x0003_0000_u32.to_be_bytes().to_vec();
        for text in ["user", "battala", "database", database, ""] {
            start.extend(text.as_bytes());
            start.push(0);
        }
        let length = u32::try_from(start.len() + 4).map_err(io::Error::other)?;
        server.write_all(&length.to_be_bytes())?;
        server.write_all(&start)?;
        let mut greeting = Vec::new();
        relay_answer(&server, &mut greeting)?;
        Ok(Self {
            greeting,
            server: Mutex::new(server),
        })
    }

    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut length = [0; 4];
        client.read_exact(&mut length)?;
        let rest = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
        io::copy(&mut client.take(rest), &mut io::sink())?;
        client.write_all(&self.greeting)?;
        loop {
            let first = read_message(&mut client)?;
            let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
            transact(client, &mut server, first)?;
        }
    }
}

/// Hands messages on until the transaction that they are in has ended.
fn transact(mut client: &TcpStream, server: &mut UnixStream, first: Vec<u8>) -> io::Result<()> {
    let mut message = first;
    loop {
        let kind = message.first().copied().unwrap_or(TERMINATE);
        if kind == TERMINATE {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        server.write_all(&message)?;
        if matches!(kind, QUERY | SYNC) && relay_answer(server, &mut client)? == IDLE {
            return Ok(());
        }
        message = read_message(&mut client)?;
    }
}

/// Hands an answer on to its end; the state of the transaction then.
fn relay_answer(mut server: &UnixStream, to: &mut impl io::Write) -> io::Result<u8> {
    loop {
        let message = read_message(&mut server)?;
        to.write_all(&message)?;
        if message.first() == Some(&READY) {
            return Ok(message.last().copied().unwrap_or(IDLE));
        }
    }
}
