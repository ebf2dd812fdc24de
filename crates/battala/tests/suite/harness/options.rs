//! How a hub under test is set up.

use std::path::PathBuf;

use toml::{Table, Value};

use super::hub::TestHub;
use super::wall_clock::WallClock;

/// The database below the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// What `BATTALA_TEST_ENGINE` says; SQLite when it says nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
pub(crate) fn engine() -> Engine {
    match std::env::var("BATTALA_TEST_ENGINE").as_deref() {
        Err(_) | Ok("" | "sqlite") => Engine::Sqlite,
        Ok("postgres") => Engine::Postgres,
        Ok(other) => panic!("BATTALA_TEST_ENGINE is sqlite or postgres, not {other}"),
    }
}

/// The rates of the settings.
const RATES: [&str; 14] = [
    "send",
    "typing",
    "display_name",
    "rename",
    "write",
    "read",
    "anonymous",
    "no_operation",
    "login",
    "register",
    "password",
    "invite",
    "connect",
    "structure",
];

/// Those that come back per hour.
const HOURLY: [&str; 4] = ["display_name", "rename", "register", "password"];

/// The settings of a hub under test. Rates are out of the way unless a test asks
/// for them, hashes are cheap, and the hub is set up by an administrator `root`.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) is_set_up: bool,
    pub(crate) registration: &'static str,
    pub(crate) inviters: Option<&'static str>,
    pub(crate) limits: Table,
    pub(crate) settings: Table,
    /// The way to the PostgreSQL database is a bad one.
    pub(crate) is_proxied: bool,
    /// The PostgreSQL server is nobody else's.
    pub(crate) has_own_server: bool,
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

impl Default for Options {
    fn default() -> Self {
        let mut options = Self {
            is_set_up: true,
            registration: "open",
            inviters: None,
            limits: Table::new(),
            settings: Table::new(),
            is_proxied: false,
            has_own_server: false,
            environment: Vec::new(),
        };
        for rate in RATES {
            options = options.rate(rate, 1_000_000, 60_000_000);
        }
        options
            .limit("password_cost", 4)
            .limit("password_workers", 2)
            .limit("password_queue", 10_000)
            .limit("sockets_per_user", 1000)
            .limit("unauthenticated_per_address", 10_000)
            .limit("connections_per_address", 100_000)
    }
}

impl Options {
    /// The rates and bounds that the hub has when nobody configures any.
    pub(crate) fn default_limits(mut self) -> Self {
        self.limits = Table::new();
        self.limit("password_cost", 4)
    }

    /// Nobody has opened the setup link.
    pub(crate) fn fresh(mut self) -> Self {
        self.is_set_up = false;
        self
    }

    /// Puts a proxy before the PostgreSQL database; see [`TestHub::proxy`].
    pub(crate) fn proxied(mut self) -> Self {
        self.is_proxied = true;
        self
    }

    /// The same before a PostgreSQL server of its own; see [`TestHub::fail_over`].
    pub(crate) fn with_own_server(mut self) -> Self {
        self.has_own_server = true;
        self.proxied()
    }

    /// Accounts need an invite.
    pub(crate) fn invite_only(mut self) -> Self {
        self.registration = "invite";
        self
    }

    /// A rate; `count` come back per minute, or per hour where that is the rate's unit.
    pub(crate) fn rate(mut self, name: &str, burst: u32, count: u32) -> Self {
        let unit = if HOURLY.contains(&name) {
            "per_hour"
        } else {
            "per_minute"
        };
        let mut rate = Table::new();
        rate.insert("burst".to_owned(), Value::Integer(burst.into()));
        rate.insert(unit.to_owned(), Value::Integer(count.into()));
        self.limits.insert(name.to_owned(), Value::Table(rate));
        self
    }

    pub(crate) fn limit(mut self, name: &str, value: u32) -> Self {
        self.limits
            .insert(name.to_owned(), Value::Integer(value.into()));
        self
    }

    pub(crate) fn setting(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(name.to_owned(), value.into());
        self
    }

    /// The process goes by this clock.
    pub(crate) fn clock(mut self, clock: &WallClock) -> Self {
        self.environment = clock.environment();
        self
    }

    pub(crate) async fn start(self) -> TestHub {
        TestHub::start_with(self).await
    }
}
