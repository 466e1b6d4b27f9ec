//! The money of a run: what a plant was fed, used and made, at the prices of the run.
//!
//! A year's feed is spread over its steps as the plant treated each stream; within a year a stream has the year's mean
//! composition. So a statement has every step, from sums by year and the tonnes of each step: nothing is added to the step
//! loop. Amounts, products and residues are the route's own, by the linear flowsheet.
//!
//! [`PlantMoney::new`] is a pure function of the model, its economics and [`PlantFeed`]: it writes nothing and can be
//! called for any draw.

mod feed;
mod statement;
mod summary;
mod tables;

use super::Results;
use super::tables::Run;
pub use feed::PlantFeed;
pub use statement::{Account, Line, Statement};
pub use summary::SIGNS;

use crate::base::ids::{Id, PlantId};
use crate::model::Model;
use crate::money::cash_flow::{Asset, Year, cash_flow};
use crate::money::economics::{Economics, PlantTerms};
use crate::money::price::CommodityId;
use crate::money::roots::bisect;
use crate::money::worth;

/// What a plant is worth.
#[derive(Clone, Debug)]
pub struct PlantMoney {
    /// The plant.
    pub plant: PlantId,
    /// Its place in [`Economics::plants`].
    pub terms: usize,
    /// Everything earned and spent on running it.
    pub statement: Statement,
    /// What was built, by year of the cash flow.
    pub assets: Vec<Asset>,
    /// Cash flow by year, from [`Statement::first_year`] on.
    pub years: Vec<Year>,
    /// Net present value at the beginning of the cash flow, CNY.
    pub npv: f64,
    /// All internal rates of return, 1/yr: none, one or several.
    pub internal_rates: Vec<f64>,
    /// Years from the first flow until it has paid itself back; none: never.
    pub payback: Option<f64>,
    /// Owners' net present value with the loan, CNY; without one it is `npv`.
    pub equity_npv: f64,
    /// Levelised revenue and cost per tonne of feed.
    pub levelised: Levelised,
}

/// Present value of revenue and of each kind of cost over that of the tonnes fed, CNY/t, in is positive.
///
/// The levelised cost per tonne of feed is the sum of all costs: feed, running, capital less subsidy and salvage, closure
/// and inventories. Income tax is apart, so that revenue - cost - tax is the net present value per discounted tonne.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levelised {
    /// Revenue.
    pub revenue: f64,
    /// What the feed costs, gate fees taken off.
    pub feed: f64,
    /// All other costs of running that follow the tonnes.
    pub variable: f64,
    /// Costs of every year.
    pub fixed: f64,
    /// Capital, subsidy, salvage, closure, inventories.
    pub capital: f64,
    /// Income tax.
    pub tax: f64,
}

impl Levelised {
    /// The levelised cost per tonne of feed, CNY/t, above zero for a cost.
    pub fn cost(&self) -> f64 {
        -(self.feed + self.variable + self.fixed + self.capital)
    }

    /// What a tonne more brings before tax, CNY/t: below zero, more throughput makes it worse.
    pub fn contribution(&self) -> f64 {
        self.revenue + self.feed + self.variable
    }
}

/// The money of all plants of a run, to be written.
#[derive(Clone, Debug)]
pub struct Accounts<'a> {
    /// The run.
    pub run: Run<'a>,
    /// Its prices and terms.
    pub economics: &'a Economics,
    /// Plants on which something is spent or earned.
    pub plants: Vec<PlantMoney>,
}

impl<'a> Accounts<'a> {
    /// The money of a run.
    pub fn new(run: Run<'a>, economics: &'a Economics) -> Self {
        Self { run, economics, plants: plants(run.model, economics, run.results) }
    }

    /// The terms of a plant.
    pub fn terms(&self, money: &PlantMoney) -> &'a PlantTerms {
        &self.economics.plants[money.terms]
    }
}

/// The money of all plants whose terms are given and on which something is spent or earned.
pub fn plants(model: &Model, economics: &Economics, results: &Results) -> Vec<PlantMoney> {
    let of = |(place, terms): (usize, &PlantTerms)| {
        PlantMoney::new(model, economics, place, &PlantFeed::new(model, results, terms.plant))
    };
    economics.plants.iter().enumerate().filter_map(of).collect()
}

/// What is changed to find out what matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lever {
    /// The market price of a commodity, wherever it enters.
    Price(CommodityId),
    /// What all products bring.
    Revenue,
    /// What all feed costs.
    Feed,
    /// Everything else that running costs.
    Running,
    /// Capital.
    Capital,
}

/// Most that a price is multiplied by in search of a break-even.
const MOST: f64 = 100.0;

