//! How a room begins to know its channels: from what those who come are told, each at a moment of its
//! own.

use super::*;

/// What is handed out when somebody was told this head, and how far the channel is said to have come
/// beyond it.
fn told(order: &mut Order, last_seq: i64) -> (Vec<i64>, Vec<i64>) {
    let Learned { ready, missed } = order.learn(vec![head(last_seq)], WatchMode::All);
    let missed = missed.iter().map(|head| head.last_seq).collect();
    (positions(&ready), missed)
}

#[test]
fn the_first_messages_of_a_room_are_not_lost_when_they_overtake_each_other() {
    let mut order = new(5);
    assert!(order.accept(message(8, 5)).is_empty(), "what was before?");
    assert_eq!(told(&mut order, 6), ([0; 0].into(), [0; 0].into()));
    assert_eq!(positions(&order.accept(message(7, 5))), [7, 8]);
    assert_eq!(told(&mut order, 6), ([0; 0].into(), [0; 0].into()));
    assert_eq!(positions(&order.accept(message(9, 5))), [9]);
}

#[test]
fn what_waited_for_the_heads_is_handed_out_even_if_they_contain_it() {
    let mut order = new(5);
    order.accept(message(7, 5));
    assert_eq!(told(&mut order, 7), ([7].into(), [0; 0].into()));
}

#[test]
fn who_was_told_less_than_the_first_one_hears_of_what_lies_between() {
    let mut order = new(5);
    // Read after the seventh, and here before whoever read before it; its notice comes last.
    assert_eq!(told(&mut order, 7), ([0; 0].into(), [0; 0].into()));
    assert_eq!(told(&mut order, 6), ([0; 0].into(), [7].into()));
    assert_eq!(positions(&order.accept(message(7, 5))), [0; 0]);
    assert_eq!(positions(&order.accept(message(8, 5))), [8]);
    // Whoever still comes with it was here when the eighth was handed out, but not the seventh.
    assert_eq!(told(&mut order, 6), ([0; 0].into(), [8].into()));
    assert_eq!(told(&mut order, 7), ([0; 0].into(), [0; 0].into()));
}

#[test]
fn who_was_told_less_than_a_reset_brought_hears_of_what_lies_between() {
    let mut order = known(6);
    order.reset(at(5), &[head(9)]);
    assert_eq!(told(&mut order, 8), ([0; 0].into(), [9].into()));
    // One that brings nothing new takes nothing from anybody.
    order.accept(message(10, 5));
    order.reset(at(5), &[head(10)]);
    assert_eq!(told(&mut order, 9), ([0; 0].into(), [0; 0].into()));
}

#[test]
fn what_is_repeated_before_anyone_was_told_is_told_to_whoever_read_before_it() {
    let mut order = new(5);
    order.accept(repeated(8));
    order.accept(message(7, 5));
    assert_eq!(told(&mut order, 6), ([0; 0].into(), [8].into()));
    assert!((0..50).all(|_| !order.has_gap()), "nothing waits");
    assert_eq!(positions(&order.accept(message(9, 5))), [9]);
}

#[test]
fn what_waits_for_the_first_head_is_no_gap_yet() {
    let mut order = new(5);
    order.accept(message(7, 5));
    assert!((0..PATIENCE_AT_FIRST).all(|_| !order.has_gap()));
    assert_eq!(told(&mut order, 7), ([7].into(), [0; 0].into()));
    assert!((0..50).all(|_| !order.has_gap()));
}

#[test]
fn what_no_head_tells_of_is_a_gap_in_the_end() {
    let mut order = new(5);
    order.accept(message(7, 5));
    assert!((0..=PATIENCE_AT_FIRST).any(|_| order.has_gap()));
}

#[test]
fn who_hears_that_a_channel_was_made_after_another_was_told_of_it_hears_how_far_it_has_come() {
    let mut order = new(5);
    let created = changed(at(6), vec![sampled("channel_created")]);
    // Whoever came last has read of the channel and of what was written there.
    assert_eq!(told(&mut order, 2), ([0; 0].into(), [0; 0].into()));
    assert!(order.accept(message(1, 6)).is_empty());
    assert_eq!(positions(&order.accept(created)), [-6]);
    let missed: Vec<i64> = order.take_missed().iter().map(|it| it.last_seq).collect();
    assert_eq!(missed, [2]);
    assert!(order.take_missed().is_empty(), "once");
    assert_eq!(positions(&order.accept(message(3, 6))), [3]);
}
