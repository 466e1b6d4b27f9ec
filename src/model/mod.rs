//! Floor 1: the engine. A material's walk round the loop, step by step, with every movement of mass in a ledger.
//!
//! No files, no text formats, no printing, no clock, no allocation inside a step. [`Model`] is what a scenario means and
//! never changes during a run; [`World`] is everything that does.

pub mod burden;
pub mod collection;
pub mod composition;
pub mod fleet;
pub mod fleet_reuse;
pub mod fleet_target;
pub mod flows;
pub mod hazard;
pub mod ledger;
pub mod lifetime;
pub mod manufacture;
pub mod market;
pub mod material;
pub mod plant;
pub mod pool;
mod reuse_phase;
pub mod row;
pub mod stock;
pub mod store;
pub mod survivors;
pub mod system;
pub mod time;
pub mod use_phase;
mod world;
pub mod yard;

use crate::base::ids::{ChemistryId, Id, OutputId, RegionId, StepId, YearId, all};
use burden::Burdens;
use collection::{CollectionRule, Lot, SecondLife};
use composition::Composition;
use flows::Flows;
use ledger::AuditError;
use manufacture::ManufactureRule;
use market::Market;
use plant::Plant;
use time::Horizon;
use use_phase::{InitialStock, PoolStream, Shortfall, Stream, UsePhase};
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
    /// Cohort years: calendar years of the horizon, and those before of which something is in use when it begins.
    pub years: usize,
}

impl Size {
    /// Length of a row by substance: the substances, filled up with zeros to a multiple of what vector instructions
    /// take at once.
    pub fn width(&self) -> usize {
        self.substances.next_multiple_of(row::LANES)
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
    /// Fleets that ever have sales, or stand when the run begins.
    pub streams: Vec<Stream>,
    /// What is in use when the run begins, by year of sale from the oldest on.
    pub initial: Vec<InitialStock>,
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
    /// What material, energy and freight cost the environment; none: it is not counted.
    pub burdens: Option<Burdens>,
}

/// The step being computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Its position.
    pub step: StepId,
    /// Its year.
    pub year: YearId,
    /// Its position in its year.
    pub phase: usize,
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

    /// Puts a world back to where the run begins: empty but for the vehicles in use then, which open the books of use.
    pub fn begin(&self, world: &mut World) {
        world.reset();
        if self.initial.is_empty() {
            return;
        }
        for stock in &self.initial {
            let (place, lot) = (stock.stream.index(), self.streams[stock.stream.index()].lot);
            if self.usage.reuse.is_some() {
                world.reuse_fleets[place].stand(stock.year, stock.energy);
            } else {
                world.fleets[place].stand(stock.year, stock.energy);
            }
            let Lot { region, chemistry, .. } = self.lots[lot.index()];
            let content = self.composition.whole_pack.of(chemistry, stock.year);
            let usage = world.ledger.stock.row_mut(self.flows.regions[region.index()].usage);
            row::add_scaled(pulp::Scalar::new(), usage, stock.energy, content);
        }
    }

    /// Walks the whole horizon from where it begins.
    pub fn run(&self, world: &mut World, probe: &mut impl Probe) -> Result<(), RunError> {
        self.begin(world);
        for step in all::<StepId>(self.horizon.steps) {
            let now = self.horizon.now(step);
            self.step(world, now)?;
            probe.see(self, world, now);
        }
        Ok(())
    }

    /// One step, by the widest vector instructions of the machine.
    #[inline]
    pub fn step(&self, world: &mut World, now: Now) -> Result<(), RunError> {
        world.machine.dispatch(Step { model: self, world, now })
    }

