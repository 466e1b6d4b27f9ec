//! Tables of money: in is positive, out is negative; every part, and its total.

use super::{Account, Accounts, Lever, PlantMoney};
use crate::base::ids::{Id, StepId};
use crate::base::number::text;
use crate::money::cash_flow::Year;
use crate::money::price::{Commodity, CommodityId};
use crate::results::Every;
use crate::results::tables::Table;

/// Stands for the sum of an account's items.
const TOTAL: &str = "total";

/// Accounts that are assessed by year: name, and where they stand.
const YEARLY: [(&str, fn(&Year) -> f64); 13] = [
    ("subsidy", |year| year.subsidy),
    ("tax", |year| year.tax),
    ("working_capital", |year| year.working_capital),
    ("salvage", |year| year.salvage),
    ("closure", |year| year.closure),
    ("free_cash_flow", Year::free),
    ("depreciation_allowance", |year| year.depreciation),
    ("losses_used_allowance", |year| year.losses_used),
    ("loan_drawn", |year| year.loan_drawn),
    ("loan_repaid", |year| year.loan_repaid),
    ("interest", |year| year.interest),
    ("tax_saved_by_interest", |year| year.tax_shield),
    ("equity_cash_flow", Year::equity),
];

/// A part of the cash flow: account, item, and CNY by year of the cash flow.
pub struct Part<'a> {
    /// Account.
    pub account: &'static str,
    /// Item, or `total`.
    pub item: &'a str,
    /// By year.
    pub by_year: Vec<f64>,
    /// By step of the horizon; none for what is assessed by year.
    by_step: Option<Vec<f64>>,
}

