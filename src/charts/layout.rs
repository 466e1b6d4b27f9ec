//! What all charts share: title and footnote, and panels with axes.

use super::ChartError;
use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Ink, Pen, Rect};
use super::text::{amount, clean, elide, width, wrap};
use super::theme::{AXIS, BODY, GRID, INK, MARGIN, PAPER, Rgb, SIZE, SMALL, SOFT_INK, SUBTITLE, TICK, TITLE};

/// Draws title, subtitle and footnote and returns the space left between them.
pub(super) fn frame(
    canvas: &Canvas,
    title: &str,
    subtitle: &str,
    footnote: &str,
    height: f64,
) -> Result<Rect, ChartError> {
    let room = SIZE.0 - 2.0 * MARGIN;
    let mut baseline = MARGIN + 13.0;
    let title = elide(&clean(title), TITLE, true, room);
    canvas.text(&title, (MARGIN, baseline), Anchor::Start, Ink::plain(TITLE).bold())?;
    for line in wrap(&clean(subtitle), SUBTITLE, room, 2) {
        baseline += if baseline < MARGIN + 14.0 { 20.0 } else { 16.0 };
        canvas.text(&line, (MARGIN, baseline), Anchor::Start, Ink::plain(SUBTITLE).coloured(SOFT_INK))?;
    }
    let top = baseline + 14.0;

    let lines = wrap(&clean(footnote), SMALL, room, 4);
    let mut baseline = height - 16.0;
    for line in lines.iter().rev() {
        canvas.text(line, (MARGIN, baseline), Anchor::Start, Ink::plain(SMALL).coloured(SOFT_INK))?;
        baseline -= 14.0;
    }
    let bottom = if lines.is_empty() { height - MARGIN } else { baseline - 6.0 };
    Ok(Rect { left: MARGIN, top, right: SIZE.0 - MARGIN, bottom })
}

/// A plot area and its two axes.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub plot: Rect,
    pub x: Axis,
    pub y: Axis,
    /// Where the label of the y axis begins: the left edge of all that belongs to the panel.
    pub left: f64,
}

/// Room the numbers of a y axis need at the left of a plot.
pub(super) fn gutter(y: &Axis) -> f64 {
    let widest = y.ticks.iter().map(|t| width(&t.text, TICK, false)).fold(0.0, f64::max);
    widest + 7.0
}

/// Room a panel needs above its plot for the label of its y axis.
pub(super) const Y_LABEL_ROOM: f64 = 24.0;
/// Room below a plot for years, and for the label of the x axis if there is one.
pub(super) const YEARS_ROOM: f64 = 20.0;
pub(super) const X_LABEL_ROOM: f64 = 18.0;

/// Room a year needs on an axis.
pub(super) fn year_width() -> f64 {
    width("2050", TICK, false)
}

impl Panel {
    /// Where a value of x lies, in pixels.
    pub fn px(&self, value: f64) -> f64 {
        self.x.place(value, self.plot.left, self.plot.right)
    }

    /// Where a value of y lies, in pixels.
    pub fn py(&self, value: f64) -> f64 {
        self.y.place(value, self.plot.bottom, self.plot.top)
    }

    /// Gridlines, numbers and labels: drawn first. An empty `x_label` draws none.
    pub fn draw_back(&self, canvas: &Canvas, y_label: &str, x_label: &str, with_years: bool) -> Result<(), ChartError> {
        let Rect { left, top, right, bottom } = self.plot;
        for tick in &self.y.ticks {
            let y = self.py(tick.value);
            canvas.line(&[(left, y), (right, y)], Pen::new(GRID, 0.9))?;
            let ink = Ink::plain(TICK).coloured(SOFT_INK);
            canvas.text(&tick.text, (left - 7.0, y + 4.0), Anchor::End, ink)?;
        }
        for tick in &self.x.ticks {
            let x = self.px(tick.value);
            canvas.line(&[(x, top), (x, bottom)], Pen::new(GRID, 0.5))?;
            if with_years {
                let ink = Ink::plain(TICK).coloured(SOFT_INK);
                canvas.text(&tick.text, (x, bottom + 17.0), Anchor::Middle, ink)?;
            }
        }
        // The y label stands above the numbers it belongs to: read without turning the head.
        let label = elide(&clean(y_label), TICK, false, right - self.left);
        canvas.text(&label, (self.left, top - 13.0), Anchor::Start, Ink::plain(TICK))?;
        let label = elide(&clean(x_label), TICK, false, right - left);
        canvas.text(&label, (f64::midpoint(left, right), bottom + 34.0), Anchor::Middle, Ink::plain(TICK))
    }

