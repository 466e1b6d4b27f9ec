//! In-use stock by chemistry.

use super::{Context, chemistry_palette, display, source};
use crate::base::ids::Id;
use crate::charts::{Series, StackedArea};
use crate::results::tables::Run;

/// Energy in use at each year's end (`GWh`).
pub fn chart(run: &Run<'_>, context: &Context<'_>) -> StackedArea {
    let periods: Vec<usize> = run.year_ends().filter(|period| run.year(*period) >= context.from).collect();
    let mut layers: Vec<Series> =
        run.catalog.chemistries.iter().map(|name| Series::new(display(name), vec![0.0; periods.len()])).collect();
    for (place, period) in periods.iter().enumerate() {
        let fleets = run.model.streams.iter().map(|stream| stream.chemistry).zip(&run.results.fleets[*period]);
        let pools = run.model.pools.iter().map(|pool| pool.chemistry).zip(&run.results.pools[*period]);
        for (chemistry, row) in fleets.chain(pools) {
            layers[chemistry.index()].values[place] += row.in_use / 1e6;
        }
    }
    layers.retain(|layer| layer.values.iter().any(|value| *value > 0.0));
    StackedArea {
        title: "Battery stock in use, by chemistry".to_owned(),
        subtitle: context.title.to_owned(),
        x_label: "end of year".to_owned(),
        y_label: "GWh".to_owned(),
        x: periods.iter().map(|period| f64::from(run.year(*period))).collect(),
        layers,
        footnote: format!("Nameplate energy of packs in vehicles and swap pools. {}", source(run)),
        palette: chemistry_palette(run),
        ..StackedArea::default()
    }
}
