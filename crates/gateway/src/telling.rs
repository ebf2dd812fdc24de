//! What a connection is still to be told of its servers, one after the other: however often something
//! may have been missed, each server is due once. What cannot be read is owed until it can.
//!
//! Knows no task and not how it is told.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use battala_proto::id::ServerId;

/// What a connection is told of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Reads,
    /// With the reading positions in it.
    Structure,
}

/// What is due.
#[derive(Default)]
pub(crate) struct Telling(Mutex<State>);

#[derive(Default)]
struct State {
    is_running: bool,
    due: BTreeMap<ServerId, What>,
    is_owing: bool,
    /// What could not be read, and becomes due again later.
    owed: BTreeMap<ServerId, What>,
}

impl Telling {
    /// Something is due. `true`: nobody tells it yet, so the caller has to, until there is no
    /// [`Telling::next`].
    pub(crate) fn ask(&self, servers: Vec<ServerId>, what: What) -> bool {
        let mut state = self.state();
        for server in servers {
            add(&mut state.due, server, what);
        }
        let has_to_run = !state.is_running && !state.due.is_empty();
        state.is_running |= has_to_run;
        has_to_run
    }

    /// What is to be told now. What is asked for from here on is told after it, even of the same
    /// server.
    pub(crate) fn next(&self) -> Option<(ServerId, What)> {
        let mut state = self.state();
        let next = state.due.pop_first();
        state.is_running = next.is_some();
        next
    }

    /// Something is owed. `true`: nobody sees to it yet, so the caller has to, until there is nothing
    /// in [`Telling::take_owed`].
    pub(crate) fn owe(&self, server: ServerId, what: What) -> bool {
        let mut state = self.state();
        add(&mut state.owed, server, what);
        !std::mem::replace(&mut state.is_owing, true)
    }

    /// What is owed of a server is told now.
    pub(crate) fn settle(&self, server: ServerId) {
        self.state().owed.remove(&server);
    }

    pub(crate) fn is_owed(&self, server: ServerId) -> bool {
        self.state().owed.contains_key(&server)
    }

    /// All that is owed now. What is owed from here on is taken after it.
    pub(crate) fn take_owed(&self) -> BTreeMap<ServerId, What> {
        let mut state = self.state();
        let owed = std::mem::take(&mut state.owed);
        state.is_owing = !owed.is_empty();
        owed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The structure has the reading positions in it.
fn add(to: &mut BTreeMap<ServerId, What>, server: ServerId, what: What) {
    let known = to.entry(server).or_insert(what);
    *known = what.max(*known);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: i64) -> ServerId {
        ServerId::from_raw(id)
    }

    #[test]
    fn however_often_it_is_asked_for_each_server_is_told_once_and_by_one() {
        let telling = Telling::default();
        assert!(!telling.ask(Vec::new(), What::Reads), "there is nothing");
        assert!(telling.ask(vec![server(1), server(2)], What::Reads));
        for _ in 0..100 {
            assert!(!telling.ask(vec![server(2), server(1)], What::Reads));
        }
        assert!(!telling.ask(vec![server(2)], What::Structure));
        assert!(!telling.ask(vec![server(2)], What::Reads));
        assert_eq!(telling.next(), Some((server(1), What::Reads)));
        assert!(!telling.ask(vec![server(1)], What::Reads), "once more");
        assert_eq!(telling.next(), Some((server(1), What::Reads)));
        assert_eq!(telling.next(), Some((server(2), What::Structure)));
        assert_eq!(telling.next(), None);
        assert!(telling.ask(vec![server(1)], What::Reads));
    }
    #[test]
    fn what_is_owed_is_seen_to_by_one_until_nothing_is() {
        let telling = Telling::default();
        assert!(telling.owe(server(1), What::Structure));
        assert!(!telling.owe(server(1), What::Reads));
        assert!(!telling.owe(server(2), What::Reads));
        let owed = [(server(1), What::Structure), (server(2), What::Reads)];
        assert_eq!(telling.take_owed(), BTreeMap::from(owed));
        assert!(!telling.owe(server(2), What::Reads), "once more");
        assert_eq!(telling.take_owed().len(), 1);
        assert!(telling.take_owed().is_empty());
        assert!(telling.owe(server(1), What::Reads));
    }

    #[test]
    fn what_is_owed_is_not_told_once_more_after_it_was_told_for_another_reason() {
        let telling = Telling::default();
        assert!(telling.owe(server(1), What::Structure));
        assert!(!telling.owe(server(2), What::Structure));
        telling.settle(server(1));
        assert!(!telling.is_owed(server(1)) && telling.is_owed(server(2)));
        telling.settle(server(2));
        assert!(telling.take_owed().is_empty());
        assert!(telling.owe(server(2), What::Reads), "nobody sees to it");
    }
}
