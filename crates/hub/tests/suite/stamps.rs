//! What a right rests on between the decision and the commit, and what does not touch it.

use battala_hub::access::SendMessage;
use battala_hub::bus::Notice;
use battala_hub::{Can, Error, messages};
use battala_proto::Event;
use battala_store::{Sql, sql};

use crate::scene::{both, message, told};

/// Takes everything from everyone and moves no counter: only who reads the structure anew notices.
const TAKE_ALL: Sql = sql!("UPDATE roles SET permissions = 0 WHERE server_id = $1");

/// Moves no number either: what a member's row says is seen by who looks at it.
const MUTE_BEN: Sql = sql!(
    "UPDATE server_members SET timeout_until = 9000000000000 WHERE server_id = $1 AND user_id = 2"
);

both! {
    async fn who_joins_or_leaves_beside_voids_no_right_of_others(scene) {
        let (ben, cleo) = (scene.account(2, "ben").await, scene.account(3, "cleo").await);
        scene.join(&ben).await;
        let can: Can<SendMessage> = scene.may_here(&ben).await;
        scene.run(TAKE_ALL).await;
        scene.join(&cleo).await;
        scene.kick(&cleo).await;
        let sent = messages::send(&scene.hub, can.clone(), message("n-1"));
        sent.await.expect("it was decided before");
        scene.make_channel("new").await;
        let sent = messages::send(&scene.hub, can, message("n-2")).await;
        assert!(matches!(sent, Err(Error::NotFound)), "decided anew: {sent:?}");
    }

    async fn who_is_removed_after_the_decision_is_refused_in_the_transaction(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let can: Can<SendMessage> = scene.may_here(&ben).await;
        let before = scene.counters().await;
        scene.kick(&ben).await;
        let sent = messages::send(&scene.hub, can.clone(), message("n-1")).await;
        assert!(matches!(sent, Err(Error::NotFound)), "{sent:?}");
        assert_eq!(scene.counters().await.rights_version, before.rights_version);
        // Back again, and another member than before: the right is decided about anew.
        scene.join(&ben).await;
        let sent = messages::send(&scene.hub, can.clone(), message("n-2"));
        sent.await.expect("a member");
        scene.run(MUTE_BEN).await;
        let sent = messages::send(&scene.hub, can, message("n-3")).await;
        assert!(matches!(sent, Err(Error::Forbidden)), "decided anew: {sent:?}");
    }

    async fn a_message_follows_every_removal_before_it_though_its_right_has_not_moved(scene) {
        let (ben, cleo) = (scene.account(2, "ben").await, scene.account(3, "cleo").await);
        scene.join(&ben).await;
        scene.join(&cleo).await;
        let can: Can<SendMessage> = scene.may_here(&ben).await;
        scene.kick(&cleo).await;
        let mut notices = scene.hub.bus().subscribe();
        messages::send(&scene.hub, can, message("n-1")).await.expect("it is sent");
        let epochs: Vec<i64> = told(&mut notices)
            .iter()
            .filter_map(|notice| match &**notice {
                Notice::Event(_, Event::MessageCreated(created)) => Some(created.epoch),
                _ => None,
            })
            .collect();
        assert_eq!(epochs, [scene.counters().await.epoch], "that of the kick");
    }
}
