//! What many draws say: fans of the results asked for over the years, and how likely conditions are.

use super::Figure;
use crate::charts::{Band, Chart, ChartError, Fan, Line, Lines, Palette, Series};
use crate::ensemble::merged::Merged;
use crate::ensemble::outputs::{ALL, Output, Question, is_npv, is_utilisation};
use crate::ensemble::plan::Plan;
use crate::sampling::estimate::order::quantile;

/// Draws all figures of an ensemble.
pub fn all(plan: &Plan, merged: &Merged) -> Result<Vec<Figure>, ChartError> {
    let mut figures = Vec::new();
    for (name, places) in followed(plan) {
        if let Some(fan) = fan(plan, merged, &places) {
            figures.push(Figure::new(format!("fan_{name}"), Chart::Picture { svg: fan.svg()? }));
        }
    }
    let mut targets: Vec<&str> = Vec::new();
    for question in &plan.questions {
        if !targets.contains(&question.name.as_str()) {
            targets.push(&question.name);
        }
    }
    for target in targets {
        if let Some(chart) = probabilities(plan, merged, target) {
            figures
                .push(Figure::new(format!("probability_{}", file_name(target)), Chart::Picture { svg: chart.svg()? }));
        }
    }
    if let Some(chart) = utilisation(plan, merged) {
        figures.push(Figure::new("exceedance_utilisation".to_owned(), Chart::Picture { svg: chart.svg()? }));
    }
    for (place, values) in plan.asked.iter().zip(&merged.asked).filter(|(place, _)| is_npv(&plan.outputs[**place])) {
        if let Some(chart) = worth(plan, &plan.outputs[*place], values) {
            let name = format!("exceedance_{}", file_name(&plan.outputs[*place].address));
            figures.push(Figure::new(name, Chart::Picture { svg: chart.svg()? }));
        }
    }
    Ok(figures)
}

pub(super) fn file_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// The results asked for, each with all its years: name and positions.
pub(super) fn followed(plan: &Plan) -> Vec<(String, Vec<usize>)> {
    let mut found: Vec<(String, Vec<usize>)> = Vec::new();
    for place in &plan.asked {
        let name = plan.outputs[*place].subject();
        if plan.outputs[*place].year.is_none() {
            continue;
        }
        if found.iter().any(|(known, _)| *known == file_name(name)) {
            continue;
        }
        let years = (0..plan.outputs.len()).filter(|other| plan.outputs[*other].subject() == name);
        found.push((file_name(name), years.collect()));
    }
    found
}

/// Median, 50 % and 90 % of the draws over the years in which the result has a value.
fn fan(plan: &Plan, merged: &Merged, places: &[usize]) -> Option<Fan> {
    let at = |q: f64| plan.quantiles.iter().position(|known| (known - q).abs() < 1e-9);
    let middle = at(0.5)?;
    let told: Vec<(usize, &Vec<f64>)> =
        places.iter().filter_map(|place| Some((*place, &merged.statistics[*place].as_ref()?.quantiles))).collect();
    let column = |quantile: usize| told.iter().map(|(_, quantiles)| quantiles[quantile]).collect::<Vec<f64>>();
    let pairs = [(0.05, 0.95, "90 % of draws"), (0.25, 0.75, "50 % of draws")];
    let bands = pairs.into_iter().filter_map(|(low, high, name)| {
        Some(Band { name: name.to_owned(), low: column(at(low)?), high: column(at(high)?) })
    });
    let output = &plan.outputs[*places.first()?];
    let draws = plan.draws - merged.failures.len() as u64;
    Some(Fan {
        title: title(output),
        subtitle: plan.title.clone(),
        y_label: unit_name(output).to_owned(),
        x: told.iter().filter_map(|(place, _)| plan.outputs[*place].year.map(f64::from)).collect(),
        median: column(middle),
        bands: bands.collect(),
        footnote: format!("{draws} draws of {} uncertain numbers. {}", plan.parameters.len(), program(plan)),
    })
}

/// What stands at an axis.
pub(super) fn unit_name(output: &Output) -> &str {
    if output.unit == "1" { "share" } else { &output.unit }
}

/// Evenly spread amounts from one to another, both exactly among them.
pub(super) fn amounts(low: f64, high: f64) -> Vec<f64> {
    let within = (0..100).map(|percent| low + (high - low) * f64::from(percent) / 100.0);
    within.chain([high]).collect()
}

