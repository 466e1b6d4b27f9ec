//! Pictures of a comparison: scenarios as lines in one chart, and their own charts on one scale.

use super::super::ReportError;
use super::Comparison;
use super::bridge::Bridge;
use crate::base::words::{Language, say, translate};
use crate::charts::{Chart, Line, Lines, Series, Waterfall, WaterfallStep, on_one_scale};
use crate::report::sentences::capital;
use rayon::prelude::*;

/// A picture.
pub struct Figure {
    /// File name without ending.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// The picture.
    pub svg: String,
    /// The same rendered, of what shows all scenarios.
    pub png: Option<Vec<u8>>,
    /// Shows all scenarios at once.
    pub overlay: bool,
}

/// Indicators drawn as lines: of every region, plant and substance among these.
const OVERLAYS: [&str; 4] = ["plant_utilisation", "recycled_content", "eol_recycling_rate", "collection_rate"];
const METALS: [&str; 4] = ["all", "Li", "Ni", "Co"];
/// Charts of the runs that are drawn on one scale, by the beginning of their name; more runs would fill the page.
const OWN: [&str; 9] =
    ["loop", "plant", "feed_mix", "supply", "retired_packs", "in_use", "cash_flow", "net_present_value", "targets"];
/// Lines of the runs' own charts that are laid over each other: chart, line, title.
const MONEY: [(&str, &str, &str); 2] = [
    ("net_present_value_", "discounted at", "Plant {}: net present value"),
    ("cash_flow_", "free cash flow", "Plant {}: free cash flow"),
];
const MOST_OWN: usize = 4;
/// From here on money is drawn in millions.
const MILLIONS_FROM: f64 = 1e7;

/// All pictures.
pub fn all(comparison: &Comparison, bridges: &[Bridge], language: Language) -> Result<Vec<Figure>, ReportError> {
    let mut charts: Vec<(String, Chart, bool)> = Vec::new();
    for bridge in bridges {
        let name = format!("bridge_{}_{}", bridge.indicator.replace('.', "_"), charts.len());
        charts.push((name, waterfall(bridge).into(), true));
    }
    for [indicator, region, plant, substance, unit] in comparison.wide.names() {
        let wanted = OVERLAYS.contains(&indicator) && METALS.contains(&substance);
        let lines = wanted.then(|| overlay(comparison, [indicator, region, plant, substance, unit]));
        if let Some(lines) = lines.flatten() {
            let parts = [indicator, region, plant, substance].into_iter().filter(|part| *part != "all");
            charts.push((parts.collect::<Vec<_>>().join("_"), lines.into(), true));
        }
    }
    if let Some(lines) = retired(comparison) {
        charts.push(("retired".to_owned(), lines.into(), true));
    }
    for overlay in MONEY {
        charts.extend(money(comparison, overlay)?.into_iter().map(|(name, lines)| (name, lines.into(), true)));
    }
    charts.extend(own(comparison)?);
    charts
        .into_par_iter()
        .map(|(name, chart, overlay)| {
            let chart = chart.in_words(&|text| translate(language, text));
            let svg = chart.svg()?;
            let png = if overlay { rendered(&svg)? } else { None };
            Ok(Figure { name, title: chart.title().to_owned(), svg, png, overlay })
        })
        .collect()
}

#[cfg(feature = "png")]
pub(super) fn rendered(svg: &str) -> Result<Option<Vec<u8>>, ReportError> {
    Ok(Some(crate::charts::png(svg)?))
}

/// A build without PNG has none.
#[cfg(not(feature = "png"))]
#[expect(clippy::unnecessary_wraps, reason = "it has the form that a build with PNG needs")]
pub(super) fn rendered(_: &str) -> Result<Option<Vec<u8>>, ReportError> {
    Ok(None)
}

/// One line of the runs' charts of a plant's money, of all scenarios.
fn money(
    comparison: &Comparison,
    (chart, line, title): (&str, &str, &str),
) -> Result<Vec<(String, Lines)>, ReportError> {
    let stem = format!("figures/{chart}");
    let mut plants: Vec<String> = Vec::new();
    for side in &comparison.sides {
        let names = side.archive.names(&stem, ".json");
        for plant in names.iter().filter_map(|name| name.strip_prefix(&stem)?.strip_suffix(".json")) {
            if !plants.iter().any(|known| known == plant) {
                plants.push(plant.to_owned());
            }
        }
    }
    let overlay = |plant: &String| {
        let name = format!("{stem}{plant}.json");
        let own = comparison.sides.iter().map(|side| {
            let Some(Chart::Lines(lines)) = read(side, &name)? else { return Ok(None) };
            Ok(Some(lines))
        });
        let own: Vec<Option<Lines>> = own.collect::<Result<_, ReportError>>()?;
        let unit = own.iter().flatten().next().map_or(String::new(), |lines| lines.y_label.clone());
        let mut series: std::collections::BTreeMap<i32, Vec<Option<f64>>> = std::collections::BTreeMap::new();
        for (at, lines) in own.iter().enumerate() {
            let Some(lines) = lines else { continue };
            let Some(values) = lines.lines.iter().find(|known| known.series.name.starts_with(line)) else { continue };
            for (year, value) in lines.x.iter().zip(&values.series.values) {
                // Years are whole numbers.
                let row = series.entry(*year as i32).or_insert_with(|| vec![None; own.len()]);
                row[at] = Some(*value);
            }
        }
        let series: Vec<(i32, Vec<Option<f64>>)> = series.into_iter().collect();
        let title = say(Language::English, title, &[plant]);
        Ok((format!("{chart}{plant}"), lines(comparison, title, &unit, &series)))
    };
    plants.iter().map(overlay).collect()
}

