//! What is uncertain in a scenario, as it was said and checked: parameters, what each acts on, how many draws.

use super::source::Origin;
use super::value::{Mix, Parsed};
use crate::base::series::Series;
use crate::sampling::{Column, Copula, Design, Distribution, Sampler};

/// What a draw does to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Multiplies it.
    Multiply,
    /// Adds to it.
    Add,
    /// Takes its place.
    Replace,
}

impl Op {
    /// The signs in scenarios.
    pub const SIGNS: [(&'static str, Self); 3] = [("*", Self::Multiply), ("+", Self::Add), ("=", Self::Replace)];

    /// The sign in scenarios.
    pub fn sign(self) -> &'static str {
        Self::SIGNS.into_iter().find(|(_, op)| *op == self).map_or("", |(sign, _)| sign)
    }

    /// The number after a draw.
    pub fn apply(self, value: f64, draw: f64) -> f64 {
        match self {
            Self::Multiply => value * draw,
            Self::Add => value + draw,
            Self::Replace => draw,
        }
    }
}

/// The part of a key's value that a parameter acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every number of it.
    Whole,
    /// The number, or series, of a name.
    Name(String),
    /// The number given for a year.
    Year(i32),
    /// The number of a name given for a year.
    NameInYear(String, i32),
}

impl Part {
    /// Whether two parts of a value share a number.
    pub fn meets(&self, other: &Self) -> bool {
        let name = |part: &Self| match part {
            Self::Name(name) | Self::NameInYear(name, _) => Some(name.clone()),
            _ => None,
        };
        let year = |part: &Self| match part {
            Self::Year(year) | Self::NameInYear(_, year) => Some(*year),
            _ => None,
        };
        let alike = |a: Option<_>, b: Option<_>| a.is_none() || b.is_none() || a == b;
        alike(name(self), name(other)) && (year(self).is_none() || year(other).is_none() || year(self) == year(other))
    }
}

/// The share that gives way to another, so that they keep their sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivesWay {
    /// The share of another name in the same mix.
    Name(String),
    /// The share under another key of the same group.
    Key(String),
}

/// A number, or the numbers of a key, that a parameter acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The key of the value.
    pub key: String,
    /// What of it.
    pub part: Part,
    /// The share that gives way.
    pub gives_way: Option<GivesWay>,
}

/// An uncertain parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The dotted key it stands under.
    pub key: String,
    /// What a draw does.
    pub op: Op,
    /// How it is distributed, in base units.
    pub distribution: Distribution,
    /// What it acts on: its own key and those that take the same draw.
    pub targets: Vec<Target>,
    /// Where it was said.
    pub(super) origin: Origin,
}

/// What is uncertain, and how it is to be drawn.
#[derive(Clone, Debug, Default)]
pub struct Uncertainty {
    /// The parameters, in the order of their keys.
    pub parameters: Vec<Parameter>,
    /// Correlations: two positions and a coefficient.
    pub correlations: Vec<(usize, usize, f64)>,
    /// Whether failures and prices are to be at their expected values in an ensemble too.
    pub expected_events: bool,
}

impl Uncertainty {
    /// The parameters' columns.
    pub fn columns(&self) -> Vec<Column> {
        let column = |parameter: &Parameter| Column {
            name: parameter.key.clone(),
            distribution: parameter.distribution.clone(),
        };
        self.parameters.iter().map(column).collect()
    }

    /// Draws the parameters.
    pub fn sampler(&self, design: Design, seed: u64, draws: u64) -> Sampler {
        // The check has made sure that the correlations are possible.
        let copula = Copula::new(self.parameters.len(), &self.correlations).unwrap_or_default();
        Sampler::new(design, seed, draws, self.columns(), copula)
    }
}

