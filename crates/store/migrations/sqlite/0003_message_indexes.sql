-- A message is found by its key, and those of a channel by `messages_standing` or `messages_rev`.
-- Nothing needs this one, and every message wrote a page of it.
DROP INDEX messages_channel;
