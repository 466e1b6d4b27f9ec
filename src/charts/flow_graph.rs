//! A flowsheet as a graph: for Graphviz, for Mermaid, or drawn as a spine of units with their ways out beside them.

use super::ChartError;
use super::canvas::{Anchor, Canvas, Ink, Pen, Rect, draw};
use super::text::{clean, elide, width};
use super::theme::{AXIS, GRID, INK, MARGIN, PAPER, Rgb, SMALL, SOFT_INK, SUBTITLE, TICK, TITLE};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    /// Feed.
    Feed,
    /// A unit operation.
    Unit,
    /// A product.
    Product,
    /// A residue or emission.
    Waste,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
}

/// An arrow of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Position of the node it comes from.
    pub from: usize,
    /// Position of the node it leads to.
    pub to: usize,
    /// What is written at it.
    pub label: String,
}

/// A flowsheet: units in the order of the process, feeds and ways out around them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowGraph {
    /// What the graph shows.
    pub title: String,
    /// Of which scenario and year.
    pub subtitle: String,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// Its arrows.
    pub edges: Vec<Edge>,
}

const UNIT: Rgb = Rgb(0xDC, 0xE6, 0xF0);
const PRODUCT: Rgb = Rgb(0xD5, 0xEC, 0xE3);
const FEED: Rgb = Rgb(0xF6, 0xEB, 0xC8);
/// Sizes of the drawing, pixels: a unit, the row of a way out, the room between units, a lane of a recycle stream.
const BOX: (f64, f64) = (180.0, 28.0);
const ROW: f64 = 22.0;
const GAP: f64 = 26.0;
const LANE: f64 = 16.0;
/// Room for what is written at a recycle stream, between its lane and the units.
const LABEL_ROOM: f64 = 120.0;
const WAY_OUT: f64 = 330.0;
const FEED_WIDTH: f64 = 190.0;
const PEN: Pen = Pen { colour: AXIS, width: 1.3, alpha: 1.0, dashed: false };

impl NodeKind {
    fn colour(self) -> Rgb {
        match self {
            Self::Feed => FEED,
            Self::Unit => UNIT,
            Self::Product => PRODUCT,
            Self::Waste => GRID,
        }
    }
}

/// A name inside double quotes.
fn quoted(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('"', "\\\"")
}

