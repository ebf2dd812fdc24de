//! An older hub against a newer one: by turns, each measured by the load tool of its own commit.
//!
//! Knows no scenario: it calls load tools as children and reads the tables that they print. The
//! figures of a table that only one of them has are left out.

mod child;
mod table;
mod verdict;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::cli::Compare;
use crate::report;
use crate::scenarios::OwnDir;
use crate::words::say;

use child::Child;
use table::Table;

/// One of the two.
struct Side {
    name: &'static str,
    bench: PathBuf,
    hub: PathBuf,
    /// What was measured, run by run.
    runs: Vec<Table>,
}

/// Compares, prints, and writes where asked to.
pub(crate) async fn run(options: &Compare) -> Result<()> {
    let own = OwnDir(options.dir.join(format!("compare-{}", std::process::id())));
    for scenario in &options.scenarios {
        let [old, new] = measure(options, scenario, &own.0).await?;
        let text = section(options, scenario, [&old, &new]);
        say(&format!("\n{text}"));
        if let Some(path) = &options.write {
            report::replace(path, &format!("against-{scenario}"), &text)?;
        }
    }
    Ok(())
}

/// The runs of both, in the order old, new, new, old, and so on: what the machine does besides
/// falls on both.
async fn measure(options: &Compare, scenario: &str, dir: &Path) -> Result<[Vec<Table>; 2]> {
    let mut sides = [
        Side {
            name: "old",
            bench: options.old_bench.clone(),
            hub: options.old.clone(),
            runs: Vec::new(),
        },
        Side {
            name: "new",
            bench: std::env::current_exe()?,
            hub: options.new.clone(),
            runs: Vec::new(),
        },
    ];
    for run in 0..options.runs.max(1) {
        let turns = if run % 2 == 0 { [0, 1] } else { [1, 0] };
        for turn in turns {
            let side = &mut sides[turn];
            let child = Child::start(&side.bench, scenario, &side.hub, (dir, options.short))?;
            let table = Table::read(&child.output().await?);
            if table.is_empty() {
                return Err(format!("the {} load tool printed no table", side.name).into());
            }
            side.runs.push(table);
            say(&format!(
                "{scenario}: {} run {} is done",
                side.name,
                run + 1
            ));
        }
    }
    Ok(sides.map(|side| side.runs))
}

fn section(options: &Compare, scenario: &str, [old, new]: [&[Table]; 2]) -> String {
    let new_name = options.new_name.clone().unwrap_or_else(report::commit);
    let (form, short) = if options.short {
        (
            "--short ",
            " A tenth of the load and short waits, for both.",
        )
    } else {
        ("", "")
    };
    let mut text = format!("### {scenario}\n\n");
    let _ = writeln!(
        text,
        "`battala-bench compare {form}--runs {} {scenario}`, `{}` against `{new_name}`, by turns, medians, {}.{short}\n",
        options.runs.max(1),
        options.old_name,
        report::today(),
    );
    text.push_str(&verdict::rows(old, new, options.short));
    text
}
