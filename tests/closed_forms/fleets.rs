//! Fleets given by their size.

use super::{STEPS, city};
use crate::common::{Ran, near, near_to, patched, run};

const SALES: &str = "sales = \"1000 vehicle/yr\"";
const VEHICLE: (&str, &str) = (
    "vehicle = { distribution = \"fixed\", life = \"4 yr\" }",
    "vehicle = { distribution = \"weibull\", mean = \"9 yr\", shape = 3.5 }",
);
const BATTERY: (&str, &str) = (
    "battery = { distribution = \"fixed\", life = \"100 yr\" }",
    "battery = { distribution = \"weibull\", scale = \"7 yr\", shape = 3.5 }",
);

/// The loop with a fleet in place of sales.
fn fleet(written: &str) -> String {
    city(&[(SALES, &format!("fleet = {written}")), VEHICLE, BATTERY])
}

/// Sales of all segments of a period, vehicles.
fn sold(ran: &Ran, period: usize) -> f64 {
    ran.results.fleets[period].iter().map(|row| row.vehicles_sold).sum()
}

const GROWING: &str = "{ unit = \"vehicle\", 2020 = 1000, 2026 = 9000, 2033 = 8500, 2040 = 20000 }";

fn size(time: f64) -> f64 {
    let points = [(2020.0, 1000.0), (2026.0, 9000.0), (2033.0, 8500.0), (2040.0, 20_000.0)];
    let next = points.iter().position(|(year, _)| *year >= time).unwrap().max(1);
    let ((y0, v0), (y1, v1)) = (points[next - 1], points[next]);
    v0 + (v1 - v0) * (time - y0) / (y1 - y0)
}

/// The size of 1 January is what is in use when the step before it ends: in every mode, step and convention.
#[test]
fn a_fleet_has_its_size_in_every_step() {
    for mode in ["neither", "replacement"] {
        for (step, per_year) in STEPS {
            for at in ["end", "mid", "spread:3"] {
                let sets = [format!("use.mode={mode}"), format!("time.step={step}"), format!("use.inflow_at={at}")];
                let ran = run(&fleet(GROWING), &sets.each_ref().map(String::as_str));
                for period in 0..ran.periods() {
                    let vehicles = size(2020.0 + (period + 1) as f64 / per_year as f64);
                    near_to(ran.in_use(period), 50.0 * vehicles, 1e-10);
                }
                ran.assert_sound();
            }
        }
    }
}

/// The sales are those of the balance: what retires and what the fleet grows by; everything else follows from them.
#[test]
fn what_a_fleet_needs_is_built() {
    let ran = run(&fleet(GROWING), &["use.mode=replacement"]);
    let flows = ran.region("city");
    let mut before = 0.0;
    for year in 0..ran.periods() {
        let row = &ran.results.fleets[year][0];
        near_to(row.sold, row.scrapped + ran.in_use(year) - before, 1e-9);
        near(ran.mass(year, flows.vehicles_sold), 0.005 * row.sold);
        near_to(ran.mass(year, flows.packs_made), 0.005 * (row.sold + row.replaced), 1e-11);
        before = ran.in_use(year);
    }
}

/// Feeding the sales back as sales gives the same fleet.
#[test]
fn a_fleet_is_the_twin_of_its_sales() {
    let first = run(&fleet(GROWING), &[]);
    let years: Vec<String> = (0..20).map(|year| format!("{} = {:?}", 2020 + year, sold(&first, year))).collect();
    let written = format!("sales = {{ unit = \"vehicle/yr\", {} }}", years.join(", "));
    let second = run(&city(&[(SALES, &written), VEHICLE, BATTERY]), &[]);
    for year in 0..20 {
        near_to(first.in_use(year), second.in_use(year), 1e-11);
    }
}

const CRASH: &str = "{ unit = \"vehicle\", 2020 = 5000, 2026 = 5000, 2027 = 1000, 2032 = 6000 }";

