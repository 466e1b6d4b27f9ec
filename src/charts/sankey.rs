//! Flows as bands between the stages of a loop: widths in proportion, what leaves a stage equal to what enters it.
//!
//! Columns are given, not found: a chain that closes on itself has no longest path. A band to a later column is a
//! ribbon, one to an earlier column an arc round the picture. Widths are exact; only what is thinner than half a pixel
//! is drawn at half a pixel, so that it can be seen.

mod labels;
mod layout;

use super::canvas::{Anchor, Canvas, Ink, Rect, draw};
use super::text::{amount, clean, elide, wrap};
use super::theme::{INK, MARGIN, PAPER, Palette, Rgb, SMALL, SOFT_INK, SUBTITLE, TITLE};
use super::{ChartError, data::plottable};
use labels::Labels;
use layout::Layout;

/// What a node of a [`Sankey`] is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SankeyKind {
    /// Passes on what it gets.
    #[default]
    Process,
    /// Also keeps some.
    Stock,
    /// A way into the system: the beginning of a band.
    Source,
    /// A way out of the system: the end of a band.
    Sink,
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SankeyNode {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: SankeyKind,
    /// Column, from the left.
    pub column: usize,
    /// Place in its column, the smallest on top.
    pub rank: f64,
    /// What it holds at the end.
    pub stock: Option<f64>,
    /// What it holds more than at the beginning; less if negative.
    pub change: f64,
}

/// A band.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SankeyLink {
    /// Position of the node it comes from.
    pub from: usize,
    /// Position of the node it leads to.
    pub to: usize,
    /// How much.
    pub value: f64,
    /// What it carries: its colour.
    pub carries: String,
    /// Place among the nodes of the columns it passes, as a node's rank.
    pub rank: f64,
    /// An arc (a band to an earlier column) goes over the picture, not below it.
    pub over: bool,
}

/// Flows between the stages of a loop.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sankey {
    /// What the chart shows.
    pub title: String,
    /// Scenario, year, substance.
    pub subtitle: String,
    /// Unit of all values.
    pub unit: String,
    /// Unit of the stocks.
    pub stock_unit: String,
    /// The nodes.
    pub nodes: Vec<SankeyNode>,
    /// The bands; several between the same nodes are allowed.
    pub links: Vec<SankeyLink>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// Colours of what is carried.
    pub palette: Palette,
    /// The largest amount of any column that the height shall hold: gives charts of several scenarios one scale.
    pub largest_at_least: Option<f64>,
}

/// Of a node's amount, this much may be missing on one side by rounding.
const BALANCE: f64 = 1e-6;
/// How strongly bands cover what lies under them.
const BAND: f64 = 0.55;

const BOX: Rgb = Rgb(0x3B, 0x45, 0x4F);
const STOCK: Rgb = Rgb(0x33, 0x22, 0x88);

