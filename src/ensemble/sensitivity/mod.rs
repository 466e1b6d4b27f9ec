//! Which uncertain number matters. A method says which runs are needed and what they say; the runs are those of an
//! ensemble, with failures and prices at their expected values.
//!
//! | method | runs | says |
//! |---|---|---|
//! | `oat` | 1 + 2 parameters | how far each parameter by itself moves a result from that of the scenario as written |
//! | `morris` | trajectories x (parameters + 1) | mean size and spread of the effects of a step, everywhere |
//! | `sobol` | base x (parameters + 2) | shares of a result's variance, first and total order |
//!
//! Samples are rows of parameters in the order of their keys, laid out as `SALib` lays them out, so that either program
//! can analyse what the other has sampled.

mod file;
mod runs;

pub use file::{Refused, read, write};
pub use runs::{Ended, evaluate};

use crate::base::random::stream;
use crate::sampling::design::{Design, Points};
use crate::sampling::distribution::Distribution;
use crate::sampling::estimate::sobol::{Layout, indices, with_intervals};
use crate::sampling::estimate::{morris, sobol};
use crate::scenario::{Scenario, Uncertainty, build};

/// Confidence of all intervals.
const CONFIDENCE: f64 = 0.95;
/// Of a distribution without an end, what the grid of Morris leaves out on either side.
const EDGE: f64 = 0.005;

/// A method with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// One at a time, at two quantiles.
    Oat {
        /// Lower quantile.
        low: f64,
        /// Upper quantile.
        high: f64,
    },
    /// Elementary effects.
    Morris {
        /// Trajectories.
        trajectories: usize,
        /// Levels of the grid.
        levels: u32,
    },
    /// Shares of variance.
    Sobol {
        /// Base points.
        base: u64,
        /// Whether pairs are told too.
        second_order: bool,
    },
}

/// A study of one scenario.
#[derive(Clone, Debug)]
pub struct Study {
    /// The method.
    pub method: Method,
    /// Seed of the sample and of the bootstrap.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: usize,
    /// Names of the parameters.
    pub keys: Vec<String>,
    distributions: Vec<Distribution>,
}

/// A run that is needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Run {
    /// The scenario as written, with one parameter moved, or none.
    One(Option<(usize, f64)>),
    /// A value for each parameter.
    All(Vec<f64>),
}

/// What a method says of a result and a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Position of the result.
    pub output: usize,
    /// Position of the parameter.
    pub parameter: usize,
    /// The other parameter of a pair.
    pub with: Option<usize>,
    /// What is measured.
    pub measure: &'static str,
    /// The value.
    pub value: f64,
    /// Its interval, if there is one.
    pub interval: Option<(f64, f64)>,
}

impl Study {
    /// The study that a scenario asks for, or another method of it.
    pub fn new(scenario: &Scenario, method: Option<&str>, seed: Option<u64>) -> Self {
        let count = |name: &str, default: usize| {
            let said = scenario.integer(&format!("sensitivity.{name}"));
            said.and_then(|n| usize::try_from(n).ok()).unwrap_or(default)
        };
        let number = |name: &str, default| scenario.number(&format!("sensitivity.{name}")).unwrap_or(default);
        let method = match method.or_else(|| scenario.text("sensitivity.method")) {
            Some("morris") => {
                Method::Morris { trajectories: count("trajectories", 20), levels: count("levels", 4) as u32 }
            }
            Some("sobol") => Method::Sobol {
                base: count("base", 256) as u64,
                second_order: scenario.flag("sensitivity.second_order").unwrap_or(false),
            },
            _ => Method::Oat { low: number("low", 0.05), high: number("high", 0.95) },
        };
        let seed = seed.unwrap_or_else(|| build::seed(scenario));
        Self::of(scenario.uncertainty(), method, seed, count("resamples", 1000))
    }

    /// A study of some parameters.
    pub fn of(uncertainty: &Uncertainty, method: Method, seed: u64, resamples: usize) -> Self {
        let (keys, distributions) = uncertainty.columns().into_iter().map(|c| (c.name, c.distribution)).unzip();
        Self { method, seed, resamples, keys, distributions }
    }

