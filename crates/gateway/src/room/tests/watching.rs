//! Connections that hear what they watch, and of the rest how far it has come.

use super::classes::{OTHER, after, changed, channel, hear, hiding, insider, parts};
use super::*;
use crate::watching::{Naming, ask};

/// A message of this number in the other channel.
pub(super) fn said_aside(seq: i64) -> Arc<Notice> {
    let mut changed = message();
    (changed.first_seq, changed.seq) = (seq, seq);
    changed.message.channel_id = OTHER;
    let audience = Audience::Channel(server(), OTHER);
    Arc::new(Notice::Event(audience, Event::MessageCreated(changed)))
}

/// Everyone sees both channels from an epoch on.
fn open(host: &Surroundings, owner: &mut Owner, (epoch, rights_version): (i64, i64)) {
    let mut open = parts(rights_version);
    open.overwrites.clear();
    let rights = Some(Arc::new(Structure::from(open)));
    let at = after(epoch, rights_version);
    hear(host, owner, &changed(at, vec![], rights));
}

/// A room in which everyone sees both channels, and which knows how far they had come.
pub(super) fn open_room(host: &Surroundings) -> (Box<Owner>, Arc<Connection>, Line) {
    let (mut owner, first, line) = room(host);
    open(host, &mut owner, (8, 2));
    let head = Head {
        id: OTHER,
        last_seq: 0,
        last_message_id: None,
    };
    let learn = Request::Learn(first.socket.id(), vec![head]);
    owner.room.request(learn);
    step_all(host, &mut owner);
    line.take();
    (owner, first, line)
}

/// A connection watches these channels, as far as the room lets it.
pub(super) fn watch(
    host: &Surroundings,
    owner: &mut Owner,
    connection: &Connection,
    channels: &[ChannelId],
) -> Watched {
    let named = (&channels.into(), Naming::Anew);
    let asked = ask(host.directory(), connection, named);
    step_all(host, owner);
    let mut watched = asked.into_iter().map(|(_, mut answer)| answer.try_recv());
    watched.next().expect("it is in").expect("an answer")
}

fn ids(watched: &Watched) -> Vec<ChannelId> {
    watched.channels.iter().map(|it| it.id).collect()
}

/// The names of the events that were heard.
pub(super) fn names(line: &Line) -> Vec<String> {
    let heard = line.take().into_iter();
    let names = heard.map(|it| it.split('"').nth(1).unwrap_or_default().to_owned());
    names.collect()
}

#[test]
fn who_watches_a_channel_hears_what_is_said_there_and_nothing_that_is_said_elsewhere() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    let (_second, all) = insider(&host, &mut owner, after(8, 2));
    let watched = watch(&host, &mut owner, &first, &[OTHER, ChannelId::from_raw(1)]);
    assert_eq!(ids(&watched), [OTHER], "the other one is not of the server");
    hear(&host, &mut owner, &said(1));
    assert!(line.take().is_empty());
    let typing = sample::hints().into_iter().next().expect("a hint");
    let typing = Arc::new(typing);
    for id in [channel(), OTHER] {
        tell_hint(&host, HintTo::Channel(server(), id), &typing);
    }
    hear(&host, &mut owner, &said_aside(1));
    assert_eq!(names(&line), ["typing_started", "message_created"]);
    assert_eq!(all.take().len(), 4, "who hears all hears all");
    watch(&host, &mut owner, &first, &[]);
    hear(&host, &mut owner, &said_aside(2));
    assert!(line.take().is_empty());
}

#[test]
fn the_answer_of_a_watch_and_what_follows_leave_no_gap() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    first.listen_to_a_list();
    for seq in 1..=3 {
        hear(&host, &mut owner, &said(seq));
    }
    // This one waits for what it follows.
    hear(&host, &mut owner, &said(5));
    let watched = watch(&host, &mut owner, &first, &[channel()]);
    assert_eq!(watched.channels[0].last_seq, Some(3));
    let newest = watched.channels[0].last_message_id;
    assert_eq!(newest, Some(message().message.id));
    line.take();
    hear(&host, &mut owner, &said(4));
    assert_eq!(names(&line), ["message_created", "message_created"]);
}

#[test]
fn of_a_channel_of_which_nobody_was_told_yet_it_is_not_said_how_far_it_has_come() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    open(&host, &mut owner, (8, 2));
    let watched = watch(&host, &mut owner, &first, &[OTHER]);
    assert_eq!(ids(&watched), [OTHER]);
    assert_eq!(watched.channels[0].last_seq, None);
}

#[test]
fn only_what_was_not_watched_before_is_new() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = open_room(&host);
    let mut new = |channels: &[ChannelId]| watch(&host, &mut owner, &first, channels).new;
    assert_eq!(new(&[channel(), channel()]), 1);
    assert_eq!(new(&[channel(), OTHER]), 1);
    assert_eq!(new(&[OTHER]), 0);
    assert_eq!(new(&[channel(), OTHER]), 1);
}

