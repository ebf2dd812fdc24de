//! The rules of texts as regular expressions, for the generated contract.
//!
//! JSON Schema has no other words for them. They say what is accepted as it is; spaces around a
//! text, which are cut off before anything is checked, are left out of them. Not used to check
//! anything: the constructors are.

use std::fmt::Write as _;

use super::{is_blank, is_deceptive, is_unseen};

/// A username: words of letters, digits and underscores between single dots or hyphens.
pub(super) fn username() -> String {
    r"^[A-Za-z0-9_](?:(?:-|\.(?!\.))*[A-Za-z0-9_])*$".to_owned()
}

/// One line that shows something.
pub(super) fn one_line() -> String {
    let hidden = class(is_unseen);
    let blank = class(|c| is_blank(c) || is_unseen(c));
    format!("^[^{hidden}]*[^{blank}][^{hidden}]*$")
}

/// What somebody signs in with: not only spaces.
pub(super) fn login() -> String {
    let hidden = class(is_deceptive);
    let space = class(|c| c.is_whitespace() || is_deceptive(c));
    format!("^[^{hidden}]*[^{space}][^{hidden}]*$")
}

/// Any text without characters that hide or reorder.
pub(super) fn plain() -> String {
    format!("^[^{}]*$", class(is_deceptive))
}

/// The same, with line breaks.
pub(super) fn lines() -> String {
    let hidden = class(|c| c != '\n' && is_deceptive(c));
    format!("^[^{hidden}]*$")
}

/// What can be written in a message: something that shows, and no control characters.
pub(super) fn message() -> String {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let control = class(is_control);
    let blank = class(|c| is_control(c) || is_blank(c));
    format!("^[^{control}]*[^{blank}][^{control}]*$")
}

/// `name@example.org`: one `@`, and labels between single dots behind it.
pub(super) fn email() -> String {
    let never = class(|c| c.is_whitespace() || is_deceptive(c));
    format!("^[^@{never}]+@[^@.{never}]+(?:\\.[^@.{never}]+)*$")
}

/// A password that is not one character over and over.
pub(super) fn new_password() -> String {
    r"^([\s\S])(?!\1*$)[\s\S]*$".to_owned()
}

/// Printable ASCII.
pub(super) fn graphic() -> String {
    "^[!-~]+$".to_owned()
}

/// Letters, digits, hyphen and underscore.
pub(super) fn token() -> String {
    "^[A-Za-z0-9_-]+$".to_owned()
}

/// Whatever it is: only the length counts.
pub(super) fn any() -> String {
    r"^[\s\S]*$".to_owned()
}

/// The inside of a character class with everything that `is_in` names.
fn class(is_in: impl Fn(char) -> bool) -> String {
    let mut inside = String::new();
    let mut run: Option<(char, char)> = None;
    for c in ('\0'..=char::MAX).filter(|c| is_in(*c)) {
        match &mut run {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(c) => *last = c,
            _ => {
                write_run(&mut inside, run.replace((c, c)));
            }
        }
    }
    write_run(&mut inside, run);
    inside
}

fn write_run(inside: &mut String, run: Option<(char, char)>) {
    let Some((first, last)) = run else { return };
    write_char(inside, first);
    if first != last {
        inside.push('-');
        write_char(inside, last);
    }
}

/// Escaped where the escape means the same in every dialect; else as it is.
fn write_char(inside: &mut String, c: char) {
    let code = u32::from(c);
    if code <= 0xFFFF {
        // Writing to a string does not fail.
        let _ = write!(inside, "\\u{code:04X}");
    } else {
        inside.push(c);
    }
}
