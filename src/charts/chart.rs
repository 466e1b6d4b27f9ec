//! Any chart as data: written beside its picture, so that it can be drawn again in another language or on another scale.

use super::data::largest;
use super::layout::running_sums;
use super::{ChartError, FlowGraph, HeatMap, Lines, PlantChart, Sankey, Series, StackedArea, SupplyChart, Waterfall};
use serde::{Deserialize, Serialize};

/// One of the charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Chart {
    /// Amounts by kind over the years.
    StackedArea(StackedArea),
    /// A plant step by step.
    Plant(PlantChart),
    /// Small stacks side by side.
    Supply(SupplyChart),
    /// Lines.
    Lines(Lines),
    /// A loop as bands.
    Sankey(Sankey),
    /// The way from one value to another.
    Waterfall(Waterfall),
    /// Rows of judged years.
    HeatMap(HeatMap),
    /// Units and what flows between them.
    FlowGraph(FlowGraph),
    /// A picture that is known only as such.
    Picture {
        /// The picture.
        svg: String,
    },
}

impl Chart {
    /// The chart as SVG.
    ///
    /// # Errors
    /// As the chart's own.
    pub fn svg(&self) -> Result<String, ChartError> {
        match self {
            Self::StackedArea(chart) => chart.svg(),
            Self::Plant(chart) => chart.svg(),
            Self::Supply(chart) => chart.svg(),
            Self::Lines(chart) => chart.svg(),
            Self::Sankey(chart) => chart.svg(),
            Self::Waterfall(chart) => chart.svg(),
            Self::HeatMap(chart) => chart.svg(),
            Self::FlowGraph(chart) => chart.svg(),
            Self::Picture { svg } => Ok(svg.clone()),
        }
    }

    /// The title; empty for a mere picture.
    pub fn title(&self) -> &str {
        match self {
            Self::StackedArea(chart) => &chart.title,
            Self::Plant(chart) => &chart.title,
            Self::Supply(chart) => &chart.title,
            Self::Lines(chart) => &chart.title,
            Self::Sankey(chart) => &chart.title,
            Self::Waterfall(chart) => &chart.title,
            Self::HeatMap(chart) => &chart.title,
            Self::FlowGraph(chart) => &chart.title,
            Self::Picture { .. } => "",
        }
    }

