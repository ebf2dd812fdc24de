//! What clients were told, what readers applied and what is stored, one JSON object
//! per line; and whether the three agree.
//!
//! It knows no hub: whoever writes the ledger says what happened, [`check()`] judges it.

mod check;

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};

pub use check::{Report, check};

/// What one line says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// The hub told its writer that it is stored. In the order of the writer's requests.
    Acked,
    /// A reader put it at the end of its copy of the channel.
    Applied,
    /// The database lists it. In the order of the list.
    Stored,
}

/// One line: what a client knows of one message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Who knows it: one writer, one reader, or the database.
    pub client: String,
    pub op: Op,
    pub channel: String,
    /// The account that wrote it.
    pub author: String,
    pub nonce: String,
    pub id: i64,
    pub seq: i64,
}

impl Entry {
    /// The entry as a line of a ledger, without its end.
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("an entry is JSON")
    }

    /// Reads what [`to_line`](Self::to_line) wrote.
    pub fn from_line(line: &str) -> io::Result<Self> {
        Ok(serde_json::from_str(line)?)
    }
}

/// A ledger that is being written. A line is in the file before `record` returns.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: Mutex<File>,
}

impl Ledger {
    /// An empty ledger; replaces what the file held.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let file = Mutex::new(File::create(&path)?);
        Ok(Self { path, file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line.
    ///
    /// # Panics
    /// If it cannot be written: a ledger with holes proves nothing.
    pub fn record(&self, entry: &Entry) {
        let line = entry.to_line();
        let mut file = self.file.lock().expect("no writer panicked");
        writeln!(file, "{line}").expect("the ledger is written");
    }
}

/// Reads a ledger.
pub fn read(path: &Path) -> io::Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path)?;
    text.lines().map(Entry::from_line).collect()
}
