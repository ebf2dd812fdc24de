//! A way to a PostgreSQL server that loses answers, is slow, or breaks, at the wish of a test.
//!
//! It understands just enough of the protocol to know which transaction a COMMIT ends: the texts
//! of statements, and which of them is bound. It does not know what they mean.
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::{
    collections::HashMap,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What one read takes at most.
const CHUNK_BYTES: usize = 16 * 1024;
/// Asks whether the server can encrypt, as every client does that was not told otherwise.
const ENCRYPTION_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A proxy before a server that listens on a Unix socket. Ends with its last handle, and every
/// connection with it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    database: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rules: Mutex<Rules>,
}

#[derive(Debug, Default)]
struct Rules {
    /// The socket of the server.
    server: PathBuf,
    /// The next COMMIT of a transaction that ran a statement with this text is not answered.
    swallow: Option<String>,
    swallowed: usize,
    delay: Duration,
    is_refusing: bool,
    is_over: bool,
    open: Vec<Arc<Line>>,
}

/// Both ends of a connection.
#[derive(Debug)]
struct Line {
    client: TcpStream,
    server: UnixStream,
    /// The answer to what was sent last is not handed on, and the connection ends with it.
    is_doomed: Mutex<bool>,
}

impl Proxy {
    /// Listens in front of the database at `url`, which names a socket directory as its host.
    pub fn start(url: &str) -> io::Result<Self> {
        let (database, server) = database_and_socket(url)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self {
            address: listener.local_addr()?,
            database,
            shared: Arc::new(Shared {
                rules: Mutex::new(Rules {
                    server,
                    ..Rules::default()
                }),
            }),
        };
        let shared = Arc::clone(&proxy.shared);
        thread::spawn(move || shared.accept(&listener));
        Ok(proxy)
    }

    /// The address of the database behind it.
    #[must_use]
    pub fn url(&self) -> String {
        let Self {
            address, database, ..
        } = self;
        format!("postgres://battala@{address}/{database}")
    }

    /// Loses the answer to the next COMMIT of a transaction that ran a statement with this text:
    /// the server commits, and the connection ends instead of the answer.
    pub fn swallow_commit_after(&self, statement: &str) {
        self.shared.rules().swallow = Some(statement.to_owned());
    }

    /// How many answers were lost so far.
    #[must_use]
    pub fn swallowed(&self) -> usize {
        self.shared.rules().swallowed
    }

    /// From now on answers take this much longer.
    pub fn delay(&self, delay: Duration) {
        self.shared.rules().delay = delay;
    }

    /// Ends every connection, wherever it is.
    pub fn cut(&self) {
        let open = std::mem::take(&mut self.shared.rules().open);
        for line in open {
            line.cut();
        }
    }

    /// From now on connections go to the database at `url`, of the same name.
    pub fn redirect(&self, url: &str) -> io::Result<()> {
        let (_, server) = database_and_socket(url)?;
        self.shared.rules().server = server;
        Ok(())
    }

    /// Whether new connections end at once.
    pub fn refuse(&self, is_refusing: bool) {
        self.shared.rules().is_refusing = is_refusing;
    }
}

