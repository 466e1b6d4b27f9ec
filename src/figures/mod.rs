//! Floor 4: which picture shows what of a run. Each figure turns results into the plain data of a chart.

mod burdens;
pub mod ensemble;
pub mod ensembles;
mod feed_mix;
pub mod flowsheet;
pub mod money;
mod plant;
mod retirements;
pub mod sankey;
pub mod sensitivity;
mod stocks;
mod supply;
mod targets;

use crate::charts::{Chart, Palette};
use crate::results::tables::Run;
use crate::results::targets::Target;
pub use retirements::Estimate;

/// A figure as data.
#[derive(Clone, Debug)]
pub struct Figure {
    /// File name without ending.
    pub name: String,
    /// What is drawn.
    pub chart: Chart,
}

impl Figure {
    /// A figure under a name.
    pub fn new(name: impl Into<String>, chart: impl Into<Chart>) -> Self {
        Self { name: name.into(), chart: chart.into() }
    }
}

/// What the figures need beside the run.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Scenario title, the subtitle of every figure.
    pub title: &'a str,
    /// First calendar year shown.
    pub from: i32,
    /// Published estimates of retired packs.
    pub estimates: &'a [Estimate],
    /// What rules and plans ask for.
    pub targets: &'a [Target],
}

/// All figures of a run.
pub fn all(run: &Run<'_>, context: &Context<'_>) -> Vec<Figure> {
    let mut figures = vec![
        Figure::new("in_use_stock", stocks::chart(run, context)),
        Figure::new("retired_packs", retirements::chart(run, context)),
    ];
    if let Some(chart) = retirements::against_estimates(run, context) {
        figures.push(Figure::new("retired_packs_and_estimates", chart));
    }
    for (index, names) in run.catalog.plants.iter().enumerate() {
        if let Some(chart) = plant::chart(run, context, index) {
            figures.push(Figure::new(format!("plant_{}", names.name), chart));
        }
        if let Some(chart) = feed_mix::chart(run, context, index) {
            figures.push(Figure::new(format!("feed_mix_{}", names.name), chart));
        }
        if let Some(graph) = flowsheet::of_last_year(run, context, index) {
            figures.push(Figure::new(format!("flowsheet_{}", names.name), graph));
        }
    }
    for (index, name) in run.catalog.regions.iter().enumerate() {
        if let Some(chart) = supply::chart(run, context, index) {
            figures.push(Figure::new(format!("supply_{name}"), chart));
        }
    }
    if let Some(chart) = burdens::chart(run, context) {
        figures.push(Figure::new("ghg_by_cause", chart));
    }
    if let Some(chart) = targets::chart(run, context) {
        figures.push(Figure::new("targets", chart));
    }
    figures
}

/// Chemistries have the same colour in every figure and every scenario that lists them alike.
fn chemistry_palette(run: &Run<'_>) -> Palette {
    Palette::new(run.catalog.chemistries.iter().map(|name| display(name)))
}

/// A name as it is written in figures: `nmc811` as `NMC811`, `na_ion` as `Na-ion`, `new_scrap` as `new scrap`.
fn display(name: &str) -> String {
    if let Some(rest) = name.strip_suffix("_ion") {
        let mut letters = rest.chars();
        return letters
            .next()
            .map_or_else(String::new, |first| format!("{}{}-ion", first.to_uppercase(), letters.as_str()));
    }
    let is_code = name.len() <= 3 || name.starts_with("nmc");
    if is_code { name.to_uppercase() } else { name.replace('_', " ") }
}

/// How many numbers of the scenario have which confidence is told in the report; a figure names its basis only.
fn source(run: &Run<'_>) -> String {
    let regions: Vec<String> = run.catalog.regions.iter().map(|name| display_region(name)).collect();
    format!("urbanmine {}. Regions: {}.", env!("CARGO_PKG_VERSION"), regions.join(", "))
}

fn display_region(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_field_writes_them() {
        let shown = ["lfp", "nmc811", "na_ion", "nca", "used_export"].map(display);
        assert_eq!(shown, ["LFP", "NMC811", "Na-ion", "NCA", "used export"]);
        assert_eq!(display_region("hefei"), "Hefei");
    }
}
