//! From what a scenario says to what it means: names become ids, series become steps, rates become amounts.
//!
//! Defaults for what may be left out are stated here, at the place where each is used; numbers of the world come from
//! the scenario only.

mod amounts;
mod burdens;
mod calendar;
mod collection;
mod composition;
mod fleets;
mod flowsheet;
mod initial;
mod kept;
mod lifetimes;
mod manufacture;
mod market;
mod money;
mod plant;
mod reagents;
mod targets;
mod uncertainty;
mod usage;
mod yard;

use super::{Level, Problem, Problems, Scenario};
use crate::base::catalog::Catalog;
use crate::base::ids::{ChemistryId, Id, StepId, SubstanceId, Table, all};
use crate::base::random::Events;
use crate::base::series::Series;
use crate::model::burden::Burdens;
use crate::model::collection::SecondLife;
use crate::model::composition::Composition;
use crate::model::flows::Flows;
use crate::model::hazard::Hazards;
use crate::model::lifetime::Lifetime;
use crate::model::manufacture::ManufactureRule;
use crate::model::plant::Plant;
use crate::model::time::Horizon;
use crate::model::{Model, Size};
use crate::money::economics::Economics;
use crate::results::targets::Target;
use kept::Kept;
pub use uncertainty::Variants;
use usage::Usage;

/// A model, its money, and the names of its dimensions.
#[derive(Clone, Debug)]
pub struct Built {
    /// The engine's input.
    pub model: Model,
    /// What the scenario says about money.
    pub economics: Economics,
    /// What its ids are called.
    pub catalog: Catalog,
    /// What rules and plans ask of it.
    pub targets: Vec<Target>,
    /// What is odd but not wrong.
    pub warnings: Vec<Problem>,
}

/// Builds the model of a checked scenario.
///
/// # Errors
/// All that does not fit together: shares that give more than there is, plants without an exit, and the like.
pub fn build(scenario: &Scenario) -> Result<Built, Problems> {
    let drawn = scenario.text("uncertainty.events") == Some("drawn");
    build_with(scenario, if drawn { Events::Drawn { seed: seed(scenario), draw: 0 } } else { Events::Expected })
}

/// The seed of every random number of a scenario.
pub fn seed(scenario: &Scenario) -> u64 {
    scenario.integer("uncertainty.seed").and_then(|seed| u64::try_from(seed).ok()).unwrap_or(1)
}

/// As [`build`], with what happens by chance inside the run as asked for.
///
/// # Errors
/// As [`build`].
pub fn build_with(scenario: &Scenario, events: Events) -> Result<Built, Problems> {
    Builder::new(scenario, events).built(Old::default())
}

/// Warnings, or all the errors.
fn split(scenario: &Scenario, problems: Vec<Problem>) -> Result<Vec<Problem>, Problems> {
    let (errors, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.level == Level::Error);
    if errors.is_empty() { Ok(warnings) } else { Err(scenario.problems(errors)) }
}

/// The parts of the model of another draw of the same scenario: those that this draw does not reach are used again.
#[derive(Default)]
struct Old {
    catalog: Option<Catalog>,
    composition: Option<Composition>,
    usage: Option<Usage>,
    manufacture: Option<Vec<ManufactureRule>>,
    second_life: Option<SecondLife>,
    plants: Option<Vec<Plant>>,
    other_recovery: Option<Vec<f64>>,
    #[expect(clippy::option_option, reason = "built before, and found that none are counted")]
    burdens: Option<Option<Burdens>>,
    flows: Option<Flows>,
    targets: Option<Vec<Target>>,
}

impl From<Built> for Old {
    fn from(built: Built) -> Self {
        let model = built.model;
        Self {
            catalog: Some(built.catalog),
            composition: Some(model.composition),
            usage: Some(Usage {
                market: model.market,
                streams: model.streams,
                initial: model.initial,
                pools: model.pools,
                phase: model.usage,
                lots: model.lots,
                rules: model.collection,
            }),
            manufacture: Some(model.manufacture),
            second_life: Some(model.second_life),
            plants: Some(model.plants),
            other_recovery: Some(model.other_recovery),
            burdens: Some(model.burdens),
            flows: Some(model.flows),
            targets: Some(built.targets),
        }
    }
}

/// Everything the parts of the build share.
struct Builder<'a> {
    scenario: &'a Scenario,
    catalog: Catalog,
    horizon: Horizon,
    size: Size,
    /// Ask for it by [`Builder::events`].
    chance: Events,
    /// Parts of earlier builds of the same scenario.
    kept: Option<&'a Kept>,
    /// Hazards of the lifetimes met so far.
    hazards: Vec<(Lifetime, Hazards)>,
    problems: Vec<Problem>,
}

impl<'a> Builder<'a> {
    fn new(scenario: &'a Scenario, events: Events) -> Self {
        let names = |key: &str| scenario.names(key).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let catalog = Catalog {
            regions: names("system.regions"),
            segments: names("system.segments"),
            chemistries: names("system.chemistries"),
            substances: names("system.substances"),
            plants: Vec::new(),
        };
        let mut problems = Vec::new();
        let mut horizon = horizon(scenario, &mut problems);
        horizon.history = initial::history(scenario, &catalog, horizon.start_year);
        let size = Size {
            regions: catalog.regions.len(),
            segments: catalog.segments.len(),
            chemistries: catalog.chemistries.len(),
            substances: catalog.substances.len(),
            years: horizon.years(),
        };
        Self { scenario, catalog, horizon, size, chance: events, kept: None, hazards: Vec::new(), problems }
    }

