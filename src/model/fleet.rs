//! Vehicles and the packs they carry, by cohort, in kWh.
//!
//! The vehicle fleet follows the product-component framework (Aguilar Lopez and Billy): a vehicle of cohort `p`
//! carries a pack of cohort `y >= p`; each step a share `hv` of the vehicles and a share `hb` of the packs fail,
//! independently. Cohorts are calendar years, steps may be shorter: the hazards know how a year's cohort ages.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{Id, YearId};
use crate::model::row::{LANES, lanes, lanes_mut, sum};
use crate::model::survivors::{ByState, STATES, States, Survivors, after, sums_by_step};
use crate::model::time::{MOST_STEPS, Steps};
use pulp::Simd;
use std::ops::Range;

/// What happens when a pack fails in a living vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackFailure {
    /// The pack is replaced by a new one.
    Replacement,
    /// Neither replacement nor reuse: the vehicle leaves with its pack.
    Neither,
}

/// Energy of one fleet or pool in a step, kWh over all pack years.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FleetReport {
    /// New packs of new vehicles.
    pub sold: f64,
    /// New packs in living vehicles, or new pool packs.
    pub replaced: f64,
    /// Packs worn out.
    pub worn: f64,
    /// Packs of scrapped vehicles, or taken out of a pool early.
    pub scrapped: f64,
    /// Packs of scrapped vehicles that go on in another vehicle.
    pub reused: f64,
    /// In use when the step ends.
    pub in_use: f64,
}

/// Energy through a year by pack year, kWh: what leaves, by cause, and what stays.
#[derive(Clone, Debug)]
pub struct Retired {
    /// The pack was worn out.
    pub worn: Aligned<States>,
    /// The vehicle was scrapped; the pack may still be good.
    pub scrapped: Aligned<States>,
    /// In use when the step ends.
    pub kept: Aligned<States>,
    /// The oldest pack year of which there may be anything.
    pub oldest: usize,
}

impl Retired {
    /// Nothing, for a number of pack years.
    pub fn new(years: usize) -> Self {
        let nothing = || aligned([0.0; STATES], years);
        Self { worn: nothing(), scrapped: nothing(), kept: nothing(), oldest: years }
    }

    /// Empties the rows up to a year.
    pub fn clear(&mut self, now: YearId) {
        let end = now.index() + 1;
        for rows in [&mut self.worn, &mut self.scrapped, &mut self.kept] {
            rows[self.oldest.min(end)..end].fill([0.0; STATES]);
        }
        self.oldest = self.worn.len();
    }

    /// Something of the pack years from one on is added.
    #[inline(always)]
    pub fn reach(&mut self, year: usize) {
        self.oldest = self.oldest.min(year);
    }
}

/// New vehicles of one step with new packs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entry {
    /// Energy of the packs, kWh.
    pub energy: f64,
    /// Share of the vehicles that is scrapped within the step of entry.
    pub vehicle: f64,
    /// Share of the packs that fails within the step of entry.
    pub battery: f64,
}

/// What became of an entry when its step ends, kWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entered {
    /// Packs worn out.
    pub worn: f64,
    /// Packs of scrapped vehicles.
    pub scrapped: f64,
    /// New packs that went into living vehicles.
    pub replaced: f64,
    /// In use.
    pub kept: f64,
}

impl Entry {
    /// What fails within the step of entry leaves at once, and is replaced if asked to.
    #[inline(always)]
    pub fn split(self, on_failure: PackFailure) -> Entered {
        let (scrapped, living) = (self.energy * self.vehicle, self.energy * (1.0 - self.vehicle));
        let worn = living * self.battery;
        let replaced = if on_failure == PackFailure::Replacement { worn } else { 0.0 };
        Entered { worn, scrapped, replaced, kept: living * (1.0 - self.battery) + replaced }
    }
}

/// The year that a fleet passes through.
#[derive(Clone, Copy, Debug)]
pub struct Passing<'a> {
    /// The year.
    pub now: YearId,
    /// Its steps.
    pub steps: usize,
    /// What the year leaves of the vehicles, by their year.
    pub vehicle: &'a Survivors,
    /// The same by state.
    pub vehicle_by_state: &'a ByState,
    /// What it leaves of the packs, by theirs.
    pub battery: &'a Survivors,
    /// What happens when a pack fails in a living vehicle.
    pub on_failure: PackFailure,
}

