//! Stocks of packs by cohort, in kWh: vehicles and the packs they carry, pools of packs, and packs in store.
//!
//! The vehicle fleet follows the product-component framework (Aguilar Lopez and Billy): a vehicle of cohort `p`
//! carries a pack of cohort `y >= p`; each step a share `hv` of the vehicles and a share `hb` of the packs fail,
//! independently. Cohorts are calendar years, steps may be shorter: the hazards know how a year's cohort ages.

use crate::base::ids::{Id, YearId};

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

/// Pack years that are aged together. Rows by pack year are as long as a multiple of it.
pub const LANES: usize = 8;

/// One fleet: vehicles of one region, segment and chemistry, counted by the energy of their packs.
///
/// Vehicles and packs fail independently, so what vehicles of year `p` hold of packs of year `y` is a product:
/// `n[p][y] = alive[p] survival[y] fitted[p][y]`. Only the first two factors change from step to step; `fitted` grows in
/// the current year alone. With `level[y] = sum over p of alive[p] fitted[p][y]` after a step that takes `alive` and
/// `survival` by the hazards `hv` and `hb`:
///
/// ```text
/// scrapped[y] = survival[y] sum over p of alive before[p] hv[p] fitted[p][y]
/// worn[y]     = survival[y] hb[y] level[y]
/// failed[p]   = alive[p] sum over y of survival[y] hb[y] fitted[p][y]
/// ```
#[derive(Clone, Debug)]
pub struct Fleet {
    /// kWh fitted, before any failure, `[block of pack years][vehicle year][pack year within the block]`.
    fitted: Vec<[f64; LANES]>,
    years: usize,
    /// Share of the vehicles of each year that is still alive.
    alive: Vec<f64>,
    /// Share of the vehicles of each year that is scrapped in this step.
    dying: Vec<f64>,
    /// Share of the packs of each year that still works.
    survival: Vec<f64>,
    /// What fails per living vehicle of each year in this step, kWh by lane.
    failing: Vec<[f64; LANES]>,
    /// Vehicle years that may hold something: from the oldest to the newest.
    oldest: usize,
    newest: usize,
    /// Blocks of pack years from here on may hold something.
    first_block: usize,
}

/// The sum of all lanes, halves first: an order that vector instructions can follow.
#[inline(always)]
fn add_lanes(mut lanes: [f64; LANES]) -> f64 {
    for width in [4, 2, 1] {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
    }
    lanes[0]
}

/// The block of a row by pack year.
#[inline(always)]
fn block_of(row: &[f64], block: usize) -> [f64; LANES] {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&row[block * LANES..(block + 1) * LANES]);
    lanes
}

impl Fleet {
    /// An empty fleet for a horizon of `years`.
    pub fn new(years: usize) -> Self {
        let blocks = years.div_ceil(LANES);
        Self {
            fitted: vec![[0.0; LANES]; blocks * years],
            years,
            alive: vec![1.0; years],
            dying: vec![0.0; years],
            survival: vec![1.0; blocks * LANES],
            failing: vec![[0.0; LANES]; years],
            oldest: years,
            newest: 0,
            first_block: 0,
        }
    }

    /// Empties the fleet.
    pub fn reset(&mut self) {
        self.fitted.fill([0.0; LANES]);
        self.alive.fill(1.0);
        self.survival.fill(1.0);
        (self.oldest, self.newest, self.first_block) = (self.years, 0, 0);
    }

