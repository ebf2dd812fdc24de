//! A room and its inbox, message by message.

use battala_hub::access::structure::{Membership, Parts, RoleRights, Structure};
use battala_hub::bus::{Audience, Change, Counters, HintTo, NewRights, StructureChange};
use battala_proto::events::{EndReason, MessageChanged, RemovalReason, UserUpdated};
use battala_proto::id::SessionId;
use battala_proto::users::Me;
use battala_proto::{Event, Permissions, sample};
use battala_socketio::testing::{self, Line};

use super::*;
use crate::directory::Welcome;
use crate::dispatch::{dispatch, tell_hint, to_servers};
use crate::host::{Effect, Host};
use crate::simulation::surroundings::Surroundings;

mod classes;
mod rights;
mod threads;
mod unread;
mod watching;
mod watching_late;

const BEGUN: Counters = Counters {
    epoch: 7,
    structure_rev: 4,
    rights_version: 1,
};

/// An inbox takes so much, and eight times as much is held.
fn small(inbox: usize) -> Bounds {
    let held = 8 * inbox;
    Bounds { inbox, held }
}

fn sampled<T>(select: impl Fn(Event) -> Option<T>) -> T {
    sample::events().into_iter().find_map(select).unwrap()
}

fn message() -> MessageChanged {
    sampled(|event| match event {
        Event::MessageCreated(changed) => Some(changed),
        _ => None,
    })
}

fn user_updated() -> UserUpdated {
    sampled(|event| match event {
        Event::UserUpdated(updated) => Some(updated),
        _ => None,
    })
}

/// The message of this number in the channel of the sample.
fn said(seq: i64) -> Arc<Notice> {
    let mut changed = message();
    (changed.first_seq, changed.seq) = (seq, seq);
    let audience = Audience::Channel(server(), changed.message.channel_id);
    Arc::new(Notice::Event(audience, Event::MessageCreated(changed)))
}

fn server() -> ServerId {
    message().message.server_id
}

fn connection(host: &dyn Host, id: u64) -> (Arc<Connection>, Line) {
    let me = sampled(|event| match event {
        Event::MeUpdated(updated) => Some(updated.me),
        _ => None,
    });
    connection_of(host, id, me)
}

fn connection_of(host: &dyn Host, id: u64, me: Me) -> (Arc<Connection>, Line) {
    let (socket, line) = testing::socket(id);
    let session = SessionId::from_raw(i64::try_from(id).unwrap());
    let connection = Arc::new(Connection::new(socket, session, Arc::new(me), 0));
    assert!(host.directory().add(&connection, usize::MAX));
    line.accept();
    (connection, line)
}

/// Another account's.
fn stranger(host: &dyn Host, id: u64) -> Arc<Connection> {
    let (first, _line) = connection(&Surroundings::new(small(1)), id);
    let mut me = (*first.account()).clone();
    me.id = UserId::from_raw(me.id.raw() + 1);
    connection_of(host, id, me).0
}

/// The rights of a server in which everyone sees the channel of the sample.
fn rights(rights_version: i64) -> Arc<Structure> {
    let everyone = RoleRights {
        id: server().everyone_role(),
        permissions: Permissions::VIEW_CHANNEL,
        position: 0,
    };
    Arc::new(Structure::from(Parts {
        server_id: server(),
        owner_id: UserId::from_raw(1),
        rights_version,
        roles: vec![everyone],
        channels: vec![(message().message.channel_id, None)],
        overwrites: Vec::new(),
    }))
}

/// Where an account stands that has been a member for ever.
fn place_of(connection: &Connection, counters: Counters) -> MemberPlace {
    MemberPlace {
        server_id: server(),
        counters,
        structure: rights(counters.rights_version),
        membership: Membership::begun(connection.user_id, 1),
    }
}

/// A room with one connection, which knows how far the channel had come.
fn room(host: &Surroundings) -> (Box<Owner>, Arc<Connection>, Line) {
    let (connection, line) = connection(host, 1);
    let place = place_of(&connection, BEGUN);
    let directory = host.directory();
    let mut entered = directory.enter(host, &place, &connection, Welcome::ByCaller);
    let mut begun = host.take_effects().into_iter();
    let Some(Effect::Run(mut owner)) = begun.next() else {
        panic!("a room begins")
    };
    let head = Head {
        id: message().message.channel_id,
        last_seq: 0,
        last_message_id: None,
    };
    owner
        .room
        .request(Request::Learn(connection.socket.id(), vec![head]));
    assert_eq!(step_all(host, &mut owner), Life::GoesOn);
    assert_eq!(entered.try_recv(), Ok(true));
    line.take();
    (owner, connection, line)
}

