//! Charts: plain numbers and names in, one SVG out.
//!
//! Every chart is a struct of plain data with a method `svg()`. The SVG is the source of the figure; `png()` (feature `png`) renders it
//! with the fonts that ship with the program. The same data give the same bytes: no clock, no system font, no hash order.
//! Names come from data and may hold anything: they are drawn as text and nothing else.
//!
//! | chart | shows |
//! |---|---|
//! | [`StackedArea`] | amounts by kind over the years, with published estimates beside them |
//! | [`PlantChart`] | a plant's throughput against its capacity, what limits it, and its yard |
//! | [`SupplyChart`] | several small stacks side by side, each on its own scale |
//! | [`HeatMap`] | squares by row and year: what is met and what is missed |
//! | [`Lines`] | series as lines |
//! | [`Sankey`] | flows between the stages of a loop as bands |
//! | [`Waterfall`] | the way from one value to another |
//! | [`Fan`] | a median and the bands around it |
//! | [`Tornado`], [`PairedBars`] | what each of many parameters does, the most important first |
//! | [`Scatter`] | named points in a plane |
//! | [`FlowGraph`] | a flowsheet: units, feeds, ways out; also as Graphviz and Mermaid text |
//!
//! Inside: `canvas` is the only file that talks to plotters; `layout` and `legend` place titles, axes and legends by the
//! true widths of the font (`metrics`); `theme` holds sizes and colours. Nothing here uses another room of the house.

mod axis;
mod bars;
mod canvas;
mod chart;
mod data;
mod fan;
mod flow_graph;
mod heat_map;
mod layout;
mod legend;
mod lines;
mod metrics;
mod plant;
#[cfg(feature = "png")]
mod png;
mod sankey;
mod scatter;
mod stacked_area;
mod supply;
mod text;
mod theme;
mod waterfall;

#[cfg(test)]
mod tests;

pub use bars::{PairedBars, Ranged, Swing, Tornado};
pub use chart::{Chart, on_one_scale};
pub use data::Series;
pub use fan::{Band, Fan};
pub use flow_graph::{Edge, FlowGraph, Node, NodeKind};
pub use heat_map::{HeatMap, HeatRow};
pub use lines::{Line, Lines};
pub use plant::{Limits, PlantChart};
#[cfg(feature = "png")]
pub use png::{missing_glyphs, png};
pub use sankey::{Sankey, SankeyKind, SankeyLink, SankeyNode};
pub use scatter::{NamedPoint, Scatter};
pub use stacked_area::{Mark, StackedArea};
pub use supply::{SupplyChart, SupplyPanel};
pub use theme::{Palette, Rgb};
pub use waterfall::{Waterfall, WaterfallStep};

/// Why a chart could not be drawn.
///
/// Empty and all-zero data are not errors: they give a chart that says so.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A series does not have one value for each x.
    #[error("series `{series}` has {found} values, the x axis has {expected}")]
    Length {
        /// Name of the series.
        series: String,
        /// How many values it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// A value is not finite, beyond 1e15, or negative where amounts are stacked.
    #[error("series `{series}` holds {value} at position {index}, which this chart cannot show")]
    Value {
        /// Name of the series.
        series: String,
        /// Position of the value, from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The x values do not rise, or one is not finite.
    #[error("the x values must be finite and rise; position {index} does not")]
    X {
        /// Position of the x value, from 0.
        index: usize,
    },
    /// A node gives more or less than it gets.
    #[error("node `{node}` gets {enters}, gives {leaves} and keeps {change}: that does not balance")]
    Unbalanced {
        /// The node.
        node: String,
        /// What enters.
        enters: f64,
        /// What leaves.
        leaves: f64,
        /// What it keeps.
        change: f64,
    },
    /// The SVG could not be written.
    #[error("the chart could not be drawn: {0}")]
    Draw(String),
    /// The SVG could not be rendered as PNG.
    #[error("the chart could not be rendered as PNG: {0}")]
    Png(String),
}
