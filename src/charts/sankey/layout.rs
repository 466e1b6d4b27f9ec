//! Where everything of a Sankey lies: boxes in columns, ribbons between them, arcs round them.

use super::super::canvas::Rect;
use super::super::theme::MARGIN;
use super::{Sankey, SankeyKind};

/// From one column to the next, and the width of a box.
pub(super) const PITCH: f64 = 126.0;
pub(super) const BOX_WIDTH: f64 = 14.0;
/// Height that the fullest column fills with its boxes.
const FULL: f64 = 330.0;
/// Space between two items of a column: room for a name, a way out beside it, a passing band.
const ROOM_BOX: f64 = 44.0;
const ROOM_END: f64 = 24.0;
const ROOM_PASSING: f64 = 8.0;
/// Top of the picture that belongs to title and legend.
const HEAD: f64 = 112.0;
/// Nothing is drawn thinner.
const THINNEST: f64 = 0.5;
/// Inner radius of an arc's turn.
const TURN: f64 = 9.0;
/// Steps of a curve.
const STEPS: u32 = 18;

/// A width or height as it is drawn.
pub(super) fn at_least(length: f64) -> f64 {
    length.max(THINNEST)
}

/// A node's box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub rect: Rect,
    /// The larger of what enters and what leaves, with what is kept or taken from before.
    pub amount: f64,
    /// Pixels of a unit.
    pub scale: f64,
}

/// A band as it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// Along its middle.
    pub middle: Vec<(f64, f64)>,
    /// Its edge, all round.
    pub outline: Vec<(f64, f64)>,
    /// Its width.
    #[cfg_attr(not(test), allow(dead_code))]
    pub width: f64,
    /// Goes back to an earlier column.
    pub is_arc: bool,
}

impl Band {
    /// The point of its middle at a part of its length.
    pub fn along(&self, part: f64) -> (f64, f64) {
        let lengths: Vec<f64> = self.middle.windows(2).map(|p| (p[1].0 - p[0].0).hypot(p[1].1 - p[0].1)).collect();
        let mut left = part * lengths.iter().sum::<f64>();
        for (pair, length) in self.middle.windows(2).zip(&lengths) {
            if left <= *length && *length > 0.0 {
                let t = left / length;
                return (pair[0].0 + t * (pair[1].0 - pair[0].0), pair[0].1 + t * (pair[1].1 - pair[0].1));
            }
            left -= length;
        }
        self.middle.last().copied().unwrap_or_default()
    }
}

/// The whole picture.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub size: (f64, f64),
    pub boxes: Vec<Place>,
    pub bands: Vec<Band>,
}

/// What takes room in a column: a node, or a band that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Node(usize),
    Passing(usize),
}

struct Slot {
    item: Item,
    rank: f64,
    height: f64,
    room: f64,
    top: f64,
}

