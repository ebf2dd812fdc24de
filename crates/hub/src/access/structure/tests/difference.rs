//! A difference is what is needed to come from one class to another, and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

type Visible = BTreeMap<ChannelId, Permissions>;

/// The channels that are seen, with the bits there.
fn visible(structure: &Structure, class: &Rights) -> Visible {
    let seen = structure
        .channel_ids()
        .filter(|id| structure.sees(class, *id));
    seen.map(|id| (id, structure.bits_of(class, id))).collect()
}

/// What somebody makes of it who knows what was seen before, and is told of channels that are deleted.
fn apply(mut known: Visible, told: &Difference, after: &Structure) -> Visible {
    let there: BTreeSet<ChannelId> = after.channel_ids().collect();
    known.retain(|id, _| there.contains(id) && !told.hidden.contains(id));
    known.extend(told.shown.iter().chain(&told.changed).copied());
    known
}

#[test]
fn a_difference_names_what_appeared_what_went_and_what_changed() {
    let [category, channel, lone, made] = [CATEGORY, CHANNEL, LONE, 103].map(ChannelId::from_raw);
    let roles = |everyone| vec![role(EVERYONE, everyone), role(2, MANAGE)];
    let hide = |channel| for_role(channel, EVERYONE, NONE, VIEW);
    let structure = |everyone, channels: &[ChannelId], overwrites| {
        Structure::from(Parts {
            channels: channels.iter().map(|id| (*id, None)).collect(),
            ..parts(roles(everyone), overwrites)
        })
    };
    let of = |structure: &Structure| class(structure, &member(60, &[], None), NOW);
    let before = structure(
        VIEW | SEND,
        &[category, channel, lone],
        vec![hide(CHANNEL), for_role(CATEGORY, EVERYONE, HISTORY, NONE)],
    );
    let told = |after: &Structure| difference((&before, &of(&before)), (after, &of(after)));

    let same = structure(
        VIEW | SEND,
        &[category, channel, lone],
        vec![hide(CHANNEL), for_role(CATEGORY, EVERYONE, HISTORY, NONE)],
    );
    assert!(told(&same).is_none(), "another version says the same");

    let after = structure(
        VIEW | SEND,
        &[category, channel, lone, made],
        vec![hide(LONE)],
    );
    let expected = Difference {
        is_other_here: false,
        shown: vec![(channel, VIEW | SEND)],
        hidden: vec![lone],
        changed: vec![(category, VIEW | SEND), (made, VIEW | SEND)],
    };
    assert_eq!(told(&after), expected);

    let deleted = structure(
        VIEW | SEND,
        &[category, made],
        vec![for_role(CATEGORY, EVERYONE, HISTORY, NONE), hide(103)],
    );
    assert!(told(&deleted).is_none(), "deleted, or made and never seen");

    let muted = structure(VIEW, &[category, channel, lone], vec![hide(CHANNEL)]);
    let expected = Difference {
        is_other_here: true,
        changed: vec![(category, VIEW), (lone, VIEW)],
        ..Difference::default()
    };
    assert_eq!(told(&muted), expected);
}

prop_compose! {
    /// A structure in which some of the channels of [`any_parts`] are not there.
    fn any_structure()(
        mut parts in any_parts(),
        absent in btree_set(100_i64..105, 0..3),
    ) -> Structure {
        parts.channels.retain(|(id, _)| !absent.contains(&id.raw()));
        Structure::from(parts)
    }
}

proptest! {
    #[test]
    fn what_was_seen_and_the_difference_are_what_is_seen_now(
        before in any_structure(),
        after in any_structure(),
        members in (any_member(), any_member()),
    ) {
        // Whose roles or timeout moved is of another class as well.
        let classes = (class(&before, &members.0, NOW), class(&after, &members.1, NOW));
        let told = difference((&before, &classes.0), (&after, &classes.1));
        let (was, is) = (visible(&before, &classes.0), visible(&after, &classes.1));
        prop_assert_eq!(&apply(was.clone(), &told, &after), &is);
        prop_assert_eq!(told.is_other_here, classes.0.here != classes.1.here);

        let there = |structure: &Structure, id| structure.channel_ids().any(|it| it == id);
        let shown = is.keys().filter(|id| there(&before, **id) && !was.contains_key(*id));
        let told_shown = told.shown.iter().map(|(id, _)| id);
        prop_assert_eq!(told_shown.collect::<Vec<_>>(), shown.collect::<Vec<_>>());
        let hidden = was.keys().filter(|id| there(&after, **id) && !is.contains_key(*id));
        prop_assert_eq!(told.hidden.iter().collect::<Vec<_>>(), hidden.collect::<Vec<_>>());
        let changed = is.iter().filter(|(id, bits)| was.get(*id) != Some(*bits));
        let changed: BTreeMap<_, _> = changed.collect();
        let told_bits = told.shown.iter().chain(&told.changed);
        let told_bits: BTreeMap<_, _> = told_bits.map(|(id, bits)| (id, bits)).collect();
        prop_assert_eq!(told_bits, changed);
        let twice = told.changed.iter().filter(|one| told.shown.contains(one));
        prop_assert_eq!(twice.count(), 0);

        let same = difference((&after, &classes.1), (&after, &classes.1));
        prop_assert!(same.is_none());
    }
}
