//! What connections are told whose rights have changed.

use std::time::Duration;

use battala_hub::access::structure::{Overwrite, OverwriteFor};
use battala_proto::channels::ChannelRights;
use battala_proto::events::RightsUpdated;
use battala_socketio::Frame;

use super::classes::{
    INSIDERS, OTHER, after, changed, channel, hear, hiding, insider, membership, parts, row,
};
use super::*;
use crate::telling::What;

const VIEW: Permissions = Permissions::VIEW_CHANNEL;

/// A line was told of rights, and nothing else.
#[track_caller]
fn updated(line: &Line) -> RightsUpdated {
    let heard = line.take();
    let [heard] = &heard[..] else {
        panic!("{heard:?}")
    };
    let event = heard.strip_prefix("42").expect("an event");
    let (name, updated): (String, RightsUpdated) = serde_json::from_str(event).expect("it");
    assert_eq!(name, "rights_updated");
    updated
}

/// A change of rights with the rows of both channels.
fn opened(at: Counters, rights: Arc<Structure>, topic: &str) -> Arc<Notice> {
    Arc::new(Notice::Structure(StructureChange {
        server_id: server(),
        counters: at,
        changes: Vec::new(),
        rights: Some(NewRights {
            structure: rights,
            channels: [row(channel(), topic), row(OTHER, "")].into(),
        }),
    }))
}

/// Everyone sees both channels, and may do this.
fn open(rights_version: i64, permissions: Permissions) -> Arc<Structure> {
    let mut parts = parts(rights_version);
    parts.overwrites.clear();
    parts.roles[0].permissions = permissions;
    Arc::new(Structure::from(parts))
}

#[test]
fn who_loses_a_channel_is_told_once_and_hears_no_more() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let change = changed(after(8, 2), vec![], Some(hiding(2)));
    hear(&host, &mut owner, &change);
    let told = updated(&line);
    assert_eq!((told.permissions, told.shown.len()), (VIEW, 0));
    assert_eq!(told.hidden, [channel()]);
    // It is made by the same change, and its event says so.
    let made = ChannelRights {
        id: OTHER,
        permissions: VIEW,
    };
    assert_eq!(told.channels, [made]);
    assert_eq!((told.epoch, told.structure_rev), (8, BEGUN.structure_rev));
    hear(&host, &mut owner, &said(1));
    hear(&host, &mut owner, &change);
    assert!(line.take().is_empty());
    assert!(host.take_effects().is_empty());
}

#[test]
fn who_gains_a_channel_gets_it_whole_and_then_how_far_it_has_come() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    let (_second, other) = insider(&host, &mut owner, BEGUN);
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(hiding(2))),
    );
    line.take();
    other.take();
    hear(
        &host,
        &mut owner,
        &opened(after(9, 3), open(3, VIEW), "tea"),
    );
    let told = updated(&line);
    assert_eq!(told.shown.len(), 1);
    assert_eq!(told.shown[0].channel, row(channel(), "tea"));
    assert_eq!(told.shown[0].permissions, VIEW);
    assert!(told.hidden.is_empty() && told.channels.is_empty());
    assert!(other.take().is_empty(), "nothing is other there");
    let effects = host.take_effects();
    let [Effect::Tell(connections, _, What::Reads)] = &effects[..] else {
        panic!("its reading positions are to be told")
    };
    assert_eq!(connections.len(), 1);
    hear(&host, &mut owner, &said(1));
    assert_eq!(line.take().len(), 1);
}

/// Whoever is left is told the server anew, so many connections.
#[track_caller]
fn told_anew(host: &Surroundings) -> usize {
    let effects = host.take_effects();
    let [Effect::Tell(connections, _, What::Structure)] = &effects[..] else {
        panic!("the server is to be told anew")
    };
    connections.len()
}

#[test]
fn rows_that_are_too_large_are_told_with_the_server_and_the_rest_at_once() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(hiding(2))),
    );
    line.take();
    let long = "x".repeat(crate::state::PART_BYTES);
    let mut hides_other = parts(3);
    for overwrite in &mut hides_other.overwrites {
        overwrite.channel_id = OTHER;
    }
    let rights = Arc::new(Structure::from(hides_other));
    hear(&host, &mut owner, &opened(after(9, 3), rights, &long));
    let told = updated(&line);
    assert!(told.shown.is_empty() && told.channels.is_empty());
    assert_eq!(told.hidden, [OTHER]);
    assert_eq!(told_anew(&host), 1);
}

