//! A result that is not known: its median and the bands that hold most of it, over the years.

use super::ChartError;
use super::axis::{Axis, FINE};
use super::canvas::{Pen, Rect, draw};
use super::data::{check_length, check_values, check_x, plottable};
use super::layout::{Panel, X_LABEL_ROOM, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, year_width};
use super::legend::{Entry, Sample, legend_right};
use super::theme::{Rgb, SIZE};

/// The middle line; bands of the same hue, the paler the wider.
const MEDIAN: Rgb = Rgb(0x33, 0x22, 0x88);
const BANDS: [Rgb; 3] = [Rgb(0xDF, 0xDC, 0xEE), Rgb(0xB9, 0xB2, 0xDC), Rgb(0x93, 0x8A, 0xC8)];

/// Two quantiles and what lies between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Band {
    /// Name in the legend, such as "90 % of draws".
    pub name: String,
    /// Lower end, one value for each x.
    pub low: Vec<f64>,
    /// Upper end, one value for each x.
    pub high: Vec<f64>,
}

/// A median with its bands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fan {
    /// What the chart shows.
    pub title: String,
    /// Scenario, region, scope.
    pub subtitle: String,
    /// Label of the y axis with its unit.
    pub y_label: String,
    /// Years, rising.
    pub x: Vec<f64>,
    /// The middle line, one value for each x.
    pub median: Vec<f64>,
    /// Bands, the widest first.
    pub bands: Vec<Band>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
}

impl Fan {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a series does not match `x`, a value cannot be shown, or `x` does not rise.
    pub fn svg(&self) -> Result<String, ChartError> {
        check_x(&self.x)?;
        let all = || {
            let ends = self.bands.iter().flat_map(|band| [(&band.name, &band.low), (&band.name, &band.high)]);
            ends.map(|(name, values)| (name.as_str(), values)).chain([("median", &self.median)])
        };
        for (name, values) in all() {
            check_length(name, values.len(), self.x.len())?;
            check_values(name, values, plottable)?;
        }
        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let plot_top = space.top + Y_LABEL_ROOM;
            let median = Pen::new(MEDIAN, 2.4);
            let mut legend = vec![Entry::new(Sample::Line(median), "median")];
            let bands = || self.bands.iter().zip(BANDS);
            legend.extend(bands().rev().map(|(band, colour)| Entry::new(Sample::Area(colour), &band.name)));
            let space = legend_right(canvas, space, plot_top, &legend)?;
            let values = || all().flat_map(|(_, values)| values.iter().copied());
            let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
            let y = Axis::amounts(low, high, &FINE).with_headroom(high);
            let plot = Rect {
                left: space.left + gutter(&y),
                top: plot_top,
                right: space.right,
                bottom: space.bottom - YEARS_ROOM - X_LABEL_ROOM,
            };
            let x = Axis::years(self.x.iter().copied(), plot.width(), year_width());
            let panel = Panel { plot, x, y, left: space.left };
            panel.draw_back(canvas, &self.y_label, "", true)?;
            let places = |values: &[f64]| -> Vec<(f64, f64)> {
                self.x.iter().zip(values).map(|(x, y)| (panel.px(*x), panel.py(*y))).collect()
            };
            for (band, colour) in bands() {
                let outline: Vec<(f64, f64)> =
                    places(&band.high).into_iter().chain(places(&band.low).into_iter().rev()).collect();
                canvas.area(&outline, colour)?;
            }
            panel.draw_front(canvas, true)?;
            if self.x.is_empty() {
                return panel.draw_nothing(canvas);
            }
            canvas.line(&places(&self.median), median)
        })
    }
}
