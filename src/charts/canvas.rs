//! The only file that talks to plotters: a sheet of paper with text, lines and areas in pixels.
//!
//! plotters places everything on whole pixels. The picture is therefore drawn ten times too large
//! and the SVG's view box brings it back, so that curves are smooth to a tenth of a pixel.

use std::cell::RefCell;
use std::fmt::Write;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::ChartError;
use super::text::clean;
use super::theme::{FONTS, INK, PAPER, Rgb};

/// Drawing units in a pixel.
const UNITS: f64 = 10.0;

/// plotters divides every font size by this before writing it.
const PLOTTERS_FONT_FACTOR: f64 = 1.24;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Which end of a text its position names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub size: f64,
    pub colour: Rgb,
    pub bold: bool,
}

impl Ink {
    pub fn plain(size: f64) -> Self {
        Self { size, colour: INK, bold: false }
    }

    pub fn coloured(self, colour: Rgb) -> Self {
        Self { colour, ..self }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    pub colour: Rgb,
    pub width: f64,
    pub alpha: f64,
    pub dashed: bool,
}

impl Pen {
    pub fn new(colour: Rgb, width: f64) -> Self {
        Self { colour, width, alpha: 1.0, dashed: false }
    }

    pub fn dashed(self, dashed: bool) -> Self {
        Self { dashed, ..self }
    }

    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }
}

/// A picture being drawn.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    /// Outlines that tell something when pointed at, from the lowest to the uppermost.
    hovers: RefCell<Vec<(Vec<(f64, f64)>, String)>>,
}

/// Draws a picture of this size and returns it as SVG. `spoken` is what a screen reader says in its place.
pub(super) fn draw(
    (width, height): (f64, f64),
    spoken: &str,
    paint: impl FnOnce(&Canvas) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    let units = (units(width).unsigned_abs(), units(height).unsigned_abs());
    let hovers = {
        let area = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        let canvas = Canvas { area, hovers: RefCell::default() };
        canvas.block(Rect { left: 0.0, top: 0.0, right: width, bottom: height }, PAPER)?;
        paint(&canvas)?;
        canvas.area.present().map_err(failed)?;
        canvas.hovers.take()
    };
    // The first tag is ours to write: shown size in pixels, drawing units in the view box.
    let body = svg.split_once('\n').map_or("", |(_, body)| body);
    let body = body.trim_end().strip_suffix("</svg>").unwrap_or(body);
    Ok(format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n{body}{}</svg>\n",
        units.0,
        units.1,
        escaped(&clean(spoken)),
        hover_layer(&hovers),
    ))
}

/// The outlines that tell something, invisible over everything else. Every viewer shows a `title` on its own; a page's
/// script may show it better.
fn hover_layer(hovers: &[(Vec<(f64, f64)>, String)]) -> String {
    if hovers.is_empty() {
        return String::new();
    }
    let mut layer = String::from("<g fill=\"none\" pointer-events=\"all\">\n");
    for (outline, told) in hovers {
        let points: Vec<String> = path(outline).iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(layer, "<polygon points=\"{}\"><title>{}</title></polygon>", points.join(" "), escaped(told));
    }
    layer + "</g>\n"
}

impl Canvas<'_> {
    /// One line of text; `y` is its baseline.
    pub fn text(&self, text: &str, (x, y): (f64, f64), anchor: Anchor, ink: Ink) -> Result<(), ChartError> {
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if ink.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = (FONTS, ink.size * UNITS * PLOTTERS_FONT_FACTOR).into_font().style(weight);
        let colour = rgb(ink.colour);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Top));
        // plotters' "top" is 0.76 em above the baseline, in every browser; its "bottom" depends on the font.
        let at = point((x, y - 0.76 * ink.size));
        self.area.draw(&Text::new(text, at, style)).map_err(failed)
    }

    /// A filled rectangle.
    pub fn block(&self, rect: Rect, colour: Rgb) -> Result<(), ChartError> {
        let corners = [point((rect.left, rect.top)), point((rect.right, rect.bottom))];
        self.area.draw(&Rectangle::new(corners, rgb(colour).filled())).map_err(failed)
    }

    /// A filled polygon.
    pub fn area(&self, points: &[(f64, f64)], colour: Rgb) -> Result<(), ChartError> {
        self.area.draw(&Polygon::new(path(points), rgb(colour).filled())).map_err(failed)
    }

    /// A filled polygon that lets what is under it show through.
    pub fn tint(&self, points: &[(f64, f64)], colour: Rgb, alpha: f64) -> Result<(), ChartError> {
        self.area.draw(&Polygon::new(path(points), rgb(colour).mix(alpha).filled())).map_err(failed)
    }

    /// Makes an outline tell something when it is pointed at.
    pub fn hover(&self, outline: &[(f64, f64)], told: &str) {
        self.hovers.borrow_mut().push((outline.to_vec(), clean(told)));
    }

    /// A line through the points.
    pub fn line(&self, points: &[(f64, f64)], pen: Pen) -> Result<(), ChartError> {
        let style = ShapeStyle {
            color: rgb(pen.colour).mix(pen.alpha),
            filled: false,
            stroke_width: units(pen.width).unsigned_abs(),
        };
        if pen.dashed {
            let dashes = DashedPathElement::new(path(points), units(6.0), units(4.0), style);
            self.area.draw(&dashes).map_err(failed)
        } else {
            self.area.draw(&PathElement::new(path(points), style)).map_err(failed)
        }
    }

    /// A filled circle.
    pub fn dot(&self, centre: (f64, f64), radius: f64, colour: Rgb) -> Result<(), ChartError> {
        self.area.draw(&Circle::new(point(centre), units(radius), rgb(colour).filled())).map_err(failed)
    }
}

#[allow(clippy::needless_pass_by_value)] // the shape `map_err` wants
fn failed<E: std::error::Error + Send + Sync>(error: plotters::drawing::DrawingAreaErrorKind<E>) -> ChartError {
    ChartError::Draw(error.to_string())
}

fn rgb(Rgb(red, green, blue): Rgb) -> RGBColor {
    RGBColor(red, green, blue)
}

fn path(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().copied().map(point).collect()
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// Pixels as drawing units. `as` saturates, and a NaN becomes zero: no value can leave the range of the picture's numbers.
#[allow(clippy::cast_possible_truncation)]
fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

/// Text for inside an element or an attribute's double quotes. All other text of a picture is escaped by plotters.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
