//! Who hears what, by the rights that a room has applied.

use battala_hub::access::structure::{Overwrite, OverwriteFor};
use battala_proto::channels::{Channel, PlacedChannel};
use battala_proto::events::{ChannelDeleted, ChannelsReordered};
use battala_proto::id::RoleId;

use super::*;
use crate::telling::What;

pub(super) const INSIDERS: RoleId = RoleId::from_raw(5);
pub(super) const OTHER: ChannelId = ChannelId::from_raw(99);

pub(super) fn channel() -> ChannelId {
    message().message.channel_id
}

/// The channel of the sample is seen by insiders alone, another one by everyone.
pub(super) fn hiding(rights_version: i64) -> Arc<Structure> {
    Arc::new(Structure::from(parts(rights_version)))
}

pub(super) fn parts(rights_version: i64) -> Parts {
    let everyone = server().everyone_role();
    let role = |id, permissions| RoleRights {
        id,
        permissions,
        position: 0,
    };
    let overwrite = |role, allow, deny| Overwrite {
        channel_id: channel(),
        target: OverwriteFor::Role(role),
        allow,
        deny,
    };
    let (view, none) = (Permissions::VIEW_CHANNEL, Permissions::NONE);
    Parts {
        server_id: server(),
        owner_id: UserId::from_raw(1),
        rights_version,
        roles: vec![role(everyone, view), role(INSIDERS, none)],
        channels: vec![(channel(), None), (OTHER, None)],
        overwrites: vec![
            overwrite(everyone, none, view),
            overwrite(INSIDERS, view, none),
        ],
    }
}

/// The same without the channel.
fn without(rights_version: i64) -> Arc<Structure> {
    Arc::new(Structure::from(Parts {
        channels: vec![(OTHER, None)],
        ..parts(rights_version)
    }))
}

pub(super) fn membership(connection: &Connection, rev: i64, roles: &[RoleId]) -> Membership {
    Membership {
        user_id: connection.user_id,
        rev,
        roles: roles.into(),
        timeout_until: None,
    }
}

pub(super) fn row(id: ChannelId, topic: &str) -> Channel {
    let sample = sampled(|event| match event {
        Event::ChannelCreated(changed) => Some(changed.channel),
        _ => None,
    });
    Channel {
        id,
        topic: topic.to_owned(),
        ..sample
    }
}

pub(super) fn changed(
    at: Counters,
    changes: Vec<Change>,
    rights: Option<Arc<Structure>>,
) -> Arc<Notice> {
    Arc::new(Notice::Structure(StructureChange {
        server_id: server(),
        counters: at,
        changes,
        rights: rights.map(|structure| NewRights {
            channels: structure.channel_ids().map(|id| row(id, "")).collect(),
            structure,
        }),
    }))
}

pub(super) fn after(epoch: i64, rights_version: i64) -> Counters {
    Counters {
        epoch,
        rights_version,
        ..BEGUN
    }
}

pub(super) fn hear(host: &Surroundings, owner: &mut Owner, notice: &Arc<Notice>) {
    dispatch(host, notice);
    step_all(host, owner);
}

/// From here on only insiders see the channel. All these are told what that is for them.
fn hide<const N: usize>(host: &Surroundings, owner: &mut Owner, lines: [&Line; N]) {
    hear(host, owner, &changed(after(8, 2), vec![], Some(hiding(2))));
    assert!(host.take_effects().is_empty());
    for line in lines {
        let heard = line.take();
        assert!(
            heard.len() == 1 && heard[0].contains("rights_updated"),
            "{heard:?}"
        );
    }
}

/// A second account's connection, which enters with these roles.
pub(super) fn insider(
    host: &Surroundings,
    owner: &mut Owner,
    at: Counters,
) -> (Arc<Connection>, Line) {
    let (first, _line) = connection(&Surroundings::new(small(1)), 2);
    let mut me = (*first.account()).clone();
    me.id = UserId::from_raw(me.id.raw() + 1);
    let (second, line) = connection_of(host, 2, me);
    let mut place = place_of(&second, at);
    place.membership = membership(&second, 1, &[INSIDERS]);
    let directory = host.directory();
    let mut entered = directory.enter(host, &place, &second, Welcome::ByCaller);
    step_all(host, owner);
    assert_eq!(entered.try_recv(), Ok(true));
    line.take();
    (second, line)
}

