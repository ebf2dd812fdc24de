//! What waits in a queue, by who bounds it. Knows no queue.

/// Who bounds a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It comes when it comes: what piles up beyond the bound ends the connection.
    Live,
    /// Its sender waits for the peer. It takes none of the room of live frames, and they none of
    /// its own, so that what is large and slow never cuts who reads.
    Paced,
    /// It may get lost: it is dropped before it piles up, and takes none of the room of the others.
    Hint,
}

/// Bytes by kind, and the number of hints.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sizes {
    live: usize,
    paced: usize,
    hint: usize,
    hints: usize,
}

impl Sizes {
    pub(crate) fn add(&mut self, kind: Kind, bytes: usize) {
        match kind {
            Kind::Live => self.live += bytes,
            Kind::Paced => self.paced += bytes,
            Kind::Hint => {
                self.hint += bytes;
                self.hints += 1;
            }
        }
    }

    pub(crate) const fn of(self, kind: Kind) -> usize {
        match kind {
            Kind::Live => self.live,
            Kind::Paced => self.paced,
            Kind::Hint => self.hint,
        }
    }

    pub(crate) const fn total(self) -> usize {
        self.live + self.paced + self.hint
    }

    /// How many of the frames are hints.
    pub(crate) const fn hints(self) -> usize {
        self.hints
    }
}