    /// The sample as numbers in (0, 1), row by row; nothing for a method that moves from the scenario as written.
    fn units(&self) -> Vec<Vec<f64>> {
        let parameters = self.keys.len();
        match self.method {
            Method::Oat { .. } => Vec::new(),
            Method::Morris { trajectories, levels } => {
                let mut rows =
                    morris::trajectories(parameters, trajectories, levels, &mut stream(self.seed, "morris", 0));
                for row in &mut rows {
                    for (u, distribution) in row.iter_mut().zip(&self.distributions) {
                        let edge = if distribution.has_ends() { 0.0 } else { EDGE };
                        *u = edge + *u * (1.0 - 2.0 * edge);
                    }
                }
                rows
            }
            Method::Sobol { base, second_order } => {
                let layout = Layout { parameters, second_order };
                // The points of A and B are halves of one point: two independent samples.
                let names = ["A", "B"].iter().flat_map(|half| self.keys.iter().map(move |key| format!("{half} {key}")));
                let points = Points::whole(Design::Sobol, self.seed, base, &names.collect::<Vec<_>>());
                let mut rows = Vec::with_capacity(base as usize * layout.rows());
                for point in 0..base {
                    let half = |first: usize| (first..first + parameters).map(|i| points.unit(i, point)).collect();
                    let (a, b): (Vec<f64>, Vec<f64>) = (half(0), half(parameters));
                    for row in 0..layout.rows() {
                        let mut units = vec![0.0; parameters];
                        layout.row(row, &a, &b, &mut units);
                        rows.push(units);
                    }
                }
                rows
            }
        }
    }

    /// The runs that are needed, in their order.
    pub fn runs(&self) -> Vec<Run> {
        if let Method::Oat { low, high } = self.method {
            let moved = self.distributions.iter().enumerate().flat_map(|(parameter, distribution)| {
                [low, high].map(|u| Run::One(Some((parameter, distribution.quantile(u)))))
            });
            return std::iter::once(Run::One(None)).chain(moved).collect();
        }
        let quantiles = |row: Vec<f64>| row.iter().zip(&self.distributions).map(|(u, d)| d.quantile(*u)).collect();
        self.units().into_iter().map(|row| Run::All(quantiles(row))).collect()
    }

    /// How many runs are needed.
    pub fn count(&self) -> usize {
        match self.method {
            Method::Oat { .. } => 1 + 2 * self.keys.len(),
            Method::Morris { trajectories, .. } => trajectories * (self.keys.len() + 1),
            Method::Sobol { base, second_order } => {
                base as usize * Layout { parameters: self.keys.len(), second_order }.rows()
            }
        }
    }

    /// What the runs say. `results` are the results of each run in their order, result by result.
    pub fn findings(&self, runs: &[Run], results: &[Vec<f64>]) -> Vec<Finding> {
        let mut found = Vec::new();
        for (output, values) in results.iter().enumerate() {
            match self.method {
                Method::Oat { .. } => one_at_a_time(output, values, &mut found),
                Method::Morris { .. } => self.elementary_effects(output, runs, values, &mut found),
                Method::Sobol { second_order, .. } => {
                    self.variance_shares(
                        output,
                        Layout { parameters: self.keys.len(), second_order },
                        values,
                        &mut found,
                    );
                }
            }
        }
        found
    }

    fn elementary_effects(&self, output: usize, runs: &[Run], values: &[f64], found: &mut Vec<Finding>) {
        // A parameter's range is that of its probabilities: for an even distribution that of its values.
        let unit = |run: &Run| match run {
            Run::All(row) => row.iter().zip(&self.distributions).map(|(x, d)| d.cdf(*x)).collect(),
            Run::One(_) => Vec::new(),
        };
        let rows: Vec<Vec<f64>> = runs.iter().map(unit).collect();
        let mut bootstrap = stream(self.seed, "morris bootstrap", output as u64);
        for (parameter, effects) in morris::effects(&rows, values).iter().enumerate() {
            let effect = morris::measure(effects, self.resamples, CONFIDENCE, &mut bootstrap);
            let mut tell = |measure, value, interval| {
                found.push(Finding { output, parameter, with: None, measure, value, interval });
            };
            tell("mu", effect.mu, None);
            tell("mu_star", effect.mu_star.value, Some((effect.mu_star.low, effect.mu_star.high)));
            tell("sigma", effect.sigma, None);
        }
    }

    fn variance_shares(&self, output: usize, layout: Layout, values: &[f64], found: &mut Vec<Finding>) {
        let mut bootstrap = stream(self.seed, "sobol bootstrap", output as u64);
        let (first, total) = with_intervals(layout, values, self.resamples, CONFIDENCE, &mut bootstrap);
        for (measure, estimates) in [("S1", first), ("ST", total)] {
            for (parameter, sobol::Estimate { value, low, high }) in estimates.into_iter().enumerate() {
                let interval = Some((low, high));
                found.push(Finding { output, parameter, with: None, measure, value, interval });
            }
        }
        for (parameter, with, value) in indices(layout, values).second {
            let with = Some(with);
            found.push(Finding { output, parameter, with, measure: "S2", value, interval: None });
        }
    }
}

/// The results with each parameter low and high, in the order of the runs.
fn one_at_a_time(output: usize, values: &[f64], found: &mut Vec<Finding>) {
    let Some((written, moved)) = values.split_first() else { return };
    for (parameter, pair) in moved.chunks_exact(2).enumerate() {
        for (measure, value) in
            [("written", *written), ("low", pair[0]), ("high", pair[1]), ("swing", (pair[1] - pair[0]).abs())]
        {
            found.push(Finding { output, parameter, with: None, measure, value, interval: None });
        }
    }
}
