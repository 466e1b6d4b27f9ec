//! Series as lines over the years or over any other number.

use super::ChartError;
use super::axis::{Axis, FINE};
use super::canvas::{Pen, Rect, draw};
use super::data::{Series, check_length, check_values, check_x, plottable};
use super::layout::{Panel, X_LABEL_ROOM, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, told, year_told, year_width};
use super::legend::{Entry, Sample, legend_right, point};
use super::theme::{Palette, SIZE};
use serde::{Deserialize, Serialize};

/// One line of a [`Lines`] chart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Name and values; a NaN is a gap in the line.
    pub series: Series,
    /// Drawn dashed: a target, a reference, another's result.
    pub dashed: bool,
}

impl From<Series> for Line {
    fn from(series: Series) -> Self {
        Self { series, dashed: false }
    }
}

/// Several series as lines on one scale.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// What the chart shows.
    pub title: String,
    /// Scenario, region, scope.
    pub subtitle: String,
    /// Label of the x axis, such as "Year" or "Age (years)".
    pub x_label: String,
    /// Label of the y axis with its unit.
    pub y_label: String,
    /// Places of the values, rising.
    pub x: Vec<f64>,
    /// The lines, in the order of the legend.
    pub lines: Vec<Line>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// Colours by name; the default colours by order.
    pub palette: Palette,
    /// Lets the y axis start above zero: for prices and for shares close to one. Off by default.
    pub y_may_start_above_zero: bool,
    /// The y axis reaches at least this far: gives charts of several scenarios one scale.
    pub y_at_least: Option<f64>,
}

impl Lines {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a series does not match `x`, a value is infinite, or `x` does not rise.
    pub fn svg(&self) -> Result<String, ChartError> {
        check_x(&self.x)?;
        for Line { series, .. } in &self.lines {
            check_length(&series.name, series.values.len(), self.x.len())?;
            check_values(&series.name, &series.values, |v| v.is_nan() || plottable(v))?;
        }
        let colours = self.palette.resolve(self.lines.iter().map(|l| l.series.name.as_str()));
        let pens: Vec<Pen> =
            self.lines.iter().zip(colours).map(|(line, colour)| Pen::new(colour, 2.2).dashed(line.dashed)).collect();

        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let plot_top = space.top + Y_LABEL_ROOM;
            let legend: Vec<Entry> = self
                .lines
                .iter()
                .zip(&pens)
                .map(|(line, pen)| Entry::new(Sample::Line(*pen), &line.series.name))
                .collect();
            let space = legend_right(canvas, space, plot_top, &legend)?;

            let y = self.y_axis();
            let x_label_room = if self.x_label.is_empty() { 0.0 } else { X_LABEL_ROOM };
            let plot = Rect {
                left: space.left + gutter(&y),
                top: plot_top,
                right: space.right,
                bottom: space.bottom - YEARS_ROOM - x_label_room,
            };
            let panel = Panel { plot, x: self.x_axis(plot.width()), y, left: space.left };
            panel.draw_back(canvas, &self.y_label, &self.x_label, true)?;
            panel.draw_front(canvas, true)?;
            let mut anything = false;
            for (Line { series, .. }, pen) in self.lines.iter().zip(&pens) {
                let places = self.x.iter().zip(&series.values);
                let points: Vec<(f64, f64)> = places.map(|(x, y)| (panel.px(*x), panel.py(*y))).collect();
                for run in points.split(|(_, y)| y.is_nan()) {
                    match run {
                        [] => {}
                        // A value between two gaps has no line to be part of.
                        [only] => point(canvas, *only, pen.colour)?,
                        _ => canvas.line(run, *pen)?,
                    }
                    anything |= !run.is_empty();
                }
            }
            panel.hover(canvas, &self.x, |at| self.told(at));
            if anything { Ok(()) } else { panel.draw_nothing(canvas) }
        })
    }

    /// The values at an x in words, in the order of the legend.
    fn told(&self, at: usize) -> String {
        let value = |line: &Line| line.series.values.get(at).copied().unwrap_or(f64::NAN);
        let x = self.x.get(at).map_or(String::new(), |x| year_told(*x));
        told(&x, self.lines.iter().rev().map(|line| (line.series.name.as_str(), value(line))), &self.y_label)
    }

    fn y_axis(&self) -> Axis {
        let values = || {
            let all = self.lines.iter().flat_map(|l| l.series.values.iter().copied());
            all.filter(|v| v.is_finite()).chain(self.y_at_least.filter(|y| plottable(*y)))
        };
        let low = values().reduce(f64::min).unwrap_or(0.0);
        let high = values().reduce(f64::max).unwrap_or(0.0);
        if self.y_may_start_above_zero {
            Axis::values(low, high).with_headroom(high)
        } else {
            Axis::amounts(low, high, &FINE).with_headroom(high)
        }
    }

    /// Whole numbers where the range holds some, as for years and ages; else a plain axis of numbers.
    fn x_axis(&self, room: f64) -> Axis {
        let first = self.x.first().copied().unwrap_or(0.0);
        let last = self.x.last().copied().unwrap_or(0.0);
        if last - first >= 2.0 || last - first <= 0.0 {
            Axis::years(self.x.iter().copied(), room, year_width())
        } else {
            Axis::values(first, last)
        }
    }
}
