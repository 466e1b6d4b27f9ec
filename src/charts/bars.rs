//! Horizontal bars by name, the most important first: tornado diagrams, and indices with their intervals.

use super::ChartError;
use super::axis::{Axis, FINE};
use super::canvas::{Anchor, Canvas, Ink, Pen, Rect, draw};
use super::data::{check_values, plottable};
use super::layout::{YEARS_ROOM, frame};
use super::legend::{Entry, Sample, legend_top};
use super::text::{clean, elide, width};
use super::theme::{AXIS, BODY, GRID, INK, Rgb, SIZE, SOFT_INK, TICK};

const LOW: Rgb = Rgb(0x44, 0xAA, 0x99);
const HIGH: Rgb = Rgb(0xCC, 0x66, 0x77);
/// Most bars of a chart; the rest would be too thin to read.
const MOST: usize = 20;
/// Room for names at the left.
const NAMES: f64 = 300.0;

/// A bar of a tornado.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Swing {
    /// Name.
    pub name: String,
    /// The result with the parameter low.
    pub low: f64,
    /// The result with the parameter high.
    pub high: f64,
}

/// How far each of many parameters moves a result, the furthest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tornado {
    /// What the chart shows.
    pub title: String,
    /// Scenario.
    pub subtitle: String,
    /// Label of the axis with its unit.
    pub x_label: String,
    /// The result when nothing is moved.
    pub centre: f64,
    /// Bars, in the order to be drawn; the first twenty.
    pub swings: Vec<Swing>,
    /// Names of the two ends in the legend.
    pub ends: [String; 2],
    /// Remarks under the chart; wrapped.
    pub footnote: String,
}

/// A value with an interval around it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ranged {
    /// Value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Pairs of values by name, with intervals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairedBars {
    /// What the chart shows.
    pub title: String,
    /// Scenario.
    pub subtitle: String,
    /// Label of the axis with its unit.
    pub x_label: String,
    /// Names of the two values in the legend.
    pub kinds: [String; 2],
    /// Name and values, in the order to be drawn; the first twenty.
    pub rows: Vec<(String, [Ranged; 2])>,
    /// Remarks under the chart; wrapped.
    pub footnote: String,
}

/// A plot with a name for each row.
struct Rows {
    plot: Rect,
    x: Axis,
    pitch: f64,
}

impl Rows {
    fn new(space: Rect, x: Axis, rows: usize) -> Self {
        let plot = Rect { left: space.left + NAMES, bottom: space.bottom - YEARS_ROOM - 20.0, ..space };
        let pitch = (plot.height() / rows.max(1) as f64).min(44.0);
        Self { plot, x, pitch }
    }

    fn px(&self, value: f64) -> f64 {
        self.x.place(value, self.plot.left, self.plot.right)
    }

    fn middle(&self, row: usize) -> f64 {
        self.plot.top + (row as f64 + 0.5) * self.pitch
    }

    fn back(&self, canvas: &Canvas<'_>, label: &str, names: &[&str]) -> Result<(), ChartError> {
        let bottom = self.plot.top + self.pitch * names.len() as f64;
        for tick in &self.x.ticks {
            let x = self.px(tick.value);
            canvas.line(&[(x, self.plot.top), (x, bottom)], Pen::new(GRID, 0.9))?;
            canvas.text(&tick.text, (x, bottom + 16.0), Anchor::Middle, Ink::plain(TICK).coloured(SOFT_INK))?;
        }
        let middle = f64::midpoint(self.plot.left, self.plot.right);
        canvas.text(&clean(label), (middle, bottom + 33.0), Anchor::Middle, Ink::plain(TICK))?;
        for (row, name) in names.iter().enumerate() {
            let name = elide_front(&clean(name), NAMES - 12.0);
            canvas.text(&name, (self.plot.left - 8.0, self.middle(row) + 4.0), Anchor::End, Ink::plain(BODY))?;
        }
        Ok(())
    }