    /// One step: a material's walk round the loop.
    #[inline(always)]
    fn walk<S: pulp::Simd>(&self, simd: S, world: &mut World, now: Now) -> Result<(), RunError> {
        world.ledger.open();
        // What was recovered earlier becomes usable.
        material::arrive(simd, self, world, now);
        // Packs fail and vehicles are scrapped; new ones enter use.
        if now.phase == 0 {
            use_phase::pass_year(simd, self, world, now)?;
        }
        use_phase::book_retired(simd, self, world, now);
        // Batteries are made for vehicles, replacement and pools: recovered material first, then primary.
        self.want_packs(world, now);
        manufacture::make(simd, self, world, now);
        manufacture::deliver(simd, self, world, now);
        // Retired packs are collected, the good ones used again, the rest offered to the recyclers.
        collection::gather(simd, self, world, now);
        yard::receive(simd, self, world, now);
        for (plant, state) in self.plants.iter().zip(&mut world.plants) {
            state.process(simd, plant, now.step, self.horizon.dt());
        }
        self.book_feed(simd, world);
        material::send_back(simd, self, world, now);
        // In = out + change of stock, for every process and substance, or there is no result.
        self.take_stock(simd, world);
        world.ledger.audit(simd, now.step).map_err(RunError::Audit)
    }

    /// Packs wanted by region and chemistry: vehicles built here, replacement, pools.
    #[inline(always)]
    fn want_packs(&self, world: &mut World, now: Now) {
        manufacture::equip_vehicles(self, world, now);
        let use_wants = &world.use_year.wanted[now.phase];
        let wanted = &mut world.manufacture.wanted;
        for (((wanted, vehicles), replaced), pooled) in
            wanted.iter_mut().zip(&world.built).zip(&use_wants.replaced).zip(&use_wants.pooled)
        {
            *wanted = vehicles + replaced + pooled;
        }
    }

    /// Books what left the yards, and the reagents it was treated with.
    #[inline(always)]
    fn book_feed<S: pulp::Simd>(&self, simd: S, world: &mut World) {
        for (index, state) in world.plants.iter().enumerate() {
            let feed = &self.flows.plants[index].feed;
            for (stream, chemistry, mass) in state.treated() {
                world.ledger.transfer(simd, feed[stream as usize], chemistry, mass);
            }
            world.ledger.transfer_mixed(simd, self.flows.plants[index].reagents, &state.reagents);
        }
    }

    /// What every process but use holds at the end of the step, from the stocks themselves: the audit's other side. What
    /// is in use was counted when retired packs were weighed.
    #[inline(always)]
    fn take_stock<S: pulp::Simd>(&self, simd: S, world: &mut World) {
        for (lot, state) in self.lots.iter().zip(&world.lots) {
            let processes = &self.flows.regions[lot.region.index()];
            row::add(simd, world.ledger.stock.row_mut(processes.hibernation), &state.hibernation.held().mass);
            row::add(simd, world.ledger.stock.row_mut(processes.second_life), &state.second_life.held().mass);
        }
        for (index, state) in world.plants.iter().enumerate() {
            let flows = &self.flows.plants[index];
            state.add_yard(simd, world.ledger.stock.row_mut(flows.yard));
            state.add_store(simd, world.ledger.stock.row_mut(flows.plant));
        }
        for (index, materials) in world.materials.iter().enumerate() {
            let stock = world.ledger.stock.row_mut(self.flows.regions[index].materials);
            for part in &materials.usable {
                row::add(simd, stock, part);
            }
        }
        for (plant, pipeline) in self.plants.iter().zip(&world.pipelines) {
            let process = self.flows.regions[plant.returns_to.index()].materials;
            pipeline.add_stock(simd, world.ledger.stock.row_mut(process));
        }
    }
}

/// A step, to be compiled for each kind of machine: what it calls is compiled into it. Sums keep their order and nothing
/// is fused, so the bytes are the same on every machine.
struct Step<'a> {
    model: &'a Model,
    world: &'a mut World,
    now: Now,
}

impl pulp::WithSimd for Step<'_> {
    type Output = Result<(), RunError>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> Self::Output {
        self.model.walk(simd, self.world, self.now)
    }
}
