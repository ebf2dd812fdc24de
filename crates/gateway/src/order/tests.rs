//! The order of one room, tried against everything that a bus can do to its notices.

use std::ops::RangeInclusive;

use super::progress::PATIENCE_AT_FIRST;
use super::*;
use battala_hub::bus::Audience;
use battala_proto::events::{MessageDeleted, RemovalReason};
use battala_proto::id::{MessageId, ServerId, UserId};
use battala_proto::sample;
use proptest::prelude::*;

mod deletions;
mod first_heads;
mod ranges;

fn message(seq: i64, epoch: i64) -> Arc<Notice> {
    change(seq..=seq, epoch)
}

/// A change that takes these sequence numbers.
fn change(seqs: RangeInclusive<i64>, epoch: i64) -> Arc<Notice> {
    let sample = sample::events().into_iter().find_map(|event| match event {
        Event::MessageCreated(changed) => Some(changed),
        _ => None,
    });
    let mut changed = sample.unwrap();
    (changed.first_seq, changed.seq) = seqs.into_inner();
    changed.epoch = epoch;
    let audience = Audience::Channel(changed.message.server_id, changed.message.channel_id);
    Arc::new(Notice::Event(audience, Event::MessageCreated(changed)))
}

fn kick(epoch: i64) -> Arc<Notice> {
    let kicked = Change::MemberRemoved {
        user_id: UserId::from_raw(2),
        reason: RemovalReason::Kicked,
    };
    changed(at(epoch), vec![kicked])
}

fn changed(counters: Counters, changes: Vec<Change>) -> Arc<Notice> {
    Arc::new(Notice::Structure(StructureChange {
        server_id: ServerId::from_raw(1),
        counters,
        changes,
        rights: None,
    }))
}

/// The counters of a server in which members come and go and nothing else moves.
fn at(epoch: i64) -> Counters {
    Counters {
        epoch,
        structure_rev: 2,
        rights_version: 1,
    }
}

/// A room that begins at an epoch.
fn new(epoch: i64) -> Order {
    Order::new(at(epoch))
}

/// At epoch 5, with the channel of [`message`] at this sequence number.
fn known(last_seq: i64) -> Order {
    let mut order = new(5);
    order.learn(vec![head(last_seq)], WatchMode::All);
    order
}

fn head(last_seq: i64) -> Head {
    let Position::Channel { id, .. } = position_of(&message(1, 5)) else {
        panic!("it is a message")
    };
    let last_message_id = None;
    Head {
        id,
        last_seq,
        last_message_id,
    }
}

fn positions(notices: &[Arc<Notice>]) -> Vec<i64> {
    let number = |notice: &Arc<Notice>| match position_of(notice) {
        Position::Structure(epoch) => -epoch,
        Position::Channel { seq, .. } => seq,
        Position::Free => 0,
    };
    notices.iter().map(number).collect()
}

#[test]
fn notices_in_order_pass_at_once() {
    let mut order = known(9);
    for seq in 10..20 {
        assert_eq!(positions(&order.accept(message(seq, 5))), [seq]);
    }
    assert!(!order.has_gap());
}

#[test]
fn a_message_after_a_kick_waits_for_the_kick() {
    let mut order = known(0);
    assert_eq!(positions(&order.accept(message(1, 5))), [1]);
    assert!(
        order.accept(message(2, 6)).is_empty(),
        "the kick is not applied yet"
    );
    assert!(order.accept(message(3, 6)).is_empty());
    assert_eq!(positions(&order.accept(kick(6))), [-6, 2, 3]);
}

#[test]
fn messages_that_overtook_each_other_leave_in_order() {
    let mut order = known(0);
    order.accept(message(1, 5));
    assert!(order.accept(message(3, 5)).is_empty());
    assert!(order.accept(message(4, 5)).is_empty());
    assert_eq!(positions(&order.accept(message(2, 5))), [2, 3, 4]);
    assert!(
        order.accept(message(3, 5)).is_empty(),
        "a duplicate is dropped"
    );
}

#[test]
fn structure_is_applied_epoch_by_epoch() {
    let mut order = new(5);
    assert!(order.accept(kick(7)).is_empty());
    assert_eq!(positions(&order.accept(kick(6))), [-6, -7]);
    assert!(
        order.accept(kick(7)).is_empty(),
        "what is known is not applied again"
    );
}

/// A channel event of the samples, as part of a change.
fn sampled(name: &str) -> Change {
    let mut samples = sample::events().into_iter();
    let event = samples.find(|event| event.name() == name).unwrap();
    Change::Event(Audience::Server(ServerId::from_raw(1)), event)
}

