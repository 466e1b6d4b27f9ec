//! Vehicles that are in use when the run begins.

use super::{STEPS, city};
use crate::common::{near, near_to, run};
use urbanmine::model::lifetime::Lifetime;

const SALES: &str = "sales = \"1000 vehicle/yr\"";
const VEHICLE: &str = "vehicle = { distribution = \"fixed\", life = \"4 yr\" }";
const BATTERY: &str = "battery = { distribution = \"fixed\", life = \"100 yr\" }";
const NICKEL: [(&str, &str); 2] =
    [("chemistries = [\"lfp\"]", "chemistries = [\"nmc\"]"), ("{ lfp = 1.0 }", "{ nmc = 1.0 }")];

fn with(initial: &str, more: &[(&str, &str)]) -> String {
    let market = format!("sales = \"0 vehicle/yr\"\ninitial_fleet = {initial}");
    city(&[&[(SALES, &*market)], more].concat())
}

/// By hand: nothing is sold, and what was sold in 2016 to 2019 leaves four years later, with what its packs held.
#[test]
fn an_initial_fleet_lives_on_as_if_the_run_had_seen_it_sold() {
    let text = with("{ unit = \"vehicle\", 2017 = 100, 2018 = 200, 2019 = 400 }", &NICKEL);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    // At the end of 2020 the vehicles of 2017 are three years old and more: with `end` they leave in 2021.
    for (year, vehicles) in [700.0, 600.0, 400.0, 0.0, 0.0].into_iter().enumerate() {
        near(ran.in_use(year), 50.0 * vehicles);
    }
    for (year, vehicles) in [(1, 100.0), (2, 200.0), (3, 400.0)] {
        near_to(ran.mass(year, flows.scrapped), vehicles * 0.2, 1e-12);
        // The first composition is that of 2020: it holds before.
        near(ran.content(year, flows.scrapped, "Ni"), vehicles * 50.0 * 0.6 / 1000.0);
    }
    // No flow brings them in: they are the opening stock.
    assert_eq!(ran.total(flows.packs_made), 0.0);
    near(ran.results.opening.iter().sum(), 700.0 * 0.2);
    ran.assert_sound();
}

/// A run cut in two: the second half, begun with what the first one left, goes on as the whole would have.
#[test]
fn a_run_begun_later_is_the_rest_of_the_run() {
    let life = Lifetime::Weibull { shape: 2.5, scale: 6.0 };
    let more = [
        (VEHICLE, "vehicle = { distribution = \"weibull\", shape = 2.5, scale = \"6 yr\" }"),
        ("mode = \"neither\"", "mode = \"replacement\""),
    ];
    for (step, per_year) in STEPS {
        for at in ["end", "mid", "spread:3"] {
            let sets = [&*format!("time.step={step}"), &*format!("use.inflow_at={at}")];
            let whole = run(&city(&[&[(SALES, SALES)], &more[..]].concat()), &sets);
            // What is left of each year by 2025, from the survival of its months.
            let entries = at.parse::<urbanmine::model::stock::InflowAt>().unwrap().entries();
            let left = |sold_in: usize| -> f64 {
                let months = (0..per_year).map(|month| {
                    let steps = (5 - sold_in) * per_year - 1 - month;
                    let share = |first: f64| life.survival((steps as f64 + first) / per_year as f64);
                    entries.iter().map(|entry| entry.weight * share(entry.first_age)).sum::<f64>()
                });
                months.sum::<f64>() * 1000.0 / per_year as f64
            };
            let given: Vec<String> = (0..5).map(|year| format!("{} = {:?}", 2020 + year, left(year))).collect();
            let initial = format!("{SALES}\ninitial_fleet = {{ unit = \"vehicle\", {} }}", given.join(", "));
            let later =
                city(&[&[(SALES, &*initial), ("start = 2020-01-01", "start = 2025-01-01")], &more[..]].concat());
            let later = run(&later, &sets);
            for period in 0..later.periods() {
                near_to(later.in_use(period), whole.in_use(period + 5 * per_year), 1e-11);
            }
            later.assert_sound();
        }
    }
}

/// The size of a fleet counts what was there before.
#[test]
fn a_fleet_by_size_begins_with_what_there_is() {
    let market = "fleet = { unit = \"vehicle\", 2020 = 700, 2021 = 800, 2030 = 2600 }\ninitial_fleet = { unit = \"vehicle\", 2018 = 300, 2019 = 400 }";
    let ran = run(&city(&[(SALES, market)]), &[]);
    // None of them has reached four years in 2020: a hundred are sold.
    near(ran.results.fleets[0][0].vehicles_sold, 100.0);
    for year in 0..10 {
        near_to(ran.in_use(year), 50.0 * (800.0 + 200.0 * year as f64), 1e-11);
    }
    ran.assert_sound();
}

/// Packs as old as their vehicles wear out and are replaced; chemistries are those said or those of the year.
#[test]
fn initial_packs_are_as_old_as_their_vehicles() {
    let text = with(
        "{ unit = \"vehicle\", 2018 = 100 }\ninitial_chemistry = { lfp = 0.25, nmc = 0.75 }",
        &[
            ("chemistries = [\"lfp\"]", "chemistries = [\"lfp\", \"nmc\"]"),
            (BATTERY, "battery = { distribution = \"fixed\", life = \"3 yr\" }"),
            ("mode = \"neither\"", "mode = \"replacement\""),
        ],
    );
    let ran = run(&text, &[]);
    let worn = |year: usize| -> Vec<f64> { ran.results.fleets[year].iter().map(|row| row.worn).collect() };
    assert_eq!((worn(0), worn(1), worn(2)), (vec![0.0; 2], vec![1250.0, 3750.0], vec![0.0; 2]));
    near(ran.results.fleets[1].iter().map(|row| row.replaced).sum(), 5000.0);
    // The vehicles of 2018 are scrapped in 2022 with packs of 2021.
    near(ran.results.fleets[2].iter().map(|row| row.scrapped).sum(), 5000.0);
    ran.assert_sound();
}

/// A second run of the same world begins with the same fleet.
#[test]
fn a_world_begins_again() {
    let mut ran = run(&with("{ unit = \"vehicle\", 2019 = 400 }", &[]), &[]);
    for _ in 0..2 {
        ran.built.model.run(&mut ran.world, &mut ()).unwrap();
    }
    let mut world = ran.world;
    ran.built.model.begin(&mut world);
    let standing: f64 =
        world.fleets.iter().flat_map(urbanmine::model::fleet::Fleet::fitted).map(|(_, _, energy)| energy).sum();
    near(standing, 20_000.0);
}