impl Parsed {
    /// Changes the numbers of a part; false if there are none.
    pub(super) fn change(&mut self, part: &Part, f: &mut dyn FnMut(f64) -> f64) -> bool {
        let series = |series: &mut Series, year: Option<i32>, f: &mut dyn FnMut(f64) -> f64| {
            let mut any = false;
            series.change(|at, value| {
                if year.is_some_and(|year| year != at) {
                    return value;
                }
                any = true;
                f(value)
            });
            any
        };
        let named = |part: &Part| match part {
            Part::Name(name) => Some((name.clone(), None)),
            Part::NameInYear(name, year) => Some((name.clone(), Some(*year))),
            _ => None,
        };
        let year = if let Part::Year(year) = part { Some(*year) } else { None };
        match (self, part) {
            (Self::Number(x), Part::Whole) => {
                *x = f(*x);
                true
            }
            (Self::Numbers(numbers), Part::Whole) => {
                for x in numbers {
                    *x = f(*x);
                }
                true
            }
            (Self::Series(values), Part::Whole | Part::Year(_)) | (Self::Rest(Some(values)), Part::Whole) => {
                series(values, year, f)
            }
            (Self::Rates(rates), Part::Whole) => {
                for rate in rates {
                    rate.value = f(rate.value);
                }
                true
            }
            (Self::Rates(rates), Part::Name(name)) => {
                let mut own = rates.iter_mut().filter(|rate| rate.per.as_ref() == Some(name));
                own.next().map(|rate| rate.value = f(rate.value)).is_some()
            }
            (Self::Csv(table), Part::Whole) => {
                let rows = table.rows.clone();
                rows.iter().filter_map(|row| table.values.get_mut(row).map(|x| *x = f(*x))).count() > 0
            }
            (Self::Csv(table), Part::Name(name)) => {
                let row = table.named.get(name);
                row.and_then(|row| table.values.get_mut(row)).map(|x| *x = f(*x)).is_some()
            }
            (Self::ByName(values), Part::Whole) => {
                let all = values.names.iter_mut().map(|(_, series)| series).chain(&mut values.default);
                all.map(|values| series(values, None, f)).fold(false, |any, changed| any | changed)
            }
            (Self::ByName(values), part) => {
                let Some((name, year)) = named(part) else { return false };
                let own = values.names.iter_mut().find(|(known, _)| *known == name).map(|(_, series)| series);
                let own = if name == "default" { values.default.as_mut() } else { own };
                own.is_some_and(|values| series(values, year, f))
            }
            (Self::Mix(mix), part) => {
                let Some((name, year)) = named(part) else { return false };
                mix.series_mut(&name).is_some_and(|values| series(values, year, f))
            }
            _ => false,
        }
    }

    /// Every number of the value.
    pub(super) fn each(&self, f: &mut dyn FnMut(f64)) {
        let mut series = |values: &Series| values.points().iter().for_each(|(_, value)| f(*value));
        match self {
            Self::Number(x) => f(*x),
            Self::Numbers(numbers) => numbers.iter().for_each(|x| f(*x)),
            Self::Series(values) | Self::Rest(Some(values)) => series(values),
            Self::Rates(rates) => rates.iter().for_each(|rate| f(rate.value)),
            Self::Csv(table) => table.rows.iter().filter_map(|row| table.values.get(row)).for_each(|x| f(*x)),
            Self::ByName(values) => values.names.iter().map(|(_, v)| v).chain(&values.default).for_each(series),
            Self::Mix(mix) => mix.shares().iter().for_each(|(_, values)| series(values)),
            _ => {}
        }
    }

    /// The series of a part, if it is one.
    pub(super) fn series_of(&self, name: Option<&str>) -> Option<&Series> {
        match (self, name) {
            (Self::Series(series) | Self::Rest(Some(series)), None) => Some(series),
            (Self::Mix(mix), Some(name)) => mix.shares().iter().find(|(known, _)| known == name).map(|(_, s)| s),
            _ => None,
        }
    }

    /// The series of a part, to be changed.
    pub(super) fn series_mut(&mut self, name: Option<&str>) -> Option<&mut Series> {
        match (self, name) {
            (Self::Series(series) | Self::Rest(Some(series)), None) => Some(series),
            (Self::Mix(mix), Some(name)) => mix.series_mut(name),
            _ => None,
        }
    }
}

impl Mix {
    /// The share of a name, to be changed; the caller sees to it that the sum stays.
    fn series_mut(&mut self, name: &str) -> Option<&mut Series> {
        self.shares_mut().iter_mut().find(|(known, _)| known == name).map(|(_, series)| series)
    }
}
