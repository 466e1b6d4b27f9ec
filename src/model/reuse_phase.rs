//! Use where packs of scrapped vehicles are used again: what `use_phase.rs` does, by the fleets of `fleet_reuse.rs`.

use crate::base::ids::{Id, StreamId};
use crate::model::fleet::FleetReport;
use crate::model::fleet_reuse::{Entered, Retired};
use crate::model::survivors::after;
use crate::model::time::MOST_STEPS;
use crate::model::use_phase::entries;
use crate::model::{Model, Now, World};

/// What leaves and stays in one step, kWh by pack year, and its hazards.
#[derive(Clone, Debug)]
pub struct Rows {
    worn: Vec<f64>,
    scrapped: Vec<f64>,
    kept: Vec<f64>,
    vehicle: Vec<f64>,
    battery: Vec<f64>,
}

impl Rows {
    /// For a number of pack years.
    pub fn new(years: usize) -> Self {
        let row = || vec![0.0; years];
        Self { worn: row(), scrapped: row(), kept: row(), vehicle: row(), battery: row() }
    }
}

/// Lets a year pass in a fleet, step by step; `share` of the good packs of scrapped vehicles may be used again.
pub(super) fn pass_fleet(model: &Model, world: &mut World, now: Now, index: StreamId, share: f64) {
    let stream = &model.streams[index.index()];
    let lives = (&world.vehicle[stream.vehicle], &world.battery[stream.battery]);
    let (fleet, year) = (&mut world.reuse_fleets[index.index()], &mut world.use_year);
    let output = model.output(stream.region, stream.chemistry).index();
    let on_failure = model.usage.on_failure;
    year.fleets[index.index()] = [FleetReport::default(); MOST_STEPS];
    let entries = entries(model, now, index, [lives.0, lives.1]);
    year.retired.reach(0);
    for (phase, entry) in entries.into_iter().enumerate().take(model.horizon.steps_per_year()) {
        let state = after(phase);
        let Rows { worn, scrapped, kept, vehicle, battery } = &mut year.rows;
        for row in [&mut *worn, &mut *scrapped, &mut *kept] {
            row.fill(0.0);
        }
        let mut retired = Retired { worn, scrapped, kept };
        for (row, hazards) in [(&mut *vehicle, lives.0.hazards()), (&mut *battery, lives.1.hazards())] {
            for (hazard, hazards) in row.iter_mut().zip(hazards) {
                *hazard = hazards[state];
            }
        }
        let (aged, reused) = fleet.age(now.year, vehicle, battery, on_failure, share, &mut retired);
        let Entered { aged: entered, new, reused: in_new } =
            fleet.commission(now.year, entry, on_failure, &mut retired);
        year.fleets[index.index()][phase] = FleetReport {
            sold: new,
            replaced: aged.replaced + entered.replaced,
            worn: aged.worn + entered.worn,
            scrapped: aged.scrapped + entered.scrapped,
            reused: reused + in_new,
            in_use: year.rows.kept.iter().sum(),
        };
        year.wanted[phase].reused[output] += in_new;
        let sums = [&mut year.retired.worn, &mut year.retired.scrapped, &mut year.retired.kept];
        for (sum, row) in sums.into_iter().zip([&year.rows.worn, &year.rows.scrapped, &year.rows.kept]) {
            for (sum, energy) in sum.iter_mut().zip(row) {
                sum[state] += energy;
            }
        }
    }
    year.ask_for(model, index);
}
