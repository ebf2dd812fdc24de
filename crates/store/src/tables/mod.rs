//! The statements, one module per family of tables.
//!
//! A function is named for its question, takes the connection it runs on, and returns rows as they
//! are stored. Nothing here knows a permission, an event or a wire type other than ids and enums.

pub mod access;
pub mod audit;
pub mod channels;
pub mod credentials;
pub mod hub;
pub mod invites;
pub mod jobs;
pub mod mark;
pub mod members;
pub mod messages;
pub mod nodes;
pub mod purge;
pub mod reads;
pub mod servers;
pub mod sessions;
pub mod structure;
pub mod tombstones;
pub mod users;

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, JobId, MessageId, RoleId, ServerId, SessionId, UserId};
use battala_proto::messages::MessageKind;

crate::column!(int: ChannelId, JobId, MessageId, RoleId, ServerId, SessionId, UserId);
crate::column!(int: ChannelKind, MessageKind);
