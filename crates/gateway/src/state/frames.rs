//! The structure of one server as it was last read, and as those of each class see it.
//!
//! It is read once for all, and encoded once for all who see the same. Knows no connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::access::structure::{self, Class};
use battala_hub::servers::Whole;

use super::structure::{Structure, divide, size_of};
use crate::readings::Readings;
use crate::untaken::Untaken;

/// Bytes of what is encoded of one server. Beyond it all is let go but the last: so many see something
/// else each that hardly anybody will ask for the same.
const ENCODED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The last reading of one server, unless it had to give way to those of others.
#[derive(Default)]
pub(crate) struct StateFrame {
    last: Mutex<Option<Arc<Read>>>,
    pub(super) readings: Readings,
}

/// A structure as it was read.
pub(crate) struct Read {
    whole: Whole,
    own_bytes: usize,
    encoded: Mutex<Encoded>,
}

#[derive(Default)]
struct Encoded {
    by_class: HashMap<Class, Arc<Structure>>,
    bytes: usize,
    /// It is not kept any more: whoever takes of it from now on has it counted at once.
    is_let_go: bool,
}

/// By what somebody sees a structure.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) rights: Arc<structure::Structure>,
    pub(crate) class: Class,
}

impl StateFrame {
    /// The last reading, if it is of this `structure_rev` and version of the rights, or later ones.
    pub(super) fn at_least(&self, (rev, rights_version): (i64, i64)) -> Option<Arc<Read>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new =
            |read: &&Arc<Read>| read.rev() >= rev && read.rights_version() >= rights_version;
        last.as_ref().filter(is_new).cloned()
    }

    /// How many channels the server had when it was last read.
    pub(super) fn channels(&self) -> Option<usize> {
        let last = self.at_least((0, 0));
        last.map(|read| read.whole.channels.len())
    }

    /// What is kept takes so much.
    pub(super) fn size_bytes(&self) -> usize {
        self.at_least((0, 0)).map_or(0, |read| read.size_bytes())
    }

    /// Keeps what is newer. Of what it replaces nothing is here any more but for slow readers, who
    /// have it counted.
    pub(super) fn keep(&self, read: &Arc<Read>, untaken: &Untaken) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|it| it.at() >= read.at()) {
            return;
        }
        let replaced = last.replace(Arc::clone(read));
        drop(last);
        replaced.inspect(|replaced| replaced.let_go(untaken));
    }

    /// Keeps nothing for who comes next, who has it read anew.
    pub(super) fn let_go(&self, untaken: &Untaken) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = last.take();
        drop(last);
        replaced.inspect(|replaced| replaced.let_go(untaken));
    }
}

impl Read {
    pub(super) fn new(whole: Whole) -> Self {
        let own_bytes = whole.channels.iter().map(size_of).sum();
        Self {
            whole,
            own_bytes,
            encoded: Mutex::default(),
        }
    }

    pub(super) fn rev(&self) -> i64 {
        self.whole.structure_rev
    }

    pub(super) fn epoch(&self) -> i64 {
        self.whole.server.epoch
    }

    /// The `structure_rev` that it is of, and the version of the rights.
    pub(super) fn at(&self) -> (i64, i64) {
        (self.rev(), self.rights_version())
    }

    pub(super) fn rights_version(&self) -> i64 {
        self.whole.rights_version
    }

    /// As those of a class see it, by the rights of the version that this is of.
    pub(super) fn seen_by(&self, view: &View, untaken: &Untaken) -> Option<Arc<Structure>> {
        let known = self.encoded().by_class.get(&view.class).cloned();
        known.or_else(|| {
            // Nobody waits for what others encode.
            let structure = Arc::new(divide(self.whole.seen_by(&view.rights, &view.class))?);
            Some(self.share(&view.class, structure, untaken))
        })
    }

    /// Keeps what was encoded for a class, unless somebody else has done so meanwhile: all take the same.
    fn share(&self, class: &Class, structure: Arc<Structure>, untaken: &Untaken) -> Arc<Structure> {
        let mut encoded = self.encoded();
        if let Some(known) = encoded.by_class.get(class) {
            return Arc::clone(known);
        }
        if encoded.is_let_go {
            drop(encoded);
            structure.replaced(untaken);
            return structure;
        }
        let bytes = structure.size_bytes();
        let mut gone = HashMap::new();
        if encoded.bytes + bytes > ENCODED_BYTES_MAX {
            gone = std::mem::take(&mut encoded.by_class);
            encoded.bytes = 0;
        }
        encoded.bytes += bytes;
        let kept = Arc::clone(&structure);
        encoded.by_class.insert(Arc::clone(class), kept);
        drop(encoded);
        for it in gone.values() {
            it.replaced(untaken);
        }
        structure
    }

    /// What it and what is encoded of it take.
    pub(super) fn size_bytes(&self) -> usize {
        self.own_bytes + self.encoded().bytes
    }

    /// It is not kept any more but by slow readers.
    fn let_go(&self, untaken: &Untaken) {
        let let_go = Encoded {
            is_let_go: true,
            ..Encoded::default()
        };
        let encoded = std::mem::replace(&mut *self.encoded(), let_go);
        encoded
            .by_class
            .values()
            .for_each(|it| it.replaced(untaken));
    }

    fn encoded(&self) -> MutexGuard<'_, Encoded> {
        self.encoded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
