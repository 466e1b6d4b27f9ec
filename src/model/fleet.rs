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

/// Energy of retired packs by year of production, kWh, by cause.
pub struct Retired<'a> {
    /// The pack was worn out.
    pub worn: &'a mut [f64],
    /// The vehicle was scrapped; the pack may still be good.
    pub scrapped: &'a mut [f64],
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

/// One fleet: vehicles of one region, segment and chemistry, counted by the energy of their packs.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// kWh in use, `[vehicle year][pack year]`.
    packs: Vec<f64>,
    years: usize,
    /// Vehicle years from here on may hold something.
    oldest: usize,
    /// Packs made from this year on may still be there.
    oldest_pack: usize,
}

impl Fleet {
    /// An empty fleet for a horizon of `years`.
    pub fn new(years: usize) -> Self {
        Self { packs: vec![0.0; years * years], years, oldest: 0, oldest_pack: 0 }
    }

    /// Empties the fleet.
    pub fn reset(&mut self) {
        self.packs.fill(0.0);
        (self.oldest, self.oldest_pack) = (0, 0);
    }

    /// Lets a step pass: retires packs and, if asked to, replaces those that failed in living vehicles by new packs of
    /// the same energy (a replacement does not fail within the step in which it is fitted). `vehicle` and `battery` are the hazards of this step by cohort year.
    #[inline(always)]
    pub fn age(
        &mut self,
        now: YearId,
        vehicle: &[f64],
        battery: &[f64],
        on_failure: PackFailure,
        retired: &mut Retired<'_>,
    ) -> Aged {
        let end = now.index() + 1;
        // A pack whose hazard was 1 in the step before is gone, and so are all older ones.
        while self.oldest_pack < now.index() && self.column_is_empty(self.oldest_pack, end) {
            self.oldest_pack += 1;
        }
        let mut sum = Aged::default();
        for p in self.oldest..end {
            let hazard = vehicle[p];
            let first = p.max(self.oldest_pack);
            let row = &mut self.packs[p * self.years + first..p * self.years + end];
            let (mut failed, mut left) = (0.0, 0.0);
            let causes = retired.scrapped[first..end].iter_mut().zip(&mut retired.worn[first..end]);
            for ((pack, battery), (scrapped, worn)) in row.iter_mut().zip(&battery[first..end]).zip(causes) {
                let gone = *pack * hazard;
                let living = *pack * (1.0 - hazard);
                let broken = living * battery;
                *scrapped += gone;
                *worn += broken;
                failed += broken;
                left += gone;
                *pack = living * (1.0 - battery);
            }
            sum.worn += failed;
            sum.scrapped += left;
            if let (PackFailure::Replacement, Some(new)) = (on_failure, row.last_mut()) {
                *new += failed;
                sum.replaced += failed;
            }
        }
        // Vehicles of which the last has been scrapped hold nothing any more.
        while self.oldest < now.index() && vehicle[self.oldest] >= 1.0 {
            self.oldest += 1;
        }
        sum
    }

    /// Whether no pack made in a year is left. Looks only at the corner where the year is the oldest: its column holds
    /// packs of vehicles no younger.
    #[inline(always)]
    fn column_is_empty(&self, year: usize, end: usize) -> bool {
        (self.oldest..=year.min(end - 1)).all(|p| self.packs[p * self.years + year] == 0.0)
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
        retired.scrapped[y] += scrapped;
        retired.worn[y] += broken;
        let kept = living * (1.0 - battery_at_entry);
        let replaced = if on_failure == PackFailure::Replacement { broken } else { 0.0 };
        self.packs[y * self.years + y] += kept + replaced;
        Aged { worn: broken, scrapped, replaced }
    }

    /// Adds the energy in use by pack year, kWh.
    #[inline(always)]
    pub fn add_stock(&self, now: YearId, stock: &mut [f64]) {
        let end = now.index() + 1;
        for p in self.oldest..end {
            let first = p.max(self.oldest_pack);
            let row = &self.packs[p * self.years + first..p * self.years + end];
            for (sum, pack) in stock[first..end].iter_mut().zip(row) {
                *sum += pack;
            }
        }
    }

    /// Energy in use by vehicle year, kWh: the fleet's age structure.
    pub fn by_vehicle_year(&self, now: YearId) -> impl Iterator<Item = (YearId, f64)> + '_ {
        (0..=now.index()).map(move |p| {
            let row = &self.packs[p * self.years + p..=p * self.years + now.index()];
            (YearId::new(p), row.iter().sum())
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
    #[inline(always)]
    pub fn age(&mut self, battery: &[f64], worn: &mut [f64]) {
        for ((pack, hazard), worn) in self.packs.iter_mut().zip(battery).zip(worn) {
            *worn += *pack * hazard;
            *pack *= 1.0 - hazard;
        }
    }

    /// Puts new packs in, kWh; what fails within the step of entry is worn at once.
    #[inline(always)]
    pub fn commission(&mut self, now: YearId, energy: f64, at_entry: f64, worn: &mut [f64]) {
        worn[now.index()] += energy * at_entry;
        self.packs[now.index()] += energy * (1.0 - at_entry);
    }

    /// Takes a share of every cohort out: packs put out of service before they are worn.
    #[inline(always)]
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

    #[test]
    fn a_worn_pack_in_a_living_car_is_replaced_by_one_of_the_year() {
        let mut fleet = Fleet::new(3);
        let (mut worn, mut scrapped) = ([0.0; 3], [0.0; 3]);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped };
        fleet.commission(year(0), 100.0, 0.0, 0.0, PackFailure::Replacement, &mut retired);
        let aged = fleet.age(year(1), &[0.1, 0.0, 0.0], &[0.5, 0.0, 0.0], PackFailure::Replacement, &mut retired);
        // By hand: 10 leave with their vehicles, 45 of the 90 living are worn and replaced.
        assert_eq!(aged, Aged { worn: 45.0, scrapped: 10.0, replaced: 45.0 });
        assert_eq!((retired.scrapped[0], retired.worn[0]), (10.0, 45.0));
        let mut stock = [0.0; 3];
        fleet.add_stock(year(1), &mut stock);
        assert_eq!(stock, [45.0, 45.0, 0.0]);
    }

    #[test]
    fn without_replacement_the_first_failure_ends_both() {
        let mut fleet = Fleet::new(2);
        let (mut worn, mut scrapped) = ([0.0; 2], [0.0; 2]);
        let mut retired = Retired { worn: &mut worn, scrapped: &mut scrapped };
        fleet.commission(year(0), 100.0, 0.0, 0.0, PackFailure::Neither, &mut retired);
        let aged = fleet.age(year(1), &[0.1, 0.0], &[0.5, 0.0], PackFailure::Neither, &mut retired);
        let mut stock = [0.0; 2];
        fleet.add_stock(year(1), &mut stock);
        assert_eq!((aged.replaced, stock), (0.0, [45.0, 0.0]));
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
