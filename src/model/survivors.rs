//! What is left of every cohort year while a calendar year goes by: hazards, walked through all steps of a year at once.
//!
//! Everything that shares a lifetime shares these rows, whatever it holds: of a cohort's content at any step the share
//! `alive` is left, and `dying` leaves in it.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{Id, StepId, YearId};
use crate::model::hazard::CohortHazards;
use crate::model::row::{LANES, lanes};
use crate::model::time::{Horizon, MOST_STEPS, Steps};
use pulp::Simd;

/// Length of a row by state: the year's beginning and the ends of its steps, filled up to whole vectors.
pub const STATES: usize = (MOST_STEPS + 1).next_multiple_of(LANES);

/// A value at the beginning of a year and at the end of each of its steps (for a flow: during each of its steps).
pub type States = [f64; STATES];

/// The state at the end of a step, by the step's position in its year.
#[inline(always)]
pub fn after(phase: usize) -> usize {
    phase + 1
}

/// Sums over cohorts for all steps of a year, of one vector of what each cohort has a row of, `width` long:
/// `sums[step] = sum over cohorts of shares[cohort][step] row of cohort[part]`, added in the order of the cohorts.
#[inline(always)]
pub fn sums_by_step<S: Simd>(simd: S, shares: &[States], rows: &[f64], width: usize, part: usize) -> Steps<S::f64s> {
    // All steps stay in registers while the cohorts pass: each row is read once in a year.
    let mut sums = [simd.splat_f64s(0.0); MOST_STEPS];
    for (shares, row) in shares.iter().zip(rows.chunks_exact(width)) {
        let row = lanes::<S>(row)[part];
        for phase in 0..MOST_STEPS {
            sums[phase] = simd.add_f64s(sums[phase], simd.mul_f64s(simd.splat_f64s(shares[after(phase)]), row));
        }
    }
    sums
}

/// Shares of all cohorts of one lifetime through one calendar year.
///
/// The cohort of the year itself may be gone before its year is over, where lives are shorter than a year; what is yet
/// to enter then begins with a share of 1 again.
#[derive(Clone, Debug)]
pub struct Survivors {
    /// Left before each step, `[cohort year][state]`.
    before: Aligned<States>,
    /// Leaving in each step.
    dying: Aligned<States>,
    /// Left after each step.
    alive: Aligned<States>,
    /// Hazards of each step.
    hazards: Aligned<States>,
    /// Share of what enters in a step that is gone when it ends.
    at_entry: States,
    /// With what share each cohort goes into the year to come.
    next: Vec<f64>,
    oldest: usize,
}

impl Survivors {
    /// Cohorts of a number of years, none of which has lost anything.
    pub fn new(years: usize) -> Self {
        let by_cohort = || aligned([0.0; STATES], years);
        Self {
            before: by_cohort(),
            dying: by_cohort(),
            alive: by_cohort(),
            hazards: by_cohort(),
            at_entry: [0.0; STATES],
            next: vec![1.0; years],
            oldest: 0,
        }
    }

    /// Back to where a run begins.
    pub fn reset(&mut self) {
        self.next.fill(1.0);
        self.oldest = 0;
        // Cohorts of years to come have no hazard yet.
        for rows in [&mut self.before, &mut self.dying, &mut self.alive, &mut self.hazards] {
            rows.fill([0.0; STATES]);
        }
    }

    /// Walks through the calendar year that begins with the step `first`.
    #[inline(always)]
    pub fn walk(&mut self, horizon: &Horizon, hazards: &CohortHazards, first: StepId) {
        let (steps, now) = (horizon.steps_per_year(), horizon.year_of(first).index());
        while self.oldest < now && self.next[self.oldest] == 0.0 {
            for rows in [&mut self.before, &mut self.dying, &mut self.alive] {
                rows[self.oldest] = [0.0; STATES];
            }
            self.oldest += 1;
        }
        for phase in 0..steps {
            self.at_entry[after(phase)] = hazards.at_entry_in(StepId::new(first.index() + phase), YearId::new(now));
        }
        hazards.through_year(first, self.oldest, |cohort, hazards| {
            // Of a known length, the walk through months is one straight line.
            if let Some(months) = hazards.first_chunk::<MOST_STEPS>() {
                self.walk_cohort(cohort, cohort == now, months);
            } else {
                self.walk_cohort(cohort, cohort == now, hazards);
            }
        });
    }

