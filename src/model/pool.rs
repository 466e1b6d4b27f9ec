//! Pools of packs by cohort, in kWh.

use crate::base::ids::{Id, YearId};
use crate::model::fleet::{FleetReport, Retired};
use crate::model::row::{add_scaled, lanes, lanes_mut};
use crate::model::stock::OnShortfall;
use crate::model::survivors::{STATES, States, Survivors, after};
use crate::model::time::Steps;
use pulp::Simd;

/// Above a target by less than this part of what is held is the last digit of a sum, not a falling target.
const ROUNDING: f64 = 1e-9;

/// The year that a pool passes through.
#[derive(Clone, Copy, Debug)]
pub struct PoolYear<'a> {
    /// The year.
    pub now: YearId,
    /// What it leaves of the packs, by their year.
    pub survivors: &'a Survivors,
    /// Energy wanted at the end of each of its steps, kWh.
    pub target: &'a [f64],
    /// What happens when the target falls faster than packs wear out.
    pub on_shortfall: OnShortfall,
}

/// Packs that live by themselves: the pool of a swap network, brought to a target in every step. Cohorts are years of
/// production.
///
/// What is left of year `y` is a product, `alive[y] fitted[y]`. What is taken out early leaves all years alike.
#[derive(Clone, Debug)]
pub struct Pool {
    /// kWh that entered, before any failure, and after what was taken out.
    fitted: Vec<f64>,
}

impl Pool {
    /// An empty pool.
    pub fn new(years: usize) -> Self {
        Self { fitted: vec![0.0; years] }
    }

    /// Empties the pool.
    pub fn reset(&mut self) {
        self.fitted.fill(0.0);
    }

    /// Lets a year pass: in each step packs wear out and new ones bring the pool to its target. Adds to what leaves and stays by pack year, and tells what each step did.
    ///
    /// # Errors
    /// The first step in which the target falls faster than packs wear out, and how much stands above it (kWh), where
    /// the rule does not allow that.
    #[inline(always)]
    pub fn pass<S: Simd>(
        &mut self,
        simd: S,
        year: PoolYear<'_>,
        retired: &mut Retired,
        reports: &mut Steps<FleetReport>,
    ) -> Result<(), (usize, f64)> {
        let PoolYear { now, survivors, target, on_shortfall } = year;
        let (y, earlier) = (now.index(), survivors.oldest()..now.index());
        retired.reach(earlier.start);
        // Packs of earlier years, if none were taken out in this one.
        let (mut worn, mut held) = ([0.0; STATES], [0.0; STATES]);
        for year in earlier.clone() {
            add_scaled(simd, &mut worn, self.fitted[year], &survivors.dying()[year]);
            add_scaled(simd, &mut held, self.fitted[year], &survivors.alive()[year]);
        }
        // Shares of the earlier years that have not been taken out before a step, are in it, and are not after it.
        let (mut before, mut taken, mut kept) = ([1.0; STATES], [0.0; STATES], [1.0; STATES]);
        let mut stays = 1.0;
        let mut refused = Ok(());
        for (phase, target) in target.iter().enumerate() {
            let state = after(phase);
            let (dying, alive) = (survivors.dying()[y][state], survivors.alive()[y][state]);
            let (young_worn, mut young) = (dying * self.fitted[y], alive * self.fitted[y]);
            if alive == 0.0 {
                self.fitted[y] = 0.0;
            }
            before[state] = stays;
            let report = &mut reports[phase];
            *report = FleetReport { worn: stays * worn[state] + young_worn, ..FleetReport::default() };
            retired.worn[y][state] += young_worn;
            let standing = stays * held[state] + young;
            let gap = target - standing;
            let at_entry = survivors.at_entry()[state];
            if gap >= 0.0 && at_entry < 1.0 {
                // Enough to stand at the target when the step ends, whatever fails within it.
                let entered = gap / (1.0 - at_entry);
                report.replaced = entered;
                report.worn += entered * at_entry;
                retired.worn[y][state] += entered * at_entry;
                young += gap;
                self.fitted[y] += gap / survivors.goes_on_with(now, state);
            } else if gap < 0.0 && on_shortfall == OnShortfall::EarlyRetirement {
                let share = -gap / standing;
                taken[state] = stays * share;
                stays *= 1.0 - share;
                report.scrapped = -gap;
                retired.scrapped[y][state] += young * share;
                young *= 1.0 - share;
                self.fitted[y] *= 1.0 - share;
            } else if -gap > ROUNDING * standing && on_shortfall != OnShortfall::Overshoot {
                // There is no such thing as less than no packs: scenarios do not offer a negative pool.
                refused = refused.and(Err((phase, -gap)));
            }
            kept[state] = stays;
            retired.kept[y][state] += young;
            report.in_use = stays * held[state] + young;
        }
        for year in earlier {
            let (dying, alive) = (&survivors.dying()[year], &survivors.alive()[year]);
            for (row, shares, by_step) in [
                (&mut retired.worn[year], dying, &before),
                (&mut retired.scrapped[year], alive, &taken),
                (&mut retired.kept[year], alive, &kept),
            ] {
                add_product(simd, row, self.fitted[year], shares, by_step);
            }
            self.fitted[year] *= stays;
        }
        refused
    }
}

/// `row[i] += factor a[i] b[i]`.
#[inline(always)]
fn add_product<S: Simd>(simd: S, row: &mut States, factor: f64, a: &States, b: &States) {
    let factor = simd.splat_f64s(factor);
    for (cell, (a, b)) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(a).iter().zip(lanes::<S>(b))) {
        *cell = simd.add_f64s(*cell, simd.mul_f64s(factor, simd.mul_f64s(*a, *b)));
    }
}
