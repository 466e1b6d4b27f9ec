//! Legends: a column beside a plot or lines above it, never over the data.

use super::ChartError;
use super::canvas::{Anchor, Canvas, Ink, Pen, Rect};
use super::text::{clean, elide, width};
use super::theme::{BODY, PAPER, Rgb, SOFT_INK};

/// Room for a legend's text before it is shortened.
const LEGEND_TEXT: f64 = 172.0;
/// Width of a legend's sample and the space after it.
const SAMPLE: f64 = 16.0;
const SAMPLE_GAP: f64 = 7.0;
/// Space between a plot and the legend beside it.
const LEGEND_GAP: f64 = 26.0;

/// The little picture in front of a legend's text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample {
    /// A filled area.
    Area(Rgb),
    /// A line.
    Line(Pen),
    /// An area with a line along its top.
    Edged(Rgb, Pen),
    /// Points on a range line.
    Points(Rgb),
    /// No picture: the heading of a group.
    Heading,
}

/// One line of a legend.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub sample: Sample,
    pub name: String,
}

impl Entry {
    pub fn new(sample: Sample, name: &str) -> Self {
        let mut name = clean(name);
        if name.is_empty() {
            name.push_str("(no name)");
        }
        Self { sample, name }
    }

    /// Entries of a stack, the top layer first, as the eye meets them.
    pub fn stack<'a>(names: impl DoubleEndedIterator<Item = &'a str>, colours: &[Rgb]) -> Vec<Self> {
        names.rev().zip(colours.iter().rev()).map(|(name, colour)| Self::new(Sample::Area(*colour), name)).collect()
    }

    /// Width of the entry when its text is no wider than the legend allows.
    fn width(&self) -> f64 {
        SAMPLE + SAMPLE_GAP + width(&self.name, BODY, false).min(LEGEND_TEXT)
    }
}

/// Draws a legend in a column at the right of `space`, from `top` down, and returns what remains at its left.
pub(super) fn legend_right(canvas: &Canvas, space: Rect, top: f64, entries: &[Entry]) -> Result<Rect, ChartError> {
    let Some(widest) = entries.iter().map(Entry::width).reduce(f64::max) else {
        return Ok(space);
    };
    // A column narrower than this would make charts of one report differ in width for no reason.
    let column = widest.max(96.0);
    let left = space.right - column;
    let gaps = entries.iter().filter(|e| matches!(e.sample, Sample::Heading)).count();
    let rows = entries.len() + gaps;
    #[allow(clippy::cast_precision_loss)] // a count of legend rows
    let pitch = ((space.bottom - top) / rows as f64).clamp(13.0, 20.0);
    let mut y = top;
    for (at, entry) in entries.iter().enumerate() {
        if matches!(entry.sample, Sample::Heading) && at > 0 {
            y += pitch * 0.7;
        }
        if y + 2.0 * pitch > space.bottom && at + 1 < entries.len() {
            let more = format!("and {} more", entries.len() - at);
            let ink = Ink::plain(BODY).coloured(SOFT_INK);
            canvas.text(&more, (left, y + pitch * 0.5 + 4.0), Anchor::Start, ink)?;
            break;
        }
        draw_entry(canvas, entry, (left, y + pitch * 0.5), LEGEND_TEXT)?;
        y += pitch;
    }
    Ok(Rect { right: left - LEGEND_GAP, ..space })
}

/// Draws a legend in lines at the top of `space` and returns what remains below it.
pub(super) fn legend_top(canvas: &Canvas, space: Rect, entries: &[Entry]) -> Result<Rect, ChartError> {
    if entries.is_empty() {
        return Ok(space);
    }
    let pitch = 19.0;
    let most = 4;
    let mut line = 1;
    let (mut x, mut y) = (space.left, space.top + pitch * 0.5);
    for (at, entry) in entries.iter().enumerate() {
        let wide = entry.width();
        if x > space.left && x + wide > space.right {
            line += 1;
            x = space.left;
            y += pitch;
        }
        if line == most && at + 1 < entries.len() && x + wide + 120.0 > space.right {
            let more = format!("and {} more", entries.len() - at);
            canvas.text(&more, (x, y + 4.0), Anchor::Start, Ink::plain(BODY).coloured(SOFT_INK))?;
            break;
        }
        draw_entry(canvas, entry, (x, y), LEGEND_TEXT)?;
        x += wide + 22.0;
    }
    Ok(Rect { top: y + pitch * 0.5 + 8.0, ..space })
}

/// Draws one entry; the point is its left edge and its middle height.
fn draw_entry(canvas: &Canvas, entry: &Entry, (x, y): (f64, f64), room: f64) -> Result<(), ChartError> {
    let middle = x + SAMPLE / 2.0;
    match entry.sample {
        Sample::Area(colour) => {
            let left = x + 2.0;
            canvas.block(Rect { left, top: y - 5.5, right: left + 12.0, bottom: y + 5.5 }, colour)?;
        }
        Sample::Edged(colour, pen) => {
            let (left, right) = (x + 2.0, x + 14.0);
            canvas.block(Rect { left, top: y - 5.0, right, bottom: y + 5.5 }, colour)?;
            canvas.line(&[(left, y - 5.0), (right, y - 5.0)], pen)?;
        }
        Sample::Line(pen) => canvas.line(&[(x, y), (x + SAMPLE, y)], pen)?,
        Sample::Points(colour) => {
            canvas.line(&[(middle, y - 7.0), (middle, y + 7.0)], Pen::new(colour, 1.2))?;
            point(canvas, (middle, y), colour)?;
        }
        Sample::Heading => {
            let name = elide(&entry.name, BODY, true, room + SAMPLE);
            return canvas.text(&name, (x, y + 4.0), Anchor::Start, Ink::plain(BODY).bold());
        }
    }
    let name = elide(&entry.name, BODY, false, room);
    canvas.text(&name, (x + SAMPLE + SAMPLE_GAP, y + 4.2), Anchor::Start, Ink::plain(BODY))
}

/// A point with a white ring, so that it stands out on any colour.
pub(super) fn point(canvas: &Canvas, centre: (f64, f64), colour: Rgb) -> Result<(), ChartError> {
    canvas.dot(centre, 4.3, PAPER)?;
    canvas.dot(centre, 3.3, colour)
}
