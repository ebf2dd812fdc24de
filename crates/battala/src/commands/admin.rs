//! `admin create`, `admin reset-password`, `admin jobs` and `admin retry-jobs`: what an operator
//! does at the machine itself, without an account.

use std::error::Error;
use std::io;
use std::path::Path;

use battala_hub::access::{CreatePasswordReset, ListUsers, RetryJobs, SetupHub};
use battala_hub::sessions::Client;
use battala_hub::{Actor, Hub, auth, jobs, users};
use battala_proto::auth::Register;
use battala_proto::fields::Fault;
use battala_proto::text::{Email, NewPassword, Username};
use battala_proto::users as proto;
use battala_store::{Content, DatabaseUrl, Db, OpenError, Options, Purpose};

use crate::cli::JOBS_SHOWN_MAX;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::folder;
use crate::terminal::{complain, say};
use crate::wiring::{self, Remembered};
use crate::words::{explain, moment, of_field};

/// Makes an administrator's account. On a fresh hub this ends the setup. The password is asked for
/// when all else is well: nobody types one to hear that the hub has to be stopped first.
pub(crate) fn create(
    config: &Config,
    username: &str,
    email: Option<&str>,
    password: impl FnOnce() -> io::Result<String>,
) -> Result<(), Box<dyn Error>> {
    let username = Username::new(username).map_err(|fault| refused("username", fault))?;
    let email = email
        .map(Email::new)
        .transpose()
        .map_err(|fault| refused("email", fault))?;
    if is_fresh(config) {
        // Nothing begins, and nothing is made, for an account that is refused.
        refuse_unfit(config)?;
    } else {
        // Not held while somebody types.
        with_hub(config, async |_| Ok(()))?;
    }
    let request = Register {
        username,
        password: NewPassword::new(&password()?).map_err(|fault| refused("password", fault))?,
        display_name: None,
        email,
        invite: None,
    };
    auth::check_new(&request).map_err(|error| explain(&error))?;
    with_hub(config, async |hub| {
        let me = create_admin(hub, request).await?;
        say(&format!("{} is an administrator", me.username));
        Ok(())
    })
}

/// Prints a link with which the account's owner sets a new password, once.
pub(crate) fn reset_password(config: &Config, username: &str) -> Result<(), Box<dyn Error>> {
    let username = Username::new(username).map_err(|fault| refused("username", fault))?;
    let place = existing(config)?;
    with_hub(config, async |hub| {
        let can = hub.authorize::<ListUsers>(Actor::Operator, ()).await?;
        let found = users::find(hub, &can, username.as_str()).await;
        let user = match found {
            Err(battala_hub::Error::NotFound) => {
                let name = username.as_str();
                let told = format!("there is no account {name} in {place}");
                return Err(Failure::Told(told));
            }
            other => other?,
        };
        let can = hub
            .authorize::<CreatePasswordReset>(Actor::Operator, ())
            .await?;
        let request = proto::CreatePasswordReset {
            current_password: None,
        };
        let client = Client::default();
        let link = users::create_password_reset(hub, can, user.id, request, &client).await?;
        complain(&format!(
            "Give {} this link. Once, within 24 hours, it sets a new password.",
            user.username
        ));
        if config.public_url.is_none() {
            complain(
                "public_url is not set, so it leads to the address that the hub listens on; set it \
                 where people reach the hub by another.",
            );
        }
        say(&link.url);
        Ok(())
    })
}

/// Prints what is in the queue of jobs, beside a hub that runs or without one.
pub(crate) fn jobs(config: &Config, limit: u32) -> Result<(), Box<dyn Error>> {
    existing(config)?;
    let remembered = Remembered::read(&config.data_dir)?;
    let options = remembered.options(&config.database_url);
    let found = run(async {
        let reader = Db::read_beside(&options).await;
        let mut reader = reader.map_err(|error| remembered.explain(error))?;
        let found = jobs::overview(&mut reader, limit).await;
        reader.close().await;
        match found {
            Ok(found) => Ok(found),
            Err(error) => Err(wiring::failure(config, &error).await),
        }
    })?;
    let counts = format!("{} waiting, {} failed", found.waiting, found.failed);
    match (found.waiting, found.failed) {
        (0, 0) => say(&format!("{counts}: there is nothing to do")),
        (0, _) => say(&counts),
        _ => say(&format!(
            "{counts}; those that wait are done while the hub runs"
        )),
    }
    let shown = found.newest.len();
    if usize::try_from(found.failed).is_ok_and(|failed| failed > shown) {
        let (more, most) = match u32::try_from(found.failed) {
            Ok(all) if all <= JOBS_SHOWN_MAX => ("all", all),
            _ => ("more", JOBS_SHOWN_MAX),
        };
        say(&format!(
            "of the failed ones, the newest {shown} (--limit {most} shows {more}):"
        ));
    }
    for job in found.newest {
        let (at, id) = (moment(job.failed_at), job.id);
        say(&format!(
            "failed {at}: job {id}, {}: {}",
            job.what, job.error
        ));
    }
    if found.failed > 0 {
        say("when the reason is mended: battala admin retry-jobs");
    }
    Ok(())
}

