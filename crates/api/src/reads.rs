//! How far the caller has read.

use axum::Json;
use axum::extract::State;
use battala_hub::{Hub, access, reads};
use battala_proto::reads::{MarkRead, ReadState};

use crate::extract::{Auth, Body};
use crate::operation::Plan;
use crate::refusal::Refusal;
use crate::section::Section;

const PATH: &str = "/api/channels/{channel_id}/read";

pub(crate) fn section() -> Section {
    Section::new("reads", "How far the caller has read.")
        .route(
            Plan::get(
                PATH,
                "get_read_state",
                "See the own reading position in a channel",
            ),
            get_read_state,
        )
        .route(
            Plan::put(
                PATH,
                "mark_read",
                "Move the own reading position, forwards or back",
            ),
            mark_read,
        )
}

async fn get_read_state(
    Auth(can): Auth<access::MarkRead>,
    State(hub): State<Hub>,
) -> Result<Json<ReadState>, Refusal> {
    Ok(Json(reads::get(&hub, can).await?))
}

async fn mark_read(
    Auth(can): Auth<access::MarkRead>,
    State(hub): State<Hub>,
    Body(request): Body<MarkRead>,
) -> Result<Json<ReadState>, Refusal> {
    reads::set(&hub, can.clone(), request.message_id).await?;
    Ok(Json(reads::get(&hub, can).await?))
}