    /// Faint gridlines over filled areas, and the baseline with its year marks: drawn last.
    pub fn draw_front(&self, canvas: &Canvas, with_years: bool) -> Result<(), ChartError> {
        let Rect { left, right, bottom, .. } = self.plot;
        for tick in &self.y.ticks {
            let y = self.py(tick.value);
            canvas.line(&[(left, y), (right, y)], Pen::new(PAPER, 0.8).alpha(0.3))?;
        }
        canvas.line(&[(left, bottom), (right, bottom)], Pen::new(GRID, 0.9))?;
        let zero = self.py(0.0_f64.clamp(self.y.from, self.y.to));
        canvas.line(&[(left, zero), (right, zero)], Pen::new(AXIS, 1.1))?;
        if with_years {
            for tick in &self.x.ticks {
                let x = self.px(tick.value);
                canvas.line(&[(x, bottom), (x, bottom + 4.0)], Pen::new(AXIS, 1.0))?;
            }
        }
        Ok(())
    }

    /// Makes the strip around each x tell its values.
    pub fn hover(&self, canvas: &Canvas, xs: &[f64], told: impl Fn(usize) -> String) {
        let Rect { left, top, right, bottom } = self.plot;
        for (at, x) in xs.iter().enumerate() {
            let half = |other: Option<&f64>, edge: f64| {
                other.map_or(edge, |other| self.px(f64::midpoint(*x, *other))).clamp(left, right)
            };
            let from = half(at.checked_sub(1).and_then(|before| xs.get(before)), left);
            let to = half(xs.get(at + 1), right);
            canvas.hover(&[(from, top), (to, top), (to, bottom), (from, bottom)], &told(at));
        }
    }

    /// Says so where there is nothing to draw.
    pub fn draw_nothing(&self, canvas: &Canvas) -> Result<(), ChartError> {
        let middle = (f64::midpoint(self.plot.left, self.plot.right), f64::midpoint(self.plot.top, self.plot.bottom));
        // Blank paper under the words: gridlines would run through them.
        let (x, y) = middle;
        canvas.block(Rect { left: x - 32.0, top: y - 14.0, right: x + 32.0, bottom: y + 8.0 }, PAPER)?;
        canvas.text("no data", middle, Anchor::Middle, Ink::plain(BODY).coloured(SOFT_INK))
    }

    /// Stacked layers: the values of each, lowest first, at the places `xs`.
    pub fn draw_stack(
        &self,
        canvas: &Canvas,
        xs: &[f64],
        layers: &[Vec<f64>],
        colours: &[Rgb],
        seams: bool,
    ) -> Result<(), ChartError> {
        let (Some(first), Some(last)) = (xs.first(), xs.last()) else {
            return Ok(());
        };
        let base = self.py(0.0);
        let tops = running_sums(layers);
        // Painted from the whole stack downwards, each over the last: no hairline gaps between neighbours.
        for (at, (top, colour)) in tops.iter().zip(colours).enumerate().rev() {
            let edge: Vec<_> = xs.iter().zip(top).map(|(x, y)| (self.px(*x), self.py(*y))).collect();
            let mut outline = edge.clone();
            outline.push((self.px(*last), base));
            outline.push((self.px(*first), base));
            canvas.area(&outline, *colour)?;
            if seams && at + 1 < tops.len() {
                canvas.line(&edge, Pen::new(PAPER, 0.6).alpha(0.75))?;
            }
        }
        Ok(())
    }
}

/// A place on the x axis and the values there in words, the last series first, as they are stacked.
pub(super) fn told<'a>(x: &str, series: impl DoubleEndedIterator<Item = (&'a str, f64)>, unit: &str) -> String {
    let values =
        series.rev().filter(|(_, value)| value.is_finite()).map(|(name, value)| format!("{name} {}", amount(value)));
    format!("{x}: {} {unit}", values.collect::<Vec<_>>().join(", "))
}

/// A place on an axis of years in words: `2030`, or `2030-07` within a year.
pub(super) fn year_told(x: f64) -> String {
    let months = ((x - x.floor()) * 12.0).round();
    if months == 0.0 || months == 12.0 {
        format!("{}", x.round())
    } else {
        format!("{}-{:02}", x.floor(), months + 1.0)
    }
}

/// Layer k of the result is the sum of the layers up to k.
pub(super) fn running_sums(layers: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = Vec::with_capacity(layers.len());
    for layer in layers {
        let sum = match sums.last() {
            Some(below) => below.iter().zip(layer).map(|(a, b)| a + b).collect(),
            None => layer.clone(),
        };
        sums.push(sum);
    }
    sums
}

/// The ink of texts within a plot.
pub(super) fn note_ink() -> Ink {
    Ink::plain(SMALL).coloured(INK)
}
