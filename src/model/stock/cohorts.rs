//! Inflow-driven stocks, and the walk through a stock's cohorts.
//!
//! `stock[t,c] = inflow[c] sf[t,c] kept[c+1] .. kept[t]`, where `kept` is 1 except in steps of early retirement;
//! `outflow[c,c] = inflow[c] - stock[c,c]`, `outflow[t,c] = stock[t-1,c] - stock[t,c]`.
//! Stocks by cohort are not stored: they follow from the inflow as the walk goes.

use super::shortfall::{StockError, check_series};
use super::survival::Survival;

/// A stock by cohort: its inflow and the sums over cohorts of stock and outflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohorts {
    survival: Survival,
    books: Books,
}

/// The series of a stock.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Books {
    /// Cohorts that were there before the first step.
    past: usize,
    /// By cohort.
    inflow: Vec<f64>,
    stock: Vec<f64>,
    outflow: Vec<f64>,
    /// By step: the share of every older cohort that early retirement leaves.
    kept: Vec<f64>,
}

/// All cohorts at one step of a walk.
#[derive(Clone, Copy, Debug)]
pub struct CohortStep<'a> {
    /// The step, from 0.
    pub step: usize,
    /// Stock at the end of the step, by cohort, the oldest first; the newest is the inflow of this step.
    pub stock: &'a [f64],
    /// What left during the step, by cohort.
    pub outflow: &'a [f64],
}

/// The state of a stock from step to step. Cohorts and steps count from the oldest cohort.
pub(super) struct Walk<'a> {
    survival: &'a Survival,
    /// By cohort: the inflow, less what early retirement took.
    amount: Vec<f64>,
    pub stock: Vec<f64>,
    pub outflow: Vec<f64>,
}

impl<'a> Walk<'a> {
    pub fn new(survival: &'a Survival) -> Self {
        Self { survival, amount: vec![], stock: vec![], outflow: vec![] }
    }

    /// The next step of all cohorts so far; returns the sum of what is still there.
    pub fn age(&mut self) -> f64 {
        let now = self.stock.len();
        for (cohort, ((amount, stock), outflow)) in
            self.amount.iter().zip(&mut self.stock).zip(&mut self.outflow).enumerate()
        {
            let left = amount * self.survival.share(cohort, now - cohort);
            *outflow = *stock - left;
            *stock = left;
        }
        self.stock.iter().sum()
    }

    /// Takes the same share out of every cohort, for good.
    pub fn retire_early(&mut self, kept: f64) {
        for ((amount, stock), outflow) in self.amount.iter_mut().zip(&mut self.stock).zip(&mut self.outflow) {
            *amount *= kept;
            let left = *stock * kept;
            *outflow += *stock - left;
            *stock = left;
        }
    }

    /// Adds the cohort of this step.
    pub fn enter(&mut self, inflow: f64) {
        let left = inflow * self.survival.share(self.stock.len(), 0);
        self.amount.push(inflow);
        self.stock.push(left);
        self.outflow.push(inflow - left);
    }

    /// Adds a cohort of before the first step, whatever it has lost since.
    pub fn enter_past(&mut self, inflow: f64, stock: f64) {
        self.amount.push(inflow);
        self.stock.push(stock);
        self.outflow.push(0.0);
    }
}

impl Books {
    /// Books of a stock that so far has cohorts of before the first step.
    pub fn of_past(inflow: Vec<f64>) -> Self {
        Self { past: inflow.len(), inflow, stock: vec![], outflow: vec![], kept: vec![] }
    }

    /// Books a step: the walk as it stands at its end.
    pub fn book(&mut self, walk: &Walk<'_>, inflow: f64, kept: f64) {
        self.inflow.push(inflow);
        self.kept.push(kept);
        self.stock.push(walk.stock.iter().sum());
        self.outflow.push(walk.outflow.iter().sum());
    }
}

impl Cohorts {
    pub(super) fn new(survival: Survival, books: Books) -> Self {
        Self { survival, books }
    }

