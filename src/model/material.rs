//! Recovered material on its way back: products become usable after their lag, manufacture takes what it may, and what
//! lies beyond the inventory limit is sold outside. What was recovered carries its origin; all origins are taken and sold
//! in proportion, so the tags of a stock add up to its mass.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{Id, RegionId, all};
use crate::model::plant::{Origin, SinkKind};
use crate::model::row::{add, clear, copy, is_empty, lanes, lanes_mut, scale};
use crate::model::{Model, Now, World};
use pulp::Simd;

/// The recovered inventory of a region, t by substance.
#[derive(Clone, Debug)]
pub struct Materials {
    /// Usable now, `[origin][substance]`.
    pub usable: [Aligned<f64>; Origin::RECOVERED.len()],
    /// Taken by manufacture in this step, `[origin][substance]`.
    pub taken: [Aligned<f64>; Origin::RECOVERED.len()],
    /// Share of each substance that stays when something leaves.
    staying: Aligned<f64>,
}

impl Materials {
    /// An empty inventory.
    pub fn new(substances: usize) -> Self {
        let empty = || [(); Origin::RECOVERED.len()].map(|()| aligned(0.0, substances));
        Self { usable: empty(), taken: empty(), staying: aligned(0.0, substances) }
    }

    /// Empties the inventory.
    pub fn reset(&mut self) {
        for part in self.usable.iter_mut().chain(&mut self.taken) {
            part.fill(0.0);
        }
    }

    /// All that is usable, whatever its origin.
    #[inline(always)]
    fn total<S: Simd>(&self, simd: S, sum: &mut [f64]) {
        let mut parts = self.usable.iter();
        if let Some(first) = parts.next() {
            copy(simd, sum, first);
        }
        for part in parts {
            add(simd, sum, part);
        }
    }

    /// Takes for manufacture what is there, up to `limits` (share of `input`); all origins in proportion.
    #[inline(always)]
    pub fn take<S: Simd>(&mut self, simd: S, input: &[f64], limits: &[f64], recycled: &mut [f64]) {
        self.total(simd, recycled);
        let one = simd.splat_f64s(1.0);
        let wanted = lanes::<S>(input).iter().zip(lanes::<S>(limits)).zip(lanes::<S>(recycled));
        for (taken, ((input, limit), usable)) in lanes_mut::<S>(&mut self.staying).iter_mut().zip(wanted) {
            let limit = simd.mul_f64s(*limit, *input);
            let short = simd.less_than_or_equal_f64s(*usable, limit);
            *taken = simd.select_f64s(short, one, simd.div_f64s(limit, *usable));
        }
        clear(simd, recycled);
        for (usable, taken) in self.usable.iter_mut().zip(&mut self.taken) {
            let parts = lanes_mut::<S>(usable).iter_mut().zip(lanes_mut::<S>(taken)).zip(lanes::<S>(&self.staying));
            for ((usable, taken), share) in parts {
                *taken = simd.mul_f64s(*usable, *share);
                *usable = simd.mul_f64s(*usable, simd.sub_f64s(one, *share));
            }
            add(simd, recycled, taken);
        }
        for (recycled, input) in lanes_mut::<S>(recycled).iter_mut().zip(lanes::<S>(input)) {
            // Rounding may lift the sum of the parts above the input by its last digit.
            *recycled = simd.min_f64s(*recycled, *input);
        }
    }

    /// Lets go of what lies beyond `steps` times the need, all origins in proportion.
    #[inline(always)]
    fn sell<S: Simd>(&mut self, simd: S, need: &[f64], steps: f64, sold: &mut [f64]) {
        self.total(simd, sold);
        let (one, steps) = (simd.splat_f64s(1.0), simd.splat_f64s(steps));
        let parts = lanes_mut::<S>(sold).iter_mut().zip(lanes::<S>(need)).zip(lanes_mut::<S>(&mut self.staying));
        for ((sold, need), staying) in parts {
            let (usable, limit) = (*sold, simd.mul_f64s(steps, *need));
            let beyond = simd.greater_than_f64s(usable, limit);
            *staying = simd.select_f64s(beyond, simd.div_f64s(limit, usable), one);
            *sold = simd.mul_f64s(usable, simd.sub_f64s(one, *staying));
        }
        for part in &mut self.usable {
            for (part, staying) in lanes_mut::<S>(part).iter_mut().zip(lanes::<S>(&self.staying)) {
                *part = simd.mul_f64s(*part, *staying);
            }
        }
    }
}

/// Products that are not usable yet: one slot per step of lag.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// t, `[slot][origin][substance]`.
    slots: Aligned<f64>,
    lag: usize,
    width: usize,
}

impl Pipeline {
    /// An empty pipeline with a lag of at least one step.
    pub fn new(lag: usize, substances: usize) -> Self {
        let (lag, width) = (lag.max(1), Origin::RECOVERED.len() * substances);
        Self { slots: aligned(0.0, lag * width), lag, width }
    }

