//! What is right value by value and does not fit together.

use super::{broken, broken_file, refused};
use crate::common::program::Project;
use crate::common::{TINY, patched};

/// A second plant beside the first one.
const SECOND: &str = r#"[plant.p2]
region = "rest"
capacity = "500 t/yr"
feed = { pack = "smelting" }

[plant.p2.unit.smelting]
outlets = { metal = "product:alloy", slag = "residue:slag" }
transfer = { default = { metal = 0.5, slag = "rest" } }
"#;

fn with_second_plant(yards: &str) -> Project {
    let text = patched(&[("new_scrap = { city = 1.0, rest = 0.0 }", "new_scrap = { city = 1.0, rest = \"rest\" }")]);
    Project::new(&format!("{text}\n{SECOND}\n{yards}"))
}

#[test]
fn pack_lighter_than_its_parts() {
    broken_file!("E0305", "pack_mass.csv", "lfp,2026,5.0" => "lfp,2026,4.0");
}

#[test]
fn pack_mass_given_twice() {
    broken_file!("E0311", "pack_mass.csv", "lfp,2026,5.0" => "lfp,2020,5.0");
}

#[test]
fn composition_missing() {
    broken!("E0406", "chemistries = [\"lfp\", \"nmc\", \"na\"]" => "chemistries = [\"lfp\", \"nmc\", \"na\", \"lmo\"]");
}

#[test]
fn two_plants_take_the_rest() {
    let project = with_second_plant("[yard.p2.share]\nnew_scrap = { rest = \"rest\" }\n");
    insta::assert_snapshot!(refused(&project, "E0305"));
}

#[test]
fn plants_take_more_than_there_is() {
    let project = with_second_plant("[yard.p2.share]\nretired = { rest = 0.8 }\n");
    insta::assert_snapshot!(refused(&project, "E0305"));
}

#[test]
fn recycle_stream_without_exit() {
    broken!("E0308", "{ default = { salt = 0.8, mother_liquor = 0.2 } }" => "{ default = { salt = 0.8, mother_liquor = 0.2 }, Li = { mother_liquor = 1.0 } }",
        "transfer = { file = \"leaching.csv\" }" => "transfer = { Li = { liquor = 1.0 }, default = { cake = 1.0 } }");
}

#[test]
fn unit_never_reached() {
    broken!("E0308", "outlets = { liquor = \"crystallisation\", cake = \"residue:cake\" }"
        => "outlets = { liquor = \"product:liquor\", cake = \"residue:cake\" }");
}

#[test]
fn substance_without_transfer_row() {
    broken!("E0308", "default = { black_mass = 0.98, dust = 0.02 }" => "Ni = { black_mass = 0.98, dust = 0.02 }");
}

#[test]
fn incomplete_lifetime() {
    broken!("E0202", "distribution = \"fixed\"\nlife = \"5 yr\"" => "distribution = \"fixed\"");
}

#[test]
fn lifetime_of_zero() {
    broken!("E0202", "life = \"5 yr\"" => "life = \"0 yr\"");
}

#[test]
fn lifetime_given_in_two_ways() {
    broken!("E0203", "mean = \"9 yr\"\nshape = 3.5" => "mean = \"9 yr\"\nscale = \"8 yr\"\nshape = 3.5");
}

#[test]
fn lifetime_with_the_parameters_of_another() {
    broken!("E0204", "mean = \"7 yr\"\nsd = \"2 yr\"" => "mean = \"7 yr\"\nsd = \"2 yr\"\nsigma = \"2 yr\"");
}

const TABULATED: &str = "distribution = \"fixed\"\nlife = \"5 yr\"";

#[test]
fn survival_that_rises_with_age() {
    broken!("E0305", TABULATED => "distribution = \"tabulated\"\nsurvival = { \"0 yr\" = 1.0, \"4 yr\" = 0.5, \"5 yr\" = 0.6 }");
}

#[test]
fn survival_by_an_age_without_unit() {
    broken!("E0204", TABULATED => "distribution = \"tabulated\"\nsurvival = { default = { \"0 yr\" = 1.0, 4 = 0.5 } }");
}

#[test]
fn survival_in_a_file_without_unit() {
    broken!("E0301", TABULATED => "distribution = \"tabulated\"\nsurvival = { file = \"survival.csv\", column = \"share\" }");
}

#[test]
fn survival_that_comes_twice() {
    broken!("E0305", TABULATED => "distribution = \"tabulated\"\nsurvival = { file = \"survival.csv\", column = \"share\", unit = \"month\" }");
}

