//! The rules of rights, stated once more in another way and compared.

use super::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

mod difference;

const VIEW: Permissions = Permissions::VIEW_CHANNEL;
const SEND: Permissions = Permissions::SEND_MESSAGES;
const HISTORY: Permissions = Permissions::READ_MESSAGE_HISTORY;
const MANAGE: Permissions = Permissions::MANAGE_MESSAGES;
const ADMINISTRATOR: Permissions = Permissions::ADMINISTRATOR;
const NONE: Permissions = Permissions::NONE;

const NOW: i64 = 1000;
const SERVER: ServerId = ServerId::from_raw(1);
const EVERYONE: i64 = 1;
const OWNER: i64 = 50;
const MEMBER: i64 = 51;
const CATEGORY: i64 = 100;
const CHANNEL: i64 = 101;
/// In no category.
const LONE: i64 = 102;

fn role(id: i64, permissions: Permissions) -> RoleRights {
    RoleRights {
        id: RoleId::from_raw(id),
        permissions,
        position: id - 1,
    }
}

fn for_role(channel: i64, id: i64, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite {
        channel_id: ChannelId::from_raw(channel),
        target: OverwriteFor::Role(RoleId::from_raw(id)),
        allow,
        deny,
    }
}

fn for_member(channel: i64, id: i64, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite {
        target: OverwriteFor::Member(UserId::from_raw(id)),
        ..for_role(channel, EVERYONE, allow, deny)
    }
}

fn parts(roles: Vec<RoleRights>, overwrites: Vec<Overwrite>) -> Parts {
    let [category, channel, lone] = [CATEGORY, CHANNEL, LONE].map(ChannelId::from_raw);
    Parts {
        server_id: SERVER,
        owner_id: UserId::from_raw(OWNER),
        rights_version: 1,
        roles,
        channels: vec![(category, None), (channel, Some(category)), (lone, None)],
        overwrites,
    }
}

fn member(user: i64, roles: &[i64], timeout_until: Option<i64>) -> Membership {
    Membership {
        user_id: UserId::from_raw(user),
        rev: 1,
        roles: roles.iter().map(|id| RoleId::from_raw(*id)).collect(),
        timeout_until,
    }
}

/// What the member with roles 2 and 3 may in the channel of the category.
fn found(overwrites: Vec<Overwrite>) -> Permissions {
    let roles = vec![
        role(EVERYONE, VIEW | HISTORY),
        role(2, SEND),
        role(3, NONE),
        role(4, MANAGE),
    ];
    let structure = Structure::from(parts(roles, overwrites));
    let member = member(MEMBER, &[2, 3], None);
    rights(&structure, &member, ChannelId::from_raw(CHANNEL), NOW)
}

#[test]
fn each_rule_decides_as_it_is_written() {
    let base = VIEW | HISTORY | SEND;
    let cases = [
        ("roles united, those one lacks left out", vec![], base),
        (
            "everyone's",
            vec![for_role(CHANNEL, EVERYONE, MANAGE, SEND)],
            (base - SEND) | MANAGE,
        ),
        (
            "a role over everyone's",
            vec![
                for_role(CHANNEL, EVERYONE, NONE, SEND),
                for_role(CHANNEL, 2, SEND, NONE),
            ],
            base,
        ),
        (
            "of roles, what is granted wins",
            vec![
                for_role(CHANNEL, 2, SEND, NONE),
                for_role(CHANNEL, 3, NONE, SEND),
            ],
            base,
        ),
        (
            "a role that one lacks",
            vec![for_role(CHANNEL, 4, MANAGE, SEND)],
            base,
        ),
        (
            "one's own over roles'",
            vec![
                for_role(CHANNEL, 2, SEND, NONE),
                for_member(CHANNEL, MEMBER, NONE, SEND),
            ],
            base - SEND,
        ),
        (
            "another's",
            vec![for_member(CHANNEL, OWNER, MANAGE, SEND)],
            base,
        ),
        (
            "who does not see may do nothing",
            vec![for_role(CHANNEL, EVERYONE, MANAGE, VIEW)],
            NONE,
        ),
        (
            "a channel makes no administrator",
            vec![for_member(CHANNEL, MEMBER, ADMINISTRATOR, NONE)],
            base,
        ),
    ];
    for (rule, overwrites, expected) in cases {
        assert_eq!(found(overwrites), expected, "{rule}");
    }
}

