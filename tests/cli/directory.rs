//! The run directory: what is in it, when it is written, and that the same comes out again.

use super::{column, done, rows};
use crate::common::program::{Project, files};
use crate::common::{TINY, patched};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const TABLES: [&str; 6] = ["assumptions", "balance", "flows", "indicators", "plant", "stocks"];

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_run_writes_what_it_promises() {
    let (project, said) = done();
    assert_eq!((said.code, said.stdout.as_str()), (0, ""), "{}", said.stderr);
    let files = project.files("out/tiny");
    for name in ["manifest.json", "execution.json", "summary.json", "inputs/resolved.toml", "inputs/tiny.toml"] {
        assert!(files.contains_key(name), "{name} is missing");
    }
    for table in TABLES {
        assert!(files.contains_key(&format!("tables/{table}.csv")), "{table} is missing");
    }
    let svg = files.keys().filter(|name| name.strip_suffix(".svg").is_some()).count();
    assert!(svg >= 4, "{svg} figures");
    assert!(!files.keys().any(|name| name.contains(".urbanmine-")), "a temporary file is left");
    assert_eq!(project.files("out").len(), files.len(), "something lies beside the run");
}

#[test]
fn the_manifest_lists_every_file_with_its_hash_and_size() {
    let files = done().0.files("out/tiny");
    let manifest = json(&files["manifest.json"]);
    let entry = |entry: &serde_json::Value| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        (text("path"), (entry["bytes"].as_u64().unwrap(), text("sha256")))
    };
    let listed: BTreeMap<_, _> = manifest["outputs"].as_array().unwrap().iter().map(entry).collect();
    let volatile = ["manifest.json", "execution.json"];
    let found: BTreeMap<_, _> = files
        .iter()
        .filter(|(name, _)| !volatile.contains(&name.as_str()))
        .map(|(name, bytes)| (name.clone(), (bytes.len() as u64, sha256(bytes))))
        .collect();
    assert_eq!(listed, found);
    let inputs: BTreeMap<_, _> = manifest["inputs"].as_array().unwrap().iter().map(entry).collect();
    let names: BTreeSet<&str> = inputs.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["tiny.toml", "composition.csv", "pack_mass.csv", "sales.csv", "leaching.csv"]));
    for (name, (bytes, hash)) in &inputs {
        let copy = &files[&format!("inputs/{name}")];
        assert_eq!((copy.len() as u64, &sha256(copy)), (*bytes, hash), "{name}");
    }
    assert_eq!(manifest["id"], "tiny");
    assert!(manifest["max_relative_error"].as_f64().unwrap() <= 1e-12);
    assert_eq!(manifest["results_key"].as_str().unwrap().len(), 64);
}

#[test]
fn tables_are_tidy() {
    let files = done().0.files("out/tiny");
    for table in TABLES {
        let bytes = &files[&format!("tables/{table}.csv")];
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.ends_with('\n') && !text.contains('\r'), "{table}: line ends");
        let rows = rows(bytes);
        assert!(rows.len() > 10, "{table} has {} rows", rows.len());
        for row in &rows {
            assert!(row.iter().all(|cell| !cell.is_empty() && cell != "NaN" && cell != "inf"), "{table}: {row:?}");
        }
        let distinct: BTreeSet<_> = rows.iter().collect();
        assert_eq!(distinct.len(), rows.len(), "{table} says something twice");
        for value in column(
            &rows,
            if table == "plant" {
                "throughput"
            } else if table == "balance" {
                "in"
            } else {
                "value"
            },
        ) {
            let number: f64 = value.parse().unwrap();
            assert!(number >= 0.0 && number.is_finite(), "{table}: {value}");
        }
    }
}

#[test]
fn an_unchanged_run_is_up_to_date_and_a_changed_one_is_not() {
    let project = Project::new(TINY);
    let run = |more: &[&str]| {
        let said = project.say(&[&["run", "tiny.toml", "-o", "out"], more].concat());
        assert_eq!(said.code, 0, "{}", said.stderr);
        said.stderr
    };
    assert!(!run(&[]).contains("up to date"));
    let first = project.files("out");
    let again = run(&[]);
    assert!(again.contains("tiny: up to date"), "{again}");
    assert!(project.files("out") == first, "an up-to-date run was touched");
    assert!(!run(&["--set", "plant.p1.capacity=900 t/yr"]).contains("up to date"));
    assert!(run(&["--set", "plant.p1.capacity=900 t/yr"]).contains("up to date"));
    // A changed data file, a damaged and a missing output are noticed.
    project.edit("sales.csv", "city,car,2020,1000", "city,car,2020,1100");
    assert!(!run(&[]).contains("up to date"));
    project.write("out/tiny/tables/flows.csv", "time\n");
    assert!(!run(&[]).contains("up to date"));
    std::fs::remove_file(project.path("out/tiny/summary.json")).unwrap();
    assert!(!run(&[]).contains("up to date"));
    assert!(run(&["--dry-run"]).is_empty());
    assert!(!run(&["--force"]).contains("up to date"));
}

