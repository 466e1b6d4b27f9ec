//! Several ensembles side by side: their statistics in one table, their draws against those of one of them, and the page.

use super::super::ReportError;
use super::super::page::{Cell, Column, Page, Picture, Section, Table};
use super::Files;
use crate::base::number::{readable, text};
use crate::base::words::{Language, say, translate};
use crate::ensemble::merged::{Merged, Statistic};
use crate::ensemble::outputs::Output;
use crate::ensemble::paired::{self, Paired};
use crate::ensemble::plan::Plan;
use crate::ensemble::tables::quantile_name;
use crate::figures::ensembles::{Named, all};
use indexmap::IndexMap;
use rayon::prelude::*;

/// An ensemble that is compared.
pub struct Side {
    /// What its columns are called.
    pub label: String,
    /// Its plan.
    pub plan: Plan,
    /// Its draws.
    pub merged: Merged,
}

/// Everything a comparison of ensembles writes.
///
/// # Errors
/// If a picture cannot be drawn or the page cannot be filled in.
pub fn files(sides: &[Side], baseline: usize, language: Language) -> Result<Files, ReportError> {
    let named: Vec<Named<'_>> =
        sides.iter().map(|side| Named { label: &side.label, plan: &side.plan, merged: &side.merged }).collect();
    let drawn = all(&named).into_par_iter().map(|figure| {
        let chart = figure.chart.in_words(&|text| translate(language, text));
        let svg = chart.svg()?;
        let png = super::charts::rendered(&svg)?;
        Ok((figure.name, Picture { title: chart.title().to_owned(), svg }, png))
    });
    let drawn: Vec<_> = drawn.collect::<Result<_, ReportError>>()?;
    let mut files: Files = vec![("stats_wide.csv".to_owned(), statistics(sides))];
    let (pairs, unlike) = pairs(sides, baseline);
    files.push(("paired.csv".to_owned(), paired::table(&pairs)));
    let mut pictures = Vec::new();
    for (name, picture, png) in drawn {
        files.push((format!("figures/{name}.svg"), picture.svg.clone().into_bytes()));
        files.extend(png.map(|png| (format!("figures/{name}.png"), png)));
        pictures.push(picture);
    }
    let page = page(sides, baseline, &pairs, &unlike, pictures, language);
    files.push(("report.html".to_owned(), page.html(language)?.into_bytes()));
    files.sort();
    Ok(files)
}

/// A result's statistics by ensemble.
type Row<'a> = Vec<Option<(&'a Plan, &'a Statistic)>>;

