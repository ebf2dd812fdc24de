//! Who sits where, against a table that is kept beside.

use std::collections::{BTreeMap, BTreeSet};

use battala_hub::access::structure::{self, Parts, Structure};
use battala_proto::Permissions;
use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};
use battala_proto::{Event, sample};
use battala_socketio::testing;

use super::*;

const KINDS: u64 = 3;

/// Classes of a server with one channel: nobody's, everyone's and the owner's.
fn classes() -> Vec<Class> {
    let server_id = ServerId::from_raw(1);
    let parts = |permissions| Parts {
        server_id,
        owner_id: UserId::from_raw(1),
        rights_version: 1,
        roles: vec![structure::RoleRights {
            id: server_id.everyone_role(),
            permissions,
            position: 0,
        }],
        channels: vec![(ChannelId::from_raw(9), None)],
        overwrites: Vec::new(),
    };
    let class = |permissions, user| {
        let structure = Structure::from(parts(permissions));
        structure::class(&structure, &membership(user), 0)
    };
    vec![
        class(Permissions::NONE, 2),
        class(Permissions::VIEW_CHANNEL, 2),
        class(Permissions::NONE, 1),
    ]
}

fn membership(user: i64) -> Membership {
    Membership {
        user_id: UserId::from_raw(user),
        rev: 1,
        roles: Vec::new().into(),
        timeout_until: None,
    }
}

fn connection(id: u64) -> Arc<Connection> {
    let me = sample::events().into_iter().find_map(|event| match event {
        Event::MeUpdated(updated) => Some(updated.me),
        _ => None,
    });
    let (socket, _line) = testing::socket(id);
    let session = SessionId::from_raw(i64::try_from(id).unwrap());
    Arc::new(Connection::new(
        socket,
        session,
        Arc::new(me.expect("a sample")),
        0,
    ))
}

/// Who is told something of each class.
fn told(seats: &Seats) -> BTreeMap<usize, BTreeSet<SocketId>> {
    let classes = classes();
    let mut told: BTreeMap<usize, BTreeSet<SocketId>> = BTreeMap::new();
    seats.for_each_class(
        Readers::Everyone,
        |class| classes.iter().position(|known| known == class),
        |connection, kind| {
            let of_kind = told.entry(*kind).or_default();
            assert!(of_kind.insert(connection.socket.id()), "once");
        },
    );
    told
}

/// A generator with a full period over its 2^16 states.
fn chance() -> impl FnMut(u64) -> u64 {
    let mut state = 7_u64;
    move |below| {
        state = (state * 25_173 + 13_849) % 65_536;
        state / 64 % below
    }
}

#[test]
fn whoever_comes_goes_and_moves_is_told_what_those_of_the_class_are() {
    let classes = classes();
    let mut seats = Seats::default();
    let mut known: BTreeMap<SocketId, usize> = BTreeMap::new();
    let connections: Vec<_> = (1..=12).map(connection).collect();
    let mut draw = chance();
    for _ in 0..4000 {
        let one = &connections[usize::try_from(draw(12)).unwrap()];
        let socket = one.socket.id();
        let kind = usize::try_from(draw(KINDS)).unwrap();
        match draw(4) {
            0 => {
                seats.remove(socket);
                known.remove(&socket);
            }
            1 => {
                let membership = membership(2);
                let renewed = [(socket, &membership, Arc::clone(&classes[kind]))];
                let moved = seats.set_memberships(&renewed, |_, _| true);
                let was = known.get(&socket).copied();
                let has_moved = was.is_some_and(|was| was != kind);
                assert_eq!(moved.len(), usize::from(has_moved));
                known.entry(socket).and_modify(|it| *it = kind);
            }
            2 if draw(8) == 0 => {
                let all = Arc::clone(&classes[kind]);
                let moved = seats.reclass(|_| Arc::clone(&all), |_, _| true);
                let sizes = moved.iter().map(|moved| moved.connections.len());
                assert_eq!(sizes.sum::<usize>(), known.len());
                for it in known.values_mut() {
                    *it = kind;
                }
            }
            _ => {
                let is_new = seats.add(one, membership(2), &classes[kind]);
                assert_eq!(is_new, !known.contains_key(&socket));
                known.entry(socket).or_insert(kind);
            }
        }
        let mut wanted: BTreeMap<usize, BTreeSet<SocketId>> = BTreeMap::new();
        for (socket, kind) in &known {
            wanted.entry(*kind).or_default().insert(*socket);
            assert_eq!(seats.class_of(*socket), Some(&classes[*kind]));
        }
        assert_eq!(told(&seats), wanted);
        assert_eq!(seats.connections().count(), known.len());
    }
    let all = seats.take();
    assert_eq!(all.len(), known.len());
    assert!(seats.is_empty() && told(&seats).is_empty());
}

