//! Lifetimes: each distribution gives only its survival function `S(age)`; hazards and outflows follow from it.
//!
//! Names and definitions are those of the field's reference tools: `normal` is not truncated (the mass at negative
//! ages leaves in the first step), `lognormal` takes the mean and standard deviation of the lifetime itself.
//!
//! Special functions: `erfc` from `libm` (the FreeBSD one, below 1 ulp), since that of `statrs` is off by 1e-10 near 0.5
//! and misses `|a - b| <= 1e-14 + 1e-11 b` against 50 digits; the incomplete gamma function from `statrs`, which meets it.

mod curve;

pub use curve::{CurveFault, SurvivalCurve};

use libm::erfc;
use statrs::function::gamma::{checked_gamma_ur, gamma, ln_gamma};
use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::sync::Arc;

/// A lifetime distribution. Ages and parameters share one unit of time (yr in scenarios, steps in `cohort`).
#[derive(Clone, Debug, PartialEq)]
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
    /// Measured shares by age, linear between.
    Tabulated(Arc<SurvivalCurve>),
}

/// What a distribution is called, and the names of its parameters in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Name.
    pub name: &'static str,
    /// Parameters.
    pub parameters: &'static [&'static str],
}

/// The distributions that are given by parameters. A name may come again with other parameters for the same thing.
pub const DISTRIBUTIONS: [Distribution; 12] = [
    Distribution { name: "fixed", parameters: &["life"] },
    Distribution { name: "weibull", parameters: &["shape", "scale"] },
    Distribution { name: "normal", parameters: &["mean", "sd"] },
    Distribution { name: "normal_trunc0", parameters: &["mean", "sd"] },
    Distribution { name: "foldednormal", parameters: &["mu", "sigma"] },
    Distribution { name: "lognormal", parameters: &["mean", "sd"] },
    Distribution { name: "gamma", parameters: &["shape", "scale"] },
    Distribution { name: "logistic", parameters: &["location", "scale"] },
    Distribution { name: "weibull", parameters: &["shape", "mean"] },
    Distribution { name: "weibull", parameters: &["mean", "sd"] },
    Distribution { name: "gamma", parameters: &["mean", "sd"] },
    Distribution { name: "logistic", parameters: &["mean", "sd"] },
];

impl Distribution {
    /// The distribution of this name, with its usual parameters.
    pub fn named(name: &str) -> Option<Self> {
        Self::forms(name).next()
    }

    /// All ways to give the distribution of this name.
    pub fn forms(name: &str) -> impl Iterator<Item = Self> + '_ {
        DISTRIBUTIONS.into_iter().filter(move |known| known.name == name)
    }

    /// Whether a parameter may have this value: finite, and above 0 where it is a length of time, a spread or a shape.
    pub fn accepts(&self, parameter: &str, value: f64) -> bool {
        let any_sign = match parameter {
            "mu" | "location" => true,
            "mean" => matches!(self.name, "normal" | "normal_trunc0" | "logistic"),
            _ => false,
        };
        value.is_finite() && (any_sign || value > 0.0)
    }

    /// The lifetime with these parameters, in the order of [`Distribution::parameters`]; `None` if their number or a
    /// value does not fit.
    pub fn lifetime(&self, values: &[f64]) -> Option<Lifetime> {
        if !self.parameters.iter().zip(values).all(|(parameter, value)| self.accepts(parameter, *value)) {
            return None;
        }
        Some(match (self.name, self.parameters, values) {
            ("fixed", _, &[life]) => Lifetime::Fixed { life },
            ("weibull", ["shape", "mean"], &[shape, mean]) => Lifetime::weibull_with_mean(mean, shape),
            ("weibull", ["mean", "sd"], &[mean, sd]) => {
                Lifetime::weibull_with_mean(mean, weibull_shape((sd / mean) * (sd / mean))?)
            }
            ("weibull", _, &[shape, scale]) => Lifetime::Weibull { shape, scale },
            ("normal", _, &[mean, sd]) => Lifetime::Normal { mean, sd },
            ("normal_trunc0", _, &[mean, sd]) => Lifetime::NormalTrunc0 { mean, sd },
            ("foldednormal", _, &[mu, sigma]) => Lifetime::FoldedNormal { mu, sigma },
            ("lognormal", _, &[mean, sd]) => Lifetime::LogNormal { mean, sd },
            ("gamma", ["mean", "sd"], &[mean, sd]) => {
                Lifetime::Gamma { shape: (mean / sd) * (mean / sd), scale: sd * (sd / mean) }
            }
            ("gamma", _, &[shape, scale]) => Lifetime::Gamma { shape, scale },
            ("logistic", ["mean", "sd"], &[mean, sd]) => {
                Lifetime::Logistic { location: mean, scale: sd * 3.0f64.sqrt() / PI }
            }
            ("logistic", _, &[location, scale]) => Lifetime::Logistic { location, scale },
            _ => return None,
        })
    }
}

