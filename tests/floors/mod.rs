//! The house stays as drawn in `src/lib.rs`: rooms use only rooms on lower floors, none is too large, none is unsafe.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("money", &["base"]),
    ("disk", &["base"]),
    ("sampling", &["base"]),
    ("results", &["base", "model", "money", "disk"]),
    ("scenario", &["base", "model", "money", "sampling", "results"]),
    ("charts", &[]),
    ("export", &["base", "disk", "results"]),
    ("ensemble", &["base", "model", "money", "disk", "sampling", "scenario", "results"]),
    ("figures", &["base", "model", "money", "sampling", "results", "charts", "export", "ensemble"]),
    ("report", &["base", "disk", "sampling", "scenario", "results", "charts", "export", "ensemble", "figures"]),
    (
        "cli",
        &[
            "base", "model", "money", "disk", "sampling", "scenario", "results", "charts", "export", "ensemble",
            "figures", "report",
        ],
    ),
];

/// Longest a source file may be, tests left out.
const MOST_LINES: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file: its path below `src`, and its text.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The text without comments; strings are left as they are.
fn without_comments(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| line.split(" // ").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rooms a text names after `crate::`, singly or in braces.
fn rooms_named(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, found) in text.match_indices("crate::") {
        let rest = text[at + found.len()..].trim_start();
        let (list, stop) = match rest.strip_prefix('{') {
            Some(inside) => (inside, closing(inside)),
            None => (rest, rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())),
        };
        for part in split_outer(&list[..stop]) {
            let name: String = part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                named.insert(name);
            }
        }
    }
    named
}

/// Where the brace closes that was open before the text.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The parts between commas that stand in no inner braces.
fn split_outer(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(&text[start..at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The room a file belongs to: `model/plant/mod.rs` to `model`.
fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Edges that the plan does not allow, as `file -> room`.
fn forbidden_edges(files: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, text) in files {
        let room = room_of(file);
        if matches!(room, "lib" | "main") {
            continue;
        }
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{file}: a room that is not in the plan"));
            continue;
        };
        for used in rooms_named(&without_comments(text)) {
            let is_room = ROOMS.iter().any(|(name, _)| *name == used);
            if is_room && used != room && !may.contains(&used.as_str()) {
                wrong.push(format!("{file} -> {used}"));
            }
        }
    }
    wrong
}

#[test]
fn rooms_use_only_rooms_on_lower_floors() {
    let files = sources();
    assert!(files.len() > 50, "only {} files found", files.len());
    assert_eq!(forbidden_edges(&files), Vec::<String>::new());
}

#[test]
fn the_plan_and_the_library_name_the_same_rooms() {
    let (_, library) = sources().into_iter().find(|(file, _)| file == "lib.rs").unwrap();
    let declared: BTreeSet<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ROOMS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn a_wrong_edge_would_be_seen() {
    let edges = |file: &str, text: &str| forbidden_edges(&[(file.to_owned(), text.to_owned())]);
    assert_eq!(edges("model/yard.rs", "use crate::scenario::Scenario;"), ["model/yard.rs -> scenario"]);
    assert_eq!(edges("results/tables.rs", "fn f() { crate::scenario::x() }"), ["results/tables.rs -> scenario"]);
    assert_eq!(
        edges("charts/data.rs", "use crate::{\n    base::ids::{Id, all},\n    charts::Data,\n};"),
        ["charts/data.rs -> base"]
    );
    assert_eq!(edges("base/ids.rs", "pub(crate) use crate::model::{self};"), ["base/ids.rs -> model"]);
    assert_eq!(edges("base/ids.rs", "$crate::model::x"), ["base/ids.rs -> model"]);
    assert_eq!(edges("extra/mod.rs", ""), ["extra/mod.rs: a room that is not in the plan"]);
    assert!(edges("model/mod.rs", "// use crate::cli::run;\nuse crate::base::ids::Id;").is_empty());
    assert!(edges("cli/run.rs", "use crate::{scenario::Scenario, results::Every};").is_empty());
}

#[test]
fn no_code_is_unsafe() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let lint = manifest.split("[lints.rust]").nth(1).is_some_and(|lints| {
        lints
            .lines()
            .take_while(|line| !line.starts_with('['))
            .any(|line| line.replace(' ', "") == "unsafe_code=\"forbid\"")
    });
    let (_, library) = sources().into_iter().find(|(file, _)| file == "lib.rs").unwrap();
    assert!(lint || library.contains("#![forbid(unsafe_code)]"), "nothing forbids unsafe code");
}

/// Lines of a file before its tests.
fn lines_of_code(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests =
        lines.windows(2).position(|pair| pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod tests {"));
    tests.unwrap_or(lines.len())
}

#[test]
fn no_file_is_too_long() {
    let is_test = |file: &str| Path::new(file).iter().any(|part| part == "tests") || file.ends_with("tests.rs");
    let long: Vec<String> = sources()
        .iter()
        .filter(|(file, _)| !is_test(file))
        .map(|(file, text)| (file, lines_of_code(text)))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(file, lines)| format!("{file}: {lines}"))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let unix = manifest["target"]["cfg(unix)"]["dependencies"].as_table().unwrap();
    let others = ["dependencies", "dev-dependencies"].map(|kind| manifest[kind].as_table().unwrap());
    let used: BTreeSet<&str> =
        others.into_iter().chain([unix]).flat_map(|table| table.keys().map(String::as_str)).collect();
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let listed: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .flat_map(|names| names.split(", "))
        .filter(|name| *name != "crate")
        .collect();
    assert_eq!(used, listed);
    println!("P19 {} direct dependencies, each with its reason", used.len());
}
