//! Tests of what a commit changes in memory, whoever still waits for its answer.

use std::net::{IpAddr, Ipv4Addr};

use battala_proto::id::SessionId;
use battala_proto::text::{LinkToken, NewPassword};
use battala_proto::users::UserKind;
use battala_store::tables::sessions::{self, SessionRow};
use battala_store::{Db, Options};
use battala_testkit::Scratch;

use super::*;
use crate::access::Actor;
use crate::credentials::guesses::{Guesser, Stranger};
use crate::{Clock, Config, Random};

const ANA: UserId = UserId::from_raw(1);
const LINK: &str = "the-secret-of-the-link";

/// A hub with Ana in it, who has a session and a link to a new password.
async fn scene(directory: &Scratch) -> Hub {
    let url = format!("sqlite:{}", directory.path().join("battala.db").display());
    let db = Db::open(&Options::new(url.parse().unwrap())).await.unwrap();
    let (clock, random) = (Clock::system(), Random::system());
    let hub = Hub::start(db.clone(), &[7; 32], Config::default(), clock, random);
    let hub = hub.await.unwrap();
    let later = hub.now() + RESET_LINK_MS;
    let written = db.write(move |tx| {
        Box::pin(async move {
            let user = users::UserRow {
                id: ANA,
                username: "ana".to_owned(),
                display_name: "Ana".to_owned(),
                email: None,
                avatar: None,
                kind: UserKind::Human.to_raw(),
                is_admin: false,
                can_invite: false,
                rev: 1,
                created_at: 0,
            };
            let session = SessionRow {
                id: SessionId::from_raw(2),
                user_id: ANA,
                counter: 0,
                salt: vec![1],
                agent: String::new(),
                address: String::new(),
                created_at: 0,
                last_used_at: 0,
                idle_expires_at: later,
                expires_at: later,
            };
            users::insert(tx, &user).await?;
            sessions::insert(tx, &session).await?;
            credentials::insert_reset(tx, &hash_of_link(LINK), ANA, later, 0).await
        })
    });
    let _: () = written.await.map_err(|error: DbError| error).unwrap();
    hub
}

/// One guess from each of many networks, until strangers have to wait; how many were made.
fn guess_until_refused(hub: &Hub) -> usize {
    let networks = (0..=u8::MAX).take_while(|network| {
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, *network, 1));
        let stranger = Stranger {
            login: "ana",
            address: Some(address),
        };
        hub.guesses().begin(Guesser::Stranger(stranger)).is_ok()
    });
    networks.count()
}

/// The link is used up: it would not let them in once more.
#[tokio::test]
async fn a_reset_whose_client_has_gone_away_lets_the_owner_past_what_strangers_guessed() {
    let directory = Scratch::new().unwrap();
    let hub = scene(&directory).await;
    assert!(guess_until_refused(&hub) > 0);
    assert_eq!(guess_until_refused(&hub), 0, "strangers wait");
    let mut notices = hub.bus().subscribe();
    let can = hub.authorize(Actor::Anonymous, ()).await.unwrap();
    let request = ResetPassword {
        token: LinkToken::new(LINK).unwrap(),
        password: NewPassword::new("mango tree at dusk").unwrap(),
    };
    let client = Client::default();
    // The end of the session is told by the commit, before whoever waits for it goes on.
    tokio::select! {
        biased;
        told = notices.recv() => drop(told.unwrap()),
        _ = reset_password(&hub, can, request, &client) => panic!("the client is still there"),
    }
    assert!(guess_until_refused(&hub) > 0, "the count has begun anew");
    hub.stop().await;
}
