//! The policy as a table: every action, and what it answers to each kind of actor.
//!
//! It is committed, so that a change of the policy shows as the cells that it changes. The table is not
//! asked by anybody: it asks the policy.

use std::fmt::Write as _;
use std::sync::Arc;

use battala_proto::Permissions;
use battala_proto::id::{ChannelId, MessageId, RoleId, ServerId, SessionId, UserId};
use battala_proto::users::{Me, UserKind};

use super::policy::{Decision, decide, decide_before_loading};
use super::structure::{Membership, Overwrite, OverwriteFor, Parts, RoleRights, Structure};
use super::target::{
    ChannelTarget, InviteTarget, MemberTarget, MessageTarget, ServerTarget, Standing, Target as _,
};
use super::{ALL_ACTIONS, Actor, Requirement};
use crate::bus::Counters;

const SERVER: ServerId = ServerId::from_raw(1);
const CHANNEL: ChannelId = ChannelId::from_raw(2);
const MODERATOR: RoleId = RoleId::from_raw(3);
const ADMINISTRATOR: RoleId = RoleId::from_raw(4);
const OWNER: UserId = UserId::from_raw(10);
const ACTOR: UserId = UserId::from_raw(11);
const OTHER: UserId = UserId::from_raw(12);
const NOW: i64 = 1;

/// What the table says before its rows.
const HEAD: &str = "\
# The policy

What each action answers to each kind of actor. Generated from the code by `make contract`; a test
compares. `yes` is allowed by the policy, and may still be refused for what it is asked: a value, a limit, a
conflict; otherwise the status of the refusal: 401 no or bad credentials, 403 visible and refused, 404 not
visible.

The *operator* is whoever runs `battala admin` at the machine, or the hub on its own behalf; *job* is the hub
by a job of its queue. Neither comes by a request.

Members have the everyone role of a new server; a moderator has the permissions to manage and to remove
members by a higher role. *Blind* is a member whom an overwrite keeps from seeing the channel, *muted* one
with a timeout, *author* who wrote the message or made the invite. Where another member is concerned it is one
with no role, for *equal* one with the same roles, for *self* the actor. Ownership, administration and
authorship of a server say nothing on the hub, and the other way round.

";

/// Kinds of actor, in the order of the columns.
const KINDS: [(&str, Kind); 15] = {
    let member = Kind {
        by: By::Member,
        roles: &[],
        is_author: false,
        state: State::Free,
        other: OTHER,
        is_equal: false,
    };
    let moderator = Kind {
        roles: &[MODERATOR],
        ..member
    };
    [
        (
            "anonymous",
            Kind {
                by: By::Nobody,
                ..member
            },
        ),
        (
            "account",
            Kind {
                by: By::Stranger,
                ..member
            },
        ),
        (
            "blind",
            Kind {
                state: State::Blind,
                ..member
            },
        ),
        (
            "muted",
            Kind {
                state: State::Muted,
                ..member
            },
        ),
        ("member", member),
        (
            "author",
            Kind {
                is_author: true,
                ..member
            },
        ),
        (
            "muted author",
            Kind {
                is_author: true,
                state: State::Muted,
                ..member
            },
        ),
        ("moderator", moderator),
        (
            "… of equal",
            Kind {
                is_equal: true,
                ..moderator
            },
        ),
        (
            "… of self",
            Kind {
                other: ACTOR,
                ..moderator
            },
        ),
        (
            "administrator",
            Kind {
                roles: &[ADMINISTRATOR],
                ..member
            },
        ),
        (
            "owner",
            Kind {
                by: By::Owner,
                ..member
            },
        ),
        (
            "hub admin",
            Kind {
                by: By::HubAdmin,
                ..member
            },
        ),
        (
            "operator",
            Kind {
                by: By::Operator,
                ..member
            },
        ),
        (
            "job",
            Kind {
                by: By::Job,
                ..member
            },
        ),
    ]
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Nobody,
    Stranger,
    Member,
    Owner,
    HubAdmin,
    Operator,
    Job,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Muted,
    Blind,
}

#[derive(Clone, Copy)]
struct Kind {
    by: By,
    roles: &'static [RoleId],
    is_author: bool,
    state: State,
    other: UserId,
    is_equal: bool,
}

/// The table as it is committed.
pub fn policy_table() -> String {
    let mut table = HEAD.to_owned();
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let _ = writeln!(table, "| Action | {} |", names.join(" | "));
    let _ = writeln!(table, "|---|{}", "---|".repeat(names.len()));
    for (action, requires) in ALL_ACTIONS {
        let cells: Vec<&str> = KINDS
            .iter()
            .map(|(_, kind)| answer(*requires, kind))
            .collect();
        let _ = writeln!(table, "| {action} | {} |", cells.join(" | "));
    }
    table
}