/// For each level the share of values, which rise, that are not below it.
pub(super) fn exceedance(rising: &[f64], levels: &[f64]) -> Vec<f64> {
    let above =
        |level: &f64| (rising.len() - rising.partition_point(|value| value < level)) as f64 / rising.len() as f64;
    levels.iter().map(above).collect()
}

pub(super) fn title(output: &Output) -> String {
    let names = [&output.region, &output.plant, &output.substance].into_iter().filter(|name| *name != ALL);
    let names: Vec<&str> = names.map(String::as_str).collect();
    let indicator = if is_npv(output) { "net present value".to_owned() } else { output.indicator.replace('_', " ") };
    let mut letters = indicator.chars();
    let indicator: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    if names.is_empty() { indicator } else { format!("{indicator}: {}", names.join(", ")) }
}

fn program(plan: &Plan) -> String {
    format!("urbanmine {}, seed {}.", plan.version, plan.seed)
}

/// The probability of each condition on a target, year by year.
fn probabilities(plan: &Plan, merged: &Merged, target: &str) -> Option<Lines> {
    let own: Vec<(&Question, _)> =
        plan.questions.iter().zip(&merged.answers).filter(|(question, _)| question.name == target).collect();
    let (first, _) = own.first()?;
    let x: Vec<f64> = first.outputs.iter().filter_map(|place| plan.outputs[*place].year.map(f64::from)).collect();
    if x.len() < 2 {
        return None;
    }
    let line = |question: &Question, answer: &crate::ensemble::block::Answer| {
        let share = |(n, met): (&u64, &u64)| if *n > 0 { *met as f64 / *n as f64 } else { f64::NAN };
        Line::from(Series::new(question.test.text(), answer.asked.iter().zip(&answer.met).map(share).collect()))
    };
    Some(Lines {
        title: format!("Probability by year: {target}"),
        subtitle: plan.title.clone(),
        x_label: String::new(),
        y_label: "share of draws".to_owned(),
        x,
        lines: own.iter().map(|(question, answer)| line(question, answer)).collect(),
        footnote: program(plan),
        palette: Palette::default(),
        y_at_least: Some(1.0),
        ..Lines::default()
    })
}

/// The share of draws in which a plant is fuller than a level, for the utilisations asked for.
fn utilisation(plan: &Plan, merged: &Merged) -> Option<Lines> {
    let levels: Vec<f64> = (0..=100).map(|percent| f64::from(percent) / 100.0).collect();
    let mut lines = Vec::new();
    for (place, values) in plan.asked.iter().zip(&merged.asked) {
        let output = &plan.outputs[*place];
        let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        if !is_utilisation(output) || known.is_empty() {
            continue;
        }
        known.sort_by(f64::total_cmp);
        let median = quantile(&known, 0.5).unwrap_or(0.0);
        let name = format!("{} {} (median {median:.2})", output.plant, output.time());
        lines.push(Line::from(Series::new(name, exceedance(&known, &levels))));
    }
    (!lines.is_empty()).then(|| Lines {
        title: "Utilisation that is reached or exceeded".to_owned(),
        subtitle: plan.title.clone(),
        x_label: "throughput over nameplate capacity".to_owned(),
        y_label: "share of draws".to_owned(),
        x: levels,
        lines,
        footnote: program(plan),
        y_at_least: Some(1.0),
        ..Lines::default()
    })
}

/// The share of draws in which a plant is worth more than an amount.
fn worth(plan: &Plan, output: &Output, values: &[f64]) -> Option<Lines> {
    let mut known: Vec<f64> = values.iter().filter(|value| !value.is_nan()).map(|value| value / 1e6).collect();
    known.sort_by(f64::total_cmp);
    let median = quantile(&known, 0.5)?;
    let (low, high) = (*known.first()?, *known.last()?);
    if low >= high {
        return None;
    }
    let amounts = amounts(low, high);
    let name = format!("{} (median {median:.0})", output.plant);
    Some(Lines {
        title: "Net present value that is reached or exceeded".to_owned(),
        subtitle: plan.title.clone(),
        x_label: "million CNY of 2025".to_owned(),
        y_label: "share of draws".to_owned(),
        lines: vec![Line::from(Series::new(name, exceedance(&known, &amounts)))],
        x: amounts,
        footnote: program(plan),
        y_at_least: Some(1.0),
        ..Lines::default()
    })
}
