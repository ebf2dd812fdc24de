//! Who may do what in a server: its roles, channels, categories and overwrites, and the one function
//! from them and a member to permission bits.
//!
//! Pure: this module does not know where a structure or a member comes from, nor what time it is.

mod class;
mod difference;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use battala_proto::Permissions;
use battala_proto::id::{ChannelId, RoleId, ServerId, UserId};
use battala_store::tables::members::MembershipRow;

use class::Classes;
pub use class::{Class, Rights, class, nothing};
pub use difference::{Difference, difference};

use crate::error::Error;

/// What a member keeps while a timeout lasts: seeing, also what was said before.
const LOOK_ON: Permissions = Permissions::VIEW_CHANNEL.union(Permissions::READ_MESSAGE_HISTORY);

/// A role, as far as it decides rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleRights {
    /// The role.
    pub id: RoleId,
    /// What it grants.
    pub permissions: Permissions,
    /// Its place among the roles; the everyone role has the lowest.
    pub position: i64,
}

/// Who an overwrite is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverwriteFor {
    /// All who have a role.
    Role(RoleId),
    /// One member.
    Member(UserId),
}

/// An overwrite of a channel, or of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overwrite {
    /// The channel or category.
    pub channel_id: ChannelId,
    /// Whom it concerns.
    pub target: OverwriteFor,
    /// What it grants.
    pub allow: Permissions,
    /// What it takes.
    pub deny: Permissions,
}

/// What decides rights in a server, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The server.
    pub server_id: ServerId,
    /// Its owner.
    pub owner_id: UserId,
    /// The version of its rights.
    pub rights_version: i64,
    /// Its roles, that of everyone included.
    pub roles: Vec<RoleRights>,
    /// Its channels and categories, each with the category that it stands in.
    pub channels: Vec<(ChannelId, Option<ChannelId>)>,
    /// The overwrites of those.
    pub overwrites: Vec<Overwrite>,
}

/// A member, as far as it decides rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The account.
    pub user_id: UserId,
    /// The number of the membership: another one after every change of it.
    pub rev: i64,
    /// The roles beside that of everyone, by id.
    pub roles: Arc<[RoleId]>,
    /// Until when the member may only look on.
    pub timeout_until: Option<i64>,
}

impl Membership {
    /// As it begins, at an epoch of its server.
    pub fn begun(user_id: UserId, epoch: i64) -> Self {
        Self {
            user_id,
            rev: epoch,
            roles: Arc::default(),
            timeout_until: None,
        }
    }

    /// As it is stored.
    pub(crate) fn stored(row: MembershipRow) -> Self {
        if row.role_ids.is_damaged {
            let (user, server) = (row.user_id, row.server_id);
            let text = format!("a role of member {user} of server {server} is no id");
            Error::internal(text).log_put_off("a membership is read with a damaged role");
        }
        Self {
            user_id: row.user_id,
            rev: row.rev,
            roles: row.role_ids.ids.into(),
            timeout_until: row.timeout_until,
        }
    }

    /// Whether a timeout lasts.
    pub fn is_timed_out(&self, now: i64) -> bool {
        self.timeout_until.is_some_and(|until| until > now)
    }
}

/// What an overwrite grants and takes.
#[derive(Debug, Clone, Copy, Default)]
struct Change {
    allow: Permissions,
    deny: Permissions,
}

impl Change {
    fn of(overwrite: &Overwrite) -> Self {
        // A channel makes nobody an administrator of the server.
        Self {
            allow: overwrite.allow - Permissions::ADMINISTRATOR,
            deny: overwrite.deny,
        }
    }

    fn apply(self, bits: Permissions) -> Permissions {
        (bits - self.deny) | self.allow
    }

    fn join(&mut self, other: Self) {
        self.allow |= other.allow;
        self.deny |= other.deny;
    }
}

/// A channel or category with its overwrites.
#[derive(Debug)]
struct Place {
    id: ChannelId,
    /// The place of its category.
    parent: Option<usize>,
    everyone: Change,
    /// By the place of the role.
    roles: Box<[(usize, Change)]>,
    /// By account.
    members: Box<[(UserId, Change)]>,
}