fn step_all(host: &Surroundings, owner: &mut Owner) -> Life {
    loop {
        let inbox = &mut owner.inbox;
        let Some(message) = inbox.try_next(true).or_else(|| inbox.try_next(false)) else {
            return Life::GoesOn;
        };
        if owner.step(host, message) == Life::Ended {
            return Life::Ended;
        }
    }
}

#[test]
fn what_does_not_fit_makes_the_room_read_anew_when_it_has_applied_what_fits() {
    let host = Surroundings::new(small(2));
    let (mut owner, _connection, line) = room(&host);
    for seq in 1..=3 {
        dispatch(&host, &said(seq));
    }
    assert!(owner.room.is_behind());
    let first = owner.inbox.try_next(false).expect("the first");
    owner.step(&host, first);
    assert!(host.take_effects().is_empty(), "another one is to come");
    step_all(&host, &mut owner);
    let effects = host.take_effects();
    assert!(matches!(effects[..], [Effect::Read { known: 7, .. }]));
    assert!(!owner.room.is_behind());
    assert_eq!(line.take().len(), 2);
    // It is read once, however much more is missed.
    for seq in 4..=8 {
        dispatch(&host, &said(seq));
    }
    step_all(&host, &mut owner);
    assert!(host.take_effects().is_empty(), "one reading at a time");
}

/// Nothing is left to look after by the clock.
fn rest(host: &Surroundings, owner: &mut Owner) {
    let mut looks = 0;
    while owner.room.wants_look.load(Ordering::Acquire) {
        looks += 1;
        assert!(looks < 10, "it never rests");
        owner.room.look(Due::Beacon);
        step_all(host, owner);
    }
}

#[test]
fn a_room_that_has_taken_all_when_the_loss_is_noted_is_read_anew_all_the_same() {
    let host = Surroundings::new(small(1));
    let (mut owner, _connection, _line) = room(&host);
    rest(&host, &mut owner);
    // It was full for whoever passed something on, and has taken its last step before this.
    owner.room.is_behind.store(true, Ordering::Release);
    owner.room.look(Due::Look);
    step_all(&host, &mut owner);
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
}

#[test]
fn a_beacon_that_falls_due_while_a_look_waits_is_sent_by_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _connection, line) = room(&host);
    dispatch(&host, &said(1));
    step_all(&host, &mut owner);
    line.take();
    owner.room.look(Due::Look);
    owner.room.look(Due::Beacon);
    step_all(&host, &mut owner);
    let heard = line.take();
    assert!(heard.len() == 1 && heard[0].contains("heads"), "{heard:?}");
    // The next look is one without.
    owner.room.look(Due::Look);
    step_all(&host, &mut owner);
    assert!(line.take().is_empty());
}

#[test]
fn a_room_that_met_a_fault_ends_and_another_one_begins() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let fault = Message::Request(Request::Fault);
    assert_eq!(owner.survive(&host, fault), Life::Ended);
    drop(owner);
    assert!(!first.socket.is_open());
    assert!(matches!(host.take_effects()[..], [Effect::CompareAll]));
    let (_owner, _second, _line) = room(&host);
}

#[test]
fn a_hint_that_does_not_fit_is_lost_and_a_profile_is_told_again() {
    let host = Surroundings::new(small(1));
    let (owner, _connection, _line) = room(&host);
    dispatch(&host, &said(1));
    let typing = sample::hints().into_iter().next().expect("a hint");
    let to = HintTo::Channel(server(), message().message.channel_id);
    tell_hint(&host, to, &Arc::new(typing));
    assert!(!owner.room.is_behind());
    let updated = user_updated();
    let user = updated.user.id;
    to_servers(&host, &[server()], &Event::UserUpdated(updated));
    assert!(owner.room.is_behind(), "its member list has missed it");
    assert_eq!(host.doubts().take(host.now()).profiles, [user]);
}

/// A reading that asked whether this one is a member, and found so.
fn read_as_of(counters: Counters, member: &Connection) -> Request {
    let place = place_of(member, counters);
    let found = Found::Now(ServerNow {
        counters,
        heads: Vec::new(),
        structure: place.structure,
        members: vec![place.membership],
    });
    let asked = vec![member.user_id];
    Request::Read(Box::new(Reading { asked, found }))
}

fn removed(counters: Counters, user_id: UserId) -> Arc<Notice> {
    Arc::new(Notice::Structure(StructureChange {
        server_id: server(),
        counters,
        changes: vec![Change::MemberRemoved {
            user_id,
            reason: RemovalReason::Kicked,
        }],
        rights: None,
    }))
}

