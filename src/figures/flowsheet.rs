//! A plant's flowsheet as a graph, with the tonnes of a period where there was a run.

use crate::base::catalog::Catalog;
use crate::base::ids::{Id, LineId, PlantId};
use crate::charts::{Edge, FlowGraph, Node, NodeKind};
use crate::model::Model;
use crate::model::plant::flowsheet::{Destination, Outlet};
use crate::model::plant::{FeedForm, Plant, SinkKind};

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
                let tonnes = fed.map(|fed| lines.map(|line| through(built, from, outlet, line, fed)).sum::<f64>());
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
                FeedForm::SecondLife if fed.is_none() => continue,
                FeedForm::SecondLife => "packs after a second life",
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

fn label(name: &str, tonnes: Option<f64>) -> String {
    let Some(tonnes) = tonnes else { return name.to_owned() };
    let amount = if tonnes >= 10_000.0 { format!("{:.1} kt", tonnes / 1e3) } else { format!("{tonnes:.0} t") };
    if name.is_empty() { amount } else { format!("{name}, {amount}") }
}
