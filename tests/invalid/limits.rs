//! Hostile size is refused before it costs anything: each limit, and one more than it.

use crate::common::program::Project;
use crate::common::{TINY, patch, patched};
use std::fmt::Write;
use std::fs::File;
use std::time::{Duration, Instant};
use urbanmine::scenario::{Scenario, limits};

/// Codes that `validate` finds in a project, and how long it took.
fn codes(project: &Project) -> (Vec<String>, Duration) {
    let clock = Instant::now();
    let said = project.say(&["validate", "tiny.toml", "--json"]);
    let time = clock.elapsed();
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(document["exit_code"].as_i64(), Some(i64::from(said.code)));
    let errors = document["diagnostics"].as_array().unwrap().iter().filter(|one| one["level"] == "error");
    (errors.map(|one| one["code"].as_str().unwrap().to_owned()).collect(), time)
}

/// Asserts that a project is within a limit and another one is not.
#[track_caller]
fn limit(what: &str, code: &str, at: &Project, beyond: &Project) {
    let (within, _) = codes(at);
    assert!(!within.iter().any(|found| found == code), "{what} at the limit: {within:?}");
    let (refused, time) = codes(beyond);
    assert!(refused.iter().any(|found| found == code), "{what} beyond the limit: {refused:?}");
    println!("P16 {what}: {code} beyond the limit after {} ms", time.as_millis());
}

/// The same for two texts of the scenario.
#[track_caller]
fn limit_of(what: &str, code: &str, at: &str, beyond: &str) {
    limit(what, code, &Project::new(at), &Project::new(beyond));
}

/// A text filled up to a size with a comment.
fn filled(text: &str, bytes: usize) -> String {
    format!("{text}\n#{}\n", "x".repeat(bytes - text.len() - 3))
}

#[test]
fn size_of_a_scenario_file() {
    let mebi = 1 << 20;
    let at = filled(TINY, mebi);
    assert_eq!(at.len(), mebi);
    limit_of("scenario file of 1 MiB", "E0501", &at, &filled(TINY, mebi + 1));
}

#[test]
fn size_of_all_scenario_files() {
    let family = |last: usize| {
        let size = 1 << 20;
        let project = Project::new(&filled("schema = 1\nextends = \"a.toml\"\n", size));
        project.write("a.toml", filled("schema = 1\nextends = \"b.toml\"\n", size));
        project.write("b.toml", filled("schema = 1\nextends = \"c.toml\"\n", size));
        if last < 200 {
            project.write("c.toml", filled("schema = 1\nextends = \"d.toml\"\n", size - last));
            project.write("d.toml", filled("schema = 1\n", last));
        } else {
            project.write("c.toml", filled("schema = 1\n", last));
        }
        project
    };
    let beyond = family(1 << 20);
    beyond.write("c.toml", filled("schema = 1\nextends = \"d.toml\"\n", 1 << 20));
    beyond.write("d.toml", "#");
    limit("all scenario files of 4 MiB", "E0501", &family(1 << 20), &beyond);
}

#[test]
fn nesting() {
    let nested = |depth: usize| format!("{TINY}\n[policy.p]\nx = {}1{}\n", "[".repeat(depth), "]".repeat(depth));
    // `policy`, `p` and `x` are three of the 32.
    limit_of("32 lists and tables in each other", "E0502", &nested(29), &nested(30));
    for depth in [100, 1_000, 100_000] {
        for text in [
            nested(depth),
            format!("{TINY}\n[policy.p]\nx = {}", "{a=".repeat(depth)),
            format!("{TINY}\n[{}a]\n", "a.".repeat(depth)),
            format!("{TINY}\n{}a = 1\n", "a.".repeat(depth)),
            format!("{TINY}\n[policy.p]\nx = {}", "[".repeat(depth)),
        ] {
            let said = Project::new(&text).say(&["validate", "tiny.toml"]);
            assert_eq!(said.code, 2, "{depth}");
            assert!(said.stderr.contains("--> tiny.toml:"), "{}", said.stderr);
            let line = said.stderr.split("--> tiny.toml:").nth(1).unwrap().split(':').next().unwrap();
            assert!(line.parse::<usize>().unwrap() > TINY.lines().count(), "the place of {depth} is line {line}");
        }
    }
}

