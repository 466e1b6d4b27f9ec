//! What running a plant earns and costs, line by line and step by step.

use super::PlantFeed;
use crate::base::ids::{ChemistryId, Id, StepId};
use crate::model::Model;
use crate::model::plant::calendar::{Phase, Running};
use crate::model::plant::{FeedStream, Plant};
use crate::money::cash_flow::Operations;
use crate::money::economics::{AmountPrice, Economics, FeedTerms, Outlet, Payable, PlantTerms, Quote};
use crate::money::price::{CommodityId, Prices};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// Products sold.
    Revenue,
    /// Feed bought, or taken for a fee.
    Feed,
    /// Feed carried to the plant.
    Freight,
    /// Reagents, energy, water, labour with what it brings along.
    Inputs,
    /// Residues, emissions and releases got rid of.
    Disposal,
    /// Costs per tonne of feed.
    PerTonne,
    /// Costs per revenue.
    RevenueCost,
    /// Costs of every year.
    Fixed,
}

impl Account {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 8] = [
        Self::Revenue,
        Self::Feed,
        Self::Freight,
        Self::Inputs,
        Self::Disposal,
        Self::PerTonne,
        Self::RevenueCost,
        Self::Fixed,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Feed => "feed",
            Self::Freight => "freight",
            Self::Inputs => "inputs",
            Self::Disposal => "disposal",
            Self::PerTonne => "cost_per_tonne",
            Self::RevenueCost => "cost_of_revenue",
            Self::Fixed => "fixed_cost",
        }
    }
}

/// A line of the statement; in is positive, out negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is about.
    pub account: Account,
    /// Which product, stream, input, residue or cost.
    pub item: String,
    /// The commodity whose price it is proportional to.
    pub commodity: Option<CommodityId>,
    /// CNY by step of the horizon.
    pub by_step: Vec<f64>,
    /// CNY by year, from the first year of the cash flow on.
    pub by_year: Vec<f64>,
}

/// What running a plant earns and costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The first calendar year of the cash flow: of the first spending, or of the first running.
    pub first_year: i32,
    /// Years from there to the end of the horizon, or until the plant has closed.
    pub years: usize,
    /// The lines.
    pub lines: Vec<Line>,
    /// t of feed by year.
    pub treated: Vec<f64>,
    /// Years of feed that lie in the yard at the end of each year.
    feed_held: Vec<f64>,
    /// Years of revenue and of inputs that are held.
    held: [f64; 2],
}

/// Lines under construction.
struct Lines<'a> {
    prices: &'a Prices,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn line(&mut self, account: Account, item: &str, commodity: Option<CommodityId>) -> &mut Line {
        let same = |line: &Line| line.account == account && line.commodity == commodity && line.item == item;
        let at = self.lines.iter().position(same).unwrap_or_else(|| {
            let by_step = vec![0.0; self.prices.first().map_or(0, Vec::len)];
            self.lines.push(Line { account, item: item.to_owned(), commodity, by_step, by_year: Vec::new() });
            self.lines.len() - 1
        });
        &mut self.lines[at]
    }

    /// An amount spread over steps, at a price.
    fn priced(&mut self, account: Account, item: &str, quote: Quote, amount: f64, spread: &[(usize, f64)]) {
        if amount == 0.0 {
            return;
        }
        let prices = self.prices;
        let line = self.line(account, item, Some(quote.commodity));
        for (step, share) in spread {
            line.by_step[*step] += amount * share * quote.at(prices, *step);
        }
    }

    /// An amount of money spread over steps.
    fn plain(&mut self, account: Account, item: &str, amount: f64, spread: &[(usize, f64)]) {
        if amount == 0.0 {
            return;
        }
        let line = self.line(account, item, None);
        for (step, share) in spread {
            line.by_step[*step] += amount * share;
        }
    }
}

