//! `admin create` and `admin reset-password`: what an operator does at the
//! machine itself, without an account.

use std::error::Error;

use battala_hub::access::{CreatePasswordReset, ListUsers, SetupHub};
use battala_hub::{Actor, Hub, auth, users};
use battala_proto::auth::Register;
use battala_proto::error::FieldError;
use battala_proto::fields::Fault;
use battala_proto::text::{Email, NewPassword, Username};
use battala_store::Purpose;

use crate::config::Config;
use crate::terminal::say;
use crate::wiring;

/// Makes an administrator's account. On a fresh hub this ends the setup.
pub(crate) fn create(
    config: &Config,
    username: &str,
    email: Option<&str>,
    password: &str,
) -> Result<(), Box<dyn Error>> {
    let request = Register {
        username: Username::new(username).map_err(|fault| refused("username", fault))?,
        password: NewPassword::new(password).map_err(|fault| refused("password", fault))?,
        display_name: None,
        email: email
            .map(Email::new)
            .transpose()
            .map_err(|fault| refused("email", fault))?,
        invite: None,
    };
    with_hub(config, async |hub| {
        let me = create_admin(hub, request).await?;
        say(&format!("{} is an administrator", me.username));
        Ok(())
    })
}

/// Prints a link with which the account's owner sets a new password, once.
pub(crate) fn reset_password(config: &Config, username: &str) -> Result<(), Box<dyn Error>> {
    let username = Username::new(username).map_err(|fault| refused("username", fault))?;
    with_hub(config, async |hub| {
        let can = hub.authorize::<ListUsers>(Actor::Operator, ()).await?;
        let user = users::find(hub, &can, username.as_str()).await?;
        let can = hub
            .authorize::<CreatePasswordReset>(Actor::Operator, ())
            .await?;
        let link = users::create_password_reset(hub, can, user.id).await?;
        say(&link.url);
        Ok(())
    })
}

async fn create_admin(
    hub: &Hub,
    request: Register,
) -> battala_hub::Result<battala_proto::users::Me> {
    let can = hub.authorize::<SetupHub>(Actor::Operator, ()).await?;
    auth::create_admin(hub, can, request).await
}

/// Runs `task` on a hub that serves nobody.
fn with_hub(
    config: &Config,
    task: impl AsyncFnOnce(&Hub) -> battala_hub::Result<()>,
) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let public_url = config.public_url_at(config.listen);
        let (hub, _) = wiring::start_hub(config, &public_url, Purpose::Visit).await?;
        let result = task(&hub).await;
        hub.stop().await;
        result.map_err(|error| explain(&error).into())
    })
}

fn refused(field: &str, fault: Fault) -> String {
    of_field(&fault.of(field))
}

fn explain(error: &battala_hub::Error) -> String {
    let fields: Vec<String> = error.fields().iter().map(of_field).collect();
    if fields.is_empty() {
        error.to_string()
    } else {
        fields.join("; ")
    }
}

fn of_field(field: &FieldError) -> String {
    format!("{}: {}", field.field, field.message)
}
