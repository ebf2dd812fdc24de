//! What is measured, one module each. A scenario makes its own data directories,
//! starts its own hubs, and leaves nothing behind.

mod accounts;
mod crowd;
mod fanout;
mod history;
mod idle;
mod listed;
mod neighbours;
mod passwords;
mod rights;
mod roles;
mod send;
mod signon;
mod start;
mod tombstones;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Result;
use crate::cli::Options;
use crate::hub::{Hub, RAISED};
use crate::report::{self, Sheet};
use crate::seed::{self, Plan, Seed, World};
use crate::words::say;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    Fanout,
    Idle,
    Signon,
    Send,
    History,
    Tombstones,
    Passwords,
    Neighbours,
    Rights,
    Roles,
    Watching,
    Listed,
    Start,
}

impl Scenario {
    pub(crate) const ALL: [Self; 13] = [
        Self::Fanout,
        Self::Idle,
        Self::Signon,
        Self::Send,
        Self::History,
        Self::Tombstones,
        Self::Passwords,
        Self::Neighbours,
        Self::Rights,
        Self::Roles,
        Self::Watching,
        Self::Listed,
        Self::Start,
    ];

    async fn measure(self, setting: &Setting) -> Result<Sheet> {
        match self {
            Self::Fanout => fanout::measure(setting).await,
            Self::Idle => idle::measure(setting).await,
            Self::Signon => signon::measure(setting).await,
            Self::Send => send::measure(setting).await,
            Self::History => history::measure(setting).await,
            Self::Tombstones => tombstones::measure(setting).await,
            Self::Passwords => passwords::measure(setting).await,
            Self::Neighbours => neighbours::measure(setting).await,
            Self::Rights => Ok(rights::measure(setting)),
            Self::Roles => roles::measure(setting).await,
            Self::Watching => watching::measure(setting).await,
            Self::Listed => listed::measure(setting).await,
            Self::Start => start::measure(setting).await,
        }
    }
}

/// What all scenarios are told.
pub(crate) struct Setting {
    runs: usize,
    is_smoke: bool,
    binary: PathBuf,
    dir: PathBuf,
}

impl Setting {
    /// A tenth of it in a smoke run.
    fn scaled(&self, full: usize) -> usize {
        if self.is_smoke {
            full.div_ceil(10)
        } else {
            full
        }
    }

    /// Seconds of load: at most one in a smoke run.
    fn seconds(&self, full: u32) -> u32 {
        if self.is_smoke { full.min(1) } else { full }
    }

    /// Time in which nothing is done: at most one second in a smoke run.
    fn rest(&self, full: Duration) -> Duration {
        if self.is_smoke {
            full.min(Duration::from_secs(1))
        } else {
            full
        }
    }

    /// Runs, each with its number from 1.
    fn runs(&self) -> impl Iterator<Item = usize> + use<> {
        1..=self.runs
    }

    /// An empty directory.
    fn fresh_dir(&self, name: &str) -> Result<PathBuf> {
        let path = self.dir.join(name);
        seed::empty_dir(&path)?;
        Ok(path)
    }

    /// A data directory with this in it.
    async fn seeded(&self, name: &str, plan: Plan) -> Result<(PathBuf, World)> {
        let dir = self.fresh_dir(name)?;
        let seed = Seed::begin(&dir).await?;
        let world = seed.populate(plan).await?;
        seed.end().await;
        Ok((dir, world))
    }

    async fn start(&self, data_dir: &Path) -> Result<Hub> {
        self.start_with(data_dir, &RAISED).await
    }

    async fn start_with(&self, data_dir: &Path, limits: &[(&str, &str)]) -> Result<Hub> {
        Hub::start(&self.binary, data_dir, limits).await
    }
}

/// Measures, prints, and writes where asked to.
pub(crate) async fn run(scenarios: &[Scenario], options: &Options) -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let own = OwnDir(options.dir.join(std::process::id().to_string()));
    let setting = Setting {
        runs: options.runs.max(1),
        is_smoke: options.smoke,
        binary: options.binary.clone(),
        dir: own.0.clone(),
    };
    measure(scenarios, options, &setting).await
}

/// A directory that goes with the measurement, however that ends.
pub(crate) struct OwnDir(pub(crate) PathBuf);

impl Drop for OwnDir {
    fn drop(&mut self) {
        // It may never have been made; there is nothing else to do about a failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn measure(scenarios: &[Scenario], options: &Options, setting: &Setting) -> Result<()> {
    if let (Some(path), false) = (&options.write, options.smoke) {
        report::write_machine(path)?;
    }
    for scenario in scenarios {
        let sheet = scenario.measure(setting).await?;
        say(&format!("\n{}", sheet.markdown(setting.runs)));
        if let (Some(path), false) = (&options.write, options.smoke) {
            sheet.write(path, setting.runs)?;
        }
    }
    Ok(())
}