#[test]
fn all_that_one_commit_changed_is_handed_out_together_and_each_part_of_it_holds() {
    let mut order = new(5);
    order.learn(vec![head(3)], WatchMode::All);
    let kicked = Change::MemberRemoved {
        user_id: UserId::from_raw(2),
        reason: RemovalReason::Kicked,
    };
    let counters = Counters {
        epoch: 6,
        structure_rev: 3,
        rights_version: 2,
    };
    let parts = vec![
        sampled("server_updated"),
        sampled("channel_deleted"),
        sampled("channel_created"),
        kicked,
    ];
    let ready = order.accept(changed(counters, parts));
    let [Notice::Structure(change)] = ready.iter().map(|it| &**it).collect::<Vec<_>>()[..] else {
        panic!("it is one notice")
    };
    assert_eq!(change.changes.len(), 4);
    assert_eq!(order.counters, counters);
    // The sampled channel was deleted, made anew and so begins at 1; the member is out.
    assert_eq!(positions(&order.accept(message(1, 6))), [1]);
    assert!(!order.is_still_so(UserId::from_raw(2), 5));
    assert_eq!(
        positions(&order.accept(kick(7))),
        [-7],
        "the next epoch follows"
    );
}

#[test]
fn an_epoch_of_which_nothing_is_told_holds_nothing_up() {
    let mut order = known(0);
    assert!(
        order.accept(message(1, 6)).is_empty(),
        "it follows the change"
    );
    assert_eq!(
        positions(&order.accept(changed(at(6), Vec::new()))),
        [-6, 1]
    );
    assert!((0..5).all(|_| !order.has_gap()));
}

#[test]
fn who_comes_and_goes_moves_neither_the_structure_nor_the_rights() {
    let mut order = known(0);
    order.accept(kick(6));
    assert_eq!(order.counters, at(6));
    let counters = Counters {
        structure_rev: 3,
        ..at(8)
    };
    order.reset(counters, &[]);
    assert_eq!(
        (order.epoch(), order.structure_rev(), order.rights_version()),
        (8, 3, 1)
    );
    order.reset(at(7), &[]);
    assert_eq!(order.counters, counters, "no number goes down");
}

#[test]
fn what_waits_too_long_is_a_gap_and_a_reset_ends_it() {
    let mut order = known(0);
    order.accept(message(1, 5));
    order.accept(message(9, 8));
    assert_eq!(
        (0..3).map(|_| order.has_gap()).collect::<Vec<_>>(),
        [false, false, true]
    );
    order.reset(at(8), &[head(9)]);
    assert!(!order.has_gap());
    assert_eq!(positions(&order.accept(message(10, 8))), [10]);
}

fn repeated(seq: i64) -> Arc<Notice> {
    let Notice::Event(audience, event) = (*message(seq, 5)).clone() else {
        panic!("it is an event")
    };
    Arc::new(Notice::Repeated(audience, event))
}

#[test]
fn what_is_repeated_passes_only_where_it_is_new() {
    let mut order = new(5);
    assert_eq!(positions(&order.accept(repeated(3))), [0; 0]);
    order.learn(vec![head(9)], WatchMode::All);
    assert_eq!(positions(&order.accept(repeated(3))), [0; 0]);
    assert_eq!(positions(&order.accept(repeated(10))), [10]);
    assert_eq!(positions(&order.accept(repeated(10))), [0; 0]);
    assert_eq!(positions(&order.accept(message(11, 5))), [11]);
}

#[test]
fn a_room_is_behind_in_its_epoch_or_in_a_channel_that_it_knows() {
    let order = known(9);
    let has_reached = |epoch, last_seq| {
        let last_seqs = vec![(head(0).id, last_seq)];
        order.has_reached(&Mark { epoch, last_seqs })
    };
    assert!(has_reached(5, 9) && has_reached(4, 8));
    assert!(!has_reached(6, 9) && !has_reached(5, 10));
    // How far it has come is asked for by whoever enters.
    let (epoch, last_seqs) = (5, vec![(head(0).id, 10)]);
    assert!(new(5).has_reached(&Mark { epoch, last_seqs }));
}

#[test]
fn a_reset_never_takes_back_what_was_handed_out_while_the_database_was_read() {
    let mut order = known(0);
    for seq in 1..=10 {
        order.accept(message(seq, 5));
    }
    assert_eq!(positions(&order.reset(at(5), &[head(9)])), [0; 0]);
    assert_eq!(positions(&order.accept(message(11, 5))), [11]);
    assert!(order.accept(message(10, 5)).is_empty(), "it was handed out");
}

