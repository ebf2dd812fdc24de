//! What roles, overwrites and timeouts decide, and when: at the question and once more in the
//! transaction.

use battala_hub::access::{
    DeleteChannel, DeleteMessage, EditMessage, Kept, KickMember, LeaveServer, ListMembers,
    ReadChannel, ReadMessages, ReadServer, ReorderChannels, SendMessage,
};
use battala_hub::bus::{Audience, Change};
use battala_hub::{Actor, Can, Error, channels, members, messages, servers};
use battala_proto::channels::{Channel, ChannelPlace, ReorderChannels as Order};
use battala_proto::id::{ChannelId, UserId};
use battala_proto::messages::MessageQuery;
use battala_proto::permissions::Permissions;
use battala_proto::servers::ServerState;
use battala_store::{Sql, sql};

use crate::member_places::MAKE_DAMAGED;
use crate::scene::{Scene, both, change, changes, message};

/// Takes everything from everyone.
const TAKE_ALL: Sql = sql!("UPDATE roles SET permissions = 0 WHERE server_id = $1");
/// A role for who removes members, and one above it.
pub(crate) const MAKE_ROLES: Sql = sql!(
    "INSERT INTO roles (id, server_id, name, permissions, position) ",
    "SELECT 700, id, 'keeper', 2, 1 FROM servers WHERE id = $1 ",
    "UNION ALL SELECT 701, id, 'elder', 0, 2 FROM servers WHERE id = $1"
);
pub(crate) const BEN_KEEPS: Sql = sql!(
    "INSERT INTO member_roles (server_id, user_id, role_id) SELECT id, 2, 700 FROM servers WHERE id = $1"
);
const CLEO_IS_ELDER: Sql = sql!(
    "INSERT INTO member_roles (server_id, user_id, role_id) SELECT id, 3, 701 FROM servers WHERE id = $1"
);
const CLEO_IS_DAMAGED: Sql = sql!(
    "INSERT INTO member_roles (server_id, user_id, role_id) SELECT id, 3, -5 FROM servers WHERE id = $1"
);
const HIDE_FROM_DAMAGED: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
    "SELECT id, -5, server_id, -5, 0, 1024 FROM channels WHERE server_id = $1"
);
pub(crate) const HIDE_FROM_EVERYONE: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
    "SELECT id, server_id, server_id, server_id, 0, 1024 FROM channels WHERE server_id = $1"
);
const SHOW_TO_KEEPERS: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
    "SELECT id, 700, server_id, 700, 1024, 0 FROM channels WHERE server_id = $1"
);
/// Takes from everyone that they write in any channel.
/// The first channel is a category, and all others stand in it.
const MOVE_INTO_CATEGORY: Sql = sql!(
    "UPDATE channels SET parent_id = (SELECT c.id FROM channels c WHERE c.server_id = $1 AND c.position = 0) ",
    "WHERE server_id = $1 AND position > 0"
);
const HIDE_THE_LAST: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
    "SELECT id, server_id, server_id, server_id, 0, 1024 FROM channels WHERE server_id = $1 AND position = 2"
);
const MUTE_CHANNEL: Sql = sql!(
    "INSERT INTO channel_overwrites (channel_id, target_id, server_id, role_id, allow, deny) ",
    "SELECT id, server_id, server_id, server_id, 0, 2048 FROM channels WHERE server_id = $1"
);
/// All may arrange the channels.
const LET_ARRANGE: Sql =
    sql!("UPDATE roles SET permissions = permissions + 16 WHERE server_id = $1");
pub(crate) const MUTE_BEN: Sql = sql!(
    "UPDATE server_members SET timeout_until = 9000000000000 WHERE server_id = $1 AND user_id = 2"
);
const UNMUTE_BEN: Sql =
    sql!("UPDATE server_members SET timeout_until = 1 WHERE server_id = $1 AND user_id = 2");
const CLEO_OWNS: Sql = sql!("UPDATE servers SET owner_id = 3 WHERE id = $1");

pub(crate) const BEN: UserId = UserId::from_raw(2);
const CLEO: UserId = UserId::from_raw(3);

async fn ben_and_cleo(scene: &Scene) -> (Actor, Actor) {
    let (ben, cleo) = (
        scene.account(2, "ben").await,
        scene.account(3, "cleo").await,
    );
    scene.join(&ben).await;
    scene.join(&cleo).await;
    (ben, cleo)
}

