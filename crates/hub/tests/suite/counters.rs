//! Which counters of a server move with what, and what is told of it: one notice for each epoch.

use std::sync::Arc;

use battala_hub::access::structure::{Membership, Structure, class};
use battala_hub::access::{
    DeleteChannel, DeleteServer, LeaveServer, ReadChannel, ReorderChannels, UpdateChannel,
    UpdateHub, UpdateServer,
};
use battala_hub::bus::{Audience, Change, Counters, NewRights, StructureChange};
use battala_hub::{Actor, Can, Error, Level, channels, servers};
use battala_proto::Event;
use battala_proto::channels::{
    ChannelPlace, ReorderChannels as Order, UpdateChannel as ChannelPatch,
};
use battala_proto::events::ChannelsReordered;
use battala_proto::id::{ChannelId, ServerId, UserId};
use battala_proto::servers::{CreateServer, UpdateServer as ServerPatch};
use battala_proto::text::{ChannelName, ServerName};
use battala_proto::users::Me;
use battala_store::{Sql, args, sql};
use tokio::sync::broadcast::Receiver;

use crate::member_places::make_server;
use crate::scene::{Scene, both, change, changes};

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

/// Ends the sessions of who owns the server.
const SIGN_OUT_OWNER: Sql = sql!(
    "UPDATE sessions SET revoked_at = 1 WHERE user_id = (SELECT owner_id FROM servers WHERE id = $1)"
);

const MUTE: Sql = sql!(
    "UPDATE server_members SET timeout_until = 9000000000000 WHERE server_id = $1 AND user_id = 2"
);
const END_MEMBERSHIP: Sql = sql!("DELETE FROM server_members WHERE server_id = $1 AND user_id = 2");

const BEN: UserId = UserId::from_raw(2);

/// What was told since, in one notice.
fn told_once(notices: &mut Notices) -> StructureChange {
    let mut told = changes(notices);
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0)
}

/// What decides rights since the one change that was told: of the version of that change, as the rows
/// are that came with it.
fn carried(notices: &mut Notices, expected: &[ChannelId]) -> Arc<Structure> {
    let told = told_once(notices);
    let NewRights {
        structure,
        channels,
    } = told.rights.expect("it moved rights");
    assert_eq!(structure.server_id(), told.server_id);
    let version = told.counters.rights_version;
    assert_eq!(structure.rights_version(), version);
    let ids: Vec<_> = structure.channel_ids().collect();
    assert_eq!(ids, expected);
    let ids: Vec<_> = channels.iter().map(|row| row.id).collect();
    assert_eq!(ids, expected);
    structure
}

fn sees(structure: &Structure, user_id: UserId, channel: ChannelId) -> bool {
    let member = Membership {
        user_id,
        rev: 1,
        roles: Arc::default(),
        timeout_until: None,
    };
    structure.sees(&class(structure, &member, 0), channel)
}

