//! Notices that the past came back: a backup that was restored, a standby that had not everything.
//!
//! Clients keep what they saw, and believe that the hub only goes on. So the place at which its
//! history stands is kept twice, in the database and beside the key, and moves on while the hub
//! runs. The copy beside the key is written after the database's: at start the database is never
//! behind it, unless it is an older one. Then the generation is raised, and clients begin anew.
//! A standby may lack less than a step. So where the server has a log, its place in there is kept,
//! too, and a standby that took over counts as an earlier place whether or not it lacks anything.
//!
//! This module does not know where the copy is kept.

use std::sync::Arc;

use battala_store::tables::hub as hub_table;
use battala_store::tables::mark::{self, MarkRow};
use battala_store::{Place, Tx};
use tokio::sync::Mutex;

use crate::Hub;
use crate::error::{Error, Result};

const WENT_BACK: &str = "the database went back to an earlier state under the running hub";

/// What is remembered outside of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which history it is.
    pub mark: String,
    /// How far it had come.
    pub beat: i64,
    /// The hub's generation then.
    pub generation: i64,
    /// Where the log of the database's server stood, where there is one.
    pub place: Option<Place>,
    /// When the hub was made, which tells it from others; not known to earlier versions.
    pub made_at: Option<i64>,
}

/// The place of the history that this process goes on with.
#[derive(Clone)]
pub struct History {
    hub: Hub,
    known: Arc<Mutex<Mark>>,
}

impl History {
    /// Compares the database with what is remembered, and raises the generation when it is not the
    /// same history or an earlier place in it. What is returned is to be remembered from now on.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn resume(hub: &Hub, remembered: Option<Mark>) -> Result<(Self, Mark)> {
        let fresh = hub.random().token();
        let now_s = hub.now() / 1000;
        let place = hub.db().place();
        let write = hub.db().write(move |tx| {
            Box::pin(async move { resume(tx, remembered, place, fresh, now_s).await })
        });
        let Resumed { mark, row, is_past } = hub.note_storage(write.await)?;
        if is_past {
            tracing::warn!(
                generation = mark.generation,
                "the database is not where this data directory left it: a backup, it seems; \
                 clients forget what they knew"
            );
        }
        hub.settings().replace(row);
        let history = Self {
            hub: hub.clone(),
            known: Arc::new(Mutex::new(mark.clone())),
        };
        Ok((history, mark))
    }

    /// Moves on by a step; what is to be remembered then.
    ///
    /// # Errors
    /// What the database refuses. A database that went back meanwhile is told by [`Hub::fatal`]:
    /// the next start compares.
    pub async fn advance(&self) -> Result<Mark> {
        let mut known = self.known.lock().await;
        let (history, at_least) = (known.mark.clone(), known.beat);
        let write = self.hub.db().write(move |tx| {
            Box::pin(async move { Ok::<_, Error>(mark::advance(tx, &history, at_least).await?) })
        });
        if let Some(beat) = self.hub.note_storage(write.await)? {
            known.beat = beat;
            known.place = self.hub.db().place();
            Ok(known.clone())
        } else {
            self.hub.db().give_up(WENT_BACK);
            Err(Error::Unavailable)
        }
    }
}

impl History {
    /// What is to be remembered when the hub ends because its database went on from an earlier
    /// place; `None` when it ends for another reason. The place of the last step may be one that
    /// the database has passed again by the next start, and the last one that was seen is not.
    pub async fn left(&self) -> Option<Mark> {
        if !self.hub.db().went_back() {
            return None;
        }
        let mut mark = self.known.lock().await.clone();
        mark.place = self.hub.db().place();
        Some(mark)
    }
}