impl Place {
    /// Its overwrites: first everyone's, then those of the roles together, then the member's own.
    fn apply(&self, mut bits: Permissions, who: &Who) -> Permissions {
        bits = self.everyone.apply(bits);
        let mut together = Change::default();
        for (role, change) in &self.roles {
            if who.roles.has(*role) {
                together.join(*change);
            }
        }
        bits = together.apply(bits);
        let own = who.user_id.and_then(|id| {
            self.members
                .binary_search_by_key(&id, |(user, _)| *user)
                .ok()
        });
        match own.and_then(|at| self.members.get(at)) {
            Some((_, change)) => change.apply(bits),
            None => bits,
        }
    }
}

/// A set of roles by their places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RoleSet(Box<[u64]>);

impl RoleSet {
    fn has(&self, place: usize) -> bool {
        self.0
            .get(place / 64)
            .is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }
}

/// Whose rights are computed.
struct Who {
    roles: RoleSet,
    /// None where no overwrite is the member's own.
    user_id: Option<UserId>,
    /// What the roles grant together.
    bits: Permissions,
}

/// How high somebody stands in a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// By the highest role.
    Position(i64),
    /// Above everybody.
    Owner,
}

/// What decides rights in a server as of one version of them.
#[derive(Debug)]
pub struct Structure {
    server_id: ServerId,
    owner_id: UserId,
    rights_version: i64,
    /// By id.
    roles: Box<[RoleRights]>,
    /// By id.
    places: Box<[Place]>,
    /// Who has an overwrite of their own, by id.
    marked: Box<[UserId]>,
    classes: Mutex<Classes>,
    /// What all but the classes takes.
    own_bytes: usize,
    /// What the classes take.
    class_bytes: AtomicUsize,
}

impl From<Parts> for Structure {
    /// What concerns a channel or a role that is not there concerns nobody.
    fn from(mut parts: Parts) -> Self {
        parts.roles.sort_unstable_by_key(|role| role.id);
        parts.channels.sort_unstable_by_key(|(id, _)| *id);
        let everyone = parts.server_id.everyone_role();
        let role_at = |id| parts.roles.binary_search_by_key(&id, |role| role.id).ok();
        let channels = &parts.channels;
        let at = |id| channels.binary_search_by_key(&id, |(id, _)| *id).ok();
        let mut overwrites: HashMap<ChannelId, Vec<Overwrite>> = HashMap::new();
        for overwrite in parts.overwrites {
            let of_channel = overwrites.entry(overwrite.channel_id).or_default();
            of_channel.push(overwrite);
        }
        let mut marked = Vec::new();
        let places = channels.iter().map(|(id, parent)| {
            let own = overwrites.remove(id).unwrap_or_default();
            let roles = own.iter().filter_map(|it| match it.target {
                OverwriteFor::Role(id) if id != everyone => Some((role_at(id)?, Change::of(it))),
                _ => None,
            });
            let members = own.iter().filter_map(|it| match it.target {
                OverwriteFor::Member(id) => Some((id, Change::of(it))),
                OverwriteFor::Role(_) => None,
            });
            let of_everyone = own
                .iter()
                .find(|it| it.target == OverwriteFor::Role(everyone));
            let mut members: Vec<_> = members.collect();
            members.sort_unstable_by_key(|(user, _)| *user);
            marked.extend(members.iter().map(|(user, _)| *user));
            Place {
                id: *id,
                parent: parent.and_then(at),
                everyone: of_everyone.map(Change::of).unwrap_or_default(),
                roles: roles.collect(),
                members: members.into(),
            }
        });
        let places = places.collect();
        marked.sort_unstable();
        marked.dedup();
        let mut structure = Self {
            server_id: parts.server_id,
            owner_id: parts.owner_id,
            rights_version: parts.rights_version,
            roles: parts.roles.into(),
            places,
            marked: marked.into(),
            classes: Mutex::default(),
            own_bytes: 0,
            class_bytes: AtomicUsize::new(0),
        };
        structure.own_bytes = structure.measure();
        structure
    }
}

impl Structure {
    /// The server.
    pub fn server_id(&self) -> ServerId {
        self.server_id
    }