impl Slot {
    fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

impl Layout {
    pub fn new(chart: &Sankey) -> Self {
        let amounts: Vec<f64> = (0..chart.nodes.len()).map(|node| amount(chart, node)).collect();
        let count = chart.nodes.iter().map(|node| node.column + 1).max().unwrap_or(1);
        let fullest = fullest(chart).max(chart.largest_at_least.unwrap_or(0.0));
        let scale = if fullest > 0.0 { FULL / fullest } else { 0.0 };
        let mut columns: Vec<Vec<Slot>> = (0..count).map(|column| slots(chart, column, &amounts, scale)).collect();
        for round in 0..24 {
            relax(chart, &mut columns, round % 2 == 0);
        }
        let top = columns.iter().flatten().map(|slot| slot.top - slot.room / 2.0).fold(f64::INFINITY, f64::min);
        let arcs_over: Vec<f64> = arcs(chart, true).iter().map(|at| chart.links[*at].value * scale).collect();
        let over: f64 = arcs_over.iter().map(|width| width + 12.0).sum();
        let shift = HEAD + over - if top.is_finite() { top } else { 0.0 };
        for slot in columns.iter_mut().flatten() {
            slot.top += shift;
        }
        let left = MARGIN + 6.0;
        let x = |column: usize| left + PITCH * column as f64;
        let mut boxes = vec![
            Place { rect: Rect { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 }, amount: 0.0, scale };
            chart.nodes.len()
        ];
        for slot in columns.iter().flatten() {
            if let Item::Node(node) = slot.item {
                let wide = if matches!(chart.nodes[node].kind, SankeyKind::Source | SankeyKind::Sink) {
                    3.0
                } else {
                    BOX_WIDTH
                };
                let column = x(chart.nodes[node].column);
                let rect = Rect { left: column, top: slot.top, right: column + wide, bottom: slot.top + slot.height };
                boxes[node] = Place { rect, amount: amounts[node], scale };
            }
        }
        let lowest = columns.iter().flatten().map(|slot| slot.top + slot.height).fold(HEAD, f64::max);
        let highest = columns.iter().flatten().map(|slot| slot.top).fold(f64::INFINITY, f64::min);
        let ports = Ports::new(chart, &boxes, &columns, scale);
        let mut bands: Vec<Option<Band>> = vec![None; chart.links.len()];
        for (at, link) in chart.links.iter().enumerate() {
            if !is_arc(chart, link.from, link.to) {
                let mut points = vec![(boxes[link.from].rect.right, ports.out[at])];
                for (column, slots) in columns.iter().enumerate() {
                    if let Some(slot) = slots.iter().find(|slot| slot.item == Item::Passing(at)) {
                        points.push((x(column), slot.middle()));
                        points.push((x(column) + BOX_WIDTH, slot.middle()));
                    }
                }
                points.push((boxes[link.to].rect.left, ports.into[at]));
                bands[at] = Some(ribbon(&points, at_least(link.value * scale)));
            }
        }
        let mut bottom = lowest + 26.0;
        for over in [true, false] {
            let mut reach = if over { highest - 34.0 } else { bottom };
            // The innermost arc first: each next one lies outside it.
            let mut outside = TURN;
            for at in arcs(chart, over) {
                let link = &chart.links[at];
                let width = at_least(link.value * scale);
                let lane = if over { reach - width / 2.0 } else { reach + width / 2.0 };
                let ends = [(boxes[link.from].rect.right, ports.out[at]), (boxes[link.to].rect.left, ports.into[at])];
                bands[at] = Some(arc(ends, lane, width, outside + width / 2.0));
                reach = if over { reach - width - 12.0 } else { reach + width + 12.0 };
                outside += width + 5.0;
            }
            if !over {
                bottom = reach;
            }
        }
        let widest = arcs(chart, false).iter().map(|at| chart.links[*at].value * scale).sum::<f64>();
        let right = x(count - 1) + BOX_WIDTH + (widest + 2.0 * TURN).max(110.0) + MARGIN;
        let bands = bands.into_iter().flatten().collect();
        Self { size: (right, bottom + 34.0), boxes, bands }
    }
}

/// What the fullest column holds, with the bands that pass it.
pub(super) fn fullest(chart: &Sankey) -> f64 {
    let in_column = |column: usize| {
        let nodes = (0..chart.nodes.len()).filter(|node| chart.nodes[*node].column == column);
        let passing = chart.links.iter().filter(|link| passes(chart, link.from, link.to, column));
        nodes.map(|node| amount(chart, node)).sum::<f64>() + passing.map(|link| link.value).sum::<f64>()
    };
    let count = chart.nodes.iter().map(|node| node.column + 1).max().unwrap_or(1);
    (0..count).map(in_column).fold(0.0, f64::max)
}

/// What a node handles.
fn amount(chart: &Sankey, node: usize) -> f64 {
    let [enters, leaves] = chart.sides(node);
    let change = chart.nodes[node].change;
    (enters + (-change).max(0.0)).max(leaves + change.max(0.0))
}

/// True for a band to the same or an earlier column.
fn is_arc(chart: &Sankey, from: usize, to: usize) -> bool {
    chart.nodes[to].column <= chart.nodes[from].column
}

fn passes(chart: &Sankey, from: usize, to: usize, column: usize) -> bool {
    chart.nodes[from].column < column && column < chart.nodes[to].column
}

/// Arcs over or under the picture, the innermost first: over it the one that starts highest, under it the lowest.
fn arcs(chart: &Sankey, over: bool) -> Vec<usize> {
    let mut found: Vec<usize> = (0..chart.links.len())
        .filter(|at| {
            let link = &chart.links[*at];
            link.over == over && is_arc(chart, link.from, link.to)
        })
        .collect();
    found.sort_by(|a, b| {
        let rank = |at: &usize| chart.nodes[chart.links[*at].from].rank * if over { 1.0 } else { -1.0 };
        rank(a).total_cmp(&rank(b)).then(a.cmp(b))
    });
    found
}

fn slots(chart: &Sankey, column: usize, amounts: &[f64], scale: f64) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for (at, node) in chart.nodes.iter().enumerate().filter(|(_, node)| node.column == column) {
        let open = matches!(node.kind, SankeyKind::Source | SankeyKind::Sink);
        let room = if open { ROOM_END } else { ROOM_BOX };
        let height = at_least(amounts[at] * scale);
        slots.push(Slot { item: Item::Node(at), rank: node.rank, height, room, top: 0.0 });
    }
    for (at, link) in chart.links.iter().enumerate().filter(|(_, link)| passes(chart, link.from, link.to, column)) {
        let height = at_least(link.value * scale);
        slots.push(Slot { item: Item::Passing(at), rank: link.rank, height, room: ROOM_PASSING, top: 0.0 });
    }
    slots.sort_by(|a, b| a.rank.total_cmp(&b.rank));
    let mut top = 0.0;
    for slot in &mut slots {
        slot.top = top + slot.room;
        top = slot.top + slot.height;
    }
    slots
}

