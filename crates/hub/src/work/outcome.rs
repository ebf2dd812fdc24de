//! What a commit leads to outside of the database: memory, notices, jobs.

use battala_proto::id::{ServerId, SessionId, UserId};
use battala_store::tables::hub::HubRow;
use battala_store::tables::servers;

use crate::Hub;
use crate::access::structure::Membership;
use crate::bus::{Change, Counters, Notice, StructureChange};
use crate::credentials::renewals::Presented;

/// What of a server a unit of work changes. Each level moves what those before it do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Who is a member, or one membership: the epoch, which orders what is told.
    Members,
    /// What members see of the server: also `structure_rev`.
    Structure,
    /// What decides everybody's rights (role definitions, overwrites, categories, channels made or
    /// deleted, ownership), all of which stands in the structure: also `rights_version`.
    Rights,
}

impl Level {
    /// What is raised to come here from what was raised already.
    pub(super) fn above(self, raised: Option<Self>) -> servers::Raise {
        let is_new = |level: Self| self >= level && raised.is_none_or(|raised| raised < level);
        servers::Raise {
            epoch: is_new(Self::Members),
            structure_rev: is_new(Self::Structure),
            rights_version: is_new(Self::Rights),
        }
    }
}

/// What a commit leads to outside of the database. It happens in the commit's hook, so that it
/// does not depend on whether somebody still waits for the answer.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) notices: Vec<Notice>,
    /// How far the counters of servers were raised. One server, or none, in nearly every case.
    pub(super) raised: Vec<(ServerId, Level)>,
    /// Whose memberships are others than before.
    pub(super) members: Vec<(ServerId, UserId)>,
    /// The name of an event of a structure whose epoch was not raised.
    pub(super) stray: Option<&'static str>,
    /// The hub's row, where it was changed.
    pub(super) settings: Option<HubRow>,
    /// A job was queued.
    pub(super) has_jobs: bool,
    /// An account whose password nobody has guessed at yet, with its names.
    pub(super) unguessed: Option<(UserId, Vec<String>)>,
    /// A session one of whose refresh tokens came, and what became of it.
    pub(super) presented: Option<(SessionId, Presented)>,
}

impl Outcome {
    /// Memory comes first: who is told and asks finds what was committed.
    pub(super) fn happen(self, hub: &Hub) {
        if let Some(row) = self.settings {
            // A later commit's hook may have been here first.
            let _ = hub.settings().replace(row);
        }
        if self.has_jobs {
            hub.jobs().look_soon();
        }
        if let Some((user_id, names)) = self.unguessed {
            let names = names.iter().map(String::as_str);
            hub.guesses().begin_anew(user_id, names);
        }
        if let Some((session, presented)) = self.presented {
            hub.renewals().note(session, presented);
        }
        for notice in self.notices {
            if let Notice::Structure(change) = &notice {
                let version = change.counters.rights_version;
                match &change.rights {
                    Some(rights) => hub.structures().keep(&rights.structure),
                    None => hub.structures().moved(change.server_id, version),
                }
                hub.kept_rights().void(change.server_id);
            }
            hub.bus().publish(notice);
        }
    }

    pub(super) fn raised(&self, server: ServerId) -> Option<Level> {
        let mut raised = self.raised.iter();
        raised
            .find(|(id, _)| *id == server)
            .map(|(_, level)| *level)
    }

    /// Servers whose rights are others than before.
    pub(super) fn with_other_rights(&self) -> Vec<ServerId> {
        let raised = self.raised.iter();
        let raised = raised.filter(|(_, level)| *level == Level::Rights);
        raised.map(|(id, _)| *id).collect()
    }

    /// The one notice of this unit of work about a server's structure.
    pub(super) fn structure(&mut self, server: ServerId) -> Option<&mut StructureChange> {
        self.notices.iter_mut().find_map(|notice| match notice {
            Notice::Structure(change) if change.server_id == server => Some(change),
            _ => None,
        })
    }

    /// Says how a membership is when all is done: with its beginning, where it begins with this.
    pub(super) fn set_membership(&mut self, server: ServerId, membership: Membership) {
        let Some(told) = self.structure(server) else {
            return;
        };
        let begun = told.changes.iter_mut().find_map(|change| match change {
            Change::MemberJoined(_, begun) if begun.user_id == membership.user_id => Some(begun),
            _ => None,
        });
        match begun {
            Some(begun) => *begun = membership,
            None => told.changes.push(Change::MemberChanged(membership)),
        }
    }

    /// Takes note of the level to which a server's counters were raised.
    pub(super) fn set_raised(&mut self, server_id: ServerId, level: Level, counters: Counters) {
        self.raised.retain(|(id, _)| *id != server_id);
        self.raised.push((server_id, level));
        if let Some(change) = self.structure(server_id) {
            change.counters = counters;
            return;
        }
        self.notices.push(Notice::Structure(StructureChange {
            server_id,
            counters,
            changes: Vec::new(),
            rights: None,
        }));
    }

    /// The commit has happened, or has not, or is about to. Settings are not replaced: they are read
    /// again every few seconds where that can be. So are the jobs.
    pub(super) fn doubt(self, hub: &Hub) {
        hub.bus().publish(Notice::InDoubt(self.notices));
    }
}

#[cfg(test)]
mod tests {
    use battala_proto::members::Member;
    use battala_proto::users::{PublicUser, UserKind};

    use super::*;

    fn membership(user_id: UserId, rev: i64) -> Membership {
        Membership::begun(user_id, rev)
    }

    #[test]
    fn a_membership_that_begins_and_is_changed_in_one_commit_begins_so() {
        let (server, ana, ben) = (
            ServerId::from_raw(1),
            UserId::from_raw(1),
            UserId::from_raw(2),
        );
        let counters = Counters {
            epoch: 5,
            structure_rev: 2,
            rights_version: 1,
        };
        let mut outcome = Outcome::default();
        outcome.set_raised(server, Level::Members, counters);
        let user = PublicUser {
            id: ana,
            username: "ana".to_owned(),
            display_name: "Ana".to_owned(),
            avatar: None,
            kind: UserKind::Human,
        };
        let member = Member {
            user,
            joined_at: 0,
            is_owner: false,
        };
        let joined = Change::MemberJoined(member, membership(ana, 5));
        outcome.structure(server).unwrap().changes.push(joined);
        outcome.set_membership(server, membership(ana, 6));
        outcome.set_membership(server, membership(ben, 6));
        let changes = &outcome.structure(server).unwrap().changes;
        assert!(matches!(
            &changes[..],
            [Change::MemberJoined(_, begun), Change::MemberChanged(changed)]
                if begun.rev == 6 && changed.user_id == ben
        ));
    }
}
