//! Everything that changes during a run; allocated once, emptied before each run.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{RegionId, SubstanceId, Table};
use crate::model::Model;
use crate::model::collection::LotState;
use crate::model::fleet::Fleet;
use crate::model::fleet_reuse::ReuseFleet;
use crate::model::ledger::Ledger;
use crate::model::manufacture::ManufactureState;
use crate::model::material::{Materials, Pipeline};
use crate::model::plant::PlantState;
use crate::model::pool::Pool;
use crate::model::survivors::{ByState, Survivors};
use crate::model::use_phase::UseYear;
use crate::model::yard::Offer;

/// Buffers that a stage fills and empties within itself.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// t by substance.
    pub mass: Aligned<f64>,
    /// t by substance.
    pub second: Aligned<f64>,
    /// What comes along of opened packs, t by substance.
    pub opened: Aligned<f64>,
}

/// The state of a run, and what the current step did.
#[derive(Clone, Debug)]
pub struct World {
    /// The widest vector instructions of the machine, chosen when the program runs. Sums keep their order and nothing
    /// is fused: the bytes are the same on every machine.
    pub machine: pulp::Arch,
    /// Vehicle fleets, by stream.
    pub fleets: Vec<Fleet>,
    /// Vehicle fleets, by stream, where packs are used again; the others are none then.
    pub reuse_fleets: Vec<ReuseFleet>,
    /// Swap pools.
    pub pools: Vec<Pool>,
    /// Plants and their yards.
    pub plants: Vec<PlantState>,
    /// Products underway, by plant.
    pub pipelines: Vec<Pipeline>,
    /// Recovered inventory, by region.
    pub materials: Vec<Materials>,
    /// What manufacture did.
    pub manufacture: ManufactureState,
    /// Collection and its stores, by lot.
    pub lots: Vec<LotState>,
    /// The books.
    pub ledger: Ledger,
    /// What use does in the year that has begun.
    pub use_year: UseYear,
    /// New packs in the vehicles built, kWh by region and chemistry.
    pub built: Vec<f64>,
    /// Packs in vehicles that leave the system unplanned, or with a minus enter it, kWh by chemistry.
    pub vehicle_surplus: Vec<f64>,
    /// Feed that the recyclers are offered.
    pub offers: Vec<Offer>,
    /// Feed for the other recyclers, t by substance.
    pub elsewhere: Aligned<f64>,
    /// What the year leaves of vehicles, by distinct lifetime.
    pub vehicle: Vec<Survivors>,
    /// The same by state.
    pub vehicle_by_state: Vec<ByState>,
    /// Of packs, by distinct lifetime.
    pub battery: Vec<Survivors>,
    /// Of what hibernates, by collection rule.
    pub hibernation: Vec<Survivors>,
    /// Of a second life, by chemistry.
    pub second_life: Vec<Survivors>,
    /// Retired in this step and collected by the formal channel, t by region.
    pub collected: Table<RegionId, SubstanceId>,
    /// Buffers.
    pub scratch: Scratch,
}

impl World {
    /// The empty world of a model.
    pub fn new(model: &Model) -> Self {
        let size = model.size;
        let (years, substances) = (size.years, size.width());
        let outputs = size.regions * size.chemistries;
        let fleets = model.streams.len();
        let (plain, reusing) = if model.usage.reuse.is_some() { (0, fleets) } else { (fleets, 0) };
        let survivors = |count: usize| (0..count).map(|_| Survivors::new(years)).collect();
        Self {
            machine: pulp::Arch::new(),
            fleets: (0..plain).map(|_| Fleet::new(years)).collect(),
            reuse_fleets: (0..reusing).map(|_| ReuseFleet::new(years)).collect(),
            pools: model.pools.iter().map(|_| Pool::new(years)).collect(),
            lots: model.lots.iter().map(|_| LotState::new(years, substances)).collect(),
            plants: model.plants.iter().map(|plant| PlantState::new(plant, size.chemistries, substances)).collect(),
            pipelines: model.plants.iter().map(|plant| Pipeline::new(plant.lag, substances)).collect(),
            materials: (0..size.regions).map(|_| Materials::new(substances)).collect(),
            manufacture: ManufactureState::new(size.regions, size.chemistries, substances),
            ledger: Ledger::new(&model.flows.chart, size.chemistries, substances),
            use_year: UseYear::new(model),
            built: vec![0.0; outputs],
            vehicle_surplus: vec![0.0; size.chemistries],
            offers: Offer::all_of(model),
            elsewhere: aligned(0.0, substances),
            vehicle: survivors(model.usage.vehicle.len()),
            vehicle_by_state: model.usage.vehicle.iter().map(|_| ByState::new(years)).collect(),
            battery: survivors(model.usage.battery.len()),
            hibernation: survivors(model.collection.len()),
            second_life: survivors(model.second_life.hazards.len()),
            collected: Table::filled(size.regions, substances, 0.0),
            scratch: Scratch {
                mass: aligned(0.0, substances),
                second: aligned(0.0, substances),
                opened: aligned(0.0, substances),
            },
        }
    }

    /// Empties the world for a new run.
    pub fn reset(&mut self) {
        let in_use = self.vehicle.iter_mut().chain(&mut self.battery);
        in_use.chain(&mut self.hibernation).chain(&mut self.second_life).for_each(Survivors::reset);
        self.vehicle_by_state.iter_mut().for_each(ByState::reset);
        self.fleets.iter_mut().for_each(Fleet::reset);
        self.reuse_fleets.iter_mut().for_each(ReuseFleet::reset);
        self.pools.iter_mut().for_each(Pool::reset);
        self.lots.iter_mut().for_each(LotState::reset);
        self.plants.iter_mut().for_each(PlantState::reset);
        self.pipelines.iter_mut().for_each(Pipeline::reset);
        self.materials.iter_mut().for_each(Materials::reset);
        self.ledger.reset();
        self.use_year.reset();
        self.elsewhere.fill(0.0);
    }
}