#[test]
fn the_channel_decides_after_its_category() {
    let base = VIEW | HISTORY | SEND;
    let cases = [
        (
            "the category's",
            vec![for_role(CATEGORY, EVERYONE, NONE, SEND)],
            base - SEND,
        ),
        (
            "the channel's over the category's",
            vec![
                for_member(CATEGORY, MEMBER, NONE, SEND),
                for_role(CHANNEL, EVERYONE, SEND, NONE),
            ],
            base,
        ),
        (
            "another channel's",
            vec![for_role(LONE, EVERYONE, NONE, SEND)],
            base,
        ),
    ];
    for (rule, overwrites, expected) in cases {
        assert_eq!(found(overwrites), expected, "{rule}");
    }
}

#[test]
fn owner_and_administrator_pass_and_a_timeout_leaves_others_only_to_look_on() {
    let nothing = for_role(CHANNEL, EVERYONE, NONE, Permissions::all());
    let own = for_member(LONE, MEMBER, MANAGE, NONE);
    let roles = vec![
        role(EVERYONE, VIEW | HISTORY | SEND),
        role(2, ADMINISTRATOR),
    ];
    let structure = Structure::from(parts(roles, vec![nothing, own]));
    let [channel, lone, absent] = [CHANNEL, LONE, 103].map(ChannelId::from_raw);
    for passing in [
        member(OWNER, &[], Some(NOW + 1)),
        member(MEMBER, &[2], Some(NOW + 1)),
    ] {
        assert_eq!(
            rights(&structure, &passing, channel, NOW),
            Permissions::all()
        );
        assert_eq!(
            rights_in_server(&structure, &passing, NOW),
            Permissions::all()
        );
        assert_eq!(
            rights(&structure, &passing, absent, NOW),
            NONE,
            "no such channel"
        );
    }
    let quiet = member(MEMBER, &[], Some(NOW + 1));
    assert_eq!(rights(&structure, &quiet, lone, NOW), VIEW | HISTORY);
    assert_eq!(rights_in_server(&structure, &quiet, NOW), VIEW | HISTORY);
    let again = NOW + 1;
    assert_eq!(
        rights(&structure, &quiet, lone, again),
        VIEW | HISTORY | SEND | MANAGE
    );
    assert_eq!(
        rights_in_server(&structure, &quiet, again),
        VIEW | HISTORY | SEND
    );
}

#[test]
fn rank_is_the_highest_role_and_the_owner_is_above_all() {
    let structure = Structure::from(parts(
        vec![role(EVERYONE, NONE), role(2, NONE), role(5, NONE)],
        vec![],
    ));
    let rank = |user, roles: &[i64]| structure.rank(&member(user, roles, None));
    assert!(rank(OWNER, &[]) > rank(MEMBER, &[2, 5]));
    assert!(rank(MEMBER, &[2, 5]) > rank(52, &[2]));
    assert!(rank(52, &[2]) > rank(53, &[]));
    assert_eq!(rank(54, &[2]), rank(52, &[2]));
    assert_eq!(rank(55, &[9]), rank(53, &[]), "a role that is not there");
}

#[test]
fn a_class_is_kept_once_for_all_who_may_do_the_same_and_never_with_a_timeout_or_an_own_overwrite() {
    let roles = vec![role(EVERYONE, VIEW), role(2, SEND), role(3, SEND)];
    let own = for_member(LONE, MEMBER, NONE, VIEW);
    let structure = Structure::from(parts(roles, vec![own]));
    let of = |user, roles: &[i64], until| class(&structure, &member(user, roles, until), NOW);
    let first = of(60, &[2], None);
    assert!(Arc::ptr_eq(&first, &of(61, &[2], None)), "the same roles");
    assert!(
        Arc::ptr_eq(&first, &of(62, &[3], None)),
        "other roles, the same bits"
    );
    assert!(!Arc::ptr_eq(&first, &of(63, &[], None)));
    let channels = |user, roles: &[i64], until| of(user, roles, until).channels.to_vec();
    assert_eq!(
        channels(MEMBER, &[2], None),
        [VIEW | SEND, VIEW | SEND, NONE]
    );
    assert_eq!(channels(64, &[2], Some(NOW + 1)), [VIEW; 3]);
    assert!(Arc::ptr_eq(&first, &of(64, &[2], Some(NOW))), "it is over");
    assert_eq!(channels(OWNER, &[2], None), [Permissions::all(); 3]);
    assert_eq!(
        structure.bits_of(&first, ChannelId::from_raw(LONE)),
        VIEW | SEND
    );
    assert_eq!(structure.bits_of(&first, ChannelId::from_raw(99)), NONE);
}

