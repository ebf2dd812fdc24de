//! The structures of servers that this process has read, each as of one version of its rights.
//!
//! A structure is found by the version that its reader has just read, so that nothing has to be told
//! when it moves: what is older than that is read anew, once for all who ask at the same time. A commit
//! of this process brings the one that it leads to. Kept is only what was committed. A transaction that
//! sees what is not committed yet reads for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_proto::Permissions;
use battala_proto::id::{RoleId, ServerId};
use battala_store::Conn;
use battala_store::tables::structure::{self as table, StructureRows};

use super::structure::{Overwrite, OverwriteFor, Parts, RoleRights, Structure};
use crate::error::{Error, Result};

/// Servers whose structure is kept.
const SERVERS_MAX: usize = 4096;
/// Bytes of all of them together.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// Servers, or memberships, that one statement reads.
pub(crate) const READ_AT_ONCE: usize = 8;

/// What a connection sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sees {
    /// What is committed at the moment of each statement.
    Committed,
    /// What was committed at one moment, which may be over.
    Snapshot,
    /// Perhaps also what may still be rolled back.
    Uncommitted,
}

/// See the head of the module.
pub(crate) struct Structures {
    slots: Mutex<Slots>,
    bounds: Bounds,
}

#[derive(Clone, Copy)]
struct Bounds {
    servers: usize,
    bytes: usize,
}

#[derive(Default)]
struct Slots {
    by_server: HashMap<ServerId, Slot>,
    /// What all of them take together.
    bytes: usize,
    /// Counts the looks, so that what was looked at longest ago is known.
    looks: u64,
}

#[derive(Default)]
struct Slot {
    structure: Option<Arc<Structure>>,
    /// What it took at the last look.
    bytes: usize,
    /// The newest version that is known to be committed.
    newest: i64,
    last_look: u64,
    /// Held by whoever reads.
    reading: Arc<tokio::sync::Mutex<()>>,
}

impl Default for Structures {
    fn default() -> Self {
        Self::new(Bounds {
            servers: SERVERS_MAX,
            bytes: BYTES_MAX,
        })
    }
}

impl Structures {
    fn new(bounds: Bounds) -> Self {
        Self {
            slots: Mutex::default(),
            bounds,
        }
    }

    /// The structure of a server whose rights were of this version a moment ago, or a newer one;
    /// `None` when the server is deleted meanwhile. For a snapshot it is of exactly this version:
    /// what else is read there is of the same moment, and a membership of before a change must not
    /// meet the roles and overwrites of after it.
    pub(crate) async fn at(
        &self,
        conn: &mut Conn,
        (server, version): (ServerId, i64),
        sees: Sees,
    ) -> Result<Option<Arc<Structure>>> {
        if let Some(known) = self.known(server, version, sees) {
            return Ok(Some(known));
        }
        if sees == Sees::Uncommitted {
            // It may hold what others wait for, and so waits for nobody.
            return read(conn, server).await;
        }
        let reading = self.reading(server);
        let _turn = reading.lock().await;
        if let Some(known) = self.known(server, version, sees) {
            return Ok(Some(known));
        }
        let found = read(conn, server).await?;
        match &found {
            Some(structure) => self.keep(structure),
            None => self.forget(server),
        }
        Ok(found)
    }

    /// The same for many servers and a snapshot: those that are not kept are read some at a time, by
    /// everybody for themselves, who has to have one of the few readers for it. One that is deleted is
    /// left out, and so is one that cannot be read: it keeps nobody from the others.
    pub(crate) async fn at_all(
        &self,
        conn: &mut Conn,
        asked: HashMap<ServerId, i64>,
    ) -> Result<HashMap<ServerId, Arc<Structure>>> {
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for (server, version) in asked {
            match self.known(server, version, Sees::Snapshot) {
                Some(known) => drop(found.insert(server, known)),
                None => missing.push(server),
            }
        }
        for servers in missing.chunks(READ_AT_ONCE) {
            for structure in read_some(conn, servers).await? {
                self.keep(&structure);
                found.insert(structure.server_id(), structure);
            }
        }
        Ok(found)
    }

    /// The rights of a server have come to this version, by a commit that brings no structure. Most have
    /// not moved it: every join and every new name comes here, too.
    pub(crate) fn moved(&self, server: ServerId, version: i64) {
        if let Some(slot) = self.slots().by_server.get_mut(&server) {
            slot.newest = slot.newest.max(version);
        }
    }

    /// Whether rights of this version are the newest as far as this process knows.
    pub(crate) fn is_newest(&self, server: ServerId, version: i64) -> bool {
        let slots = self.slots();
        let slot = slots.by_server.get(&server);
        slot.is_some_and(|slot| slot.newest <= version)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, server: ServerId, version: i64, sees: Sees) -> Option<Arc<Structure>> {
        let mut slots = self.slots();
        slots.looks += 1;
        let Slots {
            by_server,
            bytes,
            looks,
        } = &mut *slots;
        let slot = by_server.get_mut(&server)?;
        slot.last_look = *looks;
        let structure = slot.structure.as_ref()?;
        // Whoever looked before may have computed something that stays in it.
        *bytes -= slot.bytes;
        slot.bytes = structure.bytes();
        *bytes += slot.bytes;
        let known = structure.rights_version();
        let fits = known == version || (known > version && sees != Sees::Snapshot);
        let found = fits.then(|| Arc::clone(structure));
        slots.shrink_to(self.bounds);
        found
    }

