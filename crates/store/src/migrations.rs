//! The list of schema steps. Append only: a released step never changes.

use crate::{Migrations, migrate::migrations};

/// Every step, from `migrations/sqlite/` and `migrations/postgres/`.
pub const MIGRATIONS: Migrations = migrations![
    "0001_foundation",
    "0002_messages_standing",
    "0003_hub_mark",
    "0004_hub_invites",
];