#[test]
fn parents() {
    let family = |parents: usize| {
        let project = Project::new("schema = 1\nextends = \"p1.toml\"\n");
        for parent in 1..parents {
            project.write(&format!("p{parent}.toml"), format!("extends = \"p{}.toml\"\n", parent + 1));
        }
        project.write(&format!("p{parents}.toml"), TINY);
        project
    };
    limit("8 parents", "E0505", &family(8), &family(9));
}

#[test]
fn numbers_and_years() {
    let capacity = |number: &str| patched(&[("capacity = \"800 t/yr\"", &format!("capacity = \"{number} t/yr\""))]);
    limit_of("a number of 1e15", "E0504", &capacity("1e15"), &capacity("1.000000000000001e15"));
    let series = |year: i32| patched(&[("2020 = 3000, 2025 = 9000", &format!("{year} = 3000"))]);
    limit_of("the year 1900", "E0504", &series(1900), &series(1899));
    limit_of("the year 2300", "E0504", &series(2300), &series(2301));
    let end = |year: i32| patched(&[("end = 2035-01-01", &format!("end = {year}-01-01"))]);
    limit_of("a date in 2300", "E0504", &end(2300), &end(2301));
    for number in ["nan", "inf", "-inf", "1e400", "-1e400", "9223372036854775808", "0x8000000000000000"] {
        let text = patched(&[("cell_yield = 0.95", &format!("cell_yield = {number}"))]);
        let (found, _) = codes(&Project::new(&text));
        assert!(!found.is_empty(), "{number}");
    }
}

#[test]
fn names_and_texts() {
    let id = |length: usize| patched(&[("id = \"tiny\"", &format!("id = \"{}\"", "i".repeat(length)))]);
    limit_of("an id of 64 bytes", "E0203", &id(64), &id(65));
    let title = |length: usize| {
        let mut text = TINY.to_owned();
        let start = text.find("title = ").unwrap();
        let end = start + text[start..].find('\n').unwrap();
        text.replace_range(start..end, &format!("title = \"{}\"", "é".repeat(length)));
        text
    };
    limit_of("a title of 200 characters", "E0203", &title(200), &title(201));
    let description = |length: usize| {
        patched(&[("id = \"tiny\"", &format!("id = \"tiny\"\ndescription = \"{}\"", "d".repeat(length)))])
    };
    limit_of("a description of 4,000 characters", "E0203", &description(4_000), &description(4_001));
    for steering in ["\\u0007", "\\u001b[2J", "\\u009b", "\\u202e", "\\u2066", "\\u0000"] {
        let text = patched(&[("id = \"tiny\"", &format!("id = \"tiny\"\ndescription = \"a{steering}b\""))]);
        let said = Project::new(&text).say(&["validate", "tiny.toml"]);
        assert_eq!(said.code, 2, "{steering}");
        assert!(said.stderr.chars().all(|c| !c.is_control() || c == '\n'), "{:?}", said.stderr);
    }
}

/// The small scenario with more names in a family.
fn more_names(family: &str, from: &str, count: usize) -> String {
    let known = from.matches('"').count() / 2;
    let more: String = (known..count).fold(String::new(), |mut text, i| {
        let _ = write!(text, ", \"x{i}\"");
        text
    });
    patched(&[(&format!("{family} = [{from}]"), &format!("{family} = [{from}{more}]"))])
}

