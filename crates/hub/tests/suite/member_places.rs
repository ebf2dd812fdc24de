//! Where a member stands in servers, as it is read for who connects.

use battala_hub::access::ListServers;
use battala_hub::servers;
use battala_proto::id::ServerId;
use battala_proto::servers::CreateServer;
use battala_proto::text::ServerName;
use battala_store::{Sql, sql};

use crate::scene::{Scene, both};

/// More roles than are read of one server.
const SPOIL: Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50001) ",
    "INSERT INTO roles (id, server_id, name, permissions, position) ",
    "SELECT 1000 + n.i, s.id, 'role', 0, n.i FROM n, servers s WHERE s.id = $1"
);
/// In this server and in those that were made after it.
const RAISE_ALL: Sql =
    sql!("UPDATE servers SET rights_version = rights_version + 1 WHERE id >= $1");
const WRITE_IN_ALL: Sql = sql!("UPDATE channels SET last_message_id = 5 WHERE server_id >= $1");

async fn make_server(scene: &Scene) -> ServerId {
    let can = scene.hub.authorize(scene.ana.clone(), ()).await.unwrap();
    let name = ServerName::new("Market").unwrap();
    let made = servers::create(&scene.hub, can, CreateServer { name });
    made.await.unwrap().server.id
}

both! {
    async fn a_server_whose_rights_cannot_be_read_makes_no_other_look_read(scene) {
        let other = make_server(&scene).await;
        for statement in [WRITE_IN_ALL, SPOIL, RAISE_ALL] {
            scene.run(statement).await;
        }
        let can = scene.hub.authorize::<ListServers>(scene.ana.clone(), ());
        let can = can.await.unwrap();
        let listed = servers::list_with_unread(&scene.hub, &can).await.unwrap();
        let flags: Vec<_> = listed.iter().map(|(server, _)| (server.id, server.is_unread)).collect();
        assert_eq!(flags, [(scene.server, false), (other, true)]);
    }
}
