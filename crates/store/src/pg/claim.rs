//! One serving process per database: a lock of the server's, held by a connection of its own for as
//! long as the process lives.
//!
//! Who takes it shuts all others out (`fence`) and looks whether the database is where it was left
//! (`place`). This module does not know what serving is, nor any table.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{Mutex, Notify, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{
    fence::{self, CLAIM_KEY, Fence, Holder, is_served_unclaimed},
    place::Place,
    reach,
};
use crate::OpenError;

/// How long another may hold the lock before this process gives up: the session of one that was
/// killed a moment ago is still being cleaned up.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two attempts, and between two looks at the connection.
const AGAIN: Duration = Duration::from_millis(250);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A server that does not answer a look for this long is lost.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How long taking the claim again may take: others may have to end before.
const AGAIN_MAX: Duration = Duration::from_secs(15);

/// The server notices within seconds that the machine of the holder is gone (it could not tell
/// otherwise for hours), so that the next process can start.
const SESSION: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; \
                       SET tcp_keepalives_count = 3; SET statement_timeout = '5s'";

/// What a session is called that asks for the claim.
const ASKING: &str = "battala claim";

/// The lock, while it is held.
pub(super) struct Claim {
    fence: Arc<Fence>,
    closing: Arc<Notify>,
    holder: Mutex<Option<JoinHandle<()>>>,
}

/// Why a process cannot go on.
enum Lost {
    /// Another process serves the database.
    Taken,
    /// The database is not where this process left it.
    Past,
}

/// What came of asking for the lock.
enum Asked {
    Taken,
    Refused,
    /// A standby has locks, and nothing can be written there.
    Standby,
}

/// A session of this process's own, which may ask for the lock.
pub(super) struct Asking {
    conn: PgConnection,
    server: PgConnectOptions,
}

impl Asking {
    pub(super) async fn connect(server: &PgConnectOptions) -> Result<Self, OpenError> {
        let server = server.clone().application_name(ASKING);
        let mut conn = reach::connect(&server).await?;
        conn.execute(SESSION).await?;
        refuse_pooler(&mut conn, &server).await?;
        Ok(Self { conn, server })
    }

    /// To look before it asks.
    pub(super) fn session(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

impl Claim {
    /// Takes the lock; `fatal` is told when it is lost to another process later.
    #[expect(
        clippy::disallowed_methods,
        reason = "tracked by its handle, which `give_back` waits for"
    )]
    pub(super) async fn take(
        Asking { mut conn, server }: Asking,
        fatal: watch::Sender<Option<Arc<str>>>,
    ) -> Result<Self, OpenError> {
        let began = Instant::now();
        loop {
            let refusal = match ask(&mut conn).await? {
                // Waits with the lock in its hand, which it may take again.
                Asked::Taken if is_served_unclaimed(&mut conn).await? => OpenError::Served,
                Asked::Taken => break,
                Asked::Refused => OpenError::Served,
                Asked::Standby => OpenError::Standby,
            };
            if began.elapsed() > WAIT_MAX {
                return Err(refusal);
            }
            sleep(AGAIN).await;
        }
        let fence = Arc::new(Fence::new(fence::new_name(&mut conn).await?));
        if !fence.shut_others_out(&mut conn).await? {
            return Err(OpenError::Served);
        }
        fence.set_place(Place::read(&mut conn).await?);
        let closing = Arc::new(Notify::new());
        let (closed, kept) = (Arc::clone(&closing), Arc::clone(&fence));
        let holder = tokio::spawn(async move {
            tokio::select! {
                () = closed.notified() => {}
                lost = hold(conn, &server, &kept) => {
                    let reason = lost.reason();
                    tracing::error!(%reason, "the database was lost");
                    fatal.send_replace(Some(Arc::from(reason)));
                }
            }
        });
        Ok(Self {
            fence,
            closing,
            holder: Mutex::new(Some(holder)),
        })
    }

    /// What the sessions of this process have to pass.
    pub(super) fn fence(&self) -> &Arc<Fence> {
        &self.fence
    }

    /// Ends the connection, and the lock with it.
    pub(super) async fn give_back(&self) {
        self.closing.notify_one();
        if let Some(holder) = self.holder.lock().await.take() {
            drop(holder.await);
        }
    }
}

impl Lost {
    fn reason(&self) -> String {
        match self {
            Self::Taken => OpenError::Served.to_string(),
            Self::Past => {
                "another server took the database over, perhaps without the last writes; \
                           the next start has clients begin anew"
                    .to_owned()
            }
        }
    }
}

