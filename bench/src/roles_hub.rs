//! A hub without its API, in a process of its own, that defines a role anew at a word: no operation does that yet.
//!
//! Rights, rooms, sockets and the database are those of the hub; listener and limits are not.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{ChildStdin, Command};

use axum::serve::ListenerExt as _;
use battala_gateway::Gateway;
use battala_hub::access::UpdateServer;
use battala_hub::{Clock, Hub, Level, Random, sessions};
use battala_proto::id::ServerId;
use battala_proto::permissions::Permissions;
use battala_socketio::Server;
use battala_store::{Db, Options, args, sql};
use tokio::net::TcpListener;

use crate::Result;
use crate::cli::ServeRoles;
use crate::process::Process;
use crate::relay::{address, say_address};
use crate::seed;

/// More than there are connections in any scenario.
const CONNECTIONS_MAX: usize = 100_000;

/// Serves until its input ends. The first line of its output is its address; each line of its input is an
/// access token of who defines anew what everybody may do in a server, and the server.
pub(crate) async fn serve(options: &ServeRoles) -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let db = Db::open(&Options::new(seed::url_in(&options.dir).parse()?)).await?;
    let mut config = battala_hub::Config::default();
    config.limits.connect = battala_hub::Rate::new(1_000_000, 60_000_000);
    config.limits.structure = config.limits.connect;
    let hub = Hub::start(db, &seed::SECRET, config, Clock::system(), Random::system()).await?;
    let gateway = Gateway::start(hub.clone());
    let limits = battala_socketio::Config {
        connections_max: CONNECTIONS_MAX,
        unauthenticated_per_address_max: u32::MAX,
        ..battala_socketio::Config::default()
    };
    let router = Server::new(limits, gateway.clone()).router();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    say_address(listener.local_addr()?)?;
    // A socket without it is one that is about to fail anyway.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).into_future();
    tokio::select! {
        ended = serving => Ok(ended?),
        done = obey(&hub) => done,
    }
}

async fn obey(hub: &Hub) -> Result<()> {
    loop {
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map(|_| line)
        });
        let line = line.await??;
        if line.is_empty() {
            return Ok(());
        }
        let (token, server) = line.trim().split_once(' ').ok_or("no server is named")?;
        change(hub, token, ServerId::from_raw(server.parse()?)).await?;
    }
}

/// Takes the right to send messages from everybody in a server.
async fn change(hub: &Hub, token: &str, server: ServerId) -> Result<()> {
    let known = sessions::authenticate(hub, token).await?;
    let can = hub.authorize::<UpdateServer>(known.actor, server).await?;
    let done = hub.write_rights(can, move |work| {
        Box::pin(async move {
            let statement = sql!("UPDATE roles SET permissions = permissions & $2 WHERE id = $1");
            let left = !Permissions::SEND_MESSAGES.bits();
            work.tx().execute(statement, args![server, left]).await?;
            work.raise(server, Level::Rights).await?;
            Ok(())
        })
    });
    Ok(done.await?)
}

/// One that was started.
pub(crate) struct RolesHub {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    words: ChildStdin,
}

impl RolesHub {
    /// Starts it on a data directory.
    pub(crate) fn start(dir: &Path) -> Result<Self> {
        let mut program = Command::new(std::env::current_exe()?);
        let program = program.arg("serve-roles").arg("--dir").arg(dir);
        let (process, words, output) = Process::start_obeying(program)?;
        let address = address(output)?;
        Ok(Self {
            process,
            address,
            words,
        })
    }

    /// Has the one to whom this token belongs define the role of everybody anew.
    pub(crate) fn change(&mut self, token: &str, server: ServerId) -> Result<()> {
        Ok(writeln!(self.words, "{token} {}", server.raw())?)
    }
}
