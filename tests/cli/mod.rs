//! The program as people and scripts meet it: exit codes, files, what stands on which stream.

mod begin;
mod directory;
mod graph;
mod handover;
mod hostile;
mod messages;
mod quick;
mod same_bytes;
mod words;

use crate::common::TINY;
use crate::common::program::{Project, Said};
use std::sync::OnceLock;

/// A project in which `tiny.toml` was run into `out`, once for all tests that only look at it.
fn done() -> &'static (Project, Said) {
    static DONE: OnceLock<(Project, Said)> = OnceLock::new();
    DONE.get_or_init(|| {
        let project = Project::new(TINY);
        let said = project.say(&["run", "tiny.toml", "-o", "out"]);
        (project, said)
    })
}

/// The rows of a table, header first.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The values of a column by its name.
fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let place = rows[0].iter().position(|known| known == name).unwrap_or_else(|| panic!("no column {name}"));
    rows[1..].iter().map(|row| row[place].clone()).collect()
}
