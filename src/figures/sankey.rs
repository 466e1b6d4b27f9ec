//! The loop as bands: a year or the whole horizon, all mass or one substance.

use super::display;
use crate::charts::{Palette, Rgb, Sankey, SankeyKind, SankeyLink, SankeyNode};
use crate::export::sankey::{LoopFlows, Window};

/// Stages with their column, rank, name and whether they hold mass.
const STAGES: [(&str, usize, f64, &str, bool); 11] = [
    ("manufacture", 1, 0.0, "battery making", false),
    ("pack_supply", 2, 0.0, "pack supply", false),
    ("vehicle_market", 3, 0.0, "vehicle market", false),
    ("use", 4, 0.0, "in use", true),
    ("collection", 5, 0.0, "collection", false),
    ("hibernation", 6, -3.0, "kept by holders", true),
    ("second_life", 6, -2.0, "second life", true),
    ("yard", 7, 0.0, "yard", true),
    ("plant", 8, 0.0, "plant", true),
    ("other_recyclers", 8, -1.0, "other recyclers", false),
    ("materials", 9, 1.0, "recovered stock", true),
];

/// What is carried, and its colour.
const CARRIED: [(&str, Rgb); 7] = [
    ("primary material", Rgb(0x66, 0x6D, 0x74)),
    ("reagents", Rgb(0x88, 0xCC, 0xEE)),
    ("new packs", Rgb(0x44, 0xAA, 0x99)),
    ("used packs", Rgb(0xCC, 0x66, 0x77)),
    ("production scrap", Rgb(0xDD, 0xCC, 0x77)),
    ("recovered material", Rgb(0x11, 0x77, 0x33)),
    ("residues and emissions", Rgb(0xA4, 0x9A, 0x8C)),
];

/// What a picture is to show.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// First year.
    pub first: i32,
    /// Last year; the same for a single one.
    pub last: i32,
    /// One substance, or all mass.
    pub substance: Option<&'a str>,
    /// Title of the scenario.
    pub title: &'a str,
}

/// Draws the loop of some years.
pub fn chart(flows: &LoopFlows, view: &View<'_>) -> Sankey {
    let window = flows.window(view.first, view.last, view.substance);
    let largest = window.flows.iter().map(|flow| flow.mass).fold(0.0, f64::max);
    let (factor, stock_unit) = if largest >= 1e4 { (1e-3, "kt") } else { (1.0, "t") };
    let years =
        if view.first == view.last { format!("{}", view.first) } else { format!("{} to {}", view.first, view.last) };
    let what = view.substance.map_or("all materials".to_owned(), |name| format!("{} content", display(name)));
    let mut builder = Builder { nodes: Vec::new(), links: Vec::new(), keys: Vec::new() };
    builder.add(&window, factor);
    let per = if view.first == view.last { "/yr" } else { "" };
    let palette = CARRIED.iter().fold(Palette::default(), |palette, (name, colour)| palette.with(*name, *colour));
    Sankey {
        title: format!("The loop, {years}: {what}"),
        subtitle: view.title.to_owned(),
        unit: format!("{stock_unit}{per}"),
        stock_unit: stock_unit.to_owned(),
        nodes: builder.nodes,
        links: builder.links,
        footnote: format!(
            "{stock_unit}{per}. All regions together. Widths in proportion; what enters a stage leaves it or is kept. \
             In brackets: change of the stock. urbanmine {}.",
            env!("CARGO_PKG_VERSION")
        ),
        palette,
        largest_at_least: None,
    }
}

/// Nodes found so far, with the name in the tables and the column by which they are known.
struct Builder {
    nodes: Vec<SankeyNode>,
    links: Vec<SankeyLink>,
    keys: Vec<(String, usize)>,
}

