//! The hub itself: what it is, its setup, and what its administrators do.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{
    AddInviter, CreatePasswordReset, ListInviters, ListUsers, ReadHub, RemoveInviter, SetupHub,
    UpdateHub,
};
use battala_hub::limits::Bucket;
use battala_hub::{Hub, inviters, settings, users};
use battala_proto::ErrorCode::{Conflict, Forbidden, LimitReached, NotFound, Taken};
use battala_proto::auth::AuthResponse;
use battala_proto::hub as proto;
use battala_proto::hub::HubInfo;
use battala_proto::id::UserId;
use battala_proto::users as accounts;
use battala_proto::users::{Me, PasswordResetLink, PublicUser, UserQuery};

use crate::answer::{Created, Items, NoContent, WithCookies};
use crate::extract::{Auth, Body, Caller, Param, Query, RefreshCookies};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("hub", "The hub itself, its setup and its administration.")
        .route(
            Plan::get(
                "/api/hub",
                "get_hub",
                "See what the hub is called and who may register",
            ),
            get_hub,
        )
        .route(
            Plan::patch("/api/hub", "update_hub", "Change the hub's settings"),
            update_hub,
        )
        .route(
            Plan::post(
                "/api/setup",
                "set_up_hub",
                "Set a fresh hub up, once, with its setup link",
            )
            .refuses(&[Forbidden, NotFound, Taken])
            .counts_per_address_as(Bucket::Login),
            set_up_hub,
        )
        .route(
            Plan::get(
                "/api/hub/users",
                "list_users",
                "List the accounts of the hub by id",
            ),
            list_users,
        )
        .route(
            Plan::post(
                "/api/hub/users/{user_id}/password-reset",
                "create_password_reset",
                "Make a one-time link with which someone else sets a new password",
            )
            .refuses(&[Conflict]),
            create_password_reset,
        )
        .route(
            Plan::get(
                "/api/hub/inviters",
                "list_inviters",
                "List the accounts that were named as inviters, by id",
            ),
            list_inviters,
        )
        .route(
            Plan::put(
                "/api/hub/inviters/{user_id}",
                "add_inviter",
                "Name an account whose invites make accounts",
            )
            .refuses(&[LimitReached]),
            add_inviter,
        )
        .route(
            Plan::delete(
                "/api/hub/inviters/{user_id}",
                "remove_inviter",
                "Name an account as inviter no longer",
            ),
            remove_inviter,
        )
}

async fn get_hub(Auth(_): Auth<ReadHub>, State(hub): State<Hub>) -> Result<Json<HubInfo>, Refusal> {
    Ok(Json((*hub.settings().info()).clone()))
}

async fn update_hub(
    Auth(can): Auth<UpdateHub>,
    State(hub): State<Hub>,
    Body(request): Body<proto::UpdateHub>,
) -> Result<Json<HubInfo>, Refusal> {
    Ok(Json(settings::update(&hub, can, request).await?))
}

async fn set_up_hub(
    Auth(can): Auth<SetupHub>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    Caller(client): Caller,
    Body(request): Body<proto::SetupHub>,
) -> Result<Created<WithCookies<Json<AuthResponse>>>, Refusal> {
    let signed_in = settings::set_up(&hub, can, request, client).await?;
    let cookies = cookies.issue(&signed_in, hub.now());
    Ok(Created(WithCookies(cookies, Json(signed_in.response))))
}

async fn list_users(
    Auth(can): Auth<ListUsers>,
    State(hub): State<Hub>,
    Query(query): Query<UserQuery>,
) -> Result<Items<Me>, Refusal> {
    Ok(Items(users::list(&hub, can, query).await?))
}

async fn create_password_reset(
    Auth(can): Auth<CreatePasswordReset>,
    State(hub): State<Hub>,
    Caller(client): Caller,
    Param(user_id): Param<UserId>,
    Body(request): Body<accounts::CreatePasswordReset>,
) -> Result<Created<Json<PasswordResetLink>>, Refusal> {
    let link = users::create_password_reset(&hub, can, user_id, request, &client).await?;
    Ok(Created(Json(link)))
}

async fn list_inviters(
    Auth(can): Auth<ListInviters>,
    State(hub): State<Hub>,
) -> Result<Items<PublicUser>, Refusal> {
    Ok(Items(inviters::list(&hub, can).await?))
}

async fn add_inviter(
    Auth(can): Auth<AddInviter>,
    State(hub): State<Hub>,
    Param(user_id): Param<UserId>,
) -> Result<NoContent, Refusal> {
    inviters::add(&hub, can, user_id).await?;
    Ok(NoContent)
}

async fn remove_inviter(
    Auth(can): Auth<RemoveInviter>,
    State(hub): State<Hub>,
    Param(user_id): Param<UserId>,
) -> Result<NoContent, Refusal> {
    inviters::remove(&hub, can, user_id).await?;
    Ok(NoContent)
}
