//! What one request reads with, from who asks to what the answer is.
//!
//! It is one connection, taken when something has to be read. Two at a time would be two of the few that
//! there are, and one after the other would wait twice. What changes something lets go of it once it is
//! allowed: its transaction has a connection of its own. This module does not know what is asked.

use battala_proto::id::ChannelId;
use battala_store::Reader;

use super::{Action, Actor, Can, KeyOf, Lookup, Sees, SendMessage, Target as _};
use crate::Hub;
use crate::error::Result;

/// The connection of a request.
pub struct Reading {
    hub: Hub,
    reader: Option<Reader>,
}

impl Reading {
    pub(crate) fn new(hub: Hub) -> Self {
        Self { hub, reader: None }
    }

    pub(super) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The connection, which sees what is committed at the moment of each statement.
    pub(crate) async fn reader(&mut self) -> Result<&mut Reader> {
        let reader = self.take_reader().await?;
        Ok(self.reader.insert(reader))
    }

    async fn take_reader(&mut self) -> Result<Reader> {
        match self.reader.take() {
            Some(reader) => Ok(reader),
            None => Ok(self.hub.db().read().await?),
        }
    }

    /// See [`Hub::authorize`].
    ///
    /// # Errors
    /// As there.
    pub async fn authorize<A: Action>(&mut self, actor: Actor, key: KeyOf<A>) -> Result<Can<A>> {
        let now = self.hub.now();
        if let Some(target) = A::Target::at_hand() {
            return Can::decide(actor, key, target, now);
        }
        let hub = self.hub.clone();
        let mut lookup = Lookup {
            structures: hub.structures(),
            sees: Sees::Committed,
            now,
            conn: self.reader().await?,
        };
        Can::check(&mut lookup, actor, key).await
    }

    /// The same for sending over and over: the right of a moment ago, where nothing that it rests on is
    /// known to have moved. Only for [`crate::messages::send`], which compares that inside its transaction.
    ///
    /// # Errors
    /// As [`Hub::authorize`].
    pub async fn authorize_to_send(
        &mut self,
        actor: Actor,
        channel: ChannelId,
    ) -> Result<Can<SendMessage>> {
        let hub = self.hub.clone();
        let account = actor.me().map(|me| me.id);
        let kept = hub.kept_rights().of(account, channel);
        kept.authorize_by(self, actor, channel).await
    }

    /// The same for what is read at once: the connection goes with the right, until [`Hub::read`] takes
    /// it, so nothing slow comes between. In a server the state of the database that is decided on is the
    /// one that is then read.
    ///
    /// # Errors
    /// As [`Hub::authorize`].
    pub async fn authorize_to_read<A: Action>(
        mut self,
        actor: Actor,
        key: KeyOf<A>,
    ) -> Result<Can<A>> {
        if !A::Target::IS_IN_SERVER {
            let mut can = self.authorize(actor, key).await?;
            if let Some(reader) = self.reader {
                can.decided_on(reader);
            }
            return Ok(can);
        }
        let mut reader = self.take_reader().await?;
        reader.begin_snapshot().await?;
        let mut lookup = Lookup {
            structures: self.hub.structures(),
            sees: Sees::Snapshot,
            now: self.hub.now(),
            conn: &mut reader,
        };
        let mut can = Can::check(&mut lookup, actor, key).await?;
        can.decided_on(reader);
        Ok(can)
    }
}
