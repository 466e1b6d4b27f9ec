//! Packs in a second service or kept by their holders. A store sheds them by the year in which they came in, whatever
//! they are made of: it holds masses, and the energy they stand for.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{Id, YearId};
use crate::model::Now;
use crate::model::row::{add_scaled, clear, combine, lanes_mut};
use crate::model::survivors::{STATES, States, Survivors, after, sums_by_step};
use crate::model::time::MOST_STEPS;
use pulp::Simd;

/// A load of packs: t by substance, and kWh.
#[derive(Clone, Debug)]
pub struct Load {
    /// t by substance.
    pub mass: Aligned<f64>,
    /// kWh.
    pub energy: f64,
}

impl Load {
    /// Nothing, for rows of `width` substances.
    pub fn nothing(width: usize) -> Self {
        Self { mass: aligned(0.0, width), energy: 0.0 }
    }

    /// Empties the load.
    #[inline(always)]
    pub fn clear<S: Simd>(&mut self, simd: S) {
        clear(simd, &mut self.mass);
        self.energy = 0.0;
    }

    /// Becomes shares of other loads.
    #[inline(always)]
    pub fn combine<S: Simd, const N: usize>(&mut self, simd: S, parts: [(f64, &Self); N]) {
        let mut terms = [(0.0, &[][..]); N];
        self.energy = 0.0;
        for (term, (share, load)) in terms.iter_mut().zip(parts) {
            *term = (share, &load.mass[..]);
            self.energy += share * load.energy;
        }
        combine(simd, &mut self.mass, terms);
    }

    /// Adds a share of another load.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, simd: S, share: f64, load: &Self) {
        add_scaled(simd, &mut self.mass, share, &load.mass);
        self.energy += share * load.energy;
    }
}

/// A store: cohorts are years of entry. What a year still holds is a product, `alive[z] entered[z][s]`; only the first
/// factor changes from step to step. What entered in earlier years does not change while a year goes by, so what of it
/// leaves and stays in each step is summed up when the year begins.
#[derive(Clone, Debug)]
pub struct Store {
    /// Entered, before anything left, t, `[year of entry][substance]`.
    entered: Aligned<f64>,
    /// The same in kWh.
    energy: Vec<f64>,
    width: usize,
    /// Years of entry that may hold something: from the oldest, up to the newest.
    oldest: usize,
    newest: usize,
    /// Of what entered in earlier years: leaving in each step of the year, and left after it, t and kWh.
    leaving: Aligned<f64>,
    staying: Aligned<f64>,
    leaving_energy: States,
    staying_energy: States,
    /// Held when the step ends.
    held: Load,
}

impl Store {
    /// An empty store for a horizon of `years`.
    pub fn new(years: usize, width: usize) -> Self {
        Self {
            entered: aligned(0.0, years * width),
            energy: vec![0.0; years],
            width,
            oldest: years,
            newest: 0,
            leaving: aligned(0.0, MOST_STEPS * width),
            staying: aligned(0.0, MOST_STEPS * width),
            leaving_energy: [0.0; STATES],
            staying_energy: [0.0; STATES],
            held: Load::nothing(width),
        }
    }

    /// Empties the store.
    pub fn reset(&mut self) {
        self.entered.fill(0.0);
        self.energy.fill(0.0);
        (self.oldest, self.newest) = (self.energy.len(), 0);
        self.held.clear(pulp::Scalar::new());
    }

    /// Sums up what a year will leave of what entered before it.
    #[inline(always)]
    pub fn begin_year<S: Simd>(&mut self, simd: S, now: YearId, survivors: &Survivors) {
        self.oldest = self.oldest.max(survivors.oldest());
        let earlier = self.oldest.min(now.index())..now.index().min(self.newest + 1);
        let earlier = if earlier.is_empty() { 0..0 } else { earlier };
        let (dying, alive) = (&survivors.dying()[earlier.clone()], &survivors.alive()[earlier.clone()]);
        let rows = &self.entered[earlier.start * self.width..earlier.end * self.width];
        for part in 0..self.width / S::F64_LANES {
            for (sums, shares) in [(&mut self.leaving, dying), (&mut self.staying, alive)] {
                let by_step = sums_by_step(simd, shares, rows, self.width, part);
                for (row, sum) in sums.chunks_exact_mut(self.width).zip(by_step) {
                    lanes_mut::<S>(row)[part] = sum;
                }
            }
        }
        for (sums, shares) in [(&mut self.leaving_energy, dying), (&mut self.staying_energy, alive)] {
            // Summed up in registers, then put down.
            let mut by_state = [0.0; STATES];
            for (share, energy) in shares.iter().zip(&self.energy[earlier.clone()]) {
                add_scaled(simd, &mut by_state, *energy, share);
            }
            *sums = by_state;
        }
    }