impl FlowGraph {
    /// The graph for Graphviz.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut text =
            format!("digraph \"{}\" {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n", quoted(&self.title));
        for (at, node) in self.nodes.iter().enumerate() {
            let shape = if node.kind == NodeKind::Unit { "box" } else { "ellipse" };
            let Rgb(red, green, blue) = node.kind.colour();
            let _ = writeln!(
                text,
                "  n{at} [label=\"{}\", shape={shape}, style=filled, fillcolor=\"#{red:02X}{green:02X}{blue:02X}\"];",
                quoted(&node.name)
            );
        }
        for edge in &self.edges {
            let _ = writeln!(text, "  n{} -> n{} [label=\"{}\"];", edge.from, edge.to, quoted(&edge.label));
        }
        text + "}\n"
    }

    /// The graph for Mermaid.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let plain = |text: &str| clean(text).replace('"', "#quot;");
        let mut text = "flowchart LR\n".to_owned();
        for (at, node) in self.nodes.iter().enumerate() {
            let (open, close) = if node.kind == NodeKind::Unit { ("[", "]") } else { ("([", "])") };
            let _ = writeln!(text, "  n{at}{open}\"{}\"{close}", plain(&node.name));
        }
        for edge in &self.edges {
            let _ = writeln!(text, "  n{} -->|\"{}\"| n{}", edge.from, plain(&edge.label), edge.to);
        }
        text
    }

    /// The graph as a picture: units from top to bottom, feed to their left, ways out to their right, recycle streams and
    /// other jumps in lanes of their own.
    ///
    /// # Errors
    /// If the picture cannot be drawn.
    pub fn svg(&self) -> Result<String, ChartError> {
        let units: Vec<usize> = (0..self.nodes.len()).filter(|at| self.nodes[*at].kind == NodeKind::Unit).collect();
        let row_of = |node: usize| units.iter().position(|unit| *unit == node);
        let ways_out =
            |unit: usize| self.edges.iter().filter(move |edge| edge.from == unit && row_of(edge.to).is_none());
        let feeds = |unit: usize| self.edges.iter().filter(move |edge| edge.to == unit && row_of(edge.from).is_none());
        let next = |edge: &Edge| row_of(edge.from).is_some_and(|row| row_of(edge.to) == Some(row + 1));
        let jumps: Vec<&Edge> = self
            .edges
            .iter()
            .filter(|edge| row_of(edge.from).is_some() && row_of(edge.to).is_some() && !next(edge))
            .collect();
        let mut tops = Vec::new();
        let mut y = MARGIN + 54.0;
        for unit in &units {
            tops.push(y);
            let rows = ways_out(*unit).count().max(feeds(*unit).count());
            y += BOX.1.max(rows as f64 * ROW) + GAP;
        }
        let lanes = if jumps.is_empty() { 0.0 } else { LABEL_ROOM + LANE * jumps.len() as f64 };
        let left = MARGIN + FEED_WIDTH + lanes;
        let size = (left + BOX.0 + WAY_OUT + MARGIN, y + MARGIN);
        draw(size, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            canvas.text(&self.title, (MARGIN, MARGIN + 14.0), Anchor::Start, Ink::plain(TITLE).bold())?;
            canvas.text(
                &self.subtitle,
                (MARGIN, MARGIN + 34.0),
                Anchor::Start,
                Ink::plain(SUBTITLE).coloured(SOFT_INK),
            )?;
            for (lane, edge) in jumps.iter().enumerate() {
                let (Some(from), Some(to)) = (row_of(edge.from), row_of(edge.to)) else { continue };
                let x = left - LABEL_ROOM - LANE * lane as f64;
                // Leaves below the middle and enters above it: arrows that share a box do not meet.
                let (start, end) = (tops[from] + BOX.1 * 0.75, tops[to] + BOX.1 * 0.25);
                canvas.line(&[(left, start), (x, start), (x, end), (left, end)], PEN)?;
                arrow(canvas, (left, end), (1.0, 0.0))?;
                // Below its line: above it feed may enter.
                label(canvas, &edge.label, (left - LABEL_ROOM + 5.0, start + SMALL + 2.0))?;
            }
            for (row, unit) in units.iter().enumerate() {
                let top = tops[row];
                self.node(canvas, *unit, (left, top), BOX)?;
                for edge in self.edges.iter().filter(|edge| edge.from == *unit && next(edge)) {
                    let (x, to) = (left + BOX.0 / 2.0, tops[row + 1]);
                    canvas.line(&[(x, top + BOX.1), (x, to)], PEN)?;
                    arrow(canvas, (x, to), (0.0, 1.0))?;
                    label(canvas, &edge.label, (x + 5.0, to - 9.0))?;
                }
                for (at, edge) in ways_out(*unit).enumerate() {
                    let y = top + ROW * at as f64;
                    let (x, middle) = (left + BOX.0, y + 10.0);
                    let elbow = x + 10.0;
                    canvas.line(
                        &[(x, top + BOX.1 / 2.0), (elbow, top + BOX.1 / 2.0), (elbow, middle), (x + 150.0, middle)],
                        PEN,
                    )?;
                    arrow(canvas, (x + 150.0, middle), (1.0, 0.0))?;
                    label(canvas, &edge.label, (elbow + 4.0, middle - 2.0))?;
                    self.node(canvas, edge.to, (x + 150.0, y), (WAY_OUT - 150.0, 19.0))?;
                }
                for (at, edge) in feeds(*unit).enumerate() {
                    let y = top + ROW * at as f64;
                    let middle = y + 10.0;
                    let x = MARGIN + 90.0;
                    self.node(canvas, edge.from, (MARGIN, y), (90.0, 19.0))?;
                    canvas.line(&[(x, middle), (left - 8.0, middle), (left, top + BOX.1 / 2.0)], PEN)?;
                    arrow(canvas, (left, top + BOX.1 / 2.0), (1.0, 0.0))?;
                    label(canvas, &edge.label, (x + 4.0, middle - 2.0))?;
                }
            }
            Ok(())
        })
    }

    fn node(
        &self,
        canvas: &Canvas,
        at: usize,
        (left, top): (f64, f64),
        (wide, high): (f64, f64),
    ) -> Result<(), ChartError> {
        let node = &self.nodes[at];
        canvas.block(Rect { left, top, right: left + wide, bottom: top + high }, node.kind.colour())?;
        let size = if node.kind == NodeKind::Unit { TICK } else { SMALL };
        let name = elide(&clean(&node.name), size, false, wide - 8.0);
        canvas.text(&name, (left + wide / 2.0, top + high / 2.0 + size * 0.36), Anchor::Middle, Ink::plain(size))
    }
}

/// What is written at an arrow, on a ground of paper, so that lines do not cross it.
fn label(canvas: &Canvas, text: &str, (x, y): (f64, f64)) -> Result<(), ChartError> {
    if text.is_empty() {
        return Ok(());
    }
    let text = elide(&clean(text), SMALL, false, 134.0);
    let ground = Rect { left: x - 1.0, top: y - SMALL, right: x + width(&text, SMALL, false) + 1.0, bottom: y + 1.0 };
    canvas.block(ground, PAPER)?;
    canvas.text(&text, (x, y - 1.0), Anchor::Start, Ink::plain(SMALL).coloured(INK))
}

/// A head at the end of an arrow that runs in a direction.
fn arrow(canvas: &Canvas, (x, y): (f64, f64), (dx, dy): (f64, f64)) -> Result<(), ChartError> {
    let (back, side) = (7.0, 3.2);
    let base = (x - dx * back, y - dy * back);
    canvas.area(&[(x, y), (base.0 - dy * side, base.1 + dx * side), (base.0 + dy * side, base.1 - dx * side)], AXIS)
}
