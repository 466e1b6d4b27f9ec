//! What is said about money that cannot be.

use super::{LOOP, TERMS};
use crate::common::patch;
use crate::common::program::Project;
use crate::invalid::refused;

/// Snapshots what is said about the loop with terms of which a part is replaced.
macro_rules! broken {
    ($code:literal, $($from:expr => $to:expr),+ $(,)?) => {
        let project = Project::new(&patch(&format!("{LOOP}{TERMS}"), &[$(($from, $to)),+]));
        insta::assert_snapshot!(refused(&project, $code));
    };
}

#[test]
fn negative_price() {
    broken!("E0304", "\"1130 CNY_2025/t\"" => "\"-1130 CNY_2025/t\"");
}

#[test]
fn discount_rate_of_minus_one() {
    broken!("E0304", "discount_rate = 0.1" => "discount_rate = -1.0");
}

#[test]
fn missing_price_of_a_product() {
    broken!("E0202", "[price.good]" => "[price.better]");
}

#[test]
fn price_of_another_year() {
    broken!("E0307", "\"1130 CNY_2025/t\"" => "\"1130 CNY_2020/t\"");
}

#[test]
fn price_in_another_currency() {
    broken!("E0307", "path = \"400 CNY_2025/t\"" => "path = { value = 57, unit = \"USD/t\" }");
}

#[test]
fn price_without_a_unit() {
    broken!("E0301", "path = \"400 CNY_2025/t\"" => "path = 400");
}

#[test]
fn price_per_vehicle() {
    broken!("E0302", "path = \"400 CNY_2025/t\"" => "path = \"400 CNY_2025/vehicle\"");
}

#[test]
fn price_per_energy_of_what_is_weighed() {
    broken!("E0302", "path = \"400 CNY_2025/t\"" => "path = \"400 CNY_2025/MWh\"");
}

#[test]
fn price_that_says_nothing_of_tax() {
    broken!("E0202", "vat = \"excluded\"\n" => "");
}

#[test]
fn tax_that_is_in_a_price_but_not_known() {
    broken!("E0202", "[money]\nvat = 0.13\n" => "");
}

#[test]
fn feed_at_an_unknown_price() {
    broken!("E0401", "pack = { default = { price = \"pack\" } }" => "pack = { default = { price = \"packs\" } }");
}

#[test]
fn feed_without_a_price() {
    broken!("E0202", "pack = { default = { price = \"pack\" } }\n" => "");
}

#[test]
fn freight_by_an_unknown_mode() {
    broken!("E0401", "mode = \"road\"" => "mode = \"rail\"");
}

#[test]
fn residue_without_a_cost() {
    broken!("E0202", "[disposal]\ndefault = \"50 CNY_2025/t\"\n" => "");
}

#[test]
fn reference_plant_of_no_size() {
    broken!("E0310", "at = \"10 kt/yr\"" => "at = \"0 kt/yr\"");
}

#[test]
fn subsidy_of_unknown_equipment() {
    broken!("E0202", "[economics.p1.fixed_cost]" => "[economics.p1.equipment_subsidy]\nrate = 0.15\n\n[economics.p1.fixed_cost]");
}

#[test]
fn spread_that_is_not_one() {
    broken!("E0305", "exponent = 0.6" => "exponent = 0.6\nspread = [0.5, 0.6]");
}

#[test]
fn economics_of_an_unknown_plant() {
    broken!("E0401", "[economics.p1]\n" => "[economics.p2]\n");
}

#[test]
fn process_without_volatility() {
    broken!("E0202", "vat = \"excluded\"\n" => "vat = \"excluded\"\nprocess = \"mean_reverting\"\n");
}

#[test]
fn correlations_that_contradict_each_other() {
    let three = "[price.third]\npath = \"1 CNY_2025/t\"\nvat = \"excluded\"\n\n[price_correlation]\ngood = { pack = 0.9, third = 0.9 }\npack = { third = -0.9 }\n\n[freight.road]";
    broken!("E0306", "[freight.road]" => three);
}

#[test]
fn correlation_above_one() {
    broken!("E0306", "[freight.road]" => "[price_correlation]\ngood = { pack = 1.5 }\n\n[freight.road]");
}

#[test]
fn payable_without_a_reference() {
    broken!("E0202", "pack = { default = { price = \"pack\" } }" => "pack = { default = { payable = { Li = 0.5 } } }");
}

#[test]
fn payable_by_a_compound_that_holds_none() {
    let more = "[payable_reference]\nNi = \"salt\"\n\n[price.salt]\npath = \"800 CNY_2025/t\"\nvat = \"excluded\"\ncompound = \"water\"\n\n[compounds]\nfile = \"compounds.csv\"\n\n[freight.road]";
    broken!("E0406", "pack = { default = { price = \"pack\" } }" => "pack = { default = { payable = { Ni = 0.5 } } }", "[freight.road]" => more);
}

#[test]
fn competition_with_nothing() {
    broken!("E0310", "formal = 1.0\n" => "formal = 0.5\ninformal = \"rest\"\n\n[collection.city.competition]\nelasticity = 1.0\ninformal_pays = \"0 CNY_2025/t\"\nformal_pays = \"1 CNY_2025/t\"\nusual_ratio = 1.1\n");
}
