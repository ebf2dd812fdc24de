//! Moves in a list: who stands where afterwards.
//!
//! A move names only what it moves, so that a caller need not know all of a list. It does not know
//! what is in the list, nor whose it is.

use std::collections::{BTreeMap, BTreeSet};

use battala_proto::error::FieldCode;

use crate::error::{Error, Result};

/// The order of `present` after these moves, each of a thing to its place from 0. What is not named
/// keeps its order and takes the places that remain; beyond the end is the end. Of two moves of the same
/// thing the last counts; of two to the same place the first stands before the other.
///
/// # Errors
/// [`Error::Mismatch`] on the entry of `list` that is not there.
pub(crate) fn arrange<T: Copy + Ord>(
    list: &'static str,
    present: &[T],
    moves: &[(T, u32)],
) -> Result<Vec<T>> {
    let mut known = present.to_vec();
    known.sort_unstable();
    let unknown = |(thing, _): &(T, u32)| known.binary_search(thing).is_err();
    if let Some(index) = moves.iter().position(unknown) {
        return Err(Error::Mismatch {
            field: format!("{list}[{index}].id").into(),
            code: FieldCode::Gone,
            message: "is not in this list, or not any more",
        });
    }
    let moves = moves.iter().enumerate();
    let last: BTreeMap<T, (u32, usize)> = moves
        .map(|(index, (thing, place))| (*thing, (*place, index)))
        .collect();
    let is_left = |thing: &&T| !last.contains_key(thing);
    let mut left = present.iter().filter(is_left).copied();
    let mut moves: Vec<_> = last.iter().map(|(thing, at)| (*at, *thing)).collect();
    moves.sort_unstable();
    let mut moves = moves.into_iter().peekable();
    let mut order = Vec::with_capacity(present.len());
    while order.len() < present.len() {
        let is_due = |((place, _), _): &((u32, usize), T)| {
            usize::try_from(*place).is_ok_and(|place| place <= order.len())
        };
        let due = moves.next_if(is_due).map(|(_, thing)| thing);
        // Where nothing is left to stand before them, the moves beyond the end follow.
        let next = due.or_else(|| left.next());
        order.extend(next.or_else(|| moves.next().map(|(_, thing)| thing)));
    }
    Ok(order)
}

/// The order of `all` after moves by somebody who knows some of it: what is known changes its places
/// among each other, and what is not stays where it is.
///
/// # Errors
/// As [`arrange`], on the entry that is not known.
pub(crate) fn arrange_known<T: Copy + Ord>(
    list: &'static str,
    (all, known): (&[T], &[T]),
    moves: &[(T, u32)],
) -> Result<Vec<T>> {
    let mut arranged = arrange(list, known, moves)?.into_iter();
    let known: BTreeSet<T> = known.iter().copied().collect();
    let place = |thing: &T| {
        let next = known.contains(thing).then(|| arranged.next());
        next.flatten().unwrap_or(*thing)
    };
    Ok(all.iter().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(moves: &[(i64, u32)]) -> Vec<i64> {
        arrange("list", &[10, 11, 12, 13], moves).unwrap()
    }

    #[test]
    fn what_is_named_stands_where_it_was_put_and_the_rest_around_it() {
        assert_eq!(after(&[]), [10, 11, 12, 13]);
        assert_eq!(after(&[(13, 0)]), [13, 10, 11, 12]);
        assert_eq!(after(&[(10, 2)]), [11, 12, 10, 13]);
        assert_eq!(after(&[(10, 3), (13, 0)]), [13, 11, 12, 10]);
        assert_eq!(after(&[(11, 1)]), [10, 11, 12, 13]);
    }

    #[test]
    fn beyond_the_end_is_the_end() {
        assert_eq!(after(&[(10, u32::MAX)]), [11, 12, 13, 10]);
        assert_eq!(after(&[(10, 99), (11, 98)]), [12, 13, 11, 10]);
    }

    #[test]
    fn what_is_named_twice_goes_where_it_was_put_last_and_a_place_has_room_for_all() {
        assert_eq!(after(&[(13, 0), (13, 2)]), [10, 11, 13, 12]);
        assert_eq!(after(&[(13, 0), (12, 0)]), [13, 12, 10, 11]);
        assert_eq!(after(&[(10, 3), (11, 3)]), [12, 13, 10, 11]);
        assert_eq!(after(&[(11, 1), (13, 1), (10, 2)]), [12, 11, 13, 10]);
        assert_eq!(after(&[(12, 0); 9]), [12, 10, 11, 13]);
    }

    #[test]
    fn what_is_not_in_the_list_is_refused_by_its_entry() {
        let refused = arrange("list", &[10, 11], &[(11, 0), (12, 1)]);
        let fields = refused.expect_err("12 is not there").fields();
        assert_eq!(fields[0].field, "list[1].id");
        assert_eq!(fields[0].code, FieldCode::Gone);
    }

    #[test]
    fn what_is_not_known_stays_where_it_is_and_is_refused_as_if_it_were_not_there() {
        let all = [10, 11, 12, 13];
        let after = |moves: &[_]| arrange_known("list", (&all, &[10, 12, 13]), moves);
        assert_eq!(after(&[(13, 0)]).unwrap(), [13, 11, 10, 12]);
        assert_eq!(after(&[(10, 1)]).unwrap(), [12, 11, 10, 13]);
        assert_eq!(after(&[(10, 9)]).unwrap(), [12, 11, 13, 10]);
        let refused = after(&[(10, 0), (11, 0)]).expect_err("11 is not known");
        let absent = arrange("list", &[10], &[(10, 0), (11, 0)]).expect_err("nor there");
        assert_eq!(refused.fields(), absent.fields());
    }

    /// Every move of up to two out of four to every place, and beyond.
    fn pairs() -> impl Iterator<Item = [(i64, u32); 2]> {
        let moves = || (10..14).flat_map(|thing| (0..6).map(move |place| (thing, place)));
        let pairs = moves().flat_map(move |one| moves().map(move |other| [one, other]));
        pairs.filter(|[one, other]| one.0 != other.0 && one.1 != other.1)
    }

    #[test]
    fn nobody_gets_lost_and_each_place_is_kept() {
        assert_eq!(pairs().count(), 12 * 30);
        for moves in pairs() {
            let order = after(&moves);
            let mut all = order.clone();
            all.sort_unstable();
            assert_eq!(all, [10, 11, 12, 13], "{moves:?}");
            let at = |thing: i64| order.iter().position(|other| *other == thing);
            let [one, other] = moves;
            assert_eq!(at(one.0) < at(other.0), one.1 < other.1, "{moves:?}");
            if moves.iter().all(|(_, place)| *place < 4) {
                assert_eq!(at(one.0), usize::try_from(one.1).ok(), "{moves:?}");
                assert_eq!(at(other.0), usize::try_from(other.1).ok(), "{moves:?}");
            }
            let is_named = |thing: &i64| *thing == one.0 || *thing == other.0;
            let left: Vec<i64> = order.into_iter().filter(|thing| !is_named(thing)).collect();
            assert!(left.is_sorted(), "the rest keeps its order: {moves:?}");
        }
    }
}
