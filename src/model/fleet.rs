//! Vehicles and the packs they carry, by cohort, in kWh.
//!
//! The vehicle fleet follows the product-component framework (Aguilar Lopez and Billy): a vehicle of cohort `p`
//! carries a pack of cohort `y >= p`; each step a share `hv` of the vehicles and a share `hb` of the packs fail,
//! independently. Cohorts are calendar years, steps may be shorter: the hazards know how a year's cohort ages.

use crate::base::ids::{Id, YearId};
use crate::model::row::{LANES, lanes, lanes_mut, sum};
use std::ops::Range;

/// What happens when a pack fails in a living vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackFailure {
    /// The pack is replaced by a new one.
    Replacement,
    /// Neither replacement nor reuse: the vehicle leaves with its pack.
    Neither,
}

/// Energy by year of production, kWh: what leaves, by cause, and what stays.
pub struct Retired<'a> {
    /// The pack was worn out.
    pub worn: &'a mut [f64],
    /// The vehicle was scrapped; the pack may still be good.
    pub scrapped: &'a mut [f64],
    /// In use when the step ends.
    pub kept: &'a mut [f64],
}

/// What a step did to a fleet, kWh over all pack years.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Aged {
    /// Packs worn out.
    pub worn: f64,
    /// Packs of scrapped vehicles.
    pub scrapped: f64,
    /// New packs that went into living vehicles.
    pub replaced: f64,
}

impl Retired<'_> {
    /// Packs that enter with new vehicles, kWh: what fails within the step of entry leaves at once, and is replaced if
    /// asked to. Returns what happened, and what is kept.
    #[inline(always)]
    pub fn enter(
        &mut self,
        now: YearId,
        energy: f64,
        vehicle_at_entry: f64,
        battery_at_entry: f64,
        on_failure: PackFailure,
    ) -> (Aged, f64) {
        let (scrapped, living) = (energy * vehicle_at_entry, energy * (1.0 - vehicle_at_entry));
        let worn = living * battery_at_entry;
        let replaced = if on_failure == PackFailure::Replacement { worn } else { 0.0 };
        let kept = living * (1.0 - battery_at_entry) + replaced;
        self.scrapped[now.index()] += scrapped;
        self.worn[now.index()] += worn;
        self.kept[now.index()] += kept;
        (Aged { worn, scrapped, replaced }, kept)
    }
}

/// Vehicle years that are aged together.
const TILE: usize = 4;

/// One value for each pack year of a block.
type Block = [f64; LANES];

/// A block of pack years for each vehicle year of a tile.
type Tile = [Block; TILE];

/// One fleet: vehicles of one region, segment and chemistry, counted by the energy of their packs.
///
/// Vehicles and packs fail independently, so what vehicles of year `p` hold of packs of year `y` is a product:
/// `n[p][y] = alive[p] survival[y] fitted[p][y]`. Only the first two factors change from step to step; `fitted` grows
/// in the current year alone. With `level[y] = sum over p of alive[p] fitted[p][y]`, a step that takes `alive` and
/// `survival` by the hazards `hv` and `hb` gives
///
/// ```text
/// scrapped[y] = survival before[y] (level before[y] - level[y])
/// worn[y]     = survival before[y] hb[y] level[y]
/// failed[p]   = sum over y of survival before[y] hb[y] fitted[p][y], per living vehicle
/// ```
///
/// The difference of levels is never negative: no term of the sum grows, and rounding keeps the order of sums whose
/// terms are added in the same order.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// kWh fitted, before any failure, `[tile of vehicle years][block of pack years]`.
    fitted: Vec<Tile>,
    blocks: usize,
    /// Share of the vehicles of each year that is still alive.
    alive: Vec<f64>,
    /// Share of the vehicles of each year that is scrapped in this step.
    dying: Vec<f64>,
    /// Share of the packs of each year that still works.
    survival: Vec<Block>,
    /// Share of the packs of each year that fails in this step.
    failing: Vec<Block>,
    /// Energy by pack year if no pack had ever failed, kWh, after this step and before it.
    level: Vec<Block>,
    level_before: Vec<Block>,
    /// What fails per living vehicle of each year in this step, kWh.
    failed: Vec<f64>,
    /// Vehicle years that may hold something: from the oldest to the newest.
    oldest: usize,
    newest: usize,
    /// Blocks of pack years from here on may hold something.
    first_block: usize,
}

