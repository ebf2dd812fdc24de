//! What a change of a figure means: the kind of the figure decides.

use std::fmt::Write as _;

use super::table::Table;
use crate::report::{mark, number};
use crate::stats::median;

const COST_MAX: f64 = 1.10;
const RATE_MIN: f64 = 0.85;

/// Figures of the short form that are a few ticks of the processor's clock, and no more.
const COARSE: [&str; 2] = ["5/s:", "50/s:"];

/// What a figure is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Processor time or memory: little is good.
    Cost,
    /// Something per second: much is good.
    Rate,
    /// Shown, and not judged: latencies above all, which tell of the machine.
    Shown,
    /// Of a baseline, or in proportion to something measured in the same run: says nothing of two hubs.
    Foreign,
}

impl Kind {
    fn of(what: &str, is_short: bool) -> Self {
        let has = |part: &str| what.contains(part);
        if has("floor") || has("axum") || has("bare") || has(" / ") || has("lost") {
            return Self::Foreign;
        }
        if is_short && COARSE.iter().any(|start| what.starts_with(start)) {
            return Self::Shown;
        }
        if has("processor") || has("MB resident") || has("KiB per ") {
            return Self::Cost;
        }
        if what.ends_with("/s") {
            return Self::Rate;
        }
        Self::Shown
    }

    /// The bar and the verdict on a ratio of new to old.
    fn judge(self, ratio: Option<f64>) -> (&'static str, &'static str) {
        let verdict =
            |is_reached: fn(f64) -> bool| ratio.map_or("", |ratio| mark(is_reached(ratio)));
        match self {
            Self::Cost => ("≤ 1.10 ×", verdict(|ratio| ratio <= COST_MAX)),
            Self::Rate => ("≥ 0.85 ×", verdict(|ratio| ratio >= RATE_MIN)),
            Self::Shown | Self::Foreign => ("", ""),
        }
    }
}

/// The comparison as a table: the medians of what both have measured in every run.
pub(super) fn rows(old: &[Table], new: &[Table], is_short: bool) -> String {
    let mut text =
        "| What | Bar | Before | After | Ratio | |\n|---|---|---|---|---|---|\n".to_owned();
    let names = new.first().map(Table::names).into_iter().flatten();
    for what in names {
        let kind = Kind::of(what, is_short);
        let (Some(before), Some(after)) = (middle(old, what), middle(new, what)) else {
            continue;
        };
        if kind == Kind::Foreign {
            continue;
        }
        // Nothing is no measure of anything.
        let ratio = (before > 0.0).then(|| as_shown(after / before));
        let (bar, verdict) = kind.judge(ratio);
        let _ = writeln!(
            text,
            "| {what} | {bar} | {} | {} | {} | {verdict} |",
            number(before),
            number(after),
            ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
        );
    }
    text
}

/// Two decimals: nothing is judged by what nobody sees.
fn as_shown(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}

/// The median of a figure that every run has.
fn middle(runs: &[Table], what: &str) -> Option<f64> {
    let values: Option<Vec<f64>> = runs.iter().map(|run| run.value(what)).collect();
    values.map(|values| median(&values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(what: &str, values: &[f64]) -> Vec<Table> {
        let row = |value| Table::read(&format!("| {what} | | {value} | | |"));
        values.iter().map(row).collect()
    }

    #[test]
    fn the_name_of_a_figure_says_how_it_is_judged() {
        for (what, kind) in [
            ("HTTP, 64 in flight: messages/s", Kind::Rate),
            ("saturation: hub, deliveries/s", Kind::Rate),
            (
                "newest, 1 in flight, 1,000 messages: µs of processor per page",
                Kind::Cost,
            ),
            ("5,000 sessions: processor s of the hub", Kind::Cost),
            ("KiB per connection", Kind::Cost),
            ("empty: MB resident after 60 s", Kind::Cost),
            ("HTTP, 1 in flight: p99 ms", Kind::Shown),
            ("5,000 sessions: s until all have seen all", Kind::Shown),
            ("binary, MB", Kind::Shown),
            ("saturation: hub / floor", Kind::Foreign),
            ("50/s: floor, µs of processor per delivery", Kind::Foreign),
            ("50/s: axum, µs of processor per delivery", Kind::Foreign),
            ("saturation: axum, deliveries/s", Kind::Foreign),
            (
                "bare `Db::write` loop, 64 in flight: writes/s",
                Kind::Foreign,
            ),
            ("newest, 1 in flight: 100,000 / 1,000", Kind::Foreign),
        ] {
            assert_eq!(Kind::of(what, false), kind, "{what}");
        }
        let coarse = "50/s: hub, µs of processor per delivery";
        assert_eq!(Kind::of(coarse, false), Kind::Cost);
        assert_eq!(Kind::of(coarse, true), Kind::Shown);
    }

    #[test]
    fn medians_are_compared_with_the_bar_of_their_kind() {
        for (what, new, expected) in [
            (
                "a: µs of processor",
                110.4,
                "| a: µs of processor | ≤ 1.10 × | 100 | 110 | 1.10 | reached |",
            ),
            (
                "a: µs of processor",
                111.0,
                "| a: µs of processor | ≤ 1.10 × | 100 | 111 | 1.11 | **missed** |",
            ),
            (
                "a: pages/s",
                85.0,
                "| a: pages/s | ≥ 0.85 × | 100 | 85 | 0.85 | reached |",
            ),
            (
                "a: pages/s",
                84.0,
                "| a: pages/s | ≥ 0.85 × | 100 | 84 | 0.84 | **missed** |",
            ),
            ("a: p99 ms", 900.0, "| a: p99 ms |  | 100 | 900 | 9.00 |  |"),
        ] {
            let old = runs(what, &[5000.0, 100.0, 1.0]);
            let new = runs(what, &[new, 0.0, 9000.0]);
            let table = rows(&old, &new, false);
            assert_eq!(table.lines().nth(2), Some(expected));
        }
    }

    #[test]
    fn what_one_side_lacks_is_left_out_and_nothing_has_no_ratio() {
        let what = "a: processor s";
        assert_eq!(
            rows(&runs("b", &[1.0]), &runs(what, &[1.0]), false)
                .lines()
                .count(),
            2
        );
        let some = [runs(what, &[1.0]), runs("b", &[1.0])].concat();
        assert_eq!(rows(&some, &runs(what, &[1.0]), false).lines().count(), 2);
        let table = rows(&runs(what, &[0.0]), &runs(what, &[1.0]), false);
        assert_eq!(
            table.lines().nth(2),
            Some("| a: processor s | ≤ 1.10 × | 0 | 1 | – |  |")
        );
    }
}
