//! Prices over time: given, or drawn about what is given.
//!
//! ```text
//! P(t) = central(t) exp(X(t) - v(t) / 2)      v(t) = variance of X(t);  X(0) = 0 at the first step drawn
//! geometric Brownian     dX = s dW            v = s^2 t
//! mean-reverting         dX = -k X dt + s dW  v = s^2 (1 - exp(-2 k t)) / (2 k)
//! ```
//!
//! The second is the one-factor model of Schwartz (1997) for log prices, about the central path. With `- v / 2` the *mean*
//! of the drawn prices is the central path; without it (if the scenario keeps the median) the median is, and the mean is
//! above it. Steps are exact discretisations, together too: a deviation that fades within the step moves less with one that
//! does not than their `dW` do. With `rho` the correlation of two `dW`, that of what a step adds to both is
//!
//! ```text
//! rho c12 / sqrt(c11 c22)      c12 = (1 - exp(-(k1 + k2) dt)) / (k1 + k2), dt if both are 0; c11, c22 likewise
//! ```
//!
//! which is `rho` where the speeds are equal. Innovations of a step are correlated by the Cholesky factor of that matrix. (It
//! is positive definite if the given one is: the second factor holds inner products, and Schur's theorem holds.)

use crate::base::ids::ids;
use crate::base::random::{Events, stream};
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};

ids! {
    /// Something that has a price.
    CommodityId;
}

/// How a price wanders about its central path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Process {
    /// Not at all.
    Given,
    /// Geometric Brownian motion: volatility, per square root of a year.
    Brownian(f64),
    /// Mean-reverting log price: volatility, per square root of a year; speed, 1/yr.
    Reverting(f64, f64),
}

impl Process {
    /// What is left of a deviation after a time, and the variance that the time adds.
    fn step(self, time: f64) -> (f64, f64) {
        match self {
            Self::Given => (1.0, 0.0),
            Self::Brownian(volatility) => (1.0, volatility * volatility * time),
            Self::Reverting(volatility, speed) if speed > 0.0 => {
                let added = volatility * volatility * -(-2.0 * speed * time).exp_m1() / (2.0 * speed);
                ((-speed * time).exp(), added)
            }
            Self::Reverting(volatility, _) => Self::Brownian(volatility).step(time),
        }
    }

    /// Speed at which a deviation fades, 1/yr.
    fn speed(self) -> f64 {
        if let Self::Reverting(_, speed) = self { speed } else { 0.0 }
    }
}

/// The correlations of what a step of `dt` (yr) adds to the log prices of some processes, from those of their `dW`.
pub fn of_steps(correlation: &[Vec<f64>], processes: &[Process], dt: f64) -> Vec<Vec<f64>> {
    let overlap = |one: Process, other: Process| {
        let speed = one.speed() + other.speed();
        if speed > 0.0 { -(-speed * dt).exp_m1() / speed } else { dt }
    };
    let of = |i: usize, j: usize| {
        let (one, other) = (processes[i], processes[j]);
        if one.speed() == other.speed() {
            return correlation[i][j];
        }
        correlation[i][j] * overlap(one, other) / (overlap(one, one) * overlap(other, other)).sqrt()
    };
    (0..processes.len()).map(|i| (0..processes.len()).map(|j| of(i, j)).collect()).collect()
}

/// Something that has a price.
#[derive(Clone, Debug, PartialEq)]
pub struct Commodity {
    /// Its name.
    pub name: String,
    /// The unit of its price: `CNY_2025/t`, `CNY_2025/kWh` or `CNY_2025/yr` (of labour).
    pub unit: String,
    /// Central path by step, without VAT, per base unit (t, kWh, yr of time).
    pub central: Vec<f64>,
    /// How it wanders.
    pub process: Process,
}

/// All prices of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Market {
    /// What has a price.
    pub commodities: Vec<Commodity>,
    /// Lower triangular factor of the correlation of innovations, row by row over all commodities; empty: none correlated.
    pub factor: Vec<Vec<f64>>,
    /// First step that is drawn; prices before it are known.
    pub drawn_from: usize,
    /// Whether the mean of drawn prices is the central path; else the median is.
    pub keeps_mean: bool,
    /// Length of a step, yr.
    pub dt: f64,
}

/// Prices by commodity and step.
pub type Prices = Vec<Vec<f64>>;

impl Market {
    /// The price paths of a run: the central ones, or drawn ones.
    pub fn prices(&self, events: Events) -> Prices {
        let mut prices: Prices = self.commodities.iter().map(|commodity| commodity.central.clone()).collect();
        let Events::Drawn { seed, draw } = events else { return prices };
        let steps = prices.first().map_or(0, Vec::len);
        let drawn = steps.saturating_sub(self.drawn_from);
        // A stream of its own for each name: another commodity beside it changes nothing.
        let independent: Vec<Vec<f64>> = self
            .commodities
            .iter()
            .map(|commodity| {
                let mut stream = stream(seed, &format!("price.{}", commodity.name), draw);
                let used = if commodity.process == Process::Given { 0 } else { drawn };
                StandardNormal.sample_iter(&mut stream).take(used).collect()
            })
            .collect();
        for (index, (commodity, prices)) in self.commodities.iter().zip(&mut prices).enumerate() {
            if commodity.process == Process::Given {
                continue;
            }
            let (kept, added) = commodity.process.step(self.dt);
            let (mut deviation, mut variance) = (0.0, 0.0);
            for (t, price) in prices[self.drawn_from..].iter_mut().enumerate() {
                let innovation = match self.factor.get(index) {
                    None => independent[index][t],
                    Some(row) => row.iter().zip(&independent).filter(|(l, _)| **l != 0.0).map(|(l, z)| l * z[t]).sum(),
                };
                deviation = kept * deviation + added.sqrt() * innovation;
                variance = kept * kept * variance + added;
                *price *= (deviation - if self.keeps_mean { variance / 2.0 } else { 0.0 }).exp();
            }
        }
        prices
    }
}

/// The lower triangular Cholesky factor of a correlation matrix.
///
/// # Errors
/// The smallest eigenvalue, if the matrix is not positive definite.
pub fn factor(correlation: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, f64> {
    let n = correlation.len();
    let matrix = DMatrix::from_fn(n, n, |i, j| correlation[i][j]);
    match matrix.clone().cholesky() {
        Some(cholesky) => {
            let lower = cholesky.l();
            Ok((0..n).map(|i| (0..n).map(|j| lower[(i, j)]).collect()).collect())
        }
        None => Err(matrix.symmetric_eigenvalues().min()),
    }
}
