//! The corpus: broken scenarios and tables by class, and what is said about each, word for word, in one snapshot a class.

use crate::common::TINY;
use crate::common::program::Project;
use std::fmt::Write;
use urbanmine::scenario::build::build;
use urbanmine::scenario::{Problems, Scenario};

/// File, what stands there once, and what stands there instead.
type Case = (&'static str, &'static str, &'static str);

/// What is wrong with a project, seen from its directory.
fn problems(project: &Project) -> Option<Problems> {
    match Scenario::load(&project.path("tiny.toml"), &[]) {
        Ok(scenario) => build(&scenario).err(),
        Err(problems) => Some(problems),
    }
}

/// What is said about each case. Every one is refused, at a place in a file, with a way out and without a panic.
fn told(cases: &[Case]) -> String {
    let (mut told, mut accepted) = (String::new(), Vec::new());
    for (file, from, to) in cases {
        let project = Project::new(TINY);
        project.edit(file, from, to);
        let Some(found) = problems(&project) else {
            accepted.push((file, from, to));
            continue;
        };
        let root = project.path("").to_string_lossy().into_owned();
        let text = found.render(false).replace(&root, "");
        assert!(text.contains("--> ") && text.contains("error[E"), "no place in\n{text}");
        assert!(text.contains("= help: "), "no way out in\n{text}");
        let _ = writeln!(told, "#### {file}: {from:?} -> {to:?}\n{text}\n");
    }
    assert!(accepted.is_empty(), "not refused: {accepted:#?}");
    println!("P7 {} refused with code, place and way out", cases.len());
    told
}

const T: &str = "tiny.toml";

#[test]
fn syntax() {
    insta::assert_snapshot!(told(&[
        (T, "schema = 1", "schema 1"),
        (T, "schema = 1", "schema = "),
        (T, "schema = 1", "schema = 1 2"),
        (T, "schema = 1", "schema = 01"),
        (T, "schema = 1", "= 1"),
        (T, "schema = 1", "schema = 1\nschema = 1"),
        (T, "[time]", "[time"),
        (T, "[time]", "[[time]"),
        (T, "[time]", "[]"),
        (T, "[time]", "[time]]"),
        (T, "[outputs]", "[time]"),
        (T, "id = \"tiny\"", "id = \"tiny"),
        (T, "id = \"tiny\"", "id = 'tiny\""),
        (T, "id = \"tiny\"", "id = tiny"),
        (T, "id = \"tiny\"", "id = \"ti\\qny\""),
        (T, "id = \"tiny\"", "id = \"\\ud800\""),
        (T, "regions = [\"city\", \"rest\"]", "regions = [\"city\", \"rest\""),
        (T, "regions = [\"city\", \"rest\"]", "regions = [\"city\" \"rest\"]"),
        (T, "{ lfp = 1.0 }", "{ lfp = 1.0"),
        (T, "{ lfp = 1.0 }", "{ lfp 1.0 }"),
        (T, "start = 2020-01-01", "start = 2020-13-01"),
        (T, "start = 2020-01-01", "start = 2020-02-30"),
        (T, "cell_yield = 0.95", "cell_yield = 0,95"),
        (T, "cell_yield = 0.95", "cell_yield = .95"),
        (T, "cell_yield = 0.95", "cell_yield = 95e"),
    ]));
}

#[test]
fn schema() {
    insta::assert_snapshot!(told(&[
        (T, "schema = 1", "schema = \"1\""),
        (T, "schema = 1", "schema = 1.5"),
        (T, "schema = 1", "shema = 1"),
        (T, "[time]\n", "[tyme]\n"),
        (T, "end = 2035-01-01", "end = \"2035-01-01\""),
        (T, "end = 2035-01-01", "end = 2035"),
        (T, "end = 2035-01-01", "end = 2035-01-01T00:00:00"),
        (T, "regions = [\"city\", \"rest\"]", "regions = \"city\""),
        (T, "regions = [\"city\", \"rest\"]", "regions = [\"city\", 2]"),
        (T, "regions = [\"city\", \"rest\"]", "regions = [\"city\", \"city\"]"),
        (T, "regions = [\"city\", \"rest\"]", "regions = []"),
        (T, "battery = \"200 kWh/vehicle\"", "battery = [200]"),
        (T, "battery = \"200 kWh/vehicle\"", "battery = true"),
        (T, "battery = \"200 kWh/vehicle\"", "battery = { value = 200, units = \"kWh/vehicle\" }"),
        (T, "production = \"rest\"", "production = \"all\""),
        (T, "export_share = 0.1", "export_shares = 0.1"),
        (T, "export_share = 0.1", "export_share = { lfp = 0.1 }"),
        (T, "inflow_at = \"mid\"", "inflow_at = \"noon\""),
        (T, "inflow_at = \"mid\"", "inflow_at = \"spread:1\""),
        (T, "mode = \"replacement\"", "mode = 1"),
        (T, "distribution = \"fixed\"", "distribution = \"fixd\""),
        (T, "every = \"year\"", "every = \"decade\""),
        (T, "grade = \"battery\", returns = true", "grade = \"batery\", returns = true"),
        (T, "grade = \"battery\", returns = true", "grade = \"battery\", returns = \"yes\""),
        (T, "discipline = \"priority\"", "discipline = \"lifo\""),
        (T, "priority = [\"new_scrap\", \"retired\"]", "priority = [\"new_scrap\", \"retiered\"]"),
        (T, "[collection.rest]", "[collection.rest.formal]"),
        (T, "profile = \"linear\"", "profile = \"step\""),
    ]));
}

#[test]
fn units_and_ranges() {
    insta::assert_snapshot!(told(&[
        (T, "capacity = \"800 t/yr\"", "capacity = \"800\""),
        (T, "capacity = \"800 t/yr\"", "capacity = 800"),
        (T, "capacity = \"800 t/yr\"", "capacity = \"800 t\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"800 tons/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"eight t/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"-800 t/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"1e16 t/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"nan t/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = \"800 t/yr/yr\""),
        (T, "capacity = \"800 t/yr\"", "capacity = { unit = \"t/yr\", 2020 = 800, 20300 = 900 }"),
        (T, "energy = \"75 kWh/pack\"", "energy = \"75 kW/pack\""),
        (T, "fade = \"0.03 1/yr\"", "fade = \"0.03 yr\""),
        (T, "cell_yield = 0.95", "cell_yield = 1.05"),
        (T, "cell_yield = 0.95", "cell_yield = -0.05"),
        (T, "cell_yield = 0.95", "cell_yield = \"95 %%\""),
        (T, "cell_yield = 0.95", "cell_yield = \"95 kg\""),
        (T, "cell_yield = 0.95", "cell_yield = inf"),
        (T, "spread = 0.05", "spread = -0.05"),
        (T, "min_state_of_health = 0.75", "min_state_of_health = 75"),
        (T, "mean = \"9 yr\"", "mean = \"-9 yr\""),
        (T, "mean = \"9 yr\"", "mean = \"9 km\""),
        (T, "shape = 2.0", "shape = 0.0"),
        (T, "shape = 2.0", "shape = \"2 yr\""),
        (T, "lead = \"12 month\"", "lead = \"12 months of work\""),
        (T, "packs_per_station = \"10 pack/station\"", "packs_per_station = \"10 station/pack\""),
        (T, "2020 = 10, 2025 = 30", "2020 = 10, 2025 = -30"),
        (T, "initial = 0.5", "initial = 1.5"),
        (T, "mtbf = \"45 day\"", "mtbf = \"0 day\""),
        (T, "inventory_limit = \"12 month\"", "inventory_limit = \"12 t\""),
    ]));
}

#[test]
fn references_and_sums() {
    insta::assert_snapshot!(told(&[
        (T, "[market.rest.bus]", "[market.rest.buss]"),
        (T, "[market.rest.bus]", "[market.rst.bus]"),
        (T, "[use.bus.vehicle]", "[use.buss.vehicle]"),
        (T, "chemistry = { lfp = 1.0 }", "chemistry = { lfb = 1.0 }"),
        (T, "chemistry = { lfp = 1.0 }", "chemistry = { lfp = 0.9 }"),
        (T, "chemistry = { lfp = 1.0 }", "chemistry = { }"),
        (T, "chemistry = { lfp = 0.5, nmc = \"rest\" }", "chemistry = { lfp = \"rest\", nmc = \"rest\" }"),
        (T, "chemistry = { lfp = 0.5, nmc = \"rest\" }", "chemistry = { lfp = 1.5, nmc = \"rest\" }"),
        (T, "imports_from = \"outside\"", "imports_from = \"abroad\""),
        (T, "max_recycled_share = { Li = 0.5, default = 1.0 }", "max_recycled_share = { li = 0.5, default = 1.0 }"),
        (T, "landfill = 0.05", "landfill = 0.95"),
        (T, "informal = \"rest\"\nused_export", "informal = \"rest\"\nused_export = \"rest\"\nx"),
        (T, "accepts = [\"lfp\", \"nmc\"]", "accepts = [\"lfp\", \"nca\"]"),
        (T, "pack = \"shredding\"", "pack = \"shreding\""),
        (T, "scrap = \"leaching\"", "scraps = \"leaching\""),
        (T, "black_mass = \"leaching\"", "black_mass = \"leeching\""),
        (T, "dust = \"emission:dust\"", "dust = \"air:dust\""),
        (T, "dust = \"emission:dust\"", "dust = \"emission:\""),
        (T, "Li = { black_mass = 0.95, dust = \"rest\" }", "Li = { black_mass = 0.95, dusts = \"rest\" }"),
        (T, "Li = { black_mass = 0.95, dust = \"rest\" }", "Lithium = { black_mass = 0.95, dust = \"rest\" }"),
        (T, "default = { black_mass = 0.98, dust = 0.02 }", "default = { black_mass = 0.98 }"),
        (T, "salt = { grade", "salts = { grade"),
        (T, "[yard.p1]", "[yard.p2]"),
        (T, "retired = { city = 1.0, rest = 0.3 }", "retired = { city = 1.2, rest = 0.3 }"),
        (T, "retired = { city = 1.0, rest = 0.3 }", "retired = { town = 1.0 }"),
        (T, "[return.p1]", "[return.q1]"),
        (T, "region = \"city\"\ncapacity", "region = \"town\"\ncapacity"),
        (T, "start = 2020-01-01\nend", "start = 2040-01-01\nend"),
    ]));
}

#[test]
fn paths() {
    let file = "file = \"composition.csv\"";
    insta::assert_snapshot!(told(&[
        (T, file, "file = \"\""),
        (T, file, "file = \".\""),
        (T, file, "file = \"..\""),
        (T, file, "file = \"../composition.csv\""),
        (T, file, "file = \"x/../../composition.csv\""),
        (T, file, "file = \"/composition.csv\""),
        (T, file, "file = \"//server/share/composition.csv\""),
        (T, file, "file = \"C:/composition.csv\""),
        (T, file, "file = 'C:\\composition.csv'"),
        (T, file, "file = '\\\\server\\composition.csv'"),
        (T, file, "file = \"composition.csv\\u0000\""),
        (T, file, "file = \"a\\nb.csv\""),
        (T, file, "file = \"composition.csv/x\""),
        (T, file, "file = \"~/composition.csv\""),
        (T, file, "file = \"$HOME/composition.csv\""),
        (T, file, "file = \"https://example.org/composition.csv\""),
        (T, file, "file = \"file:///etc/passwd\""),
        (T, file, "file = \"con\""),
        (T, file, "file = \"Composition.csv\""),
        (T, file, "file = 3"),
        (T, file, "file = [\"composition.csv\"]"),
    ]));
}

#[test]
fn tables() {
    insta::assert_snapshot!(told(&[
        ("sales.csv", "region,segment,year", "region,segment,jahr"),
        ("sales.csv", "region,segment,year", "region,,year"),
        ("sales.csv", "region,segment,year", "region,year,year"),
        ("sales.csv", "city,car,2020,1000", "city,car,2020,1.000,5"),
        ("sales.csv", "city,car,2020,1000", "city,car,20x0,1000"),
        ("sales.csv", "city,car,2020,1000", "city,car,1820,1000"),
        ("sales.csv", "city,car,2020,1000", "city,car,2020,nan"),
        ("sales.csv", "city,car,2020,1000", "city,car,2020,inf"),
        ("sales.csv", "city,car,2020,1000", "city,car,2020,1e300"),
        ("sales.csv", "city,car,2020,1000", "city,car,2020,0x10"),
        ("sales.csv", "city,car,2020,1000,vehicle/yr", "city,car,2020,1000,vehicles/yr"),
        ("sales.csv", "city,car,2020,1000,vehicle/yr", "city,car,2020,1000,t/yr"),
        ("sales.csv", "city,car,2020,1000,vehicle/yr", "city,car,2020,1000,"),
        ("sales.csv", "city,car,2020,1000", "\"city,car,2020,1000"),
        ("composition.csv", "lfp,electrode,Li,,0.1", "lfp,electrode,Lu,,0.1"),
        ("composition.csv", "lfp,electrode,Li,,0.1", "lfp,electrode,Li,,-0.1"),
        ("composition.csv", "lfp,electrode,Li,,0.1,kg/kWh", "lfp,electrode,Li,,0.1,kg"),
        ("composition.csv", "lfp,electrode,Li,,0.1", "lfp,electrode,Li,year,0.1"),
        ("composition.csv", "lfp,electrode,Li,,0.1", "lfp,electrode,Cu,,0.1"),
        ("pack_mass.csv", "lfp,2020,6.5", "lfp,2020,0.5"),
        ("pack_mass.csv", "lfp,2020,6.5", "lfp,2020,"),
        ("leaching.csv", "Li,liquor,0.9", "Li,liquor,1.9"),
        ("leaching.csv", "Li,liquor,0.9", "Li,liquor,rest"),
        ("leaching.csv", "Li,liquor,0.9", "Li,liquid,0.9"),
        ("leaching.csv", "Li,liquor,0.9", "Lo,liquor,0.9"),
    ]));
}

#[test]
fn tables_that_are_none() {
    for bytes in [
        &b""[..],
        b"\n\n",
        b"\xff\xfe\x00",
        b"region,segment,year,value,unit\ncity,car,2020,\xff,vehicle/yr\n",
        b"\x00\x00\x00\x00",
        b"PK\x03\x04 a spreadsheet",
        b"<html><body>404</body></html>",
        b"region;segment;year;value;unit\ncity;car;2020;1000;vehicle/yr\n",
    ] {
        let project = Project::new(TINY);
        project.write("sales.csv", bytes);
        let text = problems(&project).expect("refused").render(false);
        assert!(text.contains("--> ") && text.contains("= help: "), "{text}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
}
