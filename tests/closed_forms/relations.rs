//! Relations that hold whatever the numbers are: two runs that must agree, or of which one may not lie above the other.

use super::city;
use crate::common::program::Project;
use crate::common::{Ran, TINY, near, near_to, patch, patched, run};
use urbanmine::base::ids::FlowId;
use urbanmine::scenario::Scenario;

const MONTHLY: [&str; 2] = ["time.step=1 month", "return.p1.lag=1 month"];

/// The small scenario in months.
fn monthly(edits: &[(&str, &str)]) -> Ran {
    run(&patched(edits), &MONTHLY)
}

/// Flows of a region that do not depend on how many plants there are.
fn flows(ran: &Ran, region: &str) -> Vec<FlowId> {
    let f = ran.region(region);
    vec![
        f.virgin,
        f.recycled,
        f.surplus_sold,
        f.packs_made,
        f.packs_from_elsewhere,
        f.packs_to_vehicles,
        f.packs_to_replace,
        f.packs_to_pool,
        f.vehicles_sold,
        f.vehicle_export,
        f.worn,
        f.scrapped,
        f.informal,
        f.used_export,
        f.landfill,
        f.hibernated,
        f.released,
        f.declined,
        f.reused,
        f.second_life_returns,
        f.packs_elsewhere,
        f.scrap_elsewhere,
        f.to_yard[0][0],
        f.to_yard[0][1],
        f.to_yard[0][2],
    ]
}

/// Asserts that two masses agree. The scenario moves thousands of tonnes, and what is left of their differences is
/// rounding: nothing below a tonne is compared more finely.
#[track_caller]
fn alike(left: f64, right: f64, relative: f64) {
    let scale = left.abs().max(right.abs()).max(1.0);
    assert!((left - right).abs() <= relative * scale, "{left} t is not {right} t");
}

/// Asserts that the same things happen in both runs, whatever the order of their dimensions, with `factor` times the mass.
#[track_caller]
fn same_but_for(left: &Ran, right: &Ran, factor: f64) {
    let catalog = &left.built.catalog;
    for period in 0..left.periods() {
        for region in &catalog.regions {
            for (one, other) in flows(left, region).into_iter().zip(flows(right, region)) {
                for substance in &catalog.substances {
                    let (one, other) = (left.content(period, one, substance), right.content(period, other, substance));
                    alike(one * factor, other, 1e-11);
                }
            }
            let stock = |ran: &Ran| {
                let f = ran.region(region);
                [f.usage, f.hibernation, f.second_life, f.materials].map(|process| ran.stock(period, process))
            };
            for (one, other) in stock(left).into_iter().zip(stock(right)) {
                alike(one * factor, other, 1e-11);
            }
        }
        for (one, other) in left.results.plants[period].iter().zip(&right.results.plants[period]) {
            alike(one.throughput() * factor, other.throughput(), 1e-11);
            alike(one.yard * factor, other.yard, 1e-10);
            alike(one.turned_away * factor, other.turned_away, 1e-10);
        }
    }
}

/// Asserts that a sum that only grows is never below another.
#[track_caller]
fn never_below(upper: &[f64], lower: &[f64]) {
    for (step, (upper, lower)) in upper.iter().zip(lower).enumerate() {
        assert!(upper - lower >= -1e-9 * lower.max(1.0), "step {step}: {upper} lies below {lower}");
    }
}

fn cumulated(values: impl Iterator<Item = f64>) -> Vec<f64> {
    values
        .scan(0.0, |sum, value| {
            *sum += value;
            Some(*sum)
        })
        .collect()
}

const UNLIMITED: [(&str, &str); 3] = [
    ("limit = \"150 t\"\n", ""),
    ("capacity = \"800 t/yr\"", "capacity = \"800 Mt/yr\""),
    ("[plant.p1.unit.shredding]\ncapacity = \"700 t/yr\"", "[plant.p1.unit.shredding]"),
];

