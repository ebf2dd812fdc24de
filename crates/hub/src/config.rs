//! What the hub can be told from outside. Parsed by the binary, handed down once.

/// Settings of the hub's use cases.
#[derive(Debug, Clone)]
pub struct Config {
    /// How people reach the hub, without a trailing slash: `https://chat.example.org`.
    pub public_url: String,
    /// The rates.
    pub limits: Limits,
    /// Work factor of new password hashes (bcrypt: 2^cost rounds).
    pub password_cost: u32,
    /// Hashes that run at the same time.
    pub password_workers: usize,
    /// Requests that may wait for a hash; more are refused.
    pub password_queue: usize,
    /// How long the hub makes ids without an answer of the database, in milliseconds;
    /// after that, another process can have its node number.
    pub node_lease_ms: u32,
    /// How long what a deleted message leaves is kept at least, in seconds.
    pub tombstones_kept_s: u32,
}

/// A rate: `burst` at once, then so many in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests that may come at once.
    pub burst: u32,
    /// Requests that come back per period.
    pub count: u32,
    /// The period.
    minutes: u32,
}

impl Rate {
    /// `burst` at once, then `per_minute`.
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        Self {
            burst,
            count: per_minute,
            minutes: 1,
        }
    }

    /// `burst` at once, then `per_hour`: for what one does once.
    pub const fn hourly(burst: u32, per_hour: u32) -> Self {
        Self {
            burst,
            count: per_hour,
            minutes: 60,
        }
    }

    /// So many times as much.
    pub(crate) const fn times(self, shares: u32) -> Self {
        Self {
            burst: self.burst.saturating_mul(shares),
            count: self.count.saturating_mul(shares),
            minutes: self.minutes,
        }
    }

    /// The time in which one request comes back, in microseconds.
    pub(crate) fn interval_us(self) -> i64 {
        let period_us = i64::from(self.minutes) * 60_000_000;
        (period_us / i64::from(self.count.max(1))).max(1)
    }
}

/// The rates of the hub. Each is kept per account, or per address where nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages, per account.
    pub send: Rate,
    /// Typing hints, per account over all channels.
    pub typing: Rate,
    /// Changes other than messages, per account.
    pub write: Rate,
    /// New display names, per account: each is told to everybody in its servers.
    pub display_name: Rate,
    /// New names of servers and channels, per account: each is told to everybody there.
    pub rename: Rate,
    /// Reads, per account.
    pub read: Rate,
    /// What needs no account and has no rate of its own, per address and operation.
    pub anonymous: Rate,
    /// What comes to no operation, or is none when it is looked at, per address.
    pub no_operation: Rate,
    /// Sign-ins, per address.
    pub login: Rate,
    /// New accounts, per address.
    pub register: Rate,
    /// Changes that need the password once more, per session, and where it is right per account.
    pub password: Rate,
    /// Look-ups of invites, per address.
    pub invite: Rate,
    /// New connections, per address.
    pub connect: Rate,
    /// Parts of structure that connections are sent when they come, per account: beyond, they come
    /// more slowly.
    pub structure: Rate,
    /// Refused commands, per account; a connection that goes on beyond it is closed.
    pub refused: Rate,
    /// Connections of one account.
    pub sockets_per_user: u32,
    /// How long a connection may go on after its access token expired, in milliseconds.
    pub token_grace_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            send: Rate::new(30, 600),
            // More than one person types: a client says so every four seconds.
            typing: Rate::new(2, 20),
            write: Rate::new(60, 300),
            // One tries a few and then keeps one; each may be told to ten thousand.
            display_name: Rate::hourly(5, 10),
            // Who puts a server in order renames all of its channels, once.
            rename: Rate::hourly(20, 120),
            read: Rate::new(200, 2400),
            anonymous: Rate::new(200, 1200),
            no_operation: Rate::new(200, 1200),
            login: Rate::new(30, 30),
            // A class behind one address registers at once, with some typing errors; nobody has a
            // reason to go on for hours.
            register: Rate::hourly(50, 5),
            // Nobody changes a password or an address ten times, but one may mistype.
            password: Rate::hourly(10, 12),
            // A class behind one address opens one at once, and once more after signing in. No
            // number of look-ups finds a code by chance.
            invite: Rate::new(150, 100),
            connect: Rate::new(100, 600),
            // A hundred servers of a usual size are two hundred parts: several devices that come at
            // once wait for nothing.
            structure: Rate::new(1000, 6000),
            refused: Rate::new(300, 60),
            sockets_per_user: 10,
            token_grace_ms: 60_000,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            public_url: "http://127.0.0.1:3000".to_owned(),
            limits: Limits::default(),
            password_cost: 12,
            // Half of the cores, but two where there are two: on small machines sign-ins come in
            // bursts, and one worker would make the tenth wait for seconds.
            password_workers: (cores / 2).max(cores.min(2)),
            // A quarter is for one network: a class behind one address signs in at once.
            password_queue: 128,
            node_lease_ms: 60_000,
            tombstones_kept_s: 30 * 24 * 60 * 60,
        }
    }
}
