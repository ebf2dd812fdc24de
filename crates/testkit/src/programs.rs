//! Where the programs of PostgreSQL are: where Debian's packages put them, or on `PATH`.
//!
//! Does not know what is done with them.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::StartError;

/// The oldest server that this project supports.
const VERSION_MIN: u32 = 15;

/// Debian keeps all versions beside each other, and none of their servers on `PATH`.
const INSTALLATIONS: &str = "/usr/lib/postgresql";

/// What a cluster is run with.
const PROGRAMS: [&str; 6] = [
    "initdb",
    "pg_basebackup",
    "pg_ctl",
    "pg_isready",
    "postgres",
    "psql",
];

/// The directory of the programs of a server: those of the newest installation, or else the first
/// on `PATH`.
pub(crate) fn of_server() -> Result<PathBuf, StartError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    installed().or_else(|| on_path(&path)).ok_or_else(|| {
        StartError::new(format!(
            "no PostgreSQL server in {INSTALLATIONS}/<version>/bin, and no initdb with the other \
             programs beside it on PATH: install the package `postgresql` ({VERSION_MIN} or newer)"
        ))
    })
}

/// The program to speak with a server, which may be here without one.
pub(crate) fn client() -> Result<PathBuf, StartError> {
    if let Ok(directory) = of_server() {
        return Ok(directory.join("psql"));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).map(|directory| directory.join("psql"));
    let found = candidates.find(|candidate| candidate.is_file());
    found.ok_or_else(|| StartError::new("no psql: install a client of PostgreSQL".to_owned()))
}

fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir(INSTALLATIONS).into_iter().flatten().flatten();
    let usable = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let directory = entry.path().join("bin");
        (version >= VERSION_MIN && is_complete(&directory)).then_some((version, directory))
    });
    usable.max().map(|(_, directory)| directory)
}

fn on_path(path: &OsStr) -> Option<PathBuf> {
    let directories = std::env::split_paths(path);
    let beside = directories.flat_map(|directory| {
        // It may be a link to where the others are.
        let real = directory.join("initdb").canonicalize().ok();
        let real = real.and_then(|program| program.parent().map(Path::to_owned));
        [Some(directory), real]
    });
    let mut complete = beside.flatten().filter(|directory| is_complete(directory));
    complete.find(|directory| version(directory) >= Some(VERSION_MIN))
}

fn is_complete(directory: &Path) -> bool {
    PROGRAMS.iter().all(|name| directory.join(name).is_file())
}

/// Of `initdb (PostgreSQL) 17.2 (Debian 17.2-1)`, 17.
fn version(directory: &Path) -> Option<u32> {
    let mut initdb = Command::new(directory.join("initdb"));
    let said = initdb.arg("--version").output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let number = said.split_once(") ")?.1;
    let major = number.split(|c: char| !c.is_ascii_digit()).next();
    major?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;
    use crate::Scratch;

    fn write_program(path: &Path, text: &str) {
        fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A directory of programs that say that they are of this version.
    fn write_installation(directory: &Path, version: &str) {
        fs::create_dir(directory).unwrap();
        for name in PROGRAMS {
            let text = format!("echo '{name} (PostgreSQL) {version}'");
            write_program(&directory.join(name), &text);
        }
    }

    #[test]
    fn programs_on_the_path_are_found_also_by_a_link() {
        let scratch = Scratch::new().unwrap();
        let [old, new, links, lone] =
            ["old", "new", "links", "lone"].map(|name| scratch.path().join(name));
        write_installation(&old, "14.9");
        write_installation(&new, "17beta1 (Somewhere 17~beta1-1)");
        fs::create_dir(&links).unwrap();
        symlink(new.join("initdb"), links.join("initdb")).unwrap();
        fs::create_dir(&lone).unwrap();
        write_program(&lone.join("initdb"), "echo 'initdb (PostgreSQL) 17.2'");

        let found = |directories: &[&Path]| on_path(&std::env::join_paths(directories).unwrap());
        let new = new.canonicalize().unwrap();
        assert_eq!(found(&[&lone, &old, &new]), Some(new.clone()));
        assert_eq!(found(&[&links]), Some(new));
        assert_eq!(found(&[&lone, &old]), None);
    }
}
