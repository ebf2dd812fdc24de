//! The server that the public Socket.IO protocol suite asks for, on the port
//! given as argument. The suite's two cases with binary attachments fail: they
//! are refused here.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use battala_socketio::{
    App, Config, Connect, DisconnectReason, Event, Frame, Payload, Refusal, Reply, Server, Socket,
};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

const AUTH_DELAY: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Echo {
    tasks: TaskTracker,
}

struct Session {
    socket: Socket,
    namespace: Arc<str>,
}

impl App for Echo {
    type Session = Session;

    async fn connect(&self, socket: Socket, request: Connect) -> Result<Session, Refusal> {
        let auth = request.auth.as_ref().map_or("{}", |auth| auth.get());
        let frame = Frame::from_raw_json(&request.namespace, "auth", auth);
        let receiver = socket.clone();
        self.tasks.spawn(async move {
            // The suite listens for one message at a time and misses the second of
            // two that arrive in one read, so this one must not leave with CONNECT.
            tokio::time::sleep(AUTH_DELAY).await;
            receiver.emit(&frame);
        });
        Ok(Session {
            socket,
            namespace: request.namespace,
        })
    }

    async fn event(&self, session: &Arc<Session>, event: Event<'_>) -> Reply {
        match event.name.as_ref() {
            "message" => {
                let frame = Frame::from_raw_json(&session.namespace, "message-back", event.args);
                session.socket.emit(&frame);
                Reply::None
            }
            "message-with-ack" => Reply::Now(Payload::from_raw_json(event.args)),
            _ => Reply::None,
        }
    }

    fn disconnect(&self, _session: Arc<Session>, _reason: DisconnectReason) {}
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).ok_or("usage: echo PORT")?.parse()?;
    let config = Config {
        namespaces: vec!["/".to_owned(), "/custom".to_owned()],
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        connect_timeout: Duration::from_secs(1),
        payload_bytes_max: 1_000_000,
        unauthenticated_per_address_max: 20_000,
        ..Config::default()
    };
    let server = Server::new(config, Echo::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let listener = listener.tap_io(|stream| {
        // Without it, small frames wait for the peer's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    let service = server
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
