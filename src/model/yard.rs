//! The yards: feed is shared out among the plants, let in as far as there is room, and the rest goes to the other
//! recyclers or stays with its holder.

use crate::base::ids::{ChemistryId, Id, LotId, PlantId, RegionId, all};
use crate::model::collection::LotState;
use crate::model::plant::calendar::Phase;
use crate::model::plant::{FeedStream, Overflow, PlantState};
use crate::model::row::{add, copy, is_empty, lanes, lanes_mut, scale, subtract_from, sum, times};
use crate::model::store::Load;
use crate::model::{Model, Now, World};
use pulp::Simd;

/// Shares the step's scrap and packs out among the plants and books them.
#[inline(always)]
pub fn receive<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    clear_closed(simd, model, world, now);
    count_arrivals(simd, model, world, now);
    for (plant, state) in model.plants.iter().zip(&mut world.plants) {
        state.open_gate(plant, now.step, model.horizon.dt());
    }
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let output = model.output(region, chemistry);
            let origin = Lot { region, chemistry, id: None };
            copy(simd, &mut world.scratch.mass, world.manufacture.scrap.row(output));
            share_out(simd, model, world, now, origin, FeedStream::NewScrap);
            copy(simd, &mut world.scratch.mass, world.manufacture.cuttings.row(output));
            share_out(simd, model, world, now, origin, FeedStream::ElectrodeScrap);
        }
    }
    for (index, lot) in model.lots.iter().enumerate() {
        let id = LotId::new(index);
        let origin = Lot { region: lot.region, chemistry: lot.chemistry, id: Some(id) };
        for stream in [FeedStream::Retired, FeedStream::SecondLife] {
            copy(simd, &mut world.scratch.mass, &offered(&world.lots[index], stream).mass);
            share_out(simd, model, world, now, origin, stream);
        }
    }
    recover_elsewhere(simd, model, world);
}

/// Where a load of feed comes from.
#[derive(Clone, Copy)]
struct Lot {
    region: RegionId,
    chemistry: ChemistryId,
    id: Option<LotId>,
}

/// The stream as a plant sees it: packs of another region are purchased.
#[inline(always)]
fn seen_as(stream: FeedStream, at_home: bool) -> FeedStream {
    if at_home || !stream.is_packs() { stream } else { FeedStream::Purchased }
}

/// Packs that the recyclers are offered.
#[inline(always)]
fn offered(lot: &LotState, stream: FeedStream) -> &Load {
    if stream == FeedStream::SecondLife { &lot.returned } else { &lot.offered }
}

/// Share of a region's stream that a plant is sent in a step; nothing of a chemistry it does not accept.
#[inline(always)]
fn share(model: &Model, plant: PlantId, stream: FeedStream, region: RegionId, chemistry: ChemistryId, now: Now) -> f64 {
    let plant = &model.plants[plant.index()];
    if plant.accepts(chemistry) { plant.share[stream.shared_as() as usize][(region, now.step)] } else { 0.0 }
}

/// What lies in the yard of a plant that has closed goes to the other recyclers.
#[inline(always)]
fn clear_closed<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (index, plant) in model.plants.iter().enumerate() {
        let state = &mut world.plants[index];
        if plant.running[now.step.index()].phase == Phase::Closed && state.holds_feed() {
            let (ledger, elsewhere) = (&mut world.ledger, &mut world.elsewhere);
            state.clear_out(|chemistry, mass| {
                ledger.transfer(simd, model.flows.plants[index].cleared, chemistry, mass);
                add(simd, elsewhere, mass);
            });
        }
    }
}

/// Tells each plant what would arrive.
#[inline(always)]
fn count_arrivals<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    world.plants.iter_mut().for_each(PlantState::close_gate);
    for region in all::<RegionId>(model.size.regions) {
        for chemistry in all::<ChemistryId>(model.size.chemistries) {
            let (output, origin) = (model.output(region, chemistry), Lot { region, chemistry, id: None });
            copy(simd, &mut world.scratch.mass, world.manufacture.scrap.row(output));
            count(simd, model, world, now, origin, FeedStream::NewScrap);
            copy(simd, &mut world.scratch.mass, world.manufacture.cuttings.row(output));
            count(simd, model, world, now, origin, FeedStream::ElectrodeScrap);
        }
    }
    for (index, lot) in model.lots.iter().enumerate() {
        let origin = Lot { region: lot.region, chemistry: lot.chemistry, id: Some(LotId::new(index)) };
        for stream in [FeedStream::Retired, FeedStream::SecondLife] {
            copy(simd, &mut world.scratch.mass, &offered(&world.lots[index], stream).mass);
            count(simd, model, world, now, origin, stream);
        }
    }
}

