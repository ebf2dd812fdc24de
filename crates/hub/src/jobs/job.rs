//! What the hub has to do by itself, and what is stored of it. Knows neither its queue nor its work.

use std::fmt;

use battala_proto::id::{ChannelId, JobId, ServerId, UserId};
use battala_store::tables::jobs::NewJob;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// Something that the hub does after the commit that makes it due, however often the process ends in
/// between. To do it twice is to do it once.
///
/// What is stored of it is read by later releases: a kind keeps its name and its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub(crate) enum Job {
    /// Remove what is left of a deleted server.
    PurgeServer { server_id: ServerId },
    /// Remove what is left of a deleted channel.
    PurgeChannel { channel_id: ChannelId },
}

impl Job {
    /// Its kind, in the queue and wherever somebody asks who acted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PurgeServer { .. } => "purge_server",
            Self::PurgeChannel { .. } => "purge_channel",
        }
    }

    /// What it is done to: asking for the same once more is no second job.
    fn subject(self) -> i64 {
        match self {
            Self::PurgeServer { server_id } => server_id.raw(),
            Self::PurgeChannel { channel_id } => channel_id.raw(),
        }
    }

    /// What is stored of it.
    pub(crate) fn to_row(self, id: JobId, cause: Option<UserId>, now: i64) -> Result<NewJob> {
        let whole = serde_json::to_value(self).map_err(Error::internal)?;
        Ok(NewJob {
            id,
            kind: self.name(),
            subject: Some(self.subject()),
            payload: whole["payload"].to_string(),
            cause,
            created_at: now,
        })
    }

    /// What was stored, if this release knows it.
    pub(super) fn of_row(kind: &str, payload: &str) -> Result<Self, serde_json::Error> {
        let payload: Value = serde_json::from_str(payload)?;
        serde_json::from_value(json!({"kind": kind, "payload": payload}))
    }
}

/// What is done, for the operator.
impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PurgeServer { server_id } => write!(f, "removing the deleted server {server_id}"),
            Self::PurgeChannel { channel_id } => {
                write!(f, "removing the deleted channel {channel_id}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_job_is_read_back_and_never_changes() {
        let (server_id, channel_id) = (ServerId::from_raw(5), ChannelId::from_raw(7));
        let jobs = [
            (
                Job::PurgeServer { server_id },
                "purge_server",
                r#"{"server_id":"5"}"#,
            ),
            (
                Job::PurgeChannel { channel_id },
                "purge_channel",
                r#"{"channel_id":"7"}"#,
            ),
        ];
        for (job, kind, payload) in jobs {
            let row = job.to_row(JobId::from_raw(1), None, 0).unwrap();
            assert_eq!((row.kind, row.payload.as_str()), (kind, payload));
            assert_eq!(Job::of_row(kind, payload).unwrap(), job);
        }
        assert!(Job::of_row("purge_moon", "{}").is_err());
        assert!(Job::of_row("purge_server", "{").is_err());
    }
}