/// Moves the items of every column towards what they are joined with, forwards or backwards, keeping their order.
fn relax(chart: &Sankey, columns: &mut [Vec<Slot>], forwards: bool) {
    let count = columns.len();
    let order: Vec<usize> = if forwards { (1..count).collect() } else { (0..count.saturating_sub(1)).rev().collect() };
    for column in order {
        let beside = if forwards { column - 1 } else { column + 1 };
        let wanted: Vec<f64> = columns[column]
            .iter()
            .map(|slot| {
                let (mut sum, mut weight) = (0.0, 0.0);
                for (at, link) in chart.links.iter().enumerate() {
                    if is_arc(chart, link.from, link.to) || !touches(slot.item, at, link.from, link.to, forwards) {
                        continue;
                    }
                    let end = if forwards { link.from } else { link.to };
                    let other = columns[beside]
                        .iter()
                        .find(|other| other.item == Item::Node(end) || other.item == Item::Passing(at));
                    if let Some(other) = other {
                        sum += other.middle() * link.value;
                        weight += link.value;
                    }
                }
                if weight > 0.0 { sum / weight - slot.height / 2.0 } else { slot.top }
            })
            .collect();
        settle(&mut columns[column], &wanted);
    }
}

/// True if an item is the end of a band that looks towards the other column.
fn touches(item: Item, at: usize, from: usize, to: usize, forwards: bool) -> bool {
    match item {
        Item::Node(node) => node == if forwards { to } else { from },
        Item::Passing(link) => link == at,
    }
}

/// The places nearest to the wanted ones, in squares, that keep order and room: neighbours that would overlap move as
/// one block.
fn settle(slots: &mut [Slot], wanted: &[f64]) {
    // (first slot, weight, wanted top of the block's first slot)
    let mut blocks: Vec<(usize, f64, f64)> = Vec::new();
    let mut offset = vec![0.0; slots.len()];
    for at in 1..slots.len() {
        offset[at] = offset[at - 1] + slots[at - 1].height + slots[at].room;
    }
    for (at, want) in wanted.iter().enumerate() {
        blocks.push((at, slots[at].height + 1.0, want - offset[at]));
        while let [.., before, last] = blocks.as_slice() {
            if before.2 <= last.2 {
                break;
            }
            let weight = before.1 + last.1;
            let merged = (before.0, weight, (before.1 * before.2 + last.1 * last.2) / weight);
            blocks.truncate(blocks.len() - 2);
            blocks.push(merged);
        }
    }
    for (index, (first, _, top)) in blocks.iter().enumerate() {
        let end = blocks.get(index + 1).map_or(slots.len(), |next| next.0);
        for at in *first..end {
            slots[at].top = top + offset[at];
        }
    }
}

/// Heights at which bands leave and enter, by band.
struct Ports {
    out: Vec<f64>,
    into: Vec<f64>,
}