#[test]
fn a_dry_run_writes_nothing_and_says_why() {
    let project = Project::new(TINY);
    let before = project.files("");
    let said = project.say(&["run", "tiny.toml", "-o", "out", "--dry-run"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.contains("run 15 steps: new"), "{}", said.stdout);
    assert!(project.files("") == before && !project.path("out").exists());
    let said = done().0.say(&["run", "tiny.toml", "-o", "out", "-n"]);
    assert!(said.stdout.contains("up to date"), "{}", said.stdout);
    let said = done().0.say(&["run", "tiny.toml", "-o", "out", "-n", "--set", "plant.p1.capacity=1 kt/yr"]);
    assert!(said.stdout.contains("changed"), "{}", said.stdout);
}

/// Names of files that differ between two runs.
pub fn differing(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    names.into_iter().filter(|name| left.get(*name) != right.get(*name)).cloned().collect()
}

#[test]
fn two_runs_differ_in_nothing_but_the_execution() {
    let first = done().0.files("out/tiny");
    let project = Project::new(TINY);
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "elsewhere/deep", "-q"]).code, 0);
    assert_eq!(differing(&first, &project.files("elsewhere/deep/tiny")), ["execution.json"]);
}

#[test]
fn where_the_program_is_called_from_changes_nothing() {
    let first = done().0.files("out/tiny");
    let project = Project::new(TINY);
    let file = project.path("tiny.toml");
    assert_eq!(project.say(&["run", file.to_str().unwrap(), "-o", "out", "-q"]).code, 0);
    assert_eq!(differing(&first, &project.files("out/tiny")), ["execution.json"]);
}

#[test]
fn the_resolved_scenario_gives_the_same_tables_again() {
    let first = done().0.files("out/tiny");
    let again = Project::new(TINY);
    let resolved = done().0.path("out/tiny/inputs/resolved.toml");
    let said = again.say(&["run", resolved.to_str().unwrap(), "-o", "out", "-q"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let second = again.files("out/tiny");
    for table in TABLES.iter().filter(|table| **table != "assumptions") {
        let name = format!("tables/{table}.csv");
        assert!(first[&name] == second[&name], "{name} differs");
    }
    // The register names other places, but the same numbers with the same sources.
    let register = |files: &BTreeMap<String, Vec<u8>>| {
        let rows = rows(&files["tables/assumptions.csv"]);
        let columns = ["key", "value", "unit", "source", "confidence", "note"].map(|name| column(&rows, name));
        let keys = columns[0].clone();
        keys.into_iter()
            .enumerate()
            .map(|(i, key)| (key, columns.iter().map(|c| c[i].clone()).collect::<Vec<_>>()))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(register(&first), register(&second));
    assert!(first["summary.json"] == second["summary.json"], "the summary differs");
}

#[test]
fn an_empty_child_and_an_edit_by_set_are_the_same_run() {
    let project = Project::new(&patched(&[("capacity = \"800 t/yr\"", "capacity = \"900 t/yr\"")]));
    project.write("parent.toml", TINY);
    project.write("child.toml", "schema = 1\nextends = \"parent.toml\"\n");
    let sets = ["--set", "plant.p1.capacity=900 t/yr"];
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "edited", "-q"]).code, 0);
    assert_eq!(project.say(&[&["run", "child.toml", "-o", "set", "-q"], &sets[..]].concat()).code, 0);
    let (edited, set) = (project.files("edited/tiny"), project.files("set/tiny"));
    for name in ["tables/flows.csv", "tables/stocks.csv", "tables/plant.csv", "tables/balance.csv", "summary.json"] {
        assert!(edited[name] == set[name], "{name} differs");
    }
}

