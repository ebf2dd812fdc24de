//! The installation's settings and its setup.

use std::sync::Arc;

use battala_proto::Event;
use battala_proto::error::FieldCode;
use battala_proto::events::HubUpdated;
use battala_proto::hub::{HubInfo, Inviters, Registration, SetupHub, UpdateHub};
use battala_proto::text::ServerName;
use battala_store::Db;
use battala_store::tables::hub as table;
use tokio::sync::watch;

use crate::access::{self, Action, Can};
use crate::bus::{Audience, Notice};
use crate::clock::Clock;
use crate::credentials::passwords;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::sessions::{self, Client, SignedIn};
use crate::users::new::{NewAccount, insert_account};
use crate::work::{Entry, Work};
use crate::{Hub, mark};

/// What a fresh hub is called until somebody names it.
const DEFAULT_NAME: &str = "Battala Hub";

/// The settings as they were last committed, shared by all requests of the process.
pub struct Settings(watch::Sender<Current>);

struct Current {
    info: Arc<HubInfo>,
    setup_token: Option<String>,
    rev: i64,
}

impl Settings {
    pub(crate) async fn load(db: &Db, clock: &Clock, random: &Random) -> Result<Self> {
        let (token, now) = (random.token(), clock.now());
        let row = db
            .write(move |tx| {
                Box::pin(async move {
                    table::init(tx, DEFAULT_NAME, &token, now).await?;
                    table::get(tx)
                        .await?
                        .ok_or_else(|| Error::internal("the hub's row is missing"))
                })
            })
            .await?;
        Ok(Self(watch::Sender::new(Current::new(row))))
    }

    /// The hub as everyone may see it.
    pub fn info(&self) -> Arc<HubInfo> {
        Arc::clone(&self.0.borrow().info)
    }

    /// The secret of the setup link, while setup is needed. For the operator's terminal only.
    pub fn setup_token(&self) -> Option<String> {
        self.0.borrow().setup_token.clone()
    }

    /// Waits until somebody has set the hub up through this process.
    pub async fn wait_until_set_up(&self) {
        let mut changes = self.0.subscribe();
        // An error would mean that the sender, which is `self`, is gone.
        drop(
            changes
                .wait_for(|current| current.setup_token.is_none())
                .await,
        );
    }

    /// Fails until somebody has set the hub up.
    ///
    /// # Errors
    /// [`Error::SetupRequired`].
    pub fn require_setup(&self) -> Result<()> {
        if self.info().setup_needed {
            Err(Error::SetupRequired)
        } else {
            Ok(())
        }
    }

    /// Takes a row over unless a later one was here first: hooks of commits that ran side by side,
    /// and readers, may come in another order. Whether it was taken.
    pub(crate) fn replace(&self, row: table::HubRow) -> bool {
        self.0.send_if_modified(|current| {
            let is_later = row.rev > current.rev;
            if is_later {
                *current = Current::new(row);
            }
            is_later
        })
    }
}

impl Current {
    fn new(row: table::HubRow) -> Self {
        let info = HubInfo {
            name: row.name,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generation: row.generation,
            setup_needed: row.setup_token.is_some(),
            registration: Registration::from_stored(&row.registration),
            inviters: Inviters::from_stored(&row.inviters),
        };
        Self {
            info: Arc::new(info),
            setup_token: row.setup_token,
            rev: row.rev,
        }
    }
}

