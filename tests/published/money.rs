//! The accounts of `EverBatt` 2019: revenue, materials, utilities and fee by `urbanmine`, overheads by `EverBatt`'s own rules
//! (doc Table 15 with the percentages of its workbook). Dollars stand where a scenario says CNY.

use super::{DIRECT, HYDRO, PYRO, everbatt};
use crate::common::{Ran, data, near_to};
use urbanmine::results::money::{Account, PlantMoney, plants};

/// Prices of the workbook per kg (Rec Par. C44:C60, C76:C96), here per t; utilities of the US (Geographic Par. D31).
const TERMS: &str = r#"
[price]
copper = { path = "6600 CNY_2025/t", vat = "excluded" }
aluminium = { path = "1300 CNY_2025/t", vat = "excluded" }
graphite = { path = "280 CNY_2025/t", vat = "excluded" }
manganese = { path = "3100 CNY_2025/t", vat = "excluded" }
cobalt = { path = "51300 CNY_2025/t", vat = "excluded" }
nickel = { path = "11300 CNY_2025/t", vat = "excluded" }
cathode = { path = "20000 CNY_2025/t", vat = "excluded" }
electrolyte = { path = "150 CNY_2025/t", vat = "excluded" }
battery = { path = "200 CNY_2025/t", vat = "excluded" }
ammonium_hydroxide = { path = "460 CNY_2025/t", vat = "excluded" }
hydrochloric_acid = { path = "150 CNY_2025/t", vat = "excluded" }
hydrogen_peroxide = { path = "740 CNY_2025/t", vat = "excluded" }
sodium_hydroxide = { path = "400 CNY_2025/t", vat = "excluded" }
sulfuric_acid = { path = "60 CNY_2025/t", vat = "excluded" }
soda_ash = { path = "150 CNY_2025/t", vat = "excluded" }
electricity = { path = "0.0693 CNY_2025/kWh", vat = "excluded" }
natural_gas = { path = "3.913142 CNY_2025/GJ", vat = "excluded" }
diesel = { path = "0 CNY_2025/GJ", vat = "excluded" }
water = { path = "0 CNY_2025/t", vat = "excluded" }
carbon_dioxide = { path = "0 CNY_2025/t", vat = "excluded" }
lithium_carbonate = { path = "0 CNY_2025/t", vat = "excluded" }
limestone = { path = "0 CNY_2025/t", vat = "excluded" }
sand = { path = "0 CNY_2025/t", vat = "excluded" }

[disposal]
default = "0 CNY_2025/t"

[economics.p1]
discount_rate = 0.0
depreciation = "10 yr"

[economics.p1.feed]
pack = { default = { price = "battery" } }
scrap = { default = { price = "battery" } }
electrode = { default = { price = "battery" } }

# 1 gal of water; 5,955.14 kg of wastewater and 153.468 kg of solid waste per t (published outputs), in gal and short tons.
[economics.p1.cost_per_tonne]
water = "3.6 CNY_2025/t"
wastewater = "8.3379 CNY_2025/t"
landfill = "7.6126 CNY_2025/t"
"#;

/// A published run: name of the run, of the process, and the columns of its result.
fn published(file: &str, process: &str, column: &str) -> f64 {
    let mut reader = csv::Reader::from_path(data().join("published").join(file)).unwrap();
    let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    let row = reader.records().map(Result::unwrap).find(|row| &row[1] == process).unwrap();
    row[at].parse().unwrap()
}

fn money(ran: &Ran) -> PlantMoney {
    plants(&ran.built.model, &ran.built.economics, &ran.results).remove(0)
}

/// Sum of an account's items in the last year, dollars per kg of cells treated then.
fn per_kg(money: &PlantMoney, account: Account, wanted: impl Fn(&str) -> bool) -> f64 {
    let lines = money.statement.lines.iter().filter(|line| line.account == account && wanted(&line.item));
    let last = money.statement.years - 1;
    lines.map(|line| line.by_year[last]).sum::<f64>() / money.statement.treated[last] / 1e3
}