    #[inline(always)]
    fn walk_cohort(&mut self, cohort: usize, is_young: bool, hazards: &[f64]) {
        let mut left = self.next[cohort];
        let (before, dying, alive) = (&mut self.before[cohort], &mut self.dying[cohort], &mut self.alive[cohort]);
        let rates = &mut self.hazards[cohort];
        alive[0] = left;
        for (phase, hazard) in hazards.iter().enumerate() {
            let state = after(phase);
            let leaving = left * hazard;
            (before[state], dying[state], rates[state]) = (left, leaving, *hazard);
            left -= leaving;
            alive[state] = left;
            if is_young && left == 0.0 {
                left = 1.0;
            }
        }
        self.next[cohort] = left;
    }

    /// The oldest cohort of which anything is left when the year begins.
    pub fn oldest(&self) -> usize {
        self.oldest
    }

    /// Left before each step, by cohort year.
    pub fn before(&self) -> &[States] {
        &self.before
    }

    /// Leaving in each step, by cohort year.
    pub fn dying(&self) -> &[States] {
        &self.dying
    }

    /// Left after each step, by cohort year.
    pub fn alive(&self) -> &[States] {
        &self.alive
    }

    /// With what share the cohort of the year itself goes on after a step.
    pub fn goes_on_with(&self, now: YearId, state: usize) -> f64 {
        let alive = self.alive[now.index()][state];
        if alive == 0.0 { 1.0 } else { alive }
    }

    /// Share of what enters in a step that is gone when it ends, by state.
    pub fn at_entry(&self) -> &States {
        &self.at_entry
    }

    /// Hazards of each step, by cohort year.
    pub fn hazards(&self) -> &[States] {
        &self.hazards
    }
}

/// Shares that leave and stay, `[state][cohort year]`: rows filled up to a multiple of [`LANES`], for what goes through a
/// year step by step.
#[derive(Clone, Debug)]
pub struct ByState {
    dying: Aligned<f64>,
    alive: Aligned<f64>,
    width: usize,
    /// The oldest cohort that was turned with anything left of it.
    oldest: usize,
}

impl ByState {
    /// Cohorts of a number of years.
    pub fn new(years: usize) -> Self {
        let width = years.next_multiple_of(LANES);
        Self { dying: aligned(0.0, STATES * width), alive: aligned(0.0, STATES * width), width, oldest: 0 }
    }

    /// Forgets the run.
    pub fn reset(&mut self) {
        self.dying.fill(0.0);
        self.alive.fill(0.0);
        self.oldest = 0;
    }

    /// Turns rows by cohort into rows by state, up to the cohort of the year itself.
    #[inline(always)]
    pub fn turn(&mut self, survivors: &Survivors, now: YearId) {
        // Cohorts that are gone since are turned once more, empty.
        let cohorts = self.oldest..now.index() + 1;
        self.oldest = survivors.oldest();
        for (rows, by_cohort) in [(&mut self.dying, &survivors.dying), (&mut self.alive, &survivors.alive)] {
            for (state, row) in rows.chunks_exact_mut(self.width).enumerate() {
                for (cell, shares) in row[cohorts.clone()].iter_mut().zip(&by_cohort[cohorts.clone()]) {
                    *cell = shares[state];
                }
            }
        }
    }

    /// Leaving in one step, by cohort year.
    pub fn dying(&self, state: usize) -> &[f64] {
        &self.dying[state * self.width..(state + 1) * self.width]
    }

    /// Left after one step, by cohort year.
    pub fn alive(&self, state: usize) -> &[f64] {
        &self.alive[state * self.width..(state + 1) * self.width]
    }
}