    /// The same chart with every text and name replaced.
    #[must_use]
    pub fn in_words(mut self, say: &dyn Fn(&str) -> String) -> Self {
        let replace = |text: &mut String| *text = say(text);
        match &mut self {
            Self::StackedArea(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.x_label, &mut chart.y_label];
                texts.into_iter().chain([&mut chart.footnote, &mut chart.marks_name]).for_each(replace);
                chart.layers.iter_mut().for_each(|layer| replace(&mut layer.name));
                chart.palette.rename(say);
            }
            Self::Plant(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.y_label, &mut chart.yard_label];
                texts.into_iter().chain([&mut chart.footnote, &mut chart.limits.name]).for_each(replace);
                let limits = chart.limits.steps.iter().map(String::as_str);
                chart.palette = std::mem::take(&mut chart.palette).with_known_limits(limits);
                chart.limits.steps.iter_mut().for_each(replace);
                let lines = [&mut chart.nameplate, &mut chart.available];
                let series = chart.throughput.iter_mut().chain(&mut chart.yard).chain(lines);
                series.chain(&mut chart.yard_limit).for_each(|series| replace(&mut series.name));
                chart.palette.rename(say);
            }
            Self::Supply(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.y_label, &mut chart.footnote];
                texts.into_iter().for_each(replace);
                for panel in &mut chart.panels {
                    [&mut panel.title, &mut panel.note].into_iter().for_each(replace);
                    panel.layers.iter_mut().for_each(|layer| replace(&mut layer.name));
                }
                chart.palette.rename(say);
            }
            Self::Lines(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.x_label, &mut chart.y_label];
                texts.into_iter().chain([&mut chart.footnote]).for_each(replace);
                chart.lines.iter_mut().for_each(|line| replace(&mut line.series.name));
                chart.palette.rename(say);
            }
            Self::Sankey(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.footnote];
                texts.into_iter().for_each(replace);
                chart.nodes.iter_mut().for_each(|node| replace(&mut node.name));
                chart.links.iter_mut().for_each(|link| replace(&mut link.carries));
                chart.palette.rename(say);
            }
            Self::Waterfall(chart) => {
                [&mut chart.title, &mut chart.subtitle, &mut chart.footnote].into_iter().for_each(replace);
            }
            Self::HeatMap(chart) => {
                let texts = [&mut chart.title, &mut chart.subtitle, &mut chart.notes, &mut chart.footnote];
                texts.into_iter().for_each(replace);
                chart.rows.iter_mut().flat_map(|row| [&mut row.name, &mut row.note]).for_each(replace);
                chart.words = HeatMap::WORDS.iter().map(|word| say(word)).collect();
            }
            Self::FlowGraph(chart) => {
                [&mut chart.title, &mut chart.subtitle].into_iter().for_each(replace);
                chart.nodes.iter_mut().for_each(|node| replace(&mut node.name));
                // What it is called, and how much: the amount stays.
                for edge in &mut chart.edges {
                    match edge.label.rsplit_once(", ") {
                        Some((name, amount)) => edge.label = format!("{}, {amount}", say(name)),
                        None if edge.label.starts_with(|c: char| c.is_ascii_digit()) => {}
                        None => replace(&mut edge.label),
                    }
                }
            }
            Self::Picture { .. } => {}
        }
        self
    }

    /// How far each of its scales has to reach, by the panel's name.
    fn reach(&self) -> Vec<(String, f64)> {
        let total = |layers: &[Series]| {
            let layers: Vec<Vec<f64>> = layers.iter().map(|layer| layer.values.clone()).collect();
            largest(running_sums(&layers).pop().unwrap_or_default())
        };
        let only = |most: f64| vec![(String::new(), most)];
        match self {
            Self::StackedArea(chart) => only(total(&chart.layers).max(largest(chart.marks.iter().map(|mark| mark.y)))),
            Self::Plant(chart) => {
                let lines = chart.nameplate.values.iter().chain(&chart.available.values).copied();
                only(total(&chart.throughput).max(largest(lines)))
            }
            Self::Supply(chart) => {
                chart.panels.iter().map(|panel| (panel.title.clone(), total(&panel.layers))).collect()
            }
            Self::Lines(chart) => only(largest(chart.lines.iter().flat_map(|line| line.series.values.iter().copied()))),
            Self::Sankey(chart) => only(chart.fullest()),
            Self::Waterfall(_) | Self::HeatMap(_) | Self::FlowGraph(_) | Self::Picture { .. } => Vec::new(),
        }
    }
}

/// Gives charts of the same thing one scale.
pub fn on_one_scale(charts: &mut [Chart]) {
    let reaches: Vec<(String, f64)> = charts.iter().flat_map(Chart::reach).collect();
    let of = |panel: &str| {
        let most = reaches.iter().filter(|(name, _)| name == panel).map(|(_, most)| *most);
        Some(largest(most)).filter(|most| *most > 0.0)
    };
    for chart in charts {
        match chart {
            Chart::StackedArea(chart) => chart.y_at_least = of(""),
            Chart::Plant(chart) => chart.y_at_least = of(""),
            Chart::Supply(chart) => chart.panels.iter_mut().for_each(|panel| panel.y_at_least = of(&panel.title)),
            Chart::Lines(chart) => chart.y_at_least = of(""),
            Chart::Sankey(chart) => chart.largest_at_least = of(""),
            Chart::Waterfall(_) | Chart::HeatMap(_) | Chart::FlowGraph(_) | Chart::Picture { .. } => {}
        }
    }
}

macro_rules! from {
    ($($kind:ident <- $chart:ty),*) => {
        $(impl From<$chart> for Chart {
            fn from(chart: $chart) -> Self {
                Self::$kind(chart)
            }
        })*
    };
}
from!(StackedArea <- StackedArea, Plant <- PlantChart, Supply <- SupplyChart, Lines <- Lines, Sankey <- Sankey,
    Waterfall <- Waterfall, HeatMap <- HeatMap, FlowGraph <- FlowGraph);