#[test]
fn dimensions() {
    for (family, from, most) in [
        ("regions", "\"city\", \"rest\"", 64),
        ("segments", "\"car\", \"bus\", \"swap_pool\"", 64),
        ("chemistries", "\"lfp\", \"nmc\", \"na\"", 64),
        ("substances", "\"Li\", \"Ni\", \"Cu\", \"other\"", 32),
    ] {
        let what = format!("{most} {family}");
        limit_of(&what, "E0506", &more_names(family, from, most), &more_names(family, from, most + 1));
    }
    let plants = |count: usize| {
        (1..count).fold(TINY.to_owned(), |mut text, i| {
            let _ = write!(
                text,
                "\n[plant.x{i}]\nregion = \"city\"\ncapacity = \"1 t/yr\"\nfeed = {{ pack = \"melt\" }}\n[plant.x{i}.unit.melt]\n\
                 outlets = {{ slag = \"residue:slag\" }}\ntransfer = {{ default = {{ slag = 1.0 }} }}\n"
            );
            text
        })
    };
    limit_of("64 plants", "E0506", &plants(64), &plants(65));
    let units = |count: usize| {
        (3..count).fold(TINY.to_owned(), |mut text, i| {
            let _ = write!(
                text,
                "\n[plant.p1.unit.x{i}]\noutlets = {{ slag = \"residue:slag\" }}\ntransfer = {{ default = {{ slag = 1.0 }} }}\n"
            );
            text
        })
    };
    limit_of("256 units", "E0506", &units(256), &units(257));
}

#[test]
fn steps_cells_and_memory() {
    let monthly = |end: i32, more: &[(&str, &str)]| {
        let text = patched(&[
            ("start = 2020-01-01\nend = 2035-01-01", &format!("start = 1960-01-01\nend = {end}-01-01")),
            ("step = \"1 year\"", "step = \"1 month\""),
            ("lag = \"1 yr\"", "lag = \"1 month\""),
        ]);
        patch(&text, more)
    };
    // 12 x 333 = 3,996 steps are whole years; one more year is too much.
    limit_of("4,000 steps", "E0507", &monthly(2293, &[]), &monthly(2294, &[]));
    let said = Project::new(&monthly(2294, &[])).say(&["validate", "tiny.toml"]);
    insta::assert_snapshot!(said.stderr);
    let allowed = Project::new(&monthly(2294, &[])).say(&["validate", "tiny.toml", "--allow-large"]);
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
    // Each region has a market of its own for each chemistry.
    let markets = |regions: usize| {
        let names: Vec<String> = (0..regions).map(|i| format!("r{i}")).collect();
        let list = names.iter().fold(String::new(), |mut text, name| {
            let _ = write!(text, ", \"{name}\"");
            text
        });
        let sections = names.iter().fold(String::new(), |mut text, name| {
            let _ = write!(
                text,
                "[market.{name}.car]\nsales = \"1 vehicle/yr\"\nbattery = \"50 kWh/vehicle\"\nchemistry = {{ lfp = 0.5, nmc = 0.5 }}\n\
                 [collection.{name}]\nformal = 1.0\n"
            );
            text
        });
        let edits = [
            ("regions = [\"city\", \"rest\"]", format!("regions = [\"city\", \"rest\"{list}]")),
            ("[collection.city]", format!("{sections}[collection.city]")),
        ];
        let edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (*from, to.as_str())).collect();
        monthly(2120, &edits)
    };
    limit_of("1e9 cells times steps", "E0508", &markets(0), &markets(60));
    // Memory and output, where nothing has a market: only the books are large.
    let wide = |end: i32, every: &str| {
        let text = more_names("regions", "\"city\", \"rest\"", 64)
            .replace("start = 2020-01-01", "start = 1960-01-01")
            .replace("end = 2035-01-01", &format!("end = {end}-01-01"))
            .replace("step = \"1 year\"", "step = \"1 month\"")
            .replace("lag = \"1 yr\"", "lag = \"1 month\"");
        let sets = [format!("outputs.every={every}")];
        Scenario::parse(&text, "tiny.toml", &crate::common::data(), &sets).unwrap()
    };
    for (end, every, within) in [(2040, "year", true), (2290, "step", false)] {
        let scenario = wide(end, every);
        let size = scenario.size();
        assert_eq!(size.memory <= limits::MOST_MEMORY && size.output <= limits::MOST_OUTPUT, within, "{size:?}");
        assert_eq!(scenario.within_limits().is_ok(), within);
        println!("P16 predicted for 64 regions to {end} by {every}: {size:?}");
    }
    let small = Scenario::parse(TINY, "tiny.toml", &crate::common::data(), &[]).unwrap().size();
    assert!(small.memory < 64 << 20 && small.output < 16 << 20, "{small:?}");
}

