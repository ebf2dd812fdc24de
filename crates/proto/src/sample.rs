//! One sample per event, for the committed contract and the tests on both sides.
//!
//! A new event does not compile until it has a sample here: the match over names is checked by
//! the test below and by the contract's drift test.

use crate::channels::{
    Channel, ChannelForMember, ChannelHead, ChannelKind, ChannelRights, PlacedChannel, WatchMode,
};
use crate::events::{
    ChannelChanged, ChannelDeleted, ChannelsReordered, EndReason, Event, Head, Heads, HubUpdated,
    MeUpdated, MessageChanged, MessageDeleted, ReadUpdated, Ready, ReadyServer, RemovalReason,
    RightsUpdated, ServerChannels, ServerReads, ServerRemoved, ServerUpdated, ServersReordered,
    SessionEnded, UserUpdated,
};
use crate::hints::{
    Hint, MemberGroup, MemberGroupId, MemberList, MemberRange, PresenceGroup, PresenceUpdated,
    TypingStarted,
};
use crate::hub::{HubInfo, Inviters, Registration};
use crate::id::{ChannelId, MessageId, ServerId, SessionId, UserId};
use crate::members::{ChosenStatus, ListedMember, Status};
use crate::messages::{Message, MessageKind};
use crate::permissions::Permissions;
use crate::servers::{Role, Server, ServerState};
use crate::users::{Me, UserKind};

const USER: UserId = UserId::from_raw(1_289_467_123_456_789_501);
const SERVER: ServerId = ServerId::from_raw(1_289_467_123_456_789_502);
const CHANNEL: ChannelId = ChannelId::from_raw(1_289_467_123_456_789_503);
const MESSAGE: MessageId = MessageId::from_raw(1_289_467_123_456_789_504);
const SESSION: SessionId = SessionId::from_raw(1_289_467_123_456_789_505);
const NOW_MS: i64 = 1_730_000_000_000;

fn me() -> Me {
    Me {
        id: USER,
        username: "asha".to_owned(),
        display_name: "Asha".to_owned(),
        avatar: None,
        kind: UserKind::Human,
        email: Some("asha@example.org".to_owned()),
        is_admin: false,
        can_invite: false,
        created_at: NOW_MS,
        rev: 3,
    }
}

fn hub() -> HubInfo {
    HubInfo {
        name: "Battala".to_owned(),
        version: "0.1.0".to_owned(),
        generation: 1,
        setup_needed: false,
        registration: Registration::Open,
        inviters: Inviters::Named,
    }
}

fn server() -> Server {
    Server {
        id: SERVER,
        name: "Neighbours".to_owned(),
        icon: None,
        owner_id: USER,
        epoch: 7,
        member_count: 2,
        created_at: NOW_MS,
    }
}

fn channel() -> Channel {
    Channel {
        id: CHANNEL,
        server_id: SERVER,
        kind: ChannelKind::Text,
        name: "general".to_owned(),
        topic: String::new(),
        position: 0,
        created_at: NOW_MS,
    }
}

fn seen() -> ChannelForMember {
    ChannelForMember {
        channel: channel(),
        permissions: Permissions::EVERYONE_DEFAULT,
    }
}

fn message_changed(rev: i64, is_deleted: bool) -> MessageChanged {
    let content = if is_deleted {
        ""
    } else {
        "Under the banyan at six?"
    };
    let message = Message {
        id: MESSAGE,
        channel_id: CHANNEL,
        server_id: SERVER,
        author: me().public(),
        kind: MessageKind::Default,
        flags: 0,
        content: content.to_owned(),
        nonce: Some("5f0c1f6e-0d3c-4a53-8f3b-6f0a1f2f9c11".to_owned()),
        seq: 41,
        rev,
        created_at: NOW_MS,
        edited_at: (rev > 41 && !is_deleted).then_some(NOW_MS + 60_000),
        is_deleted,
    };
    MessageChanged {
        message,
        first_seq: rev,
        seq: rev,
        epoch: 7,
    }
}

fn message_deleted() -> MessageDeleted {
    let MessageChanged {
        message,
        first_seq,
        seq,
        epoch,
    } = message_changed(43, true);
    MessageDeleted {
        message,
        last_message_id: None,
        first_seq,
        seq,
        epoch,
    }
}

fn ready() -> Ready {
    let listed = ReadyServer {
        id: SERVER,
        name: "Neighbours".to_owned(),
        icon: None,
        epoch: 7,
        structure_rev: 4,
        member_rev: 2,
        member_count: 2,
        is_unread: true,
        mentions: 0,
    };
    Ready {
        me: me(),
        session_id: SESSION,
        expires_at: NOW_MS + 600_000,
        hub: hub(),
        servers: vec![listed],
        status: ChosenStatus::Online,
        watch: WatchMode::All,
    }
}

