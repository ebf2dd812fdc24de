//! The wall clock of a process under test, which a test can set.
//!
//! A small library is compiled here and loaded before the process's own: it adds to the real time
//! what a file says. The time that passes is left alone, as it is when somebody sets the clock.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;

use battala_testkit::Scratch;

const SHIM: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *ahead_s;

__attribute__((constructor)) static void open_file(void) {
    const char *path = getenv("CLOCK_AHEAD_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *at = mmap(NULL, sizeof *ahead_s, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (at != MAP_FAILED) ahead_s = at;
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, id, now);
    int is_wall = id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
    if (result == 0 && is_wall && ahead_s) now->tv_sec += *ahead_s;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"#;

/// How far the clock is ahead of the real one.
#[derive(Debug)]
pub(crate) struct WallClock {
    folder: Scratch,
    file: File,
}

impl WallClock {
    /// A clock that is right so far. Compiling takes the C compiler that building the hub takes.
    pub(crate) fn new() -> Self {
        let folder = Scratch::new().expect("a directory");
        let source = folder.path().join("clock.c");
        std::fs::write(&source, SHIM).expect("the source is written");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]);
        let library = folder.path().join("clock.so");
        let compiled = compiler.arg(&library).arg(&source).status();
        assert!(compiled.expect("cc starts").success());
        let mut options = File::options();
        let path = folder.path().join("ahead");
        let file = options.create_new(true).write(true).open(path);
        let clock = Self {
            folder,
            file: file.expect("a file"),
        };
        clock.set(0);
        clock
    }

    /// Sets it this many seconds ahead of the real time, or behind.
    pub(crate) fn set(&self, ahead_s: i64) {
        let written = self.file.write_all_at(&ahead_s.to_ne_bytes(), 0);
        written.expect("the file is written");
    }

    /// What a process that is to go by it finds in its environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.folder.path().join("clock.so")),
            ("CLOCK_AHEAD_FILE", self.folder.path().join("ahead")),
        ]
    }
}