/// The two channels in their order, as of then.
fn reordered(at: Counters) -> Event {
    let place = |id, position| PlacedChannel { id, position };
    Event::ChannelsReordered(ChannelsReordered {
        server_id: server(),
        channels: vec![place(channel(), 0), place(OTHER, 1)],
        epoch: at.epoch,
        structure_rev: at.structure_rev,
    })
}

#[test]
fn what_is_said_in_a_channel_reaches_who_sees_it_and_nobody_else() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let (_second, other) = insider(&host, &mut owner, BEGUN);
    hear(&host, &mut owner, &said(1));
    assert_eq!((line.take().len(), other.take().len()), (1, 1));
    hide(&host, &mut owner, [&line, &other]);
    hear(&host, &mut owner, &said(2));
    let typing = sample::hints().into_iter().next().expect("a hint");
    let to = HintTo::Channel(server(), channel());
    tell_hint(&host, to, &Arc::new(typing));
    step_all(&host, &mut owner);
    owner.room.look(Due::Beacon);
    step_all(&host, &mut owner);
    assert!(line.take().is_empty(), "no message, no hint and no head");
    let heard = other.take();
    assert_eq!(heard.len(), 3, "{heard:?}");
}

#[test]
fn a_channel_that_is_deleted_is_told_to_who_saw_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let (_second, other) = insider(&host, &mut owner, BEGUN);
    hide(&host, &mut owner, [&line, &other]);
    let at = after(9, 3);
    let deleted = Event::ChannelDeleted(ChannelDeleted {
        server_id: server(),
        channel_id: channel(),
        epoch: at.epoch,
        structure_rev: at.structure_rev,
    });
    let part = Change::Event(Audience::Channel(server(), channel()), deleted);
    hear(
        &host,
        &mut owner,
        &changed(at, vec![part], Some(without(3))),
    );
    assert!(line.take().is_empty());
    assert_eq!(other.take().len(), 1);
}

/// Both channels stand in a category that insiders alone see, and one of them is hidden by itself as well.
fn in_category(category: ChannelId, rights_version: i64) -> Arc<Structure> {
    let mut parts = parts(rights_version);
    let own = parts.overwrites.clone().into_iter();
    let of_category = own.map(|overwrite| Overwrite {
        channel_id: category,
        ..overwrite
    });
    parts.overwrites.extend(of_category);
    parts.channels = vec![
        (category, None),
        (channel(), Some(category)),
        (OTHER, Some(category)),
    ];
    Arc::new(Structure::from(parts))
}

#[test]
fn with_a_hidden_category_that_is_deleted_who_is_shown_a_channel_of_it_hears_of_no_other() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let (_second, other) = insider(&host, &mut owner, BEGUN);
    let category = ChannelId::from_raw(98);
    let hidden = in_category(category, 2);
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(hidden)),
    );
    line.take();
    other.take();
    let at = after(9, 3);
    let deleted = Event::ChannelDeleted(ChannelDeleted {
        server_id: server(),
        channel_id: category,
        epoch: at.epoch,
        structure_rev: at.structure_rev,
    });
    let reordered = reordered(at);
    let parts = vec![
        Change::Event(Audience::Channel(server(), category), deleted),
        Change::Event(Audience::Server(server()), reordered),
    ];
    hear(&host, &mut owner, &changed(at, parts, Some(hiding(3))));
    let named = |heard: &[String], id: ChannelId| {
        let id = format!("{:?}", id.raw().to_string());
        heard.iter().any(|it| it.contains(&id))
    };
    let heard = line.take();
    let is_shown = |it: &String| it.contains("rights_updated") && it.contains("\"shown\":[{");
    assert!(
        heard.iter().any(is_shown) && named(&heard, OTHER),
        "{heard:?}"
    );
    assert!(
        !named(&heard, channel()) && !named(&heard, category),
        "{heard:?}"
    );
    let heard = other.take();
    assert!(
        heard[0].contains("channel_deleted") && named(&heard, category),
        "{heard:?}"
    );
}

