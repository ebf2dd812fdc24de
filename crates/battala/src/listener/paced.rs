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

/// How slow a peer may be.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// So long nothing may be taken of what waits.
    grace: Duration,
    /// Each byte that is taken earns so much.
    per_byte: Duration,
}

/// 1,000 bytes in a second keep a connection for ever. Little by little they are not seen: the
/// window of a slow reader stays shut until most of what its kernel has received is read, which is
/// 64 kB and more, and until then it looks like one that reads nothing.
const PACE: Pace = Pace {
    grace: Duration::from_mins(1),
    per_byte: Duration::from_millis(1),
};
/// Bytes that the kernel takes beyond what it could send. What it has taken looks like progress, so
/// it must be less than a slow reader takes within the grace.
const UNSENT_BYTES: u32 = 32 * 1024;
/// The same for a WebSocket. Whoever takes nothing of what it is sent has to give way to others
/// within seconds, so what a line of a few kilobytes in a second takes must be seen in small steps.
const UNSENT_BYTES_OF_UPGRADED: u32 = 4 * 1024;
/// A peer that leaves sent bytes unacknowledged, or its window shut, for so long is gone, or means
/// harm. The kernel judges so of what it has taken; it must not be sooner than the grace.
const UNTAKEN_MAX: Duration = Duration::from_secs(75);

/// The connection.
#[derive(Debug)]
pub(super) struct Paced {
    stream: TcpStream,
    pace: Pace,
    /// How long it may still be blocked.
    credit: Duration,
    blocked: Option<Blocked>,
    /// What it takes is seen in the small steps of a WebSocket.
    is_seen_closely: bool,
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
            pace: PACE,
            credit: PACE.grace,
            blocked: None,
            is_seen_closely: false,
            seat,
            _place: place,
        })
    }

    /// Where the connection says what it does.
    pub(super) fn desk(&self) -> Desk {
        self.seat.desk()
    }

    /// Before the first write of a WebSocket: what was taken until then has left.
    fn look_closely(&mut self) -> io::Result<()> {
        if !self.is_seen_closely && self.seat.activity.is_upgraded() {
            SockRef::from(&self.stream).set_tcp_notsent_lowat(UNSENT_BYTES_OF_UPGRADED)?;
            self.is_seen_closely = true;
        }
        Ok(())
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
            self.seat.set_blocked(false);
        }
        let earned = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = self.pace.per_byte.saturating_mul(earned);
        self.credit = self.credit.saturating_add(earned).min(self.pace.grace);
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let (credit, seat) = (self.credit, &self.seat);
        let blocked = self.blocked.get_or_insert_with(|| {
            seat.set_blocked(true);
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
        self.look_closely()?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.look_closely()?;
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpSocket};
    use tokio::sync::Semaphore;

    async fn pair() -> (Paced, TcpStream) {
        pair_with(TcpSocket::new_v4().unwrap()).await
    }

    async fn pair_with(peer: TcpSocket) -> (Paced, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = peer.connect(listener.local_addr().unwrap());
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
        assert!((PACE.grace..PACE.grace * 2).contains(&waited), "{waited:?}");
        assert!(!paced.seat.activity.is_idle(), "its answer waits");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_earns_time_but_never_more_than_the_grace() {
        let (mut paced, _peer) = pair().await;
        let blocked = |for_seconds| {
            Some(Blocked {
                since: Instant::now() - Duration::from_secs(for_seconds),
                until: Box::pin(tokio::time::sleep(PACE.grace)),
            })
        };
        tokio::time::advance(Duration::from_mins(2)).await;
        paced.blocked = blocked(8);
        paced.earn(16_000);
        assert_eq!(paced.credit, PACE.grace);
        paced.blocked = blocked(50);
        paced.earn(1000);
        assert_eq!(paced.credit, Duration::from_secs(11));
        paced.blocked = blocked(15);
        paced.earn(1000);
        assert_eq!(paced.credit, Duration::from_secs(1));
        paced.earn(1_000_000);
        assert_eq!(paced.credit, PACE.grace);
    }

    /// In a world that is ten times as fast.
    #[tokio::test]
    async fn a_slow_reader_with_a_small_buffer_gets_all_of_a_large_answer() {
        const BYTES: usize = 200_000;
        let peer = TcpSocket::new_v4().unwrap();
        peer.set_recv_buffer_size(32 * 1024).unwrap();
        // The large segments of the loopback would open the window in other steps.
        SockRef::from(&peer).set_tcp_mss(1400).unwrap();
        let (mut paced, mut peer) = pair_with(peer).await;
        paced.pace = Pace {
            grace: PACE.grace / 10,
            per_byte: PACE.per_byte / 10,
        };
        paced.credit = paced.pace.grace;
        let write = async {
            paced.write_all(&vec![0; BYTES]).await.unwrap();
            paced.shutdown().await.unwrap();
        };
        let ((), taken) = tokio::join!(write, take_slowly(&mut peer));
        assert_eq!(taken, BYTES);
    }

    /// Two kilobytes in a second, ten times as fast; how many there were.
    async fn take_slowly(peer: &mut TcpStream) -> usize {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        let (mut piece, mut taken) = ([0; 400], 0);
        loop {
            beat.tick().await;
            match peer.read(&mut piece).await.unwrap() {
                0 => return taken,
                read => taken += read,
            }
        }
    }
}