#[test]
fn a_class_says_what_rights_in_server_says() {
    let roles = vec![
        role(EVERYONE, VIEW | HISTORY | SEND),
        role(2, MANAGE),
        role(3, ADMINISTRATOR),
    ];
    let nothing = for_role(CHANNEL, EVERYONE, NONE, Permissions::all());
    let own = for_member(LONE, MEMBER, NONE, SEND);
    let structure = Structure::from(parts(roles, vec![nothing, own]));
    let base = VIEW | HISTORY | SEND;
    let cases = [
        ("everyone's", member(60, &[], None), base),
        ("a role's", member(60, &[2], None), base | MANAGE),
        (
            "an own overwrite",
            member(MEMBER, &[2], None),
            base | MANAGE,
        ),
        ("a timeout", member(60, &[2], Some(NOW + 1)), VIEW | HISTORY),
        ("it is over", member(60, &[2], Some(NOW)), base | MANAGE),
        (
            "an administrator",
            member(60, &[3], Some(NOW + 1)),
            Permissions::all(),
        ),
        ("the owner", member(OWNER, &[], None), Permissions::all()),
    ];
    for (whose, member, expected) in cases {
        let class = class(&structure, &member, NOW);
        assert_eq!(class.here, expected, "{whose}");
        let here = rights_in_server(&structure, &member, NOW);
        assert_eq!(class.here, here, "{whose}");
    }
}

#[test]
fn two_who_differ_in_the_server_alone_are_of_two_classes() {
    let roles = vec![role(EVERYONE, SEND), role(2, MANAGE)];
    let structure = Structure::from(parts(roles, vec![]));
    let of = |roles: &[i64]| class(&structure, &member(60, roles, None), NOW);
    let (plain, other) = (of(&[]), of(&[2]));
    assert_eq!(plain.channels, other.channels, "nothing is seen");
    assert!(!Arc::ptr_eq(&plain, &other));
    assert_ne!(plain, other);
}

#[test]
fn who_sees_all_is_told_from_who_sees_all_but_one() {
    let hidden = for_role(LONE, EVERYONE, NONE, VIEW);
    let shown = for_role(LONE, 2, VIEW, NONE);
    let roles = vec![role(EVERYONE, VIEW), role(2, NONE)];
    let structure = Structure::from(parts(roles, vec![hidden, shown]));
    let of = |user, roles: &[i64]| class(&structure, &member(user, roles, None), NOW);
    assert!(of(OWNER, &[]).sees_all() && of(60, &[2]).sees_all());
    assert!(!of(60, &[]).sees_all());
}

/// One bit at a time, as somebody would explain it.
fn may(parts: &Parts, who: &Membership, channel: ChannelId, bit: Permissions) -> bool {
    let is_there = |id: RoleId| parts.roles.iter().any(|role| role.id == id);
    let is_given = |id| id == parts.server_id.everyone_role() || who.roles.contains(&id);
    let has = |id| is_there(id) && is_given(id);
    let own = || parts.roles.iter().filter(|role| has(role.id));
    let Some((_, category)) = parts.channels.iter().find(|(id, _)| *id == channel) else {
        return false;
    };
    let is_administrator = own().any(|role| role.permissions.contains(ADMINISTRATOR));
    if who.user_id == parts.owner_id || is_administrator {
        return true;
    }
    if who.timeout_until.is_some_and(|until| until > NOW) && bit != VIEW && bit != HISTORY {
        return false;
    }
    let mut is_granted = own().any(|role| role.permissions.contains(bit));
    for place in category.iter().chain([&channel]) {
        let of = |is_meant: &dyn Fn(OverwriteFor) -> bool| {
            let found = parts.overwrites.iter();
            let found = found.filter(|it| it.channel_id == *place && is_meant(it.target));
            let (mut allows, mut denies) = (false, false);
            for overwrite in found {
                allows |= overwrite.allow.contains(bit) && bit != ADMINISTRATOR;
                denies |= overwrite.deny.contains(bit);
            }
            (allows, denies)
        };
        let everyone = parts.server_id.everyone_role();
        let is_everyone = |target| target == OverwriteFor::Role(everyone);
        let is_role =
            |target| matches!(target, OverwriteFor::Role(id) if id != everyone && has(id));
        let is_me = |target| target == OverwriteFor::Member(who.user_id);
        for (allows, denies) in [of(&is_everyone), of(&is_role), of(&is_me)] {
            is_granted = allows || (is_granted && !denies);
        }
    }
    is_granted && (bit == VIEW || may(parts, who, channel, VIEW))
}

