//! Market: what a year's total becomes in its steps, and where vehicles go.

use super::{STEPS, city};
use crate::common::{Ran, TINY, near, patched, run};
use urbanmine::base::ids::{Id, OutputId, StepId};

/// Vehicles sold in each year, all fleets together.
fn sold_by_year(ran: &Ran) -> Vec<f64> {
    let per_year = ran.built.model.horizon.steps_per_year();
    let steps: Vec<f64> =
        ran.results.fleets.iter().map(|row| row.iter().map(|fleet| fleet.vehicles_sold).sum()).collect();
    steps.chunks(per_year).map(|year| year.iter().sum()).collect()
}

#[test]
fn a_year_keeps_its_total_however_it_is_spread() {
    let sales = "sales = { unit = \"vehicle/yr\", 2020 = 1000, 2030 = 3000, 2035 = 2000, then = \"zero\" }";
    for profile in ["", "\nprofile = [0, 0, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 2, 3]"] {
        let text = city(&[("sales = \"1000 vehicle/yr\"", &format!("{sales}{profile}"))]);
        for (step, _) in STEPS {
            let ran = run(&text, &[&format!("time.step={step}")]);
            for (year, sold) in sold_by_year(&ran).into_iter().enumerate() {
                let year = year as f64;
                let expected = match year {
                    ..=10.0 => 1000.0 + 200.0 * year,
                    ..=15.0 => 3000.0 - 200.0 * (year - 10.0),
                    _ => 0.0,
                };
                near(sold, expected);
            }
        }
    }
}

#[test]
fn a_season_falls_into_its_months() {
    let text = city(&[(
        "sales = \"1000 vehicle/yr\"",
        "sales = \"1200 vehicle/yr\"\nprofile = [0, 0, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 2, 3]",
    )]);
    let ran = run(&text, &["time.step=1 month"]);
    let months: Vec<f64> = (12..24).map(|step| ran.results.fleets[step][0].vehicles_sold).collect();
    for (sold, weight) in months.into_iter().zip([0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0]) {
        near(sold, 100.0 * weight);
    }
    let ran = run(&text, &["time.step=1 quarter"]);
    near(ran.results.fleets[3][0].vehicles_sold, 600.0);
}

#[test]
fn an_electric_share_scales_sales_and_what_is_built_for_them() {
    let text = city(&[("sales = \"1000 vehicle/yr\"", "sales = \"1000 vehicle/yr\"\nelectric_share = 0.3")]);
    let ran = run(&text, &[]);
    near(ran.results.fleets[0][0].vehicles_sold, 300.0);
    near(ran.mass(0, ran.region("city").packs_to_vehicles), 75.0);
}

#[test]
fn exports_are_built_besides() {
    // 1,000 sold here and 500 exported; or as a share: of 1,250 built, 20 % leave.
    for (line, exported) in [("export = \"500 vehicle/yr\"", 125.0), ("export_share = 0.2", 62.5)] {
        let text = city(&[("sales = \"1000 vehicle/yr\"", &format!("sales = \"1000 vehicle/yr\"\n{line}"))]);
        let ran = run(&text, &[]);
        let flows = ran.region("city");
        near(ran.mass(0, flows.packs_to_vehicles), 250.0 + exported);
        near(ran.mass(0, flows.vehicle_export), exported);
        near(ran.mass(0, flows.vehicles_sold), 250.0);
        assert_eq!(ran.mass(0, ran.built.model.flows.vehicle_surplus), 0.0);
        assert_eq!(ran.mass(0, ran.built.model.flows.vehicle_deficit), 0.0);
    }
}

#[test]
fn what_is_built_beyond_sales_leaves_and_what_is_missing_is_imported() {
    for (built, surplus, deficit) in [("1600", 150.0, 0.0), ("400", 0.0, 150.0)] {
        let line = format!("sales = \"1000 vehicle/yr\"\nproduction = \"{built} vehicle/yr\"");
        let ran = run(&city(&[("sales = \"1000 vehicle/yr\"", &line)]), &[]);
        near(ran.mass(3, ran.built.model.flows.vehicle_surplus), surplus);
        near(ran.mass(3, ran.built.model.flows.vehicle_deficit), deficit);
        near(ran.mass(3, ran.region("city").packs_to_vehicles), built.parse::<f64>().unwrap() * 0.25);
    }
}

#[test]
fn production_stays_within_the_vehicle_plants() {
    let text = city(&[
        ("[market.city.car]", "[market.city]\ncapacity = \"2000 vehicle/yr\"\nnev_share = 0.4\n[market.city.car]"),
        (
            "sales = \"1000 vehicle/yr\"",
            "sales = \"1000 vehicle/yr\"\nproduction = \"1000 vehicle/yr\"\nexport_share = 0.5",
        ),
    ]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    near(ran.mass(0, flows.packs_to_vehicles), 200.0);
    near(ran.mass(0, flows.vehicle_export), 100.0);
    near(ran.mass(0, ran.built.model.flows.vehicle_deficit), 150.0);
}

#[test]
fn one_region_builds_the_rest() {
    // In 2020: the city sells 1,000, builds 3,000, exports 300; the rest of the country sells 8,000 cars and 100 buses.
    let ran = run(TINY, &[]);
    let size = ran.built.model.size.chemistries;
    let energy = |region: &str| {
        let first = ran.region_id(region).index() * size;
        let outputs = (first..first + size).map(OutputId::new);
        outputs.map(|output| ran.built.model.market.production[(StepId::new(0), output)]).sum::<f64>()
    };
    near(energy("city"), 3000.0 * 50.0);
    near(energy("rest"), (1000.0 + 300.0 + 8000.0 - 3000.0) * 50.0 + 100.0 * 200.0);
    // Mixes are alike, so nothing is left over or missing.
    near(ran.total(ran.built.model.flows.vehicle_surplus), 0.0);
    near(ran.total(ran.built.model.flows.vehicle_deficit), 0.0);
}

#[test]
fn shares_between_given_years_lie_on_a_straight_line() {
    let text = patched(&[("cell_yield = 0.95", "cell_yield = { 2020 = 0.8, 2030 = 1.0 }")]);
    let (_, built) = crate::common::load(&text, &["time.step=1 month", "return.p1.lag=1 month"]).unwrap();
    let rest = &built.model.manufacture[1].cell_yield;
    // Read in the middle of each month.
    near(rest[0], 0.8 + 0.2 * (0.5 / 120.0));
    near(rest[60], 0.8 + 0.2 * (60.5 / 120.0));
    near(rest[179], 1.0);
}

#[test]
fn the_region_that_builds_the_rest_builds_its_own_exports_too() {
    let rest = |export: &str| {
        let text = patched(&[("production = \"rest\"", &format!("production = \"rest\"\n{export}"))]);
        let ran = run(&text, &[]);
        let flows = ran.built.model.flows.clone();
        near(ran.total(flows.vehicle_deficit) + ran.total(flows.vehicle_surplus), 0.0);
        let region = ran.region("rest");
        (ran.mass(0, region.packs_to_vehicles), ran.mass(0, region.vehicle_export))
    };
    let (own, none) = rest("");
    let (planned, exported) = rest("export = \"700 vehicle/yr\"");
    near(planned - own, exported);
    assert!(none == 0.0 && exported > 0.0);
    // A fifth of what is built leaves: what is sold is four fifths, cars only, buses apart.
    let (shared, exported) = rest("export_share = 0.2");
    near(shared - own, exported);
    let buses = 100.0 * 200.0 / 50.0;
    assert!(exported / shared < 0.2 && exported / shared > 0.2 * (1.0 - buses / 6300.0));
}
