//! Use where packs of scrapped vehicles are used again: what `use_phase.rs` does, by the fleets of `fleet_reuse.rs`.

use crate::base::ids::Id;
use crate::model::fleet::Retired;
use crate::model::fleet_reuse::Entered;
use crate::model::use_phase::{FleetReport, Shortfall, fill_pools, open};
use crate::model::{Model, Now, World};

/// Ages every fleet; `share` of the good packs of scrapped vehicles may be used again.
pub fn retire(model: &Model, world: &mut World, now: Now, share: f64) {
    open(model, world, now);
    world.reused.fill(0.0);
    for ((stream, fleet), report) in model.streams.iter().zip(&mut world.reuse_fleets).zip(&mut world.fleet_reports) {
        let mut retired = Retired {
            worn: world.worn.row_mut(stream.lot),
            scrapped: world.scrapped.row_mut(stream.lot),
            kept: world.in_use.row_mut(stream.lot),
        };
        let (vehicle, battery) = (&world.vehicle_hazards[stream.vehicle], &world.battery_hazards[stream.battery]);
        let (aged, reused) = fleet.age(now.year, vehicle, battery, model.usage.on_failure, share, &mut retired);
        *report = FleetReport { sold: 0.0, replaced: aged.replaced, worn: aged.worn, scrapped: aged.scrapped, reused };
        world.replaced[model.output(stream.region, stream.chemistry).index()] += aged.replaced;
    }
}

/// New vehicles enter their fleets with what is spare and with new packs, and pools are brought to their targets.
pub fn commission(model: &Model, world: &mut World, now: Now) -> Result<(), Shortfall> {
    world.sold.fill(0.0);
    world.pooled.fill(0.0);
    let sales = model.market.sales.row(now.step);
    for (((stream, fleet), report), sold) in
        model.streams.iter().zip(&mut world.reuse_fleets).zip(&mut world.fleet_reports).zip(sales)
    {
        let mut retired = Retired {
            worn: world.worn.row_mut(stream.lot),
            scrapped: world.scrapped.row_mut(stream.lot),
            kept: world.in_use.row_mut(stream.lot),
        };
        let Entered { aged, new, reused } = fleet.commission(
            now.year,
            *sold,
            model.usage.vehicle[stream.vehicle].at_entry_in(now.step, now.year),
            model.usage.battery[stream.battery].at_entry_in(now.step, now.year),
            model.usage.on_failure,
            &mut retired,
        );
        report.sold = new;
        report.worn += aged.worn;
        report.scrapped += aged.scrapped;
        report.replaced += aged.replaced;
        report.reused += reused;
        let output = model.output(stream.region, stream.chemistry).index();
        world.sold[output] += new;
        world.replaced[output] += aged.replaced;
        world.reused[output] += reused;
    }
    fill_pools(model, world, now)
}
