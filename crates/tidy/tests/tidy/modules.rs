//! Which module of the hub knows which: none knows one that knows it, by whatever way.

use std::collections::{BTreeMap, BTreeSet};

use battala_tidy::{Repository, Source, assert_none};

const HUB: &str = "crates/hub/src/";

/// Modules that are one thing in several files, and why: what is below one of them may know each
/// other in a circle.
const WHOLES: [(&str, &str); 2] = [
    (
        "access",
        "an action names its target, a target is loaded for an actor, the policy judges both",
    ),
    (
        "jobs",
        "the queue calls the work of a job with the run that it does its batches in",
    ),
];

/// A module by its path (`jobs::queue`, the root is empty), and those that it names.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// What a file is as a module.
fn module_of(path: &str) -> String {
    let path = path.strip_prefix(HUB).unwrap_or(path);
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" {
        String::new()
    } else {
        path.replace('/', "::")
    }
}

/// The code without its comments and the tests below it.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_of_tests = line == "#[cfg(test)]";
        if is_of_tests && lines.peek().is_some_and(|next| next.ends_with('{')) {
            break;
        }
        if is_of_tests {
            lines.next();
            continue;
        }
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    code
}

/// The paths that a tree of `use` stands for.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((start, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.trim_end_matches("::self").to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let mut depth = 0_usize;
    let branches = inner.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    branches
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(|branch| expanded(&format!("{start}{}", branch.trim())))
        .collect()
}

/// Everything in the code that may be a path to a module.
fn paths_in(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for statement in code.split_inclusive([';', '}']) {
        let tree = statement.rsplit_once("use ").map(|(_, tree)| tree);
        paths.extend(
            tree.into_iter()
                .flat_map(|tree| expanded(tree.trim_end_matches(';'))),
        );
    }
    let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_of_path(c));
    paths.extend(words.filter(|word| word.contains("::")).map(str::to_owned));
    paths
}

struct Modules {
    /// The code of each.
    code: BTreeMap<String, String>,
    /// What the root names, and where that comes from.
    of_root: BTreeMap<String, String>,
}

impl Modules {
    fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        let sources = sources.into_iter();
        let code = sources.map(|source| (module_of(&source.path), code_of(&source.text)));
        let mut modules = Self {
            code: code.collect(),
            of_root: BTreeMap::new(),
        };
        let root = modules.code.remove("").unwrap_or_default();
        for path in paths_in(&root) {
            let (module, name) = (modules.longest(&path), path.rsplit("::").next());
            if let (Some(module), Some(name)) = (module, name) {
                modules.of_root.insert(name.to_owned(), module);
            }
        }
        modules
    }

    /// The module that a path from the root leads to, with whatever it names in there.
    fn longest(&self, path: &str) -> Option<String> {
        let mut path = path;
        loop {
            if self.code.contains_key(path) {
                return Some(path.to_owned());
            }
            (path, _) = path.rsplit_once("::")?;
        }
    }

    /// The module that a path in this module leads to.
    fn resolve(&self, module: &str, path: &str) -> Option<String> {
        if let Some(path) = path.strip_prefix("crate::") {
            let name = path.split("::").next().unwrap_or_default();
            let named = || self.of_root.get(name).cloned();
            return self.longest(path).or_else(named);
        }
        if let Some(path) = path.strip_prefix("self::") {
            return self.longest(&format!("{module}::{path}"));
        }
        let (mut base, mut rest) = (module, path);
        while let Some(path) = rest.strip_prefix("super::") {
            (base, rest) = (base.rsplit_once("::").map_or("", |(base, _)| base), path);
        }
        if base != module {
            let whole = format!("{base}::{rest}");
            return self.longest(whole.trim_start_matches("::"));
        }
        // Of a path that begins with a name, only those of the module's own parts are known.
        let child = format!("{module}::{}", path.split("::").next()?);
        let is_child = self.code.contains_key(&child);
        is_child.then(|| self.longest(&format!("{module}::{path}")))?
    }

    fn graph(&self) -> Graph {
        let edges = self.code.iter().map(|(module, code)| {
            let paths = paths_in(code);
            let named = paths.iter().filter_map(|path| self.resolve(module, path));
            (module.clone(), named.filter(|it| it != module).collect())
        });
        edges.collect()
    }
}

/// Everything that a module knows, by whatever way.
fn known_to<'g>(graph: &'g Graph, module: &str) -> BTreeSet<&'g str> {
    let mut known = BTreeSet::new();
    let mut open: Vec<&str> = graph[module].iter().map(String::as_str).collect();
    while let Some(next) = open.pop() {
        if known.insert(next) {
            open.extend(graph[next].iter().map(String::as_str));
        }
    }
    known
}

