//! A recycling plant month by month: what it treats, what it could treat, what limits it, and what waits in its yard.

use super::ChartError;
use super::axis::{Axis, COARSE, FINE};
use super::canvas::{Anchor, Canvas, Ink, Pen, Rect, draw};
use super::data::{Series, check_length, check_series, check_x, largest, plottable, stackable};
use super::layout::{Panel, Y_LABEL_ROOM, YEARS_ROOM, frame, gutter, running_sums, told, year_told, year_width};
use super::legend::{Entry, Sample, legend_right};
use super::text::{amount, clean, elide};
use super::theme::{INK, Palette, Rgb, SIZE, SOFT_INK, TICK};
use serde::{Deserialize, Serialize};

/// What limits the plant in each step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Heading of the strip, such as "Limited by".
    pub name: String,
    /// Name of the binding limit in each step. "feed", "nameplate", "ramp-up", "outage" and "not built" have their own
    /// colours, other names (a unit) get further ones.
    pub steps: Vec<String>,
}

/// A plant's throughput by feed stream against its capacity, the binding limit as a strip, and the yard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantChart {
    /// What the chart shows.
    pub title: String,
    /// Plant, scenario.
    pub subtitle: String,
    /// Label of the throughput axis with its unit, such as "Throughput (kt/yr)".
    pub y_label: String,
    /// Label of the yard's axis with its unit, such as "Waiting in the yard (kt)".
    pub yard_label: String,
    /// Start of each step in decimal years, rising; the last step is as long as the one before it.
    pub x: Vec<f64>,
    /// Throughput by feed stream as a rate over each step, the lowest layer first; none negative.
    pub throughput: Vec<Series>,
    /// Nameplate capacity, a dashed line.
    pub nameplate: Series,
    /// Capacity available after ramp-up and outages, a pale ground with a thin edge.
    pub available: Series,
    /// The binding limit of each step.
    pub limits: Limits,
    /// Stock in the yard at the end of each step, one layer or several.
    pub yard: Vec<Series>,
    /// The yard's limit, if it has one.
    pub yard_limit: Option<Series>,
    /// Sources and remarks under the chart; wrapped.
    pub footnote: String,
    /// Colours by name; the default colours by order.
    pub palette: Palette,
    /// The throughput axis reaches at least this far: gives charts of several scenarios one scale.
    pub y_at_least: Option<f64>,
}

/// Colours of everything the chart holds.
struct Colours {
    streams: Vec<Rgb>,
    yard: Vec<Rgb>,
    /// Distinct limits in the order they first bind.
    limits: Vec<(String, Rgb)>,
}

const NAMEPLATE: Pen = Pen { colour: INK, width: 1.5, alpha: 1.0, dashed: true };
/// Available capacity is a pale ground with a thin edge: yearly outages drawn as a strong line would cover what they cut.
const AVAILABLE: Rgb = Rgb(0xEC, 0xEE, 0xF0);
const AVAILABLE_EDGE: Pen = Pen { colour: SOFT_INK, width: 0.9, alpha: 1.0, dashed: false };
const YARD_LIMIT: Pen = Pen { colour: SOFT_INK, width: 1.3, alpha: 1.0, dashed: true };
const STRIP_HEIGHT: f64 = 13.0;