#[test]
fn a_connection_that_goes_to_another_class_is_named_with_both() {
    let classes = classes();
    let mut seats = Seats::default();
    let (one, other) = (connection(1), connection(2));
    seats.add(&one, membership(2), &classes[0]);
    seats.add(&other, membership(3), &classes[0]);
    let mut later = membership(2);
    later.rev = 5;
    let to = Arc::clone(&classes[1]);
    let renewed = [(one.socket.id(), &later, Arc::clone(&to))];
    let moved = seats.set_memberships(&renewed, |_, _| true);
    let [moved] = &moved[..] else {
        panic!("one moved")
    };
    assert_eq!((&moved.before, &moved.after), (&classes[0], &classes[1]));
    assert_eq!(moved.connections.len(), 1);
    assert_eq!(seats.membership_of(one.socket.id()), Some(&later));
    assert_eq!(seats.class_of(other.socket.id()), Some(&classes[0]));
    // It is as it was: nobody goes anywhere, and the membership is the newer one.
    let again = membership(2);
    let renewed = [(one.socket.id(), &again, Arc::clone(&to))];
    let moved = seats.set_memberships(&renewed, |_, _| true);
    assert!(moved.is_empty());
    assert_eq!(seats.membership_of(one.socket.id()), Some(&again));
}

#[test]
fn those_who_go_the_same_way_at_once_are_named_once_however_they_listen() {
    let classes = classes();
    let mut seats = Seats::default();
    let connections: Vec<_> = (1..=5).map(connection).collect();
    let sockets = connections.iter().map(|it| it.socket.id());
    let sockets: Vec<_> = sockets.collect();
    connections[0].listen_to_a_list();
    for (one, place) in connections.iter().zip([0, 0, 1, 0, 0]) {
        seats.add(one, membership(2), &classes[place]);
    }
    seats.watch(sockets[4], &[]);
    let later = membership(2);
    let to = || Arc::clone(&classes[2]);
    let renewed = sockets[..3].iter().map(|it| (*it, &later, to()));
    let moved = seats.set_memberships(&renewed.collect::<Vec<_>>(), |_, _| true);
    assert_eq!(sizes(&moved), [2, 1], "by the class from which they come");
    let back = seats.reclass_some(|_| true, |_| Arc::clone(&classes[0]), |_, _| true);
    assert_eq!(sizes(&back), [3], "the others are of it already");
    let nobody = seats.reclass_some(|_| false, |_| to(), |_, _| true);
    assert!(nobody.is_empty());
    let all = seats.reclass(|_| to(), |_, _| true);
    assert_eq!(sizes(&all), [5]);
}

fn sizes(moved: &[Moved]) -> Vec<usize> {
    moved.iter().map(|it| it.connections.len()).collect()
}

/// Of which class somebody is, and what it watches, if it listens to a list.
type Place = (usize, Option<BTreeSet<ChannelId>>);

