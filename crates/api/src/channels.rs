//! Channels of a server.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{
    CreateChannel, DeleteChannel, ReadChannel, ReadServer, ReorderChannels, UpdateChannel,
};
use battala_hub::{Hub, channels};
use battala_proto::ErrorCode::{Conflict, LimitReached};
use battala_proto::channels as proto;
use battala_proto::channels::Channel;

use crate::answer::{Created, Items, NoContent};
use crate::extract::{Auth, Body};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("channels", "Channels of a server.")
        .route(
            Plan::get(
                "/api/servers/{server_id}/channels",
                "list_channels",
                "See the channels of a server by position",
            ),
            list_channels,
        )
        .route(
            Plan::post(
                "/api/servers/{server_id}/channels",
                "create_channel",
                "Make a text channel at the end of the list",
            )
            .refuses(&[LimitReached]),
            create_channel,
        )
        .route(
            Plan::patch(
                "/api/servers/{server_id}/channels",
                "reorder_channels",
                "Move channels to other places; those that are not named stay around them",
            )
            .refuses(&[Conflict]),
            reorder_channels,
        )
        .route(
            Plan::get("/api/channels/{channel_id}", "get_channel", "See a channel"),
            get_channel,
        )
        .route(
            Plan::patch(
                "/api/channels/{channel_id}",
                "update_channel",
                "Change a channel",
            ),
            update_channel,
        )
        .route(
            Plan::delete(
                "/api/channels/{channel_id}",
                "delete_channel",
                "Delete a channel with everything in it",
            ),
            delete_channel,
        )
}

async fn list_channels(
    Auth(can): Auth<ReadServer>,
    State(hub): State<Hub>,
) -> Result<Items<Channel>, Refusal> {
    Ok(Items(channels::list(&hub, can).await?))
}

async fn create_channel(
    Auth(can): Auth<CreateChannel>,
    State(hub): State<Hub>,
    Body(request): Body<proto::CreateChannel>,
) -> Result<Created<Json<Channel>>, Refusal> {
    Ok(Created(Json(channels::create(&hub, can, request).await?)))
}

async fn reorder_channels(
    Auth(can): Auth<ReorderChannels>,
    State(hub): State<Hub>,
    Body(request): Body<proto::ReorderChannels>,
) -> Result<NoContent, Refusal> {
    channels::reorder(&hub, can, request).await?;
    Ok(NoContent)
}

async fn get_channel(
    Auth(can): Auth<ReadChannel>,
    State(hub): State<Hub>,
) -> Result<Json<Channel>, Refusal> {
    Ok(Json(channels::get(&hub, can).await?))
}

async fn update_channel(
    Auth(can): Auth<UpdateChannel>,
    State(hub): State<Hub>,
    Body(request): Body<proto::UpdateChannel>,
) -> Result<Json<Channel>, Refusal> {
    Ok(Json(channels::update(&hub, can, request).await?))
}

async fn delete_channel(
    Auth(can): Auth<DeleteChannel>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    channels::delete(&hub, can).await?;
    Ok(NoContent)
}
