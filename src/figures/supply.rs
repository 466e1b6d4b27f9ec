//! Demand of a region's battery makers, met by primary and by recovered material.

use super::{Context, display_region, source};
use crate::base::ids::{Id, RegionId, SubstanceId};
use crate::base::number::readable;
use crate::charts::{Palette, Series, SupplyChart, SupplyPanel};
use crate::model::plant::Origin;
use crate::results::tables::Run;

const METALS: [(&str, &str); 3] = [("Li", "Lithium"), ("Ni", "Nickel"), ("Co", "Cobalt")];
/// Bought black mass counts with new scrap: nobody knows whether it was ever in use.
const LAYERS: [&str; 3] = ["recycled: old packs", "recycled: new scrap", "primary"];

/// Li, Ni and Co of one region, kt/yr; nothing for a region that makes no batteries.
pub fn chart(run: &Run<'_>, context: &Context<'_>, region: usize) -> Option<SupplyChart> {
    let region = RegionId::new(region);
    let panels: Vec<SupplyPanel> =
        METALS.iter().filter_map(|(symbol, name)| panel(run, context, region, symbol, name)).collect();
    let any = panels.iter().any(|panel| panel.layers.iter().any(|layer| layer.values.iter().any(|value| *value > 0.0)));
    any.then(|| SupplyChart {
        title: format!("Metal for batteries made in {}", display_region(run.catalog.region(region))),
        subtitle: context.title.to_owned(),
        y_label: "kt/yr".to_owned(),
        panels,
        footnote: format!(
            "Element mass put into cell making, scrap included. Each panel has its own scale. {}",
            source(run)
        ),
        palette: Palette::new(LAYERS.iter().take(2)).with_greys(LAYERS.iter().skip(2)),
    })
}

fn panel(run: &Run<'_>, context: &Context<'_>, region: RegionId, symbol: &str, name: &str) -> Option<SupplyPanel> {
    let place = run.catalog.substances.iter().position(|known| known == symbol)?;
    let substance = SubstanceId::new(place);
    let years: Vec<i32> = run.year_ends().map(|period| run.year(period)).filter(|year| *year >= context.from).collect();
    let mut layers = LAYERS.map(|name| Series::new(name, vec![0.0; years.len()]));
    for period in 0..run.results.periods.len() {
        let Some(year) = years.iter().position(|year| *year == run.year(period)) else { continue };
        let recycled = run.results.recycled_of(period, region, substance);
        let input = run.results.input_of(period, region, substance);
        for origin in Origin::RECOVERED {
            layers[usize::from(!origin.is_old())].values[year] += recycled[origin as usize] / 1e3;
        }
        layers[2].values[year] += (input - recycled.iter().sum::<f64>()).max(0.0) / 1e3;
    }
    let last = |layer: &Series| layer.values.last().copied().unwrap_or(0.0);
    let (recycled, total) = (last(&layers[0]) + last(&layers[1]), layers.iter().map(last).sum::<f64>());
    let note = if total > 0.0 {
        format!(
            "{} % recycled in {}",
            readable((recycled / total * 1000.0).round() / 10.0),
            years.last().copied().unwrap_or(0)
        )
    } else {
        String::new()
    };
    Some(SupplyPanel {
        title: name.to_owned(),
        note,
        x: years.iter().map(|year| f64::from(*year)).collect(),
        layers: layers.into(),
        ..SupplyPanel::default()
    })
}
