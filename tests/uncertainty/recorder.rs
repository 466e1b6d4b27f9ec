//! What an ensemble records is less than what a run records, and says the same to the last bit.

use crate::common::TINY;
use std::path::{Path, PathBuf};
use urbanmine::model::World;
use urbanmine::results::indicator::{answers, questions};
use urbanmine::results::money::plants;
use urbanmine::results::{Every, Recorder, Results};
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::{Built, build};

/// Everything that can be asked of a run, and its money, as bits.
fn all_that_is_asked(built: &Built, results: &Results) -> Vec<Option<u64>> {
    let model = &built.model;
    let questions = questions(&built.catalog, model.horizon.start_year..model.horizon.end_year());
    let mut said: Vec<Option<u64>> =
        answers(&questions, model, results).into_iter().map(|value| value.map(f64::to_bits)).collect();
    for money in plants(model, &built.economics, results) {
        said.extend([money.npv, money.levelised.cost()].map(|value| Some(value.to_bits())));
        said.push(money.payback.map(f64::to_bits));
        said.extend(money.internal_rates.iter().map(|rate| Some(rate.to_bits())));
    }
    said
}

fn compare(name: &str, scenario: &Scenario) {
    let built = build(scenario).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let mut world = World::new(&built.model);
    let mut whole = Recorder::new(&built.model, Every::Year);
    built.model.run(&mut world, &mut whole).unwrap();
    let whole = all_that_is_asked(&built, &whole.finish(&built.model));
    let valued = whole.iter().flatten().count();
    assert!(valued > 100, "{name}: {valued} values");
    // One recorder sees one run after the other.
    let mut lean = Recorder::of_indicators(&built.model);
    for run in 0..2 {
        lean.restart();
        built.model.run(&mut world, &mut lean).unwrap();
        assert!(all_that_is_asked(&built, lean.results()) == whole, "{name}, run {run}");
    }
}

#[test]
fn an_ensemble_records_what_every_indicator_and_the_money_need() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    compare("tiny", &Scenario::parse(TINY, "tiny.toml", &data, &[]).unwrap());
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in ["hefei", "hefei-lfp-line"] {
        compare(name, &Scenario::load(&shipped.join(format!("{name}.toml")), &[]).unwrap());
    }
}
