//! Members of a server.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{KickMember, ListMembers};
use battala_hub::{Hub, members};
use battala_proto::ErrorCode::Conflict;
use battala_proto::id::UserId;
use battala_proto::members::{Member, MemberQuery};

use crate::answer::{Items, NoContent};
use crate::extract::{Auth, Param, Query};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("members", "Members of a server.")
        .route(
            Plan::get(
                "/api/servers/{server_id}/members",
                "list_members",
                "See who is in a server, by user id",
            ),
            list_members,
        )
        .route(
            Plan::get(
                "/api/servers/{server_id}/members/{user_id}",
                "get_member",
                "See one member",
            ),
            get_member,
        )
        .route(
            Plan::delete(
                "/api/servers/{server_id}/members/{user_id}",
                "kick_member",
                "Remove a member from a server",
            )
            .refuses(&[Conflict]),
            kick_member,
        )
}

async fn list_members(
    Auth(can): Auth<ListMembers>,
    State(hub): State<Hub>,
    Query(query): Query<MemberQuery>,
) -> Result<Items<Member>, Refusal> {
    Ok(Items(members::list(&hub, can, query).await?))
}

async fn get_member(
    Auth(can): Auth<ListMembers>,
    State(hub): State<Hub>,
    Param(user_id): Param<UserId>,
) -> Result<Json<Member>, Refusal> {
    Ok(Json(members::get(&hub, can, user_id).await?))
}

async fn kick_member(
    Auth(can): Auth<KickMember>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    members::kick(&hub, can).await?;
    Ok(NoContent)
}
