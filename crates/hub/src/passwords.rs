//! Password hashes, on a bounded pool of their own.
//!
//! bcrypt looks at 72 bytes only and stops at NUL, so it is given a fixed-length pre-hash of the
//! whole password instead. Plain `$2a$`/`$2b$`/`$2y$` hashes, as other systems store them, verify
//! and are replaced at the next sign-in.
//!
//! Places to wait are shared out: an account has one, the changes of all accounts together a
//! quarter, and one address (of IPv6, one site) three quarters of them, so that others always find
//! a place. Of those who wait, an address or an account has no more in front of the workers than there are workers;
//! its others queue behind their own. What a caller is allowed to ask for is decided elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::limits::Subject;
use crate::random::Random;

/// Marks hashes over the pre-hash.
const SCHEME: &str = "v1$bcrypt$";
/// Separates this use of HMAC from every other.
const PREHASH_LABEL: &[u8] = b"battala-hub/pw/v1";
/// How long a caller waits for its turn; less than the deadline of a request.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(8);
/// When an account that waits for a hash may ask for another one: most are done by then.
const RETRY_MS: u64 = 1000;
/// Salt and hash of nobody's password.
const NOBODY: &str = "C6UzMDM.H6dfI/f/IKcEeO3nD4tT3BrQrUhx9o0XCjqsWgkbkDAQe";
/// Passwords that everyone tries first, lower case, one per line.
const COMMON: &str = include_str!("common-passwords.txt");

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, but its hash is weaker than new ones are.
    RightButOutdated,
}

/// Makes and compares hashes.
#[derive(Clone)]
pub struct Passwords(Arc<Shared>);

struct Shared {
    cost: u32,
    random: Random,
    workers: Arc<Semaphore>,
    workers_max: usize,
    places_max: usize,
    places: Mutex<Places>,
}

