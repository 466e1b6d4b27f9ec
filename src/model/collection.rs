//! Collection: where retired packs go, and the second life of the good ones.
//!
//! Packs retired in a step are split by the region's shares. Packs leaving hibernation or a second life are split by
//! the same shares without hibernation: they have been kept once. Of the formally collected packs of scrapped vehicles,
//! those above the state of health that a second life asks for are candidates (worn packs are worn: they are not);
//! `reuse share x repurposing yield` of the candidates is used again, the rest is recycled.

use crate::base::ids::{ChemistryId, Id, LotId, RegionId, StepId, Table, YearId};
use crate::model::composition::{add_scaled, mass_of, scale};
use crate::model::hazard::CohortHazards;
use crate::model::{Model, Now, World};

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
    /// Share of packs above the asked-for state of health, by chemistry and steps since the year of production began.
    pub healthy: Vec<Vec<f64>>,
    /// Reuse share x repurposing yield, by step and chemistry.
    pub reuse: Table<StepId, ChemistryId>,
    /// When packs leave their second life, by chemistry.
    pub hazards: Vec<CohortHazards>,
}

impl SecondLife {
    /// Share of the packs of a production year that is healthy enough in a step.
    fn healthy_share(&self, chemistry: ChemistryId, steps: usize) -> f64 {
        self.healthy[chemistry.index()].get(steps).copied().unwrap_or(0.0)
    }
}

/// Packs that the recyclers are offered in a step, kWh by lot and production year; their mass stands beside it.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Retired packs.
    pub retired: Table<LotId, YearId>,
    /// Packs at the end of their second life.
    pub second_life: Table<LotId, YearId>,
}

/// Splits what was retired and released; fills `world.offered` and `world.offered_mass`.
pub fn gather(model: &Model, world: &mut World, now: Now) {
    world.collected.fill(0.0);
    world.machine.dispatch(Gather { model, world, now });
}

/// The kernel of [`gather`].
struct Gather<'a> {
    model: &'a Model,
    world: &'a mut World,
    now: Now,
}

impl pulp::WithSimd for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for index in 0..self.model.lots.len() {
            gather_lot(self.model, self.world, self.now, LotId::new(index));
        }
    }
}

#[inline(always)]
fn gather_lot(model: &Model, world: &mut World, now: Now, id: LotId) {
    let lot = model.lots[id.index()];
    let rule = &model.collection[lot.rule];
    let shares = rule.shares[now.step.index()];
    let [formal, _, _, hibernating, _] = shares;
    // What comes back a second time is not kept a second time.
    let again = if hibernating < 1.0 { 1.0 / (1.0 - hibernating) } else { 0.0 };
    let content = model.composition.whole_pack.vintages(lot.chemistry);
    let flows = &model.flows.regions[lot.region.index()];
    let scratch = &mut world.scratch;

    let machine = world.machine;
    let retired_mass = world.retired_mass.row(id);
    // Packs of years to come do not exist: rows by production year end with this one.
    let end = now.year.index() + 1;
    let (worn, scrapped) = (&world.worn.row(id)[..end], &world.scrapped.row(id)[..end]);
    let (energy, released) = (&mut scratch.energy[..end], &mut scratch.released[..end]);

    // Hibernation and second life release what is due; `scratch.second` sums the mass that comes back.
    released.fill(0.0);
    let hazards = rule.hibernation.at(now.step, &mut world.hazards);
    world.hibernation[id.index()].age(now.year, hazards, released);
    for ((kept, worn), scrapped) in energy.iter_mut().zip(worn).zip(scrapped) {
        *kept = (worn + scrapped) * hibernating;
    }
    let at_entry = rule.hibernation.at_entry(now.year);
    world.hibernation[id.index()].enter(now.year, energy, at_entry, released);
    scale(&mut scratch.mass, hibernating, retired_mass);
    world.ledger.transfer(flows.hibernated, lot.chemistry, &scratch.mass);
    mass_of(machine, released, content, &mut scratch.second);
    world.ledger.transfer(flows.released, lot.chemistry, &scratch.second);

    let second = &mut world.offered.second_life.row_mut(id)[..end];
    second.fill(0.0);
    let hazards = model.second_life.hazards[lot.chemistry.index()].at(now.step, &mut world.hazards);
    world.second_life[id.index()].age(now.year, hazards, second);
    let second_mass = world.offered_mass.second_life.row_mut(id);
    mass_of(machine, second, content, second_mass);
    world.ledger.transfer(flows.second_life_returns, lot.chemistry, second_mass);
    add_scaled(&mut scratch.second, 1.0, second_mass);

    add_scaled(world.collected.row_mut(lot.region), formal, retired_mass);

    // What neither recyclers nor holders get.
    let losses =
        [(Fate::Informal, flows.informal), (Fate::UsedExport, flows.used_export), (Fate::Landfill, flows.landfill)];
    for (fate, flow) in losses {
        let share = shares[fate as usize];
        scale(&mut scratch.mass, share, retired_mass);
        add_scaled(&mut scratch.mass, share * again, &scratch.second);
        world.ledger.transfer(flow, lot.chemistry, &scratch.mass);
    }

    // Triage: the good packs are used again, the rest is offered for recycling.
    let reuse = model.second_life.reuse[(now.step, lot.chemistry)];
    let retired = &mut world.offered.retired.row_mut(id)[..end];
    for (y, reused) in energy.iter_mut().enumerate() {
        let age = model.horizon.steps_since(YearId::new(y), now.step);
        let healthy = age.map_or(0.0, |steps| model.second_life.healthy_share(lot.chemistry, steps));
        let collected = formal * scrapped[y];
        *reused = collected * (healthy * reuse);
        retired[y] =
            formal * world.worn.row(id)[y] + collected * (1.0 - healthy * reuse) + formal * again * released[y];
        second[y] *= formal * again;
    }
    for mass in second_mass {
        *mass *= formal * again;
    }
    mass_of(machine, retired, content, world.offered_mass.retired.row_mut(id));
    mass_of(machine, energy, content, &mut scratch.mass);
    world.ledger.transfer(flows.reused, lot.chemistry, &scratch.mass);
    // Service is counted from the next step on: a pack taken up now does not come back in the same step.
    world.second_life[id.index()].enter(now.year, energy, 0.0, released);
}
