//! Packs of scrapped vehicles that go on in other vehicles.

use super::{STEPS, city};
use crate::common::{Ran, near, near_to, patched, run};
use urbanmine::model::lifetime::Lifetime;
use urbanmine::model::stock::product::{Drive, Lives, Mode, Step, solve};
use urbanmine::model::stock::{InflowAt, OnShortfall};

const SALES: &str = "sales = \"1000 vehicle/yr\"";
const VEHICLE: (&str, &str) = (
    "vehicle = { distribution = \"fixed\", life = \"4 yr\" }",
    "vehicle = { distribution = \"weibull\", scale = \"7 yr\", shape = 2.8 }",
);
const BATTERY: (&str, &str) = (
    "battery = { distribution = \"fixed\", life = \"100 yr\" }",
    "battery = { distribution = \"weibull\", scale = \"9 yr\", shape = 3.0 }",
);

fn lives() -> Lives {
    let vehicle = Lifetime::Weibull { shape: 2.8, scale: 7.0 };
    Lives::constant(&vehicle, &Lifetime::Weibull { shape: 3.0, scale: 9.0 }, 20, InflowAt::End)
}

fn modes() -> [(&'static str, Mode); 4] {
    [
        ("neither", Mode::Neither),
        ("replacement", Mode::Replacement { replacement: 1.0 }),
        ("reuse", Mode::Reuse { reuse: 0.7 }),
        ("both", Mode::Both { reuse: 0.7, replacement: 1.0 }),
    ]
}

fn sets(mode: &str) -> Vec<&str> {
    match mode {
        "neither" => vec!["use.mode=neither"],
        "replacement" => vec!["use.mode=replacement"],
        "reuse" => vec!["use.mode=reuse", "use.reuse_share=0.7"],
        _ => vec!["use.mode=both", "use.reuse_share=0.7"],
    }
}

/// Every step of a run against the product-component calculator, in vehicles.
fn compare(ran: &Ran, steps: &[Step]) {
    for (year, step) in steps.iter().enumerate() {
        let row = &ran.results.fleets[year][0];
        near_to(row.in_use, 50.0 * step.stock, 1e-11);
        near_to(row.vehicles_sold, step.product_inflow, 1e-10);
        near_to(row.sold + row.replaced, 50.0 * step.component_inflow, 1e-10);
        near_to(row.reused, 50.0 * step.reused, 1e-10);
        near_to(row.worn + row.scrapped, 50.0 * step.component_outflow.iter().sum::<f64>(), 1e-9);
        // What is used again is neither made nor retired.
        let flows = ran.region("city");
        near_to(ran.mass(year, flows.packs_made), 0.25 * step.component_inflow, 1e-10);
        near_to(
            ran.mass(year, flows.worn) + ran.mass(year, flows.scrapped),
            0.25 * step.component_outflow.iter().sum::<f64>(),
            1e-9,
        );
    }
    ran.assert_sound();
}

/// Sales that rise and crash: there are more good packs than new vehicles in some years, and fewer in others.
#[test]
fn sales_in_every_mode_are_the_product_component_framework() {
    let sold: Vec<f64> = (0..20).map(|year| if year < 8 { 500.0 + 100.0 * f64::from(year) } else { 30.0 }).collect();
    let years: Vec<String> = sold.iter().enumerate().map(|(year, sold)| format!("{} = {sold}", 2020 + year)).collect();
    let sales = format!("sales = {{ unit = \"vehicle/yr\", {} }}", years.join(", "));
    for (name, mode) in modes() {
        let ran = run(&city(&[(SALES, &sales), VEHICLE, BATTERY]), &sets(name));
        compare(&ran, &solve(Drive::Inflow(&sold), &lives(), mode).unwrap().steps);
    }
}

/// A fleet given by its size, in every mode.
#[test]
fn fleets_in_every_mode_are_the_product_component_framework() {
    let size: Vec<f64> = (1..=20).map(|year| 1000.0 + 400.0 * f64::from(year)).collect();
    let fleet = "fleet = { unit = \"vehicle\", 2020 = 1000, 2040 = 9000 }";
    for (name, mode) in modes() {
        let ran = run(&city(&[(SALES, fleet), VEHICLE, BATTERY]), &sets(name));
        let steps = solve(Drive::Stock(&size, OnShortfall::Error), &lives(), mode).unwrap().steps;
        compare(&ran, &steps);
    }
}

/// The size holds in every step, convention and rule, also where packs fail in the step they enter in.
#[test]
fn a_fleet_keeps_its_size_where_packs_are_used_again() {
    let market = "fleet = { unit = \"vehicle\", 2020 = 1000, 2026 = 9000, 2028 = 3000, 2040 = 5000 }\non_shortfall = \"early_retirement\"\ninitial_fleet = { unit = \"vehicle\", 2016 = 200, 2019 = 500 }";
    let short = [
        (SALES, market),
        ("chemistries = [\"lfp\"]", "chemistries = [\"lfp\", \"nmc\"]"),
        ("{ lfp = 1.0 }", "{ 2020 = { lfp = 1.0 }, 2030 = { nmc = 1.0 } }"),
        (VEHICLE.0, "vehicle = { distribution = \"weibull\", scale = \"3 yr\", shape = 1.2 }"),
        (BATTERY.0, "battery = { distribution = \"weibull\", scale = \"4 yr\", shape = 1.0 }"),
    ];
    let size = |time: f64| {
        let points = [(2020.0, 1000.0), (2026.0, 9000.0), (2028.0, 3000.0), (2040.0, 5000.0)];
        let next = points.iter().position(|(year, _)| *year >= time).unwrap().max(1);
        let ((y0, v0), (y1, v1)) = (points[next - 1], points[next]);
        v0 + (v1 - v0) * (time - y0) / (y1 - y0)
    };
    for mode in ["reuse", "both"] {
        for (step, per_year) in &STEPS[..2] {
            for at in ["end", "mid", "start"] {
                let sets = [format!("use.mode={mode}"), format!("time.step={step}"), format!("use.inflow_at={at}")];
                let ran = run(&city(&short), &sets.each_ref().map(String::as_str));
                for period in 0..ran.periods() {
                    let vehicles = size(2020.0 + (period + 1) as f64 / *per_year as f64);
                    near_to(ran.in_use(period), 50.0 * vehicles, 1e-10);
                }
                ran.assert_sound();
            }
        }
    }
}

/// By hand: cars live two years and packs five, so each pack serves in three cars and dies with none of them.
#[test]
fn a_pack_may_serve_in_several_cars() {
    let text = city(&[
        (VEHICLE.0, "vehicle = { distribution = \"fixed\", life = \"2 yr\" }"),
        (BATTERY.0, "battery = { distribution = \"fixed\", life = \"5 yr\" }"),
    ]);
    let ran = run(&text, &["use.mode=both"]);
    let row = |year: usize| &ran.results.fleets[year][0];
    for year in 0..20 {
        near(row(year).in_use, if year == 0 { 50_000.0 } else { 100_000.0 });
        // Packs are made in 2020 and 2021, and again when those are five years old.
        let made = year % 5 < 2;
        assert_eq!(row(year).sold + row(year).replaced > 0.0, made, "{year}");
        assert_eq!(ran.mass(year, ran.region("city").packs_made) > 0.0, made, "{year}");
    }
    ran.assert_sound();
}

/// More used again than built in the region: fewer packs come in with the vehicles built elsewhere.
#[test]
fn packs_used_again_lower_imports_where_nothing_is_built() {
    let text = city(&[(SALES, "sales = \"1000 vehicle/yr\"\nproduction = \"100 vehicle/yr\""), VEHICLE, BATTERY]);
    let ran = run(&text, &["use.mode=reuse"]);
    let deficit = ran.built.model.flows.vehicle_deficit;
    for year in 0..20 {
        let row = &ran.results.fleets[year][0];
        let (new, built) = (row.sold * 0.005, (25.0 - row.reused * 0.005).max(0.0));
        near_to(ran.mass(year, ran.region("city").packs_made), built, 1e-11);
        near_to(ran.mass(year, deficit), new - built, 1e-11);
    }
    assert!(ran.results.fleets[19][0].reused * 0.005 > 25.0);
    ran.assert_sound();
}

#[test]
fn the_small_scenario_is_sound_in_every_mode() {
    let made = |mode: &str| {
        let ran =
            run(&patched(&[]), &[&format!("use.mode={mode}"), "time.step=1 quarter", "return.p1.lag=\"3 month\""]);
        ran.assert_sound();
        ["city", "rest"].iter().map(|region| ran.total(ran.region(region).packs_to_vehicles)).sum::<f64>()
    };
    assert!(made("reuse") < 0.9999 * made("neither") && made("both") < made("replacement"));
}
