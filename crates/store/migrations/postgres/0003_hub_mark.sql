-- One row, once a hub has served the database: where its history stands, compared at start with
-- what the data directory remembers of it. The mark changes when a history begins anew.
CREATE TABLE hub_mark (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    mark TEXT NOT NULL,
    beat BIGINT NOT NULL
);
