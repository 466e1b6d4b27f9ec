//! `urbanmine ensemble`: the same bytes for any number of threads, for shards, and after any death; what its tables say.

use super::{UNCERTAIN, text, uncertain};
use crate::common::program::{Project, files};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What an ensemble directory holds, but for the one file that says who computed it and when.
fn results(project: &Project, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = files(&project.path(folder));
    assert!(!found.is_empty(), "{folder} is empty");
    found.retain(|name, _| !name.ends_with("execution.json"));
    found
}

/// The blocks alone.
fn blocks(project: &Project, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = results(project, folder);
    found.retain(|name, _| name.contains("blocks/"));
    found
}

fn ensemble<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["ensemble", "tiny.toml", "-o", out, "-q"], more].concat()
}

fn done(project: &Project, arguments: &[&str]) {
    let said = project.say(arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.stderr);
}

/// An ensemble computed by one thread in one go, with all draws kept: what every other way must come to.
fn whole() -> &'static (Project, BTreeMap<String, Vec<u8>>) {
    static WHOLE: OnceLock<(Project, BTreeMap<String, Vec<u8>>)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let project = Project::new(&uncertain());
        done(&project, &ensemble("out", &["--threads", "1", "--keep-draws"]));
        let found = results(&project, "out/tiny.ensemble");
        (project, found)
    })
}

#[track_caller]
fn assert_whole(found: &BTreeMap<String, Vec<u8>>, how: &str) {
    let expected = &whole().1;
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{how}");
    for (name, bytes) in found {
        assert!(expected[name] == *bytes, "{how}: {name} is another");
    }
}

#[test]
fn threads_change_no_byte() {
    let project = Project::new(&uncertain());
    for threads in ["2", "3", "8"] {
        // Everything else is made from the blocks: to write it once more is enough.
        let out = format!("out{threads}");
        if threads == "3" {
            done(&project, &ensemble(&out, &["--threads", threads, "--keep-draws"]));
            assert_whole(&results(&project, &format!("{out}/tiny.ensemble")), "three threads");
        } else {
            done(&project, &ensemble(&out, &["--threads", threads, "--shard", "0/1"]));
            let found = blocks(&project, &format!("{out}/tiny.ensemble"));
            assert!(found == blocks(&whole().0, "out/tiny.ensemble"), "{threads} threads");
        }
    }
}

#[test]
fn shards_joined_are_the_whole() {
    let project = Project::new(&uncertain());
    for shards in [1, 4, 13] {
        let out = format!("out{shards}");
        for shard in 1..=shards {
            done(&project, &ensemble(&out, &["--shard", &format!("{shard}/{shards}")]));
            if shard == 1 && shards > 1 {
                let said = project.say(&["ensemble", "merge", &out]);
                assert_eq!(said.code, 2, "{}", said.stderr);
                assert!(said.stderr.contains("blocks are missing: "), "{}", said.stderr);
                let said = project.say(&["ensemble", "status", &out]);
                assert!(said.code == 0 && said.stdout.contains("blocks are missing"), "{}", said.stdout);
            }
        }
        let said = project.say(&["ensemble", "status", &out]);
        assert!(said.stdout.contains("blocks are there: `urbanmine ensemble merge"), "{}", said.stdout);
        done(&project, &["ensemble", "merge", &out, "--keep-draws", "-q"]);
        assert_whole(&results(&project, &format!("{out}/tiny.ensemble")), &format!("{shards} shards"));
    }
    // Without its blocks it is as complete.
    done(&project, &["ensemble", "merge", "out4", "--keep-draws", "--prune", "-q"]);
    let pruned = results(&project, "out4/tiny.ensemble");
    let mut expected = whole().1.clone();
    expected.retain(|name, _| !name.contains("blocks/"));
    assert!(pruned == expected);
}

/// Random numbers for times of death (`SplitMix64`).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// How often a process is killed, and how often it is let to its end in between.
const KILLS: usize = 20;
const ENDS: usize = 4;

fn few(out: &str) -> Vec<&str> {
    ensemble(out, &["--draws", "24", "--keep-draws"])
}

