//! What a plant makes of its feed: sinks, product stores, quotas; and the black mass it buys for the room that is left.

use super::limits::{Cap, Claims};
use super::{FeedForm, FeedStream, Origin, OutputRow, Plant, PlantState};
use crate::base::ids::{Id, LineId, StepId};
use crate::model::row::{add, add_times, clear, dot, lanes_mut};
use pulp::Simd;

impl PlantState {
    /// What lies in product stores, added to `sum`, t by substance.
    #[inline(always)]
    pub fn add_store<S: Simd>(&self, simd: S, sum: &mut [f64]) {
        if !self.store.cells().is_empty() {
            for row in self.store.cells().chunks_exact(self.store.columns()) {
                add(simd, sum, row);
            }
        }
    }

    /// t of product in a store.
    pub(super) fn in_store(&self, rule: usize, weight: &[f64]) -> f64 {
        let rows = Origin::ALL.map(|origin| self.store.row(OutputRow::new(rule * Origin::ALL.len() + origin as usize)));
        rows.iter().flat_map(|row| row.iter().zip(weight)).map(|(mass, weight)| mass * weight).sum()
    }

    /// Buys black mass for the room that is left.
    #[inline(always)]
    pub(super) fn buy<S: Simd>(&mut self, simd: S, plant: &Plant, step: StepId, dt: f64) {
        let stream = FeedStream::BlackMass;
        for purchase in &plant.purchases {
            let wanted = purchase.limit[step.index()] * dt;
            let Some(line) = plant.line_of[purchase.chemistry.index()].filter(|_| wanted > 0.0) else { continue };
            let entry = Plant::entry(line, stream.form());
            self.claims.clear();
            let counts = plant.counts[stream as usize];
            // Loads are linear: those of a tonne, then of all that is wanted.
            self.claims.add(line, &[], entry, &purchase.composition, wanted, counts);
            self.claims.add_loads(line, &plant.caps, entry, &purchase.composition, wanted);
            let bound = self.claims.fill(&mut self.rooms);
            if self.worst.is_none() {
                self.note(bound);
            }
            let fraction = self.claims.fraction[line.index()];
            if fraction > 0.0 {
                self.report.treated[stream as usize] += wanted * fraction;
                let row = self.feed_row(stream, purchase.chemistry);
                self.feed(simd, entry, row, &purchase.composition, wanted * fraction, 1.0);
            }
        }
    }

    /// Whether anything of an origin left the plant in this step.
    pub fn gives(&self, origin: Origin) -> bool {
        self.given[origin as usize]
    }

    /// Splits what was treated among the sinks; what each form gives has its origin.
    #[inline(always)]
    pub(super) fn run_flowsheet<S: Simd>(&mut self, simd: S, plant: &Plant, dt: f64) {
        let width = self.outputs.columns();
        let rows = self.outputs.cells_mut().chunks_exact_mut((self.sinks * width).max(1));
        for (rows, _) in rows.zip(self.given).filter(|(_, given)| *given) {
            clear(simd, rows);
        }
        if self.given[Origin::Reagent as usize] {
            clear(simd, &mut self.reagents);
        }
        // What lies in a store may be of any origin.
        self.given = [!plant.stores.is_empty(); Origin::ALL.len()];
        for (entry, fed) in self.fed.iter().enumerate().filter(|(entry, _)| self.fed_tonnes[*entry] > 0.0) {
            let origin = FeedForm::of_entry(entry).origin();
            self.given[origin as usize] = true;
            self.given[Origin::Reagent as usize] |= !plant.carried.is_empty();
            for (sink, shares) in plant.shares[entry].chunks_exact(width).enumerate() {
                let outputs = self.outputs.row_mut(OutputRow::new(origin as usize * self.sinks + sink));
                add_times(simd, outputs, shares, fed);
            }
            for carried in &plant.carried {
                let mass = dot(simd, &carried.per_tonne[entry], fed);
                self.reagents[carried.substance.index()] += mass;
                let row = OutputRow::new(Origin::Reagent as usize * self.sinks + carried.sink.index());
                self.outputs.row_mut(row)[carried.substance.index()] += mass;
            }
        }
        for (used, quota) in self.used.iter_mut().zip(&plant.quotas) {
            for origin in Origin::ALL {
                let row = OutputRow::new(origin as usize * self.sinks + quota.sink.index());
                *used += self.outputs.row(row).iter().sum::<f64>();
            }
        }
        self.ship(simd, plant, dt);
    }

    /// Puts products into their stores and ships what can be sold: afterwards the outputs are what leaves.
    #[inline(always)]
    fn ship<S: Simd>(&mut self, simd: S, plant: &Plant, dt: f64) {
        self.report.stored = 0.0;
        for (index, rule) in plant.stores.iter().enumerate() {
            for origin in Origin::ALL {
                let (store, output) = self.store_and_output(index, rule.sink.index(), origin);
                add(simd, store, output);
            }
            let held = self.in_store(index, &rule.weight);
            let share = if held > 0.0 { (rule.sales * dt / held).min(1.0) } else { 0.0 };
            for origin in Origin::ALL {
                let (store, output) = self.store_and_output(index, rule.sink.index(), origin);
                let (sold, kept) = (simd.splat_f64s(share), simd.splat_f64s(1.0 - share));
                for (store, output) in lanes_mut::<S>(store).iter_mut().zip(lanes_mut::<S>(output)) {
                    *output = simd.mul_f64s(*store, sold);
                    *store = simd.mul_f64s(*store, kept);
                }
            }
            self.report.stored += held * (1.0 - share);
        }
    }

    fn store_and_output(&mut self, rule: usize, sink: usize, origin: Origin) -> (&mut [f64], &mut [f64]) {
        let store = self.store.row_mut(OutputRow::new(rule * Origin::ALL.len() + origin as usize));
        (store, self.outputs.row_mut(OutputRow::new(origin as usize * self.sinks + sink)))
    }
}

impl Claims {
    /// What so many tonnes of a composition use of each cap.
    fn add_loads(&mut self, line: LineId, caps: &[Cap], entry: usize, composition: &[f64], tonnes: f64) {
        for (index, cap) in caps.iter().enumerate() {
            self.add_load(line, index, cap.load(entry, composition) * tonnes);
        }
    }
}
