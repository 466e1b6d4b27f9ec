//! Exit codes and streams: data on stdout, messages on stderr, one JSON document when asked for.

use super::done;
use crate::common::program::Project;
use crate::common::{TINY, patched};
use serde_json::Value;
use std::process::{Command, Stdio};

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text:?}"))
}

#[test]
fn help_and_version_are_no_mistakes_and_nonsense_is() {
    let project = Project::new(TINY);
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["run", "--help"], 0),
        (&[], 2),
        (&["walk"], 2),
        (&["run", "tiny.toml"], 2),
        (&["run", "-o", "out"], 2),
        (&["run", "tiny.toml", "-o", "out", "--color", "pink"], 2),
        (&["validate"], 2),
    ] {
        let said = project.say(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.stdout, said.stderr);
    }
    assert!(!project.path("out").exists());
}

#[test]
fn one_bad_file_stops_all_unless_told_to_keep_going() {
    let project = Project::new(TINY);
    project.write("bad.toml", patched(&[("cell_yield = 0.95", "cell_yield = nan")]));
    let said = project.say(&["run", "bad.toml", "tiny.toml", "-o", "out"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(!project.path("out").exists());
    let said = project.say(&["run", "bad.toml", "tiny.toml", "-o", "out", "-k"]);
    assert_eq!((said.code, said.stdout.as_str()), (5, ""), "{}", said.stderr);
    assert!(said.stderr.contains("E0303") && said.stderr.contains("1 complete, 1 failed"), "{}", said.stderr);
    assert!(project.path("out/tiny/manifest.json").exists());
    let said = project.say(&["run", "bad.toml", "-o", "out", "-k"]);
    assert_eq!(said.code, 2, "all failed: {}", said.stderr);
}

#[test]
fn a_refused_result_beside_a_good_one_is_some_failed() {
    let project = Project::new(TINY);
    let short = patched(&[("2020 = 10, 2025 = 30", "2020 = 30, 2023 = 5"), ("id = \"tiny\"", "id = \"short\"")]);
    project.write("short.toml", short);
    let said = project.say(&["run", "short.toml", "tiny.toml", "-o", "out", "-q"]);
    assert_eq!(said.code, 5, "{}", said.stderr);
    assert!(said.stderr.contains("E0702"), "{}", said.stderr);
    assert!(!project.path("out/short").exists() && project.path("out/tiny/manifest.json").exists());
}

#[test]
fn two_scenarios_of_one_name_are_refused() {
    let project = Project::new(TINY);
    project.write("twin.toml", TINY);
    let said = project.say(&["run", "tiny.toml", "twin.toml", "-o", "out"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("are both called `tiny`"), "{}", said.stderr);
    assert!(!project.path("out").exists());
}

#[test]
fn a_quiet_run_says_nothing() {
    let (project, _) = done();
    for arguments in [
        &["run", "tiny.toml", "-o", "out", "-q"][..],
        &["-q", "run", "tiny.toml", "-o", "quiet"],
        &["validate", "tiny.toml", "--quiet"],
    ] {
        let said = project.say(arguments);
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (0, "", ""), "{arguments:?}");
    }
    // Errors are told all the same.
    assert!(!project.say(&["validate", "none.toml", "-q"]).stderr.is_empty());
}

#[test]
fn json_is_one_document_and_nothing_else_is_said() {
    let (project, _) = done();
    let json = |arguments: &[&str], code: i32| {
        let said = project.say(arguments);
        assert_eq!((said.code, said.stderr.as_str()), (code, ""), "{arguments:?}");
        document(&said.stdout)
    };
    let run = json(&["run", "tiny.toml", "-o", "json", "--json"], 0);
    assert_eq!((&run["schema"], &run["ok"], &run["exit_code"]), (&"urbanmine.run/1".into(), &true.into(), &0.into()));
    let one = &run["runs"][0];
    assert_eq!((&one["id"], &one["state"]), (&"tiny".into(), &"complete".into()));
    assert!(one["residual"].as_f64().unwrap() <= 1e-12 && one["results_key"].as_str().unwrap().len() == 64);
    assert!(project.path(one["dir"].as_str().unwrap()).join("manifest.json").exists());
    let again = json(&["run", "tiny.toml", "-o", "json", "--json"], 0);
    assert_eq!(
        (&again["runs"][0]["state"], &again["runs"][0]["results_key"]),
        (&"up_to_date".into(), &one["results_key"])
    );
    assert_eq!(json(&["--json", "validate", "tiny.toml"], 0)["ok"], true);
    let refused = json(&["validate", "none.toml", "--json"], 2);
    assert_eq!((&refused["ok"], &refused["diagnostics"][0]["code"]), (&false.into(), &"E0402".into()));
    let show = json(&["show", "tiny.toml", "plant.p1.capacity", "--json"], 0);
    let value = &show["values"][0];
    assert_eq!((&value["key"], &value["value"]), (&"plant.p1.capacity".into(), &"\"800 t/yr\"".into()));
    assert_eq!(value["origin"], "tiny.toml:117");
    let explain = json(&["explain", "recycled_content", "--json"], 0);
    assert_eq!(explain["indicators"][0]["indicator"], "recycled_content");
}

#[test]
fn a_dry_run_as_json_is_json() {
    let said = done().0.say(&["run", "tiny.toml", "-o", "out", "--dry-run", "--json"]);
    assert_eq!(said.code, 0);
    document(&said.stdout);
}

#[test]
fn a_missing_key_is_told_as_json_too() {
    for arguments in [&["show", "tiny.toml", "no.such.key", "--json"][..], &["explain", "nonsense", "--json"]] {
        let said = done().0.say(arguments);
        assert_eq!(said.code, 2);
        document(&said.stdout);
    }
}

#[test]
fn a_dry_run_with_a_bad_file_is_no_success() {
    let project = Project::new(TINY);
    project.write("bad.toml", patched(&[("cell_yield = 0.95", "cell_yield = nan")]));
    let said = project.say(&["run", "bad.toml", "tiny.toml", "-o", "out", "-k", "-n"]);
    assert_eq!(said.code, 5, "{}", said.stderr);
}

#[test]
fn colours_only_where_asked_for() {
    let project = Project::new(&patched(&[("cell_yield = 0.95", "cell_yield = nan")]));
    let plain = project.say(&["validate", "tiny.toml"]).stderr;
    let coloured = project.say(&["validate", "tiny.toml", "--color", "always"]).stderr;
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
}

/// Starts the program with a pipe that nobody reads, and returns its exit code and what else it said.
fn with_closed(project: &Project, arguments: &[&str], close_stderr: bool) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_urbanmine"));
    command.args(arguments).current_dir(project.path("")).stdin(Stdio::null());
    let command = if close_stderr {
        command.stdout(Stdio::piped()).stderr(writer)
    } else {
        command.stdout(writer).stderr(Stdio::piped())
    };
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_reader_of_data_that_goes_away_is_no_panic() {
    let (project, _) = done();
    for arguments in [
        &["show", "tiny.toml"][..],
        &["show", "tiny.toml", "--origin"],
        &["explain", "capacity"],
        &["run", "tiny.toml", "-o", "out", "--json"],
        &["run", "tiny.toml", "-o", "out", "-n"],
        &["validate", "tiny.toml", "--json"],
    ] {
        let (code, said) = with_closed(project, arguments, false);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("internal error"), "{said}");
    }
    println!("P20 a reader that goes away: exit 0, no panic, in 6 commands");
}

#[test]
fn a_reader_of_messages_that_goes_away_is_no_panic() {
    let (project, _) = done();
    for (arguments, code) in [(&["validate", "tiny.toml"][..], 0), (&["validate", "none.toml"], 2)] {
        assert_eq!(with_closed(project, arguments, true).0, Some(code), "{arguments:?}");
    }
}
