-- What was not deleted, without the tombstones between: a page and a count read what they show.
CREATE INDEX messages_standing ON messages (channel_id, id) WHERE deleted_at IS NULL;

-- One row, once a hub has served the database: where its history stands, compared at start with
-- what the data directory remembers of it. The mark changes when a history begins anew.
CREATE TABLE hub_mark (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    mark TEXT NOT NULL,
    beat BIGINT NOT NULL
);

-- Whose invites make accounts while registration is by invite: those of administrators and of whom
-- they named, or everyone's.
ALTER TABLE hub ADD COLUMN inviters TEXT NOT NULL DEFAULT 'named';

-- Grows with every change of the row, so that copies in memory are replaced in the order of commits.
ALTER TABLE hub ADD COLUMN rev BIGINT NOT NULL DEFAULT 1;

-- Named by an administrator; there are few, and all are listed and counted.
ALTER TABLE users ADD COLUMN can_invite BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX users_can_invite ON users (id) WHERE can_invite;
