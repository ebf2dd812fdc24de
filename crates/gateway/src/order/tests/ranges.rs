//! Changes that take several sequence numbers of a channel at once.

use super::*;

#[test]
fn a_range_follows_by_its_first_number_and_is_followed_after_its_last() {
    let mut order = known(3);
    assert_eq!(positions(&order.accept(change(4..=9, 5))), [9]);
    assert!(order.accept(message(9, 5)).is_empty(), "it was among them");
    assert_eq!(positions(&order.accept(message(10, 5))), [10]);
}

#[test]
fn ranges_that_overtook_each_other_leave_in_order() {
    let mut order = known(0);
    for ahead in [change(7..=8, 5), message(9, 5), change(2..=6, 5)] {
        assert!(order.accept(ahead).is_empty());
    }
    assert!(order.accept(change(2..=6, 5)).is_empty(), "it comes again");
    assert_eq!(order.waiting(), 3);
    assert_eq!(positions(&order.accept(message(1, 5))), [1, 6, 8, 9]);
    assert_eq!(order.waiting(), 0);
    assert!(!order.has_gap());
}

#[test]
fn what_the_first_one_was_told_leaves_out_whole_ranges() {
    let mut order = new(5);
    for ahead in [change(3..=6, 5), change(7..=9, 5)] {
        assert!(
            order.accept(ahead).is_empty(),
            "it is not known how far it is"
        );
    }
    // The database has the first of them: whoever came first may have read before.
    assert_eq!(
        positions(&order.learn(vec![head(6)], WatchMode::All).ready),
        [6, 9]
    );
    let mut order = known(2);
    order.accept(change(4..=6, 5));
    order.accept(change(7..=9, 5));
    assert_eq!(positions(&order.reset(at(5), &[head(6)])), [9]);
}
