//! A step takes no memory from the heap: all of it is there before the first one.
//!
//! A program of its own, for `allocation-counter` counts by standing in for the allocator.

use std::path::{Path, PathBuf};
use urbanmine::base::ids::{StepId, all};
use urbanmine::model::{Model, World};
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::build;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn model(file: &Path, sets: &[&str]) -> Model {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let scenario = Scenario::load(file, &sets).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    build(&scenario).unwrap_or_else(|problems| panic!("{}", problems.render(false))).model
}

/// Heap allocations of each step, from where a run begins.
fn by_step(model: &Model, world: &mut World) -> Vec<u64> {
    model.begin(world);
    all::<StepId>(model.horizon.steps)
        .map(|step| {
            let now = model.horizon.now(step);
            let mut outcome = Ok(());
            let counted = allocation_counter::measure(|| outcome = model.step(world, now));
            outcome.unwrap_or_else(|error| panic!("{error:?}"));
            counted.count_total
        })
        .collect()
}

#[track_caller]
fn assert_none(model: &Model) {
    let mut world = World::new(model);
    for run in ["first", "second"] {
        let counts = by_step(model, &mut world);
        let wrong: Vec<(usize, &u64)> = counts.iter().enumerate().filter(|(_, count)| **count > 0).take(5).collect();
        assert!(wrong.is_empty(), "{run} run, allocations by step: {wrong:?}, {} in all", counts.iter().sum::<u64>());
    }
    // The walk over all steps, with nobody looking.
    let counted = allocation_counter::measure(|| {
        let outcome = model.run(&mut world, &mut ());
        assert!(outcome.is_ok());
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn an_allocation_would_be_seen() {
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1.0; 3])));
    assert_eq!((counted.count_total, counted.bytes_total), (1, 24));
}

#[test]
fn no_step_of_the_city_allocates() {
    assert_none(&model(&root().join("scenarios/hefei.toml"), &[]));
}

const EARLY: &str = "market.rest.bus.on_shortfall=early_retirement";
const POLICY: &str = "use.hazard_policy.p={ of = \"battery\", from = 2024-01-01, factor = 2.0 }";
const OLD: &str = "market.rest.car.initial_fleet={ unit = \"vehicle\", 2015 = 300, 2018 = 5000 }";

#[test]
fn no_step_of_the_small_scenario_allocates_whatever_happens_in_it() {
    let file = root().join("tests/data/tiny.toml");
    for sets in [
        &["time.step=1 month", "return.p1.lag=1 month"][..],
        &["yard.p1.overflow=declined", "use.mode=neither"],
        &["use.mode=reuse", "market.rest.bus.fleet={ unit = \"vehicle\", 2020 = 900, 2030 = 20 }", EARLY, POLICY, OLD],
        &["use.mode=both", "time.step=1 quarter", "return.p1.lag=3 month", OLD],
        &[
            "market.city.car.fleet={ unit = \"vehicle\", 2020 = 9000, 2024 = 90 }",
            "market.city.car.on_shortfall=overshoot",
            POLICY,
            OLD,
        ],
        &["yard.p1.discipline=mixed", "yard.p1.limit=1 t", "swap.city.on_shortfall=early_retirement"],
        &["time.step=1 month", "yard.p1.discipline=fifo", "yard.p1.charged_limit=20 t", "plant.p1.closes=2033-01-01"],
        &[
            "plant.p1.product.salt.sales=50 t/yr",
            "plant.p1.product.salt.store=20 t",
            "plant.p1.residue.cake.quota=10 t/yr",
            "plant.p1.black_mass.nmc.limit=30 t/yr",
            "plant.p1.black_mass.nmc.composition={ Li = 0.1, other = \"rest\" }",
        ],
    ] {
        assert_none(&model(&file, sets));
    }
}
