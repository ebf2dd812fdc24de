//! The policy: from what an action requires and how the caller stands, to a decision.
//!
//! Pure. Hidden is 404, visible but refused is 403, no or bad credentials is 401.

use battala_proto::Permissions;

use super::Actor;
use super::target::Standing;
use crate::error::{Error, Result};

/// What an action takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing: also without an account.
    Anyone,
    /// An account.
    Account,
    /// Administration of the hub.
    HubAdmin,
    /// Membership with these permissions; the owner has all.
    Member(Permissions),
    /// Ownership of the server.
    Owner,
    /// Authorship, in a server one is still a member of.
    Author(Permissions),
    /// Authorship, or these permissions.
    AuthorOr(Permissions),
    /// Nobody's: the hub does it by a job.
    Job,
}

/// What the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Allow,
    /// Who are you?
    Unauthenticated,
    /// There is nothing here.
    Hidden,
    /// You may not.
    Forbidden,
}

impl Decision {
    pub(super) fn into_result(self) -> Result<()> {
        match self {
            Self::Allow => Ok(()),
            Self::Unauthenticated => Err(Error::Unauthenticated),
            Self::Hidden => Err(Error::NotFound),
            Self::Forbidden => Err(Error::Forbidden),
        }
    }
}

/// What can be said without looking at the target.
pub(super) fn decide_before_loading(requires: Requirement, actor: &Actor) -> Decision {
    match (requires, actor) {
        (Requirement::Anyone, _) | (_, Actor::Account { .. } | Actor::Operator | Actor::Job(_)) => {
            Decision::Allow
        }
        (_, Actor::Anonymous) => Decision::Unauthenticated,
    }
}

/// The whole decision.
pub(super) fn decide(requires: Requirement, actor: &Actor, standing: &Standing) -> Decision {
    let me = match actor {
        Actor::Operator if requires == Requirement::Job => return Decision::Forbidden,
        Actor::Operator | Actor::Job(_) => return Decision::Allow,
        Actor::Anonymous if requires == Requirement::Anyone => return Decision::Allow,
        Actor::Anonymous => return Decision::Unauthenticated,
        Actor::Account { me, .. } => me,
    };
    let allowed = match requires {
        Requirement::Anyone | Requirement::Account => true,
        Requirement::HubAdmin => me.is_admin,
        Requirement::Job => false,
        // Who does not see the server does not learn that it is there.
        _ if !standing.is_visible() => return Decision::Hidden,
        Requirement::Member(needed) => standing.has(needed),
        Requirement::Owner => standing.is_owner,
        Requirement::Author(needed) => standing.is_author && standing.has(needed),
        Requirement::AuthorOr(needed) => standing.is_author || standing.has(needed),
    };
    if allowed {
        Decision::Allow
    } else {
        Decision::Forbidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use battala_proto::id::{SessionId, UserId};
    use battala_proto::users::{Me, UserKind};
    use std::sync::Arc;

    fn account(is_admin: bool) -> Actor {
        let me = Me {
            id: UserId::from_raw(1),
            username: "ana".to_owned(),
            display_name: "Ana".to_owned(),
            avatar: None,
            kind: UserKind::Human,
            email: None,
            is_admin,
            can_invite: false,
            created_at: 0,
            rev: 1,
        };
        Actor::Account {
            me: Arc::new(me),
            session_id: SessionId::from_raw(2),
        }
    }

    fn standing(
        is_member: bool,
        is_owner: bool,
        is_author: bool,
        permissions: Permissions,
    ) -> Standing {
        Standing {
            is_member,
            is_owner,
            is_author,
            permissions,
        }
    }

    /// An independent statement of the rules, checked over every combination.
    #[test]
    fn every_combination_of_requirement_and_standing_has_the_decision_that_the_rules_say() {
        const SEND: Permissions = Permissions::SEND_MESSAGES;
        const VIEW: Permissions = Permissions::VIEW_CHANNEL;
        let requirements = [
            Requirement::Anyone,
            Requirement::Account,
            Requirement::HubAdmin,
            Requirement::Member(SEND),
            Requirement::Owner,
            Requirement::Author(SEND),
            Requirement::AuthorOr(SEND),
            Requirement::Job,
        ];
        for bits in 0..64 {
            let on = |bit: i32| bits & (1 << bit) != 0;
            let (member, owner, author, admin) = (on(0), on(0) && on(1), on(2), on(3));
            let permissions = match (on(4), on(5)) {
                (false, false) => Permissions::NONE,
                (true, false) => VIEW,
                (false, true) => SEND,
                (true, true) => VIEW | SEND,
            };
            let can_view = member && (owner || permissions.contains(VIEW));
            let can_send = can_view && (owner || permissions.contains(SEND));
            for requires in requirements {
                let expected = match requires {
                    Requirement::Anyone | Requirement::Account => Decision::Allow,
                    Requirement::HubAdmin if admin => Decision::Allow,
                    Requirement::HubAdmin | Requirement::Job => Decision::Forbidden,
                    _ if !can_view => Decision::Hidden,
                    Requirement::Member(_) if can_send => Decision::Allow,
                    Requirement::Owner if owner => Decision::Allow,
                    Requirement::Author(_) if author && can_send => Decision::Allow,
                    Requirement::AuthorOr(_) if author || can_send => Decision::Allow,
                    _ => Decision::Forbidden,
                };
                let found = decide(
                    requires,
                    &account(admin),
                    &standing(member, owner, author, permissions),
                );
                assert_eq!(found, expected, "{requires:?} with {bits:06b}");
            }
        }
    }

    #[test]
    fn without_an_account_only_public_actions_pass() {
        let nobody = standing(false, false, false, Permissions::NONE);
        assert_eq!(
            decide(Requirement::Anyone, &Actor::Anonymous, &nobody),
            Decision::Allow
        );
        for requires in [
            Requirement::Account,
            Requirement::HubAdmin,
            Requirement::Owner,
        ] {
            assert_eq!(
                decide(requires, &Actor::Anonymous, &nobody),
                Decision::Unauthenticated
            );
            assert_eq!(
                decide_before_loading(requires, &Actor::Anonymous),
                Decision::Unauthenticated
            );
        }
    }

    #[test]
    fn an_administrator_of_the_hub_has_no_power_in_servers_of_others() {
        let stranger = standing(false, false, false, Permissions::NONE);
        assert_eq!(
            decide(Requirement::Owner, &account(true), &stranger),
            Decision::Hidden
        );
    }
}
