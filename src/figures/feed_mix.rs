//! What a plant is fed, by chemistry.

use super::{Context, chemistry_palette, display, source};
use crate::base::ids::{ChemistryId, Id, all};
use crate::charts::{Series, StackedArea};
use crate::results::tables::Run;

/// Mass of a plant's feed by cell chemistry, kt/yr; nothing for a plant that never runs.
pub fn chart(run: &Run<'_>, context: &Context<'_>, plant: usize) -> Option<StackedArea> {
    let years: Vec<i32> = run.year_ends().map(|period| run.year(period)).filter(|year| *year >= context.from).collect();
    let mut feed = run.model.flows.plants[plant].feed.to_vec();
    // Streams that a plant does not tell apart share a flow.
    feed.dedup();
    let mut layers: Vec<Series> =
        run.catalog.chemistries.iter().map(|name| Series::new(display(name), vec![0.0; years.len()])).collect();
    for period in 0..run.results.periods.len() {
        let Some(year) = years.iter().position(|year| *year == run.year(period)) else { continue };
        for chemistry in all::<ChemistryId>(run.catalog.chemistries.len()) {
            let mass = feed.iter().flat_map(|flow| run.results.flow(period, *flow, Some(chemistry))).sum::<f64>();
            layers[chemistry.index()].values[year] += mass / 1e3;
        }
    }
    layers.retain(|layer| layer.values.iter().any(|value| *value > 0.0));
    (!layers.is_empty()).then(|| StackedArea {
        title: format!("Plant {}: feed by cell chemistry", run.catalog.plants[plant].name),
        subtitle: context.title.to_owned(),
        x_label: "year".to_owned(),
        y_label: "kt/yr".to_owned(),
        x: years.iter().map(|year| f64::from(*year)).collect(),
        layers,
        footnote: format!("Mass of packs and production scrap treated. {}", source(run)),
        palette: chemistry_palette(run),
        ..StackedArea::default()
    })
}