    /// What happens by chance in the run. What depends on it differs from draw to draw.
    fn events(&self) -> Events {
        if matches!(self.chance, Events::Drawn { .. }) {
            self.scenario.watch().note();
        }
        self.chance
    }

    /// The model and all that goes with it.
    fn built(mut self, mut old: Old) -> Result<Built, Problems> {
        let (catalog, targets) = (old.catalog.take(), old.targets.take());
        let model = self.model(old);
        // The names are no question of numbers.
        self.catalog = catalog.unwrap_or(self.catalog);
        // A plant that could not be built has been reported; its money would only repeat it.
        let whole = self.problems.iter().all(|problem| problem.level != Level::Error);
        let economics = if whole { self.economics(&model) } else { Economics::default() };
        let targets = self.again("targets", targets, Self::targets);
        let warnings = split(self.scenario, self.problems)?;
        Ok(Built { model, economics, catalog: self.catalog, targets, warnings })
    }

    fn model(&mut self, old: Old) -> Model {
        let composition = self.again("composition", old.composition, Self::composition);
        let usage = self.again("usage", old.usage, |builder| {
            let market = builder.market();
            builder.usage(&market)
        });
        let manufacture = self.again("manufacture", old.manufacture, Self::manufacture);
        let second_life = self.again("second_life", old.second_life, Self::second_life);
        let plants = self.again("plants", old.plants, |builder| {
            builder.rests_on("composition");
            builder.plants(&composition)
        });
        let other_recovery = self.again("other_recyclers", old.other_recovery, |builder| builder.other_recovery());
        // Burdens look at the plants for their names and sinks, which are no question of numbers.
        let burdens = self.again("burdens", old.burdens, |builder| builder.burdens(&plants));
        // Which flows there are is no question of numbers either.
        let flows = old.flows.unwrap_or_else(|| {
            Flows::new(self.size.regions, &plants, |region| manufacture[region.index()].imports_from)
        });
        Model {
            horizon: self.horizon,
            size: self.size,
            composition,
            streams: usage.streams,
            initial: usage.initial,
            pools: usage.pools,
            market: usage.market,
            manufacture,
            usage: usage.phase,
            lots: usage.lots,
            collection: usage.rules,
            second_life,
            plants,
            other_recovery,
            flows,
            burdens,
        }
    }

    /// Reports a problem at a key.
    fn report(
        &mut self,
        key: &str,
        code: &'static str,
        title: impl Into<String>,
        label: impl Into<String>,
        help: &str,
    ) {
        self.problems.push(self.scenario.problem_at(key, code, title, label, help));
    }

    /// A state or share in every step, read at the step's middle.
    fn by_step(&self, series: &Series) -> Vec<f64> {
        all::<StepId>(self.horizon.steps).map(|step| series.at(self.horizon.middle_of(step))).collect()
    }

    /// The state or share under a key in every step, or a default.
    fn state(&self, key: &str, default: f64) -> Vec<f64> {
        self.kept(key, || match self.scenario.series(key) {
            Some(series) => self.by_step(series),
            None => vec![default; self.horizon.steps],
        })
    }

    /// A table by step and substance of a value that may be given by substance.
    fn by_substance(&self, key: &str, default: f64) -> Table<StepId, SubstanceId> {
        self.kept(key, || {
            let mut table = Table::filled(self.horizon.steps, self.size.width(), default);
            // Most substances share one value.
            let mut last: Option<(&Series, Vec<f64>)> = None;
            for (s, name) in self.catalog.substances.iter().enumerate() {
                let Some(series) = self.scenario.by_name(key, name) else { continue };
                let known = last.take().filter(|(other, _)| std::ptr::eq(*other, series));
                let values = known.map_or_else(|| self.by_step(series), |(_, values)| values);
                for (step, value) in all::<StepId>(self.horizon.steps).zip(&values) {
                    table[(step, SubstanceId::new(s))] = *value;
                }
                last = Some((series, values));
            }
            table
        })
    }

    /// Shares of chemistries in every step.
    fn mix(&self, key: &str) -> Table<StepId, ChemistryId> {
        self.kept(key, || self.mix_by_step(key))
    }

    fn mix_by_step(&self, key: &str) -> Table<StepId, ChemistryId> {
        let mut table = Table::filled(self.horizon.steps, self.size.chemistries, 0.0);
        let Some(mix) = self.scenario.mix(key) else { return table };
        let places: Vec<Option<usize>> =
            mix.names().map(|name| self.catalog.chemistries.iter().position(|known| known == name)).collect();
        for step in all::<StepId>(self.horizon.steps) {
            for (place, share) in places.iter().zip(mix.at(self.horizon.middle_of(step))) {
                if let Some(k) = place {
                    table[(step, ChemistryId::new(*k))] = share;
                }
            }
        }
        table
    }
}

/// The horizon: whole calendar years, so that yearly tables hold whole years.
fn horizon(scenario: &Scenario, problems: &mut Vec<Problem>) -> Horizon {
    let step_months = match scenario.text("time.step") {
        Some("1 year") => 12,
        Some("1 quarter") => 3,
        _ => 1,
    };
    let mut january = |key: &str| {
        let (year, month) = scenario.month(key).unwrap_or((0, 1));
        if month != 1 {
            let label = format!("a run begins and ends on a 1 January, this is month {month}");
            let help = format!("write e.g. `{key} = {year}-01-01`");
            problems.push(scenario.problem_at(key, "E0203", format!("`{key}` is not a 1 January"), label, help));
        }
        year
    };
    let (start, end) = (january("time.start"), january("time.end"));
    let years = usize::try_from(end - start).unwrap_or(0);
    Horizon { start_year: start, step_months, steps: years * (12 / step_months as usize), history: 0 }
}