fn add(sum: &mut [f64], part: &[f64]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

/// The total of parts that follow each other.
fn total<'a>(account: &'static str, parts: &[Part<'a>]) -> Option<Part<'a>> {
    let first = parts.first()?;
    let mut sum = Part {
        account,
        item: TOTAL,
        by_year: vec![0.0; first.by_year.len()],
        by_step: first.by_step.as_ref().map(|by_step| vec![0.0; by_step.len()]),
    };
    for part in parts {
        add(&mut sum.by_year, &part.by_year);
        if let (Some(sum), Some(part)) = (&mut sum.by_step, &part.by_step) {
            add(sum, part);
        }
    }
    Some(sum)
}

impl Accounts<'_> {
    /// Everything in a plant's cash flow, in the order of the table.
    pub fn parts<'m>(&'m self, money: &'m PlantMoney) -> Vec<Part<'m>> {
        let mut parts: Vec<Part<'m>> = Vec::new();
        let mut totals: Vec<Part<'m>> = Vec::new();
        for account in Account::ALL {
            let start = parts.len();
            for line in money.statement.lines.iter().filter(|line| line.account == account) {
                match parts[start..].iter_mut().find(|part| part.item == line.item) {
                    // An item may follow several prices: its parts by price are one here.
                    Some(part) => {
                        add(&mut part.by_year, &line.by_year);
                        part.by_step.iter_mut().for_each(|by_step| add(by_step, &line.by_step));
                    }
                    None => parts.push(Part {
                        account: account.name(),
                        item: &line.item,
                        by_year: line.by_year.clone(),
                        by_step: Some(line.by_step.clone()),
                    }),
                }
            }
            if let Some(sum) = total(account.name(), &parts[start..]) {
                totals.push(Part { by_year: sum.by_year.clone(), by_step: sum.by_step.clone(), ..sum });
                parts.push(sum);
            }
        }
        parts.extend(total("operating_surplus", &totals));
        let start = parts.len();
        for (building, asset) in self.terms(money).buildings.iter().zip(&money.assets) {
            parts.push(Part {
                account: "capital",
                item: &building.name,
                by_year: asset.spent.iter().map(|spent| -spent).collect(),
                by_step: Some(building.spending.iter().map(|share| -share * building.capital).collect()),
            });
        }
        parts.extend(total("capital", &parts[start..]));
        for (account, pick) in YEARLY {
            let by_year = money.years.iter().map(pick).collect();
            parts.push(Part { account, item: TOTAL, by_year, by_step: None });
        }
        let rate = self.terms(money).terms.discount_rate;
        let discounted: Vec<f64> =
            money.years.iter().enumerate().map(|(t, year)| year.free() / (1.0 + rate).powi(t as i32)).collect();
        let sums = discounted.iter().scan(0.0, |sum, flow| {
            *sum += flow;
            Some(*sum)
        });
        let cumulative = sums.collect();
        parts.push(Part { account: "discounted_cash_flow", item: TOTAL, by_year: discounted, by_step: None });
        parts.push(Part { account: "cumulative_discounted", item: TOTAL, by_year: cumulative, by_step: None });
        parts
    }

    /// `cash_flow.csv`: the cash flow of each plant, CNY of 2025. With rows by step what is assessed by year (tax,
    /// depreciation, inventories, the free cash flow and what follows from it) stands at the last step of its year.
    pub fn cash_flow(&self) -> Vec<u8> {
        let mut table = Table::new(&["time", "plant", "account", "item", "value", "unit"]);
        let horizon = &self.run.model.horizon;
        for money in &self.plants {
            let plant = self.run.catalog.plant(money.plant);
            let parts = self.parts(money);
            let mut row = |time: &str, part: &Part<'_>, value: f64| {
                if value != 0.0 {
                    table.row(&[time, plant, part.account, part.item, &text(value), "CNY_2025"]);
                }
            };
            for year in 0..money.years.len() {
                if self.run.every == Every::Year {
                    let time = money.calendar_year(year).to_string();
                    for part in &parts {
                        row(&time, part, part.by_year[year]);
                    }
                    continue;
                }
                let per_year = horizon.steps_per_year();
                let before = usize::try_from(money.calendar_year(year) - horizon.start_year).unwrap_or(0) * per_year;
                for step in before..(before + per_year).min(horizon.steps) {
                    let step_id = StepId::new(step);
                    let time = horizon.label(step_id);
                    for part in &parts {
                        match &part.by_step {
                            Some(by_step) => row(&time, part, by_step[step]),
                            None if horizon.closes_year(step_id) => row(&time, part, part.by_year[year]),
                            None => {}
                        }
                    }
                }
            }
        }
        table.finish()
    }

    /// `money.csv`: what each plant is worth, what decides it, and where it breaks even.
    pub fn worth(&self) -> Vec<u8> {
        let mut table = Table::new(&["plant", "quantity", "item", "value", "unit"]);
        for money in &self.plants {
            let (terms, plant) = (self.terms(money), self.run.catalog.plant(money.plant));
            let mut row = |quantity: &str, item: &str, value: f64, unit: &str| {
                table.row(&[plant, quantity, item, &text(value), unit]);
            };
            for building in &terms.buildings {
                row("capital", &building.name, building.capital, "CNY_2025");
                row("subsidy", &building.name, building.subsidy, "CNY_2025");
            }
            row("capital", TOTAL, terms.buildings.iter().map(|building| building.capital).sum(), "CNY_2025");
            row("subsidy", TOTAL, terms.buildings.iter().map(|building| building.subsidy).sum(), "CNY_2025");
            row("net_present_value", "free_cash_flow", money.npv, "CNY_2025");
            row("net_present_value", "equity", money.equity_npv, "CNY_2025");
            row("internal_rates_of_return", "count", money.internal_rates.len() as f64, "1");
            for (index, rate) in money.internal_rates.iter().enumerate() {
                row("internal_rate_of_return", &(index + 1).to_string(), *rate, "1/yr");
            }
            if let Some(years) = money.payback {
                row("discounted_payback", "free_cash_flow", years, "yr");
            }
            let per_tonne = &money.levelised;
            for (item, value) in [
                ("revenue", per_tonne.revenue),
                ("feed", per_tonne.feed),
                ("variable", per_tonne.variable),
                ("fixed", per_tonne.fixed),
                ("capital", per_tonne.capital),
                ("tax", per_tonne.tax),
            ] {
                row("levelised_per_tonne", item, value, "CNY_2025/t");
            }
            row("levelised_cost", "feed", per_tonne.cost(), "CNY_2025/t");
            row("contribution", "feed", per_tonne.contribution(), "CNY_2025/t");
            for (lever, name) in self.levers(money) {
                let change = money.npv_with(terms, lever, 1.1) - money.npv;
                row("npv_change_at_10_percent_more", &name, change, "CNY_2025");
                if let Some(times) = money.break_even(terms, lever) {
                    row("break_even_multiple", &name, times, "1");
                    if let Lever::Price(commodity) = lever {
                        let (price, unit) = self.price_at_opening(money, commodity);
                        row("break_even_price", &name, times * price, unit);
                    }
                }
            }
        }
        table.finish()
    }

    /// The levers of a plant and their names: groups first, then each price that enters.
    pub fn levers(&self, money: &PlantMoney) -> Vec<(Lever, String)> {
        let groups = [
            (Lever::Revenue, "all_products"),
            (Lever::Feed, "all_feed"),
            (Lever::Running, "all_other_running_cost"),
            (Lever::Capital, "capital"),
        ];
        let mut levers: Vec<(Lever, String)> = groups.map(|(lever, name)| (lever, name.to_owned())).into();
        for (index, commodity) in self.economics.market.commodities.iter().enumerate() {
            let id = CommodityId::new(index);
            if money.statement.lines.iter().any(|line| line.commodity == Some(id)) {
                levers.push((Lever::Price(id), commodity.name.clone()));
            }
        }
        levers
    }

    /// Mean price of a commodity in the first year with feed, without VAT, in the unit people write.
    fn price_at_opening(&self, money: &PlantMoney, commodity: CommodityId) -> (f64, &'static str) {
        let horizon = &self.run.model.horizon;
        let first = money.statement.treated.iter().position(|tonnes| *tonnes > 0.0).unwrap_or(0);
        let per_year = horizon.steps_per_year();
        let start = usize::try_from(money.calendar_year(first) - horizon.start_year).unwrap_or(0) * per_year;
        let prices = &self.economics.prices[commodity.index()];
        let steps = start.min(prices.len())..(start + per_year).min(prices.len());
        let mean = prices[steps.clone()].iter().sum::<f64>() / steps.len().max(1) as f64;
        let (scale, unit) = shown(&self.economics.market.commodities[commodity.index()]);
        (mean * scale, unit)
    }

    /// `prices.csv`: the price paths of the run, without VAT.
    pub fn prices(&self) -> Vec<u8> {
        let mut table = Table::new(&["time", "commodity", "value", "unit"]);
        let starts = self.run.results.periods.iter().map(|step| step.index()).chain([self.run.model.horizon.steps]);
        let starts: Vec<usize> = starts.collect();
        for (period, steps) in starts.windows(2).enumerate() {
            let time = self.run.period(period);
            for (commodity, prices) in self.economics.market.commodities.iter().zip(&self.economics.prices) {
                let mean = prices[steps[0]..steps[1]].iter().sum::<f64>() / (steps[1] - steps[0]) as f64;
                let (scale, unit) = shown(commodity);
                table.row(&[&time, &commodity.name, &text(mean * scale), unit]);
            }
        }
        table.finish()
    }
}

/// From the base unit of a price to the one people write.
fn shown(commodity: &Commodity) -> (f64, &'static str) {
    match commodity.unit.as_str() {
        "CNY_2025/kWh" => (1e3, "CNY_2025/MWh"),
        "CNY_2025/yr" => (crate::base::units::Unit::parse("h").map_or(1.0, |hour| hour.to_base(1.0)), "CNY_2025/h"),
        _ => (1.0, "CNY_2025/t"),
    }
}