/// All results of all ensembles, in the order of the first that has them.
fn rows(sides: &[Side]) -> IndexMap<&str, (&Output, Row<'_>)> {
    let mut rows: IndexMap<&str, (&Output, Row<'_>)> = IndexMap::new();
    for (at, side) in sides.iter().enumerate() {
        for (output, statistic) in side.plan.outputs.iter().zip(&side.merged.statistics) {
            let Some(statistic) = statistic else { continue };
            let row = rows.entry(output.address.as_str()).or_insert_with(|| (output, vec![None; sides.len()]));
            row.1[at] = Some((&side.plan, statistic));
        }
    }
    rows
}

/// `stats_wide.csv`: mean and quantiles, columns for each ensemble.
fn statistics(sides: &[Side]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and all rows have as many cells as the header.
    let own = |side: &Side| {
        let told = side.plan.quantiles.iter().map(|q| quantile_name(*q));
        ["n".to_owned(), "mean".to_owned()]
            .into_iter()
            .chain(told)
            .map(|name| format!("{} {name}", side.label))
            .collect::<Vec<_>>()
    };
    let names = ["indicator", "region", "plant", "substance", "time", "unit"].map(str::to_owned);
    let _ = writer.write_record(names.into_iter().chain(sides.iter().flat_map(own)));
    for (output, row) in rows(sides).values() {
        let time = output.time();
        let names = [&output.indicator, &output.region, &output.plant, &output.substance, &time, &output.unit];
        let cells = sides.iter().zip(row).flat_map(|(side, found)| match found {
            Some((_, statistic)) => {
                let numbers = std::iter::once(&statistic.moments.mean).chain(&statistic.quantiles).map(|x| text(*x));
                std::iter::once(statistic.moments.n.to_string()).chain(numbers).collect::<Vec<_>>()
            }
            None => vec!["not there".to_owned(); side.plan.quantiles.len() + 2],
        });
        let _ = writer.write_record(names.into_iter().cloned().chain(cells));
    }
    writer.into_inner().unwrap_or_default()
}

type Pairs = Vec<(String, String, String, String, Paired)>;

/// Each of the others against the baseline, draw by draw, and those whose draws are not the same ones.
fn pairs(sides: &[Side], baseline: usize) -> (Pairs, Vec<&str>) {
    let (mut rows, mut unlike) = (Vec::new(), Vec::new());
    let base = &sides[baseline];
    for (_, side) in sides.iter().enumerate().filter(|(at, _)| *at != baseline) {
        let drawn = |plan: &Plan| (plan.seed, plan.draws, plan.design.clone());
        if drawn(&side.plan) != drawn(&base.plan) {
            unlike.push(side.label.as_str());
            continue;
        }
        for (asked, place) in side.plan.asked.iter().enumerate() {
            let output = &side.plan.outputs[*place];
            let same = base.plan.asked.iter().position(|place| base.plan.outputs[*place] == *output);
            let values = same.and_then(|same| base.merged.asked.get(same)).zip(side.merged.asked.get(asked));
            if let Some((first, second)) = values {
                let paired = Paired::new(first, second);
                rows.push((
                    base.label.clone(),
                    side.label.clone(),
                    output.address.clone(),
                    output.unit.clone(),
                    paired,
                ));
            }
        }
    }
    (rows, unlike)
}

fn page(
    sides: &[Side],
    baseline: usize,
    pairs: &Pairs,
    unlike: &[&str],
    figures: Vec<Picture>,
    language: Language,
) -> Page {
    let t = |phrase: &str| say(language, phrase, &[]);
    let base = &sides[baseline];
    let mut summary = Section { id: "summary", title: t("Summary"), ..Section::default() };
    summary.lines.push(say(
        language,
        "{} ensembles side by side; the others are compared with {}.",
        &[&sides.len().to_string(), &base.label],
    ));
    for label in unlike {
        let phrase = "{} has another seed, number of draws or design: it is not compared draw by draw.";
        summary.lines.push(say(language, phrase, &[label]));
    }
    summary.points =
        pairs.iter().filter(|(.., paired)| paired.difference.n > 0).map(|pair| told(pair, language)).collect();
    summary.tables.push(asked(sides, language));
    let again: Vec<String> = sides.iter().map(|side| side.label.clone()).collect();
    Page {
        title: say(language, "Comparison with {}", &[&base.plan.title]),
        kicker: t("comparison"),
        key: base.plan.results_key.clone(),
        commit: base.plan.commit.clone(),
        sections: vec![
            summary,
            Section { id: "charts", title: t("Charts"), figures, ..Section::default() },
            Section {
                id: "again",
                title: t("How to make it again"),
                lines: vec![t("All statistics are in stats_wide.csv, differences draw by draw in paired.csv.")],
                commands: vec![format!("urbanmine compare {} -o compare --baseline {}", again.join(" "), base.label)],
                ..Section::default()
            },
        ],
        ..Page::default()
    }
}

fn told(
    (baseline, scenario, output, unit, paired): &(String, String, String, String, Paired),
    language: Language,
) -> String {
    let (share, low, high) = paired.probability();
    let percent = |share: f64| readable((share * 1000.0).round() / 10.0);
    say(
        language,
        "{}: {} has more than {} in {} % of the draws ({} to {} %), {} {} more on average.",
        &[
            output,
            scenario,
            baseline,
            &percent(share),
            &percent(low),
            &percent(high),
            &readable(paired.difference.mean),
            unit,
        ],
    )
}

/// What was asked for, mean and quantiles, a row for each ensemble.
fn asked(sides: &[Side], language: Language) -> Table {
    let t = |phrase: &str| say(language, phrase, &[]);
    let mut addresses: Vec<&str> = Vec::new();
    for side in sides {
        for place in &side.plan.asked {
            let address = side.plan.outputs[*place].address.as_str();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    let all = rows(sides);
    let quantiles = [0.05, 0.5, 0.95];
    let mut table = Table {
        caption: t("What was asked for. Nine draws of ten lie between the quantiles at 5 and 95 %."),
        header: ["indicator", "scenario", "unit"].map(|name| Column::words(t(name))).into(),
        sort: true,
        search: addresses.len() * sides.len() > 20,
        ..Table::default()
    };
    let numbers = ["mean".to_owned()].into_iter().chain(quantiles.iter().map(|q| quantile_name(*q)));
    table.header.extend(numbers.map(|name| Column::numbers(t(&name))));
    for address in addresses {
        let Some((output, row)) = all.get(address) else { continue };
        for (side, found) in sides.iter().zip(row) {
            let Some((plan, statistic)) = found else { continue };
            let quantile = |q: &f64| {
                let at = plan.quantiles.iter().position(|known| (known - q).abs() < 1e-9);
                at.and_then(|at| statistic.quantiles.get(at)).map_or_else(Cell::nothing, |x| Cell::number(&text(*x)))
            };
            let words = [address, &side.label, &output.unit].map(Cell::text);
            let mean = Cell::number(&text(statistic.moments.mean));
            table.rows.push(words.into_iter().chain([mean]).chain(quantiles.iter().map(quantile)).collect());
        }
    }
    table
}
