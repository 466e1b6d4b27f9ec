//! The page of one run.

use super::page::{Cell, Column, Page, Picture, Section, Table};
use super::{ReportError, sentences, tables, verdicts};
use crate::base::words::{Language, say, translate};
use crate::charts::Chart;
use crate::results::archive::Archive;
use rayon::prelude::*;
use serde_json::Value;

/// Most years that stand side by side.
const MOST_YEARS: usize = 8;
/// Pictures in this order, by the beginning of their name; others come last.
const ORDER: [&str; 10] = [
    "loop",
    "plant",
    "feed_mix",
    "supply",
    "cash_flow",
    "net_present_value",
    "targets",
    "ghg_by_cause",
    "retired",
    "in_use",
];
/// The page of a run in a language.
///
/// # Errors
/// If the run cannot be read or a picture cannot be drawn.
pub fn page(archive: &Archive<'_>, language: Language) -> Result<String, ReportError> {
    let t = |phrase: &str| say(language, phrase, &[]);
    let summary = archive.summary()?;
    let resolved = archive.resolved()?;
    let scenario = resolved.get("scenario").and_then(toml::Value::as_table);
    let years = years(&summary, &resolved);
    let manifest = &archive.manifest;

    let mut findings = Section { id: "summary", title: t("Summary"), ..Section::default() };
    findings.points = sentences::findings(&summary, &years, language);
    findings.points.extend(verdicts::told(&summary, language));
    findings.points.push(sentences::balance(&summary, language));
    findings.tables.push(key_figures(&summary, &years, language));
    let mut sections = vec![findings];

    let title = title(scenario, language).unwrap_or_else(|| manifest.title.clone());
    let figures = pictures(archive, &title, language)?;
    sections.push(Section { id: "charts", title: t("Charts"), figures, ..Section::default() });
    if let Some(sheet) = archive.table("targets")?.filter(|sheet| !sheet.rows.is_empty()) {
        sections.push(verdicts::targets(&sheet, language));
    }
    sections.extend(verdicts::money(&summary, language));
    if let Some(sheet) = archive.table("indicators")? {
        let table = tables::indicators(&sheet, &years, language);
        sections.push(Section { id: "indicators", title: t("Indicators"), tables: vec![table], ..Section::default() });
    }
    sections.push(assumptions(archive, &summary, language)?);
    sections.push(warnings(&summary, language));
    sections.push(again(archive, language));
    let page = Page {
        title,
        kicker: manifest.id.clone(),
        description: scenario.and_then(|s| s.get("description")?.as_str()).unwrap_or_default().to_owned(),
        key: manifest.results_key.clone(),
        commit: manifest.commit.clone(),
        sections,
    };
    page.html(language)
}

