-- One row: the installation itself. setup_token is there until somebody has set the hub up.
CREATE TABLE hub (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    registration TEXT NOT NULL,
    setup_token TEXT,
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Node numbers of the id generator. A process never makes an id later than its lease's expiry.
CREATE TABLE node_leases (
    node INTEGER PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- display_name_folded is for searching: the engines fold case differently, and some not at all.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    display_name_folded TEXT NOT NULL,
    email TEXT,
    avatar TEXT,
    kind BIGINT NOT NULL,
    is_admin BOOLEAN NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (username);
CREATE UNIQUE INDEX users_email ON users (email);

-- Guessing is counted per account, where every node sees it.
CREATE TABLE credentials (
    user_id BIGINT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    secret TEXT NOT NULL,
    failures BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE password_resets (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX password_resets_user ON password_resets (user_id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    counter BIGINT NOT NULL,
    salt BLOB NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE servers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    icon TEXT,
    owner_id BIGINT NOT NULL REFERENCES users (id),
    epoch BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);

-- The everyone role has its server's id.
CREATE TABLE roles (
    id INTEGER PRIMARY KEY,
    server_id BIGINT NOT NULL REFERENCES servers (id),
    name TEXT NOT NULL,
    permissions BIGINT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX roles_server ON roles (server_id);

-- position is the place of the server in its member's own list: it belongs to the member.
CREATE TABLE server_members (
    server_id BIGINT NOT NULL REFERENCES servers (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    joined_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id)
);
CREATE INDEX server_members_user ON server_members (user_id);

CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    server_id BIGINT NOT NULL REFERENCES servers (id),
    type BIGINT NOT NULL,
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    position BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_message_id BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX channels_server ON channels (server_id);

-- A deleted message keeps its row as a tombstone without content.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES channels (id),
    author_id BIGINT NOT NULL REFERENCES users (id),
    type BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    content TEXT NOT NULL,
    nonce TEXT,
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX messages_channel ON messages (channel_id, id);
CREATE UNIQUE INDEX messages_rev ON messages (channel_id, rev);
CREATE UNIQUE INDEX messages_nonce ON messages (author_id, nonce);

CREATE TABLE invites (
    code TEXT NOT NULL PRIMARY KEY,
    server_id BIGINT NOT NULL REFERENCES servers (id),
    creator_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    uses BIGINT NOT NULL,
    uses_max BIGINT
);
CREATE INDEX invites_server ON invites (server_id);

CREATE TABLE read_states (
    user_id BIGINT NOT NULL REFERENCES users (id),
    channel_id BIGINT NOT NULL REFERENCES channels (id),
    last_read_id BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (user_id, channel_id)
);
CREATE INDEX read_states_channel ON read_states (channel_id);

-- Who did what to what. Rows are only ever added.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    server_id BIGINT,
    actor_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    target_id BIGINT,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_log_server ON audit_log (server_id, id);
