//! A room whose server cannot be read.

use super::*;

/// What is stored cannot be read.
fn broken(first: &Connection) -> Request {
    Request::Read(Box::new(Reading {
        asked: vec![first.user_id],
        found: Found::Broken,
    }))
}

#[test]
fn a_room_of_which_what_is_stored_cannot_be_read_keeps_its_connections_and_goes_on_reading() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    owner.room.request(Request::Reload);
    step_all(&host, &mut owner);
    host.take_effects();
    owner.joins_missed.push((2, UserId::from_raw(7)));
    for _ in 0..3 {
        owner.room.request(broken(&first));
        step_all(&host, &mut owner);
        assert!(host.take_effects().is_empty(), "it waits for the clock");
        owner.room.look(Due::Look);
        step_all(&host, &mut owner);
        assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    }
    assert!(first.socket.is_open() && line.take().is_empty());
    assert!(owner.joins_missed.is_empty());
}

#[test]
fn nothing_is_told_in_a_room_of_which_it_is_not_known_who_is_in_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    owner.member_list.subscribe(&first, vec![RowRange(0, 9)]);
    owner.room.request(Request::Reload);
    owner.room.request(broken(&first));
    step_all(&host, &mut owner);
    host.take_effects();
    owner.room.look(Due::Look);
    let typing = sample::hints().into_iter().next().unwrap();
    assert_eq!(
        owner
            .room
            .pass(Passed::Hint(message().message.channel_id, Arc::new(typing))),
        Passage::Taken
    );
    step_all(&host, &mut owner);
    let effects = host.take_effects();
    let is_read = |effect: &Effect| matches!(effect, Effect::ReadMembers(_));
    assert!(!effects.iter().any(is_read), "presence is not told, either");
    assert!(line.take().is_empty());
}

#[test]
fn a_room_that_could_not_be_read_is_read_for_whoever_came_meanwhile() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let could_not = || {
        let reading = Reading {
            asked: vec![first.user_id],
            found: Found::Unreadable,
        };
        Request::Read(Box::new(reading))
    };
    owner.room.request(Request::Reload);
    step_all(&host, &mut owner);
    owner.room.request(could_not());
    let (second, _line) = connection(&host, 2);
    let directory = host.directory();
    let place = place_of(&second, BEGUN);
    let _entered = directory.enter(&host, &place, &second, Welcome::ByCaller);
    directory.remove(&first);
    step_all(&host, &mut owner);
    assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
    // It waits for the clock, so that it does not begin again and again while it fails at once.
    for _ in 0..3 {
        owner.room.look(Due::Look);
        step_all(&host, &mut owner);
        assert!(matches!(host.take_effects()[..], [Effect::Read { .. }]));
        owner.room.request(could_not());
        step_all(&host, &mut owner);
        assert!(host.take_effects().is_empty());
    }
    directory.remove(&second);
    assert_eq!(
        step_all(&host, &mut owner),
        Life::Ended,
        "nobody asks any more"
    );
}

#[test]
fn a_profile_that_changes_while_it_cannot_be_read_is_told_when_it_can() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    owner.room.request(Request::Reload);
    owner.room.request(broken(&first));
    step_all(&host, &mut owner);
    let updated = user_updated();
    let user = updated.user.id;
    to_servers(&host, &[server()], &Event::UserUpdated(updated));
    step_all(&host, &mut owner);
    assert!(line.take().is_empty(), "who is here may have been removed");
    assert!(host.doubts().take(host.now()).profiles.is_empty());
    owner.room.request(read_as_of(BEGUN, &first));
    step_all(&host, &mut owner);
    assert_eq!(host.doubts().take(host.now()).profiles, [user]);
}

#[test]
fn who_enters_by_what_a_room_that_cannot_be_read_does_not_know_hears_nothing_until_it_can() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    owner.room.request(Request::Reload);
    owner.room.request(broken(&first));
    step_all(&host, &mut owner);
    let (second, other) = connection(&host, 2);
    let later = Counters { epoch: 9, ..BEGUN };
    let mut place = place_of(&second, later);
    place.membership.rev = later.epoch;
    let directory = host.directory();
    let mut entered = directory.enter(&host, &place, &second, Welcome::ByCaller);
    step_all(&host, &mut owner);
    assert_eq!(entered.try_recv(), Ok(true), "nobody is kept waiting");
    line.take();
    other.take();
    let (answer, mut seen) = oneshot::channel();
    owner.room.request(Request::View(Viewing {
        socket: second.socket.id(),
        epoch: later.epoch,
        answer,
    }));
    dispatch(&host, &said(1));
    step_all(&host, &mut owner);
    assert!(matches!(seen.try_recv(), Ok(Seen::Unread)), "it is owed");
    assert_eq!((line.take().len(), other.take().len()), (1, 0));
    let head = Head {
        id: message().message.channel_id,
        last_seq: 1,
        last_message_id: None,
    };
    let found = Found::Now(ServerNow {
        counters: later,
        heads: vec![head],
        structure: rights(1),
        members: vec![place.membership],
    });
    let asked = vec![second.user_id];
    let reading = Reading { asked, found };
    owner.room.request(Request::Read(Box::new(reading)));
    step_all(&host, &mut owner);
    other.take();
    dispatch(&host, &said(2));
    step_all(&host, &mut owner);
    assert_eq!(other.take().len(), 1);
}
