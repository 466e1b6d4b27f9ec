//! Floor 1: the engine. A material's walk round the loop, step by step, with every movement of mass in a ledger.
//!
//! No files, no text formats, no printing, no clock, no allocation inside a step. [`Model`] is what a scenario means and
//! never changes during a run; [`World`] is everything that does.

pub mod collection;
pub mod composition;
pub mod fleet;
pub mod flows;
pub mod hazard;
pub mod ledger;
pub mod lifetime;
pub mod manufacture;
pub mod market;
pub mod material;
pub mod plant;
pub mod stock;
pub mod system;
pub mod time;
pub mod use_phase;
mod world;
mod yard;

use crate::base::ids::{ChemistryId, Id, OutputId, RegionId, StepId, YearId, all};
use collection::{CollectionRule, Lot, SecondLife};
use composition::{Composition, mass_of};
use flows::Flows;
use ledger::AuditError;
use manufacture::ManufactureRule;
use market::Market;
use plant::Plant;
use time::Horizon;
use use_phase::{PoolStream, Shortfall, Stream, UsePhase};
pub use world::{Scratch, World};

/// How many of each a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Regions inside the system.
    pub regions: usize,
    /// Segments.
    pub segments: usize,
    /// Chemistries.
    pub chemistries: usize,
    /// Substances.
    pub substances: usize,
    /// Calendar years of the horizon.
    pub years: usize,
}

impl Size {
    /// Length of a row by substance: the substances, filled up with zeros to a multiple of what vector instructions
    /// take at once.
    pub fn width(&self) -> usize {
        self.substances.next_multiple_of(fleet::LANES)
    }
}

/// What a scenario means. Built once, shared by all runs.
#[derive(Clone, Debug)]
pub struct Model {
    /// Steps.
    pub horizon: Horizon,
    /// Sizes of the dimensions.
    pub size: Size,
    /// What batteries are made of.
    pub composition: Composition,
    /// Fleets that ever have sales.
    pub streams: Vec<Stream>,
    /// Swap pools.
    pub pools: Vec<PoolStream>,
    /// Sales, production and trade.
    pub market: Market,
    /// Battery making, by region.
    pub manufacture: Vec<ManufactureRule>,
    /// Lifetimes of vehicles and packs.
    pub usage: UsePhase,
    /// Where retired packs are collected.
    pub lots: Vec<Lot>,
    /// Collection rules.
    pub collection: Vec<CollectionRule>,
    /// Second life.
    pub second_life: SecondLife,
    /// Recycling plants.
    pub plants: Vec<Plant>,
    /// What recyclers that are not modelled as plants recover, by substance.
    pub other_recovery: Vec<f64>,
    /// Processes and flows.
    pub flows: Flows,
}

/// The step being computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Its position.
    pub step: StepId,
    /// Its year.
    pub year: YearId,
}

/// Why a run was refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunError {
    /// The books of a process do not close.
    Audit(AuditError),
    /// A pool's target falls faster than its packs wear out.
    Shortfall {
        /// When.
        step: StepId,
        /// By how much.
        shortfall: Shortfall,
    },
}

/// Sees every step of a run; records, but changes nothing.
pub trait Probe {
    /// Called after each audited step.
    fn see(&mut self, model: &Model, world: &World, now: Now);
}

/// A probe that looks away.
impl Probe for () {
    fn see(&mut self, _: &Model, _: &World, _: Now) {}
}

impl Model {
    /// The battery type of a region and chemistry.
    #[inline]
    pub fn output(&self, region: RegionId, chemistry: ChemistryId) -> OutputId {
        OutputId::new(region.index() * self.size.chemistries + chemistry.index())
    }

    /// Walks the whole horizon from an empty world.
    pub fn run(&self, world: &mut World, probe: &mut impl Probe) -> Result<(), RunError> {
        world.reset();
        for step in all::<StepId>(self.horizon.steps) {
            let now = Now { step, year: self.horizon.year_of(step) };
            self.step(world, now)?;
            probe.see(self, world, now);
        }
        Ok(())
    }

