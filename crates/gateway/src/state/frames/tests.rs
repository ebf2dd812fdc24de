//! What is encoded of a structure for whom, and how much of it is kept.

use battala_hub::access::structure::{Membership, Overwrite, OverwriteFor, Parts, RoleRights};
use battala_hub::limits::Subject;
use battala_hub::shares::Caller;
use battala_proto::id::{ChannelId, UserId};
use battala_proto::servers::ServerState;
use battala_proto::{Event, Permissions, sample};

use super::*;

const OWNER: i64 = 1;

/// A server with one channel, which everyone but the owner is kept from.
fn whole(structure_rev: i64) -> Whole {
    let state = sample::events().into_iter().find_map(|event| match event {
        Event::ServerState(state) => Some(state),
        _ => None,
    });
    let state = state.expect("a sample");
    Whole {
        server: state.server,
        channels: state.channels.into_iter().map(|it| it.channel).collect(),
        roles: state.roles,
        structure_rev,
        rights_version: 1,
    }
}

fn channel() -> ChannelId {
    whole(1).channels[0].id
}

fn view_of(user: i64) -> View {
    view(user, Permissions::VIEW_CHANNEL, Permissions::VIEW_CHANNEL)
}

/// Of who may do this by the role of everyone, in a channel that takes that from it.
fn view(user: i64, permissions: Permissions, deny: Permissions) -> View {
    let server_id = whole(1).server.id;
    let everyone = server_id.everyone_role();
    let rights = Arc::new(structure::Structure::from(Parts {
        server_id,
        owner_id: UserId::from_raw(OWNER),
        rights_version: 1,
        roles: vec![RoleRights {
            id: everyone,
            permissions,
            position: 0,
        }],
        channels: vec![(channel(), None)],
        overwrites: vec![Overwrite {
            channel_id: channel(),
            target: OverwriteFor::Role(everyone),
            allow: Permissions::NONE,
            deny,
        }],
    }));
    let membership = Membership::begun(UserId::from_raw(user), 1);
    let class = structure::class(&rights, &membership, 0);
    View { rights, class }
}

#[test]
fn two_who_see_the_same_share_what_is_encoded_and_nobody_gets_what_others_see() {
    let untaken = Untaken::default();
    let read = Read::new(whole(1));
    let seen_by = |user| read.seen_by(&view_of(user), &untaken).expect("parts");
    let (own, plain) = (seen_by(OWNER), seen_by(2));
    assert!(Arc::ptr_eq(&plain, &seen_by(3)));
    let name = format!("\"{}\"", channel().raw());
    let texts = |it: &Structure| {
        it.parts
            .iter()
            .any(|part| part.frame.as_str().contains(&name))
    };
    assert!(texts(&own) && !texts(&plain));
}

#[test]
fn who_has_encoded_what_somebody_else_did_meanwhile_takes_theirs() {
    let untaken = Untaken::default();
    let read = Read::new(whole(1));
    let view = view_of(OWNER);
    let own = Arc::new(divide(read.whole.seen_by(&view.rights, &view.class)).expect("parts"));
    let theirs = read.seen_by(&view, &untaken).expect("parts");
    let bytes = read.size_bytes();
    let taken = read.share(&view.class, own, &untaken);
    assert!(Arc::ptr_eq(&taken, &theirs));
    assert_eq!(read.size_bytes(), bytes, "counted once");
}

#[test]
fn what_somebody_sees_is_what_was_read_without_the_channels_that_are_hidden() {
    let whole = whole(1);
    let seen_by = |user| {
        let view = view_of(user);
        whole.seen_by(&view.rights, &view.class)
    };
    let own = seen_by(OWNER);
    let rows: Vec<_> = own.channels.iter().map(|it| it.channel.clone()).collect();
    assert_eq!((&rows, &own.roles), (&whole.channels, &whole.roles));
    assert_eq!(
        (&own.server, own.structure_rev),
        (&whole.server, whole.structure_rev)
    );
    let rest = ServerState {
        channels: Vec::new(),
        permissions: Permissions::VIEW_CHANNEL,
        ..own
    };
    assert_eq!(seen_by(2), rest);
}

#[test]
fn of_what_is_kept_no_more_slow_readers_pay_for_what_they_have_not_taken() {
    let untaken = Untaken::default();
    let address = Subject::address([192, 0, 2, 1].into());
    let caller = Caller::new(Subject::User(UserId::from_raw(1)), address);
    let held = || untaken.held(|held| held.by(caller.own()));
    let frame = StateFrame::default();
    let read = Arc::new(Read::new(whole(1)));
    frame.keep(&read, &untaken);
    let seen = read.seen_by(&view_of(OWNER), &untaken).expect("parts");
    let slow = seen.parts[0].frame.for_reader(caller);
    assert_eq!(held(), 0);
    frame.keep(&Arc::new(Read::new(whole(2))), &untaken);
    assert_eq!(held(), seen.size_bytes());
    // Whoever has read it before and sends it now keeps it as well.
    let other = read.seen_by(&view_of(2), &untaken).expect("parts");
    let late = other.parts[0].frame.for_reader(caller);
    assert_eq!(held(), seen.size_bytes() + other.size_bytes());
    frame.let_go(&untaken);
    assert!(frame.at_least((0, 0)).is_none() && frame.size_bytes() == 0);
    drop((slow, late));
    assert_eq!(held(), 0);
}

#[test]
fn what_is_encoded_of_one_server_has_a_bound() {
    let untaken = Untaken::default();
    let mut large = whole(1);
    large.channels[0].topic = "x".repeat(ENCODED_BYTES_MAX / 3);
    let read = Read::new(large);
    let others = [
        Permissions::NONE,
        Permissions::SEND_MESSAGES,
        Permissions::MANAGE_MESSAGES,
        Permissions::CREATE_INVITE,
        Permissions::MANAGE_CHANNELS,
    ];
    for other in others {
        let seeing = view(2, Permissions::VIEW_CHANNEL | other, Permissions::NONE);
        let seen = read.seen_by(&seeing, &untaken).expect("parts");
        assert!(seen.size_bytes() > ENCODED_BYTES_MAX / 3);
        assert!(read.encoded().bytes <= ENCODED_BYTES_MAX);
    }
    assert!(read.encoded().bytes > ENCODED_BYTES_MAX / 3);
}
