//! A data directory with people, servers and messages in it, made straight through
//! the store: hashing thousands of passwords is no part of what is measured.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use battala_hub::{Clock, tokens::Tokens};
use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, MessageId, RoleId, ServerId, SessionId, UserId};
use battala_proto::limits;
use battala_proto::permissions::Permissions;
use battala_store::tables::{channels, hub, members, messages, servers, sessions, users};
use battala_store::{Db, DbError, Options, Tx, args, sql};
use futures_util::future::BoxFuture;

use crate::Result;

/// The key of every seeded data directory; nothing outside of a run trusts it.
pub(crate) const SECRET: [u8; 32] = *b"a key that only a benchmark uses";

/// Ids far below any that a clock makes today, so that they stay apart.
const FIRST_USER: i64 = 1_000_000_000_001;
const FIRST_SESSION: i64 = 2_000_000_000_001;
const FIRST_SERVER: i64 = 3_000_000_000_001;
const FIRST_CHANNEL: i64 = 4_000_000_000_001;
const FIRST_MESSAGE: i64 = 5_000_000_000_001;

/// Accounts in one transaction.
const BATCH: usize = 500;
/// Deletions in one transaction.
const BATCH_DELETED: i64 = 5000;

/// Servers beside those of a plan, and their channels.
const FIRST_LARGE_SERVER: i64 = FIRST_SERVER + 1_000_000;
const FIRST_LARGE_CHANNEL: i64 = FIRST_CHANNEL + 1_000_000_000;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What a hub is to find.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Accounts, each with one session.
    pub(crate) users: usize,
    /// Servers. Of one, all are members; of several, the nth user is a member of the nth.
    pub(crate) servers: usize,
    /// Channels of each server.
    pub(crate) channels: usize,
}

/// What was made.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The accounts.
    pub(crate) users: Vec<UserId>,
    /// Access tokens of the users, in order. They work for ten minutes.
    pub(crate) tokens: Vec<String>,
    /// The servers.
    pub(crate) servers: Vec<ServerId>,
    /// The channels, server by server.
    pub(crate) channels: Vec<ChannelId>,
}

/// What a seeding transaction does.
type Written<'t> = BoxFuture<'t, std::result::Result<(), DbError>>;

/// A data directory whose database is open for seeding.
pub(crate) struct Seed {
    db: Db,
    now: i64,
}

