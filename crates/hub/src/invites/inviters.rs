//! Those whose invites make accounts while registration is by invite: whom administrators name.
//!
//! Which invite opens the hub is decided in [`crate::invites`].

use std::sync::Arc;

use battala_proto::Event;
use battala_proto::events::MeUpdated;
use battala_proto::id::UserId;
use battala_proto::limits::INVITERS_MAX;
use battala_proto::users::PublicUser;
use battala_store::tables::{hub as hub_table, users};

use crate::Hub;
use crate::access::{self, Action, Can};
use crate::bus::{Audience, Notice};
use crate::error::{Error, Result};
use crate::users::row::me_of;
use crate::work::{Entry, Work};

/// The named accounts, by id.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ListInviters>) -> Result<Vec<PublicUser>> {
    let mut reader = hub.read(&can).await?;
    let rows = users::inviters(&mut reader, INVITERS_MAX).await?;
    Ok(rows.into_iter().map(|row| me_of(row).public()).collect())
}

/// Names an account. Who is named already stays so.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::LimitReached`] when there are as many
/// as can be.
pub async fn add(hub: &Hub, can: Can<access::AddInviter>, user_id: UserId) -> Result<()> {
    hub.write(can, move |work| {
        Box::pin(async move {
            // The lock of the row keeps two at once from both being the last that fits.
            hub_table::touch(work.tx()).await?;
            let is_new = set(work, user_id, true).await?;
            if is_new && users::count_inviters(work.tx()).await? > INVITERS_MAX {
                return Err(Error::LimitReached {
                    what: "inviters",
                    limit: INVITERS_MAX,
                });
            }
            Ok(())
        })
    })
    .await
}

/// Takes the naming back; the invites of the account open the hub no longer, from this commit on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn remove(hub: &Hub, can: Can<access::RemoveInviter>, user_id: UserId) -> Result<()> {
    hub.write(can, move |work| {
        Box::pin(async move { set(work, user_id, false).await.map(drop) })
    })
    .await
}

/// Whether it was otherwise before.
async fn set<A: Action>(work: &mut Work<'_, A>, user_id: UserId, can_invite: bool) -> Result<bool> {
    let Some(row) = users::set_can_invite(work.tx(), user_id, can_invite).await? else {
        users::get(work.tx(), user_id)
            .await?
            .ok_or(Error::NotFound)?;
        return Ok(false);
    };
    work.audit(Entry::on_hub(Some(user_id.raw()))).await?;
    let me = me_of(row);
    work.emit(
        Audience::User(user_id),
        Event::MeUpdated(MeUpdated { me: me.clone() }),
    );
    work.notify(Notice::UserChanged(Arc::new(me)));
    Ok(true)
}