    fn reading(&self, server: ServerId) -> Arc<tokio::sync::Mutex<()>> {
        let mut slots = self.slots();
        let last_look = slots.looks;
        let slot = slots.by_server.entry(server).or_insert_with(|| Slot {
            last_look,
            ..Slot::default()
        });
        Arc::clone(&slot.reading)
    }

    /// Keeps what is committed, unless what is kept is newer.
    pub(crate) fn keep(&self, structure: &Arc<Structure>) {
        let mut slots = self.slots();
        slots.looks += 1;
        let last_look = slots.looks;
        let Slots {
            by_server, bytes, ..
        } = &mut *slots;
        let slot = by_server.entry(structure.server_id()).or_default();
        let version = structure.rights_version();
        let kept = slot.structure.as_ref();
        if kept.is_none_or(|kept| kept.rights_version() < version) {
            slot.structure = Some(Arc::clone(structure));
            slot.newest = slot.newest.max(version);
            *bytes -= slot.bytes;
            slot.bytes = structure.bytes();
            *bytes += slot.bytes;
        }
        slot.last_look = last_look;
        slots.shrink_to(self.bounds);
    }

    fn forget(&self, server: ServerId) {
        self.slots().remove(server);
    }
}

impl Slots {
    fn remove(&mut self, server: ServerId) {
        if let Some(gone) = self.by_server.remove(&server) {
            self.bytes -= gone.bytes;
        }
    }

    /// Forgets what was looked at longest ago. The one of this look stays, whatever its size.
    fn shrink_to(&mut self, bounds: Bounds) {
        while self.by_server.len() > 1
            && (self.by_server.len() > bounds.servers || self.bytes > bounds.bytes)
        {
            let oldest = self.by_server.iter().min_by_key(|(_, slot)| slot.last_look);
            let Some(oldest) = oldest.map(|(server, _)| *server) else {
                return;
            };
            self.remove(oldest);
        }
    }
}

/// What decides rights in these servers, as the connection sees it, without those that are deleted. A
/// bounded number of servers at a time is the caller's duty.
pub(crate) async fn read_all(conn: &mut Conn, servers: &[ServerId]) -> Result<Vec<Arc<Structure>>> {
    let found = table::among(conn, servers).await?.into_iter();
    let structures = found.map(|(server, rows)| Structure::from(parts(server, rows)));
    Ok(structures.map(Arc::new).collect())
}

/// That of one server; `None` when it is deleted.
async fn read(conn: &mut Conn, server: ServerId) -> Result<Option<Arc<Structure>>> {
    let found = table::get(conn, server).await?;
    Ok(found.map(|rows| Arc::new(Structure::from(parts(server, rows)))))
}

