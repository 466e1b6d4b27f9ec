//! Recovered material on its way back: products become usable after their lag, manufacture takes what it may, and what
//! lies beyond the inventory limit is sold outside. What was recovered from new and from old scrap is kept apart.

use crate::base::ids::{Id, RegionId, all};
use crate::model::plant::{Origin, SinkKind};
use crate::model::row::{add, is_empty, lanes, lanes_mut, scale};
use crate::model::{Model, Now, World};
use pulp::Simd;

/// The recovered inventory of a region, t by substance.
#[derive(Clone, Debug)]
pub struct Materials {
    /// Usable now, `[origin][substance]`.
    pub usable: [Vec<f64>; 2],
    /// Taken by manufacture in this step, `[origin][substance]`.
    pub taken: [Vec<f64>; 2],
}

impl Materials {
    /// An empty inventory.
    pub fn new(substances: usize) -> Self {
        let empty = || [vec![0.0; substances], vec![0.0; substances]];
        Self { usable: empty(), taken: empty() }
    }

    /// Empties the inventory.
    pub fn reset(&mut self) {
        for part in self.usable.iter_mut().chain(&mut self.taken) {
            part.fill(0.0);
        }
    }

    /// Takes for manufacture what is there, up to `limits` (share of `input`); new and old scrap in proportion.
    #[inline(always)]
    pub fn take<S: Simd>(&mut self, simd: S, input: &[f64], limits: &[f64], recycled: &mut [f64]) {
        let [new_scrap, old_scrap] = &mut self.usable;
        let [from_new, from_old] = &mut self.taken;
        let one = simd.splat_f64s(1.0);
        let usable = lanes_mut::<S>(new_scrap).iter_mut().zip(lanes_mut::<S>(old_scrap));
        let taken = lanes_mut::<S>(from_new).iter_mut().zip(lanes_mut::<S>(from_old));
        let wanted = lanes::<S>(input).iter().zip(lanes::<S>(limits)).zip(lanes_mut::<S>(recycled));
        for (((new_scrap, old_scrap), (from_new, from_old)), ((input, limit), recycled)) in
            usable.zip(taken).zip(wanted)
        {
            let usable = simd.add_f64s(*new_scrap, *old_scrap);
            let limit = simd.mul_f64s(*limit, *input);
            let short = simd.less_than_or_equal_f64s(usable, limit);
            let share = simd.select_f64s(short, one, simd.div_f64s(limit, usable));
            let left = simd.sub_f64s(one, share);
            *from_new = simd.mul_f64s(*new_scrap, share);
            *from_old = simd.mul_f64s(*old_scrap, share);
            *new_scrap = simd.mul_f64s(*new_scrap, left);
            *old_scrap = simd.mul_f64s(*old_scrap, left);
            // Rounding may lift the sum of the parts above the input by its last digit.
            *recycled = simd.min_f64s(simd.add_f64s(*from_new, *from_old), *input);
        }
    }
}

/// Products that are not usable yet: one slot per step of lag.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// t, `[slot][origin][substance]`.
    slots: Vec<f64>,
    lag: usize,
    width: usize,
}

impl Pipeline {
    /// An empty pipeline with a lag of at least one step.
    pub fn new(lag: usize, substances: usize) -> Self {
        let (lag, width) = (lag.max(1), Origin::RECOVERED.len() * substances);
        Self { slots: vec![0.0; lag * width], lag, width }
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
    pub fn add_stock(&self, sum: &mut [f64]) {
        for slot in self.slots.chunks_exact(sum.len()) {
            for (sum, mass) in sum.iter_mut().zip(slot) {
                *sum += mass;
            }
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
            arrived.fill(0.0);
        }
    }
}

/// Books what the plants gave: products into the pipeline or sold, residues and emissions out; then sells what is
/// beyond the inventory limit.
#[inline(always)]
pub fn send_back<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (index, plant) in model.plants.iter().enumerate() {
        let state = &world.plants[index];
        if !state.gives() {
            continue;
        }
        let offered = plant.closed_loop_share[now.step.index()];
        let slot = world.pipelines[index].slot(now.step.index());
        for (sink, kind) in plant.sinks.iter().enumerate() {
            let flows = &model.flows.plants[index].sinks[sink];
            for origin in Origin::ALL {
                let output = state.outputs.row(state.output_row(origin, sink));
                if is_empty(simd, output) {
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
    let input = world.manufacture.input.row(region);
    let [new_scrap, old_scrap] = &mut world.materials[region.index()].usable;
    let (one, steps) = (simd.splat_f64s(1.0), simd.splat_f64s(steps));
    let scrap = lanes_mut::<S>(new_scrap).iter_mut().zip(lanes_mut::<S>(old_scrap));
    let sold = lanes_mut::<S>(&mut world.scratch.mass).iter_mut();
    for ((sold, input), (new_scrap, old_scrap)) in sold.zip(lanes::<S>(input)).zip(scrap) {
        let usable = simd.add_f64s(*new_scrap, *old_scrap);
        let limit = simd.mul_f64s(steps, *input);
        let beyond = simd.greater_than_f64s(usable, limit);
        let keep = simd.select_f64s(beyond, simd.div_f64s(limit, usable), one);
        *sold = simd.mul_f64s(usable, simd.sub_f64s(one, keep));
        *new_scrap = simd.mul_f64s(*new_scrap, keep);
        *old_scrap = simd.mul_f64s(*old_scrap, keep);
    }
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
        (materials.usable[0][0], materials.usable[1][0]) = (30.0, 10.0);
        let mut recycled = [0.0; LANES];
        materials.take(simd, &[40.0; LANES], &[0.5; LANES], &mut recycled);
        assert_eq!(recycled[..2], [20.0, 0.0]);
        assert_eq!((materials.taken[0][0], materials.taken[1][0]), (15.0, 5.0));
        assert_eq!((materials.usable[0][0], materials.usable[1][0]), (15.0, 5.0));
        materials.take(simd, &[1000.0; LANES], &[1.0; LANES], &mut recycled);
        assert_eq!((recycled[0], materials.usable[0][0]), (20.0, 0.0));
    }
}