/// Ends this process because a number that only grows was seen to be lower than before: the database
/// lost time under it. The mark may be where it was then, when a backup was made and put back between
/// two steps; so the database first gets another one, which the next start finds whatever happens to
/// this process.
///
/// # Errors
/// What the database refuses; the process goes on then, and its next look finds the same.
pub async fn went_back(hub: &Hub) -> Result<()> {
    let fresh = hub.random().token();
    let ended = hub
        .db()
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(mark::end(tx, &fresh).await?) }));
    hub.note_storage(ended.await)?;
    hub.db().give_up(WENT_BACK);
    Ok(())
}

struct Resumed {
    mark: Mark,
    row: hub_table::HubRow,
    is_past: bool,
}

async fn resume(
    tx: &mut Tx,
    remembered: Option<Mark>,
    place: Option<Place>,
    fresh: String,
    now_s: i64,
) -> Result<Resumed> {
    let made_at = hub_table::made_at(tx).await?;
    let stored = mark::get(tx).await?;
    let is_past = !follows(stored.as_ref(), remembered.as_ref())
        || !is_ahead(place, remembered.as_ref().and_then(|mark| mark.place));
    if is_past {
        // Above every generation that clients may have seen: those of the data directory's history,
        // and those of earlier restores into a directory that is gone.
        let seen = remembered.map_or(0, |mark| mark.generation);
        hub_table::raise_generation(tx, (seen + 1).max(now_s)).await?;
    }
    let (mark, beat) = match stored {
        Some(row) if !is_past => (row.mark, row.beat + 1),
        Some(row) => (fresh, row.beat + 1),
        None => (fresh, 1),
    };
    mark::set(tx, &mark, beat).await?;
    let row = hub_table::get(tx)
        .await?
        .ok_or_else(|| Error::internal("the hub's row is missing"))?;
    let mark = Mark {
        mark,
        beat,
        generation: row.generation,
        place,
        made_at,
    };
    Ok(Resumed { mark, row, is_past })
}

/// Whether the database goes on from what is remembered. Neither knows anything at the first start,
/// nor at the first start with a version that looks.
fn follows(stored: Option<&MarkRow>, remembered: Option<&Mark>) -> bool {
    match (stored, remembered) {
        (None, None) => true,
        (Some(stored), Some(remembered)) => {
            stored.mark == remembered.mark && stored.beat >= remembered.beat
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Whether the server goes on from where it was. One that says nothing says nothing against it.
fn is_ahead(now: Option<Place>, remembered: Option<Place>) -> bool {
    now.zip(remembered)
        .is_none_or(|(now, remembered)| now.follows(&remembered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(mark: &str, beat: i64) -> MarkRow {
        MarkRow {
            mark: mark.to_owned(),
            beat,
        }
    }

    fn remembered(mark: &str, beat: i64) -> Mark {
        Mark {
            mark: mark.to_owned(),
            beat,
            generation: 1,
            place: None,
            made_at: None,
        }
    }

    #[test]
    fn a_database_goes_on_from_what_is_remembered_or_is_another() {
        let known = remembered("a", 5);
        assert!(follows(None, None));
        assert!(follows(Some(&stored("a", 5)), Some(&known)));
        // A kill between the two writes leaves the database one ahead.
        assert!(follows(Some(&stored("a", 6)), Some(&known)));
        assert!(!follows(Some(&stored("a", 4)), Some(&known)));
        assert!(!follows(Some(&stored("b", 9)), Some(&known)));
        assert!(!follows(Some(&stored("a", 5)), None));
        assert!(!follows(None, Some(&known)));
    }

    #[test]
    fn a_server_goes_on_from_where_it_was_or_says_nothing() {
        let at = |timeline, position| Some(Place { timeline, position });
        assert!(is_ahead(None, None));
        assert!(is_ahead(None, at(1, 5)));
        assert!(is_ahead(at(1, 5), None));
        assert!(is_ahead(at(1, 6), at(1, 5)));
        assert!(!is_ahead(at(1, 4), at(1, 5)));
        assert!(!is_ahead(at(2, 6), at(1, 5)));
    }
}