#[test]
fn a_watch_ends_with_the_right_and_does_not_return() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    watch(&host, &mut owner, &first, &[channel(), OTHER]);
    let hidden = changed(after(9, 3), vec![], Some(hiding(3)));
    hear(&host, &mut owner, &hidden);
    hear(&host, &mut owner, &said(1));
    assert_eq!(names(&line), ["rights_updated"]);
    open(&host, &mut owner, (10, 4));
    line.take();
    hear(&host, &mut owner, &said(2));
    hear(&host, &mut owner, &said_aside(1));
    let heard = line.take();
    assert_eq!(heard.len(), 1, "the one that is watched still: {heard:?}");
    assert!(heard[0].contains("\"channel_id\":\"99\""), "{heard:?}");
    watch(&host, &mut owner, &first, &[channel()]);
    hear(&host, &mut owner, &said(3));
    assert_eq!(names(&line), ["message_created"]);
}

#[test]
fn who_loses_a_role_watches_no_more_what_it_showed() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, _line) = open_room(&host);
    let (second, line) = insider(&host, &mut owner, after(8, 2));
    let hidden = changed(after(9, 3), vec![], Some(hiding(3)));
    hear(&host, &mut owner, &hidden);
    let watched = watch(&host, &mut owner, &second, &[channel(), OTHER]);
    assert_eq!(ids(&watched), [channel(), OTHER]);
    let taken = Change::MemberChanged(classes::membership(&second, 10, &[]));
    hear(&host, &mut owner, &changed(after(10, 3), vec![taken], None));
    line.take();
    hear(&host, &mut owner, &said(1));
    assert!(line.take().is_empty());
    let watched = watch(&host, &mut owner, &second, &[channel()]);
    assert!(watched.channels.is_empty(), "it is left out");
}

#[test]
fn who_listens_to_a_list_watches_nothing_in_a_room_that_it_enters() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let second = stranger(&host, 2);
    second.listen_to_a_list();
    hear(
        &host,
        &mut owner,
        &joined(&first, after(8, 1), &[second.user_id]),
    );
    assert!(second.is_in(server()));
    let mut heard = 0;
    owner.seats.for_each_hearing(
        channel(),
        |_| true,
        |connection| {
            heard += usize::from(Arc::ptr_eq(connection, &second));
        },
    );
    assert_eq!(heard, 0);
}

#[test]
fn rooms_that_neither_gain_nor_lose_a_channel_are_not_asked() {
    let host = Surroundings::new(Bounds::default());
    let (_owner, first, _line) = open_room(&host);
    first.entered(ServerId::from_raw(4242));
    let rooms = |channels: &[ChannelId]| {
        let named = (&channels.into(), Naming::Anew);
        ask(host.directory(), &first, named).len()
    };
    assert_eq!(rooms(&[]), 2, "none of them tells all from here on");
    assert_eq!(rooms(&[]), 0);
    assert_eq!(rooms(&[ChannelId::from_raw(1)]), 0, "it is of none");
    assert_eq!(rooms(&[channel(), OTHER]), 1);
    assert_eq!(rooms(&[OTHER]), 1);
    assert_eq!(rooms(&[]), 1, "this one loses it");
    assert_eq!(rooms(&[]), 0);
}

#[test]
fn a_change_of_a_channel_is_told_to_who_does_not_watch_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    watch(&host, &mut owner, &first, &[OTHER]);
    let mut renamed = sampled(|event| match event {
        Event::ChannelUpdated(changed) => Some(changed),
        _ => None,
    });
    let at = after(9, 2);
    (renamed.epoch, renamed.structure_rev) = (at.epoch, at.structure_rev);
    let event = Event::ChannelUpdated(renamed);
    let part = Change::Event(Audience::Channel(server(), channel()), event);
    hear(&host, &mut owner, &changed(at, vec![part], None));
    assert_eq!(names(&line), ["channel_updated"]);
}

/// It is time for this.
fn look(host: &Surroundings, owner: &mut Owner, due: Due) {
    owner.room.look(due);
    step_all(host, owner);
}

/// A line was told by one event how far these channels have come.
#[track_caller]
fn heads(line: &Line) -> Vec<(ChannelId, i64)> {
    let heard = line.take();
    let [heard] = &heard[..] else {
        panic!("{heard:?}")
    };
    let event = heard.strip_prefix("42").expect("an event");
    let (name, heads): (String, battala_proto::events::Heads) =
        serde_json::from_str(event).expect("it");
    assert_eq!(name, "heads");
    let heads = heads.channels.into_iter();
    heads.map(|head| (head.id, head.last_seq)).collect()
}

