//! Everything that changes during a run; allocated once, emptied before each run.

use crate::base::ids::{LotId, RegionId, SubstanceId, Table, YearId};
use crate::model::Model;
use crate::model::collection::LotState;
use crate::model::fleet::Fleet;
use crate::model::fleet_reuse::ReuseFleet;
use crate::model::ledger::Ledger;
use crate::model::manufacture::ManufactureState;
use crate::model::material::{Materials, Pipeline};
use crate::model::plant::PlantState;
use crate::model::pool::Pool;
use crate::model::row::LANES;
use crate::model::use_phase::FleetReport;

/// Buffers that a stage fills and empties within itself.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// t by substance.
    pub mass: Vec<f64>,
    /// t by substance.
    pub second: Vec<f64>,
    /// What comes along of opened packs, t by substance.
    pub opened: Vec<f64>,
    /// kWh by production year.
    pub energy: Vec<f64>,
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
    /// What each fleet did in this step.
    pub fleet_reports: Vec<FleetReport>,
    /// What each pool did in this step.
    pub pool_reports: Vec<FleetReport>,
    /// Packs worn out in this step, kWh.
    pub worn: Table<LotId, YearId>,
    /// Packs of vehicles scrapped in this step, kWh.
    pub scrapped: Table<LotId, YearId>,
    /// In use at the step's end, kWh.
    pub in_use: Table<LotId, YearId>,
    /// New packs in living vehicles, kWh by region and chemistry.
    pub replaced: Vec<f64>,
    /// New packs in pools, kWh by region and chemistry.
    pub pooled: Vec<f64>,
    /// New packs in new vehicles sold, kWh by region and chemistry.
    pub sold: Vec<f64>,
    /// Packs of scrapped vehicles in new ones, kWh by region and chemistry.
    pub reused: Vec<f64>,
    /// New packs in the vehicles built, kWh by region and chemistry.
    pub built: Vec<f64>,
    /// Packs in vehicles that leave the system unplanned, or with a minus enter it, kWh by chemistry.
    pub vehicle_surplus: Vec<f64>,
    /// Feed for the other recyclers, t by substance.
    pub elsewhere: Vec<f64>,
    /// Vehicle hazards of the step, by distinct lifetime and cohort year.
    pub vehicle_hazards: Vec<Vec<f64>>,
    /// Pack hazards of the step, by distinct lifetime and cohort year.
    pub battery_hazards: Vec<Vec<f64>>,
    /// Hazards of the step in hibernation, by collection rule and year of entry.
    pub hibernation_hazards: Vec<Vec<f64>>,
    /// Hazards of the step in a second life, by chemistry and year of entry.
    pub second_life_hazards: Vec<Vec<f64>>,
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
        let lots = model.lots.len();
        let fleets = model.streams.len();
        let (plain, reusing) = if model.usage.reuse.is_some() { (0, fleets) } else { (fleets, 0) };
        // Rows by pack year are aged in blocks.
        let padded = years.next_multiple_of(LANES);
        let by_year = || Table::filled(lots, padded, 0.0);
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
            fleet_reports: vec![FleetReport::default(); model.streams.len()],
            pool_reports: vec![FleetReport::default(); model.pools.len()],
            worn: by_year(),
            scrapped: by_year(),
            in_use: by_year(),
            replaced: vec![0.0; outputs],
            pooled: vec![0.0; outputs],
            sold: vec![0.0; outputs],
            reused: vec![0.0; outputs],
            built: vec![0.0; outputs],
            vehicle_surplus: vec![0.0; size.chemistries],
            elsewhere: vec![0.0; substances],
            vehicle_hazards: vec![vec![0.0; padded]; model.usage.vehicle.len()],
            battery_hazards: vec![vec![0.0; padded]; model.usage.battery.len()],
            hibernation_hazards: vec![vec![0.0; padded]; model.collection.len()],
            second_life_hazards: vec![vec![0.0; padded]; model.second_life.hazards.len()],
            collected: Table::filled(size.regions, substances, 0.0),
            scratch: Scratch {
                mass: vec![0.0; substances],
                second: vec![0.0; substances],
                opened: vec![0.0; substances],
                energy: vec![0.0; padded],
            },
        }
    }

    /// Empties the world for a new run.
    pub fn reset(&mut self) {
        // Cohorts of years to come have no hazard yet.
        let in_use = self.vehicle_hazards.iter_mut().chain(&mut self.battery_hazards);
        for row in in_use.chain(&mut self.hibernation_hazards).chain(&mut self.second_life_hazards) {
            row.fill(0.0);
        }
        self.fleets.iter_mut().for_each(Fleet::reset);
        self.reuse_fleets.iter_mut().for_each(ReuseFleet::reset);
        self.pools.iter_mut().for_each(Pool::reset);
        self.lots.iter_mut().for_each(LotState::reset);
        self.plants.iter_mut().for_each(PlantState::reset);
        self.pipelines.iter_mut().for_each(Pipeline::reset);
        self.materials.iter_mut().for_each(Materials::reset);
        self.ledger.reset();
        self.elsewhere.fill(0.0);
    }
}
