//! `urbanmine sensitivity`: what each method writes, and samples that go out and come back.

use super::uncertain;
use crate::common::program::{Project, Said};
use std::collections::BTreeMap;

const UTILISATION: &str = "plant.p1.utilisation.2030";
const KEYS: [&str; 3] = ["collection.city.formal", "plant.p1.capacity", "use.car.battery.scale"];

/// The small scenario, whose draws are all possible.
fn project() -> Project {
    Project::new(&uncertain().replace("gsd = 1.03 }", "gsd = 1.03, at_most = 1.03 }"))
}

#[track_caller]
fn study(project: &Project, out: &str, more: &[&str]) -> Said {
    let said = project.say(&[&["sensitivity", "tiny.toml", "-o", out], more].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    said
}

/// The rows of a table by what they are about.
fn findings(project: &Project, out: &str) -> BTreeMap<(String, String, String), [f64; 3]> {
    let table = project.read(&format!("{out}/tiny.sensitivity/sensitivity.csv"));
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["output", "parameter", "with", "measure", "value", "low", "high"]);
    let row = |row: csv::StringRecord| {
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        let about = (row[0].to_owned(), row[1].to_owned(), row[3].to_owned());
        (about, [number(4), number(5), number(6)])
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The files of a study but for the one that says who computed it and when.
fn results(project: &Project, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = project.files(&format!("{out}/tiny.sensitivity"));
    found.retain(|name, _| name != "execution.json");
    found
}

/// A value of the results of a run of the scenario with some values set.
fn of_run(project: &Project, sets: &[&str]) -> f64 {
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
    let said = project.say(&[&["run", "tiny.toml", "-o", "run", "-q", "--replace"], sets.as_slice()].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    let table = project.read("run/tiny/tables/indicators.csv");
    let row = table.lines().find(|line| line.contains("plant_utilisation") && line.contains("2030")).unwrap();
    row.split(',').find_map(|cell| cell.parse::<f64>().ok().filter(|x| *x != 2030.0)).unwrap()
}

#[test]
fn one_at_a_time_is_two_runs_of_each_parameter() {
    let project = project();
    let said = study(&project, "out", &["--method", "oat"]);
    assert!(said.stderr.contains("7 runs") && said.stderr.contains(UTILISATION), "{}", said.stderr);
    let found = findings(&project, "out");
    let of =
        |parameter: &str, measure: &str| found[&(UTILISATION.to_owned(), parameter.to_owned(), measure.to_owned())][0];
    // The uniform factor from 0.5 to 2 has 0.575 and 1.925 as its 5 % and 95 % quantiles: 460 and 1540 t/yr.
    assert!((of("plant.p1.capacity", "written") - of_run(&project, &[])).abs() < 1e-12);
    assert!((of("plant.p1.capacity", "low") - of_run(&project, &["plant.p1.capacity=\"460 t/yr\""])).abs() < 1e-12);
    assert!((of("plant.p1.capacity", "high") - of_run(&project, &["plant.p1.capacity=\"1540 t/yr\""])).abs() < 1e-12);
    for key in KEYS {
        assert!((of(key, "swing") - (of(key, "high") - of(key, "low")).abs()).abs() < 1e-15);
    }
    assert!(results(&project, "out").contains_key("figures/tornado_plant_p1_utilisation_2030.svg"));
}

#[test]
fn morris_and_sobol_tell_sizes_with_intervals() {
    let project = project();
    for (method, measures, figure) in [
        ("morris", ["mu_star", "sigma"], "figures/morris_plant_p1_utilisation_2030.svg"),
        ("sobol", ["S1", "ST"], "figures/sobol_plant_p1_utilisation_2030.svg"),
    ] {
        study(&project, method, &["--method", method, "--threads", "2"]);
        let found = findings(&project, method);
        let of =
            |parameter: &str, measure: &str| found[&(UTILISATION.to_owned(), parameter.to_owned(), measure.to_owned())];
        let [value, low, high] = of("plant.p1.capacity", measures[0]);
        assert!(low < value && value < high, "{method}: {low} {value} {high}");
        // How full a plant is depends on its size more than on how long packs live.
        for measure in measures {
            let other = of("use.car.battery.scale", measure)[0];
            assert!(of("plant.p1.capacity", measure)[0] > other, "{method} {measure}: {other}");
        }
        assert!(results(&project, method).contains_key(figure), "{method}");
        // Threads change no byte, another seed does.
        let again = format!("{method}1");
        study(&project, &again, &["--method", method, "--threads", "1"]);
        assert!(results(&project, &again) == results(&project, method), "{method}");
    }
    study(&project, "other", &["--method", "morris", "--seed", "6"]);
    assert!(findings(&project, "other") != findings(&project, "morris"));
}

#[test]
fn a_sample_goes_out_and_its_results_come_back() {
    for (method, rows) in [("morris", 6 * 4), ("sobol", 16 * 5)] {
        let project = project();
        study(&project, "out", &["--method", method]);
        study(&project, "none", &["--method", method, "--export-sample", "sample.csv"]);
        assert!(!project.path("none").exists());
        let sample = project.read("sample.csv");
        assert_eq!(sample.lines().next().unwrap(), KEYS.join(","));
        assert_eq!(sample.lines().count(), rows + 1);
        // What was computed of it is the same sample with the results beside it.
        let with_results = project.read("out/tiny.sensitivity/sample.csv");
        let parameters = |line: &str| line.split(',').take(3).collect::<Vec<_>>().join(",");
        assert_eq!(with_results.lines().map(parameters).collect::<Vec<_>>(), sample.lines().collect::<Vec<_>>());
        // Another program's results, columns in any order, say the same as ours.
        let turned = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(",");
        project.write("results.csv", with_results.lines().map(turned).collect::<Vec<_>>().join("\n"));
        study(&project, "back", &["--method", method, "--results-from", "results.csv"]);
        let (ours, back) = (findings(&project, "out"), findings(&project, "back"));
        assert_eq!(ours.len(), back.len());
        for (about, [value, ..]) in &ours {
            assert!((value - back[about][0]).abs() <= 1e-12 * value.abs().max(1e-9), "{about:?}");
        }
    }
}

#[test]
fn a_sample_that_does_not_fit_is_refused() {
    let project = project();
    study(&project, "none", &["--method", "morris", "--export-sample", "sample.csv"]);
    let sample = project.read("sample.csv");
    let refused = |text: &str| {
        project.write("results.csv", text);
        let arguments =
            ["sensitivity", "tiny.toml", "-o", "out", "--method", "morris", "--results-from", "results.csv"];
        let said = project.say(&arguments);
        assert!(said.code == 2 && said.stderr.contains("error[E0404]: results.csv: "), "{}", said.stderr);
        assert!(!project.path("out").exists());
        said.stderr
    };
    assert!(refused(&sample.replace("plant.p1.capacity", "size")).contains("there is no column `plant.p1.capacity`"));
    let last = sample.trim_end().rsplit_once('\n').unwrap().0;
    assert!(refused(last).contains("23 rows, but this study has 24 runs"));
    let second = sample.lines().nth(1).unwrap();
    let cells: Vec<&str> = second.split(',').collect();
    let broken = [cells[0], "much", cells[2]].join(",");
    assert!(refused(&sample.replacen(second, &broken, 1)).contains("row 2, column `plant.p1.capacity`: \"much\""));
}

#[test]
fn an_impossible_run_ends_the_study() {
    let project = Project::new(&uncertain());
    let said = project.say(&["sensitivity", "tiny.toml", "-o", "out", "--method", "oat"]);
    assert!(
        said.code == 3 && said.stderr.contains("error[E0305]: run 2 of the sample has no result"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("cut the distribution with `at_least` and `at_most`"), "{}", said.stderr);
    assert!(!project.path("out").exists());
}