/// Those of these servers that are there and can be read.
async fn read_some(conn: &mut Conn, servers: &[ServerId]) -> Result<Vec<Arc<Structure>>> {
    match read_all(conn, servers).await {
        // Of which server it is, only a look at each of them tells.
        Err(Error::Internal(_)) => {}
        read => return read,
    }
    let mut found = Vec::new();
    for server in servers {
        match read(conn, *server).await {
            Ok(structure) => found.extend(structure),
            Err(error @ Error::Internal(_)) => {
                error.log_put_off("a server is passed over, whose rights cannot be read");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn parts(server_id: ServerId, rows: StructureRows) -> Parts {
    // A damaged role is in no list that its owner could look at: what it takes and how high it stands counts,
    // and it grants nothing.
    let grants = |role: RoleId, bits: i64| match RoleId::try_from(role.raw()) {
        Ok(_) => Permissions::from_bits_retain(bits),
        Err(_) => Permissions::NONE,
    };
    let roles = rows.roles.into_iter().map(|row| RoleRights {
        id: row.id,
        permissions: grants(row.id, row.permissions),
        position: row.position,
    });
    let overwrites = rows.overwrites.into_iter().filter_map(|row| {
        let allow = Permissions::from_bits_retain(row.allow);
        let (target, allow) = match (row.role_id, row.user_id) {
            (Some(role), _) => (OverwriteFor::Role(role), grants(role, row.allow)),
            (None, Some(user)) => (OverwriteFor::Member(user), allow),
            (None, None) => return None,
        };
        Some(Overwrite {
            channel_id: row.channel_id,
            target,
            allow,
            deny: Permissions::from_bits_retain(row.deny),
        })
    });
    Parts {
        server_id,
        owner_id: rows.owner_id,
        rights_version: rows.rights_version,
        roles: roles.collect(),
        channels: rows.channels,
        overwrites: overwrites.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::structure::{Membership, class};
    use super::*;
    use battala_proto::id::UserId;

    fn structure(server: i64, rights_version: i64) -> Arc<Structure> {
        Arc::new(Structure::from(Parts {
            server_id: ServerId::from_raw(server),
            owner_id: UserId::from_raw(1),
            rights_version,
            roles: Vec::new(),
            channels: Vec::new(),
            overwrites: Vec::new(),
        }))
    }

    fn version_of(structures: &Structures, server: i64, at_least: i64) -> Option<i64> {
        let known = structures.known(ServerId::from_raw(server), at_least, Sees::Committed);
        known.map(|it| it.rights_version())
    }

    #[test]
    fn what_is_older_than_asked_for_is_not_there_and_never_replaces_what_is_newer() {
        let structures = Structures::default();
        structures.keep(&structure(7, 3));
        assert_eq!(version_of(&structures, 7, 3), Some(3));
        assert_eq!(version_of(&structures, 7, 4), None);
        structures.keep(&structure(7, 5));
        structures.keep(&structure(7, 4));
        assert_eq!(version_of(&structures, 7, 4), Some(5));
        assert_eq!(version_of(&structures, 8, 0), None);
    }

    #[test]
    fn a_snapshot_gets_the_structure_of_its_moment_and_no_newer_one() {
        let (structures, server) = (Structures::default(), ServerId::from_raw(7));
        structures.keep(&structure(7, 5));
        let known = |version| structures.known(server, version, Sees::Snapshot);
        assert!(known(4).is_none(), "it is read in the snapshot");
        assert_eq!(known(5).map(|it| it.rights_version()), Some(5));
        assert!(known(6).is_none());
    }

    #[test]
    fn a_commit_makes_older_rights_known_as_such_and_an_unknown_server_knows_none() {
        let (structures, server) = (Structures::default(), ServerId::from_raw(7));
        assert!(!structures.is_newest(server, 9), "nothing is known");
        structures.keep(&structure(7, 3));
        assert!(structures.is_newest(server, 3));
        structures.moved(server, 4);
        assert!(!structures.is_newest(server, 3) && structures.is_newest(server, 4));
        assert_eq!(version_of(&structures, 7, 4), None, "it is read anew");
    }

    #[test]
    fn what_was_looked_at_longest_ago_goes_when_there_are_too_many_or_they_are_too_large() {
        let two = |bytes| Structures::new(Bounds { servers: 2, bytes });
        let structures = two(BYTES_MAX);
        structures.keep(&structure(1, 1));
        structures.keep(&structure(2, 1));
        assert_eq!(version_of(&structures, 1, 1), Some(1));
        structures.keep(&structure(3, 1));
        let kept = [1, 2, 3].map(|server| version_of(&structures, server, 1).is_some());
        assert_eq!(kept, [true, false, true]);
        let structures = two(structure(1, 1).bytes());
        structures.keep(&structure(1, 1));
        version_of(&structures, 1, 1);
        structures.keep(&structure(2, 1));
        let kept = [1, 2].map(|server| version_of(&structures, server, 1).is_some());
        assert_eq!(kept.iter().filter(|it| **it).count(), 1);
    }

    #[test]
    fn what_grows_after_it_was_kept_lets_go_of_what_was_looked_at_longest_ago() {
        let bytes = 3 * structure(1, 1).bytes();
        let structures = Structures::new(Bounds { servers: 3, bytes });
        for server in 1..=3 {
            structures.keep(&structure(server, 1));
        }
        let first = structures.known(ServerId::from_raw(1), 1, Sees::Committed);
        let first = first.expect("it is there");
        let member = Membership {
            user_id: UserId::from_raw(2),
            rev: 1,
            roles: Arc::default(),
            timeout_until: None,
        };
        class(&first, &member, 0);
        let kept = [1, 2, 3].map(|server| version_of(&structures, server, 1).is_some());
        assert_eq!(kept, [true, false, true]);
        assert!(structures.slots().bytes <= bytes);
    }

    #[test]
    fn what_is_kept_is_counted_as_it_comes_grows_and_goes() {
        let structures = Structures::default();
        let counted = || {
            let slots = structures.slots();
            let kept = slots.by_server.values();
            let kept = kept.filter_map(|slot| slot.structure.as_ref());
            (slots.bytes, kept.map(|it| it.bytes()).sum::<usize>())
        };
        for version in 1..=3 {
            structures.keep(&structure(7, version));
            structures.keep(&structure(8, 4 - version));
        }
        let (running, sum) = counted();
        assert_eq!((running, sum), (sum, 2 * structure(7, 3).bytes()));
        let kept = structures.known(ServerId::from_raw(7), 3, Sees::Committed);
        let kept = kept.expect("it is there");
        let member = Membership {
            user_id: UserId::from_raw(1),
            rev: 1,
            roles: Arc::default(),
            timeout_until: None,
        };
        class(
            &kept,
            &Membership {
                user_id: UserId::from_raw(2),
                ..member.clone()
            },
            0,
        );
        class(&kept, &member, 0);
        version_of(&structures, 7, 3);
        let (running, grown) = counted();
        assert!(running == grown && grown > sum, "{running} {grown} {sum}");
        structures.forget(ServerId::from_raw(7));
        structures.forget(ServerId::from_raw(8));
        assert_eq!(counted(), (0, 0));
    }
}
