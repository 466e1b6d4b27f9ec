//! The parameters of a draw: a design, distributions and their correlation.

use super::copula::Copula;
use super::design::{Design, Points};
use super::distribution::Distribution;

/// An uncertain parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name: its stream of random numbers follows from it.
    pub name: String,
    /// Distribution.
    pub distribution: Distribution,
}

/// Draws the parameters. A draw is a function of its number.
#[derive(Clone, Debug)]
pub struct Sampler {
    columns: Vec<Column>,
    points: Points,
    copula: Copula,
}

impl Sampler {
    /// A sampler of some parameters; `draws` matters to a Latin hypercube only.
    pub fn new(design: Design, seed: u64, draws: u64, columns: Vec<Column>, copula: Copula) -> Self {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        Self { points: Points::new(design, seed, draws, &names), columns, copula }
    }

    /// The parameters.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The parameters' values in a draw.
    pub fn draw(&self, draw: u64, values: &mut [f64]) {
        for (parameter, value) in values.iter_mut().enumerate() {
            *value = self.points.unit(parameter, draw);
        }
        self.copula.correlate(values);
        self.quantiles(values);
    }

    /// Turns numbers in (0, 1) into the values of the parameters.
    pub fn quantiles(&self, units: &mut [f64]) {
        for (value, column) in units.iter_mut().zip(&self.columns) {
            *value = column.distribution.quantile(*value);
        }
    }
}
