//! The directory that is the hub's own: its key, its files, the setup link, and what it remembers
//! of its database.
//!
//! Nothing in it is for others: directory 0700, files 0600. Does not know what
//! the key signs.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use battala_hub::mark::Mark;
use battala_store::Place;

use crate::folder;

const KEY_FILE: &str = "secret.key";
const MARK_FILE: &str = "hub.mark";
const LINK_FILE: &str = "setup-link";

/// What a file is called while it is written, behind its own name: and behind that, the process.
const DRAFT: &str = "new-";

/// Names that are looked at in the directory; it holds some ten.
const ENTRIES_MAX: usize = 10_000;

/// What a new key means where there was one.
pub(crate) const LOST_KEY: &str =
    "everybody has to sign in again; the one of a backup keeps them signed in";

/// More than a mark ever is; what is behind it is not read.
const MARK_BYTES_MAX: u64 = 1024;

/// Stands before the moment at which the hub was made.
const MADE_AT: &str = "made:";

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// Permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// The directory, made and checked.
#[derive(Debug, Clone)]
pub(crate) struct DataDir {
    path: PathBuf,
}

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    #[error("cannot use {0}")]
    Io(PathBuf, #[source] io::Error),
    #[error("{0} is not a folder; move it away, or correct data_dir")]
    NotAFolder(PathBuf),
    #[error("nothing can be made in {0}, which is the system's own; correct data_dir")]
    OfTheSystem(PathBuf),
    #[error("{0} is a link to what is not there; make that, or correct data_dir")]
    LeadsNowhere(PathBuf),
    #[error("{0} is not a file; move it away")]
    NotAFile(PathBuf),
    #[error("{0} can be read by others; run: chmod 600 {0}")]
    Readable(PathBuf),
    #[error(
        "{0} is not a key of 32 bytes; restore it, or remove it to have a new one made: then {LOST_KEY}"
    )]
    Damaged(PathBuf),
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl DataDirError {
    /// Whether it stays so until somebody changes it.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::NotAFolder(_)
            | Self::OfTheSystem(_)
            | Self::NotAFile(_)
            | Self::Readable(_)
            | Self::Damaged(_) => true,
            // What a link leads to may be mounted later.
            Self::Io(..) | Self::LeadsNowhere(_) | Self::Random(_) => false,
        }
    }
}

impl DataDir {
    /// Makes the directory if it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, DataDirError> {
        folder::look(path)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| DataDirError::Io(path.to_owned(), error))?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Whether a hub has been here: it leaves its key.
    pub(crate) fn is_used(path: &Path) -> Result<bool, DataDirError> {
        let key = path.join(KEY_FILE);
        key.try_exists()
            .map_err(|error| DataDirError::Io(key, error))
    }

    /// Looks, and makes nothing: whether there is a key, which then is a good one.
    pub(crate) fn has_key(path: &Path) -> Result<bool, DataDirError> {
        if !Self::is_used(path)? {
            return Ok(false);
        }
        read_key(path.join(KEY_FILE)).map(|_| true)
    }

    /// The key, made where there is none.
    pub(crate) fn key(&self) -> Result<[u8; KEY_BYTES], DataDirError> {
        let path = self.path.join(KEY_FILE);
        let at = |error| DataDirError::Io(path.clone(), error);
        if !path.try_exists().map_err(at)? {
            let mut key = [0; KEY_BYTES];
            getrandom::fill(&mut key).map_err(DataDirError::Random)?;
            self.write_new(&path, &key).map_err(at)?;
        }
        // Read back, also by who has just written: two that start together agree.
        read_key(path)
    }

    /// Leaves the setup link where an administrator of the machine finds it.
    pub(crate) fn write_setup_link(&self, link: &str) -> Result<(), DataDirError> {
        let path = self.setup_link();
        self.remove_setup_link()?;
        self.write_new(&path, format!("{link}\n").as_bytes())
            .map_err(|error| DataDirError::Io(path, error))
    }

    /// Takes it away, if it is there.
    pub(crate) fn remove_setup_link(&self) -> Result<(), DataDirError> {
        let path = self.setup_link();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(DataDirError::Io(path, error)),
            _ => Ok(()),
        }
    }

    /// Where it is remembered that a hub has served here, whole or not; `None` before the first start.
    pub(crate) fn mark_file(path: &Path) -> Result<Option<PathBuf>, DataDirError> {
        let path = path.join(MARK_FILE);
        Ok(is_file(&path)?.then_some(path))
    }

    /// How far the database had come; `None` at the first start, and when the file is not whole.
    pub(crate) fn mark(path: &Path) -> Result<Option<Mark>, DataDirError> {
        let Some(path) = Self::mark_file(path)? else {
            return Ok(None);
        };
        let mark = read_mark(&path)?;
        if mark.is_none() {
            let path = path.display();
            tracing::warn!(%path, "what is remembered of the database is not whole, and is made anew");
        }
        Ok(mark)
    }

    /// When the hub was made that has served here, where that is remembered.
    pub(crate) fn made_at(path: &Path) -> Result<Option<i64>, DataDirError> {
        let Some(path) = Self::mark_file(path)? else {
            return Ok(None);
        };
        Ok(read_mark(&path)?.and_then(|mark| mark.made_at))
    }

    /// Remembers how far the database has come.
    pub(crate) fn write_mark(&self, mark: &Mark) -> Result<(), DataDirError> {
        let path = self.path.join(MARK_FILE);
        let place = mark
            .place
            .map(|Place { timeline, position }| format!(" {timeline} {position}"));
        let place = place.unwrap_or_default();
        let made_at = mark.made_at.map(|made_at| format!(" {MADE_AT}{made_at}"));
        let made_at = made_at.unwrap_or_default();
        let (beat, generation) = (mark.beat, mark.generation);
        let content = format!("{} {beat} {generation}{place}{made_at}\n", mark.mark);
        self.replace(&path, content.as_bytes())
            .map_err(|error| DataDirError::Io(path, error))
    }

    /// Removes what a process was writing when it was killed: for the one that serves, beside which
    /// nobody writes here. What cannot be removed is in nobody's way.
    pub(crate) fn remove_drafts(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return;
        };
        for entry in entries.take(ENTRIES_MAX).flatten() {
            let is_draft = entry.file_name().to_str().is_some_and(is_draft);
            // Of the entry itself: a link leads to what is not the hub's.
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_draft && is_file && fs::remove_file(entry.path()).is_ok() {
                let path = entry.path();
                tracing::info!(path = %path.display(), "removed what a killed process left");
            }
        }
    }

    fn setup_link(&self) -> PathBuf {
        self.path.join(LINK_FILE)
    }

    /// Whole or not at all: after a power cut the file is the old one or the new one.
    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        fs::rename(write_draft(path, content)?, path)?;
        File::open(&self.path)?.sync_all()
    }

    /// Whole or not at all, and never over what is there: after a power cut the
    /// file is missing or complete.
    fn write_new(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let draft = write_draft(path, content)?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => File::open(&self.path)?.sync_all(),
        }
    }
}