    /// Lets a step pass: retires packs and, if asked to, replaces those that failed in living vehicles by new packs of
    /// the same energy (a replacement does not fail within the step in which it is fitted). `vehicle` and `battery` are
    /// the hazards of this step by cohort year; rows by pack year are filled up to a multiple of [`LANES`].
    #[inline(always)]
    pub fn age(
        &mut self,
        now: YearId,
        vehicle: &[f64],
        battery: &[f64],
        on_failure: PackFailure,
        retired: &mut Retired<'_>,
    ) -> Aged {
        let mut sum = Aged::default();
        if self.oldest > self.newest {
            return sum;
        }
        let vehicles = self.oldest..=self.newest;
        let shares = self.alive[vehicles.clone()].iter_mut().zip(&mut self.dying[vehicles.clone()]);
        for ((alive, dying), hazard) in shares.zip(&vehicle[vehicles.clone()]) {
            *dying = *alive * hazard;
            *alive *= 1.0 - hazard;
        }
        self.failing[vehicles.clone()].fill([0.0; LANES]);
        let last_block = now.index() / LANES;
        for block in self.first_block..=last_block {
            let (level, worn, scrapped) = self.age_block(block, battery, retired);
            sum.worn += worn;
            sum.scrapped += scrapped;
            // No pack of these years is left, and none will be made again.
            if block == self.first_block && block < last_block && level == 0.0 {
                self.first_block += 1;
            }
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

    /// Ages the packs of one block of years; returns what is left, worn and scrapped, kWh.
    #[inline(always)]
    fn age_block(&mut self, block: usize, battery: &[f64], retired: &mut Retired<'_>) -> (f64, f64, f64) {
        let lanes = block * LANES..(block + 1) * LANES;
        let hazard = block_of(battery, block);
        let before = block_of(&self.survival, block);
        let mut failing = [0.0; LANES];
        for lane in 0..LANES {
            failing[lane] = before[lane] * hazard[lane];
        }
        let (mut level, mut lost) = ([0.0; LANES], [0.0; LANES]);
        // A pack is no older than its vehicle.
        let last = self.newest.min(block * LANES + LANES - 1);
        if self.oldest <= last {
            let row = block * self.years;
            let fitted = &self.fitted[row + self.oldest..=row + last];
            let alive = &self.alive[self.oldest..][..fitted.len()];
            let dying = &self.dying[self.oldest..][..fitted.len()];
            let rates = &mut self.failing[self.oldest..][..fitted.len()];
            for p in 0..fitted.len() {
                for lane in 0..LANES {
                    level[lane] += alive[p] * fitted[p][lane];
                    lost[lane] += dying[p] * fitted[p][lane];
                    rates[p][lane] += failing[lane] * fitted[p][lane];
                }
            }
        }
        let survival = &mut self.survival[lanes.clone()];
        let (worn, kept) = (&mut retired.worn[lanes.clone()], &mut retired.kept[lanes.clone()]);
        let (mut worn_now, mut scrapped_now) = ([0.0; LANES], [0.0; LANES]);
        for (lane, scrapped) in retired.scrapped[lanes].iter_mut().enumerate() {
            scrapped_now[lane] = before[lane] * lost[lane];
            worn_now[lane] = failing[lane] * level[lane];
            survival[lane] = before[lane] * (1.0 - hazard[lane]);
            *scrapped += scrapped_now[lane];
            worn[lane] += worn_now[lane];
            kept[lane] += survival[lane] * level[lane];
        }
        (add_lanes(level), add_lanes(worn_now), add_lanes(scrapped_now))
    }

    /// Lifetimes of less than a year may take all that entered this year; what is yet to enter begins with a share of 1.
    #[inline(always)]
    fn start_over(&mut self, now: YearId) {
        let y = now.index();
        if self.survival[y] == 0.0 {
            let row = y / LANES * self.years;
            self.fitted[row..row + self.years].iter_mut().for_each(|fitted| fitted[y % LANES] = 0.0);
            self.survival[y] = 1.0;
        }
        if self.alive[y] == 0.0 {
            self.fitted.iter_mut().skip(y).step_by(self.years).for_each(|fitted| *fitted = [0.0; LANES]);
            self.alive[y] = 1.0;
        }
    }

    /// Fits a new pack to every living vehicle whose pack failed; returns their energy, kWh.
    #[inline(always)]
    fn replace(&mut self, now: YearId, retired: &mut Retired<'_>) -> f64 {
        let y = now.index();
        let mut replaced = 0.0;
        for p in self.oldest..=self.newest {
            let per_vehicle = add_lanes(self.failing[p]);
            let fitted = per_vehicle / self.survival[y];
            self.fitted[y / LANES * self.years + p][y % LANES] += fitted;
            replaced += self.alive[p] * per_vehicle;
        }
        retired.kept[y] += replaced;
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
        let scrapped = energy * vehicle_at_entry;
        let living = energy * (1.0 - vehicle_at_entry);
        let broken = living * battery_at_entry;
        let replaced = if on_failure == PackFailure::Replacement { broken } else { 0.0 };
        let kept = living * (1.0 - battery_at_entry) + replaced;
        retired.scrapped[y] += scrapped;
        retired.worn[y] += broken;
        retired.kept[y] += kept;
        let fitted = kept / (self.alive[y] * self.survival[y]);
        self.fitted[y / LANES * self.years + y][y % LANES] += fitted;
        (self.oldest, self.newest) = (self.oldest.min(y), y);
        Aged { worn: broken, scrapped, replaced }
    }

    /// Energy in use by vehicle year and pack year, kWh: the fleet recounted from its cells.
    pub fn cells(&self) -> impl Iterator<Item = (YearId, YearId, f64)> + '_ {
        self.fitted.iter().enumerate().flat_map(move |(place, fitted)| {
            let (block, p) = (place / self.years, place % self.years);
            let held = move |lane: usize| self.alive[p] * self.survival[block * LANES + lane] * fitted[lane];
            let cells = (0..LANES).map(move |lane| (YearId::new(p), YearId::new(block * LANES + lane), held(lane)));
            cells.filter(|(_, _, pack)| *pack != 0.0)
        })
    }
}

/// Packs that live by themselves: the pool of a swap network. Cohorts are years of production.
#[derive(Clone, Debug)]
pub struct Pool {
    packs: Vec<f64>,
}

impl Pool {
    /// An empty pool.
    pub fn new(years: usize) -> Self {
        Self { packs: vec![0.0; years] }
    }