/// By hand: nothing is sold while the fleet shrinks, and the same share of every cohort leaves before its time.
#[test]
fn a_fleet_may_be_retired_early() {
    for mode in ["neither", "replacement"] {
        for (step, per_year) in STEPS {
            let sets = [format!("use.mode={mode}"), format!("time.step={step}")];
            let sets = [&*sets[0], &*sets[1], "market.city.car.on_shortfall=early_retirement"];
            let ran = run(&fleet(CRASH), &sets);
            near_to(ran.in_use(6 * per_year - 1), 250_000.0, 1e-10);
            let crash = 6 * per_year..7 * per_year;
            assert!(crash.clone().all(|period| sold(&ran, period) == 0.0));
            for period in crash {
                let done = (period + 1 - 6 * per_year) as f64 / per_year as f64;
                near_to(ran.in_use(period), 50.0 * (5000.0 - 4000.0 * done), 1e-10);
            }
            assert!(ran.mass(6 * per_year, ran.region("city").scrapped) > 0.0);
            near_to(ran.in_use(12 * per_year - 1), 300_000.0, 1e-10);
            ran.assert_sound();
        }
    }
}

/// A fleet that is to vanish does, and may come back.
#[test]
fn a_fleet_may_end_and_begin_again() {
    let ending = "{ unit = \"vehicle\", 2020 = 5000, 2025 = 0, 2030 = 0, 2032 = 400 }";
    let ran = run(&fleet(ending), &["market.city.car.on_shortfall=early_retirement", "use.mode=replacement"]);
    assert!((4..9).all(|year| ran.in_use(year) == 0.0));
    near_to(ran.in_use(11), 20_000.0, 1e-10);
    ran.assert_sound();
}

#[test]
fn a_fleet_may_stay_above_its_size() {
    let ran = run(&fleet(CRASH), &["market.city.car.on_shortfall=overshoot", "use.mode=replacement"]);
    assert!(sold(&ran, 6) == 0.0 && ran.in_use(6) > 50.0 * 3000.0);
    near_to(ran.in_use(11), 300_000.0, 1e-10);
    ran.assert_sound();
}

/// A policy that ends lives sooner sells more vehicles into the same fleet.
#[test]
fn a_policy_reaches_a_fleet() {
    let policy = "use.hazard_policy.p={ of = \"vehicle\", from = 2028-01-01, factor = 2 }";
    let (plain, hastened) = (run(&fleet(GROWING), &[]), run(&fleet(GROWING), &[policy]));
    for year in 0..20 {
        near_to(plain.in_use(year), hastened.in_use(year), 1e-10);
        match year {
            0..8 => near_to(sold(&plain, year), sold(&hastened, year), 1e-10),
            8 => assert!(sold(&hastened, year) > 1.1 * sold(&plain, year)),
            _ => {}
        }
    }
}

/// Chemistries share the sales of a fleet; production that is the rest follows, and so does trade.
#[test]
fn the_market_follows_a_fleet() {
    let sales = "sales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"car\" } }";
    let ran = run(
        &patched(&[
            (sales, "fleet = { unit = \"vehicle\", 2020 = 5000, 2035 = 90000 }"),
            ("every = \"year\"", "every = \"step\""),
        ]),
        &[],
    );
    ran.assert_sound();
    let rest = ran.region_id("rest");
    let streams = &ran.built.model.streams;
    let car = ran.built.model.streams.iter().find(|stream| stream.region == rest).unwrap().segment;
    for year in 0..ran.periods() {
        let rows = streams.iter().zip(&ran.results.fleets[year]).filter(|(s, _)| s.region == rest && s.segment == car);
        let energy: f64 = rows.map(|(_, row)| row.in_use).sum();
        near_to(energy, 50.0 * (5000.0 + 85_000.0 * (year + 1) as f64 / 15.0), 1e-10);
    }
    // What all regions sell and export is what they build: nothing crosses the border unplanned.
    assert_eq!(ran.total(ran.built.model.flows.vehicle_deficit), 0.0);
}
