//! A PostgreSQL cluster of our own: made, started, and gone with the process.
//!
//! This module does not know which databases are made in it.

use std::{
    fmt, fs, io,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use crate::{pace::patience, programs, scratch::unique_path};

/// Names a running cluster, so that a whole test run shares one, or that of the machine. Without it
/// every process of the run starts its own.
pub const URL_VARIABLE: &str = "BATTALA_TEST_POSTGRES_URL";

/// Owner of the cluster and of everything in it.
const USER: &str = "battala";

/// Runs as the cluster's user. Ends the server when its own standard input ends:
/// that happens however the process that holds the other end dies.
const GUARD: &str = r#"
    "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= \
        -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=256MB \
        -c logging_collector=off >"$2/log" 2>&1 </dev/null &
    server=$!
    cat >/dev/null
    kill -INT $server
    wait $server
    rm -rf "$2"
"#;

/// How often and how long a starting server is asked whether it is ready.
const POLL: Duration = Duration::from_millis(20);
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A running cluster. Stops, and removes its files, when this is dropped or the
/// process ends in any other way.
#[derive(Debug)]
pub struct Cluster {
    tools: PathBuf,
    directory: PathBuf,
    guard: Child,
}

/// Why there is no cluster.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(reason: String) -> Self {
        Self(reason)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl Cluster {
    /// Makes a cluster in a temporary directory and starts it. It listens on a
    /// Unix socket only and accepts whoever can reach that.
    pub fn start() -> Result<Self, StartError> {
        remove_stale();
        let tools = programs::of_server()?;
        let directory = make_directory()?;
        initialise(&tools, &directory)?;
        Self::run(tools, directory)
    }

    /// Whether one can be started. Where a cluster runs already ([`URL_VARIABLE`]), the programs of a
    /// server may be missing, and what needs a server of its own is left out; anywhere else they
    /// must be there.
    #[must_use]
    pub fn can_start() -> bool {
        running_url().is_none() || programs::of_server().is_ok()
    }

    /// A standby of this cluster as it is now, until [`Cluster::promote`]. It follows nobody: it
    /// lacks what is written from here on.
    pub fn standby(&self) -> Result<Self, StartError> {
        let directory = make_directory()?;
        let data = directory.join("data");
        let mut backup = as_owner(self.tools.join("pg_basebackup"));
        backup.args(["-U", USER, "--checkpoint=fast", "--no-sync", "-h"]);
        run_tool(
            "pg_basebackup",
            backup.arg(&self.directory).arg("-D").arg(&data),
        )?;
        run_tool("touch", as_owner("touch").arg(data.join("standby.signal")))?;
        Self::run(self.tools.clone(), directory)
    }

    /// Has a standby take over: it can be written to.
    pub fn promote(&self) -> Result<(), StartError> {
        let mut promote = as_owner(self.tools.join("pg_ctl"));
        promote.args(["promote", "-w", "-D"]);
        run_tool("pg_ctl", promote.arg(self.directory.join("data")))
    }

    fn run(tools: PathBuf, directory: PathBuf) -> Result<Self, StartError> {
        let io = |error: io::Error| StartError(format!("{}: {error}", directory.display()));
        let guard = as_owner("sh")
            .args(["-c", GUARD, "guard"])
            .args([&tools, &directory])
            .stdin(Stdio::piped())
            // An interrupt at the terminal must not reach the server first.
            .process_group(0)
            .spawn()
            .map_err(io)?;
        let mut cluster = Self {
            tools,
            directory,
            guard,
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The address of a database in it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let socket = self.directory.display();
        format!("postgres://{USER}@localhost/{database}?host={socket}")
    }

    fn wait_until_ready(&mut self) -> Result<(), StartError> {
        let polls_max = patience(READY_WITHIN).as_millis() / POLL.as_millis();
        for _ in 0..polls_max {
            let ready = Command::new(self.tools.join("pg_isready"))
                .args(["-q", "-h"])
                .arg(&self.directory)
                .status();
            match ready {
                Ok(status) if status.success() => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(StartError(format!("pg_isready: {error}"))),
            }
            if !matches!(self.guard.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(POLL);
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        Err(StartError(format!("PostgreSQL did not start:\n{log}")))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

/// The address of the `postgres` database of a cluster to make databases in:
/// the one that [`URL_VARIABLE`] names, or one that this process starts and
/// keeps until it ends.
pub(crate) fn shared_url() -> Result<String, StartError> {
    static OWN: OnceLock<Result<Cluster, String>> = OnceLock::new();
    if let Some(url) = running_url() {
        return Ok(url);
    }
    let own = OWN.get_or_init(|| Cluster::start().map_err(|error| error.to_string()));
    match own {
        Ok(cluster) => Ok(cluster.url("postgres")),
        Err(error) => Err(StartError(error.clone())),
    }
}

/// The address of a cluster that runs already, as [`URL_VARIABLE`] has it.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
pub fn running_url() -> Option<String> {
    std::env::var(URL_VARIABLE)
        .ok()
        .filter(|url| !url.is_empty())
}

/// The collation is a natural language's on purpose: a query that relies on the
/// order of bytes without saying so gives itself away.
fn initialise(tools: &Path, directory: &Path) -> Result<(), StartError> {
    let mut initdb = as_owner(tools.join("initdb"));
    initdb
        .arg("-D")
        .arg(directory.join("data"))
        .args(["-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"])
        .args(["--locale=C.UTF-8", "--locale-provider=icu"])
        .arg("--icu-locale=en-US");
    run_tool("initdb", &mut initdb)
}

fn run_tool(name: &str, command: &mut Command) -> Result<(), StartError> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| StartError(format!("{name}: {error}")))?;
    if done.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&done.stderr);
    Err(StartError(format!("{name}: {complaint}")))
}

/// A directory of the owner's.
fn make_directory() -> Result<PathBuf, StartError> {
    let directory = unique_path("postgres");
    let made = fs::create_dir(&directory).and_then(|()| own(&directory));
    made.map_err(|error| StartError(format!("{}: {error}", directory.display())))?;
    Ok(directory)
}

/// The server refuses to run as root; its package brings a user for it.
fn as_owner(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
        .arg("--")
        .arg(program)
        // The caller's directory may be closed to that user.
        .current_dir("/");
    command
}

fn own(directory: &Path) -> io::Result<()> {
    fs::set_permissions(
        directory,
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )?;
    if !is_root() {
        return Ok(());
    }
    let owner = Command::new("id").args(["-u", "postgres"]).output()?;
    let owner = String::from_utf8_lossy(&owner.stdout).trim().parse();
    let owner = owner.map_err(|_| io::Error::other("there is no user `postgres`"))?;
    std::os::unix::fs::chown(directory, Some(owner), None)
}

fn is_root() -> bool {
    // The owner of this process's entry is the effective user.
    fs::metadata("/proc/self").is_ok_and(|entry| std::os::unix::fs::MetadataExt::uid(&entry) == 0)
}

/// Removes what a cluster left behind whose guard was killed as well.
fn remove_stale() {
    let entries = fs::read_dir(std::env::temp_dir());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(rest) = name
            .to_str()
            .and_then(|n| n.strip_prefix("battala-postgres-"))
        else {
            continue;
        };
        let starter = rest.split('-').next().unwrap_or_default();
        let server = fs::read_to_string(entry.path().join("data/postmaster.pid"));
        let server = server.unwrap_or_default();
        let server = server.lines().next().unwrap_or_default();
        if !is_alive(starter) && !is_alive(server) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn is_alive(process: &str) -> bool {
    !process.is_empty() && Path::new("/proc").join(process).exists()
}