#[test]
fn a_line_that_takes_nothing_is_told_with_the_server() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let large = "x".repeat(300 * 1024);
    let large = Frame::event("large", &large).expect("JSON");
    assert!(first.socket.emit(&large));
    let change = changed(after(8, 2), vec![], Some(hiding(2)));
    hear(&host, &mut owner, &change);
    assert_eq!(line.take().len(), 1, "the large one");
    assert_eq!(told_anew(&host), 1);
}

#[test]
fn a_role_that_shows_a_channel_is_told_at_once_but_for_its_row() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let mut parts = parts(2);
    parts.roles[1].permissions = Permissions::CREATE_INVITE;
    let rights = Arc::new(Structure::from(parts));
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(rights)),
    );
    line.take();
    let given = Change::MemberChanged(membership(&first, 9, &[INSIDERS]));
    hear(&host, &mut owner, &changed(after(9, 2), vec![given], None));
    let told = updated(&line);
    let invites = VIEW | Permissions::CREATE_INVITE;
    assert_eq!((told.permissions, told.shown.len()), (invites, 0));
    let other = ChannelRights {
        id: OTHER,
        permissions: invites,
    };
    assert_eq!(told.channels, [other]);
    assert_eq!(told_anew(&host), 1);
}

const MANY: usize = 300;

/// The first of a room and others, each of an account of its own.
fn many(
    host: &Surroundings,
    owner: &mut Owner,
    (first, line): (Arc<Connection>, Line),
    at: Counters,
) -> Vec<(Arc<Connection>, Line)> {
    let mut members = vec![(Arc::clone(&first), line)];
    for number in 1..MANY {
        let mut me = (*first.account()).clone();
        me.id = UserId::from_raw(me.id.raw() + i64::try_from(number).unwrap());
        let (other, line) = connection_of(host, 1 + u64::try_from(number).unwrap(), me);
        let place = place_of(&other, at);
        drop(
            host.directory()
                .enter(host, &place, &other, Welcome::ByCaller),
        );
        members.push((other, line));
    }
    step_all(host, owner);
    members
}

/// Each has overwrites of its own, so that each is of another class.
#[test]
fn of_very_many_differences_the_last_are_told_with_the_server() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let members = many(&host, &mut owner, (first, line), BEGUN);
    let mut parts = parts(2);
    parts.channels = (0..300)
        .map(|number| (ChannelId::from_raw(1000 + number), None))
        .collect();
    parts.overwrites.clear();
    for (number, (member, _)) in members.iter().enumerate() {
        for bit in (0..9).filter(|bit| number >> bit & 1 == 1) {
            parts.overwrites.push(Overwrite {
                channel_id: ChannelId::from_raw(1000 + bit),
                target: OverwriteFor::Member(member.user_id),
                allow: Permissions::SEND_MESSAGES,
                deny: Permissions::NONE,
            });
        }
    }
    for (_, line) in &members {
        line.take();
    }
    host.take_effects();
    let rights = Arc::new(Structure::from(parts));
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(rights)),
    );
    let heard = members.iter().map(|(_, line)| line.take().len());
    let told: usize = heard.sum();
    assert!((100..MANY).contains(&told), "{told}");
    assert_eq!(told + told_anew(&host), MANY);
}

#[test]
fn what_both_a_role_and_rights_change_is_told_as_one() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    // By the rights alone it would lose the channel.
    let given = Change::MemberChanged(membership(&first, 8, &[INSIDERS]));
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![given], Some(hiding(2))),
    );
    let told = updated(&line);
    assert!(told.hidden.is_empty() && told.shown.is_empty());
    assert_eq!(told.channels.len(), 1, "the one that is made");
}

#[test]
fn what_is_said_before_a_change_is_heard_and_after_it_not() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    // The one that is of the epoch after the change comes before it.
    dispatch(&host, &said_at(1, 7));
    dispatch(&host, &said_at(2, 8));
    dispatch(&host, &changed(after(8, 2), vec![], Some(hiding(2))));
    step_all(&host, &mut owner);
    let heard = line.take();
    let names: Vec<_> = heard.iter().map(|it| it.split('"').nth(1)).collect();
    let wanted = [Some("message_created"), Some("rights_updated")];
    assert_eq!(names, wanted, "{heard:?}");
}

/// A message of this number, written at an epoch.
fn said_at(seq: i64, epoch: i64) -> Arc<Notice> {
    let mut changed = message();
    (changed.first_seq, changed.seq, changed.epoch) = (seq, seq, epoch);
    let audience = Audience::Channel(server(), changed.message.channel_id);
    Arc::new(Notice::Event(audience, Event::MessageCreated(changed)))
}

