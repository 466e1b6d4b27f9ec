//! The scenarios that ship: they run, their books close, they stand near the published figures, and every number in
//! them says where it comes from.

mod accounts;
mod money;
mod pictures;
mod sources;
mod summary;

use crate::common::{Ran, near_to, run_built};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use urbanmine::base::ids::Id;
use urbanmine::results::Every;
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::build;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// A shipped scenario and its run.
struct Shipped {
    scenario: Scenario,
    ran: Ran,
}

/// Names of the scenarios that can be run.
fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| name != "base")
        .collect();
    names.sort();
    names
}

fn load(name: &str) -> Shipped {
    let file = folder().join(format!("{name}.toml"));
    let scenario = Scenario::load(&file, &[]).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let built = build(&scenario).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let ran = run_built(built, Every::Year).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    Shipped { scenario, ran }
}

/// All of them, run once for all tests.
fn shipped() -> &'static BTreeMap<String, Shipped> {
    static SHIPPED: OnceLock<BTreeMap<String, Shipped>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let names = names();
        let (one, other) = names.split_at(names.len() / 2);
        let run = |names: &[String]| names.iter().map(|name| (name.clone(), load(name))).collect::<Vec<_>>();
        std::thread::scope(|scope| {
            let half = scope.spawn(|| run(one));
            let rest = run(other);
            half.join().unwrap().into_iter().chain(rest).collect()
        })
    })
}

#[test]
fn they_are_all_there() {
    let names = names();
    for name in
        ["china", "hefei", "hefei-high-collection", "hefei-late", "hefei-local-only", "hefei-no-plant", "hefei-pyro"]
    {
        assert!(names.iter().any(|known| known == name), "{name} is missing");
    }
}

#[test]
fn the_base_is_no_scenario_by_itself() {
    let problems = Scenario::load(&folder().join("data/base.toml"), &[]).map(|_| ()).unwrap_err();
    let text = problems.render(false);
    assert!(text.contains("`scenario.id` is missing"), "{text}");
}

#[test]
fn each_is_called_as_its_file() {
    for (name, shipped) in shipped() {
        assert_eq!(shipped.scenario.id(), name);
        assert_ne!(shipped.scenario.title(), name, "{name} has no title");
        assert_ne!(shipped.scenario.title_in("zh-CN"), shipped.scenario.title(), "{name} has no Chinese title");
    }
}

#[test]
fn their_books_close_and_nothing_is_negative() {
    for (name, shipped) in shipped() {
        println!("{name}: {:.1e}, system {:.1e}", shipped.ran.results.worst_residual, shipped.ran.system_residual());
        shipped.ran.assert_sound();
    }
}

/// Retired packs of a year, kt.
fn retired(ran: &Ran, year: i32) -> f64 {
    let horizon = &ran.built.model.horizon;
    let period = usize::try_from(year - horizon.start_year).unwrap();
    let flows = ran.built.model.flows.regions.iter().flat_map(|region| [region.worn, region.scrapped]);
    flows.map(|flow| ran.mass(period, flow)).sum::<f64>() / 1e3
}

/// Published estimates of the country's retired packs by year, kt.
fn published() -> BTreeMap<i32, Vec<f64>> {
    let mut estimates: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(folder().join("data/retirements_reported.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    for row in reader.records() {
        let row = row.unwrap();
        let cell = |name: &str| &row[header.iter().position(|known| known == name).unwrap()];
        let same = [("region", "china"), ("scope", "power_battery"), ("stage", "retired"), ("basis", "annual")];
        if same.iter().all(|(column, value)| cell(column) == *value) && !cell("mass_kt").is_empty() {
            estimates.entry(cell("year").parse().unwrap()).or_default().push(cell("mass_kt").parse().unwrap());
        }
    }
    estimates
}

#[test]
fn retirements_lie_between_the_published_estimates() {
    let ran = &shipped()["china"].ran;
    let mut years = 0;
    for (year, estimates) in published().range(2020..=2025) {
        let model = retired(ran, *year);
        let low = estimates.iter().copied().fold(f64::INFINITY, f64::min);
        let high = estimates.iter().copied().fold(0.0, f64::max);
        println!("{year}: {model:.0} kt, published {low} to {high} ({} estimates)", estimates.len());
        if estimates.len() >= 2 {
            years += 1;
            assert!((low..=high).contains(&model), "{year}: {model:.1} kt is outside {low} to {high}");
        }
    }
    assert!(years >= 3, "only {years} years with two estimates");
}

/// `SOURCES.md` holds a hand calculation of the same retirements, made without the engine.
#[test]
fn retirements_are_those_of_the_hand_calculation() {
    let text = std::fs::read_to_string(folder().join("data/SOURCES.md")).unwrap();
    let section = text.split("## Retirements against the published estimates").nth(1).expect("the section");
    let mut years = 0;
    for line in section.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, year, by_hand, ..] = cells.as_slice() else { continue };
        let (Ok(year), Ok(by_hand)) = (year.parse::<i32>(), by_hand.replace(',', "").parse::<f64>()) else { continue };
        let model = retired(&shipped()["china"].ran, year);
        println!("{year}: {model:.0} kt, by hand {by_hand}");
        near_to(model, by_hand, 0.03);
        years += 1;
    }
    assert!(years >= 8, "{years} years found");
}