/// The shape of the Weibull lifetime whose variance is `ratio` times the square of its mean, by halving:
/// `1 + ratio = gamma(1 + 2/shape) / gamma(1 + 1/shape)^2` falls as the shape rises. `None` beyond any lifetime in use.
fn weibull_shape(ratio: f64) -> Option<f64> {
    let excess = |inverse: f64| ln_gamma(1.0 + 2.0 * inverse) - 2.0 * ln_gamma(1.0 + inverse) - ratio.ln_1p();
    let (mut low, mut high) = (1e-4, 50.0);
    if excess(low) > 0.0 || excess(high) < 0.0 {
        return None;
    }
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Some(1.0 / middle);
        }
        if excess(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// Upper tail of the standard normal distribution, `1 - Phi(z)`.
fn upper_tail(z: f64) -> f64 {
    0.5 * erfc(z * FRAC_1_SQRT_2)
}

/// Density of the standard normal distribution.
fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

impl Lifetime {
    /// The Weibull lifetime of a given mean.
    pub fn weibull_with_mean(mean: f64, shape: f64) -> Self {
        Self::Weibull { shape, scale: mean / gamma(1.0 + 1.0 / shape) }
    }

    /// Share still in use at an age; 1 before age 0 for lifetimes that start at 0.
    pub fn survival(&self, age: f64) -> f64 {
        match self {
            Self::Fixed { life } => f64::from(age < *life),
            Self::Normal { mean, sd } => upper_tail((age - mean) / sd),
            Self::Logistic { location, scale } => 1.0 / (1.0 + ((age - location) / scale).exp()),
            Self::Tabulated(curve) => curve.at(age),
            _ if age <= 0.0 => 1.0,
            Self::NormalTrunc0 { mean, sd } => upper_tail((age - mean) / sd) / upper_tail(-mean / sd),
            Self::FoldedNormal { mu, sigma } => upper_tail((age - mu) / sigma) + upper_tail((age + mu) / sigma),
            Self::LogNormal { mean, sd } => {
                let variance = (sd * sd / (mean * mean)).ln_1p();
                upper_tail((age.ln() - mean.ln() + variance / 2.0) / variance.sqrt())
            }
            Self::Weibull { shape, scale } => (-(age / scale).powf(*shape)).exp(),
            // `None` only for parameters the readers refuse; a lifetime of 0 is the safe reading.
            Self::Gamma { shape, scale } => checked_gamma_ur(*shape, age / scale).unwrap_or(0.0),
        }
    }

    /// Share that is gone at age 0 already: above zero only for the untruncated distributions.
    pub fn lost_at_birth(&self) -> f64 {
        1.0 - self.survival(0.0)
    }

    /// Mean of the distribution.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed { life } => *life,
            Self::Normal { mean, .. } | Self::LogNormal { mean, .. } | Self::Logistic { location: mean, .. } => *mean,
            Self::NormalTrunc0 { mean, sd } => mean + sd * density(-mean / sd) / upper_tail(-mean / sd),
            Self::FoldedNormal { mu, sigma } => {
                2.0 * sigma * density(mu / sigma) + mu * (1.0 - 2.0 * upper_tail(mu / sigma))
            }
            Self::Weibull { shape, scale } => scale * gamma(1.0 + 1.0 / shape),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Tabulated(curve) => curve.mean(),
        }
    }

    /// The age, at or above 0, at which the share still in use has fallen to `share`: the median for 0.5. Found by
    /// halving to the last bit; infinite if it never falls so low.
    pub fn age_at(&self, share: f64) -> f64 {
        if self.survival(0.0) <= share {
            return 0.0;
        }
        let mut high = 1.0;
        while self.survival(high) > share {
            high *= 2.0;
            if high > 1e300 {
                return f64::INFINITY;
            }
        }
        let mut low = 0.0;
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                return high;
            }
            if self.survival(middle) > share { low = middle } else { high = middle }
        }
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

    /// Lifetimes on ages from 0 on, with a smooth survival function.
    fn positive() -> Vec<Lifetime> {
        vec![
            Lifetime::NormalTrunc0 { mean: 6.0, sd: 3.0 },
            Lifetime::FoldedNormal { mu: 8.0, sigma: 4.0 },
            Lifetime::LogNormal { mean: 12.0, sd: 5.0 },
            Lifetime::Weibull { shape: 2.2, scale: 12.0 },
            Lifetime::weibull_with_mean(10.0, 3.5),
            Lifetime::Gamma { shape: 4.0, scale: 3.5 },
        ]
    }

    #[test]
    fn the_mean_is_the_area_under_the_survival_function() {
        for lifetime in positive() {
            let area: f64 = (0..200_000).map(|i| lifetime.survival((f64::from(i) + 0.5) / 1000.0) / 1000.0).sum();
            assert_relative_eq!(area, lifetime.mean(), max_relative = 1e-6);
        }
        assert_relative_eq!(Lifetime::weibull_with_mean(10.0, 3.5).mean(), 10.0, max_relative = 1e-14);
    }

    #[test]
    fn quantiles_invert_the_survival_function() {
        for lifetime in positive() {
            for share in [0.99, 0.5, 0.01] {
                assert_relative_eq!(lifetime.survival(lifetime.age_at(share)), share, max_relative = 1e-12);
            }
        }
        assert_eq!(Lifetime::Fixed { life: 7.0 }.age_at(0.5), 7.0);
        assert_eq!(Lifetime::Fixed { life: f64::INFINITY }.age_at(0.5), f64::INFINITY);
    }

    #[test]
    fn a_survival_curve_is_linear_between_its_ages() {
        let curve = SurvivalCurve::new(vec![(0.0, 1.0), (5.0, 0.8), (10.0, 0.0)]).unwrap();
        let lifetime = Lifetime::Tabulated(Arc::new(curve));
        for (age, share) in [(-1.0, 1.0), (0.0, 1.0), (2.5, 0.9), (5.0, 0.8), (7.5, 0.4), (10.0, 0.0), (99.0, 0.0)] {
            assert_relative_eq!(lifetime.survival(age), share, epsilon = 1e-15);
        }
        assert_relative_eq!(lifetime.mean(), 4.5 + 2.0);
        assert_relative_eq!(lifetime.age_at(0.5), 6.875, max_relative = 1e-12);
        assert_eq!(SurvivalCurve::new(vec![]), Err(CurveFault::Empty));
        assert_eq!(SurvivalCurve::new(vec![(1.0, 1.0)]), Err(CurveFault::Start(1.0)));
        assert_eq!(SurvivalCurve::new(vec![(0.0, 1.0), (0.0, 0.5)]), Err(CurveFault::Age(1)));
        assert_eq!(SurvivalCurve::new(vec![(0.0, 0.5), (1.0, 0.6)]), Err(CurveFault::Share(1)));
    }

    #[test]
    fn a_distribution_knows_its_parameters() {
        for known in DISTRIBUTIONS {
            let values = vec![2.0; known.parameters.len()];
            assert!(known.lifetime(&values).is_some(), "{}", known.name);
            assert!(known.lifetime(&vec![f64::NAN; values.len()]).is_none(), "{}", known.name);
            assert!(known.lifetime(&[]).is_none(), "{}", known.name);
        }
        let by = |name: &str, parameters: &[&str], values: &[f64]| {
            let form = Distribution::forms(name).find(|form| form.parameters == parameters).unwrap();
            form.lifetime(values).unwrap()
        };
        assert_relative_eq!(by("weibull", &["shape", "mean"], &[3.5, 10.0]).mean(), 10.0, max_relative = 1e-14);
        for name in ["weibull", "gamma", "logistic"] {
            let lifetime = by(name, &["mean", "sd"], &[10.0, 2.0]);
            assert_relative_eq!(lifetime.mean(), 10.0, max_relative = 1e-14);
            // The second moment is twice the area under age times survival.
            let moment: f64 = (0..100_000)
                .map(|i| (f64::from(i) + 0.5) / 1000.0)
                .map(|age| 2.0 * age * lifetime.survival(age) / 1000.0)
                .sum();
            assert_relative_eq!(moment, 104.0, max_relative = if name == "logistic" { 1e-2 } else { 1e-6 });
        }
        let weibull = Distribution::named("weibull").unwrap();
        assert!(weibull.lifetime(&[3.5, -8.5]).is_none());
        let wide = Distribution { name: "weibull", parameters: &["mean", "sd"] };
        assert!(wide.lifetime(&[1.0, 1e-9]).is_none() && wide.lifetime(&[1.0, 1e60]).is_none());
        assert!(Distribution::named("normal").unwrap().lifetime(&[-1.0, 2.0]).is_some());
    }
}