/// Sales, production and pool three times as large.
const TRIPLE: [(&str, &str); 5] = [
    ("segment = \"car\" } }\nproduction = { unit", "segment = \"car\" }, multiply = 3 }\nproduction = { unit"),
    ("2020 = 3000, 2025 = 9000", "2020 = 9000, 2025 = 27000"),
    ("segment = \"car\" } }\nproduction = \"rest\"", "segment = \"car\" }, multiply = 3 }\nproduction = \"rest\""),
    ("segment = \"bus\" } }", "segment = \"bus\" }, multiply = 3 }"),
    ("2020 = 10, 2025 = 30", "2020 = 30, 2025 = 90"),
];

#[test]
fn three_times_the_sales_are_three_times_everything() {
    let (one, three) = (monthly(&UNLIMITED), monthly(&[&UNLIMITED[..], &TRIPLE[..]].concat()));
    same_but_for(&one, &three, 3.0);
}

#[test]
fn with_three_times_the_plant_limits_scale_too() {
    let plant = [
        ("limit = \"150 t\"", "limit = \"450 t\""),
        ("capacity = \"800 t/yr\"", "capacity = \"2400 t/yr\""),
        ("capacity = \"700 t/yr\"", "capacity = \"2100 t/yr\""),
    ];
    same_but_for(&monthly(&[]), &monthly(&[&TRIPLE[..], &plant[..]].concat()), 3.0);
}

#[test]
fn a_region_without_sales_changes_nothing_for_the_others() {
    let void = "[market.void.car]\nsales = \"0 vehicle/yr\"\nbattery = \"50 kWh/vehicle\"\nchemistry = { na = 1.0 }\n\
        [collection.void]\nformal = 1.0\n[collection.city]";
    let edits =
        [("regions = [\"city\", \"rest\"]", "regions = [\"void\", \"city\", \"rest\"]"), ("[collection.city]", void)];
    let (without, with) = (monthly(&[]), monthly(&edits));
    same_but_for(&without, &with, 1.0);
    assert!(flows(&with, "void").into_iter().all(|flow| with.total(flow) == 0.0));
}

#[test]
fn the_order_of_names_changes_nothing() {
    let edits = [
        ("regions = [\"city\", \"rest\"]", "regions = [\"rest\", \"city\"]"),
        ("segments = [\"car\", \"bus\", \"swap_pool\"]", "segments = [\"swap_pool\", \"bus\", \"car\"]"),
        ("chemistries = [\"lfp\", \"nmc\", \"na\"]", "chemistries = [\"na\", \"nmc\", \"lfp\"]"),
        ("substances = [\"Li\", \"Ni\", \"Cu\", \"other\"]", "substances = [\"other\", \"Cu\", \"Li\", \"Ni\"]"),
    ];
    same_but_for(&monthly(&[]), &monthly(&edits), 1.0);
}

#[test]
fn the_order_of_sections_and_rows_changes_nothing() {
    let mut sections: Vec<&str> = TINY.split("\n[").collect();
    let head = sections.remove(0);
    sections.reverse();
    let turned = format!("{head}\n[{}", sections.join("\n["));
    let project = Project::new(&turned);
    for table in ["sales.csv", "composition.csv", "pack_mass.csv"] {
        let text = project.read(table);
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        project.write(table, lines.join("\n") + "\n");
    }
    let scenario = Scenario::load(&project.path("tiny.toml"), &MONTHLY.map(str::to_owned)).unwrap();
    let built = urbanmine::scenario::build::build(&scenario).unwrap();
    let ran = crate::common::run_built(built, urbanmine::results::Every::Step).unwrap();
    same_but_for(&monthly(&[]), &ran, 1.0);
}