#[test]
fn what_would_take_for_ever_or_all_memory_does_not() {
    // Neither a slot per step of a lag nor a turn per shutdown may be made without bound.
    let lag = patched(&[("lag = \"1 yr\"", "lag = \"1e14 yr\"")]);
    let said = Project::new(&lag).say(&["run", "tiny.toml", "-o", "out", "-q"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let every = |days: &str| {
        patched(&[
            ("every = \"12 month\"", &format!("every = \"{days} day\"")),
            ("length = \"18 day\"", "length = \"0.1 day\""),
        ])
    };
    limit_of("shutdowns a day apart", "E0509", &every("1"), &every("0.9"));
    assert_eq!(codes(&Project::new(&every("1e-12"))).0, ["E0509"]);
}

#[test]
fn tables() {
    let csv = |text: String| {
        let project = Project::new(&format!("{TINY}\n[check]\nretirements = \"big.csv\"\n"));
        project.write("big.csv", text);
        project
    };
    let header = "year,value,unit,reporter";
    let rows = |count: usize| {
        let mut text = format!("{header}\n");
        for _ in 0..count {
            text.push_str("2025,1,kt,A\n");
        }
        csv(text)
    };
    let (at, beyond) = (rows(1_000_000), rows(1_000_001));
    let (within, _) = codes(&at);
    assert!(!within.iter().any(|code| code == "E0503"), "{within:?}");
    assert!(codes(&beyond).0.iter().any(|code| code == "E0503"));
    let columns = |count: usize| {
        let more = (4..count).fold((String::new(), String::new()), |(mut names, mut cells), i| {
            let _ = write!(names, ",c{i}");
            cells.push_str(",1");
            (names, cells)
        });
        csv(format!("{header}{}\n2025,1,kt,A{}\n", more.0, more.1))
    };
    limit("256 columns", "E0503", &columns(256), &columns(257));
    let cell = |bytes: usize| csv(format!("{header}\n2025,1,kt,{}\n", "A".repeat(bytes)));
    limit("a cell of 64 KiB", "E0503", &cell(64 * 1024), &cell(64 * 1024 + 1));
    // A file that is too large is not read: this one has no blocks on disk.
    let large = csv(String::new());
    File::create(large.path("big.csv")).unwrap().set_len((64 << 20) + 1).unwrap();
    let (found, time) = codes(&large);
    assert_eq!(found, ["E0501"]);
    println!("P16 a CSV file of 64 MiB and a byte: E0501 after {} ms", time.as_millis());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_read() {
    let project = Project::new(&format!("{TINY}\n[check]\nretirements = \"pipe.csv\"\n"));
    let made = std::process::Command::new("mkfifo").arg(project.path("pipe.csv")).status().unwrap();
    assert!(made.success());
    let (found, _) = codes(&project);
    assert_eq!(found, ["E0402"]);
    std::fs::remove_file(project.path("pipe.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", project.path("pipe.csv")).unwrap();
    assert_eq!(codes(&project).0, ["E0405"]);
    std::fs::remove_file(project.path("pipe.csv")).unwrap();
    std::fs::create_dir(project.path("pipe.csv")).unwrap();
    assert_eq!(codes(&project).0, ["E0402"]);
}

#[test]
fn scenarios_in_one_command() {
    let project = Project::new(TINY);
    let files = vec!["none.toml"; 10_001];
    let said = project.say(&[&["run"][..], &files, &["-o", "out"]].concat());
    assert_eq!(said.code, 2);
    assert!(said.stderr.starts_with("error[E0510]: 10001 scenarios in one command"), "{}", said.stderr);
    assert!(!project.path("out").exists());
}
