//! Manufacture: packs out of materials, with the scrap of cell making; recovered material first, primary for the rest.
//!
//! For a region that makes `P` kWh of packs with cell yield `yc` and electrode yield `ye` (by substance):
//!
//! ```text
//! cells made  = P / yc                        rejects  = (cells made - P) whole cells
//! cuttings[s] = cells made (1 / ye[s] - 1) electrode[s]
//! input[s]    = P pack[s] + cells made (cell[s] + electrode[s] / ye[s])
//! recycled[s] = min(recovered inventory[s], max recycled share[s] input[s])
//! virgin[s]   = input[s] - recycled[s]
//! ```

use crate::base::ids::{ChemistryId, FlowId, Id, OutputId, RegionId, StepId, SubstanceId, Table, all};
use crate::model::row::{add_combined, clear, combine, lanes, lanes_mut, scale};
use crate::model::use_phase::Wanted;
use crate::model::{Model, Now, World};
use pulp::Simd;

/// How a region makes batteries.
#[derive(Clone, Debug)]
pub struct ManufactureRule {
    /// Share of the region's need made in the region, by step.
    pub local_supply_share: Vec<f64>,
    /// Region that makes the rest; none: it is imported from outside the system.
    pub imports_from: Option<RegionId>,
    /// Good cells per cell made, by step.
    pub cell_yield: Vec<f64>,
    /// Electrode material cut off per material that goes into cells, `1 / yield - 1`, by step and substance.
    pub cut_off: Table<StepId, SubstanceId>,
    /// Qualification limit: the largest share of a substance's input that may be recovered material.
    pub max_recycled_share: Table<StepId, SubstanceId>,
    /// Recovered material kept for own use, as time of own need (yr); what is beyond is sold.
    pub inventory_limit: f64,
}

/// What manufacture did in a step.
#[derive(Clone, Debug)]
pub struct ManufactureState {
    /// Packs wanted by region and chemistry, kWh: vehicles, replacement, pools.
    pub wanted: Vec<f64>,
    /// Packs made by region and chemistry, kWh.
    pub made: Vec<f64>,
    /// Rejected cells by region and chemistry, t.
    pub scrap: Table<OutputId, SubstanceId>,
    /// Electrode cuttings by region and chemistry, t.
    pub cuttings: Table<OutputId, SubstanceId>,
    /// Material put in, by region, t.
    pub input: Table<RegionId, SubstanceId>,
    /// Recovered material in it, by region, t.
    pub recycled: Table<RegionId, SubstanceId>,
}

impl ManufactureState {
    /// For a model of this size.
    pub fn new(regions: usize, chemistries: usize, substances: usize) -> Self {
        Self {
            wanted: vec![0.0; regions * chemistries],
            made: vec![0.0; regions * chemistries],
            scrap: Table::filled(regions * chemistries, substances, 0.0),
            cuttings: Table::filled(regions * chemistries, substances, 0.0),
            input: Table::filled(regions, substances, 0.0),
            recycled: Table::filled(regions, substances, 0.0),
        }
    }
}

/// Makes the packs that are wanted and books materials, scrap being left to the yards.
#[inline(always)]
pub fn make<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    share_out(model, world, now);
    world.manufacture.input.fill(0.0);
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            make_one(simd, model, world, now, region, chemistry);
        }
        supply(simd, model, world, now, region);
    }
}

/// Each region makes its own share, and what other regions order from it.
#[inline(always)]
fn share_out(model: &Model, world: &mut World, now: Now) {
    let state = &mut world.manufacture;
    state.made.fill(0.0);
    for region in all::<RegionId>(model.size.regions) {
        let rule = &model.manufacture[region.index()];
        let local = rule.local_supply_share[now.step.index()];
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let wanted = state.wanted[model.output(region, chemistry).index()];
            state.made[model.output(region, chemistry).index()] += wanted * local;
            if let Some(maker) = rule.imports_from {
                state.made[model.output(maker, chemistry).index()] += wanted * (1.0 - local);
            }
        }
    }
}

/// Cells and packs of one chemistry: adds their material to the region's input and leaves their scrap.
#[inline(always)]
fn make_one<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, region: RegionId, chemistry: ChemistryId) {
    let (rule, content) = (&model.manufacture[region.index()], &model.composition);
    let output = model.output(region, chemistry);
    let packs = world.manufacture.made[output.index()];
    let scrap = world.manufacture.scrap.row_mut(output);
    let cuttings = world.manufacture.cuttings.row_mut(output);
    if packs == 0.0 {
        clear(simd, scrap);
        clear(simd, cuttings);
        return;
    }
    let input = world.manufacture.input.row_mut(region);
    let cells = packs / rule.cell_yield[now.step.index()];
    scale(simd, scrap, (cells - packs).max(0.0), content.whole_cell.of(chemistry, now.year));
    let electrode = content.electrode.of(chemistry, now.year);
    let electrodes = lanes::<S>(electrode).iter().zip(lanes::<S>(rule.cut_off.row(now.step)));
    let cells = simd.splat_f64s(cells);
    for (cuttings, (electrode, cut_off)) in lanes_mut::<S>(cuttings).iter_mut().zip(electrodes) {
        *cuttings = simd.mul_f64s(simd.mul_f64s(cells, *electrode), *cut_off);
    }
    // Input is what the products and the scrap hold: nothing is made of nothing.
    let content = content.whole_pack.of(chemistry, now.year);
    add_combined(simd, input, [(1.0, scrap), (1.0, cuttings), (packs, content)]);
}