impl Builder {
    fn add(&mut self, window: &Window, factor: f64) {
        // Stages first and in their order, so that equal ranks stand as the tables have them.
        for flow in &window.flows {
            for name in [&flow.source, &flow.target] {
                if stage(name).is_some() {
                    self.stage(name);
                }
            }
        }
        for flow in &window.flows {
            let ends = [stage(&flow.source), stage(&flow.target)];
            let (from, to) = match ends {
                [Some(_), Some(_)] => (self.stage(&flow.source), self.stage(&flow.target)),
                [None, Some(target)] => {
                    let source = self.outside(&flow.source, target.1.saturating_sub(1), SankeyKind::Source);
                    (source, self.stage(&flow.target))
                }
                [Some(source), None] => {
                    let target = self.outside(&flow.target, source.1 + 1, SankeyKind::Sink);
                    (self.stage(&flow.source), target)
                }
                [None, None] => continue,
            };
            let carries = carried(&flow.source, &flow.material).to_owned();
            let same = |link: &&mut SankeyLink| link.from == from && link.to == to && link.carries == carries;
            if let Some(link) = self.links.iter_mut().find(same) {
                link.value += flow.mass * factor;
                continue;
            }
            let over = matches!(ends, [Some(("hibernation" | "second_life", ..)), _]);
            let rank = lane(&flow.source, &flow.target);
            self.links.push(SankeyLink { from, to, value: flow.mass * factor, carries, rank, over });
        }
        for stock in &window.stocks {
            if let Some(at) = self.keys.iter().position(|(key, _)| *key == stock.stage) {
                self.nodes[at].stock = Some(stock.end * factor);
                self.nodes[at].change = stock.change * factor;
            }
        }
    }

    fn stage(&mut self, name: &str) -> usize {
        let Some((_, column, rank, shown, holds)) = stage(name) else { return 0 };
        let shown = match name.split_once(':') {
            Some((_, plant)) => format!("{shown} {plant}"),
            None => shown.to_owned(),
        };
        self.node(name, column, rank, &shown, if holds { SankeyKind::Stock } else { SankeyKind::Process })
    }

    /// A way in or out: one for all stages of a column.
    fn outside(&mut self, name: &str, column: usize, kind: SankeyKind) -> usize {
        let rank = match (kind, name) {
            (SankeyKind::Source, _) => -5.0,
            (_, "sold_outside") => -1.4,
            (_, "used_export") => -1.3,
            (_, "informal") => -1.2,
            _ => -1.1,
        };
        self.node(name, column, rank, &name.replace('_', " "), kind)
    }

    fn node(&mut self, name: &str, column: usize, rank: f64, shown: &str, kind: SankeyKind) -> usize {
        if let Some(at) = self.keys.iter().position(|(key, known)| key == name && *known == column) {
            return at;
        }
        self.keys.push((name.to_owned(), column));
        self.nodes.push(SankeyNode { name: shown.to_owned(), kind, column, rank, ..SankeyNode::default() });
        self.nodes.len() - 1
    }
}

fn stage(name: &str) -> Option<(&'static str, usize, f64, &'static str, bool)> {
    let kind = name.split_once(':').map_or(name, |(kind, _)| kind);
    STAGES.iter().copied().find(|stage| stage.0 == kind)
}

/// Where a band passes the columns between its ends: packs that replace others under the vehicles, scrap under the use.
fn lane(source: &str, target: &str) -> f64 {
    match (source, target) {
        ("manufacture", "other_recyclers") => 2.5,
        ("manufacture", _) => 3.0,
        ("pack_supply", _) => 1.0,
        (_, "other_recyclers") => -0.5,
        _ => 0.0,
    }
}

fn carried(source: &str, material: &str) -> &'static str {
    match material {
        "battery_material" if source == "materials" => "recovered material",
        "battery_material" => "primary material",
        "pack" | "new_vehicle_pack" | "replacement_pack" | "pool_pack" => "new packs",
        "new_scrap" | "electrode_scrap" | "black_mass" => "production scrap",
        "recovered_material" => "recovered material",
        _ if source == "reagent_supply" => "reagents",
        _ if material.starts_with("product:") => "recovered material",
        _ if material.starts_with("residue:") || material.starts_with("emission:") => "residues and emissions",
        _ => "used packs",
    }
}