#[test]
fn survival_missing() {
    broken!("E0202", TABULATED => "distribution = \"tabulated\"");
}

#[test]
fn policy_that_ends_before_it_begins() {
    broken!("E0309", "[use.bus.vehicle]" => "[use.hazard_policy.p]\nof = \"vehicle\"\nsegments = [\"bus\"]\nfrom = 2028-01-01\nuntil = 2027-01-01\nfactor = 1.3\n\n[use.bus.vehicle]");
}

#[test]
fn policy_of_a_segment_that_is_none() {
    broken!("E0401", "[use.bus.vehicle]" => "[use.hazard_policy.p]\nof = \"vehicle\"\nsegments = [\"buss\"]\nfrom = 2028-01-01\nfactor = 1.3\n\n[use.bus.vehicle]");
}

#[test]
fn policy_with_a_negative_factor() {
    broken!("E0304", "[use.bus.vehicle]" => "[use.hazard_policy.p]\nof = \"vehicle\"\nfrom = 2028-01-01\nfactor = -1\n\n[use.bus.vehicle]");
}

const BUSES: &str = "sales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"bus\" } }";

#[test]
fn fleet_that_falls_faster_than_it_retires() {
    broken!("E0304", BUSES => "fleet = { unit = \"vehicle\", 2020 = 4000, 2024 = 4000, 2026 = 500 }");
}

#[test]
fn fleet_below_zero() {
    broken!("E0203", BUSES => "fleet = \"4000 vehicle\"\non_shortfall = \"allow_negative\"");
}

#[test]
fn fleet_that_nothing_lives_long_enough_for() {
    broken!("E0203", BUSES => "fleet = \"4000 vehicle\"",
        "distribution = \"normal_trunc0\"\nmean = \"7 yr\"\nsd = \"2 yr\"" => "distribution = \"fixed\"\nlife = \"3 month\"");
}

#[test]
fn fleet_and_sales() {
    broken!("E0203", BUSES => "sales = \"100 vehicle/yr\"\nfleet = \"4000 vehicle\"");
}

#[test]
fn neither_fleet_nor_sales() {
    broken!("E0202", BUSES => "");
}

#[test]
fn fleet_per_year() {
    broken!("E0302", BUSES => "fleet = \"4000 vehicle/yr\"");
}

#[test]
fn initial_fleet_of_years_to_come() {
    broken!("E0309", BUSES => "sales = \"100 vehicle/yr\"\ninitial_fleet = { unit = \"vehicle\", 2019 = 100, 2020 = 100 }");
}

#[test]
fn initial_fleet_without_years() {
    broken!("E0309", BUSES => "sales = \"100 vehicle/yr\"\ninitial_fleet = \"100 vehicle\"");
}

#[test]
fn initial_fleet_that_has_outlived_itself() {
    broken!("E0309", BUSES => "sales = \"100 vehicle/yr\"\ninitial_fleet = { unit = \"vehicle\", 1990 = 100, 2019 = 100 }");
}

#[test]
fn share_used_again_where_nothing_is() {
    broken!("E0203", "mode = \"replacement\"" => "mode = \"replacement\"\nreuse_share = 0.5");
}

#[test]
fn lifetime_missing() {
    broken!("E0202", "[use.bus.vehicle]\ndistribution = \"normal_trunc0\"\nmean = \"7 yr\"\nsd = \"2 yr\"\n" => "");
}

#[test]
fn run_that_does_not_begin_on_a_1_january() {
    broken!("E0203", "start = 2020-01-01" => "start = 2020-07-01");
}

#[test]
fn hibernation_without_delay() {
    broken!("E0202", "hibernation_delay = \"2 yr\"\n" => "");
}

#[test]
fn packs_that_hibernate_for_ever() {
    broken!("E0306", "formal = 0.4\ninformal = \"rest\"" => "hibernating = 1.0\nhibernation_delay = \"1 yr\"");
}

#[test]
fn collection_missing() {
    broken!("E0202", "[collection.rest]\nformal = 0.4\ninformal = \"rest\"\n" => "");
}

#[test]
fn imports_from_itself() {
    broken!("E0203", "imports_from = \"rest\"" => "imports_from = \"city\"");
}

#[test]
fn others_build_more_than_is_sold() {
    broken!("E0304", "2020 = 3000, 2025 = 9000" => "2020 = 30000, 2025 = 30000");
}

#[test]
fn two_regions_build_the_rest() {
    broken!("E0305", "production = { unit = \"vehicle/yr\", 2020 = 3000, 2025 = 9000 }" => "production = \"rest\"");
}

