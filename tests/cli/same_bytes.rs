//! The same scenario gives the same bytes: on any number of threads, again and again, and whatever the order it is written in.

use super::directory::differing;
use crate::common::TINY;
use crate::common::program::Project;
use std::collections::BTreeMap;

/// Files of a run on a number of threads.
fn on_threads(project: &Project, threads: usize, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut command = project.process(&["run", "tiny.toml", "-o", out, "-q"]);
    assert!(command.env("RAYON_NUM_THREADS", threads.to_string()).status().unwrap().success());
    project.files(&format!("{out}/tiny"))
}

#[test]
fn threads_and_repetitions_change_no_byte() {
    let project = Project::new(TINY);
    let first = on_threads(&project, 1, "first");
    let threads = [1, 2, 3, 7, 16, 64, 1, 2];
    for (turn, threads) in threads.into_iter().enumerate() {
        let again = on_threads(&project, threads, &format!("out{turn}"));
        assert_eq!(differing(&first, &again), ["execution.json"], "{threads} threads");
    }
    println!("P3 {} files of {} runs on 1 to 64 threads: the same but execution.json", first.len(), threads.len() + 1);
}

/// Sections, and the keys in each of them, from the last to the first.
fn turned(text: &str) -> String {
    let mut sections: Vec<String> = text
        .split("\n[")
        .map(|section| {
            let mut lines: Vec<&str> = section.lines().filter(|line| !line.is_empty()).collect();
            lines[1..].reverse();
            lines.join("\n")
        })
        .collect();
    let head = sections.remove(0);
    sections.reverse();
    format!("{head}\n[{}\n", sections.join("\n["))
}

#[test]
fn the_order_of_keys_and_rows_changes_no_number() {
    let first = Project::new(TINY);
    let second = Project::new(&turned(TINY));
    for entry in std::fs::read_dir(second.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "csv") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].reverse();
            std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        }
    }
    for project in [&first, &second] {
        let said = project.say(&["run", "tiny.toml", "-o", "out", "-q"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    }
    let (one, other) = (first.files("out/tiny"), second.files("out/tiny"));
    // The register says in which line each number stands; a residual is rounding, and rounds with the order of outlets.
    let (mut same, mut rows) = (0, 0);
    let compared = |name: &&String| {
        name.starts_with("tables/") && !["tables/assumptions.csv", "tables/balance.csv"].contains(&name.as_str())
    };
    for name in one.keys().filter(compared) {
        let sorted = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let mut lines: Vec<String> =
                text.lines().filter(|line| !line.contains("balance_error")).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let (left, right) = (sorted(&one[name]), sorted(&other[name]));
        assert!(left == right, "{name} differs");
        (same, rows) = (same + 1, rows + left.len());
    }
    assert!(same >= 5 && one.len() == other.len(), "{same} tables");
    println!("P3 keys, sections and rows in reverse: the {rows} rows of {same} tables are the same bytes");
}
