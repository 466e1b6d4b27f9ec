//! Collection, hibernation, triage and second life, by hand: 250 t of packs retire each year from 2024 on.

use super::{STEPS, city};
use crate::common::{Ran, near, near_to, patch, run};
use urbanmine::model::plant::FeedStream;

const SPLIT: &str = "formal = 0.4\ninformal = 0.3\nused_export = 0.1\nhibernating = 0.15\nhibernation_delay = \"2 yr\"\nlandfill = 0.05";

fn to_yard(ran: &Ran, period: usize, stream: FeedStream) -> f64 {
    ran.mass(period, ran.region("city").to_yard[0][stream as usize])
}

#[test]
fn retired_packs_are_split_by_the_shares() {
    let ran = run(&city(&[("formal = 1.0", SPLIT)]), &[]);
    let flows = ran.region("city");
    for year in [4, 5] {
        near(ran.mass(year, flows.informal), 75.0);
        near(ran.mass(year, flows.used_export), 25.0);
        near(ran.mass(year, flows.landfill), 12.5);
        near(ran.mass(year, flows.hibernated), 37.5);
        near(to_yard(&ran, year, FeedStream::Retired), 100.0);
    }
}

#[test]
fn hibernating_packs_come_back_after_the_delay_and_are_not_kept_again() {
    let ran = run(&city(&[("formal = 1.0", SPLIT)]), &[]);
    let flows = ran.region("city");
    assert_eq!((ran.mass(4, flows.released), ran.mass(5, flows.released)), (0.0, 0.0));
    near(ran.stock(4, flows.hibernation), 37.5);
    near(ran.stock(5, flows.hibernation), 75.0);
    for year in 6..20 {
        near(ran.mass(year, flows.released), 37.5);
        near(ran.stock(year, flows.hibernation), 75.0);
        // The other 85 % in the same proportions.
        near(ran.mass(year, flows.informal), 75.0 + 37.5 * 0.3 / 0.85);
        near(ran.mass(year, flows.landfill), 12.5 + 37.5 * 0.05 / 0.85);
        near(to_yard(&ran, year, FeedStream::Retired), 100.0 + 37.5 * 0.4 / 0.85);
        near(ran.mass(year, flows.hibernated), 37.5);
    }
}

#[test]
fn the_delay_does_not_depend_on_the_step() {
    for (step, per_year) in STEPS {
        let ran = run(&city(&[("formal = 1.0", SPLIT)]), &[&format!("time.step={step}")]);
        let released = ran.region("city").released;
        let first = (0..ran.periods()).find(|period| ran.mass(*period, released) > 0.0);
        assert_eq!(first, Some(6 * per_year), "{step}");
        near_to(ran.mass(6 * per_year, released), 37.5 / per_year as f64, 1e-9);
        near_to(ran.stock(ran.periods() - 1, ran.region("city").hibernation), 75.0, 1e-9);
    }
}

#[test]
fn no_delay_is_no_hibernation() {
    let at_once = run(&city(&[("formal = 1.0", &SPLIT.replace("2 yr", "0 yr"))]), &[]);
    let without =
        run(&city(&[("formal = 1.0", "formal = 0.4\ninformal = 0.3\nused_export = 0.1\nlandfill = \"rest\"")]), &[]);
    let flows = at_once.region("city");
    near(at_once.mass(9, flows.released), 37.5);
    near(at_once.mass(9, flows.informal), 250.0 * 0.3 / 0.85);
    assert!(without.mass(9, without.region("city").informal) < at_once.mass(9, flows.informal));
}

#[test]
fn shares_are_read_in_the_middle_of_the_step() {
    let ran = run(&city(&[("formal = 1.0", "formal = { 2020 = 0.0, 2030 = 1.0 }\ninformal = \"rest\"")]), &[]);
    near(to_yard(&ran, 4, FeedStream::Retired), 250.0 * 0.45);
    near(ran.mass(4, ran.region("city").informal), 250.0 * 0.55);
    near(to_yard(&ran, 10, FeedStream::Retired), 250.0);
}

