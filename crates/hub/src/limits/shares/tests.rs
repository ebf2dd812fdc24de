//! Shares are given fairly, and given back.

use super::*;
use battala_proto::id::UserId;

fn address(last: u8) -> Subject {
    Subject::address([192, 0, 2, last].into())
}

fn stranger(last: u8) -> Caller {
    Caller::new(address(last), address(last))
}

fn account(id: i64, last: u8) -> Caller {
    Caller::new(Subject::User(UserId::from_raw(id)), address(last))
}

#[test]
fn one_caller_has_an_eighth_and_others_are_not_held_up() {
    let shares = Shares::new(800);
    let first = shares.try_take(stranger(1), 60).unwrap();
    assert!(shares.try_take(stranger(1), 41).is_none());
    let second = shares.try_take(stranger(1), 40).unwrap();
    assert!(!shares.has_room(stranger(1)) && shares.has_room(stranger(2)));
    drop(first);
    assert!(shares.try_take(stranger(1), 60).is_some());
    drop(second);
    assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
}

#[test]
fn accounts_of_one_address_have_half_of_all_together() {
    let shares = Shares::new(800);
    let taken: Vec<Portion> = (1..=100)
        .map_while(|id| shares.try_take(account(id, 1), 100))
        .collect();
    assert_eq!(taken.len(), 4);
    assert!(shares.try_take(account(1, 2), 100).is_none(), "its share");
    assert!(shares.try_take(account(9, 2), 100).is_some());
}

#[test]
fn when_a_place_is_full_each_other_account_there_still_has_a_little() {
    let shares = Shares::new(6400);
    let taken: Vec<Portion> = (1..=4)
        .filter_map(|id| shares.try_take(account(id, 1), 800))
        .collect();
    assert_eq!(taken.len(), 4);
    assert!(!shares.has_room(account(1, 1)), "it has its share");
    assert!(shares.has_room(account(9, 1)));
    assert!(
        shares.try_take(account(9, 1), 101).is_none(),
        "not a little"
    );
    let many: Vec<Portion> = (10..=200)
        .filter_map(|id| shares.try_take(account(id, 1), 100))
        .collect();
    assert_eq!(many.len(), 8, "an eighth of all");
    assert!(shares.try_take(account(9, 2), 800).is_some(), "elsewhere");
    drop((taken, many));
    assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
    assert!(shares.held(|held| held.reserved.is_empty()));
}

#[test]
fn what_has_to_go_beyond_a_share_holds_up_its_caller_and_not_the_place() {
    let shares = Shares::new(6400);
    let there = [
        shares.take(account(1, 1), 700),
        shares.take(account(1, 1), 5000),
    ];
    assert!(!shares.has_room(account(1, 1)));
    assert!(shares.try_take(account(2, 1), 600).is_some());
    drop(there);
    assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
}

#[test]
fn answers_that_had_to_go_at_a_full_place_close_nothing_to_anybody_elsewhere() {
    let shares = Shares::new(6400);
    let mut there: Vec<Portion> = (1..=4)
        .filter_map(|id| shares.try_take(account(id, 1), 800))
        .collect();
    for id in 5..40 {
        // All of them look before the first has its answer.
        let asked = (0..16).filter(|_| shares.has_room(account(id, 1))).count();
        there.extend((0..asked).map(|_| shares.take(account(id, 1), 300)));
    }
    assert!(shares.has_room(stranger(2)));
    assert!(shares.try_take(account(99, 2), 800).is_some());
    assert!(shares.has_room(account(50, 1)), "a little, here too");
}