fn server_state() -> ServerState {
    let everyone = Role {
        id: SERVER.everyone_role(),
        name: "everyone".to_owned(),
        permissions: Permissions::EVERYONE_DEFAULT,
        position: 0,
    };
    ServerState {
        server: server(),
        channels: vec![seen()],
        roles: vec![everyone],
        permissions: Permissions::EVERYONE_DEFAULT,
        epoch: 7,
        structure_rev: 4,
        following: Vec::new(),
    }
}

fn server_reads() -> ServerReads {
    let head = ChannelHead {
        id: CHANNEL,
        last_seq: 43,
        last_message_id: Some(MESSAGE),
        last_read_id: None,
        read_rev: 0,
    };
    ServerReads {
        server_id: SERVER,
        channels: vec![head],
    }
}

fn member_list() -> MemberList {
    let row = ListedMember {
        user: me().public(),
        joined_at: NOW_MS,
        is_owner: true,
        status: Status::Online,
    };
    MemberList {
        server_id: SERVER,
        online: 1,
        total: 2,
        groups: [PresenceGroup::Online, PresenceGroup::Offline]
            .map(|group| MemberGroup {
                id: MemberGroupId::Presence(group),
                count: 1,
            })
            .into(),
        ranges: vec![MemberRange {
            first: 0,
            items: vec![row],
        }],
    }
}

/// The last two were made together.
fn channel_changes() -> [Event; 4] {
    let changed = ChannelChanged {
        channel: channel(),
        epoch: 8,
        structure_rev: 5,
    };
    [
        Event::ChannelCreated(changed.clone()),
        Event::ChannelUpdated(changed),
        Event::ChannelDeleted(ChannelDeleted {
            server_id: SERVER,
            channel_id: CHANNEL,
            epoch: 9,
            structure_rev: 6,
        }),
        Event::ChannelsReordered(ChannelsReordered {
            server_id: SERVER,
            channels: vec![PlacedChannel {
                id: CHANNEL,
                position: 0,
            }],
            epoch: 9,
            structure_rev: 6,
        }),
    ]
}

/// A channel is shown, another hidden, and one writes in a third no more.
fn rights_updated() -> RightsUpdated {
    let id = |from: ChannelId, further| ChannelId::from_raw(from.raw() + further);
    RightsUpdated {
        server_id: SERVER,
        permissions: Permissions::EVERYONE_DEFAULT,
        shown: vec![seen()],
        hidden: vec![id(CHANNEL, 10)],
        channels: vec![ChannelRights {
            id: id(CHANNEL, 11),
            permissions: Permissions::EVERYONE_DEFAULT - Permissions::SEND_MESSAGES,
        }],
        epoch: 9,
        structure_rev: 6,
    }
}

/// One sample of every event, in the order of the declaration.
pub fn events() -> Vec<Event> {
    let [made, changed, deleted, reordered] = channel_changes();
    vec![
        Event::Ready(ready()),
        Event::ServerState(server_state()),
        Event::ServerChannels(ServerChannels {
            server_id: SERVER,
            channels: vec![seen()],
            epoch: 7,
            structure_rev: 4,
        }),
        Event::ServerReads(server_reads()),
        Event::ServerUpdated(ServerUpdated {
            server: server(),
            epoch: 7,
            structure_rev: 4,
        }),
        Event::ServerRemoved(ServerRemoved {
            server_id: SERVER,
            reason: RemovalReason::Kicked,
        }),
        Event::ServersReordered(ServersReordered {
            server_ids: vec![SERVER],
            rev: 5,
        }),
        made,
        changed,
        deleted,
        reordered,
        Event::RightsUpdated(rights_updated()),
        Event::MessageCreated(message_changed(41, false)),
        Event::MessageUpdated(message_changed(42, false)),
        Event::MessageDeleted(message_deleted()),
        Event::Heads(Heads {
            server_id: SERVER,
            channels: vec![Head {
                id: CHANNEL,
                last_seq: 43,
                last_message_id: Some(MESSAGE),
            }],
        }),
        Event::ReadUpdated(ReadUpdated {
            channel_id: CHANNEL,
            last_read_id: MESSAGE,
            rev: 4,
        }),
        Event::UserUpdated(UserUpdated {
            user: me().public(),
        }),
        Event::MeUpdated(MeUpdated { me: me() }),
        Event::HubUpdated(HubUpdated { hub: hub() }),
        Event::SessionEnded(SessionEnded {
            reason: EndReason::Revoked,
        }),
    ]
}

/// One sample of every hint, in the order of the declaration.
pub fn hints() -> Vec<Hint> {
    vec![
        Hint::TypingStarted(TypingStarted {
            channel_id: CHANNEL,
            user: me().public(),
        }),
        Hint::MemberList(member_list()),
        Hint::PresenceUpdated(PresenceUpdated {
            status: ChosenStatus::Dnd,
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_and_every_hint_has_one_sample() {
        let names: Vec<&str> = events().iter().map(Event::name).collect();
        assert_eq!(names, Event::NAMES);
        let names: Vec<&str> = hints().iter().map(Hint::name).collect();
        assert_eq!(names, Hint::NAMES);
    }
}
