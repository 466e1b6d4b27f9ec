//! A plant's throughput against its nameplate, what limits it, and its yard.

use super::{Context, source};
use crate::base::ids::{Id, StepId};
use crate::charts::{Limits, Palette, PlantChart, Series};
use crate::model::plant::FeedStream;
use crate::results::tables::Run;

/// Names of the streams in the figure, in the order of [`FeedStream::ALL`].
const STREAMS: [&str; FeedStream::COUNT] = [
    "rejected cells",
    "retired packs",
    "second-life returns",
    "packs of other regions",
    "electrode scrap",
    "bought black mass",
];

/// One plant, step by step; nothing for a plant that never runs.
pub fn chart(run: &Run<'_>, context: &Context<'_>, plant: usize) -> Option<PlantChart> {
    let horizon = &run.model.horizon;
    let model = &run.model.plants[plant];
    let opening = model.running.iter().position(|running| running.rate > 0.0)?;
    // A year of construction before the opening is enough to see where it begins.
    let first = opening.saturating_sub(horizon.steps_per_year());
    let first =
        (first..opening).find(|step| horizon.start_of(StepId::new(*step)) >= f64::from(context.from)).unwrap_or(first);
    let reports: Vec<_> = run.results.plants[first..].iter().map(|reports| reports[plant]).collect();
    let rate = |tonnes: f64| tonnes / horizon.dt() / 1e3;
    let mut throughput: Vec<Series> = FeedStream::ALL
        .iter()
        .zip(STREAMS)
        .map(|(stream, name)| {
            Series::new(name, reports.iter().map(|report| rate(report.treated[*stream as usize])).collect())
        })
        .collect();
    throughput.retain(|series| series.values.iter().any(|value| *value > 0.0));
    let names = &run.catalog.plants[plant];
    Some(PlantChart {
        title: format!("Plant {}: throughput, what limits it, and its yard", names.name),
        subtitle: context.title.to_owned(),
        y_label: "kt/yr".to_owned(),
        yard_label: "yard, kt".to_owned(),
        x: (first..horizon.steps).map(|step| horizon.start_of(StepId::new(step))).collect(),
        throughput,
        nameplate: Series::new(
            "nameplate capacity",
            model.nameplate[first..].iter().map(|tonnes| tonnes / 1e3).collect(),
        ),
        available: Series::new("available", reports.iter().map(|report| rate(report.available)).collect()),
        limits: Limits {
            name: "limited by".to_owned(),
            steps: reports.iter().map(|report| run.bottleneck(plant, report.bottleneck)).collect(),
        },
        yard: vec![Series::new("feed in the yard", reports.iter().map(|report| report.yard / 1e3).collect())],
        yard_limit: model
            .yard
            .limit
            .is_finite()
            .then(|| Series::new("yard limit", vec![model.yard.limit / 1e3; reports.len()])),
        footnote: format!(
            "Feed as received: packs and production scrap. Available: nameplate x ramp-up x availability. {}",
            source(run)
        ),
        palette: Palette::new(STREAMS),
        ..PlantChart::default()
    })
}
