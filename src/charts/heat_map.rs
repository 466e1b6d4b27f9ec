//! Squares by row and year: what is met, what is missed and how far.

use super::canvas::{Anchor, Canvas, Ink, Pen, Rect, draw};
use super::layout::{X_LABEL_ROOM, YEARS_ROOM, frame, year_width};
use super::legend::{Entry, Sample, legend_top};
use super::text::{clean, elide, width};
use super::theme::{BODY, GRID, MARGIN, PAPER, SIZE, SMALL, SOFT_INK, TICK};
use super::{ChartError, Rgb};
use serde::{Deserialize, Serialize};

/// Height of a row.
const ROW: f64 = 19.0;
/// Least height of the picture.
const LEAST: f64 = 300.0;
/// Room for the names of the rows and for what is said at their ends.
const NAMES: f64 = 160.0;
const NOTES: f64 = 200.0;

/// Met, and missed by little to much: teal against three steps of rose that differ in lightness.
const MET: Rgb = Rgb(0x44, 0xAA, 0x99);
const MISSED: [(f64, &str, Rgb); 3] = [
    (0.05, "missed by less than 5 %", Rgb(0xF0, 0xC5, 0xCB)),
    (0.25, "by 5 to 25 %", Rgb(0xCC, 0x66, 0x77)),
    (f64::INFINITY, "by more", Rgb(0x88, 0x22, 0x55)),
];
const NOTHING: Rgb = Rgb(0xF1, 0xF3, 0xF4);

/// A row of a [`HeatMap`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HeatRow {
    /// Its name.
    pub name: String,
    /// What stands at its end.
    pub note: String,
    /// For each year how much is missing as a share of what is asked for, 0 where it is met; none: not asked.
    pub cells: Vec<Option<f64>>,
}

/// Rows of squares over the years.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// What the chart shows.
    pub title: String,
    /// Scenario, region, scope.
    pub subtitle: String,
    /// What stands above the notes at the ends of the rows.
    pub notes: String,
    /// Years, rising.
    pub x: Vec<i32>,
    /// The rows, the first at the top.
    pub rows: Vec<HeatRow>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// What the chart itself says, in another language: as [`HeatMap::WORDS`]; empty: as they are.
    #[serde(default)]
    pub words: Vec<String>,
}

fn colour(cell: Option<f64>) -> Rgb {
    match cell {
        None => NOTHING,
        Some(missing) if missing <= 0.0 => MET,
        Some(missing) => MISSED.iter().find(|(most, ..)| missing < *most).map_or(MISSED[2].2, |(_, _, colour)| *colour),
    }
}

impl HeatMap {
    /// What the colours mean, and what stands where there is nothing.
    pub const WORDS: [&'static str; 6] = ["met", MISSED[0].1, MISSED[1].1, MISSED[2].1, "nothing to judge", "no data"];

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or(Self::WORDS[at], String::as_str)
    }