#[test]
fn a_new_order_names_to_each_the_channels_that_are_seen_with_their_places() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let (_second, other) = insider(&host, &mut owner, BEGUN);
    hide(&host, &mut owner, [&line, &other]);
    let at = after(9, 2);
    let reordered = reordered(at);
    let part = Change::Event(Audience::Server(server()), reordered);
    hear(&host, &mut owner, &changed(at, vec![part], None));
    let heard = line.take();
    assert_eq!(heard.len(), 1, "{heard:?}");
    let hidden = format!("{:?}", channel().raw().to_string());
    assert!(!heard[0].contains(&hidden), "{heard:?}");
    assert!(heard[0].contains("\"position\":1"), "{heard:?}");
    assert!(other.take()[0].contains(&hidden));
}

#[test]
fn who_is_given_a_role_hears_what_it_sees_from_then_on() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    hide(&host, &mut owner, [&line]);
    hear(&host, &mut owner, &said(1));
    assert!(line.take().is_empty());
    let given = Change::MemberChanged(membership(&first, 9, &[INSIDERS]));
    hear(&host, &mut owner, &changed(after(9, 2), vec![given], None));
    let effects = host.take_effects();
    assert!(
        matches!(effects[..], [Effect::Tell(..)]),
        "it has to learn of it"
    );
    hear(&host, &mut owner, &said(2));
    assert_eq!(line.take().len(), 1);
    // One that was told late is of before.
    let taken = Change::MemberChanged(membership(&first, 8, &[]));
    hear(&host, &mut owner, &changed(after(10, 2), vec![taken], None));
    hear(&host, &mut owner, &said(3));
    assert_eq!(line.take().len(), 1);
}

#[test]
fn who_was_read_at_a_later_moment_enters_when_the_room_has_come_to_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let second = stranger(&host, 2);
    let directory = host.directory();
    let place = place_of(&second, after(9, 2));
    let mut entered = directory.enter(&host, &place, &second, Welcome::ByCaller);
    step_all(&host, &mut owner);
    // It was removed before that moment, and came back.
    hear(&host, &mut owner, &removed(after(8, 1), second.user_id));
    assert!(entered.try_recv().is_err() && !second.is_in(server()));
    let changes = vec![Change::MemberChanged(membership(&first, 9, &[]))];
    hear(
        &host,
        &mut owner,
        &changed(after(9, 2), changes, Some(rights(2))),
    );
    assert_eq!(entered.try_recv(), Ok(true));
    assert!(second.is_in(server()));
    line.take();
}

#[test]
fn who_waits_for_what_a_room_never_hears_enters_when_it_was_read() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let second = stranger(&host, 2);
    let directory = host.directory();
    let place = place_of(&second, after(9, 2));
    let mut entered = directory.enter(&host, &place, &second, Welcome::ByCaller);
    step_all(&host, &mut owner);
    directory.remove(&first);
    for _ in 0..2 {
        assert!(host.take_effects().is_empty());
        owner.room.look(Due::Look);
        assert_eq!(step_all(&host, &mut owner), Life::GoesOn);
    }
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    owner.room.request(read_as_of(after(9, 2), &second));
    step_all(&host, &mut owner);
    assert_eq!(entered.try_recv(), Ok(true));
}

#[test]
fn whose_membership_has_changed_since_it_was_read_is_read_again() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = room(&host);
    let second = stranger(&host, 2);
    let given = Change::MemberChanged(membership(&second, 8, &[INSIDERS]));
    hear(&host, &mut owner, &changed(after(8, 1), vec![given], None));
    let directory = host.directory();
    for (read_at, is_let_in) in [(BEGUN, false), (after(8, 1), true)] {
        let place = place_of(&second, read_at);
        let mut entered = directory.enter(&host, &place, &second, Welcome::ByCaller);
        step_all(&host, &mut owner);
        assert_eq!(entered.try_recv(), Ok(is_let_in));
    }
}

#[test]
fn a_room_that_is_read_anew_has_the_rights_and_memberships_of_that_moment() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    owner.room.request(Request::Reload);
    step_all(&host, &mut owner);
    host.take_effects();
    let found = Found::Now(ServerNow {
        counters: after(9, 2),
        heads: Vec::new(),
        structure: hiding(2),
        members: vec![membership(&first, 9, &[])],
    });
    let asked = vec![first.user_id];
    let reading = Reading { asked, found };
    owner.room.request(Request::Read(Box::new(reading)));
    step_all(&host, &mut owner);
    line.take();
    hear(&host, &mut owner, &said(1));
    assert!(line.take().is_empty());
    assert!(first.is_in(server()));
}

