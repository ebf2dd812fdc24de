//! The list of schema steps. Append only: a released step never changes.

use crate::{Migrations, migrate::migrations};

/// Every step, from `migrations/sqlite/` and `migrations/postgres/`.
pub const MIGRATIONS: Migrations = migrations![
    "0001_foundation",
    "0002_mend",
    "0003_message_indexes",
    "0004_jobs",
    "0005_counters",
    "0006_newest_message",
    "0007_rights",
    "0008_ended_sessions",
];
