//! One draw after the other on one thread. What a draw does not reach is left as it is; nothing is read again.

use super::outputs::Outputs;
use crate::base::ids::Id;
use crate::base::random::Events;
use crate::model::ledger::AuditError;
use crate::model::{Model, RunError, World};
use crate::results::Recorder;
use crate::scenario::build::{Built, Variants};
use crate::scenario::{Fault, Problems, Scenario};

/// What is computed on one thread.
pub struct Worker {
    variants: Variants,
    world: World,
    /// The sizes the world was made for.
    room: Room,
    recorder: Recorder,
}

/// How many of each a world has room for. Numbers may change how many there are: a fleet that is never sold is none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Room(Vec<usize>);

impl Room {
    fn of(model: &Model) -> Self {
        let mut room = vec![
            model.streams.len(),
            model.pools.len(),
            model.lots.len(),
            model.plants.len(),
            model.collection.len(),
            model.usage.vehicle.len(),
            model.usage.battery.len(),
            model.second_life.hazards.len(),
            model.flows.chart.flows.len(),
            usize::from(model.usage.reuse.is_some()),
        ];
        room.extend(model.plants.iter().flat_map(|plant| [plant.lag, plant.caps.len(), plant.stores.len()]));
        Self(room)
    }
}

impl Worker {
    /// A worker for a scenario.
    ///
    /// # Errors
    /// All that is wrong with the scenario as it was written.
    pub fn new(scenario: &Scenario) -> Result<Self, Problems> {
        let variants = Variants::new(scenario, Events::Expected)?;
        let Some(built) = variants.built() else { return Err(scenario.problems(Vec::new())) };
        let (world, room) = (World::new(&built.model), Room::of(&built.model));
        let recorder = Recorder::of_indicators(&built.model);
        Ok(Self { variants, world, room, recorder })
    }

    /// The results of a draw of all parameters.
    ///
    /// # Errors
    /// Why there are none.
    pub fn draw(&mut self, values: &[f64], events: Events, outputs: &Outputs, into: &mut [f64]) -> Result<(), Fault> {
        let built = self.variants.draw(values, events)?;
        compute(built, &mut self.world, &mut self.room, &mut self.recorder, outputs, into)
    }

    /// The largest relative residual of the mass balance in the last run.
    pub fn worst_residual(&self) -> f64 {
        self.recorder.results().worst_residual
    }

    /// The results with one parameter moved; as written without one.
    ///
    /// # Errors
    /// Why there are none.
    pub fn one(
        &mut self,
        moved: Option<(usize, f64)>,
        events: Events,
        outputs: &Outputs,
        into: &mut [f64],
    ) -> Result<(), Fault> {
        let built = match moved {
            Some((parameter, value)) => self.variants.one(parameter, value, events)?,
            None => self.variants.written(events)?,
        };
        compute(built, &mut self.world, &mut self.room, &mut self.recorder, outputs, into)
    }
}

fn compute(
    built: &Built,
    world: &mut World,
    room: &mut Room,
    recorder: &mut Recorder,
    outputs: &Outputs,
    into: &mut [f64],
) -> Result<(), Fault> {
    let needed = Room::of(&built.model);
    if *room != needed {
        *world = World::new(&built.model);
        *room = needed;
    }
    recorder.restart();
    built.model.run(world, recorder).map_err(|error| refusal(built, &error))?;
    outputs.read(built, recorder.results(), into);
    match into.iter().position(|value| value.is_infinite()) {
        Some(place) => {
            let output = &outputs.list()[place];
            let message = format!("`{}` is not finite", output.address);
            Err(Fault { code: "E0701", key: String::new(), message })
        }
        None => Ok(()),
    }
}

/// Why a run was refused, in names.
fn refusal(built: &Built, error: &RunError) -> Fault {
    let (code, message) = match error {
        RunError::Audit(AuditError { fault, process, substance, step, amount }) => {
            let process = built.model.flows.chart.processes[process.index()];
            let substance = built.catalog.substance(*substance);
            let (stage, when) = (process.stage.name(), built.model.horizon.label(*step));
            ("E0701", format!("{fault:?}: {stage}, substance {substance}, {when}: {amount:e}"))
        }
        RunError::Shortfall { step, shortfall } => {
            let when = built.model.horizon.label(*step);
            ("E0702", format!("the swap pool stands {:.1} kWh above its target in {when}", shortfall.energy))
        }
    };
    Fault { code, key: String::new(), message }
}
