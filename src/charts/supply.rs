//! Small stacks side by side, each on its own scale: demand met by primary and by recycled material.

use super::axis::{Axis, FINE};
use super::canvas::{Anchor, Canvas, Ink, Rect, draw};
use super::data::{Series, area_points, largest, plottable};
use super::layout::{Panel, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, running_sums, told, year_told, year_width};
use super::legend::{Entry, legend_top};
use super::text::{clean, elide};
use super::theme::{BODY, Palette, SIZE, SMALL, SOFT_INK};
use super::{ChartError, Rgb};
use serde::{Deserialize, Serialize};

/// Panels in a row before the next row starts.
const IN_A_ROW: usize = 3;
/// Space between two panels.
const BETWEEN: f64 = 24.0;
/// Height each further row of panels adds to the picture.
const ROW: f64 = 330.0;

/// One panel of a [`SupplyChart`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SupplyPanel {
    /// What this panel is about, such as "Lithium".
    pub title: String,
    /// A few words under the title, such as "recycled share 2050: 38 %". May be empty.
    pub note: String,
    /// Years, rising.
    pub x: Vec<f64>,
    /// Layers, the lowest first; none negative. The same name has the same colour in every panel.
    pub layers: Vec<Series>,
    /// The y axis reaches at least this far: gives charts of several scenarios one scale.
    pub y_at_least: Option<f64>,
}

/// Several stacks of the same kinds side by side with one legend.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SupplyChart {
    /// What the chart shows.
    pub title: String,
    /// Scenario, region, scope.
    pub subtitle: String,
    /// Label of every y axis with its unit, such as "kt/yr".
    pub y_label: String,
    /// The panels, three in a row.
    pub panels: Vec<SupplyPanel>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// Colours by name; the default colours by order.
    pub palette: Palette,
}

impl SupplyChart {
    /// The chart as SVG. It grows downwards with more than three panels.
    ///
    /// # Errors
    /// If a series does not match its panel's `x`, a value is not finite or is negative, or an `x` does not rise.
    pub fn svg(&self) -> Result<String, ChartError> {
        let mut names: Vec<&str> = Vec::new();
        for layer in self.panels.iter().flat_map(|p| &p.layers) {
            if !names.contains(&layer.name.as_str()) {
                names.push(&layer.name);
            }
        }
        let colours = self.palette.resolve(names.iter().copied());
        let stacks: Vec<_> =
            self.panels.iter().map(|panel| area_points(&panel.x, &panel.layers)).collect::<Result<_, _>>()?;

        #[allow(clippy::cast_precision_loss)] // a count of rows
        let rows = self.panels.len().div_ceil(IN_A_ROW).max(1) as f64;
        let size = (SIZE.0, SIZE.1 + ROW * (rows - 1.0));
        draw(size, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, size.1)?;
            let space = legend_top(canvas, space, &Entry::stack(names.iter().copied(), &colours))?;
            let height = (space.height() - BETWEEN * (rows - 1.0)) / rows;
            let mut top = space.top;
            let mut panels = self.panels.iter().zip(&stacks);
            for row in self.panels.chunks(IN_A_ROW) {
                // Few panels are wider, but a lone one on a second row is as wide as those above it.
                #[allow(clippy::cast_precision_loss)] // 1 to 3
                let columns = self.panels.len().min(IN_A_ROW) as f64;
                let wide = (space.width() - BETWEEN * (columns - 1.0)) / columns;
                let mut left = space.left;
                for (panel, (xs, layers)) in panels.by_ref().take(row.len()) {
                    let colour_of = |layer: &Series| {
                        let at = names.iter().position(|name| *name == layer.name);
                        at.and_then(|at| colours.get(at)).copied().unwrap_or(SOFT_INK)
                    };
                    let colours: Vec<Rgb> = panel.layers.iter().map(colour_of).collect();
                    let cell = Rect { left, top, right: left + wide, bottom: top + height };
                    panel.draw(canvas, cell, &self.y_label, (xs, layers), &colours)?;
                    left += wide + BETWEEN;
                }
                top += height + BETWEEN;
            }
            if self.panels.is_empty() {
                let middle = (f64::midpoint(space.left, space.right), f64::midpoint(space.top, space.bottom));
                canvas.text("no data", middle, Anchor::Middle, Ink::plain(BODY).coloured(SOFT_INK))?;
            }
            Ok(())
        })
    }
}

impl SupplyPanel {
    fn draw(
        &self,
        canvas: &Canvas,
        cell: Rect,
        y_label: &str,
        (xs, layers): (&[f64], &[Vec<f64>]),
        colours: &[Rgb],
    ) -> Result<(), ChartError> {
        let title = elide(&clean(&self.title), BODY + 1.5, true, cell.width());
        let baseline = cell.top + 16.0;
        canvas.text(&title, (cell.left, baseline), Anchor::Start, Ink::plain(BODY + 1.5).bold())?;
        let note = elide(&clean(&self.note), SMALL, false, cell.width());
        let ink = Ink::plain(SMALL).coloured(SOFT_INK);
        canvas.text(&note, (cell.left, baseline + 15.0), Anchor::Start, ink)?;

        let totals = running_sums(layers).pop().unwrap_or_default();
        let most = largest(totals.into_iter().chain(self.y_at_least.filter(|y| plottable(*y))));
        let y = Axis::amounts(0.0, most, &FINE);
        let plot = Rect {
            left: cell.left + gutter(&y),
            top: cell.top + 36.0 + Y_LABEL_ROOM,
            // The last year is centred under the plot's edge.
            right: cell.right - year_width() / 2.0,
            bottom: cell.bottom - YEARS_ROOM - 4.0,
        };
        let panel =
            Panel { plot, x: Axis::years(self.x.iter().copied(), plot.width(), year_width()), y, left: cell.left };
        panel.draw_back(canvas, y_label, "", true)?;
        panel.draw_stack(canvas, xs, layers, colours, true)?;
        panel.draw_front(canvas, true)?;
        panel.hover(canvas, &self.x, |at| {
            let value = |series: &Series| series.values.get(at).copied().unwrap_or(f64::NAN);
            let x = self.x.get(at).map_or(String::new(), |x| year_told(*x));
            let x = format!("{}, {x}", self.title);
            told(&x, self.layers.iter().map(|layer| (layer.name.as_str(), value(layer))), y_label)
        });
        if xs.is_empty() || layers.is_empty() {
            panel.draw_nothing(canvas)?;
        }
        Ok(())
    }
}
