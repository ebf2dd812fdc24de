//! The files of the built client, as `build.rs` packed them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use super::negotiate::Encoding;

/// One file.
#[derive(Debug)]
pub(super) struct Asset {
    /// Where it is served.
    pub(super) path: &'static str,
    /// Its media type.
    pub(super) content_type: &'static str,
    /// Changes with the content.
    pub(super) tag: &'static str,
    /// Its name changes with its content.
    pub(super) is_hashed: bool,
    /// A file that does not pack is kept plain; of one that does, the packed
    /// forms only: hardly anybody asks for another.
    forms: &'static [(Encoding, &'static [u8])],
}

/// Ordered by path.
static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at `path`.
pub(super) fn find(path: &str) -> Option<&'static Asset> {
    let index = ASSETS
        .binary_search_by_key(&path, |asset| asset.path)
        .ok()?;
    ASSETS.get(index)
}

impl Asset {
    /// Whether it is kept in several encodings.
    pub(super) fn is_packed(&self) -> bool {
        self.form(Encoding::Gzip).is_some()
    }

    /// Its bytes. A plain file has one encoding, whatever is asked for.
    pub(super) fn bytes(&self, encoding: Encoding) -> Bytes {
        let form = self
            .form(encoding)
            .or_else(|| self.form(Encoding::Identity));
        match (form, self.form(Encoding::Gzip)) {
            (Some(bytes), _) => Bytes::from_static(bytes),
            (None, Some(gzip)) => self.unpacked(gzip),
            (None, None) => Bytes::new(),
        }
    }

    /// Unpacked once, and then shared by all who ask for it.
    fn unpacked(&self, gzip: &[u8]) -> Bytes {
        static UNPACKED: Mutex<BTreeMap<&str, Bytes>> = Mutex::new(BTreeMap::new());
        let mut unpacked = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = unpacked.entry(self.path).or_insert_with(|| unpack(gzip));
        bytes.clone()
    }

    fn form(&self, encoding: Encoding) -> Option<&'static [u8]> {
        let form = self.forms.iter().find(|(kept, _)| *kept == encoding);
        form.map(|(_, bytes)| *bytes)
    }
}

fn unpack(gzip: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip)
        .read_to_end(&mut bytes)
        .expect("build.rs packed it");
    bytes.into()
}

/// A file that a test makes up.
#[cfg(test)]
pub(super) static MADE_UP: Asset = Asset {
    path: "/assets/a-123.js",
    content_type: "text/javascript",
    tag: "0123456789abcdef",
    is_hashed: true,
    forms: &[
        (Encoding::Brotli, b"packed"),
        // gzip of "hello"
        (
            Encoding::Gzip,
            &[
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5,
                0, 0, 0,
            ],
        ),
    ],
};