    /// Inflow by step.
    pub fn inflow(&self) -> &[f64] {
        self.books.inflow.get(self.books.past..).unwrap_or(&[])
    }

    /// Inflow of the cohorts that were there before the first step, as far as their initial stock tells it.
    pub fn past_inflow(&self) -> &[f64] {
        self.books.inflow.get(..self.books.past).unwrap_or(&[])
    }

    /// Stock at the end of each step.
    pub fn stock(&self) -> &[f64] {
        &self.books.stock
    }

    /// Outflow by step.
    pub fn outflow(&self) -> &[f64] {
        &self.books.outflow
    }

    /// The share of every older cohort that early retirement leaves, by step; 1 where it takes nothing.
    pub fn kept(&self) -> &[f64] {
        &self.books.kept
    }

    /// Walks through all steps and shows every cohort. Memory for one step only.
    pub fn walk(&self, mut see: impl FnMut(CohortStep<'_>)) {
        let mut walk = Walk::new(&self.survival);
        for (cohort, inflow) in self.past_inflow().iter().enumerate() {
            let age = self.books.past - 1 - cohort;
            walk.enter_past(*inflow, inflow * self.survival.share(cohort, age));
        }
        for (step, (inflow, kept)) in self.inflow().iter().zip(&self.books.kept).enumerate() {
            walk.age();
            if *kept != 1.0 {
                walk.retire_early(*kept);
            }
            walk.enter(*inflow);
            see(CohortStep { step, stock: &walk.stock, outflow: &walk.outflow });
        }
    }
}

/// Stock and outflow that follow from an inflow, one value for each cohort of `survival`. A negative inflow is a
/// withdrawal: it ages like any other.
pub fn inflow_driven(inflow: &[f64], survival: Survival) -> Result<Cohorts, StockError> {
    check_series(inflow, survival.steps())?;
    let mut books = Books::of_past(vec![]);
    let mut walk = Walk::new(&survival);
    for inflow in inflow {
        walk.age();
        walk.enter(*inflow);
        books.book(&walk, *inflow, 1.0);
    }
    Ok(Cohorts::new(survival, books))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lifetime::Lifetime;
    use crate::model::stock::InflowAt;

    #[test]
    fn a_fixed_life_keeps_the_last_inflows() {
        let survival = Survival::constant(&Lifetime::Fixed { life: 2.0 }, 4, InflowAt::End);
        let cohorts = inflow_driven(&[1.0, 2.0, 3.0, 4.0], survival).unwrap();
        assert_eq!((cohorts.stock(), cohorts.outflow()), (&[1.0, 3.0, 5.0, 7.0][..], &[0.0, 0.0, 1.0, 2.0][..]));
        let mut seen = vec![];
        cohorts.walk(|at| seen.push((at.step, at.stock.to_vec(), at.outflow.to_vec())));
        assert_eq!(seen[2], (2, vec![0.0, 2.0, 3.0], vec![1.0, 0.0, 0.0]));
    }

    #[test]
    fn a_constant_inflow_fills_the_sum_of_its_survivals() {
        let (lifetime, steps) = (Lifetime::Weibull { shape: 2.5, scale: 4.0 }, 40);
        for inflow_at in ["end", "mid", "start", "spread:5"].map(|text| text.parse().unwrap()) {
            let survival = Survival::constant(&lifetime, steps, inflow_at);
            let closed: f64 = survival.row(0).iter().sum();
            let cohorts = inflow_driven(&vec![3.0; steps], survival).unwrap();
            assert!((cohorts.stock()[steps - 1] - 3.0 * closed).abs() < 1e-13);
        }
    }

    #[test]
    fn impossible_series_are_refused() {
        let survival = || Survival::constant(&Lifetime::Fixed { life: 2.0 }, 2, InflowAt::End);
        assert_eq!(inflow_driven(&[1.0], survival()), Err(StockError::Length { expected: 2, found: 1 }));
        assert!(matches!(inflow_driven(&[1.0, f64::NAN], survival()), Err(StockError::Amount { step: 1, .. })));
    }
}
