//! Messages of a channel.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{DeleteMessage, EditMessage, ReadMessage, ReadMessages};
use battala_hub::limits::Bucket;
use battala_hub::{Hub, messages};
use battala_proto::ErrorCode::Conflict;
use battala_proto::messages as proto;
use battala_proto::messages::{Message, MessagePage, MessageQuery};

use crate::answer::{MadeOnce, NoContent};
use crate::extract::{Auth, AuthToSend, Body, Query};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

const ONE: &str = "/api/channels/{channel_id}/messages/{message_id}";
const ALL: &str = "/api/channels/{channel_id}/messages";

pub(crate) fn section() -> Section {
    Section::new("messages", "Messages of a channel.")
        .route(
            Plan::get(ALL, "list_messages", "Read a page of history, oldest first"),
            list_messages,
        )
        .route(
            Plan::post(
                ALL,
                "send_message",
                "Write a message; a nonce that was used gives the first message again",
            )
            .refuses(&[Conflict])
            .counts_as(Bucket::Send),
            send_message,
        )
        .route(
            Plan::get(ONE, "get_message", "Read one message"),
            get_message,
        )
        .route(
            Plan::patch(ONE, "edit_message", "Change the text of an own message"),
            edit_message,
        )
        .route(
            Plan::delete(ONE, "delete_message", "Delete a message; a tombstone stays"),
            delete_message,
        )
}

async fn list_messages(
    Auth(can): Auth<ReadMessages>,
    State(hub): State<Hub>,
    Query(query): Query<MessageQuery>,
) -> Result<Json<MessagePage>, Refusal> {
    Ok(Json(messages::page(&hub, can, query).await?))
}

async fn send_message(
    AuthToSend(can): AuthToSend,
    State(hub): State<Hub>,
    Body(request): Body<proto::SendMessage>,
) -> Result<MadeOnce<Json<Message>>, Refusal> {
    let sent = messages::send(&hub, can, request).await?;
    Ok(if sent.is_replay {
        MadeOnce::Before(Json(sent.message))
    } else {
        MadeOnce::Now(Json(sent.message))
    })
}

async fn get_message(
    Auth(can): Auth<ReadMessage>,
    State(hub): State<Hub>,
) -> Result<Json<Message>, Refusal> {
    Ok(Json(messages::get(&hub, can).await?))
}

async fn edit_message(
    Auth(can): Auth<EditMessage>,
    State(hub): State<Hub>,
    Body(request): Body<proto::EditMessage>,
) -> Result<Json<Message>, Refusal> {
    Ok(Json(messages::edit(&hub, can, request).await?))
}

async fn delete_message(
    Auth(can): Auth<DeleteMessage>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    messages::delete(&hub, can).await?;
    Ok(NoContent)
}
