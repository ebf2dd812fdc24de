//! Who goes from one class to another in one step, together with all who go the same way.

use std::collections::BTreeMap;
use std::sync::Arc;

use battala_hub::access::structure::Class;

use crate::connection::Connection;

/// Connections that went from one class to another. Of two structures classes cannot be compared: where the
/// structure is another, these are all.
pub(in crate::room) struct Moved {
    pub(in crate::room) before: Class,
    pub(in crate::room) after: Class,
    pub(in crate::room) connections: Vec<Arc<Connection>>,
}

/// A connection that goes from one group to another.
pub(super) struct Move {
    pub(super) groups: (u32, u32),
    pub(super) before: Class,
    pub(super) after: Class,
    pub(super) connection: Arc<Connection>,
}

/// Who goes, by the groups between which.
#[derive(Default)]
pub(super) struct Between(BTreeMap<(u32, u32), Moved>);

impl Between {
    pub(super) fn extend(&mut self, moves: impl IntoIterator<Item = Move>) {
        for one in moves {
            let moved = self.0.entry(one.groups).or_insert_with(|| Moved {
                before: one.before,
                after: one.after,
                connections: Vec::new(),
            });
            moved.connections.push(one.connection);
        }
    }

    pub(super) fn connections(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.0.values().flat_map(|moved| &moved.connections)
    }

    /// As groups stand: what is told first depends on no table.
    pub(super) fn in_order(self) -> Vec<Moved> {
        self.0.into_values().collect()
    }
}
