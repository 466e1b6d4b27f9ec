//! Lifetimes: each distribution gives only its survival function `S(age)`; hazards and outflows follow from it.
//!
//! Names and definitions are those of the field's reference tools: `normal` is not truncated (the mass at negative
//! ages leaves in the first step), `lognormal` takes the mean and standard deviation of the lifetime itself.

use crate::base::ids::{Id, StepId, YearId};
use crate::model::time::Horizon;
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

/// When within its step a cohort enters: the age it has reached at the end of that step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InflowAt {
    /// At the step's end: age 0.
    End,
    /// In the middle: half a step.
    Middle,
    /// At the start: a whole step.
    Start,
}

impl InflowAt {
    /// Age at the end of the step of entry, in steps.
    pub fn first_age(self) -> f64 {
        match self {
            Self::End => 0.0,
            Self::Middle => 0.5,
            Self::Start => 1.0,
        }
    }
}

/// Survival below this is taken as none: the last of a cohort leaves then, instead of lingering for centuries.
/// Nothing is lost: what is cut off leaves in that step.
pub const NEGLIGIBLE_SURVIVAL: f64 = 1e-12;

/// Hazards of one year's cohort, by step since the year began: the share of what is in use at the end of the step
/// before that leaves in this step. The cohort enters evenly over its year, so the cohort's hazard at step `n` is
/// `1 - sum_m S(n-m) / sum_m S(n-1-m)` over the months `m < n` that had entered: exact for an even inflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazards {
    /// By step since the cohort year's first step; `[0]` is 0 (nothing had entered before).
    by_step: Vec<f64>,
    /// Share of a step's inflow that is gone at the end of that same step.
    pub at_entry: f64,
}

impl Hazards {
    /// Hazards of a lifetime (yr) for a cohort that enters over `entries` steps and is watched for `steps` steps.
    pub fn new(lifetime: &Lifetime, inflow_at: InflowAt, dt: f64, entries: usize, steps: usize) -> Self {
        let first_age = inflow_at.first_age();
        let survival: Vec<f64> = (0..steps)
            .map(|age| {
                let share = lifetime.survival((age as f64 + first_age) * dt);
                if share < NEGLIGIBLE_SURVIVAL { 0.0 } else { share }
            })
            .collect();
        // What the entries made so far still hold at the end of step `n`, for one unit of inflow each.
        let held = |n: usize, entered: usize| -> f64 { (0..entered).map(|m| survival[n - m]).sum() };
        let by_step = (0..steps)
            .map(|n| {
                let entered = n.min(entries);
                let before = if n == 0 { 0.0 } else { held(n - 1, entered) };
                if n == 0 {
                    0.0
                } else if before <= 0.0 {
                    1.0
                } else {
                    (1.0 - held(n, entered) / before).clamp(0.0, 1.0)
                }
            })
            .collect();
        Self { by_step, at_entry: 1.0 - survival.first().copied().unwrap_or(1.0) }
    }

    /// Hazard at a number of steps since the cohort year's first step.
    #[inline]
    pub fn at(&self, steps: usize) -> f64 {
        self.by_step.get(steps).copied().unwrap_or(1.0)
    }
}

/// The hazards of every cohort year of one kind of thing.
#[derive(Clone, Debug)]
pub struct CohortHazards {
    distinct: Vec<Hazards>,
    /// By year: which of the distinct hazards, and the year's first step.
    cohorts: Vec<(usize, StepId)>,
}

impl CohortHazards {
    /// Hazards of lifetimes given by cohort year; equal lifetimes share one table.
    pub fn new(horizon: &Horizon, inflow_at: InflowAt, lifetime_of: impl Fn(YearId) -> Lifetime) -> Self {
        let mut lifetimes: Vec<Lifetime> = Vec::new();
        let mut distinct = Vec::new();
        let cohorts = (0..horizon.years())
            .map(|year| {
                let lifetime = lifetime_of(YearId::new(year));
                let kind = lifetimes.iter().position(|known| *known == lifetime).unwrap_or_else(|| {
                    let per_year = horizon.steps_per_year();
                    lifetimes.push(lifetime);
                    distinct.push(Hazards::new(&lifetime, inflow_at, horizon.dt(), per_year, horizon.steps));
                    distinct.len() - 1
                });
                (kind, horizon.first_step(YearId::new(year)))
            })
            .collect();
        Self { distinct, cohorts }
    }

    /// Hazards of all cohorts that exist at a step, by year; cohorts yet to come keep what is there.
    #[inline]
    pub fn at(&self, step: StepId, hazards: &mut [f64]) {
        for (hazard, (kind, first)) in hazards.iter_mut().zip(&self.cohorts) {
            let Some(steps) = step.index().checked_sub(first.index()) else { break };
            *hazard = self.distinct[*kind].at(steps);
        }
    }

    /// Share of a step's inflow gone at the end of that step, for the cohort of a year.
    #[inline]
    pub fn at_entry(&self, year: YearId) -> f64 {
        self.distinct[self.cohorts[year.index()].0].at_entry
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

    #[test]
    fn yearly_steps_give_the_plain_hazard() {
        let lifetime = Lifetime::Weibull { shape: 3.5, scale: 8.5 };
        let hazards = Hazards::new(&lifetime, InflowAt::End, 1.0, 1, 20);
        assert_eq!(hazards.at_entry, 0.0);
        for n in 1..20 {
            let plain = 1.0 - lifetime.survival(f64::from(n)) / lifetime.survival(f64::from(n - 1));
            assert_relative_eq!(hazards.at(n as usize), plain, epsilon = 1e-15);
        }
    }

    #[test]
    fn an_even_inflow_keeps_exactly_what_its_months_keep() {
        let (lifetime, dt) = (Lifetime::Weibull { shape: 2.5, scale: 3.0 }, 1.0 / 12.0);
        let hazards = Hazards::new(&lifetime, InflowAt::Middle, dt, 12, 200);
        let mut stock = 0.0;
        for n in 0..60usize {
            stock *= 1.0 - hazards.at(n);
            if n < 12 {
                stock += 1.0 - hazards.at_entry;
            }
            let exact: f64 = (0..=n.min(11)).map(|m| lifetime.survival(((n - m) as f64 + 0.5) * dt)).sum();
            assert_relative_eq!(stock, exact, max_relative = 1e-12);
        }
    }
}
