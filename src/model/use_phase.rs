//! Use: fleets age and retire packs, living vehicles get new ones, new vehicles and pool packs enter.

use crate::base::ids::{ChemistryId, Id, LotId, RegionId, SegmentId, StreamId, YearId};
use crate::model::collection::weigh;
use crate::model::fleet::Retired;
use crate::model::hazard::CohortHazards;
use crate::model::row::add;
use crate::model::stock::OnShortfall;
use crate::model::{Model, Now, World};
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
}

/// Energy of one fleet in a step, kWh, for tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct FleetReport {
    /// New packs of new vehicles.
    pub sold: f64,
    /// New packs in living vehicles, or new pool packs.
    pub replaced: f64,
    /// Packs worn out.
    pub worn: f64,
    /// Packs of scrapped vehicles, or taken out of a pool early.
    pub scrapped: f64,
    /// Packs of scrapped vehicles that go on in another vehicle.
    pub reused: f64,
}

/// A pool's target fell faster than its packs wear out, and the scenario does not allow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortfall {
    /// Energy above the target, kWh.
    pub energy: f64,
}

/// Empties what a step fills, and looks up its hazards.
#[inline(always)]
pub(super) fn open(model: &Model, world: &mut World, now: Now) {
    for table in [&mut world.worn, &mut world.scrapped, &mut world.in_use] {
        table.fill(0.0);
    }
    world.replaced.fill(0.0);
    let vehicles = world.vehicle_hazards.iter_mut().zip(&model.usage.vehicle);
    for (row, hazards) in vehicles.chain(world.battery_hazards.iter_mut().zip(&model.usage.battery)) {
        hazards.fill(now.step, row);
    }
}

/// Ages every fleet: fills `worn`, `scrapped`, `in_use` and what is wanted in replacement.
#[inline(always)]
pub fn retire<S: pulp::Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    open(model, world, now);
    for ((stream, fleet), report) in model.streams.iter().zip(&mut world.fleets).zip(&mut world.fleet_reports) {
        let mut retired = Retired {
            worn: world.worn.row_mut(stream.lot),
            scrapped: world.scrapped.row_mut(stream.lot),
            kept: world.in_use.row_mut(stream.lot),
        };
        let aged = fleet.age(
            simd,
            now.year,
            &world.vehicle_hazards[stream.vehicle],
            &world.battery_hazards[stream.battery],
            model.usage.on_failure,
            &mut retired,
        );
        *report =
            FleetReport { sold: 0.0, replaced: aged.replaced, worn: aged.worn, scrapped: aged.scrapped, reused: 0.0 };
        world.replaced[model.output(stream.region, stream.chemistry).index()] += aged.replaced;
    }
}

/// New vehicles enter their fleets, and pools are brought to their targets.
#[inline(always)]
pub fn commission(model: &Model, world: &mut World, now: Now) -> Result<(), Shortfall> {
    world.sold.fill(0.0);
    world.pooled.fill(0.0);
    let sales = model.market.sales.row(now.step);
    for (((stream, fleet), report), sold) in
        model.streams.iter().zip(&mut world.fleets).zip(&mut world.fleet_reports).zip(sales)
    {
        if *sold == 0.0 {
            continue;
        }
        let mut retired = Retired {
            worn: world.worn.row_mut(stream.lot),
            scrapped: world.scrapped.row_mut(stream.lot),
            kept: world.in_use.row_mut(stream.lot),
        };
        let entered = fleet.commission(
            now.year,
            *sold,
            model.usage.vehicle[stream.vehicle].at_entry_in(now.step, now.year),
            model.usage.battery[stream.battery].at_entry_in(now.step, now.year),
            model.usage.on_failure,
            &mut retired,
        );
        report.sold = *sold;
        report.worn += entered.worn;
        report.scrapped += entered.scrapped;
        report.replaced += entered.replaced;
        let output = model.output(stream.region, stream.chemistry).index();
        world.sold[output] += sold;
        world.replaced[output] += entered.replaced;
    }
    fill_pools(model, world, now)
}

/// Brings every pool to its target.
#[inline(always)]
pub(super) fn fill_pools(model: &Model, world: &mut World, now: Now) -> Result<(), Shortfall> {
    for ((stream, pool), report) in model.pools.iter().zip(&mut world.pools).zip(&mut world.pool_reports) {
        let hazards = &model.usage.battery[stream.battery];
        let worn = world.worn.row_mut(stream.lot);
        let before: f64 = pool.packs().iter().sum();
        pool.age(&world.battery_hazards[stream.battery], worn);
        let held: f64 = pool.packs().iter().sum();
        *report = FleetReport { worn: before - held, ..FleetReport::default() };
        let gap = stream.target[now.step.index()] - held;
        if gap >= 0.0 {
            let at_entry = hazards.at_entry_in(now.step, now.year);
            if at_entry < 1.0 {
                // Enough to stand at the target when the step ends, whatever fails within it.
                let entered = gap / (1.0 - at_entry);
                pool.commission(now.year, entered, at_entry, worn);
                report.replaced = entered;
                report.worn += entered * at_entry;
                world.pooled[model.output(stream.region, stream.chemistry).index()] += entered;
            }
            continue;
        }
        match stream.on_shortfall {
            OnShortfall::Overshoot => {}
            OnShortfall::EarlyRetirement => {
                pool.withdraw(-gap / held, world.scrapped.row_mut(stream.lot));
                report.scrapped -= gap;
            }
            // There is no such thing as less than no packs: scenarios do not offer a negative pool.
            OnShortfall::Error | OnShortfall::AllowNegative => {
                // A target that rests on the last digit of a sum is not a falling target.
                if -gap > 1e-9 * held {
                    return Err(Shortfall { energy: -gap });
                }
            }
        }
    }
    Ok(())
}

/// Books what left use, by cause, keeps it for collection, and counts what is in use when the step ends.
#[inline(always)]
pub fn book_retired<S: Simd>(simd: S, model: &Model, world: &mut World, now: Now) {
    for (stream, pool) in model.pools.iter().zip(&world.pools) {
        for (sum, pack) in world.in_use.row_mut(stream.lot).iter_mut().zip(pool.packs()) {
            *sum += pack;
        }
    }
    for (index, lot) in model.lots.iter().enumerate() {
        weigh(simd, model, world, now, LotId::new(index));
        let state = &world.lots[index];
        let region = lot.region.index();
        add(simd, world.ledger.stock.row_mut(model.flows.regions[region].usage), &world.scratch.mass);
        world.ledger.transfer(simd, model.flows.regions[region].worn, lot.chemistry, &state.worn.mass);
        world.ledger.transfer(simd, model.flows.regions[region].scrapped, lot.chemistry, &state.scrapped.mass);
    }
}
