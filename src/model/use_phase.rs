//! Use: fleets age and retire packs, living vehicles get new ones, new vehicles and pool packs enter.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{ChemistryId, Id, LotId, RegionId, SegmentId, StepId, StreamId, YearId};
use crate::model::fleet::{Entry, Failed, FleetReport, Passing, Retired};
use crate::model::hazard::CohortHazards;
use crate::model::pool::PoolYear;
use crate::model::row::{add, lanes, lanes_mut};
use crate::model::stock::OnShortfall;
use crate::model::store::Load;
use crate::model::survivors::{STATES, States, Survivors, after, sums_by_step};
use crate::model::time::{MOST_STEPS, Steps};
use crate::model::{Model, Now, RunError, World, reuse_phase};
use pulp::Simd;

/// A fleet's place in the model.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Region of registration.
    pub region: RegionId,
    /// Segment.
    pub segment: SegmentId,
    /// Chemistry of its packs.
    pub chemistry: ChemistryId,
    /// Where its retired packs are collected.
    pub lot: LotId,
    /// Index of its vehicle lifetime in [`UsePhase::vehicle`].
    pub vehicle: usize,
    /// Index of its pack lifetime in [`UsePhase::battery`].
    pub battery: usize,
}

/// Vehicles of one year of sale that are in use when the run begins, with the packs they were sold with.
#[derive(Clone, Copy, Debug)]
pub struct InitialStock {
    /// Their fleet.
    pub stream: StreamId,
    /// Their year.
    pub year: YearId,
    /// Energy of their packs, kWh.
    pub energy: f64,
}

/// A pool of packs: stock-driven, its inflow follows from a target.
#[derive(Clone, Debug)]
pub struct PoolStream {
    /// Region.
    pub region: RegionId,
    /// Segment, for tables.
    pub segment: SegmentId,
    /// Chemistry.
    pub chemistry: ChemistryId,
    /// Where its worn packs are collected.
    pub lot: LotId,
    /// Index of its pack lifetime in [`UsePhase::battery`].
    pub battery: usize,
    /// Energy wanted in service at the end of each step, kWh.
    pub target: Vec<f64>,
    /// What happens when the target falls faster than packs wear out.
    pub on_shortfall: OnShortfall,
}

/// Hazards of everything in use.
#[derive(Clone, Debug)]
pub struct UsePhase {
    /// Vehicles, by distinct lifetime.
    pub vehicle: Vec<CohortHazards>,
    /// Packs, by distinct lifetime.
    pub battery: Vec<CohortHazards>,
    /// What happens when a pack fails in a living vehicle.
    pub on_failure: crate::model::fleet::PackFailure,
    /// Share of the good packs of scrapped vehicles that may go into other vehicles, if they are used again at all.
    pub reuse: Option<f64>,
    /// Whose packs are collected in each lot.
    pub members: Vec<Members>,
}

/// Fleets and pools whose packs are collected in one lot.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// The fleets.
    pub streams: Vec<StreamId>,
    /// The pools, by their place in [`Model::pools`].
    pub pools: Vec<usize>,
}

impl Members {
    /// Sorted by lot.
    pub fn by_lot(lots: usize, streams: &[Stream], pools: &[PoolStream]) -> Vec<Self> {
        let mut members = vec![Self::default(); lots];
        for (index, stream) in streams.iter().enumerate() {
            members[stream.lot.index()].streams.push(StreamId::new(index));
        }
        for (index, pool) in pools.iter().enumerate() {
            members[pool.lot.index()].pools.push(index);
        }
        members
    }
}

/// A pool's target fell faster than its packs wear out, and the scenario does not allow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortfall {
    /// Energy above the target, kWh.
    pub energy: f64,
}

/// What left use in a step, and what is in use when it ends: masses and energies of one lot.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// Packs worn out.
    pub worn: Load,
    /// Packs of scrapped vehicles.
    pub scrapped: Load,
    /// Those of them that are healthy enough for a second life.
    pub healthy: Load,
    /// In use.
    pub in_use: Load,
}

impl Weighed {
    fn nothing(width: usize) -> Self {
        let load = || Load::nothing(width);
        Self { worn: load(), scrapped: load(), healthy: load(), in_use: load() }
    }

    fn loads(&mut self) -> [&mut Load; 4] {
        [&mut self.worn, &mut self.scrapped, &mut self.healthy, &mut self.in_use]
    }
}

/// New packs that use asks for in a step, kWh by region and chemistry.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// New packs in living vehicles.
    pub replaced: Vec<f64>,
    /// New packs in pools.
    pub pooled: Vec<f64>,
    /// New packs in new vehicles sold.
    pub sold: Vec<f64>,
    /// Packs of scrapped vehicles in new ones.
    pub reused: Vec<f64>,
}