#[test]
fn a_chemistry_split_in_two_is_the_same_chemistry() {
    let project = Project::new(&patched(&[
        ("chemistries = [\"lfp\", \"nmc\", \"na\"]", "chemistries = [\"lfp\", \"nmc\", \"na\", \"lfq\"]"),
        (
            "[market.rest.bus]\nsales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"bus\" } }\nbattery = \"200 kWh/vehicle\"\nchemistry = { lfp = 1.0 }",
            "[market.rest.bus]\nsales = { file = \"sales.csv\", where = { region = \"rest\", segment = \"bus\" } }\nbattery = \"200 kWh/vehicle\"\nchemistry = { lfp = 0.5, lfq = 0.5 }",
        ),
        ("chemistry = { lfp = 0.5, nmc = \"rest\" }", "chemistry = { lfp = 0.25, lfq = 0.25, nmc = \"rest\" }"),
        ("accepts = [\"lfp\", \"nmc\"]", "accepts = [\"lfp\", \"lfq\", \"nmc\"]"),
        ("scale = { lfp = \"8 yr\"", "scale = { lfq = \"8 yr\", lfp = \"8 yr\""),
        ("reuse_share = { lfp = 0.3", "reuse_share = { lfq = 0.3, lfp = 0.3"),
    ]));
    for table in ["composition.csv", "pack_mass.csv"] {
        let text = project.read(table);
        let rows = text.lines().filter(|line| line.starts_with("lfp"));
        let twins: Vec<String> = rows.map(|line| line.replacen("lfp", "lfq", 1) + "\n").collect();
        project.write(table, text + &twins.concat());
    }
    let scenario = Scenario::load(&project.path("tiny.toml"), &MONTHLY.map(str::to_owned)).unwrap();
    let built = urbanmine::scenario::build::build(&scenario).unwrap();
    let ran = crate::common::run_built(built, urbanmine::results::Every::Step).unwrap();
    same_but_for(&monthly(&[]), &ran, 1.0);
}

#[test]
fn a_unit_written_otherwise_is_the_same_number() {
    let edits = [
        ("capacity = \"800 t/yr\"", "capacity = \"0.8 kt/yr\""),
        ("limit = \"150 t\"", "limit = { value = 150000, unit = \"kg\" }"),
        ("battery = \"200 kWh/vehicle\"", "battery = \"0.2 MWh/vehicle\""),
        ("hibernation_delay = \"2 yr\"", "hibernation_delay = \"24 month\""),
        ("used_export = 0.05", "used_export = \"5 %\""),
    ];
    let (one, other) = (monthly(&[]), monthly(&edits));
    assert_eq!(one.results.plants, other.results.plants);
    assert_eq!(one.all_stocks(), other.all_stocks());
}

#[test]
fn all_dates_seven_years_later_give_the_same_result_seven_years_later() {
    let sales = |first: i32| format!("sales = {{ unit = \"vehicle/yr\", {first} = 1000, {} = 4000 }}", first + 8);
    let plant =
        |year: i32| format!("capacity = \"150 t/yr\"\nconstruction = {{ start = {year}-04-01, lead = \"9 month\" }}");
    let shifted = |by: i32| {
        let text = city(&[
            ("start = 2020-01-01", &format!("start = {}-01-01", 2020 + by)),
            ("end = 2040-01-01", &format!("end = {}-01-01", 2040 + by)),
            ("sales = \"1000 vehicle/yr\"", &sales(2022 + by)),
            ("capacity = \"10 kt/yr\"", &plant(2025 + by)),
        ]);
        run(&text, &["time.step=1 month"])
    };
    let (now, later) = (shifted(0), shifted(7));
    for period in 0..now.periods() {
        for (one, other) in flows(&now, "city").into_iter().zip(flows(&later, "city")) {
            near(now.mass(period, one), later.mass(period, other));
        }
        near(now.throughput(period, "p1"), later.throughput(period, "p1"));
    }
    assert!(now.cumulative_throughput("p1").last().unwrap() > &100.0);
}

#[test]
fn an_earlier_plant_never_gets_less() {
    let opens =
        |start: &str| monthly(&[("start = 2023-01-01", &format!("start = {start}-01"))]).cumulative_throughput("p1");
    let all = ["2019-06", "2021-01", "2023-01", "2023-04", "2026-07"].map(opens);
    for pair in all.windows(2) {
        never_below(&pair[0], &pair[1]);
    }
    assert!(all[0].last() > all[4].last());
}

#[test]
fn a_shorter_lead_never_gets_less() {
    let lead = |months: &str| {
        monthly(&[("lead = \"12 month\"", &format!("lead = \"{months} month\""))]).cumulative_throughput("p1")
    };
    never_below(&lead("12"), &lead("18"));
    never_below(&lead("6"), &lead("12"));
}

