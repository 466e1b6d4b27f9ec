//! A plant's flowsheet as a graph, with the tonnes of a period where there was a run: feed and reagents.

use super::Context;
use crate::base::catalog::Catalog;
use crate::base::ids::{Id, LineId, PlantId};
use crate::charts::{Edge, FlowGraph, Node, NodeKind};
use crate::model::Model;
use crate::model::plant::calendar::Running;
use crate::model::plant::flowsheet::{Destination, Outlet};
use crate::model::plant::reagents::ReagentFlows;
use crate::model::plant::{FeedForm, FeedStream, Plant, SinkKind};
use crate::results::tables::Run;

/// The flowsheet of a plant in the last year in which it stood from January to December; nothing if it never ran.
pub fn of_last_year(run: &Run<'_>, context: &Context<'_>, plant: usize) -> Option<FlowGraph> {
    let horizon = &run.model.horizon;
    let standing = |year: usize| {
        let steps = year * horizon.steps_per_year()..(year + 1) * horizon.steps_per_year();
        run.model.plants[plant].running[steps].iter().all(Running::is_standing)
    };
    let fed_in = |year: usize| -> Vec<Vec<f64>> {
        let periods = run.results.periods.iter().zip(&run.results.fed);
        let of_year = periods.filter(|(step, _)| step.index() / horizon.steps_per_year() == year);
        let mut sum: Vec<Vec<f64>> = Vec::new();
        for (_, fed) in of_year {
            sum.resize(fed[plant].len(), Vec::new());
            for (sum, fed) in sum.iter_mut().zip(&fed[plant]) {
                sum.resize(fed.len(), 0.0);
                sum.iter_mut().zip(fed).for_each(|(sum, fed)| *sum += fed);
            }
        }
        sum
    };
    let years = (0..horizon.steps / horizon.steps_per_year()).rev().filter(|year| standing(*year));
    let (year, fed) =
        years.map(|year| (year, fed_in(year))).find(|(_, fed)| fed.iter().flatten().any(|mass| *mass > 0.0))?;
    let mut graph = graph(run.model, run.catalog, PlantId::new(plant), Some(&fed));
    graph.subtitle = format!("{}, {}", context.title, horizon.start_year + year as i32);
    Some(graph)
}

/// The graph of a plant. `fed` is what was fed, t by entry and substance.
pub fn graph(model: &Model, catalog: &Catalog, plant: PlantId, fed: Option<&[Vec<f64>]>) -> FlowGraph {
    let (built, names) = (&model.plants[plant.index()], &catalog.plants[plant.index()]);
    let node = |name: &str, kind| Node { name: name.replace('_', " "), kind };
    let mut graph = FlowGraph { title: format!("Plant {}: flowsheet", names.name), ..FlowGraph::default() };
    graph.nodes.extend(names.units.iter().map(|name| node(name, NodeKind::Unit)));
    graph.nodes.extend(names.sinks.iter().zip(&built.sinks).map(|(name, kind)| {
        let is_product = matches!(kind, SinkKind::ReturningProduct | SinkKind::SoldProduct);
        let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
        node(name, if is_product { NodeKind::Product } else { NodeKind::Waste })
    }));
    feeds(&mut graph, built, fed);
    let reagents = fed.and_then(|fed| built.reagent_flows(fed).ok());
    reagent_feeds(&mut graph, built, reagents.as_ref());
    let units = names.units.len();
    for (from, (unit, unit_name)) in built.units.iter().zip(&names.units).enumerate() {
        for (at, outlet) in unit.outlets.iter().enumerate() {
            let mut seen: Vec<usize> = Vec::new();
            for line in 0..built.lines.len() {
                let to = place(outlet, line, units);
                if seen.contains(&to) {
                    continue;
                }
                seen.push(to);
                let lines = (0..built.lines.len()).filter(|line| place(outlet, *line, units) == to);
                let tonnes = fed.map(|fed| {
                    let reagents = |line: usize| reagents.as_ref().map_or(0.0, |flows| flows.through[from][at][line]);
                    lines.map(|line| through(built, from, outlet, line, fed) + reagents(line)).sum::<f64>()
                });
                let name = names
                    .outlets
                    .get(from)
                    .and_then(|outlets| outlets.get(at))
                    .map_or(unit_name.as_str(), String::as_str);
                // In a run, arrows that carried nothing are left out.
                if tonnes != Some(0.0) {
                    graph.edges.push(Edge { from, to, label: label(&name.replace('_', " "), tonnes) });
                }
            }
        }
    }
    graph
}

