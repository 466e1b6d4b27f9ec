//! Hazards: the share of what is in use that leaves in a step, by cohort year. A lifetime gives its survival; all else
//! follows from it here.

use crate::base::ids::{Id, StepId, YearId};
use crate::model::fleet::LANES;
use crate::model::lifetime::Lifetime;
use crate::model::stock::InflowAt;
use crate::model::time::Horizon;

/// Survival below this is taken as none: the last of a cohort leaves then, instead of lingering for centuries.
/// Nothing is lost: what is cut off leaves in that step.
pub const NEGLIGIBLE_SURVIVAL: f64 = 1e-12;

/// An age that equals a fixed life but for the rounding of months into years has reached it.
const REACHED: f64 = 1.0 + 1e-12;

/// Hazards of a year's cohort, by step since the year began: the share of what is in use at the end of the step before
/// that leaves in this step. The cohort enters evenly over its year, so its hazard at step `n` is
/// `1 - sum_m S(n-m) / sum_m S(n-1-m)` over the months `m < n` that had entered: exact for an even inflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazards {
    /// `[step within the year][years since the cohort's year, from many to none]`: so the hazards of all cohorts that
    /// exist in a step lie side by side, the oldest first.
    by_phase: Vec<f64>,
    years: usize,
    /// Share of a step's inflow that is gone at the end of that same step.
    pub at_entry: f64,
}

impl Hazards {
    /// Hazards of a lifetime (yr), for cohorts that enter over `per_year` steps of length `dt` (yr) and a horizon of
    /// `years`.
    pub fn new(lifetime: &Lifetime, inflow_at: InflowAt, dt: f64, per_year: usize, years: usize) -> Self {
        let steps = per_year * years;
        let entries = inflow_at.entries();
        let reached = if matches!(lifetime, Lifetime::Fixed { .. }) { REACHED } else { 1.0 };
        let survival: Vec<f64> = (0..steps)
            .map(|age| {
                let age_at = |first_age: f64| (age as f64 + first_age) * dt * reached;
                let share: f64 =
                    entries.iter().map(|entry| entry.weight * lifetime.survival(age_at(entry.first_age))).sum();
                if share < NEGLIGIBLE_SURVIVAL { 0.0 } else { share }
            })
            .collect();
        // What the entries made so far still hold at the end of step `n`, for one unit of inflow each.
        let held = |n: usize, entered: usize| -> f64 { (0..entered).map(|m| survival[n - m]).sum() };
        let mut by_phase = vec![0.0; steps + LANES];
        for n in 1..steps {
            let entered = n.min(per_year);
            let before = held(n - 1, entered);
            let hazard = if before > 0.0 { (1.0 - held(n, entered) / before).clamp(0.0, 1.0) } else { 1.0 };
            by_phase[(n % per_year) * years + years - 1 - n / per_year] = hazard;
        }
        Self { by_phase, years, at_entry: 1.0 - survival.first().copied().unwrap_or(1.0) }
    }

    /// Hazards of the cohorts of all years up to `year`, oldest first, in a step of that year. The slice is filled up
    /// to a multiple of [`LANES`] with what lies behind: hazards of cohorts yet to come, which hold nothing.
    #[inline]
    fn cohorts(&self, year: usize, phase: usize) -> &[f64] {
        let first = (phase + 1) * self.years - 1 - year;
        &self.by_phase[first..first + (year + 1).next_multiple_of(LANES)]
    }

    /// Hazard at a number of steps since the cohort year's first step.
    #[cfg(test)]
    fn at(&self, steps: usize) -> f64 {
        let per_year = (self.by_phase.len() - LANES) / self.years;
        self.cohorts(steps / per_year, steps % per_year)[0]
    }
}

/// The hazards of every cohort year of one kind of thing.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortHazards {
    distinct: Vec<Hazards>,
    /// By year: which of the distinct hazards.
    cohorts: Vec<usize>,
    per_year: usize,
}

impl CohortHazards {
    /// Hazards of lifetimes given by cohort year; equal lifetimes share one table.
    pub fn new(horizon: &Horizon, inflow_at: InflowAt, lifetime_of: impl Fn(YearId) -> Lifetime) -> Self {
        let mut lifetimes: Vec<Lifetime> = Vec::new();
        let mut distinct = Vec::new();
        let (years, per_year) = (horizon.years(), horizon.steps_per_year());
        let cohorts = (0..years)
            .map(|year| {
                let lifetime = lifetime_of(YearId::new(year));
                lifetimes.iter().position(|known| *known == lifetime).unwrap_or_else(|| {
                    lifetimes.push(lifetime.clone());
                    distinct.push(Hazards::new(&lifetime, inflow_at, horizon.dt(), per_year, years));
                    distinct.len() - 1
                })
            })
            .collect();
        Self { distinct, cohorts, per_year }
    }

    /// Hazards of all cohorts that exist at a step, by year, filled up to a multiple of [`LANES`]: taken from the table
    /// where all share one, put together in `place` where they differ.
    #[inline(always)]
    pub fn at<'a>(&'a self, step: StepId, place: &'a mut [f64]) -> &'a [f64] {
        let (year, phase) = (step.index() / self.per_year, step.index() % self.per_year);
        if let [only] = self.distinct.as_slice() {
            return only.cohorts(year, phase);
        }
        let mut from = 0;
        while from <= year {
            let kind = self.cohorts[from];
            let same = self.cohorts[from..=year].iter().take_while(|other| **other == kind).count();
            let table = self.distinct[kind].cohorts(year, phase);
            place[from..from + same].copy_from_slice(&table[from..from + same]);
            from += same;
        }
        &place[..(year + 1).next_multiple_of(LANES)]
    }

    /// Share of a step's inflow gone at the end of that step, for the cohort of a year.
    #[inline]
    pub fn at_entry(&self, year: YearId) -> f64 {
        self.distinct[self.cohorts[year.index()]].at_entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

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
        for inflow_at in ["end", "mid", "start", "spread:4"] {
            even_inflow(inflow_at.parse().unwrap());
        }
    }

    fn even_inflow(inflow_at: InflowAt) {
        let (lifetime, dt) = (Lifetime::Weibull { shape: 2.5, scale: 3.0 }, 1.0 / 12.0);
        let hazards = Hazards::new(&lifetime, inflow_at, dt, 12, 17);
        let share = |months: usize| -> f64 {
            let entries = inflow_at.entries();
            entries.iter().map(|entry| entry.weight * lifetime.survival((months as f64 + entry.first_age) * dt)).sum()
        };
        let mut stock = 0.0;
        for n in 0..60usize {
            stock *= 1.0 - hazards.at(n);
            if n < 12 {
                stock += 1.0 - hazards.at_entry;
            }
            let exact: f64 = (0..=n.min(11)).map(|m| share(n - m)).sum();
            assert_relative_eq!(stock, exact, max_relative = 1e-12);
        }
    }
}
