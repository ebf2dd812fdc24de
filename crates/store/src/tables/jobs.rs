//! The queue of jobs: what the hub has still to do by itself.
//!
//! A run is a claim with a number of its own, and every change of a job that a run makes names it,
//! so that a run whose lease was over changes nothing. This module does not know what the kinds are.

use battala_proto::id::{JobId, UserId};

use crate::{Conn, DbError, args, row, sql};

/// A job to be queued; it may run at once.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// What is done.
    pub kind: &'static str,
    /// To what: a subject has one job of a kind. `None`: each is a job of its own.
    pub subject: Option<i64>,
    /// What it takes to do it.
    pub payload: String,
    /// The account that caused it.
    pub cause: Option<UserId>,
    /// Now.
    pub created_at: i64,
}

row! {
    /// A job whose run has begun.
    #[derive(Debug, Clone)]
    pub struct ClaimedRow {
        pub id: JobId,
        pub kind: String,
        pub payload: String,
        pub asked: i64,
        pub attempts: i64,
    }

    /// A job that has failed for good.
    #[derive(Debug, Clone)]
    pub struct FailedRow {
        pub id: JobId,
        pub kind: String,
        pub payload: String,
        pub last_error: Option<String>,
        pub failed_at: i64,
    }

    /// How many jobs there are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct CountRow {
        pub waiting: i64,
        pub failed: i64,
    }
}

/// A run of a job, as its changes name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The job.
    pub id: JobId,
    /// The number of the run.
    pub claim: i64,
}

/// When a job counts as due, and how long whoever begins it has it.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Now.
    pub now: i64,
    /// A job that waits for a later time than this was put off by a clock that has been set back.
    pub horizon: i64,
    /// The end of the lease.
    pub until: i64,
}

/// Queues a job, or asks once more for the one of this kind and subject, failed or not. One that is
/// running runs once more.
pub async fn insert(conn: &mut Conn, job: NewJob) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO jobs (id, kind, subject, payload, cause, asked, attempts, run_after, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, 1, 0, 0, $6) ",
        "ON CONFLICT (kind, subject) DO UPDATE SET asked = jobs.asked + 1, payload = excluded.payload, ",
        "attempts = 0, failed_at = NULL, ",
        "run_after = CASE WHEN jobs.claim IS NULL THEN 0 ELSE jobs.run_after END"
    );
    let arguments = args![
        job.id,
        job.kind,
        job.subject,
        job.payload,
        job.cause,
        job.created_at
    ];
    conn.execute(statement, arguments).await?;
    Ok(())
}

/// How many jobs an account has caused that are there, counted up to a bound.
pub async fn caused_by(conn: &mut Conn, cause: UserId, up_to: i64) -> Result<i64, DbError> {
    let statement =
        sql!("SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE cause = $1 LIMIT $2) caused");
    conn.fetch_one(statement, args![cause, up_to]).await
}

/// When the next run may begin; `None` when nothing waits.
pub async fn next_run(conn: &mut Conn) -> Result<Option<i64>, DbError> {
    let statement =
        sql!("SELECT run_after FROM jobs WHERE failed_at IS NULL ORDER BY run_after LIMIT 1");
    conn.fetch_optional(statement, args![]).await
}

/// Begins a run of the job that has waited for longest. Of two that try at once, one gets it.
pub async fn claim(
    conn: &mut Conn,
    claim: i64,
    terms: Terms,
) -> Result<Option<ClaimedRow>, DbError> {
    let statement = sql!(
        "UPDATE jobs SET claim = $1, attempts = attempts + 1, run_after = $2 ",
        "WHERE failed_at IS NULL AND (run_after <= $3 OR run_after > $4) AND id = ",
        "(SELECT id FROM jobs WHERE failed_at IS NULL AND (run_after <= $3 OR run_after > $4) ",
        "ORDER BY run_after, id LIMIT 1) ",
        "RETURNING ",
        columns(ClaimedRow)
    );
    let arguments = args![claim, terms.until, terms.now, terms.horizon];
    conn.fetch_optional(statement, arguments).await
}

/// Goes on with a run that has made progress; `false` when it is another's by now.
pub async fn renew(conn: &mut Conn, run: Run, until: i64) -> Result<bool, DbError> {
    let statement =
        sql!("UPDATE jobs SET run_after = $3, attempts = 1 WHERE id = $1 AND claim = $2");
    Ok(conn
        .execute(statement, args![run.id, run.claim, until])
        .await?
        == 1)
}

/// Removes a job that is done, or lets it run once more where it was asked for meanwhile; `false` when
/// it is another's by now.
pub async fn finish(conn: &mut Conn, run: Run, asked: i64) -> Result<bool, DbError> {
    let remove = sql!("DELETE FROM jobs WHERE id = $1 AND claim = $2 AND asked = $3");
    let removed = conn
        .execute(remove, args![run.id, run.claim, asked])
        .await?;
    if removed == 1 {
        return Ok(true);
    }
    let again = sql!(
        "UPDATE jobs SET claim = NULL, run_after = 0, attempts = 0 WHERE id = $1 AND claim = $2"
    );
    Ok(conn.execute(again, args![run.id, run.claim]).await? == 1)
}

/// How a run ended that did not do its job.
#[derive(Debug, Clone)]
pub struct Setback {
    /// The runs that count as tried.
    pub attempts: i64,
    /// When the next one may begin.
    pub run_after: i64,
    /// When the job was given up, if it was.
    pub failed_at: Option<i64>,
    /// Why; `None` leaves what is there.
    pub error: Option<String>,
}

/// Puts a job off, or gives it up; `false` when it is another's by now.
pub async fn put_off(conn: &mut Conn, run: Run, setback: Setback) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE jobs SET claim = NULL, attempts = $3, run_after = $4, failed_at = $5, ",
        "last_error = COALESCE($6, last_error) WHERE id = $1 AND claim = $2"
    );
    let arguments = args![
        run.id,
        run.claim,
        setback.attempts,
        setback.run_after,
        setback.failed_at,
        setback.error
    ];
    Ok(conn.execute(statement, arguments).await? == 1)
}

/// Takes every run back: for the one process that runs jobs, when it begins.
pub async fn release(conn: &mut Conn) -> Result<u64, DbError> {
    let statement = sql!(
        "UPDATE jobs SET claim = NULL, run_after = 0 WHERE claim IS NOT NULL AND failed_at IS NULL"
    );
    conn.execute(statement, args![]).await
}

/// Asks for all failed jobs once more; how many.
pub async fn retry_failed(conn: &mut Conn) -> Result<u64, DbError> {
    let statement = sql!(
        "UPDATE jobs SET failed_at = NULL, attempts = 0, run_after = 0 WHERE failed_at IS NOT NULL"
    );
    conn.execute(statement, args![]).await
}

/// How many jobs wait, those that run included, and how many have failed.
pub async fn count(conn: &mut Conn) -> Result<CountRow, DbError> {
    let statement = sql!(
        "SELECT COALESCE(SUM(CASE WHEN failed_at IS NULL THEN 1 ELSE 0 END), 0) AS waiting, ",
        "COALESCE(SUM(CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END), 0) AS failed FROM jobs"
    );
    conn.fetch_one(statement, args![]).await
}

/// The jobs that failed last, newest first.
pub async fn failed(conn: &mut Conn, limit: u32) -> Result<Vec<FailedRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(FailedRow),
        " FROM jobs WHERE failed_at IS NOT NULL ORDER BY failed_at DESC, id DESC LIMIT $1"
    );
    conn.fetch_all(statement, args![i64::from(limit)]).await
}