    /// Empties the pool.
    pub fn reset(&mut self) {
        self.packs.fill(0.0);
    }

    /// Energy of the pool by pack year, kWh.
    pub fn packs(&self) -> &[f64] {
        &self.packs
    }

    /// Lets a step pass and adds what wears out, kWh by pack year.
    #[inline]
    pub fn age(&mut self, battery: &[f64], worn: &mut [f64]) {
        for ((pack, hazard), worn) in self.packs.iter_mut().zip(battery).zip(worn) {
            *worn += *pack * hazard;
            *pack *= 1.0 - hazard;
        }
    }

    /// Puts new packs in, kWh; what fails within the step of entry is worn at once.
    #[inline]
    pub fn commission(&mut self, now: YearId, energy: f64, at_entry: f64, worn: &mut [f64]) {
        worn[now.index()] += energy * at_entry;
        self.packs[now.index()] += energy * (1.0 - at_entry);
    }

    /// Takes a share of every cohort out: packs put out of service before they are worn.
    #[inline]
    pub fn withdraw(&mut self, share: f64, retired: &mut [f64]) {
        for (pack, retired) in self.packs.iter_mut().zip(retired) {
            *retired += *pack * share;
            *pack *= 1.0 - share;
        }
    }
}

/// Packs in a second service or in store: cohorts are years of entry, and each keeps the packs' production years.
#[derive(Clone, Debug)]
pub struct Store {
    /// kWh held, `[year of entry][pack year]`.
    packs: Vec<f64>,
    years: usize,
    /// Years of entry from here on may hold something.
    oldest: usize,
    /// Pack years from here on may hold something.
    oldest_pack: usize,
}

impl Store {
    /// An empty store.
    pub fn new(years: usize) -> Self {
        Self { packs: vec![0.0; years * years], years, oldest: 0, oldest_pack: years }
    }

    /// Empties the store.
    pub fn reset(&mut self) {
        self.packs.fill(0.0);
        (self.oldest, self.oldest_pack) = (0, self.years);
    }

