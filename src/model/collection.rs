//! Collection: where retired packs go, and the second life of the good ones.
//!
//! Packs retired in a step are split by the region's shares. Packs leaving hibernation or a second life are split by
//! the same shares without hibernation: they have been kept once. Of the formally collected packs of scrapped vehicles,
//! those above the state of health that a second life asks for are candidates (worn packs are worn: they are not);
//! `reuse share x repurposing yield` of the candidates is used again, the rest is recycled.

use crate::base::ids::{ChemistryId, Id, RegionId, StepId, Table};
use crate::model::hazard::CohortHazards;
use crate::model::row::{add_scaled, combine, multiply};
use crate::model::store::{Load, Store};
use crate::model::survivors::{STATES, States, after};
use crate::model::time::Horizon;
use crate::model::use_phase::Weighed;
use crate::model::{Model, Now, World};
use pulp::Simd;

/// A fate of retired packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Collected by the formal channel.
    Formal,
    /// Taken by small workshops.
    Informal,
    /// Exported as used goods.
    UsedExport,
    /// Kept by the holder.
    Hibernating,
    /// Landfilled or lost.
    Landfill,
}

impl Fate {
    /// All fates.
    pub const ALL: [Self; 5] = [Self::Formal, Self::Informal, Self::UsedExport, Self::Hibernating, Self::Landfill];

    /// The name in scenarios and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Informal => "informal",
            Self::UsedExport => "used_export",
            Self::Hibernating => "hibernating",
            Self::Landfill => "landfill",
        }
    }
}

/// Packs collected under one rule: a region (and segments that share its rule) and a chemistry.
#[derive(Clone, Copy, Debug)]
pub struct Lot {
    /// Region.
    pub region: RegionId,
    /// Chemistry.
    pub chemistry: ChemistryId,
    /// Index of its rule in [`Model::collection`].
    pub rule: usize,
}

/// A collection rule.
#[derive(Clone, Debug)]
pub struct CollectionRule {
    /// Share of each fate, in the order of [`Fate::ALL`], by step.
    pub shares: Vec<[f64; 5]>,
    /// When hibernating packs come out again.
    pub hibernation: CohortHazards,
}

/// The second life of packs.
#[derive(Clone, Debug)]
pub struct SecondLife {
    /// Share of packs above the asked-for state of health, by chemistry.
    pub healthy: Vec<HealthyShare>,
    /// Reuse share x repurposing yield, by step and chemistry.
    pub reuse: Table<StepId, ChemistryId>,
    /// When packs leave their second life: the lives that differ.
    pub hazards: Vec<CohortHazards>,
    /// Which of them packs have, by chemistry.
    pub life_of: Vec<usize>,
}

/// Share of the packs of each production year that is healthy enough for a second life.
#[derive(Clone, Debug)]
pub struct HealthyShare {
    /// By years since production, through the year.
    by_age: Vec<States>,
}

impl HealthyShare {
    /// From the share at each number of steps since the year of production began.
    pub fn new(horizon: &Horizon, share: impl Fn(usize) -> f64) -> Self {
        let per_year = horizon.steps_per_year();
        let through = |age: usize| {
            let mut shares = [0.0; STATES];
            for phase in 0..per_year {
                shares[after(phase)] = share(age * per_year + phase);
            }
            shares
        };
        Self { by_age: (0..horizon.years()).map(through).collect() }
    }

    /// Shares of the packs of the production years up to `now`, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &States> {
        self.by_age.iter()
    }
}

/// What passes through a lot's collection in a step, and what its stores hold.
#[derive(Clone, Debug)]
pub struct LotState {
    /// Both kinds of retired packs together.
    pub retired: Load,
    /// Kept by their holders.
    pub hibernation: Store,
    /// In a second life.
    pub second_life: Store,
    /// Leaving hibernation in this step.
    pub released: Load,
    /// Retired packs that the recyclers are offered.
    pub offered: Load,
    /// Packs at the end of their second life; after [`gather`] those that the recyclers are offered.
    pub returned: Load,
}

impl LotState {
    /// Nothing, for a horizon of `years` and rows of `width` substances.
    pub fn new(years: usize, width: usize) -> Self {
        let load = || Load::nothing(width);
        Self {
            retired: load(),
            hibernation: Store::new(years, width),
            second_life: Store::new(years, width),
            released: load(),
            offered: load(),
            returned: load(),
        }
    }

