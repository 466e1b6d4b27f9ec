//! Retired packs by fate, beside what others have published.

use super::{Context, source};
use crate::base::ids::FlowId;
use crate::charts::{Mark, Palette, Series, StackedArea};
use crate::model::flows::RegionFlows;
use crate::model::plant::FeedStream;
use crate::results::tables::Run;
use std::collections::BTreeMap;

const AGAIN: &str = "Packs leaving hibernation or a second life appear again under their new fate.";

/// A published estimate of the packs retired in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Calendar year.
    pub year: i32,
    /// kt/yr.
    pub mass: f64,
    /// Who says so.
    pub reporter: String,
}

/// The fates, from the bottom of the stack, and the flows that make them up.
const FATES: [(&str, fn(&RegionFlows) -> Vec<FlowId>); 6] = [
    ("formal: recycled", |flows| {
        let yards = flows.to_yard.iter().map(|to_yard| to_yard[FeedStream::Retired as usize]);
        yards.chain([flows.packs_elsewhere, flows.declined]).collect()
    }),
    ("formal: second life", |flows| vec![flows.reused]),
    ("informal workshops", |flows| vec![flows.informal]),
    ("kept by holders", |flows| vec![flows.hibernated]),
    ("used export", |flows| vec![flows.used_export]),
    ("landfill or lost", |flows| vec![flows.landfill]),
];

/// Mass of packs by fate over the whole horizon, kt/yr.
pub fn chart(run: &Run<'_>, context: &Context<'_>) -> StackedArea {
    let last = run.model.horizon.end_year() - 1;
    StackedArea {
        title: "Retired packs by fate".to_owned(),
        footnote: format!("{AGAIN} {}", source(run)),
        ..by_fate(run, context, last)
    }
}

/// The same beside published estimates, up to the last of them; nothing if there are none to stand beside.
pub fn against_estimates(run: &Run<'_>, context: &Context<'_>) -> Option<StackedArea> {
    let shown = context.estimates.iter().filter(|estimate| estimate.year >= context.from);
    let last = shown.map(|estimate| estimate.year).max()?;
    Some(StackedArea {
        title: "Retired packs by fate, and what others estimate".to_owned(),
        marks: marks(context),
        marks_name: "published estimates".to_owned(),
        footnote: footnote(run, context),
        ..by_fate(run, context, last)
    })
}

fn by_fate(run: &Run<'_>, context: &Context<'_>, last: i32) -> StackedArea {
    let years: Vec<i32> =
        run.year_ends().map(|period| run.year(period)).filter(|year| (context.from..=last).contains(year)).collect();
    let mut layers: Vec<Series> = FATES.iter().map(|(name, _)| Series::new(*name, vec![0.0; years.len()])).collect();
    for period in 0..run.results.periods.len() {
        let Some(place) = years.iter().position(|year| *year == run.year(period)) else { continue };
        for (layer, (_, flows_of)) in layers.iter_mut().zip(FATES) {
            let flows = run.model.flows.regions.iter().flat_map(flows_of);
            layer.values[place] += flows.map(|flow| run.results.flow_mass(period, flow)).sum::<f64>() / 1e3;
        }
    }
    layers.retain(|layer| layer.values.iter().any(|value| *value > 0.0));
    StackedArea {
        subtitle: context.title.to_owned(),
        x_label: "year".to_owned(),
        y_label: "kt/yr".to_owned(),
        x: years.iter().map(|year| f64::from(*year)).collect(),
        layers,
        palette: Palette::new(["formal: recycled", "formal: second life", "informal workshops", "kept by holders"])
            .with_greys(["used export", "landfill or lost"]),
        ..StackedArea::default()
    }
}

/// One mark per estimate; those of a year share a line from the lowest to the highest.
fn marks(context: &Context<'_>) -> Vec<Mark> {
    let mut by_year: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
    for estimate in context.estimates {
        let range = by_year.entry(estimate.year).or_insert((estimate.mass, estimate.mass));
        *range = (range.0.min(estimate.mass), range.1.max(estimate.mass));
    }
    let shown = context.estimates.iter().filter(|estimate| estimate.year >= context.from);
    shown
        .map(|estimate| {
            let range = by_year.get(&estimate.year).filter(|(low, high)| low < high);
            Mark {
                x: f64::from(estimate.year),
                y: estimate.mass,
                low: range.map(|(low, _)| *low),
                high: range.map(|(_, high)| *high),
                label: String::new(),
            }
        })
        .collect()
}

fn footnote(run: &Run<'_>, context: &Context<'_>) -> String {
    let mut reporters: Vec<&str> = Vec::new();
    for estimate in context.estimates {
        if !reporters.contains(&estimate.reporter.as_str()) {
            reporters.push(&estimate.reporter);
        }
    }
    format!("{AGAIN} Estimates, annual, of China's vehicle batteries: {}. {}", reporters.join("; "), source(run))
}