impl PlantChart {
    /// The chart as SVG.
    ///
    /// # Errors
    /// If a series does not match `x`, a value is not finite, an amount is negative, or `x` does not rise.
    pub fn svg(&self) -> Result<String, ChartError> {
        check_x(&self.x)?;
        let steps = self.x.len();
        let throughput = stackable(&self.throughput, steps)?;
        let yard = stackable(&self.yard, steps)?;
        for line in [Some(&self.nameplate), Some(&self.available), self.yard_limit.as_ref()].into_iter().flatten() {
            check_series(line, steps)?;
        }
        check_length(&self.limits.name, self.limits.steps.len(), steps)?;
        let colours = self.colours();
        let edges = step_edges(&self.x);

        draw(SIZE, &format!("{}. {}", self.title, self.subtitle), |canvas| {
            let space = frame(canvas, &self.title, &self.subtitle, &self.footnote, SIZE.1)?;
            let top = space.top + Y_LABEL_ROOM;
            let space = legend_right(canvas, space, top, &self.legend(&colours))?;

            let most = self.highest_rate(&throughput);
            let y = Axis::amounts(0.0, most, &FINE).with_headroom(most);
            let most = highest_total(&yard).max(largest(self.yard_limit_values()));
            let yard_y = Axis::amounts(0.0, most, &COARSE).with_headroom(most);
            let left = space.left + gutter(&y).max(gutter(&yard_y));
            // From below: years, yard, its label, the strip and its heading, the rest for the throughput.
            let bottom = space.bottom - YEARS_ROOM;
            let yard_top = bottom - (bottom - top) * 0.25;
            let strip_bottom = yard_top - Y_LABEL_ROOM - 10.0;
            let strip_top = strip_bottom - STRIP_HEIGHT;
            let right = space.right;
            let main = Rect { left, top, right, bottom: strip_top - 22.0 };
            let strip = Rect { left, top: strip_top, right, bottom: strip_bottom };
            let below = Rect { left, top: yard_top, right, bottom };

            let x = Axis::years(edges.iter().copied(), main.width(), year_width());
            let main = Panel { plot: main, x: x.clone(), y, left: space.left };
            main.draw_back(canvas, &self.y_label, "", false)?;
            let available: Vec<f64> = self.available.values.iter().map(|v| v.max(0.0)).collect();
            draw_steps(canvas, &main, &edges, &[available], &[AVAILABLE])?;
            draw_steps(canvas, &main, &edges, &throughput, &colours.streams)?;
            draw_step_line(canvas, &main, &edges, &self.available.values, AVAILABLE_EDGE)?;
            main.draw_front(canvas, false)?;
            draw_step_line(canvas, &main, &edges, &self.nameplate.values, NAMEPLATE)?;
            if steps == 0 {
                main.draw_nothing(canvas)?;
            }

            self.draw_strip(canvas, strip, &main, &edges, &colours.limits)?;

            let below = Panel { plot: below, x, y: yard_y, left: space.left };
            below.draw_back(canvas, &self.yard_label, "", true)?;
            draw_steps(canvas, &below, &edges, &yard, &colours.yard)?;
            below.draw_front(canvas, true)?;
            for (at, edge) in edges.windows(2).enumerate() {
                let (left, right) = (main.px(edge[0]), main.px(edge[1]));
                let (top, bottom) = (main.plot.top, below.plot.bottom);
                canvas.hover(&[(left, top), (right, top), (right, bottom), (left, bottom)], &self.told(at));
            }
            if let Some(limit) = &self.yard_limit {
                draw_step_line(canvas, &below, &edges, &limit.values, YARD_LIMIT)?;
            }
            Ok(())
        })
    }

    /// A step in words.
    fn told(&self, at: usize) -> String {
        let value = |series: &Series| series.values.get(at).copied().unwrap_or(f64::NAN);
        let streams = self.throughput.iter().map(|series| (series.name.as_str(), value(series)));
        let x = self.x.get(at).map_or(String::new(), |x| year_told(*x));
        let limit = self.limits.steps.get(at).map_or("", String::as_str);
        let yard = amount(self.yard.iter().map(value).sum());
        let rate = told(&x, streams.filter(|(_, value)| *value > 0.0), &self.y_label);
        format!("{rate}; {} {limit}; {} {yard}", self.limits.name, self.yard_label)
    }

