//! A client that costs little: frames are looked at as bytes, JSON is not parsed.
//!
//! It trusts the server it measures. It is no reference for a real client.

pub(crate) mod frames;
pub(crate) mod http;
pub(crate) mod socket;

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};

use crate::Result;

/// Connections of one source address: ports of one address would run out.
const PER_ADDRESS: usize = 4000;
/// The least that Linux gives, and segments as on a wire.
const SMALL_WINDOW_BYTES: u32 = 2048;
const WIRE_SEGMENT_BYTES: u32 = 1400;

/// The number of the first client at the `group`th address, for those who are to be strangers.
pub(crate) const fn first_of(group: usize) -> usize {
    group * PER_ADDRESS
}

/// Connects the `number`th client to `target`, from a source address of its own group.
pub(crate) async fn connect(target: SocketAddr, number: usize) -> Result<TcpStream> {
    let stream = bound(number)?.connect(target).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The same with a window so small that next to nothing is taken which is not read.
pub(crate) async fn connect_slowly(target: SocketAddr, number: usize) -> Result<TcpStream> {
    let socket = bound(number)?;
    socket.set_recv_buffer_size(SMALL_WINDOW_BYTES)?;
    // The large segments of the loopback would hide what a window costs.
    SockRef::from(&socket).set_tcp_mss(WIRE_SEGMENT_BYTES)?;
    Ok(socket.connect(target).await?)
}

/// Closed by a reset: thousands that have ended would keep their ports for a minute, and the kernel
/// would look for a free one at each of the next scenario's connections for longer than it takes.
fn bound(number: usize) -> Result<TcpSocket> {
    let group = u8::try_from(number / PER_ADDRESS + 2)?;
    let socket = TcpSocket::new_v4()?;
    socket.set_zero_linger()?;
    socket.bind(SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, group), 0).into())?;
    Ok(socket)
}

/// Where `needle` begins in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The digits at the start of `bytes` as a number.
pub(crate) fn number_at(bytes: &[u8]) -> Option<u64> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}
