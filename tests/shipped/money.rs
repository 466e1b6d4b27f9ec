//! The money of the shipped scenarios: parts add up to totals, and the results are told as they are.

use super::{Shipped, shipped};
use crate::common::near_to;
use std::collections::BTreeMap;
use urbanmine::money::worth::net_present_value;
use urbanmine::results::Every;
use urbanmine::results::money::{Accounts, PlantMoney};
use urbanmine::results::tables::Run;

fn accounts(shipped: &Shipped) -> Accounts<'_> {
    let built = &shipped.ran.built;
    let run = Run { model: &built.model, catalog: &built.catalog, results: &shipped.ran.results, every: Every::Year };
    Accounts::new(run, &built.economics)
}

fn money(name: &str) -> PlantMoney {
    accounts(&shipped()[name]).plants.remove(0)
}

#[test]
fn parts_add_up_to_totals() {
    let mut plants = 0;
    for (name, shipped) in shipped() {
        let table = accounts(shipped).cash_flow();
        let mut reader = csv::Reader::from_reader(table.as_slice());
        // By time and account: sum of items, and total.
        let mut sums: BTreeMap<(String, String), (f64, f64, f64)> = BTreeMap::new();
        for row in reader.records().map(Result::unwrap) {
            let value: f64 = row[4].parse().unwrap();
            let sum = sums.entry((row[0].to_owned(), row[2].to_owned())).or_default();
            if &row[3] == "total" { sum.1 += value } else { (sum.0, sum.2) = (sum.0 + value, sum.2 + 1.0) }
        }
        for ((time, account), (parts, total, count)) in &sums {
            if *count > 0.0 {
                assert!(
                    (parts - total).abs() <= 1e-9 * total.abs().max(1.0),
                    "{name} {time} {account}: {parts} {total}"
                );
            }
        }
        let at = |time: &str, account: &str| sums.get(&(time.to_owned(), account.to_owned())).map_or(0.0, |sum| sum.1);
        let years: std::collections::BTreeSet<&str> = sums.keys().map(|(time, _)| time.as_str()).collect();
        for time in years {
            let running =
                ["revenue", "feed", "freight", "inputs", "disposal", "cost_per_tonne", "cost_of_revenue", "fixed_cost"];
            let surplus: f64 = running.iter().map(|account| at(time, account)).sum();
            near_to(surplus, at(time, "operating_surplus"), 1e-9);
            let flows = ["operating_surplus", "capital", "subsidy", "tax", "working_capital", "salvage", "closure"];
            let free: f64 = flows.iter().map(|account| at(time, account)).sum();
            assert!((free - at(time, "free_cash_flow")).abs() < 1.0, "{name} {time}");
        }
        plants += usize::from(!sums.is_empty());
    }
    assert!(plants >= 11, "{plants}");
}

#[test]
fn revenue_of_a_tonne_less_its_cost_and_tax_is_its_value() {
    for (name, shipped) in shipped() {
        let accounts = accounts(shipped);
        for money in &accounts.plants {
            let rate = accounts.terms(money).terms.discount_rate;
            let tonnes = net_present_value(&money.statement.treated, rate);
            let tonne = &money.levelised;
            let value = (tonne.revenue - tonne.cost() + tonne.tax) * tonnes;
            assert!((value - money.npv).abs() < 1.0, "{name}: {value}, not {}", money.npv);
            for rate in &money.internal_rates {
                let free: Vec<f64> = money.years.iter().map(urbanmine::money::cash_flow::Year::free).collect();
                let scale: f64 = free.iter().map(|flow| flow.abs()).sum();
                assert!(net_present_value(&free, *rate).abs() < 1e-6 * scale, "{name} at {rate}");
            }
        }
    }
}

#[test]
fn a_scenario_without_a_plant_of_its_own_has_no_money() {
    assert!(accounts(&shipped()["hefei-no-plant"]).plants.is_empty());
    assert!(accounts(&shipped()["china"]).plants.is_empty());
}

/// At the prices of 2025 the default plant does not earn its capital back, and LFP alone does not even pay for its feed.
#[test]
fn the_default_plant_loses_money_and_lfp_alone_loses_more_with_every_tonne() {
    let default = money("hefei");
    assert!(default.npv < 0.0 && default.payback.is_none());
    assert!(money("hefei-lfp").levelised.contribution() < 0.0);
    println!("hefei {:.0} million, lfp {:.0} a tonne", default.npv / 1e6, money("hefei-lfp").levelised.contribution());
}
