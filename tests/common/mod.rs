//! Small scenarios, loaded, built and run in three lines.

pub mod loop_model;
pub mod program;

use std::path::PathBuf;
use urbanmine::base::ids::{FlowId, Id, PlantId, ProcessId, RegionId, StepId, SubstanceId, all};
use urbanmine::model::flows::RegionFlows;
use urbanmine::model::{RunError, World};
use urbanmine::results::{Every, Recorder, Results};
use urbanmine::scenario::build::{Built, build};
use urbanmine::scenario::{Problems, Scenario};

/// The base scenario that most tests break, patch or run.
pub const TINY: &str = include_str!("../data/tiny.toml");

/// Where the base scenario and its tables lie.
pub fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// A text with some parts replaced; each must be there exactly once.
pub fn patch(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from:?} must be there once");
        text.replacen(from, to, 1)
    })
}

/// The base scenario with some parts replaced.
pub fn patched(edits: &[(&str, &str)]) -> String {
    patch(TINY, edits)
}

/// Loads and builds a scenario given as text.
pub fn load(text: &str, sets: &[&str]) -> Result<(Scenario, Built), Problems> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let scenario = Scenario::parse(text, "tiny.toml", &data(), &sets)?;
    let built = build(&scenario)?;
    Ok((scenario, built))
}

/// A run and all it needs to be looked at.
pub struct Ran {
    pub built: Built,
    pub results: Results,
    pub world: World,
}

/// Runs a scenario given as text, recording every step; panics with the rendered problems if it cannot.
pub fn run(text: &str, sets: &[&str]) -> Ran {
    run_every(text, sets, Every::Step)
}

/// Runs a scenario given as text.
pub fn run_every(text: &str, sets: &[&str], every: Every) -> Ran {
    let built = match load(text, sets) {
        Ok((_, built)) => built,
        Err(problems) => panic!("{}", problems.render(false)),
    };
    match run_built(built, every) {
        Ok(ran) => ran,
        Err(error) => panic!("{error:?}"),
    }
}

/// Runs what was built.
pub fn run_built(built: Built, every: Every) -> Result<Ran, RunError> {
    let mut world = World::new(&built.model);
    let mut recorder = Recorder::new(&built.model, every);
    built.model.run(&mut world, &mut recorder)?;
    let results = recorder.finish(&built.model);
    Ok(Ran { built, results, world })
}

fn place(names: &[String], name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name} in {names:?}"))
}

impl Ran {
    pub fn periods(&self) -> usize {
        self.results.periods.len()
    }

    pub fn region(&self, name: &str) -> &RegionFlows {
        &self.built.model.flows.regions[self.region_id(name).index()]
    }

    pub fn region_id(&self, name: &str) -> RegionId {
        RegionId::new(place(&self.built.catalog.regions, name))
    }

    pub fn substance(&self, name: &str) -> SubstanceId {
        SubstanceId::new(place(&self.built.catalog.substances, name))
    }

    pub fn plant(&self, name: &str) -> PlantId {
        let names: Vec<String> = self.built.catalog.plants.iter().map(|plant| plant.name.clone()).collect();
        PlantId::new(place(&names, name))
    }

    /// Mass of a flow in a period, t.
    pub fn mass(&self, period: usize, flow: FlowId) -> f64 {
        self.results.flow_mass(period, flow)
    }

    /// Mass of a flow over all periods, t.
    pub fn total(&self, flow: FlowId) -> f64 {
        (0..self.periods()).map(|period| self.mass(period, flow)).sum()
    }

    /// Mass of one substance in a flow in a period, t.
    pub fn content(&self, period: usize, flow: FlowId, substance: &str) -> f64 {
        self.results.flow(period, flow, None)[self.substance(substance).index()]
    }

    /// Mass a process holds at a period's end, t.
    pub fn stock(&self, period: usize, process: ProcessId) -> f64 {
        let substances = all::<SubstanceId>(self.built.model.size.substances);
        substances.map(|substance| self.results.stock(period, process, substance)).sum()
    }

    /// Energy of all fleets and pools at a period's end, kWh.
    pub fn in_use(&self, period: usize) -> f64 {
        let rows = self.results.fleets[period].iter().chain(&self.results.pools[period]);
        rows.map(|row| row.in_use).sum()
    }

    /// Feed treated by a plant in a step, t.
    pub fn throughput(&self, step: usize, plant: &str) -> f64 {
        self.results.plants[step][self.plant(plant).index()].throughput()
    }

    /// Feed treated by a plant up to and with each step, t.
    pub fn cumulative_throughput(&self, plant: &str) -> Vec<f64> {
        let mut sum = 0.0;
        (0..self.built.model.horizon.steps)
            .map(|step| {
                sum += self.throughput(step, plant);
                sum
            })
            .collect()
    }

    pub fn label(&self, step: usize) -> String {
        self.built.model.horizon.label(StepId::new(step))
    }

    /// Largest residual of the whole system over the horizon.
    pub fn system_residual(&self) -> f64 {
        self.results.system_residual.iter().copied().fold(0.0, f64::max)
    }

    /// Every flow by period, chemistry summed, in the order of the chart.
    pub fn all_flows(&self) -> Vec<Vec<f64>> {
        let flows = self.built.model.flows.chart.flows.len();
        (0..self.periods())
            .flat_map(|period| (0..flows).map(move |flow| (period, FlowId::new(flow))))
            .map(|(period, flow)| self.results.flow(period, flow, None).to_vec())
            .collect()
    }

    /// Every stock by period, in the order of the chart.
    pub fn all_stocks(&self) -> Vec<Vec<f64>> {
        let (size, processes) = (self.built.model.size, self.built.model.flows.chart.processes.len());
        let places = (0..processes).flat_map(|process| all::<SubstanceId>(size.substances).map(move |s| (process, s)));
        let places: Vec<(usize, SubstanceId)> = places.collect();
        (0..self.periods())
            .map(|period| places.iter().map(|(p, s)| self.results.stock(period, ProcessId::new(*p), *s)).collect())
            .collect()
    }

    /// No flow or stock below zero, and the books closed.
    pub fn assert_sound(&self) {
        assert!(self.results.worst_residual <= 1e-12, "worst residual {:e}", self.results.worst_residual);
        assert!(self.system_residual() <= 1e-12, "system residual {:e}", self.system_residual());
        assert!(self.all_flows().iter().flatten().all(|mass| *mass >= 0.0), "a flow is negative");
        assert!(self.all_stocks().iter().flatten().all(|mass| *mass >= 0.0), "a stock is negative");
    }
}

/// Asserts that two numbers agree to a relative 1e-12 (or the given one).
#[track_caller]
pub fn near(left: f64, right: f64) {
    near_to(left, right, 1e-12);
}

#[track_caller]
pub fn near_to(left: f64, right: f64, relative: f64) {
    let scale = left.abs().max(right.abs()).max(1e-9);
    assert!(
        (left - right).abs() <= relative * scale,
        "{left} is not {right} (off by {:e})",
        (left - right).abs() / scale
    );
}
