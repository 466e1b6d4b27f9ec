//! Fleets in which the packs of scrapped vehicles go on in other vehicles of the same region, segment and chemistry.
//!
//! The *reuse* and *both* of the product-component framework ([`crate::model::stock::product`]), driven by sales and
//! counted in kWh. Of vehicles of year `p` with packs of year `y`, in each step:
//!
//! ```text
//! spare[y] = share x sum over p of n[p][y] hv[p] (1 - hb[y])        need[p] = sum over y of n[p][y] hb[y] (1 - hv[p])
//! ```
//!
//! If worn packs are replaced, the oldest vehicle in need takes the oldest spare pack, kWh for kWh, and what need is
//! left takes new packs. What is spare then goes into the new vehicles of the step, as far as there are any; the
//! oldest packs that find no vehicle are retired with their old ones. A pack that is used again never left use: it is
//! neither retired nor made, and does not fail again in the step in which it changes its vehicle.
//!
//! Old packs in young vehicles break the product form of [`crate::model::fleet::Fleet`]; all pairs are kept here, at
//! the price of time.

use crate::base::ids::{Id, YearId};
use crate::model::fleet::{Entry, PackFailure};
use crate::model::stock::product::{meet, trim};

/// Energy by year of production in a step, kWh: what leaves, by cause, and what stays.
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

/// What new vehicles did to a fleet, kWh over all pack years.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entered {
    /// What left, and what was replaced, in the step of entry.
    pub aged: Aged,
    /// New packs of new vehicles.
    pub new: f64,
    /// Packs of scrapped vehicles in new ones.
    pub reused: f64,
}

/// One fleet: energy of the packs by year of vehicle and pack, kWh.
#[derive(Clone, Debug)]
pub struct ReuseFleet {
    /// `[vehicle year][pack year]`.
    cells: Vec<f64>,
    years: usize,
    /// Living vehicles whose pack failed in this step, by their year.
    need: Vec<f64>,
    /// Good packs of vehicles scrapped in this step, by their year.
    spare: Vec<f64>,
    /// Vehicle years from here on may hold something.
    oldest: usize,
}

impl ReuseFleet {
    /// An empty fleet for a number of cohort years.
    pub fn new(years: usize) -> Self {
        Self { cells: vec![0.0; years * years], years, need: vec![0.0; years], spare: vec![0.0; years], oldest: 0 }
    }

    /// Empties the fleet.
    pub fn reset(&mut self) {
        for part in [&mut self.cells, &mut self.need, &mut self.spare] {
            part.fill(0.0);
        }
        self.oldest = 0;
    }

    /// Vehicles that are in use when a run begins, with the packs they were sold with, kWh.
    pub fn stand(&mut self, year: YearId, energy: f64) {
        self.cells[year.index() * self.years + year.index()] += energy;
    }

    /// Good packs that wait for a new vehicle in this step, kWh.
    pub fn spare(&self) -> f64 {
        self.spare.iter().sum()
    }

    /// Lets a step pass, by the hazards of this step. Of the good packs of scrapped vehicles the `share` may be used
    /// again. Returns what happened, and how much was used again in living vehicles, kWh; what is still spare waits for
    /// [`ReuseFleet::commission`].
    pub fn age(
        &mut self,
        now: YearId,
        vehicle: &[f64],
        battery: &[f64],
        on_failure: PackFailure,
        share: f64,
        retired: &mut Retired<'_>,
    ) -> (Aged, f64) {
        let end = now.index() + 1;
        let (mut sum, mut reused) = (Aged::default(), 0.0);
        self.need.fill(0.0);
        self.spare.fill(0.0);
        for (p, hv) in vehicle.iter().enumerate().take(end).skip(self.oldest) {
            let row = &mut self.cells[p * self.years..p * self.years + end];
            let rows = retired.worn[..end].iter_mut().zip(&mut retired.scrapped[..end]).zip(&mut self.spare[..end]);
            for (((worn, scrapped), spare), (cell, hb)) in rows.zip(row.iter_mut().zip(battery)) {
                let (dying, living) = (*cell * hv, *cell * (1.0 - hv));
                let (good, failed) = (dying * (1.0 - hb) * share, living * hb);
                *cell = living * (1.0 - hb);
                *worn += failed;
                *spare += good;
                *scrapped += dying - good;
                self.need[p] += failed;
                sum.worn += failed;
                sum.scrapped += dying - good;
            }
        }
        while self.oldest < now.index() && vehicle[self.oldest] >= 1.0 {
            self.oldest += 1;
        }
        if on_failure == PackFailure::Replacement {
            let (cells, years) = (&mut self.cells, self.years);
            meet(&mut self.need, &mut self.spare, |p, y, pack| {
                cells[p * years + y] += pack;
                reused += pack;
            });
            for (p, need) in self.need.iter().enumerate() {
                self.cells[p * self.years + now.index()] += need;
                sum.replaced += need;
            }
        }
        for p in self.oldest..end {
            for (kept, cell) in retired.kept.iter_mut().zip(&self.cells[p * self.years..p * self.years + end]) {
                *kept += cell;
            }
        }
        (sum, reused)
    }

    /// New vehicles of this year: with spare packs as far as there are any, else with new ones, some of which may fail
    /// in the step of entry. Spare packs that find no vehicle are retired.
    pub fn commission(
        &mut self,
        now: YearId,
        entry: Entry,
        on_failure: PackFailure,
        retired: &mut Retired<'_>,
    ) -> Entered {
        let energy = entry.energy;
        let mut spare_scrapped = 0.0;
        let row = &mut self.cells[now.index() * self.years..(now.index() + 1) * self.years];
        let spare: f64 = self.spare.iter().sum();
        // Exactly nothing is new where there are packs enough.
        let (reused, new) = if spare < energy { (spare, energy - spare) } else { (energy, 0.0) };
        // Nothing is in need any more: the place serves to see what is trimmed off.
        self.need.copy_from_slice(&self.spare);
        trim(&mut self.spare, energy);
        for (y, (spare, before)) in self.spare.iter_mut().zip(&self.need).enumerate() {
            let kept = *spare * (1.0 - entry.vehicle);
            let scrapped = (before - *spare) + *spare * entry.vehicle;
            row[y] += kept;
            retired.kept[y] += kept;
            retired.scrapped[y] += scrapped;
            spare_scrapped += scrapped;
            *spare = 0.0;
        }
        let entered = Entry { energy: new, ..entry }.split(on_failure);
        row[now.index()] += entered.kept;
        retired.kept[now.index()] += entered.kept;
        retired.scrapped[now.index()] += entered.scrapped;
        retired.worn[now.index()] += entered.worn;
        let scrapped = entered.scrapped + spare_scrapped;
        Entered { aged: Aged { worn: entered.worn, scrapped, replaced: entered.replaced }, new, reused }
    }

    /// Energy in use by vehicle year and pack year, kWh.
    pub fn cells(&self) -> impl Iterator<Item = (YearId, YearId, f64)> + '_ {
        let cells = self.cells.iter().enumerate();
        cells
            .filter(|(_, pack)| **pack != 0.0)
            .map(|(place, pack)| (YearId::new(place / self.years), YearId::new(place % self.years), *pack))
    }
}
