//! A plant's cash flow year by year, and what it adds up to.

use super::{Context, Figure, source};
use crate::charts::{ChartError, Line, Lines, Series};
use crate::money::cash_flow::Year;
use crate::results::money::{Account, Accounts, PlantMoney};

/// Figures of all plants.
pub fn all(accounts: &Accounts<'_>, context: &Context<'_>) -> Result<Vec<Figure>, ChartError> {
    let mut figures = Vec::new();
    for money in &accounts.plants {
        let plant = accounts.run.catalog.plant(money.plant);
        let drawn = [
            ("cash_flow", cash_flow(accounts, money, context)),
            ("net_present_value", net_present_value(accounts, money, context)),
        ];
        for (name, chart) in drawn {
            figures.push(Figure { name: format!("{name}_{plant}"), svg: chart.svg()? });
        }
    }
    Ok(figures)
}

fn years(money: &PlantMoney) -> Vec<f64> {
    (0..money.years.len()).map(|place| f64::from(money.calendar_year(place))).collect()
}

/// Revenue, cost of feed, other running cost, capital and what is left, million CNY a year.
fn cash_flow(accounts: &Accounts<'_>, money: &PlantMoney, context: &Context<'_>) -> Lines {
    let millions = |values: Vec<f64>| values.into_iter().map(|value| value / 1e6).collect::<Vec<_>>();
    let of = |account| money.statement.account(account);
    let (revenue, feed) = (of(Account::Revenue), of(Account::Feed));
    let running = money.years.iter().zip(revenue.iter().zip(&feed)).map(|(year, (r, f))| year.surplus - r - f);
    let pick = |pick: fn(&Year) -> f64| money.years.iter().map(pick).collect::<Vec<_>>();
    let lines = [
        ("revenue", revenue.clone(), false),
        ("feed", feed.clone(), false),
        ("other running cost", running.collect(), false),
        ("capital less subsidy", pick(|year| year.capital + year.subsidy), false),
        ("income tax", pick(|year| year.tax), false),
        ("free cash flow", pick(Year::free), true),
    ];
    Lines {
        title: format!("Plant {}: cash flow", accounts.run.catalog.plant(money.plant)),
        subtitle: context.title.to_owned(),
        x_label: "Year".to_owned(),
        y_label: "million CNY of 2025 a year, in is positive".to_owned(),
        x: years(money),
        lines: lines
            .into_iter()
            .map(|(name, values, dashed)| Line { series: Series::new(name, millions(values)), dashed })
            .collect(),
        footnote: format!(
            "Without VAT, real. In the last year inventories are sold and the plant is closed. {}",
            source(&accounts.run)
        ),
        ..Lines::default()
    }
}

/// Running sums of the free cash flow, discounted and not.
fn net_present_value(accounts: &Accounts<'_>, money: &PlantMoney, context: &Context<'_>) -> Lines {
    let rate = accounts.terms(money).terms.discount_rate;
    let free: Vec<f64> = money.years.iter().map(|year| year.free() / 1e6).collect();
    let sums = |rate| crate::money::worth::cumulative(&free, rate);
    let plain = Series::new("cumulative cash flow", sums(0.0));
    Lines {
        title: format!("Plant {}: net present value", accounts.run.catalog.plant(money.plant)),
        subtitle: context.title.to_owned(),
        x_label: "Year".to_owned(),
        y_label: "million CNY of 2025, summed from the first year".to_owned(),
        x: years(money),
        lines: vec![
            Series::new(format!("discounted at {} %", rate * 100.0), sums(rate)).into(),
            Line { series: plain, dashed: true },
        ],
        footnote: format!("Real, after tax, unlevered. {}", source(&accounts.run)),
        ..Lines::default()
    }
}
