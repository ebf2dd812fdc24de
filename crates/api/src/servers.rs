//! Servers: the communities of the hub.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{
    CreateServer, DeleteServer, LeaveServer, ListServers, ReadServer, ReorderServers, UpdateServer,
};
use battala_hub::{Hub, servers};
use battala_proto::ErrorCode::{Conflict, LimitReached};
use battala_proto::servers as proto;
use battala_proto::servers::{Server, ServerState};

use crate::answer::{Created, Items, NoContent};
use crate::extract::{Auth, Body};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("servers", "The communities of the hub.")
        .route(
            Plan::post(
                "/api/servers",
                "create_server",
                "Make a server with one channel",
            )
            .refuses(&[LimitReached]),
            create_server,
        )
        .route(
            Plan::get(
                "/api/servers",
                "list_servers",
                "See the own servers in the own order",
            ),
            list_servers,
        )
        .route(
            Plan::patch(
                "/api/servers",
                "reorder_servers",
                "Move own servers to other places; those that are not named stay around them",
            )
            .answers_at_length()
            .refuses(&[Conflict]),
            reorder_servers,
        )
        .route(
            Plan::get(
                "/api/servers/{server_id}",
                "get_server",
                "See a server's structure",
            ),
            get_server,
        )
        .route(
            Plan::patch(
                "/api/servers/{server_id}",
                "update_server",
                "Rename a server",
            ),
            update_server,
        )
        .route(
            Plan::delete(
                "/api/servers/{server_id}",
                "delete_server",
                "Delete a server with everything in it",
            ),
            delete_server,
        )
        .route(
            Plan::delete(
                "/api/servers/{server_id}/members/@me",
                "leave_server",
                "Leave a server; its owner cannot",
            )
            .refuses(&[Conflict]),
            leave_server,
        )
}

async fn create_server(
    Auth(can): Auth<CreateServer>,
    State(hub): State<Hub>,
    Body(request): Body<proto::CreateServer>,
) -> Result<Created<Json<ServerState>>, Refusal> {
    Ok(Created(Json(servers::create(&hub, can, request).await?)))
}

async fn list_servers(
    Auth(can): Auth<ListServers>,
    State(hub): State<Hub>,
) -> Result<Items<Server>, Refusal> {
    Ok(Items(servers::list(&hub, can).await?))
}

async fn reorder_servers(
    Auth(can): Auth<ReorderServers>,
    State(hub): State<Hub>,
    Body(request): Body<proto::ReorderServers>,
) -> Result<Items<Server>, Refusal> {
    Ok(Items(servers::reorder(&hub, can, request).await?))
}

async fn get_server(
    Auth(can): Auth<ReadServer>,
    State(hub): State<Hub>,
) -> Result<Json<ServerState>, Refusal> {
    Ok(Json(servers::get(&hub, can).await?))
}

async fn update_server(
    Auth(can): Auth<UpdateServer>,
    State(hub): State<Hub>,
    Body(request): Body<proto::UpdateServer>,
) -> Result<Json<Server>, Refusal> {
    Ok(Json(servers::update(&hub, can, request).await?))
}

async fn delete_server(
    Auth(can): Auth<DeleteServer>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    servers::delete(&hub, can).await?;
    Ok(NoContent)
}

async fn leave_server(
    Auth(can): Auth<LeaveServer>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    servers::leave(&hub, can).await?;
    Ok(NoContent)
}