impl Ports {
    fn new(chart: &Sankey, boxes: &[Place], columns: &[Vec<Slot>], scale: f64) -> Self {
        let mut ports = Self { out: vec![0.0; chart.links.len()], into: vec![0.0; chart.links.len()] };
        let over = arcs(chart, true);
        let under = arcs(chart, false);
        for (node, place) in boxes.iter().enumerate() {
            for leaves in [true, false] {
                let own = |at: &usize| (if leaves { chart.links[*at].from } else { chart.links[*at].to }) == node;
                // Nested arcs: out of a box the inner one lies towards the picture's edge, and so into it.
                let first = over.iter().copied().filter(own);
                let last = under.iter().copied().filter(own);
                let mut between: Vec<usize> = (0..chart.links.len())
                    .filter(|at| own(at) && !is_arc(chart, chart.links[*at].from, chart.links[*at].to))
                    .collect();
                let height = |at: &usize| {
                    let link = &chart.links[*at];
                    let column = chart.nodes[node].column;
                    let beside = if leaves { column + 1 } else { column - 1 };
                    let end = if leaves { link.to } else { link.from };
                    let slot = columns[beside]
                        .iter()
                        .find(|slot| slot.item == Item::Node(end) || slot.item == Item::Passing(*at));
                    slot.map_or(0.0, Slot::middle)
                };
                between.sort_by(|a, b| height(a).total_cmp(&height(b)).then(a.cmp(b)));
                let mut y = place.rect.top;
                for at in first.chain(between) {
                    let width = chart.links[at].value * scale;
                    *ports.side(leaves, at) = y + width / 2.0;
                    y += width;
                }
                // What is kept, or taken from before, lies at the bottom, arcs below the picture just above it.
                let mut y = place.rect.bottom;
                let change = chart.nodes[node].change * if leaves { 1.0 } else { -1.0 };
                y -= change.max(0.0) * scale;
                for at in last {
                    let width = chart.links[at].value * scale;
                    *ports.side(leaves, at) = y - width / 2.0;
                    y -= width;
                }
            }
        }
        ports
    }

    fn side(&mut self, leaves: bool, at: usize) -> &mut f64 {
        if leaves { &mut self.out[at] } else { &mut self.into[at] }
    }
}

/// A band through points, level at each of them; its width is measured upright.
fn ribbon(points: &[(f64, f64)], width: f64) -> Band {
    let mut middle = Vec::new();
    for pair in points.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        for step in 0..=STEPS {
            let t = f64::from(step) / f64::from(STEPS);
            // A cubic with level ends: x by its Bezier with both controls half way, y by the same.
            let (a, b, c, d) = ((1.0 - t).powi(3), 3.0 * t * (1.0 - t).powi(2), 3.0 * t * t * (1.0 - t), t.powi(3));
            let half = f64::midpoint(x0, x1);
            middle.push((a * x0 + (b + c) * half + d * x1, (a + b) * y0 + (c + d) * y1));
        }
    }
    let edge = |side: f64| middle.iter().map(move |(x, y)| (*x, y + side * width / 2.0));
    let outline = edge(-1.0).chain(edge(1.0).collect::<Vec<_>>().into_iter().rev()).collect();
    Band { outline, middle, width, is_arc: false }
}

/// A band that leaves to the right, turns over or under everything and enters from the left.
fn arc([start, end]: [(f64, f64); 2], lane: f64, width: f64, out: f64) -> Band {
    let towards = |y: f64| if lane > y { 1.0 } else { -1.0 };
    let radius = |y: f64| out.min((lane - y).abs() / 2.0).max(width / 2.0);
    let mut middle = vec![start];
    // Quarter turns round a centre, from one angle to the next.
    let mut turn = |(x, y): (f64, f64), radius: f64, from: f64, to: f64| {
        for step in 0..=STEPS {
            let angle = from + (to - from) * f64::from(step) / f64::from(STEPS);
            middle.push((x + radius * angle.cos(), y + radius * angle.sin()));
        }
    };
    let right_angle = std::f64::consts::FRAC_PI_2;
    let (down, r) = (towards(start.1), radius(start.1));
    let centre = (start.0 + 4.0, start.1 + down * r);
    turn(centre, r, -down * right_angle, 0.0);
    turn((centre.0, lane - down * r), r, 0.0, down * right_angle);
    let (down, r) = (towards(end.1), radius(end.1));
    let centre = (end.0 - 4.0, end.1 + down * r);
    let half = 2.0 * right_angle;
    turn((centre.0, lane - down * r), r, down * right_angle, down * half);
    turn(centre, r, down * half, down * 3.0 * right_angle);
    middle.push(end);
    let edge = |side: f64| offset(&middle, side * width / 2.0);
    let outline = edge(-1.0).into_iter().chain(edge(1.0).into_iter().rev()).collect();
    Band { outline, middle, width, is_arc: true }
}

/// A line beside a line.
fn offset(line: &[(f64, f64)], by: f64) -> Vec<(f64, f64)> {
    (0..line.len())
        .map(|at| {
            let before = line[at.saturating_sub(1)];
            let after = line[(at + 1).min(line.len() - 1)];
            let (dx, dy) = (after.0 - before.0, after.1 - before.1);
            let length = dx.hypot(dy).max(1e-9);
            (line[at].0 - dy / length * by, line[at].1 + dx / length * by)
        })
        .collect()
}