/// One value for each vehicle year of a tile.
#[inline(always)]
fn vehicles_of(row: &[f64], tile: usize) -> [f64; TILE] {
    let mut values = [0.0; TILE];
    values.copy_from_slice(&row[tile * TILE..(tile + 1) * TILE]);
    values
}

impl Fleet {
    /// An empty fleet for a horizon of `years`.
    pub fn new(years: usize) -> Self {
        let blocks = years.div_ceil(LANES);
        let padded = years.next_multiple_of(LANES);
        Self {
            fitted: vec![[[0.0; LANES]; TILE]; blocks * padded / TILE],
            blocks,
            alive: vec![1.0; padded],
            dying: vec![0.0; padded],
            survival: vec![[1.0; LANES]; blocks],
            failing: vec![[0.0; LANES]; blocks],
            level: vec![[0.0; LANES]; blocks],
            level_before: vec![[0.0; LANES]; blocks],
            failed: vec![0.0; padded],
            oldest: padded,
            newest: 0,
            first_block: 0,
        }
    }

    /// Empties the fleet.
    pub fn reset(&mut self) {
        self.fitted.fill([[0.0; LANES]; TILE]);
        self.alive.fill(1.0);
        self.survival.fill([1.0; LANES]);
        self.level.fill([0.0; LANES]);
        (self.oldest, self.newest, self.first_block) = (self.alive.len(), 0, 0);
    }

    /// Lets a step pass: retires packs and, if asked to, replaces those that failed in living vehicles by new packs of
    /// the same energy (a replacement does not fail within the step in which it is fitted). `vehicle` and `battery` are
    /// the hazards of this step by cohort year, filled up with zeros to a multiple of [`LANES`].
    #[inline(always)]
    pub fn age<S: pulp::Simd>(
        &mut self,
        simd: S,
        now: YearId,
        vehicle: &[f64],
        battery: &[f64],
        on_failure: PackFailure,
        retired: &mut Retired<'_>,
    ) -> Aged {
        if self.oldest > self.newest {
            return Aged::default();
        }
        let vehicles = self.oldest / LANES * LANES..(self.newest + 1).next_multiple_of(LANES);
        let shares = lanes_mut::<S>(&mut self.alive[vehicles.clone()]).iter_mut();
        let hazards = lanes::<S>(&vehicle[vehicles.clone()]);
        for ((alive, dying), hazard) in shares.zip(lanes_mut::<S>(&mut self.dying[vehicles])).zip(hazards) {
            *dying = simd.mul_f64s(*alive, *hazard);
            *alive = simd.sub_f64s(*alive, *dying);
        }
        let blocks = self.first_block..now.index() / LANES + 1;
        for block in blocks.clone() {
            let survival = lanes::<S>(&self.survival[block]).iter();
            let hazards = lanes::<S>(&battery[block * LANES..(block + 1) * LANES]);
            let failing = lanes_mut::<S>(&mut self.failing[block]).iter_mut();
            for ((failing, survival), hazard) in failing.zip(survival).zip(hazards) {
                *failing = simd.mul_f64s(*survival, *hazard);
            }
        }
        std::mem::swap(&mut self.level, &mut self.level_before);
        self.sum_up(simd, blocks.clone());
        let mut sum = self.retire(simd, blocks, now, retired);
        // No pack of these years is left, and none will be made again.
        while self.first_block < now.index() / LANES && self.level[self.first_block] == [0.0; LANES] {
            self.first_block += 1;
        }
        self.start_over(now);
        if on_failure == PackFailure::Replacement {
            sum.replaced = self.replace(now, retired);
        }
        // Vehicles of which the last has been scrapped hold nothing any more.
        while self.oldest <= self.newest && vehicle[self.oldest] >= 1.0 {
            self.oldest += 1;
        }
        sum
    }