#[test]
fn more_capacity_never_treats_less() {
    let capacity = |tonnes: &str| {
        monthly(&[("capacity = \"800 t/yr\"", &format!("capacity = \"{tonnes} t/yr\""))]).cumulative_throughput("p1")
    };
    never_below(&capacity("1600"), &capacity("800"));
    never_below(&capacity("800"), &capacity("100"));
}

#[test]
fn a_larger_yard_never_treats_less() {
    let yard = |tonnes: &str| {
        monthly(&[("limit = \"150 t\"", &format!("limit = \"{tonnes} t\""))]).cumulative_throughput("p1")
    };
    never_below(&yard("1000"), &yard("150"));
    never_below(&yard("150"), &yard("20"));
    never_below(&yard("20"), &yard("0"));
}

#[test]
fn more_outage_never_treats_more() {
    let length = |days: &str| {
        monthly(&[("length = \"18 day\"", &format!("length = \"{days} day\""))]).cumulative_throughput("p1")
    };
    never_below(&length("0"), &length("18"));
    never_below(&length("18"), &length("90"));
}

#[test]
fn more_collection_never_collects_less() {
    let collected = |share: &str| {
        let ran = monthly(&[("formal = 0.4\ninformal", &format!("formal = {share}\ninformal"))]);
        let f = ran.region("rest");
        let flows = [f.to_yard[0][1], f.packs_elsewhere, f.reused];
        cumulated((0..ran.periods()).map(|period| flows.iter().map(|flow| ran.mass(period, *flow)).sum()))
    };
    never_below(&collected("0.9"), &collected("0.4"));
    assert!(collected("0").iter().all(|mass| *mass == 0.0));
}

#[test]
fn a_longer_life_never_retires_more() {
    let retired =
        |mean: &str| {
            let ran = monthly(&[("mean = \"9 yr\"", &format!("mean = \"{mean} yr\""))]);
            cumulated((0..ran.periods()).map(|period| {
                ["city", "rest"].map(|region| ran.mass(period, ran.region(region).scrapped)).iter().sum()
            }))
        };
    never_below(&retired("9"), &retired("14"));
    never_below(&retired("6"), &retired("9"));
}

#[test]
fn what_lives_for_ever_never_retires() {
    let text = patch(
        &city(&[(
            "vehicle = { distribution = \"fixed\", life = \"4 yr\" }",
            "vehicle = { distribution = \"fixed\", life = \"1000 yr\" }",
        )]),
        &[("life = \"100 yr\"", "life = \"1000 yr\"")],
    );
    let ran = run(&text, &["time.step=1 month"]);
    assert_eq!(ran.total(ran.region("city").scrapped) + ran.total(ran.region("city").worn), 0.0);
    near_to(ran.in_use(239), 20.0 * 50_000.0, 1e-12);
}

#[test]
fn without_a_loop_primary_demand_is_that_without_a_plant() {
    let sold = monthly(&[("closed_loop_share = 0.8", "closed_loop_share = 0.0")]);
    let never = monthly(&[("start = 2023-01-01", "start = 2035-01-01")]);
    for period in 0..sold.periods() {
        for region in ["city", "rest"] {
            near(sold.mass(period, sold.region(region).virgin), never.mass(period, never.region(region).virgin));
        }
    }
}

#[test]
fn months_add_up_close_to_the_year() {
    // Not equal, for shares are read in the middle of each step, but near.
    let (years, months) = (run(&patched(&UNLIMITED), &[]), monthly(&UNLIMITED));
    for region in ["city", "rest"] {
        let sum = |ran: &Ran, flow: FlowId| ran.total(flow);
        let sold = [&years, &months].map(|ran| sum(ran, ran.region(region).vehicles_sold));
        near_to(sold[0], sold[1], 1e-3);
        let retired =
            [&years, &months].map(|ran| sum(ran, ran.region(region).scrapped) + sum(ran, ran.region(region).worn));
        near_to(retired[0], retired[1], 0.05);
    }
}
