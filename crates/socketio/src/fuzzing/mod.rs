//! Fuzz targets: what foreign bytes first meet, as plain functions over bytes that panic when a
//! promise is broken.
//!
//! They stand within the crate because the parsers are private and stay so. The module is built
//! for tests, which run each target over its kept corpus and mutations of it, and for `cargo fuzz`,
//! which sets `cfg(fuzzing)`; it is no part of the library otherwise. It does not know who chooses
//! the bytes.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a target fails by panicking, and is in no build that serves"
)]

mod frames;
mod packets;
mod payloads;

pub use frames::frames;
pub use packets::packets;
pub use payloads::payloads;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use battala_testkit::fuzz::{Target, run};

    fn fuzz(name: &str, target: Target) {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        run(&corpora.join(name), target, 100);
    }

    #[test]
    fn fuzz_frames() {
        fuzz("frames", super::frames);
    }

    #[test]
    fn fuzz_packets() {
        fuzz("packets", super::packets);
    }

    #[test]
    fn fuzz_payloads() {
        fuzz("payloads", super::payloads);
    }
}
