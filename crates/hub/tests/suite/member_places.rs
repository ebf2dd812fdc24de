//! Where a member stands in servers, as it is read for connections.

use std::cell::Cell;
use std::sync::Arc;

use battala_hub::access::{
    DeleteChannel, KickMember, ListServers, ReadServer, ReorderChannels, UpdateServer,
};
use battala_hub::members::MemberPlace;
use battala_hub::recovery::{AccountNow, Standing};
use battala_hub::{Actor, Can, Error, Level, channels, recovery, servers, sweep};
use battala_proto::channels::{ChannelPlace, ReorderChannels as Order};
use battala_proto::id::{RoleId, ServerId, UserId};
use battala_proto::servers::CreateServer;
use battala_proto::text::ServerName;
use battala_store::{Sql, sql};
use tokio::runtime::Handle;

use crate::rights::{BEN, BEN_KEEPS, HIDE_FROM_EVERYONE, MAKE_ROLES, MUTE_BEN};
use crate::scene::{Scene, both, change};

const ANA: UserId = UserId::from_raw(1);

/// So many that some fall between two reads.
const CHANGES: usize = 200;

/// More roles than are read of one server.
const SPOIL: Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50001) ",
    "INSERT INTO roles (id, server_id, name, permissions, position) ",
    "SELECT 1000 + n.i, s.id, 'role', 0, n.i FROM n, servers s WHERE s.id = $1"
);
/// A role above all others that may do everything, whose id is none, and who has it.
pub(crate) const MAKE_DAMAGED: Sql = sql!(
    "INSERT INTO roles (id, server_id, name, permissions, position) ",
    "SELECT -5, id, 'damaged', 8, 9 FROM servers WHERE id = $1"
);
const BEN_IS_DAMAGED: Sql = sql!(
    "INSERT INTO member_roles (server_id, user_id, role_id) SELECT id, 2, -5 FROM servers WHERE id = $1"
);
/// A channel whose id is none.
const MAKE_DAMAGED_CHANNEL: Sql = sql!(
    "INSERT INTO channels (id, server_id, type, name, topic, position, created_at, last_seq) ",
    "SELECT -7, server_id, type, 'damaged', '', 9, 0, 0 FROM channels WHERE server_id = $1 AND position = 0"
);
/// In this server and in those that were made after it.
pub(crate) const RAISE_ALL: Sql =
    sql!("UPDATE servers SET rights_version = rights_version + 1 WHERE id >= $1");
/// A message that came when everybody was there.
const WRITE_IN_ALL: Sql =
    sql!("UPDATE channels SET last_message_id = 4611686018427387904 WHERE server_id >= $1");

pub(crate) async fn make_server(scene: &Scene) -> ServerId {
    let can = scene.hub.authorize(scene.ana.clone(), ()).await.unwrap();
    let name = ServerName::new("Market").unwrap();
    let made = servers::create(&scene.hub, can, CreateServer { name });
    made.await.unwrap().server.id
}

async fn own(scene: &Scene, actor: &Actor) -> servers::OwnServers {
    let can = scene.hub.authorize(actor.clone(), ()).await.unwrap();
    let own = servers::list_with_unread(&scene.hub, &can);
    own.await.unwrap()
}

async fn account(
    scene: &Scene,
    user: UserId,
    is_asked: impl Fn(UserId, ServerId) -> bool,
) -> AccountNow {
    let can = scene.hub.authorize(Actor::Operator, ()).await.unwrap();
    let users = [user];
    let found = recovery::accounts(&scene.hub, &can, &users, is_asked);
    found.await.unwrap().pop().unwrap()
}

fn all(_: UserId, _: ServerId) -> bool {
    true
}

fn places_in(account: AccountNow) -> Vec<MemberPlace> {
    let place = |(server, standing): (ServerId, Standing)| match standing {
        Standing::At(place) => {
            assert_eq!(place.server_id, server);
            Some(place)
        }
        Standing::NotAsked | Standing::Unreadable => None,
    };
    account.servers.into_iter().filter_map(place).collect()
}

/// The servers of an account in its order, each with what is known of where it stands there.
fn standings(account: &AccountNow) -> Vec<(ServerId, &'static str)> {
    let name = |standing: &Standing| match standing {
        Standing::NotAsked => "not asked",
        Standing::Unreadable => "unreadable",
        Standing::At(_) => "a place",
    };
    let servers = account.servers.iter();
    servers
        .map(|(server, standing)| (*server, name(standing)))
        .collect()
}