    /// Lets a step pass; `left` becomes what leaves.
    #[inline(always)]
    pub fn pass<S: Simd>(&mut self, simd: S, now: Now, survivors: &Survivors, left: &mut Load) {
        if self.oldest > self.newest {
            // Nothing ever entered, or all of it has left: most chemistries have no second life.
            if left.energy != 0.0 || self.held.energy != 0.0 {
                left.clear(simd);
                self.held.clear(simd);
            }
            return;
        }
        let (z, state) = (now.year.index(), after(now.phase));
        let (dying, alive) = (survivors.dying()[z][state], survivors.alive()[z][state]);
        let row = now.phase * self.width..(now.phase + 1) * self.width;
        let young = &mut self.entered[z * self.width..(z + 1) * self.width];
        combine(simd, &mut left.mass, [(1.0, &self.leaving[row.clone()]), (dying, young)]);
        combine(simd, &mut self.held.mass, [(1.0, &self.staying[row]), (alive, young)]);
        left.energy = self.leaving_energy[state] + dying * self.energy[z];
        self.held.energy = self.staying_energy[state] + alive * self.energy[z];
        // What stays less than a year may be gone before its year is over.
        if alive == 0.0 {
            clear(simd, young);
            self.energy[z] = 0.0;
        }
    }

    /// Puts a share of a load in; the part of it that leaves within the same step is added to what leaves.
    #[inline(always)]
    pub fn enter<S: Simd>(
        &mut self,
        simd: S,
        now: Now,
        survivors: &Survivors,
        share: f64,
        load: &Load,
        left: &mut Load,
    ) {
        let at_entry = survivors.at_entry()[after(now.phase)];
        self.put(simd, now, survivors, share * (1.0 - at_entry), load);
        left.add(simd, share * at_entry, load);
    }

    /// Puts a share of a load in, all of which stays until the next step.
    #[inline(always)]
    pub fn put<S: Simd>(&mut self, simd: S, now: Now, survivors: &Survivors, share: f64, load: &Load) {
        if share == 0.0 || load.energy == 0.0 {
            return;
        }
        let z = now.year.index();
        let entered = share / survivors.goes_on_with(now.year, after(now.phase));
        self.held.add(simd, share, load);
        add_scaled(simd, &mut self.entered[z * self.width..(z + 1) * self.width], entered, &load.mass);
        self.energy[z] += entered * load.energy;
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
    use crate::base::ids::StepId;
    use crate::model::hazard::CohortHazards;
    use crate::model::lifetime::Lifetime;
    use crate::model::stock::InflowAt;
    use crate::model::time::Horizon;
    use approx::assert_relative_eq;

    /// Lets 16 kWh enter in each of the first steps, where packs stay so many years, and walks through some steps:
    /// held and left, kWh and t of the first substance.
    fn walk(months: u32, life: f64, entries: usize, left_at_once: f64) -> Vec<[f64; 4]> {
        let horizon = Horizon { start_year: 2020, step_months: months, steps: 5 * 12 / months as usize, history: 0 };
        let hazards = CohortHazards::new(&horizon, InflowAt::End, |_| Lifetime::Fixed { life });
        let simd = pulp::Scalar::new();
        let (mut survivors, mut store) = (Survivors::new(5), Store::new(5, 8));
        let load = Load { mass: aligned(0.08, 8), energy: 16.0 };
        (0..horizon.steps)
            .map(|step| {
                let now = horizon.now(StepId::new(step));
                if now.phase == 0 {
                    survivors.walk(&horizon, &hazards, now.step);
                    store.begin_year(simd, now.year, &survivors);
                }
                let mut left = Load::nothing(8);
                store.pass(simd, now, &survivors, &mut left);
                if step < entries {
                    store.put(simd, now, &survivors, 0.5 * (1.0 - left_at_once), &load);
                    left.add(simd, 0.5 * left_at_once, &load);
                }
                [store.held().energy, left.energy, store.held().mass[0], left.mass[0]]
            })
            .collect()
    }

    #[test]
    fn what_enters_leaves_or_stays() {
        // Two yearly entries of 8 kWh, a quarter of which leaves at once; they stay for two years.
        let seen = walk(12, 2.0, 2, 0.25);
        let expected = [[6.0, 2.0, 0.03, 0.01], [12.0, 2.0, 0.06, 0.01], [6.0, 6.0, 0.03, 0.03], [0.0, 6.0, 0.0, 0.03]];
        for (seen, expected) in seen.iter().flatten().zip(expected.iter().flatten()) {
            assert_relative_eq!(seen, expected, max_relative = 1e-14, epsilon = 1e-15);
        }
    }

    #[test]
    fn what_stays_less_than_a_year_starts_over() {
        // Stays a month: each step sheds what the step before took in, over the turn of the year too.
        let seen = walk(1, 1.0 / 12.0, 14, 0.0);
        assert_eq!(seen[0], [8.0, 0.0, 0.04, 0.0]);
        for step in &seen[1..14] {
            assert_eq!(*step, [8.0, 8.0, 0.04, 0.04]);
        }
        assert_eq!(seen[14], [0.0, 8.0, 0.0, 0.04]);
    }

    #[test]
    fn what_stays_for_long_is_held_to_the_last() {
        let seen = walk(3, 2.0, 6, 0.0);
        let held: f64 = seen.iter().take(6).map(|step| step[1]).sum();
        assert_eq!(held, 0.0);
        assert_relative_eq!(seen[5][0], 48.0, max_relative = 1e-14);
        let left: f64 = seen.iter().map(|step| step[1]).sum();
        assert_relative_eq!(left, 48.0, max_relative = 1e-14);
        assert_eq!(seen.last().map(|step| step[0]), Some(0.0));
    }
}
