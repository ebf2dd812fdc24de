//! A bounded run of a fuzz target: every file of its kept corpus as it stands, and so many
//! mutations of each, the same ones each time unless another seed is asked for.
//!
//! Mutations are drawn and minimised by proptest, which the tests use anyway; what only a guided
//! search can find is for `cargo fuzz`, which calls the same functions with the same corpus. It
//! does not know what a target looks for: a target fails by panicking.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestRunner};

/// Another seed than [`SEED`], to go looking.
pub const SEED_VARIABLE: &str = "BATTALA_FUZZ_SEED";

/// How many mutations there are of each file, instead of what the test asks for.
pub const MUTATIONS_VARIABLE: &str = "BATTALA_FUZZ_MUTATIONS";

const SEED: u64 = 1;

/// Longest input that a mutation makes; larger ones only repeat themselves.
const INPUT_BYTES_MAX: usize = 1024;

/// A fuzz target: it panics when it is not satisfied.
pub type Target = fn(&[u8]);

/// Calls `target` with every file in `corpus` and with `mutations` mutations of each.
///
/// # Panics
/// When the target does, with the input; and when there is no corpus.
pub fn run(corpus: &Path, target: Target, mutations: u32) {
    let files = files(corpus);
    assert!(!files.is_empty(), "no corpus in {}", corpus.display());
    for (name, bytes) in &files {
        let outcome = catch_unwind(AssertUnwindSafe(|| target(bytes)));
        assert!(outcome.is_ok(), "the target failed on {name} of its corpus");
    }
    let seed = variable(SEED_VARIABLE).unwrap_or(SEED);
    let per_file = variable(MUTATIONS_VARIABLE).unwrap_or(mutations.into());
    let cases = per_file.saturating_mul(files.len() as u64);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: u32::try_from(cases).unwrap_or(u32::MAX),
        rng_seed: RngSeed::Fixed(seed),
        // What was found is kept by hand, under a name that says what it shows.
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&inputs(files), |input| {
        target(&input.bytes);
        Ok(())
    });
    if let Err(error) = result {
        panic!(
            "{error}\nkeep this input in {} once it is mended; the seed was {seed}",
            corpus.display()
        );
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]
fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

/// Name and content, by name.
fn files(corpus: &Path) -> Vec<(String, Vec<u8>)> {
    let entries =
        std::fs::read_dir(corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display()));
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.expect("an entry of the corpus");
            let name = entry.file_name().to_string_lossy().into_owned();
            (
                name,
                std::fs::read(entry.path()).expect("a file of the corpus"),
            )
        })
        .collect();
    files.sort();
    files
}

/// What a target is called with; shown so that `printf` can write it.
#[derive(Clone)]
struct Input {
    from: String,
    bytes: Vec<u8>,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a mutation of {}: \"{}\"",
            self.from,
            self.bytes.escape_ascii()
        )
    }
}

/// One change. Positions are relative, so that each fits an input of any length.
#[derive(Debug, Clone)]
enum Mutation {
    Set(Index, u8),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    /// A part of the input once more, so many times.
    Repeat(Index, Index, usize),
    /// The rest of another file from there on.
    Splice(Index, Index, Index),
}

fn inputs(files: Vec<(String, Vec<u8>)>) -> impl Strategy<Value = Input> {
    (any::<Index>(), vec(mutation(), 1..6)).prop_map(move |(chosen, mutations)| {
        let (name, bytes) = chosen.get(&files);
        let mut bytes = bytes.clone();
        for mutation in mutations {
            mutation.apply(&mut bytes, &files);
            bytes.truncate(INPUT_BYTES_MAX);
        }
        Input {
            from: name.clone(),
            bytes,
        }
    })
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        (at(), octet()).prop_map(|(at, octet)| Mutation::Set(at, octet)),
        (at(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, 1 << bit)),
        (at(), vec(octet(), 1..9)).prop_map(|(at, octets)| Mutation::Insert(at, octets)),
        (at(), at()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        (at(), at(), 1..40_usize).prop_map(|(from, to, n)| Mutation::Repeat(from, to, n)),
        (at(), at(), at()).prop_map(|(at, file, from)| Mutation::Splice(at, file, from)),
    ]
}

/// Any octet, and more often one that means something to somebody.
fn octet() -> impl Strategy<Value = u8> {
    const TELLING: &[u8] =
        b"\0\x01\x1e\x7e\x7f\x80\x81\x88\x89\xc3\xfe\xff0123456789[]{}\"\\,:/ -.e\n";
    prop_oneof![any::<u8>(), proptest::sample::select(TELLING)]
}

impl Mutation {
    fn apply(self, bytes: &mut Vec<u8>, files: &[(String, Vec<u8>)]) {
        match self {
            Self::Set(at, octet) => {
                if !bytes.is_empty() {
                    *at.get_mut(bytes) = octet;
                }
            }
            Self::Flip(at, bit) => {
                if !bytes.is_empty() {
                    *at.get_mut(bytes) ^= bit;
                }
            }
            Self::Insert(at, octets) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, octets);
            }
            Self::Remove(from, to) => {
                bytes.drain(range(from, to, bytes.len()));
            }
            Self::Repeat(from, to, times) => {
                let range = range(from, to, bytes.len());
                let again =
                    bytes[range.clone()].repeat(times.min(INPUT_BYTES_MAX / (range.len() + 1)));
                bytes.splice(range.end..range.end, again);
            }
            Self::Splice(at, file, from) => {
                let (_, other) = file.get(files);
                bytes.truncate(at.index(bytes.len() + 1));
                bytes.extend(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}

fn range(from: Index, to: Index, len: usize) -> std::ops::Range<usize> {
    let (from, to) = (from.index(len + 1), to.index(len + 1));
    from.min(to)..from.max(to)
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree;

    use super::*;
    use crate::Scratch;

    fn corpus(files: &[(&str, &[u8])]) -> Scratch {
        let scratch = Scratch::new().unwrap();
        for (name, bytes) in files {
            std::fs::write(scratch.path().join(name), bytes).unwrap();
        }
        scratch
    }

    fn failure(target: Target, files: &[(&str, &[u8])]) -> String {
        let corpus = corpus(files);
        let failed = catch_unwind(|| run(corpus.path(), target, 500)).expect_err("it fails");
        failed.downcast_ref::<String>().cloned().unwrap_or_default()
    }

    fn fails_on_bang(bytes: &[u8]) {
        assert!(!bytes.contains(&b'!'), "a bang");
    }

    fn fails_when_nothing_is_left(bytes: &[u8]) {
        assert!(!bytes.is_empty(), "nothing");
    }

    #[test]
    fn a_file_of_the_corpus_that_fails_is_named() {
        let message = failure(fails_on_bang, &[("good", b"x"), ("bad", b"y!")]);
        assert!(message.contains("on bad of its corpus"), "{message}");
    }

    #[test]
    fn what_no_file_shows_is_found_by_mutations_and_made_small() {
        let message = failure(fails_when_nothing_is_left, &[("long", b"0123456789")]);
        assert!(message.contains("a mutation of long: \"\""), "{message}");
    }

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let draw = || {
            let mut runner = TestRunner::new(ProptestConfig {
                rng_seed: RngSeed::Fixed(SEED),
                ..ProptestConfig::default()
            });
            let strategy = inputs(vec![("a".to_owned(), b"0123456789".to_vec())]);
            let mut next = || strategy.new_tree(&mut runner).unwrap().current().bytes;
            [next(), next(), next()]
        };
        assert_eq!(draw(), draw());
    }
}
