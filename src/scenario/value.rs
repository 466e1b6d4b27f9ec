//! Values as they were understood: checked, in base units.

use super::check::Said;
use super::table::CsvTable;
use crate::base::series::Series;
use crate::base::units::{Dimension, Unit};
use crate::model::lifetime::SurvivalCurve;
use std::sync::Arc;

/// The value of a key.
#[derive(Clone, Debug)]
pub enum Parsed {
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    /// Text by language.
    Localised(Vec<(String, String)>),
    List(Vec<String>),
    Numbers(Vec<f64>),
    Month(i32, u32),
    Series(Series),
    /// `"rest"`; with the series it amounts to, where the other shares of its group say it.
    Rest(Option<Series>),
    Mix(Mix),
    ByName(ByName<Series>),
    /// Survival by age; one of all names has only a default.
    Survival(ByName<Arc<SurvivalCurve>>),
    Csv(CsvTable),
    Rates(Vec<Rate>),
    /// A parameter as it was said; what it acts on shows when all is read.
    Parameter(Box<Said>),
    /// In base units, and what it measures.
    Limit(f64, Dimension),
}

/// An amount per mass that passes a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// In base units.
    pub value: f64,
    /// The substance whose mass counts; none: all of the unit's input.
    pub per: Option<String>,
    /// As it was written.
    pub unit: Unit,
    /// By which outlets leaves what is no tracked substance of it.
    pub leaves: Option<Mix>,
}

/// A value for each name, with one for all others.
#[derive(Clone, Debug)]
pub struct ByName<T> {
    pub names: Vec<(String, T)>,
    pub default: Option<T>,
}

impl<T> ByName<T> {
    /// The same value for all names.
    pub fn all(value: T) -> Self {
        Self { names: Vec::new(), default: Some(value) }
    }

    /// The value for a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.names.iter().find(|(n, _)| n == name).map(|(_, s)| s).or(self.default.as_ref())
    }
}

/// Shares by name over time that sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    shares: Vec<(String, Series)>,
    /// The share that gives way; without one it is the largest at the moment.
    rest: Option<usize>,
}

impl Mix {
    /// A mix from shares that have been checked to sum to 1. `rest` is the position of the share given as `"rest"`.
    pub(super) fn new(shares: Vec<(String, Series)>, rest: Option<usize>) -> Self {
        Self { shares, rest }
    }

    /// All of one name.
    pub(super) fn all(name: &str) -> Self {
        Self { shares: vec![(name.to_owned(), Series::constant(1.0))], rest: Some(0) }
    }

    /// The shares in file order; `"rest"` stands as the series it amounts to.
    #[must_use]
    pub fn shares(&self) -> &[(String, Series)] {
        &self.shares
    }

    pub(super) fn shares_mut(&mut self) -> &mut [(String, Series)] {
        &mut self.shares
    }

    /// The name of the share given as `"rest"`.
    pub(super) fn rest(&self) -> Option<&str> {
        self.rest.and_then(|rest| self.shares.get(rest)).map(|(name, _)| name.as_str())
    }

    /// The names in file order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shares.iter().map(|(name, _)| name.as_str())
    }

    /// The shares at a moment (in years), in the order of [`Mix::names`].
    ///
    /// One share is formed as `1 - sum(others)`, so that adding it to the sum of the others gives exactly 1 and no
    /// rounding leaks mass: the one given as `"rest"`, else the largest.
    #[must_use]
    pub fn at(&self, time: f64) -> Vec<f64> {
        let mut shares: Vec<f64> = self.shares.iter().map(|(_, series)| series.at(time)).collect();
        let largest = || (0..shares.len()).reduce(|best, i| if shares.get(i) > shares.get(best) { i } else { best });
        if let Some(closing) = self.rest.or_else(largest) {
            let others: f64 = shares.iter().enumerate().filter(|(i, _)| *i != closing).map(|(_, share)| share).sum();
            if let Some(share) = shares.get_mut(closing) {
                *share = (1.0 - others).max(0.0);
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::series::{Before, Then};

    #[test]
    fn a_mix_sums_to_one_between_its_years() {
        let series = |a, b| Series::new(vec![(2020, a), (2030, b)], Before::Hold, Then::Hold).unwrap();
        let mix = Mix::new(
            vec![("a".into(), series(0.1, 0.3)), ("b".into(), series(0.2, 0.6)), ("c".into(), series(0.7, 0.1))],
            None,
        );
        for step in 0..400 {
            let shares = mix.at(2018.0 + f64::from(step) / 24.0);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        }
    }
}
