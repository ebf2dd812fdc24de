//! Every size that a caller can reach, in one place.
//!
//! These are the limits of the contract: a client may rely on them. Rates and queue lengths are
//! configuration and live with the hub.

/// Longest request body and longest socket frame, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Rows of a page at most.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Rows of a page when the caller does not say.
pub const PAGE_ROWS_DEFAULT: u32 = 50;

/// Characters of a username at least.
pub const USERNAME_CHARS_MIN: usize = 2;
/// Characters of a username at most.
pub const USERNAME_CHARS_MAX: usize = 32;
/// Characters of a display name at most.
pub const DISPLAY_NAME_CHARS_MAX: usize = 32;
/// Characters of an e-mail address at most (RFC 5321 §4.5.3.1.3 leaves 254 for the address).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of a password at least; length is the only composition rule (NIST SP 800-63B).
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Characters of a password at most: hashing must not become a way to burn processor time.
pub const PASSWORD_CHARS_MAX: usize = 1024;
/// Characters of a hub's or server's name at most.
pub const SERVER_NAME_CHARS_MAX: usize = 100;
/// Characters of a channel's name at most.
pub const CHANNEL_NAME_CHARS_MAX: usize = 100;
/// Characters of a channel's topic at most.
pub const TOPIC_CHARS_MAX: usize = 1024;
/// Characters of a message at most.
pub const MESSAGE_CHARS_MAX: usize = 4000;
/// Bytes of a message at most: joined emoji make a "character" long.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Characters of a nonce at most.
pub const NONCE_CHARS_MAX: usize = 64;
/// Characters of a search text at most.
pub const QUERY_CHARS_MAX: usize = 100;

/// Servers that one account can be a member of.
pub const SERVERS_PER_USER_MAX: i64 = 100;
/// Channels of a server.
pub const CHANNELS_PER_SERVER_MAX: i64 = 500;
/// Bytes of the topics of a server together. They go to every member at every connection, so what
/// a server may make its members load has a bound of its own.
pub const TOPICS_PER_SERVER_BYTES_MAX: i64 = 64 * 1024;
/// Invites of a server that can be open at the same time.
pub const INVITES_PER_SERVER_MAX: i64 = 1000;
/// Of those the ones of one member who does not manage the server: what there are is for all.
pub const INVITES_PER_MEMBER_MAX: i64 = 50;
/// Accounts whose invites open the hub because an administrator named them.
pub const INVITERS_MAX: i64 = 200;
/// Sessions of an account; a further login ends the one that was unused for longest.
pub const SESSIONS_PER_USER_MAX: i64 = 20;

/// Seconds that an invite lives at least.
pub const INVITE_EXPIRES_IN_S_MIN: u32 = 60;
/// Seconds that an invite lives at most, unless it never expires.
pub const INVITE_EXPIRES_IN_S_MAX: u32 = 30 * 24 * 60 * 60;
/// Seconds that an invite lives when the caller does not say.
pub const INVITE_EXPIRES_IN_S_DEFAULT: u32 = 7 * 24 * 60 * 60;
/// Uses of an invite at most, unless they are not counted.
pub const INVITE_USES_MAX: u32 = 1000;

/// Channels that one connection can watch.
pub const CHANNELS_WATCHED_MAX: usize = 32;
/// Ranges of a member list that one connection can watch.
pub const MEMBER_RANGES_MAX: usize = 3;
/// Rows of one watched range of a member list.
pub const MEMBER_RANGE_ROWS_MAX: u32 = 100;
/// Rows of one answer to `channel_sync`.
pub const SYNC_ROWS_MAX: u32 = 100;
/// Changes behind which a client reloads a channel instead of syncing it. Below it old tombstones are
/// removed: where it grows, they are missing in what is synced then.
pub const SYNC_GAP_MAX: i64 = 1000;
/// Unread messages are counted up to here.
pub const UNREAD_COUNT_MAX: i64 = 1000;
/// And among so many messages, whoever wrote them: the own ones cost as much to pass by.
pub const UNREAD_AMONG_MAX: i64 = 5000;