impl Passwords {
    pub(crate) fn new(config: &Config, random: Random) -> Self {
        Self(Arc::new(Shared {
            cost: config.password_cost,
            random,
            workers: Arc::new(Semaphore::new(config.password_workers)),
            workers_max: config.password_workers,
            places_max: config.password_queue,
            places: Mutex::default(),
        }))
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait already, [`Error::RateLimited`] when the account
    /// waits for another one.
    pub async fn hash(&self, whom: Subject, password: &str) -> Result<String> {
        let (prehash, salt, cost) = (prehash(password), self.0.random.bytes::<16>(), self.0.cost);
        let hashed = self
            .run(whom, move || {
                bcrypt::non_truncating_hash_with_salt(prehash, cost, salt)
            })
            .await?;
        let hashed = hashed.map_err(Error::internal)?;
        Ok(format!(
            "{SCHEME}{}",
            hashed.format_for_version(bcrypt::Version::TwoB)
        ))
    }

    /// Compares a password with a stored hash; with `None`, that of nobody, it takes as long.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub async fn verify(
        &self,
        whom: Subject,
        password: &str,
        stored: Option<&str>,
    ) -> Result<Verdict> {
        let is_somebody = stored.is_some();
        let stored = stored.map_or_else(|| nobody(self.0.cost), str::to_owned);
        let is_plain = !stored.starts_with(SCHEME);
        let candidate = if is_plain {
            password.to_owned()
        } else {
            prehash(password)
        };
        let hash = stored.strip_prefix(SCHEME).unwrap_or(&stored).to_owned();
        let is_outdated = is_plain || cost_of(&hash) < self.0.cost;
        let matches = self
            .run(whom, move || {
                bcrypt::verify(candidate, &hash).unwrap_or(false)
            })
            .await?;
        Ok(match (matches && is_somebody, is_outdated) {
            (false, _) => Verdict::Wrong,
            (true, false) => Verdict::Right,
            (true, true) => Verdict::RightButOutdated,
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        whom: Subject,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let place = Place::take(&self.0, whom)?;
        let turn = Arc::clone(&place.turn);
        let turn_and_worker = async {
            let turn = turn.acquire_owned().await?;
            let worker = Arc::clone(&self.0.workers).acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>((turn, worker))
        };
        let held = tokio::time::timeout(QUEUE_TIMEOUT, turn_and_worker).await;
        let held = held
            .map_err(|_| Error::Unavailable)?
            .map_err(Error::internal)?;
        // A hash under way cannot be called off: it keeps its worker and its place when whoever
        // asked has hung up.
        let work = move || {
            let done = work();
            drop((held, place));
            done
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }
}

/// Who waits, or has a worker.
#[derive(Default)]
struct Places {
    taken: usize,
    taken_by_accounts: usize,
    callers: HashMap<Subject, Caller>,
}

struct Caller {
    places: usize,
    /// As many as there are workers: who is next among the caller's own.
    turn: Arc<Semaphore>,
}

/// One of the places in the queue; given back when dropped.
struct Place {
    shared: Arc<Shared>,
    whom: Subject,
    turn: Arc<Semaphore>,
}

impl Place {
    fn take(shared: &Arc<Shared>, whom: Subject) -> Result<Self> {
        let whom = whom.site().unwrap_or(whom);
        let mut places = shared.places.lock().unwrap_or_else(PoisonError::into_inner);
        let is_account = matches!(whom, Subject::User(_));
        let held = places.callers.get(&whom).map_or(0, |caller| caller.places);
        if is_account && held > 0 {
            return Err(Error::RateLimited {
                retry_after_ms: RETRY_MS,
            });
        }
        let of_accounts_max = shared.places_max.div_ceil(4);
        let of_address_max = (shared.places_max * 3).div_ceil(4);
        if places.taken >= shared.places_max
            || (is_account && places.taken_by_accounts >= of_accounts_max)
            || held >= of_address_max
        {
            return Err(Error::Unavailable);
        }
        places.taken += 1;
        places.taken_by_accounts += usize::from(is_account);
        let caller = places.callers.entry(whom).or_insert_with(|| Caller {
            places: 0,
            turn: Arc::new(Semaphore::new(shared.workers_max)),
        });
        caller.places += 1;
        let turn = Arc::clone(&caller.turn);
        drop(places);
        Ok(Self {
            shared: Arc::clone(shared),
            whom,
            turn,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let places = self.shared.places.lock();
        let mut places = places.unwrap_or_else(PoisonError::into_inner);
        places.taken -= 1;
        places.taken_by_accounts -= usize::from(matches!(self.whom, Subject::User(_)));
        if let Some(caller) = places.callers.get_mut(&self.whom) {
            caller.places -= 1;
            if caller.places == 0 {
                places.callers.remove(&self.whom);
            }
        }
    }
}

/// Whether two texts are one password: their normal forms are equal.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.nfkc().eq(other.nfkc())
}

/// 43 characters that stand for the whole password, whatever its length and normal form.
fn prehash(password: &str) -> String {
    let normal: String = password.nfkc().collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, PREHASH_LABEL);
    BASE64_STANDARD_NO_PAD.encode(hmac::sign(&key, normal.as_bytes()))
}

/// Compared with when the account does not exist: it costs what new hashes cost, so that the answer
/// takes as long.
fn nobody(cost: u32) -> String {
    format!("{SCHEME}$2b${cost:02}${NOBODY}")
}

/// The cost in `$2b$12$…`; 0 when it cannot be read.
fn cost_of(hash: &str) -> u32 {
    hash.split('$')
        .nth(2)
        .and_then(|cost| cost.parse().ok())
        .unwrap_or(0)
}

/// Whether the password is among the first that anyone would try for this account.
pub fn is_too_common(password: &str, own_words: &[&str]) -> bool {
    let folded = password.to_lowercase();
    let bare = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    let is_own_word = |word: &&str| !word.is_empty() && [folded.as_str(), bare].contains(word);
    let mut chars = folded.chars();
    let first = chars.next();
    let is_one_character = chars.all(|c| Some(c) == first);
    is_one_character
        || own_words.iter().any(is_own_word)
        || COMMON.lines().any(|common| common == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Subject = Subject::address(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    fn passwords() -> Passwords {
        passwords_with(2)
    }

    fn passwords_with(password_queue: usize) -> Passwords {
        let config = Config {
            password_cost: 4,
            password_workers: 1,
            password_queue,
            ..Config::default()
        };
        Passwords::new(&config, Random::system())
    }

    #[tokio::test]
    async fn a_password_is_not_cut_at_72_bytes_nor_at_nul() {
        let passwords = passwords();
        for (right, wrong) in [
            ("x".repeat(72) + "a", "x".repeat(72) + "b"),
            ("abc\0def".into(), "abc\0xyz".into()),
        ] {
            let stored = passwords.hash(HOME, &right).await.unwrap();
            assert_eq!(
                passwords.verify(HOME, &right, Some(&stored)).await.unwrap(),
                Verdict::Right
            );
            assert_eq!(
                passwords.verify(HOME, &wrong, Some(&stored)).await.unwrap(),
                Verdict::Wrong
            );
        }
    }

    #[tokio::test]
    async fn normal_forms_of_one_password_are_equal() {
        let passwords = passwords();
        let stored = passwords
            .hash(HOME, "p\u{e9}re et m\u{e8}re")
            .await
            .unwrap();
        let decomposed = "pe\u{301}re et me\u{300}re";
        assert_eq!(
            passwords
                .verify(HOME, decomposed, Some(&stored))
                .await
                .unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn a_plain_bcrypt_hash_verifies_and_is_outdated() {
        let passwords = passwords();
        let imported = bcrypt::hash("correct horse battery", 4).unwrap();
        let verdict = passwords
            .verify(HOME, "correct horse battery", Some(&imported))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::RightButOutdated);
        assert_eq!(
            passwords
                .verify(HOME, "another password", Some(&imported))
                .await
                .unwrap(),
            Verdict::Wrong
        );
    }

    #[test]
    fn comparing_with_nobody_costs_what_comparing_with_somebody_does() {
        for cost in [4, 9, 12] {
            let hash = nobody(cost);
            let hash = hash.strip_prefix(SCHEME).unwrap();
            assert_eq!(cost_of(hash), cost);
        }
        let hash = nobody(4);
        let compared = bcrypt::verify("anything at all", hash.strip_prefix(SCHEME).unwrap());
        assert!(!compared.expect("it is a whole hash, so that it is computed"));
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert_eq!(
            passwords()
                .verify(HOME, "anything at all", None)
                .await
                .unwrap(),
            Verdict::Wrong
        );
    }

    #[tokio::test]
    async fn more_waiting_callers_than_the_queue_holds_are_refused() {
        let passwords = passwords();
        // Nobody is done before the last one has asked.
        let workers = Arc::clone(&passwords.0.workers);
        let workers_max = u32::try_from(passwords.0.workers_max).unwrap();
        let busy = workers.acquire_many(workers_max).await.unwrap();
        let calls = (0..8).map(|_| passwords.hash(HOME, "correct horse battery"));
        let calls = futures_util::future::join_all(calls);
        let (results, ()) = tokio::join!(biased; calls, async { drop(busy) });
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(Error::Unavailable)))
            .count();
        assert_eq!((refused, results.len()), (6, 8));
    }

    #[tokio::test]
    async fn an_account_has_one_place_and_all_accounts_a_quarter() {
        let passwords = passwords_with(8);
        let account = |id| Subject::User(battala_proto::id::UserId::from_raw(id));
        let first = Place::take(&passwords.0, account(1)).unwrap();
        let refused = Place::take(&passwords.0, account(1)).map(drop);
        assert!(matches!(refused, Err(Error::RateLimited { .. })));
        let _second = Place::take(&passwords.0, account(2)).unwrap();
        let refused = Place::take(&passwords.0, account(3)).map(drop);
        assert!(matches!(refused, Err(Error::Unavailable)));
        let _others: Vec<Place> = (0..6)
            .map(|_| Place::take(&passwords.0, HOME).unwrap())
            .collect();
        drop(first);
        let refused = Place::take(&passwords.0, HOME).map(drop);
        assert!(
            matches!(refused, Err(Error::Unavailable)),
            "its share is six"
        );
        Place::take(&passwords.0, account(1)).unwrap();
        assert_eq!(passwords.0.places.lock().unwrap().callers.len(), 2);
    }

    #[tokio::test]
    async fn the_networks_of_a_site_have_the_places_of_one_address() {
        let passwords = passwords_with(8);
        let taken = (0..8).filter_map(|network| {
            let address = format!("2001:db8:1:{network}::1").parse().unwrap();
            Place::take(&passwords.0, Subject::address(address)).ok()
        });
        let taken: Vec<Place> = taken.collect();
        assert_eq!(taken.len(), 6);
        let elsewhere = Subject::address("2001:db8:2::1".parse().unwrap());
        assert!(Place::take(&passwords.0, elsewhere).is_ok());
    }

    #[tokio::test]
    async fn one_who_comes_later_is_not_behind_everything_that_one_address_queued() {
        let passwords = passwords_with(100);
        let elsewhere = Subject::address("192.0.2.7".parse().unwrap());
        let busy = Arc::clone(&passwords.0.workers)
            .acquire_owned()
            .await
            .unwrap();
        let order = Mutex::new(Vec::new());
        let ask = async |whom: Subject, name: &'static str| {
            passwords.hash(whom, "correct horse battery").await.unwrap();
            order.lock().unwrap().push(name);
        };
        let mut calls: Vec<futures_util::future::BoxFuture<'_, ()>> = Vec::new();
        for _ in 0..20 {
            calls.push(Box::pin(ask(HOME, "home")));
        }
        calls.push(Box::pin(ask(elsewhere, "elsewhere")));
        let free = async {
            tokio::task::yield_now().await;
            drop(busy);
        };
        tokio::join!(futures_util::future::join_all(calls), free);
        let order = order.into_inner().unwrap();
        let place = order.iter().position(|name| *name == "elsewhere").unwrap();
        assert!(place <= 2, "{order:?}");
    }

    #[test]
    fn normal_forms_are_the_same_password() {
        assert!(is_same(
            "p\u{e9}re et m\u{e8}re",
            "pe\u{301}re et me\u{300}re"
        ));
        assert!(!is_same("pere et mere", "Pere et mere"));
    }

    #[test]
    fn what_everyone_tries_first_is_too_common() {
        for password in [
            "password123",
            "1234567890",
            "aaaaaaaaaaaa",
            "qwertyuiop",
            "Ana.Banana99",
        ] {
            assert!(
                is_too_common(password, &["ana.banana", "battala"]),
                "{password} passed"
            );
        }
        assert!(!is_too_common("correct horse battery", &["ana"]));
    }
}
