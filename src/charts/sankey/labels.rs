//! Names and numbers of a Sankey, placed where nothing else stands.

use super::super::canvas::{Anchor, Rect};
use super::super::text::{amount, clean, elide, width};
use super::super::theme::{INK, Rgb, SMALL, SOFT_INK, TICK};
use super::layout::{Layout, PITCH};
use super::{NAME, Sankey, SankeyKind};

/// A text and its place; `at` is its baseline.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub text: String,
    pub at: (f64, f64),
    pub anchor: Anchor,
    pub size: f64,
    pub colour: Rgb,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    pub placed: Vec<Label>,
    /// Places taken, with those of the boxes.
    taken: Vec<Rect>,
    /// Bands whose number found no place: they tell it when pointed at.
    pub left_out: usize,
}

impl Labels {
    pub fn new(chart: &Sankey, layout: &Layout) -> Self {
        let mut labels = Self::default();
        // A band may run under its number, a box may not.
        labels.taken.extend(layout.boxes.iter().map(|place| place.rect));
        for at in 0..chart.nodes.len() {
            labels.node(chart, layout, at);
        }
        let mut links: Vec<usize> = (0..chart.links.len()).filter(|at| is_wanted(chart, *at)).collect();
        links.sort_by(|a, b| chart.links[*b].value.total_cmp(&chart.links[*a].value).then(a.cmp(b)));
        for at in links {
            labels.link(chart, layout, at);
        }
        labels
    }

    fn node(&mut self, chart: &Sankey, layout: &Layout, at: usize) {
        let (node, place) = (&chart.nodes[at], &layout.boxes[at]);
        let rect = place.rect;
        let name = elide(&clean(&node.name), SMALL, false, PITCH - 8.0);
        match node.kind {
            SankeyKind::Source | SankeyKind::Sink => {
                let text = format!("{name} {}", amount(place.amount));
                // A way in has the band at its right: its name stands above.
                let (x, middle, anchor) = match node.kind {
                    SankeyKind::Source => (rect.left, rect.top - 9.0, Anchor::Start),
                    _ => (rect.right + 4.0, f64::midpoint(rect.top, rect.bottom), Anchor::Start),
                };
                for y in [0.0, -7.0, 7.0, -14.0, 14.0, -21.0, 21.0, -28.0, 28.0] {
                    let label =
                        Label { text: text.clone(), at: (x, middle + 3.6 + y), anchor, size: SMALL, colour: SOFT_INK };
                    if self.put(label) {
                        return;
                    }
                }
            }
            SankeyKind::Process | SankeyKind::Stock => {
                let mut lines = vec![(name, NAME, TICK)];
                let told = match node.stock {
                    Some(stock) => {
                        let sign = if node.change >= 0.0 { "+" } else { "" };
                        format!("{} ({sign}{})", amount(stock), amount(node.change))
                    }
                    None => amount(place.amount),
                };
                lines.push((told, SOFT_INK, SMALL));
                for (line, (text, colour, size)) in lines.into_iter().rev().enumerate() {
                    let middle = f64::midpoint(rect.left, rect.right);
                    let y = rect.top - 5.0 - 12.0 * line as f64;
                    self.put(Label { text, at: (middle, y), anchor: Anchor::Middle, size, colour });
                }
            }
        }
    }

    /// A band's number on the band, where there is room; else just above or below it.
    fn link(&mut self, chart: &Sankey, layout: &Layout, at: usize) {
        let band = &layout.bands[at];
        let text = amount(chart.links[at].value);
        let spots: &[f64] = if band.is_arc {
            &[0.5, 0.48, 0.52, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7]
        } else {
            &[0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85, 0.1, 0.9]
        };
        for lift in [0.0, -9.0, 9.0, -14.0, 14.0] {
            for spot in spots {
                let (x, y) = band.along(*spot);
                let label = Label {
                    text: text.clone(),
                    at: (x, y + 3.6 + lift),
                    anchor: Anchor::Middle,
                    size: SMALL,
                    colour: INK,
                };
                if self.put(label) {
                    return;
                }
            }
        }
        self.left_out += 1;
    }

    fn put(&mut self, label: Label) -> bool {
        let rect = label.rect();
        let free = !self.taken.iter().any(|other| rect.overlaps(other));
        if free {
            self.taken.push(rect);
            self.placed.push(label);
        }
        free
    }
}

/// A way in or out with one band has its number beside its name.
fn is_wanted(chart: &Sankey, link: usize) -> bool {
    let open = |node: usize| {
        matches!(chart.nodes[node].kind, SankeyKind::Source | SankeyKind::Sink)
            && chart.links.iter().filter(|link| link.from == node || link.to == node).count() == 1
    };
    let link = &chart.links[link];
    link.value > 0.0 && !open(link.from) && !open(link.to)
}

impl Label {
    /// What it covers.
    pub fn rect(&self) -> Rect {
        let wide = width(&self.text, self.size, false);
        let left = match self.anchor {
            Anchor::Start => self.at.0,
            Anchor::Middle => self.at.0 - wide / 2.0,
            Anchor::End => self.at.0 - wide,
        };
        Rect { left, top: self.at.1 - 0.76 * self.size, right: left + wide, bottom: self.at.1 + 0.24 * self.size }
    }
}