/// Counts a load, `world.scratch.mass`, where it would arrive.
#[inline(always)]
fn count<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, from: Lot, stream: FeedStream) {
    let scratch = &mut world.scratch;
    if is_empty(simd, &scratch.mass) {
        return;
    }
    let tonnes = sum(simd, &scratch.mass);
    for (index, (plant, state)) in model.plants.iter().zip(&mut world.plants).enumerate() {
        let sent = share(model, PlantId::new(index), stream, from.region, from.chemistry, now);
        if sent > 0.0 {
            let seen = seen_as(stream, from.region == plant.region);
            if let Some(opened) = &plant.opened[seen as usize] {
                times(simd, &mut scratch.opened, opened.keeps.of(from.chemistry, now.year), &scratch.mass);
                let tonnes = sum(simd, &scratch.opened);
                state.announce(plant, seen, from.chemistry, sent, tonnes, &scratch.opened);
            } else {
                state.announce(plant, seen, from.chemistry, sent, tonnes, &scratch.mass);
            }
        }
    }
}

/// Sends a load, `world.scratch.mass`, to the plants that get it and what is left to the other recyclers.
#[inline(always)]
fn share_out<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, from: Lot, stream: FeedStream) {
    if is_empty(simd, &world.scratch.mass) {
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
        let (scratch, share) = (&mut world.scratch, sent * let_in);
        let yard = flows.to_yard[plant.index()][stream as usize];
        if let Some(opened) = &rule.opened[seen as usize] {
            times(simd, &mut scratch.opened, opened.keeps.of(from.chemistry, now.year), &scratch.mass);
            state.take_in(seen, from.chemistry, &scratch.opened, share, &mut scratch.second);
            world.ledger.transfer(simd, yard, from.chemistry, &scratch.second);
            // What was taken off stays with those who opened the packs.
            subtract_from(simd, &scratch.mass, &mut scratch.opened);
            scale(simd, &mut scratch.second, share, &scratch.opened);
            world.ledger.transfer(simd, flows.packs_elsewhere, from.chemistry, &scratch.second);
            add(simd, &mut world.elsewhere, &scratch.second);
        } else {
            state.take_in(seen, from.chemistry, &scratch.mass, share, &mut scratch.second);
            world.ledger.transfer(simd, yard, from.chemistry, &scratch.second);
        }
        left -= sent * let_in;
        let declined = rule.yard.overflow == Overflow::Declined && let_in < 1.0;
        if let Some(id) = from.id.filter(|_| declined) {
            decline(simd, model, world, now, id, stream, sent * (1.0 - let_in));
            left -= sent * (1.0 - let_in);
        }
    }
    // What is smaller than the rounding of the shares is no load.
    let left = if left < f64::EPSILON { 0.0 } else { left };
    scale(simd, &mut world.scratch.second, left, &world.scratch.mass);
    let flow = if stream.is_packs() { flows.packs_elsewhere } else { flows.scrap_elsewhere };
    world.ledger.transfer(simd, flow, from.chemistry, &world.scratch.second);
    add(simd, &mut world.elsewhere, &world.scratch.second);
}

/// Packs that find a yard full go back to their holders, who keep them as long as any hibernating pack.
fn decline<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, id: LotId, stream: FeedStream, share: f64) {
    let lot = &model.lots[id.index()];
    let state = &mut world.lots[id.index()];
    let load = if stream == FeedStream::SecondLife { &state.returned } else { &state.offered };
    // They wait at least until the next step, or a delay of zero would turn in a circle: nothing leaves at once.
    state.hibernation.enter(simd, now.year, share, load, 0.0, &mut state.released);
    scale(simd, &mut world.scratch.second, share, &load.mass);
    let flow = model.flows.regions[lot.region.index()].declined;
    world.ledger.transfer(simd, flow, lot.chemistry, &world.scratch.second);
}

/// The other recyclers recover what the data say and lose the rest.
#[inline(always)]
fn recover_elsewhere<S: Simd>(simd: S, model: &Model, world: &mut World) {
    let scratch = &mut world.scratch;
    let parts = lanes_mut::<S>(&mut scratch.mass).iter_mut().zip(lanes_mut::<S>(&mut scratch.second));
    let fed = lanes_mut::<S>(&mut world.elsewhere).iter_mut().zip(lanes::<S>(&model.other_recovery));
    let (zero, one) = (simd.splat_f64s(0.0), simd.splat_f64s(1.0));
    for ((sold, residue), (fed, recovery)) in parts.zip(fed) {
        *sold = simd.mul_f64s(*fed, *recovery);
        *residue = simd.mul_f64s(*fed, simd.sub_f64s(one, *recovery));
        *fed = zero;
    }
    world.ledger.transfer_mixed(simd, model.flows.elsewhere_sold, &scratch.mass);
    world.ledger.transfer_mixed(simd, model.flows.elsewhere_residue, &scratch.second);
}
