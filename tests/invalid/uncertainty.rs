//! Uncertain numbers that are none, and distributions that cannot be drawn from.

use super::refused;
use crate::common::TINY;
use crate::common::program::Project;

/// Snapshots what is said of the base scenario with lines on what is uncertain; an ensemble and a study of sensitivities
/// say the same as a run.
#[track_caller]
fn said(code: &str, lines: &str) -> String {
    let project = Project::new(&format!("{TINY}\n{lines}\n"));
    let said = refused(&project, code);
    for verb in ["ensemble", "sensitivity"] {
        let other = project.say(&[verb, "tiny.toml", "-o", "out"]);
        assert_eq!((other.code, other.stderr.as_str()), (2, said.as_str()), "{verb}");
        assert!(!project.path("out").exists(), "{verb} wrote something");
    }
    said
}

/// The same of lines below `[uncertainty.parameter]`.
macro_rules! parameter {
    ($code:literal, $lines:literal) => {
        insta::assert_snapshot!(said($code, &format!("[uncertainty.parameter]\n{}", $lines)));
    };
}

#[test]
fn a_parameter_of_an_unknown_key() {
    parameter!("E0204", r#""plant.p1.capacty" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }"#);
}

#[test]
fn a_parameter_of_a_key_without_a_value() {
    parameter!(
        "E0401",
        r#""manufacture.rest.electrode_yield" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }"#
    );
}

#[test]
fn a_distribution_without_its_parameters() {
    parameter!("E0202", r#""plant.p1.capacity" = { op = "*", distribution = "triangular", min = 0.5 }"#);
}

#[test]
fn a_parameter_without_a_distribution() {
    parameter!("E0202", r#""plant.p1.capacity" = { op = "*" }"#);
}

#[test]
fn a_parameter_that_does_not_say_what_a_draw_does() {
    parameter!("E0202", r#""plant.p1.capacity" = { distribution = "uniform", min = 0.5, max = 2.0 }"#);
}

#[test]
fn a_distribution_that_is_none() {
    parameter!("E0203", r#""plant.p1.capacity" = { op = "*", distribution = "gaussian", mean = 1, sd = 0.1 }"#);
}

#[test]
fn a_distribution_with_another_ones_parameter() {
    parameter!(
        "E0204",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, sd = 0.1 }"#
    );
}

#[test]
fn a_smallest_value_above_the_largest() {
    parameter!("E0203", r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 2.0, max = 0.5 }"#);
}

#[test]
fn a_mode_outside_the_ends() {
    parameter!(
        "E0203",
        r#""plant.p1.capacity" = { op = "*", distribution = "pert", min = 0.5, mode = 3.0, max = 2.0 }"#
    );
}

#[test]
fn a_distribution_cut_away_altogether() {
    parameter!(
        "E0203",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, at_least = 3.0 }"#
    );
}

#[test]
fn a_value_without_its_unit_in_the_place_of_one_with_a_unit() {
    parameter!("E0301", r#""plant.p1.capacity" = { op = "=", distribution = "uniform", min = 500, max = 1000 }"#);
}

#[test]
fn correlations_that_contradict_each_other() {
    parameter!(
        "E0203",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, correlation = { "use.car.vehicle.mean" = 0.9, "use.bus.vehicle.mean" = 0.9 } }
"use.car.vehicle.mean" = { op = "*", distribution = "uniform", min = 0.9, max = 1.1, correlation = { "use.bus.vehicle.mean" = -0.9 } }
"use.bus.vehicle.mean" = { op = "*", distribution = "uniform", min = 0.9, max = 1.1 }"#
    );
}

#[test]
fn a_correlation_with_what_is_certain() {
    parameter!(
        "E0401",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, correlation = { "use.car.vehicle.mean" = 0.9 } }"#
    );
}

#[test]
fn a_correlation_of_one() {
    parameter!(
        "E0203",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, correlation = { "use.car.vehicle.mean" = 1.0 } }
"use.car.vehicle.mean" = { op = "*", distribution = "uniform", min = 0.9, max = 1.1 }"#
    );
}

#[test]
fn a_parameter_that_is_not_a_number_in_this_scenario() {
    parameter!(
        "E0201",
        r#""use.car.vehicle.distribution" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }"#
    );
}

#[test]
fn a_parameter_that_is_what_the_others_leave() {
    parameter!("E0201", r#""collection.city.informal" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }"#);
}

#[test]
fn two_parameters_on_one_number() {
    parameter!(
        "E0311",
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }
"use.car.vehicle.mean" = { op = "*", distribution = "uniform", min = 0.9, max = 1.1, also = ["plant.p1.capacity"] }"#
    );
}

#[test]
fn a_share_that_takes_more_than_its_partner_has() {
    parameter!("E0305", r#""collection.city.formal" = { op = "*", distribution = "uniform", min = 0.9, max = 1.2 }"#);
}

#[test]
fn a_share_of_several_without_one_that_gives_way() {
    parameter!(
        "E0202",
        r#""plant.p1.unit.crystallisation.transfer.default.salt" = { op = "*", distribution = "uniform", min = 0.9, max = 1.0 }"#
    );
}

#[test]
fn a_partner_that_is_no_share_beside_it() {
    parameter!(
        "E0401",
        r#""collection.city.formal" = { op = "*", distribution = "uniform", min = 0.9, max = 1.0, balance = "informl" }"#
    );
}

#[test]
fn a_range_that_leaves_what_is_possible() {
    parameter!("E0310", r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.0, max = 2.0 }"#);
}

#[test]
fn no_draws() {
    insta::assert_snapshot!(said("E0203", "[uncertainty]\ndraws = 0"));
}

#[test]
fn quantiles_that_are_none() {
    insta::assert_snapshot!(said("E0203", "[uncertainty]\nquantiles = [0.05, 1.5]"));
}

#[test]
fn a_design_that_is_none() {
    insta::assert_snapshot!(said("E0203", "[uncertainty]\ndesign = \"halton\""));
}

#[test]
fn sobol_points_that_are_no_power_of_two() {
    insta::assert_snapshot!(said("E0203", "[sensitivity]\nbase = 1000"));
}

#[test]
fn an_odd_number_of_levels() {
    insta::assert_snapshot!(said("E0203", "[sensitivity]\nlevels = 5"));
}

/// What an ensemble or a study says that a run need not know.
#[track_caller]
fn only(arguments: &[&str], code: &str, lines: &str) -> String {
    let project = Project::new(&format!("{TINY}\n{lines}\n"));
    let said = project.say(arguments);
    assert!(said.code == 2 && said.stderr.contains(&format!("error[{code}]")), "{}", said.stderr);
    assert!(said.stderr.contains("--> tiny.toml:") && said.stderr.contains("= help: "), "{}", said.stderr);
    assert!(!project.path("out").exists());
    said.stderr
}

#[test]
fn a_result_that_is_none() {
    let lines = "[sensitivity]\noutputs = [\"plant.p1.utilization.2030\", \"recycled_content.city.Li.1999\"]";
    insta::assert_snapshot!(only(&["ensemble", "tiny.toml", "-o", "out"], "E0401", lines));
}

#[test]
fn nothing_that_is_uncertain() {
    insta::assert_snapshot!(only(&["sensitivity", "tiny.toml", "-o", "out"], "E0202", ""));
}

#[test]
fn sobol_indices_of_correlated_parameters() {
    let lines = r#"[uncertainty.parameter]
"plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0, correlation = { "use.car.vehicle.mean" = 0.3 } }
"use.car.vehicle.mean" = { op = "*", distribution = "uniform", min = 0.9, max = 1.1 }"#;
    insta::assert_snapshot!(only(&["sensitivity", "tiny.toml", "-o", "out", "--method", "sobol"], "E0203", lines));
}

#[test]
fn no_draws_on_the_command_line() {
    let project = Project::new(TINY);
    for (arguments, wrong) in [
        (["ensemble", "tiny.toml", "-o", "out", "--draws", "0"], "0 is not in 1..=1000000000"),
        (["ensemble", "tiny.toml", "-o", "out", "--shard", "5/4"], "expected e.g. 3/16"),
        (["ensemble", "tiny.toml", "-o", "out", "--threads", "0"], "0 is not in 1..=1024"),
    ] {
        let said = project.say(&arguments);
        assert!(said.code == 2 && said.stderr.contains(wrong), "{}", said.stderr);
    }
    // Nothing to be joined, and something else in the way.
    let said = project.say(&["ensemble", "merge", "out"]);
    assert!(said.code == 2 && said.stderr.contains("out holds no ensemble"), "{}", said.stderr);
    project.write("out/tiny.ensemble/mine.txt", "mine");
    let said = project.say(&["ensemble", "tiny.toml", "-o", "out", "--draws", "1"]);
    assert!(said.code == 4 && said.stderr.contains("holds files that urbanmine did not write"), "{}", said.stderr);
    assert_eq!(project.read("out/tiny.ensemble/mine.txt"), "mine");
}