#[test]
fn steps_have_twelve_rows_where_years_have_one() {
    let text = patched(&[
        ("step = \"1 year\"", "step = \"1 month\""),
        ("end = 2035-01-01", "end = 2027-01-01"),
        ("lag = \"1 yr\"", "lag = \"1 month\""),
    ]);
    let project = Project::new(&text);
    let tables = |out: &str, every: &str| {
        let said = project.say(&["run", "tiny.toml", "-o", out, "-q", "--set", &format!("outputs.every={every}")]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        let files = project.files(out);
        ["flows", "stocks"].map(|name| rows(&files[&format!("tiny/tables/{name}.csv")]))
    };
    let ([yearly, year_ends], [monthly, month_ends]) = (tables("year", "year"), tables("step", "step"));
    let times = |rows: &[Vec<String>]| column(rows, "time").into_iter().collect::<BTreeSet<_>>();
    assert_eq!((times(&yearly).len(), times(&year_ends).len()), (7, 7));
    assert_eq!((times(&monthly).len(), times(&month_ends).len()), (84, 84));
    assert!(times(&monthly).contains("2020-01") && times(&monthly).contains("2026-12"));
    // The fleet of the first years has a row in every month.
    let count = |rows: &[Vec<String>], kind: &str| {
        column(rows, "material")
            .iter()
            .zip(column(rows, "source"))
            .filter(|(m, s)| *m == kind && s == "pack_supply")
            .count()
    };
    assert_eq!(count(&monthly, "new_vehicle_pack"), 12 * count(&yearly, "new_vehicle_pack"));
    // Twelve months are the year, and the stock in December is the stock of the year.
    let sums = |rows: &[Vec<String>]| {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for row in &rows[1..] {
            let key = format!("{} {}", &row[0][..4], row[1..9].join(" "));
            *sums.entry(key).or_default() += row[9].parse::<f64>().unwrap();
        }
        sums
    };
    let (years, months) = (sums(&yearly), sums(&monthly));
    assert_eq!(years.keys().collect::<Vec<_>>(), months.keys().collect::<Vec<_>>());
    for (key, sum) in &years {
        assert!((sum - months[key]).abs() <= 1e-12 * sum.max(1e-3), "{key}: {sum} and {}", months[key]);
    }
    let ends = |rows: &[Vec<String>], cut: bool| {
        let rows = rows[1..].iter().filter(|row| !cut || row[0].ends_with("-12"));
        rows.map(|row| [vec![row[0][..4].to_owned()], row[1..].to_vec()].concat()).collect::<Vec<_>>()
    };
    assert!(ends(&year_ends, false) == ends(&month_ends, true), "stocks of December are not those of the year");
}

#[test]
fn a_foreign_directory_is_refused_and_left_alone() {
    let project = Project::new(TINY);
    project.write("out/tiny/thesis.doc", "years of work");
    project.write("out/tiny/tables/mine.csv", "a,b\n");
    for more in [&[][..], &["--force"], &["--replace"]] {
        let said = project.say(&[&["run", "tiny.toml", "-o", "out"], more].concat());
        assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{more:?}: {}", said.stderr);
        assert!(said.stderr.contains("holds files that urbanmine did not write"), "{}", said.stderr);
        let names: Vec<String> = project.files("out/tiny").into_keys().collect();
        assert_eq!(names, ["tables/mine.csv", "thesis.doc"]);
    }
}

#[test]
fn a_run_of_another_scenario_is_kept_unless_told_otherwise() {
    let project = Project::new(TINY);
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
    std::fs::rename(project.path("out/tiny"), project.path("out/other")).unwrap();
    let before = project.files("out/other");
    let run = ["run", "tiny.toml", "-o", "out", "--set", "scenario.id=other"];
    let said = project.say(&run);
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert!(project.files("out/other") == before);
    assert_eq!(project.say(&[&run[..], &["--replace", "-q"]].concat()).code, 0);
    assert_eq!(json(&project.files("out/other")["manifest.json"])["id"], "other");
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let project = Project::new(TINY);
    let before = project.files("");
    // A file stands where the directory should be.
    let said = project.say(&["run", "tiny.toml", "-o", "sales.csv"]);
    assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{}", said.stderr);
    assert!(said.stderr.contains("sales.csv"), "{}", said.stderr);
    assert!(project.files("") == before);
}

#[test]
fn an_interrupted_run_is_done_again() {
    let project = Project::new(TINY);
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
    let first = project.files("out/tiny");
    std::fs::remove_file(project.path("out/tiny/manifest.json")).unwrap();
    std::fs::remove_file(project.path("out/tiny/tables/plant.csv")).unwrap();
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
    assert_eq!(differing(&first, &files(&project.path("out/tiny"))), ["execution.json"]);
}

#[test]
fn missed_targets_end_with_code_7_where_they_are_required() {
    let target = |min: &str| {
        format!(
            "{TINY}\n[target.recovery]\nindicator = \"plant_recovery_rate\"\nselect = {{ substance = \"Cu\", plant = \"p1\" }}\nmin = {min}\nby = 2030-12-31\n"
        )
    };
    let project = Project::new(&target("0.99"));
    let said = project.say(&["run", "tiny.toml", "-o", "out", "--require-targets"]);
    assert_eq!(said.code, 7, "{}", said.stderr);
    assert!(said.stderr.contains("targets 0 of 1 met (tables/targets.csv)"), "{}", said.stderr);
    assert!(
        said.stderr.lines().any(|line| line.starts_with("  recovery ") && line.ends_with(" missing")),
        "{}",
        said.stderr
    );
    assert!(said.stderr.lines().all(|line| line.chars().count() <= 80), "{}", said.stderr);
    // The run is complete: asked again it is up to date, and the target still missed.
    assert!(project.path("out/tiny/manifest.json").exists());
    let again = project.say(&["run", "tiny.toml", "-o", "out", "--require-targets", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((again.code, document["exit_code"].as_i64()), (7, Some(7)));
    assert_eq!(document["runs"][0]["state"], "up_to_date");
    assert_eq!(document["runs"][0]["targets"]["missed"][0]["target"], "recovery");
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out"]).code, 0);
    project.write("tiny.toml", target("0.01"));
    let met = project.say(&["run", "tiny.toml", "-o", "out", "--require-targets"]);
    assert_eq!(met.code, 0, "{}", met.stderr);
    assert!(met.stderr.contains("targets 1 of 1 met"), "{}", met.stderr);
}
