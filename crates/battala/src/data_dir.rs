//! The directory that is the hub's own: its key, its files, the setup link, and what it remembers
//! of its database.
//!
//! Nothing in it is for others: directory 0700, files 0600. Does not know what
//! the key signs.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use battala_hub::mark::Mark;
use battala_store::Place;

const KEY_FILE: &str = "secret.key";

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
    #[error("data_dir: cannot use {0}")]
    Io(PathBuf, #[source] io::Error),
    #[error("{0} can be read by others; run: chmod 600 {0}")]
    Readable(PathBuf),
    #[error("{0} is not a key of 32 bytes; restore it, or remove it to have a new one made")]
    Damaged(PathBuf),
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl DataDir {
    /// Makes the directory if it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, DataDirError> {
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

    /// The key, made at the first start.
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

    /// How far the database had come; `None` at the first start, and when the file is not whole.
    pub(crate) fn mark(&self) -> Result<Option<Mark>, DataDirError> {
        let path = self.mark_file();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(parse_mark(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DataDirError::Io(path, error)),
        }
    }

    /// Remembers how far the database has come.
    pub(crate) fn write_mark(&self, mark: &Mark) -> Result<(), DataDirError> {
        let path = self.mark_file();
        let place = mark
            .place
            .map(|Place { timeline, position }| format!(" {timeline} {position}"));
        let place = place.unwrap_or_default();
        let content = format!("{} {} {}{place}\n", mark.mark, mark.beat, mark.generation);
        self.replace(&path, content.as_bytes())
            .map_err(|error| DataDirError::Io(path, error))
    }

    fn mark_file(&self) -> PathBuf {
        self.path.join("hub.mark")
    }

    fn setup_link(&self) -> PathBuf {
        self.path.join("setup-link")
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
    let mode = fs::metadata(&path).map_err(at)?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(DataDirError::Readable(path));
    }
    let key = fs::read(&path).map_err(at)?;
    key.try_into().map_err(|_| DataDirError::Damaged(path))
}

/// A file beside `path` that is on the disk and nobody else's.
fn write_draft(path: &Path, content: &[u8]) -> io::Result<PathBuf> {
    let draft = path.with_extension(format!("new-{}", std::process::id()));
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

/// Mark, beat and generation, and timeline and position where there is a place, separated by spaces.
fn parse_mark(text: &str) -> Option<Mark> {
    let words: Vec<&str> = text.split_whitespace().collect();
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
        assert_eq!(data_dir.mark().unwrap(), None);
        let mut mark = Mark {
            mark: "a-b_c".to_owned(),
            beat: 1,
            generation: 1,
            place: Some(Place {
                timeline: 3,
                position: 4,
            }),
        };
        data_dir.write_mark(&mark).unwrap();
        assert_eq!(data_dir.mark().unwrap().as_ref(), Some(&mark));
        (mark.beat, mark.place) = (2, None);
        data_dir.write_mark(&mark).unwrap();
        assert_eq!(data_dir.mark().unwrap(), Some(mark));
        assert_eq!(folder.mode("hub.mark"), 0o600);
        for damaged in ["", "a-b_c 2", "a-b_c x 1", "a-b_c 2 1 0", "a-b_c 2 1 0 1 2"] {
            fs::write(folder.0.join("hub.mark"), damaged).unwrap();
            assert_eq!(data_dir.mark().unwrap(), None, "{damaged:?}");
        }
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
