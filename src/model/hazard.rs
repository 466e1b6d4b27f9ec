//! Hazards: the share of what is in use that leaves in a step, by cohort year. A lifetime gives its survival; all else
//! follows from it here.

use crate::base::ids::{Id, StepId, YearId};
use crate::model::lifetime::Lifetime;
use crate::model::stock::InflowAt;
use crate::model::time::{Horizon, MOST_STEPS};
use std::ops::Range;
use std::sync::Arc;

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
    /// By the number of steps since the cohort's year began.
    by_step: Arc<[f64]>,
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
        let mut survival = vec![0.0; steps];
        for (age, share) in survival.iter_mut().enumerate() {
            let age_at = |first_age: f64| (age as f64 + first_age) * dt * reached;
            *share = entries.iter().map(|entry| entry.weight * lifetime.survival(age_at(entry.first_age))).sum();
            if *share < NEGLIGIBLE_SURVIVAL {
                // Survival never rises: nothing is left at any later age.
                *share = 0.0;
                break;
            }
        }
        // What the entries made so far still hold at the end of step `n`, for one unit of inflow each.
        let held = |n: usize, entered: usize| -> f64 { survival[n + 1 - entered..=n].iter().rev().sum() };
        let mut by_step = vec![0.0; steps];
        let mut before = 0.0;
        for (n, hazard) in by_step.iter_mut().enumerate().skip(1) {
            let entered = n.min(per_year);
            if n <= per_year {
                before = held(n - 1, entered);
            }
            let after = held(n, entered);
            *hazard = if before > 0.0 { (1.0 - after / before).clamp(0.0, 1.0) } else { 1.0 };
            before = after;
        }
        Self { by_step: by_step.into(), at_entry: 1.0 - survival.first().copied().unwrap_or(1.0) }
    }

    /// Hazards of a lifetime for the cohorts of a horizon.
    pub fn of(horizon: &Horizon, inflow_at: InflowAt, lifetime: &Lifetime) -> Self {
        Self::new(lifetime, inflow_at, horizon.dt(), horizon.steps_per_year(), horizon.years())
    }

    /// The same hazards at a rate of failure times a factor.
    fn multiplied(&self, factor: f64) -> Self {
        let times = |hazard: f64| if hazard < 1.0 { 1.0 - (1.0 - hazard).powf(factor) } else { 1.0 };
        let by_step = self.by_step.iter().map(|hazard| times(*hazard)).collect();
        Self { by_step, at_entry: times(self.at_entry) }
    }
}

/// A change of the hazards of all cohorts, those in use too, during some steps.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardChange {
    /// The steps in which it holds.
    pub steps: Range<usize>,
    /// What the rate of failure is multiplied by. Several changes at a time multiply.
    pub factor: f64,
}

/// The hazards of every cohort year of one kind of thing.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortHazards {
    distinct: Vec<Hazards>,
    /// By year: which of the distinct hazards.
    cohorts: Vec<usize>,
    /// The same by years in a row that share them.
    runs: Vec<(Range<usize>, usize)>,
    per_year: usize,
    /// Years before the first step.
    history: usize,
    changed: Changed,
    /// By step: share of all cohorts that is retired early. Empty if nothing is.
    early: Vec<f64>,
}

/// The distinct hazards as policies change them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Changed {
    /// By step: 0 for the hazards as they were, else the place in `distinct` after this one. Empty if nothing changes.
    era: Vec<usize>,
    distinct: Vec<Vec<Hazards>>,
}

impl CohortHazards {
    /// Hazards of lifetimes given by cohort year; equal lifetimes share one table.
    pub fn new(horizon: &Horizon, inflow_at: InflowAt, lifetime_of: impl Fn(YearId) -> Lifetime) -> Self {
        Self::shared(horizon, lifetime_of, |lifetime| Hazards::of(horizon, inflow_at, lifetime))
    }

