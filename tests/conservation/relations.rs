//! Relations between runs that hold whatever the scenario: the order of names, how a number is written, what comes later,
//! and what is only said and not done change nothing.

use super::{Ran, for_generated, setting};
use crate::common::{data, load, run_built};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use urbanmine::base::ids::{Id, PlantId};
use urbanmine::results::Every;
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::build;

type Outcome = Result<(), String>;
type Relation = (&'static str, fn(&str, &Ran) -> Outcome);

const RELATIONS: &[Relation] = &[
    ("regions in another order", |text, ran| alike(ran, &run(&reversed(text, "regions"), &[])?)),
    ("segments in another order", |text, ran| alike(ran, &run(&reversed(text, "segments"), &[])?)),
    ("chemistries in another order", |text, ran| alike(ran, &run(&reversed(text, "chemistries"), &[])?)),
    ("substances in another order", |text, ran| alike(ran, &run(&reversed(text, "substances"), &[])?)),
    ("sections in another order", |text, ran| alike(ran, &run(&sections_reversed(text), &[])?)),
    ("a region without anything", |text, ran| {
        let more = text.replacen("regions = [", "regions = [\"void\", ", 1);
        alike(ran, &run(&format!("{more}\n[collection.void]\nformal = 1.0\n"), &[])?)
    }),
    ("the scenario as understood", resolved_again),
    ("another title", |text, ran| same(ran, &run(text, &["scenario.title=another", "scenario.description=words"])?)),
    ("a seed where nothing is drawn", |text, ran| {
        let seeds = ["uncertainty.events=expected", "uncertainty.seed=7"];
        let drawn = text.contains("events = \"drawn\"");
        if drawn { Ok(()) } else { same(ran, &run(text, &seeds)?) }
    }),
    ("reported from a later year", |text, ran| same(ran, &run(text, &["time.report_from=2021-01-01"])?)),
    ("steps sum up to years", steps_sum_up),
    ("the future does not act on the past", prefix),
    ("a unit written otherwise", |text, ran| {
        let (scenario, _) = load(text, &[]).map_err(|problems| problems.render(false))?;
        let sets: Vec<String> = scenario
            .children("plant")
            .iter()
            .filter_map(|plant| {
                let key = format!("plant.{plant}.capacity");
                Some(format!("{key}={} kt/yr", scenario.number(&key)? / 1e3))
            })
            .collect();
        alike(ran, &run_with(text, &sets)?)
    }),
    ("nothing sold back", |text, ran| {
        let other = run_with(text, &each_plant(text, "return", "closed_loop_share=0")?)?;
        let recycled: f64 = regions(&other).map(|r| other.total(other.region(r).recycled)).sum();
        let virgin = |ran: &Ran| regions(ran).map(|r| ran.total(ran.region(r).virgin)).sum::<f64>();
        check(recycled == 0.0, || format!("{recycled} t recycled"))?;
        check(virgin(&other) >= virgin(ran) * (1.0 - 1e-9), || {
            format!("{} t and {} t primary", virgin(&other), virgin(ran))
        })
    }),
    ("a plant that is never built", |text, ran| {
        let lasting: String =
            text.lines().filter(|line| !line.starts_with("closes")).map(|line| line.to_owned() + "\n").collect();
        let never = "construction={ start = 2290-01-01, lead = \"1 month\" }";
        let other = run_with(&lasting, &each_plant(text, "plant", never)?)?;
        let treated: f64 =
            other.results.plants.iter().flatten().map(urbanmine::model::plant::PlantReport::throughput).sum();
        check(treated == 0.0, || format!("{treated} t treated"))?;
        // What is sold and retired does not depend on who recycles it.
        for region in regions(ran) {
            let totals = |ran: &Ran| {
                let flows = ran.region(region);
                [flows.vehicles_sold, flows.worn, flows.scrapped].map(|flow| ran.total(flow))
            };
            for (one, other) in totals(ran).into_iter().zip(totals(&other)) {
                close("total", one, other, one)?;
            }
        }
        Ok(())
    }),
];

fn check(holds: bool, what: impl Fn() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(what()) }
}

