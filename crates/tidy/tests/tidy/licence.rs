//! Licence expressions: `MIT OR (Apache-2.0 AND ISC)`.

/// Whether a library under `expression` may be used when these licences may. An exception
/// (`WITH`) only ever allows more; an expression that cannot be read allows nothing.
pub(crate) fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        // How `OR` was once written.
        .replace('/', " OR ");
    let mut reader = Reader {
        words: spaced.split_whitespace().collect(),
        allowed,
        is_whole: true,
    };
    let verdict = reader.any();
    reader.is_whole && reader.words.is_empty() && verdict
}

struct Reader<'a> {
    /// What is still to be read.
    words: std::collections::VecDeque<&'a str>,
    allowed: &'a [&'a str],
    /// Nothing was missing so far.
    is_whole: bool,
}

impl Reader<'_> {
    fn any(&mut self) -> bool {
        let mut verdict = self.all();
        while self.take("OR") {
            verdict |= self.all();
        }
        verdict
    }

    fn all(&mut self) -> bool {
        let mut verdict = self.one();
        while self.take("AND") {
            verdict &= self.one();
        }
        verdict
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let verdict = self.any();
            return self.take(")") && verdict;
        }
        let licence = self.words.pop_front().unwrap_or_default();
        self.is_whole &= !licence.is_empty();
        if self.take("WITH") {
            self.words.pop_front();
        }
        self.allowed.contains(&licence)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.front() == Some(&word);
        if is_next {
            self.words.pop_front();
        }
        is_next
    }
}

#[test]
fn an_expression_is_allowed_when_one_way_through_it_is() {
    let allowed = ["MIT", "Apache-2.0", "ISC"];
    for expression in [
        "MIT",
        "GPL-3.0 OR MIT",
        "GPL-3.0/MIT",
        "MIT AND (GPL-3.0 OR ISC)",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        "(MIT AND ISC)",
    ] {
        assert!(is_allowed(expression, &allowed), "{expression}");
    }
    for expression in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "MIT AND (GPL-3.0 OR LGPL-3.0)",
        "(MIT",
        "MIT)",
        "MIT ISC",
        "MIT OR",
        "MIT AND",
    ] {
        assert!(!is_allowed(expression, &allowed), "{expression:?}");
    }
}