/// Has the failed jobs tried once more, by the hub that runs or at its next start.
pub(crate) fn retry_jobs(config: &Config) -> Result<(), Box<dyn Error>> {
    existing(config)?;
    with_hub(config, async |hub| {
        let can = hub.authorize::<RetryJobs>(Actor::Operator, ()).await?;
        let count = jobs::retry_failed(hub, can).await?;
        match count {
            0 => say("no job has failed: there is nothing to try once more"),
            _ => say(&format!(
                "{count} will be tried once more, by the hub that runs or at its next start"
            )),
        }
        Ok(())
    })
}

/// Where the hub of these settings keeps its data. Unlike a first start, a visit makes nothing: with
/// settings that are not the hub's, one would look into an empty house.
fn existing(config: &Config) -> Result<String, Box<dyn Error>> {
    folder::look(&config.data_dir)?;
    let database = match &config.database_url {
        DatabaseUrl::Sqlite(path) => {
            let is_there = path.try_exists();
            if !is_there.map_err(|error| OpenError::File(path.clone(), error))? {
                refuse_missing(config)?;
            }
            path.display().to_string()
        }
        DatabaseUrl::Postgres(_) => "the database".to_owned(),
    };
    let data_dir = &config.data_dir;
    if DataDir::is_used(data_dir)? || DataDir::mark_file(data_dir)?.is_some() {
        Ok(database)
    } else {
        Err(no_hub(&config.data_dir))
    }
}

/// Whether there is nothing yet where a hub would begin.
fn is_fresh(config: &Config) -> bool {
    let found = Remembered::read(&config.data_dir)
        .map_err(Into::into)
        .and_then(|remembered| {
            let options = remembered.options(&config.database_url);
            run(async { Ok(Db::content(&options).await?) })
        });
    found.is_ok_and(|found| matches!(found, Content::Missing | Content::Empty))
}

/// Says, as far as a look tells, why no hub can begin.
fn refuse_unfit(config: &Config) -> Result<(), Box<dyn Error>> {
    let data_dir = &config.data_dir;
    if folder::look(data_dir)? {
        folder::writable(data_dir)?;
    } else {
        folder::writable(&folder::above(data_dir))?;
    }
    if let DatabaseUrl::Sqlite(path) = &config.database_url {
        folder::beside(path, data_dir)?;
    }
    Ok(())
}

/// Says what a start says where there is no database and a hub has to be.
fn refuse_missing(config: &Config) -> Result<(), Box<dyn Error>> {
    let remembered = Remembered::read(&config.data_dir)?;
    let options = Options {
        may_begin: false,
        ..remembered.options(&config.database_url)
    };
    run(async {
        let looked = Db::inspect(&options).await;
        looked.map(drop).map_err(|error| remembered.told(error))
    })
}

/// Whether a hub has begun in the database, of this version.
pub(super) fn holds_hub(config: &Config) -> bool {
    let found = run(async {
        let options = Options::new(config.database_url.clone());
        let mut reader = Db::read_beside(&options).await?;
        let found = wiring::holds_hub(&mut reader).await;
        reader.close().await;
        Ok(found)
    });
    found.unwrap_or(false)
}

fn no_hub(path: &Path) -> Box<dyn Error> {
    OpenError::NoHub(path.display().to_string()).into()
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
    task: impl AsyncFnOnce(&Hub) -> Result<(), Failure>,
) -> Result<(), Box<dyn Error>> {
    run(async {
        let public_url = config.public_url_at(config.listen);
        let (hub, _) = wiring::start_hub(config, &public_url, Purpose::Visit, complain).await?;
        let result = task(&hub).await;
        hub.stop().await;
        match result {
            Ok(()) => Ok(()),
            Err(Failure::Told(text)) => Err(text.into()),
            Err(Failure::Hub(error)) => Err(wiring::failure(config, &error).await),
        }
    })
}

/// Runs the whole of a command.
pub(super) fn run<T>(
    command: impl Future<Output = Result<T, Box<dyn Error>>>,
) -> Result<T, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(command);
    // A name that is still being looked up is nobody's any more.
    runtime.shutdown_background();
    result
}

/// Why a task was not done.
enum Failure {
    Told(String),
    Hub(battala_hub::Error),
}

impl From<battala_hub::Error> for Failure {
    fn from(error: battala_hub::Error) -> Self {
        Self::Hub(error)
    }
}

fn refused(field: &str, fault: Fault) -> String {
    of_field(&fault.of(field))
}
