//! How many servers an account can be in.

use battala_hub::access::DeleteServer;
use battala_hub::{Can, Error, servers};
use battala_proto::limits::SERVERS_PER_USER_MAX;
use battala_proto::servers::CreateServer;
use battala_proto::text::ServerName;

use crate::scene::{Scene, both};

async fn create(scene: &Scene) -> Result<(), Error> {
    let can = scene.hub.authorize(scene.ana.clone(), ()).await?;
    let name = ServerName::new("One more").unwrap();
    servers::create(&scene.hub, can, CreateServer { name })
        .await
        .map(drop)
}

both! {
    async fn a_deleted_server_takes_no_place_however_long_its_rows_are_there(scene) {
        for _ in 1..SERVERS_PER_USER_MAX {
            create(&scene).await.unwrap();
        }
        let full = create(&scene).await.unwrap_err();
        assert!(matches!(full, Error::LimitReached { .. }), "{full:?}");
        // Nothing runs the jobs of this hub.
        let can: Can<DeleteServer> = scene.may(&scene.ana).await;
        servers::delete(&scene.hub, can).await.unwrap();
        create(&scene).await.unwrap();
    }
}
