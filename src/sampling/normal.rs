//! The standard normal distribution.

use libm::erfc;
use statrs::function::erf::erfc_inv;
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// `Phi(z)`.
pub fn cdf(z: f64) -> f64 {
    0.5 * erfc(-z * FRAC_1_SQRT_2)
}

/// `Phi^-1(u)` for `u` in (0, 1): the inverse of `statrs`, put right to the last digits by one step of Newton with the
/// `erfc` of `libm`. In the upper half by symmetry, for there `1 - u` is the exact number.
pub fn quantile(u: f64) -> f64 {
    if u > 0.5 {
        return -lower(1.0 - u);
    }
    lower(u)
}

fn lower(u: f64) -> f64 {
    let z = -SQRT_2 * erfc_inv(2.0 * u);
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    if density > 0.0 { z - (cdf(z) - u) / density } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn quantiles_of_the_tables() {
        // To 20 digits in any table of the normal distribution.
        for (u, z) in [
            (0.975, 1.959_963_984_540_054),
            (0.5, 0.0),
            (0.001, -3.090_232_306_167_813_5),
            (1e-10, -6.361_340_902_404_056),
        ] {
            assert_relative_eq!(quantile(u), z, epsilon = 1e-15, max_relative = 2e-15);
        }
        for z in [-7.0, -3.3, -0.2, 0.0, 1.7, 5.0] {
            assert_relative_eq!(quantile(cdf(z)), z, epsilon = 1e-15, max_relative = 1e-9);
        }
    }
}