    /// As [`CohortHazards::new`], with the hazards of a lifetime from a place that knows some already.
    pub fn shared(
        horizon: &Horizon,
        lifetime_of: impl Fn(YearId) -> Lifetime,
        mut hazards_of: impl FnMut(&Lifetime) -> Hazards,
    ) -> Self {
        let mut lifetimes: Vec<Lifetime> = Vec::new();
        let mut distinct = Vec::new();
        let (years, per_year) = (horizon.years(), horizon.steps_per_year());
        let cohorts: Vec<usize> = (0..years)
            .map(|year| {
                let lifetime = lifetime_of(YearId::new(year));
                lifetimes.iter().position(|known| *known == lifetime).unwrap_or_else(|| {
                    lifetimes.push(lifetime.clone());
                    distinct.push(hazards_of(&lifetime));
                    distinct.len() - 1
                })
            })
            .collect();
        let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
        for (year, kind) in cohorts.iter().enumerate() {
            match runs.last_mut() {
                Some((run, last)) if last == kind => run.end = year + 1,
                _ => runs.push((year..year + 1, *kind)),
            }
        }
        let (changed, early) = (Changed::default(), Vec::new());
        Self { distinct, cohorts, runs, per_year, history: horizon.history, changed, early }
    }

    /// The same hazards with changes in some steps.
    ///
    /// A factor multiplies the rate of failure, so the share that stays in a step is raised to its power:
    /// `1 - (1 - h)^factor`. That is the same life at any length of step, and never more than all. What has reached the
    /// end of its life leaves whatever the factor.
    #[must_use]
    pub fn with_changes(mut self, steps: usize, changes: &[HazardChange]) -> Self {
        let factor = |step: usize| -> f64 {
            changes.iter().filter(|change| change.steps.contains(&step)).map(|change| change.factor).product()
        };
        let mut factors: Vec<f64> = Vec::new();
        let era: Vec<usize> = (0..steps)
            .map(|step| match factor(step) {
                1.0 => 0,
                factor => {
                    1 + factors.iter().position(|known| *known == factor).unwrap_or_else(|| {
                        factors.push(factor);
                        factors.len() - 1
                    })
                }
            })
            .collect();
        if !factors.is_empty() {
            let distinct = factors.iter().map(|factor| self.distinct.iter().map(|h| h.multiplied(*factor)).collect());
            self.changed = Changed { distinct: distinct.collect(), era };
        }
        self
    }

    /// The same hazards with a share of every cohort retired on top in each step, of what the hazards leave.
    #[must_use]
    pub fn with_early_retirement(self, shares: Vec<f64>) -> Self {
        Self { early: shares, ..self }
    }

    /// The distinct hazards that hold in a step.
    #[inline(always)]
    fn distinct(&self, step: StepId) -> &[Hazards] {
        match self.changed.era.get(step.index()) {
            None | Some(0) => &self.distinct,
            Some(era) => &self.changed.distinct[era - 1],
        }
    }

    /// The hazard of the cohort of a year in a step; the cohort exists by then.
    pub fn of(&self, cohort: YearId, step: StepId) -> f64 {
        let steps = (self.history * self.per_year + step.index()) - cohort.index() * self.per_year;
        let hazard = self.distinct(step)[self.cohorts[cohort.index()]].by_step[steps];
        let early = self.early.get(step.index()).copied().unwrap_or(0.0);
        if early > 0.0 { 1.0 - (1.0 - hazard) * (1.0 - early) } else { hazard }
    }