    /// Empties the stores.
    pub fn reset(&mut self) {
        self.hibernation.reset();
        self.second_life.reset();
    }
}

/// Splits what was retired and released, and offers the recyclers their part.
#[inline(always)]
pub fn gather<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    world.collected.fill(0.0);
    if now.phase == 0 {
        begin_year(simd, model, world, now);
    }
    for index in 0..model.lots.len() {
        gather_lot(simd, model, world, now, index);
    }
}

/// What is in store goes into a new year.
#[inline(always)]
fn begin_year<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (survivors, rule) in world.hibernation.iter_mut().zip(&model.collection) {
        survivors.walk(&model.horizon, &rule.hibernation, now.step);
    }
    for (survivors, hazards) in world.second_life.iter_mut().zip(&model.second_life.hazards) {
        survivors.walk(&model.horizon, hazards, now.step);
    }
    for (lot, state) in model.lots.iter().zip(&mut world.lots) {
        state.hibernation.begin_year(simd, now.year, &world.hibernation[lot.rule]);
        state.second_life.begin_year(
            simd,
            now.year,
            &world.second_life[model.second_life.life_of[lot.chemistry.index()]],
        );
    }
}

#[inline(always)]
fn gather_lot<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, index: usize) {
    let lot = model.lots[index];
    let rule = &model.collection[lot.rule];
    let [formal, _, _, hibernating, _] = rule.shares[now.step.index()];
    // What comes back a second time is not kept a second time.
    let again = if hibernating < 1.0 { 1.0 / (1.0 - hibernating) } else { 0.0 };
    let flows = &model.flows.regions[lot.region.index()];
    let ledger = &mut world.ledger;
    let Weighed { worn, scrapped, healthy, .. } = &world.use_year.lots[index][now.phase];
    let LotState { retired, hibernation, second_life, released, offered, returned } = &mut world.lots[index];
    let (kept, reused) =
        (&world.hibernation[lot.rule], &world.second_life[model.second_life.life_of[lot.chemistry.index()]]);
    let chemistry = lot.chemistry;
    retired.combine(simd, [(1.0, worn), (1.0, scrapped)]);

    // Hibernation and second life release what is due.
    hibernation.pass(simd, now, kept, released);
    hibernation.enter(simd, now, kept, hibernating, retired, released);
    second_life.pass(simd, now, reused, returned);
    if retired.energy + released.energy + returned.energy == 0.0 {
        // Nothing comes of nothing.
        offered.clear(simd);
        return;
    }
    ledger.transfer_share(simd, flows.hibernated, chemistry, hibernating, &retired.mass);
    ledger.transfer(simd, flows.released, chemistry, &released.mass);
    ledger.transfer(simd, flows.second_life_returns, chemistry, &returned.mass);

    // What neither recyclers nor holders get of what is split.
    let split = &mut world.scratch.mass;
    combine(simd, split, [(1.0, &retired.mass), (again, &released.mass), (again, &returned.mass)]);
    let losses =
        [(Fate::Informal, flows.informal), (Fate::UsedExport, flows.used_export), (Fate::Landfill, flows.landfill)];
    for (fate, flow) in losses {
        ledger.transfer_share(simd, flow, chemistry, rule.shares[now.step.index()][fate as usize], split);
    }

    // Triage: the good packs are used again, the rest is offered for recycling.
    add_scaled(simd, world.collected.row_mut(lot.region), formal, &retired.mass);
    let reuse = model.second_life.reuse[(now.step, lot.chemistry)];
    // No more than all of them: the rounded product of a share and a part is not above that with the whole.
    offered.combine(simd, [(formal, retired), (-(formal * reuse), healthy), (formal * again, released)]);
    if returned.energy != 0.0 {
        multiply(simd, &mut returned.mass, formal * again);
        returned.energy *= formal * again;
    }
    if reuse > 0.0 {
        ledger.transfer_share(simd, flows.reused, chemistry, formal * reuse, &healthy.mass);
        // Service is counted from the next step on: a pack taken up now does not come back in the same step.
        second_life.put(simd, now, reused, formal * reuse, healthy);
    }
}
