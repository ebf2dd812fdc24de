//! One serving process per database: a lock of the server's, held by a connection of its own for as
//! long as the process lives.
//!
//! This module does not know what serving is, nor any table.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{Mutex, Notify, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{OpenError, migrate::LOCK_KEY};

/// Beside the key of the migrations: commands that visit a database that is served still take turns
/// there, and do not ask for this one.
const CLAIM_KEY: i64 = LOCK_KEY + 1;
/// How long another may hold the lock before this process gives up: the session of one that was
/// killed a moment ago is still being cleaned up.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two attempts, and between two looks at the connection.
const AGAIN: Duration = Duration::from_millis(250);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A server that does not answer a look for this long is lost.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The server notices within seconds that the machine of the holder is gone (it could not tell
/// otherwise for hours), so that the next process can start.
const SESSION: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; \
                       SET tcp_keepalives_count = 3; SET statement_timeout = '5s'";

/// The lock, while it is held.
pub(super) struct Claim {
    closing: Arc<Notify>,
    holder: Mutex<Option<JoinHandle<()>>>,
}

impl Claim {
    /// Takes the lock; `fatal` is told when it is lost to another process later.
    #[expect(
        clippy::disallowed_methods,
        reason = "tracked by its handle, which `give_back` waits for"
    )]
    pub(super) async fn take(
        server: &PgConnectOptions,
        fatal: watch::Sender<Option<Arc<str>>>,
    ) -> Result<Self, OpenError> {
        let mut conn = connect(server).await?;
        refuse_pooler(&mut conn, server).await?;
        let began = Instant::now();
        while !try_lock(&mut conn).await? {
            if began.elapsed() > WAIT_MAX {
                return Err(OpenError::Served);
            }
            sleep(AGAIN).await;
        }
        let closing = Arc::new(Notify::new());
        let (server, closed) = (server.clone(), Arc::clone(&closing));
        let holder = tokio::spawn(async move {
            tokio::select! {
                () = closed.notified() => {}
                () = hold(conn, &server) => {
                    let reason = OpenError::Served.to_string();
                    tracing::error!(%reason, "the database was lost to another process");
                    fatal.send_replace(Some(Arc::from(reason)));
                }
            }
        });
        Ok(Self {
            closing,
            holder: Mutex::new(Some(holder)),
        })
    }

    /// Ends the connection, and the lock with it.
    pub(super) async fn give_back(&self) {
        self.closing.notify_one();
        if let Some(holder) = self.holder.lock().await.take() {
            drop(holder.await);
        }
    }
}

/// Returns when another process has the lock.
async fn hold(mut conn: PgConnection, server: &PgConnectOptions) {
    loop {
        while let Ok(Ok(())) = timeout(ANSWER_MAX, conn.ping()).await {
            sleep(LOOK_EVERY).await;
        }
        tracing::warn!("the connection that claims the database was lost");
        match claim_again(server).await {
            Some(again) => conn = again,
            None => return,
        }
        tracing::info!("the database is claimed again");
    }
}

/// `None` when another process holds the lock and keeps it. A server that cannot be reached is lost
/// for all alike, and is waited for.
async fn claim_again(server: &PgConnectOptions) -> Option<PgConnection> {
    let mut refused: Option<Instant> = None;
    loop {
        let attempt = async {
            let mut conn = connect(server).await?;
            let is_locked = try_lock(&mut conn).await?;
            Ok::<_, sqlx::Error>(is_locked.then_some(conn))
        };
        match timeout(ANSWER_MAX, attempt).await {
            Ok(Ok(Some(conn))) => return Some(conn),
            Ok(Ok(None)) => {
                let since = *refused.get_or_insert_with(Instant::now);
                if since.elapsed() > WAIT_MAX {
                    return None;
                }
            }
            Ok(Err(_)) | Err(_) => refused = None,
        }
        sleep(AGAIN).await;
    }
}

async fn connect(server: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut conn = PgConnection::connect_with(server).await?;
    conn.execute(SESSION).await?;
    Ok(conn)
}

async fn try_lock(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(CLAIM_KEY)
        .fetch_one(conn)
        .await
}

/// What is set for a session, and locks of a session, need one that is the client's own. Two
/// clients that meet in one session of the server, or one that changes sessions, share them.
async fn refuse_pooler(
    conn: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<(), OpenError> {
    let own = session_of(conn).await?;
    let mut other = PgConnection::connect_with(server).await?;
    other.execute("BEGIN").await?;
    let is_shared = session_of(&mut other).await? == own || session_of(conn).await? != own;
    other.execute("ROLLBACK").await?;
    other.close().await?;
    if is_shared {
        return Err(OpenError::Pooled);
    }
    Ok(())
}

/// Without preparing it: names of prepared statements are shared behind a pooler, too.
async fn session_of(conn: &mut PgConnection) -> Result<i32, sqlx::Error> {
    use sqlx::Row as _;
    let row = conn.fetch_one("SELECT pg_backend_pid()").await?;
    row.try_get(0)
}