#[test]
fn nothing_but_rejects() {
    broken!("E0203", "cell_yield = 0.95" => "cell_yield = { 2020 = 0.95, 2030 = 0.0 }");
}

#[test]
fn always_in_its_planned_outage() {
    broken!("E0203", "length = \"18 day\"" => "length = \"13 month\"");
}

#[test]
fn broken_more_than_it_runs() {
    broken!("E0203", "mttr = \"36 h\"" => "mttr = \"60 day\"");
}

#[test]
fn broken_as_long_as_it_runs() {
    broken!("E0203", "mttr = \"36 h\"" => "mttr = \"45 day\"");
}

#[test]
fn weibull_failures_without_shape() {
    broken!("E0202", "mttr = \"36 h\"" => "mttr = \"36 h\", distribution = \"weibull\"");
}

#[test]
fn exponential_failures_with_a_shape() {
    broken!("E0203", "mttr = \"36 h\"" => "mttr = \"36 h\", shape = 2");
}

#[test]
fn failures_of_shape_zero() {
    broken!("E0203", "mttr = \"36 h\"" => "mttr = \"36 h\", distribution = \"weibull\", shape = 2, repair_shape = 0");
}

#[test]
fn pool_without_its_segment() {
    broken!("E0401", "segments = [\"car\", \"bus\", \"swap_pool\"]" => "segments = [\"car\", \"bus\"]",
        "[use.swap_pool.battery]\ndistribution = \"fixed\"\nlife = \"5 yr\"\n" => "");
}

#[test]
fn pool_that_no_pack_outlives() {
    broken!("E0203", "life = \"5 yr\"" => "life = \"3 month\"");
}

#[test]
fn unknown_rule_for_a_shortfall() {
    broken!("E0203", "on_shortfall = \"error\"" => "on_shortfall = \"panic\"");
}

#[test]
fn state_of_health_missing() {
    broken!("E0202", "[second_life.state_of_health.default]\nfade = \"0.03 1/yr\"\nspread = 0.05\n" => "");
}

#[test]
fn second_life_without_lifetime() {
    broken!("E0202", "[second_life.lifetime]\ndistribution = \"weibull\"\nmean = \"4 yr\"\nshape = 2.0\n" => "");
}

#[test]
fn pack_mass_without_other() {
    let text = patched(&[(
        "substances = [\"Li\", \"Ni\", \"Cu\", \"other\"]",
        "substances = [\"Li\", \"Ni\", \"Cu\", \"rest\"]",
    )]);
    let project = Project::new(&text);
    project.write("composition.csv", project.read("composition.csv").replace(",other,", ",rest,"));
    insta::assert_snapshot!(refused(&project, "E0202"));
}

#[test]
fn seasonal_profile_whose_mean_is_not_one() {
    broken!("E0203", "battery = \"200 kWh/vehicle\"" => "battery = \"200 kWh/vehicle\"\nprofile = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]");
}

/// Right until it runs: the result is refused, exit 3, and nothing is written.
#[test]
fn pool_that_shrinks_faster_than_its_packs_wear_out() {
    let project = Project::new(&patched(&[("2020 = 10, 2025 = 30", "2020 = 30, 2023 = 5")]));
    assert_eq!(project.say(&["validate", "tiny.toml"]).code, 0);
    let said = project.say(&["run", "tiny.toml", "-o", "out"]);
    assert_eq!((said.code, said.stdout.as_str()), (3, ""));
    assert!(!project.path("out").exists());
    insta::assert_snapshot!(said.stderr);
    for way in ["early_retirement", "overshoot"] {
        let set = format!("swap.city.on_shortfall={way}");
        assert_eq!(project.say(&["run", "tiny.toml", "-o", way, "--set", &set]).code, 0, "{way}");
    }
}

#[test]
fn the_base_scenario_is_right() {
    let said = Project::new(TINY).say(&["validate", "tiny.toml"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, ""));
    insta::assert_snapshot!(said.stderr);
}

#[test]
fn compound_without_composition() {
    broken!("E0406", "salt = { grade = \"battery\", returns = true }" =>
        "salt = { grade = \"battery\", compound = \"saltt\", returns = true }");
}

#[test]
fn input_counted_in_two_ways() {
    broken!("E0302",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.shredding.inputs]\nheat = \"2 MJ/kg\"\n\n[plant.p1.unit.leaching.inputs]\nheat = \"2 kWh/kg\"\n\n[plant.p1.unit.leaching]");
}

