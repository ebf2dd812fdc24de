//! What is told of a channel that is deleted already: nothing is kept of it.

use super::*;
use battala_proto::events::ChannelDeleted;

fn deleted(epoch: i64) -> Arc<Notice> {
    let server_id = ServerId::from_raw(1);
    let deleted = ChannelDeleted {
        server_id,
        channel_id: head(0).id,
        epoch,
        structure_rev: 3,
    };
    let event = Event::ChannelDeleted(deleted);
    changed(
        at(epoch),
        vec![Change::Event(Audience::Server(server_id), event)],
    )
}

/// A room in which the channel is deleted at epoch 6.
fn without_it(mut order: Order) -> Order {
    assert_eq!(positions(&order.accept(deleted(6))), [-6]);
    order
}

#[test]
fn what_was_read_of_a_channel_before_it_was_deleted_begins_no_order_anew() {
    for order in [known(9), new(5)] {
        let mut order = without_it(order);
        let Learned { ready, missed } = order.learn(vec![head(9)], WatchMode::All);
        assert!(ready.is_empty() && missed.is_empty());
        assert!(order.channels.is_empty());
        order.reset(at(5), &[head(9)]);
        assert!(order.channels.is_empty());
        assert!(order.take_heads().is_empty());
    }
}

#[test]
fn what_comes_of_a_channel_after_its_deletion_waits_for_nothing() {
    for order in [known(9), new(5)] {
        let mut order = without_it(order);
        assert!(order.accept(message(10, 5)).is_empty());
        assert!(order.accept(repeated(11)).is_empty());
        assert!(order.channels.is_empty());
        for _ in 0..=PATIENCE_AT_FIRST + 1 {
            assert!(!order.has_gap());
        }
    }
}
