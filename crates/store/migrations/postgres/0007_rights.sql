-- What decides rights beside the roles' own bits. Roles are shown with a colour, apart from others, and
-- may be named to call all who have them.
ALTER TABLE roles ADD COLUMN colour BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roles ADD COLUMN is_hoisted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE roles ADD COLUMN is_mentionable BOOLEAN NOT NULL DEFAULT FALSE;

-- A role that is given ends with the membership, as everything of a member in a server does.
CREATE TABLE member_roles (
    server_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL REFERENCES roles (id),
    PRIMARY KEY (server_id, user_id, role_id),
    FOREIGN KEY (server_id, user_id) REFERENCES server_members (server_id, user_id)
);
CREATE INDEX member_roles_role ON member_roles (role_id);

-- Until when a member may only look on.
ALTER TABLE server_members ADD COLUMN timeout_until BIGINT;

-- The category that a channel stands in.
ALTER TABLE channels ADD COLUMN parent_id BIGINT REFERENCES channels (id);
CREATE INDEX channels_parent ON channels (parent_id) WHERE parent_id IS NOT NULL;

-- What a role or a member may in a channel, or in the channels of a category, beyond or short of what
-- its roles say. The target is one of the two: its id stands in target_id, too, which is the key.
CREATE TABLE channel_overwrites (
    channel_id BIGINT NOT NULL REFERENCES channels (id),
    target_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    role_id BIGINT REFERENCES roles (id),
    user_id BIGINT,
    allow BIGINT NOT NULL,
    deny BIGINT NOT NULL,
    PRIMARY KEY (channel_id, target_id),
    FOREIGN KEY (server_id, user_id) REFERENCES server_members (server_id, user_id),
    CHECK ((role_id IS NULL) <> (user_id IS NULL)),
    CHECK (target_id = COALESCE(role_id, user_id))
);
CREATE INDEX channel_overwrites_member ON channel_overwrites (server_id, user_id);
CREATE INDEX channel_overwrites_role ON channel_overwrites (role_id);
