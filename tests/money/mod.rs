//! Money of small plants, by hand; and the promises of the money tables.

mod invalid;

use crate::common::{Ran, data, load, near, near_to, patch, run, run_built};
use urbanmine::base::random::Events;
use urbanmine::money::cash_flow::Year;
use urbanmine::money::worth::net_present_value;
use urbanmine::results::Every;
use urbanmine::results::money::{Account, Accounts, Lever, PlantMoney, plants};
use urbanmine::results::tables::Run;
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::build_with;

pub const LOOP: &str = include_str!("../data/loop.toml");

/// 250 t of packs a year come back from 2024 on and leave as 250 t of product.
pub const TERMS: &str = r#"
[money]
vat = 0.13

[price.good]
path = "1130 CNY_2025/t"
vat = "included"

[price.pack]
path = "400 CNY_2025/t"
vat = "excluded"

[freight.road]
rate = "2 CNY_2025/t/km"

[disposal]
default = "50 CNY_2025/t"

[economics.p1]
discount_rate = 0.1
tax_rate = 0.25
depreciation = "10 yr"
loss_carry_forward = "5 yr"

[economics.p1.capital]
reference = "200000 CNY_2025"
at = "10 kt/yr"
exponent = 0.6

[economics.p1.fixed_cost]
maintenance = "0.05 1/yr"

[economics.p1.feed]
pack = { default = { price = "pack" } }
scrap = { default = { price = "pack" } }
electrode = { default = { price = "pack" } }

[plant.p1.freight]
retired = { distance = "10 km", mode = "road" }
"#;

fn with_terms(edits: &[(&str, &str)]) -> String {
    patch(&format!("{LOOP}{TERMS}"), edits)
}

