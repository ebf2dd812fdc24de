//! A hub with a server in it, and people.

use std::sync::Arc;

use battala_hub::access::{self, Action, ListServers, UpdateServer};
use battala_hub::bus::{Carried, Counters, Notice, StructureChange};
use battala_hub::{
    Actor, Can, Clock, Config, Hub, Level, Random, channels, invites, members, servers,
};
use battala_proto::channels::CreateChannel;
use battala_proto::fields::Patch;
use battala_proto::id::{ChannelId, ServerId, SessionId, UserId};
use battala_proto::invites::CreateInvite;
use battala_proto::messages::SendMessage;
use battala_proto::servers::{CreateServer, ServerState};
use battala_proto::text::{ChannelName, InviteCode, MessageText, Nonce, ServerName};
use battala_proto::users::{Me, UserKind};
use battala_store::tables::{sessions, users};
use battala_store::{Db, DbError, Engine, Options, Sql};
use battala_testkit::{Scratch, TestDatabase};
use tokio::sync::broadcast::Receiver;

/// What must outlive the database.
#[expect(dead_code, reason = "held for its drop")]
enum Place {
    File(Scratch),
    Server(TestDatabase),
}

/// A hub, and a server of Ana's in it.
pub(crate) struct Scene {
    pub(crate) hub: Hub,
    pub(crate) ana: Actor,
    pub(crate) server: ServerId,
    pub(crate) channel: ChannelId,
    code: InviteCode,
    db: Db,
    _place: Place,
}

impl Scene {
    pub(crate) async fn open(engine: Engine) -> Self {
        let (url, place) = match engine {
            Engine::Sqlite => {
                let directory = Scratch::new().unwrap();
                let path = directory.path().join("battala.db");
                (format!("sqlite:{}", path.display()), Place::File(directory))
            }
            Engine::Postgres => {
                let database = TestDatabase::empty().unwrap();
                (database.url().to_owned(), Place::Server(database))
            }
        };
        let db = Db::open(&Options::new(url.parse().unwrap())).await.unwrap();
        let (clock, random) = (Clock::system(), Random::system());
        let hub = Hub::start(db.clone(), &[7; 32], Config::default(), clock, random);
        let hub = hub.await.unwrap();
        let ana = account(&db, 1, "ana").await;
        let can = hub.authorize(ana.clone(), ()).await.unwrap();
        let name = ServerName::new("Tea Stall").unwrap();
        let state = servers::create(&hub, can, CreateServer { name });
        let state = state.await.unwrap();
        let can = hub.authorize(ana.clone(), state.server.id).await.unwrap();
        let invite = CreateInvite {
            expires_in_s: Patch::Keep,
            uses_max: None,
            reuse: None,
        };
        let invite = invites::create(&hub, can, invite).await.unwrap().invite;
        Self {
            server: state.server.id,
            channel: state.channels[0].channel.id,
            code: InviteCode::new(&invite.code).unwrap(),
            hub,
            ana,
            db,
            _place: place,
        }
    }

    /// Someone who is in no server.
    pub(crate) async fn account(&self, id: i64, name: &'static str) -> Actor {
        account(&self.db, id, name).await
    }

    pub(crate) async fn may<A>(&self, actor: &Actor) -> Can<A>
    where
        A: Action<Target = access::ServerTarget>,
    {
        let can = self.hub.authorize(actor.clone(), self.server);
        can.await.unwrap()
    }

    pub(crate) async fn may_here<A>(&self, actor: &Actor) -> Can<A>
    where
        A: Action<Target = access::ChannelTarget>,
    {
        let can = self.hub.authorize(actor.clone(), self.channel);
        can.await.unwrap()
    }

    pub(crate) async fn join(&self, actor: &Actor) -> ServerState {
        let can = self.hub.authorize(actor.clone(), ()).await.unwrap();
        let joined = invites::join(&self.hub, can, self.code.clone());
        joined.await.unwrap()
    }

    pub(crate) async fn kick(&self, actor: &Actor) {
        let key = (self.server, actor.me().unwrap().id);
        let can = self.hub.authorize(self.ana.clone(), key).await.unwrap();
        members::kick(&self.hub, can).await.unwrap();
    }