fn close(what: &str, one: f64, other: f64, scale: f64) -> Outcome {
    let most = 1e-9 * one.abs().max(other.abs()) + 1e-12 * scale + 1e-12;
    check((one - other).abs() <= most, || format!("{what}: {one} and {other}"))
}

fn run_every(text: &str, sets: &[&str], every: Every) -> Result<Ran, String> {
    let (_, built) = load(text, sets).map_err(|problems| format!("{sets:?}\n{}", problems.render(false)))?;
    run_built(built, every).map_err(|error| format!("{error:?}"))
}

fn run(text: &str, sets: &[&str]) -> Result<Ran, String> {
    run_every(text, sets, Every::Year)
}

fn run_with(text: &str, sets: &[String]) -> Result<Ran, String> {
    run(text, &sets.iter().map(String::as_str).collect::<Vec<_>>())
}

fn regions(ran: &Ran) -> impl Iterator<Item = &str> {
    ran.built.catalog.regions.iter().map(String::as_str)
}

/// An edit for each plant.
fn each_plant(text: &str, section: &str, edit: &str) -> Result<Vec<String>, String> {
    let (scenario, _) = load(text, &[]).map_err(|problems| problems.render(false))?;
    Ok(scenario.children("plant").iter().map(|plant| format!("{section}.{plant}.{edit}")).collect())
}

/// The names of a family in reverse.
fn reversed(text: &str, family: &str) -> String {
    let start = text.find(&format!("\n{family} = [")).unwrap() + family.len() + 5;
    let end = start + text[start..].find(']').unwrap();
    let mut names: Vec<&str> = text[start..end].split(", ").collect();
    names.reverse();
    format!("{}{}{}", &text[..start], names.join(", "), &text[end..])
}

fn sections_reversed(text: &str) -> String {
    let mut sections: Vec<&str> = text.split("\n[").collect();
    let head = sections.remove(0);
    sections.reverse();
    format!("{head}\n[{}\n", sections.join("\n[").replace("\n\n", "\n"))
}

/// Masses of a run by name, whatever the order of names.
fn by_name(ran: &Ran) -> BTreeMap<String, f64> {
    let mut masses = BTreeMap::new();
    for period in 0..ran.periods() {
        for region in regions(ran) {
            let f = ran.region(region);
            let flows = [
                ("virgin", f.virgin),
                ("recycled", f.recycled),
                ("surplus_sold", f.surplus_sold),
                ("packs_made", f.packs_made),
                ("packs_from_elsewhere", f.packs_from_elsewhere),
                ("packs_to_vehicles", f.packs_to_vehicles),
                ("packs_to_replace", f.packs_to_replace),
                ("packs_to_pool", f.packs_to_pool),
                ("vehicles_sold", f.vehicles_sold),
                ("vehicle_export", f.vehicle_export),
                ("worn", f.worn),
                ("scrapped", f.scrapped),
                ("informal", f.informal),
                ("landfill", f.landfill),
                ("released", f.released),
                ("reused", f.reused),
                ("second_life_returns", f.second_life_returns),
                ("packs_elsewhere", f.packs_elsewhere),
                ("scrap_elsewhere", f.scrap_elsewhere),
            ];
            for (name, flow) in flows {
                for substance in &ran.built.catalog.substances {
                    masses
                        .insert(format!("{period} {region} {name} {substance}"), ran.content(period, flow, substance));
                }
            }
            for (name, process) in [
                ("use", f.usage),
                ("hibernation", f.hibernation),
                ("second_life", f.second_life),
                ("materials", f.materials),
            ] {
                masses.insert(format!("{period} {region} {name}"), ran.stock(period, process));
            }
        }
    }
    for (index, plant) in ran.built.catalog.plants.iter().enumerate() {
        for (step, reports) in ran.results.plants.iter().enumerate() {
            let report = &reports[PlantId::new(index).index()];
            masses.insert(format!("{step} plant {} treated", plant.name), report.throughput());
            masses.insert(format!("{step} plant {} yard", plant.name), report.yard);
            masses.insert(format!("{step} plant {} turned away", plant.name), report.turned_away);
        }
    }
    masses
}