#[test]
fn a_later_plant_is_never_ahead() {
    let (early, late) = (&shipped()["hefei"].ran, &shipped()["hefei-late"].ran);
    let (early, late) = (early.cumulative_throughput("p1"), late.cumulative_throughput("p1"));
    for (step, (early, late)) in early.iter().zip(&late).enumerate() {
        assert!(late <= &(early * (1.0 + 1e-12) + 1e-9), "step {step}: {late} t against {early} t");
    }
    assert!(early.last() > late.last());
}

#[test]
fn what_only_the_plant_changes_does_not_change_the_fleet() {
    let base = &shipped()["hefei"].ran;
    for name in ["hefei-late", "hefei-no-plant", "hefei-pyro", "hefei-high-collection", "hefei-local-only"] {
        for year in [2020, 2030, 2040, 2050] {
            near_to(retired(base, year), retired(&shipped()[name].ran, year), 1e-12);
        }
    }
}

#[test]
fn scenarios_do_what_they_are_called_for() {
    let total = |name: &str| *shipped()[name].ran.cumulative_throughput("p1").last().unwrap();
    assert_eq!(total("hefei-no-plant"), 0.0);
    assert!(total("hefei-local-only") < total("hefei"));
    assert!(total("hefei-high-collection") > total("hefei"));
    assert!(retired(&shipped()["china-long-lives"].ran, 2030) < retired(&shipped()["china"].ran, 2030));
    // The two regions of the city's scenario are the country of the other.
    for year in [2020, 2025, 2030] {
        near_to(retired(&shipped()["hefei"].ran, year), retired(&shipped()["china"].ran, year), 0.05);
    }
}

#[test]
fn each_variant_holds_only_what_differs() {
    for name in names() {
        let text = std::fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap();
        if name.starts_with("hefei-") {
            assert!(text.contains("extends = \"hefei.toml\""), "{name} does not extend the default");
            assert!(text.lines().count() <= 30, "{name} has {} lines", text.lines().count());
        }
    }
}

#[test]
fn every_route_balances_in_every_step() {
    let mut routes: Vec<String> = std::fs::read_dir(folder().join("data/routes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    routes.sort();
    assert!(routes.len() >= 6, "{routes:?}");
    for route in routes {
        let sets = ["time.step=1 year", "return.p1.lag=1 yr", "return.national.lag=1 yr"];
        let mut sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        sets.push(format!("plant.p1.route=data/routes/{route}"));
        let scenario = Scenario::load(&folder().join("hefei.toml"), &sets).unwrap();
        let built = build(&scenario).unwrap_or_else(|problems| panic!("{route}: {}", problems.render(false)));
        let plant = built.model.plants.iter().find(|plant| plant.region.index() == 0).unwrap();
        assert!(plant.flowsheet.residual <= 1e-15, "{route}: residual {:e}", plant.flowsheet.residual);
        let ran = run_built(built, Every::Year).unwrap_or_else(|error| panic!("{route}: {error:?}"));
        assert!(ran.throughput(30, "p1") > 10_000.0, "{route} treats nothing");
        ran.assert_sound();
    }
}