#[test]
fn a_segment_may_have_its_own_shares() {
    let text = city(&[
        ("segments = [\"car\"]", "segments = [\"car\", \"bus\"]"),
        (
            "[use.car]",
            "[market.city.bus]\nsales = \"100 vehicle/yr\"\nbattery = \"100 kWh/vehicle\"\nchemistry = { lfp = 1.0 }\n[use.bus]\nvehicle = { distribution = \"fixed\", life = \"4 yr\" }\nbattery = { distribution = \"fixed\", life = \"100 yr\" }\n[use.car]",
        ),
        (
            "formal = 1.0",
            "formal = 0.2\ninformal = 0.8\n[collection.city.by_segment.bus]\nformal = 0.9\nlandfill = \"rest\"",
        ),
    ]);
    let ran = run(&text, &[]);
    // 250 t of cars and 50 t of buses.
    near(ran.mass(4, ran.region("city").informal), 200.0);
    near(ran.mass(4, ran.region("city").landfill), 5.0);
    near(to_yard(&ran, 4, FeedStream::Retired), 50.0 + 45.0);
}

/// A second life of three years for half of the healthy packs, of which 80 % survive the work.
fn second_life(fade: &str, spread: &str) -> String {
    let text = format!(
        "[second_life]\nmin_state_of_health = 0.75\nreuse_share = 0.5\nrepurposing_yield = 0.8\n\
         lifetime = {{ distribution = \"fixed\", life = \"3 yr\" }}\n\
         [second_life.state_of_health.default]\nfade = \"{fade} 1/yr\"\nspread = {spread}\n[collection.city]"
    );
    city(&[("[collection.city]", &text)])
}

#[test]
fn only_packs_above_the_threshold_are_used_again() {
    // Four years old: 0.80 of the state of health left at 0.05 a year, 0.72 at 0.07.
    for (fade, spread, healthy) in
        [("0.05", "0.0", 1.0), ("0.07", "0.0", 0.0), ("0.05", "0.05", 0.841_344_746_068_542_9)]
    {
        let ran = run(&second_life(fade, spread), &[]);
        let flows = ran.region("city");
        // The error function used for the state of health is good to eleven digits.
        near_to(ran.mass(4, flows.reused), 250.0 * healthy * 0.4, 1e-10);
        near_to(to_yard(&ran, 4, FeedStream::Retired), 250.0 * (1.0 - healthy * 0.4), 1e-10);
    }
}

#[test]
fn a_second_life_ends_and_is_collected() {
    let ran = run(&patch(&second_life("0.05", "0.0"), &[("formal = 1.0", "formal = 0.6\nlandfill = 0.4")]), &[]);
    let flows = ran.region("city");
    near(ran.mass(4, flows.reused), 60.0);
    assert_eq!(ran.mass(6, flows.second_life_returns), 0.0);
    for year in 7..20 {
        near(ran.mass(year, flows.second_life_returns), 60.0);
        near(ran.stock(year, flows.second_life), 180.0);
        near(to_yard(&ran, year, FeedStream::SecondLife), 36.0);
        near(ran.mass(year, flows.landfill), 100.0 + 24.0);
    }
}

#[test]
fn worn_packs_are_worn() {
    let text = patch(
        &second_life("0.01", "0.0"),
        &[
            ("mode = \"neither\"", "mode = \"replacement\""),
            (
                "vehicle = { distribution = \"fixed\", life = \"4 yr\" }",
                "vehicle = { distribution = \"fixed\", life = \"7 yr\" }",
            ),
            (
                "battery = { distribution = \"fixed\", life = \"100 yr\" }",
                "battery = { distribution = \"fixed\", life = \"5 yr\" }",
            ),
        ],
    );
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    near(ran.mass(5, flows.worn), 250.0);
    assert_eq!(ran.mass(5, flows.reused), 0.0);
    // The replacement of 2025 is two years old when its car goes.
    near(ran.mass(7, flows.scrapped), 250.0);
    near(ran.mass(7, flows.reused), 100.0);
}
