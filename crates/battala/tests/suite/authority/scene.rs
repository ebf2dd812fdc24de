//! Everyone who could ask, and everything they could ask for.

use battala_hub::tokens::Tokens;
use serde_json::{Value, json};

use crate::harness::{Community, NEW_PASSWORD, PASSWORD, TestHub, User, nonce};

/// How someone stands to the community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Anonymous,
    /// An account that is in other servers.
    Stranger,
    Member,
    /// The member who wrote the message and made the invite.
    Author,
    Owner,
    /// An administrator of the hub, who is not in the server.
    Admin,
    Kicked,
    /// A member whose session was ended.
    Revoked,
    /// A member with a token of yesterday.
    Expired,
    /// A member's token with another signature.
    Forged,
}

/// A server with one of each.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) community: Community,
    pub(super) second_channel: String,
    pub(super) message: String,
    pub(super) code: String,
    pub(super) owner: User,
    pub(super) author: User,
    pub(super) member: User,
    pub(super) kicked: User,
    pub(super) stranger: User,
    pub(super) victim: User,
}

impl Scene {
    pub(super) async fn build(hub: &TestHub) -> Self {
        let name = |role: &str| format!("{role}{}", nonce());
        let owner = hub.user(&name("owner")).await;
        let community = owner.community("Bazaar").await;
        let second_channel = owner.channel(&community, "quiet").await;
        let code = owner.invite(&community).await;
        let joined = async |role: &str| {
            let user = hub.user(&name(role)).await;
            user.join(&code).await;
            user
        };
        let author = joined("author").await;
        let (member, kicked, victim) =
            tokio::join!(joined("member"), joined("kicked"), joined("victim"));
        let path = community.path(&format!("/members/{}", kicked.id));
        owner.delete(&path).await.is(204);
        let said = author.say(&community.channel, "hello").await;
        Self {
            code: author.invite(&community).await,
            message: said["id"].as_str().expect("an id").to_owned(),
            stranger: hub.user(&name("stranger")).await,
            community,
            second_channel,
            owner,
            author,
            member,
            kicked,
            victim,
        }
    }

    /// The session with which the actor asks; `None` without one.
    pub(super) async fn session_of(&self, hub: &TestHub, actor: Actor) -> Option<User> {
        let user = match actor {
            Actor::Anonymous => return None,
            Actor::Stranger => &self.stranger,
            Actor::Member | Actor::Revoked | Actor::Expired | Actor::Forged => &self.member,
            Actor::Author => &self.author,
            Actor::Owner => &self.owner,
            Actor::Admin => return Some(hub.admin().await),
            Actor::Kicked => &self.kicked,
        };
        // A session of its own: rows end sessions.
        let session = hub.login(&user.name).await;
        match actor {
            Actor::Revoked => {
                session.logout().await;
                Some(session)
            }
            Actor::Expired => Some(session.with_token(&expired(hub, &session))),
            Actor::Forged => Some(session.with_token(&forged(&session.token))),
            _ => Some(session),
        }
    }

    /// A path with the ids of this scene in its placeholders.
    pub(super) fn path(&self, template: &str, session: Option<&User>) -> String {
        let session = session.unwrap_or(&self.member);
        template
            .replace("{server_id}", &self.community.id)
            .replace("{channel_id}", &self.community.channel)
            .replace("{message_id}", &self.message)
            .replace("{user_id}", &self.victim.id)
            .replace("{session_id}", &session.session_id)
            .replace("{code}", &self.code)
    }

    /// A body with which the operation succeeds for whoever may do it.
    pub(super) fn body(&self, operation: &str) -> Option<Value> {
        let fresh = nonce();
        Some(match operation {
            "update_hub" => json!({"name": "Battala"}),
            "set_up_hub" => json!({
                "token": "x", "username": fresh, "password": PASSWORD,
                "hub_name": "Mine", "registration": "open",
            }),
            "register" => json!({"username": fresh, "password": PASSWORD}),
            "login" => json!({"login": self.victim.name, "password": PASSWORD}),
            "reset_password" => json!({"token": "x", "password": PASSWORD}),
            "update_me" => json!({"display_name": "Someone"}),
            "change_password" => {
                json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD})
            }
            "create_server" | "update_server" | "create_channel" | "update_channel" => {
                json!({"name": "haat"})
            }
            "reorder_channels" => {
                json!({"channels": [{"id": self.second_channel, "position": 0}]})
            }
            "send_message" => json!({"content": "hi", "nonce": fresh}),
            "edit_message" => json!({"content": "changed"}),
            "mark_read" => json!({"message_id": self.message}),
            _ => return None,
        })
    }
}

/// The secret of a link with which the user sets a new password.
pub(super) async fn reset_token(hub: &TestHub, user: &User) -> String {
    let path = format!("/hub/users/{}/password-reset", user.id);
    let link = hub.admin().await.post(&path, json!({})).await.is(201);
    let url = link["url"].as_str().expect("a link");
    url.split("#token=").nth(1).expect("a token").to_owned()
}

/// A token that the hub itself signed an hour ago.
pub(super) fn expired(hub: &TestHub, session: &User) -> String {
    signed_ago(hub, session, 60 * 60 * 1000)
}

/// A token that the hub itself signed this many milliseconds ago.
pub(crate) fn signed_ago(hub: &TestHub, session: &User, ago_ms: i64) -> String {
    let key = std::fs::read(hub.data_dir().join("secret.key")).expect("the key");
    let tokens = Tokens::new(&key.try_into().expect("32 bytes"));
    let (user, of) = (
        session.id.parse().expect("an id"),
        session.session_id.parse(),
    );
    let (token, _) = tokens
        .issue_access(user, of.expect("an id"), 0, now_ms() - ago_ms)
        .expect("a token");
    token
}

/// The time of the system, which the hub under test goes by, too.
fn now_ms() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the year 292 million")
}

/// The same claims with another signature.
pub(super) fn forged(token: &str) -> String {
    let (claims, signature) = token.rsplit_once('.').expect("three parts");
    let turned: String = signature.chars().rev().collect();
    format!("{claims}.{turned}")
}
