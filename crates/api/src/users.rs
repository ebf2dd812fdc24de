//! Accounts: the own profile and password, and public profiles.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{ChangePassword, ReadMe, ReadUser, UpdateMe};
use battala_hub::{Hub, users};
use battala_proto::ErrorCode::{Conflict, RateLimited, Taken};
use battala_proto::id::UserId;
use battala_proto::users as proto;
use battala_proto::users::{Me, PublicUser};

use crate::answer::NoContent;
use crate::extract::{Auth, Body, Caller, Param};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("users", "Accounts.")
        .route(
            Plan::get("/api/users/@me", "get_me", "See the own account"),
            get_me,
        )
        .route(
            Plan::patch("/api/users/@me", "update_me", "Change the own account")
                .refuses(&[Conflict, Taken]),
            update_me,
        )
        .route(
            Plan::post(
                "/api/users/@me/password",
                "change_password",
                "Change the own password; every other session ends",
            )
            .counts_by_session()
            .refuses(&[Conflict, RateLimited]),
            change_password,
        )
        .route(
            Plan::get(
                "/api/users/{user_id}",
                "get_user",
                "See the public profile of an account",
            ),
            get_user,
        )
}

async fn get_me(Auth(can): Auth<ReadMe>) -> Result<Json<Me>, Refusal> {
    Ok(Json(users::me(&can)?))
}

async fn update_me(
    Auth(can): Auth<UpdateMe>,
    State(hub): State<Hub>,
    Caller(client): Caller,
    Body(request): Body<proto::UpdateMe>,
) -> Result<Json<Me>, Refusal> {
    Ok(Json(users::update(&hub, can, request, client).await?))
}

async fn change_password(
    Auth(can): Auth<ChangePassword>,
    State(hub): State<Hub>,
    Caller(client): Caller,
    Body(request): Body<proto::ChangePassword>,
) -> Result<NoContent, Refusal> {
    users::change_password(&hub, can, request, client).await?;
    Ok(NoContent)
}

async fn get_user(
    Auth(can): Auth<ReadUser>,
    State(hub): State<Hub>,
    Param(user_id): Param<UserId>,
) -> Result<Json<PublicUser>, Refusal> {
    Ok(Json(users::get(&hub, can, user_id).await?))
}
