//! Password hashes, on a bounded pool of their own.
//!
//! bcrypt looks at 72 bytes only and stops at NUL, so it is given a fixed-length pre-hash of the
//! whole password instead. Plain `$2a$`/`$2b$`/`$2y$` hashes, as other systems store them, verify
//! and are replaced at the next sign-in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::config::Config;
use crate::error::{Error, Result};
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
    workers: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl Passwords {
    pub(crate) fn new(config: &Config, random: Random) -> Self {
        Self(Arc::new(Shared {
            cost: config.password_cost,
            random,
            workers: Semaphore::new(config.password_workers),
            waiting: AtomicUsize::new(0),
            waiting_max: config.password_queue,
        }))
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (prehash, salt, cost) = (prehash(password), self.0.random.bytes::<16>(), self.0.cost);
        let hashed = self
            .run(move || bcrypt::non_truncating_hash_with_salt(prehash, cost, salt))
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
    /// [`Error::Unavailable`] when too many wait already.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict> {
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
            .run(move || bcrypt::verify(candidate, &hash).unwrap_or(false))
            .await?;
        Ok(match (matches && is_somebody, is_outdated) {
            (false, _) => Verdict::Wrong,
            (true, false) => Verdict::Right,
            (true, true) => Verdict::RightButOutdated,
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let shared = &self.0;
        let _place = WaitingPlace::take(shared)?;
        let worker = tokio::time::timeout(QUEUE_TIMEOUT, shared.workers.acquire()).await;
        let _worker = worker
            .map_err(|_| Error::Unavailable)?
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }
}

/// One of the places in the queue; given back when dropped.
struct WaitingPlace<'a>(&'a Shared);

impl<'a> WaitingPlace<'a> {
    fn take(shared: &'a Shared) -> Result<Self> {
        let waiting = shared.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(shared);
        if waiting < shared.waiting_max {
            Ok(place)
        } else {
            Err(Error::Unavailable)
        }
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
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

    fn passwords() -> Passwords {
        let config = Config {
            password_cost: 4,
            password_workers: 1,
            password_queue: 2,
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
            let stored = passwords.hash(&right).await.unwrap();
            assert_eq!(
                passwords.verify(&right, Some(&stored)).await.unwrap(),
                Verdict::Right
            );
            assert_eq!(
                passwords.verify(&wrong, Some(&stored)).await.unwrap(),
                Verdict::Wrong
            );
        }
    }

    #[tokio::test]
    async fn normal_forms_of_one_password_are_equal() {
        let passwords = passwords();
        let stored = passwords.hash("p\u{e9}re et m\u{e8}re").await.unwrap();
        let decomposed = "pe\u{301}re et me\u{300}re";
        assert_eq!(
            passwords.verify(decomposed, Some(&stored)).await.unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn a_plain_bcrypt_hash_verifies_and_is_outdated() {
        let passwords = passwords();
        let imported = bcrypt::hash("correct horse battery", 4).unwrap();
        let verdict = passwords
            .verify("correct horse battery", Some(&imported))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::RightButOutdated);
        assert_eq!(
            passwords
                .verify("another password", Some(&imported))
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
            passwords().verify("anything at all", None).await.unwrap(),
            Verdict::Wrong
        );
    }

    #[tokio::test]
    async fn more_waiting_callers_than_the_queue_holds_are_refused() {
        let passwords = passwords();
        let calls = (0..8).map(|_| passwords.hash("correct horse battery"));
        let results = futures_util::future::join_all(calls).await;
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(Error::Unavailable)))
            .count();
        assert_eq!((refused, results.len()), (6, 8));
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
