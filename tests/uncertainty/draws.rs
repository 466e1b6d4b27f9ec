//! A draw sets numbers of a scenario; the model of a draw is that of the scenario written with those numbers.

use crate::common::{TINY, load};
use urbanmine::base::random::Events;
use urbanmine::scenario::build::{Built, Variants, build};
use urbanmine::scenario::{Problems, Scenario};

/// The small scenario with uncertain parameters, each a line of TOML.
fn uncertain(lines: &str) -> Result<(Scenario, Built), Problems> {
    load(&format!("{TINY}\n[uncertainty.parameter]\n{lines}\n"), &[])
}

fn scenario(lines: &str) -> Scenario {
    uncertain(lines).unwrap_or_else(|problems| panic!("{}", problems.render(false))).0
}

/// Models are equal if all that can be printed of them is, to the last bit.
fn printed(built: &Built) -> String {
    format!("{:?} {:?}", built.model, built.catalog)
}

fn number(scenario: &Scenario, key: &str) -> f64 {
    scenario.number(key).unwrap()
}

#[test]
fn a_draw_multiplies_adds_and_replaces() {
    let mut scenario = scenario(
        r#""plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }
"use.car.vehicle.mean" = { op = "+", distribution = "normal", mean = "0 yr", sd = "6 month" }
"yard.p1.limit" = { op = "=", distribution = "triangular", min = "0.1 kt", mode = "200 t", max = "300 t" }
"collection.city.formal.2030" = { op = "*", distribution = "uniform", min = 0.9, max = 1.0 }
"use.car.battery.scale.lfp" = { op = "*", distribution = "lognormal", median = 1, gsd = 1.2, also = ["use.car.battery.shape"] }"#,
    );
    let keys: Vec<&str> = scenario.uncertainty().parameters.iter().map(|parameter| parameter.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "collection.city.formal.2030",
            "plant.p1.capacity",
            "use.car.battery.scale.lfp",
            "use.car.vehicle.mean",
            "yard.p1.limit"
        ]
    );
    scenario.set_draw(&[0.5, 1.5, 2.0, -0.25, 123.0]).unwrap();
    assert_eq!(number(&scenario, "plant.p1.capacity"), 1200.0);
    assert_eq!(number(&scenario, "use.car.vehicle.mean"), 8.75);
    assert_eq!(number(&scenario, "yard.p1.limit"), 123.0);
    let scale = |name| scenario.by_name("use.car.battery.scale", name).unwrap().at(2020.0);
    assert_eq!(
        [scale("lfp"), scale("nmc"), scenario.by_name("use.car.battery.shape", "nmc").unwrap().at(0.0)],
        [16.0, 6.0, 7.0]
    );
    let ways = ["formal", "informal", "used_export", "hibernating", "landfill"];
    let share = |way: &str, year| scenario.series(&format!("collection.city.{way}")).unwrap().at(year);
    assert_eq!([share("formal", 2020.0), share("formal", 2030.0)], [0.5, 0.4]);
    // What is left to the rest is more by what formal collection has less.
    assert!((share("informal", 2020.0) - 0.3).abs() < 1e-15 && (share("informal", 2030.0) - 0.4).abs() < 1e-15);
    for year in [2020.0, 2025.0, 2030.0] {
        assert!((ways.map(|way| share(way, year)).iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }
    scenario.set_none();
    assert_eq!(scenario.series("collection.city.formal").unwrap().at(2030.0), 0.8);
}

#[test]
fn an_impossible_draw_says_why() {
    let mut scenario = scenario(
        r#""collection.city.formal" = { op = "*", distribution = "lognormal", median = 1, gsd = 1.2 }
"plant.p1.capacity" = { op = "*", distribution = "normal", mean = 1, sd = 0.5 }
"plant.p1.unit.crystallisation.transfer.default.salt" = { op = "+", distribution = "normal", mean = 0, sd = 0.1, balance = "mother_liquor" }"#,
    );
    let mut said = |draw: [f64; 3]| {
        let fault = scenario.set_draw(&draw).unwrap_err();
        format!("{} {}: {}", fault.code, fault.key, fault.message)
    };
    assert_eq!(
        said([1.2, 1.0, 0.0]),
        "E0305 collection.city.formal: `collection.city.formal` takes more than `collection.city.informal` has: -0.16 is left in 2030"
    );
    assert_eq!(said([1.0, -0.5, 0.0]), "E0304 plant.p1.capacity: `plant.p1.capacity` is negative: -400");
    assert_eq!(said([1.0, 0.0, 0.0]), "E0310 plant.p1.capacity: `plant.p1.capacity` is zero: 0");
    let transfer = "plant.p1.unit.crystallisation.transfer.default";
    assert_eq!(
        said([1.0, 1.0, 0.25]),
        format!(
            "E0305 {transfer}.salt: `{transfer}.salt` takes more than `{transfer}.mother_liquor` has: -0.05 is left"
        )
    );
    assert_eq!(scenario.set_draw(&[1.0, 1.0, 0.1]), Ok(()));
}

/// Every number of the small scenario, by the key it has in the register of assumptions.
fn numbers() -> Vec<String> {
    let (scenario, _) = load(TINY, &[]).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let mut keys: Vec<String> = scenario.assumptions().into_iter().map(|row| row.key).collect();
    keys.dedup();
    keys
}

#[test]
fn a_draw_rebuilds_all_that_it_reaches() {
    let (mut tried, mut refused) = (0, Vec::new());
    for key in numbers() {
        let line = |balance: &str| {
            format!(r#""{key}" = {{ op = "*", distribution = "uniform", min = 0.97, max = 1.0{balance} }}"#)
        };
        // One of several shares needs another to give way.
        let names =
            ["lfp", "nmc", "na", "black_mass", "dust", "foils", "informal", "mother_liquor", "salt", "cake", "liquor"];
        let mut found =
            names.map(|name| format!(", balance = \"{name}\"")).into_iter().filter_map(|b| uncertain(&line(&b)).ok());
        let Some((scenario, _)) = uncertain(&line("")).ok().or_else(|| found.next()) else {
            refused.push(key);
            continue;
        };
        let mut variants = Variants::new(&scenario, Events::Expected).unwrap_or_else(|_| panic!("{key}"));
        let mut whole = scenario.clone();
        for value in [0.97, 0.99, 1.0] {
            whole.set_draw(&[value]).unwrap_or_else(|fault| panic!("{key}: {fault:?}"));
            let again = variants.draw(&[value], Events::Expected);
            match (build(&whole), again) {
                (Ok(fresh), Ok(again)) => assert!(printed(&fresh) == printed(again), "{key} x {value}"),
                // Lighter than its parts: both say so.
                (Err(_), Err(fault)) => assert_eq!((fault.code, value < 1.0), ("E0305", true), "{key}: {fault:?}"),
                (fresh, again) => panic!("{key} x {value}: {} {}", fresh.is_ok(), again.is_ok()),
            }
        }
        tried += 1;
    }
    println!("{tried} numbers, refused: {refused:?}");
    // A mix of one share has no other that could give way.
    assert_eq!(refused, ["market.rest.bus.chemistry.lfp"]);
    assert!(tried > 100, "{tried} numbers");
}