/// What use does in a calendar year, by step, worked out when the year begins: nothing in the loop acts back on it.
#[derive(Clone, Debug)]
pub struct UseYear {
    /// By fleet.
    pub fleets: Vec<Steps<FleetReport>>,
    /// By pool.
    pub pools: Vec<Steps<FleetReport>>,
    /// By step.
    pub wanted: Steps<Wanted>,
    /// By lot.
    pub lots: Vec<Steps<Weighed>>,
    /// Energy of one lot by pack year, while it is being worked out.
    pub(super) retired: Retired,
    healthy: Aligned<States>,
    failed: Failed,
    pub(super) rows: reuse_phase::Rows,
}

impl UseYear {
    /// Room for a model's year.
    pub fn new(model: &Model) -> Self {
        let (years, outputs) = (model.size.years, model.size.regions * model.size.chemistries);
        let nothing = || vec![0.0; outputs];
        let wanted = || Wanted { replaced: nothing(), pooled: nothing(), sold: nothing(), reused: nothing() };
        let weighed = || std::array::from_fn(|_| Weighed::nothing(model.size.width()));
        Self {
            fleets: vec![[FleetReport::default(); MOST_STEPS]; model.streams.len()],
            pools: vec![[FleetReport::default(); MOST_STEPS]; model.pools.len()],
            wanted: std::array::from_fn(|_| wanted()),
            lots: model.lots.iter().map(|_| weighed()).collect(),
            retired: Retired::new(years),
            healthy: aligned([0.0; STATES], years),
            failed: Failed::new(years),
            rows: reuse_phase::Rows::new(years),
        }
    }

    /// Forgets the run before: what a year leaves is cleared by the next, and the first has none before it.
    pub fn reset(&mut self) {
        self.retired.clear(YearId::new(self.healthy.len() - 1));
    }
}

/// Lets a year pass in use, lot by lot: packs fail and vehicles are scrapped, new ones enter, pools are brought to their
/// targets.
#[inline(always)]
pub fn pass_year<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) -> Result<(), RunError> {
    let lives = world.vehicle.iter_mut().zip(&model.usage.vehicle);
    for (survivors, hazards) in lives.chain(world.battery.iter_mut().zip(&model.usage.battery)) {
        survivors.walk(&model.horizon, hazards, now.step);
    }
    for (by_state, survivors) in world.vehicle_by_state.iter_mut().zip(&world.vehicle) {
        by_state.turn(survivors, now.year);
    }
    for wanted in &mut world.use_year.wanted {
        for row in [&mut wanted.replaced, &mut wanted.pooled, &mut wanted.sold, &mut wanted.reused] {
            row.fill(0.0);
        }
    }
    let mut refused: Option<(StepId, Shortfall)> = None;
    for (index, members) in model.usage.members.iter().enumerate() {
        world.use_year.retired.clear(now.year);
        for stream in &members.streams {
            match model.usage.reuse {
                None => pass_fleet(simd, model, world, now, *stream),
                Some(share) => reuse_phase::pass_fleet(model, world, now, *stream, share),
            }
        }
        for pool in &members.pools {
            if let Err(error) = pass_pool(simd, model, world, now, *pool) {
                refused = Some(refused.filter(|first| first.0 <= error.0).unwrap_or(error));
            }
        }
        weigh(simd, model, world, now, LotId::new(index));
    }
    refused.map_or(Ok(()), |(step, shortfall)| Err(RunError::Shortfall { step, shortfall }))
}

/// The vehicles of a fleet that enter in each step of a year.
#[inline(always)]
pub(super) fn entries(model: &Model, now: Now, index: StreamId, lives: [&Survivors; 2]) -> Steps<Entry> {
    let [vehicle, battery] = lives.map(Survivors::at_entry);
    let mut entries = [Entry::default(); MOST_STEPS];
    for (phase, entry) in entries.iter_mut().enumerate().take(model.horizon.steps_per_year()) {
        let energy = model.market.sales[(StepId::new(now.step.index() + phase), index)];
        *entry = Entry { energy, vehicle: vehicle[after(phase)], battery: battery[after(phase)] };
    }
    entries
}