#[test]
fn everbatt_earns_what_it_published() {
    for (process, route) in [("pyro", PYRO), ("hydro", HYDRO), ("direct", DIRECT)] {
        let money = money(&everbatt(&format!("{route}{TERMS}"), &[]));
        let revenue = per_kg(&money, Account::Revenue, |_| true);
        near_to(revenue, published("S3_expected_results.csv", process, "revenue"), 1e-3);
        near_to(-per_kg(&money, Account::Feed, |_| true), 0.2, 1e-9);
    }
}

/// Costs of the hydro route by `EverBatt`'s rules, dollars per kg of cells.
struct Cost {
    materials: f64,
    utilities: f64,
    depreciation: f64,
    other_fixed: f64,
    overhead: f64,
    total: f64,
}

/// `equipment` is purchased equipment, dollars per kg/yr; `capital` fixed and total.
fn cost(money: &PlantMoney, equipment: f64, [fixed, total]: [f64; 2]) -> Cost {
    let energy = |name: &str| matches!(name, "electricity" | "natural_gas" | "diesel");
    let materials = -per_kg(money, Account::Inputs, |name| !energy(name));
    let utilities = -per_kg(money, Account::Inputs, energy) - per_kg(money, Account::PerTonne, |_| true);
    // Operating labour 921,600 dollars a year for 7,000 t, in proportion; supervision 15 %.
    let operators = 0.9216 / 7.0;
    let labour = 1.15 * operators;
    let maintenance = 0.05 * fixed;
    // Supplies 15 % of maintenance, laboratory 10 % of operators.
    let other_direct = 1.15 * maintenance + 0.10 * operators;
    let land = 0.08 * equipment;
    let depreciation = (fixed - land) / 10.0;
    // Taxes 4 %, insurance 1 %; rent 5 % of buildings (25 % of equipment) and land; interest 5 % of total capital.
    let other_fixed = 0.05 * fixed + 0.05 * (0.25 * equipment + land) + 0.05 * total;
    let overhead = 0.5 * (labour + maintenance);
    let making = materials + labour + utilities + other_direct + depreciation + other_fixed + overhead;
    let administration = 0.15 * (labour + maintenance);
    // Distribution 6 % and research 5 % of the product cost, which holds them; profit 5 % of total capital.
    let product = (making + administration) / (1.0 - 0.11);
    Cost { materials, utilities, depreciation, other_fixed, overhead, total: product + 0.05 * total }
}

/// Fixed over purchased equipment: installation, instruments, piping, electrics, buildings, services and land; engineering
/// and construction 10 % each; contingency 5 % of all.
const FIXED_OVER_EQUIPMENT: f64 = (1.0 + 0.4 + 0.2 + 0.2 + 0.1 + 0.25 + 0.5 + 0.08) * 1.2 / 0.95;

fn costs_as_published(file: &str, sets: &[&str], tonnes: f64, tolerance: f64) {
    let of = |column: &str| published(file, "hydro", column);
    let [fixed, total] = ["fixed_capital_usd", "total_capital_usd"].map(|column| of(column) / tonnes / 1e3);
    near_to(fixed / 0.9, total, 1e-3);
    let cost = cost(&money(&everbatt(&format!("{HYDRO}{TERMS}"), sets)), fixed / FIXED_OVER_EQUIPMENT, [fixed, total]);
    for (found, column, tolerance) in [
        (cost.materials, "materials", 1e-3),
        (cost.utilities, "utilities", 1e-2),
        (cost.depreciation, "depreciation", tolerance),
        (cost.other_fixed, "other_fixed", tolerance),
        (cost.overhead, "plant_overhead", tolerance),
        (cost.total, "cost_excl_fee", tolerance),
    ] {
        println!("{column}: {found:.4}, published {:.4}", of(column));
        near_to(found, of(column), tolerance);
    }
}

#[test]
fn everbatt_costs_what_it_published_at_10_kt() {
    // Purchased equipment of the workbook, Rec Par. CD449.
    near_to(12_257_527.0 * FIXED_OVER_EQUIPMENT, 42_269_115.0, 1e-3);
    costs_as_published("S3_expected_results.csv", &[], 10_000.0, 0.02);
}

#[test]
fn everbatt_costs_what_it_published_at_100_kt() {
    let sets = ["plant.p1.capacity=100 kt/yr", "yard.p1.limit=10 kt"];
    costs_as_published("S4_expected_everbatt_results_100kt.csv", &sets, 100_000.0, 0.05);
}
