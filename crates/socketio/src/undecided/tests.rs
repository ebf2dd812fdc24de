//! Tests of the places and their queues.

use super::*;
use crate::limits::alone;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::time::Instant;

const GRACE: Duration = Duration::from_secs(2);

fn peer(text: &str) -> Peer {
    Peer {
        address: text.parse().unwrap(),
    }
}

fn undecided(max: u32, networks_of: NetworksOf) -> Undecided {
    Undecided::new(&Config {
        unauthenticated_per_address_max: max,
        silent_grace: GRACE,
        networks_of,
        ..Config::default()
    })
}

/// A place that is free at once.
fn free(undecided: &Undecided, address: &str) -> Option<Permit> {
    undecided
        .admit(peer(address), None)
        .now_or_never()
        .flatten()
}

fn assert_empty(undecided: &Undecided) {
    assert!(lock(&undecided.table).is_empty());
}

/// An address by itself, and everybody together.
fn with_everybody(address: IpAddr) -> Vec<(Network, u32)> {
    let first = IpAddr::from([0, 0, 0, 0]);
    let everybody = Network { first, prefix: 0 };
    [alone(address), vec![(everybody, 3)]].concat()
}

#[tokio::test(start_paused = true)]
async fn an_address_has_a_limit_and_a_mapped_one_is_ipv4() {
    let undecided = undecided(1, alone);
    let held = free(&undecided, "2001:db8::1").unwrap();
    assert!(free(&undecided, "2001:db8::1").is_none());
    assert!(free(&undecided, "2001:db8::2").is_some());
    let v4 = free(&undecided, "192.0.2.1").unwrap();
    assert!(free(&undecided, "::ffff:192.0.2.1").is_none());
    drop((held, v4));
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn an_address_counts_in_each_of_its_networks() {
    let undecided = undecided(2, with_everybody);
    let admit = |last| free(&undecided, &format!("192.0.2.{last}"));
    let admitted: Vec<Permit> = (1..=9).filter_map(admit).collect();
    assert_eq!(admitted.len(), 6, "three times two");
    // Who was refused counts nowhere.
    assert_eq!(lock(&undecided.table).networks(), 7);
    drop(admitted);
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn who_has_a_full_network_of_its_own_holds_nobody_up() {
    let undecided = undecided(2, with_everybody);
    let own: Vec<_> = (0..2)
        .filter_map(|_| free(&undecided, "192.0.2.1"))
        .collect();
    let mut third = Box::pin(undecided.admit(peer("192.0.2.1"), None));
    assert!(third.as_mut().now_or_never().is_none());
    assert!(free(&undecided, "192.0.2.2").is_some());
    drop(own);
    assert!(third.await.is_some());
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn places_are_given_in_the_order_of_arrival() {
    let undecided = undecided(1, alone);
    let order = Mutex::new(Vec::new());
    let arrivals = (0..8).map(async |number| {
        let permit = undecided.admit(peer("192.0.2.1"), None).await.unwrap();
        order.lock().unwrap().push(number);
        tokio::task::yield_now().await;
        drop(permit);
    });
    join_all(arrivals).await;
    assert_eq!(*order.lock().unwrap(), (0..8).collect::<Vec<_>>());
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn the_silent_give_way_after_the_grace_one_for_each_who_waits() {
    let undecided = undecided(3, alone);
    let mut held: Vec<Permit> = (0..3)
        .filter_map(|_| free(&undecided, "192.0.2.1"))
        .collect();
    held[0].set_deciding(true);
    let began = Instant::now();
    let newcomer = undecided.admit(peer("192.0.2.1"), None);
    let second = held.swap_remove(1);
    let (newcomer, ()) = tokio::join!(newcomer, async {
        second.asked().await;
        assert_eq!(began.elapsed(), GRACE);
        assert!(
            held.iter()
                .all(|held| held.asked().now_or_never().is_none())
        );
        drop(second);
    });
    assert!(newcomer.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_begins_to_speak_when_it_is_asked_stays_and_another_is_asked() {
    let undecided = undecided(2, alone);
    let [first, second] = [(); 2].map(|()| free(&undecided, "192.0.2.1").unwrap());
    let newcomer = undecided.admit(peer("192.0.2.1"), None);
    let (newcomer, ()) = tokio::join!(newcomer, async {
        first.asked().await;
        first.set_deciding(true);
        second.asked().await;
        drop(second);
    });
    assert!(newcomer.is_some());
    // It is refused, and silent again: it is no younger for that.
    let third = undecided.admit(peer("192.0.2.1"), None);
    let (third, ()) = tokio::join!(third, async {
        first.set_deciding(false);
        first.asked().await;
        drop(first);
    });
    assert!(third.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_or_behind_too_many_is_refused() {
    let undecided = undecided(1, alone);
    let held = free(&undecided, "192.0.2.1").unwrap();
    held.set_deciding(true);
    let crowd = (0..20).map(|_| undecided.admit(peer("192.0.2.1"), None));
    let began = Instant::now();
    let crowd = crowd.map(async |admit| (admit.await.is_none(), began.elapsed()));
    let refused = join_all(crowd).await;
    assert!(refused.iter().all(|(is_refused, _)| *is_refused));
    let at_once = refused.iter().filter(|(_, after)| after.is_zero()).count();
    assert_eq!(at_once, 20 - table::WAITING_PER_PLACE as usize);
    drop(held);
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_while_it_waits_leaves_nothing_behind() {
    let undecided = undecided(1, alone);
    let held = free(&undecided, "192.0.2.1").unwrap();
    for _ in 0..100 {
        assert!(free(&undecided, "192.0.2.1").is_none());
    }
    drop(held);
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn an_owner_has_places_of_its_own_and_those_of_its_address() {
    let undecided = undecided(1, alone);
    let admit = |owner| undecided.admit(peer("192.0.2.1"), owner).now_or_never();
    let silent = admit(None).flatten().unwrap();
    let own = admit(Some(7)).flatten().unwrap();
    assert!(admit(Some(7)).is_none(), "it waits as any other");
    assert!(admit(Some(8)).is_some());
    drop(silent);
    let further = admit(Some(7)).flatten().unwrap();
    drop((own, further));
    assert_empty(&undecided);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_server_that_stops() {
    let undecided = undecided(1, alone);
    let held = free(&undecided, "192.0.2.1").unwrap();
    let began = Instant::now();
    let (waiting, ()) = tokio::join!(undecided.admit(peer("192.0.2.1"), None), async {
        tokio::task::yield_now().await;
        undecided.close();
    });
    assert!(waiting.is_none() && began.elapsed().is_zero());
    drop(held);
    assert!(free(&undecided, "192.0.2.1").is_none());
    assert_empty(&undecided);
}
