//! Everything that changes during a run; allocated once, emptied before each run.

use crate::base::ids::{LotId, RegionId, SubstanceId, Table, YearId};
use crate::model::Model;
use crate::model::collection::Offered;
use crate::model::fleet::{Fleet, LANES, Pool, Store};
use crate::model::ledger::Ledger;
use crate::model::manufacture::ManufactureState;
use crate::model::material::{Materials, Pipeline};
use crate::model::plant::PlantState;
use crate::model::use_phase::FleetReport;

/// Buffers that a stage fills and empties within itself.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// t by substance.
    pub mass: Vec<f64>,
    /// t by substance.
    pub second: Vec<f64>,
    /// kWh by production year.
    pub energy: Vec<f64>,
    /// Packs leaving hibernation, kWh by production year.
    pub released: Vec<f64>,
}

/// The same packs as [`Offered`], t.
#[derive(Clone, Debug)]
pub struct OfferedMass {
    /// Retired packs.
    pub retired: Table<LotId, SubstanceId>,
    /// Packs at the end of their second life.
    pub second_life: Table<LotId, SubstanceId>,
}

/// The state of a run, and what the current step did.
#[derive(Clone, Debug)]
pub struct World {
    /// The widest vector instructions of the machine, chosen when the program runs. Sums keep their order and nothing
    /// is fused: the bytes are the same on every machine.
    pub machine: pulp::Arch,
    /// Vehicle fleets, by stream.
    pub fleets: Vec<Fleet>,
    /// Swap pools.
    pub pools: Vec<Pool>,
    /// Hibernating packs, by lot.
    pub hibernation: Vec<Store>,
    /// Packs in second life, by lot.
    pub second_life: Vec<Store>,
    /// Plants and their yards.
    pub plants: Vec<PlantState>,
    /// Products underway, by plant.
    pub pipelines: Vec<Pipeline>,
    /// Recovered inventory, by region.
    pub materials: Vec<Materials>,
    /// What manufacture did.
    pub manufacture: ManufactureState,
    /// Packs offered to recyclers.
    pub offered: Offered,
    /// The same as mass.
    pub offered_mass: OfferedMass,
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
    /// Hibernating at the step's end, kWh.
    pub hibernating: Table<LotId, YearId>,
    /// In second life at the step's end, kWh.
    pub in_second_life: Table<LotId, YearId>,
    /// New packs in living vehicles, kWh by region and chemistry.
    pub replaced: Vec<f64>,
    /// New packs in pools, kWh by region and chemistry.
    pub pooled: Vec<f64>,
    /// Packs in new vehicles sold, kWh by region and chemistry.
    pub sold: Vec<f64>,
    /// Feed for the other recyclers, t by substance.
    pub elsewhere: Vec<f64>,
    /// Vehicle hazards of the step, by segment and cohort year.
    pub vehicle_hazards: Vec<Vec<f64>>,
    /// A place for other hazards of the step that differ by cohort year.
    pub hazards: Vec<f64>,
    /// Mass retired in this step, t by lot.
    pub retired_mass: Table<LotId, SubstanceId>,
    /// The part of it that the formal channel collected, t by region.
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
        // Rows by pack year are aged in blocks.
        let padded = years.next_multiple_of(LANES);
        let by_year = || Table::filled(lots, padded, 0.0);
        let by_substance = || Table::filled(lots, substances, 0.0);
        Self {
            machine: pulp::Arch::new(),
            fleets: model.streams.iter().map(|_| Fleet::new(years)).collect(),
            pools: model.pools.iter().map(|_| Pool::new(years)).collect(),
            hibernation: model.lots.iter().map(|_| Store::new(years)).collect(),
            second_life: model.lots.iter().map(|_| Store::new(years)).collect(),
            plants: model.plants.iter().map(|plant| PlantState::new(plant, size.chemistries, substances)).collect(),
            pipelines: model.plants.iter().map(|plant| Pipeline::new(plant.lag, substances)).collect(),
            materials: (0..size.regions).map(|_| Materials::new(substances)).collect(),
            manufacture: ManufactureState::new(size.regions, size.chemistries, substances),
            offered: Offered { retired: by_year(), second_life: by_year() },
            offered_mass: OfferedMass { retired: by_substance(), second_life: by_substance() },
            ledger: Ledger::new(&model.flows.chart, size.chemistries, substances),
            fleet_reports: vec![FleetReport::default(); model.streams.len()],
            pool_reports: vec![FleetReport::default(); model.pools.len()],
            worn: by_year(),
            scrapped: by_year(),
            in_use: by_year(),
            hibernating: by_year(),
            in_second_life: by_year(),
            replaced: vec![0.0; outputs],
            pooled: vec![0.0; outputs],
            sold: vec![0.0; outputs],
            elsewhere: vec![0.0; substances],
            vehicle_hazards: vec![vec![0.0; padded]; model.usage.vehicle.len()],
            hazards: vec![0.0; padded],
            retired_mass: by_substance(),
            collected: Table::filled(size.regions, substances, 0.0),
            scratch: Scratch {
                mass: vec![0.0; substances],
                second: vec![0.0; substances],
                energy: vec![0.0; years],
                released: vec![0.0; years],
            },
        }
    }

    /// Empties the world for a new run.
    pub fn reset(&mut self) {
        self.fleets.iter_mut().for_each(Fleet::reset);
        self.pools.iter_mut().for_each(Pool::reset);
        self.hibernation.iter_mut().chain(&mut self.second_life).for_each(Store::reset);
        self.plants.iter_mut().for_each(PlantState::reset);
        self.pipelines.iter_mut().for_each(Pipeline::reset);
        self.materials.iter_mut().for_each(Materials::reset);
        self.ledger.reset();
        self.elsewhere.fill(0.0);
    }
}
