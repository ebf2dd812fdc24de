//! Every operation of HTTP.

use std::collections::HashMap;

use battala_api::{Operation, operations};
use battala_hub::access::Requirement;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::scene::{Actor, Scene, reset_token};
use crate::harness::{Answer, NEW_PASSWORD, Options, PASSWORD, Request, TestHub, User, places};

/// Statuses for anonymous, stranger, member, author, owner, administrator of the hub.
type Row = (&'static str, [u16; 6]);

/// What the contract promises.
#[rustfmt::skip]
const TABLE: [Row; 48] = [
    //                        nobody stranger member author owner admin
    ("get_hub",               [200, 200, 200, 200, 200, 200]),
    ("update_hub",            [401, 403, 403, 403, 403, 200]),
    // Set up already.
    ("set_up_hub",            [404, 404, 404, 404, 404, 404]),
    ("list_users",            [401, 403, 403, 403, 403, 200]),
    ("create_password_reset", [401, 403, 403, 403, 403, 201]),
    ("list_inviters",         [401, 403, 403, 403, 403, 200]),
    ("add_inviter",           [401, 403, 403, 403, 403, 204]),
    ("remove_inviter",        [401, 403, 403, 403, 403, 204]),
    ("register",              [201, 201, 201, 201, 201, 201]),
    ("login",                 [200, 200, 200, 200, 200, 200]),
    // The cookie decides, and none is sent: an access token renews nothing.
    ("refresh_session",       [401, 401, 401, 401, 401, 401]),
    ("logout",                [204, 204, 204, 204, 204, 204]),
    // The token of the link decides.
    ("reset_password",        [204, 204, 204, 204, 204, 204]),
    ("list_sessions",         [401, 200, 200, 200, 200, 200]),
    ("end_other_sessions",    [401, 204, 204, 204, 204, 204]),
    ("end_session",           [401, 204, 204, 204, 204, 204]),
    ("get_me",                [401, 200, 200, 200, 200, 200]),
    ("update_me",             [401, 200, 200, 200, 200, 200]),
    ("change_password",       [401, 204, 204, 204, 204, 204]),
    ("get_user",              [401, 200, 200, 200, 200, 200]),
    ("create_server",         [401, 201, 201, 201, 201, 201]),
    ("list_servers",          [401, 200, 200, 200, 200, 200]),
    ("reorder_servers",       [401, 200, 200, 200, 200, 200]),
    ("get_server",            [401, 404, 200, 200, 200, 404]),
    ("update_server",         [401, 404, 403, 403, 200, 404]),
    ("delete_server",         [401, 404, 403, 403, 204, 404]),
    // The owner has to delete it instead.
    ("leave_server",          [401, 404, 204, 204, 409, 404]),
    ("list_channels",         [401, 404, 200, 200, 200, 404]),
    ("create_channel",        [401, 404, 403, 403, 201, 404]),
    ("reorder_channels",      [401, 404, 403, 403, 204, 404]),
    ("get_channel",           [401, 404, 200, 200, 200, 404]),
    ("update_channel",        [401, 404, 403, 403, 200, 404]),
    ("delete_channel",        [401, 404, 403, 403, 204, 404]),
    ("list_members",          [401, 404, 200, 200, 200, 404]),
    ("get_member",            [401, 404, 200, 200, 200, 404]),
    ("kick_member",           [401, 404, 403, 403, 204, 404]),
    ("create_invite",         [401, 404, 201, 201, 201, 404]),
    ("list_invites",          [401, 404, 403, 403, 200, 404]),
    ("revoke_invite",         [401, 404, 403, 204, 204, 404]),
    ("preview_invite",        [200, 200, 200, 200, 200, 200]),
    ("join_server",           [401, 200, 200, 200, 200, 200]),
    ("list_messages",         [401, 404, 200, 200, 200, 404]),
    ("send_message",          [401, 404, 201, 201, 201, 404]),
    ("get_message",           [401, 404, 200, 200, 200, 404]),
    ("edit_message",          [401, 404, 403, 200, 403, 404]),
    ("delete_message",        [401, 404, 403, 204, 204, 404]),
    ("get_read_state",        [401, 404, 200, 200, 200, 404]),
    ("mark_read",             [401, 404, 200, 200, 200, 404]),
];

/// Cells that run at the same time.
const PARALLEL: usize = 8;

fn expected(operation: &Operation, actor: Actor) -> u16 {
    let rows: HashMap<&str, [u16; 6]> = TABLE.into_iter().collect();
    let row = rows
        .get(operation.id)
        .unwrap_or_else(|| panic!("{} has no row in the table", operation.id));
    let [anonymous, stranger, member, author, owner, admin] = *row;
    match actor {
        // A token that is not valid is no token.
        Actor::Anonymous | Actor::Revoked | Actor::Expired | Actor::Forged => anonymous,
        Actor::Stranger | Actor::Kicked => stranger,
        Actor::Member => member,
        Actor::Author => author,
        Actor::Owner => owner,
        Actor::Admin => admin,
    }
}

pub(super) fn request(
    operation: &Operation,
    path: &str,
    session: Option<&User>,
    body: Option<Value>,
) -> Request {
    let mut request = Request::new(operation.verb.as_str(), path);
    if matches!(operation.id, "logout" | "refresh_session") {
        request = request.header("X-Battala-Auth", "1");
    }
    if let Some(session) = session {
        request = request.bearer(&session.token);
    }
    match body {
        Some(body) => request.json(&body),
        None => request,
    }
}

fn assert_answer(answer: &Answer, status: u16, operation: &Operation, actor: Actor) {
    assert_eq!(
        answer.status, status,
        "{} by {actor:?}: {answer}",
        operation.id
    );
    let code = match status {
        401 if actor == Actor::Revoked && operation.requirement != Requirement::Anyone => {
            "session_ended"
        }
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        _ => return,
    };
    answer.refused(status, code);
}

/// The own servers as they stand; none for who cannot ask.
pub(super) async fn own_order(session: Option<&User>) -> Value {
    let listed = match session {
        Some(session) => session.get("/servers").await,
        None => return serde_json::json!({"servers": []}),
    };
    let items = listed.json()["items"].as_array().cloned();
    let ids: Vec<Value> = items
        .unwrap_or_default()
        .into_iter()
        .map(|server| server["id"].clone())
        .collect();
    serde_json::json!({"servers": places(&ids)})
}

async fn check(hub: &TestHub, operation: &Operation, actor: Actor) {
    let scene = Scene::build(hub).await;
    let session = scene.session_of(hub, actor).await;
    let path = scene.path(operation.path, session.as_ref());
    let mut body = scene.body(operation.id);
    if let ("reset_password", Some(body)) = (operation.id, &mut body) {
        body["token"] = reset_token(hub, &scene.victim).await.into();
    }
    if operation.id == "reorder_servers" {
        body = Some(own_order(session.as_ref()).await);
    }
    let request = request(operation, &path, session.as_ref(), body);
    let answer = hub.http.send(&request).await;
    assert_answer(&answer, expected(operation, actor), operation, actor);
    if let ("change_password", 204, Some(session)) = (operation.id, answer.status, &session) {
        // The administrator of all scenes goes on with the password that they sign in with.
        session.changes_password(NEW_PASSWORD, PASSWORD).await;
    }
    if operation.requirement != Requirement::Anyone {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
}

#[tokio::test]
async fn every_operation_is_allowed_to_those_the_table_names_and_to_nobody_else() {
    let hub = TestHub::start().await;
    let actors = [
        Actor::Anonymous,
        Actor::Stranger,
        Actor::Member,
        Actor::Author,
        Actor::Owner,
        Actor::Kicked,
        Actor::Revoked,
        Actor::Expired,
        Actor::Forged,
    ];
    let operations = operations();
    assert_eq!(
        operations.len(),
        TABLE.len(),
        "the table and the API differ"
    );
    let cells = operations.iter().flat_map(|operation| {
        let hub = &hub;
        actors.map(|actor| Box::pin(check(hub, operation, actor)))
    });
    let checked = stream::iter(cells).buffer_unordered(PARALLEL).count().await;
    assert_eq!(checked, operations.len() * actors.len());
    // One by one: there is one administrator, and some of this ends sessions.
    for operation in &operations {
        check(&hub, operation, Actor::Admin).await;
    }
}

/// An id that nothing has, in the form of those that things have.
const NOBODYS_ID: &str = "4611686018427387904";

/// Everything of an answer by which a stranger could tell two refusals apart.
fn visible(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let (status, body) = answer.without_request_id();
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| {
        !matches!(name.as_str(), "date" | "x-request-id") && !name.starts_with("ratelimit")
    });
    (status, body, headers)
}

/// The path with ids in it that nothing has.
fn path_to_nothing(template: &str) -> String {
    let template = template.replace("{code}", "AAAAAAAAAAAA");
    let parts = template.split('/').map(|part| match part {
        part if part.starts_with('{') => NOBODYS_ID,
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_stranger_cannot_tell_what_is_hidden_from_what_is_not_there() {
    let hub = TestHub::start().await;
    let scene = Scene::build(&hub).await;
    let mut compared = 0;
    for operation in operations() {
        if expected(&operation, Actor::Stranger) != 404 {
            continue;
        }
        let path = scene.path(operation.path, Some(&scene.stranger));
        let nothing = path_to_nothing(operation.path);
        let ask = async |path: &str| {
            let body = scene.body(operation.id);
            let request = request(&operation, path, Some(&scene.stranger), body);
            hub.http.send(&request).await
        };
        let (hidden, absent) = (ask(&path).await, ask(&nothing).await);
        assert_eq!(visible(&hidden), visible(&absent), "{}", operation.id);
        compared += 1;
    }
    assert!(compared > 20, "{compared} operations hide something");
}

#[tokio::test]
async fn an_invite_only_hub_takes_no_account_without_an_invite() {
    let hub = Options::default().invite_only().start().await;
    let account = |name: &str, invite: Option<&str>| serde_json::json!({"username": name, "password": PASSWORD, "invite": invite});
    let register = "/api/auth/register";
    let answer = hub.post(register, &account("ana", None)).await;
    answer.refused(403, "registration_closed");
    let answer = hub
        .post(register, &account("ana", Some("AAAAAAAAAAAA")))
        .await;
    answer.refuses_field("invite", "gone");
    let admin = hub.admin().await;
    let community = admin.community("Bazaar").await;
    let code = admin.invite(&community).await;
    let ana = User::signed_in(
        &hub.http,
        &hub.post(register, &account("ana", Some(&code))).await,
    );
    ana.get(&community.path("")).await.is(200);
    admin
        .delete(&community.path(&format!("/invites/{code}")))
        .await
        .is(204);
    let answer = hub.post(register, &account("ben", Some(&code))).await;
    answer.refuses_field("invite", "gone");
}
