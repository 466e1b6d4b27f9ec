//! The yards: feed is shared out among the plants, let in as far as there is room, and the rest goes to the other
//! recyclers or stays with its holder.

use crate::base::ids::{ChemistryId, Id, LotId, PlantId, RegionId, all};
use crate::model::composition::{add_scaled, mass_of};
use crate::model::plant::calendar::Phase;
use crate::model::plant::{FeedStream, Overflow, PlantState};
use crate::model::{Model, Now, World};

/// Shares the step's scrap and packs out among the plants and books them.
pub fn receive(model: &Model, world: &mut World, now: Now) {
    clear_closed(model, world, now);
    count_arrivals(model, world, now);
    for (plant, state) in model.plants.iter().zip(&mut world.plants) {
        state.open_gate(plant, now.step, model.horizon.dt());
    }
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let output = model.output(region, chemistry);
            let origin = Lot { region, chemistry, id: None };
            world.scratch.mass.copy_from_slice(world.manufacture.scrap.row(output));
            share_out(model, world, now, origin, FeedStream::NewScrap);
            world.scratch.mass.copy_from_slice(world.manufacture.cuttings.row(output));
            share_out(model, world, now, origin, FeedStream::ElectrodeScrap);
        }
    }
    for (index, lot) in model.lots.iter().enumerate() {
        let id = LotId::new(index);
        let origin = Lot { region: lot.region, chemistry: lot.chemistry, id: Some(id) };
        for stream in [FeedStream::Retired, FeedStream::SecondLife] {
            let offered = match stream {
                FeedStream::SecondLife => &world.offered_mass.second_life,
                _ => &world.offered_mass.retired,
            };
            world.scratch.mass.copy_from_slice(offered.row(id));
            share_out(model, world, now, origin, stream);
        }
    }
    recover_elsewhere(model, world);
}

/// Where a load of feed comes from.
#[derive(Clone, Copy)]
struct Lot {
    region: RegionId,
    chemistry: ChemistryId,
    id: Option<LotId>,
}

/// The stream as a plant sees it: packs of another region are purchased.
fn seen_as(stream: FeedStream, at_home: bool) -> FeedStream {
    if at_home || !stream.is_packs() { stream } else { FeedStream::Purchased }
}

/// Share of a region's stream that a plant is sent in a step; nothing of a chemistry it does not accept.
fn share(model: &Model, plant: PlantId, stream: FeedStream, region: RegionId, chemistry: ChemistryId, now: Now) -> f64 {
    let plant = &model.plants[plant.index()];
    if plant.accepts(chemistry) { plant.share[stream.shared_as() as usize][(region, now.step)] } else { 0.0 }
}

/// What lies in the yard of a plant that has closed goes to the other recyclers.
fn clear_closed(model: &Model, world: &mut World, now: Now) {
    for (index, plant) in model.plants.iter().enumerate() {
        let state = &mut world.plants[index];
        if plant.running[now.step.index()].phase == Phase::Closed && state.holds_feed() {
            let (ledger, elsewhere) = (&mut world.ledger, &mut world.elsewhere);
            state.clear_out(|chemistry, mass| {
                ledger.transfer(model.flows.plants[index].cleared, chemistry, mass);
                add_scaled(elsewhere, 1.0, mass);
            });
        }
    }
}

/// Tells each plant what would arrive.
fn count_arrivals(model: &Model, world: &mut World, now: Now) {
    let plants = &mut world.plants;
    plants.iter_mut().for_each(PlantState::close_gate);
    let mut count = |stream: FeedStream, region: RegionId, chemistry: ChemistryId, mass: &[f64]| {
        let tonnes: f64 = mass.iter().sum();
        if tonnes == 0.0 {
            return;
        }
        for (index, (plant, state)) in model.plants.iter().zip(plants.iter_mut()).enumerate() {
            let sent = share(model, PlantId::new(index), stream, region, chemistry, now);
            if sent > 0.0 {
                state.announce(plant, seen_as(stream, region == plant.region), chemistry, sent, tonnes, mass);
            }
        }
    };
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let output = model.output(region, chemistry);
            count(FeedStream::NewScrap, region, chemistry, world.manufacture.scrap.row(output));
            count(FeedStream::ElectrodeScrap, region, chemistry, world.manufacture.cuttings.row(output));
        }
    }
    for (index, lot) in model.lots.iter().enumerate() {
        let id = LotId::new(index);
        count(FeedStream::Retired, lot.region, lot.chemistry, world.offered_mass.retired.row(id));
        count(FeedStream::SecondLife, lot.region, lot.chemistry, world.offered_mass.second_life.row(id));
    }
}

