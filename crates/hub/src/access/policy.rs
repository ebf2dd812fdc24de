//! The policy: from what an action requires and how the caller stands, to a decision.
//!
//! Pure. Hidden is 404, visible but refused is 403, no or bad credentials is 401.

use battala_proto::Permissions;

use super::Actor;
use super::target::{Other, Standing};
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
    /// Membership, with these permissions in the server as a whole.
    Here(Permissions),
    /// These permissions in the channel.
    Channel(Permissions),
    /// These permissions in the server as a whole, over a member who stands below.
    Over(Permissions),
    /// Ownership of the server.
    Owner,
    /// Authorship, and these permissions in the channel.
    Author(Permissions),
    /// Authorship, or these permissions in the channel.
    AuthorOr(Permissions),
    /// Authorship, or these permissions in the server as a whole.
    AuthorOrHere(Permissions),
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

/// The whole decision, from how the actor stands to the target at the time of asking.
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
        // Who does not see it does not learn that it is there.
        _ if !standing.is_visible => return Decision::Hidden,
        Requirement::Here(needed) => standing.here.contains(needed),
        Requirement::Channel(needed) => standing.in_channel.contains(needed),
        Requirement::Over(needed) => return over(needed, standing),
        Requirement::Owner => standing.is_owner,
        Requirement::Author(needed) => standing.is_author && standing.in_channel.contains(needed),
        Requirement::AuthorOr(needed) => standing.is_author || standing.in_channel.contains(needed),
        Requirement::AuthorOrHere(needed) => standing.is_author || standing.here.contains(needed),
    };
    if allowed {
        Decision::Allow
    } else {
        Decision::Forbidden
    }
}

/// Nobody acts on who stands as high as themselves. On oneself it is no question of height: what makes
/// no sense there is for the use case to say.
fn over(needed: Permissions, standing: &Standing) -> Decision {
    match standing.other {
        _ if !standing.here.contains(needed) => Decision::Forbidden,
        Other::Absent => Decision::Hidden,
        Other::NotBelow => Decision::Forbidden,
        Other::Oneself | Other::Below => Decision::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix;
    use super::*;
    use battala_proto::id::{SessionId, UserId};

    fn account(is_admin: bool) -> Actor {
        matrix::account(UserId::from_raw(1), SessionId::from_raw(2), is_admin)
    }

    /// An independent statement of the rules, checked over every combination.
    #[test]
    fn every_combination_of_requirement_and_standing_has_the_decision_that_the_rules_say() {
        const SEND: Permissions = Permissions::SEND_MESSAGES;
        let requirements = [
            Requirement::Anyone,
            Requirement::Account,
            Requirement::HubAdmin,
            Requirement::Here(Permissions::NONE),
            Requirement::Here(SEND),
            Requirement::Channel(SEND),
            Requirement::Over(SEND),
            Requirement::Owner,
            Requirement::Author(SEND),
            Requirement::AuthorOr(SEND),
            Requirement::AuthorOrHere(SEND),
            Requirement::Job,
        ];
        let others = [Other::Absent, Other::Oneself, Other::Below, Other::NotBelow];
        for (bits, other) in (0..64).flat_map(|bits| others.map(|other| (bits, other))) {
            let on = |bit: i32| bits & (1 << bit) != 0;
            let (sees, owner, author, admin) = (on(0), on(1), on(2), on(3));
            let (here, there) = (on(4), on(5));
            let of = |has| if has { SEND } else { Permissions::NONE };
            let standing = Standing {
                is_visible: sees,
                is_owner: owner,
                is_author: author,
                here: of(here),
                in_channel: of(there),
                other,
            };
            for requires in requirements {
                let expected = match requires {
                    Requirement::Anyone | Requirement::Account => Decision::Allow,
                    Requirement::HubAdmin if admin => Decision::Allow,
                    Requirement::HubAdmin | Requirement::Job => Decision::Forbidden,
                    _ if !sees => Decision::Hidden,
                    Requirement::Here(Permissions::NONE) => Decision::Allow,
                    Requirement::Here(_) if here => Decision::Allow,
                    Requirement::Channel(_) if there => Decision::Allow,
                    Requirement::Over(_) if here && other == Other::Absent => Decision::Hidden,
                    Requirement::Over(_) if here && other != Other::NotBelow => Decision::Allow,
                    Requirement::Owner if owner => Decision::Allow,
                    Requirement::Author(_) if author && there => Decision::Allow,
                    Requirement::AuthorOr(_) if author || there => Decision::Allow,
                    Requirement::AuthorOrHere(_) if author || here => Decision::Allow,
                    _ => Decision::Forbidden,
                };
                let found = decide(requires, &account(admin), &standing);
                assert_eq!(found, expected, "{requires:?} with {bits:06b}, {other:?}");
            }
        }
    }

    #[test]
    fn without_an_account_only_public_actions_pass() {
        let nobody = Standing::default();
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
        let stranger = Standing::default();
        assert_eq!(
            decide(Requirement::Owner, &account(true), &stranger),
            Decision::Hidden
        );
    }
}
