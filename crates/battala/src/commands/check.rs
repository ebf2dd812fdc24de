//! `config check`: looks at everything that a start needs, and changes nothing.
//!
//! What is found in order is said line by line; what is not is reported together at the end.

use std::fmt::Display;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use battala_store::{Content, DatabaseUrl, Db, Inspection};

use super::{admin, healthcheck};
use crate::config::{self, Config, Fault, Faults};
use crate::data_dir::{DataDir, LOST_KEY};
use crate::folder;
use crate::terminal::say;
use crate::wiring::Remembered;
use crate::with_sources;

/// Says what was looked at, and that a hub can start, or why not.
pub(crate) fn run(file: Option<&Path>) -> Result<(), Faults> {
    let config = config::load(file).map_err(Faults::for_now)?;
    let mut check = Check::default();
    check.note("settings", format!("read from {}", source(file)));
    if !config.log_level.left_out.is_empty() {
        let targets = &config.log_level.left_out;
        check.note(
            "log.level",
            format!("names targets that write no lines ({targets}); they are left out"),
        );
    }
    // Where it is nothing, all else that is looked for in it is missing for the same reason.
    if check.data_dir(&config) {
        let has_key = check.key(&config);
        let content = check.database(&config);
        if has_key == Some(false) {
            check.new_key(&config, content);
        }
    }
    check.listen(&config);
    check.public_url(&config);
    Faults::unless_empty(check.faults, ())?;
    say("the settings are usable");
    Ok(())
}

fn source(file: Option<&Path>) -> String {
    match config::file(file) {
        Some(path) => format!("{} and the environment", path.display()),
        None => "the environment; there is no battala.toml in this folder".to_owned(),
    }
}

#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
    /// Whether a hub that runs can be the one of these settings.
    may_run: bool,
}

impl Check {
    #[expect(
        clippy::unused_self,
        reason = "the other half of `fault`, and called beside it"
    )]
    fn note(&self, key: &str, found: impl Display) {
        say(&format!("{key}: {found}"));
    }

    fn fault(&mut self, key: &str, found: impl Into<String>) {
        self.faults.push(Fault::new(key, found));
    }

    /// Whether what is in it can be looked at, be it nothing yet.
    fn data_dir(&mut self, config: &Config) -> bool {
        let path = &config.data_dir;
        let shown = path.display();
        let is_there = match folder::look(path) {
            Ok(is_there) => is_there,
            Err(error) => {
                self.fault("data_dir", with_sources(&error));
                return false;
            }
        };
        let (found, may_write) = if is_there {
            (format!("{shown} can be written"), folder::writable(path))
        } else {
            let found = format!("{shown} is not there; the first start makes it");
            let may_make = folder::writable(&folder::above(path));
            let may_make = may_make.map_err(|reason| format!("cannot be made: {reason}"));
            (found, may_make)
        };
        match may_write {
            Ok(()) => self.note("data_dir", found),
            Err(reason) => self.fault("data_dir", reason),
        }
        !is_there || folder::may_enter(path)
    }

    /// Whether there is one, where that is known.
    fn key(&mut self, config: &Config) -> Option<bool> {
        let found = DataDir::has_key(&config.data_dir);
        match &found {
            Ok(true) => self.note("secret.key", "is there, and nobody else can read it"),
            Ok(false) => {}
            Err(error) => self.fault("secret.key", with_sources(error)),
        }
        found.ok()
    }

    /// What it means that there is no key, beside such a database.
    fn new_key(&self, config: &Config, content: Option<Content>) {
        let is_remembered = DataDir::mark_file(&config.data_dir).is_ok_and(|mark| mark.is_some());
        let is_old = match content {
            Some(Content::Older) => true,
            Some(Content::Current) => admin::holds_hub(config),
            _ => false,
        };
        if is_remembered || is_old {
            self.note("secret.key", format!("is lost; with a new one {LOST_KEY}"));
        } else {
            self.note("secret.key", "is not there; the first start makes it");
        }
    }

    /// What is in it, where a hub can start on that.
    fn database(&mut self, config: &Config) -> Option<Content> {
        let url = &config.database_url;
        let remembered = match Remembered::read(&config.data_dir) {
            Ok(remembered) => remembered,
            Err(error) => {
                self.fault("data_dir", with_sources(&error));
                return None;
            }
        };
        let options = remembered.options(url);
        let found = admin::run(async {
            let found = Db::inspect(&options).await;
            found.map_err(|error| remembered.told(error))
        });
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.fault("database_url", with_sources(&*error));
                return None;
            }
        };
        if let DatabaseUrl::Sqlite(path) = url
            && let Err(reason) = folder::beside(path, &config.data_dir)
        {
            self.fault("database_url", reason);
            return None;
        }
        self.may_run = match url {
            DatabaseUrl::Sqlite(_) => matches!(found.content, Content::Older | Content::Current),
            DatabaseUrl::Postgres(_) => found.is_served,
        };
        self.note("database_url", format!("{url} {}", describe(found)));
        Some(found.content)
    }

    fn listen(&mut self, config: &Config) {
        let listen = config.listen;
        match TcpListener::bind(listen) {
            Ok(_) => self.note("listen", format!("{listen} is free")),
            Err(error) if error.kind() == ErrorKind::AddrInUse => self.taken(listen),
            Err(error) => self.fault("listen", format!("cannot listen on {listen}: {error}")),
        }
    }

    /// Says by whom the port is in use.
    fn taken(&mut self, listen: SocketAddr) {
        let holder = healthcheck::holder_of(listen);
        if holder.is_healthy && self.may_run {
            let name = holder.name();
            let hub = format!("a hub that is healthy{name}; a second one cannot start");
            return self.note("listen", format!("{listen} is in use by {hub}"));
        }
        self.fault("listen", holder.to_string());
    }

    fn public_url(&mut self, config: &Config) {
        let url = config.public_url_at(config.listen);
        let told = if url.is_secure() {
            "; TLS is the work of a proxy before the hub"
        } else {
            ""
        };
        self.note("public_url", format!("links begin with {url}{told}"));
    }
}

fn describe(found: Inspection) -> &'static str {
    match found {
        Inspection {
            is_served: true, ..
        } => "is served by a hub at this moment; a second one cannot start",
        Inspection { content, .. } => match content {
            Content::Missing => "is not there; the first start makes it",
            Content::Empty => "is empty; the first start begins a hub in it",
            Content::Older => "holds a hub of an earlier version; a start brings it up to date",
            Content::Current => "holds a hub of this version",
        },
    }
}
