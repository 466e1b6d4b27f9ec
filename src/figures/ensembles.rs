//! Several ensembles in one picture: their medians over the years, and the share of draws that reach an amount.

use super::Figure;
use super::ensemble::{amounts, exceedance, file_name, followed, title, unit_name};
use crate::charts::{Line, Lines, Series};
use crate::ensemble::merged::Merged;
use crate::ensemble::outputs::{Output, is_npv};
use crate::ensemble::plan::Plan;
use std::collections::BTreeMap;

/// An ensemble and what its lines are called.
pub struct Named<'a> {
    /// Its name.
    pub label: &'a str,
    /// Its plan.
    pub plan: &'a Plan,
    /// Its draws.
    pub merged: &'a Merged,
}

/// More ensembles than this are shown without their ranges: the lines would hide each other.
const MOST_RANGES: usize = 3;

/// All pictures: what several ensembles were asked for.
pub fn all(ensembles: &[Named<'_>]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    for named in ensembles {
        for (name, places) in followed(named.plan) {
            let name = format!("fan_{name}");
            if figures.iter().all(|known| known.name != name) {
                let output = &named.plan.outputs[places[0]];
                figures.push(Figure::new(name, fan(ensembles, output)));
            }
        }
        for place in &named.plan.asked {
            let output = &named.plan.outputs[*place];
            let name = format!("exceedance_{}", file_name(&output.address));
            if figures.iter().all(|known| known.name != name)
                && let Some(lines) = reached(ensembles, output)
            {
                figures.push(Figure::new(name, lines));
            }
        }
    }
    figures
}

/// Median and, of few ensembles, where nine draws of ten lie, over the years.
fn fan(ensembles: &[Named<'_>], of: &Output) -> Lines {
    let quantiles: &[(f64, &str)] = if ensembles.len() <= MOST_RANGES {
        &[(0.5, "median"), (0.05, "5 %"), (0.95, "95 %")]
    } else {
        &[(0.5, "median")]
    };
    let mut years: Vec<i32> = Vec::new();
    let mut found: Vec<(String, bool, BTreeMap<i32, f64>)> = Vec::new();
    for Named { label, plan, merged } in ensembles {
        for (q, name) in quantiles {
            let Some(at) = plan.quantiles.iter().position(|known| (known - q).abs() < 1e-9) else { continue };
            let same = |output: &Output| output.subject() == of.subject();
            let places = plan.outputs.iter().zip(&merged.statistics).filter(|(output, _)| same(output));
            let values: BTreeMap<i32, f64> = places
                .filter_map(|(output, statistic)| Some((output.year?, *statistic.as_ref()?.quantiles.get(at)?)))
                .collect();
            years.extend(values.keys());
            found.push((format!("{label}, {name}"), *q != 0.5, values));
        }
    }
    years.sort_unstable();
    years.dedup();
    let line = |(name, dashed, values): (String, bool, BTreeMap<i32, f64>)| Line {
        series: Series::new(name, years.iter().map(|year| values.get(year).copied().unwrap_or(f64::NAN)).collect()),
        dashed,
    };
    Lines {
        title: title(of),
        subtitle: subtitle(ensembles),
        y_label: unit_name(of).to_owned(),
        x: years.iter().map(|year| f64::from(*year)).collect(),
        lines: found.into_iter().map(line).collect(),
        footnote: footnote(ensembles),
        ..Lines::default()
    }
}

/// The share of draws in which a result reaches an amount; nothing where it is the same in all.
fn reached(ensembles: &[Named<'_>], of: &Output) -> Option<Lines> {
    // Amounts of money are told in millions.
    let (scale, unit) = if is_npv(of) { (1e6, "million CNY of 2025") } else { (1.0, unit_name(of)) };
    let mut found: Vec<(&str, Vec<f64>)> = Vec::new();
    for Named { label, plan, merged } in ensembles {
        let place = plan.asked.iter().position(|place| plan.outputs[*place].address == of.address);
        let Some(values) = place.and_then(|place| merged.asked.get(place)) else { continue };
        let mut known: Vec<f64> = values.iter().filter(|value| value.is_finite()).map(|value| value / scale).collect();
        known.sort_by(f64::total_cmp);
        if !known.is_empty() {
            found.push((label, known));
        }
    }
    let low = found.iter().filter_map(|(_, values)| values.first()).copied().reduce(f64::min)?;
    let high = found.iter().filter_map(|(_, values)| values.last()).copied().reduce(f64::max)?;
    let amounts = amounts(low, high);
    (low < high).then(|| Lines {
        title: format!("{}, reached or exceeded", title(of)),
        subtitle: subtitle(ensembles),
        x_label: of.year.map_or_else(|| unit.to_owned(), |year| format!("{unit}, {year}")),
        y_label: "share of draws".to_owned(),
        lines: found
            .iter()
            .map(|(label, values)| Line::from(Series::new(*label, exceedance(values, &amounts))))
            .collect(),
        x: amounts,
        footnote: footnote(ensembles),
        y_at_least: Some(1.0),
        ..Lines::default()
    })
}

fn subtitle(ensembles: &[Named<'_>]) -> String {
    format!("{} ensembles", ensembles.len())
}

fn footnote(ensembles: &[Named<'_>]) -> String {
    let told = ensembles.iter().map(|named| {
        let draws = named.plan.draws - named.merged.failures.len() as u64;
        format!("{}: {draws} draws, seed {}", named.label, named.plan.seed)
    });
    format!("{}. urbanmine {}.", told.collect::<Vec<_>>().join("; "), env!("CARGO_PKG_VERSION"))
}
