//! The page of a comparison.

use super::super::ReportError;
use super::super::page::{Cell, Column, Page, Picture, Section, Table};
use super::bridge::Bridge;
use super::charts::{Figure, shows_own};
use super::{Comparison, Side};
use crate::base::number::{readable, text};
use crate::base::words::{Language, say, translate};
use crate::report::run::{title, years};
use crate::report::sentences::capital;

/// Longer lists stay in their files.
const MOST_ROWS: usize = 200;

/// The page.
pub fn page(
    comparison: &Comparison,
    bridges: &[Bridge],
    figures: &[Figure],
    language: Language,
) -> Result<String, ReportError> {
    let t = |phrase: &str| say(language, phrase, &[]);
    let baseline = &comparison.sides[comparison.baseline];
    let years = years(&baseline.summary, &baseline.resolved);
    let mut summary = Section { id: "summary", title: t("Summary"), ..Section::default() };
    summary.lines.push(say(
        language,
        "{} scenarios side by side; the others are compared with {}.",
        &[&comparison.sides.len().to_string(), &baseline.label],
    ));
    summary.points = told(comparison, language);
    summary.tables.push(scenarios(comparison, language));
    for year in chosen(&years) {
        summary.tables.push(key_figures(comparison, year, language));
    }
    let mut sections = vec![summary];
    if !bridges.is_empty() {
        sections.push(bridge_section(bridges, language));
    }
    sections.extend(worth(comparison, language));
    sections.extend(targets(comparison, language)?);
    let own = shows_own(comparison);
    let shown = figures.iter().filter(|figure| figure.overlay || own);
    let figures = shown.map(|figure| Picture { title: figure.title.clone(), svg: figure.svg.clone() }).collect();
    sections.push(Section { id: "charts", title: t("Charts"), figures, ..Section::default() });
    sections.push(parameters(comparison, language));
    sections.push(again(comparison, language));
    let page = Page {
        title: say(language, "Comparison with {}", &[&name(baseline, language)]),
        kicker: t("comparison"),
        key: baseline.archive.manifest.results_key.clone(),
        commit: baseline.archive.manifest.commit.clone(),
        sections,
        ..Page::default()
    };
    page.html(language)
}

fn name(side: &Side, language: Language) -> String {
    let scenario = side.resolved.get("scenario").and_then(toml::Value::as_table);
    title(scenario, language).unwrap_or_else(|| side.label.clone())
}

/// The middle year and the last.
fn chosen(years: &[i32]) -> Vec<i32> {
    let mut chosen: Vec<i32> = years.get(years.len() / 2).into_iter().chain(years.last()).copied().collect();
    chosen.dedup();
    chosen
}

/// What differs most, a sentence for each scenario and plant.
fn told(comparison: &Comparison, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    let plants: Vec<&str> =
        comparison.wide.names().iter().filter(|name| name[0] == "plant_utilisation").map(|name| name[2]).collect();
    for (at, side) in comparison.sides.iter().enumerate().filter(|(at, _)| *at != comparison.baseline) {
        let keys =
            comparison.parameters.0.iter().filter(|row| row.values[at] != row.values[comparison.baseline]).count();
        let mut sentence = say(language, "{}: {} inputs differ.", &[&side.label, &keys.to_string()]);
        for plant in &plants {
            let years = comparison.wide.series("plant_utilisation", "all", plant, "all");
            let shares =
                years.iter().filter_map(|(year, values)| Some((*year, values[at]?, values[comparison.baseline]?)));
            let Some((year, here, there)) = shares.max_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()))
            else {
                continue;
            };
            let [here, there] = [here, there].map(|share| readable((share * 1000.0).round() / 10.0));
            if here != there {
                sentence += if language == Language::Chinese { "" } else { " " };
                let year = year.to_string();
                sentence += &say(
                    language,
                    "Plant {} differs most in {}: used at {} %, not {} %.",
                    &[plant, &year, &here, &there],
                );
            }
        }
        for more in [worth_told(comparison, at, language), targets_told(comparison, at, language)].into_iter().flatten()
        {
            sentence += if language == Language::Chinese { "" } else { " " };
            sentence += &more;
        }
        told.push(sentence);
    }
    told
}

/// What plants are worth, where that differs.
fn worth_told(comparison: &Comparison, at: usize, language: Language) -> Option<String> {
    let gap = if language == Language::Chinese { "" } else { " " };
    let told = plants_with_money(comparison).into_iter().filter_map(|plant| {
        let (values, _) = comparison.wide.of_run("economics_npv", plant)?;
        let [here, there] = [values[at]?, values[comparison.baseline]?].map(|value| readable(value / 1e6));
        let phrase = "Plant {} is worth {} million CNY, not {} (net present value).";
        (here != there).then(|| say(language, phrase, &[plant, &here, &there]))
    });
    Some(told.collect::<Vec<_>>().join(gap)).filter(|told| !told.is_empty())
}