#[test]
fn a_timeout_that_ends_gives_back_what_one_may_do() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let all = VIEW | Permissions::SEND_MESSAGES;
    hear(&host, &mut owner, &opened(after(8, 2), open(2, all), ""));
    assert_eq!(updated(&line).permissions, all);
    let mut timed_out = membership(&first, 9, &[]);
    timed_out.timeout_until = Some(host.wall() + 1000);
    let change = vec![Change::MemberChanged(timed_out)];
    hear(&host, &mut owner, &changed(after(9, 2), change, None));
    assert_eq!(updated(&line).permissions, VIEW);
    look(&host, &mut owner);
    assert!(line.take().is_empty());
    assert!(owner.room.wants_look.load(Ordering::Acquire));
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    let told = updated(&line);
    assert_eq!((told.permissions, told.epoch), (all, 9));
    assert_eq!(told.channels.len(), 2);
    rest(&host, &mut owner);
    assert!(line.take().is_empty(), "once");
}

/// Whoever comes while it lasts is no exception.
#[test]
fn a_timeout_ends_for_who_came_during_it() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let second = timed_out_again(&host, &mut owner, &first);
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    let all = VIEW | Permissions::SEND_MESSAGES;
    assert_eq!(updated(&second).permissions, all);
    rest(&host, &mut owner);
}

#[test]
fn a_timeout_that_is_lifted_is_over_once() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let second = timed_out_again(&host, &mut owner, &first);
    let lifted = Change::MemberChanged(membership(&first, 8, &[]));
    hear(&host, &mut owner, &changed(after(8, 1), vec![lifted], None));
    let all = VIEW | Permissions::SEND_MESSAGES;
    assert_eq!(updated(&second).permissions, all);
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    assert!(second.take().is_empty());
    rest(&host, &mut owner);
}

/// The clock steps an hour ahead, and is set right again.
#[test]
fn a_timeout_that_lasts_again_ends_again() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let second = timed_out_again(&host, &mut owner, &first);
    let all = VIEW | Permissions::SEND_MESSAGES;
    host.set_wall(3_600_000);
    look(&host, &mut owner);
    assert_eq!(updated(&second).permissions, all);
    host.set_wall(-3_600_000);
    hear(&host, &mut owner, &opened(after(8, 2), open(2, all), ""));
    assert_eq!(updated(&second).permissions, VIEW);
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    assert_eq!(updated(&second).permissions, all);
    rest(&host, &mut owner);
}

#[test]
fn timeouts_that_end_at_once_are_told_as_one() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let until = host.wall() + 1000;
    let all = VIEW | Permissions::SEND_MESSAGES;
    hear(&host, &mut owner, &opened(after(8, 2), open(2, all), ""));
    let members = many(&host, &mut owner, (first, line), after(8, 2));
    let timed_out = members.iter().map(|(member, _)| {
        let mut membership = membership(member, 9, &[]);
        membership.timeout_until = Some(until);
        Change::MemberChanged(membership)
    });
    let change = changed(after(9, 2), timed_out.collect(), None);
    hear(&host, &mut owner, &change);
    for (_, line) in &members {
        line.take();
    }
    host.take_effects();
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    for (_, line) in &members {
        assert_eq!(updated(line).permissions, all);
    }
    assert!(host.take_effects().is_empty());
}

#[test]
fn a_timeout_of_who_has_gone_is_not_waited_for() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, _line) = room(&host);
    let (again, _second) = connection(&host, 2);
    seat_timed_out(&host, &mut owner, (&first, &again));
    look(&host, &mut owner);
    assert!(owner.room.wants_look.load(Ordering::Acquire));
    owner.depart(&again);
    rest(&host, &mut owner);
}

/// A second connection of the account, which is timed out for a second.
fn timed_out_again(host: &Surroundings, owner: &mut Owner, first: &Connection) -> Line {
    let (again, second) = connection(host, 2);
    seat_timed_out(host, owner, (first, &again));
    second.take();
    second
}

fn seat_timed_out(
    host: &Surroundings,
    owner: &mut Owner,
    (first, again): (&Connection, &Arc<Connection>),
) {
    let mut place = place_of(first, BEGUN);
    place.structure = open(1, VIEW | Permissions::SEND_MESSAGES);
    owner.rights = Arc::clone(&place.structure);
    place.membership.timeout_until = Some(host.wall() + 1000);
    drop(
        host.directory()
            .enter(host, &place, again, Welcome::ByCaller),
    );
    step_all(host, owner);
}

fn look(host: &Surroundings, owner: &mut Owner) {
    owner.room.look(Due::Look);
    step_all(host, owner);
}