impl Statement {
    /// The statement of a plant; none if nothing is ever spent on it or fed to it.
    pub fn new(model: &Model, economics: &Economics, terms: &PlantTerms, feed: &PlantFeed) -> Option<Self> {
        let plant = &model.plants[terms.plant.index()];
        let horizon = &model.horizon;
        let standing = plant.running.iter().position(Running::is_standing);
        let building = terms.buildings.iter().filter_map(|b| b.spending.iter().position(|share| *share != 0.0)).min();
        let first = standing.into_iter().chain(building).min()?;
        // A plant that closes has its last year then.
        let last = match plant.running.iter().rposition(Running::is_standing) {
            Some(last) if plant.running[last + 1..].iter().any(|r| r.phase == Phase::Closed) => last,
            _ => horizon.steps - 1,
        };
        let year = |step: usize| horizon.calendar_year(horizon.year_of(StepId::new(step)));
        let first_year = year(first);
        let years = usize::try_from(year(last) - first_year + 1).unwrap_or(0);

        let mut lines = Lines { prices: &economics.prices, lines: Vec::new() };
        run_costs(model, terms, plant, feed, &mut lines);
        fixed_costs(model, terms, plant, &mut lines);
        revenue_costs(terms, &mut lines);
        let mut lines = lines.lines;
        let place = |step: usize| usize::try_from(year(step) - first_year).ok().filter(|place| *place < years);
        let by_year = |by_step: &[f64]| {
            let mut sums = vec![0.0; years];
            for (step, value) in by_step.iter().enumerate() {
                if let Some(place) = place(step) {
                    sums[place] += value;
                }
            }
            sums
        };
        for line in &mut lines {
            line.by_year = by_year(&line.by_step);
        }
        lines.sort_by_key(|line| line.account);
        let tonnes: Vec<f64> = feed.treated.iter().map(|by_stream| by_stream.iter().sum()).collect();
        let treated = by_year(&tonnes);
        let mut feed_held = vec![0.0; years];
        for (step, yard) in feed.yard.iter().enumerate().filter(|(step, _)| horizon.closes_year(StepId::new(*step))) {
            if let Some(place) = place(step).filter(|place| treated[*place] > 0.0) {
                feed_held[place] = yard / treated[place];
            }
        }
        let held = [terms.products_held, terms.inputs_held];
        Some(Self { first_year, years, lines, treated, feed_held, held })
    }

    /// Sum of an account by year, CNY.
    pub fn account(&self, account: Account) -> Vec<f64> {
        self.scaled(account, &|_| 1.0)
    }

    fn scaled(&self, account: Account, scale: &dyn Fn(&Line) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.years];
        for line in self.lines.iter().filter(|line| line.account == account) {
            let times = scale(line);
            for (sum, value) in sums.iter_mut().zip(&line.by_year) {
                *sum += times * value;
            }
        }
        sums
    }

    /// Operating surplus and inventories, each line times a factor.
    ///
    /// Inventories are revenue not yet paid for, reagents in store, and the feed that lies in the yard at the mean cost of
    /// the year's feed; feed that is taken for a fee is an advance and lowers them.
    pub fn operations(&self, scale: impl Fn(&Line) -> f64) -> Operations {
        let by_account = Account::ALL.map(|account| self.scaled(account, &scale));
        let of = |account: Account, year: usize| by_account[account as usize][year];
        let surplus = (0..self.years).map(|year| Account::ALL.iter().map(|account| of(*account, year)).sum());
        let working_capital = (0..self.years).map(|year| {
            let [products, inputs] = self.held;
            products * of(Account::Revenue, year)
                - inputs * of(Account::Inputs, year)
                - self.feed_held[year] * (of(Account::Feed, year) + of(Account::Freight, year))
        });
        Operations { surplus: surplus.collect(), working_capital: working_capital.collect() }
    }
}

/// Everything in proportion to what is fed.
fn run_costs(model: &Model, terms: &PlantTerms, plant: &Plant, feed: &PlantFeed, lines: &mut Lines<'_>) {
    let (chemistries, width) = (model.size.chemistries, model.size.width());
    let mut fed = vec![vec![0.0; width]; plant.flowsheet.entries.len()];
    for (period, masses) in feed.mass.iter().enumerate() {
        let steps = feed.starts[period]..feed.starts[period + 1];
        for stream in FeedStream::ALL {
            let treated = |step: usize| feed.treated[step][stream as usize];
            let total: f64 = steps.clone().map(treated).sum();
            if total <= 0.0 {
                continue;
            }
            let spread: Vec<(usize, f64)> =
                steps.clone().map(|step| (step, treated(step) / total)).filter(|(_, share)| *share > 0.0).collect();
            let start = stream as usize * chemistries * width;
            let of_stream = &masses[start..start + chemistries * width];
            for fed in &mut fed {
                fed.fill(0.0);
            }
            let mut tonnes = 0.0;
            for (chemistry, mass) in of_stream.chunks_exact(width).enumerate() {
                let Some(line) = plant.line_of[chemistry] else { continue };
                if mass.iter().all(|mass| *mass == 0.0) {
                    continue;
                }
                tonnes += mass.iter().sum::<f64>();
                let form = plant.form(stream);
                buy(&terms.feed[form as usize * chemistries + chemistry], stream, mass, &spread, lines);
                let entry = Plant::entry(line, form);
                sell(terms, plant, entry, ChemistryId::new(chemistry), mass, &spread, lines);
                for (sum, mass) in fed[entry].iter_mut().zip(mass) {
                    *sum += mass;
                }
            }
            lines.plain(Account::Freight, stream.name(), -tonnes * terms.freight[stream as usize], &spread);
            for cost in &terms.per_tonne {
                lines.plain(Account::PerTonne, &cost.name, -tonnes * cost.amount, &spread);
            }
            use_up(terms, plant, &fed, &spread, lines);
        }
    }
}