    /// Sums `level` over the vehicle years and `failed` over the pack years, in one pass over what is fitted.
    #[inline(always)]
    fn sum_up<S: pulp::Simd>(&mut self, simd: S, blocks: Range<usize>) {
        self.level[blocks.clone()].fill([0.0; LANES]);
        for tile in self.oldest / TILE..=self.newest / TILE {
            let first = tile * TILE;
            // A pack is no older than its vehicle.
            let from = blocks.start.max(first / LANES);
            let row = tile * self.blocks;
            let fitted = &self.fitted[row + from..row + blocks.end];
            let (levels, failing) = (&mut self.level[from..blocks.end], &self.failing[from..blocks.end]);
            let alive = vehicles_of(&self.alive, tile).map(|alive| simd.splat_f64s(alive));
            let mut failed: Tile = [[0.0; LANES]; TILE];
            for part in 0..LANES / S::F64_LANES {
                let mut rates = [simd.splat_f64s(0.0); TILE];
                for ((level, failing), fitted) in levels.iter_mut().zip(failing).zip(fitted) {
                    let (level, failing) = (&mut lanes_mut::<S>(level)[part], lanes::<S>(failing)[part]);
                    let mut held = [simd.splat_f64s(0.0); TILE];
                    for p in 0..TILE {
                        let fitted = lanes::<S>(&fitted[p])[part];
                        held[p] = simd.mul_f64s(alive[p], fitted);
                        rates[p] = simd.add_f64s(rates[p], simd.mul_f64s(failing, fitted));
                    }
                    // Two by two: short chains of sums that wait for each other.
                    let [a, b, c, d] = held;
                    let held = simd.add_f64s(simd.add_f64s(a, b), simd.add_f64s(c, d));
                    *level = simd.add_f64s(*level, held);
                }
                for (failed, rates) in failed.iter_mut().zip(rates) {
                    lanes_mut::<S>(failed)[part] = rates;
                }
            }
            for (total, failed) in self.failed[first..first + TILE].iter_mut().zip(&failed) {
                *total = sum(simd, failed);
            }
        }
    }

    /// What leaves a block of pack years with its vehicles, kWh if no pack had ever failed.
    #[inline(always)]
    fn lost<S: pulp::Simd>(&self, simd: S, block: usize, now: YearId, part: usize) -> S::f64s {
        // Packs fitted since the step before stand in no earlier level: their loss is summed up by itself.
        if block < now.index().saturating_sub(1) / LANES {
            let (before, after) = (&self.level_before[block], &self.level[block]);
            return simd.sub_f64s(lanes::<S>(before)[part], lanes::<S>(after)[part]);
        }
        let mut lost = [simd.splat_f64s(0.0); TILE];
        for tile in self.oldest / TILE..=self.newest / TILE {
            let fitted = &self.fitted[tile * self.blocks + block];
            for (p, dying) in vehicles_of(&self.dying, tile).into_iter().enumerate() {
                let fitted = lanes::<S>(&fitted[p])[part];
                lost[p] = simd.add_f64s(lost[p], simd.mul_f64s(simd.splat_f64s(dying), fitted));
            }
        }
        simd.add_f64s(simd.add_f64s(lost[0], lost[1]), simd.add_f64s(lost[2], lost[3]))
    }

    /// Retires worn packs and those of scrapped vehicles, and counts what is kept.
    #[inline(always)]
    fn retire<S: pulp::Simd>(&mut self, simd: S, blocks: Range<usize>, now: YearId, retired: &mut Retired<'_>) -> Aged {
        let (mut worn_sum, mut scrapped_sum) = ([0.0; LANES], [0.0; LANES]);
        for block in blocks {
            let years = block * LANES..(block + 1) * LANES;
            for part in 0..LANES / S::F64_LANES {
                let lost = self.lost(simd, block, now, part);
                let survival = &mut lanes_mut::<S>(&mut self.survival[block])[part];
                let (failing, level) = (lanes::<S>(&self.failing[block])[part], lanes::<S>(&self.level[block])[part]);
                let (scrapped, worn) = (simd.mul_f64s(*survival, lost), simd.mul_f64s(failing, level));
                *survival = simd.sub_f64s(*survival, failing);
                let kept = simd.mul_f64s(*survival, level);
                for (sum, energy) in [
                    (&mut scrapped_sum[..], scrapped),
                    (&mut worn_sum[..], worn),
                    (&mut retired.scrapped[years.clone()], scrapped),
                    (&mut retired.worn[years.clone()], worn),
                    (&mut retired.kept[years.clone()], kept),
                ] {
                    let sum = &mut lanes_mut::<S>(sum)[part];
                    *sum = simd.add_f64s(*sum, energy);
                }
            }
        }
        Aged { worn: sum(simd, &worn_sum), scrapped: sum(simd, &scrapped_sum), replaced: 0.0 }
    }