fn read_key(path: PathBuf) -> Result<[u8; KEY_BYTES], DataDirError> {
    let at = |error| DataDirError::Io(path.clone(), error);
    if !is_file(&path)? {
        return Err(DataDirError::Io(path, ErrorKind::NotFound.into()));
    }
    let mode = fs::metadata(&path).map_err(at)?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(DataDirError::Readable(path));
    }
    // One byte more shows that it is too long.
    let key = read_file(&path, KEY_BYTES as u64 + 1)?;
    key.try_into().map_err(|_| DataDirError::Damaged(path))
}

fn read_mark(path: &Path) -> Result<Option<Mark>, DataDirError> {
    let content = read_file(path, MARK_BYTES_MAX)?;
    Ok(str::from_utf8(&content).ok().and_then(parse_mark))
}

/// Whether it is there. What is there and no file could be read for ever.
fn is_file(path: &Path) -> Result<bool, DataDirError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(DataDirError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(DataDirError::Io(path.to_owned(), error)),
    }
}

/// The beginning of a file.
fn read_file(path: &Path, bytes_max: u64) -> Result<Vec<u8>, DataDirError> {
    let mut content = Vec::new();
    let read = File::open(path).and_then(|file| file.take(bytes_max).read_to_end(&mut content));
    read.map_err(|error| DataDirError::Io(path.to_owned(), error))?;
    Ok(content)
}

/// Whether [`write_draft`] gives a file of this directory such a name, in whatever process.
fn is_draft(name: &str) -> bool {
    let of = |file: &str| {
        let stem = Path::new(file).with_extension(DRAFT);
        let process = name.strip_prefix(stem.to_str()?)?;
        Some(!process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit()))
    };
    [KEY_FILE, MARK_FILE, LINK_FILE]
        .iter()
        .any(|file| of(file) == Some(true))
}

