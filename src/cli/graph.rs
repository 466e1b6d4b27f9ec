//! `urbanmine graph FILE [--plant NAME] [--format dot|mermaid|svg] [--year Y]`

use super::validate::check;
use super::{Terminal, args, exit};
use crate::base::ids::{Id, PlantId};
use crate::figures::flowsheet::graph;
use crate::model::World;
use crate::results::{Every, Recorder};
use crate::scenario::build::Built;

/// Prints the flowsheet of a plant; with a year the scenario is run and its tonnes are written at the arrows.
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
    let fed = match arguments.year.map(|year| fed_in(&built, plant, year)).transpose() {
        Ok(fed) => fed,
        Err((code, text)) => {
            terminal.complain(&text);
            return code;
        }
    };
    let mut graph = graph(&built.model, &built.catalog, plant, fed.as_deref());
    let year = arguments.year.map_or_else(String::new, |year| format!(", {year}"));
    graph.subtitle = format!("{}{year}", scenario.title());
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

/// What a plant is fed in a calendar year of a run, t by entry and substance.
fn fed_in(built: &Built, plant: PlantId, year: i32) -> Result<Vec<Vec<f64>>, (u8, String)> {
    let horizon = &built.model.horizon;
    let period = usize::try_from(year - horizon.start_year).ok().filter(|period| *period < built.model.size.years);
    let Some(period) = period else {
        let end = horizon.start_year + built.model.size.years as i32 - 1;
        let text =
            format!("error: {year} is not simulated\n  = help: choose a year from {} to {end}", horizon.start_year);
        return Err((exit::INPUT, text));
    };
    let mut recorder = Recorder::new(&built.model, Every::Year);
    let outcome = built.model.run(&mut World::new(&built.model), &mut recorder);
    outcome.map_err(|error| (exit::RESULT, super::run::refusal(built, &error)))?;
    let mut results = recorder.finish(&built.model);
    Ok(results.fed.swap_remove(period).swap_remove(plant.index()))
}