impl Sankey {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a value is negative or not finite, a band leads nowhere, or a node that is neither source nor sink does not balance.
    pub fn svg(&self) -> Result<String, ChartError> {
        self.check()?;
        let layout = Layout::new(self);
        let names: Vec<&str> = self.kinds();
        let colours = self.palette.resolve(names.iter().copied());
        let colour_of = |link: &SankeyLink| {
            let at = names.iter().position(|name| *name == link.carries);
            at.and_then(|at| colours.get(at)).copied().unwrap_or(SOFT_INK)
        };
        let footnote = wrap(&clean(&self.footnote), SMALL, layout.size.0 - 2.0 * MARGIN, 4);
        let height = layout.size.1 + 14.0 * footnote.len() as f64;
        draw((layout.size.0, height), &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let room = layout.size.0 - 2.0 * MARGIN;
            let title = elide(&clean(&self.title), TITLE, true, room);
            canvas.text(&title, (MARGIN, MARGIN + 13.0), Anchor::Start, Ink::plain(TITLE).bold())?;
            let subtitle = elide(&clean(&self.subtitle), SUBTITLE, false, room);
            canvas.text(&subtitle, (MARGIN, MARGIN + 33.0), Anchor::Start, Ink::plain(SUBTITLE).coloured(SOFT_INK))?;
            legend(canvas, &names, &colours)?;
            for (link, band) in self.links.iter().zip(&layout.bands) {
                canvas.tint(&band.outline, colour_of(link), BAND)?;
                canvas.hover(&band.outline, &self.told_link(link));
            }
            for (node, place) in self.nodes.iter().zip(&layout.boxes) {
                self.draw_node(canvas, node, place)?;
            }
            for label in &Labels::new(self, &layout).placed {
                canvas.text(&label.text, label.at, label.anchor, Ink::plain(label.size).coloured(label.colour))?;
            }
            let mut baseline = height - 16.0;
            for line in footnote.iter().rev() {
                canvas.text(line, (MARGIN, baseline), Anchor::Start, Ink::plain(SMALL).coloured(SOFT_INK))?;
                baseline -= 14.0;
            }
            Ok(())
        })
    }

    fn check(&self) -> Result<(), ChartError> {
        let bad = |name: &str, index, value| Err(ChartError::Value { series: name.to_owned(), index, value });
        for (index, link) in self.links.iter().enumerate() {
            if !plottable(link.value) || link.value < 0.0 || link.from.max(link.to) >= self.nodes.len() {
                return bad(&link.carries, index, link.value);
            }
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let [enters, leaves] = self.sides(index);
            let within = BALANCE * enters.max(leaves).max(node.change.abs());
            let open = matches!(node.kind, SankeyKind::Source | SankeyKind::Sink);
            if !open && (enters - leaves - node.change).abs() > within {
                return Err(ChartError::Unbalanced { node: node.name.clone(), enters, leaves, change: node.change });
            }
            if !plottable(node.change) || !plottable(node.rank) || node.column > 100 {
                return bad(&node.name, index, node.change);
            }
        }
        Ok(())
    }

    /// What enters and what leaves a node by its bands.
    fn sides(&self, node: usize) -> [f64; 2] {
        let sum = |end: fn(&SankeyLink) -> usize| {
            self.links.iter().filter(|link| end(link) == node).map(|link| link.value).sum::<f64>()
        };
        [sum(|link| link.to), sum(|link| link.from)]
    }

    /// How many numbers of bands find no place; they show when a band is pointed at.
    pub fn left_out(&self) -> usize {
        Labels::new(self, &Layout::new(self)).left_out
    }

    /// What the fullest column holds.
    pub(super) fn fullest(&self) -> f64 {
        layout::fullest(self)
    }

    /// What is carried, in the order of the bands.
    fn kinds(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for link in &self.links {
            if !names.contains(&link.carries.as_str()) {
                names.push(&link.carries);
            }
        }
        names
    }

    fn draw_node(&self, canvas: &Canvas, node: &SankeyNode, place: &layout::Place) -> Result<(), ChartError> {
        let rect = place.rect;
        match node.kind {
            SankeyKind::Process => canvas.block(rect, BOX)?,
            SankeyKind::Stock => {
                canvas.block(rect, STOCK)?;
                // What stays, or what is taken from before, at the side where there is no band for it.
                let kept = layout::at_least(node.change.abs() * place.scale).min(rect.height());
                let half = f64::midpoint(rect.left, rect.right);
                let side = if node.change >= 0.0 { (half, rect.right) } else { (rect.left, half) };
                if node.change != 0.0 {
                    let part = Rect { left: side.0, top: rect.bottom - kept, right: side.1, bottom: rect.bottom };
                    canvas.block(part, PAPER)?;
                    let edge = [(side.0, part.top), (side.1, part.top), (side.1, part.bottom), (side.0, part.bottom)];
                    canvas.line(&[edge[0], edge[1], edge[2], edge[3], edge[0]], super::canvas::Pen::new(STOCK, 1.0))?;
                }
            }
            // A short mark closes the band; its name stands beside it.
            SankeyKind::Source | SankeyKind::Sink => canvas.block(rect, SOFT_INK)?,
        }
        let around = [
            (rect.left - 2.0, rect.top),
            (rect.right + 2.0, rect.top),
            (rect.right + 2.0, rect.bottom),
            (rect.left - 2.0, rect.bottom),
        ];
        canvas.hover(&around, &self.told_node(node, place));
        Ok(())
    }

    /// A band in words.
    fn told_link(&self, link: &SankeyLink) -> String {
        let name = |at: usize| self.nodes.get(at).map_or("", |node| node.name.as_str());
        format!("{} → {}: {} {} ({})", name(link.from), name(link.to), amount(link.value), self.unit, link.carries)
    }

    /// A node in words.
    fn told_node(&self, node: &SankeyNode, place: &layout::Place) -> String {
        let mut told = format!("{}: {} {}", node.name, amount(place.amount), self.unit);
        if let Some(stock) = node.stock {
            let sign = if node.change >= 0.0 { "+" } else { "" };
            told = format!("{told}; {} {} ({sign}{})", amount(stock), self.stock_unit, amount(node.change));
        }
        told
    }
}

/// What the colours mean, in a line.
fn legend(canvas: &Canvas, names: &[&str], colours: &[Rgb]) -> Result<(), ChartError> {
    let mut x = MARGIN;
    let y = MARGIN + 52.0;
    for (name, colour) in names.iter().zip(colours) {
        let name = elide(&clean(name), SMALL, false, 160.0);
        let corners = [(x, y - 8.0), (x + 12.0, y - 8.0), (x + 12.0, y + 1.0), (x, y + 1.0)];
        canvas.tint(&corners, *colour, BAND)?;
        canvas.text(&name, (x + 17.0, y), Anchor::Start, Ink::plain(SMALL))?;
        x += 17.0 + super::text::width(&name, SMALL, false) + 18.0;
    }
    Ok(())
}

/// The colour of a node's name.
const NAME: Rgb = INK;

#[cfg(test)]
mod tests;