#[test]
fn who_joins_with_a_role_is_seated_with_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    hide(&host, &mut owner, [&line]);
    let second = stranger(&host, 2);
    let Notice::Structure(mut joined) = (*joined(&first, after(9, 2), &[second.user_id])).clone()
    else {
        panic!("a change");
    };
    if let [Change::MemberJoined(_, begun)] = &mut joined.changes[..] {
        *begun = membership(&second, 9, &[INSIDERS]);
    }
    hear(&host, &mut owner, &Arc::new(Notice::Structure(joined)));
    let class = owner.seats.class_of(second.socket.id());
    let class = class.expect("it is in");
    assert!(owner.rights.sees(class, channel()));
}

#[test]
fn what_a_connection_sees_is_said_when_the_room_has_come_to_what_it_was_asked_of() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let (answer, mut seen) = oneshot::channel();
    owner.room.request(Request::View(Viewing {
        socket: first.socket.id(),
        epoch: 9,
        answer,
    }));
    step_all(&host, &mut owner);
    // A change of one membership, of which the first connection was not told: there was no room yet.
    assert!(seen.try_recv().is_err());
    for _ in 0..2 {
        owner.room.look(Due::Look);
        step_all(&host, &mut owner);
    }
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    let found = Found::Now(ServerNow {
        counters: after(9, 1),
        heads: Vec::new(),
        structure: rights(1),
        members: vec![membership(&first, 9, &[INSIDERS])],
    });
    let asked = vec![first.user_id];
    let reading = Reading { asked, found };
    owner.room.request(Request::Read(Box::new(reading)));
    step_all(&host, &mut owner);
    assert!(matches!(seen.try_recv(), Ok(Seen::By(_))));
    let known = owner.seats.membership_of(first.socket.id());
    assert_eq!(known.expect("it is in").rev, 9);
}

#[test]
fn who_is_refused_by_the_room_that_a_notice_began_is_looked_at() {
    let host = Surroundings::new(Bounds::default());
    let second = stranger(&host, 2);
    let joined = joined(&second, after(8, 2), &[second.user_id]);
    let Notice::Structure(mut begun) = (*joined).clone() else {
        panic!("a change");
    };
    begun.rights = Some(NewRights {
        structure: rights(2),
        channels: Arc::default(),
    });
    dispatch(&host, &Arc::new(Notice::Structure(begun)));
    let mut effects = host.take_effects().into_iter();
    let Some(Effect::Run(mut owner)) = effects.next() else {
        panic!("a room begins");
    };
    let given = Change::MemberChanged(membership(&second, 9, &[INSIDERS]));
    dispatch(&host, &changed(after(9, 2), vec![given], None));
    // It comes to the change before it comes to whom it began with.
    let change = owner.inbox.try_next(false).expect("a notice");
    owner.step(&host, change);
    step_all(&host, &mut owner);
    let effects = host.take_effects();
    assert!(matches!(effects[..], [Effect::RecheckAccount(user, None)] if user == second.user_id));
}

#[test]
fn who_waits_no_longer_for_a_room_that_is_behind_is_sent_the_server_when_it_enters() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = room(&host);
    let second = stranger(&host, 2);
    let place = place_of(&second, after(8, 1));
    let directory = host.directory();
    drop(directory.enter(&host, &place, &second, Welcome::ByCaller));
    step_all(&host, &mut owner);
    assert!(host.take_effects().is_empty() && !second.is_in(server()));
    hear(&host, &mut owner, &changed(after(8, 1), vec![], None));
    let effects = host.take_effects();
    let [Effect::Tell(told, _, What::Structure)] = &effects[..] else {
        panic!("it is sent the server");
    };
    assert!(told.len() == 1 && Arc::ptr_eq(&told[0], &second));
    assert!(second.is_in(server()));
}

#[test]
fn who_asks_again_and_again_to_be_entered_waits_once() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = room(&host);
    let second = stranger(&host, 2);
    let directory = host.directory();
    for epoch in 8..11 {
        let place = place_of(&second, after(epoch, 1));
        drop(directory.enter(&host, &place, &second, Welcome::ByCaller));
        step_all(&host, &mut owner);
        assert_eq!(owner.early.len(), 1);
    }
    for epoch in 8..11 {
        assert!(!second.is_in(server()));
        hear(&host, &mut owner, &changed(after(epoch, 1), vec![], None));
    }
    assert!(second.is_in(server()) && owner.early.is_empty());
}