    /// What vehicles of a year were fitted with in a pack year, kWh.
    #[inline(always)]
    fn fitted_at(&mut self, p: usize, y: usize) -> &mut f64 {
        &mut self.fitted[p / TILE * self.blocks + y / LANES][p % TILE][y % LANES]
    }

    /// Lifetimes of less than a year may take all that entered this year; what is yet to enter begins with a share of
    /// 1.
    #[inline(always)]
    fn start_over(&mut self, now: YearId) {
        let y = now.index();
        if self.survival[y / LANES][y % LANES] == 0.0 {
            for p in 0..=y {
                *self.fitted_at(p, y) = 0.0;
            }
            self.survival[y / LANES][y % LANES] = 1.0;
        }
        if self.alive[y] == 0.0 {
            *self.fitted_at(y, y) = 0.0;
            self.alive[y] = 1.0;
        }
    }

    /// Fits a new pack to every living vehicle whose pack failed; returns their energy, kWh.
    #[inline(always)]
    fn replace(&mut self, now: YearId, retired: &mut Retired<'_>) -> f64 {
        let y = now.index();
        let per_survivor = 1.0 / self.survival[y / LANES][y % LANES];
        let mut replaced = [0.0; TILE];
        for tile in self.oldest / TILE..=self.newest / TILE {
            let fitted = &mut self.fitted[tile * self.blocks + y / LANES];
            let alive = vehicles_of(&self.alive, tile);
            for (p, failed) in vehicles_of(&self.failed, tile).into_iter().enumerate() {
                fitted[p][y % LANES] += failed * per_survivor;
                replaced[p] += alive[p] * failed;
            }
        }
        let replaced = (replaced[0] + replaced[1]) + (replaced[2] + replaced[3]);
        retired.kept[now.index()] += replaced;
        replaced
    }

    /// New vehicles of this year with new packs, kWh. The shares of vehicles and packs that fail within the step of
    /// entry are retired at once, and such packs replaced if asked to.
    #[inline(always)]
    pub fn commission(
        &mut self,
        now: YearId,
        energy: f64,
        vehicle_at_entry: f64,
        battery_at_entry: f64,
        on_failure: PackFailure,
        retired: &mut Retired<'_>,
    ) -> Aged {
        let y = now.index();
        let (aged, kept) = retired.enter(now, energy, vehicle_at_entry, battery_at_entry, on_failure);
        let share = self.alive[y] * self.survival[y / LANES][y % LANES];
        *self.fitted_at(y, y) += kept / share;
        // Counts for vehicles in use when a run begins: nothing else enters a year whose level is not summed up again.
        self.level[y / LANES][y % LANES] += self.alive[y] * (kept / share);
        (self.oldest, self.newest) = (self.oldest.min(y), self.newest.max(y));
        aged
    }