/// Pack years that are summed up together.
const TILE: usize = 4;

/// One fleet: vehicles of one region, segment and chemistry, counted by the energy of their packs.
///
/// Vehicles and packs fail independently, so what vehicles of year `p` hold of packs of year `y` is a product:
/// `n[p][y] = alive[p] survival[y] fitted[p][y]`. Only the first two factors change from step to step; `fitted` grows
/// in the current year alone. With `level[y] = sum over p of alive[p] fitted[p][y]`, a step in which the shares `dying`
/// of the vehicles and `failing` of the packs leave gives
///
/// ```text
/// scrapped[y] = survival before[y] (level before[y] - level[y])
/// worn[y]     = failing[y] level[y]
/// failed[p]   = sum over y of failing[y] fitted[p][y], per living vehicle
/// ```
///
/// The difference of levels is never negative: no term of the sum grows, and rounding keeps the order of sums whose
/// terms are added in the same order.
///
/// What was fitted in earlier years does not change while a year goes by, so all its steps are summed up at once, cell
/// by cell: `level` and `failed` are products of one matrix with the shares of all steps. What is fitted in the year
/// itself follows step by step.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// kWh fitted, before any failure, `[pack year][vehicle year]`, rows filled up to a multiple of [`LANES`].
    fitted: Aligned<f64>,
    width: usize,
    /// Vehicle years that may hold something: from the oldest to the newest.
    oldest: usize,
    newest: usize,
}

/// What fails per living vehicle, `[step][vehicle year]`: a place to sum it up.
#[derive(Clone, Debug)]
pub struct Failed(Aligned<f64>);

impl Failed {
    /// For a number of vehicle years.
    pub fn new(years: usize) -> Self {
        Self(aligned(0.0, MOST_STEPS * years.next_multiple_of(LANES)))
    }
}

impl Fleet {
    /// An empty fleet for a horizon of `years`.
    pub fn new(years: usize) -> Self {
        let width = years.next_multiple_of(LANES);
        // Pack years are summed up tile by tile: the last tile may begin in the last year.
        Self { fitted: aligned(0.0, (width + TILE) * width), width, oldest: width, newest: 0 }
    }

    /// Empties the fleet.
    pub fn reset(&mut self) {
        self.fitted.fill(0.0);
        (self.oldest, self.newest) = (self.width, 0);
    }

    /// Vehicles that are in use when a run begins, with the packs they were sold with, kWh.
    pub fn stand(&mut self, year: YearId, energy: f64) {
        self.fitted[year.index() * self.width + year.index()] += energy;
        (self.oldest, self.newest) = (self.oldest.min(year.index()), self.newest.max(year.index()));
    }

    /// Lets a year pass: in each step packs are retired and, if asked to, those that failed in living vehicles replaced
    /// by new packs of the same energy (a replacement does not fail within the step in which it is fitted); then new
    /// vehicles enter. Adds to what leaves and stays by pack year, and reports what each step did.
    #[inline(always)]
    pub fn pass<S: Simd>(
        &mut self,
        simd: S,
        year: Passing<'_>,
        entries: &Steps<Entry>,
        retired: &mut Retired,
        failed: &mut Failed,
        reports: &mut Steps<FleetReport>,
    ) {
        *reports = [FleetReport::default(); MOST_STEPS];
        if entries.iter().any(|entry| entry.energy != 0.0) {
            self.oldest = self.oldest.min(year.now.index());
            self.newest = year.now.index();
        }
        self.oldest = self.oldest.max(year.vehicle.oldest());
        if self.oldest > self.newest {
            return;
        }
        let earlier = self.oldest.max(year.battery.oldest())..year.now.index();
        retired.reach(earlier.start);
        self.retire(simd, year, earlier.clone(), retired, reports);
        if year.on_failure == PackFailure::Replacement {
            self.sum_failed(simd, year, earlier, failed);
        }
        self.pass_young(simd, year, entries, retired, failed, reports);
    }

