//! The settings as they are written, with their defaults.
//!
//! The names of the fields are the keys of the file and, joined with `_`, of the
//! environment: adding a field here is all it takes to add a setting. The comments of the fields are
//! the table of settings in `docs/operating.md`.

use battala_proto::hub::{Inviters, Registration};
use serde::{Deserialize, Serialize};

/// Everything that can be set. An empty text means "not set".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Document {
    /// The address and port to listen on.
    pub(crate) listen: String,
    /// The directory of the database, the key and the files; for this hub only.
    pub(crate) data_dir: String,
    /// `sqlite:path` or `postgres://user:password@host/name`, with `@`, `:` and `/` of a password as
    /// `%40`, `%3A`, `%2F`; empty: `battala.db` in `data_dir`. A missing file is made, with a line in
    /// the log; a missing folder, an unknown parameter or a path that names a folder is refused.
    pub(crate) database_url: String,
    /// How people reach the hub, e.g. `https://chat.example.org`; empty: `http://` and `listen`.
    pub(crate) public_url: String,
    /// Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<String>,
    /// Other origins whose pages may call the API.
    pub(crate) cors_origins: Vec<String>,
    /// What is logged, and how.
    pub(crate) log: Log,
    /// Answers to the setup page, so that the first start needs no one.
    pub(crate) setup: Setup,
    /// Rates, queues and waits.
    pub(crate) limits: Limits,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `off`, `error`, `warn`, `info`, `debug`, `trace`, or by target: `warn,battala_hub=debug`
    /// ([logging.md](logging.md)).
    pub(crate) level: String,
    #[serde(deserialize_with = "super::choice::read")]
    /// `json`, `pretty`, or `auto`, which is pretty on a terminal and JSON elsewhere.
    pub(crate) format: LogFormat,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Readable on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// Answers to the setup page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Setup {
    /// The administrator's username, see above; empty: the setup page asks.
    pub(crate) admin_name: String,
    /// The administrator's password.
    pub(crate) admin_password: String,
    /// What the hub is called. The setup page begins with it.
    pub(crate) hub_name: String,
    #[serde(deserialize_with = "super::choice::read")]
    /// `open` or `invite`: who may make an account, see below. The setup page begins with it.
    pub(crate) registration: Registration,
    #[serde(deserialize_with = "super::choice::read")]
    /// `named` or `everyone`: whose invites make accounts, see below. The setup page begins with it.
    pub(crate) inviters: Inviters,
}

/// `burst` requests at once, then `per_minute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// Requests that may come at once.
    pub(crate) burst: u32,
    /// Requests that come back per minute.
    pub(crate) per_minute: u32,
}

/// `burst` requests at once, then `per_hour`: for what one does once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HourlyRate {
    /// Requests that may come at once.
    pub(crate) burst: u32,
    /// Requests that come back per hour.
    pub(crate) per_hour: u32,
}

