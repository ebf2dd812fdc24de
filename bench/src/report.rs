//! Results as text: tables for people, and their place in a file.
//!
//! Knows no scenario.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::stats::median;

/// What a figure must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    None,
    AtMost(f64),
    AtLeast(f64),
}

/// One figure over all runs.
#[derive(Debug)]
struct Row {
    what: String,
    bar: Bar,
    values: Vec<f64>,
}

/// The results of one scenario.
#[derive(Debug)]
pub(crate) struct Sheet {
    name: &'static str,
    title: &'static str,
    note: &'static str,
    rows: Vec<Row>,
}

impl Sheet {
    pub(crate) fn new(name: &'static str, title: &'static str, note: &'static str) -> Self {
        Self {
            name,
            title,
            note,
            rows: Vec::new(),
        }
    }

    /// Adds one run's value; rows stand in the order of their first value.
    pub(crate) fn add(&mut self, what: impl Into<String>, value: f64) {
        self.judge(what, Bar::None, value);
    }

    /// The same for a figure with a bar.
    pub(crate) fn judge(&mut self, what: impl Into<String>, bar: Bar, value: f64) {
        let what = what.into();
        match self.rows.iter_mut().find(|row| row.what == what) {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row {
                what,
                bar,
                values: vec![value],
            }),
        }
    }

    /// The section as Markdown.
    pub(crate) fn markdown(&self, runs: usize) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.title, self.note);
        let _ = writeln!(
            text,
            "`cargo run --release -p battala-bench -- {}`, {} {}, {}.\n",
            self.name,
            runs,
            if runs == 1 { "run" } else { "runs, medians" },
            today()
        );
        text.push_str("| What | Bar | Value | Lowest to highest | |\n|---|---|---|---|---|\n");
        for row in &self.rows {
            row.write(&mut text);
        }
        text
    }

    /// Puts the section into a file, in the place of its last results.
    pub(crate) fn write(&self, path: &Path, runs: usize) -> Result<()> {
        replace(path, self.name, &self.markdown(runs))
    }
}

impl Row {
    fn write(&self, text: &mut String) {
        let value = median(&self.values);
        let (bar, verdict) = match self.bar {
            Bar::None => (String::new(), ""),
            Bar::AtMost(bar) => (format!("≤ {}", number(bar)), mark(value <= bar)),
            Bar::AtLeast(bar) => (format!("≥ {}", number(bar)), mark(value >= bar)),
        };
        let lowest = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self
            .values
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let _ = writeln!(
            text,
            "| {} | {bar} | {} | {} – {} | {verdict} |",
            self.what,
            number(value),
            number(lowest),
            number(highest)
        );
    }
}

pub(crate) fn mark(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "**missed**" }
}

/// Three significant digits, and all of those before the point.
pub(crate) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        grouped
    } else {
        format!("{grouped}.{fraction}")
    }
}

/// Writes what was measured on into its place.
pub(crate) fn write_machine(path: &Path) -> Result<()> {
    replace(path, "machine", &machine()?)
}

fn machine() -> Result<String> {
    let cpu = first_value("/proc/cpuinfo", "model name")?;
    let memory: u64 = first_value("/proc/meminfo", "MemTotal")?
        .trim_end_matches(" kB")
        .parse()?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "Measured on {} ({cores} cores of {cpu}, {} GiB, Linux {}), commit `{}`, release profile, \
         load and hub sharing the cores.\n",
        today(),
        memory >> 20,
        kernel(&fs::read_to_string("/proc/sys/kernel/osrelease")?),
        commit()
    ))
}

/// Of `6.1.0-18-amd64`, `6.1`: the rest names a build, often that of whoever owns the machine, and
/// says nothing about what was measured.
fn kernel(release: &str) -> String {
    let numbers = release.trim().split(|c: char| !c.is_ascii_digit());
    numbers.take(2).collect::<Vec<_>>().join(".")
}

fn first_value(path: &str, key: &str) -> Result<String> {
    let text = fs::read_to_string(path)?;
    let line = text.lines().find(|line| line.starts_with(key));
    let value = line.and_then(|line| line.split_once(':'));
    Ok(value
        .map_or("unknown", |(_, value)| value.trim())
        .to_owned())
}

pub(crate) fn today() -> String {
    first_line_of("date", &["-u", "+%Y-%m-%d"])
}

/// The commit that is checked out.
pub(crate) fn commit() -> String {
    first_line_of("git", &["rev-parse", "--short", "HEAD"])
}

fn first_line_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let line = text
        .ok()
        .and_then(|text| text.lines().next().map(str::to_owned));
    line.unwrap_or_else(|| "unknown".to_owned())
}

/// Replaces what stands between the marks of a section; a new section goes to the end.
pub(crate) fn replace(path: &Path, section: &str, content: &str) -> Result<()> {
    let old = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    Ok(fs::write(path, replaced(&old, section, content))?)
}

fn replaced(old: &str, section: &str, content: &str) -> String {
    let (begin, end) = (
        format!("<!-- {section}: begin -->\n"),
        format!("<!-- {section}: end -->\n"),
    );
    let parts = old.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    match parts {
        Some((before, after)) => format!("{before}{begin}{content}{end}{after}"),
        None if old.is_empty() => format!("{begin}{content}{end}"),
        None => format!("{}\n\n{begin}{content}{end}", old.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_kernel_only_its_version_is_reported() {
        let releases = ["6.1.0-18-amd64\n", "6.18.44-fc-v445", "7.0-rc1", "6.12"];
        assert_eq!(releases.map(kernel), ["6.1", "6.18", "7.0", "6.12"]);
    }

    #[test]
    fn a_section_is_replaced_in_its_place_and_added_where_it_is_missing() {
        let first = replaced("# Title\n", "a", "one\n");
        let both = replaced(&first, "b", "two\n");
        let changed = replaced(&both, "a", "three\n");
        assert_eq!(replaced(&changed, "a", "one\n"), both);
        let (a, b) = (changed.find("three").unwrap(), changed.find("two").unwrap());
        assert!(a < b && !changed.contains("one"));
    }

    #[test]
    fn numbers_keep_three_digits() {
        let texts = [0.0, 0.123_45, 1.35, 12.34, 123.45, 630_000.4].map(number);
        assert_eq!(texts, ["0", "0.123", "1.35", "12.3", "123", "630,000"]);
    }
}
