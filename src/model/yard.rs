//! The yards: feed is shared out among the plants, let in as far as there is room, and the rest goes to the other
//! recyclers or stays with its holder.

use crate::base::ids::{ChemistryId, Id, LotId, OutputId, PlantId, RegionId, all};
use crate::model::collection::LotState;
use crate::model::manufacture::ManufactureState;
use crate::model::plant::calendar::Phase;
use crate::model::plant::gate::Arrival;
use crate::model::plant::{FeedStream, Overflow, PlantState};
use crate::model::row::{add, add_scaled, lanes, lanes_mut, subtract_from, sum, times};
use crate::model::{Model, Now, World};
use pulp::Simd;

/// A load of feed that the recyclers are offered: what it is and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    region: RegionId,
    chemistry: ChemistryId,
    stream: FeedStream,
    source: Source,
    /// What it weighs in this step, t.
    tonnes: f64,
}

/// Where the mass of an offer is found.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// Scrap of making a battery type.
    Scrap(OutputId),
    /// Packs collected in a lot.
    Packs(LotId),
}

impl Offer {
    /// Everything that a model's recyclers may be offered.
    pub fn all_of(model: &Model) -> Vec<Self> {
        let mut offers = Vec::new();
        for region in all::<RegionId>(model.size.regions) {
            for chemistry in all::<ChemistryId>(model.size.chemistries) {
                let source = Source::Scrap(model.output(region, chemistry));
                for stream in [FeedStream::NewScrap, FeedStream::ElectrodeScrap] {
                    offers.push(Self { region, chemistry, stream, source, tonnes: 0.0 });
                }
            }
        }
        for (index, lot) in model.lots.iter().enumerate() {
            let (region, chemistry, source) = (lot.region, lot.chemistry, Source::Packs(LotId::new(index)));
            for stream in [FeedStream::Retired, FeedStream::SecondLife] {
                offers.push(Self { region, chemistry, stream, source, tonnes: 0.0 });
            }
        }
        offers
    }

    /// Whether there is nothing of it for sure: what is not made has no scrap, packs without energy are none.
    #[inline(always)]
    fn is_empty(&self, manufacture: &ManufactureState, lots: &[LotState]) -> bool {
        match (self.source, self.stream) {
            (Source::Scrap(output), _) => manufacture.made[output.index()] == 0.0,
            (Source::Packs(lot), FeedStream::SecondLife) => lots[lot.index()].returned.energy == 0.0,
            (Source::Packs(lot), _) => lots[lot.index()].offered.energy == 0.0,
        }
    }

    /// Its mass, t by substance.
    #[inline(always)]
    fn mass<'a>(&self, manufacture: &'a ManufactureState, lots: &'a [LotState]) -> &'a [f64] {
        match (self.source, self.stream) {
            (Source::Scrap(output), FeedStream::ElectrodeScrap) => manufacture.cuttings.row(output),
            (Source::Scrap(output), _) => manufacture.scrap.row(output),
            (Source::Packs(lot), FeedStream::SecondLife) => &lots[lot.index()].returned.mass,
            (Source::Packs(lot), _) => &lots[lot.index()].offered.mass,
        }
    }
}

/// Shares the step's scrap and packs out among the plants and books them.
#[inline(always)]
pub fn receive<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    clear_closed(simd, model, world, now);
    count_arrivals(simd, model, world, now);
    for (plant, state) in model.plants.iter().zip(&mut world.plants) {
        state.open_gate(simd, plant, now.step, model.horizon.dt());
    }
    for index in 0..world.offers.len() {
        share_out(simd, model, world, now, index);
    }
    recover_elsewhere(simd, model, world);
}

/// The stream as a plant sees it: packs of another region are purchased.
#[inline(always)]
fn seen_as(stream: FeedStream, at_home: bool) -> FeedStream {
    if at_home || !stream.is_packs() { stream } else { FeedStream::Purchased }
}