    fn colours(&self) -> Colours {
        let streams = self.palette.resolve(self.throughput.iter().map(|s| s.name.as_str()));
        // A stream has the colour it has above while it waits in the yard.
        let with_streams = self
            .throughput
            .iter()
            .zip(&streams)
            .fold(self.palette.clone(), |palette, (s, c)| palette.with(s.name.clone(), *c));
        let yard = with_streams.resolve(self.yard.iter().map(|s| s.name.as_str()));
        let mut names: Vec<&String> = Vec::new();
        for name in &self.limits.steps {
            if names.last() != Some(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        let limits = self.palette.resolve_limits(names.iter().map(|n| n.as_str()));
        let limits = names.into_iter().cloned().zip(limits).collect();
        Colours { streams, yard, limits }
    }

    fn legend(&self, colours: &Colours) -> Vec<Entry> {
        let lines =
            [(Sample::Line(NAMEPLATE), &self.nameplate), (Sample::Edged(AVAILABLE, AVAILABLE_EDGE), &self.available)];
        let mut entries: Vec<Entry> = lines
            .into_iter()
            .filter(|(_, series)| !series.values.is_empty())
            .map(|(sample, series)| Entry::new(sample, &series.name))
            .collect();
        entries.extend(Entry::stack(self.throughput.iter().map(|s| s.name.as_str()), &colours.streams));
        if !colours.limits.is_empty() {
            entries.push(Entry::new(Sample::Heading, &self.limits.name));
            entries.extend(colours.limits.iter().map(|(name, c)| Entry::new(Sample::Area(*c), name)));
        }
        // Streams are explained once, above.
        let other = |s: &&Series| !self.throughput.iter().any(|t| t.name == s.name);
        let yard: Vec<_> = self.yard.iter().zip(&colours.yard).rev().filter(|(s, _)| other(s)).collect();
        if !yard.is_empty() || self.yard_limit.is_some() {
            entries.push(Entry::new(Sample::Heading, &self.yard_label));
            entries.extend(self.yard_limit.iter().map(|s| Entry::new(Sample::Line(YARD_LIMIT), &s.name)));
            entries.extend(yard.into_iter().map(|(s, c)| Entry::new(Sample::Area(*c), &s.name)));
        }
        entries
    }

    fn highest_rate(&self, throughput: &[Vec<f64>]) -> f64 {
        let lines = self.nameplate.values.iter().chain(&self.available.values).copied();
        largest(lines.chain(self.y_at_least.filter(|y| plottable(*y)))).max(highest_total(throughput))
    }

    fn yard_limit_values(&self) -> impl Iterator<Item = f64> {
        self.yard_limit.iter().flat_map(|s| s.values.iter().copied())
    }

    /// One block for each run of steps with the same limit.
    fn draw_strip(
        &self,
        canvas: &Canvas,
        strip: Rect,
        panel: &Panel,
        edges: &[f64],
        colours: &[(String, Rgb)],
    ) -> Result<(), ChartError> {
        let name = elide(&clean(&self.limits.name), TICK, false, strip.right - panel.left);
        canvas.text(&name, (panel.left, strip.top - 6.0), Anchor::Start, Ink::plain(TICK))?;
        let mut steps = edges.windows(2).zip(&self.limits.steps).peekable();
        let mut from = edges.first().copied();
        while let Some((edge, limit)) = steps.next() {
            if steps.peek().is_some_and(|(_, next)| *next == limit) {
                continue;
            }
            let (Some(begin), Some(end)) = (from, edge.last().copied()) else {
                break;
            };
            let colour = colours.iter().find(|(name, _)| name == limit).map_or(SOFT_INK, |c| c.1);
            canvas.block(Rect { left: panel.px(begin), right: panel.px(end), ..strip }, colour)?;
            from = Some(end);
        }
        Ok(())
    }
}

/// The steps' beginnings and the end of the last one.
fn step_edges(x: &[f64]) -> Vec<f64> {
    let mut edges = x.to_vec();
    if let Some(last) = x.last() {
        let before = x.iter().rev().nth(1);
        // A lone step is taken for a month.
        let length = before.map_or(1.0 / 12.0, |before| last - before);
        edges.push(last + length);
    }
    edges
}

fn highest_total(layers: &[Vec<f64>]) -> f64 {
    largest(running_sums(layers).pop().unwrap_or_default())
}

/// A value over each step becomes two points: its beginning and its end.
fn stepped(edges: &[f64], values: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let xs = edges.windows(2).flatten().copied().collect();
    let ys = values.iter().flat_map(|v| [*v, *v]).collect();
    (xs, ys)
}

fn draw_steps(
    canvas: &Canvas,
    panel: &Panel,
    edges: &[f64],
    layers: &[Vec<f64>],
    colours: &[Rgb],
) -> Result<(), ChartError> {
    let (xs, _) = stepped(edges, &[]);
    let layers: Vec<Vec<f64>> = layers.iter().map(|values| stepped(edges, values).1).collect();
    // No white seams here: hundreds of steps would drown in them.
    panel.draw_stack(canvas, &xs, &layers, colours, false)
}

fn draw_step_line(canvas: &Canvas, panel: &Panel, edges: &[f64], values: &[f64], pen: Pen) -> Result<(), ChartError> {
    let (xs, ys) = stepped(edges, values);
    let points: Vec<_> = xs.iter().zip(&ys).map(|(x, y)| (panel.px(*x), panel.py(*y))).collect();
    // A point that lies on the line between its neighbours says nothing.
    let mut bends: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for (at, here) in points.iter().enumerate() {
        let same = |other: Option<&(f64, f64)>| other.is_some_and(|o| o.1.to_bits() == here.1.to_bits());
        if at == 0 || !same(points.get(at - 1)) || !same(points.get(at + 1)) {
            bends.push(*here);
        }
    }
    canvas.line(&bends, pen)
}
