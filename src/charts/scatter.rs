//! Named points in a plane.

use super::ChartError;
use super::axis::{Axis, FINE};
use super::canvas::{Anchor, Rect, draw};
use super::data::{check_values, plottable};
use super::layout::{Panel, X_LABEL_ROOM, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, note_ink};
use super::legend::point;
use super::text::{clean, elide, width};
use super::theme::{Rgb, SIZE, SMALL};

const POINT: Rgb = Rgb(0x33, 0x22, 0x88);

/// A point and its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedPoint {
    /// Name.
    pub name: String,
    /// Place.
    pub x: f64,
    /// Place.
    pub y: f64,
}

/// Named points; both axes from zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scatter {
    /// What the chart shows.
    pub title: String,
    /// Scenario.
    pub subtitle: String,
    /// Label of the x axis with its unit.
    pub x_label: String,
    /// Label of the y axis with its unit.
    pub y_label: String,
    /// Points, the most important first: names that would lie on others are left out.
    pub points: Vec<NamedPoint>,
    /// Remarks under the chart; wrapped.
    pub footnote: String,
}

impl Scatter {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a value cannot be shown.
    pub fn svg(&self) -> Result<String, ChartError> {
        for named in &self.points {
            check_values(&named.name, &[named.x, named.y], plottable)?;
        }
        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let axis = |of: fn(&NamedPoint) -> f64| {
                let values = || self.points.iter().map(of);
                let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
                Axis::amounts(low, high, &FINE).with_headroom(high)
            };
            let (x, y) = (axis(|p| p.x), axis(|p| p.y));
            let plot = Rect {
                left: space.left + gutter(&y),
                top: space.top + Y_LABEL_ROOM,
                right: space.right,
                bottom: space.bottom - YEARS_ROOM - X_LABEL_ROOM,
            };
            let panel = Panel { plot, x, y, left: space.left };
            panel.draw_back(canvas, &self.y_label, &self.x_label, true)?;
            panel.draw_front(canvas, true)?;
            if self.points.is_empty() {
                return panel.draw_nothing(canvas);
            }
            let places: Vec<(f64, f64)> = self.points.iter().map(|p| (panel.px(p.x), panel.py(p.y))).collect();
            let mut taken: Vec<Rect> = places
                .iter()
                .map(|(x, y)| Rect { left: x - 4.0, right: x + 4.0, top: y - 4.0, bottom: y + 4.0 })
                .collect();
            for (place, centre) in places.iter().enumerate() {
                point(canvas, *centre, POINT)?;
                let name = elide(&clean(&self.points[place].name), SMALL, false, 260.0);
                let wide = width(&name, SMALL, false);
                // At the right of the point, or at its left where there is no room.
                let right = centre.0 + 8.0 + wide <= plot.right;
                let left = if right { centre.0 + 8.0 } else { centre.0 - 8.0 - wide };
                let around = Rect { left, right: left + wide, top: centre.1 - 6.0, bottom: centre.1 + 5.0 };
                if taken.iter().enumerate().any(|(other, rect)| other != place && rect.overlaps(&around)) {
                    continue;
                }
                canvas.text(&name, (left, centre.1 + 3.5), Anchor::Start, note_ink())?;
                taken.push(around);
            }
            Ok(())
        })
    }
}