#[test]
fn killed_at_any_time_it_comes_to_the_same() {
    let project = Project::new(&uncertain());
    let clock = Instant::now();
    done(&project, &few("alone"));
    let whole_run = clock.elapsed().as_micros() as u64;
    let expected = results(&project, "alone/tiny.ensemble");
    let (mut kills, mut state) = (0, 0);
    for end in 1..=ENDS {
        let out = format!("out{end}");
        let folder = format!("{out}/tiny.ensemble");
        while kills < KILLS * end / ENDS {
            let mut child = project.process(&few(&out)).stderr(Stdio::null()).spawn().unwrap();
            // From before the plan is written to when tables and figures are, sooner or later.
            std::thread::sleep(Duration::from_micros(next(&mut state) % whole_run));
            if child.try_wait().unwrap().is_some() {
                // It was quicker: the next one finds all done, and begins anew.
                std::fs::remove_dir_all(project.path(&out)).unwrap();
                continue;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            for (name, bytes) in files(&project.path(&folder)) {
                if name.starts_with("blocks/0") {
                    assert!(expected[&name] == bytes, "{name} after kill {kills}");
                }
            }
        }
        done(&project, &few(&out));
        assert!(results(&project, &folder) == expected, "after {kills} kills");
    }
}

#[cfg(unix)]
#[test]
fn asked_to_stop_it_keeps_what_is_finished_and_continues() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let project = Project::new(&uncertain());
        let arguments = ["ensemble", "tiny.toml", "-o", "out", "--keep-draws", "--threads", "1"];
        let child = project.process(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let any = |path: &Path| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
        while !any(&project.path("out/tiny.ensemble/blocks")) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let pid = child.id().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains("interrupted: ") && stderr.contains("the same command continues"), "{stderr}");
        let left = blocks(&project, "out/tiny.ensemble");
        assert!(!left.is_empty() && left.len() < 48, "{} blocks", left.len());
        done(&project, &arguments);
        assert_whole(&results(&project, "out/tiny.ensemble"), signal);
        // Once more there is nothing to do.
        let said = project.say(&arguments);
        assert!(said.code == 0 && said.stderr.contains("up to date"), "{}", said.stderr);
    }
}

#[test]
fn another_plan_in_the_same_place_is_computed_anew() {
    let project = Project::new(&uncertain());
    let few = |seed| ensemble("out", &["--draws", "3", "--seed", seed]);
    done(&project, &few("1"));
    let first = results(&project, "out/tiny.ensemble");
    done(&project, &few("2"));
    assert!(results(&project, "out/tiny.ensemble")["stats.csv"] != first["stats.csv"]);
    done(&project, &few("1"));
    assert!(results(&project, "out/tiny.ensemble") == first);
    // A damaged block is computed again.
    project.write("out/tiny.ensemble/blocks/000001.bin", "half a bl");
    std::fs::remove_file(project.path("out/tiny.ensemble/manifest.json")).unwrap();
    done(&project, &few("1"));
    assert!(results(&project, "out/tiny.ensemble") == first);
}

/// The rows of a table, cell by cell, by the names in its header.
fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let bytes = &whole().1[name];
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = header.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned()));
        assert!(record.iter().all(|cell| !cell.is_empty() && cell != "NaN" && cell != "inf"), "{name}: {record:?}");
        cells.collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// A column of the draws.
fn drawn(column: &str) -> Vec<f64> {
    table("draws.csv").iter().map(|row| number(row, column)).collect()
}

const UTILISATION: &str = "plant.p1.utilisation.2030";

#[track_caller]
fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-9), "{a} is not {b}");
}