    /// The chart as SVG; it grows downwards with its rows.
    ///
    /// # Errors
    /// If a row does not have a cell for each year, or a cell is not finite.
    pub fn svg(&self) -> Result<String, ChartError> {
        for row in &self.rows {
            if row.cells.len() != self.x.len() {
                let (found, expected) = (row.cells.len(), self.x.len());
                return Err(ChartError::Length { series: row.name.clone(), found, expected });
            }
            if let Some((index, Some(value))) =
                row.cells.iter().copied().enumerate().find(|(_, cell)| cell.is_some_and(|value| !value.is_finite()))
            {
                return Err(ChartError::Value { series: row.name.clone(), index, value });
            }
        }
        #[allow(clippy::cast_precision_loss)] // a count of rows
        let height = (196.0 + ROW * self.rows.len() as f64).max(LEAST);
        draw((SIZE.0, height), &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, height)?;
            let colours = [MET, MISSED[0].2, MISSED[1].2, MISSED[2].2, NOTHING];
            let entries = colours.iter().enumerate();
            let entries: Vec<Entry> =
                entries.map(|(at, colour)| Entry::new(Sample::Area(*colour), self.word(at))).collect();
            let space = legend_top(canvas, space, &entries)?;
            let plot = Rect {
                left: MARGIN + NAMES,
                top: space.top + X_LABEL_ROOM,
                right: space.right - NOTES,
                bottom: space.bottom - YEARS_ROOM,
            };
            self.squares(canvas, plot)
        })
    }

    fn squares(&self, canvas: &Canvas, plot: Rect) -> Result<(), ChartError> {
        if self.rows.is_empty() || self.x.is_empty() {
            let middle = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
            return canvas.text(self.word(5), middle, Anchor::Middle, Ink::plain(BODY).coloured(SOFT_INK));
        }
        #[allow(clippy::cast_precision_loss)] // a count of years
        let wide = plot.width() / self.x.len() as f64;
        let notes = elide(&clean(&self.notes), SMALL, false, NOTES - 12.0);
        let soft = Ink::plain(SMALL).coloured(SOFT_INK);
        canvas.text(&notes, (plot.right + 12.0, plot.top - 6.0), Anchor::Start, soft)?;
        let mut top = plot.top;
        for row in &self.rows {
            let baseline = top + ROW * 0.5 + 4.0;
            let name = elide(&clean(&row.name), BODY, false, NAMES - 10.0);
            canvas.text(&name, (plot.left - 10.0, baseline), Anchor::End, Ink::plain(BODY))?;
            let mut left = plot.left;
            for cell in &row.cells {
                let square = Rect { left, top, right: left + wide, bottom: top + ROW };
                canvas.block(square, colour(*cell))?;
                left += wide;
            }
            let note = elide(&clean(&row.note), SMALL, false, NOTES - 12.0);
            canvas.text(&note, (plot.right + 12.0, baseline - 0.5), Anchor::Start, soft)?;
            top += ROW;
        }
        // White seams over all: squares side by side of one colour stay squares.
        let mut left = plot.left;
        for _ in 0..=self.x.len() {
            canvas.line(&[(left, plot.top), (left, top)], Pen::new(PAPER, 1.0))?;
            left += wide;
        }
        let mut seam = plot.top;
        for _ in 0..=self.rows.len() {
            canvas.line(&[(plot.left, seam), (plot.right, seam)], Pen::new(PAPER, 2.0))?;
            seam += ROW;
        }
        self.hover(canvas, plot, wide);
        self.years(canvas, plot, top, wide)
    }

    /// Each square that is judged tells what it is of, and how much of what is asked for is missing.
    fn hover(&self, canvas: &Canvas, plot: Rect, wide: f64) {
        let mut top = plot.top;
        for row in &self.rows {
            let mut left = plot.left;
            for (year, cell) in self.x.iter().zip(&row.cells) {
                let (right, bottom) = (left + wide, top + ROW);
                if let Some(missing) = cell {
                    let said =
                        if *missing <= 0.0 { self.word(0).to_owned() } else { format!("−{:.1} %", missing * 100.0) };
                    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
                    canvas.hover(&corners, &format!("{year}: {}, {said}", row.name));
                }
                left = right;
            }
            top += ROW;
        }
    }

    /// Round years under their squares, as many as fit.
    fn years(&self, canvas: &Canvas, plot: Rect, bottom: f64, wide: f64) -> Result<(), ChartError> {
        let room = width("2050", TICK, false).max(year_width()) + 12.0;
        let every = [1, 2, 5, 10, 20].into_iter().find(|every| f64::from(*every) * wide >= room).unwrap_or(50);
        let mut left = plot.left;
        for year in &self.x {
            if year % every == 0 {
                let middle = left + wide / 2.0;
                canvas.line(&[(middle, bottom), (middle, bottom + 4.0)], Pen::new(GRID, 1.0))?;
                let ink = Ink::plain(TICK).coloured(SOFT_INK);
                canvas.text(&year.to_string(), (middle, bottom + 17.0), Anchor::Middle, ink)?;
            }
            left += wide;
        }
        Ok(())
    }
}
