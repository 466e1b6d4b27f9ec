//! Stacked areas over the years, with published estimates as points beside them.

use super::axis::{Axis, FINE};
use super::canvas::{Anchor, Canvas, Pen, Rect, draw};
use super::data::{Series, area_points, largest, plottable};
use super::layout::{
    Panel, X_LABEL_ROOM, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, note_ink, running_sums, told, year_told, year_width,
};
use super::legend::{Entry, Sample, legend_right, point};
use super::text::{clean, elide, width};
use super::theme::{INK, Palette, SIZE, SMALL};
use super::{ChartError, Rgb};
use serde::{Deserialize, Serialize};

/// A published value to set beside the areas.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Year it speaks of.
    pub x: f64,
    /// The value, in the unit of the areas.
    pub y: f64,
    /// Lower end of its range, if it gives one.
    pub low: Option<f64>,
    /// Upper end of its range, if it gives one.
    pub high: Option<f64>,
    /// Whose it is; drawn beside the point where there is room, else left out. May be empty.
    pub label: String,
}

/// Amounts by kind over the years, stacked from zero: stock in use by chemistry, retired packs by fate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StackedArea {
    /// What the chart shows.
    pub title: String,
    /// Scenario, region, scope.
    pub subtitle: String,
    /// Label of the x axis, such as "Year".
    pub x_label: String,
    /// Label of the y axis with its unit, such as "Retired packs (kt/yr)".
    pub y_label: String,
    /// Years, rising.
    pub x: Vec<f64>,
    /// Layers, the lowest first; none negative.
    pub layers: Vec<Series>,
    /// Published values; several in a year are joined by a line from the lowest to the highest.
    pub marks: Vec<Mark>,
    /// Name of the marks in the legend, such as "published estimates".
    pub marks_name: String,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// Colours by name; the default colours by order.
    pub palette: Palette,
    /// The y axis reaches at least this far: gives charts of several scenarios one scale.
    pub y_at_least: Option<f64>,
}