impl Seed {
    /// Makes the directory, its key, and a hub that is set up.
    pub(crate) async fn begin(dir: &Path) -> Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(dir.join("secret.key"))?.write_all(&SECRET)?;
        let db = Db::open(&Options::new(url_in(dir).parse()?)).await?;
        let now = Clock::system().now();
        db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                hub::init(tx, "Bench", "token", now).await?;
                hub::complete_setup(tx, "token", "Bench", "open").await
            })
        })
        .await?;
        Ok(Self { db, now })
    }

    /// Adds people, servers and channels.
    pub(crate) async fn populate(&self, plan: Plan) -> Result<World> {
        let now = self.now;
        for first in (0..plan.users).step_by(BATCH) {
            let batch = first..(first + BATCH).min(plan.users);
            let write = self.db.write(move |tx| add_users(tx, batch, now));
            write.await?;
        }
        for number in 0..plan.servers {
            self.add_server(number, plan).await?;
        }
        let tokens = Tokens::new(&SECRET);
        let token = |number| {
            let user = user_id(number);
            let session = SessionId::from_raw(nth(FIRST_SESSION, number));
            Ok(tokens.issue_access(user, session, 0, now)?.0)
        };
        Ok(World {
            users: (0..plan.users).map(user_id).collect(),
            tokens: (0..plan.users).map(token).collect::<Result<_>>()?,
            servers: (0..plan.servers).map(server_id).collect(),
            channels: (0..plan.servers * plan.channels).map(channel_id).collect(),
        })
    }

    async fn add_server(&self, number: usize, plan: Plan) -> Result<()> {
        let now = self.now;
        let write = self.db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move { add_server(tx, number, plan, now).await })
        });
        write.await?;
        let joining = if plan.servers == 1 {
            0..plan.users
        } else {
            number..number + 1
        };
        for first in joining.clone().step_by(BATCH) {
            let batch = first..(first + BATCH).min(joining.end);
            let write = self
                .db
                .write(move |tx| add_members(tx, server_id(number), batch, now));
            write.await?;
        }
        Ok(())
    }

    /// Fills a channel with messages of the first ten users, a second apart, about 100
    /// characters each; their ids run without a hole from the returned one.
    pub(crate) async fn fill(&self, channel: ChannelId, messages: i64) -> Result<i64> {
        let first = FIRST_MESSAGE + (channel.raw() - FIRST_CHANNEL) * 1_000_000;
        let started = self.now - (messages + 60) * 1000;
        let text = "The quick brown fox jumps over the lazy dog, and nobody in this channel is \
                    surprised by it any more: it has been doing so for years, every single day.";
        let write = self.db.write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let insert = sql!(
                    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) ",
                    "INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) ",
                    "SELECT $2 + i, $3, $4 + i % 10, 0, 0, substr($5, 1 + i * 7 % 40, 60 + i * 13 % 80), ",
                    "'seed-' || $3 || '-' || i, i + 1, i + 1, $6 + i * 1000 FROM n"
                );
                let values = args![messages, first, channel, FIRST_USER, text, started];
                tx.execute(insert, values).await?;
                let heads = sql!("UPDATE channels SET last_seq = $2, last_message_id = $3, last_id = $3 WHERE id = $1");
                tx.execute(heads, args![channel, messages, first + messages - 1]).await
            })
        });
        write.await?;
        Ok(first)
    }

    /// Deletes messages of a channel one by one, as the hub does: each becomes a tombstone with a
    /// number of its own.
    pub(crate) async fn delete(&self, channel: ChannelId, ids: Range<i64>) -> Result<()> {
        let now = self.now;
        let mut rest = ids;
        while !rest.is_empty() {
            let batch = rest.start..(rest.start + BATCH_DELETED).min(rest.end);
            rest.start = batch.end;
            let write = self.db.write(move |tx| delete(tx, channel, batch, now));
            write.await?;
        }
        Ok(())
    }

    /// Makes a user the member of this many servers beside the plan's, each as large as can be:
    /// as many channels as it can have, with topics as long as they can be together.
    pub(crate) async fn enlarge(&self, user: UserId, servers: usize) -> Result<()> {
        let now = self.now;
        for number in 0..servers {
            let write = self
                .db
                .write(move |tx| add_large_server(tx, number, user, now));
            write.await?;
        }
        Ok(())
    }

    /// Closes the database, so that a hub can open it.
    pub(crate) async fn end(self) {
        self.db.close().await;
    }
}

/// The address of the database in a data directory.
pub(crate) fn url_in(dir: &Path) -> String {
    format!("sqlite:{}/battala.db", dir.display())
}

/// An empty place for a data directory.
pub(crate) fn empty_dir(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path)?;
    }
    Ok(fs::create_dir_all(path)?)
}

fn nth(first: i64, number: usize) -> i64 {
    first + i64::try_from(number).unwrap_or(i64::MAX - first)
}

fn user_id(number: usize) -> UserId {
    UserId::from_raw(nth(FIRST_USER, number))
}

fn server_id(number: usize) -> ServerId {
    ServerId::from_raw(nth(FIRST_SERVER, number))
}

fn channel_id(number: usize) -> ChannelId {
    ChannelId::from_raw(nth(FIRST_CHANNEL, number))
}

fn add_users(tx: &mut Tx, numbers: Range<usize>, now: i64) -> Written<'_> {
    Box::pin(async move {
        for number in numbers {
            add_user(tx, nth(FIRST_USER, number), now).await?;
        }
        Ok(())
    })
}

fn add_members(tx: &mut Tx, server: ServerId, numbers: Range<usize>, now: i64) -> Written<'_> {
    Box::pin(async move {
        for number in numbers {
            let user = user_id(number);
            members::insert(tx, (server, user), 1, now).await?;
        }
        Ok(())
    })
}