#[test]
fn each_beat_tells_who_watches_here_how_far_other_channels_have_come() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    let (_second, all) = insider(&host, &mut owner, after(8, 2));
    watch(&host, &mut owner, &first, &[OTHER]);
    for seq in 1..=3 {
        hear(&host, &mut owner, &said(seq));
    }
    all.take();
    look(&host, &mut owner, Due::Look);
    assert!(line.take().is_empty());
    look(&host, &mut owner, Due::Heads);
    assert_eq!(heads(&line), [(channel(), 3)]);
    look(&host, &mut owner, Due::Heads);
    assert!(line.take().is_empty(), "once");
    hear(&host, &mut owner, &said(4));
    look(&host, &mut owner, Due::Heads);
    assert_eq!(heads(&line), [(channel(), 4)]);
    look(&host, &mut owner, Due::SlowHeads);
    line.take();
    assert!(all.take().len() == 1, "who hears all hears by events alone");
    look(&host, &mut owner, Due::Beacon);
    assert_eq!((heads(&line).len(), heads(&all).len()), (1, 1));
    for due in [Due::Heads, Due::SlowHeads] {
        look(&host, &mut owner, due);
        assert!(line.take().is_empty(), "the beacon has told it");
    }
}

#[test]
fn a_slow_beat_tells_who_watches_nothing_here() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    watch(&host, &mut owner, &first, &[]);
    hear(&host, &mut owner, &said(1));
    look(&host, &mut owner, Due::Heads);
    hear(&host, &mut owner, &said_aside(1));
    look(&host, &mut owner, Due::Heads);
    assert!(line.take().is_empty());
    look(&host, &mut owner, Due::SlowHeads);
    assert_eq!(heads(&line), [(OTHER, 1), (channel(), 1)]);
    look(&host, &mut owner, Due::SlowHeads);
    assert!(line.take().is_empty(), "once");
}

/// What was told by the beat before, it has not heard.
#[test]
fn who_begins_to_watch_here_is_told_by_the_slow_beat_of_what_was_before() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    watch(&host, &mut owner, &first, &[]);
    hear(&host, &mut owner, &said(1));
    look(&host, &mut owner, Due::Heads);
    watch(&host, &mut owner, &first, &[OTHER]);
    look(&host, &mut owner, Due::Heads);
    assert!(line.take().is_empty());
    look(&host, &mut owner, Due::SlowHeads);
    assert_eq!(heads(&line), [(channel(), 1)]);
}

/// What the beat told it of it could not place.
#[test]
fn who_listens_is_told_what_came_before_it_knew_what_it_has_read() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    let (second, all) = insider(&host, &mut owner, after(8, 2));
    watch(&host, &mut owner, &first, &[]);
    for seq in 1..=2 {
        hear(&host, &mut owner, &said(seq));
    }
    look(&host, &mut owner, Due::SlowHeads);
    line.take();
    all.take();
    let mut learns = |connection: &Connection, last_seq| {
        let head = Head {
            id: channel(),
            last_seq,
            last_message_id: None,
        };
        let learn = Request::Learn(connection.socket.id(), vec![head]);
        owner.room.request(learn);
        step_all(&host, &mut owner);
    };
    learns(&first, 1);
    assert_eq!(heads(&line), [(channel(), 2)]);
    learns(&first, 2);
    learns(&second, 1);
    assert!(line.take().is_empty());
    assert!(all.take().is_empty(), "who hears all has heard of it");
}

#[test]
fn a_beat_names_to_each_the_channels_that_it_sees() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    let (second, other) = insider(&host, &mut owner, after(8, 2));
    for connection in [&first, &second] {
        watch(&host, &mut owner, connection, &[OTHER]);
    }
    hear(&host, &mut owner, &said(1));
    let hidden = changed(after(9, 3), vec![], Some(hiding(3)));
    hear(&host, &mut owner, &hidden);
    line.take();
    look(&host, &mut owner, Due::Heads);
    assert!(line.take().is_empty());
    assert_eq!(heads(&other), [(channel(), 1)]);
}

#[test]
fn while_a_room_cannot_be_read_heads_go_on_as_messages_do() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = open_room(&host);
    watch(&host, &mut owner, &first, &[OTHER]);
    owner.is_unread = true;
    hear(&host, &mut owner, &said_aside(1));
    assert_eq!(names(&line), ["message_created"]);
    for (seq, due) in [(1, Due::Heads), (2, Due::SlowHeads), (3, Due::Beacon)] {
        hear(&host, &mut owner, &said(seq));
        look(&host, &mut owner, due);
        let heads = heads(&line);
        assert!(heads.contains(&(channel(), seq)), "{heads:?}");
    }
}