/// Sends a load, `world.scratch.mass`, to the plants that get it and what is left to the other recyclers.
fn share_out(model: &Model, world: &mut World, now: Now, from: Lot, stream: FeedStream) {
    if world.scratch.mass.iter().all(|mass| *mass == 0.0) {
        return;
    }
    let flows = &model.flows.regions[from.region.index()];
    let mut left = 1.0;
    for plant in all::<PlantId>(model.plants.len()) {
        let sent = share(model, plant, stream, from.region, from.chemistry, now);
        if sent == 0.0 {
            continue;
        }
        let rule = &model.plants[plant.index()];
        let seen = seen_as(stream, from.region == rule.region);
        let state = &mut world.plants[plant.index()];
        let let_in = state.lets_in(rule, seen, from.chemistry);
        state.take_in(seen, from.chemistry, &world.scratch.mass, sent * let_in, &mut world.scratch.second);
        let yard = flows.to_yard[plant.index()][stream as usize];
        world.ledger.transfer(yard, from.chemistry, &world.scratch.second);
        left -= sent * let_in;
        let declined = rule.yard.overflow == Overflow::Declined && let_in < 1.0;
        if let Some(id) = from.id.filter(|_| declined) {
            decline(model, world, now, id, stream, sent * (1.0 - let_in));
            left -= sent * (1.0 - let_in);
        }
    }
    // What is smaller than the rounding of the shares is no load.
    let left = if left < f64::EPSILON { 0.0 } else { left };
    for (rest, mass) in world.scratch.second.iter_mut().zip(&world.scratch.mass) {
        *rest = mass * left;
    }
    let flow = if stream.is_packs() { flows.packs_elsewhere } else { flows.scrap_elsewhere };
    world.ledger.transfer(flow, from.chemistry, &world.scratch.second);
    for (sum, rest) in world.elsewhere.iter_mut().zip(&world.scratch.second) {
        *sum += rest;
    }
}

/// Packs that find a yard full go back to their holders, who keep them as long as any hibernating pack.
fn decline(model: &Model, world: &mut World, now: Now, id: LotId, stream: FeedStream, share: f64) {
    let lot = &model.lots[id.index()];
    let second = stream == FeedStream::SecondLife;
    let offered = if second { world.offered.second_life.row(id) } else { world.offered.retired.row(id) };
    let end = now.year.index() + 1;
    let energy = &mut world.scratch.energy[..end];
    for (energy, offered) in energy.iter_mut().zip(&offered[..end]) {
        *energy = offered * share;
    }
    // They wait at least until the next step, or a delay of zero would turn in a circle.
    world.hibernation[id.index()].enter(now.year, energy, 0.0, &mut world.scratch.released);
    let content = model.composition.whole_pack.vintages(lot.chemistry);
    mass_of(world.machine, energy, content, &mut world.scratch.second);
    let flow = model.flows.regions[lot.region.index()].declined;
    world.ledger.transfer(flow, lot.chemistry, &world.scratch.second);
}

/// The other recyclers recover what the data say and lose the rest.
fn recover_elsewhere(model: &Model, world: &mut World) {
    let scratch = &mut world.scratch;
    for (s, mass) in world.elsewhere.iter_mut().enumerate() {
        scratch.mass[s] = *mass * model.other_recovery[s];
        scratch.second[s] = *mass * (1.0 - model.other_recovery[s]);
        *mass = 0.0;
    }
    world.ledger.transfer_mixed(model.flows.elsewhere_sold, &scratch.mass);
    world.ledger.transfer_mixed(model.flows.elsewhere_residue, &scratch.second);
}