/// Where Ben stands in the scene's server, in every way in which it is read.
async fn places_of_ben(scene: &Scene, ben: &Actor) -> Vec<MemberPlace> {
    let mut found = own(scene, ben).await.places;
    found.extend(places_in(account(scene, BEN, all).await));
    let can: Can<ReadServer> = scene.may(&Actor::Operator).await;
    let asked = [BEN, UserId::from_raw(9)];
    let now = recovery::server(&scene.hub, &can, 0, &asked);
    let now = now.await.unwrap();
    let members = now.members.into_iter();
    found.extend(members.map(|membership| MemberPlace {
        server_id: scene.server,
        counters: now.counters,
        structure: Arc::clone(&now.structure),
        membership,
    }));
    assert_eq!(found.len(), 3, "{found:?}");
    found
}

/// Moves the rights of everybody and Ben's membership in one commit. Reads nothing that would be kept.
async fn move_both(scene: &Scene, can: &Can<UpdateServer>) {
    let server = scene.server;
    let written = scene.hub.write_rights(can.clone(), move |work| {
        Box::pin(async move {
            work.raise_member(server, BEN).await?;
            work.raise(server, Level::Rights).await
        })
    });
    written.await.unwrap();
}

fn assert_of_one_moment(place: &MemberPlace) {
    let (counters, structure) = (place.counters, &place.structure);
    assert_eq!(structure.rights_version(), counters.rights_version);
    assert_eq!(place.membership.rev, counters.epoch);
}

