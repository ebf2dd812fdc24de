//! Packs the built web client (`web/dist`) into the binary, compressed once here
//! instead of at every request.
//!
//! Writes `$OUT_DIR/assets.rs`, the list that `src/client` includes. Without a
//! built client the list is empty, and the hub says how to build one.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where `npm run build` leaves the client, from this package.
const DIST: &str = "../../web/dist";

/// Vite puts what it names by content in here.
const HASHED: &str = "/assets/";

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script so; the hub's settings are another matter"
)]
fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join(DIST);
    // A missing path makes this script run every time: a client that is built
    // later is found.
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");

    let mut paths = Vec::new();
    collect(&dist, &mut paths);
    paths.sort();
    let mut list = String::from("&[\n");
    for (number, path) in paths.iter().enumerate() {
        let url = url_of(path.strip_prefix(&dist).expect("collected under it"));
        let content = fs::read(path).expect("a built file can be read");
        let packed = Packing {
            out: &out,
            number,
            is_release,
        }
        .pack(&url, &content);
        writeln!(list, "    {packed},").expect("a string takes everything");
    }
    list.push(']');
    fs::write(out.join("assets.rs"), list).expect("OUT_DIR can be written");
}

/// All files below, but those whose name starts with a dot: Vite's own manifest.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !is_hidden {
            collect(&path, paths);
        } else if !is_hidden {
            paths.push(path);
        }
    }
}

fn url_of(relative: &Path) -> String {
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    format!("/{}", parts.join("/"))
}

struct Packing<'a> {
    out: &'a Path,
    number: usize,
    is_release: bool,
}

impl Packing<'_> {
    /// The literal of one asset.
    fn pack(&self, url: &str, content: &[u8]) -> String {
        let (content_type, is_text) = content_type(url);
        let forms = if is_text {
            let brotli = self.store("br", &self.brotli(content));
            let gzip = self.store("gz", &gzip(content));
            format!("(Encoding::Brotli, {brotli}), (Encoding::Gzip, {gzip})")
        } else {
            format!("(Encoding::Identity, {})", self.store("raw", content))
        };
        let mut tag = String::new();
        for byte in Sha256::digest(content).iter().take(8) {
            write!(tag, "{byte:02x}").expect("a string takes everything");
        }
        let is_hashed = url.starts_with(HASHED);
        format!(
            "Asset {{ path: {url:?}, content_type: {content_type:?}, tag: {tag:?}, \
             is_hashed: {is_hashed}, forms: &[{forms}] }}"
        )
    }

    /// Writes the bytes beside the list and gives the expression that includes them.
    fn store(&self, kind: &str, bytes: &[u8]) -> String {
        let path = self.out.join(format!("asset-{}.{kind}", self.number));
        fs::write(&path, bytes).expect("OUT_DIR can be written");
        format!("include_bytes!({:?})", path.display().to_string())
    }

    /// As small as can be for what is shipped, quick for what is tested.
    fn brotli(&self, content: &[u8]) -> Vec<u8> {
        let params = brotli::enc::BrotliEncoderParams {
            quality: if self.is_release { 11 } else { 4 },
            lgwin: 22,
            size_hint: content.len(),
            ..Default::default()
        };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut &*content, &mut packed, &params)
            .expect("memory can be read and written");
        packed
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(content)
        .expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// The media type by the ending, and whether it is text that packs well.
fn content_type(url: &str) -> (&'static str, bool) {
    match url.rsplit('.').next().unwrap_or_default() {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "json" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "webp" => ("image/webp", false),
        "avif" => ("image/avif", false),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", false),
        "mp3" => ("audio/mpeg", false),
        "ogg" | "opus" => ("audio/ogg", false),
        _ => ("application/octet-stream", false),
    }
}