#[test]
fn statistics_are_those_of_the_draws() {
    let stats = table("stats.csv");
    let row = stats.iter().find(|row| row["indicator"] == "plant_utilisation" && row["time"] == "2030").unwrap();
    assert_eq!([&row["plant"], &row["region"], &row["unit"], &row["quantiles"]], ["p1", "all", "1", "exact"]);
    let mut values = drawn(UTILISATION);
    let n = values.len() as f64;
    near(number(row, "n"), n);
    let mean = values.iter().sum::<f64>() / n;
    let sd = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    near(number(row, "mean"), mean);
    near(number(row, "sd"), sd);
    near(number(row, "se"), sd / n.sqrt());
    values.sort_by(f64::total_cmp);
    for (column, q) in
        [("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95), ("min", 0.0), ("max", 1.0)]
    {
        // Between the neighbours, as the seventh of Hyndman and Fan's definitions has it.
        let at = q * (n - 1.0);
        let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
        near(number(row, column), low + (at - at.floor()) * (high - low));
    }
    // Every indicator, region, plant, substance and year has its row.
    for (column, wanted) in
        [("region", "rest"), ("substance", "Cu"), ("time", "2034"), ("indicator", "recycled_content")]
    {
        assert!(stats.iter().any(|row| row[column] == wanted), "no {wanted}");
    }
    // The mean after all draws is the last of those on the way, whose errors shrink.
    let convergence = table("convergence.csv");
    let ways: Vec<_> = convergence.iter().filter(|row| row["indicator"] == "plant_utilisation").collect();
    assert!(ways.len() >= 5 && number(ways.last().unwrap(), "mean") == number(row, "mean"));
    let counts: Vec<f64> = ways.iter().map(|row| number(row, "n")).collect();
    assert!(counts.windows(2).all(|pair| pair[0] < pair[1]) && *counts.last().unwrap() == n, "{counts:?}");
}

#[test]
fn probabilities_count_the_draws() {
    let values = drawn(UTILISATION);
    let targets = table("targets.csv");
    for (condition, level) in [(">= 0.5", 0.5), (">= 0.65", 0.65), (">= 0.8", 0.8)] {
        let of = |event: &str| {
            let wanted = event.to_owned();
            targets.iter().filter(move |row| {
                row["target"] == "plant.p1.utilisation" && row["condition"] == condition && row["event"] == wanted
            })
        };
        let row = of("met").find(|row| row["time"] == "2030").unwrap();
        let count = values.iter().filter(|value| **value >= level).count() as f64;
        assert_eq!((number(row, "n"), number(row, "count")), (values.len() as f64, count), "{condition}");
        near(number(row, "probability"), count / values.len() as f64);
        assert!(number(row, "low") <= number(row, "probability") && number(row, "probability") <= number(row, "high"));
        // Each draw has one first year, or never meets it.
        let first: f64 = of("first").map(|row| number(row, "count")).sum();
        assert_eq!(first, values.len() as f64, "{condition}");
        assert!(of("first").any(|row| row["time"] == "never"));
    }
    let content = targets.iter().find(|row| row["target"] == "content.city.Li" && row["event"] == "met");
    assert!(content.is_some(), "a target of the scenario");
    let loss = targets.iter().find(|row| row["target"] == "economics.p1.npv" && row["condition"] == "< 0").unwrap();
    let losses = drawn("economics.p1.npv").iter().filter(|value| **value < 0.0).count() as f64;
    assert_eq!((&*loss["time"], number(loss, "count")), ("run", losses));
    assert!(losses > 0.0 && losses < values.len() as f64, "{losses} losses");
}

#[test]
fn impossible_draws_are_named() {
    let failures = table("failures.csv");
    let draws: Vec<f64> = drawn("draw");
    assert!(failures.len() > 3, "{} failures", failures.len());
    assert_eq!(draws.len() + failures.len(), 96);
    for row in &failures {
        assert!(!draws.contains(&number(row, "draw")), "{row:?}");
        assert_eq!([&row["code"], &row["key"]], ["E0305", "collection.city.formal"]);
        assert!(row["message"].contains("takes more than `collection.city.informal` has"), "{}", row["message"]);
    }
    // Where no draw is possible there is no result: exit 3, and the first says why.
    let project = Project::new(&uncertain().replace("median = 1.0, gsd = 1.03", "median = 3.0, gsd = 1.03"));
    let said = project.say(&ensemble("out", &["--draws", "4"]));
    assert!(said.code == 3 && said.stderr.contains("error[E0305]: no draw has a result"), "{}", said.stderr);
    assert!(!project.path("out/tiny.ensemble/manifest.json").exists());
}

#[test]
fn rank_correlations_have_signs_and_intervals() {
    let rows = table("sensitivity.csv");
    let of = |parameter: &str, measure: &str| {
        let wanted = |row: &&BTreeMap<String, String>| {
            row["output"] == UTILISATION && row["parameter"] == parameter && row["measure"] == measure
        };
        rows.iter().find(wanted).unwrap_or_else(|| panic!("no {measure} of {parameter}"))
    };
    for measure in ["spearman", "prcc"] {
        // A larger plant is less full; the less so, the more is collected.
        let capacity = of("plant.p1.capacity", measure);
        assert!(number(capacity, "high") < -0.3, "{capacity:?}");
        for row in [capacity, of("collection.city.formal", measure), of("use.car.battery.scale", measure)] {
            let [low, value, high] = ["low", "value", "high"].map(|column| number(row, column));
            assert!(-1.0 <= low && low < value && value < high && high <= 1.0, "{row:?}");
        }
    }
}

#[test]
fn scenarios_of_one_call_take_the_same_draws() {
    let project = Project::new(&uncertain());
    let later =
        uncertain().replace("id = \"tiny\"", "id = \"later\"").replace("start = 2023-01-01", "start = 2026-01-01");
    project.write("later.toml", later);
    let arguments = ["ensemble", "tiny.toml", "later.toml", "-o", "out", "-q", "--draws", "24", "--keep-draws"];
    done(&project, &arguments);
    let column = |name: &str, column: usize| -> Vec<(String, String)> {
        let text = project.read(&format!("out/{name}.ensemble/draws.csv"));
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        text.lines().skip(1).map(cells).map(|cells| (cells[0].clone(), cells[column].clone())).collect()
    };
    for parameter in 1..=3 {
        assert_eq!(column("tiny", parameter), column("later", parameter));
    }
    let (tiny, later) = (column("tiny", 4), column("later", 4));
    let value = |(_, cell): &(String, String)| cell.parse::<f64>().unwrap();
    let differences: Vec<f64> = tiny.iter().zip(&later).map(|(a, b)| value(b) - value(a)).collect();
    let n = differences.len() as f64;
    let paired = project.read("out/paired.csv");
    let header: Vec<&str> = paired.lines().next().unwrap().split(',').collect();
    let row: Vec<&str> = paired.lines().find(|line| line.contains(UTILISATION)).unwrap().split(',').collect();
    let cell = |name: &str| row[header.iter().position(|known| *known == name).unwrap()];
    let number = |name: &str| cell(name).parse::<f64>().unwrap();
    assert_eq!([cell("baseline"), cell("scenario")], ["tiny", "later"]);
    let mean = differences.iter().sum::<f64>() / n;
    near(number("n"), n);
    near(number("mean_difference"), mean);
    let more = differences.iter().filter(|difference| **difference > 0.0).count() as f64;
    near(number("probability_more"), more / n);
    assert!(number("low") <= more / n && more / n <= number("high"));
}

#[test]
fn the_page_tells_results_probabilities_and_what_moves_them() {
    let page = super::text(&whole().1["report.html"]);
    for part in
        ["A tiny loop", "88 draws of 3 uncertain numbers by monte carlo", UTILISATION, "8 of 96 draws make no scenario"]
    {
        assert!(page.contains(part), "no {part:?}");
    }
    assert!(page.contains(&format!("{UTILISATION} moves most with plant.p1.capacity (down")), "what moves it");
    // Fans, probabilities and exceedance curves stand in it.
    assert!(page.matches("<svg").count() >= 5, "{} pictures", page.matches("<svg").count());
}

#[test]
fn a_plan_is_told_and_nothing_written() {
    let project = Project::new(&uncertain());
    let said = project.say(&["ensemble", "tiny.toml", "-o", "out", "-n"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("96 draws of 3 parameters by monte_carlo"), "{}", said.stdout);
    assert!(said.stdout.contains("48 of 48 blocks to compute"), "{}", said.stdout);
    assert!(!project.path("out").exists());
    assert!(UNCERTAIN.contains("draws = 96"));
}

#[test]
fn designs_differ_and_each_gives_errors() {
    let project = Project::new(&uncertain());
    let mut means = Vec::new();
    for design in ["monte_carlo", "latin_hypercube", "sobol"] {
        let set = format!("uncertainty.design=\"{design}\"");
        let arguments = ensemble(design, &["--draws", "32", "--set", &set]);
        done(&project, &arguments);
        let stats = project.read(&format!("{design}/tiny.ensemble/stats.csv"));
        let row = stats.lines().find(|line| line.starts_with("plant_utilisation,all,p1,all,2030")).unwrap().to_owned();
        let cells: Vec<f64> = row.split(',').skip(5).take(4).map(|cell| cell.parse().unwrap()).collect();
        assert!(cells[3] > 0.0 && cells[3] < cells[2], "{design}: {row}");
        means.push(cells[1]);
    }
    assert!(means[0] != means[1] && means[1] != means[2] && means[0] != means[2]);
    // All are of the same numbers.
    assert!(means.iter().all(|mean| (mean - means[0]).abs() < 0.2), "{means:?}");
}