fn place(outlet: &Outlet, line: usize, units: usize) -> usize {
    match outlet.to[line] {
        Destination::Unit(unit) => unit.index(),
        Destination::Sink(sink) => units + sink.index(),
    }
}

/// t of a line's feed that leave a unit by an outlet.
fn through(plant: &Plant, unit: usize, outlet: &Outlet, line: usize, fed: &[Vec<f64>]) -> f64 {
    let entries = plant.flowsheet.entries.iter().zip(fed);
    let of_line = entries.filter(|(entry, _)| entry.entrance.line == LineId::new(line));
    of_line
        .flat_map(|(entry, fed)| entry.load.iter().zip(fed).zip(&outlet.transfer))
        .map(|((load, fed), share)| fed * load[unit] * share)
        .sum()
}

/// What enters: every form that was fed; without a run every form that has a unit of its own.
fn feeds(graph: &mut FlowGraph, plant: &Plant, fed: Option<&[Vec<f64>]>) {
    let is_opened = |stream: FeedStream| plant.opened[stream as usize].as_ref().map(|opened| opened.form);
    let opens = |form| FeedStream::ALL.iter().any(|stream| is_opened(*stream).is_some() && plant.form(*stream) == form);
    let second_life = is_opened(FeedStream::SecondLife);
    for form in FeedForm::ALL {
        let mut by_unit: Vec<(usize, f64)> = Vec::new();
        for (at, entry) in plant.flowsheet.entries.iter().enumerate().filter(|(at, _)| FeedForm::of_entry(*at) == form)
        {
            let tonnes = fed.map_or(1.0, |fed| fed[at].iter().sum());
            let unit = entry.entrance.unit.index();
            match by_unit.iter_mut().find(|(known, _)| *known == unit) {
                Some((_, sum)) => *sum += tonnes,
                None => by_unit.push((unit, tonnes)),
            }
        }
        for (unit, tonnes) in by_unit.into_iter().filter(|(_, tonnes)| *tonnes > 0.0) {
            let name = match form {
                FeedForm::Pack => "packs",
                // Without a run they go the packs' way; with one they have their own tonnes.
                FeedForm::SecondLife if fed.is_none() && second_life.is_none() => continue,
                FeedForm::SecondLife => match second_life {
                    Some(FeedForm::Module) => "modules after a second life",
                    Some(_) => "cells after a second life",
                    None => "packs after a second life",
                },
                FeedForm::Module | FeedForm::Cell if fed.is_none() && !opens(form) => continue,
                FeedForm::Module => "modules",
                FeedForm::Cell => "cells of packs",
                FeedForm::Scrap => "rejected cells",
                FeedForm::Electrode => "cuttings",
                FeedForm::BlackMass if fed.is_none() && plant.purchases.is_empty() => continue,
                FeedForm::BlackMass => "black mass",
            };
            graph.nodes.push(Node { name: name.to_owned(), kind: NodeKind::Feed });
            let from = graph.nodes.len() - 1;
            graph.edges.push(Edge { from, to: unit, label: label("", fed.map(|_| tonnes)) });
        }
    }
}

/// Reagents, at every unit that was given some; without a run at every unit that uses some.
fn reagent_feeds(graph: &mut FlowGraph, plant: &Plant, flows: Option<&ReagentFlows>) {
    for unit in 0..plant.units.len() {
        let tonnes = flows.map(|flows| flows.into[unit]);
        let uses = plant.reagents.iter().any(|reagent| reagent.rate.unit.index() == unit);
        if uses && tonnes != Some(0.0) {
            graph.nodes.push(Node { name: "reagents".to_owned(), kind: NodeKind::Feed });
            graph.edges.push(Edge { from: graph.nodes.len() - 1, to: unit, label: label("", tonnes) });
        }
    }
}

fn label(name: &str, tonnes: Option<f64>) -> String {
    let Some(tonnes) = tonnes else { return name.to_owned() };
    let amount = if tonnes >= 10_000.0 { format!("{:.1} kt", tonnes / 1e3) } else { format!("{tonnes:.0} t") };
    if name.is_empty() { amount } else { format!("{name}, {amount}") }
}
