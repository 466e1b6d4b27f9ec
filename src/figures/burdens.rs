//! Greenhouse gases by cause; what is avoided stands apart and is taken off nowhere.

use super::{Context, source};
use crate::base::number::readable;
use crate::charts::{Palette, Series, SupplyChart, SupplyPanel};
use crate::model::burden::{Burden, Cause};
use crate::results::burdens::{Kind, Row, Stage};
use crate::results::indicator::View;
use crate::results::tables::Run;

/// The layers of each panel, the lowest first, and which rows each of them holds.
type Layers = &'static [(&'static str, fn(&Kind) -> bool)];

const SYSTEM: Layers = &[
    ("primary material", |kind| matches!(kind, Kind::Caused(Stage::Supply, _))),
    ("cell making", |kind| matches!(kind, Kind::Caused(Stage::CellMaking, _))),
    ("recycling and freight", |kind| matches!(kind, Kind::Caused(Stage::Recycling | Stage::Freight, _))),
];
const RECYCLING: Layers = &[
    ("reagents", |kind| matches!(kind, Kind::Caused(Stage::Recycling, Cause::Reagents))),
    ("heat", |kind| matches!(kind, Kind::Caused(Stage::Recycling, Cause::Heat))),
    ("electricity", |kind| matches!(kind, Kind::Caused(Stage::Recycling, Cause::Electricity))),
    ("direct", |kind| matches!(kind, Kind::Caused(Stage::Recycling, Cause::Direct))),
    ("waste", |kind| matches!(kind, Kind::Caused(Stage::Recycling, Cause::Waste))),
    ("freight", |kind| matches!(kind, Kind::Caused(Stage::Freight, _))),
];
const AVOIDED: Layers = &[
    ("avoided in the loop", |kind| *kind == Kind::AvoidedInLoop),
    ("avoided outside", |kind| *kind == Kind::AvoidedOutside),
];

/// The whole system, recycling alone, and what is avoided, Mt `CO2e` a year; nothing without factors.
pub fn chart(run: &Run<'_>, context: &Context<'_>) -> Option<SupplyChart> {
    run.model.burdens.as_ref()?;
    let years: Vec<i32> = (context.from..run.model.horizon.end_year()).collect();
    let views = years.iter().filter_map(|year| View::year(run.model, run.results, *year));
    let rows: Vec<Vec<Row>> = views.map(|view| view.burdens().to_vec()).collect();
    let x: Vec<f64> = years.iter().map(|year| f64::from(*year)).collect();
    let panel = |title: &str, layers: Layers| {
        let layer = |(name, holds): &(&str, fn(&Kind) -> bool)| {
            let of_year = |rows: &Vec<Row>| {
                let held = rows.iter().filter(|row| holds(&row.kind));
                held.map(|row| row.burden[Burden::Ghg as usize]).sum::<f64>() / 1e6
            };
            Series::new(*name, rows.iter().map(of_year).collect())
        };
        let layers: Vec<Series> = layers.iter().map(layer).collect();
        let last: f64 = layers.iter().filter_map(|layer| layer.values.last()).sum();
        let note = format!("{} Mt in {}", readable(last), years.last().copied().unwrap_or(0));
        let layers = layers.into_iter().filter(|layer| layer.values.iter().any(|value| *value > 0.0)).collect();
        SupplyPanel { title: title.to_owned(), note, x: x.clone(), layers, ..SupplyPanel::default() }
    };
    let names = [SYSTEM, RECYCLING, AVOIDED].concat();
    Some(SupplyChart {
        title: "Greenhouse gases by cause, and what is avoided".to_owned(),
        subtitle: context.title.to_owned(),
        y_label: "Mt CO2e/yr".to_owned(),
        panels: vec![
            panel("The whole system", SYSTEM),
            panel("Of that recycling and freight", RECYCLING),
            panel("Avoided, taken off nowhere", AVOIDED),
        ],
        footnote: format!(
            "Each panel has its own scale. Avoided in the loop: primary material that the first panel does not hold \
             because recovered material took its place. Avoided outside: by what is sold, credited only where scenarios \
             are compared. {}",
            source(run)
        ),
        palette: Palette::new(names.iter().map(|(name, _)| *name)),
    })
}