/// A chart of a run, if it has one of this name.
fn read(side: &super::Side, name: &str) -> Result<Option<Chart>, ReportError> {
    let Some(bytes) = side.archive.bytes(name)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| ReportError::Page(format!("{name}: {error}")))
}

/// One indicator of all scenarios; nothing where they are all alike.
fn overlay(comparison: &Comparison, [indicator, region, plant, substance, unit]: [&str; 5]) -> Option<Lines> {
    let series = comparison.wide.series(indicator, region, plant, substance);
    let from = comparison.sides.iter().map(|side| crate::report::run::from(&side.summary, &side.resolved)).min()?;
    let series: Vec<_> = series.into_iter().filter(|(year, _)| *year >= from).collect();
    let differs = series.iter().any(|(_, values)| values.windows(2).any(|pair| pair[0] != pair[1]));
    let place = [plant, region, substance].into_iter().filter(|part| *part != "all").map(place_name);
    let title = format!("{}: {}", capital(&indicator.replace('_', " ")), place.collect::<Vec<_>>().join(", "));
    differs.then(|| lines(comparison, title, unit, &series))
}

fn place_name(name: &str) -> String {
    if METALS.contains(&name) { name.to_owned() } else { capital(name) }
}

/// Retired packs of all scenarios.
fn retired(comparison: &Comparison) -> Option<Lines> {
    let by_year = |side: &super::Side| side.summary["system"]["retired_packs"]["by_year"].as_object().cloned();
    let tables: Vec<_> = comparison.sides.iter().map(by_year).collect::<Option<_>>()?;
    let years: std::collections::BTreeSet<i32> =
        tables.iter().flat_map(|table| table.keys().filter_map(|year| year.parse().ok())).collect();
    let values = |year: i32| tables.iter().map(|table| table.get(&year.to_string())?.as_f64()).collect::<Vec<_>>();
    let series: Vec<(i32, Vec<Option<f64>>)> = years.into_iter().map(|year| (year, values(year))).collect();
    let differs = series.iter().any(|(_, values)| values.windows(2).any(|pair| pair[0] != pair[1]));
    differs.then(|| lines(comparison, "Retired packs".to_owned(), "kt/yr", &series))
}

fn lines(comparison: &Comparison, title: String, unit: &str, series: &[(i32, Vec<Option<f64>>)]) -> Lines {
    let of = |side: usize| {
        series.iter().map(|(_, values)| values.get(side).copied().flatten().unwrap_or(f64::NAN)).collect::<Vec<_>>()
    };
    let sides = comparison.sides.iter().enumerate();
    let line = |(at, side): (usize, &super::Side)| Line {
        series: Series::new(side.label.clone(), of(at)),
        dashed: at == comparison.baseline,
    };
    Lines {
        title,
        subtitle: format!(
            "{} scenarios; dashed: {}",
            comparison.sides.len(),
            comparison.sides[comparison.baseline].label
        ),
        x_label: "year".to_owned(),
        y_label: if unit == "1" { "share".to_owned() } else { unit.to_owned() },
        x: series.iter().map(|(year, _)| f64::from(*year)).collect(),
        lines: sides.map(line).collect(),
        footnote: format!("urbanmine {}.", env!("CARGO_PKG_VERSION")),
        ..Lines::default()
    }
}

/// The runs' own charts, those of one name on one scale.
fn own(comparison: &Comparison) -> Result<Vec<(String, Chart, bool)>, ReportError> {
    let mut names: Vec<String> = Vec::new();
    for side in &comparison.sides {
        for name in side.archive.names("figures/", ".json") {
            if OWN.iter().any(|own| name.trim_start_matches("figures/").starts_with(own)) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let drawn = names.par_iter().map(|name| {
        let found = comparison.sides.iter().map(|side| Ok(read(side, name)?.map(|chart| (side.label.clone(), chart))));
        let found: Vec<(String, Chart)> =
            found.collect::<Result<Vec<_>, ReportError>>()?.into_iter().flatten().collect();
        let (labels, mut charts): (Vec<String>, Vec<Chart>) = found.into_iter().unzip();
        on_one_scale(&mut charts);
        let bare = name.trim_start_matches("figures/").trim_end_matches(".json");
        let named = labels.into_iter().zip(charts).map(|(label, chart)| {
            let label: String = label.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            (format!("{bare}-{label}"), chart, false)
        });
        Ok(named.collect::<Vec<_>>())
    });
    let drawn: Vec<Vec<(String, Chart, bool)>> = drawn.collect::<Result<_, ReportError>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// True if the pictures of single runs belong on the page.
pub fn shows_own(comparison: &Comparison) -> bool {
    comparison.sides.len() <= MOST_OWN
}

fn waterfall(bridge: &Bridge) -> Waterfall {
    // Large sums of money are read in millions.
    let ends = bridge.from.1.abs().max(bridge.to.1.abs());
    let (scale, unit) = if bridge.unit.starts_with("CNY") && !bridge.unit.contains('/') && ends >= MILLIONS_FROM {
        (1e6, format!("million {}", bridge.unit))
    } else {
        (1.0, bridge.unit.clone())
    };
    let step = |part: &super::bridge::Part| WaterfallStep { name: part.group.clone(), adds: part.adds / scale };
    Waterfall {
        title: format!("What makes the difference: {}", bridge.indicator),
        subtitle: format!("{} to {}", bridge.from.0, bridge.to.0),
        unit,
        from: (bridge.from.0.clone(), bridge.from.1 / scale),
        to: (bridge.to.0.clone(), bridge.to.1 / scale),
        steps: bridge.parts.iter().map(step).collect(),
        footnote: say(
            Language::English,
            "Each group of inputs switched over, averaged over all orders (Shapley); the parts add up to the whole. urbanmine {}.",
            &[env!("CARGO_PKG_VERSION")],
        ),
    }
}
