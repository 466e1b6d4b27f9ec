//! Correlation: a Gaussian copula. Standard normals `z = L n` with the lower Cholesky factor `L` of the correlation
//! matrix; a parameter takes the quantile of `Phi(z)`, so that its own distribution stays as it is.

use super::normal;
use nalgebra::DMatrix;

/// A correlation this close to losing a dimension has no Cholesky factor that means anything.
const SMALLEST_EIGENVALUE: f64 = 1e-12;

/// Correlations of parameters.
#[derive(Clone, Debug, Default)]
pub struct Copula {
    /// Rows of `L` of the parameters that depend on earlier ones.
    rows: Vec<(usize, Vec<f64>)>,
}

/// The matrix is no correlation matrix: its smallest eigenvalue is not above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotPositiveDefinite {
    /// It.
    pub smallest_eigenvalue: f64,
}

impl Copula {
    /// The copula of pairs of parameters and their correlation; all other pairs are independent.
    ///
    /// # Errors
    /// If no random numbers can be correlated like this.
    pub fn new(parameters: usize, pairs: &[(usize, usize, f64)]) -> Result<Self, NotPositiveDefinite> {
        let mut matrix = DMatrix::identity(parameters, parameters);
        for (a, b, correlation) in pairs {
            matrix[(*a, *b)] = *correlation;
            matrix[(*b, *a)] = *correlation;
        }
        if pairs.is_empty() {
            return Ok(Self::default());
        }
        let smallest_eigenvalue = matrix.clone().symmetric_eigenvalues().min();
        let factor = matrix.cholesky().filter(|_| smallest_eigenvalue > SMALLEST_EIGENVALUE);
        let Some(factor) = factor else { return Err(NotPositiveDefinite { smallest_eigenvalue }) };
        let lower = factor.l();
        let dependent = (0..parameters).filter(|row| (0..*row).any(|column| lower[(*row, column)] != 0.0));
        let rows = dependent.map(|row| (row, (0..=row).map(|column| lower[(row, column)]).collect()));
        Ok(Self { rows: rows.collect() })
    }

    /// Whether all parameters are independent.
    pub fn is_independent(&self) -> bool {
        self.rows.is_empty()
    }

    /// Turns independent numbers in (0, 1) into correlated ones.
    pub fn correlate(&self, units: &mut [f64]) {
        // From the last row on: each needs the independent numbers of the rows above it.
        for (row, factors) in self.rows.iter().rev() {
            let z: f64 =
                factors.iter().zip(&*units).filter(|(f, _)| **f != 0.0).map(|(f, u)| f * normal::quantile(*u)).sum();
            units[*row] = inside(normal::cdf(z));
        }
    }
}

/// A share as a number in the open interval (0, 1).
fn inside(share: f64) -> f64 {
    share.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn correlated_normals_are_l_times_independent_ones() {
        let copula = Copula::new(3, &[(0, 2, 0.6)]).unwrap();
        let mut units = [0.9, 0.2, 0.7];
        copula.correlate(&mut units);
        assert_eq!(units[..2], [0.9, 0.2]);
        let z = 0.6 * normal::quantile(0.9) + 0.8 * normal::quantile(0.7);
        assert_relative_eq!(normal::quantile(units[2]), z, max_relative = 1e-12);
    }

    #[test]
    fn an_impossible_correlation_is_refused_with_its_smallest_eigenvalue() {
        // 1 - 0.9 sqrt(2) is the smallest eigenvalue of this matrix.
        let refused = Copula::new(3, &[(0, 1, 0.9), (1, 2, 0.9)]).unwrap_err();
        assert_relative_eq!(refused.smallest_eigenvalue, 1.0 - 0.9 * 2.0_f64.sqrt(), max_relative = 1e-12);
        assert!(Copula::new(2, &[(0, 1, 1.0)]).is_err());
        assert!(Copula::new(2, &[]).unwrap().is_independent());
    }
}