/// A file beside `path` that is on the disk and nobody else's.
fn write_draft(path: &Path, content: &[u8]) -> io::Result<PathBuf> {
    let draft = path.with_extension(format!("{DRAFT}{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(draft)
}

/// Mark, beat and generation, timeline and position where there is a place, and when the hub was made
/// unless a version has written it that did not know, separated by spaces. The end of the line shows
/// that nothing is cut off.
fn parse_mark(text: &str) -> Option<Mark> {
    let mut words: Vec<&str> = text.strip_suffix('\n')?.split_whitespace().collect();
    let made_at = match words.last().and_then(|word| word.strip_prefix(MADE_AT)) {
        Some(made_at) => {
            words.pop();
            Some(made_at.parse().ok()?)
        }
        None => None,
    };
    let (known, place) = words.split_at_checked(3)?;
    let [mark, beat, generation] = known else {
        return None;
    };
    let place = match place {
        [] => None,
        [timeline, position] => Some(Place {
            timeline: timeline.parse().ok()?,
            position: position.parse().ok()?,
        }),
        _ => return None,
    };
    Some(Mark {
        mark: (*mark).to_owned(),
        beat: beat.parse().ok()?,
        generation: generation.parse().ok()?,
        place,
        made_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("battala-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn mode(&self, name: &str) -> u32 {
            let metadata = fs::metadata(self.0.join(name)).unwrap();
            metadata.permissions().mode() & 0o777
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses() {
        let folder = Folder::new("key");
        let data_dir = DataDir::open(&folder.0).unwrap();
        let key = data_dir.key().unwrap();
        assert_ne!(key, [0; KEY_BYTES]);
        assert_eq!(data_dir.key().unwrap(), key);
        assert_eq!((folder.mode(""), folder.mode("secret.key")), (0o700, 0o600));
        assert_eq!(
            fs::read_dir(&folder.0).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = Folder::new("readable");
        let data_dir = DataDir::open(&folder.0).unwrap();
        data_dir.key().unwrap();
        let readable = fs::Permissions::from_mode(0o640);
        fs::set_permissions(folder.0.join("secret.key"), readable).unwrap();
        assert!(matches!(data_dir.key(), Err(DataDirError::Readable(_))));
    }

    #[test]
    fn a_cut_key_is_refused_and_not_replaced() {
        let folder = Folder::new("cut");
        let data_dir = DataDir::open(&folder.0).unwrap();
        data_dir.key().unwrap();
        fs::write(folder.0.join("secret.key"), b"short").unwrap();
        assert!(matches!(data_dir.key(), Err(DataDirError::Damaged(_))));
        assert_eq!(fs::read(folder.0.join("secret.key")).unwrap(), b"short");
    }

    #[test]
    fn what_is_remembered_is_the_last_that_was_written_and_nothing_when_it_is_not_whole() {
        let folder = Folder::new("mark");
        let data_dir = DataDir::open(&folder.0).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap(), None);
        let mut mark = Mark {
            mark: "a-b_c".to_owned(),
            beat: 1,
            generation: 1,
            place: Some(Place {
                timeline: 3,
                position: 4,
            }),
            made_at: Some(5),
        };
        data_dir.write_mark(&mark).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap().as_ref(), Some(&mark));
        (mark.beat, mark.place) = (2, None);
        data_dir.write_mark(&mark).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap().as_ref(), Some(&mark));
        mark.made_at = None;
        data_dir.write_mark(&mark).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap(), Some(mark));
        assert_eq!(folder.mode("hub.mark"), 0o600);
    }

    #[test]
    fn what_is_not_whole_is_nothing_and_yet_says_that_a_hub_was_here() {
        let folder = Folder::new("damaged");
        DataDir::open(&folder.0).unwrap();
        assert_eq!(DataDir::mark_file(&folder.0).unwrap(), None);
        let file = folder.0.join("hub.mark");
        for damaged in [
            "",
            "\n",
            "a-b_c 2\n",
            "a-b_c 2 1",
            "a-b_c x 1\n",
            "a-b_c 2 1 0\n",
            "a-b_c 2 1 0 1 2\n",
            "a-b_c 2 1 made:\n",
            "made:5\n",
        ] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(DataDir::mark(&folder.0).unwrap(), None, "{damaged:?}");
            assert_eq!(DataDir::mark_file(&folder.0).unwrap().as_ref(), Some(&file));
        }
        fs::write(&file, [0xff; 64]).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap(), None);
        // All of a hole of a terabyte would find no memory.
        let hole = File::create(&file).unwrap();
        hole.set_len(1 << 40).unwrap();
        assert_eq!(DataDir::mark(&folder.0).unwrap(), None);
    }

    #[test]
    fn what_is_no_file_is_named_and_not_read() {
        for name in ["hub.mark", "secret.key"] {
            let folder = Folder::new("strange");
            let data_dir = DataDir::open(&folder.0).unwrap();
            let strange = folder.0.join(name);
            // Reading it would never end.
            std::os::unix::fs::symlink("/dev/zero", &strange).unwrap();
            let refused = |refused: DataDirError| refused.to_string().contains(name);
            let read = || match name {
                "hub.mark" => DataDir::mark(&folder.0).map(drop),
                _ => data_dir.key().map(drop),
            };
            assert!(refused(read().unwrap_err()));
            fs::remove_file(&strange).unwrap();
            fs::create_dir(&strange).unwrap();
            assert!(refused(read().unwrap_err()));
        }
    }

    #[test]
    fn a_key_that_is_too_long_is_refused_without_being_read() {
        let folder = Folder::new("long");
        let data_dir = DataDir::open(&folder.0).unwrap();
        data_dir.key().unwrap();
        let key = OpenOptions::new()
            .write(true)
            .open(folder.0.join("secret.key"));
        key.unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(data_dir.key(), Err(DataDirError::Damaged(_))));
    }

    #[test]
    fn the_setup_link_comes_and_goes() {
        let folder = Folder::new("link");
        let data_dir = DataDir::open(&folder.0).unwrap();
        data_dir.remove_setup_link().unwrap();
        data_dir.write_setup_link("one").unwrap();
        data_dir.write_setup_link("two").unwrap();
        assert_eq!(
            fs::read_to_string(folder.0.join("setup-link")).unwrap(),
            "two\n"
        );
        assert_eq!(folder.mode("setup-link"), 0o600);
        data_dir.remove_setup_link().unwrap();
        assert!(!folder.0.join("setup-link").exists());
    }
}
