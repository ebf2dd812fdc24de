-- Whose invites make accounts while registration is by invite: those of administrators and of whom
-- they named, or everyone's.
ALTER TABLE hub ADD COLUMN inviters TEXT NOT NULL DEFAULT 'named';

-- Grows with every change of the row, so that copies in memory are replaced in the order of commits.
ALTER TABLE hub ADD COLUMN rev BIGINT NOT NULL DEFAULT 1;

-- Named by an administrator; there are few, and all are listed and counted.
ALTER TABLE users ADD COLUMN can_invite BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX users_can_invite ON users (id) WHERE can_invite;
