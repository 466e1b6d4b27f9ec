//! `graph`: a plant's flowsheet for other programs and as a picture.

use crate::common::TINY;
use crate::common::program::Project;

#[test]
fn a_flowsheet_is_printed_in_three_forms() {
    let project = Project::new(TINY);
    let say = |arguments: &[&str]| {
        let said = project.say(&[&["graph", "tiny.toml"], arguments].concat());
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{arguments:?}");
        said.stdout
    };
    insta::assert_snapshot!(say(&[]));
    insta::assert_snapshot!(say(&["--format", "mermaid", "--year", "2030"]));
    let svg = say(&["--format", "svg", "--year", "2030"]);
    assert!(svg.starts_with("<svg") && svg.contains("crystallisation") && svg.contains("mother liquor, "), "{svg}");
    assert_eq!(svg, say(&["--format", "svg", "--year", "2030"]));
}

#[test]
fn the_months_of_a_year_add_up_to_it() {
    let project = Project::new(
        &TINY.replace("step = \"1 year\"", "step = \"1 month\"").replace("lag = \"1 yr\"", "lag = \"1 month\""),
    );
    // t of the arrow from the yard to the shredder.
    let packs = |period: &[&str]| -> f64 {
        let said = project.say(&[&["graph", "tiny.toml"], period].concat());
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{period:?}");
        let arrow = said.stdout.lines().find(|line| line.contains("-> n0 [label=\"")).unwrap();
        arrow.split('"').nth(1).unwrap().trim_end_matches(" t").parse().unwrap()
    };
    let months: f64 = (1..=12).map(|month| packs(&["--month", &format!("2030-{month:02}")])).sum();
    // Each is written to the tonne.
    assert!((months - packs(&["--year", "2030"])).abs() <= 6.5, "{months}");
    let said = project.say(&["graph", "tiny.toml", "--month", "2030-13"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("e.g. 2035-07"), "{}", said.stderr);
}

#[test]
fn a_plant_or_year_that_is_not_there_is_refused() {
    let project = Project::new(TINY);
    let said = project.say(&["graph", "tiny.toml", "--plant", "p2"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("no plant `p2`") && said.stderr.contains("p1"), "{}", said.stderr);
    let said = project.say(&["graph", "tiny.toml", "--year", "2050"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("2020 to 2034"), "{}", said.stderr);
}

#[test]
fn a_scenario_with_lines_and_a_list_of_routes_reads_the_same_when_shown() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/hefei-lfp-line.toml");
    let project = Project::new(TINY);
    let first = project.say(&["show", file]);
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    for line in ["black_mass = { lfp = \"lfp_repulping\", nickel = \"repulping\" }", "[plant.p1.line.lfp]"] {
        assert!(first.stdout.contains(line), "no {line}");
    }
    assert!(!first.stdout.contains("\nroute = "), "routes are read in");
}
