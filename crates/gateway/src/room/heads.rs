//! How far channels have come, for those who may not have heard it: by the clock, and where something was
//! missed.
//!
//! Who hears all hears of a lost last event by the beacon. Who listens to a list hears of the other channels
//! in no other way, and so at every beat, if anything was said there.

use std::collections::BTreeSet;

use battala_proto::Event;
use battala_proto::events::{Head, Heads};
use battala_proto::id::ChannelId;
use battala_socketio::Frame;

use super::seats::Readers;
use super::{Due, Owner};
use crate::connection::encode;

/// Channels in which something was said.
#[derive(Default)]
pub(super) struct News {
    /// Since the last beat.
    recent: BTreeSet<ChannelId>,
    /// Since the last slow one: with these whoever has begun meanwhile to watch something here is told, too,
    /// what the beats before have told others.
    all: BTreeSet<ChannelId>,
}

impl News {
    pub(super) fn note(&mut self, channel: ChannelId) {
        self.recent.insert(channel);
        self.all.insert(channel);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn take_recent(&mut self) -> BTreeSet<ChannelId> {
        std::mem::take(&mut self.recent)
    }

    fn take_all(&mut self) -> BTreeSet<ChannelId> {
        std::mem::take(self).all
    }
}

impl Owner {
    /// Says it to whom it is due: to those who may hear what was said, also while the server cannot be read,
    /// as what is said under the rights that are known goes on.
    pub(super) fn send_heads(&mut self, due: Due) {
        match due {
            Due::Beacon => {
                // It names each of them.
                self.news = News::default();
                let heads = self.order.take_heads();
                self.tell_heads(&heads);
            }
            Due::SlowHeads => {
                let news = self.news.take_all();
                self.tell_news(Readers::Listening, news);
            }
            Due::Heads => {
                let news = self.news.take_recent();
                self.tell_news(Readers::Watching, news);
            }
            Due::Look | Due::Nothing => {}
        }
    }

    fn tell_news(&self, readers: Readers, news: BTreeSet<ChannelId>) {
        // A channel may have been deleted since.
        let heads = news.into_iter().filter_map(|id| self.order.head(id));
        let heads: Vec<Head> = heads.collect();
        self.tell_heads_to((readers, &heads));
    }

    /// Tells everyone how far channels have come that they see, for those who may have missed something.
    pub(super) fn tell_heads(&self, heads: &[Head]) {
        self.tell_heads_to((Readers::Everyone, heads));
    }

    fn tell_heads_to(&self, heads: (Readers, &[Head])) {
        self.tell_by_sight(heads, |head| head.id, |heads| self.encode_heads(heads));
    }

    /// Nothing without a channel.
    pub(super) fn encode_heads(&self, channels: Vec<Head>) -> Option<Frame> {
        if channels.is_empty() {
            return None;
        }
        let server_id = self.room.server_id;
        encode(&Event::Heads(Heads {
            server_id,
            channels,
        }))
    }
}
