//! Files that are missing, malformed, or hold a wrong cell; parents that are not there or are their own.

use super::{broken, broken_file, refused};
use crate::common::program::Project;
use crate::common::{TINY, patched};

#[test]
fn missing_file() {
    broken!("E0402", "file = \"composition.csv\"" => "file = \"compositions.csv\"");
}

#[test]
fn path_outside_the_project_root() {
    broken!("E0405", "file = \"composition.csv\"" => "file = \"../../composition.csv\"");
}

#[test]
fn absolute_path() {
    broken!("E0405", "file = \"composition.csv\"" => "file = \"/etc/passwd\"");
}

#[test]
fn malformed() {
    broken_file!("E0404", "sales.csv", "rest,bus,2020,100,vehicle/yr,TEST,C" => "rest,bus,2020,100");
}

#[test]
fn quote_never_closed() {
    broken_file!("E0404", "sales.csv", "rest,bus,2020" => "rest,\"bus,2020");
}

#[test]
fn gap_in_a_time_series() {
    broken_file!("E0312", "sales.csv", "city,car,2025,2000" => "city,car,2025,");
}

#[test]
fn repeated_year() {
    broken_file!("E0311", "sales.csv", "city,car,2025,2000" => "city,car,2020,2000");
}

#[test]
fn cell_that_is_no_number() {
    broken_file!("E0201", "sales.csv", "city,car,2025,2000" => "city,car,2025,many");
}

#[test]
fn negative_cell() {
    broken_file!("E0304", "sales.csv", "city,car,2025,2000" => "city,car,2025,-2000");
}

#[test]
fn wrong_dimension() {
    broken_file!("E0302", "pack_mass.csv", "na,2020,7.5,kg/kWh" => "na,2020,7.5,kWh/kg");
}

#[test]
fn unknown_substance() {
    broken_file!("E0401", "composition.csv", "na,pack,other" => "na,pack,othr");
}

#[test]
fn unknown_layer() {
    broken_file!("E0203", "composition.csv", "na,pack,other" => "na,packs,other");
}

#[test]
fn missing_column() {
    broken_file!("E0406", "composition.csv", "chemistry,layer,substance" => "chemistry,lair,substance");
}

#[test]
fn no_row_for_the_region() {
    broken!("E0406",
        "sales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"bus\" } }"
        => "sales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"van\" } }");
}

#[test]
fn transfer_file_that_does_not_sum_to_one() {
    broken_file!("E0305", "leaching.csv", "Ni,cake,rest" => "Ni,cake,0.1");
}

#[test]
fn transfer_file_with_unknown_outlet() {
    broken_file!("E0401", "leaching.csv", "Ni,cake,rest" => "Ni,cakes,rest");
}

#[test]
fn a_parent_that_is_its_own_child() {
    let project = Project::new("schema = 1\nextends = \"parent.toml\"\n[scenario]\nid = \"child\"\n");
    project.write("parent.toml", "schema = 1\nextends = \"tiny.toml\"\n");
    insta::assert_snapshot!(refused(&project, "E0403"));
}

#[test]
fn a_fault_of_a_parent_is_told_in_the_parent() {
    let project = Project::new("schema = 1\nextends = \"base/parent.toml\"\n[scenario]\nid = \"child\"\n");
    project.write("base/parent.toml", patched(&[("cell_yield = 0.95", "cell_yield = 1.95")]));
    for table in ["composition", "pack_mass", "sales", "leaching"] {
        project.write(&format!("base/{table}.csv"), project.read(&format!("{table}.csv")));
    }
    insta::assert_snapshot!(refused(&project, "E0306"));
}

#[test]
fn a_scenario_that_is_not_there() {
    let project = Project::new(TINY);
    let said = project.say(&["run", "other.toml", "-o", "out"]);
    assert_eq!(said.code, 2);
    insta::assert_snapshot!(said.stderr);
}
