//! The HTTP long-polling transport between its requests and the session's task
//! (Engine.IO protocol v4, "HTTP long-polling" and "Upgrade"). Knows no HTTP.
//!
//! One GET reads the link's queue and one POST fills the inbox, each at a time.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::allowance::Allowance;
use crate::app::DisconnectReason;
use crate::link::{Link, State};
use crate::packet::{NOOP, PROBE_PING, PROBE_PONG, SEPARATOR, UPGRADE};
use crate::websocket::WebSocket;

/// The part of a link that exists while its transport is polling.
#[derive(Default)]
pub(crate) struct Polling {
    /// The GET that waits for a frame.
    pub(crate) reader: Option<Waker>,
    /// The WebSocket that replaces polling, on its way to the task.
    pub(crate) adopted: Option<Box<WebSocket>>,
    /// Whose session it is, once the application has said so.
    pub(crate) owner: Option<i64>,
    /// Since then there has been no room for what it came for.
    pub(crate) refused_since: Option<Instant>,
    is_reading: bool,
    is_posting: bool,
    is_concluded: bool,
    post: Option<Post>,
    probe: Probe,
}

#[derive(Default, PartialEq, Eq)]
enum Probe {
    #[default]
    None,
    /// A WebSocket asks to take over.
    Claimed,
    /// It answered the probe: a waiting GET is released.
    Answered,
}

/// The body of a POST: packets, and who waits until they were taken.
pub(crate) struct Post {
    text: String,
    position: usize,
    done: oneshot::Sender<()>,
}

/// The request does not fit the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejected;

/// Why a GET is not answered with frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It does not fit the session.
    Rejected,
    /// There is no room for the answer: the frames stay queued.
    NoRoom,
}

impl From<Rejected> for Unread {
    fn from(Rejected: Rejected) -> Self {
        Self::Rejected
    }
}

/// The task's end of the POSTs.
#[derive(Default)]
pub(crate) struct Inbox {
    current: Option<Post>,
}

impl Inbox {
    /// The next packet. Asking for it says that the one before is done with,
    /// which is what releases the POST: the client is not read faster than it
    /// is served.
    pub(crate) fn poll_packet(&mut self, link: &Link) -> Poll<String> {
        loop {
            if self.current.is_none() {
                self.current = link.lock().polling.as_mut().and_then(|p| p.post.take());
            }
            let Some(post) = &mut self.current else {
                return Poll::Pending;
            };
            if let Some(packet) = post.next() {
                return Poll::Ready(packet);
            }
            self.complete();
        }
    }

    /// Releases the POST as successful.
    pub(crate) fn complete(&mut self) {
        if let Some(post) = self.current.take() {
            // A request that went away does not wait for an answer.
            let _ = post.done.send(());
        }
    }
}

impl Post {
    fn next(&mut self) -> Option<String> {
        let rest = self.text.get(self.position..)?;
        let packet = rest.split(SEPARATOR).next().unwrap_or_default();
        self.position += packet.len() + SEPARATOR.len_utf8();
        Some(packet.to_owned())
    }
}

/// Answers a GET: waits for frames and returns them as a body, if there is room for it.
pub(crate) async fn read(
    link: &Arc<Link>,
    allowance: Option<&Allowance>,
) -> Result<String, Unread> {
    let _reading = Reading::begin(link)?;
    std::future::poll_fn(|cx| poll_read(link, allowance, cx)).await
}

fn poll_read(
    link: &Link,
    allowance: Option<&Allowance>,
    cx: &mut Context<'_>,
) -> Poll<Result<String, Unread>> {
    let mut state = link.lock();
    if state.polling.is_some() && state.has_frames() {
        let bytes = state.body_bytes();
        if !allowance.is_none_or(|allowance| allowance.has_room(bytes)) {
            state.refuse_body(link.config.flush_timeout);
            return Poll::Ready(Err(Unread::NoRoom));
        }
        let (body, wakers) = link.take_body(&mut state);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        return Poll::Ready(Ok(body));
    }
    match &mut state.polling {
        Some(polling) if polling.is_concluded => Poll::Ready(Err(Unread::Rejected)),
        Some(polling) if polling.probe != Probe::Answered && polling.adopted.is_none() => {
            polling.reader = Some(cx.waker().clone());
            Poll::Pending
        }
        _ => Poll::Ready(Ok(NOOP.to_owned())),
    }
}

/// Marks a GET as active until it is dropped.
struct Reading<'a>(&'a Link);