/// Returns when this process cannot have the lock any more.
async fn hold(mut conn: PgConnection, server: &PgConnectOptions, fence: &Fence) -> Lost {
    loop {
        while let Ok(Ok(())) = timeout(ANSWER_MAX, look(&mut conn, fence)).await {
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = fence.doubted() => {}
            }
        }
        fence.set_held(false);
        let lost = Instant::now();
        tracing::warn!("the connection that claims the database was lost");
        match claim_again(server, fence).await {
            Ok(again) => conn = again,
            Err(lost) => return lost,
        }
        fence.set_held(true);
        let away_ms = u64::try_from(lost.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(away_ms, "the database is claimed again");
    }
}

/// Whether the connection is there, and where the database stands.
async fn look(conn: &mut PgConnection, fence: &Fence) -> Result<(), sqlx::Error> {
    if fence.place().is_none() {
        return conn.ping().await;
    }
    if let Some(place) = Place::read(conn).await? {
        fence.set_place(Some(place));
    }
    Ok(())
}

/// A server that cannot be reached is lost for all alike, and is waited for.
async fn claim_again(server: &PgConnectOptions, fence: &Fence) -> Result<PgConnection, Lost> {
    let mut refused: Option<Instant> = None;
    loop {
        match timeout(AGAIN_MAX, attempt(server, fence)).await {
            Ok(Ok(Attempt::Claimed(conn))) => return Ok(conn),
            Ok(Ok(Attempt::Lost(lost))) => return Err(lost),
            Ok(Ok(Attempt::Refused)) => {
                let since = *refused.get_or_insert_with(Instant::now);
                if since.elapsed() > WAIT_MAX {
                    return Err(Lost::Taken);
                }
            }
            Ok(Ok(Attempt::Standby) | Err(_)) | Err(_) => refused = None,
        }
        sleep(AGAIN).await;
    }
}

/// What came of one attempt to have the lock again.
enum Attempt {
    Claimed(PgConnection),
    Refused,
    Standby,
    Lost(Lost),
}

async fn attempt(server: &PgConnectOptions, fence: &Fence) -> Result<Attempt, sqlx::Error> {
    let mut conn = connect(server).await?;
    let mut asked = ask(&mut conn).await?;
    if matches!(asked, Asked::Refused) {
        match fence.holder(&mut conn).await? {
            // The server has not noticed yet that nobody is at its other end.
            Holder::Own(session) => {
                fence::end(&mut conn, session).await?;
                sleep(AGAIN).await;
                asked = ask(&mut conn).await?;
            }
            Holder::Other => return Ok(Attempt::Lost(Lost::Taken)),
            Holder::Unknown => {}
        }
    }
    match asked {
        Asked::Taken => {}
        Asked::Refused => return Ok(Attempt::Refused),
        Asked::Standby => return Ok(Attempt::Standby),
    }
    // Before any session of this process is admitted here.
    let place = Place::read(&mut conn).await?;
    if let (Some(place), Some(earlier)) = (place, fence.place())
        && !place.follows(&earlier)
    {
        fence.set_went_back();
        return Ok(Attempt::Lost(Lost::Past));
    }
    if !fence.shut_others_out(&mut conn).await? {
        return Ok(Attempt::Refused);
    }
    Ok(Attempt::Claimed(conn))
}

async fn connect(server: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut conn = timeout(ANSWER_MAX, PgConnection::connect_with(server))
        .await
        .map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
    conn.execute(SESSION).await?;
    Ok(conn)
}

async fn ask(conn: &mut PgConnection) -> Result<Asked, sqlx::Error> {
    let statement = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL \
                     ELSE pg_try_advisory_lock($1) END";
    let is_taken: Option<bool> = sqlx::query_scalar(statement)
        .bind(CLAIM_KEY)
        .fetch_one(conn)
        .await?;
    Ok(match is_taken {
        Some(true) => Asked::Taken,
        Some(false) => Asked::Refused,
        None => Asked::Standby,
    })
}

/// What is set for a session, and locks of a session, need one that is the client's own. Two
/// clients that meet in one session of the server, or one that changes sessions, share them.
async fn refuse_pooler(
    conn: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<(), OpenError> {
    let own = session_of(conn).await?;
    let mut other = reach::connect(server).await?;
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