fn money(ran: &Ran) -> PlantMoney {
    let mut all = plants(&ran.built.model, &ran.built.economics, &ran.results);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// An account in a calendar year.
fn of(money: &PlantMoney, account: Account, year: i32) -> f64 {
    money.statement.account(account)[usize::try_from(year - money.statement.first_year).unwrap()]
}

#[test]
fn what_is_sold_bought_and_carried_follows_the_tonnes() {
    let ran = run(&with_terms(&[]), &[]);
    let money = money(&ran);
    for year in 2025..2040 {
        near(of(&money, Account::Revenue, year), 250.0 * 1000.0);
        near(of(&money, Account::Feed, year), -250.0 * 400.0);
        near(of(&money, Account::Freight, year), -250.0 * 20.0);
        near(of(&money, Account::Fixed, year), -0.05 * 200_000.0);
        near(money.years[usize::try_from(year - 2020).unwrap()].surplus, 135_000.0);
    }
    // The plant stands from the first step on: it is paid for then.
    near(money.years[0].capital, -200_000.0);
    near(of(&money, Account::Revenue, 2022), 0.0);
}

#[test]
fn what_comes_opened_is_paid_for_as_what_it_is() {
    let opened = "[yard.p1.opened]\nretired = \"cell\"\nage = \"4 yr\"\n[yard.p1.share]";
    let priced = "[price.cell]\npath = \"900 CNY_2025/t\"\nvat = \"excluded\"\n[economics.p1.feed]\n\
        cell = { default = { price = \"cell\" } }\n";
    let ran = run(&with_terms(&[("[yard.p1.share]", opened), ("[economics.p1.feed]\n", priced)]), &[]);
    let money = money(&ran);
    // 250 t of packs hold 200 t of cells.
    for year in 2025..2040 {
        near(of(&money, Account::Feed, year), -200.0 * 900.0);
        near(of(&money, Account::Revenue, year), 200.0 * 1000.0);
        near(of(&money, Account::Freight, year), -200.0 * 20.0);
    }
}

#[test]
fn tax_waits_until_losses_are_used_up() {
    let ran = run(&with_terms(&[]), &[]);
    let money = money(&ran);
    // 2020 to 2023: 10,000 of maintenance and 20,000 of depreciation a year are lost; 2024 earns 135,000 - 20,000.
    let [before, first, later] = [2, 4, 5].map(|year| money.years[year].tax);
    near(before, 0.0);
    near(money.years[4].losses_used, 115_000.0);
    near(first, 0.0);
    near(money.years[5].losses_used, 5_000.0);
    near(later, -0.25 * (115_000.0 - 5_000.0));
}

#[test]
fn revenue_follows_its_price_and_mass_does_not() {
    let ran = run(&with_terms(&[]), &[]);
    let dearer = run(&with_terms(&[("\"1130 CNY_2025/t\"", "\"2260 CNY_2025/t\"")]), &[]);
    assert_eq!(ran.all_flows(), dearer.all_flows());
    let (one, two) = (money(&ran), money(&dearer));
    for (one, two) in one.statement.account(Account::Revenue).iter().zip(two.statement.account(Account::Revenue)) {
        near(2.0 * one, two);
    }
    assert_eq!(one.statement.account(Account::Feed), two.statement.account(Account::Feed));
}

#[test]
fn value_at_rate_zero_is_the_sum_of_the_cash_flow() {
    let ran = run(&with_terms(&[("discount_rate = 0.1", "discount_rate = 0.0")]), &[]);
    let money = money(&ran);
    let free: Vec<f64> = money.years.iter().map(Year::free).collect();
    near(money.npv, free.iter().sum());
    near(net_present_value(&free, 0.0), money.npv);
}

#[test]
fn at_break_even_nothing_is_gained_or_lost() {
    let ran = run(&with_terms(&[]), &[]);
    let (money, terms) = (money(&ran), &ran.built.economics.plants[0]);
    for lever in [Lever::Revenue, Lever::Feed, Lever::Running, Lever::Capital] {
        let times = money.break_even(terms, lever).unwrap();
        assert!(money.npv_with(terms, lever, times).abs() < 1e-3, "{lever:?} at {times}");
        assert!(money.npv_with(terms, lever, times * 1.01).abs() > 1.0);
    }
    // A tonne more brings 1,000 - 400 - 20.
    near(money.levelised.contribution(), 580.0);
    // Nothing can save a plant whose product is worth nothing, by freight alone.
    let worthless = run(&with_terms(&[("\"1130 CNY_2025/t\"", "\"0 CNY_2025/t\"")]), &[]);
    let terms = &worthless.built.economics.plants[0];
    let lost = self::money(&worthless);
    assert!(lost.break_even(terms, Lever::Revenue).is_none() && lost.internal_rates.is_empty());
    assert!(lost.payback.is_none());
}

#[test]
fn a_tonne_earns_and_costs_what_the_whole_does() {
    let ran = run(&with_terms(&[]), &[]);
    let money = money(&ran);
    let tonne = &money.levelised;
    let tonnes = net_present_value(&money.statement.treated, 0.1);
    near(tonne.revenue, 1000.0);
    near((tonne.revenue - tonne.cost() + tonne.tax) * tonnes, money.npv);
}

#[test]
fn the_scale_law_counts_the_largest_capacity_and_each_expansion_by_itself() {
    let more = "\n[plant.p1.expansion.two]\nstart = 2030-01-01\nlead = \"1 yr\"\ncapacity = \"10 kt/yr\"\n";
    let ran = run(&format!("{}{more}", with_terms(&[])), &[]);
    let money = money(&ran);
    near(money.years[0].capital, -200_000.0);
    near(money.years[10].capital, -200_000.0);
    near(of(&money, Account::Fixed, 2029), -10_000.0);
    near(of(&money, Account::Fixed, 2032), -20_000.0);
}

#[test]
fn a_subsidy_is_paid_at_the_opening_and_shared_out_once() {
    let with = "equipment_share = 0.5\n\n[economics.p1.equipment_subsidy]\nrate = 0.2\ncap = \"30000 CNY_2025\"\n\n[economics.p1.fixed_cost]";
    let more = "\n[plant.p1.expansion.two]\nstart = 2030-01-01\nlead = \"1 yr\"\ncapacity = \"10 kt/yr\"\n";
    let text = with_terms(&[("exponent = 0.6\n\n[economics.p1.fixed_cost]", &format!("exponent = 0.6\n{with}"))]);
    let money = money(&run(&format!("{text}{more}"), &[]));
    near(money.years[0].subsidy, 20_000.0);
    // 20,000 again would be over the cap of 30,000.
    near(money.years[11].subsidy, 10_000.0);
    near(money.years[0].depreciation, 18_000.0);
}

#[test]
fn a_gate_fee_is_income_and_payables_go_by_content() {
    let fee = run(
        &with_terms(&[("pack = { default = { price = \"pack\" } }", "pack = { default = { gate_fee = \"pack\" } }")]),
        &[],
    );
    near(of(&money(&fee), Account::Feed, 2030), 250.0 * 400.0);
    // 5 t of lithium a year, paid at half of the value of a commodity that is a quarter lithium.
    let payable = "pack = { default = { payable = { Li = 0.5 } } }";
    let more = "\n[payable_reference]\nLi = \"salt\"\n\n[price.salt]\npath = \"800 CNY_2025/t\"\nvat = \"excluded\"\ncompound = \"salt\"\n\n[compounds]\nfile = \"compounds.csv\"\n";
    let text = with_terms(&[("pack = { default = { price = \"pack\" } }", payable)]);
    near(of(&money(&run(&format!("{text}{more}"), &[])), Account::Feed, 2030), -5.0 * 0.5 * 800.0 / 0.25);
}

#[test]
fn months_add_up_to_the_same_years() {
    let file = data().join("../../scenarios/hefei-late.toml");
    let load = || Scenario::load(&file, &[]).unwrap();
    let by = |every| run_built(urbanmine::scenario::build::build(&load()).unwrap(), every).unwrap();
    let (yearly, monthly) = (money(&by(Every::Year)), money(&by(Every::Step)));
    for (year, month) in yearly.years.iter().zip(&monthly.years) {
        // Within a year the mix of chemistries drifts, and prices hold: the two agree but for rounding.
        near_to(year.surplus, month.surplus, 1e-9);
    }
    near_to(yearly.npv, monthly.npv, 1e-9);
}

/// The rows of a cash flow: time, account, item, value.
fn rows(accounts: &Accounts<'_>) -> Vec<(String, String, String, f64)> {
    let table = accounts.cash_flow();
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let row =
        |row: csv::StringRecord| (row[0].to_owned(), row[2].to_owned(), row[3].to_owned(), row[4].parse().unwrap());
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn rows_by_step_have_the_sums_of_rows_by_year() {
    let file = data().join("../../scenarios/hefei.toml");
    let built = urbanmine::scenario::build::build(&Scenario::load(&file, &[]).unwrap()).unwrap();
    let ran = run_built(built, Every::Year).unwrap();
    let table = |every| {
        let run = Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every };
        let mut sums = std::collections::BTreeMap::new();
        for (time, account, item, value) in rows(&Accounts::new(run, &ran.built.economics)) {
            *sums.entry((time[..4].to_owned(), account, item)).or_insert(0.0) += value;
        }
        sums
    };
    let (years, steps) = (table(Every::Year), table(Every::Step));
    assert_eq!(years.len(), steps.len());
    for (key, value) in &years {
        near_to(*value, steps[key], 1e-9);
    }
}

#[test]
fn drawn_prices_are_the_draw_s_own() {
    let process = "vat = \"included\"\nprocess = \"geometric_brownian\"\nvolatility = 0.3\n";
    let text = with_terms(&[("vat = \"included\"\n", process)]);
    let scenario = Scenario::parse(&text, "tiny.toml", &data(), &[]).unwrap();
    let npv = |draw| {
        let ran = run_built(build_with(&scenario, Events::Drawn { seed: 5, draw }).unwrap(), Every::Step).unwrap();
        money(&ran).npv
    };
    assert_eq!(npv(3), npv(3));
    assert_ne!(npv(3), npv(4));
    let expected = money(&run(&text, &[])).npv;
    near(expected, money(&run(&with_terms(&[]), &[])).npv);
}

#[test]
fn workshops_win_more_packs_where_they_pay_more() {
    let shares = |pays: &str, elasticity: &str| {
        let way = "formal = { 2020 = 0.5, 2030 = 0.8 }\ninformal = \"rest\"\nused_export = 0.05";
        let competition = format!(
            "[collection.city.competition]\nelasticity = {elasticity}\ninformal_pays = \"{pays} CNY_2025/t\"\nformal_pays = \"1000 CNY_2025/t\"\nusual_ratio = 1.1\n\n[collection.rest]"
        );
        let text = crate::common::patched(&[(way, way), ("[collection.rest]", &competition)]);
        let (_, built) = load(&text, &[]).unwrap();
        built.model.collection[0].shares[0]
    };
    let usual = shares("1100", "2.0");
    assert_eq!(usual, shares("1500", "0.0"));
    let more = shares("1650", "2.0");
    // The odds rise by 1.5^2.
    near(more[1] / more[0], usual[1] / usual[0] * 2.25);
    near(more.iter().sum(), 1.0);
    near(more[0] + more[1], usual[0] + usual[1]);
    assert_eq!(more[2..], usual[2..]);
}