/// The sets of modules that all know each other.
fn circles(graph: &Graph) -> BTreeSet<BTreeSet<&str>> {
    let knows = |module: &str, other: &str| known_to(graph, module).contains(other);
    let modules = graph.keys().map(String::as_str);
    modules
        .map(|module| {
            let known = known_to(graph, module).into_iter();
            known.filter(|other| knows(other, module)).collect()
        })
        .filter(|circle: &BTreeSet<&str>| !circle.is_empty())
        .collect()
}

/// Whether the module is this whole or a part of it.
fn is_part(whole: &str, module: &str) -> bool {
    let rest = module.strip_prefix(whole);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn described(graph: &Graph, circle: &BTreeSet<&str>) -> String {
    let edges = circle.iter().map(|module| {
        let among = graph[*module].iter().map(String::as_str);
        let among: Vec<&str> = among.filter(|other| circle.contains(other)).collect();
        format!("{module} knows {}", among.join(", "))
    });
    edges.collect::<Vec<_>>().join("; ")
}

#[test]
fn no_module_of_the_hub_knows_one_that_knows_it() {
    let repository = Repository::open();
    let sources = repository.code(&[".rs"]);
    let sources = sources.filter(|source| source.path.starts_with(HUB) && !source.is_test());
    let graph = Modules::new(sources).graph();
    let circles = circles(&graph);
    let is_whole = |circle: &&BTreeSet<&str>| {
        let parts_of = |whole: &str| circle.iter().all(|module| is_part(whole, module));
        WHOLES.iter().any(|(whole, _)| parts_of(whole))
    };
    let mut findings: Vec<String> = circles
        .iter()
        .filter(|circle| !is_whole(circle))
        .map(|circle| described(&graph, circle))
        .collect();
    let in_circles = || circles.iter().flatten();
    let is_gone = |whole: &str| !in_circles().any(|module| is_part(whole, module));
    let gone = WHOLES.iter().filter(|(whole, _)| is_gone(whole));
    findings.extend(gone.map(|(whole, _)| format!("{whole} has no circle any more: take it out")));
    assert_none(
        &findings,
        "Put what both sides need into a file of its own, or the circle's whole into WHOLES:",
    );
}

#[test]
fn a_circle_is_found_by_whatever_way_a_module_is_named() {
    let circles_of = |second: &str, third: &str| {
        let files = [
            (
                "lib.rs",
                "mod one;\nmod two;\npub use two::{Deep as Other, Two};\n",
            ),
            (
                "one.rs",
                "use std::fmt;\nuse crate::{Hub, two::{self, Two}};\n",
            ),
            ("two/mod.rs", second),
            ("two/three.rs", third),
        ];
        let sources = files.map(|(path, text)| Source {
            path: format!("{HUB}{path}"),
            text: text.to_owned(),
        });
        let graph = Modules::new(sources).graph();
        let found = circles(&graph).into_iter().map(|circle| {
            let members: Vec<&str> = circle.into_iter().collect();
            members.join(" ")
        });
        found.collect::<Vec<_>>().join(", ")
    };
    for (second, third, found) in [
        ("", "", ""),
        ("mod three;", "use crate::one::One;", ""),
        ("use crate::one::One;", "", "one two"),
        ("fn f() { crate::one::g(); }", "", "one two"),
        ("fn f() {\n    use super::one;\n}", "", "one two"),
        ("// use crate::one::One;", "", ""),
        (
            "#[cfg(test)]\nmod tests {\n    use crate::one::One;\n}",
            "",
            "",
        ),
        (
            "#[cfg(test)]\nmod tests;\nuse crate::one::One;",
            "",
            "one two",
        ),
        (
            "use self::three::X;",
            "use super::super::one;",
            "one two two::three",
        ),
        (
            "pub use three::X;",
            "use crate::{Hub, one};",
            "one two two::three",
        ),
        ("fn f() { three::x(); }", "use super::Y;", "two two::three"),
        (
            "mod three;",
            "use crate::{\n    Hub,\n    Two,\n};\nuse crate::one;",
            "",
        ),
        ("use three::X;", "use crate::Two;", "two two::three"),
    ] {
        assert_eq!(circles_of(second, third), found, "{second:?} and {third:?}");
    }
    assert!(is_part("jobs", "jobs") && is_part("jobs", "jobs::queue"));
    assert!(!is_part("jobs", "jobs_of") && !is_part("jobs::queue", "jobs"));
}
