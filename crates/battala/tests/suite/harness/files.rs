//! The files of a folder, and how people put one in the place of another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Every file, its content and when it was written last.
pub(crate) type Files = BTreeMap<PathBuf, (SystemTime, Vec<u8>)>;

/// Every file of a folder. Compare them by `==` alone: nobody would read their bytes.
pub(crate) fn files_of(folder: &Path) -> Files {
    let mut files = Files::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("a file");
        let written = entry.metadata().and_then(|found| found.modified());
        let bytes = fs::read(entry.path()).expect("it is read");
        files.insert(entry.path(), (written.expect("a time"), bytes));
    }
    files
}

/// Puts a copy in the place of a hub's database, without what stands beside it of another state.
pub(crate) fn put_back(copy: &[u8], data_dir: &Path) {
    for beside in ["-wal", "-shm"] {
        // A hub that was told to stop has left none.
        let _ = fs::remove_file(data_dir.join(format!("battala.db{beside}")));
    }
    fs::write(data_dir.join("battala.db"), copy).expect("it is written");
}