/// How many targets are met, where that differs.
fn targets_told(comparison: &Comparison, at: usize, language: Language) -> Option<String> {
    let count = |side: usize, name: &str| comparison.sides[side].summary["targets"][name].as_u64();
    let (here, there) = (count(at, "met")?, count(comparison.baseline, "met")?);
    let judged = count(at, "judged")?;
    let [met, of, other] = [here, judged, there].map(|count| count.to_string());
    (here != there).then(|| say(language, "It meets {} of {} targets in every year, not {}.", &[&met, &of, &other]))
}

/// Plants of which some scenario has accounts.
fn plants_with_money(comparison: &Comparison) -> Vec<&str> {
    comparison.wide.names().into_iter().filter(|name| name[0] == "economics_npv").map(|name| name[2]).collect()
}

/// What plants are worth, a table for each plant.
fn worth(comparison: &Comparison, language: Language) -> Option<Section> {
    let t = |phrase: &str| say(language, phrase, &[]);
    let rows = [
        ("economics_npv", "net present value"),
        ("economics_internal_rate", "internal rate of return"),
        ("economics_payback", "discounted payback"),
        ("economics_levelised_cost", "levelised cost per tonne of feed"),
    ];
    let table = |plant: &str| {
        let row = |(indicator, name): (&str, &str)| {
            let (values, unit) = comparison.wide.of_run(indicator, plant)?;
            let cells = values.iter().map(|value| value.map_or_else(Cell::nothing, |value| Cell::number(&text(value))));
            Some([Cell::text(t(name)), Cell::text(unit)].into_iter().chain(cells).collect())
        };
        Table {
            caption: say(
                language,
                "Plant {}, constant prices without VAT. A dash: not there, never paid back, or several rates of return.",
                &[plant],
            ),
            header: columns(comparison, language),
            rows: rows.into_iter().filter_map(row).collect(),
            ..Table::default()
        }
    };
    let tables: Vec<Table> = plants_with_money(comparison).into_iter().map(table).collect();
    (!tables.is_empty()).then(|| Section { id: "worth", title: t("Economics"), tables, ..Section::default() })
}

fn columns(comparison: &Comparison, language: Language) -> Vec<Column> {
    let columns = [say(language, "figure", &[]), say(language, "unit", &[])].map(Column::words);
    columns.into_iter().chain(comparison.sides.iter().map(|side| Column::numbers(side.label.clone()))).collect()
}

/// Which targets are met, and in how many years they are missed.
fn targets(comparison: &Comparison, language: Language) -> Result<Option<Section>, ReportError> {
    let t = |phrase: &str| say(language, phrase, &[]);
    let mut rows: indexmap::IndexMap<String, Vec<(usize, usize)>> = indexmap::IndexMap::new();
    for (at, side) in comparison.sides.iter().enumerate() {
        let Some(sheet) = side.archive.table("targets")? else { continue };
        let mut years: std::collections::BTreeMap<(&str, &str), bool> = std::collections::BTreeMap::new();
        for row in &sheet.rows {
            let [target, time, result] = ["target", "time", "result"].map(|name| sheet.cell(row, name));
            rows.entry(target.to_owned()).or_insert_with(|| vec![(0, 0); comparison.sides.len()]);
            if matches!(result, "met" | "missed") {
                // Of several plants or regions all have to meet it.
                *years.entry((target, time)).or_insert(true) &= result == "met";
            }
        }
        for ((target, _), met) in years {
            if let Some(counts) = rows.get_mut(target) {
                counts[at].0 += usize::from(!met);
                counts[at].1 += 1;
            }
        }
    }
    let cell = |(missed, judged): &(usize, usize)| match (*missed, *judged) {
        (_, 0) => Cell::nothing(),
        (0, _) => Cell::verdict(t("met"), true),
        (missed, judged) => {
            let counts = [missed.to_string(), judged.to_string()];
            Cell::verdict(say(language, "missed in {} of {} years", &[&counts[0], &counts[1]]), false)
        }
    };
    let table = Table {
        caption: t(
            "Every target over the years in which it is judged; values and rules are in each run's tables/targets.csv.",
        ),
        header: [Column::words(t("target"))]
            .into_iter()
            .chain(comparison.sides.iter().map(|side| Column::words(side.label.clone())))
            .collect(),
        rows: rows
            .iter()
            .map(|(name, counts)| [Cell::text(name)].into_iter().chain(counts.iter().map(cell)).collect())
            .collect(),
        sort: true,
        search: rows.len() > 20,
        ..Table::default()
    };
    let section = Section { id: "targets", title: t("Targets"), tables: vec![table], ..Section::default() };
    Ok((!rows.is_empty()).then_some(section))
}

fn scenarios(comparison: &Comparison, language: Language) -> Table {
    let t = |phrase: &str| say(language, phrase, &[]);
    let row = |side: &Side| {
        let manifest = &side.archive.manifest;
        let key: String = manifest.results_key.chars().take(12).collect();
        vec![Cell::text(&side.label), Cell::text(name(side, language)), Cell::text(&manifest.version), Cell::text(key)]
    };
    Table {
        caption: t("Scenarios"),
        header: ["scenario", "title", "version", "results key"].map(|name| Column::words(t(name))).into(),
        rows: comparison.sides.iter().map(row).collect(),
        ..Table::default()
    }
}