#[test]
fn what_was_kept_for_an_answer_grows_at_the_cost_of_its_caller_alone() {
    let shares = Shares::new(6400);
    let taken: Vec<Portion> = (1..=4)
        .filter_map(|id| shares.try_take(account(id, 1), 800))
        .collect();
    let mut kept = shares.try_take(account(5, 1), 100).unwrap();
    assert!(shares.try_take(account(5, 1), 1).is_none(), "one at a time");
    kept.resize(300);
    assert!(!shares.has_room(account(5, 1)));
    assert_eq!(shares.held(|held| (held.placed, held.kept)), (3200, 100));
    kept.resize(20);
    assert_eq!(shares.held(|held| (held.placed, held.kept)), (3200, 20));
    drop(taken);
    // Where there is room, what it grows by counts for its place, too.
    kept.resize(300);
    assert_eq!(shares.held(|held| (held.placed, held.kept)), (280, 20));
    drop(kept);
    assert!(shares.held(|held| held.kept == 0 && held.groups.is_empty()));
}

#[test]
fn networks_of_one_site_have_half_of_all_together() {
    let shares = Shares::new(800);
    let stranger = |site: u32, network: u32| {
        let address = format!("2001:db8:{site:x}:{network:x}::1").parse().unwrap();
        Caller::new(Subject::address(address), Subject::address(address))
    };
    let taken: Vec<Portion> = (1..=100)
        .filter_map(|network| shares.try_take(stranger(1, network), 100))
        .collect();
    assert_eq!(taken.len(), 4);
    assert!(shares.try_take(stranger(2, 1), 100).is_some());
}

#[test]
fn when_all_is_taken_each_other_caller_still_has_a_little() {
    let shares = Shares::new(6400);
    let taken: Vec<Portion> = (1..=8)
        .filter_map(|last| shares.try_take(stranger(last), 800))
        .collect();
    assert_eq!(taken.len(), 8);
    let beyond = shares.take(stranger(1), 500_000);
    assert!(!shares.has_room(stranger(2)), "it has its share");
    assert!(shares.has_room(stranger(9)));
    assert!(shares.try_take(stranger(9), 101).is_none(), "not a little");
    let little = shares.try_take(stranger(9), 100).unwrap();
    assert!(!shares.has_room(stranger(9)));
    let many: Vec<Portion> = (10..=200)
        .filter_map(|last| shares.try_take(stranger(last), 100))
        .collect();
    assert_eq!(many.len(), 31, "up to half as much again");
    drop((taken, beyond, little, many));
    assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
}

#[test]
fn what_is_larger_than_a_share_passes_alone_and_never_beyond_all() {
    let shares = Shares::new(800);
    let large = shares.try_take(stranger(1), 700).unwrap();
    assert!(shares.try_take(stranger(1), 1).is_none());
    assert!(shares.try_take(stranger(2), 101).is_none());
    drop(large);
    assert!(shares.try_take(stranger(1), 801).is_none());
}

#[test]
fn a_portion_grows_within_the_share_and_is_given_back_whole() {
    let shares = Shares::new(800);
    let mut portion = shares.try_take(stranger(1), 10).unwrap();
    assert_eq!(portion.try_grow(90), Ok(()));
    let full = Lack::Of(stranger(1).own());
    assert_eq!(portion.try_grow(1), Err(full));
    portion.resize(99);
    assert!(shares.has_room(stranger(1)));
    portion.resize(300);
    assert!(!shares.has_room(stranger(1)));
    drop(portion);
    assert!(shares.held(|held| held.placed == 0 && held.groups.is_empty()));
}

#[test]
fn what_is_there_already_is_counted_beyond_the_bound() {
    let shares = Shares::new(800);
    let there = shares.take(stranger(1), 1300);
    assert!(!shares.has_room(stranger(1)));
    assert!(shares.has_room(stranger(2)));
    drop(there);
    assert!(shares.has_room(stranger(1)));
}

#[test]
fn what_is_there_already_counts_in_what_is_kept_where_it_fits_there() {
    let shares = Shares::new(6400);
    let taken: Vec<Portion> = (1..=4)
        .filter_map(|id| shares.try_take(account(id, 1), 800))
        .collect();
    let many: Vec<Portion> = (10..100)
        .take_while(|id| shares.has_room(account(*id, 1)))
        .map(|id| shares.take(account(id, 1), 100))
        .collect();
    assert_eq!(many.len(), 8, "an eighth of all, for a place");
    drop((taken, many));
    assert!(shares.held(|held| held.kept == 0 && held.reserved.is_empty()));
}