fn answer(requires: Requirement, kind: &Kind) -> &'static str {
    let actor = actor(kind.by);
    let decision = match decide_before_loading(requires, &actor) {
        Decision::Allow => decide(requires, &actor, &standing(requires, kind, &actor)),
        refused => refused,
    };
    match decision {
        Decision::Allow => "yes",
        Decision::Unauthenticated => "401",
        Decision::Forbidden => "403",
        Decision::Hidden => "404",
    }
}

fn actor(by: By) -> Actor {
    let id = match by {
        By::Nobody => return Actor::Anonymous,
        By::Operator => return Actor::Operator,
        By::Job => return Actor::Job("some_job"),
        By::Owner => OWNER,
        By::Stranger | By::Member | By::HubAdmin => ACTOR,
    };
    account(id, SessionId::from_raw(1), by == By::HubAdmin)
}

/// Somebody of whom nothing but this matters.
pub(super) fn account(id: UserId, session_id: SessionId, is_admin: bool) -> Actor {
    let me = Me {
        id,
        username: String::new(),
        display_name: String::new(),
        avatar: None,
        kind: UserKind::Human,
        email: None,
        is_admin,
        can_invite: false,
        created_at: 0,
        rev: 1,
    };
    let me = Arc::new(me);
    Actor::Account { me, session_id }
}

/// How this kind stands to what actions with this requirement are done to.
fn standing(requires: Requirement, kind: &Kind, actor: &Actor) -> Standing {
    let server = server(kind);
    let author_id = if kind.is_author { ACTOR } else { OTHER };
    let channel = ChannelTarget {
        id: CHANNEL,
        server: server.clone(),
    };
    match requires {
        Requirement::Anyone | Requirement::Account | Requirement::HubAdmin | Requirement::Job => {
            ().standing(actor, NOW)
        }
        Requirement::Here(_) | Requirement::Owner => server.standing(actor, NOW),
        Requirement::Channel(_) => channel.standing(actor, NOW),
        Requirement::Over(_) => {
            let roles = if kind.is_equal { kind.roles } else { &[] };
            let target = MemberTarget {
                user_id: kind.other,
                membership: Some(membership(kind.other, roles, State::Free)),
                server,
            };
            target.standing(actor, NOW)
        }
        Requirement::Author(_) | Requirement::AuthorOr(_) => {
            let id = MessageId::from_raw(1);
            let target = MessageTarget {
                id,
                author_id,
                channel,
            };
            target.standing(actor, NOW)
        }
        Requirement::AuthorOrHere(_) => {
            let target = InviteTarget {
                code: String::new(),
                creator_id: author_id,
                server,
            };
            target.standing(actor, NOW)
        }
    }
}

fn membership(user_id: UserId, roles: &[RoleId], state: State) -> Membership {
    Membership {
        user_id,
        rev: 1,
        roles: roles.into(),
        timeout_until: (state == State::Muted).then_some(NOW + 1),
    }
}

fn server(kind: &Kind) -> ServerTarget {
    let member = match kind.by {
        By::Member => Some(membership(ACTOR, kind.roles, kind.state)),
        By::Owner => Some(membership(OWNER, &[], State::Free)),
        By::Nobody | By::Stranger | By::HubAdmin | By::Operator | By::Job => None,
    };
    ServerTarget {
        id: SERVER,
        owner_id: OWNER,
        counters: Counters {
            epoch: 1,
            structure_rev: 1,
            rights_version: 1,
        },
        member,
        structure: Arc::new(structure(kind.state)),
    }
}

fn structure(state: State) -> Structure {
    let moderates = Permissions::KICK_MEMBERS
        | Permissions::MANAGE_CHANNELS
        | Permissions::MANAGE_SERVER
        | Permissions::MANAGE_MESSAGES;
    let role = |id, permissions, position| RoleRights {
        id,
        permissions,
        position,
    };
    let blinds = Overwrite {
        channel_id: CHANNEL,
        target: OverwriteFor::Member(ACTOR),
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL,
    };
    Structure::from(Parts {
        server_id: SERVER,
        owner_id: OWNER,
        rights_version: 1,
        roles: vec![
            role(SERVER.everyone_role(), Permissions::EVERYONE_DEFAULT, 0),
            role(MODERATOR, moderates, 1),
            role(ADMINISTRATOR, Permissions::ADMINISTRATOR, 2),
        ],
        channels: vec![(CHANNEL, None)],
        overwrites: if state == State::Blind {
            vec![blinds]
        } else {
            Vec::new()
        },
    })
}
