//! One database per test, copied from one that was prepared once.
//!
//! This module does not know what is in them.

use std::{
    fs::File,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{Cluster, StartError, cluster::shared_url, programs};

/// No run of tests takes longer.
const LASTING_MAX: Duration = Duration::from_hours(24);

/// A database that belongs to one test; dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    name: String,
    cluster: String,
}

impl TestDatabase {
    /// A copy of the template `key`. If the cluster has no such template yet,
    /// `prepare` fills it, given its address; it must close its connections.
    ///
    /// A key stands for one content: put a fingerprint of the schema into it.
    pub async fn from_template<F, E>(key: &str, prepare: F) -> Result<Self, StartError>
    where
        F: AsyncFnOnce(String) -> Result<(), E>,
        E: std::fmt::Display,
    {
        let cluster = shared_url()?;
        let template = format!("template_{key}");
        // Other test processes use the same cluster; whoever does so from another machine makes a draft
        // of their own.
        let lock = lock()?;
        if ask(&cluster, &exists(&template))?.is_empty() {
            let draft = unique_name("draft");
            ask(&cluster, &format!("CREATE DATABASE {draft}"))?;
            let prepared = prepare(with_database(&cluster, &draft)).await;
            prepared.map_err(|error| StartError::new(format!("template {key}: {error}")))?;
            name_template(&cluster, &draft, &template)?;
        }
        drop(lock);
        Self::copy(cluster, &template)
    }

    /// An empty database.
    pub fn empty() -> Result<Self, StartError> {
        Self::copy(shared_url()?, "template1")
    }

    /// An empty database in a cluster of the test's own.
    pub fn empty_in(cluster: &Cluster) -> Result<Self, StartError> {
        Self::copy(cluster.url("postgres"), "template1")
    }

    fn copy(cluster: String, template: &str) -> Result<Self, StartError> {
        let name = unique_name("test");
        ask(
            &cluster,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )?;
        Ok(Self {
            url: with_database(&cluster, &name),
            name,
            cluster,
        })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a statement past everyone who uses the database, and returns what it prints.
    pub fn run(&self, statement: &str) -> Result<String, StartError> {
        ask(&self.url, statement)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop_it = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Ok(mut psql) = psql(&self.cluster, &drop_it) {
            // Not waited for: the cluster is thrown away in the end.
            drop(psql.stdout(Stdio::null()).stderr(Stdio::null()).spawn());
        }
    }
}

/// Makes the draft the template, unless tests of another machine have made one meanwhile.
fn name_template(cluster: &str, draft: &str, template: &str) -> Result<(), StartError> {
    let rename = format!("ALTER DATABASE {draft} RENAME TO {template}");
    let Err(error) = ask(cluster, &rename) else {
        return Ok(());
    };
    ask(cluster, &format!("DROP DATABASE IF EXISTS {draft}"))?;
    if ask(cluster, &exists(template))?.is_empty() {
        return Err(error);
    }
    Ok(())
}

fn exists(database: &str) -> String {
    format!("SELECT 1 FROM pg_database WHERE datname = '{database}'")
}

/// `<kind>_<second>_<nanosecond>_<process>_<number>`: nobody else's, whoever else uses the server, and
/// from when it is shows whether it was left behind.
fn unique_name(kind: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let (now, process) = (since_epoch(), std::process::id());
    let (second, nanosecond) = (now.as_secs(), now.subsec_nanos());
    format!("{kind}_{second}_{nanosecond}_{process}_{number}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "names what outlives this process; no test depends on it"
)]
fn since_epoch() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

/// Drops what runs that were killed have left on a server that outlives them: whatever is of a test, older
/// than any run takes, and used by nobody.
pub fn remove_leftovers(cluster: &str) -> Result<(), StartError> {
    let names = "SELECT datname FROM pg_database WHERE datname ~ '^(test|draft)(_[0-9]+){4}$'";
    let oldest = since_epoch().saturating_sub(LASTING_MAX).as_secs();
    for name in ask(cluster, names)?.lines() {
        let second = name.split('_').nth(1).and_then(|it| it.parse().ok());
        if second.is_some_and(|second: u64| second < oldest) {
            // Who uses it, or drops it at the same time, keeps it from being dropped here.
            drop(ask(cluster, &format!("DROP DATABASE IF EXISTS {name}")));
        }
    }
    Ok(())
}

fn with_database(cluster: &str, name: &str) -> String {
    let (address, parameters) = cluster.split_once('?').unwrap_or((cluster, ""));
    let (server, _) = address.rsplit_once('/').unwrap_or((address, ""));
    if parameters.is_empty() {
        format!("{server}/{name}")
    } else {
        format!("{server}/{name}?{parameters}")
    }
}

/// Held by one process at a time, machine-wide. The program we are about to run
/// serves as the lock, so that nothing is left behind.
fn lock() -> Result<File, StartError> {
    let path = programs::client()?;
    let file = File::open(&path).and_then(|file| file.lock().map(|()| file));
    file.map_err(|error| StartError::new(format!("{}: {error}", path.display())))
}

fn psql(cluster: &str, statement: &str) -> Result<Command, StartError> {
    let mut command = Command::new(programs::client()?);
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .args(["-d", cluster, "-c", statement])
        .stdin(Stdio::null());
    Ok(command)
}

fn ask(cluster: &str, statement: &str) -> Result<String, StartError> {
    let output: Output = psql(cluster, statement)?
        .output()
        .map_err(|error| StartError::new(format!("psql: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(StartError::new(format!("{statement}: {complaint}")))
}