/// Feed is paid for by the tonne and by what is in it, or taken for a fee.
fn buy(terms: &FeedTerms, stream: FeedStream, mass: &[f64], spread: &[(usize, f64)], lines: &mut Lines<'_>) {
    let tonnes: f64 = mass.iter().sum();
    if let Some(price) = terms.price {
        lines.priced(Account::Feed, stream.name(), price, -tonnes, spread);
    }
    if let Some(fee) = terms.gate_fee {
        lines.priced(Account::Feed, stream.name(), fee, tonnes, spread);
    }
    for Payable { substance, quote } in &terms.payables {
        lines.priced(Account::Feed, stream.name(), *quote, -mass[substance.index()], spread);
    }
}

/// Products of feed of one chemistry.
fn sell(
    terms: &PlantTerms,
    plant: &Plant,
    entry: usize,
    chemistry: ChemistryId,
    mass: &[f64],
    spread: &[(usize, f64)],
    lines: &mut Lines<'_>,
) {
    let shares = &plant.flowsheet.entries[entry].sinks;
    for (index, outlet) in terms.sinks.iter().enumerate() {
        let content = |s: usize| mass[s] * shares.get(s).map_or(0.0, |shares| shares[index]);
        let name = &terms.names[index];
        match outlet {
            Outlet::Sold(quotes) => {
                let tonnes = plant.compounds[index].map_or_else(
                    || (0..mass.len()).map(content).sum(),
                    |compound| content(compound.element.index()) * compound.mass,
                );
                lines.priced(Account::Revenue, name, quotes[chemistry.index()], tonnes, spread);
            }
            Outlet::SoldByContent(payables) => {
                for Payable { substance, quote } in &payables[chemistry.index()] {
                    lines.priced(Account::Revenue, name, *quote, content(substance.index()), spread);
                }
            }
            Outlet::Disposed(cost) => {
                let tonnes: f64 = (0..mass.len()).map(content).sum();
                lines.plain(Account::Disposal, name, -tonnes * cost, spread);
            }
            Outlet::Free => {}
        }
    }
}

/// Reagents, energy, water and labour, and what is given off beside the outlets.
fn use_up(terms: &PlantTerms, plant: &Plant, fed: &[Vec<f64>], spread: &[(usize, f64)], lines: &mut Lines<'_>) {
    for ((amount, price), name) in plant.amounts.iter().zip(&terms.amounts).zip(&terms.amount_names) {
        match price {
            Some(AmountPrice::Bought(quote)) => {
                let used = amount.of(fed);
                lines.priced(Account::Inputs, name, *quote, -used, spread);
                if name == "labour" {
                    lines.priced(Account::Inputs, "labour_overhead", *quote, -used * terms.labour_overhead, spread);
                }
            }
            Some(AmountPrice::Disposed(cost)) => {
                lines.plain(Account::Disposal, name, -amount.of(fed) * cost, spread);
            }
            None => {}
        }
    }
}

/// Costs of every year in which the plant stands.
fn fixed_costs(model: &Model, terms: &PlantTerms, plant: &Plant, lines: &mut Lines<'_>) {
    let dt = model.horizon.dt();
    for cost in &terms.fixed {
        let line = lines.line(Account::Fixed, &cost.name, None);
        for (step, amount) in cost.amount.iter().enumerate().filter(|(step, _)| plant.running[*step].is_standing()) {
            let open = |opens: Option<StepId>| opens.is_some_and(|opens| opens.index() <= step);
            let capital: f64 = terms.buildings.iter().filter(|b| open(b.opens)).map(|b| b.capital).sum();
            line.by_step[step] -= amount * dt * if cost.of_capital { capital } else { 1.0 };
        }
    }
}

/// Costs in proportion to revenue follow the prices of what is sold.
fn revenue_costs(terms: &PlantTerms, lines: &mut Lines<'_>) {
    let revenue: Vec<Line> = lines.lines.iter().filter(|line| line.account == Account::Revenue).cloned().collect();
    for cost in &terms.of_revenue {
        for sold in &revenue {
            let line = lines.line(Account::RevenueCost, &cost.name, sold.commodity);
            for (sum, value) in line.by_step.iter_mut().zip(&sold.by_step) {
                *sum -= cost.amount * value;
            }
        }
    }
}