/// These have become members; each has the profile of the connection's account.
fn joined(connection: &Connection, counters: Counters, users: &[UserId]) -> Arc<Notice> {
    let member = |user_id: &UserId| {
        let mut user = connection.account().public();
        user.id = *user_id;
        let member = Member {
            user,
            joined_at: 0,
            is_owner: false,
        };
        Change::MemberJoined(member, Membership::begun(*user_id, counters.epoch))
    };
    Arc::new(Notice::Structure(StructureChange {
        server_id: server(),
        counters,
        changes: users.iter().map(member).collect(),
        rights: None,
    }))
}

#[test]
fn whoever_comes_while_it_is_read_and_joins_by_a_change_that_waits_is_looked_at() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    owner.room.request(Request::Reload);
    step_all(&host, &mut owner);
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    let second = stranger(&host, 2);
    let counters = Counters { epoch: 9, ..BEGUN };
    dispatch(&host, &joined(&first, counters, &[second.user_id]));
    step_all(&host, &mut owner);
    assert!(!second.is_in(server()), "another change is to come before");
    owner.room.request(read_as_of(counters, &first));
    step_all(&host, &mut owner);
    let effects = host.take_effects();
    assert!(matches!(effects[..], [Effect::RecheckAccount(user, None)] if user == second.user_id));
}

#[test]
fn more_than_is_kept_is_dropped_and_read_also_where_it_is_being_read() {
    let host = Surroundings::new(small(1));
    let (mut owner, first, _line) = room(&host);
    let hear = |owner: &mut Owner, notice: Arc<Notice>| {
        dispatch(&host, &notice);
        step_all(&host, owner);
    };
    // Nobody knows of the first one.
    (2..=9).for_each(|seq| hear(&mut owner, said(seq)));
    assert!(host.take_effects().is_empty());
    hear(&mut owner, said(10));
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    assert_eq!(owner.order.waiting(), 0);
    let second = stranger(&host, 2);
    let counters = Counters { epoch: 9, ..BEGUN };
    hear(&mut owner, joined(&first, counters, &[second.user_id]));
    (11..=18).for_each(|seq| hear(&mut owner, said(seq)));
    assert!(host.take_effects().is_empty(), "one reading at a time");
    let mut read = |epoch| {
        let counters = Counters { epoch, ..BEGUN };
        owner.room.request(read_as_of(counters, &first));
        step_all(&host, &mut owner);
        host.take_effects()
    };
    assert!(matches!(read(8)[..], [Effect::Read { known: 8, .. }]));
    let effects = read(9);
    assert!(matches!(effects[..], [Effect::RecheckAccount(user, None)] if user == second.user_id));
}

#[test]
fn whoever_joined_by_a_notice_that_found_no_place_is_looked_at() {
    let host = Surroundings::new(small(1));
    let (mut owner, first, _line) = room(&host);
    owner.room.request(Request::Reload);
    step_all(&host, &mut owner);
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    // Came, and is a member, since the question was asked.
    let second = stranger(&host, 2);
    let joining = Counters { epoch: 9, ..BEGUN };
    dispatch(&host, &said(1));
    let elsewhere = UserId::from_raw(second.user_id.raw() + 1);
    let users = [second.user_id, elsewhere];
    dispatch(&host, &joined(&first, joining, &users));
    assert!(owner.room.is_behind());
    step_all(&host, &mut owner);
    // It had gone before that, which is told late.
    let counters = Counters { epoch: 8, ..BEGUN };
    dispatch(&host, &removed(counters, second.user_id));
    step_all(&host, &mut owner);
    assert!(!second.is_in(server()));
    assert!(host.take_effects().is_empty(), "one reading at a time");
    owner.room.request(read_as_of(joining, &first));
    step_all(&host, &mut owner);
    let effects = host.take_effects();
    let [Effect::RecheckAccount(user, None), Effect::Read { .. }] = effects[..] else {
        panic!("one of them is connected and not here")
    };
    assert_eq!(user, second.user_id);
}

#[test]
fn what_waits_in_a_room_reaches_nobody_whose_session_has_ended() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, connection, line) = room(&host);
    dispatch(&host, &said(1));
    let ended = Notice::SessionsEnded {
        user_id: connection.user_id,
        sessions: vec![connection.session_id],
        reason: EndReason::Revoked,
    };
    dispatch(&host, &Arc::new(ended));
    dispatch(&host, &said(2));
    step_all(&host, &mut owner);
    let heard = line.take();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("session_ended"));
}

#[test]
fn whoever_is_in_several_rooms_is_told_once_what_is_said_in_all_of_them() {
    let shared = Shared::new(Frame::event("n", &1).unwrap(), None, true);
    let (first, second) = (testing::socket(1).0.id(), testing::socket(2).0.id());
    assert!(shared.is_first(first) && shared.is_first(second));
    assert!(!shared.is_first(first) && !shared.is_first(second));
}
