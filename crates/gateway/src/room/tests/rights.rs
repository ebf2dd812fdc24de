//! What connections are told whose rights have changed.

use std::time::Duration;

use battala_proto::channels::{Channel, ChannelRights};
use battala_proto::events::RightsUpdated;

use super::classes::{
    INSIDERS, OTHER, after, changed, channel, hear, hiding, insider, membership, parts,
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

fn row(id: ChannelId, topic: &str) -> Channel {
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

/// A change of rights with the rows of both channels.
fn opened(at: Counters, rights: Arc<Structure>, topic: &str) -> Arc<Notice> {
    Arc::new(Notice::Structure(StructureChange {
        server_id: server(),
        counters: at,
        changes: Vec::new(),
        rights: Some(rights),
        channels: Some([row(channel(), topic), row(OTHER, "")].into()),
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

#[test]
fn a_difference_that_is_too_large_is_told_as_structure() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, _first, line) = room(&host);
    hear(
        &host,
        &mut owner,
        &changed(after(8, 2), vec![], Some(hiding(2))),
    );
    line.take();
    let long = "x".repeat(crate::state::PART_BYTES);
    hear(
        &host,
        &mut owner,
        &opened(after(9, 3), open(3, VIEW), &long),
    );
    assert!(line.take().is_empty());
    let effects = host.take_effects();
    assert!(matches!(effects[..], [Effect::Tell(_, _, What::Structure)]));
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
    (changed.seq, changed.epoch) = (seq, epoch);
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

/// Who comes while it lasts is no exception, nor is one whose timeout another change ends before.
#[test]
fn a_timeout_ends_for_who_came_during_it_and_one_that_is_lifted_is_over() {
    let host = Surroundings::new(Bounds::default());
    let (mut owner, first, line) = room(&host);
    let mut place = place_of(&first, BEGUN);
    place.structure = open(1, VIEW | Permissions::SEND_MESSAGES);
    owner.rights = Arc::clone(&place.structure);
    place.membership.timeout_until = Some(host.wall() + 1000);
    let (again, second) = connection(&host, 2);
    let directory = host.directory();
    drop(directory.enter(&host, &place, &again, Welcome::ByCaller));
    step_all(&host, &mut owner);
    second.take();
    host.pass(Duration::from_secs(1));
    look(&host, &mut owner);
    let all = VIEW | Permissions::SEND_MESSAGES;
    assert_eq!(updated(&second).permissions, all);
    line.take();
    let lifted = Change::MemberChanged(membership(&first, 8, &[]));
    hear(&host, &mut owner, &changed(after(8, 1), vec![lifted], None));
    assert!(second.take().is_empty(), "it may do as much as before");
    rest(&host, &mut owner);
}

fn look(host: &Surroundings, owner: &mut Owner) {
    owner.room.look(false);
    step_all(host, owner);
}
