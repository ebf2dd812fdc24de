//! Invites: the way into a server.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{CreateInvite, JoinServer, ListInvites, PreviewInvite, RevokeInvite};
use battala_hub::limits::Bucket;
use battala_hub::{Hub, invites};
use battala_proto::ErrorCode::LimitReached;
use battala_proto::invites as proto;
use battala_proto::invites::{Invite, InvitePreview};
use battala_proto::servers::ServerState;
use battala_proto::text::InviteCode;

use crate::answer::{Items, MadeOnce, NoContent};
use crate::extract::{Auth, Body, Param};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("invites", "The way into a server.")
        .route(
            Plan::post(
                "/api/servers/{server_id}/invites",
                "create_invite",
                "Make an invite, or find one that will do",
            )
            .refuses(&[LimitReached]),
            create_invite,
        )
        .route(
            Plan::get(
                "/api/servers/{server_id}/invites",
                "list_invites",
                "See the invites of a server that still work",
            ),
            list_invites,
        )
        .route(
            Plan::delete(
                "/api/servers/{server_id}/invites/{code}",
                "revoke_invite",
                "Revoke an invite",
            ),
            revoke_invite,
        )
        .route(
            Plan::get(
                "/api/invites/{code}",
                "preview_invite",
                "See where an invite leads",
            )
            .counts_per_address_as(Bucket::Invite),
            preview_invite,
        )
        .route(
            Plan::post(
                "/api/invites/{code}/join",
                "join_server",
                "Join by an invite; a member stays one, and no use is counted",
            )
            .refuses(&[LimitReached])
            .answers_at_length(),
            join_server,
        )
}

async fn create_invite(
    Auth(can): Auth<CreateInvite>,
    State(hub): State<Hub>,
    Body(request): Body<proto::CreateInvite>,
) -> Result<MadeOnce<Json<Invite>>, Refusal> {
    let given = invites::create(&hub, can, request).await?;
    Ok(if given.is_reused {
        MadeOnce::Before(Json(given.invite))
    } else {
        MadeOnce::Now(Json(given.invite))
    })
}

async fn list_invites(
    Auth(can): Auth<ListInvites>,
    State(hub): State<Hub>,
) -> Result<Items<Invite>, Refusal> {
    Ok(Items(invites::list(&hub, can).await?))
}

async fn revoke_invite(
    Auth(can): Auth<RevokeInvite>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    invites::revoke(&hub, can).await?;
    Ok(NoContent)
}

async fn preview_invite(
    Auth(can): Auth<PreviewInvite>,
    State(hub): State<Hub>,
    Param(code): Param<InviteCode>,
) -> Result<Json<InvitePreview>, Refusal> {
    Ok(Json(invites::preview(&hub, can, &code).await?))
}

async fn join_server(
    Auth(can): Auth<JoinServer>,
    State(hub): State<Hub>,
    Param(code): Param<InviteCode>,
) -> Result<Json<ServerState>, Refusal> {
    Ok(Json(invites::join(&hub, can, code).await?))
}
