//! Packs in a second service or kept by their holders. A store sheds them by the year in which they came in, whatever
//! they are made of: it holds masses, and the energy they stand for.

use crate::base::ids::{Id, YearId};
use crate::model::row::{LANES, add_scaled, lanes, lanes_mut, scale, sum};
use pulp::Simd;

/// A load of packs: t by substance, and kWh.
#[derive(Clone, Debug)]
pub struct Load {
    /// t by substance.
    pub mass: Vec<f64>,
    /// kWh.
    pub energy: f64,
}

impl Load {
    /// Nothing, for rows of `width` substances.
    pub fn nothing(width: usize) -> Self {
        Self { mass: vec![0.0; width], energy: 0.0 }
    }

    /// Empties the load.
    #[inline]
    pub fn clear(&mut self) {
        self.mass.fill(0.0);
        self.energy = 0.0;
    }

    /// Becomes a share of another load.
    #[inline(always)]
    pub fn set<S: Simd>(&mut self, simd: S, share: f64, load: &Self) {
        scale(simd, &mut self.mass, share, &load.mass);
        self.energy = share * load.energy;
    }

    /// Adds a share of another load.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, simd: S, share: f64, load: &Self) {
        add_scaled(simd, &mut self.mass, share, &load.mass);
        self.energy += share * load.energy;
    }
}

/// A store: cohorts are years of entry. What a year still holds is a product, `alive[z] entered[z][s]`; only the first
/// factor changes from step to step.
#[derive(Clone, Debug)]
pub struct Store {
    /// Entered, before anything left, t, `[year of entry][substance]`.
    entered: Vec<f64>,
    /// The same in kWh.
    energy: Vec<f64>,
    /// Share of what entered in each year that is still there.
    alive: Vec<f64>,
    /// Share that leaves in this step.
    dying: Vec<f64>,
    width: usize,
    /// Years of entry that may hold something: from the oldest, up to the newest.
    oldest: usize,
    newest: usize,
    /// Held when the step ends.
    held: Load,
}

impl Store {
    /// An empty store for a horizon of `years`.
    pub fn new(years: usize, width: usize) -> Self {
        let padded = years.next_multiple_of(LANES);
        Self {
            entered: vec![0.0; years * width],
            energy: vec![0.0; padded],
            alive: vec![1.0; padded],
            dying: vec![0.0; padded],
            width,
            oldest: padded,
            newest: 0,
            held: Load::nothing(width),
        }
    }

    /// Empties the store.
    pub fn reset(&mut self) {
        self.entered.fill(0.0);
        self.energy.fill(0.0);
        self.alive.fill(1.0);
        (self.oldest, self.newest) = (self.alive.len(), 0);
        self.held.clear();
    }