    /// Empties the pipeline.
    pub fn reset(&mut self) {
        self.slots.fill(0.0);
    }

    fn slot(&mut self, step: usize) -> &mut [f64] {
        let start = (step % self.lag) * self.width;
        &mut self.slots[start..start + self.width]
    }

    /// All that is underway, added to `sum` by substance, t.
    #[inline(always)]
    pub fn add_stock<S: Simd>(&self, simd: S, sum: &mut [f64]) {
        for slot in self.slots.chunks_exact(sum.len()) {
            add(simd, sum, slot);
        }
    }
}

/// Makes usable what has served its lag: at the start of a step, before manufacture takes.
#[inline(always)]
pub fn arrive<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (plant, pipeline) in model.plants.iter().zip(&mut world.pipelines) {
        let materials = &mut world.materials[plant.returns_to.index()];
        let slot = pipeline.slot(now.step.index());
        for (usable, arrived) in materials.usable.iter_mut().zip(slot.chunks_exact_mut(model.size.width())) {
            add(simd, usable, arrived);
            clear(simd, arrived);
        }
    }
}

/// Books what the plants gave: products into the pipeline or sold, residues and emissions out; then sells what is
/// beyond the inventory limit.
#[inline(always)]
pub fn send_back<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (index, plant) in model.plants.iter().enumerate() {
        let state = &world.plants[index];
        let offered = plant.closed_loop_share[now.step.index()];
        let slot = world.pipelines[index].slot(now.step.index());
        for (sink, kind) in plant.sinks.iter().enumerate() {
            let flows = &model.flows.plants[index].sinks[sink];
            for origin in Origin::ALL {
                let output = state.outputs.row(state.output_row(origin, sink));
                if !state.gives(origin) || is_empty(simd, output) {
                    continue;
                }
                // What reagents brought leaves with a product, but is nothing that makers could use again.
                if *kind != SinkKind::ReturningProduct || offered <= 0.0 || origin == Origin::Reagent {
                    world.ledger.transfer_mixed(simd, flows.out, output);
                    continue;
                }
                let width = model.size.width();
                let part = &mut slot[origin as usize * width..(origin as usize + 1) * width];
                if offered >= 1.0 {
                    add(simd, part, output);
                    world.ledger.transfer_mixed(simd, flows.back, output);
                    continue;
                }
                let (back, sold) = (&mut world.scratch.mass, &mut world.scratch.second);
                scale(simd, back, offered, output);
                scale(simd, sold, 1.0 - offered, output);
                add(simd, part, back);
                world.ledger.transfer_mixed(simd, flows.back, back);
                world.ledger.transfer_mixed(simd, flows.out, sold);
            }
        }
    }
    for region in all::<RegionId>(model.size.regions) {
        sell_surplus(simd, model, world, region);
    }
}

/// What lies beyond the inventory limit, a time of the region's own need, is sold.
#[inline(always)]
fn sell_surplus<S: Simd>(simd: S, model: &Model, world: &mut World, region: RegionId) {
    let steps = model.manufacture[region.index()].inventory_limit / model.horizon.dt();
    let need = world.manufacture.input.row(region);
    world.materials[region.index()].sell(simd, need, steps, &mut world.scratch.mass);
    world.ledger.transfer_mixed(simd, model.flows.regions[region.index()].surplus_sold, &world.scratch.mass);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::row::LANES;

    #[test]
    fn manufacture_takes_no_more_than_it_may_and_keeps_the_origins_apart() {
        let simd = pulp::Scalar::new();
        let mut materials = Materials::new(LANES);
        for (part, mass) in materials.usable.iter_mut().zip([24.0, 8.0, 6.0, 2.0]) {
            part[0] = mass;
        }
        let first =
            |parts: &[Aligned<f64>; Origin::RECOVERED.len()]| parts.iter().map(|part| part[0]).collect::<Vec<_>>();
        let mut recycled = [0.0; LANES];
        materials.take(simd, &[40.0; LANES], &[0.5; LANES], &mut recycled);
        assert_eq!(recycled[..2], [20.0, 0.0]);
        assert_eq!(first(&materials.taken), [12.0, 4.0, 3.0, 1.0]);
        assert_eq!(first(&materials.usable), [12.0, 4.0, 3.0, 1.0]);
        let mut sold = [0.0; LANES];
        materials.sell(simd, &[5.0; LANES], 3.0, &mut sold);
        assert_eq!((sold[0], first(&materials.usable)), (5.0, vec![9.0, 3.0, 2.25, 0.75]));
        materials.take(simd, &[1000.0; LANES], &[1.0; LANES], &mut recycled);
        assert_eq!((recycled[0], first(&materials.usable)), (15.0, vec![0.0; 4]));
    }
}
