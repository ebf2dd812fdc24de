-- The rows of ended sessions stay for a while, and an account may have many times more of them than
-- sessions that stand. Beside the index of all of them SQLite would not choose the other.
DROP INDEX sessions_user;
CREATE INDEX sessions_standing ON sessions (user_id, id) WHERE revoked_at IS NULL;

-- By this the rows are found whose time is over: when somebody ended them, or they end by themselves.
-- One of those alone that stand, PostgreSQL would choose for the sessions of an account as well.
CREATE INDEX sessions_end ON sessions ((CASE WHEN revoked_at IS NOT NULL THEN revoked_at
    WHEN idle_expires_at < expires_at THEN idle_expires_at ELSE expires_at END));
