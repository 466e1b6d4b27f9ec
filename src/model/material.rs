//! Recovered material on its way back: products become usable after their lag, manufacture takes what it may, and what
//! lies beyond the inventory limit is sold outside. What was recovered from new and from old scrap is kept apart.

use crate::base::ids::{Id, RegionId, all};
use crate::model::plant::{Origin, SinkKind};
use crate::model::{Model, Now, World};

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
    pub fn take(&mut self, input: &[f64], limits: &[f64], recycled: &mut [f64]) {
        let [new_scrap, old_scrap] = &mut self.usable;
        let [from_new, from_old] = &mut self.taken;
        for s in 0..input.len() {
            let usable = new_scrap[s] + old_scrap[s];
            let share = if usable > 0.0 { (limits[s] * input[s] / usable).min(1.0) } else { 0.0 };
            from_new[s] = new_scrap[s] * share;
            from_old[s] = old_scrap[s] * share;
            new_scrap[s] *= 1.0 - share;
            old_scrap[s] *= 1.0 - share;
            // Rounding may lift the sum of the parts above the input by its last digit.
            recycled[s] = (from_new[s] + from_old[s]).min(input[s]);
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
        let (lag, width) = (lag.max(1), Origin::ALL.len() * substances);
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
pub fn arrive(model: &Model, world: &mut World, now: Now) {
    for (plant, pipeline) in model.plants.iter().zip(&mut world.pipelines) {
        let materials = &mut world.materials[plant.returns_to.index()];
        let slot = pipeline.slot(now.step.index());
        for (usable, arrived) in materials.usable.iter_mut().zip(slot.chunks_exact_mut(model.size.width())) {
            for (usable, arrived) in usable.iter_mut().zip(arrived) {
                *usable += std::mem::take(arrived);
            }
        }
    }
}

/// Books what the plants gave: products into the pipeline or sold, residues and emissions out; then sells what is
/// beyond the inventory limit.
pub fn send_back(model: &Model, world: &mut World, now: Now) {
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
                if output.iter().all(|mass| *mass == 0.0) {
                    continue;
                }
                if *kind != SinkKind::ReturningProduct || offered <= 0.0 {
                    world.ledger.transfer_mixed(flows.out, output);
                    continue;
                }
                let width = model.size.width();
                let part = &mut slot[origin as usize * width..(origin as usize + 1) * width];
                if offered >= 1.0 {
                    for (part, output) in part.iter_mut().zip(output) {
                        *part += output;
                    }
                    world.ledger.transfer_mixed(flows.back, output);
                    continue;
                }
                let (back, sold) = (&mut world.scratch.mass, &mut world.scratch.second);
                for (s, output) in output.iter().enumerate() {
                    back[s] = output * offered;
                    sold[s] = output * (1.0 - offered);
                    part[s] += back[s];
                }
                world.ledger.transfer_mixed(flows.back, back);
                world.ledger.transfer_mixed(flows.out, sold);
            }
        }
    }
    for region in all::<RegionId>(model.size.regions) {
        sell_surplus(model, world, region);
    }
}

/// What lies beyond the inventory limit, a time of the region's own need, is sold.
fn sell_surplus(model: &Model, world: &mut World, region: RegionId) {
    let steps = model.manufacture[region.index()].inventory_limit / model.horizon.dt();
    let input = world.manufacture.input.row(region);
    let [new_scrap, old_scrap] = &mut world.materials[region.index()].usable;
    for (s, sold) in world.scratch.mass.iter_mut().enumerate() {
        let usable = new_scrap[s] + old_scrap[s];
        let keep = if usable > 0.0 { (steps * input[s] / usable).min(1.0) } else { 1.0 };
        *sold = usable * (1.0 - keep);
        new_scrap[s] *= keep;
        old_scrap[s] *= keep;
    }
    world.ledger.transfer_mixed(model.flows.regions[region.index()].surplus_sold, &world.scratch.mass);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manufacture_takes_no_more_than_it_may_and_keeps_the_origins_apart() {
        let mut materials = Materials::new(1);
        materials.usable = [vec![30.0], vec![10.0]];
        let mut recycled = [0.0];
        materials.take(&[40.0], &[0.5], &mut recycled);
        assert_eq!(recycled, [20.0]);
        assert_eq!((materials.taken[0][0], materials.taken[1][0]), (15.0, 5.0));
        assert_eq!((materials.usable[0][0], materials.usable[1][0]), (15.0, 5.0));
        materials.take(&[1000.0], &[1.0], &mut recycled);
        assert_eq!((recycled[0], materials.usable[0][0]), (20.0, 0.0));
    }
}