    /// Lets a step pass and adds what leaves. `hazards` by year of entry, filled up with zeros to a multiple of
    /// [`LANES`].
    #[inline(always)]
    pub fn age<S: Simd>(&mut self, simd: S, now: YearId, hazards: &[f64], left: &mut Load) {
        if self.oldest > self.newest {
            return;
        }
        let years = self.oldest / LANES * LANES..(self.newest + 1).next_multiple_of(LANES);
        let (mut left_energy, mut held_energy) = ([0.0; LANES], [0.0; LANES]);
        let shares = lanes_mut::<S>(&mut self.alive[years.clone()]).iter_mut();
        let shares = shares.zip(lanes_mut::<S>(&mut self.dying[years.clone()]));
        let rows = lanes::<S>(&hazards[years.clone()]).iter().zip(lanes::<S>(&self.energy[years]));
        for (place, ((alive, dying), (hazard, energy))) in shares.zip(rows).enumerate() {
            let part = place % (LANES / S::F64_LANES);
            *dying = simd.mul_f64s(*alive, *hazard);
            *alive = simd.sub_f64s(*alive, *dying);
            let (left, held) = (lanes_mut::<S>(&mut left_energy), lanes_mut::<S>(&mut held_energy));
            left[part] = simd.add_f64s(left[part], simd.mul_f64s(*dying, *energy));
            held[part] = simd.add_f64s(held[part], simd.mul_f64s(*alive, *energy));
        }
        left.energy += sum(simd, &left_energy);
        self.held.energy = sum(simd, &held_energy);
        let sums = lanes_mut::<S>(&mut left.mass).iter_mut().zip(lanes_mut::<S>(&mut self.held.mass));
        for (part, (left, held)) in sums.enumerate() {
            // A few substances stay in registers while the years pass.
            let mut leaving = [*left, simd.splat_f64s(0.0)];
            let mut staying = [simd.splat_f64s(0.0); 2];
            for z in self.oldest..=self.newest {
                let entered = lanes::<S>(&self.entered[z * self.width..(z + 1) * self.width])[part];
                let (dying, alive) = (simd.splat_f64s(self.dying[z]), simd.splat_f64s(self.alive[z]));
                leaving[z % 2] = simd.add_f64s(leaving[z % 2], simd.mul_f64s(dying, entered));
                staying[z % 2] = simd.add_f64s(staying[z % 2], simd.mul_f64s(alive, entered));
            }
            *left = simd.add_f64s(leaving[0], leaving[1]);
            *held = simd.add_f64s(staying[0], staying[1]);
        }
        while self.oldest <= self.newest && hazards[self.oldest] >= 1.0 {
            self.oldest += 1;
        }
        // What stays less than a year may be gone before its year is over: what is yet to enter begins with a share of
        // 1.
        let z = now.index();
        if self.alive[z] == 0.0 {
            self.entered[z * self.width..(z + 1) * self.width].fill(0.0);
            (self.energy[z], self.alive[z]) = (0.0, 1.0);
        }
    }

    /// Puts a share of a load in; the part `at_entry` of it leaves within the same step.
    #[inline(always)]
    pub fn enter<S: Simd>(&mut self, simd: S, now: YearId, share: f64, load: &Load, at_entry: f64, left: &mut Load) {
        if share == 0.0 || load.energy == 0.0 {
            return;
        }
        let z = now.index();
        let (kept, per_survivor) = (share * (1.0 - at_entry), 1.0 / self.alive[z]);
        self.held.add(simd, kept, load);
        add_scaled(simd, &mut self.entered[z * self.width..(z + 1) * self.width], kept * per_survivor, &load.mass);
        self.energy[z] += kept * per_survivor * load.energy;
        left.add(simd, share * at_entry, load);
        (self.oldest, self.newest) = (self.oldest.min(z), z);
    }

    /// Held when the step ends.
    pub fn held(&self) -> &Load {
        &self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// A row by year in which only the first year has a value.
    fn first(value: f64) -> [f64; LANES] {
        std::array::from_fn(|year| if year == 0 { value } else { 0.0 })
    }

    #[test]
    fn what_enters_leaves_or_stays() {
        let simd = pulp::Scalar::new();
        let (entry, second) = (YearId::new(0), YearId::new(1));
        let mut store = Store::new(2, 8);
        let mut left = Load::nothing(8);
        let load = Load { mass: vec![0.08; 8], energy: 16.0 };
        store.enter(simd, entry, 0.5, &load, 0.25, &mut left);
        store.age(simd, second, &first(0.5), &mut left);
        assert_relative_eq!(left.mass[0] + store.held().mass[0], 0.04);
        assert_eq!((store.held().energy, left.energy), (3.0, 5.0));
        assert_relative_eq!(store.held().mass[0], 0.015);
    }

    #[test]
    fn what_stays_less_than_a_year_starts_over() {
        let simd = pulp::Scalar::new();
        let (mut store, mut left) = (Store::new(1, 8), Load::nothing(8));
        let load = Load { mass: vec![0.5; 8], energy: 100.0 };
        for _ in 0..4 {
            store.age(simd, YearId::new(0), &first(1.0), &mut left);
            store.enter(simd, YearId::new(0), 1.0, &load, 0.0, &mut left);
            assert_eq!((store.held().energy, store.held().mass[0]), (100.0, 0.5));
        }
        assert_eq!((left.energy, left.mass[7]), (300.0, 1.5));
    }
}