    /// Lets a step pass and adds what leaves, kWh by pack year. `hazards` by year of entry.
    #[inline(always)]
    pub fn age(&mut self, now: YearId, hazards: &[f64], left: &mut [f64]) {
        let end = now.index() + 1;
        for z in self.oldest..end {
            let hazard = hazards[z];
            if hazard == 0.0 {
                continue;
            }
            let first = self.oldest_pack.min(z);
            let row = &mut self.packs[z * self.years + first..=z * self.years + z];
            for (pack, left) in row.iter_mut().zip(&mut left[first..=z]) {
                *left += *pack * hazard;
                *pack *= 1.0 - hazard;
            }
        }
        while self.oldest < now.index() && hazards[self.oldest] >= 1.0 {
            self.oldest += 1;
        }
    }

    /// Puts packs in, kWh by pack year; the share `at_entry` leaves within the same step.
    #[inline(always)]
    pub fn enter(&mut self, now: YearId, packs: &[f64], at_entry: f64, left: &mut [f64]) {
        let row = &mut self.packs[now.index() * self.years..(now.index() + 1) * self.years];
        for ((held, pack), left) in row.iter_mut().zip(packs).zip(left) {
            *held += pack * (1.0 - at_entry);
            *left += pack * at_entry;
        }
        let first = packs.iter().position(|pack| *pack != 0.0);
        self.oldest_pack = self.oldest_pack.min(first.unwrap_or(self.years));
    }

    /// Adds the energy held by pack year, kWh.
    #[inline(always)]
    pub fn add_stock(&self, now: YearId, stock: &mut [f64]) {
        let end = now.index() + 1;
        for z in self.oldest..end {
            let first = self.oldest_pack.min(z);
            let row = &self.packs[z * self.years + first..=z * self.years + z];
            for (sum, pack) in stock[first..=z].iter_mut().zip(row) {
                *sum += pack;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn year(index: usize) -> YearId {
        YearId::new(index)
    }

    /// Vehicles of year 0 with 100 kWh, a year on: hazards 0.1 for vehicles and 0.5 for packs.
    fn a_year_on(on_failure: PackFailure) -> (Aged, [[f64; LANES]; 3], Vec<(usize, usize, f64)>) {
        let mut fleet = Fleet::new(3);
        let (mut worn, mut scrapped, mut kept) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
        fleet.commission(year(0), 100.0, 0.0, 0.0, on_failure, &mut retired);
        kept.fill(0.0);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped, kept: &mut kept };
        let battery = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let aged = fleet.age(year(1), &[0.1, 0.0, 0.0], &battery, on_failure, &mut retired);
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
            let vehicle: Vec<f64> = (0..20).map(|p: usize| if now > p + 8 { 1.0 } else { 0.07 }).collect();
            let battery: Vec<f64> = (0..24).map(|y: usize| if now > y + 5 { 1.0 } else { 0.13 }).collect();
            fleet.age(year(now), &vehicle, &battery, PackFailure::Replacement, &mut retired);
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
            let aged = fleet.age(year(0), &[0.0, 0.0], &[1.0; LANES], PackFailure::Neither, &mut retired);
            fleet.commission(year(0), 10.0, 0.0, 0.0, PackFailure::Neither, &mut retired);
            assert_eq!(kept[0], 10.0);
            left += aged.worn;
        }
        assert_eq!((left, worn[0]), (50.0, 50.0));
    }

    #[test]
    fn what_enters_leaves_or_stays() {
        let mut store = Store::new(2);
        let mut left = [0.0; 2];
        store.enter(year(0), &[8.0, 0.0], 0.25, &mut left);
        store.age(year(1), &[0.5, 0.0], &mut left);
        let mut stock = [0.0; 2];
        store.add_stock(year(1), &mut stock);
        assert_relative_eq!(left[0] + stock[0], 8.0);
        assert_eq!(stock, [3.0, 0.0]);
    }
}
