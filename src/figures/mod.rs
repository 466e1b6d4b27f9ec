//! Floor 4: which picture shows what of a run. Each figure turns results into the plain data of a chart.

pub mod ensemble;
pub mod flowsheet;
pub mod money;
mod plant;
mod retirements;
pub mod sensitivity;
mod stocks;
mod supply;

use crate::charts::{ChartError, Palette};
use crate::results::tables::Run;
pub use retirements::Estimate;

/// A figure, drawn.
#[derive(Clone, Debug)]
pub struct Figure {
    /// File name without ending.
    pub name: String,
    /// The picture.
    pub svg: String,
}

/// What the figures need beside the run.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Scenario title, the subtitle of every figure.
    pub title: &'a str,
    /// First calendar year shown.
    pub from: i32,
    /// Published estimates of retired packs.
    pub estimates: &'a [Estimate],
}

/// Draws all figures of a run.
pub fn all(run: &Run<'_>, context: &Context<'_>) -> Result<Vec<Figure>, ChartError> {
    let mut figures = vec![
        Figure { name: "in_use_stock".to_owned(), svg: stocks::chart(run, context).svg()? },
        Figure { name: "retired_packs".to_owned(), svg: retirements::chart(run, context).svg()? },
    ];
    if let Some(chart) = retirements::against_estimates(run, context) {
        figures.push(Figure { name: "retired_packs_and_estimates".to_owned(), svg: chart.svg()? });
    }
    for (index, names) in run.catalog.plants.iter().enumerate() {
        if let Some(chart) = plant::chart(run, context, index) {
            figures.push(Figure { name: format!("plant_{}", names.name), svg: chart.svg()? });
        }
    }
    for (index, name) in run.catalog.regions.iter().enumerate() {
        if let Some(chart) = supply::chart(run, context, index) {
            figures.push(Figure { name: format!("supply_{name}"), svg: chart.svg()? });
        }
    }
    Ok(figures)
}

/// Chemistries have the same colour in every figure and every scenario that lists them alike.
fn chemistry_palette(run: &Run<'_>) -> Palette {
    Palette::new(run.catalog.chemistries.iter().map(|name| display(name)))
}

/// A name as it is written in figures: `nmc811` as `NMC811`, `na_ion` as `Na-ion`, `new_scrap` as `new scrap`.
fn display(name: &str) -> String {
    if let Some(rest) = name.strip_suffix("_ion") {
        let mut letters = rest.chars();
        return letters
            .next()
            .map_or_else(String::new, |first| format!("{}{}-ion", first.to_uppercase(), letters.as_str()));
    }
    let is_code = name.len() <= 3 || name.starts_with("nmc");
    if is_code { name.to_uppercase() } else { name.replace('_', " ") }
}

/// How many numbers of the scenario have which confidence is told in the report; a figure names its basis only.
fn source(run: &Run<'_>) -> String {
    let regions: Vec<String> = run.catalog.regions.iter().map(|name| display_region(name)).collect();
    format!("urbanmine {}. Regions: {}.", env!("CARGO_PKG_VERSION"), regions.join(", "))
}

fn display_region(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_field_writes_them() {
        let shown = ["lfp", "nmc811", "na_ion", "nca", "used_export"].map(display);
        assert_eq!(shown, ["LFP", "NMC811", "Na-ion", "NCA", "used export"]);
        assert_eq!(display_region("hefei"), "Hefei");
    }
}