impl StackedArea {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a series does not match `x`, a value is not finite or is negative, or `x` does not rise.
    pub fn svg(&self) -> Result<String, ChartError> {
        let (xs, layers) = area_points(&self.x, &self.layers)?;
        self.check_marks()?;
        let totals = running_sums(&layers).pop().unwrap_or_default();
        let colours = self.palette.resolve(self.layers.iter().map(|l| l.name.as_str()));

        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let plot_top = space.top + Y_LABEL_ROOM;
            let space = legend_right(canvas, space, plot_top, &self.legend(&colours))?;

            let above = self.marks.iter().map(|m| m.high.unwrap_or(m.y).max(m.y));
            let most = largest(totals.iter().copied().chain(above).chain(self.y_at_least.filter(|y| plottable(*y))));
            let y = Axis::amounts(0.0, most, &FINE);
            let y = if self.marks.is_empty() { y } else { y.with_headroom(most) };
            let x_label_room = if self.x_label.is_empty() { 0.0 } else { X_LABEL_ROOM };
            let plot = Rect {
                left: space.left + gutter(&y),
                top: plot_top,
                right: space.right,
                bottom: space.bottom - YEARS_ROOM - x_label_room,
            };
            let places = self.x.iter().copied().chain(self.marks.iter().map(|m| m.x));
            let panel = Panel { plot, x: Axis::years(places, plot.width(), year_width()), y, left: space.left };

            panel.draw_back(canvas, &self.y_label, &self.x_label, true)?;
            panel.draw_stack(canvas, &xs, &layers, &colours, true)?;
            panel.draw_front(canvas, true)?;
            if self.marks.is_empty() && (xs.is_empty() || layers.is_empty()) {
                panel.draw_nothing(canvas)?;
            }
            panel.hover(canvas, &self.x, |at| self.told(at));
            self.draw_marks(canvas, &panel, &xs, &totals)
        })
    }

    /// The values at an x in words.
    fn told(&self, at: usize) -> String {
        let value = |series: &Series| series.values.get(at).copied().unwrap_or(f64::NAN);
        let x = self.x.get(at).map_or(String::new(), |x| year_told(*x));
        told(&x, self.layers.iter().map(|layer| (layer.name.as_str(), value(layer))), &self.y_label)
    }

    fn check_marks(&self) -> Result<(), ChartError> {
        for (index, mark) in self.marks.iter().enumerate() {
            let numbers = [Some(mark.x), Some(mark.y), mark.low, mark.high];
            if let Some(value) = numbers.into_iter().flatten().find(|v| !plottable(*v)) {
                return Err(ChartError::Value { series: self.marks_name.clone(), index, value });
            }
        }
        Ok(())
    }

    fn legend(&self, colours: &[Rgb]) -> Vec<Entry> {
        let mut entries = Entry::stack(self.layers.iter().map(|l| l.name.as_str()), colours);
        if !self.marks.is_empty() {
            entries.push(Entry::new(Sample::Points(INK), &self.marks_name));
        }
        entries
    }

    fn draw_marks(&self, canvas: &Canvas, panel: &Panel, xs: &[f64], totals: &[f64]) -> Result<(), ChartError> {
        let mut taken: Vec<Rect> = Vec::new();
        for (at, mark) in self.marks.iter().enumerate() {
            let same_year = || self.marks.iter().filter(|m| m.x.to_bits() == mark.x.to_bits());
            let low = same_year().map(|m| m.low.unwrap_or(m.y).min(m.y)).fold(mark.y, f64::min);
            let high = same_year().map(|m| m.high.unwrap_or(m.y).max(m.y)).fold(mark.y, f64::max);
            let (x, top, bottom) = (panel.px(mark.x), panel.py(high), panel.py(low.max(0.0)));
            let first_of_year = !self.marks.iter().take(at).any(|m| m.x.to_bits() == mark.x.to_bits());
            if first_of_year && high > low {
                canvas.line(&[(x, top), (x, bottom)], Pen::new(INK, 1.2))?;
                taken.push(Rect { left: x - 2.0, top, right: x + 2.0, bottom });
            }
        }
        for mark in &self.marks {
            let (x, y) = (panel.px(mark.x), panel.py(mark.y.max(0.0)));
            point(canvas, (x, y), INK)?;
            taken.push(Rect { left: x - 5.0, top: y - 5.0, right: x + 5.0, bottom: y + 5.0 });
        }
        for mark in &self.marks {
            let text = elide(&clean(&mark.label), SMALL, false, 150.0);
            let wide = width(&text, SMALL, false);
            let (x, y) = (panel.px(mark.x), panel.py(mark.y.max(0.0)));
            // Left first: estimates speak of the future, and the past beside them is mostly empty paper.
            let spots = [(x - 8.0 - wide, y), (x + 8.0, y), (x - wide / 2.0, y - 11.0)];
            let boxes = spots.map(|(left, y)| Rect { left, top: y - 6.0, right: left + wide, bottom: y + 6.0 });
            let free = boxes.into_iter().find(|b| {
                b.left >= panel.plot.left
                    && b.right <= panel.plot.right
                    && b.bottom < panel.py(highest_between(xs, totals, panel, b.left, b.right)) - 2.0
                    && !taken.iter().any(|other| b.overlaps(other))
            });
            if let Some(spot) = free {
                canvas.text(&text, (spot.left, spot.bottom - 2.5), Anchor::Start, note_ink())?;
                taken.push(spot);
            }
        }
        Ok(())
    }
}

/// The highest total of the stack between two pixels, the neighbours outside included.
fn highest_between(xs: &[f64], totals: &[f64], panel: &Panel, left: f64, right: f64) -> f64 {
    let places: Vec<f64> = xs.iter().map(|x| panel.px(*x)).collect();
    let start = places.iter().rposition(|x| *x <= left).unwrap_or(0);
    let end = places.iter().position(|x| *x >= right).unwrap_or(places.len());
    largest(totals.iter().copied().take(end + 1).skip(start))
}