    /// Its owner.
    pub fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The version of its rights that this is.
    pub fn rights_version(&self) -> i64 {
        self.rights_version
    }

    /// Its channels and categories, in the order of a [`Class`].
    pub fn channel_ids(&self) -> impl ExactSizeIterator<Item = ChannelId> {
        self.places.iter().map(|place| place.id)
    }

    /// About how much memory it takes now.
    pub fn bytes(&self) -> usize {
        self.own_bytes + self.class_bytes.load(Ordering::Relaxed)
    }

    fn measure(&self) -> usize {
        let of_place = |place: &Place| {
            size_of::<Place>()
                + size_of_val::<[(usize, Change)]>(&place.roles)
                + size_of_val::<[(UserId, Change)]>(&place.members)
        };
        size_of::<Self>()
            + size_of_val::<[RoleRights]>(&self.roles)
            + size_of_val::<[UserId]>(&self.marked)
            + self.places.iter().map(of_place).sum::<usize>()
    }

    /// How high a member stands.
    pub fn rank(&self, member: &Membership) -> Rank {
        if member.user_id == self.owner_id {
            return Rank::Owner;
        }
        let everyone = self.server_id.everyone_role();
        let own = self
            .roles
            .iter()
            .filter(|role| role.id == everyone || member.roles.binary_search(&role.id).is_ok());
        Rank::Position(own.map(|role| role.position).max().unwrap_or(0))
    }

    /// Whether nothing in the server is refused to a member.
    fn has_all(&self, member: &Membership, bits: Permissions) -> bool {
        member.user_id == self.owner_id || bits.contains(Permissions::ADMINISTRATOR)
    }

    fn who(&self, member: &Membership) -> Who {
        let everyone = self.server_id.everyone_role();
        let mut roles = RoleSet(vec![0; self.roles.len().div_ceil(64)].into());
        let mut bits = Permissions::NONE;
        let mut given = member.roles.iter().peekable();
        for (place, role) in self.roles.iter().enumerate() {
            while given.next_if(|id| **id < role.id).is_some() {}
            let is_own = given.peek().is_some_and(|id| **id == role.id);
            if is_own || role.id == everyone {
                bits |= role.permissions;
                roles.insert(place);
            }
        }
        let is_marked = self.marked.binary_search(&member.user_id).is_ok();
        Who {
            roles,
            user_id: is_marked.then_some(member.user_id),
            bits,
        }
    }

    /// What overwrites leave of the roles' bits in a channel.
    fn bits_in(&self, place: &Place, who: &Who) -> Permissions {
        let category = place.parent.and_then(|at| self.places.get(at));
        let bits = category.map_or(who.bits, |category| category.apply(who.bits, who));
        let bits = place.apply(bits, who);
        if bits.contains(Permissions::VIEW_CHANNEL) {
            bits
        } else {
            Permissions::NONE
        }
    }
}

/// What a member may do in a server as a whole: owner and administrator everything; others what their
/// roles grant together, and of that during a timeout only to look on.
pub fn rights_in_server(structure: &Structure, member: &Membership, now: i64) -> Permissions {
    let bits = structure.who(member).bits;
    if structure.has_all(member, bits) {
        return Permissions::all();
    }
    limited(bits, member, now)
}

/// What a member may do in a channel: owner and administrator everything; others what their roles grant
/// together, changed by the overwrites of the category and then by those of the channel (of each:
/// everyone's, the roles' together, the member's own; what is granted wins over what is taken by
/// another role). A timeout leaves nothing but to look on, and who does not see may do nothing.
pub fn rights(
    structure: &Structure,
    member: &Membership,
    channel: ChannelId,
    now: i64,
) -> Permissions {
    let places = &structure.places;
    let at = places.binary_search_by_key(&channel, |place| place.id);
    let Some(place) = at.ok().and_then(|at| places.get(at)) else {
        return Permissions::NONE;
    };
    let who = structure.who(member);
    if structure.has_all(member, who.bits) {
        return Permissions::all();
    }
    limited(structure.bits_in(place, &who), member, now)
}

fn limited(bits: Permissions, member: &Membership, now: i64) -> Permissions {
    if member.is_timed_out(now) {
        bits & LOOK_ON
    } else {
        bits
    }
}
