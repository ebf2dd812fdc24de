//! What a member may do in a server and in every channel of it at once, shared by all who may do the
//! same.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use battala_proto::Permissions;
use battala_proto::id::ChannelId;

use super::{Membership, RoleSet, Structure, Who, limited};

/// Bytes of classes that one structure keeps. Beyond it, it forgets them all and begins anew.
const KEPT_BYTES_MAX: usize = 1024 * 1024;

/// What a member may do in a server as a whole, and in every channel.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rights {
    /// In the server as a whole.
    pub here: Permissions,
    /// In the order of [`Structure::channel_ids`]; 0 for one that is not seen.
    pub(super) channels: Box<[Permissions]>,
}

/// The rights of all who may do the same.
pub type Class = Arc<Rights>;

impl Rights {
    /// Whether no channel is hidden.
    pub fn sees_all(&self) -> bool {
        let mut channels = self.channels.iter();
        channels.all(|bits| bits.contains(Permissions::VIEW_CHANNEL))
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val::<[Permissions]>(&self.channels)
    }
}

/// The classes that were computed of a structure.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Of those whose rights their roles decide alone.
    by_roles: HashMap<RoleSet, Class>,
    /// All, so that what is equal is kept once.
    all: HashSet<Class>,
    bytes: usize,
}

impl Classes {
    fn intern(&mut self, rights: Rights) -> Class {
        if let Some(class) = self.all.get(&rights) {
            return Arc::clone(class);
        }
        let bytes = rights.bytes();
        self.make_room(bytes);
        let class = Class::new(rights);
        self.all.insert(Arc::clone(&class));
        self.bytes += bytes;
        class
    }

    fn keep(&mut self, roles: RoleSet, class: &Class) {
        let bytes = size_of::<(RoleSet, Class)>() + size_of_val::<[u64]>(&roles.0);
        self.make_room(bytes);
        self.by_roles.insert(roles, Arc::clone(class));
        self.bytes += bytes;
    }

    fn make_room(&mut self, bytes: usize) {
        if self.bytes + bytes > KEPT_BYTES_MAX {
            *self = Self::default();
        }
    }
}

impl Structure {
    pub(super) fn classes(&self) -> MutexGuard<'_, Classes> {
        self.classes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a channel is of this server.
    pub fn has(&self, channel: ChannelId) -> bool {
        self.place_of(channel).is_some()
    }

    /// Of a class of this structure, the bits in one channel.
    pub fn bits_of(&self, class: &Rights, channel: ChannelId) -> Permissions {
        let at = self.place_of(channel);
        let bits = at.and_then(|at| class.channels.get(at));
        bits.copied().unwrap_or(Permissions::NONE)
    }

    fn place_of(&self, channel: ChannelId) -> Option<usize> {
        let at = self.places.binary_search_by_key(&channel, |place| place.id);
        at.ok()
    }

    /// Whether a class of this structure sees a channel.
    pub fn sees(&self, class: &Rights, channel: ChannelId) -> bool {
        let bits = self.bits_of(class, channel);
        bits.contains(Permissions::VIEW_CHANNEL)
    }

    fn rights_of(&self, member: &Membership, who: &Who, now: i64) -> Rights {
        let places = self.places.iter();
        if self.has_all(member, who.bits) {
            return Rights {
                here: Permissions::all(),
                channels: places.map(|_| Permissions::all()).collect(),
            };
        }
        let bits = places.map(|place| limited(self.bits_in(place, who), member, now));
        Rights {
            here: limited(who.bits, member, now),
            channels: bits.collect(),
        }
    }
}

/// The class of whoever may do nothing, neither in the server nor in a channel, nor sees one.
pub fn nothing(structure: &Structure) -> Class {
    let rights = Rights {
        here: Permissions::NONE,
        channels: vec![Permissions::NONE; structure.places.len()].into(),
    };
    let mut classes = structure.classes();
    let class = classes.intern(rights);
    structure
        .class_bytes
        .store(classes.bytes, Ordering::Relaxed);
    class
}

/// What a member may do in the server and in every channel. It is computed once for all who have the
/// same roles; apart for owners, for who has an overwrite of their own and while a timeout lasts. What
/// comes out equal is the same `Arc`, unless the structure has forgotten it meanwhile.
pub fn class(structure: &Structure, member: &Membership, now: i64) -> Class {
    let who = structure.who(member);
    let is_apart =
        who.user_id.is_some() || member.is_timed_out(now) || member.user_id == structure.owner_id;
    if !is_apart && let Some(class) = structure.classes().by_roles.get(&who.roles) {
        return Arc::clone(class);
    }
    // Nobody waits for what others have computed.
    let rights = structure.rights_of(member, &who, now);
    let mut classes = structure.classes();
    let class = classes.intern(rights);
    if !is_apart {
        classes.keep(who.roles, &class);
    }
    structure
        .class_bytes
        .store(classes.bytes, Ordering::Relaxed);
    class
}
