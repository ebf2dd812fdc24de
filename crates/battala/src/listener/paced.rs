//! A TCP connection whose peer takes what is sent at some minimal pace, or loses it.
//!
//! Knows no HTTP. What holds for a connection until its very end, also as a WebSocket, is kept
//! here, too: its place among all, and its entry in the census.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};

use super::census::{Desk, Seat};

/// So long nothing may be taken of what waits.
const GRACE: Duration = Duration::from_secs(20);
/// Each byte that is taken earns so much: 1,000 bytes in a second keep a connection for ever.
const PACE: Duration = Duration::from_millis(1);
/// Bytes that the kernel takes beyond what it could send. What it has taken looks like progress, so
/// it must be less than a slow reader takes within the grace.
const UNSENT_BYTES: u32 = 32 * 1024;
/// A peer that leaves sent bytes unacknowledged for so long is gone, or means harm.
const UNTAKEN_MAX: Duration = Duration::from_secs(30);

/// The connection.
#[derive(Debug)]
pub(super) struct Paced {
    stream: TcpStream,
    /// How long it may still be blocked.
    credit: Duration,
    blocked: Option<Blocked>,
    seat: Seat,
    _place: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Blocked {
    since: Instant,
    until: Pin<Box<Sleep>>,
}

impl Paced {
    pub(super) fn new(
        stream: TcpStream,
        seat: Seat,
        place: OwnedSemaphorePermit,
    ) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        socket.set_tcp_user_timeout(Some(UNTAKEN_MAX))?;
        socket.set_tcp_notsent_lowat(UNSENT_BYTES)?;
        Ok(Self {
            stream,
            credit: GRACE,
            blocked: None,
            seat,
            _place: place,
        })
    }

    /// Where the connection says what it does.
    pub(super) fn desk(&self) -> Desk {
        self.seat.desk()
    }

    /// Judges what a write has come to.
    fn judge(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.earn(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.wait(cx),
        }
    }

    fn earn(&mut self, bytes: usize) {
        if let Some(blocked) = self.blocked.take() {
            self.credit = self.credit.saturating_sub(blocked.since.elapsed());
            self.seat.activity.set_blocked(false);
        }
        let earned = PACE.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.credit = self.credit.saturating_add(earned).min(GRACE);
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let (credit, seat) = (self.credit, &self.seat);
        let blocked = self.blocked.get_or_insert_with(|| {
            seat.activity.set_blocked(true);
            Blocked {
                since: Instant::now(),
                until: Box::pin(tokio::time::sleep(credit)),
            }
        });
        match blocked.until.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.judge(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::super::census::Census;
    use super::*;
    use std::sync::Arc;
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;
    use tokio::sync::Semaphore;

    async fn pair() -> (Paced, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap());
        let (accepted, peer) = tokio::join!(listener.accept(), peer);
        let (stream, address) = accepted.unwrap();
        let seat = Census::new(1).enter(address.ip(), false).unwrap();
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        (Paced::new(stream, seat, place).unwrap(), peer.unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_cut_after_the_grace() {
        let (mut paced, _peer) = pair().await;
        let began = Instant::now();
        // More than all buffers of the kernel hold.
        let error = paced.write_all(&vec![0; 64 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let waited = began.elapsed();
        assert!((GRACE..GRACE * 2).contains(&waited), "{waited:?}");
        assert!(!paced.seat.activity.is_idle(), "its answer waits");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_earns_time_but_never_more_than_the_grace() {
        let (mut paced, _peer) = pair().await;
        let blocked = |for_seconds| {
            Some(Blocked {
                since: Instant::now() - Duration::from_secs(for_seconds),
                until: Box::pin(tokio::time::sleep(GRACE)),
            })
        };
        tokio::time::advance(Duration::from_mins(1)).await;
        paced.blocked = blocked(8);
        paced.earn(16_000);
        assert_eq!(paced.credit, GRACE);
        paced.blocked = blocked(10);
        paced.earn(1000);
        assert_eq!(paced.credit, Duration::from_secs(11));
        paced.blocked = blocked(15);
        paced.earn(1000);
        assert_eq!(paced.credit, Duration::from_secs(1));
        paced.earn(1_000_000);
        assert_eq!(paced.credit, GRACE);
    }
}