fn delete(tx: &mut Tx, channel: ChannelId, ids: Range<i64>, now: i64) -> Written<'_> {
    Box::pin(async move {
        for id in ids {
            let key = (channel, MessageId::from_raw(id));
            let come = channels::advance_without(tx, key.0, key.1).await?;
            let come = come.ok_or_else(|| DbError::other("no such channel"))?;
            if !messages::set_deleted(tx, key, come.last_seq, now).await? {
                return Err(DbError::other("no such message"));
            }
        }
        Ok(())
    })
}

async fn add_user(tx: &mut Tx, id: i64, now: i64) -> std::result::Result<(), DbError> {
    let number = id - FIRST_USER;
    let user = users::UserRow {
        id: UserId::from_raw(id),
        username: format!("user{number:06}"),
        display_name: format!("User {number:06}"),
        email: None,
        avatar: None,
        kind: 0,
        is_admin: false,
        can_invite: false,
        rev: 1,
        created_at: now,
    };
    users::insert(tx, &user).await?;
    let session = sessions::SessionRow {
        id: SessionId::from_raw(FIRST_SESSION + number),
        user_id: user.id,
        counter: 0,
        salt: vec![7; 16],
        agent: "bench".to_owned(),
        address: "127.0.0.0".to_owned(),
        created_at: now,
        last_used_at: now,
        idle_expires_at: now + DAY_MS,
        expires_at: now + DAY_MS,
    };
    sessions::insert(tx, &session).await
}

async fn add_server(
    tx: &mut Tx,
    number: usize,
    plan: Plan,
    now: i64,
) -> std::result::Result<(), DbError> {
    let id = server_id(number);
    let owner = if plan.servers == 1 { 0 } else { number };
    add_bare_server(tx, id, user_id(owner), now).await?;
    for position in 0..plan.channels {
        let channel = channels::ChannelRow {
            id: channel_id(number * plan.channels + position),
            server_id: id,
            r#type: ChannelKind::Text,
            name: format!("channel-{position}"),
            topic: String::new(),
            position: nth(0, position),
            created_at: now,
        };
        channels::insert(tx, &channel).await?;
    }
    Ok(())
}

fn add_large_server(tx: &mut Tx, number: usize, user: UserId, now: i64) -> Written<'_> {
    Box::pin(async move {
        let id = ServerId::from_raw(nth(FIRST_LARGE_SERVER, number));
        add_bare_server(tx, id, user, now).await?;
        let channels = limits::CHANNELS_PER_SERVER_MAX;
        let topic_bytes = limits::TOPICS_PER_SERVER_BYTES_MAX / channels;
        let topic = "t".repeat(usize::try_from(topic_bytes).unwrap_or_default());
        let first = nth(FIRST_LARGE_CHANNEL, number * 1000);
        for position in 0..channels {
            let channel = channels::ChannelRow {
                id: ChannelId::from_raw(first + position),
                server_id: id,
                r#type: ChannelKind::Text,
                name: format!("channel-{position}"),
                topic: topic.clone(),
                position,
                created_at: now,
            };
            channels::insert(tx, &channel).await?;
        }
        members::insert(tx, (id, user), 1, now).await?;
        Ok(())
    })
}

/// A server without channels and members.
async fn add_bare_server(
    tx: &mut Tx,
    id: ServerId,
    owner_id: UserId,
    now: i64,
) -> std::result::Result<(), DbError> {
    let server = servers::ServerRow {
        id,
        name: format!("Server {id}"),
        icon: None,
        owner_id,
        counters: servers::Counters {
            epoch: 1,
            structure_rev: 1,
            rights_version: 1,
        },
        member_count: 0,
        created_at: now,
    };
    servers::insert(tx, &server).await?;
    let everyone = servers::RoleRow {
        id: RoleId::from_raw(id.raw()),
        server_id: id,
        name: "everyone".to_owned(),
        permissions: Permissions::EVERYONE_DEFAULT.bits(),
        position: 0,
    };
    servers::insert_role(tx, &everyone).await
}
