//! Which counters of a server move with what, and what is told of it: one notice for each epoch.

use battala_hub::access::{
    DeleteChannel, LeaveServer, ReorderChannels, UpdateChannel, UpdateServer,
};
use battala_hub::bus::{Audience, Change, Counters};
use battala_hub::{Can, Error, Level, channels, servers};
use battala_proto::Event;
use battala_proto::channels::{
    ChannelPlace, ReorderChannels as Order, UpdateChannel as ChannelPatch,
};
use battala_proto::events::ChannelsReordered;
use battala_proto::id::ServerId;
use battala_proto::servers::UpdateServer as ServerPatch;
use battala_proto::text::{ChannelName, ServerName};
use battala_store::{Sql, sql};
use tokio::sync::broadcast::Receiver;

use crate::scene::{Scene, both, changes};

type Notices = Receiver<battala_hub::bus::Carried>;

/// What has moved since: epoch, structure, rights. Exactly one notice told it.
async fn moved(scene: &Scene, notices: &mut Notices, before: &mut Counters) -> [i64; 3] {
    let now = scene.counters().await;
    let told = changes(notices);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].server_id, told[0].counters), (scene.server, now));
    let moved = [
        now.epoch - before.epoch,
        now.structure_rev - before.structure_rev,
        now.rights_version - before.rights_version,
    ];
    *before = now;
    moved
}

const MEMBERS: [i64; 3] = [1, 0, 0];
const STRUCTURE: [i64; 3] = [1, 1, 0];
const RIGHTS: [i64; 3] = [1, 1, 1];

/// A role and an overwrite of their own for the second account.
const GIVE_ROLE: Sql = sql!(
    "INSERT INTO member_roles (server_id, user_id, role_id) SELECT id, 2, id FROM servers WHERE id = $1"
);
const OVERWRITE: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, user_id, allow, deny) ",
    "SELECT id, 2, server_id, 2, 0, 1024 FROM channels WHERE server_id = $1"
);

fn reordered(server_id: ServerId, at: Counters) -> Event {
    Event::ChannelsReordered(ChannelsReordered {
        server_id,
        channel_ids: Vec::new(),
        epoch: at.epoch,
        structure_rev: at.structure_rev,
    })
}

both! {
    async fn each_change_moves_what_it_touches_and_nothing_else(scene) {
        let ben = scene.account(2, "ben").await;
        let (hub, mut at) = (scene.hub.clone(), scene.counters().await);
        let mut notices = hub.bus().subscribe();
        scene.join(&ben).await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS, "a join");
        scene.kick(&ben).await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS, "a kick");
        scene.join(&ben).await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS, "once more");
        let can: Can<LeaveServer> = scene.may(&ben).await;
        servers::leave(&hub, can).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS, "who leaves");
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let name = ServerName::new("Market").unwrap();
        servers::update(&hub, can, ServerPatch { name }).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, STRUCTURE, "a name");
        let second = scene.make_channel("second").await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, RIGHTS, "a new channel");
        let can: Can<UpdateChannel> = scene.may_here(&scene.ana).await;
        let (name, topic) = (Some(ChannelName::new("first").unwrap()), None);
        channels::update(&hub, can, ChannelPatch { name, topic }).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, STRUCTURE, "its name");
        let can: Can<ReorderChannels> = scene.may(&scene.ana).await;
        let (id, position) = (second, 0);
        let channels = vec![ChannelPlace { id, position }];
        channels::reorder(&hub, can, Order { channels }).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, STRUCTURE, "an order");
        let can: Can<DeleteChannel> = scene.may_here(&scene.ana).await;
        channels::delete(&hub, can).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, RIGHTS, "a deletion");
    }

    async fn with_a_member_go_its_roles_and_its_overwrites_which_decided_rights(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        scene.run(GIVE_ROLE).await;
        let (mut at, mut notices) = (scene.counters().await, scene.hub.bus().subscribe());
        scene.kick(&ben).await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS, "a role is the member's own");
        scene.join(&ben).await;
        assert_eq!(moved(&scene, &mut notices, &mut at).await, MEMBERS);
        scene.run(OVERWRITE).await;
        let can: Can<LeaveServer> = scene.may(&ben).await;
        servers::leave(&scene.hub, can).await.unwrap();
        assert_eq!(moved(&scene, &mut notices, &mut at).await, RIGHTS, "an overwrite is the channel's");
        // Nothing stands in the way of a new membership, and nothing of the old one comes back.
        scene.join(&ben).await;
    }

    async fn however_often_it_is_raised_an_epoch_has_one_notice_with_all_events(scene) {
        let before = scene.counters().await;
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let server = scene.server;
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move {
                let member = work.raise(server, Level::Members).await?;
                work.emit(Audience::Server(server), reordered(server, member));
                let all = work.raise(server, Level::Rights).await?;
                work.emit(Audience::Server(server), reordered(server, all));
                work.raise(server, Level::Structure).await
            })
        });
        let last = written.await.unwrap();
        let expected = Counters {
            epoch: before.epoch + 1,
            structure_rev: before.structure_rev + 1,
            rights_version: before.rights_version + 1,
        };
        assert_eq!((last, scene.counters().await), (expected, expected));
        let told = changes(&mut notices);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].counters, told[0].changes.len()), (expected, 2));
    }

    async fn an_epoch_of_which_there_is_nothing_to_tell_is_told_of(scene) {
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let server = scene.server;
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move { work.raise(server, Level::Members).await })
        });
        written.await.unwrap();
        let told = changes(&mut notices);
        assert_eq!((told.len(), told[0].changes.len()), (1, 0), "{told:?}");
    }

    async fn what_tells_of_a_structure_that_was_not_raised_is_not_committed(scene) {
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let (server, before) = (scene.server, scene.counters().await);
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move {
                let row = battala_store::tables::servers::rename(work.tx(), server, "Lost").await?;
                work.emit(Audience::Server(server), reordered(server, before));
                Ok(row.is_some())
            })
        });
        let written = written.await;
        assert!(matches!(written, Err(Error::Internal(_))), "{written:?}");
        assert!(changes(&mut notices).is_empty());
        let can = scene.may(&scene.ana).await;
        let state = servers::get(&scene.hub, can).await.unwrap();
        assert_eq!(state.server.name, "Tea Stall");
    }

    async fn a_channel_that_is_deleted_before_others_tells_their_new_places_with_it(scene) {
        let second = scene.make_channel("second").await;
        let third = scene.make_channel("third").await;
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<DeleteChannel> = scene.may_here(&scene.ana).await;
        channels::delete(&scene.hub, can).await.unwrap();
        let told = changes(&mut notices);
        assert_eq!(told.len(), 1, "{told:?}");
        let [Change::Event(_, Event::ChannelDeleted(deleted)), Change::Event(_, Event::ChannelsReordered(left))] =
            &told[0].changes[..]
        else {
            panic!("{told:?}")
        };
        assert_eq!((deleted.channel_id, deleted.epoch), (scene.channel, left.epoch));
        assert_eq!(left.channel_ids, [second, third]);
    }
}