    /// Calls `see` with each cohort year, from the `oldest` asked for to the calendar year that begins with the step
    /// `first`, and its hazards in the steps of that year.
    #[inline(always)]
    pub fn through_year(&self, first: StepId, oldest: usize, mut see: impl FnMut(usize, &[f64])) {
        let now = self.history + first.index() / self.per_year;
        let distinct: [&[Hazards]; MOST_STEPS] =
            std::array::from_fn(|phase| self.distinct(StepId::new(first.index() + phase.min(self.per_year - 1))));
        let early: [f64; MOST_STEPS] =
            std::array::from_fn(|phase| self.early.get(first.index() + phase).copied().unwrap_or(0.0));
        let (changes, retires) =
            (distinct.iter().any(|era| !std::ptr::eq(*era, distinct[0])), early != [0.0; MOST_STEPS]);
        let mut hazards = [0.0; MOST_STEPS];
        for (cohorts, kind) in &self.runs {
            for cohort in cohorts.start.max(oldest)..cohorts.end.min(now + 1) {
                let steps = (now - cohort) * self.per_year..(now - cohort + 1) * self.per_year;
                let plain = &distinct[0][*kind].by_step[steps.clone()];
                if !changes && !retires {
                    see(cohort, plain);
                    continue;
                }
                hazards[..self.per_year].copy_from_slice(plain);
                if changes {
                    for (phase, hazard) in hazards[..self.per_year].iter_mut().enumerate() {
                        *hazard = distinct[phase][*kind].by_step[steps.start + phase];
                    }
                }
                if retires {
                    for (hazard, early) in hazards.iter_mut().zip(early) {
                        *hazard = 1.0 - (1.0 - *hazard) * (1.0 - early);
                    }
                }
                see(cohort, &hazards[..self.per_year]);
            }
        }
    }

    /// Share of a step's inflow gone at the end of that step.
    #[inline]
    pub fn at_entry_in(&self, step: StepId, year: YearId) -> f64 {
        self.distinct(step)[self.cohorts[year.index()]].at_entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::all;
    use approx::assert_relative_eq;

    #[test]
    fn yearly_steps_give_the_plain_hazard() {
        let lifetime = Lifetime::Weibull { shape: 3.5, scale: 8.5 };
        let hazards = Hazards::new(&lifetime, InflowAt::End, 1.0, 1, 20);
        assert_eq!(hazards.at_entry, 0.0);
        for n in 1..20 {
            let plain = 1.0 - lifetime.survival(f64::from(n)) / lifetime.survival(f64::from(n - 1));
            assert_relative_eq!(hazards.by_step[n as usize], plain, epsilon = 1e-15);
        }
    }

    #[test]
    fn a_policy_changes_the_hazards_of_all_cohorts_while_it_holds() {
        let horizon = Horizon { start_year: 2020, step_months: 12, steps: 6, history: 0 };
        let lifetime = |year: YearId| Lifetime::Weibull { shape: 2.0, scale: if year.index() < 2 { 4.0 } else { 6.0 } };
        let plain = CohortHazards::new(&horizon, InflowAt::Mid, lifetime);
        let changes = [HazardChange { steps: 2..4, factor: 2.0 }, HazardChange { steps: 3..9, factor: 1.5 }];
        let changed = plain.clone().with_changes(6, &changes);
        for (step, factor) in [1.0, 1.0, 2.0, 3.0, 1.5, 1.5].into_iter().enumerate() {
            let (step, year) = (StepId::new(step), YearId::new(step));
            let kept = |hazard: f64| 1.0 - (1.0 - hazard).powf(factor);
            for cohort in all::<YearId>(year.index() + 1) {
                assert_relative_eq!(kept(plain.of(cohort, step)), changed.of(cohort, step), epsilon = 1e-15);
            }
            assert_relative_eq!(kept(plain.at_entry_in(step, year)), changed.at_entry_in(step, year), epsilon = 1e-15);
        }
        // Nothing to change, nothing stored.
        assert!(plain.with_changes(6, &[HazardChange { steps: 8..9, factor: 2.0 }]).changed.era.is_empty());
    }

    #[test]
    fn what_has_reached_its_end_leaves_under_any_policy() {
        let hazards = Hazards::new(&Lifetime::Fixed { life: 2.0 }, InflowAt::End, 1.0, 1, 4);
        assert_eq!([0, 1, 2, 3].map(|n| hazards.multiplied(0.0).by_step[n]), [0.0, 0.0, 1.0, 1.0]);
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
            stock *= 1.0 - hazards.by_step[n];
            if n < 12 {
                stock += 1.0 - hazards.at_entry;
            }
            let exact: f64 = (0..=n.min(11)).map(|m| share(n - m)).sum();
            assert_relative_eq!(stock, exact, max_relative = 1e-12);
        }
    }
}
