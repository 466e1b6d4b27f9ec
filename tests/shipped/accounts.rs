//! Parts add up to totals in every table of every shipped scenario.

use super::shipped;
use super::summary::{get, sums};
use crate::common::{Ran, near_to};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use urbanmine::results::Every;
use urbanmine::results::indicator::{By, Indicator};
use urbanmine::results::tables::Run;

fn tables(ran: &Ran) -> Run<'_> {
    Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Year }
}

/// The tables of a scenario that several tests read.
struct Written {
    indicators: Vec<u8>,
    burdens: Vec<u8>,
    flows: Vec<u8>,
}

/// Those of all, written once.
fn written() -> &'static BTreeMap<String, Written> {
    static WRITTEN: OnceLock<BTreeMap<String, Written>> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let write = |(name, shipped): (&String, &super::Shipped)| {
            let run = tables(&shipped.ran);
            let written = Written { indicators: run.indicators(), burdens: run.burdens(), flows: run.flows() };
            (name.clone(), written)
        };
        shipped().iter().map(write).collect()
    })
}

/// Runs a check of every shipped scenario.
fn each(check: impl Fn(&Run<'_>, &Written)) {
    for (name, shipped) in shipped() {
        println!("{name}");
        check(&tables(&shipped.ran), &written()[name]);
    }
}

/// The rows of an indicator that are about all together in every dimension.
fn in_all(indicators: &[u8], id: &'static str) -> BTreeMap<Vec<String>, f64> {
    sums(indicators, &["time"], "value", move |row| {
        row["indicator"] == id && [row["region"], row["substance"]] == ["all", "all"]
    })
}

#[test]
fn burdens_add_up_to_their_indicators() {
    each(|run, written| {
        let (burdens, indicators) = (&written.burdens, &written.indicators);
        let regions: Vec<&str> = run.catalog.regions.iter().map(String::as_str).collect();
        for (burden, id) in [("ghg", "ghg"), ("energy", "energy"), ("water", "water")] {
            let parts =
                sums(burdens, &["time", "region"], "value", |row| row["burden"] == burden && row["kind"] == "caused");
            let total = sums(indicators, &["time", "region"], "value", |row| row["indicator"] == id);
            let mut years = 0;
            for (key, value) in &total {
                let of = |region: &str| get(&parts, &[&key[0], region]);
                let sum = if key[1] == "all" { regions.iter().map(|region| of(region)).sum() } else { of(&key[1]) };
                near_to(*value, sum, 1e-9);
                years += 1;
            }
            assert!(years >= 41, "{years}");
        }
        for kind in ["avoided_outside", "avoided_in_loop"] {
            let parts = sums(burdens, &["time"], "value", |row| row["burden"] == "ghg" && row["kind"] == kind);
            let id = if kind == "avoided_outside" { "ghg_avoided_outside" } else { "ghg_avoided_in_loop" };
            for (time, value) in in_all(indicators, id) {
                near_to(value, parts.get(&time).copied().unwrap_or(0.0), 1e-9);
            }
        }
        let plants = sums(burdens, &["time", "plant"], "value", |row| {
            row["burden"] == "ghg" && row["kind"] == "caused" && row["plant"] != "all"
        });
        let said = sums(indicators, &["time", "plant"], "value", |row| row["indicator"] == "plant_ghg");
        for (key, value) in &plants {
            near_to(said[key], *value, 1e-9);
        }
    });
}

#[test]
fn amounts_of_names_add_up_to_all_together() {
    each(|_, written| {
        let indicators = &written.indicators;
        let amounts: BTreeSet<&str> = urbanmine::results::indicator::INDICATORS
            .iter()
            .filter(|indicator| ["t", "t/yr", "tCO2e/yr", "GJ/yr"].contains(&indicator.unit))
            .map(|indicator| indicator.id)
            .collect();
        let mut compared = 0;
        for id in amounts {
            let rows =
                sums(indicators, &["time", "region", "plant", "substance"], "value", |row| row["indicator"] == id);
            for (at, by) in [(1, By::Region), (2, By::Plant), (3, By::Substance)] {
                if !Indicator::named(id).unwrap().is_by(by) {
                    continue;
                }
                let mut parts: BTreeMap<Vec<String>, f64> = BTreeMap::new();
                for (key, value) in rows.iter().filter(|(key, _)| key[at] != "all") {
                    let mut key = key.clone();
                    key[at] = "all".to_owned();
                    *parts.entry(key).or_insert(0.0) += value;
                }
                for (key, sum) in parts {
                    // With one name only there is no row for all of them.
                    let Some(total) = rows.get(&key) else { continue };
                    near_to(*total, sum, 1e-9);
                    compared += 1;
                }
            }
        }
        assert!(compared > 200, "{compared}");
    });
}

#[test]
fn what_leaves_a_plant_is_what_it_was_fed() {
    each(|run, written| {
        let left = sums(&run.products(), &["time", "plant"], "contained", |_| true);
        let fed = sums(&written.flows, &["time", "plant"], "value", |row| row["target"] == "plant");
        assert!(!left.is_empty());
        for (key, value) in &left {
            near_to(*value, get(&fed, &[&key[0], &key[1]]), 1e-9);
        }
        let treated = sums(&run.plant(), &["plant"], "throughput", |_| true);
        // Throughput counts feed; what reagents bring is in the plant's outputs, and not in its throughput.
        let feed = sums(&written.flows, &["plant"], "value", |row| {
            row["target"] == "plant" && row["source"] != "reagent_supply"
        });
        for (key, value) in feed {
            near_to(treated[&key], value, 1e-9);
        }
    });
}

#[test]
fn origins_add_up_to_what_manufacture_takes_back() {
    each(|_, written| {
        let flows = &written.flows;
        let back = sums(flows, &["time", "region", "substance"], "value", |row| {
            row["source"] == "materials" && row["target"] == "manufacture"
        });
        let said = sums(&written.indicators, &["time", "region", "substance"], "value", |row| {
            row["indicator"] == "recycled_input" && row["region"] != "all" && row["substance"] != "all"
        });
        for (key, value) in &said {
            near_to(*value, get(&back, &[&key[0], &key[1], &key[2]]), 1e-9);
        }
        // Old and new scrap are parts of it, and never more.
        let share = sums(&written.indicators, &["time", "region", "substance"], "value", |row| {
            row["indicator"] == "old_scrap_ratio"
        });
        assert!(share.values().all(|share| (0.0..=1.0 + 1e-12).contains(share)));
    });
}

#[test]
fn targets_are_told_alike_in_table_and_summary() {
    for (name, shipped) in shipped() {
        println!("{name}");
        let (run, targets) = (tables(&shipped.ran), &shipped.ran.built.targets);
        assert!(targets.len() >= 20, "{name}: {} targets", targets.len());
        let table = run.targets(targets);
        let missed: BTreeSet<String> = sums(&table, &["target"], "missing", |row| row["result"] == "missed")
            .into_keys()
            .map(|key| key[0].clone())
            .collect();
        let judged: BTreeSet<Vec<String>> = sums(&table, &["target"], "value", |_| true).into_keys().collect();
        let said = run.targets_json(targets);
        let list = said["missed"].as_array().unwrap();
        assert_eq!(list.iter().map(|one| one["target"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), missed);
        assert_eq!(said["judged"].as_u64(), Some(judged.len() as u64));
        assert_eq!(said["met"].as_u64(), Some((judged.len() - missed.len()) as u64));
    }
}

/// The norm of 90 % Li is one of the hydrometallurgical stage: the default route, at 0.90 from black mass, meets it and
/// loses 5 % of the lithium before.
#[test]
fn a_stages_norm_is_judged_at_its_stage() {
    let verdict = |name: &str, target: &str| {
        let ran = &shipped()[name].ran;
        let verdicts = tables(ran).judge(&ran.built.targets);
        let of_plant = verdicts.into_iter().find(|verdict| verdict.target.name == target).unwrap();
        let p1 = ran.plant("p1");
        of_plant.judgements.iter().filter(|j| j.place.plant == Some(p1)).map(|j| j.value).collect::<Vec<_>>()
    };
    let (stage, plant) = (verdict("hefei", "cn_refining_Li"), verdict("hefei", "eu_recovery_Li_2031"));
    assert!(!stage.is_empty() && stage.iter().all(|value| (value - 0.9).abs() < 2e-4), "{stage:?}");
    assert!(plant.iter().all(|value| (value - 0.855).abs() < 2e-4), "{plant:?}");
    // Smelting has no black mass: the norm says nothing of it.
    assert!(verdict("hefei-pyro", "cn_refining_Li").is_empty());
}