impl<'a> Reading<'a> {
    fn begin(link: &'a Link) -> Result<Self, Rejected> {
        let mut state = link.lock();
        let polling = state.polling.as_mut().ok_or(Rejected)?;
        if polling.adopted.is_some() {
            return Err(Rejected);
        }
        if polling.is_reading {
            drop(state);
            link.end(DisconnectReason::ProtocolError);
            return Err(Rejected);
        }
        polling.is_reading = true;
        Ok(Self(link))
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Some(polling) = &mut self.0.lock().polling {
            polling.is_reading = false;
            polling.reader = None;
        }
    }
}

/// Answers a POST: hands its packets to the task and waits until it took them.
pub(crate) async fn write(link: &Link, text: String) -> Result<(), Rejected> {
    let taken = post(link, text)?;
    let _posting = Posting(link);
    taken.await.map_err(|_| Rejected)
}

/// Marks a POST as active until it is dropped.
struct Posting<'a>(&'a Link);

impl Drop for Posting<'_> {
    fn drop(&mut self) {
        if let Some(polling) = &mut self.0.lock().polling {
            polling.is_posting = false;
        }
    }
}

fn post(link: &Link, text: String) -> Result<oneshot::Receiver<()>, Rejected> {
    let mut state = link.lock();
    let task = state.task();
    let has_ended = state.has_ended();
    let polling = state.polling.as_mut().ok_or(Rejected)?;
    if has_ended || polling.adopted.is_some() {
        return Err(Rejected);
    }
    if polling.is_posting || polling.post.is_some() {
        drop(state);
        link.end(DisconnectReason::ProtocolError);
        return Err(Rejected);
    }
    let (done, taken) = oneshot::channel();
    polling.is_posting = true;
    polling.post = Some(Post {
        text,
        position: 0,
        done,
    });
    drop(state);
    if let Some(task) = task {
        task.wake();
    }
    Ok(taken)
}

impl Polling {
    /// Whether a GET waits for what comes.
    pub(crate) const fn is_reading(&self) -> bool {
        self.is_reading
    }
}

/// The session ends: a GET that waits learns it by `farewell`.
pub(crate) fn conclude(state: &mut State, farewell: &'static str) -> Option<Waker> {
    let polling = state.polling.as_mut()?;
    polling.is_concluded = true;
    polling.post = None;
    let is_reading = polling.is_reading;
    let reader = polling.reader.take();
    if is_reading {
        state.append([farewell.into()]);
    }
    reader
}

/// The right of one WebSocket to take the session over; given back on drop.
pub(crate) struct Claim(Arc<Link>);

/// Reserves the session for one WebSocket.
pub(crate) fn claim(link: &Arc<Link>) -> Result<Claim, Rejected> {
    let mut state = link.lock();
    let has_ended = state.has_ended();
    let polling = state.polling.as_mut().ok_or(Rejected)?;
    if has_ended || polling.probe != Probe::None || polling.adopted.is_some() {
        return Err(Rejected);
    }
    polling.probe = Probe::Claimed;
    Ok(Claim(Arc::clone(link)))
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(polling) = &mut self.0.lock().polling {
            polling.probe = Probe::None;
        }
    }
}

/// Leads the WebSocket through the probe and hands it to the session's task.
/// `None` if it does not follow.
pub(crate) async fn probe(claim: Claim, mut socket: Box<WebSocket>) -> Option<()> {
    if socket.text().await.ok()? != PROBE_PING {
        return None;
    }
    socket.send_now(PROBE_PONG);
    socket.write().await.ok()?;
    release_reader(&claim.0);
    if socket.text().await.ok()? != UPGRADE {
        return None;
    }
    adopt(&claim.0, socket);
    Some(())
}

/// A GET that waits is answered, so that the client can stop polling.
fn release_reader(link: &Link) {
    let reader = link.lock().polling.as_mut().and_then(|polling| {
        polling.probe = Probe::Answered;
        polling.reader.take()
    });
    if let Some(reader) = reader {
        reader.wake();
    }
}