/// Lets a year pass in a fleet.
#[inline(always)]
fn pass_fleet<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, index: StreamId) {
    let stream = &model.streams[index.index()];
    let passing = Passing {
        now: now.year,
        steps: model.horizon.steps_per_year(),
        vehicle: &world.vehicle[stream.vehicle],
        vehicle_by_state: &world.vehicle_by_state[stream.vehicle],
        battery: &world.battery[stream.battery],
        on_failure: model.usage.on_failure,
    };
    let year = &mut world.use_year;
    let fleet = &mut world.fleets[index.index()];
    let entries = entries(model, now, index, [passing.vehicle, passing.battery]);
    let reports = &mut year.fleets[index.index()];
    fleet.pass(simd, passing, &entries, &mut year.retired, &mut year.failed, reports);
    year.ask_for(model, index);
}

impl UseYear {
    /// Adds up what a fleet asks for, as reported.
    #[inline(always)]
    pub(super) fn ask_for(&mut self, model: &Model, index: StreamId) {
        let stream = &model.streams[index.index()];
        let output = model.output(stream.region, stream.chemistry).index();
        for (wanted, report) in self.wanted.iter_mut().zip(&self.fleets[index.index()]) {
            wanted.sold[output] += report.sold;
            wanted.replaced[output] += report.replaced;
        }
    }
}

/// Brings a pool to its target in every step of a year.
#[inline(always)]
fn pass_pool<S: Simd>(
    simd: S,
    model: &Model,
    world: &mut World,
    now: Now,
    index: usize,
) -> Result<(), (StepId, Shortfall)> {
    let stream = &model.pools[index];
    let steps = now.step.index()..now.step.index() + model.horizon.steps_per_year();
    let (survivors, year) = (&world.battery[stream.battery], &mut world.use_year);
    let reports = &mut year.pools[index];
    let (target, on_shortfall) = (&stream.target[steps], stream.on_shortfall);
    let passing = PoolYear { now: now.year, survivors, target, on_shortfall };
    let passed = world.pools[index].pass(simd, passing, &mut year.retired, reports);
    let output = model.output(stream.region, stream.chemistry).index();
    for (wanted, report) in year.wanted.iter_mut().zip(reports) {
        wanted.pooled[output] += report.replaced;
    }
    passed.map_err(|(phase, energy)| (StepId::new(now.step.index() + phase), Shortfall { energy }))
}

/// Turns a lot's energy by production year into what left and what is in use in each step of the year, t and kWh.
#[inline(always)]
fn weigh<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, id: LotId) {
    let chemistry = model.lots[id.index()].chemistry;
    let UseYear { retired, healthy, lots, .. } = &mut world.use_year;
    // Of the oldest years nothing is left, and packs of years to come do not exist.
    let years = retired.oldest.min(now.year.index())..now.year.index() + 1;
    let shares = model.second_life.healthy[chemistry.index()].newest_first();
    let rows = healthy[years.clone()].iter_mut().zip(&retired.scrapped[years.clone()]);
    for ((healthy, scrapped), shares) in rows.rev().zip(shares) {
        for ((healthy, scrapped), share) in
            lanes_mut::<S>(healthy).iter_mut().zip(lanes::<S>(scrapped)).zip(lanes::<S>(shares))
        {
            *healthy = simd.mul_f64s(*scrapped, *share);
        }
    }
    let content = &model.composition.whole_pack;
    let content_of = &content.vintages(chemistry)[years.start * content.width()..];
    let energies = [&retired.worn, &retired.scrapped, &*healthy, &retired.kept].map(|rows| &rows[years.clone()]);
    for (kind, energy) in energies.into_iter().enumerate() {
        for part in 0..content.width() / S::F64_LANES {
            let masses = sums_by_step(simd, energy, content_of, content.width(), part);
            for (weighed, mass) in lots[id.index()].iter_mut().zip(masses) {
                lanes_mut::<S>(&mut weighed.loads()[kind].mass)[part] = mass;
            }
        }
        let mut sums = [0.0; STATES];
        for row in energy {
            add(simd, &mut sums, row);
        }
        for (phase, weighed) in lots[id.index()].iter_mut().enumerate() {
            weighed.loads()[kind].energy = sums[after(phase)];
        }
    }
}

/// Books what left use in a step, by cause, and what is in use when it ends.
#[inline(always)]
pub fn book_retired<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (lot, weighed) in model.lots.iter().zip(&world.use_year.lots) {
        let (flows, weighed) = (&model.flows.regions[lot.region.index()], &weighed[now.phase]);
        add(simd, world.ledger.stock.row_mut(flows.usage), &weighed.in_use.mass);
        world.ledger.transfer(simd, flows.worn, lot.chemistry, &weighed.worn.mass);
        world.ledger.transfer(simd, flows.scrapped, lot.chemistry, &weighed.scrapped.mass);
    }
}