/// Share of an offer that a plant is sent in a step; nothing of a chemistry it does not accept.
#[inline(always)]
fn share(model: &Model, plant: PlantId, offer: &Offer, now: Now) -> f64 {
    let plant = &model.plants[plant.index()];
    if plant.accepts(offer.chemistry) {
        plant.share[offer.stream.shared_as() as usize][(offer.region, now.step)]
    } else {
        0.0
    }
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

/// Weighs what is offered, and tells each plant what would arrive.
#[inline(always)]
fn count_arrivals<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    world.plants.iter_mut().for_each(PlantState::close_gate);
    for offer in &mut world.offers {
        if offer.is_empty(&world.manufacture, &world.lots) {
            offer.tonnes = 0.0;
            continue;
        }
        let mass = offer.mass(&world.manufacture, &world.lots);
        offer.tonnes = sum(simd, mass);
        if offer.tonnes == 0.0 {
            continue;
        }
        for (index, (plant, state)) in model.plants.iter().zip(&mut world.plants).enumerate() {
            let sent = share(model, PlantId::new(index), offer, now);
            if sent > 0.0 {
                let seen = seen_as(offer.stream, offer.region == plant.region);
                let mut arrival =
                    Arrival { stream: seen, chemistry: offer.chemistry, share: sent, tonnes: offer.tonnes, mass };
                if let Some(opened) = &plant.opened[seen as usize] {
                    let arriving = &mut world.scratch.opened;
                    times(simd, arriving, opened.keeps.of(offer.chemistry, now.year), mass);
                    (arrival.tonnes, arrival.mass) = (sum(simd, arriving), arriving);
                }
                state.announce(simd, plant, arrival);
            }
        }
    }
}

/// Sends an offer to the plants that get it and what is left to the other recyclers.
#[inline(always)]
fn share_out<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, index: usize) {
    let offer = world.offers[index];
    if offer.tonnes == 0.0 {
        return;
    }
    let flows = &model.flows.regions[offer.region.index()];
    let mut left = 1.0;
    for plant in all::<PlantId>(model.plants.len()) {
        let sent = share(model, plant, &offer, now);
        if sent == 0.0 {
            continue;
        }
        let rule = &model.plants[plant.index()];
        let seen = seen_as(offer.stream, offer.region == rule.region);
        let state = &mut world.plants[plant.index()];
        let (let_in, scratch) = (state.lets_in(rule, seen, offer.chemistry), &mut world.scratch);
        let mass = offer.mass(&world.manufacture, &world.lots);
        let (yard, share) = (flows.to_yard[plant.index()][offer.stream as usize], sent * let_in);
        if let Some(opened) = &rule.opened[seen as usize] {
            times(simd, &mut scratch.opened, opened.keeps.of(offer.chemistry, now.year), mass);
            state.take_in(simd, seen, offer.chemistry, share, &scratch.opened);
            world.ledger.transfer_share(simd, yard, offer.chemistry, share, &scratch.opened);
            // What was taken off stays with those who opened the packs.
            subtract_from(simd, mass, &mut scratch.opened);
            world.ledger.transfer_share(simd, flows.packs_elsewhere, offer.chemistry, share, &scratch.opened);
            add_scaled(simd, &mut world.elsewhere, share, &scratch.opened);
        } else {
            state.take_in(simd, seen, offer.chemistry, share, mass);
            world.ledger.transfer_share(simd, yard, offer.chemistry, share, mass);
        }
        left -= sent * let_in;
        if let (Overflow::Declined, Source::Packs(lot)) = (rule.yard.overflow, offer.source)
            && let_in < 1.0
        {
            decline(simd, model, world, now, lot, offer.stream, sent * (1.0 - let_in));
            left -= sent * (1.0 - let_in);
        }
    }
    // What is smaller than the rounding of the shares is no load.
    let left = if left < f64::EPSILON { 0.0 } else { left };
    let mass = offer.mass(&world.manufacture, &world.lots);
    let flow = if offer.stream.is_packs() { flows.packs_elsewhere } else { flows.scrap_elsewhere };
    world.ledger.transfer_share(simd, flow, offer.chemistry, left, mass);
    add_scaled(simd, &mut world.elsewhere, left, mass);
}

/// Packs that find a yard full go back to their holders, who keep them as long as any hibernating pack.
fn decline<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now, id: LotId, stream: FeedStream, share: f64) {
    let lot = &model.lots[id.index()];
    let LotState { offered, returned, hibernation, .. } = &mut world.lots[id.index()];
    let load = if stream == FeedStream::SecondLife { returned } else { offered };
    // They wait at least until the next step, or a delay of zero would turn in a circle: nothing leaves at once.
    hibernation.put(simd, now, &world.hibernation[lot.rule], share, load);
    let flow = model.flows.regions[lot.region.index()].declined;
    world.ledger.transfer_share(simd, flow, lot.chemistry, share, &load.mass);
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
