//! Where a notice stands among those of its server.
//!
//! Pure: knows no order, and not what has been handed out.

use battala_hub::bus::{Audience, Notice};
use battala_proto::events;
use battala_proto::id::ChannelId;

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// All that was changed in structure, rights and members at this epoch.
    Structure(i64),
    /// A change in a channel that takes these sequence numbers, made under an epoch.
    Channel {
        id: ChannelId,
        first_seq: i64,
        seq: i64,
        epoch: i64,
    },
    /// Not in any order.
    Free,
}

/// Where a notice stands among those of its server.
pub(super) fn position_of(notice: &Notice) -> Position {
    match notice {
        Notice::Structure(change) => Position::Structure(change.counters.epoch),
        Notice::Event(Audience::Server(_) | Audience::Channel(..), event)
        | Notice::Repeated(Audience::Server(_) | Audience::Channel(..), event) => {
            match event.position() {
                events::Position::Channel {
                    id,
                    first_seq,
                    seq,
                    epoch,
                } => Position::Channel {
                    id,
                    first_seq,
                    seq,
                    epoch,
                },
                // The unit of work puts an event of the structure into its one notice of it.
                events::Position::Structure { .. }
                | events::Position::Account { .. }
                | events::Position::Free => Position::Free,
            }
        }
        Notice::Event(Audience::Hub | Audience::Servers(_) | Audience::User(_), _)
        | Notice::Repeated(Audience::Hub | Audience::Servers(_) | Audience::User(_), _)
        | Notice::InDoubt(_)
        | Notice::UserChanged(_)
        | Notice::SessionsEnded { .. } => Position::Free,
    }
}