impl PlantMoney {
    /// The money of the plant at a place of [`Economics::plants`]; none if nothing is spent on it or earned within the horizon.
    pub fn new(model: &Model, economics: &Economics, place: usize, feed: &PlantFeed) -> Option<Self> {
        let terms = economics.plants.get(place)?;
        let statement = Statement::new(model, economics, terms, feed)?;
        let assets = assets(model, terms, &statement);
        let years = cash_flow(&terms.terms, &assets, &statement.operations(|_| 1.0));
        let rate = terms.terms.discount_rate;
        let free: Vec<f64> = years.iter().map(Year::free).collect();
        let equity: Vec<f64> = years.iter().map(Year::equity).collect();
        let levelised = levelised(terms, &statement, &years);
        Some(Self {
            plant: terms.plant,
            terms: place,
            npv: worth::net_present_value(&free, rate),
            internal_rates: worth::internal_rates(&free),
            payback: worth::discounted_payback(&free, rate),
            equity_npv: worth::net_present_value(&equity, rate),
            levelised,
            statement,
            assets,
            years,
        })
    }

    /// Net present value with a lever at a multiple of what it is.
    pub fn npv_with(&self, terms: &PlantTerms, lever: Lever, times: f64) -> f64 {
        let scale = |line: &Line| {
            let concerned = match lever {
                Lever::Price(commodity) => line.commodity == Some(commodity),
                Lever::Revenue => matches!(line.account, Account::Revenue | Account::RevenueCost),
                Lever::Feed => line.account == Account::Feed,
                Lever::Running => !matches!(line.account, Account::Revenue | Account::RevenueCost | Account::Feed),
                Lever::Capital => false,
            };
            if concerned { times } else { 1.0 }
        };
        let mut assets = self.assets.clone();
        if lever == Lever::Capital {
            for asset in &mut assets {
                asset.spent.iter_mut().for_each(|spent| *spent *= times);
                asset.subsidy *= times;
            }
        }
        let years = cash_flow(&terms.terms, &assets, &self.statement.operations(scale));
        let free: Vec<f64> = years.iter().map(Year::free).collect();
        worth::net_present_value(&free, terms.terms.discount_rate)
    }

    /// The multiple of a lever at which the net present value is zero; none if no multiple from 0 to 100 does it.
    pub fn break_even(&self, terms: &PlantTerms, lever: Lever) -> Option<f64> {
        let value = |times: f64| self.npv_with(terms, lever, times);
        // The nearest bracket on a fixed ladder around 1 is taken: the sign changes inside, so there is a root.
        let ladder = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, MOST];
        let values: Vec<f64> = ladder.iter().map(|times| value(*times)).collect();
        let crosses = |i: &usize| (values[*i] > 0.0) != (values[i + 1] > 0.0);
        let nearest = (0..ladder.len() - 1).filter(crosses).min_by(|a, b| {
            let far = |i: &usize| (ladder[*i] - 1.0).abs().min((ladder[i + 1] - 1.0).abs());
            far(a).total_cmp(&far(b))
        })?;
        Some(bisect(value, ladder[nearest], ladder[nearest + 1]))
    }

    /// Name of the plant's calendar year at a place of the cash flow.
    pub fn calendar_year(&self, place: usize) -> i32 {
        self.statement.first_year + place as i32
    }
}

/// What was built, by year of the cash flow.
fn assets(model: &Model, terms: &PlantTerms, statement: &Statement) -> Vec<Asset> {
    let horizon = &model.horizon;
    let year_of = |step: usize| {
        let year = horizon.calendar_year(horizon.year_of(crate::base::ids::StepId::new(step)));
        usize::try_from(year - statement.first_year).unwrap_or(0)
    };
    let asset = |building: &crate::money::economics::Building| {
        let mut spent = vec![0.0; statement.years];
        for (step, share) in building.spending.iter().enumerate().filter(|(_, share)| **share != 0.0) {
            if let Some(sum) = spent.get_mut(year_of(step)) {
                *sum += share * building.capital;
            }
        }
        Asset {
            spent,
            opens: building.opens.map_or(usize::MAX, |step| year_of(step.index())),
            subsidy: building.subsidy,
        }
    };
    terms.buildings.iter().map(asset).collect()
}

fn levelised(terms: &PlantTerms, statement: &Statement, years: &[Year]) -> Levelised {
    let rate = terms.terms.discount_rate;
    let tonnes = worth::net_present_value(&statement.treated, rate);
    if tonnes <= 0.0 {
        return Levelised::default();
    }
    let of_lines = |wanted: &dyn Fn(Account) -> bool| {
        let mut sums = vec![0.0; statement.years];
        for line in statement.lines.iter().filter(|line| wanted(line.account)) {
            for (sum, value) in sums.iter_mut().zip(&line.by_year) {
                *sum += value;
            }
        }
        worth::net_present_value(&sums, rate) / tonnes
    };
    let of_years = |pick: &dyn Fn(&Year) -> f64| {
        worth::net_present_value(&years.iter().map(pick).collect::<Vec<_>>(), rate) / tonnes
    };
    Levelised {
        revenue: of_lines(&|account| account == Account::Revenue),
        feed: of_lines(&|account| account == Account::Feed),
        variable: of_lines(&|account| !matches!(account, Account::Revenue | Account::Feed | Account::Fixed)),
        fixed: of_lines(&|account| account == Account::Fixed),
        capital: of_years(&|year| year.capital + year.subsidy + year.working_capital + year.salvage + year.closure),
        tax: of_years(&|year| year.tax),
    }
}