    /// One step: a material's walk round the loop.
    pub fn step(&self, world: &mut World, now: Now) -> Result<(), RunError> {
        world.ledger.open();
        // What was recovered earlier becomes usable.
        material::arrive(self, world, now);
        // Packs fail and vehicles are scrapped; new ones enter use.
        use_phase::retire(self, world, now);
        use_phase::commission(self, world, now)
            .map_err(|shortfall| RunError::Shortfall { step: now.step, shortfall })?;
        use_phase::book_retired(self, world, now);
        // Batteries are made for vehicles, replacement and pools: recovered material first, then primary.
        self.want_packs(world, now);
        manufacture::make(self, world, now);
        manufacture::deliver(self, world, now);
        // Retired packs are collected, the good ones used again, the rest offered to the recyclers.
        collection::gather(self, world, now);
        yard::receive(self, world, now);
        for (plant, state) in self.plants.iter().zip(&mut world.plants) {
            state.process(plant, now.step, self.horizon.dt());
        }
        self.book_feed(world);
        material::send_back(self, world, now);
        // In = out + change of stock, for every process and substance, or there is no result.
        self.take_stock(world, now);
        world.ledger.audit(world.machine, now.step).map_err(RunError::Audit)
    }

    /// Packs wanted by region and chemistry: vehicles built here, replacement, pools.
    fn want_packs(&self, world: &mut World, now: Now) {
        let production = self.market.production.row(now.step);
        let wanted = &mut world.manufacture.wanted;
        for (((wanted, vehicles), replaced), pooled) in
            wanted.iter_mut().zip(production).zip(&world.replaced).zip(&world.pooled)
        {
            *wanted = vehicles + replaced + pooled;
        }
    }

    /// Books what left the yards.
    fn book_feed(&self, world: &mut World) {
        for (index, state) in world.plants.iter().enumerate() {
            let feed = &self.flows.plants[index].feed;
            for (stream, chemistry, mass) in state.treated() {
                world.ledger.transfer(feed[stream as usize], chemistry, mass);
            }
        }
    }

    /// What every process holds at the end of the step, from the stocks themselves: the audit's other side.
    fn take_stock(&self, world: &mut World, now: Now) {
        world.hibernating.fill(0.0);
        world.in_second_life.fill(0.0);
        for (stream, pool) in self.pools.iter().zip(&world.pools) {
            for (sum, pack) in world.in_use.row_mut(stream.lot).iter_mut().zip(pool.packs()) {
                *sum += pack;
            }
        }
        for (index, lot) in self.lots.iter().enumerate() {
            let id = crate::base::ids::LotId::new(index);
            world.hibernation[index].add_stock(now.year, world.hibernating.row_mut(id));
            world.second_life[index].add_stock(now.year, world.in_second_life.row_mut(id));
            let content = self.composition.whole_pack.vintages(lot.chemistry);
            let processes = &self.flows.regions[lot.region.index()];
            for (process, energy) in [
                (processes.usage, &world.in_use),
                (processes.hibernation, &world.hibernating),
                (processes.second_life, &world.in_second_life),
            ] {
                mass_of(world.machine, &energy.row(id)[..=now.year.index()], content, &mut world.scratch.mass);
                for (sum, mass) in world.ledger.stock.row_mut(process).iter_mut().zip(&world.scratch.mass) {
                    *sum += mass;
                }
            }
        }
        for (index, state) in world.plants.iter().enumerate() {
            let flows = &self.flows.plants[index];
            state.add_yard(world.ledger.stock.row_mut(flows.yard));
            state.add_store(world.ledger.stock.row_mut(flows.plant));
        }
        for (index, materials) in world.materials.iter().enumerate() {
            let stock = world.ledger.stock.row_mut(self.flows.regions[index].materials);
            for part in &materials.usable {
                for (sum, mass) in stock.iter_mut().zip(part) {
                    *sum += mass;
                }
            }
        }
        for (plant, pipeline) in self.plants.iter().zip(&world.pipelines) {
            let process = self.flows.regions[plant.returns_to.index()].materials;
            pipeline.add_stock(world.ledger.stock.row_mut(process));
        }
    }
}
