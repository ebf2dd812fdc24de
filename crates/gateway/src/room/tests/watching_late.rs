//! Connections that have named what they watch before it was known what they see.

use super::classes::{OTHER, after, channel, hear};
use super::watching::{names, open_room, said_aside, watch};
use super::*;
use crate::watching::{Naming, ask};

/// A connection that has named these channels, and which the room has not let in when it began.
fn late(host: &Surroundings, channels: &Arc<[ChannelId]>) -> (Arc<Connection>, Line) {
    let (second, line) = connection(host, 2);
    let named = (channels, Naming::First(vec![server()]));
    let asked = ask(host.directory(), &second, named);
    assert!(asked.is_empty(), "it is in no room yet");
    line.take();
    (second, line)
}

fn enter(host: &Surroundings, owner: &mut Owner, connection: &Arc<Connection>) {
    let place = place_of(connection, after(8, 2));
    let directory = host.directory();
    let _entered = directory.enter(host, &place, connection, Welcome::ByCaller);
    step_all(host, owner);
}

#[test]
fn who_is_let_in_late_watches_what_it_asked_for_when_it_began() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = open_room(&host);
    let (second, line) = late(&host, &[OTHER, ChannelId::from_raw(1)].into());
    enter(&host, &mut owner, &second);
    hear(&host, &mut owner, &said(1));
    hear(&host, &mut owner, &said_aside(1));
    assert_eq!(names(&line), ["message_created"]);
    watch(&host, &mut owner, &second, &[channel()]);
    hear(&host, &mut owner, &said_aside(2));
    assert!(line.take().is_empty(), "it has named it anew");
}

/// Where a member stands whose membership has just moved.
fn place_as_of(connection: &Connection, at: Counters) -> MemberPlace {
    let mut place = place_of(connection, at);
    place.membership.rev = at.epoch;
    place
}

/// The server can be read again, and these are its members.
fn can_be_read(
    host: &Surroundings,
    owner: &mut Owner,
    (at, members): (Counters, [&Arc<Connection>; 2]),
) {
    let places = members.map(|it| place_as_of(it, at));
    let head = Head {
        id: OTHER,
        last_seq: 2,
        last_message_id: None,
    };
    let found = Found::Now(ServerNow {
        counters: at,
        heads: vec![head],
        structure: Arc::clone(&places[0].structure),
        members: places.map(|place| place.membership).into(),
    });
    let asked = members.map(|it| it.user_id).into();
    let reading = Reading { asked, found };
    owner.room.request(Request::Read(Box::new(reading)));
    step_all(host, owner);
}

#[test]
fn who_is_let_in_before_the_server_can_be_read_watches_when_it_can() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = open_room(&host);
    let (second, line) = late(&host, &[OTHER].into());
    owner.is_unread = true;
    enter(&host, &mut owner, &second);
    hear(&host, &mut owner, &said_aside(1));
    assert!(line.take().is_empty(), "it is not known what it sees");
    hear(&host, &mut owner, &said_aside(3));
    can_be_read(&host, &mut owner, (after(8, 2), [&first, &second]));
    assert_eq!(
        names(&line),
        ["heads", "message_created"],
        "what has waited"
    );
    hear(&host, &mut owner, &said_aside(4));
    assert_eq!(names(&line), ["message_created"]);
}

/// A connection that a room which cannot be read has let in by a membership that it does not know, and that
/// has named these channels as it began.
fn in_time(
    host: &Surroundings,
    owner: &mut Owner,
    channels: &Arc<[ChannelId]>,
) -> (Arc<Connection>, Line) {
    let (second, line) = connection(host, 2);
    second.listen_to_a_list();
    owner.is_unread = true;
    let place = place_as_of(&second, after(9, 2));
    let _entered = host
        .directory()
        .enter(host, &place, &second, Welcome::ByCaller);
    step_all(host, owner);
    assert!(second.is_in(server()));
    let named = (channels, Naming::First(Vec::new()));
    drop(ask(host.directory(), &second, named));
    step_all(host, owner);
    line.take();
    (second, line)
}

#[test]
fn who_is_let_in_in_time_where_the_server_cannot_be_read_watches_when_it_can() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = open_room(&host);
    let (second, line) = in_time(&host, &mut owner, &[OTHER].into());
    can_be_read(&host, &mut owner, (after(9, 2), [&first, &second]));
    line.take();
    hear(&host, &mut owner, &said_aside(3));
    assert_eq!(names(&line), ["message_created"]);
    drop(host.directory().leave(server(), &second));
    step_all(&host, &mut owner);
    enter(&host, &mut owner, &second);
    hear(&host, &mut owner, &said_aside(4));
    assert!(line.take().is_empty(), "it comes again");
}

#[test]
fn who_names_other_channels_before_the_server_can_be_read_does_not_watch_the_first_then() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = open_room(&host);
    let (second, line) = in_time(&host, &mut owner, &[OTHER].into());
    watch(&host, &mut owner, &second, &[]);
    can_be_read(&host, &mut owner, (after(9, 2), [&first, &second]));
    line.take();
    hear(&host, &mut owner, &said_aside(3));
    assert!(line.take().is_empty());
}

#[test]
fn who_is_let_in_late_watches_nothing_when_it_comes_again() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = open_room(&host);
    let (second, line) = late(&host, &[OTHER].into());
    enter(&host, &mut owner, &second);
    drop(host.directory().leave(server(), &second));
    step_all(&host, &mut owner);
    enter(&host, &mut owner, &second);
    hear(&host, &mut owner, &said_aside(1));
    assert!(line.take().is_empty());
}

#[test]
fn who_names_other_channels_before_it_is_let_in_watches_nothing_late() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = open_room(&host);
    let (second, line) = late(&host, &[OTHER].into());
    ask(host.directory(), &second, (&[].into(), Naming::Anew));
    enter(&host, &mut owner, &second);
    hear(&host, &mut owner, &said_aside(1));
    assert!(line.take().is_empty());
}
