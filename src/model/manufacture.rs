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

use crate::base::ids::{ChemistryId, Id, OutputId, RegionId, StepId, SubstanceId, Table, all};
use crate::model::composition::{add_scaled, scale};
use crate::model::{Model, Now, World};

/// How a region makes batteries.
#[derive(Clone, Debug)]
pub struct ManufactureRule {
    /// Share of the region's need made in the region, by step.
    pub local_supply_share: Vec<f64>,
    /// Region that makes the rest; none: it is imported from outside the system.
    pub imports_from: Option<RegionId>,
    /// Good cells per cell made, by step.
    pub cell_yield: Vec<f64>,
    /// Electrode material in cells per material used, by step and substance.
    pub electrode_yield: Table<StepId, SubstanceId>,
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
pub fn make(model: &Model, world: &mut World, now: Now) {
    share_out(model, world, now);
    world.manufacture.input.fill(0.0);
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            make_one(model, world, now, region, chemistry);
        }
        supply(model, world, now, region);
    }
}

/// Each region makes its own share, and what other regions order from it.
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
fn make_one(model: &Model, world: &mut World, now: Now, region: RegionId, chemistry: ChemistryId) {
    let (rule, content) = (&model.manufacture[region.index()], &model.composition);
    let output = model.output(region, chemistry);
    let packs = world.manufacture.made[output.index()];
    let scrap = world.manufacture.scrap.row_mut(output);
    let cuttings = world.manufacture.cuttings.row_mut(output);
    scrap.fill(0.0);
    cuttings.fill(0.0);
    if packs == 0.0 {
        return;
    }
    let input = world.manufacture.input.row_mut(region);
    let cells = packs / rule.cell_yield[now.step.index()];
    add_scaled(scrap, (cells - packs).max(0.0), content.whole_cell.of(chemistry, now.year));
    let electrode = content.electrode.of(chemistry, now.year);
    let yields = rule.electrode_yield.row(now.step);
    for ((cuttings, electrode), electrode_yield) in cuttings.iter_mut().zip(electrode).zip(yields) {
        *cuttings = cells * electrode * (1.0 / electrode_yield - 1.0).max(0.0);
    }
    // Input is what the products and the scrap hold: nothing is made of nothing.
    add_scaled(input, 1.0, scrap);
    add_scaled(input, 1.0, cuttings);
    add_scaled(input, packs, content.whole_pack.of(chemistry, now.year));
}

/// Recovered material first, up to the qualification limit; primary material for the rest.
fn supply(model: &Model, world: &mut World, now: Now, region: RegionId) {
    let limits = model.manufacture[region.index()].max_recycled_share.row(now.step);
    let input = world.manufacture.input.row(region);
    let recycled = world.manufacture.recycled.row_mut(region);
    world.materials[region.index()].take(input, limits, recycled);
    for ((virgin, input), recycled) in world.scratch.mass.iter_mut().zip(input).zip(recycled.iter()) {
        *virgin = (input - recycled).max(0.0);
    }
    let flows = &model.flows.regions[region.index()];
    world.ledger.transfer_mixed(flows.recycled, recycled);
    world.ledger.transfer_mixed(flows.virgin, &world.scratch.mass);
}

/// Delivers packs: to vehicles built in each region, to living vehicles, to pools, and the new vehicles to their fleets.
pub fn deliver(model: &Model, world: &mut World, now: Now) {
    for region in all::<RegionId>(model.size.regions) {
        let local = model.manufacture[region.index()].local_supply_share[now.step.index()];
        let flows = &model.flows.regions[region.index()];
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let output = model.output(region, chemistry);
            let mass = &mut world.scratch.mass;
            let ledger = &mut world.ledger;
            let pack = model.composition.whole_pack.of(chemistry, now.year);
            let mut book = |flow, energy: f64| {
                if energy != 0.0 {
                    scale(mass, energy, pack);
                    ledger.transfer(flow, chemistry, mass);
                }
            };
            let wanted = world.manufacture.wanted[output.index()];
            book(flows.packs_made, wanted * local);
            book(flows.packs_from_elsewhere, wanted * (1.0 - local));
            book(flows.packs_to_vehicles, model.market.production[(now.step, output)]);
            book(flows.packs_to_replace, world.replaced[output.index()]);
            book(flows.packs_to_pool, world.pooled[output.index()]);
            book(flows.vehicle_export, model.market.export[(now.step, output)]);
            book(flows.vehicles_sold, world.sold[output.index()]);
        }
    }
    for chemistry in all::<ChemistryId>(model.size.chemistries) {
        let pack = model.composition.whole_pack.of(chemistry, now.year);
        let at = (now.step, chemistry);
        for (flow, energy) in [
            (model.flows.vehicle_surplus, model.market.surplus[at]),
            (model.flows.vehicle_deficit, model.market.deficit[at]),
        ] {
            if energy != 0.0 {
                scale(&mut world.scratch.mass, energy, pack);
                world.ledger.transfer(flow, chemistry, &world.scratch.mass);
            }
        }
    }
}