    /// Energy in use by vehicle year and pack year, kWh: the fleet recounted from its cells.
    pub fn cells(&self) -> impl Iterator<Item = (YearId, YearId, f64)> + '_ {
        let years = 0..self.blocks * LANES;
        let cells = (0..self.alive.len()).flat_map(move |p| years.clone().map(move |y| (p, y)));
        cells.filter_map(|(p, y)| {
            let fitted = self.fitted[p / TILE * self.blocks + y / LANES][p % TILE][y % LANES];
            let held = self.alive[p] * self.survival[y / LANES][y % LANES] * fitted;
            (held != 0.0).then_some((YearId::new(p), YearId::new(y), held))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn year(index: usize) -> YearId {
        YearId::new(index)
    }

    /// A row by year in which only the first year has a value.
    fn first(value: f64) -> [f64; LANES] {
        std::array::from_fn(|year| if year == 0 { value } else { 0.0 })
    }

    /// Vehicles of year 0 with 100 kWh, a year on: hazards 0.1 for vehicles and 0.5 for packs.
    fn a_year_on(on_failure: PackFailure) -> (Aged, [[f64; LANES]; 3], Vec<(usize, usize, f64)>) {
        let mut fleet = Fleet::new(3);
        let (mut worn, mut scrapped, mut kept) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
        fleet.commission(year(0), 100.0, 0.0, 0.0, on_failure, &mut retired);
        kept.fill(0.0);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
        let battery = first(0.5);
        let aged = fleet.age(pulp::Scalar::new(), year(1), &first(0.1), &battery, on_failure, &mut retired);
        (aged, [worn, scrapped, kept], fleet.cells().map(|(p, y, pack)| (p.index(), y.index(), pack)).collect())
    }

    #[test]
    fn a_worn_pack_in_a_living_car_is_replaced_by_one_of_the_year() {
        let (aged, [worn, scrapped, kept], cells) = a_year_on(PackFailure::Replacement);
        // By hand: 10 leave with their vehicles, 45 of the 90 living are worn and replaced.
        assert_eq!(aged, Aged { worn: 45.0, scrapped: 10.0, replaced: 45.0 });
        assert_eq!((scrapped[0], worn[0]), (10.0, 45.0));
        assert_eq!(kept[..3], [45.0, 45.0, 0.0]);
        assert_eq!(cells, [(0, 0, 45.0), (0, 1, 45.0)]);
    }

    #[test]
    fn without_replacement_the_first_failure_ends_both() {
        let (aged, [_, _, kept], cells) = a_year_on(PackFailure::Neither);
        assert_eq!((aged.replaced, kept[..2].to_vec()), (0.0, vec![45.0, 0.0]));
        assert_eq!(cells, [(0, 0, 45.0)]);
    }

    #[test]
    fn what_is_kept_is_what_the_cells_hold() {
        let mut fleet = Fleet::new(20);
        let (mut worn, mut scrapped) = ([0.0; 24], [0.0; 24]);
        for now in 0..20 {
            let mut kept = [0.0; 24];
            let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
            let vehicle: Vec<f64> = (0..24).map(|p: usize| if now > p + 8 { 1.0 } else { 0.07 }).collect();
            let battery: Vec<f64> = (0..24).map(|y: usize| if now > y + 5 { 1.0 } else { 0.13 }).collect();
            fleet.age(pulp::Scalar::new(), year(now), &vehicle, &battery, PackFailure::Replacement, &mut retired);
            if now < 10 {
                fleet.commission(year(now), 100.0, 0.01, 0.02, PackFailure::Replacement, &mut retired);
            }
            let held: f64 = fleet.cells().map(|(_, _, pack)| pack).sum();
            assert_relative_eq!(kept.iter().sum::<f64>(), held, max_relative = 1e-14);
            assert!(fleet.cells().all(|(p, y, pack)| p <= y && pack > 0.0));
        }
        assert_eq!(fleet.cells().count(), 0);
    }

    #[test]
    fn lives_shorter_than_a_year_start_over() {
        let mut fleet = Fleet::new(2);
        let (mut worn, mut scrapped) = ([0.0; LANES], [0.0; LANES]);
        let mut left = 0.0;
        for _ in 0..6 {
            let mut kept = [0.0; LANES];
            let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
            let aged =
                fleet.age(pulp::Scalar::new(), year(0), &first(0.0), &first(1.0), PackFailure::Neither, &mut retired);
            fleet.commission(year(0), 10.0, 0.0, 0.0, PackFailure::Neither, &mut retired);
            assert_eq!(kept[0], 10.0);
            left += aged.worn;
        }
        assert_eq!((left, worn[0]), (50.0, 50.0));
    }
}