fn adopt(link: &Link, socket: Box<WebSocket>) {
    let mut state = link.lock();
    let task = state.task();
    let Some(polling) = &mut state.polling else {
        return;
    };
    polling.adopted = Some(socket);
    let reader = polling.reader.take();
    drop(state);
    task.into_iter().chain(reader).for_each(Waker::wake);
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::pin::pin;
    use std::time::Duration;

    use super::*;
    use crate::config::Config;
    use crate::limits::Peer;

    fn link() -> Arc<Link> {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let polling = Some(Box::default());
        Arc::new(Link::new(
            Peer { address },
            Arc::new(Config::default()),
            polling,
        ))
    }

    fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_get_that_went_away_makes_room_for_the_next() {
        let link = link();
        {
            let mut abandoned = pin!(read(&link, None));
            assert!(poll_once(abandoned.as_mut()).is_pending());
        }
        let mut next = pin!(read(&link, None));
        assert!(poll_once(next.as_mut()).is_pending());
        link.push("41".into());
        assert_eq!(poll_once(next), Poll::Ready(Ok("41".to_owned())));
    }

    #[test]
    fn a_get_for_which_there_is_no_room_leaves_everything_for_the_next() {
        let link = link();
        link.push("41".into());
        link.push("42".into());
        let full = Allowance::new(|_| false);
        assert_eq!(
            poll_once(pin!(read(&link, Some(&full)))),
            Poll::Ready(Err(Unread::NoRoom))
        );
        let fits = Allowance::new(|bytes| bytes == 5);
        assert_eq!(
            poll_once(pin!(read(&link, Some(&fits)))),
            Poll::Ready(Ok("41\u{1e}42".to_owned()))
        );
        assert!(!link.lock().has_ended());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_refused_again_and_again_has_stalled_in_the_end() {
        let link = link();
        let (second, refusing_max) = (Duration::from_secs(1), link.config.flush_timeout);
        let full = Allowance::new(|_| false);
        link.push("41".into());
        let began = Instant::now();
        while began.elapsed() < 2 * refusing_max {
            tokio::time::advance(second).await;
            assert_eq!(
                poll_once(pin!(read(&link, Some(&full)))),
                Poll::Ready(Err(Unread::NoRoom))
            );
            let is_excused = began.elapsed() <= refusing_max;
            assert_eq!(link.stalled_for() == Duration::ZERO, is_excused);
        }
        assert!(link.stalled_for() >= refusing_max / 2);
        assert!(poll_once(pin!(read(&link, None))).is_ready());
        link.push("42".into());
        tokio::time::advance(second).await;
        assert!(poll_once(pin!(read(&link, Some(&full)))).is_ready());
        assert_eq!(
            link.stalled_for(),
            Duration::ZERO,
            "it took what was before"
        );
    }

    #[test]
    fn a_get_that_waits_asks_for_room_when_something_comes() {
        let link = link();
        let full = Allowance::new(|_| false);
        let mut waiting = pin!(read(&link, Some(&full)));
        assert!(poll_once(waiting.as_mut()).is_pending());
        link.push("41".into());
        assert_eq!(poll_once(waiting), Poll::Ready(Err(Unread::NoRoom)));
        assert!(link.lock().has_frames());
    }

    #[test]
    fn a_get_beside_another_is_rejected_and_ends_the_session() {
        let link = link();
        let mut first = pin!(read(&link, None));
        assert!(poll_once(first.as_mut()).is_pending());
        assert_eq!(
            poll_once(pin!(read(&link, None))),
            Poll::Ready(Err(Unread::Rejected))
        );
        assert!(link.lock().has_ended());
    }

    #[test]
    fn a_get_that_waits_is_told_how_the_session_ended_and_a_later_one_is_rejected() {
        let link = link();
        {
            let mut waiting = pin!(read(&link, None));
            assert!(poll_once(waiting.as_mut()).is_pending());
            conclude(&mut link.lock(), NOOP);
            assert_eq!(poll_once(waiting), Poll::Ready(Ok(NOOP.to_owned())));
        }
        assert_eq!(
            poll_once(pin!(read(&link, None))),
            Poll::Ready(Err(Unread::Rejected))
        );
    }

    #[test]
    fn a_post_is_answered_when_its_last_packet_was_done_with() {
        let link = link();
        let mut inbox = Inbox::default();
        let mut posting = pin!(write(&link, "40\u{1e}3".to_owned()));
        assert!(poll_once(posting.as_mut()).is_pending());
        assert_eq!(inbox.poll_packet(&link), Poll::Ready("40".to_owned()));
        assert_eq!(inbox.poll_packet(&link), Poll::Ready("3".to_owned()));
        assert!(poll_once(posting.as_mut()).is_pending());
        assert!(inbox.poll_packet(&link).is_pending());
        assert_eq!(poll_once(posting), Poll::Ready(Ok(())));
    }

    #[test]
    fn a_post_that_went_away_is_still_read_before_the_next() {
        let link = link();
        let mut inbox = Inbox::default();
        {
            let mut abandoned = pin!(write(&link, "41".to_owned()));
            assert!(poll_once(abandoned.as_mut()).is_pending());
        }
        assert_eq!(inbox.poll_packet(&link), Poll::Ready("41".to_owned()));
        let mut next = pin!(write(&link, "42".to_owned()));
        assert!(poll_once(next.as_mut()).is_pending());
        assert_eq!(inbox.poll_packet(&link), Poll::Ready("42".to_owned()));
    }
}