/// The name of the database at `url`, and the socket of its server.
pub(crate) fn database_and_socket(url: &str) -> io::Result<(String, PathBuf)> {
    let invalid = || io::Error::other(format!("{url} names no socket directory"));
    let (address, directory) = url.split_once("?host=").ok_or_else(invalid)?;
    let (_, database) = address.rsplit_once('/').ok_or_else(invalid)?;
    let socket = Path::new(directory).join(".s.PGSQL.5432");
    Ok((database.to_owned(), socket))
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.rules().is_over = true;
        self.cut();
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until the proxy is over.
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.rules().is_over {
                return;
            }
            // Whoever is refused, by us or by the server, sees a connection that ends.
            drop(client.and_then(|client| self.connect(client)));
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        if self.rules().is_refusing {
            return Ok(());
        }
        client.set_nodelay(true)?;
        let server = self.rules().server.clone();
        let server = UnixStream::connect(server)?;
        let line = Arc::new(Line {
            client,
            server,
            is_doomed: Mutex::new(false),
        });
        self.rules().open.push(Arc::clone(&line));
        let (questions, answers) = (Arc::clone(self), Arc::clone(self));
        let (asking, answering) = (Arc::clone(&line), line);
        thread::spawn(move || {
            // However a direction ends, the connection ends as a whole.
            drop(questions.ask(&asking));
            questions.close(&asking);
        });
        thread::spawn(move || {
            drop(answers.answer(&answering));
            answers.close(&answering);
        });
        Ok(())
    }

    fn close(&self, line: &Arc<Line>) {
        line.cut();
        self.rules().open.retain(|other| !Arc::ptr_eq(other, line));
    }

    /// Hands messages of the client on, one by one.
    fn ask(&self, line: &Line) -> io::Result<()> {
        let (mut from, mut to) = (&line.client, &line.server);
        let mut transaction = Transaction::default();
        // The first message has no type, nor has one before it that asks for encryption.
        let mut message = Vec::new();
        read_rest(&mut from, &mut message)?;
        if message == ENCRYPTION_REQUEST {
            // The server has none for its own machine, and says so.
            to.write_all(&message)?;
            message.clear();
            read_rest(&mut from, &mut message)?;
        }
        loop {
            if transaction.is_ended_by(&message) {
                let mut rules = self.rules();
                let wanted = rules.swallow.take_if(|text| transaction.has_run(text));
                *line.doomed() = wanted.is_some();
                rules.swallowed += usize::from(wanted.is_some());
                transaction.statements.clear();
            }
            to.write_all(&message)?;
            message = read_message(&mut from)?;
        }
    }

    /// Hands on what the server answers.
    fn answer(&self, line: &Line) -> io::Result<()> {
        let (mut from, mut to) = (&line.server, &line.client);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = from.read(&mut chunk)?;
            if read == 0 || *line.doomed() {
                return Ok(());
            }
            let delay = self.rules().delay;
            thread::sleep(delay);
            to.write_all(chunk.get(..read).unwrap_or_default())?;
        }
    }
}

/// A message that has a type, as it came.
pub(crate) fn read_message(from: &mut impl io::Read) -> io::Result<Vec<u8>> {
    let mut message = vec![0];
    from.read_exact(&mut message)?;
    read_rest(from, &mut message)?;
    Ok(message)
}

/// Appends the length of a message, and the rest of it.
fn read_rest(from: &mut impl io::Read, message: &mut Vec<u8>) -> io::Result<()> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    message.extend(length);
    let start = message.len();
    // The length counts itself.
    let rest = u32::from_be_bytes(length).saturating_sub(4);
    message.resize(start + rest as usize, 0);
    from.read_exact(message.get_mut(start..).unwrap_or_default())
}

impl Line {
    fn doomed(&self) -> MutexGuard<'_, bool> {
        self.is_doomed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        // Whichever end is gone already is cut as well.
        drop(self.client.shutdown(Shutdown::Both));
        drop(self.server.shutdown(Shutdown::Both));
    }
}

/// What a connection has run since its last COMMIT.
#[derive(Default)]
struct Transaction {
    /// Texts of prepared statements by name.
    prepared: HashMap<String, String>,
    statements: Vec<String>,
}

impl Transaction {
    /// Takes note of a message; whether it is a COMMIT.
    fn is_ended_by(&mut self, message: &[u8]) -> bool {
        let Some((kind, body)) = message.split_first() else {
            return false;
        };
        let mut texts = body.get(4..).unwrap_or_default().split(|byte| *byte == 0);
        let mut text = || String::from_utf8_lossy(texts.next().unwrap_or_default()).into_owned();
        match kind {
            b'Q' => return text() == "COMMIT",
            b'P' => {
                let (name, statement) = (text(), text());
                self.prepared.insert(name, statement);
            }
            b'B' => {
                let (_portal, name) = (text(), text());
                self.statements.extend(self.prepared.get(&name).cloned());
            }
            _ => {}
        }
        false
    }

    fn has_run(&self, text: &str) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.contains(text))
    }
}