/// The scenario's title in a language.
pub fn title(scenario: Option<&toml::Table>, language: Language) -> Option<String> {
    match scenario?.get("title")? {
        toml::Value::String(title) => Some(title.clone()),
        toml::Value::Table(titles) => {
            let own = titles.get(language.tag()).or_else(|| titles.values().next());
            own?.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

/// The first reported year.
pub fn from(summary: &Value, resolved: &toml::Table) -> i32 {
    let start = summary["horizon"]["start"].as_i64().and_then(|year| i32::try_from(year).ok()).unwrap_or(0);
    let from = resolved.get("time").and_then(|time| time.get("report_from")).map(ToString::to_string);
    from.and_then(|date| date.get(..4)?.parse::<i32>().ok()).unwrap_or(start).max(start)
}

/// The years that stand side by side: every fifth from the first reported one.
pub fn years(summary: &Value, resolved: &toml::Table) -> Vec<i32> {
    let end = summary["horizon"]["end"].as_i64().and_then(|year| i32::try_from(year).ok()).unwrap_or(0);
    let from = from(summary, resolved);
    let fifth: Vec<i32> = (from..end).filter(|year| year % 5 == 0).collect();
    let skip = fifth.len().saturating_sub(MOST_YEARS);
    if fifth.is_empty() { vec![end - 1] } else { fifth[skip..].to_vec() }
}

/// The headline of the run, year by year.
fn key_figures(summary: &Value, years: &[i32], language: Language) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut row = |name: String, unit: &str, value: &dyn Fn(&str) -> Option<f64>| {
        let cells: Vec<Cell> = years
            .iter()
            .map(|year| {
                let value = value(&year.to_string());
                value.map_or_else(Cell::nothing, |value| Cell::number(&crate::base::number::text(value)))
            })
            .collect();
        if cells.iter().any(|cell| cell.value.is_some()) {
            rows.push([Cell::text(name), Cell::text(unit)].into_iter().chain(cells).collect());
        }
    };
    let system = &summary["system"];
    row(say(language, "Packs in use, end of year", &[]), "GWh", &|year| {
        system["years"][year]["in_use"]["value"].as_f64()
    });
    row(say(language, "Retired packs", &[]), "kt/yr", &|year| system["retired_packs"]["by_year"][year].as_f64());
    for (plant, told) in summary["plants"].as_object().into_iter().flatten() {
        row(say(language, "Plant {}: feed treated", &[plant]), "t/yr", &|year| {
            told["years"][year]["throughput"]["value"].as_f64()
        });
        row(say(language, "Plant {}: utilisation", &[plant]), "1", &|year| told["years"][year]["utilisation"].as_f64());
    }
    for (region, metals) in summary["regions"].as_object().into_iter().flatten() {
        for (metal, told) in metals.as_object().into_iter().flatten() {
            let region = translate(language, &sentences::capital(region));
            row(say(language, "Recycled content, {}, batteries made in {}", &[metal, &region]), "1", &|year| {
                told[year]["recycled_content"].as_f64()
            });
        }
    }
    let header = [Column::words(say(language, "figure", &[])), Column::words(say(language, "unit", &[]))];
    Table {
        caption: say(language, "Key figures", &[]),
        header: header.into_iter().chain(years.iter().map(|year| Column::numbers(year.to_string()))).collect(),
        rows,
        ..Table::default()
    }
}

/// All figures of a run, drawn again from their data in a language.
pub fn pictures(archive: &Archive<'_>, title: &str, language: Language) -> Result<Vec<Picture>, ReportError> {
    let mut names = archive.names("figures/", ".json");
    names.sort_by_key(|name| {
        let bare = name.trim_start_matches("figures/");
        ORDER.iter().position(|first| bare.starts_with(first)).unwrap_or(ORDER.len())
    });
    // Figures carry the title of the scenario; it may have one in this language.
    let own = &archive.manifest.title;
    let draw = |name: &String| {
        let text = archive.text(name)?;
        let chart: Chart =
            serde_json::from_str(&text).map_err(|error| ReportError::Page(format!("{name}: {error}")))?;
        let said = |text: &str| match text.strip_prefix(own.as_str()) {
            Some("") => title.to_owned(),
            // A flowsheet is of the scenario in a year.
            Some(year) if year.starts_with(", ") => format!("{title}{year}"),
            _ => translate(language, text),
        };
        let chart = chart.in_words(&said);
        Ok(Picture { title: chart.title().to_owned(), svg: chart.svg()? })
    };
    names.par_iter().map(draw).collect()
}

fn assumptions(archive: &Archive<'_>, summary: &Value, language: Language) -> Result<Section, ReportError> {
    let counts = summary["assumptions"]["count_by_confidence"].as_object();
    let counts: Vec<String> = counts.into_iter().flatten().map(|(grade, count)| format!("{grade} {count}")).collect();
    let mut section = Section { id: "assumptions", title: say(language, "Assumptions", &[]), ..Section::default() };
    section.lines.push(say(language, "Numbers by confidence: {}.", &[&counts.join(", ")]));
    for named in summary["assumptions"]["named"].as_array().into_iter().flatten() {
        let text = |name: &str| named[name].as_str().unwrap_or_default().to_owned();
        let value = named["value"].as_f64().map_or(String::new(), crate::base::number::text);
        section.points.push(say(language, "The result rests on {} = {}: {}", &[&text("key"), &value, &text("note")]));
    }
    if let Some(sheet) = archive.table("assumptions")? {
        section.tables.push(tables::assumptions(&sheet, language));
    }
    Ok(section)
}

fn warnings(summary: &Value, language: Language) -> Section {
    let points: Vec<String> =
        summary["warnings"].as_array().into_iter().flatten().filter_map(|w| w.as_str().map(str::to_owned)).collect();
    let lines = if points.is_empty() { vec![say(language, "There are none.", &[])] } else { Vec::new() };
    Section { id: "warnings", title: say(language, "Warnings", &[]), lines, points, ..Section::default() }
}

/// How to make the run again.
fn again(archive: &Archive<'_>, language: Language) -> Section {
    let manifest = &archive.manifest;
    let line = say(
        language,
        "The run directory holds the scenario with all its parents merged and a copy of every file it read. The same inputs and version give the same bytes.",
        &[],
    );
    let made = say(language, "Made by urbanmine {}, commit {}.", &[&manifest.version, &manifest.commit]);
    let mut lines = vec![line, made];
    if !manifest.set.is_empty() {
        lines.push(say(language, "Changed on the command line: {}", &[&manifest.set.join("; ")]));
    }
    let rows = manifest.inputs.iter().map(|file| vec![Cell::text(&file.path), Cell::text(&file.sha256)]).collect();
    let files = Table {
        caption: say(language, "Files read", &[]),
        header: vec![Column::words(say(language, "file", &[])), Column::words("SHA-256")],
        rows,
        ..Table::default()
    };
    Section {
        id: "again",
        title: say(language, "How to make it again", &[]),
        lines,
        commands: vec![format!("urbanmine run {}/inputs/resolved.toml -o again", manifest.id)],
        tables: vec![files],
        ..Section::default()
    }
}
