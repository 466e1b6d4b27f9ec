//! Stocks by cohort: what entered in a step, and how much of it is still there at the end of a later one.
//!
//! Flows happen during step `t`, stocks are measured at its end, and cohort `c` is the inflow of step `c`. With the share
//! `sf[t,c]` still in stock ([`Survival`], by lifetime and [`InflowAt`]):
//!
//! ```text
//! stock[t,c]   = inflow[c] sf[t,c]
//! outflow[c,c] = inflow[c] - stock[c,c]          outflow[t,c] = stock[t-1,c] - stock[t,c]
//! inflow[t] - outflow[t] = stock[t] - stock[t-1] for the sums over cohorts
//! ```
//!
//! | file | question |
//! |---|---|
//! | [`inflow_driven`] | what stock and outflow follow from an inflow? |
//! | [`stock_driven`] | what inflow holds a target stock, and what if the target falls too fast? |
//! | [`product`] | the same for a product and the component inside it, each with its own lifetime |
//! | [`streams`] | the first question for many Weibull streams at once, as fast as the machine goes |
//!
//! The conventions are those of the field's dynamic stock models (Müller 2006; Pauliuk and Heeren 2020, ODYM; flodym), to
//! rounding. Ages are counted in steps.

mod cohorts;
pub mod exp2;
mod inflow_at;
mod lobatto;
pub mod product;
mod shortfall;
pub mod streams;
mod survival;
mod target;

pub use cohorts::{CohortStep, Cohorts, inflow_driven};
pub use inflow_at::{Entry, InflowAt, MOST_NODES, Nodes, UnknownInflowAt};
pub use shortfall::{OnShortfall, StockError, UnknownOnShortfall};
pub use survival::Survival;
pub use target::{Past, stock_driven};
pub(super) use target::{Refusal, answer};
