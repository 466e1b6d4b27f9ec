//! Burdens and targets that cannot be counted.

use super::refused;
use crate::common::program::Project;
use crate::common::{TINY, patch};

/// The base scenario with burdens and a target, parts replaced.
fn project(edits: &[(&str, &str)]) -> Project {
    let inputs = "[plant.p1.unit.crystallisation]\ninputs = { acid = \"2 kg/kg\", electricity = \"10 kWh/t\" }";
    let text = patch(TINY, &[("[plant.p1.unit.crystallisation]", inputs)])
        + "\n[burdens]\nfactors = \"burden_factors.csv\"\nprimary = \"primary_burdens.csv\"\n\
           \n[targets]\nfile = \"targets.csv\"\n\
           \n[target.content]\nindicator = \"recycled_content\"\nselect = { substance = \"Li\" }\nmin = 0.1\nby = 2030-12-31\n";
    Project::new(&patch(&text, edits))
}

/// Snapshots what is said about it.
macro_rules! wrong {
    ($code:literal, $($from:expr => $to:expr),+ $(,)?) => {
        insta::assert_snapshot!(refused(&project(&[$(($from, $to)),+]), $code));
    };
}

/// The same with a part of a data file replaced.
macro_rules! wrong_file {
    ($code:literal, $file:literal, $from:expr => $to:expr) => {
        let project = project(&[]);
        project.edit($file, $from, $to);
        insta::assert_snapshot!(refused(&project, $code));
    };
}

#[test]
fn the_base_with_burdens_and_targets_is_right() {
    let said = project(&[]).say(&["validate", "tiny.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn an_input_without_a_burden_factor() {
    wrong!("E0406", "acid = \"2 kg/kg\"" => "acid = \"2 kg/kg\", lye = \"1 kg/kg\"");
}

#[test]
fn a_burden_factor_of_which_one_part_is_missing() {
    wrong_file!("E0406", "burden_factors.csv", "acid,reagents,water,,4,kg/kg,TEST,C\n" => "");
}

#[test]
fn a_burden_factor_in_another_kind_of_unit() {
    wrong_file!("E0302", "burden_factors.csv", "acid,reagents,energy,,0.72,MJ/kg" => "acid,reagents,energy,,0.72,kg/kg");
}

#[test]
fn a_burden_that_is_none() {
    wrong_file!("E0203", "burden_factors.csv", "acid,reagents,energy" => "acid,reagents,enrgy");
}

#[test]
fn a_burden_factor_that_is_negative() {
    wrong_file!("E0304", "burden_factors.csv", "acid,reagents,water,,4," => "acid,reagents,water,,-4,");
}

#[test]
fn primary_material_without_a_burden_factor() {
    wrong_file!("E0406", "primary_burdens.csv", "Ni,ghg,,20,kgCO2e/kg,TEST,C\n" => "");
}

#[test]
fn an_indicator_that_is_none() {
    wrong!("E0401", "indicator = \"recycled_content\"" => "indicator = \"recycled_contents\"");
}

#[test]
fn an_indicator_that_is_none_in_the_table_of_rules() {
    wrong_file!("E0401", "targets.csv", "content_li,recycled_content" => "content_li,recyled_content");
}

#[test]
fn an_indicator_without_a_value_by_year() {
    wrong!("E0305", "indicator = \"recycled_content\"\nselect = { substance = \"Li\" }" => "indicator = \"balance_error\"");
}

#[test]
fn a_selection_that_the_indicator_does_not_count_by() {
    wrong!("E0305", "select = { substance = \"Li\" }\nmin" => "select = { plant = \"p1\" }\nmin");
}

#[test]
fn a_selection_of_an_unknown_substance() {
    wrong!("E0401", "select = { substance = \"Li\" }\nmin" => "select = { substance = \"Lii\" }\nmin");
}

#[test]
fn a_selection_of_an_unknown_plant_in_the_table_of_rules() {
    wrong_file!("E0401", "targets.csv", "refining,plant_refining_recovery_rate,,each" => "refining,plant_refining_recovery_rate,,p9");
}

#[test]
fn a_selection_by_an_unknown_dimension() {
    wrong!("E0204", "select = { substance = \"Li\" }\nmin" => "select = { metal = \"Li\" }\nmin");
}

#[test]
fn a_target_with_two_bounds() {
    wrong!("E0202", "min = 0.1" => "min = 0.1\nmax = 0.5");
}

#[test]
fn a_target_in_another_kind_of_unit() {
    wrong!("E0302", "min = 0.1" => "min = \"10 kt/yr\"");
}

#[test]
fn a_target_without_its_unit() {
    wrong!("E0302", "indicator = \"recycled_content\"" => "indicator = \"primary_demand\"");
}

#[test]
fn a_target_without_a_day() {
    wrong!("E0202", "min = 0.1\nby = 2030-12-31" => "min = 0.1");
}

#[test]
fn a_target_given_twice() {
    wrong_file!("E0311", "targets.csv", "powder,plant_powder_recovery_rate,,each,Li,>=,0.98,2025,,fraction" => "content_li,recycled_content,city,,Li,>=,0.4,2028,,fraction");
}
