//! Every number says where it comes from.

use super::{folder, names, shipped};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const NOT_STATED: &str = "not stated";

/// How many numbers of a scenario may stand there without a source: shares of 0 and 1 that say who gets what. A new one
/// needs a source, or a reason to raise this.
const MOST_WITHOUT_SOURCE: usize = 6;

#[test]
fn numbers_have_a_source_and_a_confidence() {
    let mut without: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (name, shipped) in shipped() {
        let rows = shipped.scenario.assumptions();
        let missing: Vec<_> =
            rows.iter().filter(|row| row.source == NOT_STATED || row.confidence == NOT_STATED).collect();
        println!("{name}: {} numbers, {} without source or confidence", rows.len(), missing.len());
        for row in &rows {
            assert!(["A", "B", "C", NOT_STATED].contains(&row.confidence.as_str()), "{}: {}", row.key, row.confidence);
            assert!(row.line > 0 && !row.file.is_empty() && row.value.is_finite(), "{}", row.key);
            // A source without a confidence is half an answer.
            assert_eq!(row.source == NOT_STATED, row.confidence == NOT_STATED, "{name}: {}", row.key);
        }
        for row in &missing {
            let entry = without.entry(row.key.clone()).or_default();
            entry.0 += 1;
            entry.1.insert(name.clone());
        }
        assert!(missing.len() <= MOST_WITHOUT_SOURCE, "{name}: {} numbers without a source", missing.len());
    }
    for (key, (count, _)) in &without {
        println!("  {count} x {key}");
    }
}

/// The ids that `SOURCES.md` explains.
fn known_ids() -> String {
    std::fs::read_to_string(folder().join("data/SOURCES.md")).unwrap()
}

/// Whether an id stands in a text as a word of its own.
fn stands_in(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !word(text[..at].chars().next_back()) && !word(text[at + id.len()..].chars().next())
    })
}

#[test]
fn every_source_is_explained() {
    let known = known_ids();
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    for (name, shipped) in shipped() {
        for row in shipped.scenario.assumptions().iter().filter(|row| row.source != NOT_STATED) {
            for id in row.source.split(';') {
                used.entry(id.trim().to_owned()).or_insert_with(|| format!("{name}: {}", row.key));
            }
        }
    }
    // Files that are shipped but not read by a scenario, and rows a scenario passes over.
    for file in csv_files() {
        let mut reader = csv::Reader::from_path(&file).unwrap();
        let Some(place) = reader.headers().unwrap().iter().position(|name| name == "source_id") else { continue };
        for row in reader.records() {
            for id in row.unwrap()[place].split(';') {
                used.entry(id.trim().to_owned()).or_insert_with(|| file.display().to_string());
            }
        }
    }
    assert!(used.len() > 30, "only {} sources are used", used.len());
    let unknown: Vec<_> = used.iter().filter(|(id, _)| !stands_in(&known, id)).collect();
    assert!(unknown.is_empty(), "not in SOURCES.md: {unknown:?}");
}

fn csv_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder().join("data")).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "csv")).collect()
}

#[test]
fn every_data_file_and_route_is_used() {
    let read: BTreeSet<String> = shipped()
        .values()
        .flat_map(|shipped| shipped.scenario.data_files().iter().map(|file| file.path.clone()))
        .collect();
    for file in csv_files() {
        let name = format!("data/{}", file.file_name().unwrap().to_string_lossy());
        assert!(read.contains(&name), "{name} is read by no scenario");
    }
    let scenarios: BTreeSet<String> = names().into_iter().map(|name| format!("{name}.toml")).collect();
    assert!(scenarios.is_subset(&read));
}