    pub(crate) async fn make_channel(&self, name: &str) -> ChannelId {
        let request = CreateChannel {
            name: ChannelName::new(name).unwrap(),
            topic: None,
        };
        let can = self.may(&self.ana).await;
        let made = channels::create(&self.hub, can, request);
        made.await.unwrap().id
    }

    /// The counters of the server as they are stored.
    pub(crate) async fn counters(&self) -> Counters {
        let can = self.hub.authorize::<ListServers>(Actor::Operator, ());
        let can = can.await.unwrap();
        let mut reader = self.hub.read(&can).await.unwrap();
        let counters = battala_store::tables::servers::counters(&mut reader, self.server);
        counters.await.unwrap().unwrap()
    }

    /// A write past all use cases.
    pub(crate) async fn run(&self, statement: Sql) {
        let server = self.server;
        let written = self.db.write(move |tx| {
            let arguments = battala_store::args![server];
            Box::pin(async move { tx.execute(statement, arguments).await })
        });
        let _: u64 = written.await.unwrap();
    }
}

async fn account(db: &Db, id: i64, name: &'static str) -> Actor {
    const LATER_MS: i64 = i64::MAX;
    let (user_id, session_id) = (UserId::from_raw(id), SessionId::from_raw(1000 + id));
    let me = Me {
        id: user_id,
        username: name.to_owned(),
        display_name: name.to_owned(),
        avatar: None,
        kind: UserKind::Human,
        email: None,
        is_admin: false,
        can_invite: false,
        created_at: 0,
        rev: 1,
    };
    let user = users::UserRow {
        id: user_id,
        username: name.to_owned(),
        display_name: name.to_owned(),
        email: None,
        avatar: None,
        kind: UserKind::Human.to_raw(),
        is_admin: false,
        can_invite: false,
        rev: 1,
        created_at: 0,
    };
    let session = sessions::SessionRow {
        id: session_id,
        user_id,
        counter: 1,
        salt: vec![1],
        agent: String::new(),
        address: String::new(),
        created_at: 0,
        last_used_at: 0,
        idle_expires_at: LATER_MS,
        expires_at: LATER_MS,
    };
    let written = db.write(move |tx| {
        Box::pin(async move {
            users::insert(tx, &user).await?;
            sessions::insert(tx, &session).await?;
            Ok::<_, DbError>(())
        })
    });
    written.await.unwrap();
    Actor::Account {
        me: Arc::new(me),
        session_id,
    }
}

/// Changes rows as a use case would: in a unit of work that raises what moves with them.
pub(crate) async fn change(scene: &Scene, statement: Sql, whose: Option<UserId>) {
    let can: Can<UpdateServer> = scene.may(&scene.ana).await;
    let server = scene.server;
    let written = scene.hub.write_rights(can, move |work| {
        Box::pin(async move {
            let changed = work
                .tx()
                .execute(statement, battala_store::args![server])
                .await?;
            assert!(changed > 0);
            match whose {
                Some(user) => work.raise_member(server, user).await?,
                None => work.raise(server, Level::Rights).await?,
            };
            Ok(())
        })
    });
    written.await.unwrap();
}

/// A message that nobody has sent.
pub(crate) fn message(nonce: &str) -> SendMessage {
    SendMessage {
        content: MessageText::new("at six?").unwrap(),
        nonce: Nonce::new(nonce).unwrap(),
    }
}

/// What was told since `notices` was last looked at.
pub(crate) fn told(notices: &mut Receiver<Carried>) -> Vec<Arc<Notice>> {
    let carried = std::iter::from_fn(|| notices.try_recv().ok());
    let notice = |carried| match carried {
        Carried::Notice { notice, .. } => Some(notice),
        Carried::Hint { .. } => None,
    };
    carried.filter_map(notice).collect()
}

/// Of that, the changes of structures.
pub(crate) fn changes(notices: &mut Receiver<Carried>) -> Vec<StructureChange> {
    let told = told(notices);
    let changes = told.iter().filter_map(|notice| match &**notice {
        Notice::Structure(change) => Some(change.clone()),
        _ => None,
    });
    changes.collect()
}

/// The same on both engines.
macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident($scene:ident) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn scenario($scene: crate::scene::Scene) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario(crate::scene::Scene::open(battala_store::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                scenario(crate::scene::Scene::open(battala_store::Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use both;