#[test]
fn a_reset_hands_out_what_waits_above_what_the_database_said() {
    let mut order = known(8);
    order.accept(message(10, 5));
    order.accept(message(11, 5));
    assert_eq!(positions(&order.reset(at(5), &[head(10)])), [11]);
    assert_eq!(positions(&order.accept(message(12, 5))), [12]);
}

#[test]
fn a_reset_keeps_what_was_made_under_a_later_epoch_for_that_epoch() {
    let mut order = known(0);
    order.accept(message(2, 8));
    order.accept(kick(8));
    assert_eq!(positions(&order.reset(at(6), &[head(1)])), [0; 0]);
    assert_eq!(positions(&order.accept(kick(7))), [-7, -8, 2]);
}

#[test]
fn what_stays_after_a_reset_has_its_time_anew() {
    let mut order = known(0);
    order.accept(message(5, 5));
    assert_eq!((0..3).filter(|_| order.has_gap()).count(), 1);
    order.reset(at(5), &[head(3)]);
    assert_eq!(
        (0..3).map(|_| order.has_gap()).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn a_channel_that_the_database_no_longer_has_is_forgotten() {
    let mut order = known(0);
    order.accept(message(3, 5));
    assert_eq!(positions(&order.reset(at(6), &[])), [0; 0]);
    assert!((0..5).all(|_| !order.has_gap()), "nobody waits for it");
    assert!(order.take_heads().is_empty());
}

/// What happened: kicks and messages in the order of their commits.
fn history(is_kick: &[bool]) -> Vec<Arc<Notice>> {
    let (mut epoch, mut seq) = (5, 0);
    let commit = |is_kick: &bool| {
        if *is_kick {
            epoch += 1;
            return kick(epoch);
        }
        seq += 1;
        message(seq, epoch)
    };
    is_kick.iter().map(commit).collect()
}

/// Epoch and head after the first `commits`.
fn moment(history: &[Arc<Notice>], commits: usize) -> (i64, i64) {
    let numbers = positions(history.get(..commits).unwrap_or_default());
    let epoch = numbers.iter().map(|number| -number).max().unwrap_or(0);
    let seq = numbers.iter().copied().max().unwrap_or(0);
    (epoch.max(5), seq.max(0))
}

proptest! {
    /// Notices come late, twice, in any order or never, and the database is read at any moment.
    #[test]
    fn no_reset_lowers_a_number_or_drops_hands_out_twice_or_out_of_order_what_is_above(
        is_kick in prop::collection::vec(prop::bool::weighted(0.3), 1..24),
        steps in prop::collection::vec((prop::bool::weighted(0.2), 0_usize..24), 1..80),
    ) {
        let history = history(&is_kick);
        let mut order = known(0);
        let (mut epoch, mut last) = (5, 0);
        let mut came = vec![false; history.len()];
        let mut handed = Vec::new();
        for (is_reset, place) in steps {
            let ready = if is_reset {
                let commits = place.min(history.len());
                let (read_epoch, head_seq) = moment(&history, commits);
                // What the database told is known, and so is all that follows without a hole.
                let ready = order.reset(at(read_epoch), &[head(head_seq)]);
                (epoch, last) = (epoch.max(read_epoch), last.max(head_seq));
                let run = came.iter().skip(commits).take_while(|came| **came).count();
                let (run_epoch, run_seq) = moment(&history, commits + run);
                let numbers = positions(&ready);
                let reached = numbers.iter().fold((epoch, last), |(epoch, last), number| {
                    (epoch.max(-number), last.max(*number))
                });
                prop_assert!(reached.0 >= run_epoch && reached.1 >= run_seq, "{reached:?}");
                ready
            } else {
                let place = place % history.len();
                came[place] = true;
                order.accept(Arc::clone(&history[place]))
            };
            for notice in &ready {
                match position_of(notice) {
                    Position::Structure(next) => {
                        prop_assert!(next > epoch, "{next} after {epoch}");
                        epoch = next;
                    }
                    Position::Channel { seq, epoch: under, .. } => {
                        prop_assert!(seq > last, "{seq} after {last}");
                        prop_assert!(under <= epoch, "{seq} of epoch {under} at {epoch}");
                        last = seq;
                    }
                    Position::Free => {}
                }
            }
            handed.extend(positions(&ready));
            prop_assert_eq!(order.epoch(), epoch);
        }
        let unique: HashSet<i64> = handed.iter().copied().collect();
        prop_assert_eq!(unique.len(), handed.len(), "{:?}", handed);
    }
}

#[test]
fn a_stream_in_which_something_always_waits_but_nothing_for_long_has_no_gap() {
    let mut order = known(0);
    order.accept(message(1, 5));
    for seq in (2..40).step_by(2) {
        // Each overtakes the one before it, and comes twice.
        order.accept(message(seq + 2, 5));
        order.accept(message(seq + 2, 5));
        order.accept(message(seq + 1, 5));
        assert!(!order.has_gap(), "{seq}");
        order.accept(message(seq, 5));
    }
}

#[test]
fn two_beacons_name_a_channel_after_its_last_change() {
    let mut order = known(0);
    order.accept(message(1, 5));
    assert_eq!(
        order.take_heads().first().map(|head| head.last_seq),
        Some(1)
    );
    assert_eq!(order.take_heads().len(), 1);
    assert!(order.take_heads().is_empty());
}

/// The message that the head of the one channel names.
fn named(order: &mut Order) -> Option<MessageId> {
    let heads = order.take_heads();
    heads.first().and_then(|head| head.last_message_id)
}

#[test]
fn a_head_names_the_newest_message_whether_it_was_read_or_handed_out() {
    let written = |id: i64, seq: i64| {
        let Notice::Event(audience, Event::MessageCreated(mut created)) =
            (*message(seq, 5)).clone()
        else {
            panic!("it is a message")
        };
        created.message.id = MessageId::from_raw(id);
        Arc::new(Notice::Event(audience, Event::MessageCreated(created)))
    };
    let read = |id: i64, last_seq: i64| Head {
        last_message_id: Some(MessageId::from_raw(id)),
        ..head(last_seq)
    };
    let mut order = new(5);
    order.learn(vec![read(30, 3)], WatchMode::All);
    order.reset(at(5), &[read(30, 3)]);
    assert_eq!(named(&mut order), Some(MessageId::from_raw(30)));
    // Of two that overtake each other, the one that was written later.
    order.accept(written(50, 5));
    order.accept(written(40, 4));
    assert_eq!(named(&mut order), Some(MessageId::from_raw(50)));
    order.reset(at(5), &[read(40, 4)]);
    assert_eq!(named(&mut order), Some(MessageId::from_raw(50)));
    order.reset(at(5), &[read(90, 9)]);
    assert_eq!(named(&mut order), Some(MessageId::from_raw(90)));
}

#[test]
fn a_head_names_what_stands_when_the_newest_message_was_deleted() {
    let left = |id: i64| Some(MessageId::from_raw(id));
    let deleted = |left: Option<MessageId>, seq: i64| {
        let Notice::Event(audience, Event::MessageCreated(created)) = (*message(seq, 5)).clone()
        else {
            panic!("it is a message")
        };
        let deleted = MessageDeleted {
            message: created.message,
            last_message_id: left,
            first_seq: seq,
            seq,
            epoch: 5,
        };
        Arc::new(Notice::Event(audience, Event::MessageDeleted(deleted)))
    };
    let read = |id: i64, last_seq: i64| Head {
        last_message_id: left(id),
        ..head(last_seq)
    };
    let mut order = new(5);
    order.learn(vec![read(30, 3)], WatchMode::All);
    order.accept(deleted(left(20), 4));
    assert_eq!(named(&mut order), left(20));
    // What was read before says nothing of it, what was read since does.
    order.reset(at(5), &[read(30, 3)]);
    assert_eq!(named(&mut order), left(20));
    order.reset(at(5), &[read(10, 5)]);
    assert_eq!(named(&mut order), left(10));
    order.accept(deleted(None, 6));
    assert_eq!(named(&mut order), None);
}

#[test]
fn who_was_removed_is_not_entered_by_what_was_read_before_and_others_are() {
    let mut order = new(5);
    let kicked = UserId::from_raw(2);
    order.accept(kick(6));
    assert!(!order.is_still_so(kicked, 5));
    assert!(order.is_still_so(kicked, 6));
    assert!(order.is_still_so(UserId::from_raw(3), 5));
    // Read anew: nobody knows any more who was removed.
    order.reset(at(9), &[]);
    assert!(!order.is_still_so(UserId::from_raw(3), 8));
    assert!(order.is_still_so(UserId::from_raw(3), 9));
}
