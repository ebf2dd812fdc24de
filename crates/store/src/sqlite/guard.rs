//! Keeps SQLite from a file beside which another file's log stands: it would write the log into it, and
//! say nothing.
//!
//! So it is after a kill, when a copy is put in the place of the file. Everything here happens before
//! SQLite opens the file: whoever closes it by hand afterwards drops the locks that SQLite has on it.
//! This module does not know what the stamps are drawn from.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use super::{
    explain,
    frames::{HEADER_BYTES, STAMP_AT, Verdict, judge},
    stamp::Stamp,
};
use crate::{OpenError, error::is_damage};

/// A hub that runs changes both files meanwhile; one that does so at each look is no dead one's.
const LOOKS_MAX: u32 = 5;
/// The log is read in pieces of this size.
const PIECE_BYTES: usize = 256 * 1024;
const DATABASE_HEADER_BYTES: usize = 100;
const DATABASE_MAGIC: &[u8] = b"SQLite format 3\0";
/// In bytes 18 and 19: that it is written and read with a log.
const WITH_LOG: [u8; 2] = [2, 2];

/// Where SQLite has the log of a database.
pub(super) fn log_of(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// The files that SQLite makes are called like the database, with something behind it.
fn beside(database: &Path, end: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// Whether something was written that may not stand in the file yet.
pub(super) fn has_log(path: &Path) -> bool {
    let log = log_of(&resolved(path)).metadata();
    log.is_ok_and(|log| log.len() > 0)
}

/// Whether what stands in the log is listed beside it.
pub(super) fn has_index(path: &Path) -> bool {
    beside(&resolved(path), "-shm").is_file()
}

/// Fails where the log beside a file is not the file's, be the file missing. Of what cannot be decided
/// the file has the benefit, and what cannot be read SQLite itself refuses.
pub(crate) fn refuse_strange_log(path: &Path) -> Result<(), OpenError> {
    let database = resolved(path);
    match is_strange(&database, &log_of(&database)) {
        Ok(true) if header_of::<1>(&database).is_ok_and(|it| it.is_none()) => {
            let log = log_of(&database);
            Err(OpenError::LogAlone { log, database })
        }
        Ok(true) => Err(strange_log(database)),
        Ok(false) | Err(_) => Ok(()),
    }
}

/// The file beside a database that is closed to this user, where one is: SQLite does not name it. Whoever
/// asks could open nothing, and so has no lock to lose.
pub(super) fn closed_beside(path: &Path) -> Option<(PathBuf, io::Error)> {
    let database = resolved(path);
    let files = ["-wal", "-shm", "-journal"].map(|end| beside(&database, end));
    files.into_iter().find_map(|file| {
        let opened = File::options().read(true).write(true).open(&file);
        let refused = opened.err()?;
        (refused.kind() == ErrorKind::PermissionDenied).then_some((file, refused))
    })
}

/// Why the log beside a file could not be copied into it.
pub(super) fn explain_log(path: &Path, error: sqlx::Error) -> OpenError {
    if is_damage(&error) {
        strange_log(resolved(path))
    } else {
        explain(path, error)
    }
}

fn strange_log(database: PathBuf) -> OpenError {
    let log = log_of(&database);
    OpenError::StrangeLog { log, database }
}

fn is_strange(database: &Path, log: &Path) -> io::Result<bool> {
    for _ in 0..LOOKS_MAX {
        let before = Look::at(database, log)?;
        if before.log.is_none() || read(log, before.state)? == Verdict::Belongs {
            return Ok(false);
        }
        if Look::at(database, log)? == before {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What stays while no process changes the files. The file comes first: what it holds then stands in the
/// log that is read later, or in none.
#[derive(PartialEq, Eq)]
struct Look {
    state: Option<u16>,
    log: Option<[u8; HEADER_BYTES]>,
}

impl Look {
    fn at(database: &Path, log: &Path) -> io::Result<Self> {
        Ok(Self {
            state: header_of(database)?.and_then(state_in),
            log: header_of(log)?,
        })
    }
}

fn state_in(header: [u8; DATABASE_HEADER_BYTES]) -> Option<u16> {
    let is_kept_with_log = header.starts_with(DATABASE_MAGIC) && header[18..20] == WITH_LOG;
    let stamp = header[STAMP_AT..].first_chunk().copied()?;
    is_kept_with_log.then(|| Stamp::from_bytes(stamp).state)
}

fn read(log: &Path, state: Option<u16>) -> io::Result<Verdict> {
    let log = File::open(log)?;
    // What a running hub adds meanwhile has no end.
    let bytes = log.metadata()?.len();
    judge(
        BufReader::with_capacity(PIECE_BYTES, log.take(bytes)),
        state,
    )
}

/// The first bytes, where there are as many.
fn header_of<const BYTES: usize>(path: &Path) -> io::Result<Option<[u8; BYTES]>> {
    let read = || -> io::Result<_> {
        // What is no file may keep whoever opens it waiting.
        if !path.metadata()?.is_file() {
            return Ok(None);
        }
        let mut header = [0; BYTES];
        File::open(path)?.read_exact(&mut header)?;
        Ok(Some(header))
    };
    match read() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => {
            Ok(None)
        }
        read => read,
    }
}

/// SQLite has the log beside the file itself, whatever path leads to it.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let found: io::Result<PathBuf> = path.canonicalize().or_else(|error| {
        let name = path.file_name().ok_or(error)?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
        Ok(folder.join(name))
    });
    found.unwrap_or_else(|_| path.to_owned())
}