async fn may_kick(scene: &Scene, actor: &Actor, user: UserId) -> Result<Can<KickMember>, Error> {
    scene
        .hub
        .authorize(actor.clone(), (scene.server, user))
        .await
}

async fn may_send(scene: &Scene, actor: &Actor) -> Result<Can<SendMessage>, Error> {
    scene.hub.authorize(actor.clone(), scene.channel).await
}

async fn sees(scene: &Scene, actor: &Actor) -> bool {
    let seen = scene
        .hub
        .authorize::<ReadChannel>(actor.clone(), scene.channel);
    match seen.await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(other) => panic!("{other:?}"),
    }
}

both! {
    async fn who_may_view_nothing_still_sees_the_server_and_can_leave_it(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        change(&scene, TAKE_ALL, None).await;
        assert!(!sees(&scene, &ben).await);
        let can: Can<ReadServer> = scene.may(&ben).await;
        let listed = channels::list(&scene.hub, can).await.unwrap();
        assert!(listed.is_empty(), "{listed:?}");
        let can: Can<ListMembers> = scene.may(&ben).await;
        assert!(members::get(&scene.hub, can, BEN).await.is_ok());
        let can: Can<LeaveServer> = scene.may(&ben).await;
        servers::leave(&scene.hub, can).await.unwrap();
        let gone = scene.hub.authorize::<ReadServer>(ben, scene.server).await.err();
        assert!(matches!(gone, Some(Error::NotFound)), "{gone:?}");
    }

    async fn a_channel_is_there_for_whom_its_overwrites_let_see_it(scene) {
        let (ben, cleo) = ben_and_cleo(&scene).await;
        let before: Can<SendMessage> = scene.may_here(&ben).await;
        let open = scene.make_channel("open").await;
        change(&scene, MAKE_ROLES, None).await;
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        assert!(!sees(&scene, &ben).await && !sees(&scene, &cleo).await);
        assert!(sees(&scene, &scene.ana).await, "the owner passes");
        let sent = messages::send(&scene.hub, before, message("n-1")).await;
        assert!(matches!(sent, Err(Error::NotFound)), "in the transaction: {sent:?}");
        change(&scene, SHOW_TO_KEEPERS, None).await;
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        assert!(sees(&scene, &ben).await && !sees(&scene, &cleo).await);
        let can: Can<ReadServer> = scene.may(&ben).await;
        let listed = channels::list(&scene.hub, can).await.unwrap();
        assert!(listed.iter().any(|channel| channel.id == open), "{listed:?}");
    }

    async fn a_role_that_is_no_id_still_takes_what_it_takes_and_stands_where_it_stands(scene) {
        let (ben, cleo) = ben_and_cleo(&scene).await;
        for statement in [MAKE_ROLES, MAKE_DAMAGED, HIDE_FROM_DAMAGED] {
            change(&scene, statement, None).await;
        }
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        assert!(may_kick(&scene, &ben, CLEO).await.is_ok() && sees(&scene, &cleo).await);
        change(&scene, CLEO_IS_DAMAGED, Some(CLEO)).await;
        assert!(!sees(&scene, &cleo).await, "it is hidden from the role");
        let kicked = may_kick(&scene, &ben, CLEO).await;
        assert!(matches!(kicked, Err(Error::Forbidden)), "{:?}", kicked.err());
    }

    async fn a_channel_that_is_not_seen_is_in_no_answer_about_its_server(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let (before, listed_before): (Can<ReadServer>, Can<ReadServer>) = (scene.may(&ben).await, scene.may(&ben).await);
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        let open = scene.make_channel("open").await;
        let hub = &scene.hub;
        let ids = |channels: &[Channel]| channels.iter().map(|it| it.id).collect::<Vec<_>>();
        let seen = |it: &ServerState| it.channels.iter().map(|it| it.channel.id).collect::<Vec<_>>();
        for can in [before, scene.may(&ben).await] {
            let state = servers::get(hub, can).await.unwrap();
            assert_eq!(seen(&state), [open]);
        }
        let listed = channels::list(hub, listed_before).await.unwrap();
        assert_eq!(ids(&listed), [open], "by the rights of what is read");
        let again = scene.join(&ben).await;
        assert_eq!(seen(&again), [open], "a member already");
        let newcomer = scene.account(3, "cleo").await;
        let joined = scene.join(&newcomer).await;
        assert_eq!(seen(&joined), [open]);
        let all = [scene.channel, open];
        let state = servers::get(hub, scene.may(&scene.ana).await).await.unwrap();
        assert_eq!(seen(&state), all);
        let listed = channels::list(hub, scene.may(&scene.ana).await).await.unwrap();
        assert_eq!(ids(&listed), all);
        assert_eq!(seen(&scene.join(&scene.ana).await), all);
    }

    async fn what_one_may_do_stands_in_the_structure(scene) {
        let ben = scene.account(2, "ben").await;
        let bits = |state: &ServerState| {
            let in_channels = state.channels.iter().map(|it| it.permissions);
            (state.permissions, in_channels.collect::<Vec<_>>())
        };
        let (all, default) = (Permissions::all(), Permissions::EVERYONE_DEFAULT);
        assert_eq!(bits(&scene.join(&ben).await), (default, vec![default]));
        assert_eq!(bits(&scene.join(&scene.ana).await), (all, vec![all]));
        change(&scene, MUTE_CHANNEL, None).await;
        let state = servers::get(&scene.hub, scene.may(&ben).await).await.unwrap();
        assert_eq!(bits(&state), (default, vec![default - Permissions::SEND_MESSAGES]));
        change(&scene, MUTE_BEN, Some(BEN)).await;
        let state = servers::get(&scene.hub, scene.may(&ben).await).await.unwrap();
        let look_on = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        assert_eq!(bits(&state), (look_on, vec![look_on]));
    }

    async fn whoever_comes_is_told_of_the_reading_positions_in_channels_that_are_seen(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let before: Can<ReadServer> = scene.may(&ben).await;
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        let open = scene.make_channel("open").await;
        let all = [scene.channel, open];
        for (can, seen) in [(before, &all[1..]), (scene.may(&scene.ana).await, &all[..])] {
            let reads = servers::reads(&scene.hub, &can).await.unwrap();
            let told: Vec<_> = reads.told.channels.iter().map(|head| head.id).collect();
            assert_eq!(told, seen);
            let heads: Vec<_> = reads.heads.iter().map(|head| head.id).collect();
            assert_eq!(heads, all, "the order is kept of all");
        }
    }

    async fn with_a_hidden_category_that_is_deleted_its_channels_are_seen_by_their_own_rights(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        let (shown, _hidden) = (scene.make_channel("shown").await, scene.make_channel("hidden").await);
        change(&scene, MOVE_INTO_CATEGORY, None).await;
        change(&scene, HIDE_THE_LAST, None).await;
        let listed = async || {
            let can: Can<ReadServer> = scene.may(&ben).await;
            let listed = channels::list(&scene.hub, can).await.unwrap();
            listed.into_iter().map(|channel| channel.id).collect::<Vec<_>>()
        };
        assert!(listed().await.is_empty());
        let mut notices = scene.hub.bus().subscribe();
        let can: Can<DeleteChannel> = scene.may_here(&scene.ana).await;
        channels::delete(&scene.hub, can).await.unwrap();
        assert_eq!(listed().await, [shown]);
        let [told] = &changes(&mut notices)[..] else { panic!("one commit is told at once") };
        let audiences: Vec<_> = told.changes.iter().filter_map(|change| match change {
            Change::Event(audience, _) => Some(audience.clone()),
            _ => None,
        }).collect();
        let server = scene.server;
        assert_eq!(audiences, [Audience::Channel(server, scene.channel), Audience::Server(server)]);
        let rights = told.rights.as_ref().expect("those that it leads to");
        let rows: Vec<_> = rights.channels.iter().map(|channel| channel.id).collect();
        assert_eq!(rows.len(), 2, "to be shown to whom it is: {rows:?}");
    }

    async fn channels_are_arranged_among_those_that_are_seen_and_no_other_is_found_so(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        change(&scene, LET_ARRANGE, None).await;
        change(&scene, HIDE_FROM_EVERYONE, None).await;
        let (first, second) = (scene.make_channel("first").await, scene.make_channel("second").await);
        let arrange = async |id, position| {
            let can: Can<ReorderChannels> = scene.may(&ben).await;
            let order = Order { channels: vec![ChannelPlace { id, position }] };
            channels::reorder(&scene.hub, can, order).await
        };
        let nowhere = ChannelId::from_raw(9);
        let (hidden, absent) = (arrange(scene.channel, 1).await, arrange(nowhere, 1).await);
        let fields = |refused: Result<(), Error>| refused.expect_err("it is not seen").fields();
        assert_eq!(fields(hidden), fields(absent));
        arrange(second, 0).await.unwrap();
        let can: Can<ReadServer> = scene.may(&scene.ana).await;
        let listed = channels::list(&scene.hub, can).await.unwrap();
        let order: Vec<_> = listed.iter().map(|channel| channel.id).collect();
        assert_eq!(order, [scene.channel, second, first], "it stays where it was");
    }

    async fn a_role_that_is_given_voids_the_rights_of_its_member_and_of_nobody_else(scene) {
        let (ben, cleo) = ben_and_cleo(&scene).await;
        change(&scene, MAKE_ROLES, None).await;
        let (bens, cleos) = (may_send(&scene, &ben).await.unwrap(), may_send(&scene, &cleo).await.unwrap());
        let before = scene.counters().await;
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        assert_eq!(scene.counters().await.rights_version, before.rights_version);
        assert_eq!(scene.counters().await.epoch, before.epoch + 1);
        // Moves no counter: only who is decided about anew notices.
        scene.run(TAKE_ALL).await;
        let sent = messages::send(&scene.hub, cleos, message("n-1")).await;
        assert!(sent.is_ok(), "it was decided before: {sent:?}");
        let sent = messages::send(&scene.hub, bens, message("n-2")).await;
        assert!(sent.is_ok(), "anew, on the structure that is known: {sent:?}");
    }

    async fn a_timeout_leaves_a_member_to_look_on_until_it_ends(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let before = may_send(&scene, &ben).await.unwrap();
        let sent = messages::send(&scene.hub, before.clone(), message("n-0")).await.unwrap();
        change(&scene, MUTE_BEN, Some(BEN)).await;
        let refused = may_send(&scene, &ben).await.err();
        assert!(matches!(refused, Some(Error::Forbidden)), "{refused:?}");
        let refused = messages::send(&scene.hub, before, message("n-1")).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "in the transaction: {refused:?}");
        assert!(sees(&scene, &ben).await);
        let read = scene.hub.authorize::<ReadMessages>(ben.clone(), scene.channel).await;
        assert!(read.is_ok());
        let own = (scene.channel, sent.message.id);
        let edit = scene.hub.authorize::<EditMessage>(ben.clone(), own).await.err();
        assert!(matches!(edit, Some(Error::Forbidden)), "{edit:?}");
        assert!(scene.hub.authorize::<DeleteMessage>(ben.clone(), own).await.is_ok());
        change(&scene, UNMUTE_BEN, Some(BEN)).await;
        assert!(may_send(&scene, &ben).await.is_ok(), "it is over");
    }

    async fn nobody_removes_who_stands_as_high_as_decided_in_the_transaction(scene) {
        let (ben, cleo) = ben_and_cleo(&scene).await;
        change(&scene, MAKE_ROLES, None).await;
        let refused = may_kick(&scene, &ben, CLEO).await.err();
        assert!(matches!(refused, Some(Error::Forbidden)), "no permission: {refused:?}");
        change(&scene, BEN_KEEPS, Some(BEN)).await;
        let can = may_kick(&scene, &ben, CLEO).await.unwrap();
        // Meanwhile Cleo rises.
        change(&scene, CLEO_IS_ELDER, Some(CLEO)).await;
        let kicked = members::kick(&scene.hub, can).await;
        assert!(matches!(kicked, Err(Error::Forbidden)), "{kicked:?}");
        for (user, expected) in [(CLEO, "forbidden"), (UserId::from_raw(1), "forbidden"), (UserId::from_raw(9), "not_found")] {
            let refused = may_kick(&scene, &ben, user).await.err().unwrap();
            assert_eq!(refused.code().as_str(), expected, "{user}");
        }
        let can = may_kick(&scene, &ben, BEN).await.unwrap();
        let kicked = members::kick(&scene.hub, can).await;
        assert!(matches!(kicked, Err(Error::Conflict(_))), "oneself: {kicked:?}");
        let can = may_kick(&scene, &scene.ana, CLEO).await.unwrap();
        members::kick(&scene.hub, can).await.unwrap();
        let gone = scene.hub.authorize::<ReadServer>(cleo, scene.server).await.err();
        assert!(matches!(gone, Some(Error::NotFound)), "{gone:?}");
    }

    async fn whether_the_owner_leaves_is_decided_in_the_transaction(scene) {
        let (_, cleo) = ben_and_cleo(&scene).await;
        let (anas, cleos): (Can<LeaveServer>, Can<LeaveServer>) = (scene.may(&scene.ana).await, scene.may(&cleo).await);
        change(&scene, CLEO_OWNS, None).await;
        let left = servers::leave(&scene.hub, cleos).await;
        assert!(matches!(left, Err(Error::Conflict(_))), "{left:?}");
        servers::leave(&scene.hub, anas).await.expect("she owns it no more");
    }

    async fn what_was_allowed_before_a_kick_is_not_read_after_it(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let newest = MessageQuery { before: None, after: None, around: None, limit: None };
        let page = |can| messages::page(&scene.hub, can, newest.clone());
        let can: Can<ReadMessages> = scene.may_here(&ben).await;
        page(can.clone()).await.expect("a member");
        // On the state that was decided on, one may go on.
        let decided = scene.hub.authorize_to_read::<ReadMessages>(ben.clone(), scene.channel);
        let decided = decided.await.unwrap();
        scene.kick(&ben).await;
        let anas = may_send(&scene, &scene.ana).await.unwrap();
        messages::send(&scene.hub, anas, message("n-1")).await.unwrap();
        let read = page(can).await;
        assert!(matches!(read, Err(Error::NotFound)), "{read:?}");
        let synced = messages::sync(&scene.hub, decided.clone(), 0, 1000).await.unwrap();
        assert!(synced.rows.is_empty(), "of before the kick: {synced:?}");
        let again = messages::sync(&scene.hub, decided, 0, 1000).await;
        assert!(matches!(again, Err(Error::NotFound)), "it was used: {again:?}");
    }

    async fn a_kept_right_is_asked_for_anew_once_it_is_known_to_have_moved(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let kept = Kept::<SendMessage>::default();
        let ask = || kept.authorize(&scene.hub, ben.clone(), scene.channel);
        ask().await.unwrap();
        // Moves no counter: who looks would see it.
        scene.run(TAKE_ALL).await;
        ask().await.expect("it is kept");
        scene.make_channel("new").await;
        let refused = ask().await.err();
        assert!(matches!(refused, Some(Error::NotFound)), "{refused:?}");
    }

    async fn the_first_question_after_a_change_of_rights_reads_no_structure(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        scene.make_channel("new").await;
        // Moves no counter: who reads the structure would see it.
        scene.run(TAKE_ALL).await;
        assert!(sees(&scene, &ben).await, "it came with the commit");
        let listed = channels::list(&scene.hub, scene.may(&ben).await).await.unwrap();
        assert_eq!(listed.len(), 2, "in one state of the database as well");
    }

    async fn a_kept_right_ends_with_the_transaction_that_refuses_it(scene) {
        let ben = scene.account(2, "ben").await;
        scene.join(&ben).await;
        let kept = Kept::<SendMessage>::default();
        let ask = || kept.authorize(&scene.hub, ben.clone(), scene.channel);
        ask().await.unwrap();
        scene.kick(&ben).await;
        let stale = ask().await.expect("a membership is not known here");
        let sent = messages::send(&scene.hub, stale, message("n-1")).await;
        assert!(matches!(sent, Err(Error::NotFound)), "{sent:?}");
        let refused = ask().await.err();
        assert!(matches!(refused, Some(Error::NotFound)), "{refused:?}");
    }

    async fn a_right_that_is_kept_for_who_has_no_connection_is_that_accounts_alone_and_ends_with_a_kick(scene) {
        let (ben, cleo) = (scene.account(2, "ben").await, scene.account(3, "cleo").await);
        scene.join(&ben).await;
        let ask = async |actor: &Actor| {
            let mut reading = scene.hub.reading();
            reading.authorize_to_send(actor.clone(), scene.channel).await
        };
        ask(&ben).await.unwrap();
        // Moves no counter: who looks would see it.
        scene.run(TAKE_ALL).await;
        let kept = ask(&ben).await.expect("it is kept");
        messages::send(&scene.hub, kept, message("n-1")).await.expect("nothing is known to have moved");
        let hers = ask(&cleo).await.err();
        assert!(matches!(hers, Some(Error::NotFound)), "{hers:?}");
        let stale = ask(&ben).await.expect("it is kept");
        scene.kick(&ben).await;
        let sent = messages::send(&scene.hub, stale, message("n-2")).await;
        assert!(matches!(sent, Err(Error::NotFound)), "{sent:?}");
        let refused = ask(&ben).await.err();
        assert!(matches!(refused, Some(Error::NotFound)), "{refused:?}");
    }
}
