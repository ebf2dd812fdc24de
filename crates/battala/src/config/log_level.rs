//! What `log.level` means: a level for all, and others by target.
//!
//! A word that is neither a level nor a target is most likely a misspelt one, and would turn the log off
//! without a word: it is refused. A target of a library that writes nothing here, which settings that
//! were made for an earlier version may name, does no harm: it is left out. Does not know where lines go.

use tracing_subscriber::filter::{LevelFilter, Targets};

/// What is logged where only targets are named, or nothing.
const DEFAULT: LevelFilter = LevelFilter::INFO;

/// All levels, the quietest first.
const LEVELS: [(&str, LevelFilter); 6] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

/// Who writes lines: the hub's own crates, and the driver of the database. A name stands for all
/// that begin with it, as `battala` for the others.
const TARGETS: [&str; 10] = [
    "battala",
    "battala_api",
    "battala_gateway",
    "battala_hub",
    "battala_socketio",
    "battala_store",
    "sqlx",
    "sqlx_core",
    "sqlx_postgres",
    "sqlx_sqlite",
];

/// Whoever names one of these, or what begins like them, means a target.
const OURS: [&str; 2] = ["battala", "sqlx"];

/// What is logged.
#[derive(Debug, Clone)]
pub(crate) struct LogLevel {
    pub(crate) targets: Targets,
    /// What was named and writes no line, with commas between; empty where there is nothing.
    pub(crate) left_out: String,
}

/// Reads `debug`, `battala_hub=debug` or `warn,battala_hub=debug,sqlx=info`; otherwise what is wrong
/// and what is allowed.
pub(super) fn parse(text: &str) -> Result<LogLevel, String> {
    let mut default = None;
    let mut targets: Vec<(String, LevelFilter)> = Vec::new();
    let mut left_out = Vec::new();
    let parts = text.split(',').map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        let Some((target, level)) = part.split_once('=') else {
            if default.replace(level_of(part)?).is_some() {
                return Err(format!(
                    "has more than one level for all, the last is \"{part}\""
                ));
            }
            continue;
        };
        let (target, level) = (target.trim(), level_of(level.trim())?);
        if is_of_a_library(target) {
            left_out.push(target);
            continue;
        }
        let target = target_of(target)?;
        if targets.iter().any(|(known, _)| *known == target) {
            return Err(format!("names the target {target} twice"));
        }
        targets.push((target, level));
    }
    let all = Targets::new().with_default(default.unwrap_or(DEFAULT));
    Ok(LogLevel {
        targets: all.with_targets(targets),
        left_out: left_out.join(", "),
    })
}

fn is_of_a_library(target: &str) -> bool {
    !target.is_empty() && !OURS.iter().any(|name| target.starts_with(name))
}

fn level_of(word: &str) -> Result<LevelFilter, String> {
    let found = LEVELS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word));
    found.map(|(_, level)| *level).ok_or_else(|| {
        let levels = LEVELS.map(|(name, _)| name).join(", ");
        format!("\"{word}\" is no level; it is one of {levels}, or by target: battala_hub=debug")
    })
}

/// A crate, or a module of it, whose name alone is known here.
fn target_of(path: &str) -> Result<String, String> {
    let name = path.split("::").next().unwrap_or_default();
    let is_path = path
        .split("::")
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'));
    if is_path && TARGETS.contains(&name) {
        return Ok(path.to_owned());
    }
    let targets = TARGETS.join(", ");
    Err(format!(
        "\"{path}\" is no target; it is one of {targets}, or a module of one, like battala_hub::jobs"
    ))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn refused(text: &str) -> String {
        parse(text).expect_err(text)
    }

    #[test]
    fn a_word_that_is_no_level_is_refused_wherever_it_stands() {
        for text in ["inof", "battala_hub", "info,dbug", "battala_hub=inof", "3"] {
            let refused = refused(text);
            assert!(refused.contains("is no level"), "{refused}");
            assert!(refused.contains("error, warn, info, debug"), "{refused}");
        }
        assert!(refused("info,debug").contains("more than one"));
    }

    #[test]
    fn a_target_that_writes_nothing_is_refused() {
        for text in [
            "battala_hbu=debug",
            "battala-hub=debug",
            "=debug",
            "sqlx_mysql=debug",
            "battala_hub::=debug",
            "battala_hub[span]=debug",
        ] {
            let refused = refused(text);
            assert!(refused.contains("is no target"), "{refused}");
            assert!(refused.contains("battala_hub, "), "{refused}");
        }
        assert!(refused("sqlx=info,sqlx=warn").contains("twice"));
    }

    #[test]
    fn a_library_that_writes_nothing_is_left_out_and_its_level_is_read() {
        let level = parse("warn, hyper=info,tower-http::trace=debug,battala_hub=debug").unwrap();
        assert_eq!(level.left_out, "hyper, tower-http::trace");
        assert!(level.targets.would_enable("battala_hub", &Level::DEBUG));
        assert!(!level.targets.would_enable("hyper", &Level::INFO));
        assert_eq!(parse("warn,sqlx=info").unwrap().left_out, "");
        assert!(refused("hyper=inof").contains("is no level"));
        assert!(refused("hyper").contains("is no level"));
    }

    #[test]
    fn what_is_not_named_is_logged_at_info() {
        for text in ["", "battala_hub=debug", " battala_hub = DEBUG ,"] {
            let level = parse(text).unwrap().targets;
            assert!(level.would_enable("battala_api::requests", &Level::INFO));
            assert!(!level.would_enable("battala_api::requests", &Level::DEBUG));
            let is_named = text.contains("hub");
            assert_eq!(
                level.would_enable("battala_hub::jobs", &Level::DEBUG),
                is_named
            );
        }
        let level = parse("warn,battala_hub::jobs=trace").unwrap().targets;
        assert!(!level.would_enable("battala_hub::bus", &Level::INFO));
        assert!(level.would_enable("battala_hub::jobs", &Level::TRACE));
        let level = parse("off").unwrap().targets;
        assert!(!level.would_enable("battala", &Level::ERROR));
    }

    #[test]
    fn the_targets_are_those_that_write_lines() {
        let lock = include_str!("../../../../Cargo.lock");
        let packages = lock.split("[[package]]").filter_map(|package| {
            let (_, name) = package.split_once("name = \"")?;
            let name = name.split('"').next()?;
            let writes = package.lines().any(|line| line == " \"tracing\",");
            writes.then(|| name.replace('-', "_"))
        });
        let mut writers: Vec<String> = packages.collect();
        // The driver's own name is what it calls its statements by.
        writers.push("sqlx".to_owned());
        writers.sort();
        assert_eq!(writers, TARGETS);
    }
}