#[test]
fn input_per_unknown_substance() {
    broken!("E0401",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.leaching.inputs]\nacid = { value = 2, unit = \"kg/kg\", per = \"Lj\" }\n\n[plant.p1.unit.leaching]");
}

#[test]
fn input_that_is_no_amount_per_mass() {
    broken!("E0302",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.leaching.inputs]\nacid = \"2 kg/h\"\n\n[plant.p1.unit.leaching]");
}

#[test]
fn input_given_twice_per_substance() {
    broken!("E0311",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.leaching.inputs]\nacid = [\"2 kg/t\", { value = 1, unit = \"kg/t\" }]\n\n[plant.p1.unit.leaching]");
}

#[test]
fn reagent_that_leaves_by_an_unknown_outlet() {
    broken!("E0401",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.leaching.inputs]\nacid = { value = 2, unit = \"kg/kg\", leaves = \"liquour\" }\n\n[plant.p1.unit.leaching]");
}

#[test]
fn reagent_whose_ways_out_do_not_sum_to_one() {
    broken!("E0305",
        "[plant.p1.unit.leaching]" => "[plant.p1.unit.leaching.inputs]\nacid = { value = 2, unit = \"kg/kg\", leaves = { liquor = 0.5, cake = 0.4 } }\n\n[plant.p1.unit.leaching]");
}

#[test]
fn reagent_that_goes_round_for_ever() {
    broken!("E0308",
        "[composition]" => "[compounds]\nfile = \"compounds.csv\"\n\n[composition]",
        "transfer = { file = \"leaching.csv\" }" => "transfer = { default = { liquor = 0.9, cake = 0.1 }, reagents = { liquor = 1.0 } }\ninputs = { acid = \"2 kg/kg\" }",
        "{ default = { salt = 0.8, mother_liquor = 0.2 } }" => "{ default = { salt = 0.8, mother_liquor = 0.2 }, reagents = { mother_liquor = 1.0 } }");
}

#[test]
fn modules_of_which_nothing_is_known() {
    broken!("E0202", "[yard.p1.share]" => "[yard.p1.opened]\npurchased = \"module\"\nage = \"8 yr\"\n\n[yard.p1.share]");
}

#[test]
fn opened_packs_of_no_age() {
    broken!("E0202", "[yard.p1.share]" => "[yard.p1.opened]\npurchased = \"cell\"\n\n[yard.p1.share]");
}

#[test]
fn packs_opened_to_what_is_no_form() {
    broken!("E0203", "[yard.p1.share]" => "[yard.p1.opened]\npurchased = \"cells\"\nage = \"8 yr\"\n\n[yard.p1.share]");
}

#[test]
fn chemistry_that_no_line_accepts() {
    broken!("E0305",
        "accepts = [\"lfp\", \"nmc\"]" => "accepts = [\"lfp\", \"nmc\"]\nline.iron = { accepts = [\"lfp\"] }");
}

#[test]
fn outlet_that_leaves_a_line_out() {
    broken!("E0308",
        "accepts = [\"lfp\", \"nmc\"]" =>
            "line.iron = { accepts = [\"lfp\"] }\nline.nickel = { accepts = [\"nmc\"] }",
        "cake = \"residue:cake\" }" => "cake = { iron = \"residue:cake\" } }");
}

#[test]
fn outlet_of_an_unknown_line() {
    broken!("E0401",
        "accepts = [\"lfp\", \"nmc\"]" => "line.iron = { accepts = [\"lfp\"] }",
        "cake = \"residue:cake\" }" => "cake = { irom = \"residue:cake\" } }");
}

#[test]
fn bought_black_mass_that_no_line_accepts() {
    broken!("E0305",
        "accepts = [\"lfp\", \"nmc\"]" =>
            "accepts = [\"lfp\", \"nmc\"]\nblack_mass.na = { limit = \"5 t/yr\", composition = { other = 1.0 } }");
}

#[test]
fn plant_that_closes_before_it_opens() {
    broken!("E0309",
        "accepts = [\"lfp\", \"nmc\"]" => "accepts = [\"lfp\", \"nmc\"]\ncloses = 2023-06-01");
}

#[test]
fn unit_without_capacity() {
    broken!("E0310", "capacity = \"700 t/yr\"" => "capacity = \"0 t/yr\"");
}

#[test]
fn line_without_capacity() {
    broken!("E0310",
        "accepts = [\"lfp\", \"nmc\"]" => "line.all = { accepts = [\"lfp\", \"nmc\"], capacity = \"0 t/yr\" }");
}
