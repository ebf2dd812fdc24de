//! Who sees which channel of a server: now, and as of each epoch before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use battala_hub::access::structure::{
    self, Membership, Overwrite, OverwriteFor, Parts, RoleRights, Structure,
};
use battala_hub::bus::Counters;
use battala_proto::Permissions;
use battala_proto::id::{ChannelId, RoleId, ServerId, UserId};

use super::chance::Chance;

/// Those who have it see what is hidden from everyone else.
const INSIDERS: RoleId = RoleId::from_raw(500);

type Members = BTreeMap<UserId, Membership>;

/// Whom a channel is hidden from.
#[derive(Clone, Copy)]
enum Hidden {
    FromNobody,
    FromOutsiders,
    From(UserId),
    /// It is seen by everyone, and nobody writes there but by their own right.
    FromWriters,
}

pub(super) struct Sight {
    server_id: ServerId,
    channels: BTreeMap<ChannelId, Hidden>,
    /// What everyone may do, and what insiders may beside.
    roles: [Permissions; 2],
    pub(super) structure: Arc<Structure>,
    /// Who saw what from an epoch on.
    seen: Vec<(i64, BTreeSet<(UserId, ChannelId)>)>,
}

impl Sight {
    pub(super) fn new(server_id: ServerId) -> Self {
        let (channels, roles) = (
            BTreeMap::new(),
            [Permissions::VIEW_CHANNEL, Permissions::NONE],
        );
        let structure = build(server_id, (&channels, roles), 0);
        Self {
            server_id,
            channels,
            roles,
            structure,
            seen: Vec::new(),
        }
    }

    /// The roles grant something else, of what goes without seeing.
    pub(super) fn define_roles(&mut self, chance: &mut Chance) {
        let further = [
            Permissions::NONE,
            Permissions::SEND_MESSAGES,
            Permissions::MANAGE_MESSAGES,
            Permissions::CREATE_INVITE | Permissions::SEND_MESSAGES,
        ];
        let mut draw = || chance.pick(&further).unwrap_or_default();
        self.roles = [Permissions::VIEW_CHANNEL | draw(), draw()];
    }

    /// A channel is made that everyone sees.
    pub(super) fn open(&mut self, channel: ChannelId) {
        self.channels.insert(channel, Hidden::FromNobody);
    }

    /// A channel is made, or hidden from others than before.
    pub(super) fn place(&mut self, channel: ChannelId, users: &[UserId], chance: &mut Chance) {
        let from = chance.pick(users).map_or(Hidden::FromNobody, Hidden::From);
        let hidden = match chance.below(6) {
            0 => Hidden::FromOutsiders,
            1 => from,
            2 => Hidden::FromWriters,
            _ => Hidden::FromNobody,
        };
        self.channels.insert(channel, hidden);
    }

    pub(super) fn remove(&mut self, channel: ChannelId) {
        self.channels.remove(&channel);
    }

    /// A change is whole.
    pub(super) fn come_to(&mut self, counters: Counters, members: &Members) {
        if self.structure.rights_version() != counters.rights_version {
            let parts = (&self.channels, self.roles);
            self.structure = build(self.server_id, parts, counters.rights_version);
        }
        let mut seen = BTreeSet::new();
        for (user, membership) in members {
            let channels = self.channels.keys().copied();
            let visible = channels.filter(|id| self.sees(membership, *id));
            seen.extend(visible.map(|id| (*user, id)));
        }
        self.seen.push((counters.epoch, seen));
    }

    pub(super) fn sees(&self, membership: &Membership, channel: ChannelId) -> bool {
        let bits = structure::rights(&self.structure, membership, channel, 0);
        bits.contains(Permissions::VIEW_CHANNEL)
    }

    /// Whether an account saw a channel when the epoch had come, or has since: then it may read of what
    /// was before.
    pub(super) fn may_see(&self, user: UserId, channel: ChannelId, epoch: i64) -> bool {
        let later = self.seen.partition_point(|(at, _)| *at <= epoch);
        let from = later.saturating_sub(1);
        let mut since = self.seen[from..].iter();
        since.any(|(_, seen)| seen.contains(&(user, channel)))
    }
}

/// As it begins, or with the other of the two sets of roles that there are.
pub(super) fn membership(user_id: UserId, rev: i64, is_insider: bool) -> Membership {
    let roles = if is_insider { vec![INSIDERS] } else { vec![] };
    Membership {
        user_id,
        rev,
        roles: roles.into(),
        timeout_until: None,
    }
}

fn build(
    server_id: ServerId,
    (channels, [of_everyone, of_insiders]): (&BTreeMap<ChannelId, Hidden>, [Permissions; 2]),
    rights_version: i64,
) -> Arc<Structure> {
    let everyone = server_id.everyone_role();
    let role = |id, permissions| RoleRights {
        id,
        permissions,
        position: 0,
    };
    let overwrite = |channel_id, target, allow, deny| Overwrite {
        channel_id,
        target,
        allow,
        deny,
    };
    let (view, none) = (Permissions::VIEW_CHANNEL, Permissions::NONE);
    let mut overwrites = Vec::new();
    for (channel, hidden) in channels {
        match hidden {
            Hidden::FromNobody => {}
            Hidden::FromOutsiders => {
                overwrites.push(overwrite(
                    *channel,
                    OverwriteFor::Role(everyone),
                    none,
                    view,
                ));
                overwrites.push(overwrite(
                    *channel,
                    OverwriteFor::Role(INSIDERS),
                    view,
                    none,
                ));
            }
            Hidden::FromWriters => {
                let send = Permissions::SEND_MESSAGES;
                overwrites.push(overwrite(
                    *channel,
                    OverwriteFor::Role(everyone),
                    none,
                    send,
                ));
            }
            Hidden::From(user) => {
                overwrites.push(overwrite(*channel, OverwriteFor::Member(*user), none, view));
            }
        }
    }
    Arc::new(Structure::from(Parts {
        server_id,
        owner_id: UserId::from_raw(0),
        rights_version,
        roles: vec![role(everyone, of_everyone), role(INSIDERS, of_insiders)],
        channels: channels.keys().map(|id| (*id, None)).collect(),
        overwrites,
    }))
}