/// The same but for rounding; what one of them has no name for must be nothing.
fn alike(one: &Ran, other: &Ran) -> Outcome {
    let (one, other) = (by_name(one), by_name(other));
    let scale = one.values().copied().fold(0.0, f64::max);
    for (name, mass) in &one {
        close(name, *mass, other.get(name).copied().ok_or_else(|| format!("no {name}"))?, scale)?;
    }
    let more = other.iter().find(|(name, mass)| !one.contains_key(*name) && **mass != 0.0);
    check(more.is_none(), || format!("{more:?}"))
}

/// The same to the last bit.
fn same(one: &Ran, other: &Ran) -> Outcome {
    let equal = one.all_flows() == other.all_flows()
        && one.all_stocks() == other.all_stocks()
        && one.results.plants == other.results.plants
        && one.results.books == other.results.books;
    check(equal, || "differs".to_owned())
}

fn resolved_again(text: &str, ran: &Ran) -> Outcome {
    let (scenario, _) = load(text, &[]).map_err(|problems| problems.render(false))?;
    let again = Scenario::parse(&scenario.resolved_toml(), "resolved.toml", &data(), &[])
        .and_then(|scenario| build(&scenario))
        .map_err(|problems| problems.render(false))?;
    same(ran, &run_built(again, Every::Year).map_err(|error| format!("{error:?}"))?)
}

fn steps_sum_up(text: &str, ran: &Ran) -> Outcome {
    let steps = run_every(text, &[], Every::Step)?;
    let per_year = steps.periods() / ran.periods();
    let (yearly, fine) = (ran.all_flows(), steps.all_flows());
    let flows = yearly.len() / ran.periods();
    for (place, sums) in yearly.iter().enumerate() {
        let (year, flow) = (place / flows, place % flows);
        for (substance, sum) in sums.iter().enumerate() {
            let parts: f64 = (0..per_year).map(|step| fine[(year * per_year + step) * flows + flow][substance]).sum();
            close("a flow", *sum, parts, *sum)?;
        }
    }
    let last = |ran: &Ran| ran.all_stocks().pop();
    check(last(ran) == last(&steps), || "stocks at the end differ".to_owned())
}

fn prefix(text: &str, ran: &Ran) -> Outcome {
    let years = ran.periods();
    if years < 3 {
        return Ok(());
    }
    let shorter = run_with(text, &[format!("time.end={}-01-01", 2020 + years - 1)])?;
    let (whole, part) = (by_name(ran), by_name(&shorter));
    let scale = part.values().copied().fold(0.0, f64::max);
    part.iter().try_for_each(|(name, mass)| close(name, *mass, whole[name], scale))
}

/// Checks relations on generated scenarios, `each` of them on every one, in turn.
fn relations_hold(cases: u64, each: usize) {
    let (turn, seen) = (Cell::new(0), RefCell::new(BTreeMap::new()));
    for_generated(cases, 3, |text| {
        let ran = super::run(text)?;
        for _ in 0..each {
            let (name, holds) = RELATIONS[turn.get() % RELATIONS.len()];
            turn.set(turn.get() + 1);
            holds(text, &ran).map_err(|why| format!("{name}: {why}"))?;
            *seen.borrow_mut().entry(name).or_insert(0) += 1;
        }
        Ok(())
    });
    println!("P9 {} relations, 0 violations: {:?}", RELATIONS.len(), seen.borrow());
}

#[test]
fn relations_hold_for_generated_scenarios() {
    relations_hold(setting("PROPTEST_CASES", 300), 2);
}

#[test]
#[ignore = "ten minutes: cargo test --test main -- conservation::relations --ignored --nocapture"]
fn all_relations_hold_for_a_thousand_generated_scenarios() {
    relations_hold(1_000, RELATIONS.len());
}
