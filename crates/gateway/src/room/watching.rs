//! Which channels connections of the room watch.

use battala_proto::commands::WatchedChannel;
use battala_proto::id::ChannelId;

use super::{Owner, Watch, Watched};

impl Owner {
    /// How far a channel has come by what was handed out is said in the same step: what is handed out from
    /// here on comes after it.
    pub(super) fn watch(&mut self, watch: Watch) {
        let Some(class) = self.seats.class_of(watch.socket) else {
            return;
        };
        let channels = watch.channels.iter().copied();
        let seen: Vec<ChannelId> = channels.filter(|id| self.rights.sees(class, *id)).collect();
        let new = self.seats.watch(watch.socket, &seen);
        let channels = seen.into_iter().map(|id| self.watched(id)).collect();
        // Whoever asked may not wait for it any more.
        let _ = watch.answer.send(Watched { channels, new });
    }

    fn watched(&self, id: ChannelId) -> WatchedChannel {
        let head = self.order.head(id);
        WatchedChannel {
            id,
            last_seq: head.as_ref().map(|head| head.last_seq),
            last_message_id: head.and_then(|head| head.last_message_id),
        }
    }
}
