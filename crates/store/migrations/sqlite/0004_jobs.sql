-- What the hub has still to do: put here by the transaction that makes it due, and removed when it is
-- done. A subject has one job of a kind. run_after is when the next run may begin; while one is under
-- way it is the end of its lease, and claim is the number of the run. attempts counts the runs that
-- began since there was progress. What has failed stays until somebody asks for it again.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject BIGINT,
    payload TEXT NOT NULL,
    cause BIGINT,
    asked BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    claim BIGINT,
    last_error TEXT,
    failed_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_subject ON jobs (kind, subject);
CREATE INDEX jobs_due ON jobs (run_after) WHERE failed_at IS NULL;
CREATE INDEX jobs_cause ON jobs (cause);

-- What was deleted before, and not removed yet.
INSERT INTO jobs (id, kind, subject, payload, asked, attempts, run_after, created_at)
    SELECT id, 'purge_server', id, '{"server_id":"' || id || '"}', 1, 0, 0, deleted_at
    FROM servers WHERE deleted_at IS NOT NULL;
INSERT INTO jobs (id, kind, subject, payload, asked, attempts, run_after, created_at)
    SELECT c.id, 'purge_channel', c.id, '{"channel_id":"' || c.id || '"}', 1, 0, 0, c.deleted_at
    FROM channels c JOIN servers s ON s.id = c.server_id
    WHERE c.deleted_at IS NOT NULL AND s.deleted_at IS NULL;