/// Rates, queues and waits. Beyond a rate: 429; beyond a queue: see each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Connections of the whole hub; lowered to the limit of open files, see below.
    pub(crate) connections: u32,
    /// Connections of one address; then its idlest goes. Trusted proxies have no such bound.
    pub(crate) connections_per_address: u32,
    /// Connections per account; then one that has left a ping unanswered for five seconds goes, or
    /// the new one is refused.
    pub(crate) sockets_per_user: u32,
    /// How long a connection may go on after its access token expired; then it is closed.
    pub(crate) token_grace_ms: u32,
    /// Connections per address on which nobody has signed in yet; more wait for their turn, see below.
    pub(crate) unauthenticated_per_address: u32,
    /// Commands of one connection that wait for their answer; beyond, it is not read.
    pub(crate) inbound_queue: u32,
    /// Packets that may wait for one connection; beyond, it is cut and resumes by sync.
    pub(crate) outbound_packets: u32,
    /// Bytes that may wait for one connection; beyond, it is cut and resumes by sync.
    pub(crate) outbound_bytes: u32,
    /// Time between two signs of life of a connection.
    pub(crate) ping_interval_ms: u32,
    /// Time to answer one.
    pub(crate) ping_timeout_ms: u32,
    /// Time to sign in on a new connection.
    pub(crate) connect_timeout_ms: u32,
    /// Time to send the head of a request.
    pub(crate) header_timeout_ms: u32,
    /// Work factor of new password hashes: 2 to this power rounds. Below 12 is for tests only.
    pub(crate) password_cost: u32,
    /// Password hashes computed at the same time; 0: half of the processor's cores, but two of three, and
    /// all of one or two.
    pub(crate) password_workers: u32,
    /// Requests that may wait for a hash, a quarter of them from one network; more are refused.
    pub(crate) password_queue: u32,
    /// How long the hub makes ids without an answer of the database; after that, another process can
    /// have its node number.
    pub(crate) node_lease_ms: u32,
    /// How long what a deleted message leaves is kept at least.
    pub(crate) tombstones_kept_s: u32,
    /// Messages, per account.
    pub(crate) send: Rate,
    /// Typing hints, per account over all channels.
    pub(crate) typing: Rate,
    /// New display names, per account; each is told to everybody in its servers.
    pub(crate) display_name: HourlyRate,
    /// New names of servers and channels, per account; each is told to everybody there.
    pub(crate) rename: HourlyRate,
    /// Other changes, per account.
    pub(crate) write: Rate,
    /// Reads, per account.
    pub(crate) read: Rate,
    /// What needs no account and has no rate of its own, per address and operation.
    pub(crate) anonymous: Rate,
    /// What comes to no operation, is malformed, or lacks the account it needs, per address, or per
    /// account or session of the token that came along.
    pub(crate) no_operation: Rate,
    /// Sign-ins, per address.
    pub(crate) login: Rate,
    /// New accounts, per address.
    pub(crate) register: HourlyRate,
    /// Changes that need the password once more, per session, and where it is right per account.
    pub(crate) password: HourlyRate,
    /// Look-ups of invites, per address.
    pub(crate) invite: Rate,
    /// New connections, per session and account, and per address what has no valid token.
    pub(crate) connect: Rate,
    /// Parts of structure that connections are sent when they come, per account; beyond, slower.
    pub(crate) structure: Rate,
    /// Refused commands, per account; a connection that goes on beyond it is closed.
    pub(crate) refused: Rate,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:3000".to_owned(),
            data_dir: "data".to_owned(),
            database_url: String::new(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            log: Log::default(),
            setup: Setup::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Auto,
        }
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            admin_name: String::new(),
            admin_password: String::new(),
            hub_name: "Battala Hub".to_owned(),
            registration: Registration::Invite,
            inviters: Inviters::Named,
        }
    }
}

/// Four commits: one holds up to 256 writes, and the events of all of them go to every reader at
/// once. Less would cut who reads promptly but has not had a turn (`docs/decisions/0006`).
const OUTBOUND_PACKETS: u32 = 4 * 256;
/// As many packets of the size of a long message. They are events, encoded once for all connections
/// that they wait for, so that this is no memory of each. What one connection alone is sent has a
/// bound for all connections together, with a share for each account and address.
const OUTBOUND_BYTES: u32 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        // The rates are the hub's own, and stand there.
        let hub = battala_hub::Limits::default();
        Self {
            connections: 100_000,
            connections_per_address: 1024,
            sockets_per_user: hub.sockets_per_user,
            token_grace_ms: hub.token_grace_ms,
            unauthenticated_per_address: 10,
            inbound_queue: 64,
            outbound_packets: OUTBOUND_PACKETS,
            outbound_bytes: OUTBOUND_BYTES,
            ping_interval_ms: 25_000,
            ping_timeout_ms: 20_000,
            connect_timeout_ms: 5_000,
            header_timeout_ms: 10_000,
            password_cost: battala_hub::Config::default().password_cost,
            password_workers: 0,
            password_queue: 128,
            node_lease_ms: battala_hub::Config::default().node_lease_ms,
            tombstones_kept_s: battala_hub::Config::default().tombstones_kept_s,
            send: hub.send.into(),
            typing: hub.typing.into(),
            display_name: hub.display_name.into(),
            rename: hub.rename.into(),
            write: hub.write.into(),
            read: hub.read.into(),
            anonymous: hub.anonymous.into(),
            no_operation: hub.no_operation.into(),
            login: hub.login.into(),
            register: hub.register.into(),
            password: hub.password.into(),
            invite: hub.invite.into(),
            connect: hub.connect.into(),
            structure: hub.structure.into(),
            refused: hub.refused.into(),
        }
    }
}