    fn bar(&self, canvas: &Canvas<'_>, y: f64, thick: f64, ends: (f64, f64), colour: Rgb) -> Result<(), ChartError> {
        let (a, b) = (self.px(ends.0), self.px(ends.1));
        canvas.block(Rect { left: a.min(b), right: a.max(b), top: y - thick / 2.0, bottom: y + thick / 2.0 }, colour)
    }

    fn rule(&self, canvas: &Canvas<'_>, value: f64, rows: usize) -> Result<(), ChartError> {
        let x = self.px(value);
        canvas.line(&[(x, self.plot.top), (x, self.plot.top + self.pitch * rows as f64)], Pen::new(AXIS, 1.2))
    }
}

/// The end of a dotted key says most: what is cut is its beginning.
fn elide_front(text: &str, room: f64) -> String {
    if width(text, BODY, false) <= room {
        return text.to_owned();
    }
    let reversed: String = text.chars().rev().collect();
    elide(&reversed, BODY, false, room).chars().rev().collect()
}

impl Tornado {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a value cannot be shown.
    pub fn svg(&self) -> Result<String, ChartError> {
        let swings = &self.swings[..self.swings.len().min(MOST)];
        check_values("centre", &[self.centre], plottable)?;
        for swing in swings {
            check_values(&swing.name, &[swing.low, swing.high], plottable)?;
        }
        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let ends = [LOW, HIGH].into_iter().zip(&self.ends);
            let legend: Vec<Entry> = ends.map(|(colour, name)| Entry::new(Sample::Area(colour), name)).collect();
            let space = legend_top(canvas, space, &legend)?;
            let values = || swings.iter().flat_map(|swing| [swing.low, swing.high]).chain([self.centre]);
            let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
            let rows = Rows::new(space, Axis::values(low, high), swings.len());
            let names: Vec<&str> = swings.iter().map(|swing| swing.name.as_str()).collect();
            rows.back(canvas, &self.x_label, &names)?;
            for (row, swing) in swings.iter().enumerate() {
                // Each end from the centre on, the further one first: both are seen where they lie on the same side.
                let mut ends = [(swing.low, LOW), (swing.high, HIGH)];
                ends.sort_by(|a, b| (b.0 - self.centre).abs().total_cmp(&(a.0 - self.centre).abs()));
                for (place, (end, colour)) in ends.into_iter().enumerate() {
                    let thick = rows.pitch * if place == 0 { 0.62 } else { 0.42 };
                    rows.bar(canvas, rows.middle(row), thick, (self.centre, end), colour)?;
                }
            }
            rows.rule(canvas, self.centre, swings.len())
        })
    }
}

impl PairedBars {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a value cannot be shown.
    pub fn svg(&self) -> Result<String, ChartError> {
        let shown = &self.rows[..self.rows.len().min(MOST)];
        for (name, pair) in shown {
            let all: Vec<f64> = pair.iter().flat_map(|r| [r.value, r.low, r.high]).collect();
            check_values(name, &all, plottable)?;
        }
        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let kinds = [LOW, HIGH].into_iter().zip(&self.kinds);
            let legend: Vec<Entry> = kinds.map(|(colour, name)| Entry::new(Sample::Area(colour), name)).collect();
            let space = legend_top(canvas, space, &legend)?;
            let ends = || shown.iter().flat_map(|(_, pair)| pair.iter().flat_map(|r| [r.value, r.low, r.high]));
            let x = Axis::amounts(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), &FINE);
            let rows = Rows::new(space, x, shown.len());
            let names: Vec<&str> = shown.iter().map(|(name, _)| name.as_str()).collect();
            rows.back(canvas, &self.x_label, &names)?;
            for (row, (_, pair)) in shown.iter().enumerate() {
                for (place, (ranged, colour)) in pair.iter().zip([LOW, HIGH]).enumerate() {
                    let y = rows.middle(row) + rows.pitch * if place == 0 { -0.19 } else { 0.19 };
                    rows.bar(canvas, y, rows.pitch * 0.32, (0.0, ranged.value), colour)?;
                    canvas.line(&[(rows.px(ranged.low), y), (rows.px(ranged.high), y)], Pen::new(INK, 1.1))?;
                }
            }
            rows.rule(canvas, 0.0, shown.len())
        })
    }
}
