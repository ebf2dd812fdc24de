//! What `log.level` means: a level for all, and others by target.
//!
//! Takes only what can have an effect: a word that is neither a level nor a target is most likely a
//! misspelt one, and would turn the log off without a word. Does not know where lines go.

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

/// Reads `debug`, `battala_hub=debug` or `warn,battala_hub=debug,sqlx=info`; otherwise what is wrong
/// and what is allowed.
pub(super) fn parse(text: &str) -> Result<Targets, String> {
    let mut default = None;
    let mut targets: Vec<(String, LevelFilter)> = Vec::new();
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
        let (target, level) = (target_of(target.trim())?, level_of(level.trim())?);
        if targets.iter().any(|(known, _)| *known == target) {
            return Err(format!("names the target {target} twice"));
        }
        targets.push((target, level));
    }
    let all = Targets::new().with_default(default.unwrap_or(DEFAULT));
    Ok(all.with_targets(targets))
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
            "batala_hub=debug",
            "battala-hub=debug",
            "=debug",
            "hyper=debug",
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
    fn what_is_not_named_is_logged_at_info() {
        for text in ["", "battala_hub=debug", " battala_hub = DEBUG ,"] {
            let level = parse(text).unwrap();
            assert!(level.would_enable("battala_api::requests", &Level::INFO));
            assert!(!level.would_enable("battala_api::requests", &Level::DEBUG));
            let is_named = text.contains("hub");
            assert_eq!(
                level.would_enable("battala_hub::jobs", &Level::DEBUG),
                is_named
            );
        }
        let level = parse("warn,battala_hub::jobs=trace").unwrap();
        assert!(!level.would_enable("battala_hub::bus", &Level::INFO));
        assert!(level.would_enable("battala_hub::jobs", &Level::TRACE));
        assert!(!parse("off").unwrap().would_enable("battala", &Level::ERROR));
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
