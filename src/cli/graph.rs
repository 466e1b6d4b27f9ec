//! `urbanmine graph FILE [--plant NAME] [--format dot|mermaid|svg] [--year Y | --month Y-M]`

use super::validate::check;
use super::{Terminal, args, exit};
use crate::base::ids::{Id, PlantId, StepId};
use crate::figures::flowsheet::graph;
use crate::model::World;
use crate::model::time::MONTHS;
use crate::results::{Every, Recorder};
use crate::scenario::build::Built;

/// Prints the flowsheet of a plant; with a year or month the scenario is run and its tonnes are written at the arrows.
pub fn run(arguments: &args::Graph, terminal: &Terminal) -> u8 {
    let (scenario, built) = match check(&arguments.file, &arguments.set) {
        Ok(both) => both,
        Err(problems) => {
            terminal.complain(&problems.render(terminal.styled));
            return exit::INPUT;
        }
    };
    let names: Vec<&str> = built.catalog.plants.iter().map(|plant| plant.name.as_str()).collect();
    let wanted = arguments.plant.as_deref().or(names.first().copied()).unwrap_or_default();
    let Some(plant) = names.iter().position(|name| *name == wanted).map(PlantId::new) else {
        let help = crate::scenario::suggestion(wanted, names.iter().copied());
        terminal.complain(&format!("error: no plant `{wanted}` in {}\n  = help: {help}", arguments.file.display()));
        return exit::INPUT;
    };
    let period = match (arguments.year, arguments.month) {
        (Some(year), _) => Some(Period { every: Every::Year, year, month: 1 }),
        (None, Some((year, month))) => Some(Period { every: Every::Step, year, month }),
        (None, None) => None,
    };
    let fed = match period.map(|period| fed_in(&built, plant, period)).transpose() {
        Ok(fed) => fed,
        Err((code, text)) => {
            terminal.complain(&text);
            return code;
        }
    };
    let mut graph = graph(&built.model, &built.catalog, plant, fed.as_ref().map(|(_, fed)| fed.as_slice()));
    let when = fed.as_ref().map_or_else(String::new, |(when, _)| format!(", {when}"));
    graph.subtitle = format!("{}{when}", scenario.title());
    let text = match arguments.format {
        args::GraphFormat::Dot => graph.dot(),
        args::GraphFormat::Mermaid => graph.mermaid(),
        args::GraphFormat::Svg => match graph.svg() {
            Ok(svg) => svg,
            Err(error) => {
                terminal.complain(&format!("error: the graph cannot be drawn: {error}"));
                return exit::INTERNAL;
            }
        },
    };
    terminal.print(&text);
    exit::DONE
}

/// A year, or the step that a month lies in.
#[derive(Clone, Copy)]
struct Period {
    every: Every,
    year: i32,
    /// 1 for January.
    month: u32,
}

/// What a plant is fed in a period of a run, t by entry and substance, and what the period is called.
fn fed_in(built: &Built, plant: PlantId, period: Period) -> Result<(String, Vec<Vec<f64>>), (u8, String)> {
    let horizon = &built.model.horizon;
    let months = i64::from(period.year - horizon.start_year) * i64::from(MONTHS) + i64::from(period.month) - 1;
    let step = usize::try_from(months).ok().map(|months| months / horizon.step_months as usize);
    let Some(step) = step.filter(|step| *step < horizon.steps) else {
        let end = horizon.end_year() - 1;
        let text = format!(
            "error: {} is not simulated\n  = help: choose a year from {} to {end}",
            period.year, horizon.start_year
        );
        return Err((exit::INPUT, text));
    };
    let mut recorder = Recorder::new(&built.model, period.every);
    let outcome = built.model.run(&mut World::new(&built.model), &mut recorder);
    outcome.map_err(|error| (exit::RESULT, super::run::refusal(built, &error)))?;
    let mut results = recorder.finish(&built.model);
    let (when, at) = match period.every {
        Every::Year => (period.year.to_string(), step / horizon.steps_per_year()),
        Every::Step => (horizon.label(StepId::new(step)), step),
    };
    Ok((when, results.fed.swap_remove(at).swap_remove(plant.index())))
}