/// Sets a fresh hub up: makes its administrator and opens it. Works once.
///
/// # Errors
/// [`Error::NotFound`] when the hub is set up already, [`Error::Forbidden`] for another token, and
/// what registration refuses.
pub async fn set_up(
    hub: &Hub,
    can: Can<access::SetupHub>,
    request: SetupHub,
    client: Client,
) -> Result<SignedIn> {
    let known = hub.settings().setup_token().ok_or(Error::NotFound)?;
    let is_genuine = aws_lc_rs::constant_time::verify_slices_are_equal(
        known.as_bytes(),
        request.token.as_str().as_bytes(),
    );
    is_genuine.map_err(|_| Error::Forbidden)?;
    if passwords::is_too_common(
        request.password.as_str(),
        &[request.username.as_str(), request.hub_name.as_str()],
    ) {
        return Err(Error::field(
            "password",
            FieldCode::TooCommon,
            "is among the first that anyone would guess",
        ));
    }
    let account = NewAccount {
        username: request.username,
        display_name: None,
        email: request.email,
        secret: hub
            .passwords(&can)
            .hash(client.caller(), request.password.as_str())
            .await?,
        is_admin: true,
    };
    let (name, registration) = (request.hub_name.into_string(), request.registration);
    let session = hub
        .write(can, move |work| {
            Box::pin(async move {
                // The condition is in the statement: of parallel requests one wins.
                if !table::complete_setup(work.tx(), &known, &name, registration.as_str()).await? {
                    return Err(Error::NotFound);
                }
                let secret = account.secret.clone();
                let me = insert_account(work, account).await?;
                work.audit_as(me.id, Entry::on_hub(None)).await?;
                replace_with_commit(work).await?;
                sessions::open_session(work, me, &secret, &client).await
            })
        })
        .await?;
    sessions::sign_in(hub, session)
}

/// Changes the hub's settings. What is so already is told to nobody.
///
/// # Errors
/// What the database refuses.
pub async fn update(hub: &Hub, can: Can<access::UpdateHub>, request: UpdateHub) -> Result<HubInfo> {
    hub.write(can, move |work| {
        Box::pin(async move {
            let changes = table::Changes {
                name: request.name.as_ref().map(ServerName::as_str),
                registration: request.registration.map(Registration::as_str),
                inviters: request.inviters.map(Inviters::as_str),
            };
            let row = table::get(work.tx()).await?.ok_or(Error::NotFound)?;
            let (is_so, known) = (
                changes.change_nothing_of(&row),
                work.hub().settings().info(),
            );
            // What this process has not heard of yet has been told to nobody.
            if is_so && Current::new(row).info == known {
                return Ok((*known).clone());
            }
            table::update(work.tx(), changes).await?;
            let detail = serde_json::json!({
                "name": changes.name,
                "registration": changes.registration,
                "inviters": changes.inviters,
            });
            // A setup from the configuration comes before any account that could be named.
            if work.can().user_id().is_ok() {
                work.audit(Entry::on_hub(None).with(detail)).await?;
            }
            let info = replace_with_commit(work).await?;
            work.emit(Audience::Hub, updated(&info));
            Ok((*info).clone())
        })
    })
    .await
}

/// Has the commit replace the process's copy of the settings by the row as it is now.
pub(crate) async fn replace_with_commit<A: Action>(work: &mut Work<'_, A>) -> Result<Arc<HubInfo>> {
    let row = table::get(work.tx()).await?.ok_or(Error::NotFound)?;
    let info = Current::new(row.clone()).info;
    work.replace_settings(row);
    Ok(info)
}

fn updated(info: &HubInfo) -> Event {
    Event::HubUpdated(HubUpdated { hub: info.clone() })
}

/// Reads the row again and takes over what another process has changed, or what a commit did
/// whose outcome this process never learned. `seen` is the row's number at the look before.
pub(crate) async fn follow(hub: &Hub, seen: &mut i64) -> Result<()> {
    let row = {
        let mut reader = hub.db().read().await?;
        table::get(&mut reader).await?.ok_or(Error::NotFound)?
    };
    if row.rev < *seen {
        return mark::went_back(hub).await;
    }
    *seen = row.rev;
    if hub.settings().replace(row) {
        let info = hub.settings().info();
        hub.bus()
            .publish(Notice::Event(Audience::Hub, updated(&info)));
    }
    Ok(())
}
