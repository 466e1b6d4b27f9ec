//! What the summary says is what the tables say.

use super::shipped;
use crate::common::{Ran, near_to};
use serde_json::Value;
use std::collections::BTreeMap;
use urbanmine::results::Every;
use urbanmine::results::summary::Heading;
use urbanmine::results::tables::Run;

/// Sums of a table's values by the cells of some columns, of the rows that are asked for.
fn sums(
    table: &[u8],
    by: &[&str],
    value: &str,
    which: impl Fn(&BTreeMap<&str, &str>) -> bool,
) -> BTreeMap<Vec<String>, f64> {
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().unwrap().clone();
    let mut sums = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let cells: BTreeMap<&str, &str> = header.iter().zip(row.iter()).collect();
        if which(&cells) {
            let key: Vec<String> = by.iter().map(|name| cells[name].to_owned()).collect();
            *sums.entry(key).or_insert(0.0) += cells[value].parse::<f64>().unwrap();
        }
    }
    sums
}

fn get(sums: &BTreeMap<Vec<String>, f64>, key: &[&str]) -> f64 {
    sums.get(&key.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>()).copied().unwrap_or(0.0)
}

fn check(ran: &Ran) {
    let run = Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Year };
    let heading = Heading { report_from: 2015, ..Heading::default() };
    let summary = run.summary(&heading);
    let (flows, stocks) = (run.flows(), run.stocks());

    let retired = sums(&flows, &["time"], "value", |row| row["source"] == "use" && row["target"] == "collection");
    for (year, mass) in summary["system"]["retired_packs"]["by_year"].as_object().unwrap() {
        near_to(mass.as_f64().unwrap() * 1e3, get(&retired, &[year]), 1e-12);
    }
    let in_use = sums(&stocks, &["time"], "value", |row| row["stage"] == "use" && row["unit"] == "kWh");
    let years = summary["system"]["years"].as_object().unwrap();
    assert!(years.len() >= 5, "{years:?}");
    for (year, row) in years {
        near_to(row["in_use"]["value"].as_f64().unwrap() * 1e6, get(&in_use, &[year]), 1e-12);
    }
    check_metals(&summary, &flows);
    check_plants(&summary, &run);

    let relative = |row: &BTreeMap<&str, &str>| row["relative"].parse::<f64>().unwrap();
    let worst = std::cell::Cell::new(0.0f64);
    sums(&run.balance(), &[], "in", |row| {
        if row["stage"] != "system" {
            worst.set(worst.get().max(relative(row)));
        }
        false
    });
    assert_eq!(summary["balance"]["max_relative_error"].as_f64(), Some(worst.get()));
}

fn check_metals(summary: &Value, flows: &[u8]) {
    let into = |source: &'static str| {
        sums(flows, &["time", "region", "substance"], "value", move |row| {
            row["source"] == source && row["target"] == "manufacture"
        })
    };
    let (primary, recycled) = (into("virgin_supply"), into("materials"));
    let mut seen = 0;
    for (region, metals) in summary["regions"].as_object().unwrap() {
        for (metal, years) in metals.as_object().unwrap() {
            for (year, row) in years.as_object().unwrap() {
                let number = |name: &str| row[name].as_f64().unwrap();
                let key = [year.as_str(), region.as_str(), metal.as_str()];
                let both = ["new_scrap", "old_scrap", "second_life", "bought"]
                    .iter()
                    .map(|origin| number(&format!("recycled_{origin}")))
                    .sum::<f64>();
                near_to(number("primary"), get(&primary, &key), 1e-9);
                near_to(both, get(&recycled, &key), 1e-9);
                near_to(number("demand"), get(&primary, &key) + get(&recycled, &key), 1e-12);
                if number("demand") > 0.0 {
                    near_to(number("recycled_content"), both / number("demand"), 1e-12);
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "{seen}");
}

fn check_plants(summary: &Value, run: &Run<'_>) {
    let table = run.plant();
    let in_year = |column: &'static str| {
        let mut years: BTreeMap<(String, String), f64> = BTreeMap::new();
        for (key, value) in sums(&table, &["time", "plant"], column, |_| true) {
            *years.entry((key[0][..4].to_owned(), key[1].clone())).or_default() += value;
        }
        years
    };
    let streams = ["new_scrap", "retired", "second_life", "purchased"].map(|stream| (stream, in_year(stream)));
    let (throughput, nameplate) = (in_year("throughput"), in_year("nameplate"));
    for (plant, said) in summary["plants"].as_object().unwrap() {
        for (year, row) in said["years"].as_object().unwrap() {
            let key = (year.clone(), plant.clone());
            near_to(row["throughput"]["value"].as_f64().unwrap(), throughput[&key], 1e-12);
            near_to(row["utilisation"].as_f64().unwrap(), throughput[&key] / nameplate[&key], 1e-12);
            for (stream, sums) in &streams {
                near_to(row["feed"][stream].as_f64().unwrap(), sums[&key], 1e-12);
            }
            let steps: u64 =
                row["steps_by_bottleneck"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
            assert_eq!(steps, 12, "{plant} {year}");
        }
        let first = sums(&table, &["time"], "available", |row| row["plant"] == plant)
            .into_iter()
            .find(|(_, available)| *available > 0.0);
        assert_eq!(said["first_running"].as_str(), first.as_ref().map(|(time, _)| time[0].as_str()), "{plant}");
    }
}

#[test]
fn the_summary_of_the_country_is_in_its_tables() {
    check(&shipped()["china"].ran);
}

#[test]
fn the_summary_of_the_city_is_in_its_tables() {
    check(&shipped()["hefei"].ran);
}

#[test]
fn twelve_months_of_the_plant_are_its_year() {
    let ran = &shipped()["hefei"].ran;
    let run = Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Year };
    let fed =
        sums(&run.flows(), &["time", "plant"], "value", |row| row["source"] == "yard" && row["target"] == "plant");
    let treated = sums(&run.plant(), &["time", "plant"], "throughput", |_| true);
    let mut years: BTreeMap<Vec<String>, f64> = BTreeMap::new();
    for (key, value) in treated {
        *years.entry(vec![key[0][..4].to_owned(), key[1].clone()]).or_default() += value;
    }
    for (key, sum) in years {
        near_to(sum, fed.get(&key).copied().unwrap_or(0.0), 1e-11);
    }
}
