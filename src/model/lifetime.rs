//! Lifetimes: each distribution gives only its survival function `S(age)`; hazards and outflows follow from it.
//!
//! Names and definitions are those of the field's reference tools: `normal` is not truncated (the mass at negative
//! ages leaves in the first step), `lognormal` takes the mean and standard deviation of the lifetime itself.

use statrs::function::erf::erfc;
use statrs::function::gamma::{checked_gamma_ur, gamma};

/// A lifetime distribution. Ages and parameters share one unit of time (yr in scenarios).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lifetime {
    /// Everything leaves at age `life`: `S(a) = 1` for `a < life`, else 0.
    Fixed {
        /// The age at which all is gone.
        life: f64,
    },
    /// `S(a) = 1 - Phi((a - mean)/sd)`, not truncated.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// A normal distribution cut at age 0: `S(a)/S(0)`.
    NormalTrunc0 {
        /// Mean of the parent distribution.
        mean: f64,
        /// Standard deviation of the parent distribution.
        sd: f64,
    },
    /// The absolute value of a normal variable: `S(a) = 2 - Phi((a-mu)/sigma) - Phi((a+mu)/sigma)`.
    FoldedNormal {
        /// Mean before folding.
        mu: f64,
        /// Standard deviation before folding.
        sigma: f64,
    },
    /// `S(a) = 1 - Phi((ln a - m)/s)`, with `m`, `s` from the mean and sd of the lifetime itself.
    LogNormal {
        /// Mean of the lifetime.
        mean: f64,
        /// Standard deviation of the lifetime.
        sd: f64,
    },
    /// `S(a) = exp(-(a/scale)^shape)`.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Upper regularised incomplete gamma function `Q(shape, a/scale)`.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// `S(a) = 1/(1 + exp((a - location)/scale))`, not truncated.
    Logistic {
        /// Location.
        location: f64,
        /// Scale.
        scale: f64,
    },
}

/// Upper tail of the standard normal distribution, `1 - Phi(z)`.
fn upper_tail(z: f64) -> f64 {
    0.5 * erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

impl Lifetime {
    /// The Weibull lifetime of a given mean.
    pub fn weibull_with_mean(mean: f64, shape: f64) -> Self {
        Self::Weibull { shape, scale: mean / gamma(1.0 + 1.0 / shape) }
    }

    /// Share still in use at an age; 1 before age 0 for lifetimes that start at 0.
    pub fn survival(&self, age: f64) -> f64 {
        match *self {
            Self::Fixed { life } => f64::from(age < life),
            Self::Normal { mean, sd } => upper_tail((age - mean) / sd),
            Self::NormalTrunc0 { mean, sd } => {
                if age <= 0.0 {
                    1.0
                } else {
                    upper_tail((age - mean) / sd) / upper_tail(-mean / sd)
                }
            }
            Self::FoldedNormal { mu, sigma } => {
                if age <= 0.0 {
                    1.0
                } else {
                    (upper_tail((age - mu) / sigma) - upper_tail((-age - mu) / sigma) + 1.0).clamp(0.0, 1.0)
                }
            }
            Self::LogNormal { mean, sd } => {
                if age <= 0.0 {
                    return 1.0;
                }
                let variance = (sd * sd / (mean * mean)).ln_1p();
                upper_tail((age.ln() - mean.ln() + variance / 2.0) / variance.sqrt())
            }
            Self::Weibull { shape, scale } => {
                if age <= 0.0 {
                    1.0
                } else {
                    (-(age / scale).powf(shape)).exp()
                }
            }
            Self::Gamma { shape, scale } => {
                if age <= 0.0 {
                    1.0
                } else {
                    // `None` only for parameters the scenario reader refuses; a lifetime of 0 is the safe reading.
                    checked_gamma_ur(shape, age / scale).unwrap_or(0.0)
                }
            }
            Self::Logistic { location, scale } => 1.0 / (1.0 + ((age - location) / scale).exp()),
        }
    }

    /// Share that is gone at age 0 already: above zero only for the untruncated distributions.
    pub fn lost_at_birth(&self) -> f64 {
        1.0 - self.survival(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn survival_functions_have_their_known_values() {
        assert_eq!(Lifetime::Fixed { life: 3.0 }.survival(2.9), 1.0);
        assert_eq!(Lifetime::Fixed { life: 3.0 }.survival(3.0), 0.0);
        assert_relative_eq!(Lifetime::Weibull { shape: 2.0, scale: 10.0 }.survival(10.0), (-1.0f64).exp());
        assert_relative_eq!(Lifetime::Normal { mean: 8.0, sd: 2.0 }.survival(8.0), 0.5);
        assert_relative_eq!(Lifetime::NormalTrunc0 { mean: 8.0, sd: 2.0 }.survival(0.0), 1.0);
        let mean: f64 = 9.0;
        let median = mean / (1.0f64 + 9.0 / 81.0).sqrt();
        assert_relative_eq!(Lifetime::LogNormal { mean, sd: 3.0 }.survival(median), 0.5, epsilon = 1e-14);
        assert_relative_eq!(Lifetime::Gamma { shape: 1.0, scale: 4.0 }.survival(4.0), (-1.0f64).exp(), epsilon = 1e-14);
    }

    #[test]
    fn a_weibull_given_by_its_mean_has_that_mean() {
        let lifetime = Lifetime::weibull_with_mean(10.0, 3.5);
        let mean: f64 = (0..100_000).map(|i| lifetime.survival((f64::from(i) + 0.5) / 1000.0) / 1000.0).sum();
        assert_relative_eq!(mean, 10.0, epsilon = 1e-6);
    }
}