    /// Retires the packs of earlier years.
    #[inline(always)]
    fn retire<S: Simd>(
        &self,
        simd: S,
        year: Passing<'_>,
        packs: Range<usize>,
        retired: &mut Retired,
        reports: &mut Steps<FleetReport>,
    ) {
        let mut sums = [[0.0; STATES]; 3];
        for first in packs.clone().step_by(TILE) {
            let levels = self.levels(simd, year, first);
            for (y, level) in (first..packs.end).zip(&levels) {
                let (before, now) = (&level[LANES - 1..LANES - 1 + STATES], &level[LANES..]);
                let (survival_before, failing, survival) =
                    (&year.battery.before()[y], &year.battery.dying()[y], &year.battery.alive()[y]);
                for part in 0..STATES / S::F64_LANES {
                    let at = |row: &[f64]| lanes::<S>(row)[part];
                    let lost = simd.sub_f64s(at(before), at(now));
                    for (energy, row, sum) in [
                        (simd.mul_f64s(at(survival_before), lost), &mut retired.scrapped[y], 0),
                        (simd.mul_f64s(at(failing), at(now)), &mut retired.worn[y], 1),
                        (simd.mul_f64s(at(survival), at(now)), &mut retired.kept[y], 2),
                    ] {
                        for row in [&mut row[..], &mut sums[sum][..]] {
                            let cell = &mut lanes_mut::<S>(row)[part];
                            *cell = simd.add_f64s(*cell, energy);
                        }
                    }
                }
            }
        }
        let [scrapped, worn, kept] = sums;
        for (phase, report) in reports.iter_mut().enumerate().take(year.steps) {
            let state = after(phase);
            (report.scrapped, report.worn, report.in_use) = (scrapped[state], worn[state], kept[state]);
        }
    }

    /// Energy of some pack years if no pack had ever failed, kWh by state, behind a block that is filled up with zeros.
    #[inline(always)]
    fn levels<S: Simd>(&self, simd: S, year: Passing<'_>, first: usize) -> [[f64; LANES + STATES]; TILE] {
        let mut levels = [[0.0; LANES + STATES]; TILE];
        // A pack is no older than its vehicle.
        let vehicles = self.oldest..(first + TILE).min(year.now.index());
        let fitted = |tile: usize| {
            let row = (first + tile) * self.width;
            &self.fitted[row + vehicles.start..row + vehicles.end]
        };
        let (a, b, c, d) = (fitted(0), fitted(1), fitted(2), fitted(3));
        // Two vectors of states at a time, so that each cell is spread out once for both.
        for part in (0..STATES / S::F64_LANES).step_by(2) {
            let mut sums = [[simd.splat_f64s(0.0); 2]; TILE];
            let rows = year.vehicle.alive()[vehicles.clone()].iter().zip(a).zip(b).zip(c).zip(d);
            for ((((alive, a), b), c), d) in rows {
                let alive = &lanes::<S>(alive)[part..part + 2];
                let (first, second) = (alive[0], alive[1]);
                let [a, b, c, d] = [simd.splat_f64s(*a), simd.splat_f64s(*b), simd.splat_f64s(*c), simd.splat_f64s(*d)];
                sums[0][0] = simd.add_f64s(sums[0][0], simd.mul_f64s(a, first));
                sums[0][1] = simd.add_f64s(sums[0][1], simd.mul_f64s(a, second));
                sums[1][0] = simd.add_f64s(sums[1][0], simd.mul_f64s(b, first));
                sums[1][1] = simd.add_f64s(sums[1][1], simd.mul_f64s(b, second));
                sums[2][0] = simd.add_f64s(sums[2][0], simd.mul_f64s(c, first));
                sums[2][1] = simd.add_f64s(sums[2][1], simd.mul_f64s(c, second));
                sums[3][0] = simd.add_f64s(sums[3][0], simd.mul_f64s(d, first));
                sums[3][1] = simd.add_f64s(sums[3][1], simd.mul_f64s(d, second));
            }
            for (level, sum) in levels.iter_mut().zip(sums) {
                lanes_mut::<S>(&mut level[LANES..])[part] = sum[0];
                lanes_mut::<S>(&mut level[LANES..])[part + 1] = sum[1];
            }
        }
        levels
    }

    /// What fails of the packs of earlier years per living vehicle.
    #[inline(always)]
    fn sum_failed<S: Simd>(&self, simd: S, year: Passing<'_>, packs: Range<usize>, failed: &mut Failed) {
        let blocks = self.oldest / LANES..year.now.index() / LANES + 1;
        let parts = LANES / S::F64_LANES;
        for part in blocks.start * parts..blocks.end * parts {
            let packs = packs.start.max(part * S::F64_LANES).min(packs.end)..packs.end;
            let rows = &self.fitted[packs.start * self.width..packs.end * self.width];
            let sums = sums_by_step(simd, &year.battery.dying()[packs], rows, self.width, part);
            for (row, sum) in failed.0.chunks_exact_mut(self.width).zip(sums) {
                lanes_mut::<S>(row)[part] = sum;
            }
        }
    }

