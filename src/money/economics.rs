//! The terms of a plant: what a scenario says about money, resolved to ids and base units.

use super::cash_flow::Terms;
use super::price::{CommodityId, Market, Prices};
use crate::base::ids::{Id, PlantId, StepId, SubstanceId};

/// What a scenario says about money.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Economics {
    /// Prices.
    pub market: Market,
    /// The price paths of this run.
    pub prices: Prices,
    /// The plants whose money is followed.
    pub plants: Vec<PlantTerms>,
}

/// So much of a commodity's price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// The commodity.
    pub commodity: CommodityId,
    /// Times its price.
    pub factor: f64,
}

impl Quote {
    /// The price in a step.
    pub fn at(&self, prices: &Prices, step: usize) -> f64 {
        self.factor * prices[self.commodity.index()][step]
    }
}

/// A share of the value of a substance that is in a tonne.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payable {
    /// The substance.
    pub substance: SubstanceId,
    /// Price of a tonne of it.
    pub quote: Quote,
}

/// What feed of a form and chemistry costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedTerms {
    /// Paid per tonne.
    pub price: Option<Quote>,
    /// Received per tonne.
    pub gate_fee: Option<Quote>,
    /// Paid for what is in it.
    pub payables: Vec<Payable>,
}

/// What happens to what leaves a plant.
#[derive(Clone, Debug, PartialEq)]
pub enum Outlet {
    /// Nothing that costs or earns.
    Free,
    /// It is sold per tonne as the compound it is sold as, by the chemistry it came from.
    Sold(Vec<Quote>),
    /// It is sold for what is in it, by the chemistry it came from.
    SoldByContent(Vec<Vec<Payable>>),
    /// Getting rid of it costs so much per tonne.
    Disposed(f64),
}

/// A plant, or an addition to it, as something that is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Building {
    /// What it is.
    pub name: String,
    /// Its capital, CNY.
    pub capital: f64,
    /// Share of the capital by step.
    pub spending: Vec<f64>,
    /// When it opens; none: not within the horizon.
    pub opens: Option<StepId>,
    /// Equipment subsidy, CNY.
    pub subsidy: f64,
}

/// A cost in proportion to something.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// What it is for.
    pub name: String,
    /// CNY per tonne of feed, or per CNY of revenue.
    pub amount: f64,
}

/// A cost of every year.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedCost {
    /// What it is for.
    pub name: String,
    /// By step: CNY/yr, or a part of the capital per year.
    pub amount: Vec<f64>,
    /// Whether it is a part of the capital.
    pub of_capital: bool,
}

/// The terms of a plant.
#[derive(Clone, Debug, PartialEq)]
pub struct PlantTerms {
    /// The plant.
    pub plant: PlantId,
    /// Terms of the appraisal.
    pub terms: Terms,
    /// What is built.
    pub buildings: Vec<Building>,
    /// What happens to the output of each sink.
    pub sinks: Vec<Outlet>,
    /// Names of the sinks, without their kind.
    pub names: Vec<String>,
    /// Names of the amounts.
    pub amount_names: Vec<String>,
    /// Price of each amount used or given off, in the unit it is counted in; none: it costs nothing.
    pub amounts: Vec<Option<AmountPrice>>,
    /// What feed costs: form x chemistry.
    pub feed: Vec<FeedTerms>,
    /// Freight by stream, CNY/t.
    pub freight: Vec<f64>,
    /// Supervision, social insurance and administration over labour cost.
    pub labour_overhead: f64,
    /// Costs per year, from opening to closing.
    pub fixed: Vec<FixedCost>,
    /// Costs per tonne of feed.
    pub per_tonne: Vec<Share>,
    /// Costs per revenue.
    pub of_revenue: Vec<Share>,
    /// Products that wait to be paid for, years of revenue.
    pub products_held: f64,
    /// Reagents in store, years of use.
    pub inputs_held: f64,
}

/// Price of an amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AmountPrice {
    /// It is bought.
    Bought(Quote),
    /// Getting rid of it costs so much per tonne.
    Disposed(f64),
}
