//! Randomness, as an input.

use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Makes secrets from the operating system's generator.
#[derive(Clone)]
pub struct Random(Arc<SystemRandom>);

impl Random {
    /// The operating system's generator.
    pub fn system() -> Self {
        Self(Arc::new(SystemRandom::new()))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .fill(&mut bytes)
            .expect("the system generator does not fail once it is seeded");
        bytes
    }

    /// A secret of 256 bits that can stand in a link.
    pub fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// An invite code: 72 bits in twelve characters, too many to guess and few enough to read out.
    pub fn invite_code(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes::<9>())
    }
}
