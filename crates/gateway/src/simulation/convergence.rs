//! What must hold when the faults are over and all is at rest.

use std::collections::{BTreeMap, BTreeSet};

use battala_proto::id::{ChannelId, ServerId};

use super::client::Client;
use super::stored::Server;
use super::world::World;
use crate::host::Host as _;

impl World {
    /// Everyone knows what is stored, and is where it belongs.
    pub(super) fn check_that_all_converged(&self) {
        for client in &self.clients {
            assert!(client.is_accepted);
            let session = client.connection.session_id;
            let is_live = self.stored.sessions.contains_key(&session);
            assert!(is_live, "its session is over");
            for (id, server) in &self.stored.servers {
                self.check_server(client, *id, server);
            }
        }
    }

    fn check_server(&self, client: &Client, id: ServerId, server: &Server) {
        let connection = &client.connection;
        let is_member = server.members.contains_key(&connection.user_id);
        assert_eq!(connection.is_in(id), is_member, "in {id:?}");
        if !is_member {
            return;
        }
        let mut rooms = self.rooms.iter();
        let room = rooms.find(|owner| owner.is_of(id)).expect("a room");
        assert!(room.has_converged(connection, &server.mark()));
        // Changes of channels that it does not see move the number, too.
        let known = client.structure_rev(id);
        assert!((server.shared_rev..=server.counters.structure_rev).contains(&known));
        let channels = server.channels.iter();
        let seen = channels.filter(|(id, _)| server.sees(connection.user_id, **id));
        let seen: BTreeMap<_, _> = seen.collect();
        let ids: BTreeSet<ChannelId> = seen.keys().map(|id| **id).collect();
        assert_eq!(client.visible(id), ids, "channels of {id:?}");
        let rights = server.rights_of(connection.user_id, self.host.wall());
        assert_eq!(client.rights(id), rights, "rights in {id:?}");
        for (channel, last_seq) in seen {
            assert_eq!(client.known.get(channel), Some(last_seq), "{channel:?}");
        }
    }
}