both! {
    async fn a_place_has_the_roles_and_the_timeout_of_the_member(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let at = scene.counters().await;
        for place in places_of_ben(&scene, &ben).await {
            let MemberPlace { server_id, counters, structure, membership } = place;
            assert_eq!((server_id, structure.server_id()), (scene.server, scene.server));
            assert_eq!((counters, membership.rev), (at, at.epoch));
            assert!(membership.roles.is_empty() && membership.timeout_until.is_none());
        }
        change(&scene, MAKE_ROLES, None).await;
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        change(&scene, MUTE_BEN, Some(BEN)).await;
        let at = scene.counters().await;
        for MemberPlace { counters, structure, membership, .. } in places_of_ben(&scene, &ben).await {
            assert_eq!(counters, at);
            assert_eq!(structure.rights_version(), at.rights_version);
            assert_eq!((membership.user_id, membership.rev), (BEN, at.epoch));
            assert_eq!(membership.roles[..], [RoleId::from_raw(700)]);
            assert_eq!(membership.timeout_until, Some(9_000_000_000_000));
        }
    }

    async fn a_place_is_of_one_moment_however_much_changes_meanwhile(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        move_both(&scene, &can).await;
        let is_over = Cell::new(false);
        let changing = async {
            for _ in 0..CHANGES {
                move_both(&scene, &can).await;
            }
            is_over.set(true);
        };
        let looking = async {
            while !is_over.get() {
                places_of_ben(&scene, &ben).await.iter().for_each(assert_of_one_moment);
            }
        };
        tokio::join!(changing, looking);
    }

    async fn a_change_between_two_reads_of_a_place_is_not_in_it(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let can: Can<UpdateServer> = scene.may(&scene.ana).await;
        move_both(&scene, &can).await;
        let before = scene.counters().await;
        let change_first = |_, _| {
            let changing = move_both(&scene, &can);
            tokio::task::block_in_place(|| Handle::current().block_on(changing));
            true
        };
        let places = places_in(account(&scene, BEN, change_first).await);
        assert!(scene.counters().await.epoch > before.epoch, "it was made");
        assert_eq!(places[0].counters, before);
        assert_of_one_moment(&places[0]);
    }

    async fn what_is_read_of_a_server_in_one_state_is_of_the_state_that_was_decided_on(scene) {
        let before = scene.counters().await;
        let can = scene.hub.authorize_to_read::<ReadServer>(scene.ana.clone(), scene.server);
        let can = can.await.unwrap();
        change(&scene, MAKE_ROLES, None).await;
        let now = recovery::server(&scene.hub, &can, 0, &[]).await.unwrap();
        assert_eq!((now.counters, scene.counters().await.epoch), (before, before.epoch + 1));
    }

    async fn a_role_that_is_no_id_grants_nothing_and_keeps_nobody_from_the_server(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        change(&scene, MAKE_ROLES, None).await;
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        change(&scene, MAKE_DAMAGED, None).await;
        change(&scene, BEN_IS_DAMAGED, Some(BEN)).await;
        for place in places_of_ben(&scene, &ben).await {
            assert_eq!(place.membership.roles[..], [-5, 700].map(RoleId::from_raw));
        }
        for actor in [&scene.ana, &ben] {
            let state = servers::get(&scene.hub, scene.may(actor).await);
            let roles = state.await.unwrap().roles;
            let ids: Vec<_> = roles.iter().map(|role| role.id.raw()).collect();
            assert_eq!(ids, [scene.server.raw(), 700, 701]);
        }
        let kicked: Result<Can<KickMember>, _> =
            scene.hub.authorize(ben.clone(), (scene.server, ANA)).await;
        assert!(matches!(kicked, Err(Error::Forbidden)), "{:?}", kicked.err());
        let updated: Result<Can<UpdateServer>, _> =
            scene.hub.authorize(ben, scene.server).await;
        assert!(matches!(updated, Err(Error::Forbidden)), "{:?}", updated.err());
    }

    async fn a_channel_that_is_no_id_keeps_nobody_from_what_there_is_in_others(scene) {
        let other = make_server(&scene).await;
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        scene.make_channel("open").await;
        for statement in [MAKE_DAMAGED_CHANNEL, WRITE_IN_ALL] {
            scene.run(statement).await;
        }
        let own = own(&scene, &ben).await;
        let flags: Vec<_> = own.servers.iter().map(|(server, _)| server.is_unread).collect();
        assert_eq!(flags, [true]);
        let can: Can<ListServers> = scene.hub.authorize(Actor::Operator, ()).await.unwrap();
        let found = sweep::marks(&scene.hub, &can, &[scene.server, other]).await.unwrap();
        let counts = [scene.server, other].map(|server| found[&server].mark.last_seqs.len());
        assert_eq!(counts, [2, 1]);
    }

    async fn a_channel_that_is_no_id_keeps_nobody_from_the_others_of_its_server(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let open = scene.make_channel("open").await;
        scene.run(MAKE_DAMAGED_CHANNEL).await;
        let all = [scene.channel, open];
        let can: Can<ReadServer> = scene.may(&ben).await;
        let reads = servers::reads(&scene.hub, &can).await.unwrap();
        assert_eq!(reads.told.channels.iter().map(|it| it.id).collect::<Vec<_>>(), all);
        let operators: Can<ReadServer> = scene.may(&Actor::Operator).await;
        let now = recovery::server(&scene.hub, &operators, 0, &[]).await.unwrap();
        assert_eq!(now.heads.iter().map(|it| it.id).collect::<Vec<_>>(), all);
        let state = servers::get(&scene.hub, can.clone()).await.unwrap();
        assert_eq!(state.channels.iter().map(|it| it.channel.id).collect::<Vec<_>>(), all);
        let listed = channels::list(&scene.hub, can).await.unwrap();
        assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), all);
        // A commit that moves rights reads all channels, and one that moves channels their order.
        let made = scene.make_channel("more").await;
        let can: Can<ReorderChannels> = scene.may(&scene.ana).await;
        let first = ChannelPlace { id: made, position: 0 };
        channels::reorder(&scene.hub, can, Order { channels: vec![first] }).await.unwrap();
        let can: Can<DeleteChannel> = scene.may_here(&scene.ana).await;
        channels::delete(&scene.hub, can).await.unwrap();
        let listed = channels::list(&scene.hub, scene.may(&ben).await).await.unwrap();
        assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [made, open]);
    }

    async fn places_of_accounts_are_read_where_they_are_asked_for(scene) {
        let other = make_server(&scene).await;
        let read = account(&scene, ANA, all).await;
        assert_eq!(standings(&read), [(scene.server, "a place"), (other, "a place")]);
        let part = account(&scene, ANA, |_, server| server == other).await;
        assert_eq!(standings(&part), [(scene.server, "not asked"), (other, "a place")]);
        assert_eq!(places_in(part)[0].server_id, other);
    }

    async fn a_server_whose_rights_cannot_be_read_keeps_its_members_from_no_other(scene) {
        let other = make_server(&scene).await;
        for statement in [WRITE_IN_ALL, SPOIL, RAISE_ALL] {
            scene.run(statement).await;
        }
        let own = own(&scene, &scene.ana).await;
        let flags: Vec<_> = own.servers.iter().map(|(server, _)| (server.id, server.is_unread)).collect();
        assert_eq!(flags, [(scene.server, false), (other, true)]);
        let places: Vec<_> = own.places.iter().map(|place| place.server_id).collect();
        assert_eq!(places, [other]);
        let read = account(&scene, ANA, all).await;
        assert_eq!(standings(&read), [(scene.server, "unreadable"), (other, "a place")]);
        let unasked = account(&scene, ANA, |_, server| server == other).await;
        assert_eq!(standings(&unasked), [(scene.server, "not asked"), (other, "a place")]);
    }
}