/// Key figures of a year, a column for each scenario.
fn key_figures(comparison: &Comparison, year: i32, language: Language) -> Table {
    let year_text = year.to_string();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut row = |name: String, unit: &str, value: &dyn Fn(&Side) -> Option<f64>| {
        let values: Vec<Option<f64>> = comparison.sides.iter().map(value).collect();
        if values.iter().any(Option::is_some) {
            let cells = values.iter().map(|value| value.map_or_else(Cell::nothing, |value| Cell::number(&text(value))));
            rows.push([Cell::text(name), Cell::text(unit)].into_iter().chain(cells).collect());
        }
    };
    row(say(language, "Packs in use, end of year", &[]), "GWh", &|side| {
        side.summary["system"]["years"][&year_text]["in_use"]["value"].as_f64()
    });
    row(say(language, "Retired packs", &[]), "kt/yr", &|side| {
        side.summary["system"]["retired_packs"]["by_year"][&year_text].as_f64()
    });
    let baseline = &comparison.sides[comparison.baseline].summary;
    for (plant, _) in baseline["plants"].as_object().into_iter().flatten() {
        row(say(language, "Plant {}: feed treated", &[plant]), "t/yr", &|side| {
            side.summary["plants"][plant]["years"][&year_text]["throughput"]["value"].as_f64()
        });
        row(say(language, "Plant {}: utilisation", &[plant]), "1", &|side| {
            side.summary["plants"][plant]["years"][&year_text]["utilisation"].as_f64()
        });
    }
    for (region, metals) in baseline["regions"].as_object().into_iter().flatten() {
        for (metal, _) in metals.as_object().into_iter().flatten() {
            let shown = translate(language, &capital(region));
            row(say(language, "Recycled content, {}, batteries made in {}", &[metal, &shown]), "1", &|side| {
                side.summary["regions"][region][metal][&year_text]["recycled_content"].as_f64()
            });
        }
    }
    Table {
        caption: say(language, "Key figures of {}", &[&year_text]),
        header: columns(comparison, language),
        rows,
        sort: true,
        ..Table::default()
    }
}

fn bridge_section(bridges: &[Bridge], language: Language) -> Section {
    let t = |phrase: &str| say(language, phrase, &[]);
    let mut section = Section { id: "bridge", title: t("What makes the difference"), ..Section::default() };
    for bridge in bridges {
        let [from, to] = [bridge.from.1, bridge.to.1].map(readable);
        section.lines.push(say(
            language,
            "{} is {} in {} and {} in {} ({}).",
            &[&bridge.indicator, &from, &bridge.from.0, &to, &bridge.to.0, &bridge.unit],
        ));
        let row = |part: &super::bridge::Part| {
            vec![Cell::text(&part.group), Cell::number(&part.keys.to_string()), Cell::number(&text(part.adds))]
        };
        section.tables.push(Table {
            caption: t("Each group of inputs switched over, averaged over all orders; the parts add up to the whole."),
            header: vec![Column::words(t("group of inputs")), Column::numbers(t("keys")), Column::numbers(t("adds"))],
            rows: bridge.parts.iter().map(row).collect(),
            sort: true,
            ..Table::default()
        });
    }
    section
}

fn parameters(comparison: &Comparison, language: Language) -> Section {
    let t = |phrase: &str| say(language, phrase, &[]);
    let all = &comparison.parameters.0;
    let row = |row: &super::parameters::Row| {
        let values = row.values.iter().map(|value| Cell::text(value.clone().unwrap_or_else(|| t("not set"))));
        [Cell::text(&row.key)].into_iter().chain(values).collect()
    };
    let caption = if all.len() > MOST_ROWS {
        say(
            language,
            "The first {} of {} keys that differ; all are in parameters.csv.",
            &[&MOST_ROWS.to_string(), &all.len().to_string()],
        )
    } else {
        t("Every key that differs, as resolved.")
    };
    let labels = comparison.sides.iter().map(|side| Column::words(side.label.clone()));
    let table = Table {
        caption,
        header: [Column::words(t("key"))].into_iter().chain(labels).collect(),
        rows: all.iter().take(MOST_ROWS).map(row).collect(),
        sort: true,
        search: true,
        plain: false,
    };
    Section { id: "inputs", title: t("Inputs that differ"), tables: vec![table], ..Section::default() }
}

fn again(comparison: &Comparison, language: Language) -> Section {
    let runs: Vec<&str> = comparison.sides.iter().map(|side| side.label.as_str()).collect();
    let baseline = runs[comparison.baseline];
    Section {
        id: "again",
        title: say(language, "How to make it again", &[]),
        lines: vec![say(
            language,
            "All values are in indicators_wide.csv, all differences in differences.csv, time series for other programs in iamc.csv.",
            &[],
        )],
        commands: vec![format!("urbanmine compare {} -o compare --baseline {baseline}", runs.join(" "))],
        ..Section::default()
    }
}