fn reordered(server_id: ServerId, at: Counters) -> Event {
    Event::ChannelsReordered(ChannelsReordered {
        server_id,
        channels: Vec::new(),
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
        let ids: Vec<ChannelId> = left.channels.iter().map(|placed| placed.id).collect();
        assert_eq!(ids, [second, third]);
    }

    async fn a_change_of_rights_carries_the_structure_of_its_own_version(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let (hub, first) = (&scene.hub, scene.channel);
        let mut notices = hub.bus().subscribe();
        let second = scene.make_channel("second").await;
        let open = carried(&mut notices, &[first, second]);
        assert!(sees(&open, BEN, first) && sees(&open, BEN, second));
        assert_eq!(open.rights_version(), scene.counters().await.rights_version);
        change(&scene, OVERWRITE, None).await;
        let hidden = carried(&mut notices, &[first, second]);
        assert!(!sees(&hidden, BEN, first) && !sees(&hidden, BEN, second));
        assert!(sees(&hidden, UserId::from_raw(3), first), "whoever has none of their own");
        let can: Can<DeleteChannel> = scene.may_here(&scene.ana).await;
        channels::delete(hub, can).await.unwrap();
        let deleted = carried(&mut notices, &[second]);
        assert_eq!(deleted.rights_version(), hidden.rights_version() + 1);
        let can: Can<LeaveServer> = scene.may(&ben).await;
        servers::leave(hub, can).await.unwrap();
        let left = carried(&mut notices, &[second]);
        assert!(sees(&left, BEN, second), "the overwrite went with him");
        let can = hub.authorize(scene.ana.clone(), ()).await.unwrap();
        let name = ServerName::new("Market").unwrap();
        let made = servers::create(hub, can, CreateServer { name }).await.unwrap();
        let begun = carried(&mut notices, &[made.channels[0].channel.id]);
        assert_eq!((begun.server_id(), begun.owner_id()), (made.server.id, made.server.owner_id));
    }

    async fn a_commit_that_moves_many_servers_tells_of_each_what_it_leads_to(scene) {
        let mut all = vec![scene.server];
        for _ in 0..10 {
            all.push(make_server(&scene).await);
        }
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let (moved, ana) = (all.clone(), scene.ana.me().unwrap().id);
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move {
                for server in moved {
                    work.raise_member(server, ana).await?;
                    work.raise(server, Level::Rights).await?;
                }
                Ok(())
            })
        });
        written.await.unwrap();
        let mut told = changes(&mut notices);
        told.sort_by_key(|change| change.server_id);
        for (change, server) in told.iter().zip(&all) {
            let rights = change.rights.as_ref().unwrap();
            assert_eq!((change.server_id, rights.structure.server_id()), (*server, *server));
            assert_eq!(rights.channels.len(), 1);
            let members = &change.changes[..];
            assert!(matches!(members, [Change::MemberChanged(it)] if it.user_id == ana), "{members:?}");
        }
        assert_eq!(told.len(), all.len());
    }

    async fn what_moves_no_rights_carries_none_nor_does_what_leaves_none(scene) {
        let ben = scene.account(2, "ben").await;
        let second = scene.make_channel("second").await;
        let hub = scene.hub.clone();
        let mut notices = hub.bus().subscribe();
        let mut assert_none = |what: &str| {
            let told = told_once(&mut notices);
            assert!(told.rights.is_none(), "{what}: {told:?}");
        };
        scene.join(&ben).await;
        assert_none("a join");
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        let name = ServerName::new("Market").unwrap();
        servers::update(&hub, can, ServerPatch { name }).await.unwrap();
        assert_none("a name");
        let can: Can<ReorderChannels> = scene.may(&scene.ana).await;
        let channels = vec![ChannelPlace { id: second, position: 0 }];
        channels::reorder(&hub, can, Order { channels }).await.unwrap();
        assert_none("an order");
        scene.kick(&ben).await;
        assert_none("a kick");
        let can: Can<DeleteServer> = scene.may(&scene.ana).await;
        servers::delete(&hub, can).await.unwrap();
        assert_none("the end of the server");
    }

    async fn a_change_that_is_rolled_back_leaves_no_structure_behind(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let (server, before) = (scene.server, scene.counters().await);
        let mut notices = scene.hub.bus().subscribe();
        // Whoever administers the hub must be signed in still at the end of the transaction.
        let Actor::Account { me, session_id } = scene.ana.clone() else { panic!("an account") };
        let me = Arc::new(Me { is_admin: true, ..(*me).clone() });
        let admin = Actor::Account { me, session_id };
        let can: Can<UpdateHub> = scene.hub.authorize(admin, ()).await.unwrap();
        let written = scene.hub.write(can, move |work| {
            Box::pin(async move {
                for statement in [OVERWRITE, SIGN_OUT_OWNER] {
                    assert!(work.tx().execute(statement, args![server]).await? > 0);
                }
                work.raise(server, Level::Rights).await
            })
        });
        let written = written.await;
        assert!(matches!(written, Err(Error::SessionEnded)), "{written:?}");
        assert!(changes(&mut notices).is_empty());
        assert_eq!(scene.counters().await, before);
        let _: Can<ReadChannel> = scene.may_here(&ben).await;
        let second = scene.make_channel("second").await;
        let next = carried(&mut notices, &[scene.channel, second]);
        assert_eq!(next.rights_version(), before.rights_version + 1);
        assert!(sees(&next, BEN, scene.channel));
    }

    async fn a_member_who_changed_is_told_as_stored_and_once(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let mut notices = scene.hub.bus().subscribe();
        let (server, can): (_, Can<UpdateServer>) = (scene.server, scene.may(&scene.ana).await);
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move {
                work.raise_member(server, BEN).await?;
                for statement in [GIVE_ROLE, MUTE] {
                    assert_eq!(work.tx().execute(statement, args![server]).await?, 1);
                }
                work.raise_member(server, BEN).await
            })
        });
        let at = written.await.unwrap();
        let told = told_once(&mut notices);
        assert!(told.rights.is_none(), "nobody else's rights moved");
        let [Change::MemberChanged(member)] = &told.changes[..] else {
            panic!("{told:?}")
        };
        let stored = Membership {
            user_id: BEN,
            rev: at.epoch,
            roles: [server.everyone_role()].into(),
            timeout_until: Some(9_000_000_000_000),
        };
        assert_eq!((told.counters, member), (at, &stored));
    }

    async fn a_member_who_is_none_in_the_end_is_not_told_as_changed(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let mut notices = scene.hub.bus().subscribe();
        change(&scene, MUTE, Some(BEN)).await;
        let told = told_once(&mut notices);
        assert!(matches!(&told.changes[..], [Change::MemberChanged(_)]), "{told:?}");
        let (server, can): (_, Can<UpdateServer>) = (scene.server, scene.may(&scene.ana).await);
        let written = scene.hub.write_rights(can, move |work| {
            Box::pin(async move {
                work.raise_member(server, BEN).await?;
                Ok(work.tx().execute(END_MEMBERSHIP, args![server]).await?)
            })
        });
        assert_eq!(written.await.unwrap(), 1);
        let told = told_once(&mut notices);
        assert!(told.changes.is_empty(), "{told:?}");
    }
}