#[test]
fn who_watches_hears_that_as_long_as_it_is_seen_and_the_others_all_that_they_see() {
    let classes = classes();
    let sees = |class: &Class, _| *class != classes[0];
    let channels = [8, 9].map(ChannelId::from_raw);
    let mut seats = Seats::default();
    let mut known: BTreeMap<SocketId, Place> = BTreeMap::new();
    let connections: Vec<_> = (1..=12).map(connection).collect();
    let mut draw = chance();
    for _ in 0..4000 {
        let one = &connections[usize::try_from(draw(12)).unwrap()];
        let socket = one.socket.id();
        let kind = usize::try_from(draw(KINDS)).unwrap();
        let moves = |(was, watched): &mut Place| {
            *was = kind;
            let watched = watched.iter_mut().filter(|_| kind == 0);
            watched.for_each(BTreeSet::clear);
        };
        match draw(5) {
            0 => {
                seats.remove(socket);
                known.remove(&socket);
            }
            1 => {
                let renewed = membership(2);
                let renewed = [(socket, &renewed, Arc::clone(&classes[kind]))];
                seats.set_memberships(&renewed, sees);
                known.get_mut(&socket).into_iter().for_each(moves);
            }
            2 if draw(8) == 0 => {
                seats.reclass(|_| Arc::clone(&classes[kind]), sees);
                known.values_mut().for_each(moves);
            }
            2 if draw(8) == 0 => {
                seats.reclass_some(|_| true, |_| Arc::clone(&classes[kind]), sees);
                known.values_mut().for_each(moves);
            }
            3 => {
                let sees_some = known.get(&socket).is_some_and(|(kind, _)| *kind != 0);
                let wanted = channels.into_iter();
                let wanted = wanted.filter(|_| sees_some && draw(2) == 0);
                let wanted: BTreeSet<ChannelId> = wanted.collect();
                let named: Vec<_> = wanted.iter().rev().copied().collect();
                let new = seats.watch(socket, &named);
                let before = known.get_mut(&socket);
                let before = before.and_then(|(_, watched)| watched.replace(wanted.clone()));
                let before = before.unwrap_or_default();
                assert_eq!(new, wanted.difference(&before).count());
            }
            _ => {
                seats.add(one, membership(2), &classes[kind]);
                known.entry(socket).or_insert((kind, None));
            }
        }
        for channel in channels {
            let hears = |(kind, watched): &Place| {
                let is_heard = watched.as_ref().is_none_or(|it| it.contains(&channel));
                *kind != 0 && is_heard
            };
            let wanted = known.iter().filter(|(_, place)| hears(place));
            let wanted: BTreeSet<SocketId> = wanted.map(|(socket, _)| *socket).collect();
            assert_eq!(hearing(&seats, channel, sees), wanted);
        }
    }
}

#[test]
fn what_a_class_sees_is_asked_once_for_all_of_it_who_watch() {
    let classes = classes();
    let channels = [8, 9].map(ChannelId::from_raw);
    let mut seats = Seats::default();
    let connections: Vec<_> = (1..=20).map(connection).collect();
    for (one, class) in connections.iter().zip(classes.iter().cycle()) {
        seats.add(one, membership(2), class);
        assert_eq!(seats.watch(one.socket.id(), &channels), 2);
    }
    let asked = Cell::new(0);
    let sees = |_: &Class, channel| {
        asked.set(asked.get() + 1);
        channel == channels[0]
    };
    seats.reclass(|_| Arc::clone(&classes[1]), sees);
    assert_eq!(asked.get(), channels.len());
    let heard = channels.map(|channel| hearing(&seats, channel, |_, _| true).len());
    assert_eq!(heard, [20, 0]);
}

#[test]
fn of_a_class_of_which_nobody_is_a_reader_nothing_is_asked() {
    let classes = classes();
    let mut seats = Seats::default();
    let connections: Vec<_> = (1..=3).map(connection).collect();
    for (one, class) in connections.iter().zip(&classes) {
        seats.add(one, membership(2), class);
    }
    let socket = connections[1].socket.id();
    let asked = |seats: &Seats, readers| {
        let (mut asked, mut told) = (Vec::new(), 0);
        let ask = |class: &Class| {
            asked.push(Arc::clone(class));
            Some(())
        };
        seats.for_each_class(readers, ask, |_, ()| told += 1);
        assert_eq!(asked.len(), told);
        asked
    };
    assert!(asked(&seats, Readers::Listening).is_empty());
    seats.watch(socket, &[]);
    assert_eq!(asked(&seats, Readers::Listening), classes[1..2]);
    assert!(asked(&seats, Readers::Watching).is_empty());
    seats.watch(socket, &[ChannelId::from_raw(9)]);
    assert_eq!(asked(&seats, Readers::Watching), classes[1..2]);
    assert_eq!(asked(&seats, Readers::Everyone).len(), 3);
    seats.watch(socket, &[]);
    assert!(asked(&seats, Readers::Watching).is_empty());
}

/// Who is told what is said in a channel.
fn hearing(
    seats: &Seats,
    channel: ChannelId,
    sees: impl Fn(&Class, ChannelId) -> bool,
) -> BTreeSet<SocketId> {
    let mut told = BTreeSet::new();
    seats.for_each_hearing(
        channel,
        |class| sees(class, channel),
        |connection| assert!(told.insert(connection.socket.id()), "once"),
    );
    told
}
