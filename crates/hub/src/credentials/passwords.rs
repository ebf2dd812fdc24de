//! Password hashes, on a bounded pool of their own.
//!
//! bcrypt looks at 72 bytes only and stops at NUL, so it is given a fixed-length pre-hash of the
//! whole password instead. Plain `$2a$`/`$2b$`/`$2y$` hashes, as other systems store them, verify
//! and are replaced at the next sign-in.
//!
//! Places to wait are shared out ([`places`]); of those who wait, the sign-ins of a network have no
//! more in front of the workers than there are workers, nor have the changes of its accounts: the
//! others queue behind their own. What a
//! caller is allowed to ask for is decided elsewhere.

mod places;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use self::places::{Places, Taken};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::limits::shares::Caller;
use crate::random::Random;

/// Marks hashes over the pre-hash.
const SCHEME: &str = "v1$bcrypt$";
/// Separates this use of HMAC from every other.
const PREHASH_LABEL: &[u8] = b"battala-hub/pw/v1";
/// How long a caller waits for its turn; less than the deadline of a request.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(8);
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
    places: Arc<Places>,
}

impl Passwords {
    pub(crate) fn new(config: &Config, random: Random) -> Self {
        Self(Arc::new(Shared {
            cost: config.password_cost,
            random,
            workers: Arc::new(Semaphore::new(config.password_workers)),
            places: Arc::new(Places::new(config.password_queue, config.password_workers)),
        }))
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait already, [`Error::RateLimited`] when the account
    /// waits for another one.
    pub async fn hash(&self, whom: Caller, password: &str) -> Result<String> {
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
        whom: Caller,
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
        whom: Caller,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let Taken {
            place,
            turn,
            mut lost,
        } = Places::take(&self.0.places, whom)?;
        let turn_and_worker = async {
            let turn = turn.acquire_owned().await?;
            let worker = Arc::clone(&self.0.workers).acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>((turn, worker))
        };
        let held = tokio::select! {
            biased;
            _ = &mut lost => return Err(Error::Unavailable),
            held = tokio::time::timeout(QUEUE_TIMEOUT, turn_and_worker) => held,
        };
        let held = held
            .map_err(|_| Error::Unavailable)?
            .map_err(Error::internal)?;
        place.begin()?;
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
    use futures_util::future::{FutureExt, LocalBoxFuture};
    use futures_util::stream::{FuturesUnordered, StreamExt};

    use super::*;
    use crate::limits::Subject;

    const HOME: Caller = {
        let home = Subject::address(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        Caller::new(home, home)
    };

    /// However late whoever waits is woken.
    type InOrderOfTheirEnds<'a> = FuturesUnordered<LocalBoxFuture<'a, &'static str>>;

    fn at(address: &str) -> Caller {
        let address = Subject::address(address.parse().unwrap());
        Caller::new(address, address)
    }

    fn account(id: i64) -> Caller {
        let home = Subject::address([127, 0, 0, 1].into());
        Caller::new(Subject::User(battala_proto::id::UserId::from_raw(id)), home)
    }

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
        let passwords = passwords_with(8);
        // Nobody is done before the last one has asked.
        let workers = Arc::clone(&passwords.0.workers);
        let busy = workers.acquire_many(1).await.unwrap();
        let calls = (0..8).map(|_| passwords.hash(HOME, "correct horse battery"));
        let calls = futures_util::future::join_all(calls);
        let (results, ()) = tokio::join!(biased; calls, async { drop(busy) });
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(Error::Unavailable)))
            .count();
        assert_eq!((refused, results.len()), (6, 8), "a network has a quarter");
    }

    #[tokio::test]
    async fn where_all_wait_the_last_of_who_holds_most_makes_room_and_is_told() {
        let passwords = passwords_with(8);
        let workers = Arc::clone(&passwords.0.workers);
        let busy = workers.acquire_many(1).await.unwrap();
        let network = |number: u8| at(&format!("10.1.{number}.7"));
        let ask = |number| passwords.hash(network(number), "correct horse battery");
        let crowd = [0, 0, 1, 1, 2, 2, 3, 3].map(ask);
        let (crowd, newcomer, ()) = tokio::join!(
            biased;
            futures_util::future::join_all(crowd),
            ask(4),
            async { drop(busy) },
        );
        newcomer.unwrap();
        let done = crowd.iter().filter(|result| result.is_ok()).count();
        let told = crowd
            .iter()
            .filter(|result| matches!(result, Err(Error::Unavailable)))
            .count();
        assert_eq!((done, told), (7, 1));
        // Nothing is left behind: the queue takes as many again.
        let again = [0, 0, 1, 1, 2, 2, 3, 3].map(ask);
        let again = futures_util::future::join_all(again).await;
        assert!(again.iter().all(Result::is_ok), "{again:?}");
    }

    #[tokio::test]
    async fn one_who_comes_later_is_not_behind_everything_that_one_address_queued() {
        let passwords = passwords_with(100);
        let elsewhere = at("192.0.2.7");
        let busy = Arc::clone(&passwords.0.workers)
            .acquire_owned()
            .await
            .unwrap();
        let ask = async |whom: Caller, name: &'static str| {
            passwords.hash(whom, "correct horse battery").await.unwrap();
            name
        };
        let calls = InOrderOfTheirEnds::new();
        for _ in 0..20 {
            calls.push(ask(HOME, "home").boxed_local());
        }
        calls.push(ask(elsewhere, "elsewhere").boxed_local());
        let free = async {
            tokio::task::yield_now().await;
            drop(busy);
        };
        let (order, ()) = tokio::join!(calls.collect::<Vec<_>>(), free);
        let place = order.iter().position(|name| *name == "elsewhere").unwrap();
        assert!(place <= 2, "{order:?}");
    }

    #[tokio::test]
    async fn changes_of_many_accounts_at_one_place_stand_in_front_of_nobodys_sign_in() {
        let passwords = passwords_with(100);
        let busy = Arc::clone(&passwords.0.workers)
            .acquire_owned()
            .await
            .unwrap();
        let ask = async |whom, name: &'static str| {
            passwords.hash(whom, "correct horse battery").await.unwrap();
            name
        };
        let calls = InOrderOfTheirEnds::new();
        for id in 1..=20 {
            calls.push(ask(account(id), "change").boxed_local());
        }
        // From the same address, too.
        calls.push(ask(HOME, "sign-in").boxed_local());
        let free = async {
            tokio::task::yield_now().await;
            drop(busy);
        };
        let (order, ()) = tokio::join!(calls.collect::<Vec<_>>(), free);
        let place = order.iter().position(|name| *name == "sign-in").unwrap();
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
