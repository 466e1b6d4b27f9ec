//! The horizon: equal steps from a calendar start, counted in whole months, never in accumulated floats.

use crate::base::ids::{Id, StepId, YearId};
use crate::model::Now;

/// Months in a year.
pub const MONTHS: u32 = 12;

/// Steps that a year can have at most.
pub const MOST_STEPS: usize = MONTHS as usize;

/// A value for each step of a year.
pub type Steps<T> = [T; MOST_STEPS];

/// The steps a run walks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// First calendar year; the horizon begins on its 1 January, so that yearly tables hold whole years.
    pub start_year: i32,
    /// Months in a step: 1, 3 or 12.
    pub step_months: u32,
    /// Number of steps.
    pub steps: usize,
    /// Calendar years before the first one of which something is in use when the run begins. Cohort years, and so year
    /// ids, count from the first of them.
    pub history: usize,
}

impl Horizon {
    /// Length of a step (yr).
    pub fn dt(&self) -> f64 {
        f64::from(self.step_months) / f64::from(MONTHS)
    }

    /// Steps in a full year.
    pub fn steps_per_year(&self) -> usize {
        (MONTHS / self.step_months) as usize
    }

    /// Months from 1 January of the first year to the start of a step.
    fn months(&self, step: StepId) -> u32 {
        step.index() as u32 * self.step_months
    }

    /// The position of a step in its year.
    pub fn phase_of(&self, step: StepId) -> usize {
        step.index() % self.steps_per_year()
    }

    /// The year a step lies in.
    pub fn year_of(&self, step: StepId) -> YearId {
        YearId::new(self.history + (self.months(step) / MONTHS) as usize)
    }

    /// Month in which a step starts, 0 = January.
    pub fn month_of(&self, step: StepId) -> u32 {
        self.months(step) % MONTHS
    }

    /// Number of calendar years touched, and those before that still matter.
    pub fn years(&self) -> usize {
        self.steps.checked_sub(1).map_or(self.history, |last| self.year_of(StepId::new(last)).index() + 1)
    }

    /// The calendar year of a year id.
    pub fn calendar_year(&self, year: YearId) -> i32 {
        self.start_year - self.history as i32 + year.index() as i32
    }

    /// The calendar year after the last one.
    pub fn end_year(&self) -> i32 {
        self.start_year + (self.years() - self.history) as i32
    }

    /// Steps from the first one of a year to a step; `None` before that year.
    pub fn steps_since(&self, year: YearId, step: StepId) -> Option<usize> {
        let per_year = self.steps_per_year();
        (self.history * per_year + step.index()).checked_sub(year.index() * per_year)
    }

    /// Steps of the oldest age that anything can reach.
    pub fn oldest(&self) -> usize {
        self.history * self.steps_per_year() + self.steps
    }

    /// A step, with its place in the calendar.
    pub fn now(&self, step: StepId) -> Now {
        Now { step, year: self.year_of(step), phase: self.phase_of(step) }
    }

    /// Whether a step is the last of its year, or of the horizon.
    pub fn closes_year(&self, step: StepId) -> bool {
        let next = step.index() + 1;
        next == self.steps || self.year_of(StepId::new(next)) != self.year_of(step)
    }

    /// The time at a step's start, in years (2025.5 = 1 July 2025).
    pub fn start_of(&self, step: StepId) -> f64 {
        f64::from(self.start_year) + f64::from(self.months(step)) / f64::from(MONTHS)
    }

    /// The time at a step's middle, in years: where states and shares are read.
    pub fn middle_of(&self, step: StepId) -> f64 {
        self.start_of(step) + self.dt() / 2.0
    }

    /// The step's start as `2025-07`, or `2025` for yearly steps.
    pub fn label(&self, step: StepId) -> String {
        let year = self.calendar_year(self.year_of(step));
        if self.step_months == MONTHS { format!("{year}") } else { format!("{year}-{:02}", self.month_of(step) + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fall_into_their_years() {
        let horizon = Horizon { start_year: 2010, step_months: 3, steps: 8, history: 0 };
        assert_eq!((horizon.years(), horizon.end_year()), (2, 2012));
        assert_eq!(horizon.steps_since(YearId::new(1), StepId::new(5)), Some(1));
        assert_eq!(horizon.steps_since(YearId::new(1), StepId::new(3)), None);
        assert!(horizon.closes_year(StepId::new(3)) && horizon.closes_year(StepId::new(7)));
        assert!(!horizon.closes_year(StepId::new(4)));
        assert_eq!(horizon.label(StepId::new(5)), "2011-04");
    }

    #[test]
    fn cohort_years_may_begin_before_the_run() {
        let horizon = Horizon { start_year: 2010, step_months: 3, steps: 8, history: 3 };
        assert_eq!((horizon.years(), horizon.end_year(), horizon.oldest()), (5, 2012, 20));
        assert_eq!(horizon.calendar_year(YearId::new(0)), 2007);
        assert_eq!(horizon.calendar_year(horizon.year_of(StepId::new(4))), 2011);
        assert_eq!(horizon.steps_since(YearId::new(0), StepId::new(2)), Some(14));
        assert!(horizon.closes_year(StepId::new(3)) && !horizon.closes_year(StepId::new(4)));
        assert_eq!(horizon.label(StepId::new(5)), "2011-04");
    }
}
