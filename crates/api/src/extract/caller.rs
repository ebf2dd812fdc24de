//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use battala_hub::sessions::Client;
use http::Extensions;
use http::header::USER_AGENT;
use http::request::Parts;

use crate::description::{Description, Part};
use crate::state::ApiState;

/// The address and the program of the caller, for the list of sessions; and the device, to be known
/// again.
pub(crate) struct Caller(pub(crate) Client);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Infallible> {
        let agent = parts.headers.get(USER_AGENT);
        Ok(Self(Client {
            address: Some(client_address(&parts.extensions)),
            agent: agent.map_or_else(String::new, |agent| {
                String::from_utf8_lossy(agent.as_bytes()).into_owned()
            }),
            device: state.cookies.find_device(&parts.headers),
        }))
    }
}

impl Part for Caller {
    fn describe(_: &mut Description) {}
}

/// The client's address, as the listener judged it. Without a listener all callers are one.
pub(crate) fn client_address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
            peer.ip()
        })
}