/// Recovered material first, up to the qualification limit; primary material for the rest.
#[inline(always)]
fn supply<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, region: RegionId) {
    let limits = model.manufacture[region.index()].max_recycled_share.row(now.step);
    let input = world.manufacture.input.row(region);
    let recycled = world.manufacture.recycled.row_mut(region);
    world.materials[region.index()].take(simd, input, limits, recycled);
    // Never negative: no more is recycled than is put in.
    combine(simd, &mut world.scratch.mass, [(1.0, input), (-1.0, recycled)]);
    let flows = &model.flows.regions[region.index()];
    world.ledger.transfer_mixed(simd, flows.recycled, recycled);
    world.ledger.transfer_mixed(simd, flows.virgin, &world.scratch.mass);
}

/// A difference below this part of the amounts it is formed of is the rounding of their sums.
const ROUNDING: f64 = 1e-14;

/// New packs that go into the vehicles each region builds, and what of them crosses the border unplanned. Packs that
/// are used again take the place of those of the region's own vehicles first; where it builds fewer, fewer packs come
/// in with the vehicles from elsewhere.
pub fn equip_vehicles(model: &Model, world: &mut World, now: Now) {
    let production = model.market.production.row(now.step);
    let laid_out = model.market.surplus.row(now.step).iter().zip(model.market.deficit.row(now.step));
    for (surplus, (more, less)) in world.vehicle_surplus.iter_mut().zip(laid_out) {
        *surplus = more - less;
    }
    if model.usage.reuse.is_none() {
        world.built.copy_from_slice(production);
        return;
    }
    let Wanted { sold, reused, .. } = &world.use_year.wanted[now.phase];
    for (output, (built, production)) in world.built.iter_mut().zip(production).enumerate() {
        let (new, sold) = (sold[output], sold[output] + reused[output]);
        // Built for elsewhere, or bought from there: formed before the packs used again are taken off, which may be
        // all.
        let elsewhere = production - sold;
        let elsewhere = if elsewhere.abs() > ROUNDING * production.max(sold) { elsewhere } else { 0.0 };
        *built = (new + elsewhere).max(0.0);
    }
    let export = model.market.export.row(now.step);
    for (chemistry, surplus) in world.vehicle_surplus.iter_mut().enumerate() {
        let (mut net, mut scale) = (0.0, 0.0f64);
        for output in (chemistry..world.built.len()).step_by(model.size.chemistries) {
            net += world.built[output] - export[output] - sold[output];
            scale = scale.max(world.built[output]);
        }
        *surplus = if net.abs() > ROUNDING * scale { net } else { 0.0 };
    }
}

/// Delivers packs: to vehicles built in each region, to living vehicles, to pools, and the new vehicles to their
/// fleets.
#[inline(always)]
pub fn deliver<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for region in all::<RegionId>(model.size.regions) {
        let local = model.manufacture[region.index()].local_supply_share[now.step.index()];
        let flows = &model.flows.regions[region.index()];
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let output = model.output(region, chemistry);
            let wanted = world.manufacture.wanted[output.index()];
            let in_use = &world.use_year.wanted[now.phase];
            for (flow, energy) in [
                (flows.packs_made, wanted * local),
                (flows.packs_from_elsewhere, wanted * (1.0 - local)),
                (flows.packs_to_vehicles, world.built[output.index()]),
                (flows.packs_to_replace, in_use.replaced[output.index()]),
                (flows.packs_to_pool, in_use.pooled[output.index()]),
                (flows.vehicle_export, model.market.export[(now.step, output)]),
                (flows.vehicles_sold, in_use.sold[output.index()]),
            ] {
                book(simd, model, world, now, flow, chemistry, energy);
            }
        }
    }
    for chemistry in all::<ChemistryId>(model.size.chemistries) {
        let surplus = world.vehicle_surplus[chemistry.index()];
        book(simd, model, world, now, model.flows.vehicle_surplus, chemistry, surplus.max(0.0));
        book(simd, model, world, now, model.flows.vehicle_deficit, chemistry, (-surplus).max(0.0));
    }
}

/// Books packs of this year, kWh.
#[inline(always)]
fn book<S: Simd>(
    simd: S,
    model: &Model,
    world: &mut World,
    now: Now,
    flow: FlowId,
    chemistry: ChemistryId,
    energy: f64,
) {
    let content = model.composition.whole_pack.of(chemistry, now.year);
    world.ledger.transfer_share(simd, flow, chemistry, energy, content);
}
