//! What a request's headers say about the form of the answer (RFC 9110 §12.5.3,
//! §13.1.2). Does not know any file.

use http::HeaderValue;
use http::header::GetAll;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The name of it in a header.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }
}

/// The best encoding that the request accepts; a file that is kept plain has one.
pub(super) fn choose(accepted: &GetAll<'_, HeaderValue>, is_packed: bool) -> Encoding {
    if !is_packed {
        return Encoding::Identity;
    }
    let listed = || {
        accepted
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(items)
    };
    let weight = |encoding: Encoding| {
        listed()
            .find(|(name, _)| name.eq_ignore_ascii_case(encoding.as_str()))
            .or_else(|| listed().find(|(name, _)| *name == "*"))
            .map_or(0, |(_, weight)| weight)
    };
    let (brotli, gzip) = (weight(Encoding::Brotli), weight(Encoding::Gzip));
    if brotli > 0 && brotli >= gzip {
        Encoding::Brotli
    } else if gzip > 0 {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// The names of a list with their weights in thousandths.
fn items(list: &str) -> impl Iterator<Item = (&str, u16)> {
    list.split(',').map(|item| {
        let (name, parameter) = item.split_once(';').unwrap_or((item, ""));
        let weight = parameter
            .trim()
            .strip_prefix("q=")
            .map_or(1000, thousandths);
        (name.trim(), weight)
    })
}

/// `0.5` is 500; nonsense is 0, so that it is not chosen.
fn thousandths(text: &str) -> u16 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_number = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, is_number) {
        ("1", true) => 1000,
        ("0", true) => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a conditional request names the tag of what would be sent.
pub(super) fn names_tag(known: &GetAll<'_, HeaderValue>, tag: &str) -> bool {
    known
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};

    fn chosen(list: &str) -> Encoding {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, list.parse().unwrap())]);
        choose(&headers.get_all(ACCEPT_ENCODING), true)
    }

    #[test]
    fn the_smallest_form_that_is_accepted_is_sent() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(chosen("gzip, deflate"), Encoding::Gzip);
        assert_eq!(chosen("BR;q=0.5, gzip;q=0.4"), Encoding::Brotli);
        assert_eq!(chosen("br;q=0.5, gzip"), Encoding::Gzip);
        assert_eq!(chosen("*"), Encoding::Brotli);
        assert_eq!(chosen("*;q=0.1, br;q=0"), Encoding::Gzip);
    }

    #[test]
    fn what_is_not_accepted_is_not_sent() {
        assert_eq!(chosen(""), Encoding::Identity);
        assert_eq!(chosen("deflate, zstd"), Encoding::Identity);
        assert_eq!(chosen("br;q=0, gzip;q=0.000"), Encoding::Identity);
        assert_eq!(chosen("br;q=much"), Encoding::Identity);
        let none = HeaderMap::new();
        assert_eq!(
            choose(&none.get_all(ACCEPT_ENCODING), true),
            Encoding::Identity
        );
    }

    #[test]
    fn a_tag_is_found_in_any_list_strong_or_weak() {
        let names = |list: &str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, list.parse().unwrap())]);
            names_tag(&headers.get_all(IF_NONE_MATCH), "\"a-br\"")
        };
        assert!(names("\"a-br\"") && names("\"b\", W/\"a-br\"") && names("*"));
        assert!(!names("\"a-gzip\"") && !names("a-br"));
    }
}
