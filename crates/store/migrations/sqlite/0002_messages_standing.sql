-- What was not deleted, without the tombstones between: a page and a count read what they show.
CREATE INDEX messages_standing ON messages (channel_id, id) WHERE deleted_at IS NULL;
