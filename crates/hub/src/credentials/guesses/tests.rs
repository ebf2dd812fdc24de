//! Tests of who waits, and for how long.

use super::*;

/// A guess from this network, each in a wider one of its own, at this name.
fn begin(counts: &mut Counts, network: u64, name: u64, now: i64) -> Result<Guess> {
    begin_within(counts, network, network, name, now)
}

fn begin_within(
    counts: &mut Counts,
    wide: u64,
    network: u64,
    name: u64,
    now: i64,
) -> Result<Guess> {
    // As the hasher would: no two pairs of a name and a network have one key.
    let of = |network: u64| network * 1_000_000 + name;
    let keys = Keys {
        name,
        network: of(network),
        wide: of(wide),
    };
    counts.make_room(now);
    counts.begin_stranger((of(network), keys), now)
}

fn wait<T>(outcome: Result<T>) -> u64 {
    match outcome {
        Ok(_) => 0,
        Err(Error::RateLimited { retry_after_ms }) => retry_after_ms,
        Err(other) => panic!("{other}"),
    }
}

fn at(login: &'static str, address: &str) -> Stranger<'static> {
    let address = Some(address.parse().unwrap());
    Stranger { login, address }
}

#[test]
fn the_delay_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten_after_a_day() {
    let (mut counts, mut now) = (Counts::default(), 0);
    for _ in 0..FREE_GUESSES {
        assert_eq!(wait(begin(&mut counts, 1, 1, now)), 0);
    }
    let mut waits = Vec::new();
    for _ in 0..12 {
        assert_eq!(wait(begin(&mut counts, 1, 1, now)), 0);
        let next = wait(begin(&mut counts, 1, 1, now));
        waits.push(next / 1000);
        now += i64::try_from(next).unwrap();
    }
    assert_eq!(waits[..10], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    assert_eq!(waits[10..], [900, 900]);
    now += MEMORY_MS;
    for _ in 0..=FREE_GUESSES {
        assert_eq!(wait(begin(&mut counts, 1, 1, now)), 0);
    }
}

/// Ten networks use up what all have at the name.
fn close(counts: &mut Counts, name: u64, now: i64) {
    for network in 0..10 {
        for _ in 0..5 {
            assert_eq!(wait(begin(counts, network, name, now)), 0);
        }
    }
}

#[test]
fn beyond_fifty_guesses_at_a_name_who_has_failed_waits_and_who_has_not_has_one_try() {
    let mut counts = Counts::default();
    close(&mut counts, 1, 0);
    // Those who failed wait for the ceiling, which lets ten in an hour.
    for network in 0..10 {
        let refused = wait(begin(&mut counts, network, 1, 0));
        assert!(refused >= CEILING_INTERVAL_MS.unsigned_abs(), "{refused}");
    }
    assert_eq!(wait(begin(&mut counts, 10, 1, 0)), 0);
    assert!(wait(begin(&mut counts, 10, 1, 0)) > 0);
    // Another name is not held up.
    assert_eq!(wait(begin(&mut counts, 9, 2, 0)), 0);
    // One that all have comes back; then it is the network's own day again.
    let later = CEILING_INTERVAL_MS;
    assert_eq!(wait(begin(&mut counts, 10, 1, later)), 0);
    assert!(wait(begin(&mut counts, 10, 1, later)) > 0);
    close(&mut counts, 1, later + DAY_MS);
    assert_eq!(wait(begin(&mut counts, 10, 1, later + DAY_MS)), 0);
}

#[test]
fn a_right_guess_beyond_the_ceiling_gives_its_try_back_and_so_does_one_that_was_never_made() {
    let guesses = Guesses::default();
    for network in 0..10 {
        for _ in 0..5 {
            let address = format!("10.{network}.0.1");
            guesses
                .begin(Guesser::Stranger(at("ana", &address)))
                .unwrap();
        }
    }
    let owner = Guesser::Stranger(at("ana", "192.0.2.1"));
    for _ in 0..20 {
        guesses.right(&guesses.begin(owner).unwrap());
        guesses.unmade(&guesses.begin(owner).unwrap());
    }
    guesses.begin(owner).unwrap();
    assert!(guesses.begin(owner).is_err());
}

#[test]
fn what_is_kept_beyond_the_ceiling_is_shared_out_over_providers_and_has_an_end() {
    let mut counts = Counts::default();
    close(&mut counts, 1, 0);
    let mut networks = 100..;
    let mut next = || networks.next().unwrap();
    for _ in 0..WIDE_BURST {
        assert_eq!(wait(begin_within(&mut counts, 99, next(), 1, 0)), 0);
    }
    assert!(wait(begin_within(&mut counts, 99, next(), 1, 0)) > 0);
    for _ in WIDE_BURST..RESERVE_BURST {
        assert_eq!(wait(begin(&mut counts, next(), 1, 0)), 0);
    }
    // Two hundred and fifty networks were needed; then it is one in six minutes or less.
    let refused = wait(begin(&mut counts, next(), 1, 0));
    assert!((1..=CEILING_INTERVAL_MS.unsigned_abs()).contains(&refused));
}

#[test]
fn no_more_guesses_at_a_name_than_are_told_are_made_in_a_day_from_any_number_of_networks() {
    let (mut counts, mut made) = (Counts::default(), 0);
    let mut network = 0;
    for now in (0..DAY_MS).step_by(60_000) {
        for _ in 0..20 {
            network += 1;
            made += u32::from(begin(&mut counts, network, 1, now).is_ok());
        }
    }
    // Fifty and ten an hour, and what is kept for those who have not failed.
    assert!((780..=790).contains(&made), "{made}");
}

#[test]
fn a_guess_that_was_never_compared_does_not_count() {
    let guesses = Guesses::default();
    let stranger = Guesser::Stranger(Stranger {
        login: "ana",
        address: None,
    });
    for _ in 0..200 {
        let guess = guesses.begin(stranger).unwrap();
        guesses.unmade(&guess);
    }
    for _ in 0..=FREE_GUESSES {
        guesses.begin(stranger).unwrap();
    }
    assert!(guesses.begin(stranger).is_err());
}

#[test]
fn all_devices_of_an_account_have_a_hundred_wrong_guesses_a_day_and_are_strangers_beyond() {
    let guesses = Guesses::default();
    let otherwise = at("ana", "192.0.2.1");
    let user_id = UserId::from_raw(7);
    let ids: Vec<String> = (0..20).map(|id| format!("device {id}")).collect();
    let begin = |at: usize| {
        let id = ids[at].as_str();
        guesses.begin(Guesser::Device {
            id,
            user_id,
            otherwise,
        })
    };
    for device in 0..10 {
        for _ in 0..5 {
            begin(device).unwrap();
        }
    }
    // From here on they are the network's guesses.
    for _ in 0..=FREE_GUESSES {
        begin(11).unwrap();
    }
    assert!(begin(12).is_err());
    assert!(guesses.begin(Guesser::Stranger(otherwise)).is_err());
    let another = Guesser::Device {
        id: "x",
        user_id: UserId::from_raw(8),
        otherwise,
    };
    guesses.begin(another).unwrap();
    guesses.begin_anew(user_id, std::iter::empty());
    begin(12).unwrap();

    let (mut counts, mut made) = (Counts::default(), 0);
    for now in (0..DAY_MS).step_by(60_000) {
        if counts.devices.wait(1, now) == 0 {
            counts.devices.take(1, now);
            made += 1;
        }
    }
    assert!((95..=100).contains(&made), "{made}");
}

#[test]
fn strangers_are_told_apart_by_network_and_name_and_from_devices_and_sessions() {
    let guesses = Guesses::default();
    let keys = |login, address: &str| guesses.keys_of(at(login, address));
    let key = |login, address: &str| keys(login, address).0;
    assert_eq!(key("ana", "192.0.2.1"), key("ana", "::ffff:192.0.2.200"));
    assert_eq!(key("ana", "2001:db8::1"), key("ana", "2001:db8:0:1::1"));
    assert_ne!(key("ana", "192.0.2.1"), key("ana", "192.0.3.1"));
    assert_ne!(key("ana", "2001:db8::1"), key("ana", "2001:db8:1::1"));
    assert_ne!(key("ana", "192.0.2.1"), key("ben", "192.0.2.1"));
    let wide = |address: &str| keys("ana", address).1.wide;
    assert_eq!(wide("192.0.2.1"), wide("192.0.3.1"));
    assert_ne!(wide("192.0.2.1"), wide("192.1.2.1"));
    let otherwise = at("ana", "192.0.2.1");
    let device = Guesser::Device {
        id: "x",
        user_id: UserId::from_raw(7),
        otherwise,
    };
    let device = guesses.begin(device).unwrap().track;
    let session = Guesser::Session(SessionId::from_raw(7));
    let session = guesses.begin(session).unwrap().track;
    assert_ne!(device, session);
}

#[test]
fn a_flood_of_names_is_bounded_and_forgets_nobody_who_waits() {
    let mut counts = Counts::default();
    for _ in 0..=FREE_GUESSES {
        begin(&mut counts, 0, 0, 0).unwrap();
    }
    let flood = u64::try_from(KEYS_MAX).unwrap() * 2;
    for name in 1..=flood {
        begin(&mut counts, name, name, 1).unwrap();
    }
    assert!(counts.tracks.len() <= KEYS_MAX);
    let Counts {
        ceiling,
        network,
        wide,
        reserve,
        ..
    } = &counts;
    for meter in [ceiling, network, wide, reserve] {
        assert!(meter.len() <= KEYS_MAX);
    }
    assert!(wait(begin(&mut counts, 0, 0, 2)) > 0);
}
