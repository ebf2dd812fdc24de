//! What a hub still has to do when its test is over: nothing, soon, and nothing may have failed.

use std::thread;
use std::time::Duration;

use battala_store::tables::jobs::{self, CountRow, FailedRow};
use battala_store::{Db, Options};
use tokio::time::Instant;

use super::watched::deadline;

/// Failed jobs that are shown.
const SHOWN: u32 = 10;

/// Waits until the queue of jobs in this database is empty. On a thread of its own, since the end of
/// a test waits for nothing else.
pub(super) fn wait_for_jobs(database_url: &str) -> Result<(), String> {
    let url = database_url.to_owned();
    let waiting = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(until_done(&url))
    });
    waiting.join().expect("it does not panic")
}

async fn until_done(url: &str) -> Result<(), String> {
    let until = deadline();
    loop {
        let (count, failed) = look(url).await?;
        if count.failed > 0 {
            return Err(format!("jobs have failed: {failed:#?}"));
        }
        if count.waiting == 0 {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!("{} jobs are not done", count.waiting));
        }
        // Between two looks at what announces nothing.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn look(url: &str) -> Result<(CountRow, Vec<FailedRow>), String> {
    let options = Options::new(url.parse().map_err(|error| format!("{error}"))?);
    let mut reader = Db::read_beside(&options).await.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {source:?}")
    })?;
    let count = jobs::count(&mut reader).await;
    let failed = jobs::failed(&mut reader, SHOWN).await;
    let text = |error| format!("{error:?}");
    Ok((count.map_err(text)?, failed.map_err(text)?))
}
