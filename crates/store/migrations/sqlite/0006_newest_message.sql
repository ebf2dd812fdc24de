-- One number was the newest message, of which everybody is told, and kept the ids of a channel rising.
-- The former falls when that message is deleted; the latter never does.
ALTER TABLE channels ADD COLUMN last_id BIGINT NOT NULL DEFAULT 0;
UPDATE channels SET last_id = last_message_id WHERE last_message_id IS NOT NULL;
UPDATE channels SET last_message_id =
    (SELECT MAX(m.id) FROM messages m WHERE m.channel_id = channels.id AND m.deleted_at IS NULL);

-- Whoever wrote the newest message has read it, as from now on with every message.
INSERT INTO read_states (user_id, channel_id, last_read_id, rev)
    SELECT m.author_id, m.channel_id, m.id, 0
    FROM channels c JOIN messages m ON m.channel_id = c.id AND m.id = c.last_message_id
    WHERE c.deleted_at IS NULL
    ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = excluded.last_read_id
    WHERE read_states.last_read_id < excluded.last_read_id;
