//! Registration, sign-in and sessions.

use axum::Json;
use axum::extract::State;
use battala_hub::access::{
    EndSession, ListSessions, Login, Logout, RefreshSession, Register, ResetPassword,
};
use battala_hub::limits::Bucket;
use battala_hub::sessions::SignOut;
use battala_hub::{Error, Hub, auth, sessions, users};
use battala_proto::ErrorCode::{
    Conflict, InvalidCredentials, NotFound, RegistrationClosed, SessionEnded, SetupRequired, Taken,
    Unauthenticated,
};
use battala_proto::auth as proto;
use battala_proto::auth::{AuthResponse, Registered, Session};
use battala_proto::id::SessionId;

use crate::answer::{Created, Items, NoContent, WithCookies};
use crate::extract::{Auth, Body, Caller, Param, RefreshCookie, RefreshCookies};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::route_class::RouteClass;
use crate::section::Section;

pub(crate) fn section() -> Section {
    Section::new("auth", "Registration, sign-in and sessions.")
        .route(
            Plan::post(
                "/api/auth/register",
                "register",
                "Make an account, join by its invite, and sign in",
            )
            .refuses(&[Conflict, RegistrationClosed, SetupRequired, Taken])
            .counts_per_address_as(Bucket::Register),
            register,
        )
        .route(
            Plan::post("/api/auth/login", "login", "Sign in")
                .refuses(&[InvalidCredentials, SetupRequired])
                .counts_per_address_as(Bucket::Login),
            login,
        )
        .route(
            Plan::post(
                "/api/auth/refresh",
                "refresh_session",
                "Renew the session of the cookie",
            )
            .refuses(&[Unauthenticated, SessionEnded])
            .of(RouteClass::Renewal),
            refresh_session,
        )
        .route(
            Plan::post("/api/auth/logout", "logout", "Sign out")
                .of(RouteClass::SignOut)
                .counts_by_session(),
            logout,
        )
        .route(
            Plan::post(
                "/api/auth/password-reset",
                "reset_password",
                "Set a new password with a one-time link",
            )
            .refuses(&[NotFound]),
            reset_password,
        )
        .route(
            Plan::get(
                "/api/auth/sessions",
                "list_sessions",
                "See the own sessions",
            )
            .counts_by_session(),
            list_sessions,
        )
        .route(
            Plan::delete(
                "/api/auth/sessions",
                "end_other_sessions",
                "End all own sessions but this one",
            )
            .counts_by_session(),
            end_other_sessions,
        )
        .route(
            Plan::delete(
                "/api/auth/sessions/{session_id}",
                "end_session",
                "End one of the own sessions",
            )
            .counts_by_session(),
            end_session,
        )
}

type SignedInAnswer = WithCookies<Json<AuthResponse>>;
type RegisteredAnswer = WithCookies<Json<Registered>>;

async fn register(
    Auth(can): Auth<Register>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    Caller(client): Caller,
    Body(request): Body<proto::Register>,
) -> Result<Created<RegisteredAnswer>, Refusal> {
    let (signed_in, joined) = auth::register(&hub, can, request, client).await?;
    let cookies = cookies.issue(&signed_in, hub.now());
    let registered = Registered {
        session: signed_in.response,
        joined,
    };
    Ok(Created(WithCookies(cookies, Json(registered))))
}

async fn login(
    Auth(can): Auth<Login>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    Caller(client): Caller,
    Body(request): Body<proto::Login>,
) -> Result<SignedInAnswer, Refusal> {
    let signed_in = auth::login(&hub, can, request, client).await?;
    let cookies = cookies.issue(&signed_in, hub.now());
    Ok(WithCookies(cookies, Json(signed_in.response)))
}

/// A cookie whose session has ended is taken back; one that cannot be looked at right now stays.
async fn refresh_session(
    Auth(can): Auth<RefreshSession>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    Caller(client): Caller,
    RefreshCookie(token): RefreshCookie,
) -> Result<SignedInAnswer, Refusal> {
    let token = token.ok_or(Error::Unauthenticated)?;
    let renewed = sessions::refresh(&hub, can, &token, client).await;
    let signed_in = renewed.map_err(|error| match error {
        Error::SessionEnded => Refusal::from(error).with_cookies(cookies.clear()),
        other => other.into(),
    })?;
    let cookies = cookies.issue(&signed_in, hub.now());
    Ok(WithCookies(cookies, Json(signed_in.response)))
}

/// Ends the session of the cookie and that of the access token: as a rule they are the same.
async fn logout(
    Auth(can): Auth<Logout>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    RefreshCookie(token): RefreshCookie,
) -> Result<WithCookies<NoContent>, Refusal> {
    if let Some(token) = token {
        sessions::logout(&hub, can.clone(), SignOut::Cookie(token)).await?;
    }
    let actor = can.actor().clone();
    sessions::logout(&hub, can, SignOut::Actor(actor)).await?;
    Ok(WithCookies(cookies.clear(), NoContent))
}

async fn reset_password(
    Auth(can): Auth<ResetPassword>,
    State(hub): State<Hub>,
    State(cookies): State<RefreshCookies>,
    Caller(client): Caller,
    Body(request): Body<proto::ResetPassword>,
) -> Result<WithCookies<NoContent>, Refusal> {
    let device = users::reset_password(&hub, can, request, &client).await?;
    Ok(WithCookies(vec![cookies.device(&device)], NoContent))
}

async fn list_sessions(
    Auth(can): Auth<ListSessions>,
    State(hub): State<Hub>,
) -> Result<Items<Session>, Refusal> {
    Ok(Items(sessions::list(&hub, can).await?))
}

async fn end_other_sessions(
    Auth(can): Auth<EndSession>,
    State(hub): State<Hub>,
) -> Result<NoContent, Refusal> {
    sessions::end_others(&hub, can).await?;
    Ok(NoContent)
}

async fn end_session(
    Auth(can): Auth<EndSession>,
    State(hub): State<Hub>,
    Param(session_id): Param<SessionId>,
) -> Result<NoContent, Refusal> {
    sessions::end(&hub, can, session_id).await?;
    Ok(NoContent)
}
