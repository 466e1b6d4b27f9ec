//! The way from one value to another: what each step adds or takes.

use super::ChartError;
use super::axis::{Axis, FINE};
use super::canvas::{Anchor, Ink, Pen, Rect, draw};
use super::data::plottable;
use super::layout::frame;
use super::text::{amount, clean, elide, width};
use super::theme::{AXIS, BODY, GRID, Rgb, SIZE, SMALL, SOFT_INK, TICK};
use serde::{Deserialize, Serialize};

/// A step of a [`Waterfall`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WaterfallStep {
    /// What it is.
    pub name: String,
    /// What it adds; negative if it takes.
    pub adds: f64,
}

/// Two values and what lies between them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// What the chart shows.
    pub title: String,
    /// From where to where.
    pub subtitle: String,
    /// Unit of the values.
    pub unit: String,
    /// Name and value at the beginning.
    pub from: (String, f64),
    /// Name and value at the end.
    pub to: (String, f64),
    /// The steps, in their order.
    pub steps: Vec<WaterfallStep>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
}

const TOTAL: Rgb = Rgb(0x66, 0x6D, 0x74);
const MORE: Rgb = Rgb(0x44, 0xAA, 0x99);
const LESS: Rgb = Rgb(0xCC, 0x66, 0x77);
/// Height of a step with the room after it.
const PITCH: f64 = 30.0;
const NAMES: f64 = 260.0;

impl Waterfall {
    /// The chart as SVG; as high as it has steps.
    ///
    /// # Errors
    /// If a value is not finite.
    pub fn svg(&self) -> Result<String, ChartError> {
        let values = [self.from.1, self.to.1].into_iter().chain(self.steps.iter().map(|step| step.adds));
        if let Some((index, value)) = values.enumerate().find(|(_, value)| !plottable(*value)) {
            return Err(ChartError::Value { series: self.title.clone(), index, value });
        }
        // Name, beginning, end and whether it is a total.
        let mut bars: Vec<(&str, f64, f64, bool)> = vec![(&self.from.0, 0.0, self.from.1, true)];
        let mut at = self.from.1;
        for step in &self.steps {
            bars.push((&step.name, at, at + step.adds, false));
            at += step.adds;
        }
        bars.push((&self.to.0, 0.0, self.to.1, true));
        let height = 150.0 + PITCH * bars.len() as f64;
        draw((SIZE.0, height), &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, height)?;
            let low = bars.iter().flat_map(|bar| [bar.1, bar.2]).fold(0.0, f64::min);
            let high = bars.iter().flat_map(|bar| [bar.1, bar.2]).fold(0.0, f64::max);
            let axis = Axis::amounts(low, high, &FINE);
            let (left, right) = (space.left + NAMES, space.right - 90.0);
            let x = |value: f64| axis.place(value, left, right);
            for tick in &axis.ticks {
                canvas
                    .line(&[(x(tick.value), space.top + 18.0), (x(tick.value), space.bottom)], Pen::new(GRID, 0.9))?;
                let ink = Ink::plain(TICK).coloured(SOFT_INK);
                canvas.text(&tick.text, (x(tick.value), space.top + 12.0), Anchor::Middle, ink)?;
            }
            let unit = elide(&clean(&self.unit), TICK, false, NAMES - 40.0);
            canvas.text(&unit, (space.left, space.top + 12.0), Anchor::Start, Ink::plain(TICK))?;
            let mut top = space.top + 26.0;
            for (name, begin, end, total) in &bars {
                let colour = if *total {
                    TOTAL
                } else if end >= begin {
                    MORE
                } else {
                    LESS
                };
                let (from, to) = (x(begin.min(*end)), x(begin.max(*end)));
                let middle = top + PITCH / 2.0 - 3.0;
                canvas.block(Rect { left: from, top, right: to.max(from + 1.0), bottom: top + PITCH - 8.0 }, colour)?;
                let name = elide(&clean(name), BODY, false, NAMES - 12.0);
                canvas.text(&name, (left - 10.0, middle + 2.0), Anchor::End, Ink::plain(BODY))?;
                let value = if *total { *end } else { end - begin };
                let sign = if !*total && value > 0.0 { "+" } else { "" };
                let told = format!("{sign}{}", amount(value));
                canvas.text(&told, (to + 6.0, middle + 2.0), Anchor::Start, Ink::plain(SMALL))?;
                let across = to + 6.0 + width(&told, SMALL, false);
                let strip = [(space.left, top), (across, top), (across, top + PITCH), (space.left, top + PITCH)];
                canvas.hover(&strip, &format!("{name}: {told} {}", self.unit));
                top += PITCH;
            }
            canvas.line(&[(x(0.0), space.top + 18.0), (x(0.0), top)], Pen::new(AXIS, 1.1))
        })
    }
}