    /// Walks the packs of the year itself through its steps.
    #[inline(always)]
    fn pass_young<S: Simd>(
        &mut self,
        simd: S,
        year: Passing<'_>,
        entries: &Steps<Entry>,
        retired: &mut Retired,
        failed: &Failed,
        reports: &mut Steps<FleetReport>,
    ) {
        let y = year.now.index();
        let blocks = self.oldest / LANES * LANES..(y + 1).next_multiple_of(LANES);
        let fitted = &mut self.fitted[y * self.width..(y + 1) * self.width];
        let replaces = year.on_failure == PackFailure::Replacement;
        for (phase, report) in reports.iter_mut().enumerate().take(year.steps) {
            let state = after(phase);
            let [before, failing, survival] =
                [year.battery.before(), year.battery.dying(), year.battery.alive()].map(|shares| shares[y][state]);
            let goes_on_with = year.battery.goes_on_with(year.now, state);
            // Lives of less than a year may take all that entered this year.
            let (stays, per_survivor) = (if survival == 0.0 { 0.0 } else { 1.0 }, 1.0 / goes_on_with);
            let [stays, failing_now, per_survivor] = [stays, failing, per_survivor].map(|share| simd.splat_f64s(share));
            let (mut lost, mut level, mut replaced) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
            let dying = lanes::<S>(&year.vehicle_by_state.dying(state)[blocks.clone()]).iter();
            let alive = lanes::<S>(&year.vehicle_by_state.alive(state)[blocks.clone()]);
            let failed = lanes::<S>(&failed.0[phase * self.width..(phase + 1) * self.width][blocks.clone()]);
            let rows = lanes_mut::<S>(&mut fitted[blocks.clone()]).iter_mut().zip(failed);
            for (place, ((fitted, failed), (dying, alive))) in rows.zip(dying.zip(alive)).enumerate() {
                let part = place % (LANES / S::F64_LANES);
                let (lost, level) = (&mut lanes_mut::<S>(&mut lost)[part], &mut lanes_mut::<S>(&mut level)[part]);
                *lost = simd.add_f64s(*lost, simd.mul_f64s(*dying, *fitted));
                *level = simd.add_f64s(*level, simd.mul_f64s(*alive, *fitted));
                if replaces {
                    let failed = simd.add_f64s(*failed, simd.mul_f64s(failing_now, *fitted));
                    let replaced = &mut lanes_mut::<S>(&mut replaced)[part];
                    *replaced = simd.add_f64s(*replaced, simd.mul_f64s(*alive, failed));
                    *fitted = simd.add_f64s(simd.mul_f64s(stays, *fitted), simd.mul_f64s(per_survivor, failed));
                } else {
                    *fitted = simd.mul_f64s(stays, *fitted);
                }
            }
            let [lost, level, replaced] = [sum(simd, &lost), sum(simd, &level), sum(simd, &replaced)];
            if year.vehicle.alive()[y][state] == 0.0 {
                fitted[y] = 0.0;
            }
            let entered = entries[phase].split(year.on_failure);
            fitted[y] += entered.kept / (year.vehicle.goes_on_with(year.now, state) * goes_on_with);
            let (scrapped, worn) = (before * lost + entered.scrapped, failing * level + entered.worn);
            let kept = survival * level + replaced + entered.kept;
            retired.scrapped[y][state] += scrapped;
            retired.worn[y][state] += worn;
            retired.kept[y][state] += kept;
            report.sold = entries[phase].energy;
            report.replaced = replaced + entered.replaced;
            report.scrapped += scrapped;
            report.worn += worn;
            report.in_use += kept;
        }
    }

    /// What the vehicles of each year were fitted with, kWh by vehicle year and pack year.
    pub fn fitted(&self) -> impl Iterator<Item = (YearId, YearId, f64)> + '_ {
        let cells = self.fitted.iter().enumerate().filter(|(_, energy)| **energy != 0.0);
        cells.map(|(place, energy)| (YearId::new(place % self.width), YearId::new(place / self.width), *energy))
    }
}

#[cfg(test)]
mod tests;