fn expected(parts: &Parts, who: &Membership, channel: ChannelId) -> Permissions {
    let bits = Permissions::all().iter();
    bits.filter(|bit| may(parts, who, channel, *bit)).collect()
}

fn any_bits() -> impl Strategy<Value = Permissions> {
    let some = [VIEW, SEND, HISTORY, MANAGE, VIEW | SEND, ADMINISTRATOR];
    vec(prop::sample::select(some.to_vec()), 0..3).prop_map(|bits| bits.into_iter().collect())
}

/// Mostly without an administrator among the roles: they would hide everything else.
fn any_role_bits() -> impl Strategy<Value = Permissions> {
    (any_bits(), 0..8).prop_map(|(bits, chance)| match chance {
        0 => bits,
        _ => bits - ADMINISTRATOR,
    })
}

fn any_overwrite() -> impl Strategy<Value = Overwrite> {
    // Some are for a channel, a role or a member that is not there.
    (100_i64..106, 0_i64..9, any_bits(), any_bits()).prop_map(|(channel, whom, allow, deny)| {
        match whom {
            0 => for_member(channel, MEMBER, allow, deny),
            1 => for_member(channel, 52, allow, deny),
            role => for_role(channel, role - 1, allow, deny),
        }
    })
}

prop_compose! {
    fn any_parts()(
        granted in vec(any_role_bits(), 1..6),
        parents in vec(prop::option::of(100_i64..106), 5),
        mut overwrites in vec(any_overwrite(), 0..16),
    ) -> Parts {
        let roles = granted.into_iter().zip(1..).map(|(bits, id)| role(id, bits));
        // One of a kind, as the database has them.
        let mut seen = std::collections::HashSet::new();
        overwrites.retain(|it| seen.insert((it.channel_id, it.target)));
        // A category stands in none.
        let channels = parents.into_iter().zip(100..).map(|(parent, id)| {
            let parent = parent.filter(|parent| *parent < 102 && id >= 102);
            (ChannelId::from_raw(id), parent.map(ChannelId::from_raw))
        });
        Parts {
            roles: roles.collect(),
            channels: channels.collect(),
            ..parts(Vec::new(), overwrites)
        }
    }
}

prop_compose! {
    fn any_member()(
        user in prop::sample::select(vec![OWNER, MEMBER, 53, 53, 53]),
        roles in btree_set(2_i64..8, 0..4),
        timeout in prop::option::weighted(0.2, NOW..NOW + 2),
    ) -> Membership {
        member(user, &roles.into_iter().collect::<Vec<_>>(), timeout)
    }
}

proptest! {
    #[test]
    fn whatever_the_structure_rights_are_what_the_rules_say_bit_by_bit(
        parts in any_parts(),
        members in vec(any_member(), 1..4),
    ) {
        let structure = Structure::from(parts.clone());
        for member in &members {
            let class = class(&structure, member, NOW);
            prop_assert_eq!(class.channels.len(), parts.channels.len());
            prop_assert_eq!(class.here, rights_in_server(&structure, member, NOW));
            for raw in 100..106 {
                let channel = ChannelId::from_raw(raw);
                let expected = expected(&parts, member, channel);
                prop_assert_eq!(rights(&structure, member, channel, NOW), expected);
                prop_assert_eq!(structure.bits_of(&class, channel), expected);
            }
        }
    }
}
